/* The status of a closure by its reference and a code to a contact: who gets the code, what is the
 * same for whatever there is not, and that one code opens one status once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "case_kit.h"
#include "commands/status_open.h"

static struct case_kit kit;
static char email[EMAIL_SIZE]; /* the line's contact */

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    struct contact contact;
    case_read(&kit, CONTACT_BY_ID, kit.contact, &contact);
    memcpy(email, contact.address, sizeof email);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    case_close(&kit);
    return 0;
}

static struct closure submitted(void) {
    struct closure closure;
    case_read(&kit, CLOSURE_BY_ID, case_submit(&kit, 0, NULL), &closure);
    return closure;
}

static struct job ask(const char *reference, const char *address, enum refusal expect) {
    struct status_ask in = {.language = "en"};
    struct job job = {0};
    snprintf(in.reference, sizeof in.reference, "%s", reference);
    snprintf(in.email, sizeof in.email, "%s", address);
    assert_int_equal(kit_run(&kit.kit, &status_ask_verb, &kit.anyone, &in, NULL, &job), expect);
    return job;
}

static struct challenge challenge_of(int64_t id) {
    struct challenge challenge;
    case_read(&kit, CHALLENGE_BY_ID, id, &challenge);
    return challenge;
}

static int64_t open_with(const struct job *asked, const char *code, enum refusal expect) {
    struct status_open in = {.challenge = asked->result};
    struct job job = {0};
    snprintf(in.holder, sizeof in.holder, "%.43s", asked->secret);
    snprintf(in.code, sizeof in.code, "%s", code);
    assert_int_equal(kit_run(&kit.kit, &status_open_verb, &kit.anyone, &in, NULL, &job), expect);
    return job.result;
}

static void code_of(const struct job *asked, char code[CODE_DIGITS + 1]) {
    struct challenge challenge = challenge_of(asked->result);
    secret_code(&kit.kit.secrets, challenge.purpose, challenge.id, challenge.issue, challenge.nonce,
                code);
}

static int64_t open_right(const struct job *asked, enum refusal expect) {
    char code[CODE_DIGITS + 1];
    code_of(asked, code);
    return open_with(asked, code, expect);
}

/* --- */

static void whatever_there_is_not_is_answered_alike(void **state) {
    static const char *const tables[] = {"budget", "challenge", "effect", "journal", "remembered"};
    enum { TABLES = sizeof tables / sizeof *tables, CASES = 4 };
    struct closure closure = submitted();
    const struct {
        const char *reference, *address;
    } cases[CASES] = {{closure.reference, "CHAN@example.com"},
                      {closure.reference, "other@example.com"},
                      {"RO-7K3F-92QX", email},
                      {"RO-7K3F-92QX", "stranger@example.com"}};
    int64_t rows[CASES + 1][TABLES];
    (void)state;
    ask("RO-2222-2222", "third@example.com", ACCEPTED); /* the peer's row */
    for (int i = 0; i <= CASES; i++) {
        for (size_t k = 0; k < TABLES; k++) {
            char sql[64];
            snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", tables[k]);
            rows[i][k] = kit_number(&kit.kit, sql);
        }
        if (i == CASES)
            break;
        kit_sql(&kit.kit, "DELETE FROM budget WHERE scope IN ('mail', 'status')");
        rows[i][0] = kit_number(&kit.kit, "SELECT count(*) FROM budget");
        struct job asked = ask(cases[i].reference, cases[i].address, ACCEPTED);
        assert_int_equal(strlen(asked.secret), 32);
        assert_int_equal(challenge_of(asked.result).closure, i ? 0 : closure.id);
        if (!i) /* as it is registered, not as it was typed */
            assert_string_equal(challenge_of(asked.result).address, email);
        if (i) /* even the code that was never sent does not fit */
            open_right(&asked, REFUSED_CODE_WRONG);
        else
            open_with(&asked, "00000000", REFUSED_CODE_WRONG);
        assert_int_equal(challenge_of(asked.result).attempts, 1);
    }
    for (int i = 1; i < CASES; i++)
        for (size_t k = 1; k < TABLES; k++)
            assert_int_equal(rows[i + 1][k] - rows[i][k], rows[1][k] - rows[0][k]);
}

static void a_young_or_removed_address_gets_nothing(void **state) {
    char sql[120];
    struct closure closure = submitted();
    (void)state;
    snprintf(sql, sizeof sql, "UPDATE contact SET since = %lld", (long long)(kit_now - 13 * DAY));
    kit_sql(&kit.kit, sql);
    assert_int_equal(challenge_of(ask(closure.reference, email, ACCEPTED).result).closure, 0);
    kit_sql(&kit.kit, "UPDATE contact SET since = 1, removed_at = 2");
    assert_int_equal(challenge_of(ask(closure.reference, email, ACCEPTED).result).closure, 0);
    kit_sql(&kit.kit, "UPDATE contact SET removed_at = 0, line = line + 1");
    assert_int_equal(challenge_of(ask(closure.reference, email, ACCEPTED).result).closure, 0);
}

static void it_opens_once_and_for_who_asked(void **state) {
    struct closure closure = submitted();
    struct job asked = ask(closure.reference, email, ACCEPTED), stranger = asked;
    (void)state;
    stranger.secret[0] ^= 1;
    open_right(&stranger, REFUSED_NOT_FOUND);
    open_with(&asked, "12345", REFUSED_CODE_WRONG); /* a slip costs nothing */
    assert_int_equal(challenge_of(asked.result).attempts, 0);
    assert_int_equal(open_right(&asked, ACCEPTED), closure.id);
    assert_string_equal(challenge_of(asked.result).address, "");
    open_right(&asked, REFUSED_CODE_USED);
    asked = ask(closure.reference, email, ACCEPTED);
    kit_now += HOUR;
    open_right(&asked, REFUSED_CODE_EXPIRED);
    asked = ask(closure.reference, email, ACCEPTED);
    enum refusal no = REFUSED_CODE_WRONG;
    for (int i = 0; i < 20 && no == REFUSED_CODE_WRONG; i++) {
        struct status_open in = {.challenge = asked.result, .code = "00000000"};
        memcpy(in.holder, asked.secret, sizeof in.holder);
        no = kit_run(&kit.kit, &status_open_verb, &kit.anyone, &in, NULL, NULL);
    }
    assert_int_equal(no, REFUSED_TOO_MANY);
    open_right(&asked, REFUSED_TOO_MANY);
}

static struct closure closure_after(int64_t id) {
    struct closure closure;
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    return closure;
}

/* The line is closed and its number somebody else's: the case is still its owner's. */
static void it_outlives_the_line(void **state) {
    char sql[200];
    (void)state;
    int64_t id = case_executing(&kit);
    struct closure closure;
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    struct network_cut cut = {.closure = id,
                              .line = kit.line,
                              .effect = case_effect(&kit, id, EFFECT_NETWORK_CUT),
                              .evidence = "read back"};
    enum refusal no;
    case_run(&kit, &network_cut_verb, &kit.system, &cut, &no);
    assert_int_equal(no, ACCEPTED);
    kit_now += 200 * DAY;
    struct job asked = ask(closure.reference, email, ACCEPTED);
    assert_int_equal(open_right(&asked, ACCEPTED), id);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM effect WHERE kind = %d AND door <> 'mail'",
             EFFECT_STATUS_CODE);
    assert_int_equal(kit_number(&kit.kit, sql), 0); /* never to a number */
    kit_now = closure_after(id).claim_until;        /* the last that was open */
    asked = ask(closure.reference, email, ACCEPTED);
    open_right(&asked, REFUSED_CODE_WRONG);
}

static void input_is_checked(void **state) {
    struct closure closure = submitted();
    struct status_ask in = {.email = "a@example.com", .language = "xx"};
    (void)state;
    ask("RO-1", email, REFUSED_INPUT);
    ask(closure.reference, "no address", REFUSED_EMAIL_FORM);
    memcpy(in.reference, closure.reference, sizeof closure.reference);
    assert_int_equal(kit_run(&kit.kit, &status_ask_verb, &kit.anyone, &in, NULL, NULL),
                     REFUSED_INPUT);
    struct actor elsewhere = kit.anyone;
    elsewhere.operator= 9999;
    memcpy(in.language, "en", 3);
    assert_int_equal(kit_run(&kit.kit, &status_ask_verb, &elsewhere, &in, NULL, NULL),
                     REFUSED_NOT_FOUND);
    /* As it is read out and typed. */
    struct job asked = ask(" ｒｏ 7k3f-92qx ", email, ACCEPTED);
    assert_int_equal(challenge_of(asked.result).closure, 0);
    enum refusal no = ACCEPTED;
    for (int i = 0; i < 50 && no == ACCEPTED; i++) {
        in = (struct status_ask){.language = "en"};
        memcpy(in.reference, closure.reference, sizeof closure.reference);
        snprintf(in.email, sizeof in.email, "guess%d@example.com", i);
        no = kit_run(&kit.kit, &status_ask_verb, &kit.anyone, &in, NULL, NULL);
    }
    assert_int_equal(no, REFUSED_TOO_MANY); /* whose contacts these are is not found by trying */
}

#define WITH_KIT(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_KIT(whatever_there_is_not_is_answered_alike),
        WITH_KIT(a_young_or_removed_address_gets_nothing),
        WITH_KIT(it_opens_once_and_for_who_asked),
        WITH_KIT(it_outlives_the_line),
        WITH_KIT(input_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
