/* A refund that goes back to where it came from, through the dispatcher and to a provider that
 * listens on this machine: asked for until it is answered and under one key, booked once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "effects/dispatch.h"
#include "paying_kit.h"

enum { ASKED = 7101, REFUND = 7201, PAYEE = 7202, CHARGE = 7203, CLOSURE = 7204 };
enum { AMOUNT = 12345 };

/* An approved one of a closed line, back to a top-up, and what asks for it. */
static void refund_make(void) {
    struct closure closure = {.id = CLOSURE,
                              .operator= CASE_OPERATOR,
                              .line = paying.kit.line,
                              .reference = "RO-7K3F-92QX",
                              .language = "en"};
    struct charge charge = {.id = CHARGE,
                            .operator= CASE_OPERATOR,
                            .line = paying.kit.line,
                            .kind = CHARGE_TOP_UP,
                            .amount_minor = 20000,
                            .channel = CHANNEL_ONLINE,
                            .refunded_minor = AMOUNT,
                            .transaction_id = "t-1",
                            .payment = "pay_8Zq"};
    struct payee payee = {.id = PAYEE,
                          .operator= CASE_OPERATOR,
                          .line = paying.kit.line,
                          .way = WAY_ORIGINAL,
                          .charge = CHARGE};
    struct refund refund = {.id = REFUND,
                            .operator= CASE_OPERATOR,
                            .line = paying.kit.line,
                            .closure = CLOSURE,
                            .payee = PAYEE,
                            .state = REFUND_APPROVED,
                            .amount_minor = AMOUNT,
                            .fee_minor = 500,
                            .requested_at = kit_now,
                            .approved_at = kit_now,
                            .due_at = kit_now + 30 * DAY,
                            .reference = "RF-7K3F-92QX",
                            .language = "en"};
    kit_put(&paying.kit.kit, CLOSURE_ADD, &closure);
    kit_put(&paying.kit.kit, CHARGE_ADD, &charge);
    kit_put(&paying.kit.kit, PAYEE_ADD, &payee);
    kit_put(&paying.kit.kit, REFUND_ADD, &refund);
    kit_sql(&paying.kit.kit, "UPDATE line SET state = 4");
    paying_effect_make(ASKED, EFFECT_PAYMENT, REFUND);
}

static struct refund refund_now(void) {
    struct refund refund;
    case_read(&paying.kit, REFUND_BY_ID, REFUND, &refund);
    return refund;
}

static int64_t balance(enum ledger_kind kind) {
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT coalesce(sum(amount), 0) FROM posting WHERE account = %lld",
             (long long)ledger_shared_id(CASE_OPERATOR, kind));
    return paying_number(sql);
}

static void moved(int64_t payable, int64_t in_flight, int64_t bank) {
    assert_int_equal(balance(LEDGER_PAYABLE), payable);
    assert_int_equal(balance(LEDGER_IN_FLIGHT), in_flight);
    assert_int_equal(balance(LEDGER_BANK), bank);
}

static void a_refund_that_does_not_wait_is_not_asked_for(void **state) {
    static const char *const not_waiting[] = {
        "UPDATE refund SET state = 1", "UPDATE refund SET state = 5", "UPDATE refund SET state = 6",
        "UPDATE refund SET state = 7", "UPDATE payee SET way = 3",    "DELETE FROM payee",
    };
    (void)state;
    refund_make();
    for (size_t i = 0; i < sizeof not_waiting / sizeof *not_waiting; i++) {
        kit_sql(&paying.kit.kit, "UPDATE refund SET state = 2");
        kit_sql(&paying.kit.kit, not_waiting[i]);
        paying_effect_make(ASKED + 1 + (int64_t)i, EFFECT_PAYMENT, REFUND);
        paying_look(ASKED + 1 + (int64_t)i);
        assert_int_equal(paying_effect_now(ASKED + 1 + (int64_t)i).state, EFFECT_DROPPED);
    }
    assert_int_equal(paying_asked(), 0);
    assert_int_equal(paying_works(), 0);
    moved(0, 0, 0);
}

/* It came back, was approved anew, and somebody has the old effect tried again. */
static void only_the_newest_approval_is_asked_for(void **state) {
    (void)state;
    refund_make();
    paying_effect_make(ASKED + 1, EFFECT_PAYMENT, REFUND);
    provider_answer(paying.provider, 200, "paid", NULL);
    dispatcher_round(&paying.settings);
    assert_int_equal(paying_effect_now(ASKED).state, EFFECT_DROPPED);
    assert_int_equal(paying_effect_now(ASKED + 1).state, EFFECT_DONE);
    assert_int_equal(paying_asked(), 1);
    paying_calls_are_good(ASKED + 1);
    moved(0, -AMOUNT, AMOUNT);
}

/* Committers number their entries apart: what was asked for later may bear the smaller id. */
static void the_newest_is_told_by_time(void **state) {
    (void)state;
    refund_make();
    kit_now += HOUR;
    paying_effect_make(ASKED - 1, EFFECT_PAYMENT, REFUND);
    provider_answer(paying.provider, 200, "paid", NULL);
    dispatcher_round(&paying.settings);
    assert_int_equal(paying_effect_now(ASKED).state, EFFECT_DROPPED);
    assert_int_equal(paying_effect_now(ASKED - 1).state, EFFECT_DONE);
    assert_int_equal(paying_asked(), 1);
    paying_calls_are_good(ASKED - 1);
}

static void a_refund_is_paid_once_it_is_said(void **state) {
    const struct provider_call *calls;
    (void)state;
    refund_make();
    provider_answer(paying.provider, 202, "accepted", NULL);
    provider_answer(paying.provider, 200, NULL, NULL);
    provider_answer(paying.provider, 503, "paid", NULL);
    provider_answer(paying.provider, 200, "ended", NULL);
    provider_answer(paying.provider, 409, "paid", NULL);
    for (int i = 1; i <= 4; i++) {
        paying_look(ASKED);
        assert_int_equal(paying_asked(), i);
        assert_int_equal(paying_effect_now(ASKED).state, EFFECT_WAITING);
        assert_int_equal(refund_now().state, REFUND_APPROVED);
        moved(0, 0, 0);
    }
    paying_look(ASKED);
    struct refund refund = refund_now();
    assert_int_equal(refund.state, REFUND_PAID);
    assert_int_equal(refund.paid_at, kit_now);
    assert_int_equal(refund.paid_by, 0);
    assert_non_null(strstr(refund.evidence, "paid by the provider as ringoff-7101"));
    assert_int_equal(paying_effect_now(ASKED).state, EFFECT_DONE);
    moved(0, -AMOUNT, AMOUNT);
    assert_int_equal(paying_works(), 0);
    paying_calls_are_good(ASKED);
    provider_asked(paying.provider, &calls);
    assert_string_equal(calls[0].body,
                        "{\"id\":\"ringoff-7101\",\"type\":\"refund\",\"operator\":\"harbour\","
                        "\"payment\":\"pay_8Zq\",\"amount_minor\":12345,\"currency\":\"HKD\","
                        "\"reference\":\"RF-7K3F-92QX\"}");
    kit_now += DAY;
    dispatcher_round(&paying.settings);
    assert_int_equal(paying_asked(), 5);
    moved(0, -AMOUNT, AMOUNT);
}

/* Between the answer and its record the program dies. */
static void what_was_not_recorded_is_asked_again_and_booked_once(void **state) {
    char why[256];
    struct dispatch dispatch = {.settings = &paying.settings};
    struct dispatch_answer answer;
    (void)state;
    refund_make();
    struct effect effect = paying_effect_now(ASKED);
    provider_answer(paying.provider, 200, "paid", NULL);
    provider_answer(paying.provider, 409, "paid", NULL);
    dispatch.reader =
        paying.settings.engine->open(paying.settings.where, paying.settings.secrets, true, why);
    assert_non_null(dispatch.reader);
    assert_true(dispatch_deliver(&dispatch, &effect, &answer));
    assert_string_equal(answer.verb, "refund.report");
    paying.settings.engine->close(dispatch.reader);
    assert_int_equal(paying_asked(), 1);
    assert_int_equal(refund_now().state, REFUND_APPROVED);
    paying_look(ASKED);
    assert_int_equal(refund_now().state, REFUND_PAID);
    assert_int_equal(paying_asked(), 2);
    paying_calls_are_good(ASKED);
    moved(0, -AMOUNT, AMOUNT);
}

static void what_it_will_not_pay_comes_back(void **state) {
    static const struct {
        const char *said;
        enum refund_reason reason;
    } each[] = {{"account", UNPAID_ACCOUNT}, {"provider", UNPAID_PROVIDER}, {"", UNPAID_PROVIDER}};
    (void)state;
    refund_make();
    for (int64_t i = 0; i < 3; i++) {
        kit_sql(&paying.kit.kit, "UPDATE refund SET state = 2");
        if (i)
            paying_effect_make(ASKED + i, EFFECT_PAYMENT, REFUND);
        provider_answer(paying.provider, 200, "refused", each[i].said);
        paying_look(ASKED + i);
        assert_int_equal(refund_now().state, REFUND_RETURNED);
        assert_int_equal(refund_now().reason, each[i].reason);
        assert_int_equal(refund_now().returned_by, 0);
        assert_int_equal(paying_effect_now(ASKED + i).state, EFFECT_DONE);
        moved((i + 1) * AMOUNT, -(i + 1) * AMOUNT, 0);
    }
    assert_int_equal(paying_asked(), 3);
    assert_int_equal(paying_works(), 0);
}

static void a_refund_that_it_does_not_understand_is_the_staffs(void **state) {
    (void)state;
    refund_make();
    provider_answer(paying.provider, 422, "paid", NULL);
    paying_look(ASKED);
    assert_int_equal(refund_now().state, REFUND_APPROVED);
    assert_int_equal(paying_effect_now(ASKED).state, EFFECT_FAILED);
    assert_non_null(strstr(paying_effect_now(ASKED).cause, "ask it what became of ringoff-7101"));
    assert_int_equal(paying_works_open(), 1);
    assert_int_equal(paying_number("SELECT kind FROM work"), WORK_REFUND);
    assert_int_equal(paying_number("SELECT refund FROM work"), REFUND);
    moved(0, 0, 0);
    provider_answer(paying.provider, 200, "paid",
                    NULL); /* it was mended, and the staff try it again */
    struct effect_retry retry = {.effect = ASKED};
    case_run(&paying.kit, &effect_retry_verb, &paying.kit.staff, &retry, NULL);
    paying_look(ASKED);
    assert_int_equal(refund_now().state, REFUND_PAID);
    assert_int_equal(paying_works_open(), 0);
    paying_calls_are_good(ASKED);
    moved(0, -AMOUNT, AMOUNT);
}

static void without_a_provider_or_a_payment_it_is_the_staffs(void **state) {
    (void)state;
    refund_make();
    paying.settings.payment = NULL;
    paying_look(ASKED);
    assert_int_equal(paying_effect_now(ASKED).state, EFFECT_FAILED);
    assert_non_null(strstr(paying_effect_now(ASKED).cause, "no payment provider"));
    assert_int_equal(paying_works_open(), 1);
    paying.settings.payment = &paying.payment;
    kit_sql(&paying.kit.kit, "UPDATE charge SET payment = ''");
    paying_effect_make(ASKED + 1, EFFECT_PAYMENT, REFUND);
    paying_look(ASKED + 1);
    assert_int_equal(paying_effect_now(ASKED + 1).state, EFFECT_FAILED);
    assert_non_null(strstr(paying_effect_now(ASKED + 1).cause, "not known which payment"));
    assert_int_equal(paying_works_open(), 1);
    assert_int_equal(paying_asked(), 0);
    assert_int_equal(refund_now().state, REFUND_APPROVED);
    moved(0, 0, 0);
}

static enum refusal refund_told(struct refund_report in) {
    enum refusal no;
    case_run(&paying.kit, verb_of("refund.report"), &paying.kit.system, &in, &no);
    return no;
}

static const struct refund_report told = {.refund = REFUND,
                                          .closure = CLOSURE,
                                          .charge = CHARGE,
                                          .effect = ASKED,
                                          .outcome = REFUND_WAS_PAID,
                                          .evidence = "paid"};

static void reports_of_a_refund_are_checked(void **state) {
    struct refund_report good = told, in;
    (void)state;
    good.line = paying.kit.line;
    refund_make();
    paying_effect_make(ASKED + 1, EFFECT_PAYMENT, 4711);
    paying_effect_make(ASKED + 2, EFFECT_MANDATE_END, REFUND);
#define WRONG(member, value, refusal)                                                              \
    do {                                                                                           \
        in = good;                                                                                 \
        in.member = value;                                                                         \
        assert_int_equal(refund_told(in), refusal);                                                \
    } while (0)
    WRONG(refund, 4711, REFUSED_NOT_FOUND);
    WRONG(line, paying.kit.other_line, REFUSED_NOT_FOUND);
    WRONG(effect, 4711, REFUSED_NOT_FOUND);
    WRONG(effect, ASKED + 1, REFUSED_NOT_FOUND);
    WRONG(effect, ASKED + 2, REFUSED_NOT_FOUND);
    WRONG(outcome, 0, REFUSED_INPUT);
    WRONG(outcome, REFUND_BY_HAND + 1, REFUSED_INPUT);
    WRONG(outcome, REFUND_CAME_BACK, REFUSED_REFUND_REASON); /* without one */
    WRONG(evidence[0], '\0', REFUSED_EVIDENCE);
#undef WRONG
    moved(0, 0, 0);
    assert_int_equal(refund_told(good), ACCEPTED);
    assert_int_equal(refund_told(good), REFUSED_UNCHANGED);
    moved(0, -AMOUNT, AMOUNT);
}

/* While it was asked, the staff took the refund back. */
static void what_is_paid_after_it_was_returned_is_for_the_staff(void **state) {
    struct refund_report in = told;
    (void)state;
    in.line = paying.kit.line;
    refund_make();
    kit_sql(&paying.kit.kit, "UPDATE refund SET state = 5");
    assert_int_equal(refund_told(in), ACCEPTED);
    assert_int_equal(paying_effect_now(ASKED).state, EFFECT_FAILED);
    assert_non_null(strstr(paying_effect_now(ASKED).cause, "has paid it"));
    assert_int_equal(refund_now().state, REFUND_RETURNED);
    assert_int_equal(paying_works_open(), 1);
    for (int64_t i = 1; i <= 2; i++) { /* and what is not paid is of no interest */
        in.effect = ASKED + i;
        in.outcome = i == 1 ? REFUND_CAME_BACK : REFUND_BY_HAND;
        in.reason = UNPAID_PROVIDER;
        paying_effect_make(in.effect, EFFECT_PAYMENT, REFUND);
        assert_int_equal(refund_told(in), ACCEPTED);
        assert_int_equal(paying_effect_now(in.effect).state, EFFECT_DROPPED);
    }
    kit_sql(&paying.kit.kit,
            "UPDATE refund SET state = 6"); /* paid by hand: not taken back by a report */
    paying_effect_make(ASKED + 3, EFFECT_PAYMENT, REFUND);
    in.effect = ASKED + 3;
    in.outcome = REFUND_CAME_BACK;
    assert_int_equal(refund_told(in), ACCEPTED);
    assert_int_equal(refund_now().state, REFUND_PAID);
    assert_int_equal(paying_works(), 1);
    moved(0, 0, 0);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, paying_setup, paying_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_refund_that_does_not_wait_is_not_asked_for),
        TEST(only_the_newest_approval_is_asked_for),
        TEST(the_newest_is_told_by_time),
        TEST(a_refund_is_paid_once_it_is_said),
        TEST(what_was_not_recorded_is_asked_again_and_booked_once),
        TEST(what_it_will_not_pay_comes_back),
        TEST(a_refund_that_it_does_not_understand_is_the_staffs),
        TEST(without_a_provider_or_a_payment_it_is_the_staffs),
        TEST(reports_of_a_refund_are_checked),
        TEST(what_is_paid_after_it_was_returned_is_for_the_staff),
    };
    if (!delivery_start())
        return 1;
    int failed = cmocka_run_group_tests(tests, dispatch_pages_open, dispatch_pages_close);
    delivery_stop();
    return failed;
}
