#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "commands/password.h"
#include "people_kit.h"

/* The part of a hash that says what checking it costs. */
enum { COST = sizeof "$argon2id$v=19$m=65536,t=2,p=1$" - 1 };

static struct session session_of(struct kit *kit, int64_t id) {
    struct session session = {0};
    struct key key = {.id = id, .operator= 4096 };
    struct want want = {.statement = SESSION_BY_ID, .in = &key, .rows = &session, .room = 1};
    assert_int_equal(kit->engine->read(kit->reader, &want, 1), STORE_OK);
    return session;
}

static enum refusal step_up(struct kit *kit, const struct actor *actor, const char *password) {
    struct session_step_up in = {0};
    snprintf(in.password, sizeof in.password, "%s", password);
    return run(kit, &session_step_up_verb, actor, &in, NULL);
}

static int64_t count(struct kit *kit, const char *sql) {
    return kit_number(kit, sql);
}

static void a_session_is_found_by_its_token_and_ends(void **state) {
    struct kit *kit = *state;
    registered(kit, LINE_ONE, TAIL_ONE, "anna@example.com");
    struct job job = sign_in(kit, " Anna@Example.com ", PASSWORD, ACCEPTED);
    struct session session = {0};
    struct key key = {.operator= 4096 };
    struct want want = {.statement = SESSION_BY_TOKEN, .in = &key, .rows = &session, .room = 1};
    assert_int_equal(strlen(job.secret), 43);
    session_token_hash(&kit->secrets, job.secret, key.hash);
    assert_int_equal(kit->engine->read(kit->reader, &want, 1), STORE_OK);
    assert_int_equal(session.id, job.result);
    assert_true(session_live(&session, kit_now));
    assert_true(session_live(&session, session.ends_at - 1));
    assert_false(session_live(&session, session.ends_at));
    assert_true(session.ends_at - kit_now <= 24 * HOUR);
    struct session closed = session;
    closed.closed_at = kit_now;
    assert_false(session_live(&closed, kit_now));
    assert_false(session_live(&(struct session){.ends_at = INT64_MAX}, kit_now));
    struct job again = sign_in(kit, "anna@example.com", PASSWORD, ACCEPTED);
    assert_string_not_equal(again.secret, job.secret);
}

static void known_and_unknown_cost_the_same(void **state) {
    struct kit *kit = *state;
    int64_t budgets[3], journals[3];
    int checks[3];
    static const char *const emails[2] = {"anna@example.com", "nobody@example.com"};
    registered(kit, LINE_ONE, TAIL_ONE, "anna@example.com");
    sign_in(kit, "third@example.com", "wrong password", REFUSED_SIGN_IN); /* the peer's rows */
    for (int i = 0; i < 3; i++) {
        budgets[i] = count(kit, "SELECT count(*) + 1000 * sum(count) FROM budget");
        journals[i] = count(kit, "SELECT count(*) FROM journal");
        checks[i] = hashes_checked;
        if (i == 2)
            break;
        sign_in(kit, emails[i], "wrong password", REFUSED_SIGN_IN);
        assert_memory_equal(hash_checked, password_dummy, COST);
    }
    assert_int_equal(budgets[1] - budgets[0], budgets[2] - budgets[1]);
    assert_int_equal(journals[1] - journals[0], journals[2] - journals[1]);
    assert_int_equal(checks[1] - checks[0], 1);
    assert_int_equal(checks[2] - checks[1], 1);
    char hash[PASSWORD_TEXT]; /* the dummy costs what a real one costs */
    assert_true(secret_password_hash("x", hash));
    assert_memory_equal(hash, password_dummy, COST);
    assert_false(secret_password_check(password_dummy, ""));
}

static void failures_lock_known_and_unknown_alike(void **state) {
    struct kit *kit = *state;
    static const char *const emails[2] = {"anna@example.com", "nobody@example.com"};
    int tries[2] = {0};
    registered(kit, LINE_ONE, TAIL_ONE, "anna@example.com");
    for (int i = 0; i < 2; i++) {
        enum refusal refusal = REFUSED_SIGN_IN;
        for (; tries[i] < 50 && refusal == REFUSED_SIGN_IN; tries[i]++) {
            struct session_open in = {.password = "wrong password"};
            struct actor actor = nobody;
            snprintf(actor.address, sizeof actor.address, "198.51.100.%d", tries[i]);
            memcpy(in.email, emails[i], strlen(emails[i]));
            refusal = run(kit, &session_open_verb, &actor, &in, NULL);
        }
        assert_int_equal(refusal, REFUSED_TOO_MANY);
    }
    assert_int_equal(tries[0], tries[1]);
    kit_restart(kit);
    sign_in(kit, "anna@example.com", PASSWORD, REFUSED_TOO_MANY);
    int64_t spent = count(kit, "SELECT sum(count) FROM budget");
    sign_in(kit, "nobody@example.com", PASSWORD, REFUSED_TOO_MANY);
    assert_int_equal(count(kit, "SELECT sum(count) FROM budget"), spent);
    kit_now += 61 * MINUTE; /* a lock ends by itself */
    sign_in(kit, "anna@example.com", PASSWORD, ACCEPTED);
}

static void an_address_and_all_together_are_limited(void **state) {
    struct kit *kit = *state;
    static const char *const scopes[2] = {"address", "overall"};
    registered(kit, LINE_ONE, TAIL_ONE, "anna@example.com");
    for (int i = 0; i < 2; i++) {
        char sql[100];
        sign_in(kit, "anna@example.com", "wrong password", REFUSED_SIGN_IN);
        snprintf(sql, sizeof sql, "UPDATE budget SET count = 1000000 WHERE scope = '%s'",
                 scopes[i]);
        kit_sql(kit, sql);
        sign_in(kit, "anna@example.com", PASSWORD, REFUSED_TOO_MANY);
        kit_sql(kit, "DELETE FROM budget");
        sign_in(kit, "anna@example.com", PASSWORD, ACCEPTED);
    }
    sign_in(kit, "anna@example.com", "wrong password", REFUSED_SIGN_IN);
    sign_in(kit, "anna@example.com", PASSWORD, ACCEPTED); /* gives the account's back */
    assert_int_equal(count(kit, "SELECT count FROM budget WHERE scope = 'sign_in'"), 0);
    assert_int_equal(count(kit, "SELECT count FROM budget WHERE scope = 'address'"), 1);
}

/* Nobody makes the house hash whose attempts are spent, known or not. */
static void spent_attempts_cost_no_hash(void **state) {
    struct kit *kit = *state;
    static const char *const emails[2] = {"anna@example.com", "nobody@example.com"};
    registered(kit, LINE_ONE, TAIL_ONE, "anna@example.com");
    struct actor actor = signed_in(kit, "anna@example.com");
    sign_in(kit, emails[0], "wrong password", REFUSED_SIGN_IN);
    sign_in(kit, emails[1], "wrong password", REFUSED_SIGN_IN);
    assert_int_equal(step_up(kit, &actor, "wrong password"), REFUSED_SIGN_IN);
    kit_sql(kit, "UPDATE budget SET count = 1000000 WHERE scope IN ('sign_in', 'step_up')");
    int before = hashes_checked;
    for (int i = 0; i < 2; i++)
        sign_in(kit, emails[i], PASSWORD, REFUSED_TOO_MANY);
    assert_int_equal(step_up(kit, &actor, PASSWORD), REFUSED_TOO_MANY);
    assert_int_equal(hashes_checked, before);
    kit_now += 61 * MINUTE;
    sign_in(kit, emails[0], PASSWORD, ACCEPTED);
    sign_in(kit, emails[1], "wrong password", REFUSED_SIGN_IN);
    kit_sql(kit, "UPDATE budget SET count = 1000000 WHERE scope = 'overall'");
    before = hashes_checked;
    sign_in(kit, emails[1], PASSWORD, REFUSED_TOO_MANY);
    assert_int_equal(hashes_checked, before);
    assert_int_equal(step_up(kit, &actor, PASSWORD), ACCEPTED); /* strangers failed, not she */
    assert_int_equal(hashes_checked, before + 1);
}

/* The password was changed between the check and the decision. */
static void an_old_password_does_not_slip_through(void **state) {
    struct kit *kit = *state;
    struct session_open in = {.email = "anna@example.com", .password = PASSWORD};
    registered(kit, LINE_ONE, TAIL_ONE, "anna@example.com");
    assert_int_equal(
        session_open_verb.prepare(&in, &nobody, kit->reader, kit->engine, &kit->secrets), ACCEPTED);
    assert_int_equal(in.fits, 1);
    kit_sql(kit, "UPDATE account SET password_at = password_at + 1 WHERE state = 2");
    struct job job = {.verb = &session_open_verb, .actor = nobody, .input = &in};
    job_fill(&job, &kit->secrets);
    assert_true(committer_run(kit->committer, &job));
    assert_int_equal(job.refusal, REFUSED_SIGN_IN);
    assert_string_equal(job.secret, "");
    struct actor actor = signed_in(kit, "anna@example.com");
    struct session_step_up up = {.password = PASSWORD};
    assert_int_equal(
        session_step_up_verb.prepare(&up, &actor, kit->reader, kit->engine, &kit->secrets),
        ACCEPTED);
    kit_sql(kit, "UPDATE account SET password_at = password_at + 1 WHERE state = 2");
    job = (struct job){.verb = &session_step_up_verb, .actor = actor, .input = &up};
    job_fill(&job, &kit->secrets);
    assert_true(committer_run(kit->committer, &job));
    assert_int_equal(job.refusal, REFUSED_SIGN_IN);
}

static void stepping_up(void **state) {
    struct kit *kit = *state;
    struct policy policy = {.step_up_minutes = 10};
    registered(kit, LINE_ONE, TAIL_ONE, "anna@example.com");
    struct actor actor = signed_in(kit, "anna@example.com");
    struct session session = session_of(kit, actor.session);
    assert_false(session_stepped_up(&session, &policy, kit_now));
    assert_int_equal(step_up(kit, &actor, "wrong password"), REFUSED_SIGN_IN);
    assert_int_equal(step_up(kit, &actor, PASSWORD), ACCEPTED);
    session = session_of(kit, actor.session);
    assert_true(session_stepped_up(&session, &policy, kit_now + 10 * MINUTE - 1));
    assert_false(session_stepped_up(&session, &policy, kit_now + 10 * MINUTE));
    enum refusal refusal = REFUSED_SIGN_IN;
    int tries = 0;
    for (; tries < 50 && refusal == REFUSED_SIGN_IN; tries++)
        refusal = step_up(kit, &actor, "wrong password");
    assert_int_equal(refusal, REFUSED_TOO_MANY);
    assert_int_equal(step_up(kit, &actor, PASSWORD), REFUSED_TOO_MANY);
    sign_in(kit, "anna@example.com", PASSWORD, ACCEPTED); /* signing in is another budget */
}

static void closing_one_and_all(void **state) {
    struct kit *kit = *state;
    struct session_close close = {0};
    struct session_close_all all = {0};
    registered(kit, LINE_ONE, TAIL_ONE, "anna@example.com");
    registered(kit, "+85261230002", "0023", "ben@example.com");
    struct actor one = signed_in(kit, "anna@example.com");
    struct actor two = signed_in(kit, "anna@example.com");
    struct actor ben = signed_in(kit, "ben@example.com"), mixed = ben;
    mixed.session = one.session; /* another's session is none */
    assert_int_equal(run(kit, &session_close_verb, &mixed, &close, NULL), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(step_up(kit, &mixed, PASSWORD), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(run(kit, &session_close_verb, &one, &close, NULL), ACCEPTED);
    assert_int_equal(run(kit, &session_close_verb, &one, &close, NULL), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(run(kit, &session_close_all_verb, &one, &all, NULL), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(run(kit, &session_close_all_verb, &two, &all, NULL), ACCEPTED);
    assert_int_equal(count(kit, "SELECT count(*) FROM session WHERE closed_at = 0"), 1);
    assert_int_equal(session_of(kit, ben.session).closed_at, 0);
    kit_now += 2 * DAY;
    assert_int_equal(run(kit, &session_close_verb, &ben, &close, NULL), REFUSED_NOT_SIGNED_IN);
}

static void no_more_than_twenty_are_open(void **state) {
    struct kit *kit = *state;
    struct session_close_all all = {0};
    registered(kit, LINE_ONE, TAIL_ONE, "anna@example.com");
    struct actor first = signed_in(kit, "anna@example.com"), last = first;
    for (int i = 1; i < SESSIONS_AN_ACCOUNT + 2; i++) {
        kit_now += SECOND;
        last = signed_in(kit, "anna@example.com");
    }
    assert_int_equal(count(kit, "SELECT count(*) FROM session WHERE closed_at = 0"),
                     SESSIONS_AN_ACCOUNT);
    assert_true(session_of(kit, first.session).closed_at > 0);
    assert_int_equal(run(kit, &session_close_all_verb, &last, &all, NULL), ACCEPTED);
    assert_int_equal(count(kit, "SELECT count(*) FROM session WHERE closed_at = 0"), 0);
}

static void every_refusal_was_provoked(void **state) {
    struct kit *kit = *state;
    struct session_open in = {.email = "x@example.com"};
    struct session_step_up up = {.password = "x"};
    struct actor stranger = nobody, actor = {.kind = ACTOR_SUBSCRIBER, .operator= 4096, .id = 1};
    stranger.operator= 77;
    assert_int_equal(run(kit, &session_open_verb, &stranger, &in, NULL), REFUSED_NOT_FOUND);
    provoke_busy(kit, &session_open_verb, &nobody, &in);
    provoke_busy(kit, &session_step_up_verb, &actor, &up);
    assert_all_provoked(&session_open_verb);
    assert_all_provoked(&session_step_up_verb);
    assert_all_provoked(&session_close_verb);
    assert_all_provoked(&session_close_all_verb);
}

#define WITH_KIT(name) cmocka_unit_test_setup_teardown(name, people_open, people_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_KIT(a_session_is_found_by_its_token_and_ends),
        WITH_KIT(known_and_unknown_cost_the_same),
        WITH_KIT(failures_lock_known_and_unknown_alike),
        WITH_KIT(an_address_and_all_together_are_limited),
        WITH_KIT(spent_attempts_cost_no_hash),
        WITH_KIT(an_old_password_does_not_slip_through),
        WITH_KIT(stepping_up),
        WITH_KIT(closing_one_and_all),
        WITH_KIT(no_more_than_twenty_are_open),
        WITH_KIT(every_refusal_was_provoked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
