/* A forgotten password, set anew by the e-mail's code and an ID number; a known one, changed. The
 * bad cases first: who lacks one of the two comes nowhere, and nobody learns which address has an
 * account. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "commands/account_password.h"
#include "people_kit.h"

#define ANNA "anna@example.com"
#define NEW_PASSWORD "a marble saddle of willow"

static int64_t count(struct kit *kit, const char *sql) {
    return kit_number(kit, sql);
}

/* The lines of the kit are registered for Anna; two addresses get the messages, one of them for
 * both lines. */
static int anna_open(void **state) {
    struct subscriber anna = {.id = 9,
                              .operator= 4096,
                              .kind = SUBSCRIBER_PERSON,
                              .registered_at = 1,
                              .name = "CHAN TAI MAN",
                              .birth = "1980-02-29",
                              .document_type = "hkid",
                              .document = "A123456(3)",
                              .document_key = "hkid:A123456(3)",
                              .language = "en"};
    const struct contact contacts[] = {
        {.id = 701,
         .operator= 4096,
         .line = 5001,
         .kind = CONTACT_EMAIL,
         .since = 1,
         .address = "old@example.com"},
        {.id = 702,
         .operator= 4096,
         .line = 5002,
         .kind = CONTACT_EMAIL,
         .since = 1,
         .address = "old@example.com"},
        {.id = 703,
         .operator= 4096,
         .line = 5002,
         .kind = CONTACT_EMAIL,
         .since = 1,
         .address = "second@example.com"},
    };
    people_open(state);
    const struct change changes[] = {{SUBSCRIBER_ADD, &anna},
                                     {CONTACT_ADD, &contacts[0]},
                                     {CONTACT_ADD, &contacts[1]},
                                     {CONTACT_ADD, &contacts[2]}};
    kit_put_all(*state, changes, 4);
    return 0;
}

static struct job ask(struct kit *kit, const char *email, enum refusal expect) {
    struct password_ask in = {.language = "en"};
    struct job job = {0};
    snprintf(in.email, sizeof in.email, "%s", email);
    assert_int_equal(run(kit, &password_ask_verb, &nobody, &in, &job), expect);
    return job;
}

static void prove_with(struct kit *kit, const struct job *asked, const char *code,
                       const char *document, enum refusal expect) {
    struct password_prove in = {.challenge = asked->result, .document_type = "hkid"};
    memcpy(in.holder, asked->secret, sizeof in.holder);
    snprintf(in.code, sizeof in.code, "%s", code);
    snprintf(in.document, sizeof in.document, "%s", document);
    assert_int_equal(run(kit, &password_prove_verb, &nobody, &in, NULL), expect);
}

static void prove_reset(struct kit *kit, const struct job *asked, const char *document,
                        enum refusal expect) {
    char code[CODE_TYPED];
    code_of(kit, asked->result, code);
    prove_with(kit, asked, code, document, expect);
}

static void reset(struct kit *kit, const struct job *asked, const char *password,
                  enum refusal expect) {
    struct password_reset in = {.challenge = asked->result};
    memcpy(in.holder, asked->secret, sizeof in.holder);
    snprintf(in.password, sizeof in.password, "%s", password);
    assert_int_equal(run(kit, &password_reset_verb, &nobody, &in, NULL), expect);
}

static enum refusal change(struct kit *kit, const struct actor *actor, const char *old,
                           const char *password) {
    struct password_change in = {0};
    snprintf(in.old_password, sizeof in.old_password, "%s", old);
    snprintf(in.password, sizeof in.password, "%s", password);
    return run(kit, &password_change_verb, actor, &in, NULL);
}

/* --- */

static void known_and_unknown_are_alike(void **state) {
    struct kit *kit = *state;
    static const char *const tables[] = {"budget", "challenge", "effect", "journal", "account"};
    int64_t rows[3][5];
    int made[3];
    struct job asked[2];
    registered(kit, LINE_ONE, TAIL_ONE, ANNA);
    kit_sql(kit, "DELETE FROM budget WHERE scope = 'mail'"); /* of the registration's code */
    ask(kit, "third@example.com", ACCEPTED);                 /* the peer's rows */
    for (int i = 0; i < 3; i++) {
        for (size_t k = 0; k < 5; k++) {
            char sql[64];
            snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", tables[k]);
            rows[i][k] = count(kit, sql);
        }
        made[i] = hashes_made + hashes_checked;
        if (i < 2)
            asked[i] = ask(kit, i ? "nobody@example.com" : " Anna@Example.com ", ACCEPTED);
    }
    for (size_t k = 0; k < 5; k++)
        assert_int_equal(rows[1][k] - rows[0][k], rows[2][k] - rows[1][k]);
    assert_int_equal(made[2], made[0]);
    assert_int_equal(strlen(asked[0].secret), strlen(asked[1].secret));
    assert_string_equal(challenge_of(kit, asked[0].result).address, ANNA); /* not as typed */
    /* Even the code that was never sent does not fit, and costs as much. */
    prove_reset(kit, &asked[1], "A123456(3)", REFUSED_CODE_WRONG);
    assert_int_equal(challenge_of(kit, asked[1].result).attempts, 1);
    reset(kit, &asked[1], NEW_PASSWORD, REFUSED_PROOF);
    assert_int_equal(made[2], hashes_made + hashes_checked);
}

static void the_code_alone_is_not_enough(void **state) {
    struct kit *kit = *state;
    registered(kit, LINE_ONE, TAIL_ONE, ANNA);
    struct job asked = ask(kit, ANNA, ACCEPTED);
    prove_reset(kit, &asked, "G123456(A)", REFUSED_IDENTITY);
    assert_int_equal(count(kit, "SELECT count FROM budget WHERE scope = 'identity'"), 1);
    prove_reset(kit, &asked, "A123456(1)", REFUSED_DOCUMENT_CHECK); /* mistyped: costs nothing */
    prove_reset(kit, &asked, "12", REFUSED_DOCUMENT_FORM);
    assert_int_equal(count(kit, "SELECT count FROM budget WHERE scope = 'identity'"), 1);
    reset(kit, &asked, NEW_PASSWORD, REFUSED_PROOF);
    kit_sql(kit, "UPDATE budget SET count = 1000000 WHERE scope = 'identity'");
    prove_reset(kit, &asked, "A123456(3)", REFUSED_TOO_MANY);
    kit_now += 61 * MINUTE; /* the code has gone meanwhile */
    prove_reset(kit, &asked, "A123456(3)", REFUSED_CODE_EXPIRED);
    sign_in(kit, ANNA, PASSWORD, ACCEPTED);
}

static void the_id_number_alone_is_not_enough(void **state) {
    struct kit *kit = *state;
    char wrong[CODE_TYPED];
    registered(kit, LINE_ONE, TAIL_ONE, ANNA);
    struct job asked = ask(kit, ANNA, ACCEPTED);
    wrong_code_of(kit, asked.result, wrong);
    enum refusal no = REFUSED_CODE_WRONG;
    int tries = 0;
    for (; tries < 50 && no == REFUSED_CODE_WRONG; tries++) {
        struct password_prove in = {
            .challenge = asked.result, .document_type = "hkid", .document = "A123456(3)"};
        memcpy(in.holder, asked.secret, sizeof in.holder);
        memcpy(in.code, wrong, sizeof in.code);
        no = run(kit, &password_prove_verb, &nobody, &in, NULL);
    }
    assert_int_equal(no, REFUSED_TOO_MANY);
    prove_reset(kit, &asked, "A123456(3)", REFUSED_TOO_MANY); /* not even the right one now */
}

/* A code to a number never sets a password, and one for a password never proves a number. */
static void kinds_of_codes_are_kept_apart(void **state) {
    struct kit *kit = *state;
    registered(kit, LINE_ONE, TAIL_ONE, ANNA);
    struct job begun = start(kit, LINE_ONE, TAIL_ONE, ACCEPTED);
    prove_reset(kit, &begun, "A123456(3)", REFUSED_NOT_FOUND);
    prove(kit, &begun, ACCEPTED);
    reset(kit, &begun, NEW_PASSWORD, REFUSED_NOT_FOUND);
    struct job asked = ask(kit, ANNA, ACCEPTED);
    prove(kit, &asked, REFUSED_NOT_FOUND);
    prove_reset(kit, &asked, "A123456(3)", ACCEPTED);
    give_contact(kit, &asked, "thief@example.com", REFUSED_NOT_FOUND);
    struct job stranger = asked;
    stranger.secret[0] ^= 1;
    reset(kit, &stranger, NEW_PASSWORD, REFUSED_NOT_FOUND);
    prove_reset(kit, &stranger, "A123456(3)", REFUSED_NOT_FOUND);
}

static void the_whole_way(void **state) {
    struct kit *kit = *state;
    int64_t account = registered(kit, LINE_ONE, TAIL_ONE, ANNA);
    assert_int_equal(registered(kit, "+85261230002", "0023", ANNA), account);
    struct actor signed_in_before = signed_in(kit, ANNA);
    sign_in(kit, ANNA, "wrong password", REFUSED_SIGN_IN);
    kit_sql(kit, "UPDATE budget SET count = 1000000 WHERE scope = 'sign_in'");
    struct job asked = ask(kit, ANNA, ACCEPTED);
    prove_reset(kit, &asked, "Ａ１２３４５６（３）", ACCEPTED); /* as some keyboards type it */
    prove_reset(kit, &asked, "A123456(3)", REFUSED_CODE_USED);
    reset(kit, &asked, "password123", REFUSED_PASSWORD_WEAK);
    reset(kit, &asked, "anna@example.com", REFUSED_PASSWORD_WEAK);
    reset(kit, &asked, "seven77", REFUSED_PASSWORD_WEAK);
    kit_now += MINUTE;
    reset(kit, &asked, NEW_PASSWORD, ACCEPTED);
    reset(kit, &asked, "another marble saddle", REFUSED_CODE_USED);
    assert_int_equal(count(kit, "SELECT count(*) FROM session WHERE closed_at = 0"), 0);
    assert_int_equal(count(kit, "SELECT max(reset_at) FROM account"), kit_now);
    assert_string_equal(challenge_of(kit, asked.result).address, "");
    sign_in(kit, ANNA, PASSWORD, REFUSED_SIGN_IN);
    sign_in(kit, ANNA, NEW_PASSWORD, ACCEPTED); /* strangers' failures keep nobody out */
    assert_int_equal(change(kit, &signed_in_before, NEW_PASSWORD, "yet another saddle"),
                     REFUSED_NOT_SIGNED_IN);
    char sql[200];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM effect WHERE kind = %d AND target = %lld AND door = 'sms' AND "
             "line IN (5001, 5002)",
             EFFECT_PASSWORD_SET, (long long)account);
    assert_int_equal(count(kit, sql), 2);
    snprintf(
        sql, sizeof sql,
        "SELECT count(*) FROM effect WHERE kind = %d AND door = 'mail' AND contact IN (0, 701, "
        "703)",
        EFFECT_PASSWORD_SET);
    assert_int_equal(count(kit, sql), 3); /* the account, and each address once */
    snprintf(sql, sizeof sql, "SELECT count(*) FROM effect WHERE kind = %d", EFFECT_PASSWORD_SET);
    assert_int_equal(count(kit, sql), 5);
    asked = ask(kit, ANNA, ACCEPTED);
    prove_reset(kit, &asked, "A123456(3)", ACCEPTED);
    kit_now += 61 * MINUTE;
    reset(kit, &asked, NEW_PASSWORD, REFUSED_CODE_EXPIRED);
}

static void it_is_changed_by_who_knows_it(void **state) {
    struct kit *kit = *state;
    registered(kit, LINE_ONE, TAIL_ONE, ANNA);
    struct actor other = signed_in(kit, ANNA), actor = signed_in(kit, ANNA);
    assert_int_equal(change(kit, &actor, "wrong password", NEW_PASSWORD), REFUSED_SIGN_IN);
    assert_int_equal(change(kit, &actor, PASSWORD, "password123"), REFUSED_PASSWORD_WEAK);
    kit_now += MINUTE;
    assert_int_equal(change(kit, &actor, PASSWORD, NEW_PASSWORD), ACCEPTED);
    assert_int_equal(count(kit, "SELECT max(reset_at) FROM account"), 0); /* it was known */
    assert_int_equal(count(kit, "SELECT count(*) FROM session WHERE closed_at = 0"), 1);
    assert_int_equal(change(kit, &other, NEW_PASSWORD, PASSWORD), REFUSED_NOT_SIGNED_IN);
    sign_in(kit, ANNA, PASSWORD, REFUSED_SIGN_IN);
    assert_int_equal(change(kit, &actor, "wrong password", PASSWORD), REFUSED_SIGN_IN);
    kit_sql(kit, "UPDATE budget SET count = 1000000 WHERE scope = 'step_up'");
    int before = hashes_checked;
    assert_int_equal(change(kit, &actor, NEW_PASSWORD, PASSWORD), REFUSED_TOO_MANY);
    assert_int_equal(hashes_checked, before);
}

static void input_is_checked(void **state) {
    struct kit *kit = *state;
    struct password_ask in = {.email = ANNA, .language = "xx"};
    ask(kit, "no address", REFUSED_EMAIL_FORM);
    assert_int_equal(run(kit, &password_ask_verb, &nobody, &in, NULL), REFUSED_INPUT);
    struct actor elsewhere = nobody;
    elsewhere.operator= 9999;
    memcpy(in.language, "en", 3);
    assert_int_equal(run(kit, &password_ask_verb, &elsewhere, &in, NULL), REFUSED_NOT_FOUND);
    kit_sql(kit, "DELETE FROM budget");
    enum refusal no = ACCEPTED;
    for (int i = 0; i < 50 && no == ACCEPTED; i++) {
        in = (struct password_ask){.email = ANNA, .language = "en"};
        no = run(kit, &password_ask_verb, &nobody, &in, NULL);
    }
    assert_int_equal(no, REFUSED_TOO_MANY); /* a mailbox is not flooded */
}

/* Whoever has many lines and many sessions: it is one command all the same. */
static void the_most_fits_into_one_command(void **state) {
    struct kit *kit = *state;
    int64_t account = registered(kit, LINE_ONE, TAIL_ONE, ANNA);
    for (int i = 0; i < 30; i++) {
        char sql[300];
        snprintf(sql, sizeof sql,
                 "INSERT INTO line VALUES (%d, 4096, 9, 1, 0, 1, 2, 1, 0, 0, 1, '+852612400%02d', "
                 "'89852000000000200%02d', '454009%02d', 'Tourist 30', 0, 0)",
                 6000 + i, i, i, i);
        kit_sql(kit, sql);
        snprintf(sql, sizeof sql,
                 "INSERT INTO account_line (id, operator, account, line, proved_at) VALUES (%d, "
                 "4096, %lld, %d, 1)",
                 6100 + i, (long long)account, 6000 + i);
        kit_sql(kit, sql);
    }
    for (int i = 0; i < SESSIONS_AN_ACCOUNT; i++)
        sign_in(kit, ANNA, PASSWORD, ACCEPTED);
    struct actor actor = signed_in(kit, ANNA);
    assert_int_equal(change(kit, &actor, PASSWORD, NEW_PASSWORD), ACCEPTED);
    struct job asked = ask(kit, ANNA, ACCEPTED);
    prove_reset(kit, &asked, "A123456(3)", ACCEPTED);
    for (int i = 0; i < SESSIONS_AN_ACCOUNT; i++)
        sign_in(kit, ANNA, NEW_PASSWORD, ACCEPTED);
    reset(kit, &asked, "a third saddle of willow", ACCEPTED);
    assert_int_equal(count(kit, "SELECT count(*) FROM session WHERE closed_at = 0"), 0);
}

static void every_refusal_was_provoked(void **state) {
    struct kit *kit = *state;
    registered(kit, LINE_ONE, TAIL_ONE, ANNA);
    struct job asked = ask(kit, ANNA, ACCEPTED);
    struct password_prove proof = {
        .challenge = asked.result, .document_type = "bn(o)", .document = "A123456(3)"};
    memcpy(proof.holder, asked.secret, sizeof proof.holder);
    code_of(kit, asked.result, proof.code);
    assert_int_equal(run(kit, &password_prove_verb, &nobody, &proof, NULL), REFUSED_DOCUMENT_TYPE);
    struct password_reset in = {.challenge = asked.result, .password = NEW_PASSWORD};
    struct password_change other = {.old_password = PASSWORD, .password = NEW_PASSWORD};
    struct actor actor = {.kind = ACTOR_SUBSCRIBER, .operator= 4096, .id = 1};
    provoke_busy(kit, &password_prove_verb, &nobody, &proof);
    provoke_busy(kit, &password_reset_verb, &nobody, &in);
    provoke_busy(kit, &password_change_verb, &actor, &other);
    assert_all_provoked(&password_ask_verb);
    assert_all_provoked(&password_prove_verb);
    assert_all_provoked(&password_reset_verb);
    assert_all_provoked(&password_change_verb);
}

/* The line is a child's, then a body's: whose document sets the password anew is as for closing. */
static void the_second_person_proves_it(void **state) {
    struct kit *kit = *state;
    struct second_person mother = {.id = 5001,
                                   .operator= 4096,
                                   .subscriber = 9,
                                   .role = SECOND_ENDORSING_ADULT,
                                   .name = "CHAN SIU LING",
                                   .document_type = "hkid",
                                   .document = "G123456(A)"};
    struct second_person other = {.id = 5003,
                                  .operator= 4096,
                                  .subscriber = 10,
                                  .role = SECOND_ENDORSING_ADULT,
                                  .document_type = "hkid",
                                  .document = "L555555(0)"};
    struct subscriber child = {.id = 9,
                               .operator= 4096,
                               .kind = SUBSCRIBER_PERSON,
                               .birth = "2015-01-01",
                               .document_type = "hkid",
                               .document = "A123456(3)"};
    const struct change changes[] = {
        {SECOND_PERSON_ADD, &mother}, {SECOND_PERSON_ADD, &other}, {SUBSCRIBER_PUT, &child}};
    kit_put_all(kit, changes, 3);
    registered(kit, LINE_ONE, TAIL_ONE, ANNA);
    struct job asked = ask(kit, ANNA, ACCEPTED);
    prove_reset(kit, &asked, "A123456(3)", REFUSED_IDENTITY);
    prove_reset(kit, &asked, "L555555(0)", REFUSED_IDENTITY); /* of a line that is another's */
    assert_int_equal(count(kit, "SELECT count FROM budget WHERE scope = 'identity'"), 2);
    prove_reset(kit, &asked, "G123456(A)", ACCEPTED);
    mother.role = SECOND_RESPONSIBLE_PERSON;
    child.kind = SUBSCRIBER_COMPANY;
    memcpy(child.document_type, "business_registration", 22);
    memcpy(child.document, "12345678", 9);
    const struct change body[] = {{SECOND_PERSON_PUT, &mother}, {SUBSCRIBER_PUT, &child}};
    kit_put_all(kit, body, 2);
    asked = ask(kit, ANNA, ACCEPTED);
    struct password_prove in = {.challenge = asked.result,
                                .document_type = "business_registration",
                                .document = "12345678"};
    memcpy(in.holder, asked.secret, sizeof in.holder);
    code_of(kit, asked.result, in.code);
    assert_int_equal(run(kit, &password_prove_verb, &nobody, &in, NULL), REFUSED_IDENTITY);
    prove_reset(kit, &asked, "G123456(A)", ACCEPTED);
}

#define WITH_KIT(name) cmocka_unit_test_setup_teardown(name, anna_open, people_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_KIT(known_and_unknown_are_alike),
        WITH_KIT(the_code_alone_is_not_enough),
        WITH_KIT(the_id_number_alone_is_not_enough),
        WITH_KIT(kinds_of_codes_are_kept_apart),
        WITH_KIT(the_whole_way),
        WITH_KIT(the_second_person_proves_it),
        WITH_KIT(it_is_changed_by_who_knows_it),
        WITH_KIT(input_is_checked),
        WITH_KIT(the_most_fits_into_one_command),
        WITH_KIT(every_refusal_was_provoked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
