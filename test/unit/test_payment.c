/* What is asked of the payment provider, how it is signed, and what its answers mean. The adapter
 * against a provider is test/effects/payment.test.mjs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/secret.h"
#include "effects/payment.h"

static const struct payment_order refund = {
    .type = PAYMENT_REFUND,
    .effect = 73728,
    .at = 1614265330999,
    .operator= "harbour",
    .name = "pay_8Zq",
    .amount_minor = 12345,
    .currency = "HKD",
    .reference = "RF-7K3F-92QX",
};
static const struct payment_order mandate = {
    .type = PAYMENT_MANDATE_END,
    .effect = 73729,
    .at = 1614265330999,
    .operator= "harbour",
    .name = "mandate-7",
};

static struct payment_settings settings;

static int setup(void **state) {
    (void)state;
    assert_true(secret_start());
    assert_true(payment_key_read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &settings));
    assert_int_equal(settings.key_length, 24);
    return 0;
}

static void secrets_have_one_form(void **state) {
    static const char *const wrong[] = {
        "",
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",        /* no prefix */
        "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",  /* another one */
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa==",  /* too short */
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_",  /* base64url */
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw ", /* something behind it */
    };
    struct payment_settings to;
    char most[6 + 89];
    uint8_t bytes[65] = {1};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(payment_key_read(wrong[i], &to));
        assert_true(to.key_length < PAYMENT_KEY_LEAST);
    }
    memcpy(most, "whsec_", 6);
    secret_base64_mime(bytes, 65, most + 6);
    assert_false(payment_key_read(most, &to));
    secret_base64_mime(bytes, 64, most + 6);
    assert_true(payment_key_read(most, &to));
    assert_int_equal(to.key_length, 64);
}

/* The example that is published for Standard Webhooks: a key, a text, the MAC of it. */
static void macs_are_the_standards(void **state) {
    static const char text[] = "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}";
    uint8_t mac[32];
    char written[64];
    (void)state;
    secret_hmac(settings.key, settings.key_length, text, sizeof text - 1, mac);
    secret_base64_mime(mac, sizeof mac, written);
    assert_string_equal(written, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

static void a_request_says_all_and_signs_it(void **state) {
    struct payment_request request;
    char text[PAYMENT_BODY + 100], written[64] = "v1,";
    uint8_t mac[32];
    (void)state;
    assert_true(payment_request_make(&settings, &refund, &request));
    assert_string_equal(request.id, "ringoff-73728");
    assert_string_equal(request.timestamp, "1614265330");
    assert_string_equal(request.body,
                        "{\"id\":\"ringoff-73728\",\"type\":\"refund\",\"operator\":\"harbour\","
                        "\"payment\":\"pay_8Zq\",\"amount_minor\":12345,\"currency\":\"HKD\","
                        "\"reference\":\"RF-7K3F-92QX\"}");
    int length = snprintf(text, sizeof text, "ringoff-73728.1614265330.%s", request.body);
    secret_hmac(settings.key, settings.key_length, text, (size_t)length, mac);
    secret_base64_mime(mac, sizeof mac, written + 3);
    assert_string_equal(request.signature, written);
    assert_true(payment_request_make(&settings, &mandate, &request));
    assert_string_equal(request.body, "{\"id\":\"ringoff-73729\",\"type\":\"mandate_end\","
                                      "\"operator\":\"harbour\",\"mandate\":\"mandate-7\"}");
}

static void what_does_not_fit_is_no_request(void **state) {
    struct payment_request request;
    struct payment_order order;
    char name[TRANSACTION_SIZE + 1];
    (void)state;
#define WRONG(member, value)                                                                       \
    do {                                                                                           \
        order = refund;                                                                            \
        order.member = value;                                                                      \
        assert_false(payment_request_make(&settings, &order, &request));                           \
        assert_int_equal(request.signature[0], 0);                                                 \
    } while (0)
    WRONG(type, 0);
    WRONG(type, PAYMENT_MANDATE_END + 1);
    WRONG(effect, 0);
    WRONG(at, 0);
    WRONG(operator, NULL);
    WRONG(operator, "");
    WRONG(name, NULL);
    WRONG(name, "");
    WRONG(name, "a\r\nb");
    WRONG(amount_minor, 0);
    WRONG(amount_minor, -1);
    WRONG(currency, NULL);
    WRONG(currency, "HKDX");
    WRONG(reference, "");
#undef WRONG
    /* The longest of all, every character written as two. */
    memset(name, '"', sizeof name);
    name[TRANSACTION_SIZE] = '\0';
    order = refund;
    order.name = name;
    assert_false(payment_request_make(&settings, &order, &request));
    name[TRANSACTION_SIZE - 1] = '\0';
    order.amount_minor = INT64_MAX;
    order.effect = INT64_MAX;
    assert_true(payment_request_make(&settings, &order, &request));
    assert_string_equal(request.id, "ringoff-9223372036854775807");
    assert_non_null(strstr(request.body, "\"amount_minor\":9223372036854775807,"));
}

static struct payment_answer answered(const struct payment_order *order, long status,
                                      const char *body) {
    return payment_answer_read(order, status, body, strlen(body));
}

static void expect(const struct payment_order *order, long status, const char *body,
                   enum delivery_outcome outcome, enum refund_reason returned) {
    struct payment_answer answer = answered(order, status, body);
    assert_int_equal(answer.delivery.outcome, outcome);
    assert_int_equal(answer.returned, returned);
    assert_int_equal(answer.delivery.evidence[0] != 0, outcome == DELIVERED);
    assert_int_equal(answer.delivery.cause[0] != 0, outcome != DELIVERED);
}

#define STATE(state) "{\"id\":\"ringoff-73728\",\"state\":\"" state "\"}"
#define WHY(reason) "{\"id\":\"ringoff-73728\",\"state\":\"refused\",\"reason\":" reason "}"
#define ENDED(state) "{\"id\":\"ringoff-73729\",\"state\":\"" state "\"}"

static void only_paid_is_paid(void **state) {
    static const long read[] = {200, 201, 202, 409};
    static const char *const nothing[] = {
        "",
        "paid",
        "{}",
        "[]",
        "null",
        "\"paid\"",
        "{\"state\":\"paid\"}",
        "{\"id\":\"ringoff-73729\",\"state\":\"paid\"}",
        "{\"id\":73728,\"state\":\"paid\"}",
        STATE("paid "),
        STATE("PAID"),
        STATE("ended"),
        STATE("unknown"),
        STATE(""),
        "{\"id\":\"ringoff-73728\",\"state\":\"paid\"",
        "{\"id\":\"ringoff-73728\",\"state\":\"refused\",\"state\":\"paid\"}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof read / sizeof *read; i++) {
        expect(&refund, read[i], STATE("paid"), DELIVERED, UNPAID_NONE);
        expect(&refund, read[i], STATE("accepted"), RETRY, UNPAID_NONE);
        expect(&refund, read[i], WHY("\"account\""), FAILED, UNPAID_ACCOUNT);
        expect(&refund, read[i], WHY("\"provider\""), FAILED, UNPAID_PROVIDER);
        expect(&refund, read[i], WHY("7"), FAILED, UNPAID_PROVIDER);
        expect(&refund, read[i], STATE("refused"), FAILED, UNPAID_PROVIDER);
        for (size_t j = 0; j < sizeof nothing / sizeof *nothing; j++)
            expect(&refund, read[i], nothing[j], RETRY, UNPAID_NONE);
    }
    struct payment_answer answer = answered(&refund, 200, STATE("paid"));
    assert_string_equal(answer.delivery.evidence, "payment: paid by the provider as ringoff-73728");
}

static void only_what_is_gone_has_ended(void **state) {
    (void)state;
    expect(&mandate, 200, ENDED("ended"), DELIVERED, UNPAID_NONE);
    expect(&mandate, 200, ENDED("unknown"), DELIVERED, UNPAID_NONE);
    expect(&mandate, 202, ENDED("accepted"), RETRY, UNPAID_NONE);
    expect(&mandate, 200, ENDED("paid"), RETRY, UNPAID_NONE);
    expect(&mandate, 200, STATE("ended"), RETRY, UNPAID_NONE);
    expect(&mandate, 200, ENDED("refused"), FAILED, UNPAID_NONE);
    assert_non_null(strstr(answered(&mandate, 200, ENDED("unknown")).delivery.evidence, "no such"));
}

static void a_status_says_whether_to_ask_again(void **state) {
    static const long again[] = {0,   100, 203, 204, 206, 301, 302, 307, 308, 401,
                                 403, 408, 425, 429, 500, 502, 503, 504, 599};
    static const long never[] = {400, 402, 404, 405, 410, 413, 415, 422};
    (void)state;
    for (size_t i = 0; i < sizeof again / sizeof *again; i++)
        expect(&refund, again[i], STATE("paid"), RETRY, UNPAID_NONE);
    for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
        expect(&refund, never[i], STATE("paid"), FAILED, UNPAID_NONE);
        expect(&mandate, never[i], ENDED("ended"), FAILED, UNPAID_NONE);
    }
}

static void where_a_url_leads(void **state) {
    static const char *const here[] = {"http://127.0.0.1/", "http://127.9.9.9:80/x",
                                       "http://localhost", "https://[::1]:8443/"};
    static const char *const away[] = {"http://10.0.0.1/",
                                       "http://127.0.0.1.example/",
                                       "http://localhost.example/",
                                       "http://127.0.0.1@example.com/",
                                       "http://user:word@127.0.0.1/",
                                       "http://[::2]/",
                                       "//127.0.0.1/",
                                       "127.0.0.1",
                                       "http://",
                                       ""};
    (void)state;
    for (size_t i = 0; i < sizeof here / sizeof *here; i++) {
        assert_true(http_url_here(here[i]));
        assert_true(http_url_safe(here[i]));
    }
    for (size_t i = 0; i < sizeof away / sizeof *away; i++) {
        assert_false(http_url_here(away[i]));
        assert_false(http_url_safe(away[i]));
    }
    assert_false(http_url_here("https://pay.example.com/"));
    assert_true(http_url_safe("https://pay.example.com/"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_have_one_form),
        cmocka_unit_test(macs_are_the_standards),
        cmocka_unit_test(a_request_says_all_and_signs_it),
        cmocka_unit_test(what_does_not_fit_is_no_request),
        cmocka_unit_test(only_paid_is_paid),
        cmocka_unit_test(only_what_is_gone_has_ended),
        cmocka_unit_test(a_status_says_whether_to_ask_again),
        cmocka_unit_test(where_a_url_leads),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
