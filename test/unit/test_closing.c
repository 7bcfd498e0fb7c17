#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/civil.h"
#include "rules/closing.h"
#include "rules_kit.h"

static int64_t instant(const char *text) {
    int64_t at = 0;
    assert_true(civil_parse_time(text, &at));
    return at;
}

static void test_preview(void **state) {
    (void)state;
    struct line line = kit_line();
    struct policy policy = kit_policy();
    struct closing plan = closing_plan(&line, NULL, 8640, 1200, &policy, KIT_NOW);
    assert_int_equal(plan.due_at, KIT_NOW + DAY);
    assert_int_equal(plan.execute_at, KIT_NOW + 30 * MINUTE);
    assert_int_equal(plan.closed_at, plan.execute_at);
    assert_int_equal(plan.paid_to_unclaimed, 8640);
    assert_int_equal(plan.promotional_ended, 1200);
    assert_int_equal(plan.number_until, plan.closed_at + 90 * DAY);
    assert_int_equal(plan.reclaim_until, plan.closed_at + 60 * DAY);
    assert_int_equal(plan.claim_until, instant("2028-11-22T14:33:00+08:00"));
    assert_int_equal(plan.registration_erase_after, instant("2027-11-22T14:33:00+08:00"));
}

static void test_nothing_to_claim(void **state) {
    (void)state;
    struct line line = kit_line();
    struct policy policy = kit_policy();
    assert_int_equal(closing_plan(&line, NULL, 0, 5, &policy, KIT_NOW).claim_until, 0);
}

static void test_one_policy_row_changes_it(void **state) {
    (void)state;
    struct line line = kit_line();
    struct policy policy = kit_policy();
    policy.quarantine_days = 45;
    policy.retention_months = 84;
    struct closing plan = closing_plan(&line, NULL, 1, 0, &policy, KIT_NOW);
    assert_int_equal(plan.number_until, plan.closed_at + 45 * DAY);
    assert_int_equal(plan.reclaim_until, plan.number_until); /* never past the quarantine */
    assert_int_equal(plan.registration_erase_after, instant("2033-11-22T14:33:00+08:00"));
    policy.undo_window_minutes = 23 * 60; /* the clock wins over the window */
    assert_int_equal(closing_plan(&line, NULL, 1, 0, &policy, KIT_NOW).execute_at,
                     KIT_NOW + DAY - 2 * HOUR);
}

static void test_months_are_never_short(void **state) {
    (void)state;
    struct line line = kit_line();
    struct policy policy = kit_policy();
    policy.undo_window_minutes = 0;
    /* Already the 29th of February in Hong Kong. */
    struct closing plan = closing_plan(&line, NULL, 1, 0, &policy, instant("2028-02-28T17:00:00Z"));
    assert_int_equal(plan.registration_erase_after, instant("2029-03-01T01:00:00+08:00"));
    assert_int_equal(plan.claim_until, instant("2030-03-01T01:00:00+08:00"));
}

static void test_port_out_does_not_rest(void **state) {
    (void)state;
    struct line line = kit_line();
    struct policy policy = kit_policy();
    struct closure closure = kit_closure(BASIS_PORT_OUT);
    struct closing plan = closing_plan(&line, &closure, 1, 0, &policy, KIT_NOW);
    assert_int_equal(plan.number_until, 0);
    assert_int_equal(plan.reclaim_until, 0);
    assert_int_equal(plan.execute_at, KIT_NOW); /* nobody confirms, nobody thinks again */
    assert_true(plan.registration_erase_after > KIT_NOW + 364 * DAY);
}

/* The plan is the same at every stage, when the closing happens as it was foretold. */
static void test_preview_equals_execution(void **state) {
    (void)state;
    struct line line = kit_line();
    struct policy policy = kit_policy();
    struct closing preview = closing_plan(&line, NULL, 8640, 1200, &policy, KIT_NOW);
    struct closure closure = kit_closure(BASIS_PERSON);
    struct closing plan = closing_plan(&line, &closure, 8640, 1200, &policy, KIT_NOW);
    assert_memory_equal(&plan, &preview, sizeof plan);
    assert_int_equal(closure_open(&closure, &line, &policy, true, KIT_NOW), ACCEPTED);
    plan = closing_plan(&line, &closure, 8640, 1200, &policy, KIT_NOW);
    assert_memory_equal(&plan, &preview, sizeof plan);
    assert_int_equal(closure_confirm(&closure, &policy, CONFIRM_BY_CODE, KIT_NOW), ACCEPTED);
    plan = closing_plan(&line, &closure, 8640, 1200, &policy, KIT_NOW + MINUTE);
    assert_memory_equal(&plan, &preview, sizeof plan);
    int64_t at = preview.execute_at;
    assert_int_equal(closure_start(&closure, &policy, at), ACCEPTED);
    assert_int_equal(closure_cut(&closure, &policy, CUT_READ_BACK, "gone", 0, at), ACCEPTED);
    plan = closing_plan(&line, &closure, 8640, 1200, &policy, at);
    assert_memory_equal(&plan, &preview, sizeof plan);
    assert_int_equal(closure_finish(&closure, &policy, &plan, at), ACCEPTED);
    assert_int_equal(closure.paid_minor, 8640);
    assert_int_equal(closure.promotional_minor, 1200);
    assert_int_equal(closure.quarantine_until, preview.number_until);
    assert_int_equal(closure.claim_until, preview.claim_until);
    assert_int_equal(closure.erase_after, preview.registration_erase_after);
    plan = closing_plan(&line, &closure, 8640, 1200, &policy, at + 400 * DAY);
    assert_memory_equal(&plan, &preview, sizeof plan);
}

static void test_late_network_moves_the_dates(void **state) {
    (void)state;
    struct line line = kit_line();
    struct policy policy = kit_policy();
    struct closure closure = kit_closure(BASIS_PERSON);
    assert_int_equal(closure_open(&closure, &line, &policy, true, KIT_NOW), ACCEPTED);
    assert_int_equal(closure_confirm(&closure, &policy, CONFIRM_BY_LINK, KIT_NOW), ACCEPTED);
    int64_t late = KIT_NOW + 5 * DAY;
    struct closing plan = closing_plan(&line, &closure, 0, 0, &policy, late);
    assert_int_equal(plan.closed_at, late);
    assert_int_equal(plan.due_at, KIT_NOW + DAY);
    assert_int_equal(plan.number_until, late + 90 * DAY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_preview),
        cmocka_unit_test(test_nothing_to_claim),
        cmocka_unit_test(test_one_policy_row_changes_it),
        cmocka_unit_test(test_months_are_never_short),
        cmocka_unit_test(test_port_out_does_not_rest),
        cmocka_unit_test(test_preview_equals_execution),
        cmocka_unit_test(test_late_network_moves_the_dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
