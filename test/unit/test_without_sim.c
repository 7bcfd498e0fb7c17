/* A line that is asked for without its SIM: right and wrong are answered alike, what the account
 * then sees and may do, where the confirmation goes, and how whoever has the SIM takes it back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "case_kit.h"
#include "commands/registration.h"
#include "commands/session.h"

static struct case_kit kit;
static struct line_import row; /* the line's registration */

#define OWN "chan@example.com" /* its contact, of age */
#define OTHER "elsewhere@example.com"
#define PASSWORD "a quiet harbour 7"

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    row = case_row(10);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    case_close(&kit);
    return 0;
}

static int64_t count(const char *sql) {
    return kit_number(&kit.kit, sql);
}

static struct job claim(const char *number, const char *document, enum refusal expect) {
    struct registration_claim in = {.document_type = "hkid", .language = "en"};
    struct job job = {0};
    snprintf(in.number, sizeof in.number, "%s", number);
    snprintf(in.document, sizeof in.document, "%s", document);
    assert_int_equal(kit_run(&kit.kit, &registration_claim_verb, &kit.anyone, &in, NULL, &job),
                     expect);
    return job;
}

static void give_address(const struct job *begun, const char *email, enum refusal expect) {
    struct registration_contact in = {.challenge = begun->result};
    memcpy(in.holder, begun->secret, sizeof in.holder - 1);
    snprintf(in.email, sizeof in.email, "%s", email);
    memcpy(in.password, PASSWORD, sizeof PASSWORD);
    assert_int_equal(kit_run(&kit.kit, &registration_contact_verb, &kit.anyone, &in, NULL, NULL),
                     expect);
}

static struct challenge challenge_of(const struct job *begun) {
    struct challenge challenge;
    case_read(&kit, CHALLENGE_BY_ID, begun->result, &challenge);
    return challenge;
}

static int64_t verify(const struct job *begun, enum refusal expect) {
    struct registration_verify in = {.challenge = begun->result};
    struct challenge challenge = challenge_of(begun);
    struct job job = {0};
    memcpy(in.holder, begun->secret, sizeof in.holder - 1);
    secret_code(&kit.kit.secrets, challenge.purpose, challenge.id, challenge.issue, challenge.nonce,
                in.code);
    assert_int_equal(kit_run(&kit.kit, &registration_verify_verb, &kit.anyone, &in, NULL, &job),
                     expect);
    return job.result;
}

/* The whole way; the account as an actor with a session that was stepped up. */
static struct actor claimed(const char *email) {
    struct job begun = claim(row.number, row.document, ACCEPTED);
    give_address(&begun, email, ACCEPTED);
    struct actor actor = kit.person;
    struct session_open in = {.password = PASSWORD};
    struct session_step_up again = {.password = PASSWORD};
    struct job job = {0};
    actor.id = verify(&begun, ACCEPTED);
    snprintf(in.email, sizeof in.email, "%s", email);
    assert_int_equal(kit_run(&kit.kit, &session_open_verb, &kit.anyone, &in, NULL, &job), ACCEPTED);
    actor.session = job.result;
    assert_int_equal(kit_run(&kit.kit, &session_step_up_verb, &actor, &again, NULL, NULL),
                     ACCEPTED);
    return actor;
}

static int64_t how_of(const struct actor *actor) {
    char sql[120];
    snprintf(sql, sizeof sql, "SELECT how FROM account_line WHERE account = %lld",
             (long long)actor->id);
    return count(sql);
}

static int64_t submit(const struct actor *actor, int64_t contact, int64_t nowhere,
                      enum refusal expect) {
    struct closure_submit in = {.line = kit.line,
                                .document_type = "hkid",
                                .contact = contact,
                                .nowhere = nowhere,
                                .language = "en"};
    enum refusal no;
    memcpy(in.document, row.document, sizeof in.document);
    int64_t id = case_run(&kit, &closure_submit_verb, actor, &in, &no);
    assert_int_equal(no, expect);
    return id;
}

static struct closure closure_now(int64_t id) {
    struct closure closure;
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    return closure;
}

static enum refusal withdraw(const struct actor *actor, int64_t closure) {
    struct closure_withdraw in = {.closure = closure};
    enum refusal no;
    case_run(&kit, &closure_withdraw_verb, actor, &in, &no);
    return no;
}

/* --- */

static int64_t rows_of(const char *table) {
    char sql[64];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table);
    return count(sql);
}

static void right_and_wrong_are_recorded_alike(void **state) {
    static const char *const tables[] = {"account", "budget",  "challenge",
                                         "effect",  "journal", "account_line"};
    enum { TABLES = sizeof tables / sizeof *tables, CASES = 4 };
    struct line_import other = case_row(90);
    const struct {
        const char *number, *document;
    } cases[CASES] = {{row.number, row.document},
                      {row.number, other.document},
                      {"+85261239999", row.document},
                      {"+85261239998", other.document}};
    int64_t before[CASES][TABLES], after[CASES][TABLES];
    (void)state;
    claim("+85261239997", row.document, ACCEPTED); /* the peer's row */
    for (int i = 0; i < CASES; i++) {
        kit_sql(&kit.kit, "DELETE FROM budget WHERE scope IN ('claim', 'mail')");
        for (size_t k = 0; k < TABLES; k++)
            before[i][k] = rows_of(tables[k]);
        struct job begun = claim(cases[i].number, cases[i].document, ACCEPTED);
        assert_int_equal(strlen(begun.secret), 32);
        assert_int_equal(challenge_of(&begun).line, i ? 0 : kit.line);
        give_address(&begun, OTHER, ACCEPTED);
        for (size_t k = 0; k < TABLES; k++)
            after[i][k] = rows_of(tables[k]);
    }
    for (int i = 1; i < CASES; i++)
        for (size_t k = 0; k < TABLES; k++)
            assert_int_equal(after[i][k] - before[i][k], after[0][k] - before[0][k]);
    assert_int_equal(count("SELECT count(*) FROM account_line"), 1);
}

/* Only who reads the address that they gave learns that it does not fit. */
static void a_wrong_one_ends_at_the_address(void **state) {
    struct line_import other = case_row(90);
    (void)state;
    struct job begun = claim(row.number, other.document, ACCEPTED);
    verify(&begun, REFUSED_PROOF); /* no address was given yet */
    give_address(&begun, OTHER, ACCEPTED);
    verify(&begun, REFUSED_IDENTITY);
    assert_int_equal(count("SELECT count(*) FROM account WHERE state = 2"), 0);
    assert_int_equal(count("SELECT count(*) FROM account_line"), 1);
    begun = claim(row.number, row.document, ACCEPTED);
    kit_now += HOUR;
    give_address(&begun, OTHER, REFUSED_CODE_EXPIRED);
}

static void guessing_has_an_end(void **state) {
    struct line_import other = case_row(90);
    enum refusal no = ACCEPTED;
    (void)state;
    claim(row.number, "A200999(", REFUSED_DOCUMENT_FORM);
    claim(row.number, "", REFUSED_DOCUMENT_FORM);
    claim("85261230010", row.document, REFUSED_INPUT);
    assert_int_equal(count("SELECT count(*) FROM budget WHERE scope = 'claim'"), 0);
    for (int i = 0; i < 50 && !no; i++) {
        struct registration_claim in = {.document_type = "hkid", .language = "en"};
        struct actor elsewhere = kit.anyone;
        snprintf(elsewhere.address, sizeof elsewhere.address, "192.0.2.%d", 100 + i);
        memcpy(in.number, row.number, sizeof in.number);
        memcpy(in.document, other.document, sizeof in.document);
        no = kit_run(&kit.kit, &registration_claim_verb, &elsewhere, &in, NULL, NULL);
    }
    assert_int_equal(no, REFUSED_TOO_MANY); /* of the number, wherever they come from */
    case_submit(&kit, 0, &no);              /* and who holds the line is not kept out by it */
    assert_int_equal(no, ACCEPTED);
}

static void all_are_told_and_nothing_is_seen(void **state) {
    char sql[200];
    (void)state;
    struct actor actor = claimed(OTHER);
    assert_int_equal(how_of(&actor), LINK_CLAIMED);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM effect WHERE kind = %d AND target = %lld",
             EFFECT_LINE_CLAIMED, (long long)kit.line);
    assert_int_equal(count(sql), 2); /* the SIM and the contact */
    struct closure_withdraw off = {.closure = case_submit(&kit, 0, NULL)};
    enum refusal no;
    case_run(&kit, &closure_withdraw_verb, &actor, &off, &no);
    assert_int_equal(no, REFUSED_NOT_FOUND); /* of the line another's closure is none of theirs */
    assert_int_equal(withdraw(&kit.person, off.closure), ACCEPTED);
}

/* With the registered address: a code to it, and the document. */
static void a_contact_of_age_confirms(void **state) {
    char sql[200];
    (void)state;
    struct actor actor = claimed(OWN);
    assert_int_equal(how_of(&actor), LINK_CONTACT);
    int64_t id = submit(&actor, 0, 0, ACCEPTED);
    struct closure closure = closure_now(id);
    assert_int_equal(closure.contact, kit.contact);
    assert_int_equal(closure.unreachable, 0);
    assert_int_equal(closure.identity_asked, IDENTITY_DOCUMENT);
    assert_int_equal(closure.identity_at, 0); /* whatever the policy says of identities */
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM effect WHERE kind = %d AND target = %lld AND door = 'sms'",
             EFFECT_CONFIRM, (long long)id);
    assert_int_equal(count(sql), 0); /* never a link to whoever has the SIM by now */
    assert_int_equal(case_confirm(&kit, id), ACCEPTED);
    kit_now += 2 * HOUR; /* confirmed, but nobody has seen a document */
    case_advance(&kit, id);
    assert_int_equal(closure_now(id).executing_at, 0);
}

/* Without one the case is kept, and what confirms it is a counter. */
static void with_no_contact_the_case_is_kept(void **state) {
    char sql[200];
    (void)state;
    struct actor actor = claimed(OTHER);
    int64_t id =
        submit(&actor, kit.contact, 0, ACCEPTED); /* a way chosen by hand changes nothing */
    struct closure closure = closure_now(id);
    assert_int_equal(closure.unreachable, 1);
    assert_int_equal(closure.contact, 0);
    assert_int_equal(closure.confirm_issue, 0);
    assert_int_equal(closure.due_at, kit_now + DAY);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM effect WHERE kind = %d AND target = %lld",
             EFFECT_CONFIRM, (long long)id);
    assert_int_equal(count(sql), 0);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM effect WHERE kind = %d AND target = %lld",
             EFFECT_RECEIPT, (long long)id);
    assert_int_equal(count(sql), 3); /* the SIM, the contact, and who asked */
    struct closure_renew_secret again = {.closure = id};
    enum refusal no;
    case_run(&kit, &closure_renew_secret_verb, &actor, &again, &no);
    assert_int_equal(no, ACCEPTED); /* their own case, with all that a holder can do */
    struct closure_resend resend = {.closure = id, .to_line = 1};
    case_run(&kit, &closure_resend_verb, &actor, &resend, &no);
    assert_int_equal(no, REFUSED_NOT_FOUND); /* but for sending the link to where they like */
    resend.to_line = 0;
    case_run(&kit, &closure_resend_verb, &actor, &resend, &no);
    assert_int_equal(no, REFUSED_CLOSURE_STATE); /* it went nowhere, and there is no "again" */
    assert_int_equal(withdraw(&actor, id), ACCEPTED);
}

/* The contact was there, and was removed, or the password was set anew by its reader. */
static void what_changed_since_counts(void **state) {
    (void)state;
    struct actor actor = claimed(OWN);
    kit_sql(&kit.kit, "UPDATE contact SET since = since + 25920000000");
    assert_int_equal(closure_now(submit(&actor, 0, 0, ACCEPTED)).unreachable, 1);
}

/* Who holds the SIM calls off what a stranger asked for, and asks in his stead. */
static void the_holder_takes_over(void **state) {
    (void)state;
    struct actor thief = claimed(OTHER);
    int64_t id = submit(&thief, 0, 0, ACCEPTED);
    submit(&kit.person, 0, 0, REFUSED_LINE_CLOSING);
    assert_int_equal(withdraw(&kit.person, id), ACCEPTED);
    assert_int_equal(closure_now(submit(&kit.person, 0, 0, ACCEPTED)).unreachable, 0);
    submit(&thief, 0, 0, REFUSED_LINE_CLOSING);
}

/* The same account proves the SIM later on: now the line is its own. A claim makes nothing weaker.
 */
static void the_sim_makes_it_whole(void **state) {
    char sql[200];
    (void)state;
    struct actor actor = claimed(OTHER);
    struct registration_start in = {.language = "en"};
    struct registration_prove prove = {.code = ""};
    struct job begun = {0};
    memcpy(in.number, row.number, sizeof in.number);
    memcpy(in.iccid_tail, row.iccid + strlen(row.iccid) - 4, 5);
    assert_int_equal(kit_run(&kit.kit, &registration_start_verb, &kit.anyone, &in, NULL, &begun),
                     ACCEPTED);
    struct challenge challenge = challenge_of(&begun);
    prove.challenge = begun.result;
    memcpy(prove.holder, begun.secret, sizeof prove.holder - 1);
    secret_code(&kit.kit.secrets, challenge.purpose, challenge.id, challenge.issue, challenge.nonce,
                prove.code);
    assert_int_equal(kit_run(&kit.kit, &registration_prove_verb, &kit.anyone, &prove, NULL, NULL),
                     ACCEPTED);
    give_address(&begun, OTHER, ACCEPTED);
    assert_int_equal(verify(&begun, ACCEPTED), actor.id);
    assert_int_equal(how_of(&actor), LINK_SIM);
    kit_sql(&kit.kit, "DELETE FROM budget");
    begun = claim(row.number, row.document, ACCEPTED);
    give_address(&begun, OTHER, ACCEPTED);
    verify(&begun, ACCEPTED);
    assert_int_equal(how_of(&actor), LINK_SIM);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM account_line WHERE account = %lld",
             (long long)actor.id);
    assert_int_equal(count(sql), 1);
}

/* Who has an account and lost everything that a message could reach. */
static void nowhere_is_kept_too(void **state) {
    (void)state;
    struct closure closure = closure_now(submit(&kit.person, 0, 1, ACCEPTED));
    assert_int_equal(closure.unreachable, 1);
    assert_int_equal(closure.identity_asked, IDENTITY_DOCUMENT);
    assert_int_equal(withdraw(&kit.person, closure.id), ACCEPTED);
    kit_sql(&kit.kit, "UPDATE line SET sim_since = 1795399000000");
    submit(&kit.person, 0, 0, REFUSED_PROOF);
    assert_int_equal(closure_now(submit(&kit.person, 0, 1, ACCEPTED)).unreachable, 1);
}

static void suspended_and_expired_lines_are_lines(void **state) {
    (void)state;
    kit_sql(&kit.kit, "UPDATE line SET state = 2");
    struct actor actor = claimed(OWN);
    int64_t id = submit(&actor, 0, 0, ACCEPTED);
    assert_int_equal(withdraw(&actor, id), ACCEPTED);
    kit_sql(&kit.kit, "UPDATE line SET state = 3");
    submit(&actor, 0, 0, ACCEPTED);
    kit_sql(&kit.kit, "UPDATE line SET state = 4");
    struct job begun = claim(row.number, row.document, ACCEPTED);
    assert_int_equal(challenge_of(&begun).line, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(right_and_wrong_are_recorded_alike),
        TEST(a_wrong_one_ends_at_the_address),
        TEST(guessing_has_an_end),
        TEST(all_are_told_and_nothing_is_seen),
        TEST(a_contact_of_age_confirms),
        TEST(with_no_contact_the_case_is_kept),
        TEST(what_changed_since_counts),
        TEST(the_holder_takes_over),
        TEST(the_sim_makes_it_whole),
        TEST(nowhere_is_kept_too),
        TEST(suspended_and_expired_lines_are_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
