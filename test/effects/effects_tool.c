/* Calls one adapter of effects/ from the command line, for the tests against real peers:
 *   effects_tool sms|mail|payment|compose|hlr-create|hlr-read|hlr-bar|hlr-unbar|hlr-cut name=value
 * ... Prints one JSON line (or the composed mail). Never installed: it takes passwords as
 * arguments. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "effects/delivery.h"
#include "effects/hlr.h"
#include "effects/mail.h"
#include "effects/payment.h"
#include "effects/sms.h"

struct arguments {
    int count;
    char **values;
};

static const char *given(const struct arguments *arguments, const char *name) {
    size_t length = strlen(name);
    for (int i = 0; i < arguments->count; i++)
        if (strncmp(arguments->values[i], name, length) == 0 && arguments->values[i][length] == '=')
            return arguments->values[i] + length + 1;
    return NULL;
}

static int64_t given_number(const struct arguments *arguments, const char *name, int64_t other) {
    const char *text = given(arguments, name);
    return text ? strtoll(text, NULL, 10) : other;
}

/* With what else there is to say, an object that it takes. */
static void delivery_print_with(struct delivery delivery, json_t *answer) {
    static const char *const names[] = {"retry", "delivered", "failed"};
    json_object_set_new(answer, "outcome", json_string(names[delivery.outcome]));
    json_object_set_new(answer, "cause", json_string(delivery.cause));
    json_object_set_new(answer, "evidence", json_string(delivery.evidence));
    json_dumpf(answer, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(answer);
}

static void delivery_print(struct delivery delivery, const struct hlr_subscriber *subscriber) {
    json_t *answer = json_object();
    if (subscriber)
        json_object_set_new(answer, "subscriber",
                            json_pack("{s:b, s:b, s:b, s:s, s:s}", "known", subscriber->known, "cs",
                                      subscriber->cs_enabled, "ps", subscriber->ps_enabled, "imsi",
                                      subscriber->imsi, "msisdn", subscriber->msisdn));
    delivery_print_with(delivery, answer);
}

static int run_sms(const struct arguments *arguments) {
    struct sms_settings settings = {
        .url = given(arguments, "url"),
        .username = given(arguments, "username"),
        .password = given(arguments, "password"),
        .from = given(arguments, "from"),
        .connect_limit = given_number(arguments, "connect", 5 * SECOND),
        .total_limit = given_number(arguments, "total", 20 * SECOND),
    };
    const char *text = given(arguments, "text"), *key = given(arguments, "key");
    const char *first = given(arguments, "first"); /* gets another message by the same link */
    struct http_link *link = http_link_open();
    if (first)
        sms_send(link, &settings, first, "取消登記 first", "sms-0");
    delivery_print(
        sms_send(link, &settings, given(arguments, "to"), text ? text : "", key ? key : "sms-1"),
        NULL);
    http_link_close(link);
    return 0;
}

static int run_mail(const struct arguments *arguments, bool compose_only) {
    const char *tls = given(arguments, "tls"), *key = given(arguments, "key");
    struct mail_settings settings = {
        .host = given(arguments, "host"),
        .port = (uint16_t)given_number(arguments, "port", 0),
        .tls = !tls || strcmp(tls, "required") == 0 ? MAIL_TLS_REQUIRED
               : strcmp(tls, "off") == 0            ? MAIL_TLS_OFF
                                                    : MAIL_TLS_OPTIONAL,
        .ca_file = given(arguments, "ca"),
        .username = given(arguments, "username"),
        .password = given(arguments, "password"),
        .from_address = given(arguments, "from"),
        .from_name = given(arguments, "name"),
        .connect_limit = given_number(arguments, "connect", 5 * SECOND),
        .total_limit = given_number(arguments, "total", 20 * SECOND),
    };
    struct mail mail = {
        .to = given(arguments, "to"),
        .subject = given(arguments, "subject"),
        .text = given(arguments, "text"),
        .language = given(arguments, "language"),
        .at = given_number(arguments, "at", 0),
        .key = key ? key : "mail-1",
    };
    if (!compose_only) {
        delivery_print(mail_send(&settings, &mail), NULL);
        return 0;
    }
    struct buffer message;
    const char *cause = NULL;
    buffer_open(&message, MAIL_CEILING);
    bool good = mail_compose(&settings, &mail, &message, &cause);
    fputs(good ? message.data : cause, stdout);
    buffer_close(&message);
    return good ? 0 : 1;
}

static int run_payment(const struct arguments *arguments) {
    const char *type = given(arguments, "type"), *secret = given(arguments, "secret");
    struct payment_settings settings = {
        .url = given(arguments, "url"),
        .ca_file = given(arguments, "ca"),
        .connect_limit = given_number(arguments, "connect", 5 * SECOND),
        .total_limit = given_number(arguments, "total", 20 * SECOND),
    };
    struct payment_order order = {
        .type = type && strcmp(type, "mandate_end") == 0 ? PAYMENT_MANDATE_END : PAYMENT_REFUND,
        .effect = given_number(arguments, "effect", 17),
        .at = given_number(arguments, "at", clock_now()),
        .operator= "harbour",
        .name = given(arguments, "name"),
        .amount_minor = given_number(arguments, "amount", 0),
        .currency = "HKD",
        .reference = "RF-7K3F-92QX",
    };
    if (!secret || !payment_key_read(secret, &settings))
        return 2;
    struct http_link *link = http_link_open();
    int64_t times = given_number(arguments, "times", 1);
    for (int64_t i = 0; i < times; i++) {
        struct payment_answer answer = payment_send(link, &settings, &order);
        json_t *json = json_pack("{s:i}", "returned", (int)answer.returned);
        delivery_print_with(answer.delivery, json);
    }
    http_link_close(link);
    return 0;
}

static int run_hlr(const char *what, const struct arguments *arguments) {
    struct hlr_settings settings = {
        .address = given(arguments, "address"),
        .port = (uint16_t)given_number(arguments, "port", HLR_PORT),
        .limit = given_number(arguments, "limit", 20 * SECOND),
    };
    const char *imsi = given(arguments, "imsi"), *msisdn = given(arguments, "msisdn");
    struct hlr_subscriber subscriber = {0};
    if (strcmp(what, "create") == 0)
        delivery_print(hlr_create(&settings, imsi, msisdn), NULL);
    else if (strcmp(what, "bar") == 0)
        delivery_print(hlr_bar(&settings, imsi), NULL);
    else if (strcmp(what, "unbar") == 0)
        delivery_print(hlr_unbar(&settings, imsi), NULL);
    else if (strcmp(what, "cut") == 0)
        delivery_print(hlr_cut(&settings, imsi, msisdn), NULL);
    else if (strcmp(what, "read") == 0)
        delivery_print(hlr_read(&settings, imsi, &subscriber), &subscriber);
    else
        return 2;
    return 0;
}

int main(int count, char **values) {
    if (count < 2 || !delivery_start())
        return 2;
    struct arguments arguments = {.count = count - 2, .values = values + 2};
    int status = 2;
    if (strcmp(values[1], "sms") == 0)
        status = run_sms(&arguments);
    else if (strcmp(values[1], "mail") == 0 || strcmp(values[1], "compose") == 0)
        status = run_mail(&arguments, values[1][0] == 'c');
    else if (strcmp(values[1], "payment") == 0)
        status = run_payment(&arguments);
    else if (strncmp(values[1], "hlr-", 4) == 0)
        status = run_hlr(values[1] + 4, &arguments);
    delivery_stop();
    return status;
}
