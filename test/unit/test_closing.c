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
    struct closing plan = kit_plan(&line, NULL, 8640, 1200, &policy, KIT_NOW);
    assert_int_equal(plan.due_at, KIT_NOW + DAY);
    assert_int_equal(plan.execute_at, KIT_NOW + 30 * MINUTE);
    assert_int_equal(plan.closed_at, plan.execute_at);
    assert_int_equal(plan.money.unclaimed_minor, 8640);
    assert_int_equal(plan.money.promotional_minor, 1200);
    assert_int_equal(plan.number_until, plan.closed_at + 90 * DAY);
    assert_int_equal(plan.reclaim_until, plan.closed_at + 60 * DAY);
    assert_int_equal(plan.claim_until, instant("2028-11-22T14:33:00+08:00"));
    assert_int_equal(plan.registration_erase_after, instant("2027-11-22T14:33:00+08:00"));
}

static void test_nothing_to_claim(void **state) {
    (void)state;
    struct line line = kit_line();
    struct policy policy = kit_policy();
    assert_int_equal(kit_plan(&line, NULL, 0, 5, &policy, KIT_NOW).claim_until, 0);
}

static void test_one_policy_row_changes_it(void **state) {
    (void)state;
    struct line line = kit_line();
    struct policy policy = kit_policy();
    policy.quarantine_days = 45;
    policy.retention_months = 84;
    struct closing plan = kit_plan(&line, NULL, 1, 0, &policy, KIT_NOW);
    assert_int_equal(plan.number_until, plan.closed_at + 45 * DAY);
    assert_int_equal(plan.reclaim_until, plan.number_until); /* never past the quarantine */
    assert_int_equal(plan.registration_erase_after, instant("2033-11-22T14:33:00+08:00"));
    policy.undo_window_minutes = 23 * 60; /* the clock wins over the window */
    assert_int_equal(kit_plan(&line, NULL, 1, 0, &policy, KIT_NOW).execute_at,
                     KIT_NOW + DAY - 2 * HOUR);
}

static void test_months_are_never_short(void **state) {
    (void)state;
    struct line line = kit_line();
    struct policy policy = kit_policy();
    policy.undo_window_minutes = 0;
    /* Already the 29th of February in Hong Kong. */
    struct closing plan = kit_plan(&line, NULL, 1, 0, &policy, instant("2028-02-28T17:00:00Z"));
    assert_int_equal(plan.registration_erase_after, instant("2029-03-01T01:00:00+08:00"));
    assert_int_equal(plan.claim_until, instant("2030-03-01T01:00:00+08:00"));
}

static void test_port_out_does_not_rest(void **state) {
    (void)state;
    struct line line = kit_line();
    struct policy policy = kit_policy();
    struct closure closure = kit_closure(BASIS_PORT_OUT);
    struct closing plan = kit_plan(&line, &closure, 1, 0, &policy, KIT_NOW);
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
    struct closing preview = kit_plan(&line, NULL, 8640, 1200, &policy, KIT_NOW);
    struct closure closure = kit_closure(BASIS_PERSON);
    struct closing plan = kit_plan(&line, &closure, 8640, 1200, &policy, KIT_NOW);
    assert_memory_equal(&plan, &preview, sizeof plan);
    assert_int_equal(closure_open(&closure, &line, &policy, true, KIT_NOW), ACCEPTED);
    plan = kit_plan(&line, &closure, 8640, 1200, &policy, KIT_NOW);
    assert_memory_equal(&plan, &preview, sizeof plan);
    assert_int_equal(closure_confirm(&closure, &policy, CONFIRM_BY_CODE, KIT_NOW), ACCEPTED);
    plan = kit_plan(&line, &closure, 8640, 1200, &policy, KIT_NOW + MINUTE);
    assert_memory_equal(&plan, &preview, sizeof plan);
    int64_t at = preview.execute_at;
    assert_int_equal(closure_start(&closure, &policy, at), ACCEPTED);
    assert_int_equal(closure_cut(&closure, &policy, CUT_READ_BACK, "gone", 0, at), ACCEPTED);
    plan = kit_plan(&line, &closure, 8640, 1200, &policy, at);
    assert_memory_equal(&plan, &preview, sizeof plan);
    assert_int_equal(closure_finish(&closure, &policy, &plan, at), ACCEPTED);
    assert_int_equal(closure.paid_minor, 8640);
    assert_int_equal(closure.promotional_minor, 1200);
    assert_int_equal(closure.quarantine_until, preview.number_until);
    assert_int_equal(closure.claim_until, preview.claim_until);
    assert_int_equal(closure.erase_after, preview.registration_erase_after);
    plan = kit_plan(&line, &closure, 8640, 1200, &policy, at + 400 * DAY);
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
    struct closing plan = kit_plan(&line, &closure, 0, 0, &policy, late);
    assert_int_equal(plan.closed_at, late);
    assert_int_equal(plan.due_at, KIT_NOW + DAY);
    assert_int_equal(plan.number_until, late + 90 * DAY);
}

static void what_is_chosen_is_planned(void **state) {
    (void)state;
    struct line line = kit_line();
    struct policy policy = kit_policy();
    struct closure closure = kit_closure(BASIS_PERSON);
    struct credit credit = {8640, 640, 1200};
    struct chosen chosen = {.choice = CHOICE_REFUND, .way = WAY_BANK};
    struct closing plan = closing_plan(&line, &closure, &credit, &chosen, &policy, KIT_NOW);
    assert_int_equal(plan.money.refund_minor, 8590);
    assert_int_equal(plan.money.fee_minor, 50);
    assert_int_equal(plan.money.unclaimed_minor, 0);
    assert_int_equal(plan.claim_until, 0); /* nothing is left to claim */
    chosen = (struct chosen){.choice = CHOICE_LEAVE, .leave_minor = 8000};
    plan = closing_plan(&line, &closure, &credit, &chosen, &policy, KIT_NOW);
    assert_int_equal(plan.money.unclaimed_minor, 640);
    assert_true(plan.claim_until > KIT_NOW);
    line.online_minor = 900; /* a fee was taken of what was topped up online */
    assert_int_equal(closing_credit(&line, 500, 0).online_minor, 500);
    assert_int_equal(closing_credit(&line, 1500, 7).online_minor, 900);
    assert_int_equal(closing_credit(&line, 1500, 7).promotional_minor, 7);
}

static struct closure closed_with(int64_t unclaimed, const struct policy *policy) {
    struct line line = kit_line();
    struct closure closure = kit_closure(BASIS_REGULATOR);
    assert_int_equal(closure_open(&closure, &line, policy, true, KIT_NOW), ACCEPTED);
    assert_int_equal(closure_may_claim(&closure, policy, 1, KIT_NOW), REFUSED_CLOSURE_STATE);
    assert_int_equal(closure_unclaimed_more(&closure, policy, KIT_NOW), REFUSED_CLOSURE_STATE);
    assert_int_equal(closure_start(&closure, policy, KIT_NOW), ACCEPTED);
    assert_int_equal(closure_cut(&closure, policy, CUT_READ_BACK, "gone", 0, KIT_NOW), ACCEPTED);
    struct closing plan = kit_plan(&line, &closure, unclaimed, 0, policy, KIT_NOW);
    assert_int_equal(closure_finish(&closure, policy, &plan, KIT_NOW), ACCEPTED);
    return closure;
}

static void unclaimed_credit_lapses_when_told(void **state) {
    (void)state;
    struct policy policy = kit_policy();
    policy.after_claim = AFTER_CLAIM_BREAKAGE;
    struct closure closure = closed_with(700, &policy);
    int64_t until = closure.claim_until, month = 30 * DAY;
    assert_int_equal(closure.next_at, until - month);
    assert_int_equal(closure_may_claim(&closure, &policy, 0, KIT_NOW), REFUSED_CLAIM_OVER);
    assert_int_equal(closure_lapse(&closure, &policy, 700, until), REFUSED_CLOSURE_STATE);
    assert_int_equal(closure_unclaimed_ends(&closure, &policy, until - month - 1),
                     REFUSED_CLOSURE_STATE);
    /* The server was away: a month is given all the same. */
    assert_int_equal(closure_unclaimed_ends(&closure, &policy, until - DAY), ACCEPTED);
    assert_int_equal(closure.next_at, until - DAY + month);
    assert_int_equal(closure_lapse_at(&closure, &policy), until - DAY + month);
    assert_int_equal(closure_may_claim(&closure, &policy, 700, until), ACCEPTED);
    assert_int_equal(closure_may_claim(&closure, &policy, 700, until - DAY + month),
                     REFUSED_CLAIM_OVER);
    assert_int_equal(closure_lapse(&closure, &policy, 700, until - DAY + month), ACCEPTED);
    assert_int_equal(closure.lapsed_minor, 700);
    assert_int_equal(closure.next_at, 0);
    assert_int_equal(closure_may_claim(&closure, &policy, 1, until), REFUSED_CLAIM_OVER);
    /* A refund comes back for good: it can be claimed anew, and not for a shorter time. */
    assert_int_equal(closure_unclaimed_more(&closure, &policy, until + month), ACCEPTED);
    assert_true(closure.claim_until > until + month + 729 * DAY);
    assert_int_equal(closure_may_claim(&closure, &policy, 700, until + 2 * month), ACCEPTED);
    until = closure.claim_until;
    assert_int_equal(closure_unclaimed_more(&closure, &policy, KIT_NOW), ACCEPTED);
    assert_int_equal(closure.claim_until, until);
}

static void unclaimed_credit_is_kept(void **state) {
    (void)state;
    struct policy policy = kit_policy();
    struct closure closure = closed_with(700, &policy);
    assert_int_equal(closure.next_at, 0);
    assert_int_equal(closure_lapse_at(&closure, &policy), 0);
    assert_int_equal(closure_may_claim(&closure, &policy, 1, closure.claim_until + 9000 * DAY),
                     ACCEPTED);
    policy.after_claim = AFTER_CLAIM_BREAKAGE;
    closure = closed_with(0, &policy); /* nothing to claim, nothing to lapse */
    assert_int_equal(closure.next_at, 0);
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
        cmocka_unit_test(what_is_chosen_is_planned),
        cmocka_unit_test(unclaimed_credit_lapses_when_told),
        cmocka_unit_test(unclaimed_credit_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
