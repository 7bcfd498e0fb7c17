#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "rules/closing.h"
#include "rules/closure.h"
#include "rules_kit.h"

static struct line line;
static struct policy policy;
static struct closure closure;

static int fresh(void **state) {
    (void)state;
    line = kit_line();
    policy = kit_policy();
    closure = kit_closure(BASIS_PERSON);
    return 0;
}

static void is(enum closure_state state, enum gate identity, enum gate confirmation,
               enum closure_waits waits) {
    struct closure_status status = closure_derive(&closure, &policy);
    assert_string_equal(closure_state_code(status.state), closure_state_code(state));
    assert_string_equal(gate_code(status.identity), gate_code(identity));
    assert_string_equal(gate_code(status.confirmation), gate_code(confirmation));
    assert_string_equal(closure_waits_code(status.waits), closure_waits_code(waits));
    assert_int_equal(closure.next_at, closure_next(&closure, &policy));
}

static void opened(enum closure_basis basis) {
    closure = kit_closure(basis);
    assert_int_equal(closure_open(&closure, &line, &policy, true, KIT_NOW), ACCEPTED);
}

static void finish(int64_t now) {
    struct closing plan = kit_plan(&line, &closure, 100, 5, &policy, now);
    assert_int_equal(closure_finish(&closure, &policy, &plan, now), ACCEPTED);
}

static void test_whole_way(void **state) {
    (void)state;
    int64_t now = KIT_NOW;
    is(CLOSURE_DRAFT, GATE_PENDING, GATE_PENDING, WAITS_NOBODY);
    assert_false(closure_is_open(&closure, &policy));
    opened(BASIS_PERSON);
    is(CLOSURE_SUBMITTED, GATE_PASSED, GATE_PENDING, WAITS_PERSON_CONFIRMATION);
    assert_true(closure_is_open(&closure, &policy));
    assert_int_equal(closure.line, 11);
    assert_int_equal(closure.operator, 3);
    assert_int_equal(closure.policy, 7);
    assert_int_equal(closure.due_at, now + DAY);
    assert_int_equal(closure.confirm_expires_at, now + 18 * HOUR);
    assert_int_equal(closure_code_until(&closure, &policy), now + 10 * MINUTE);
    assert_int_equal(closure_confirm(&closure, &policy, CONFIRM_BY_CODE, now += MINUTE), ACCEPTED);
    assert_int_equal(closure.undo_until, now + 30 * MINUTE);
    is(CLOSURE_SUBMITTED, GATE_PASSED, GATE_PASSED, WAITS_UNDO_WINDOW);
    assert_int_equal(closure.next_at, closure.undo_until);
    assert_int_equal(closure_start(&closure, &policy, closure.undo_until - 1),
                     REFUSED_CLOSURE_STATE);
    assert_int_equal(closure_cut(&closure, &policy, CUT_READ_BACK, "x", 0, now),
                     REFUSED_CLOSURE_STATE);
    assert_int_equal(closure_start(&closure, &policy, now = closure.undo_until), ACCEPTED);
    is(CLOSURE_EXECUTING, GATE_PASSED, GATE_PASSED, WAITS_NETWORK);
    assert_true(closure_is_open(&closure, &policy));
    assert_int_equal(closure.next_at, closure.due_at - 4 * HOUR);
    struct closing plan = kit_plan(&line, &closure, 0, 0, &policy, now);
    assert_int_equal(closure_finish(&closure, &policy, &plan, now), REFUSED_CLOSURE_STATE);
    assert_int_equal(closure_cut(&closure, &policy, CUT_READ_BACK, "gone", 99, now), ACCEPTED);
    assert_int_equal(closure.evidence_by, 0);
    assert_int_equal(closure_cut(&closure, &policy, CUT_READ_BACK, "gone", 0, now),
                     REFUSED_UNCHANGED);
    finish(now);
    is(CLOSURE_CLOSED, GATE_PASSED, GATE_PASSED, WAITS_NOBODY);
    assert_int_equal(closure.next_at, 0);
    assert_int_equal(closure_finish(&closure, &policy, &plan, now), REFUSED_CLOSURE_STATE);
    assert_int_equal(closure_withdraw(&closure, &policy, now), REFUSED_TOO_LATE);
}

/* What opens a status without an account does so for as long as anything is open. */
static void test_how_long_it_shows(void **state) {
    (void)state;
    const struct closure fresh_one = closure;
    assert_false(closure_shows(&closure, &policy, KIT_NOW)); /* never submitted */
    assert_int_equal(closure_open(&closure, &line, &policy, true, KIT_NOW), ACCEPTED);
    assert_true(closure_shows(&closure, &policy, KIT_NOW + 400 * DAY));
    int64_t *const last[] = {&closure.quarantine_until, &closure.claim_until, &closure.erase_after};
    for (size_t i = 0; i < 3; i++) {
        closure = fresh_one;
        closure.submitted_at = closure.executing_at = closure.deregistered_at = KIT_NOW;
        closure.quarantine_until = closure.claim_until = closure.erase_after = KIT_NOW + DAY;
        *last[i] = KIT_NOW + 100 * DAY;
        assert_true(closure_shows(&closure, &policy, KIT_NOW + 100 * DAY - 1));
        assert_false(closure_shows(&closure, &policy, KIT_NOW + 100 * DAY));
    }
    int64_t *const ended[] = {&closure.withdrawn_at, &closure.rejected_at, &closure.expired_at};
    for (size_t i = 0; i < 3; i++) {
        closure = fresh_one;
        closure.submitted_at = KIT_NOW;
        *ended[i] = KIT_NOW;
        assert_true(closure_shows(&closure, &policy, KIT_NOW + 30 * DAY - 1));
        assert_false(closure_shows(&closure, &policy, KIT_NOW + 30 * DAY));
    }
}

static void test_open_refuses(void **state) {
    (void)state;
    line.closure = 12;
    assert_int_equal(closure_open(&closure, &line, &policy, true, KIT_NOW), REFUSED_LINE_CLOSING);
    line.state = LINE_CLOSED;
    assert_int_equal(closure_open(&closure, &line, &policy, true, KIT_NOW), REFUSED_LINE_CLOSED);
    line = kit_line();
    assert_int_equal(closure_open(&closure, &line, &policy, false, KIT_NOW), REFUSED_IDENTITY);
    struct closure untouched = kit_closure(BASIS_PERSON);
    assert_memory_equal(&closure, &untouched, sizeof closure);
}

static void test_without_a_person(void **state) {
    (void)state;
    static const enum closure_basis bases[] = {BASIS_EXPIRY, BASIS_REGULATOR, BASIS_PORT_OUT};
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        assert_true(closure_gates(bases[i]).authority);
        assert_int_equal(closure_gates(bases[i]).quarantine, bases[i] != BASIS_PORT_OUT);
        closure = kit_closure(bases[i]);
        assert_int_equal(closure_open(&closure, &line, &policy, false, KIT_NOW), ACCEPTED);
        is(CLOSURE_SUBMITTED, GATE_NOT_NEEDED, GATE_NOT_NEEDED, WAITS_UNDO_WINDOW);
        assert_int_equal(closure.confirm_sends, 0);
        assert_int_equal(closure_confirm(&closure, &policy, CONFIRM_BY_LINK, KIT_NOW),
                         REFUSED_CLOSURE_STATE);
        assert_int_equal(closure_resend(&closure, &policy, KIT_NOW), REFUSED_CLOSURE_STATE);
        assert_int_equal(closure_identify(&closure, &policy, IDENTIFIED_DOCUMENT, KIT_NOW),
                         REFUSED_CLOSURE_STATE);
        assert_int_equal(closure_reject(&closure, &policy, REASON_SOMEBODY_ELSES, KIT_NOW),
                         REFUSED_CLOSURE_STATE);
        assert_int_equal(closure_start(&closure, &policy, KIT_NOW), ACCEPTED);
    }
    struct closure_gates unknown = closure_gates((enum closure_basis)0);
    assert_true(unknown.identity && unknown.confirmation && unknown.quarantine);
}

static void test_confirmation(void **state) {
    (void)state;
    opened(BASIS_PERSON);
    int64_t until = KIT_NOW + 10 * MINUTE, expires = closure.confirm_expires_at;
    assert_int_equal(closure_may_confirm(&closure, &policy, CONFIRM_BY_CODE, until - 1), ACCEPTED);
    assert_int_equal(closure_confirm(&closure, &policy, CONFIRM_BY_CODE, until),
                     REFUSED_CODE_EXPIRED);
    assert_int_equal(closure_may_confirm(&closure, &policy, CONFIRM_BY_LINK, expires - 1),
                     ACCEPTED);
    assert_int_equal(closure_confirm(&closure, &policy, CONFIRM_BY_LINK, expires),
                     REFUSED_CODE_EXPIRED);
    for (int i = 0; i < 3; i++)
        assert_int_equal(closure_code_wrong(&closure, &policy, KIT_NOW), REFUSED_CODE_WRONG);
    assert_int_equal(closure_code_wrong(&closure, &policy, KIT_NOW), REFUSED_TOO_MANY);
    assert_int_equal(closure.confirm_attempts, 3);
    assert_int_equal(closure_confirm(&closure, &policy, CONFIRM_BY_CODE, KIT_NOW),
                     REFUSED_TOO_MANY);
    /* Guessing the code does not lock the person out: the link stays, and a new code can be had. */
    assert_int_equal(closure_may_confirm(&closure, &policy, CONFIRM_BY_LINK, KIT_NOW), ACCEPTED);
    assert_int_equal(closure_resend(&closure, &policy, KIT_NOW + HOUR), ACCEPTED);
    assert_int_equal(closure.confirm_issue, 2);
    assert_int_equal(closure_resend(&closure, &policy, KIT_NOW + HOUR), REFUSED_RESEND_LIMIT);
    assert_int_equal(closure_confirm(&closure, &policy, CONFIRM_BY_CODE, KIT_NOW + HOUR), ACCEPTED);
    assert_int_equal(closure_confirm(&closure, &policy, CONFIRM_BY_CODE, KIT_NOW + HOUR),
                     REFUSED_CODE_USED);
    assert_int_equal(closure_resend(&closure, &policy, KIT_NOW + HOUR), REFUSED_CODE_USED);
    /* What state it is in is not told to who does not know the code. */
    assert_int_equal(closure_code_wrong(&closure, &policy, KIT_NOW + HOUR), REFUSED_CODE_WRONG);
}

static void test_late_confirmation_keeps_the_clock(void **state) {
    (void)state;
    closure.contact = 4;
    assert_int_equal(closure_open(&closure, &line, &policy, true, KIT_NOW), ACCEPTED);
    assert_int_equal(closure_code_until(&closure, &policy), closure.confirm_expires_at);
    int64_t by = closure_confirm_by(&closure, &policy);
    assert_int_equal(by, KIT_NOW + 22 * HOUR);
    assert_int_equal(closure_resend(&closure, &policy, by), REFUSED_CODE_EXPIRED);
    assert_int_equal(closure_resend(&closure, &policy, by - 2), ACCEPTED);
    assert_int_equal(closure.confirm_expires_at, by);
    closure.contact = 0; /* an SMS code does not outlive its link */
    assert_int_equal(closure_code_until(&closure, &policy), by);
    assert_int_equal(closure_confirm(&closure, &policy, CONFIRM_BY_CODE, by - 1), ACCEPTED);
    assert_int_equal(closure.undo_until, by);
    assert_int_equal(closure_start(&closure, &policy, by), ACCEPTED);
    /* Past the hour of calling the staff already: they are called at once. */
    assert_int_equal(closure_step(&closure, &policy, by), STEP_ESCALATE);
}

static void test_reminder_and_expiry(void **state) {
    (void)state;
    opened(BASIS_PERSON);
    int64_t remind = KIT_NOW + 6 * HOUR, by = closure_confirm_by(&closure, &policy);
    assert_int_equal(closure_delivered(&closure, &policy, KIT_NOW), ACCEPTED);
    assert_int_equal(closure.next_at, remind);
    assert_int_equal(closure_remind(&closure, &policy, remind - 1), REFUSED_CLOSURE_STATE);
    assert_int_equal(closure_remind(&closure, &policy, remind), ACCEPTED);
    assert_int_equal(closure_remind(&closure, &policy, remind), REFUSED_CLOSURE_STATE);
    is(CLOSURE_SUBMITTED, GATE_PASSED, GATE_PENDING, WAITS_PERSON_CONFIRMATION);
    assert_int_equal(closure.next_at, by);
    assert_int_equal(closure_expire(&closure, &policy, by - 1), REFUSED_CLOSURE_STATE);
    assert_int_equal(closure_expire(&closure, &policy, by), ACCEPTED);
    is(CLOSURE_EXPIRED, GATE_PASSED, GATE_FAILED, WAITS_NOBODY);
    assert_int_equal(closure_confirm(&closure, &policy, CONFIRM_BY_LINK, by),
                     REFUSED_CLOSURE_STATE);
    assert_int_equal(closure_resend(&closure, &policy, by), REFUSED_CLOSURE_STATE);
    assert_int_equal(closure_withdraw(&closure, &policy, by), REFUSED_CLOSURE_STATE);
    /* A reminder that would come too late is not sent. */
    policy.confirmation_reminder_hours = 22;
    opened(BASIS_PERSON);
    assert_int_equal(closure_delivered(&closure, &policy, KIT_NOW), ACCEPTED);
    assert_int_equal(closure.next_at, by);
    assert_int_equal(closure_step(&closure, &policy, by), STEP_EXPIRE);
    policy.confirmation_reminder_hours = 6; /* nor one that was missed */
    assert_int_equal(closure_step(&closure, &policy, by), STEP_EXPIRE);
}

/* The person cannot answer what never arrived: the operator is called, the case does not expire. */
static void test_message_that_never_left(void **state) {
    (void)state;
    opened(BASIS_PERSON);
    int64_t by = closure_confirm_by(&closure, &policy), call = closure.due_at - 4 * HOUR;
    assert_true(closure_undelivered(&closure, &policy));
    assert_int_equal(closure_remind(&closure, &policy, KIT_NOW + 6 * HOUR), ACCEPTED);
    is(CLOSURE_SUBMITTED, GATE_PASSED, GATE_PENDING, WAITS_PERSON_CONFIRMATION);
    assert_int_equal(closure.next_at, call);
    assert_int_equal(closure_escalate(&closure, &policy, call), ACCEPTED);
    is(CLOSURE_SUBMITTED, GATE_PASSED, GATE_PENDING, WAITS_STAFF);
    assert_int_equal(closure_step(&closure, &policy, by + 30 * DAY), STEP_NONE);
    assert_int_equal(closure_expire(&closure, &policy, by), REFUSED_CLOSURE_STATE);
    struct closure seen = closure; /* it came all the same: nobody reported it */
    assert_int_equal(closure_confirm(&seen, &policy, CONFIRM_BY_LINK, KIT_NOW + HOUR), ACCEPTED);
    assert_false(closure_undelivered(&seen, &policy));
    assert_int_equal(seen.escalated_at, 0); /* the network has its own call */
    assert_int_equal(closure_delivered(&seen, &policy, call), REFUSED_CLOSURE_STATE);
    struct closure off = closure;
    assert_int_equal(closure_withdraw(&off, &policy, by), ACCEPTED);
    assert_int_equal(closure_delivered(&off, &policy, by), REFUSED_CLOSURE_STATE);
    assert_int_equal(closure_delivered(&closure, &policy, call + 1), ACCEPTED);
    assert_int_equal(closure_delivered(&closure, &policy, call + 2), REFUSED_UNCHANGED);
    is(CLOSURE_SUBMITTED, GATE_PASSED, GATE_PENDING, WAITS_PERSON_CONFIRMATION);
    assert_int_equal(closure.next_at, by);
    assert_int_equal(closure_resend(&closure, &policy, call + 3), ACCEPTED);
    assert_true(closure_undelivered(&closure, &policy)); /* another message: not there yet */
    opened(BASIS_EXPIRY);
    assert_false(closure_undelivered(&closure, &policy));
}

static void test_present_message(void **state) {
    (void)state;
    opened(BASIS_PERSON);
    struct effect effect = {.target = closure.id, .made_at = closure.confirm_issued_at};
    assert_true(closure_message_present(&closure, &effect));
    effect.made_at--;
    assert_false(closure_message_present(&closure, &effect));
    effect.made_at++;
    effect.contact = 4;
    assert_false(closure_message_present(&closure, &effect));
    effect = (struct effect){.target = closure.id + 1, .made_at = closure.confirm_issued_at};
    assert_false(closure_message_present(&closure, &effect));
}

static void test_withdraw(void **state) {
    (void)state;
    opened(BASIS_PERSON);
    assert_int_equal(closure_withdraw(&closure, &policy, KIT_NOW), ACCEPTED);
    is(CLOSURE_WITHDRAWN, GATE_PASSED, GATE_PENDING, WAITS_NOBODY);
    assert_int_equal(closure_withdraw(&closure, &policy, KIT_NOW), REFUSED_UNCHANGED);
    assert_int_equal(closure_reject(&closure, &policy, REASON_SOMEBODY_ELSES, KIT_NOW),
                     REFUSED_CLOSURE_STATE);
    opened(BASIS_COMPANY);
    assert_int_equal(closure_confirm(&closure, &policy, CONFIRM_BY_LINK, KIT_NOW), ACCEPTED);
    /* Until it is executed, even after the window. */
    struct closure later = closure;
    assert_int_equal(closure_withdraw(&later, &policy, closure.undo_until + 1), ACCEPTED);
    assert_int_equal(closure_start(&closure, &policy, closure.undo_until), ACCEPTED);
    assert_int_equal(closure_withdraw(&closure, &policy, closure.undo_until), REFUSED_TOO_LATE);
}

static void test_document(void **state) {
    (void)state;
    policy.identity = IDENTITY_DOCUMENT;
    assert_int_equal(closure_open(&closure, &line, &policy, true, KIT_NOW), ACCEPTED);
    is(CLOSURE_SUBMITTED, GATE_PENDING, GATE_PENDING, WAITS_PERSON_CONFIRMATION);
    assert_int_equal(closure_confirm(&closure, &policy, CONFIRM_BY_LINK, KIT_NOW), ACCEPTED);
    is(CLOSURE_SUBMITTED, GATE_PENDING, GATE_PASSED, WAITS_PERSON_IDENTITY);
    assert_int_equal(closure_document(&closure, &policy, 6, KIT_NOW), ACCEPTED);
    is(CLOSURE_SUBMITTED, GATE_PENDING, GATE_PASSED, WAITS_OPERATOR_IDENTITY);
    int64_t call = closure.due_at - 4 * HOUR;
    assert_int_equal(closure.next_at, call);
    assert_int_equal(closure_start(&closure, &policy, call), REFUSED_CLOSURE_STATE);
    assert_int_equal(closure_escalate(&closure, &policy, call - 1), REFUSED_CLOSURE_STATE);
    assert_int_equal(closure_escalate(&closure, &policy, call), ACCEPTED);
    is(CLOSURE_SUBMITTED, GATE_PENDING, GATE_PASSED, WAITS_STAFF);
    /* It waits for the operator: it never expires. */
    assert_int_equal(closure.next_at, 0);
    assert_int_equal(closure_step(&closure, &policy, closure.due_at + 30 * DAY), STEP_NONE);
    struct closure rejected = closure;
    assert_int_equal(closure_reject(&rejected, &policy, REASON_SOMEBODY_ELSES, call), ACCEPTED);
    assert_int_equal(closure_derive(&rejected, &policy).state, CLOSURE_REJECTED);
    assert_int_equal(closure_derive(&rejected, &policy).identity, GATE_FAILED);
    assert_int_equal(closure_identify(&rejected, &policy, IDENTIFIED_DOCUMENT, call),
                     REFUSED_CLOSURE_STATE);
    assert_int_equal(closure_identify(&closure, &policy, IDENTIFIED_DOCUMENT, call), ACCEPTED);
    is(CLOSURE_SUBMITTED, GATE_PASSED, GATE_PASSED, WAITS_UNDO_WINDOW);
    assert_int_equal(closure_identify(&closure, &policy, IDENTIFIED_DOCUMENT, call),
                     REFUSED_UNCHANGED);
    assert_int_equal(closure_reject(&closure, &policy, REASON_SOMEBODY_ELSES, call),
                     REFUSED_CLOSURE_STATE);
    assert_int_equal(closure_start(&closure, &policy, call), ACCEPTED);
    assert_int_equal(closure_escalate(&closure, &policy, call), ACCEPTED);
    is(CLOSURE_EXECUTING, GATE_PASSED, GATE_PASSED, WAITS_STAFF);
}

static void test_identity_that_the_person_owes(void **state) {
    (void)state;
    opened(BASIS_PERSON);
    closure.identity_at = 0; /* no verb leaves it so today; the rule stands all the same */
    closure.confirmed_at = KIT_NOW;
    closure.reminded_at = KIT_NOW;
    closure.next_at = closure_next(&closure, &policy);
    is(CLOSURE_SUBMITTED, GATE_PENDING, GATE_PASSED, WAITS_PERSON_IDENTITY);
    assert_int_equal(closure.next_at, closure_confirm_by(&closure, &policy));
    assert_int_equal(closure_expire(&closure, &policy, closure.next_at), ACCEPTED);
    is(CLOSURE_EXPIRED, GATE_PENDING, GATE_PASSED, WAITS_NOBODY);
}

static void test_evidence(void **state) {
    (void)state;
    char evidence[201];
    opened(BASIS_EXPIRY);
    assert_int_equal(closure_start(&closure, &policy, KIT_NOW), ACCEPTED);
    assert_int_equal(closure_cut(&closure, &policy, CUT_READ_BACK, "", 0, KIT_NOW),
                     REFUSED_EVIDENCE);
    assert_int_equal(closure_cut(&closure, &policy, CUT_ATTESTED, "HLR shows none", 0, KIT_NOW),
                     REFUSED_EVIDENCE);
    memset(evidence, 'x', 200);
    evidence[200] = '\0';
    assert_int_equal(closure_cut(&closure, &policy, CUT_ATTESTED, evidence, 8, KIT_NOW),
                     REFUSED_INPUT);
    evidence[199] = '\0';
    assert_int_equal(closure_cut(&closure, &policy, CUT_ATTESTED, evidence, 8, KIT_NOW), ACCEPTED);
    assert_string_equal(closure.evidence, evidence);
    assert_int_equal(closure.evidence_by, 8);
    assert_int_equal(closure.cut_how, CUT_ATTESTED);
}

static void test_codes(void **state) {
    (void)state;
    assert_string_equal(closure_state_code(CLOSURE_EXPIRED), "expired");
    assert_string_equal(closure_state_code(CLOSURE_STATE_COUNT), "unknown");
    assert_string_equal(closure_waits_code(WAITS_STAFF), "staff");
    assert_string_equal(closure_waits_code(CLOSURE_WAITS_COUNT), "unknown");
    assert_string_equal(gate_code(GATE_NOT_NEEDED), "not_needed");
    assert_string_equal(gate_code(GATE_COUNT), "unknown");
    assert_string_equal(closure_basis_code(BASIS_PORT_OUT), "port_out");
    assert_string_equal(closure_basis_code((enum closure_basis)0), "none");
    assert_string_equal(closure_basis_code((enum closure_basis)99), "unknown");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_whole_way, fresh),
        cmocka_unit_test_setup(test_how_long_it_shows, fresh),
        cmocka_unit_test_setup(test_open_refuses, fresh),
        cmocka_unit_test_setup(test_without_a_person, fresh),
        cmocka_unit_test_setup(test_confirmation, fresh),
        cmocka_unit_test_setup(test_late_confirmation_keeps_the_clock, fresh),
        cmocka_unit_test_setup(test_reminder_and_expiry, fresh),
        cmocka_unit_test_setup(test_message_that_never_left, fresh),
        cmocka_unit_test_setup(test_present_message, fresh),
        cmocka_unit_test_setup(test_withdraw, fresh),
        cmocka_unit_test_setup(test_document, fresh),
        cmocka_unit_test_setup(test_identity_that_the_person_owes, fresh),
        cmocka_unit_test_setup(test_evidence, fresh),
        cmocka_unit_test(test_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
