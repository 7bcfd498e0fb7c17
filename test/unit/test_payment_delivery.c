/* The end of a mandate, through the dispatcher and to a provider that listens on this machine:
 * asked for until it is answered and under one key, left to the staff. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "commands/charging.h"
#include "paying_kit.h"

enum { MANDATE = 7001, ASKED = 7101 };

static void mandate_make(int64_t ended_at, int64_t told_at) {
    struct mandate mandate = {.id = MANDATE,
                              .operator= CASE_OPERATOR,
                              .line = paying.kit.line,
                              .made_at = kit_now - DAY,
                              .ended_at = ended_at,
                              .told_at = told_at,
                              .reference = "mandate-7",
                              .method = "Visa •••• 4321"};
    kit_put(&paying.kit.kit, MANDATE_ADD, &mandate);
    paying_effect_make(ASKED, EFFECT_MANDATE_END, MANDATE);
}

static int64_t told_at(void) {
    struct mandate mandate;
    case_read(&paying.kit, MANDATE_BY_ID, MANDATE, &mandate);
    return mandate.told_at;
}

static void a_mandate_that_does_not_wait_is_not_asked_for(void **state) {
    (void)state;
    mandate_make(0, 0);
    paying_look(ASKED);
    assert_int_equal(paying_effect_now(ASKED).state, EFFECT_DROPPED);
    kit_sql(&paying.kit.kit, "UPDATE mandate SET ended_at = 1, told_at = 1");
    paying_effect_make(ASKED + 1, EFFECT_MANDATE_END, MANDATE);
    paying_look(ASKED + 1);
    assert_int_equal(paying_effect_now(ASKED + 1).state, EFFECT_DROPPED);
    paying_effect_make(ASKED + 2, EFFECT_MANDATE_END, 4711);
    paying_look(ASKED + 2);
    assert_int_equal(paying_effect_now(ASKED + 2).state, EFFECT_DROPPED);
    assert_int_equal(paying_asked(), 0);
    assert_int_equal(paying_works(), 0);
}

static void a_mandate_is_ended_once_it_is_said(void **state) {
    const struct provider_call *calls;
    (void)state;
    mandate_make(kit_now, 0);
    provider_answer(paying.provider, 200, "paid", NULL);
    provider_answer(paying.provider, 202, "accepted", NULL);
    provider_answer(paying.provider, 200, NULL, NULL);
    provider_answer(paying.provider, 409, "ended", NULL);
    for (int i = 1; i <= 3; i++) {
        paying_look(ASKED);
        assert_int_equal(paying_asked(), i);
        assert_int_equal(paying_effect_now(ASKED).state, EFFECT_WAITING);
        assert_int_equal(paying_effect_now(ASKED).attempts, i);
        assert_int_equal(told_at(), 0);
    }
    paying_look(ASKED);
    assert_int_equal(paying_effect_now(ASKED).state, EFFECT_DONE);
    assert_int_equal(told_at(), kit_now);
    assert_int_equal(paying_works(), 0);
    paying_calls_are_good(ASKED);
    provider_asked(paying.provider, &calls);
    assert_non_null(strstr(calls[0].body, "\"mandate\":\"mandate-7\""));
    kit_now += DAY;
    dispatcher_round(&paying.settings);
    assert_int_equal(paying_asked(), 4);
}

static void the_staff_are_called_and_it_is_asked_on(void **state) {
    (void)state;
    mandate_make(kit_now, 0);
    for (int i = 1; i <= EFFECT_ATTEMPTS + 2; i++) {
        paying_look(ASKED);
        assert_int_equal(paying_works_open(), i >= EFFECT_ATTEMPTS);
    }
    assert_int_equal(paying_effect_now(ASKED).state, EFFECT_WAITING);
    assert_int_equal(paying_number("SELECT kind FROM work"), WORK_MANDATE);
    assert_int_equal(paying_number("SELECT mandate FROM work"), MANDATE);
    provider_answer(paying.provider, 200, "unknown", NULL);
    paying_look(ASKED);
    assert_int_equal(paying_effect_now(ASKED).state, EFFECT_DONE);
    assert_int_equal(told_at(), kit_now);
    assert_int_equal(paying_works(), 1);
    assert_int_equal(paying_works_open(), 0);
    paying_calls_are_good(ASKED);
}

static void without_a_provider_it_is_the_staffs(void **state) {
    (void)state;
    paying.settings.payment = NULL;
    mandate_make(kit_now, 0);
    paying_look(ASKED);
    assert_int_equal(paying_effect_now(ASKED).state, EFFECT_FAILED);
    assert_non_null(strstr(paying_effect_now(ASKED).cause, "no payment provider"));
    assert_int_equal(paying_works_open(), 1);
    paying.settings.payment =
        &paying.payment; /* now there is one, and the staff have it tried again */
    provider_answer(paying.provider, 200, "unknown", NULL);
    struct effect_retry retry = {.effect = ASKED};
    case_run(&paying.kit, &effect_retry_verb, &paying.kit.staff, &retry, NULL);
    paying_look(ASKED);
    assert_int_equal(paying_asked(), 1);
    assert_int_equal(paying_effect_now(ASKED).state, EFFECT_DONE);
    assert_non_null(strstr(paying_effect_now(ASKED).cause, "no such mandate"));
    assert_int_equal(told_at(), kit_now);
    assert_int_equal(paying_works(), 1);
    assert_int_equal(paying_works_open(), 0);
}

static void what_it_will_not_end_is_the_staffs(void **state) {
    (void)state;
    mandate_make(kit_now, 0);
    provider_answer(paying.provider, 200, "refused", "provider");
    paying_look(ASKED);
    assert_int_equal(paying_effect_now(ASKED).state, EFFECT_FAILED);
    assert_int_equal(paying_works_open(), 1);
    assert_int_equal(told_at(), 0);
    assert_int_equal(paying_number("SELECT due_at FROM work"), kit_now + DAY);
}

/* By hand: the work is done, and nothing is asked any more. */
static void who_ends_it_ends_the_work(void **state) {
    struct mandate_end end = {.mandate = MANDATE};
    enum refusal no;
    (void)state;
    mandate_make(kit_now, 0);
    for (int i = 1; i <= EFFECT_ATTEMPTS; i++)
        paying_look(ASKED);
    assert_int_equal(paying_works_open(), 1);
    snprintf(paying.kit.staff.scopes, sizeof paying.kit.staff.scopes, "credit:write");
    case_run(&paying.kit, &mandate_end_verb, &paying.kit.staff, &end, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(told_at(), kit_now);
    assert_int_equal(paying_works_open(), 0);
    assert_int_equal(paying_number("SELECT done_by FROM work"), CASE_STAFF);
    paying_look(ASKED);
    assert_int_equal(paying_effect_now(ASKED).state, EFFECT_DROPPED);
    assert_int_equal(paying_asked(), EFFECT_ATTEMPTS);
}

/* Its threads: all messages are out while the first of five calls is still open. */
static void a_provider_that_hangs_holds_up_no_message(void **state) {
    char why[256] = "";
    (void)state;
    mandate_make(kit_now, 0);
    for (int64_t i = 1; i < 5; i++)
        paying_effect_make(ASKED + i, EFFECT_MANDATE_END, MANDATE);
    paying.payment.total_limit = HOUR;
    provider_hang(paying.provider, true);
    struct dispatcher *dispatcher = dispatcher_start(&paying.settings, why);
    assert_non_null(dispatcher);
    while (paying_asked() == 0)
        ;
    case_submit(&paying.kit, 0, NULL);
    dispatcher_wake(dispatcher);
    while (paying_number("SELECT count(*) FROM effect WHERE state = 1 AND door <> 'payment'"))
        ;
    assert_int_equal(paying_number("SELECT count(*) FROM inbox"), 3);
    assert_int_equal(paying_asked(), 1);
    assert_int_equal(paying_number("SELECT count(*) FROM effect WHERE state = 1"), 5);
    provider_hang(paying.provider, false);
    dispatcher_stop(dispatcher);
}

static enum refusal mandate_told(struct mandate_report in) {
    enum refusal no;
    case_run(&paying.kit, verb_of("mandate.report"), &paying.kit.system, &in, &no);
    return no;
}

static void reports_of_a_mandate_are_checked(void **state) {
    struct mandate_report good = {.mandate = MANDATE,
                                  .line = paying.kit.line,
                                  .effect = ASKED,
                                  .outcome = OUTCOME_DELIVERED,
                                  .text = "ended"},
                          in;
    (void)state;
    mandate_make(kit_now, 0);
    paying_effect_make(ASKED + 1, EFFECT_MANDATE_END, 4711);
    paying_effect_make(ASKED + 2, EFFECT_PAYMENT, MANDATE);
#define WRONG(member, value, refusal)                                                              \
    do {                                                                                           \
        in = good;                                                                                 \
        in.member = value;                                                                         \
        assert_int_equal(mandate_told(in), refusal);                                               \
    } while (0)
    WRONG(mandate, 4711, REFUSED_NOT_FOUND);
    WRONG(line, paying.kit.other_line, REFUSED_NOT_FOUND);
    WRONG(effect, 4711, REFUSED_NOT_FOUND);
    WRONG(effect, ASKED + 1, REFUSED_NOT_FOUND);
    WRONG(effect, ASKED + 2, REFUSED_NOT_FOUND);
    WRONG(outcome, OUTCOME_DROPPED, REFUSED_INPUT);
    WRONG(outcome, 0, REFUSED_INPUT);
    WRONG(text[0], '\0', REFUSED_INPUT);
#undef WRONG
    assert_int_equal(told_at(), 0);
    assert_int_equal(mandate_told(good), ACCEPTED);
    assert_int_equal(told_at(), kit_now);
    assert_int_equal(mandate_told(good), REFUSED_UNCHANGED);
    /* Said meanwhile by the provider itself: there is nothing for the staff to do. */
    paying_effect_make(ASKED + 3, EFFECT_MANDATE_END, MANDATE);
    in = good;
    in.effect = ASKED + 3;
    in.outcome = OUTCOME_FAILED;
    assert_int_equal(mandate_told(in), ACCEPTED);
    assert_int_equal(paying_effect_now(ASKED + 3).state, EFFECT_FAILED);
    assert_int_equal(paying_works(), 0);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, paying_setup, paying_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_mandate_that_does_not_wait_is_not_asked_for),
        TEST(a_mandate_is_ended_once_it_is_said),
        TEST(the_staff_are_called_and_it_is_asked_on),
        TEST(without_a_provider_it_is_the_staffs),
        TEST(what_it_will_not_end_is_the_staffs),
        TEST(who_ends_it_ends_the_work),
        TEST(a_provider_that_hangs_holds_up_no_message),
        TEST(reports_of_a_mandate_are_checked),
    };
    if (!delivery_start())
        return 1;
    int failed = cmocka_run_group_tests(tests, dispatch_pages_open, dispatch_pages_close);
    delivery_stop();
    return failed;
}
