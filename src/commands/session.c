/* Sessions but for their opening: step up, close, close all. */
#include "commands/session.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "commands/attempts.h"
#include "commands/password.h"

void session_token_hash(const struct secrets *secrets, const char *token,
                        uint8_t hash[HASH_BYTES]) {
    secret_hash(secrets->token, token, strlen(token), hash);
}

bool session_live(const struct session *session, int64_t now) {
    return session->id && !session->closed_at && now < session->ends_at;
}

bool session_stepped_up(const struct session *session, const struct policy *policy, int64_t now) {
    return session_live(session, now) && session->stepped_up_at &&
           now < session->stepped_up_at + policy->step_up_minutes * MINUTE;
}

/* The session is the actor's own and still open. */
static bool session_mine(const struct outcome *out, const struct session *session) {
    return session_live(session, out->now) && session->account == out->actor->id &&
           session->operator== out->actor->operator;
}

/* --- session.step_up --- */

struct step_up_rows {
    struct account account;
    struct session session;
    struct budget failures;
    struct peer_budgets peer;
};

static const struct field step_up_input[] = {
    INPUT(FIELD_TEXT, session_step_up, password, 1, PASSWORD_BYTES, "the account's password"),
    FIELD_END,
};

static void step_up_subject(const struct actor *actor, char text[24]) {
    snprintf(text, 24, "%" PRId64, actor->id);
}

static enum refusal step_up_prepare(void *input, const struct actor *actor, struct store *reader,
                                    const struct engine *engine, const struct secrets *secrets) {
    struct session_step_up *in = input;
    struct account account = {0};
    struct key key = {.id = actor->id, .operator= actor->operator};
    struct want want = {.statement = ACCOUNT_BY_ID, .in = &key, .rows = &account, .room = 1};
    char subject[24];
    step_up_subject(actor, subject);
    if (engine->read(reader, &want, 1) != STORE_OK)
        return REFUSED_BUSY;
    bool usable = account.id && account.state == ACCOUNT_ACTIVE;
    in->locked = attempts_spent(reader, engine, secrets, actor, BUDGET_ACCOUNT, SCOPE_STEP_UP,
                                subject, false);
    in->fits = !in->locked &&
               secret_password_check(usable ? account.password : password_dummy, in->password) &&
               usable;
    in->password_at = account.password_at;
    memset(in->password, 0, sizeof in->password);
    return ACCEPTED;
}

static void step_up_load(struct load *load, const void *input, void *rows) {
    struct step_up_rows *r = rows;
    char subject[24];
    (void)input;
    step_up_subject(load->actor, subject);
    want_account(load, load->actor->id, &r->account);
    want_session(load, load->actor->session, &r->session);
    want_attempts(load, SCOPE_STEP_UP, subject, &r->failures);
    want_peer_budgets(load, &r->peer);
}

static enum refusal step_up_decide(struct outcome *out, const void *input, const void *rows) {
    const struct session_step_up *in = input;
    const struct step_up_rows *r = rows;
    struct session session = r->session;
    char subject[24];
    if (!session_mine(out, &session) || !out->policy)
        return REFUSED_NOT_SIGNED_IN;
    out->subject = session.account;
    /* Signed in: what strangers failed at from the same address is not held against it. */
    if (in->locked || !attempts_left(out, &r->failures, BUDGET_ACCOUNT))
        return REFUSED_TOO_MANY;
    if (!in->fits || r->account.state != ACCOUNT_ACTIVE ||
        in->password_at != r->account.password_at) {
        step_up_subject(out->actor, subject);
        attempts_spend(out, &r->failures, BUDGET_ACCOUNT, SCOPE_STEP_UP, subject);
        peer_spend(out, &r->peer);
        return REFUSED_SIGN_IN;
    }
    attempts_clear(out, &r->failures);
    session.stepped_up_at = session.used_at = out->now;
    put_session(out, &session);
    out->result = session.id;
    return ACCEPTED;
}

static const enum refusal step_up_refusals[] = {REFUSED_NOT_SIGNED_IN, REFUSED_SIGN_IN,
                                                REFUSED_TOO_MANY, REFUSED_BUSY, ACCEPTED};

const struct verb session_step_up_verb = {
    .name = "session.step_up",
    .help = "Give the password again before what matters",
    .who = ACTOR_SUBSCRIBER,
    .input = step_up_input,
    .input_size = sizeof(struct session_step_up),
    .rows_size = sizeof(struct step_up_rows),
    .secret = true, /* so that no hash of the password is kept with the key */
    .prepare = step_up_prepare,
    .load = step_up_load,
    .decide = step_up_decide,
    .refusals = step_up_refusals,
};

/* --- session.close, session.close_all --- */

static const struct field no_input[] = {
    FIELD_END,
};
static const enum refusal close_refusals[] = {REFUSED_NOT_SIGNED_IN, ACCEPTED};

/* Sessions hang on their account: who changes them holds it. */
struct close_rows {
    struct account account;
    struct session own;
};

static void close_load(struct load *load, const void *input, void *rows) {
    struct close_rows *r = rows;
    (void)input;
    want_account(load, load->actor->id, &r->account);
    want_session(load, load->actor->session, &r->own);
}

static enum refusal close_decide(struct outcome *out, const void *input, const void *rows) {
    struct session session = ((const struct close_rows *)rows)->own;
    (void)input;
    if (!session_mine(out, &session))
        return REFUSED_NOT_SIGNED_IN;
    session.closed_at = out->now;
    put_session(out, &session);
    out->subject = session.account;
    out->result = session.id;
    return ACCEPTED;
}

const struct verb session_close_verb = {
    .name = "session.close",
    .help = "Sign out",
    .who = ACTOR_SUBSCRIBER,
    .input = no_input,
    .input_size = sizeof(struct session_close),
    .rows_size = sizeof(struct close_rows),
    .load = close_load,
    .decide = close_decide,
    .refusals = close_refusals,
};

struct close_all_rows {
    struct account account;
    struct session own, all[SESSIONS_AN_ACCOUNT];
};

static void close_all_load(struct load *load, const void *input, void *rows) {
    struct close_all_rows *r = rows;
    struct key key = {.id = load->actor->id, .operator= load->actor->operator};
    (void)input;
    want_account(load, load->actor->id, &r->account);
    want_session(load, load->actor->session, &r->own);
    want_many(load, SESSIONS_OF_ACCOUNT, &key, r->all, SESSIONS_AN_ACCOUNT);
}

static enum refusal close_all_decide(struct outcome *out, const void *input, const void *rows) {
    const struct close_all_rows *r = rows;
    (void)input;
    if (!session_mine(out, &r->own))
        return REFUSED_NOT_SIGNED_IN;
    for (size_t i = 0; i < SESSIONS_AN_ACCOUNT; i++) {
        struct session session = r->all[i];
        assert(!session.id || session.account == out->actor->id);
        if (!session_live(&session, out->now))
            continue;
        session.closed_at = out->now;
        put_session(out, &session);
    }
    out->subject = out->actor->id;
    out->result = out->actor->id;
    return ACCEPTED;
}

const struct verb session_close_all_verb = {
    .name = "session.close_all",
    .help = "Sign out everywhere",
    .who = ACTOR_SUBSCRIBER,
    .input = no_input,
    .input_size = sizeof(struct session_close_all),
    .rows_size = sizeof(struct close_all_rows),
    .load = close_all_load,
    .decide = close_all_decide,
    .refusals = close_refusals,
};
