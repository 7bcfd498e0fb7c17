/* session.open and session.open_app: signing in. An unknown address costs the same hash, the same
 * reads and the same budgets as a known one with a wrong password, and is answered the same.
 * Whoever has no attempts left is answered before any hash is made. */
#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "commands/attempts.h"
#include "commands/password.h"
#include "commands/session.h"
#include "rules/identifier.h"

struct open_rows {
    struct account account, held; /* as its address leads to it; by the id that prepare saw */
    struct session sessions[SESSIONS_AN_ACCOUNT];
    struct budget failures;
    struct peer_budgets peer;
};

static const struct field input_fields[] = {
    INPUT(FIELD_TEXT, session_open, email, 1, EMAIL_SIZE - 2, "the account's e-mail address"),
    INPUT(FIELD_TEXT, session_open, password, 1, PASSWORD_BYTES, "the account's password"),
    FIELD_END,
};

static const struct field app_fields[] = {
    INPUT(FIELD_TEXT, session_open, email, 1, EMAIL_SIZE - 2, "the account's e-mail address"),
    INPUT(FIELD_TEXT, session_open, password, 1, PASSWORD_BYTES, "the account's password"),
    INPUT(FIELD_TEXT, session_open, device, 0, DEVICE_MOST,
          "what the account's list of sessions calls this app, such as \"Phone\""),
    FIELD_END,
};

static enum refusal prepare(void *input, const struct actor *actor, struct store *reader,
                            const struct engine *engine, const struct secrets *secrets) {
    struct session_open *in = input;
    struct account account = {0};
    struct key key = {.operator= actor->operator};
    struct want want = {.statement = ACCOUNT_BY_EMAIL, .in = &key, .rows = &account, .room = 1};
    char address[EMAIL_SIZE];
    if (email_normalise(in->email, address) == IDENTIFIER_OK)
        email_key(address, in->key); /* else "": no account has it */
    memcpy(key.text, in->key, sizeof key.text);
    if (engine->read(reader, &want, 1) != STORE_OK)
        return REFUSED_BUSY;
    bool usable = account.id && account.state == ACCOUNT_ACTIVE;
    in->locked = attempts_spent(reader, engine, secrets, actor, BUDGET_ACCOUNT, SCOPE_SIGN_IN,
                                in->key, true);
    in->fits = !in->locked &&
               secret_password_check(usable ? account.password : password_dummy, in->password) &&
               usable;
    in->account = account.id;
    in->password_at = account.password_at;
    memset(in->password, 0, sizeof in->password);
    return ACCEPTED;
}

static void load(struct load *load, const void *input, void *rows) {
    const struct session_open *in = input;
    struct open_rows *r = rows;
    struct key key = {.id = in->account, .operator= load->actor->operator};
    want_account_by_email(load, in->key, &r->account);
    want_account(load, in->account, &r->held); /* its sessions hang on it */
    want_many(load, SESSIONS_OF_ACCOUNT, &key, r->sessions, SESSIONS_AN_ACCOUNT);
    want_attempts(load, SCOPE_SIGN_IN, in->key, &r->failures);
    want_peer_budgets(load, &r->peer);
}

/* Room for one more: what is older than the newest nineteen ends. */
static void sessions_limit(struct outcome *out, const struct session *sessions) {
    size_t live = 0;
    for (size_t i = 0; i < SESSIONS_AN_ACCOUNT; i++) {
        struct session session = sessions[i];
        if (!session_live(&session, out->now) || ++live < SESSIONS_AN_ACCOUNT)
            continue;
        session.closed_at = out->now;
        put_session(out, &session);
    }
}

/* Whatever it is signed in with: the same attempts are spent, and the same is answered. */
static enum refusal check(struct outcome *out, const struct session_open *in,
                          const struct open_rows *r) {
    if (!out->policy)
        return REFUSED_NOT_FOUND;
    if (in->locked || !attempts_left(out, &r->failures, BUDGET_ACCOUNT) ||
        !peer_left(out, &r->peer))
        return REFUSED_TOO_MANY;
    if (!in->fits || !r->account.id || r->account.id != in->account ||
        r->account.state != ACCOUNT_ACTIVE || r->account.password_at != in->password_at) {
        attempts_spend(out, &r->failures, BUDGET_ACCOUNT, SCOPE_SIGN_IN, in->key);
        peer_spend(out, &r->peer);
        return REFUSED_SIGN_IN;
    }
    assert(r->account.operator== out->actor->operator);
    attempts_clear(out, &r->failures);
    sessions_limit(out, r->sessions);
    return ACCEPTED;
}

static struct session begin(struct outcome *out, const struct open_rows *r,
                            enum session_kind kind) {
    out->subject = r->account.id;
    out->result = outcome_id(out);
    return (struct session){.id = out->result,
                            .operator= out->actor->operator,
                            .account = r->account.id,
                            .opened_at = out->now,
                            .used_at = out->now,
                            .kind = kind};
}

static enum refusal decide(struct outcome *out, const void *input, const void *rows) {
    uint8_t token[32];
    enum refusal no = check(out, input, rows);
    if (no)
        return no;
    struct session session = begin(out, rows, SESSION_BROWSER);
    session.ends_at = out->now + out->policy->session_life_hours * HOUR;
    outcome_random(out, token, sizeof token);
    secret_base64(token, sizeof token, out->secret);
    session_token_hash(out->secrets, out->secret, session.token);
    add_session(out, &session);
    return ACCEPTED;
}

static enum refusal app_decide(struct outcome *out, const void *input, const void *rows) {
    const struct session_open *in = input;
    enum refusal no = check(out, in, rows);
    if (no)
        return no;
    struct session session = begin(out, rows, SESSION_APP);
    session.ends_at = out->now + out->policy->app_session_days * DAY;
    memcpy(session.device, in->device, sizeof session.device);
    session_tokens(out, &session, NULL);
    add_session(out, &session);
    return ACCEPTED;
}

static const enum refusal refusals[] = {REFUSED_NOT_FOUND, REFUSED_SIGN_IN, REFUSED_TOO_MANY,
                                        REFUSED_BUSY, ACCEPTED};

const struct verb session_open_verb = {
    .name = "session.open",
    .help = "Sign in with e-mail address and password",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER,
    .input = input_fields,
    .input_size = sizeof(struct session_open),
    .rows_size = sizeof(struct open_rows),
    .secret = true,
    .prepare = prepare,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};

const struct verb session_open_app_verb = {
    .name = "session.open_app",
    .help = "Sign in an app: an access token for minutes, and a refresh token for the next one",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER,
    .view = "tokens",
    .input = app_fields,
    .input_size = sizeof(struct session_open),
    .rows_size = sizeof(struct open_rows),
    .secret = true,
    .app = true,
    .prepare = prepare,
    .load = load,
    .decide = app_decide,
    .refusals = refusals,
};
