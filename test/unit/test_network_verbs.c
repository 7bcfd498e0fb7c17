/* The verbs network.*: each way of cutting finishes the closure whole, in one commit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "case_kit.h"
#include "rules/closing.h"

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

static enum refusal cut(int64_t closure, int64_t line, const char *evidence) {
    struct network_cut in = {
        .closure = closure, .line = line, .effect = case_effect(&kit, closure, EFFECT_NETWORK_CUT)};
    enum refusal no;
    snprintf(in.evidence, sizeof in.evidence, "%s", evidence);
    if (!in.effect)
        in.effect = 1;
    case_run(&kit, &network_cut_verb, &kit.system, &in, &no);
    return no;
}

/* The SQL ends in an id, or in nothing when it is 0. */
static int64_t number(const char *sql, int64_t id) {
    char text[256];
    snprintf(text, sizeof text, "%s %.0lld", sql, (long long)id);
    return kit_number(&kit.kit, text);
}

static int64_t balance(enum ledger_kind kind, int64_t line) {
    char sql[160];
    snprintf(sql, sizeof sql,
             "SELECT coalesce(sum(balance), 0) FROM ledger_account WHERE line = %lld AND kind = %d",
             (long long)line, (int)kind);
    return kit_number(&kit.kit, sql);
}

/* Every account is the sum of its history, and all together are nothing. */
static void money_is_whole(void) {
    assert_int_equal(kit_number(&kit.kit, "SELECT coalesce(sum(amount), 0) FROM posting"), 0);
    assert_int_equal(
        kit_number(&kit.kit, "SELECT count(*) FROM ledger_account a WHERE line <> 0 AND balance <> "
                             "(SELECT coalesce(sum(amount), 0) FROM posting WHERE account = a.id)"),
        0);
}

static void cut_finishes_all(void **state) {
    struct closure closure;
    struct line line;
    (void)state;
    int64_t id = case_executing(&kit);
    case_read(&kit, LINE_BY_ID, kit.line, &line);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    const struct tenants *tenants = committer_tenants(kit.kit.committer);
    struct credit credit = closing_credit(&line, 8640, 500);
    struct closing plan =
        closing_plan(&line, &closure, &credit, NULL, &tenants->tenants[0].policies[0], kit_now);
    committer_tenants_release(kit.kit.committer, tenants);
    assert_int_equal(cut(id, kit.line, "no subscriber with this IMSI"), ACCEPTED);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    case_read(&kit, LINE_BY_ID, kit.line, &line);
    assert_int_equal(closure.cut_how, CUT_READ_BACK);
    assert_int_equal(closure.deregistered_at, kit_now);
    assert_string_equal(closure.evidence, "no subscriber with this IMSI");
    assert_int_equal(closure.paid_minor, 8640);
    assert_int_equal(closure.promotional_minor, 500);
    assert_int_equal(closure.claim_until, plan.claim_until);
    assert_int_equal(closure.quarantine_until, plan.number_until);
    assert_int_equal(closure.erase_after, plan.registration_erase_after);
    assert_int_equal(line.state, LINE_CLOSED);
    assert_int_equal(line.closed_at, kit_now);
    assert_int_equal(line.closure, id);
    assert_int_equal(balance(LEDGER_PAID, kit.line), 0);
    assert_int_equal(balance(LEDGER_PROMOTIONAL, kit.line), 0);
    assert_int_equal(balance(LEDGER_UNCLAIMED, kit.line), 8640);
    assert_int_equal(number("SELECT sum(amount) FROM posting WHERE account = 4098", 0), 500);
    money_is_whole();
    assert_int_equal(number("SELECT state FROM number WHERE line =", kit.line), NUMBER_QUARANTINED);
    assert_int_equal(number("SELECT until FROM number WHERE line =", kit.line), plan.number_until);
    assert_int_equal(number("SELECT erase_after FROM subscriber", 0), 0); /* has another line */
    assert_int_equal(case_effect(&kit, id, EFFECT_NETWORK_CUT), 0);
    assert_true(case_effect(&kit, id, EFFECT_CLOSED) != 0);
    assert_int_equal(number("SELECT count(*) FROM effect WHERE kind = 10 AND door = 'sms'", 0), 0);
    assert_int_equal(cut(id, kit.line, "again"), REFUSED_UNCHANGED);
}

static void last_line_sets_the_last_day(void **state) {
    struct closure closure;
    char sql[128];
    (void)state;
    snprintf(sql, sizeof sql, "UPDATE line SET state = 4 WHERE id = %lld",
             (long long)kit.other_line);
    kit_sql(&kit.kit, sql);
    int64_t id = case_executing(&kit);
    assert_int_equal(cut(id, kit.line, "gone"), ACCEPTED);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    assert_int_equal(number("SELECT erase_after FROM subscriber", 0), closure.erase_after);
    assert_true(closure.erase_after > kit_now + 364 * DAY);
}

static void cut_refuses(void **state) {
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    assert_int_equal(cut(id, kit.line, "gone"), REFUSED_CLOSURE_STATE);
    assert_int_equal(cut(4711, kit.line, "gone"), REFUSED_NOT_FOUND);
    assert_int_equal(cut(id, kit.other_line, "gone"), REFUSED_NOT_FOUND);
    assert_int_equal(case_confirm(&kit, id), ACCEPTED);
    kit_now += 30 * MINUTE;
    assert_int_equal(case_advance(&kit, id), ACCEPTED);
    assert_int_equal(cut(id, kit.line, ""), REFUSED_EVIDENCE);
    assert_int_equal(balance(LEDGER_PAID, kit.line), 8640);
    money_is_whole();
}

static enum refusal manual(int64_t closure, int64_t effect, const char *cause) {
    struct network_manual in = {.closure = closure, .line = kit.line, .effect = effect};
    enum refusal no;
    snprintf(in.cause, sizeof in.cause, "%s", cause);
    case_run(&kit, &network_manual_verb, &kit.system, &in, &no);
    return no;
}

static enum refusal done(int64_t work, const struct actor *actor, const char *evidence) {
    struct network_done in = {.work = work};
    enum refusal no;
    snprintf(in.evidence, sizeof in.evidence, "%s", evidence);
    case_run(&kit, &network_done_verb, actor, &in, &no);
    return no;
}

static void staff_attest(void **state) {
    struct closure closure;
    struct actor nobody = kit.staff;
    (void)state;
    nobody.id = 999;
    int64_t id = case_executing(&kit);
    int64_t effect = case_effect(&kit, id, EFFECT_NETWORK_CUT);
    assert_int_equal(manual(id, 4711, ""), REFUSED_NOT_FOUND);
    assert_int_equal(manual(id, effect, ""), ACCEPTED);
    assert_int_equal(manual(id, effect, ""), REFUSED_UNCHANGED);
    int64_t work = number("SELECT id FROM work WHERE closure =", id);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    assert_int_equal(number("SELECT due_at FROM work WHERE id =", work), closure.due_at);
    kit_now = closure.due_at - 4 * HOUR; /* the escalation finds the item open: no second one */
    assert_int_equal(case_advance(&kit, id), ACCEPTED);
    assert_int_equal(number("SELECT count(*) FROM work", 0), 1);
    assert_int_equal(done(4711, &kit.staff, "seen"), REFUSED_NOT_FOUND);
    assert_int_equal(done(work, &nobody, "seen"), REFUSED_NOT_ALLOWED);
    assert_int_equal(done(work, &kit.staff, ""), REFUSED_EVIDENCE);
    assert_int_equal(done(work, &kit.staff, "told ada@example.com"), REFUSED_EVIDENCE_PERSONAL);
    assert_int_equal(done(work, &kit.staff, "gone: 61230010"), REFUSED_EVIDENCE_PERSONAL);
    assert_int_equal(done(work, &kit.staff, "no 454001"), REFUSED_EVIDENCE_PERSONAL);
    assert_int_equal(done(work, &kit.staff, "HLR 12345 says unknown subscriber"), ACCEPTED);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    assert_int_equal(closure.cut_how, CUT_ATTESTED);
    assert_int_equal(closure.evidence_by, CASE_STAFF);
    assert_int_equal(number("SELECT done_by FROM work WHERE id =", work), CASE_STAFF);
    assert_int_equal(balance(LEDGER_UNCLAIMED, kit.line), 8640);
    money_is_whole();
    assert_int_equal(done(work, &kit.staff, "again"), REFUSED_UNCHANGED);
    assert_int_equal(cut(id, kit.line, "late"), REFUSED_UNCHANGED); /* the other one came second */
}

static void work_outlives_nothing(void **state) {
    char sql[128];
    (void)state;
    int64_t id = case_executing(&kit);
    assert_int_equal(manual(id, case_effect(&kit, id, EFFECT_NETWORK_CUT), "books differ"),
                     ACCEPTED);
    assert_int_equal(number("SELECT state FROM effect WHERE kind = 11", 0), EFFECT_FAILED);
    int64_t work = number("SELECT id FROM work", 0);
    snprintf(sql, sizeof sql, "UPDATE closure SET executing_at = 0 WHERE id = %lld", (long long)id);
    kit_sql(&kit.kit, sql); /* a case that does not execute is never finished by a work item */
    assert_int_equal(done(work, &kit.staff, "seen"), REFUSED_CLOSURE_STATE);
}

static enum refusal check_report(int64_t effect, int64_t outcome, const char *said) {
    struct effect_report in = {.effect = effect, .outcome = outcome};
    enum refusal no;
    snprintf(in.cause, sizeof in.cause, "%s", said);
    case_run(&kit, &effect_report_verb, &kit.system, &in, &no);
    return no;
}

static int64_t attested(int64_t *closure) {
    *closure = case_executing(&kit);
    int64_t effect = case_effect(&kit, *closure, EFFECT_NETWORK_CUT);
    assert_int_equal(manual(*closure, effect, "books differ"), ACCEPTED);
    assert_int_equal(done(number("SELECT id FROM work", 0), &kit.staff, "seen in the HLR"),
                     ACCEPTED);
    return effect;
}

/* The staff's word is checked against the network, as soon as it answers. */
static void an_attestation_is_checked(void **state) {
    struct effect effect;
    int64_t id;
    (void)state;
    int64_t check = attested(&id);
    case_read(&kit, EFFECT_BY_ID, check, &effect);
    assert_int_equal(effect.state, EFFECT_WAITING);
    assert_int_equal(effect.next_at, kit_now);
    assert_int_equal(check_report(check, OUTCOME_RETRY, "the HLR is down"), ACCEPTED);
    assert_int_equal(check_report(check, OUTCOME_DELIVERED, "no such subscriber"), ACCEPTED);
    case_read(&kit, EFFECT_BY_ID, check, &effect);
    assert_int_equal(effect.state, EFFECT_DONE);
    assert_string_equal(effect.cause, "no such subscriber");
    assert_int_equal(number("SELECT count(*) FROM work WHERE done_at = 0", 0), 0);
}

static void a_denied_attestation_is_looked_at(void **state) {
    struct effect effect;
    struct closure closure;
    int64_t id;
    (void)state;
    int64_t check = attested(&id);
    kit_now += DAY;
    assert_int_equal(manual(id, check, "the IMSI has another number"), ACCEPTED);
    case_read(&kit, EFFECT_BY_ID, check, &effect);
    assert_int_equal(effect.state, EFFECT_FAILED);
    int64_t work = number("SELECT id FROM work WHERE done_at = 0 AND closure =", id);
    assert_int_equal(number("SELECT due_at FROM work WHERE id =", work), kit_now + HOUR);
    assert_int_equal(done(work, &kit.staff, ""), REFUSED_EVIDENCE);
    assert_int_equal(done(work, &kit.staff, "removed there by hand"), ACCEPTED);
    assert_int_equal(done(work, &kit.staff, "again"), REFUSED_UNCHANGED);
    case_read(&kit, EFFECT_BY_ID, check, &effect);
    assert_int_equal(effect.state, EFFECT_FAILED); /* tried again when a person says so */
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    assert_string_equal(closure.evidence, "seen in the HLR"); /* what was said stays said */
    money_is_whole();
}

/* However many messages there were before it. */
static void the_cut_is_found_among_many(void **state) {
    char sql[400];
    (void)state;
    int64_t id = case_executing(&kit);
    snprintf(sql, sizeof sql,
             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40) "
             "INSERT INTO effect SELECT i, 4096, 4, %lld, %lld, 2, 1, 1, 0, 1, 1, '', 'sms', 0 "
             "FROM n",
             (long long)id, (long long)kit.line);
    kit_sql(&kit.kit, sql);
    assert_int_equal(cut(id, kit.line, "no subscriber with this IMSI"), ACCEPTED);
    assert_int_equal(number("SELECT state FROM effect WHERE kind = 11", 0), EFFECT_DONE);
}

/* The line's messages have ended: without a contact, who asked is told at the account's address. */
static void without_a_contact_the_account_is_told(void **state) {
    (void)state;
    int64_t id = case_executing(&kit);
    kit_sql(&kit.kit, "UPDATE contact SET removed_at = 1");
    assert_int_equal(cut(id, kit.line, "gone"), ACCEPTED);
    assert_int_equal(
        number("SELECT count(*) FROM effect WHERE kind = 10 AND door = 'mail' AND contact = 0", 0),
        1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cut_finishes_all, setup, teardown),
        cmocka_unit_test_setup_teardown(last_line_sets_the_last_day, setup, teardown),
        cmocka_unit_test_setup_teardown(cut_refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(staff_attest, setup, teardown),
        cmocka_unit_test_setup_teardown(work_outlives_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(an_attestation_is_checked, setup, teardown),
        cmocka_unit_test_setup_teardown(a_denied_attestation_is_looked_at, setup, teardown),
        cmocka_unit_test_setup_teardown(the_cut_is_found_among_many, setup, teardown),
        cmocka_unit_test_setup_teardown(without_a_contact_the_account_is_told, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
