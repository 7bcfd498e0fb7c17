/* The rules of a suspension: what may be, what it costs, what the network is told and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "rules/suspension.h"
#include "rules_kit.h"

static const struct suspension none = {.id = 0};

static struct policy rules(void) {
    struct policy policy = kit_policy();
    policy.suspension_maximum_days = 90;
    policy.suspension_fee_minor = 2000;
    policy.suspension_reminder_days = 7;
    policy.suspension_escalate_minutes = 30;
    policy.suspension_at_end = AT_END_REACTIVATE;
    return policy;
}

static struct suspension asked(struct line *line, const struct policy *policy) {
    struct suspension s = {.id = 21, .account = 9, .language = "en"};
    struct suspension_terms terms = suspension_terms(line, 8640, policy, KIT_NOW);
    suspension_open(&s, line, &terms, policy, KIT_NOW);
    return s;
}

static struct suspension barred(struct line *line, const struct policy *policy) {
    struct suspension s = asked(line, policy);
    int64_t fee;
    assert_int_equal(
        suspension_barred(&s, line, 8640, CUT_READ_BACK, policy, KIT_NOW + MINUTE, &fee), ACCEPTED);
    return s;
}

static void the_terms(void **state) {
    (void)state;
    struct policy policy = rules();
    struct line line = kit_line();
    struct suspension_terms terms = suspension_terms(&line, 8640, &policy, KIT_NOW);
    assert_int_equal(terms.fee_minor, 2000);
    assert_int_equal(terms.until, KIT_NOW + 90 * DAY);
    assert_int_equal(terms.remind_at, KIT_NOW + 83 * DAY);
    assert_int_equal(terms.expires_at, 0);
    assert_int_equal(suspension_terms(&line, 1999, &policy, KIT_NOW).fee_minor, 1999);
    assert_int_equal(suspension_terms(&line, 0, &policy, KIT_NOW).fee_minor, 0);
    line.expires_at = KIT_NOW + 30 * DAY;
    assert_int_equal(suspension_terms(&line, 0, &policy, KIT_NOW).expires_at, KIT_NOW + 120 * DAY);
    policy.suspension_validity_runs = true;
    assert_int_equal(suspension_terms(&line, 0, &policy, KIT_NOW).expires_at, KIT_NOW + 30 * DAY);
}

static void who_may_be_suspended(void **state) {
    (void)state;
    struct policy policy = rules();
    struct line line = kit_line();
    struct suspension_terms terms = suspension_terms(&line, 8640, &policy, KIT_NOW);
    assert_int_equal(suspension_may(&line, &none, &terms, 2000), ACCEPTED);
    assert_int_equal(suspension_may(&line, &none, &terms, 2001), ACCEPTED);
    assert_int_equal(suspension_may(&line, &none, &terms, 1999), REFUSED_FEE);
    struct suspension open = asked(&line, &policy);
    assert_int_equal(suspension_may(&line, &open, &terms, 2000), REFUSED_LINE_SUSPENDED);
    line.state = LINE_SUSPENDED;
    assert_int_equal(suspension_may(&line, &none, &terms, 2000), REFUSED_LINE_SUSPENDED);
    line.state = LINE_EXPIRED;
    assert_int_equal(suspension_may(&line, &none, &terms, 2000), REFUSED_LINE_EXPIRED);
    line.closure = 13;
    assert_int_equal(suspension_may(&line, &none, &terms, 2000), REFUSED_LINE_CLOSING);
    line.state = LINE_CLOSED;
    assert_int_equal(suspension_may(&line, &none, &terms, 2000), REFUSED_LINE_CLOSED);
}

static void barring_takes_what_was_shown_and_is_there(void **state) {
    (void)state;
    static const struct {
        int64_t paid, fee;
    } cases[] = {{8640, 2000}, {2000, 2000}, {700, 700}, {0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct policy policy = rules();
        struct line line = kit_line();
        struct suspension s = asked(&line, &policy);
        int64_t fee = -1;
        policy.suspension_fee_minor = 99999; /* what came later does not count */
        assert_int_equal(suspension_derive(&s), SUSPENSION_ASKED);
        assert_int_equal(suspension_barred(&s, &line, cases[i].paid, CUT_ATTESTED, &policy,
                                           KIT_NOW + HOUR, &fee),
                         ACCEPTED);
        assert_int_equal(fee, cases[i].fee);
        assert_int_equal(s.fee_taken_minor, cases[i].fee);
        assert_int_equal(s.bar_how, CUT_ATTESTED);
        assert_int_equal(s.until, KIT_NOW + 90 * DAY);
        assert_int_equal(line.state, LINE_SUSPENDED);
        assert_int_equal(suspension_derive(&s), SUSPENSION_ON);
        assert_int_equal(
            suspension_barred(&s, &line, 8640, CUT_READ_BACK, &policy, KIT_NOW + DAY, &fee),
            REFUSED_UNCHANGED);
    }
}

static void coming_back(void **state) {
    (void)state;
    struct policy policy = rules();
    struct line line = kit_line();
    line.expires_at = KIT_NOW + 30 * DAY;
    struct suspension s = barred(&line, &policy);
    int64_t at = KIT_NOW + MINUTE + 10 * DAY;
    assert_int_equal(suspension_unbarred(&s, &line, CUT_READ_BACK, &policy, at), REFUSED_UNCHANGED);
    assert_int_equal(suspension_back(&s, BACK_ASKED, &policy, at - HOUR), ACCEPTED);
    assert_int_equal(suspension_derive(&s), SUSPENSION_RETURNING);
    assert_int_equal(s.unbar_at, at - HOUR);
    assert_int_equal(line.state, LINE_SUSPENDED);
    assert_int_equal(suspension_back(&s, BACK_ASKED, &policy, at), REFUSED_UNCHANGED);
    assert_int_equal(suspension_unbarred(&s, &line, CUT_READ_BACK, &policy, at), ACCEPTED);
    assert_int_equal(suspension_derive(&s), SUSPENSION_ENDED);
    assert_int_equal(s.end_how, END_REACTIVATED);
    assert_int_equal(line.state, LINE_ACTIVE);
    assert_int_equal(line.expires_at, KIT_NOW + 40 * DAY); /* it stood still */
    assert_int_equal(s.next_at, 0);
    assert_int_equal(suspension_back(&s, BACK_ASKED, &policy, at), REFUSED_NOT_SUSPENDED);
    struct suspension nothing = none;
    assert_int_equal(suspension_back(&nothing, BACK_ASKED, &policy, at), REFUSED_NOT_SUSPENDED);
}

static void validity_may_run_out_meanwhile(void **state) {
    (void)state;
    struct policy policy = rules();
    struct line line = kit_line();
    policy.suspension_validity_runs = true;
    line.expires_at = KIT_NOW + 30 * DAY;
    struct suspension s = barred(&line, &policy), early = s;
    struct line same = line;
    assert_int_equal(suspension_back(&s, BACK_ASKED, &policy, KIT_NOW + 31 * DAY), ACCEPTED);
    assert_int_equal(suspension_unbarred(&s, &line, CUT_READ_BACK, &policy, KIT_NOW + 31 * DAY),
                     ACCEPTED);
    assert_int_equal(line.expires_at, KIT_NOW + 30 * DAY);
    assert_int_equal(line.state, LINE_EXPIRED);
    assert_int_equal(suspension_back(&early, BACK_ASKED, &policy, KIT_NOW + DAY), ACCEPTED);
    assert_int_equal(suspension_unbarred(&early, &same, CUT_ATTESTED, &policy, KIT_NOW + DAY),
                     ACCEPTED);
    assert_int_equal(same.state, LINE_ACTIVE);
    assert_int_equal(early.unbar_how, CUT_ATTESTED);
    /* A line without an end keeps having none. */
    policy.suspension_validity_runs = false;
    line = kit_line();
    s = barred(&line, &policy);
    assert_int_equal(suspension_back(&s, BACK_ASKED, &policy, KIT_NOW + DAY), ACCEPTED);
    assert_int_equal(suspension_unbarred(&s, &line, CUT_READ_BACK, &policy, KIT_NOW + DAY),
                     ACCEPTED);
    assert_int_equal(line.expires_at, 0);
    assert_int_equal(line.state, LINE_ACTIVE);
}

/* The bar waits since the network is down, and the person has it called off: the unbar is asked for
 * only when it is known what became of the bar, and the bar is not tried any more. */
static void called_off_while_it_is_under_way(void **state) {
    (void)state;
    struct policy policy = rules();
    struct line line = kit_line();
    struct suspension s = asked(&line, &policy), late = s;
    assert_int_equal(suspension_switch(&s, EFFECT_NETWORK_BAR), SWITCH_BAR);
    assert_int_equal(suspension_switch(&s, EFFECT_NETWORK_UNBAR), SWITCH_NONE);
    assert_int_equal(suspension_skipped(&s, &policy, KIT_NOW + HOUR), REFUSED_UNCHANGED);
    assert_int_equal(suspension_back(&s, BACK_ASKED, &policy, KIT_NOW + HOUR), ACCEPTED);
    assert_int_equal(s.unbar_at, 0);
    assert_int_equal(suspension_switch(&s, EFFECT_NETWORK_BAR), SWITCH_SKIP);
    assert_int_equal(suspension_switch(&s, EFFECT_NETWORK_UNBAR), SWITCH_NONE);
    late = s; /* it was in the network's hands at that moment */
    assert_int_equal(suspension_skipped(&s, &policy, KIT_NOW + 2 * HOUR), ACCEPTED);
    assert_int_equal(suspension_switch(&s, EFFECT_NETWORK_BAR), SWITCH_NONE);
    assert_int_equal(suspension_switch(&s, EFFECT_NETWORK_UNBAR), SWITCH_UNBAR);
    assert_int_equal(suspension_unbarred(&s, &line, CUT_READ_BACK, &policy, KIT_NOW + 3 * HOUR),
                     ACCEPTED);
    assert_int_equal(suspension_switch(&s, EFFECT_NETWORK_UNBAR), SWITCH_NONE);
    assert_int_equal(line.state, LINE_ACTIVE);
    int64_t fee = -1;
    assert_int_equal(
        suspension_barred(&late, &line, 8640, CUT_READ_BACK, &policy, KIT_NOW + 2 * HOUR, &fee),
        ACCEPTED);
    assert_int_equal(fee, 0); /* who calls it off before it is done pays nothing */
    assert_int_equal(line.state, LINE_SUSPENDED);
    assert_int_equal(suspension_switch(&late, EFFECT_NETWORK_UNBAR), SWITCH_UNBAR);
}

static void by_hand(void **state) {
    (void)state;
    struct policy policy = rules();
    struct line line = kit_line();
    struct suspension s = asked(&line, &policy);
    struct suspension nothing = none;
    assert_int_equal(suspension_by_hand(&nothing, &policy, KIT_NOW), REFUSED_UNCHANGED);
    assert_int_equal(suspension_by_hand(&s, &policy, KIT_NOW + 1), ACCEPTED);
    assert_int_equal(suspension_by_hand(&s, &policy, KIT_NOW + 2), REFUSED_UNCHANGED);
    assert_int_equal(s.next_at, 0); /* they were called already */
    /* The network has nothing more to say about the bar, so the unbar need not wait for it. */
    assert_int_equal(suspension_back(&s, BACK_ASKED, &policy, KIT_NOW + HOUR), ACCEPTED);
    assert_int_equal(s.unbar_at, KIT_NOW + HOUR);
    assert_int_equal(suspension_switch(&s, EFFECT_NETWORK_BAR), SWITCH_NONE);
    assert_int_equal(s.next_at, KIT_NOW + HOUR + 30 * MINUTE);
    assert_int_equal(suspension_by_hand(&s, &policy, KIT_NOW + HOUR + 1), ACCEPTED);
    assert_int_equal(s.next_at, 0);
    struct suspension on = barred(&line, &policy);
    assert_int_equal(suspension_by_hand(&on, &policy, KIT_NOW + DAY), REFUSED_UNCHANGED);
}

static void the_timer(void **state) {
    (void)state;
    struct policy policy = rules();
    struct line line = kit_line();
    struct suspension s = asked(&line, &policy);
    assert_int_equal(s.next_at, KIT_NOW + 30 * MINUTE);
    assert_int_equal(suspension_escalate(&s, &policy, s.next_at - 1), REFUSED_UNCHANGED);
    assert_int_equal(suspension_step(&s, &policy, s.next_at), SUSPEND_ESCALATE);
    assert_int_equal(suspension_remind(&s, &policy, s.next_at), REFUSED_UNCHANGED);
    assert_int_equal(suspension_last_day(&s, &policy, s.next_at), REFUSED_UNCHANGED);
    assert_int_equal(suspension_escalate(&s, &policy, s.next_at), ACCEPTED);
    assert_int_equal(s.next_at, 0);
    line = kit_line();
    s = barred(&line, &policy);
    assert_int_equal(s.next_at, KIT_NOW + 83 * DAY);
    assert_int_equal(suspension_step(&s, &policy, s.next_at - 1), SUSPEND_NONE);
    assert_int_equal(suspension_remind(&s, &policy, s.next_at), ACCEPTED);
    assert_int_equal(s.next_at, KIT_NOW + 90 * DAY);
    assert_int_equal(suspension_step(&s, &policy, s.next_at - 1), SUSPEND_NONE);
    struct suspension stays = s;
    assert_int_equal(suspension_last_day(&s, &policy, s.next_at), ACCEPTED);
    assert_int_equal(suspension_derive(&s), SUSPENSION_RETURNING);
    assert_int_equal(s.back_why, BACK_LAST_DAY);
    assert_int_equal(s.next_at, KIT_NOW + 90 * DAY + 30 * MINUTE);
    policy.suspension_at_end = AT_END_STAY;
    assert_int_equal(suspension_last_day(&stays, &policy, stays.next_at), ACCEPTED);
    assert_int_equal(suspension_derive(&stays), SUSPENSION_OVER);
    assert_int_equal(stays.next_at, 0);
    assert_int_equal(suspension_back(&stays, BACK_ASKED, &policy, KIT_NOW + 100 * DAY), ACCEPTED);
    assert_int_equal(suspension_derive(&stays), SUSPENSION_RETURNING);
    /* Nobody ran for months: no reminder of what is over already. */
    s = barred(&line, &policy);
    assert_int_equal(suspension_step(&s, &policy, KIT_NOW + 90 * DAY), SUSPEND_END);
}

static void a_line_that_is_cut(void **state) {
    (void)state;
    struct policy policy = rules();
    struct line line = kit_line();
    struct suspension s = barred(&line, &policy), back = s;
    int64_t fee;
    suspension_close(&s, KIT_NOW + DAY);
    assert_int_equal(suspension_derive(&s), SUSPENSION_ENDED);
    assert_int_equal(s.end_how, END_CLOSED);
    assert_int_equal(s.next_at, 0);
    assert_int_equal(suspension_back(&back, BACK_ASKED, &policy, KIT_NOW + HOUR), ACCEPTED);
    suspension_close(&back, KIT_NOW + DAY);
    assert_int_equal(suspension_switch(&back, EFFECT_NETWORK_UNBAR), SWITCH_NONE);
    assert_int_equal(suspension_unbarred(&back, &line, CUT_READ_BACK, &policy, KIT_NOW + DAY),
                     REFUSED_UNCHANGED);
    struct suspension early = asked(&line, &policy);
    suspension_close(&early, KIT_NOW + DAY);
    assert_int_equal(suspension_switch(&early, EFFECT_NETWORK_BAR), SWITCH_NONE);
    assert_int_equal(
        suspension_barred(&early, &line, 8640, CUT_READ_BACK, &policy, KIT_NOW + DAY, &fee),
        REFUSED_UNCHANGED);
}

static void what_reaches_it(void **state) {
    (void)state;
    struct policy policy = rules();
    struct line line = kit_line();
    assert_true(suspension_reaches(&line, &none));
    struct suspension s = asked(&line, &policy);
    assert_false(suspension_reaches(&line, &s));
    s = barred(&line, &policy);
    assert_false(suspension_reaches(&line, &s));
    assert_false(suspension_reaches(&line, &none));
    line.state = LINE_ACTIVE;
    s = asked(&line, &policy);
    assert_int_equal(suspension_back(&s, BACK_ASKED, &policy, KIT_NOW), ACCEPTED);
    assert_true(suspension_reaches(&line, &s));
}

static void every_state_has_a_code(void **state) {
    (void)state;
    for (int i = 0; i < SUSPENSION_STATE_COUNT; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(suspension_state_code((enum suspension_state)i),
                                    suspension_state_code((enum suspension_state)k));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_terms),
        cmocka_unit_test(who_may_be_suspended),
        cmocka_unit_test(barring_takes_what_was_shown_and_is_there),
        cmocka_unit_test(coming_back),
        cmocka_unit_test(validity_may_run_out_meanwhile),
        cmocka_unit_test(called_off_while_it_is_under_way),
        cmocka_unit_test(by_hand),
        cmocka_unit_test(the_timer),
        cmocka_unit_test(a_line_that_is_cut),
        cmocka_unit_test(what_reaches_it),
        cmocka_unit_test(every_state_has_a_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
