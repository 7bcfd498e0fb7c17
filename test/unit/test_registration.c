#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "commands/attempts.h"
#include "commands/password.h"
#include "people_kit.h"

static int64_t rows_of(struct kit *kit, const char *table) {
    char sql[100];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table);
    return kit_number(kit, sql);
}

struct work_done {
    int64_t rows[6];
    int made, checked;
    size_t wants;
};

static const char *const tables[6] = {"challenge", "budget",  "effect",
                                      "account",   "journal", "remembered"};

static void count(struct kit *kit, struct work_done *work) {
    for (size_t i = 0; i < 6; i++)
        work->rows[i] = rows_of(kit, tables[i]);
    work->made = hashes_made;
    work->checked = hashes_checked;
}

static size_t wants_of(struct kit *kit, const struct verb *verb, const void *input) {
    struct arena arena;
    struct want wants[64];
    arena_open(&arena, 1 << 20);
    struct load load = {
        .arena = &arena, .actor = &nobody, .secrets = &kit->secrets, .wants = wants, .room = 64};
    verb->load(&load, input, arena_take(&arena, verb->rows_size));
    assert_false(load.failed);
    arena_close(&arena);
    return load.count;
}

static void assert_same_work(const struct work_done at[3]) {
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(at[1].rows[i] - at[0].rows[i], at[2].rows[i] - at[1].rows[i]);
    assert_int_equal(at[1].made - at[0].made, at[2].made - at[1].made);
    assert_int_equal(at[1].checked - at[0].checked, at[2].checked - at[1].checked);
    assert_int_equal(at[1].wants, at[2].wants);
}

static void the_whole_way(void **state) {
    struct kit *kit = *state;
    struct job begun = start(kit, LINE_ONE, TAIL_ONE, ACCEPTED);
    struct challenge challenge = challenge_of(kit, begun.result);
    assert_int_equal(challenge.line, 5001);
    assert_string_equal(challenge.language, "zh-Hant-HK");
    assert_true(challenge.expires_at - kit_now <= 10 * MINUTE);
    prove(kit, &begun, ACCEPTED);
    give_contact(kit, &begun, "Anna@Example.com", ACCEPTED);
    challenge = challenge_of(kit, begun.result);
    assert_int_equal(challenge.expires_at, kit_now + 24 * HOUR);
    assert_string_equal(challenge.address, "Anna@example.com");
    sign_in(kit, "anna@example.com", PASSWORD, REFUSED_SIGN_IN); /* not before it is verified */
    int64_t account = verify(kit, &begun, ACCEPTED);
    assert_int_equal(kit_number(kit, "SELECT account FROM account_line WHERE line = 5001"),
                     account);
    assert_string_equal(challenge_of(kit, begun.result).address, "");
    struct actor actor = signed_in(kit, "ANNA@example.com");
    assert_int_equal(actor.id, account);
    verify(kit, &begun, REFUSED_CODE_USED);
    give_contact(kit, &begun, "anna@example.com", REFUSED_CODE_USED);
}

static void start_does_the_same_for_known_and_unknown(void **state) {
    struct kit *kit = *state;
    struct work_done at[3] = {0};
    struct registration_start known = {LINE_ONE, TAIL_ONE, "en", 5001};
    struct registration_start unknown = {"+85269999999", "4321", "en", 0};
    start(kit, "+85261230002", "0023", ACCEPTED); /* the peer's budget is a row already */
    count(kit, &at[0]);
    struct job one = start(kit, LINE_ONE, TAIL_ONE, ACCEPTED);
    count(kit, &at[1]);
    struct job two = start(kit, "+85269999999", "4321", ACCEPTED);
    count(kit, &at[2]);
    at[1].wants = wants_of(kit, &registration_start_verb, &known);
    at[2].wants = wants_of(kit, &registration_start_verb, &unknown);
    assert_same_work(at);
    assert_int_equal(strlen(one.secret), strlen(two.secret));
    assert_int_equal(challenge_of(kit, two.result).line, 0);
    struct job three = start(kit, LINE_ONE, "9999", ACCEPTED); /* another SIM: as good as unknown */
    assert_int_equal(challenge_of(kit, three.result).line, 0);
    prove(kit, &three, REFUSED_CODE_WRONG); /* even the code that was never sent */
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM effect WHERE kind = 1 AND line = 0"), 2);
}

static void contact_does_the_same_for_known_and_unknown(void **state) {
    struct kit *kit = *state;
    struct work_done at[3] = {0};
    registered(kit, "+85261230002", "0023", "known@example.com");
    struct job one = start(kit, LINE_ONE, TAIL_ONE, ACCEPTED);
    struct job two = start(kit, LINE_ONE, TAIL_ONE, ACCEPTED);
    prove(kit, &one, ACCEPTED);
    prove(kit, &two, ACCEPTED);
    kit_sql(kit, "DELETE FROM budget WHERE scope = 'mail'");
    count(kit, &at[0]);
    give_contact(kit, &one, "known@example.com", ACCEPTED);
    count(kit, &at[1]);
    give_contact(kit, &two, "other@example.com", ACCEPTED);
    count(kit, &at[2]);
    struct registration_contact known = {.challenge = one.result, .key = "known@example.com"};
    struct registration_contact unknown = {.challenge = two.result, .key = "other@example.com"};
    at[1].wants = wants_of(kit, &registration_contact_verb, &known);
    at[2].wants = wants_of(kit, &registration_contact_verb, &unknown);
    assert_same_work(at);
    assert_int_equal(at[2].made - at[1].made, 1);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM effect WHERE kind = 3"), 1);
}

static void an_account_there_is_keeps_its_password(void **state) {
    struct kit *kit = *state;
    int64_t account = registered(kit, LINE_ONE, TAIL_ONE, "anna@example.com");
    struct job begun = start(kit, "+85261230002", "0023", ACCEPTED);
    struct registration_contact in = {
        .challenge = begun.result, .email = "Anna@example.com", .password = "somebody else's 99"};
    prove(kit, &begun, ACCEPTED);
    memcpy(in.holder, begun.secret, sizeof in.holder);
    assert_int_equal(run(kit, &registration_contact_verb, &nobody, &in, NULL), ACCEPTED);
    assert_int_equal(verify(kit, &begun, ACCEPTED), account);
    sign_in(kit, "anna@example.com", "somebody else's 99", REFUSED_SIGN_IN);
    sign_in(kit, "anna@example.com", PASSWORD, ACCEPTED);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM account_line"), 2);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM account WHERE state = 1"), 0);
    registered(kit, LINE_ONE, TAIL_ONE, "anna@example.com"); /* again: nothing twice */
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM account_line"), 2);
}

/* Two challenges with one address: each has its own password; whose code comes first, wins, and no
 * other password gets in with it. */
static void nobody_slips_a_password_under_another(void **state) {
    struct kit *kit = *state;
    struct job victim = start(kit, LINE_ONE, TAIL_ONE, ACCEPTED);
    struct job attacker = start(kit, "+85261230002", "0023", ACCEPTED);
    struct registration_contact in = {.challenge = attacker.result,
                                      .email = "anna@example.com",
                                      .password = "the attacker's own"};
    prove(kit, &victim, ACCEPTED);
    prove(kit, &attacker, ACCEPTED);
    give_contact(kit, &victim, "anna@example.com", ACCEPTED);
    memcpy(in.holder, attacker.secret, sizeof in.holder);
    assert_int_equal(run(kit, &registration_contact_verb, &nobody, &in, NULL), ACCEPTED);
    verify(kit, &victim, ACCEPTED);
    sign_in(kit, "anna@example.com", "the attacker's own", REFUSED_SIGN_IN);
    sign_in(kit, "anna@example.com", PASSWORD, ACCEPTED);
}

static void wrong_codes_are_counted_and_end(void **state) {
    struct kit *kit = *state;
    struct job begun = start(kit, LINE_ONE, TAIL_ONE, ACCEPTED);
    struct registration_prove in = {.challenge = begun.result};
    struct registration_resend again = {.challenge = begun.result};
    char right[CODE_TYPED];
    memcpy(in.holder, begun.secret, sizeof in.holder);
    memcpy(again.holder, begun.secret, sizeof again.holder);
    snprintf(in.code, sizeof in.code, "1234567x");
    assert_int_equal(run(kit, &registration_prove_verb, &nobody, &in, NULL), REFUSED_CODE_WRONG);
    assert_int_equal(challenge_of(kit, begun.result).attempts, 0); /* it cannot be one */
    wrong_code_of(kit, begun.result, in.code);
    for (int i = 0; i < 5; i++)
        assert_int_equal(run(kit, &registration_prove_verb, &nobody, &in, NULL),
                         REFUSED_CODE_WRONG);
    kit_restart(kit);
    prove(kit, &begun, REFUSED_TOO_MANY); /* the right one is dead as well */
    code_of(kit, begun.result, right);
    assert_int_equal(run(kit, &registration_resend_verb, &nobody, &again, NULL), ACCEPTED);
    memcpy(in.code, right, sizeof in.code);
    assert_int_equal(run(kit, &registration_prove_verb, &nobody, &in, NULL), REFUSED_CODE_WRONG);
    code_of(kit, begun.result, right);
    snprintf(in.code, sizeof in.code, "%.4s %.4s", right, right + 4);
    assert_int_equal(run(kit, &registration_prove_verb, &nobody, &in, NULL), ACCEPTED);
    prove(kit, &begun, REFUSED_CODE_USED);
    assert_int_equal(run(kit, &registration_resend_verb, &nobody, &again, NULL), REFUSED_CODE_USED);
}

static void a_challenge_is_its_holders_alone(void **state) {
    struct kit *kit = *state;
    struct job begun = start(kit, LINE_ONE, TAIL_ONE, ACCEPTED);
    struct job other = start(kit, "+85261230002", "0023", ACCEPTED);
    struct registration_resend again = {.challenge = begun.result};
    char sql[200];
    give_contact(kit, &begun, "a@example.com", REFUSED_PROOF);
    verify(kit, &begun, REFUSED_PROOF);
    int64_t mine = begun.result;
    begun.result = other.result; /* the other's challenge with my secret */
    prove(kit, &begun, REFUSED_NOT_FOUND);
    give_contact(kit, &begun, "a@example.com", REFUSED_NOT_FOUND);
    verify(kit, &begun, REFUSED_NOT_FOUND);
    again.challenge = other.result;
    memcpy(again.holder, begun.secret, sizeof again.holder);
    assert_int_equal(run(kit, &registration_resend_verb, &nobody, &again, NULL), REFUSED_NOT_FOUND);
    snprintf(sql, sizeof sql, "UPDATE challenge SET operator = 1 WHERE id = %lld", (long long)mine);
    begun.result = mine;
    struct registration_prove in = {.challenge = mine, .code = "00000000"};
    memcpy(in.holder, begun.secret, sizeof in.holder);
    kit_sql(kit, sql); /* another operator's */
    assert_int_equal(run(kit, &registration_prove_verb, &nobody, &in, NULL), REFUSED_NOT_FOUND);
}

static void codes_end(void **state) {
    struct kit *kit = *state;
    struct job begun = start(kit, LINE_ONE, TAIL_ONE, ACCEPTED);
    struct registration_resend again = {.challenge = begun.result};
    memcpy(again.holder, begun.secret, sizeof again.holder);
    kit_now += 10 * MINUTE;
    prove(kit, &begun, REFUSED_CODE_EXPIRED);
    assert_int_equal(run(kit, &registration_resend_verb, &nobody, &again, NULL), ACCEPTED);
    prove(kit, &begun, ACCEPTED);
    struct job late = start(kit, LINE_ONE, TAIL_ONE, ACCEPTED);
    prove(kit, &late, ACCEPTED);
    kit_now += 1 * HOUR;
    give_contact(kit, &late, "late@example.com", REFUSED_CODE_EXPIRED);
    kit_now += 2 * DAY;
    again.challenge = late.result;
    begun = start(kit, LINE_ONE, TAIL_ONE, ACCEPTED);
    prove(kit, &begun, ACCEPTED);
    give_contact(kit, &begun, "late@example.com", ACCEPTED);
    kit_now += 24 * HOUR - 1;
    struct job other = begun;
    kit_now += 1;
    verify(kit, &other, REFUSED_CODE_EXPIRED);
    again.challenge = begun.result;
    memcpy(again.holder, begun.secret, sizeof again.holder);
    assert_int_equal(run(kit, &registration_resend_verb, &nobody, &again, NULL),
                     REFUSED_CODE_EXPIRED);
}

static void sends_are_limited(void **state) {
    struct kit *kit = *state;
    struct job begun = start(kit, LINE_ONE, TAIL_ONE, ACCEPTED);
    struct registration_resend again = {.challenge = begun.result};
    enum refusal refusal = ACCEPTED;
    int sent = 1;
    memcpy(again.holder, begun.secret, sizeof again.holder);
    for (; sent < 30 && !refusal; sent += !refusal)
        refusal = run(kit, &registration_resend_verb, &nobody, &again, NULL);
    assert_int_equal(refusal, REFUSED_RESEND_LIMIT);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM effect WHERE kind = 1"), sent);
    struct registration_start in = {LINE_ONE, TAIL_ONE, "en", 0};
    for (refusal = ACCEPTED; sent < 200 && !refusal; sent++)
        refusal = run(kit, &registration_start_verb, &nobody, &in, NULL);
    assert_int_equal(refusal, REFUSED_TOO_MANY);
    kit_restart(kit);
    start(kit, LINE_ONE, TAIL_ONE, REFUSED_TOO_MANY);
}

/* The number's budget is spent for a number nobody has just as soon. */
static void unknown_numbers_lock_like_known_ones(void **state) {
    struct kit *kit = *state;
    static const char *const numbers[2] = {LINE_ONE, "+85269999999"};
    int started[2] = {0};
    for (int i = 0; i < 2; i++) {
        struct registration_start in = {.iccid_tail = TAIL_ONE, .language = "en"};
        struct actor actor = nobody;
        memcpy(in.number, numbers[i], strlen(numbers[i]));
        for (enum refusal refusal = ACCEPTED; started[i] < 200 && !refusal; started[i]++) {
            snprintf(actor.address, sizeof actor.address, "198.51.100.%d", started[i]);
            refusal = run(kit, &registration_start_verb, &actor, &in, NULL);
        }
    }
    assert_int_equal(started[0], started[1]);
    assert_true(started[0] > 1 && started[0] < 200);
}

static void mails_are_limited_by_address(void **state) {
    struct kit *kit = *state;
    struct job begun;
    enum refusal refusal = ACCEPTED;
    struct registration_contact in = {.email = "target@example.com"};
    struct registration_resend again = {0};
    struct registration_verify last = {0};
    for (int i = 0; i < 60 && refusal != REFUSED_TOO_MANY; i++) {
        if (i % 2 == 0) {
            kit_sql(kit, "DELETE FROM budget WHERE scope IN ('sms', 'start')");
            begun = start(kit, LINE_ONE, TAIL_ONE, ACCEPTED);
            prove(kit, &begun, ACCEPTED);
            in.challenge = begun.result;
            memcpy(in.holder, begun.secret, sizeof in.holder);
        }
        memcpy(in.password, PASSWORD, sizeof PASSWORD);
        refusal = run(kit, &registration_contact_verb, &nobody, &in, NULL);
    }
    assert_int_equal(refusal, REFUSED_TOO_MANY);
    again.challenge = last.challenge = begun.result;
    memcpy(again.holder, begun.secret, sizeof again.holder);
    kit_sql(kit, "DELETE FROM budget WHERE scope = 'mail'");
    give_contact(kit, &begun, "target@example.com", ACCEPTED);
    kit_sql(kit, "UPDATE budget SET count = 1000000 WHERE scope = 'mail'");
    assert_int_equal(run(kit, &registration_resend_verb, &nobody, &again, NULL), REFUSED_TOO_MANY);
    kit_sql(kit, "DELETE FROM budget WHERE scope = 'mail'");
    for (int i = 0; i < 30 && refusal != REFUSED_RESEND_LIMIT; i++) {
        kit_sql(kit, "DELETE FROM budget WHERE scope = 'mail'");
        memcpy(in.password, PASSWORD, sizeof PASSWORD);
        refusal = run(kit, &registration_contact_verb, &nobody, &in, NULL);
    }
    assert_int_equal(refusal, REFUSED_RESEND_LIMIT);
    memcpy(last.holder, begun.secret, sizeof last.holder);
    wrong_code_of(kit, begun.result, last.code);
    for (int i = 0; i < 5; i++)
        assert_int_equal(run(kit, &registration_verify_verb, &nobody, &last, NULL),
                         REFUSED_CODE_WRONG);
    verify(kit, &begun, REFUSED_TOO_MANY);
}

static void weak_passwords_and_addresses(void **state) {
    struct kit *kit = *state;
    static const char *const weak[] = {"ninechars", "1234567890", "Password123", "aaaaaaaaaaaa",
                                       "long.name@example.com"};
    struct job begun = start(kit, LINE_ONE, TAIL_ONE, ACCEPTED);
    prove(kit, &begun, ACCEPTED);
    int made = hashes_made;
    for (size_t i = 0; i < 5; i++) {
        struct registration_contact in = {.challenge = begun.result,
                                          .email = "long.name@example.com"};
        memcpy(in.holder, begun.secret, sizeof in.holder);
        snprintf(in.password, sizeof in.password, "%s", weak[i]);
        assert_int_equal(run(kit, &registration_contact_verb, &nobody, &in, NULL),
                         REFUSED_PASSWORD_WEAK);
    }
    assert_int_equal(hashes_made, made); /* no memory is spent on them */
    assert_int_equal(password_points("\xe9\xa6\x99\xe6\xb8\xaf\xe9\xa6\x99\xe6\xb8\xaf", "x@y"), 0);
    assert_int_equal(password_points("海港海港海港海港海底", "x@y"), 10);
    assert_int_equal(password_points("long.name.x", "long.name.x@example.com"), 0);
    char edge[PASSWORD_BYTES + 2];
    for (size_t i = 0; i <= PASSWORD_BYTES; i++)
        edge[i] = (char)('a' + i % 26);
    edge[PASSWORD_BYTES + 1] = '\0';
    assert_int_equal(password_points(edge, "x@y"), 0);
    edge[PASSWORD_BYTES] = '\0';
    assert_int_equal(password_points(edge, "x@y"), PASSWORD_BYTES);
    give_contact(kit, &begun, "nobody at example", REFUSED_EMAIL_FORM);
    give_contact(kit, &begun, "long.name@example.com", ACCEPTED);
}

/* The number was closed and given to another line while the code was under way. */
static void a_line_that_closed_meanwhile_is_not_linked(void **state) {
    struct kit *kit = *state;
    struct job begun = start(kit, LINE_ONE, TAIL_ONE, ACCEPTED);
    prove(kit, &begun, ACCEPTED);
    give_contact(kit, &begun, "anna@example.com", ACCEPTED);
    kit_sql(kit, "UPDATE line SET state = 4, closed_at = 5 WHERE id = 5001");
    kit_sql(kit, "UPDATE line SET number = '" LINE_ONE "' WHERE id = 5002");
    verify(kit, &begun, REFUSED_LINE_CLOSED);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM account_line"), 0);
    struct registration_start in = {"+85261230002", "0023", "en", 0}; /* closed after prepare */
    struct job late = {.verb = &registration_start_verb, .actor = nobody, .input = &in};
    kit_sql(kit, "UPDATE line SET number = '+85261230002' WHERE id = 5002");
    registration_start_verb.prepare(&in, &nobody, kit->reader, kit->engine, &kit->secrets);
    assert_int_equal(in.line, 5002);
    kit_sql(kit, "UPDATE line SET state = 4 WHERE id = 5002");
    job_fill(&late, &kit->secrets);
    assert_true(committer_run(kit->committer, &late));
    assert_int_equal(late.refusal, ACCEPTED);
    assert_int_equal(challenge_of(kit, late.result).line, 0);
    kit_sql(kit, "UPDATE line SET state = 1, number = '" LINE_ONE "' WHERE id = 5002");
    /* the next owner proves the line that has the number now; the former SIM proves nothing */
    struct job former = start(kit, LINE_ONE, TAIL_ONE, ACCEPTED);
    assert_int_equal(challenge_of(kit, former.result).line, 0);
    registered(kit, LINE_ONE, "0023", "next@example.com");
    assert_int_equal(kit_number(kit, "SELECT line FROM account_line"), 5002);
}

static void what_is_badly_asked(void **state) {
    struct kit *kit = *state;
    struct registration_start start_in = {LINE_ONE, "12x4", "en", 0};
    struct registration_contact contact = {.email = "a@example.com", .password = PASSWORD};
    struct registration_verify verify_in = {.challenge = 3};
    struct registration_resend resend = {.challenge = 3};
    struct actor stranger = nobody;
    assert_int_equal(run(kit, &registration_start_verb, &nobody, &start_in, NULL), REFUSED_INPUT);
    memcpy(start_in.iccid_tail, TAIL_ONE, 5);
    /* In any other form the number would be nobody's, and the person would wait for nothing. */
    static const char *const forms[] = {
        "61230001", "85261230001", "0085261230001", "+852 61230001", "+8526123000", "+852612300012",
        "+"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        snprintf(start_in.number, sizeof start_in.number, "%s", forms[i]);
        assert_int_equal(run(kit, &registration_start_verb, &nobody, &start_in, NULL),
                         REFUSED_INPUT);
    }
    snprintf(start_in.number, sizeof start_in.number, "%s", LINE_ONE);
    stranger.operator= 77;
    assert_int_equal(run(kit, &registration_start_verb, &stranger, &start_in, NULL),
                     REFUSED_NOT_FOUND);
    provoke_busy(kit, &registration_start_verb, &nobody, &start_in);
    provoke_busy(kit, &registration_contact_verb, &nobody, &contact);
    provoke_busy(kit, &registration_verify_verb, &nobody, &verify_in);
    provoke_busy(kit, &registration_resend_verb, &nobody, &resend);
}

/* Prepared on one address, decided on another: tried again, nothing is changed. */
static void what_changed_meanwhile_is_noticed(void **state) {
    struct kit *kit = *state;
    struct job begun = start(kit, LINE_ONE, TAIL_ONE, ACCEPTED), job = {0};
    struct registration_verify in = {.challenge = begun.result};
    prove(kit, &begun, ACCEPTED);
    give_contact(kit, &begun, "first@example.com", ACCEPTED);
    memcpy(in.holder, begun.secret, sizeof in.holder);
    code_of(kit, begun.result, in.code);
    assert_int_equal(
        registration_verify_verb.prepare(&in, &nobody, kit->reader, kit->engine, &kit->secrets),
        ACCEPTED);
    give_contact(kit, &begun, "second@example.com", ACCEPTED);
    job = (struct job){.verb = &registration_verify_verb, .actor = nobody, .input = &in};
    job_fill(&job, &kit->secrets);
    assert_true(committer_run(kit->committer, &job));
    assert_int_equal(job.refusal, REFUSED_BUSY);
    assert_int_equal(challenge_of(kit, begun.result).attempts, 0);
}

/* A line that is asked for without its SIM, by an ID number that does not fit: test_without_sim.c
 * has the ones that do. */
static void what_is_claimed_must_fit(void **state) {
    struct kit *kit = *state;
    struct registration_claim in = {.number = "+85261230099",
                                    .document_type = "hkid",
                                    .document = "A123456(3)",
                                    .language = "en"};
    struct registration_claim bad = in;
    struct actor elsewhere = nobody;
    struct job begun;
    provoke_busy(kit, &registration_claim_verb, &nobody, &bad);
    bad.number[0] = '0';
    assert_int_equal(run(kit, &registration_claim_verb, &nobody, &bad, &begun), REFUSED_INPUT);
    bad = in;
    memcpy(bad.document, "A123456(4)", 11);
    assert_int_equal(run(kit, &registration_claim_verb, &nobody, &bad, &begun),
                     REFUSED_DOCUMENT_CHECK);
    memcpy(bad.document, "A12", 4);
    assert_int_equal(run(kit, &registration_claim_verb, &nobody, &bad, &begun),
                     REFUSED_DOCUMENT_FORM);
    memcpy(bad.document_type, "card", 5);
    assert_int_equal(run(kit, &registration_claim_verb, &nobody, &bad, &begun),
                     REFUSED_DOCUMENT_TYPE);
    bad = in;
    elsewhere.operator= 9999;
    assert_int_equal(run(kit, &registration_claim_verb, &elsewhere, &bad, &begun),
                     REFUSED_NOT_FOUND);
    assert_int_equal(run(kit, &registration_claim_verb, &nobody, &in, &begun), ACCEPTED);
    give_contact(kit, &begun, "claims@example.com", ACCEPTED);
    verify(kit, &begun, REFUSED_IDENTITY);
    enum refusal no = ACCEPTED;
    for (int i = 0; i < 50 && !no; i++)
        no = run(kit, &registration_claim_verb, &nobody, &in, &begun);
    assert_int_equal(no, REFUSED_TOO_MANY);
}

static void every_refusal_was_provoked(void **state) {
    (void)state;
    assert_all_provoked(&registration_start_verb);
    assert_all_provoked(&registration_claim_verb);
    assert_all_provoked(&registration_prove_verb);
    assert_all_provoked(&registration_contact_verb);
    assert_all_provoked(&registration_verify_verb);
    assert_all_provoked(&registration_resend_verb);
}

#define WITH_KIT(name) cmocka_unit_test_setup_teardown(name, people_open, people_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_KIT(the_whole_way),
        WITH_KIT(start_does_the_same_for_known_and_unknown),
        WITH_KIT(contact_does_the_same_for_known_and_unknown),
        WITH_KIT(an_account_there_is_keeps_its_password),
        WITH_KIT(nobody_slips_a_password_under_another),
        WITH_KIT(wrong_codes_are_counted_and_end),
        WITH_KIT(a_challenge_is_its_holders_alone),
        WITH_KIT(codes_end),
        WITH_KIT(sends_are_limited),
        WITH_KIT(unknown_numbers_lock_like_known_ones),
        WITH_KIT(mails_are_limited_by_address),
        WITH_KIT(weak_passwords_and_addresses),
        WITH_KIT(a_line_that_closed_meanwhile_is_not_linked),
        WITH_KIT(what_is_claimed_must_fit),
        WITH_KIT(what_is_badly_asked),
        WITH_KIT(what_changed_meanwhile_is_noticed),
        cmocka_unit_test(every_refusal_was_provoked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
