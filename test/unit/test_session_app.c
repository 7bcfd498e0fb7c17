/* An app's session: what is handed out and what is kept, the refresh token that counts once, and
 * who ends what. Thieves first. */
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

struct tokens {
    int64_t session;
    char access[ACCESS_LENGTH + 1], refresh[REFRESH_LENGTH + 1];
};

static struct tokens tokens_of(const struct job *job) {
    struct tokens tokens = {.session = job->result};
    assert_int_equal(strlen(job->secret), ACCESS_LENGTH + 1 + REFRESH_LENGTH);
    assert_int_equal(job->secret[ACCESS_LENGTH], ' ');
    memcpy(tokens.access, job->secret, ACCESS_LENGTH);
    memcpy(tokens.refresh, job->secret + ACCESS_LENGTH + 1, REFRESH_LENGTH);
    assert_true(session_is_access(tokens.access) && !session_is_refresh(tokens.access));
    assert_true(session_is_refresh(tokens.refresh) && !session_is_access(tokens.refresh));
    return tokens;
}

static enum refusal app_open(struct kit *kit, const char *email, const char *password,
                             struct tokens *tokens) {
    struct job job;
    struct session_open in = {.device = "Anna's telephone"};
    snprintf(in.email, sizeof in.email, "%s", email);
    snprintf(in.password, sizeof in.password, "%s", password);
    enum refusal refusal = run(kit, &session_open_app_verb, &nobody, &in, &job);
    assert_string_equal(in.password, "");
    if (!refusal)
        *tokens = tokens_of(&job);
    else
        assert_string_equal(job.secret, "");
    return refusal;
}

static struct tokens app(struct kit *kit) {
    struct tokens tokens;
    assert_int_equal(app_open(kit, ANNA, PASSWORD, &tokens), ACCEPTED);
    return tokens;
}

static enum refusal refresh(struct kit *kit, const char *token, struct tokens *tokens) {
    struct job job;
    struct session_refresh in = {0};
    snprintf(in.refresh_token, sizeof in.refresh_token, "%s", token);
    enum refusal refusal = run(kit, &session_refresh_verb, &nobody, &in, &job);
    if (!refusal)
        *tokens = tokens_of(&job);
    else
        assert_string_equal(job.secret, "");
    return refusal;
}

/* The row that the token leads to, when the token may be used. */
static bool access_counts(struct kit *kit, const char *access) {
    struct session session = {0};
    struct key key = {.operator= 4096 };
    struct want want = {.statement = SESSION_BY_TOKEN, .in = &key, .rows = &session, .room = 1};
    session_token_hash(&kit->secrets, access, key.hash);
    assert_int_equal(kit->engine->read(kit->reader, &want, 1), STORE_OK);
    return session_access_live(&session, kit_now);
}

static struct session session_of(struct kit *kit, int64_t id) {
    struct session session = {0};
    struct key key = {.id = id, .operator= 4096 };
    struct want want = {.statement = SESSION_BY_ID, .in = &key, .rows = &session, .room = 1};
    assert_int_equal(kit->engine->read(kit->reader, &want, 1), STORE_OK);
    return session;
}

static struct actor actor_of(struct kit *kit, int64_t session) {
    return (struct actor){.kind = ACTOR_SUBSCRIBER,
                          .operator= 4096,
                          .id = session_of(kit, session).account,
                          .session = session,
                          .address = "192.0.2.7"};
}

static int64_t mails(struct kit *kit) {
    char sql[100];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM effect WHERE kind = %d AND door = 'mail'",
             EFFECT_TOKEN_REUSED);
    return kit_number(kit, sql);
}

static void a_refresh_token_counts_once(void **state) {
    struct kit *kit = *state;
    struct tokens next, last;
    registered(kit, LINE_ONE, TAIL_ONE, ANNA);
    struct tokens first = app(kit);
    struct session opened = session_of(kit, first.session);
    assert_int_equal(opened.kind, SESSION_APP);
    assert_string_equal(opened.device, "Anna's telephone");
    assert_int_equal(opened.ends_at, kit_now + 30 * DAY);
    assert_int_equal(opened.access_ends_at, kit_now + 15 * MINUTE);
    assert_true(access_counts(kit, first.access));
    kit_now += 15 * MINUTE;
    assert_false(access_counts(kit, first.access));
    assert_int_equal(refresh(kit, first.refresh, &next), ACCEPTED);
    assert_int_equal(next.session, first.session);
    assert_memory_equal(next.refresh, first.refresh, FAMILY_LENGTH);
    assert_string_not_equal(next.refresh, first.refresh);
    assert_string_not_equal(next.access, first.access);
    assert_true(access_counts(kit, next.access));
    assert_false(access_counts(kit, next.refresh));
    assert_false(access_counts(kit, first.access));
    assert_int_equal(session_of(kit, first.session).used_at, kit_now);
    assert_int_equal(session_of(kit, first.session).ends_at, opened.ends_at); /* never later */
    kit_now = opened.ends_at - MINUTE;
    assert_int_equal(refresh(kit, next.refresh, &last), ACCEPTED);
    assert_int_equal(session_of(kit, first.session).access_ends_at, opened.ends_at);
    kit_now = opened.ends_at;
    assert_false(access_counts(kit, last.access));
    assert_int_equal(refresh(kit, last.refresh, &next), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(mails(kit), 0); /* it ended by itself */
}

/* The thief refreshes first and the owner after him, or the other way round: it ends either way. */
static void a_stolen_refresh_token_ends_the_session(void **state) {
    struct kit *kit = *state;
    struct tokens theirs, none;
    registered(kit, LINE_ONE, TAIL_ONE, ANNA);
    struct tokens other = app(kit), mine = app(kit);
    int64_t entries = kit_number(kit, "SELECT count(*) FROM journal");
    assert_int_equal(refresh(kit, mine.refresh, &theirs), ACCEPTED);
    assert_int_equal(refresh(kit, mine.refresh, &none), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(mails(kit), 1);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM journal"), entries + 2);
    assert_true(session_of(kit, mine.session).closed_at > 0);
    assert_false(access_counts(kit, theirs.access));
    assert_int_equal(refresh(kit, theirs.refresh, &none), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(refresh(kit, mine.refresh, &none), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(mails(kit), 1); /* told once */
    struct actor actor = actor_of(kit, mine.session);
    struct session_step_up up = {.password = PASSWORD};
    assert_int_equal(run(kit, &session_step_up_verb, &actor, &up, NULL), REFUSED_NOT_SIGNED_IN);
    assert_true(access_counts(kit, other.access)); /* another app of the account goes on */
    assert_int_equal(refresh(kit, other.refresh, &none), ACCEPTED);
}

/* Who knows neither the whole nor the common part of a token ends nothing with it. */
static void what_is_no_token_changes_nothing(void **state) {
    struct kit *kit = *state;
    struct tokens none, other;
    char forged[REFRESH_LENGTH + 1];
    registered(kit, LINE_ONE, TAIL_ONE, ANNA);
    struct tokens mine = app(kit);
    assert_int_equal(app_open(kit, ANNA, PASSWORD, &other), ACCEPTED);
    int64_t entries = kit_number(kit, "SELECT count(*) FROM journal");
    memcpy(forged, mine.refresh, sizeof forged);
    forged[FAMILY_LENGTH - 2] = forged[FAMILY_LENGTH - 2] == 'A' ? 'B' : 'A';
    const char *const wrong[] = {"",          "x",    REFRESH_MARK,
                                 ACCESS_MARK, forged, "ringoff_refresh_ringoff_refresh_",
                                 mine.access};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(refresh(kit, wrong[i], &none), REFUSED_NOT_SIGNED_IN);
    struct session_refresh in = {0};
    struct actor kite = nobody;
    kite.operator= 8192;
    memcpy(in.refresh_token, mine.refresh, sizeof mine.refresh);
    assert_int_equal(run(kit, &session_refresh_verb, &kite, &in, NULL), REFUSED_NOT_FOUND);
    /* Nor one that is decided on beside the session that it was not given for. */
    struct session_refresh crossed = {.session = mine.session};
    crossed.account = session_of(kit, mine.session).account;
    memcpy(crossed.refresh_token, other.refresh, sizeof other.refresh);
    struct job job = {.verb = &session_refresh_verb, .actor = nobody, .input = &crossed};
    job_fill(&job, &kit->secrets);
    assert_true(committer_run(kit->committer, &job));
    assert_int_equal(job.refusal, REFUSED_NOT_SIGNED_IN);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM journal"), entries);
    assert_int_equal(mails(kit), 0);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM session WHERE closed_at > 0"), 0);
    assert_int_equal(refresh(kit, mine.refresh, &none), ACCEPTED);
}

/* What prepare saw is looked at again: two that both read the good token, one is decided first. */
static void of_two_at_once_one_wins(void **state) {
    struct kit *kit = *state;
    struct session_refresh in[2] = {{{0}, 0, 0}, {{0}, 0, 0}};
    struct job jobs[2];
    registered(kit, LINE_ONE, TAIL_ONE, ANNA);
    struct tokens mine = app(kit);
    for (int i = 0; i < 2; i++) {
        memcpy(in[i].refresh_token, mine.refresh, sizeof mine.refresh);
        assert_int_equal(
            session_refresh_verb.prepare(&in[i], &nobody, kit->reader, kit->engine, &kit->secrets),
            ACCEPTED);
        assert_int_equal(in[i].session, mine.session);
    }
    for (int i = 0; i < 2; i++) {
        jobs[i] = (struct job){.verb = &session_refresh_verb, .actor = nobody, .input = &in[i]};
        job_fill(&jobs[i], &kit->secrets);
        assert_true(committer_run(kit->committer, &jobs[i]));
    }
    assert_int_equal(jobs[0].refusal, ACCEPTED);
    assert_int_equal(jobs[1].refusal, REFUSED_NOT_SIGNED_IN);
    assert_string_equal(jobs[1].secret, "");
    assert_int_equal(mails(kit), 1);
}

/* A browser's token is no app's, and the other way round. */
static void a_browser_is_no_app(void **state) {
    struct kit *kit = *state;
    struct tokens none;
    registered(kit, LINE_ONE, TAIL_ONE, ANNA);
    struct job browser = sign_in(kit, ANNA, PASSWORD, ACCEPTED);
    assert_false(access_counts(kit, browser.secret));
    assert_int_equal(session_of(kit, browser.result).kind, SESSION_BROWSER);
    assert_int_equal(session_of(kit, browser.result).access_ends_at, 0);
    char zeros[REFRESH_LENGTH + 1] = REFRESH_MARK;
    memset(zeros + strlen(zeros), 'A', REFRESH_LENGTH - strlen(zeros));
    assert_int_equal(refresh(kit, zeros, &none), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(mails(kit), 0);
}

static void nothing_of_a_token_is_kept(void **state) {
    struct kit *kit = *state;
    char sql[400];
    registered(kit, LINE_ONE, TAIL_ONE, ANNA);
    struct tokens mine = app(kit);
    uint8_t hash[HASH_BYTES];
    struct session row = session_of(kit, mine.session);
    session_token_hash(&kit->secrets, mine.access, hash);
    assert_memory_equal(hash, row.token, sizeof hash);
    session_token_hash(&kit->secrets, mine.refresh, hash);
    assert_memory_equal(hash, row.refresh, sizeof hash);
    session_family_hash(&kit->secrets, mine.refresh, hash);
    assert_memory_equal(hash, row.family, sizeof hash);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM remembered");
    int64_t remembered = kit_number(kit, sql);
    struct session_refresh in = {0};
    struct job job;
    memcpy(in.refresh_token, mine.refresh, sizeof mine.refresh);
    assert_int_equal(kit_run(kit, &session_refresh_verb, &nobody, &in, "a key of an app", &job),
                     ACCEPTED);
    assert_int_equal(kit_number(kit, sql), remembered);
    /* What the app calls itself is its owner's own words: sealed. */
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM session WHERE length(device) >= 72"), 1);
}

/* The same attempts are spent by a browser and by an app; known and unknown alike. */
static void the_door_is_no_way_around_a_budget(void **state) {
    struct kit *kit = *state;
    static const char *const emails[2] = {ANNA, "nobody@example.com"};
    registered(kit, LINE_ONE, TAIL_ONE, ANNA);
    int64_t spent[2], entries[2];
    int checked[2];
    struct tokens none;
    sign_in(kit, "third@example.com", "wrong password", REFUSED_SIGN_IN); /* the peer's rows */
    for (int i = 0; i < 2; i++) {
        spent[i] = kit_number(kit, "SELECT count(*) + 1000 * sum(count) FROM budget");
        entries[i] = kit_number(kit, "SELECT count(*) FROM journal");
        checked[i] = hashes_checked;
        for (int tries = 0; tries < 10; tries++) {
            if (tries % 2)
                sign_in(kit, emails[i], "wrong password", REFUSED_SIGN_IN);
            else
                assert_int_equal(app_open(kit, emails[i], "wrong password", &none),
                                 REFUSED_SIGN_IN);
        }
        sign_in(kit, emails[i], PASSWORD, REFUSED_TOO_MANY);
        assert_int_equal(app_open(kit, emails[i], PASSWORD, &none), REFUSED_TOO_MANY);
        spent[i] = kit_number(kit, "SELECT count(*) + 1000 * sum(count) FROM budget") - spent[i];
        entries[i] = kit_number(kit, "SELECT count(*) FROM journal") - entries[i];
        checked[i] = hashes_checked - checked[i];
    }
    assert_int_equal(spent[0], spent[1]);
    assert_int_equal(entries[0], entries[1]);
    assert_int_equal(checked[0], checked[1]);
    assert_int_equal(checked[0], 10);
}

static void a_new_password_ends_apps(void **state) {
    struct kit *kit = *state;
    struct tokens none;
    registered(kit, LINE_ONE, TAIL_ONE, ANNA);
    struct tokens one = app(kit), two = app(kit);
    struct actor actor = actor_of(kit, one.session);
    struct password_change in = {.old_password = PASSWORD, .password = "another quiet pier 9"};
    assert_int_equal(kit_run(kit, &password_change_verb, &actor, &in, NULL, NULL), ACCEPTED);
    assert_true(access_counts(kit, one.access)); /* who changed it goes on */
    assert_false(access_counts(kit, two.access));
    assert_int_equal(refresh(kit, two.refresh, &none), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(mails(kit), 0); /* it was ended, not stolen */
    assert_int_equal(app_open(kit, ANNA, PASSWORD, &none), REFUSED_SIGN_IN);
    kit_sql(kit, "UPDATE account SET state = 3 WHERE state = 2");
    assert_int_equal(refresh(kit, one.refresh, &none), REFUSED_NOT_SIGNED_IN);
}

static void one_ends_another_of_the_same_account(void **state) {
    struct kit *kit = *state;
    registered(kit, LINE_ONE, TAIL_ONE, ANNA);
    registered(kit, "+85261230002", "0023", "ben@example.com");
    struct tokens mine = app(kit);
    struct actor browser = signed_in(kit, ANNA), ben = signed_in(kit, "ben@example.com");
    struct session_end in = {.session = mine.session};
    assert_int_equal(run(kit, &session_end_verb, &ben, &in, NULL), REFUSED_NOT_FOUND);
    in.session = 77;
    assert_int_equal(run(kit, &session_end_verb, &browser, &in, NULL), REFUSED_NOT_FOUND);
    in.session = mine.session;
    assert_true(access_counts(kit, mine.access));
    assert_int_equal(run(kit, &session_end_verb, &browser, &in, NULL), ACCEPTED);
    assert_false(access_counts(kit, mine.access));
    assert_int_equal(run(kit, &session_end_verb, &browser, &in, NULL), REFUSED_UNCHANGED);
    struct actor ended = actor_of(kit, mine.session), mixed = ben;
    in.session = browser.session;
    assert_int_equal(run(kit, &session_end_verb, &ended, &in, NULL), REFUSED_NOT_SIGNED_IN);
    mixed.session = browser.session;
    assert_int_equal(run(kit, &session_end_verb, &mixed, &in, NULL), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(run(kit, &session_end_verb, &browser, &in, NULL), ACCEPTED); /* itself */
    assert_int_equal(session_of(kit, ben.session).closed_at, 0);
}

/* What a key answered is for the session that it was given in: another one of the same account has
 * not proved the same. */
static void a_key_belongs_to_its_session(void **state) {
    struct kit *kit = *state;
    registered(kit, LINE_ONE, TAIL_ONE, ANNA);
    struct tokens one = app(kit), two = app(kit), target = app(kit);
    struct actor first = actor_of(kit, one.session), second = actor_of(kit, two.session);
    struct session_end in = {.session = target.session};
    struct job job;
    assert_int_equal(kit_run(kit, &session_end_verb, &first, &in, "one and the same", &job),
                     ACCEPTED);
    assert_int_equal(kit_run(kit, &session_end_verb, &first, &in, "one and the same", &job),
                     ACCEPTED);
    assert_true(job.replayed);
    assert_int_equal(kit_run(kit, &session_end_verb, &second, &in, "one and the same", &job),
                     REFUSED_UNCHANGED);
    assert_false(job.replayed);
}

static void every_refusal_was_provoked(void **state) {
    struct kit *kit = *state;
    struct session_open in = {.email = "x@example.com"};
    struct session_refresh again = {.refresh_token = REFRESH_MARK};
    struct actor stranger = nobody;
    memset(again.refresh_token + strlen(REFRESH_MARK), 'x', REFRESH_LENGTH - strlen(REFRESH_MARK));
    stranger.operator= 77;
    assert_int_equal(run(kit, &session_open_app_verb, &stranger, &in, NULL), REFUSED_NOT_FOUND);
    provoke_busy(kit, &session_open_app_verb, &nobody, &in);
    provoke_busy(kit, &session_refresh_verb, &nobody, &again);
    assert_all_provoked(&session_open_app_verb);
    assert_all_provoked(&session_refresh_verb);
    assert_all_provoked(&session_end_verb);
}

#define WITH_KIT(name) cmocka_unit_test_setup_teardown(name, people_open, people_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_KIT(a_refresh_token_counts_once),
        WITH_KIT(a_stolen_refresh_token_ends_the_session),
        WITH_KIT(what_is_no_token_changes_nothing),
        WITH_KIT(of_two_at_once_one_wins),
        WITH_KIT(a_browser_is_no_app),
        WITH_KIT(nothing_of_a_token_is_kept),
        WITH_KIT(the_door_is_no_way_around_a_budget),
        WITH_KIT(a_new_password_ends_apps),
        WITH_KIT(one_ends_another_of_the_same_account),
        WITH_KIT(a_key_belongs_to_its_session),
        WITH_KIT(every_refusal_was_provoked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
