/* The verbs closure.*, each refusal provoked, through the real committer on a real SQLite file. */
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

static int64_t effects_of(int64_t closure, const char *to) {
    char sql[160];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM effect WHERE target = %lld AND door = '%s' AND state = 1",
             (long long)closure, to);
    return kit_number(&kit.kit, sql);
}

static enum refusal submit_with(struct closure_submit in, const struct actor *actor) {
    struct line_import row = case_row(10);
    enum refusal no;
    if (!in.document[0])
        memcpy(in.document, row.document, sizeof in.document);
    if (!in.document_type[0])
        memcpy(in.document_type, "hkid", 5);
    case_run(&kit, &closure_submit_verb, actor, &in, &no);
    return no;
}

static void submits(void **state) {
    struct closure closure;
    struct line line;
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    assert_true(id != 0);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    case_read(&kit, LINE_BY_ID, kit.line, &line);
    assert_int_equal(line.closure, id);
    assert_int_equal(closure.due_at, kit_now + 24 * HOUR);
    assert_int_equal(closure.identity_at, kit_now);
    assert_int_equal(closure.account, CASE_ACCOUNT);
    assert_int_equal(closure.policy, 4099);
    assert_string_equal(closure.reason, "moving");
    assert_memory_equal(closure.reference, "RO-", 3);
    assert_int_equal(effects_of(id, "sms"), 2);  /* receipt and confirmation */
    assert_int_equal(effects_of(id, "mail"), 1); /* the contact's copy of the receipt */
    enum refusal no;
    case_submit(&kit, 0, &no);
    assert_int_equal(no, REFUSED_LINE_CLOSING);
}

static void submit_refuses(void **state) {
    (void)state;
    struct closure_submit in = {.line = kit.line};
    struct actor stranger = kit.person, late = kit.person;
    stranger.id = 999;
    stranger.session = 0;
    late.session = 0;
    assert_int_equal(submit_with((struct closure_submit){.line = 12345}, &kit.person),
                     REFUSED_NOT_FOUND);
    assert_int_equal(submit_with((struct closure_submit){.line = kit.other_line}, &kit.person),
                     REFUSED_NOT_FOUND); /* the account proved the other SIM only */
    assert_int_equal(submit_with(in, &stranger), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(submit_with(in, &late), REFUSED_NOT_SIGNED_IN);
    memcpy(in.document, "A123456(4)", 11);
    assert_int_equal(submit_with(in, &kit.person), REFUSED_DOCUMENT_CHECK);
    memcpy(in.document, "A12", 4);
    assert_int_equal(submit_with(in, &kit.person), REFUSED_DOCUMENT_FORM);
    memcpy(in.document_type, "bno_passport", 13);
    assert_int_equal(submit_with(in, &kit.person), REFUSED_DOCUMENT_TYPE);
    struct closure_submit wrong_contact = {.line = kit.line, .contact = 77};
    assert_int_equal(submit_with(wrong_contact, &kit.person), REFUSED_NOT_FOUND);
    assert_int_equal(kit_number(&kit.kit, "SELECT count(*) FROM closure"), 0);
    kit_sql(&kit.kit, "UPDATE session SET stepped_up_at = 0");
    assert_int_equal(submit_with((struct closure_submit){.line = kit.line}, &kit.person),
                     REFUSED_STEP_UP);
}

static void young_contact_and_new_sim(void **state) {
    char sql[160];
    enum refusal no;
    (void)state;
    snprintf(sql, sizeof sql, "UPDATE contact SET since = %lld", (long long)(kit_now - DAY));
    kit_sql(&kit.kit, sql);
    case_submit(&kit, kit.contact, &no);
    assert_int_equal(no, REFUSED_CONTACT_YOUNG);
    snprintf(sql, sizeof sql, "UPDATE line SET sim_since = %lld", (long long)(kit_now - DAY));
    kit_sql(&kit.kit, sql);
    case_submit(&kit, 0, &no);
    assert_int_equal(no, REFUSED_PROOF);
    snprintf(sql, sizeof sql, "UPDATE contact SET since = 1");
    kit_sql(&kit.kit, sql);
    assert_true(case_submit(&kit, kit.contact, &no) != 0);
}

static void wrong_identity_spends(void **state) {
    (void)state;
    struct closure_submit in = {.line = kit.line};
    memcpy(in.document, "A123456(3)", 11); /* somebody's, not this person's */
    for (int i = 0; i < 10; i++)
        assert_int_equal(submit_with(in, &kit.person), REFUSED_IDENTITY);
    assert_int_equal(submit_with(in, &kit.person), REFUSED_TOO_MANY);
    enum refusal no;
    case_submit(&kit, 0, &no);
    assert_int_equal(no, REFUSED_TOO_MANY);
    kit_restart(&kit.kit); /* budgets survive */
    case_submit(&kit, 0, &no);
    assert_int_equal(no, REFUSED_TOO_MANY);
    kit_now += HOUR;
    char sql[96];
    snprintf(sql, sizeof sql, "UPDATE session SET stepped_up_at = %lld", (long long)kit_now);
    kit_sql(&kit.kit, sql);
    assert_true(case_submit(&kit, 0, &no) != 0);
}

static void api_submits(void **state) {
    (void)state;
    struct closure_submit in = {.line = kit.line, .document = "A123456(3)"};
    assert_int_equal(submit_with(in, &kit.api), REFUSED_IDENTITY); /* it proves it like anybody */
    in.document[0] = '\0';
    assert_int_equal(submit_with(in, &kit.api), ACCEPTED);
}

static enum refusal confirm_code(int64_t id, const char *code) {
    struct closure_confirm in = {.closure = id};
    enum refusal no;
    snprintf(in.code, sizeof in.code, "%s", code);
    case_run(&kit, &closure_confirm_verb, &kit.anyone, &in, &no);
    return no;
}

static void confirms_with_code(void **state) {
    struct closure closure;
    char code[16], grouped[24];
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    closure_code(&kit.kit.secrets, &closure, code);
    snprintf(grouped, sizeof grouped, " %.4s %.4s ", code, code + 4);
    assert_int_equal(confirm_code(id, "00000000"), REFUSED_CODE_WRONG);
    assert_int_equal(confirm_code(4711, grouped), REFUSED_CODE_WRONG);
    assert_int_equal(confirm_code(id, grouped), ACCEPTED);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    assert_int_equal(closure.confirmed_at, kit_now);
    assert_int_equal(closure.undo_until, kit_now + 30 * MINUTE);
    assert_int_equal(confirm_code(id, grouped), REFUSED_CODE_USED);
    assert_int_equal(confirm_code(id, "00000000"), REFUSED_CODE_WRONG); /* tells nothing */
    assert_int_equal(case_confirm(&kit, id), REFUSED_CODE_USED);
}

static void code_expires_link_lives(void **state) {
    struct closure closure;
    char code[16];
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    closure_code(&kit.kit.secrets, &closure, code);
    kit_now += 10 * MINUTE;
    assert_int_equal(confirm_code(id, code), REFUSED_CODE_EXPIRED);
    assert_int_equal(case_confirm(&kit, id), ACCEPTED);
}

static void spent_code_leaves_the_link(void **state) {
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    for (int i = 0; i < 5; i++)
        assert_int_equal(confirm_code(id, "00000000"), REFUSED_CODE_WRONG);
    assert_int_equal(confirm_code(id, "00000000"), REFUSED_TOO_MANY);
    assert_int_equal(case_confirm(&kit, id), ACCEPTED);
}

static void wrong_link(void **state) {
    struct closure closure;
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    struct closure_confirm in = {.closure = id, .secret = "not the secret"};
    enum refusal no;
    case_run(&kit, &closure_confirm_verb, &kit.anyone, &in, &no);
    assert_int_equal(no, REFUSED_NOT_FOUND);
    for (int i = 0; i < 59; i++)
        case_run(&kit, &closure_confirm_verb, &kit.anyone, &in, &no);
    case_run(&kit, &closure_confirm_verb, &kit.anyone, &in, &no);
    assert_int_equal(no, REFUSED_TOO_MANY);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    assert_int_equal(closure.confirmed_at, 0);
    assert_int_equal(case_confirm(&kit, id), ACCEPTED); /* the last way out is never locked */
}

static enum refusal resend(int64_t id, const struct actor *actor, int64_t contact,
                           const char *secret) {
    struct closure_resend in = {.closure = id, .contact = contact};
    enum refusal no;
    snprintf(in.status_secret, sizeof in.status_secret, "%s", secret);
    case_run(&kit, &closure_resend_verb, actor, &in, &no);
    return no;
}

static void resends(void **state) {
    struct closure before, after;
    struct closure_confirm old;
    char status[STATUS_SECRET_SIZE];
    enum refusal no;
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    case_read(&kit, CLOSURE_BY_ID, id, &before);
    closure_status_secret(&kit.kit.secrets, &before, status);
    old = (struct closure_confirm){.closure = id};
    closure_link(&kit.kit.secrets, &before, 1, old.secret);
    assert_int_equal(resend(id, &kit.anyone, 0, ""), REFUSED_NOT_FOUND);
    assert_int_equal(resend(id, &kit.anyone, 0, "7K3F-92QX-HM4D-8VBW"), REFUSED_NOT_FOUND);
    assert_int_equal(resend(4711, &kit.person, 0, ""), REFUSED_NOT_FOUND);
    assert_int_equal(resend(id, &kit.anyone, kit.contact, status), REFUSED_NOT_FOUND);
    assert_int_equal(resend(id, &kit.anyone, 0, status), ACCEPTED);
    assert_int_equal(resend(id, &kit.person, kit.contact, ""), ACCEPTED);
    case_read(&kit, CLOSURE_BY_ID, id, &after);
    assert_int_equal(after.confirm_issue, 3);
    assert_int_equal(after.contact, kit.contact);
    case_run(&kit, &closure_confirm_verb, &kit.anyone, &old, &no);
    assert_int_equal(no, REFUSED_CODE_EXPIRED); /* the first link is void */
    assert_int_equal(resend(id, &kit.person, 0, ""), ACCEPTED);
    assert_int_equal(resend(id, &kit.person, 0, ""), ACCEPTED);
    assert_int_equal(resend(id, &kit.person, 0, ""), REFUSED_RESEND_LIMIT);
    char sql[96];
    snprintf(sql, sizeof sql, "UPDATE contact SET since = %lld", (long long)kit_now);
    kit_sql(&kit.kit, sql);
    assert_int_equal(resend(id, &kit.person, 0, ""), REFUSED_CONTACT_YOUNG);
    assert_int_equal(case_confirm(&kit, id), ACCEPTED);
    kit_sql(&kit.kit, "UPDATE contact SET since = 1");
    assert_int_equal(resend(id, &kit.person, 0, ""), REFUSED_CODE_USED);
}

/* Whoever reads the mailbox could have set the password: no mailbox confirms for a while. */
static void a_password_set_anew(void **state) {
    enum refusal no;
    struct account account = {.id = CASE_ACCOUNT,
                              .operator= CASE_OPERATOR,
                              .state = ACCOUNT_ACTIVE,
                              .made_at = 1,
                              .password_at = kit_now - DAY,
                              .reset_at = kit_now - DAY,
                              .email = "anna@example.com",
                              .password = "x",
                              .language = "en"};
    (void)state;
    kit_put(&kit.kit, ACCOUNT_ADD, &account);
    case_submit(&kit, kit.contact, &no);
    assert_int_equal(no, REFUSED_RESET_NEW);
    int64_t id = case_submit(&kit, 0, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(resend(id, &kit.person, kit.contact, ""), REFUSED_RESET_NEW);
    assert_int_equal(resend(id, &kit.api, kit.contact, ""), ACCEPTED); /* has no such account */
    kit_sql(&kit.kit, "UPDATE account SET reset_at = 0");
    assert_int_equal(resend(id, &kit.person, kit.contact, ""), ACCEPTED);
}

/* Another status secret: the old one is void, and nobody but who submitted it gets one. */
static void renews_the_status_secret(void **state) {
    struct closure before, after;
    char old[STATUS_SECRET_SIZE], new[STATUS_SECRET_SIZE];
    enum refusal no;
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    struct closure_renew_secret in = {.closure = id}, unknown = {.closure = 4711};
    struct actor other = kit.person, nobody = kit.person;
    other.id = 999;
    nobody.session = 4711;
    case_read(&kit, CLOSURE_BY_ID, id, &before);
    closure_status_secret(&kit.kit.secrets, &before, old);
    case_run(&kit, &closure_renew_secret_verb, &kit.person, &unknown, &no);
    assert_int_equal(no, REFUSED_NOT_FOUND);
    case_run(&kit, &closure_renew_secret_verb, &other, &in, &no);
    assert_int_equal(no, REFUSED_NOT_FOUND);
    case_run(&kit, &closure_renew_secret_verb, &kit.api, &in, &no);
    assert_int_equal(no, REFUSED_NOT_FOUND); /* it was a person who submitted it */
    case_run(&kit, &closure_renew_secret_verb, &nobody, &in, &no);
    assert_int_equal(no, REFUSED_NOT_SIGNED_IN);
    kit_sql(&kit.kit, "UPDATE session SET stepped_up_at = 0");
    in.line = 0;
    case_run(&kit, &closure_renew_secret_verb, &kit.person, &in, &no);
    assert_int_equal(no, REFUSED_STEP_UP);
    char sql[96];
    snprintf(sql, sizeof sql, "UPDATE session SET stepped_up_at = %lld", (long long)kit_now);
    kit_sql(&kit.kit, sql);
    assert_int_equal(case_run(&kit, &closure_renew_secret_verb, &kit.person, &in, &no), id);
    case_read(&kit, CLOSURE_BY_ID, id, &after);
    closure_status_secret(&kit.kit.secrets, &after, new);
    assert_string_not_equal(old, new);
    assert_false(closure_status_fits(&kit.kit.secrets, &after, old));
    assert_true(closure_status_fits(&kit.kit.secrets, &after, new));
    assert_int_equal(resend(id, &kit.anyone, 0, old), REFUSED_NOT_FOUND);
    assert_int_equal(resend(id, &kit.anyone, 0, new), ACCEPTED);
}

static void resend_too_late(void **state) {
    struct closure closure;
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    assert_int_equal(case_delivered(&kit, id), ACCEPTED);
    kit_now = closure.due_at - 3 * HOUR;
    assert_int_equal(resend(id, &kit.person, 0, ""), REFUSED_CODE_EXPIRED);
    assert_int_equal(case_advance(&kit, id), ACCEPTED); /* it expires */
    assert_int_equal(resend(id, &kit.person, 0, ""), REFUSED_CLOSURE_STATE);
    assert_int_equal(case_confirm(&kit, id), REFUSED_CLOSURE_STATE);
}

static void many_messages(void **state) {
    enum refusal no = ACCEPTED;
    (void)state;
    for (int i = 0; i < 10; i++) {
        int64_t id = case_submit(&kit, 0, &no);
        assert_int_equal(no, ACCEPTED);
        struct closure_withdraw off = {.closure = id};
        case_run(&kit, &closure_withdraw_verb, &kit.person, &off, &no);
        assert_int_equal(no, ACCEPTED);
    }
    case_submit(&kit, 0, &no);
    assert_int_equal(no, REFUSED_TOO_MANY); /* nobody is flooded with messages */
    case_submit(&kit, kit.contact, &no);
    assert_int_equal(no, REFUSED_TOO_MANY); /* whatever the way */
    kit_now += 2 * HOUR;
    char sql[96];
    snprintf(sql, sizeof sql, "UPDATE session SET stepped_up_at = %lld", (long long)kit_now);
    kit_sql(&kit.kit, sql);
    case_submit(&kit, kit.contact, &no);
    assert_int_equal(no, REFUSED_TOO_MANY); /* nor all day long */
    kit_now += DAY;
    snprintf(sql, sizeof sql, "UPDATE session SET stepped_up_at = %lld", (long long)kit_now);
    kit_sql(&kit.kit, sql);
    assert_true(case_submit(&kit, kit.contact, &no) != 0);
}

/* Whoever has the SIM replaced after the request gets neither message nor confirmation. */
static void new_sim_meanwhile(void **state) {
    char sql[96];
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    snprintf(sql, sizeof sql, "UPDATE line SET sim_since = %lld", (long long)kit_now);
    kit_sql(&kit.kit, sql);
    assert_int_equal(case_confirm(&kit, id), REFUSED_PROOF);
    assert_int_equal(resend(id, &kit.person, 0, ""), REFUSED_PROOF);
    assert_int_equal(resend(id, &kit.person, kit.contact, ""), ACCEPTED); /* the way out */
    assert_int_equal(case_confirm(&kit, id), ACCEPTED);
}

static void closed_line(void **state) {
    (void)state;
    kit_sql(&kit.kit, "UPDATE line SET state = 4");
    assert_int_equal(submit_with((struct closure_submit){.line = kit.line}, &kit.person),
                     REFUSED_LINE_CLOSED);
}

static void guessed_status(void **state) {
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    for (int i = 0; i < 60; i++)
        assert_int_equal(resend(id, &kit.anyone, 0, "2222-2222-2222-2222"), REFUSED_NOT_FOUND);
    assert_int_equal(resend(id, &kit.anyone, 0, "2222-2222-2222-2222"), REFUSED_TOO_MANY);
    assert_int_equal(resend(id, &kit.person, 0, ""), ACCEPTED); /* the account is not locked out */
}

static enum refusal withdraw(int64_t id, const struct actor *actor, const char *code,
                             const char *secret) {
    struct closure_withdraw in = {.closure = id};
    enum refusal no;
    snprintf(in.code, sizeof in.code, "%s", code);
    snprintf(in.secret, sizeof in.secret, "%s", secret);
    case_run(&kit, &closure_withdraw_verb, actor, &in, &no);
    return no;
}

static void withdraws(void **state) {
    struct closure closure;
    struct line line;
    char link[TOKEN_TEXT];
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    closure_link(&kit.kit.secrets, &closure, 1, link);
    assert_int_equal(withdraw(id, &kit.anyone, "", ""), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(withdraw(id, &kit.anyone, "11111111", ""), REFUSED_CODE_WRONG);
    assert_int_equal(withdraw(id, &kit.anyone, "", "guess"), REFUSED_NOT_FOUND);
    assert_int_equal(withdraw(4711, &kit.person, "", ""), REFUSED_NOT_FOUND);
    assert_int_equal(withdraw(id, &kit.anyone, "", link), ACCEPTED);
    case_read(&kit, LINE_BY_ID, kit.line, &line);
    assert_int_equal(line.closure, 0); /* another one may be opened */
    assert_int_equal(withdraw(id, &kit.anyone, "", link), REFUSED_UNCHANGED);
    assert_true(case_effect(&kit, id, EFFECT_WITHDRAWN) != 0);
}

static void withdraw_refuses(void **state) {
    char sql[96];
    (void)state;
    int64_t id = case_executing(&kit);
    assert_int_equal(withdraw(id, &kit.person, "", ""), REFUSED_TOO_LATE);
    for (int i = 0; i < 5; i++)
        assert_int_equal(withdraw(id, &kit.anyone, "1", ""), REFUSED_CODE_WRONG);
    assert_int_equal(withdraw(id, &kit.anyone, "1", ""), REFUSED_TOO_MANY);
    snprintf(sql, sizeof sql, "UPDATE line SET sim_since = %lld", (long long)kit_now);
    kit_sql(&kit.kit, sql); /* a new SIM raises what is asked */
    kit_sql(&kit.kit, "UPDATE session SET stepped_up_at = 0");
    assert_int_equal(withdraw(id, &kit.person, "", ""), REFUSED_STEP_UP);
}

static void expired_is_not_withdrawn(void **state) {
    struct closure closure;
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    assert_int_equal(case_delivered(&kit, id), ACCEPTED);
    kit_now = closure.due_at - 3 * HOUR;
    assert_int_equal(case_advance(&kit, id), ACCEPTED);
    assert_int_equal(withdraw(id, &kit.person, "", ""), REFUSED_CLOSURE_STATE);
    assert_true(case_effect(&kit, id, EFFECT_EXPIRED) != 0);
    assert_true(case_submit(&kit, kit.contact, NULL) == 0); /* stepped up too long ago */
}

static void advances(void **state) {
    struct closure closure;
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    assert_int_equal(case_advance(&kit, id), REFUSED_UNCHANGED);
    assert_int_equal(case_advance(&kit, 4711), REFUSED_NOT_FOUND);
    kit_now += 6 * HOUR;
    assert_int_equal(case_advance(&kit, id), ACCEPTED);
    assert_true(case_effect(&kit, id, EFFECT_REMIND) != 0);
    assert_int_equal(case_advance(&kit, id), REFUSED_UNCHANGED); /* reminded once */
    assert_int_equal(case_confirm(&kit, id), ACCEPTED);
    assert_int_equal(case_advance(&kit, id), REFUSED_UNCHANGED);
    kit_now += 30 * MINUTE;
    assert_int_equal(case_advance(&kit, id), ACCEPTED);
    assert_true(case_effect(&kit, id, EFFECT_NETWORK_CUT) != 0);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    assert_int_equal(closure.executing_at, kit_now);
    kit_now = closure.due_at - 4 * HOUR;
    assert_int_equal(case_advance(&kit, id), ACCEPTED);
    assert_int_equal(kit_number(&kit.kit, "SELECT count(*) FROM work WHERE done_at = 0"), 1);
    assert_int_equal(case_advance(&kit, id), REFUSED_UNCHANGED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(submits, setup, teardown),
        cmocka_unit_test_setup_teardown(submit_refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(young_contact_and_new_sim, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_identity_spends, setup, teardown),
        cmocka_unit_test_setup_teardown(api_submits, setup, teardown),
        cmocka_unit_test_setup_teardown(confirms_with_code, setup, teardown),
        cmocka_unit_test_setup_teardown(code_expires_link_lives, setup, teardown),
        cmocka_unit_test_setup_teardown(spent_code_leaves_the_link, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_link, setup, teardown),
        cmocka_unit_test_setup_teardown(resends, setup, teardown),
        cmocka_unit_test_setup_teardown(renews_the_status_secret, setup, teardown),
        cmocka_unit_test_setup_teardown(a_password_set_anew, setup, teardown),
        cmocka_unit_test_setup_teardown(resend_too_late, setup, teardown),
        cmocka_unit_test_setup_teardown(many_messages, setup, teardown),
        cmocka_unit_test_setup_teardown(new_sim_meanwhile, setup, teardown),
        cmocka_unit_test_setup_teardown(closed_line, setup, teardown),
        cmocka_unit_test_setup_teardown(guessed_status, setup, teardown),
        cmocka_unit_test_setup_teardown(withdraws, setup, teardown),
        cmocka_unit_test_setup_teardown(withdraw_refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(expired_is_not_withdrawn, setup, teardown),
        cmocka_unit_test_setup_teardown(advances, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
