/* What is asked of the payment provider, through the dispatcher and to a provider that listens on
 * this machine: asked until it is answered and under one key, paid once, left to the staff. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "commands/charging.h"
#include "dispatch_kit.h"
#include "provider_kit.h"

enum { MANDATE = 7001, ASKED = 7101 };

static struct case_kit kit;
static struct dispatcher_settings settings;
static struct payment_settings payment;
static struct provider *provider;

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    settings = dispatch_settings(&kit);
    provider = provider_open(&payment);
    settings.payment = &payment;
    return provider ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    provider_close(provider);
    case_close(&kit);
    return 0;
}

static int64_t one(const char *sql) {
    return kit_number(&kit.kit, sql);
}

static void effect_make(int64_t id, enum effect_kind kind, int64_t target) {
    struct effect effect = {.id = id,
                            .operator= CASE_OPERATOR,
                            .kind = kind,
                            .target = target,
                            .line = kit.line,
                            .state = EFFECT_WAITING,
                            .made_at = kit_now,
                            .next_at = kit_now,
                            .to = "payment"};
    kit_put(&kit.kit, EFFECT_ADD, &effect);
    settings.committer = kit.kit.committer;
}

static struct effect effect_now(int64_t id) {
    struct effect effect;
    case_read(&kit, EFFECT_BY_ID, id, &effect);
    return effect;
}

/* One look, when the effect is due. */
static void look(int64_t id) {
    struct effect effect = effect_now(id);
    kit_now = effect.next_at > kit_now ? effect.next_at : kit_now;
    dispatcher_round(&settings);
}

static size_t asked(void) {
    return provider_asked(provider, NULL);
}

/* Every call was signed, under the effect's key and at its time. */
static void calls_are_good(int64_t id) {
    const struct provider_call *calls;
    char key[PAYMENT_ID];
    size_t count = provider_asked(provider, &calls);
    snprintf(key, sizeof key, "ringoff-%lld", (long long)id);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        assert_true(calls[i].trusted);
        assert_string_equal(calls[i].id, key);
        assert_string_equal(calls[i].body, calls[0].body);
    }
}

/* --- a mandate --- */

static void mandate_make(int64_t ended_at, int64_t told_at) {
    struct mandate mandate = {.id = MANDATE,
                              .operator= CASE_OPERATOR,
                              .line = kit.line,
                              .made_at = kit_now - DAY,
                              .ended_at = ended_at,
                              .told_at = told_at,
                              .reference = "mandate-7",
                              .method = "Visa •••• 4321"};
    kit_put(&kit.kit, MANDATE_ADD, &mandate);
    effect_make(ASKED, EFFECT_MANDATE_END, MANDATE);
}

static int64_t told_at(void) {
    struct mandate mandate;
    case_read(&kit, MANDATE_BY_ID, MANDATE, &mandate);
    return mandate.told_at;
}

static int64_t works_open(void) {
    return one("SELECT count(*) FROM work WHERE done_at = 0");
}

static int64_t works(void) {
    return one("SELECT count(*) FROM work");
}

static void a_mandate_that_does_not_wait_is_not_asked_for(void **state) {
    (void)state;
    mandate_make(0, 0);
    look(ASKED);
    assert_int_equal(effect_now(ASKED).state, EFFECT_DROPPED);
    kit_sql(&kit.kit, "UPDATE mandate SET ended_at = 1, told_at = 1");
    effect_make(ASKED + 1, EFFECT_MANDATE_END, MANDATE);
    look(ASKED + 1);
    assert_int_equal(effect_now(ASKED + 1).state, EFFECT_DROPPED);
    effect_make(ASKED + 2, EFFECT_MANDATE_END, 4711);
    look(ASKED + 2);
    assert_int_equal(effect_now(ASKED + 2).state, EFFECT_DROPPED);
    assert_int_equal(asked(), 0);
    assert_int_equal(works(), 0);
}

static void a_mandate_is_ended_once_it_is_said(void **state) {
    const struct provider_call *calls;
    (void)state;
    mandate_make(kit_now, 0);
    provider_answer(provider, 200, "paid", NULL);
    provider_answer(provider, 202, "accepted", NULL);
    provider_answer(provider, 200, NULL, NULL);
    provider_answer(provider, 409, "ended", NULL);
    for (int i = 1; i <= 3; i++) {
        look(ASKED);
        assert_int_equal(asked(), i);
        assert_int_equal(effect_now(ASKED).state, EFFECT_WAITING);
        assert_int_equal(effect_now(ASKED).attempts, i);
        assert_int_equal(told_at(), 0);
    }
    look(ASKED);
    assert_int_equal(effect_now(ASKED).state, EFFECT_DONE);
    assert_int_equal(told_at(), kit_now);
    assert_int_equal(works(), 0);
    calls_are_good(ASKED);
    provider_asked(provider, &calls);
    assert_non_null(strstr(calls[0].body, "\"mandate\":\"mandate-7\""));
    kit_now += DAY;
    dispatcher_round(&settings);
    assert_int_equal(asked(), 4);
}

static void the_staff_are_called_and_it_is_asked_on(void **state) {
    (void)state;
    mandate_make(kit_now, 0);
    for (int i = 1; i <= EFFECT_ATTEMPTS + 2; i++) {
        look(ASKED);
        assert_int_equal(works_open(), i >= EFFECT_ATTEMPTS);
    }
    assert_int_equal(effect_now(ASKED).state, EFFECT_WAITING);
    assert_int_equal(one("SELECT kind FROM work"), WORK_MANDATE);
    assert_int_equal(one("SELECT mandate FROM work"), MANDATE);
    provider_answer(provider, 200, "unknown", NULL);
    look(ASKED);
    assert_int_equal(effect_now(ASKED).state, EFFECT_DONE);
    assert_int_equal(told_at(), kit_now);
    assert_int_equal(works(), 1);
    assert_int_equal(works_open(), 0);
    calls_are_good(ASKED);
}

static void without_a_provider_it_is_the_staffs(void **state) {
    (void)state;
    settings.payment = NULL;
    mandate_make(kit_now, 0);
    look(ASKED);
    assert_int_equal(effect_now(ASKED).state, EFFECT_FAILED);
    assert_non_null(strstr(effect_now(ASKED).cause, "no payment provider"));
    assert_int_equal(works_open(), 1);
    settings.payment = &payment; /* now there is one, and the staff have it tried again */
    provider_answer(provider, 200, "unknown", NULL);
    struct effect_retry retry = {.effect = ASKED};
    case_run(&kit, &effect_retry_verb, &kit.staff, &retry, NULL);
    look(ASKED);
    assert_int_equal(asked(), 1);
    assert_int_equal(effect_now(ASKED).state, EFFECT_DONE);
    assert_non_null(strstr(effect_now(ASKED).cause, "no such mandate"));
    assert_int_equal(told_at(), kit_now);
    assert_int_equal(works(), 1);
    assert_int_equal(works_open(), 0);
}

static void what_it_will_not_end_is_the_staffs(void **state) {
    (void)state;
    mandate_make(kit_now, 0);
    provider_answer(provider, 200, "refused", "provider");
    look(ASKED);
    assert_int_equal(effect_now(ASKED).state, EFFECT_FAILED);
    assert_int_equal(works_open(), 1);
    assert_int_equal(told_at(), 0);
    assert_int_equal(one("SELECT due_at FROM work"), kit_now + DAY);
}

/* By hand: the work is done, and nothing is asked any more. */
static void who_ends_it_ends_the_work(void **state) {
    struct mandate_end end = {.mandate = MANDATE};
    enum refusal no;
    (void)state;
    mandate_make(kit_now, 0);
    for (int i = 1; i <= EFFECT_ATTEMPTS; i++)
        look(ASKED);
    assert_int_equal(works_open(), 1);
    snprintf(kit.staff.scopes, sizeof kit.staff.scopes, "credit:write");
    case_run(&kit, &mandate_end_verb, &kit.staff, &end, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(told_at(), kit_now);
    assert_int_equal(works_open(), 0);
    assert_int_equal(one("SELECT done_by FROM work"), CASE_STAFF);
    look(ASKED);
    assert_int_equal(effect_now(ASKED).state, EFFECT_DROPPED);
    assert_int_equal(asked(), EFFECT_ATTEMPTS);
}

static enum refusal mandate_told(struct mandate_report in) {
    enum refusal no;
    case_run(&kit, verb_of("mandate.report"), &kit.system, &in, &no);
    return no;
}

static void reports_of_a_mandate_are_checked(void **state) {
    struct mandate_report good = {.mandate = MANDATE,
                                  .line = kit.line,
                                  .effect = ASKED,
                                  .outcome = OUTCOME_DELIVERED,
                                  .text = "ended"},
                          in;
    (void)state;
    mandate_make(kit_now, 0);
    effect_make(ASKED + 1, EFFECT_MANDATE_END, 4711);
    effect_make(ASKED + 2, EFFECT_PAYMENT, MANDATE);
#define WRONG(member, value, refusal)                                                              \
    do {                                                                                           \
        in = good;                                                                                 \
        in.member = value;                                                                         \
        assert_int_equal(mandate_told(in), refusal);                                               \
    } while (0)
    WRONG(mandate, 4711, REFUSED_NOT_FOUND);
    WRONG(line, kit.other_line, REFUSED_NOT_FOUND);
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
    effect_make(ASKED + 3, EFFECT_MANDATE_END, MANDATE);
    in = good;
    in.effect = ASKED + 3;
    in.outcome = OUTCOME_FAILED;
    assert_int_equal(mandate_told(in), ACCEPTED);
    assert_int_equal(effect_now(ASKED + 3).state, EFFECT_FAILED);
    assert_int_equal(works(), 0);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_mandate_that_does_not_wait_is_not_asked_for),
        TEST(a_mandate_is_ended_once_it_is_said),
        TEST(the_staff_are_called_and_it_is_asked_on),
        TEST(without_a_provider_it_is_the_staffs),
        TEST(what_it_will_not_end_is_the_staffs),
        TEST(who_ends_it_ends_the_work),
        TEST(reports_of_a_mandate_are_checked),
    };
    if (!delivery_start())
        return 1;
    int failed = cmocka_run_group_tests(tests, dispatch_pages_open, dispatch_pages_close);
    delivery_stop();
    return failed;
}
