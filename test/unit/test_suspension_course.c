/* The course of a suspension on a real store: the network that is down, by hand, called off, the
 * last day, the line that is closed. Whatever comes first, it ends up as it was last asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "rules/suspension.h"
#include "suspension_kit.h"

/* The HLR is down: the bar is never given up, the staff are called, the status says so. */
static void a_network_that_is_down(void **state) {
    struct suspension s;
    struct effect effect;
    (void)state;
    assert_int_equal(suspend(), ACCEPTED);
    read_open(&s);
    int64_t bar = case_effect(&kit, s.id, EFFECT_NETWORK_BAR);
    struct effect_report down = {.effect = bar, .outcome = OUTCOME_RETRY, .cause = "down"};
    for (int i = 0; i < 3 * EFFECT_ATTEMPTS; i++) {
        enum refusal no;
        case_run(&kit, &effect_report_verb, &kit.system, &down, &no);
        assert_int_equal(no, ACCEPTED);
    }
    case_read(&kit, EFFECT_BY_ID, bar, &effect);
    assert_int_equal(effect.state, EFFECT_WAITING);
    assert_int_equal(advance(), REFUSED_UNCHANGED);
    kit_now = s.next_at;
    assert_int_equal(advance(), ACCEPTED);
    assert_int_equal(advance(), REFUSED_UNCHANGED);
    assert_int_equal(
        of_kind("SELECT count(*) FROM work WHERE done_at = 0 AND kind =", WORK_NETWORK_BAR), 1);
    assert_int_equal(effects(EFFECT_SUSPENSION_LATE), 1);
    assert_int_equal(report(EFFECT_NETWORK_BAR, SWITCHED, "read back"), ACCEPTED);
    assert_int_equal(one("SELECT count(*) FROM work WHERE done_at = 0"), 0);
    assert_int_equal(line_state(), LINE_SUSPENDED);
}

/* Reactivated before it was barred: nothing is overtaken, nothing is taken. */
static void called_off_before_it_is_done(void **state) {
    (void)state;
    assert_int_equal(suspend(), ACCEPTED);
    assert_int_equal(reactivate(), ACCEPTED);
    assert_int_equal(effects(EFFECT_NETWORK_UNBAR), 0); /* the bar first says what became of it */
    assert_int_equal(report(EFFECT_NETWORK_BAR, SWITCH_SKIPPED, ""), ACCEPTED);
    assert_int_equal(of_kind("SELECT max(state) FROM effect WHERE kind =", EFFECT_NETWORK_BAR),
                     EFFECT_DROPPED);
    assert_int_equal(effects(EFFECT_NETWORK_UNBAR), 1);
    assert_int_equal(report(EFFECT_NETWORK_UNBAR, SWITCHED, "read back"), ACCEPTED);
    assert_int_equal(line_state(), LINE_ACTIVE);
    assert_int_equal(balance(LEDGER_PAID), 8640);
    /* and the other way round: it was in the network's hands at that moment */
    assert_int_equal(suspend(), ACCEPTED);
    assert_int_equal(reactivate(), ACCEPTED);
    assert_int_equal(report(EFFECT_NETWORK_BAR, SWITCHED, "read back"), ACCEPTED);
    assert_int_equal(line_state(), LINE_SUSPENDED);
    assert_int_equal(balance(LEDGER_PAID), 8640);
    assert_int_equal(mails(EFFECT_SUSPENDED), 0);
    assert_int_equal(report(EFFECT_NETWORK_UNBAR, SWITCHED, "read back"), ACCEPTED);
    assert_int_equal(line_state(), LINE_ACTIVE);
}

static void staff_do_it_by_hand(void **state) {
    struct suspension s;
    (void)state;
    assert_int_equal(suspend(), ACCEPTED);
    assert_int_equal(report(EFFECT_NETWORK_BAR, SWITCH_STAFF, ""), ACCEPTED);
    assert_int_equal(of_kind("SELECT max(state) FROM effect WHERE kind =", EFFECT_NETWORK_BAR),
                     EFFECT_DONE);
    assert_int_equal(effects(EFFECT_SUSPENSION_LATE), 0); /* without an adapter that is the way */
    int64_t work = one("SELECT id FROM work WHERE done_at = 0");
    assert_int_equal(done(work, ""), REFUSED_EVIDENCE);
    assert_int_equal(done(work, "told 61230010"), REFUSED_EVIDENCE_PERSONAL);
    assert_int_equal(done(work, "barred in the HLR, read back"), ACCEPTED);
    assert_int_equal(done(work, "again"), REFUSED_UNCHANGED);
    read_open(&s);
    assert_int_equal(s.bar_how, CUT_ATTESTED);
    assert_int_equal(line_state(), LINE_SUSPENDED);
    assert_int_equal(balance(LEDGER_PAID), 8640 - FEE);
    assert_int_equal(reactivate(), ACCEPTED);
    assert_int_equal(report(EFFECT_NETWORK_UNBAR, SWITCH_STAFF, "no such subscriber"), ACCEPTED);
    assert_int_equal(of_kind("SELECT max(state) FROM effect WHERE kind =", EFFECT_NETWORK_UNBAR),
                     EFFECT_FAILED);
    assert_int_equal(effects(EFFECT_SUSPENSION_LATE), 1);
    assert_int_equal(done(one("SELECT id FROM work WHERE done_at = 0"), "enabled there"), ACCEPTED);
    assert_int_equal(line_state(), LINE_ACTIVE);
    money_is_whole();
}

/* They are called while the network is tried on; whoever comes first does it once. */
static void staff_and_the_network_at_once(void **state) {
    struct suspension s;
    (void)state;
    assert_int_equal(suspend(), ACCEPTED);
    read_open(&s);
    kit_now = s.next_at;
    assert_int_equal(advance(), ACCEPTED);
    assert_int_equal(done(one("SELECT id FROM work WHERE done_at = 0"), "barred there"), ACCEPTED);
    assert_int_equal(of_kind("SELECT max(state) FROM effect WHERE kind =", EFFECT_NETWORK_BAR),
                     EFFECT_DONE);
    assert_int_equal(balance(LEDGER_PAID), 8640 - FEE);
    assert_int_equal(report(EFFECT_NETWORK_BAR, SWITCHED, "late"), REFUSED_NOT_FOUND);
    /* Called off while both have it: the staff's item ends with it. */
    char text[96];
    snprintf(text, sizeof text, "UPDATE session SET stepped_up_at = %lld", (long long)kit_now);
    sql(text);
    assert_int_equal(reactivate(), ACCEPTED);
    assert_int_equal(report(EFFECT_NETWORK_UNBAR, SWITCHED, "read back"), ACCEPTED);
    assert_int_equal(suspend(), ACCEPTED);
    assert_int_equal(report(EFFECT_NETWORK_BAR, SWITCH_STAFF, "no such subscriber"), ACCEPTED);
    int64_t work = one("SELECT id FROM work WHERE done_at = 0");
    assert_int_equal(reactivate(), ACCEPTED);
    assert_int_equal(done(work, "barred there"), REFUSED_UNCHANGED);
    assert_int_equal(report(EFFECT_NETWORK_UNBAR, SWITCHED, "read back"), ACCEPTED);
    assert_int_equal(one("SELECT count(*) FROM work WHERE done_at = 0"), 0);
    assert_int_equal(line_state(), LINE_ACTIVE);
    /* Called off, the network is down, and the staff are the first to have the line work. */
    assert_int_equal(suspend(), ACCEPTED);
    assert_int_equal(reactivate(), ACCEPTED);
    read_open(&s);
    kit_now = s.next_at;
    assert_int_equal(advance(), ACCEPTED);
    assert_int_equal(done(one("SELECT id FROM work WHERE done_at = 0"), "it works"), ACCEPTED);
    assert_int_equal(line_state(), LINE_ACTIVE);
    read_open(&s);
    assert_int_equal(suspension_switch(&s, EFFECT_NETWORK_BAR), SWITCH_NONE);
}

static void the_last_day(void **state) {
    struct suspension s;
    struct line line;
    (void)state;
    suspended();
    case_read(&kit, LINE_BY_ID, kit.line, &line);
    int64_t valid = line.expires_at;
    read_open(&s);
    assert_int_equal(s.until, kit_now + 180 * DAY);
    int64_t barred_at = kit_now;
    kit_now = s.until - 14 * DAY;
    assert_int_equal(advance(), ACCEPTED);
    assert_int_equal(effects(EFFECT_SUSPENSION_ENDS), 1);
    assert_int_equal(advance(), REFUSED_UNCHANGED);
    kit_now = s.until;
    assert_int_equal(advance(), ACCEPTED);
    assert_int_equal(advance(), REFUSED_UNCHANGED);
    assert_int_equal(effects(EFFECT_NETWORK_UNBAR), 1);
    assert_int_equal(report(EFFECT_NETWORK_UNBAR, SWITCHED, "read back"), ACCEPTED);
    assert_int_equal(line_state(), LINE_ACTIVE);
    case_read(&kit, LINE_BY_ID, kit.line, &line);
    assert_int_equal(line.expires_at, valid + kit_now - barred_at);
    struct suspension_advance in = {4711, kit.line};
    enum refusal no;
    case_run(&kit, &suspension_advance_verb, &kit.system, &in, &no);
    assert_int_equal(no, REFUSED_NOT_FOUND);
    in = (struct suspension_advance){s.id, kit.other_line};
    case_run(&kit, &suspension_advance_verb, &kit.system, &in, &no);
    assert_int_equal(no, REFUSED_NOT_FOUND);
}

static void it_may_stay(void **state) {
    struct suspension s;
    (void)state;
    sql("UPDATE policy SET text = replace(text, '\"at_end\": \"reactivate\"', '\"at_end\": "
        "\"stay\"')");
    kit_restart(&kit.kit);
    suspended();
    read_open(&s);
    kit_now = s.until;
    assert_int_equal(advance(), ACCEPTED);
    assert_int_equal(effects(EFFECT_SUSPENSION_OVER), 1);
    assert_int_equal(effects(EFFECT_NETWORK_UNBAR), 0);
    assert_int_equal(line_state(), LINE_SUSPENDED);
    assert_int_equal(reactivate_as(&desk, kit.line, NULL), ACCEPTED);
    assert_int_equal(effects(EFFECT_NETWORK_UNBAR), 1);
}

/* No code can reach the line: it goes to a contact of age, or it is said why not. */
static void closing_a_suspended_line(void **state) {
    struct suspension s;
    struct closure closure;
    enum refusal no;
    (void)state;
    suspended();
    case_submit(&kit, 0, &no);
    assert_int_equal(no, REFUSED_ROUTE_SUSPENDED);
    int64_t id = case_submit(&kit, kit.contact, &no);
    assert_int_equal(no, ACCEPTED);
    struct closure_resend again = {.closure = id, .line = kit.line, .to_line = 1};
    case_run(&kit, &closure_resend_verb, &kit.person, &again, &no);
    assert_int_equal(no, REFUSED_ROUTE_SUSPENDED);
    assert_int_equal(case_confirm(&kit, id), ACCEPTED);
    assert_int_equal(reactivate(), ACCEPTED); /* until it is carried out that can be asked for */
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    kit_now = closure.undo_until;
    assert_int_equal(case_advance(&kit, id), ACCEPTED);
    read_open(&s);
    assert_int_equal(s.end_how, END_CLOSED); /* no unbar after a cut */
    assert_int_equal(s.next_at, 0);
    assert_int_equal(suspension_switch(&s, EFFECT_NETWORK_UNBAR), SWITCH_NONE);
    assert_int_equal(report(EFFECT_NETWORK_UNBAR, SWITCHED, "late"), ACCEPTED);
    assert_int_equal(line_state(), LINE_SUSPENDED);
    assert_int_equal(reactivate_as(&desk, kit.line, NULL), REFUSED_LINE_CLOSING);
    struct network_cut cut = {.closure = id,
                              .line = kit.line,
                              .effect = case_effect(&kit, id, EFFECT_NETWORK_CUT),
                              .evidence = "gone"};
    case_run(&kit, &network_cut_verb, &kit.system, &cut, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(line_state(), LINE_CLOSED);
    assert_int_equal(balance(LEDGER_PAID), 0);
    assert_int_equal(balance(LEDGER_UNCLAIMED), 8640 - FEE); /* less than the fee is no obstacle */
    money_is_whole();
    assert_int_equal(suspend(), REFUSED_LINE_CLOSED);
}

/* It is asked for and not done yet: a code by SMS would come too late. */
static void about_to_be_suspended(void **state) {
    enum refusal no;
    (void)state;
    assert_int_equal(suspend(), ACCEPTED);
    case_submit(&kit, 0, &no);
    assert_int_equal(no, REFUSED_ROUTE_SUSPENDED);
    int64_t id = case_submit(&kit, kit.contact, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(report(EFFECT_NETWORK_BAR, SWITCH_STAFF, "no such subscriber"), ACCEPTED);
    assert_int_equal(case_confirm(&kit, id), ACCEPTED);
    kit_now += 30 * MINUTE;
    assert_int_equal(case_advance(&kit, id), ACCEPTED);
    assert_int_equal(one("SELECT count(*) FROM work WHERE done_at = 0"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_network_that_is_down, suspension_setup,
                                        suspension_teardown),
        cmocka_unit_test_setup_teardown(called_off_before_it_is_done, suspension_setup,
                                        suspension_teardown),
        cmocka_unit_test_setup_teardown(staff_do_it_by_hand, suspension_setup, suspension_teardown),
        cmocka_unit_test_setup_teardown(staff_and_the_network_at_once, suspension_setup,
                                        suspension_teardown),
        cmocka_unit_test_setup_teardown(the_last_day, suspension_setup, suspension_teardown),
        cmocka_unit_test_setup_teardown(it_may_stay, suspension_setup, suspension_teardown),
        cmocka_unit_test_setup_teardown(closing_a_suspended_line, suspension_setup,
                                        suspension_teardown),
        cmocka_unit_test_setup_teardown(about_to_be_suspended, suspension_setup,
                                        suspension_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
