/* What became of the messages of a closure, and what the case makes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "case_kit.h"

static struct case_kit kit;

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    case_close(&kit);
    return 0;
}

static int64_t works(enum work_kind kind) {
    char sql[80];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM work WHERE done_at = 0 AND kind = %d",
             (int)kind);
    return kit_number(&kit.kit, sql);
}

static enum refusal report(int64_t effect, int64_t closure, int64_t outcome) {
    struct effect_report in = {
        .effect = effect, .outcome = outcome, .closure = closure, .line = kit.line};
    enum refusal no;
    case_run(&kit, &effect_report_verb, &kit.system, &in, &no);
    return no;
}

static enum refusal resend(int64_t id, int64_t contact) {
    struct closure_resend in = {.closure = id, .contact = contact, .to_line = !contact};
    enum refusal no;
    case_run(&kit, &closure_resend_verb, &kit.person, &in, &no);
    return no;
}

static struct closure read_closure(int64_t id) {
    struct closure closure;
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    return closure;
}

static void what_never_arrived_does_not_expire(void **state) {
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    int64_t confirm = case_effect(&kit, id, EFFECT_CONFIRM);
    assert_int_equal(report(confirm, 0, OUTCOME_FAILED), REFUSED_NOT_FOUND);
    assert_int_equal(report(confirm, id, OUTCOME_RETRY), ACCEPTED);
    assert_int_equal(works(WORK_MESSAGE), 0);
    assert_int_equal(report(confirm, id, OUTCOME_FAILED), ACCEPTED);
    assert_int_equal(works(WORK_MESSAGE), 1);
    assert_int_equal(kit_number(&kit.kit, "SELECT due_at FROM work"), kit_now + HOUR);
    kit_now += 6 * HOUR;
    assert_int_equal(case_advance(&kit, id), ACCEPTED); /* the reminder is another try */
    kit_now = read_closure(id).due_at - 4 * HOUR;
    assert_int_equal(case_advance(&kit, id), ACCEPTED);
    assert_true(read_closure(id).escalated_at != 0);
    assert_int_equal(works(WORK_MESSAGE), 1);
    assert_int_equal(works(WORK_NETWORK_CUT), 0); /* nothing is to be cut */
    kit_now = read_closure(id).due_at + DAY;
    assert_int_equal(case_advance(&kit, id), REFUSED_UNCHANGED);
    assert_int_equal(read_closure(id).expired_at, 0);
    struct closure_withdraw off = {.closure = id};
    enum refusal no;
    case_run(&kit, &closure_withdraw_verb, &kit.person, &off, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(works(WORK_MESSAGE), 0);
}

static void delivered_it_waits_for_the_person(void **state) {
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    int64_t confirm = case_effect(&kit, id, EFFECT_CONFIRM);
    assert_int_equal(report(confirm, id, OUTCOME_FAILED), ACCEPTED);
    assert_int_equal(resend(id, 0), ACCEPTED);
    kit_now += MINUTE;
    assert_int_equal(case_delivered(&kit, id), ACCEPTED);
    assert_int_equal(read_closure(id).confirm_delivered_at, kit_now);
    assert_int_equal(works(WORK_MESSAGE), 0); /* it is done, nobody need look */
    kit_now = read_closure(id).due_at - 3 * HOUR;
    assert_int_equal(case_advance(&kit, id), ACCEPTED);
    assert_int_equal(read_closure(id).expired_at, kit_now);
}

static void confirmed_ends_the_work(void **state) {
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    assert_int_equal(report(case_effect(&kit, id, EFFECT_CONFIRM), id, OUTCOME_DROPPED), ACCEPTED);
    assert_int_equal(works(WORK_MESSAGE), 1);
    assert_int_equal(case_confirm(&kit, id), ACCEPTED); /* it came all the same */
    assert_int_equal(works(WORK_MESSAGE), 0);
}

/* What was sent to another place, or before the present code was issued, says nothing of it. */
static void an_older_message_says_nothing(void **state) {
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    int64_t first = case_effect(&kit, id, EFFECT_CONFIRM);
    kit_now += SECOND;
    assert_int_equal(resend(id, kit.contact), ACCEPTED);
    assert_int_equal(report(first, id, OUTCOME_DELIVERED), ACCEPTED);
    assert_int_equal(read_closure(id).confirm_delivered_at, 0);
    int64_t second = case_effect(&kit, id, EFFECT_CONFIRM);
    kit_now += SECOND;
    assert_int_equal(resend(id, kit.contact), ACCEPTED);
    assert_int_equal(report(second, id, OUTCOME_FAILED), ACCEPTED);
    assert_int_equal(works(WORK_MESSAGE), 0);
}

static void identity_is_no_cut(void **state) {
    char sql[200];
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    assert_int_equal(case_confirm(&kit, id), ACCEPTED);
    /* As under identity `document`: the rules of the verb are the closure's own. */
    kit_sql(&kit.kit, "UPDATE policy SET text = replace(text, '\"match\"', '\"document\"')");
    kit_restart(&kit.kit);
    kit_now = read_closure(id).due_at - 4 * HOUR;
    snprintf(sql, sizeof sql,
             "UPDATE closure SET identity_at = 0, identity_asked = 1, document = 7, next_at = %lld "
             "WHERE id = %lld",
             (long long)kit_now, (long long)id);
    kit_sql(&kit.kit, sql);
    assert_int_equal(case_advance(&kit, id), ACCEPTED);
    assert_int_equal(works(WORK_IDENTITY), 1);
    assert_int_equal(works(WORK_NETWORK_CUT), 0);
    struct network_done done = {.work = kit_number(&kit.kit, "SELECT id FROM work"),
                                .evidence = "seen"};
    enum refusal no;
    case_run(&kit, &network_done_verb, &kit.staff, &done, &no);
    assert_int_equal(no, REFUSED_NOT_FOUND); /* that item is no cut */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_never_arrived_does_not_expire, setup, teardown),
        cmocka_unit_test_setup_teardown(delivered_it_waits_for_the_person, setup, teardown),
        cmocka_unit_test_setup_teardown(confirmed_ends_the_work, setup, teardown),
        cmocka_unit_test_setup_teardown(an_older_message_says_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(identity_is_no_cut, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
