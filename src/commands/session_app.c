/* An app's tokens, session.refresh, and session.end: one of the account's sessions, whosoever it
 * is. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "commands/session.h"
#include "store/rows.h"

/* --- tokens --- */

static bool is_token(const char *token, const char *mark, size_t length) {
    return strncmp(token, mark, strlen(mark)) == 0 && strlen(token) == length;
}

bool session_is_access(const char *token) {
    return is_token(token, ACCESS_MARK, ACCESS_LENGTH);
}

bool session_is_refresh(const char *token) {
    return is_token(token, REFRESH_MARK, REFRESH_LENGTH);
}

void session_family_hash(const struct secrets *secrets, const char *token,
                         uint8_t hash[HASH_BYTES]) {
    secret_hash(secrets->token, token, FAMILY_LENGTH, hash);
}

bool session_access_live(const struct session *session, int64_t now) {
    return session->kind == SESSION_APP && session_live(session, now) &&
           now < session->access_ends_at;
}

static void random_text(struct outcome *out, size_t length, char text[TOKEN_TEXT]) {
    uint8_t bytes[32];
    assert(length <= sizeof bytes);
    outcome_random(out, bytes, length);
    secret_base64(bytes, length, text);
    explicit_bzero(bytes, sizeof bytes);
}

void session_tokens(struct outcome *out, struct session *session, const char *family) {
    char random[TOKEN_TEXT], access[ACCESS_LENGTH + 1], refresh[REFRESH_LENGTH + 1];
    int64_t ends = out->now + out->policy->access_token_minutes * MINUTE;
    assert(session->kind == SESSION_APP);
    random_text(out, 32, random);
    snprintf(access, sizeof access, ACCESS_MARK "%s", random);
    random_text(out, FAMILY_BYTES, random);
    if (family)
        memcpy(refresh, family, FAMILY_LENGTH);
    else
        snprintf(refresh, sizeof refresh, REFRESH_MARK "%s", random);
    random_text(out, 32, random);
    memcpy(refresh + FAMILY_LENGTH, random, sizeof random);
    assert(session_is_access(access) && session_is_refresh(refresh));
    session_token_hash(out->secrets, access, session->token);
    session_token_hash(out->secrets, refresh, session->refresh);
    session_family_hash(out->secrets, refresh, session->family);
    session->access_ends_at = ends < session->ends_at ? ends : session->ends_at;
    snprintf(out->secret, sizeof out->secret, "%s %s", access, refresh);
}

/* --- session.refresh --- */

struct refresh_rows {
    struct account account;
    struct session session;
};

static const struct field refresh_input[] = {
    INPUT(FIELD_TEXT, session_refresh, refresh_token, 1, REFRESH_LENGTH,
          "the refresh token that was given last; it counts once"),
    FIELD_END,
};

static enum refusal refresh_prepare(void *input, const struct actor *actor, struct store *reader,
                                    const struct engine *engine, const struct secrets *secrets) {
    struct session_refresh *in = input;
    struct session session = {0};
    struct key key = {.operator= actor->operator};
    struct want want = {.statement = SESSION_BY_FAMILY, .in = &key, .rows = &session, .room = 1};
    if (!session_is_refresh(in->refresh_token))
        return REFUSED_NOT_SIGNED_IN;
    session_family_hash(secrets, in->refresh_token, key.hash);
    if (engine->read(reader, &want, 1) != STORE_OK)
        return REFUSED_BUSY;
    in->session = session.id;
    in->account = session.account;
    return ACCEPTED;
}

/* Sessions hang on their account: of two who refresh at once one comes first. */
static void refresh_load(struct load *load, const void *input, void *rows) {
    const struct session_refresh *in = input;
    struct refresh_rows *r = rows;
    want_account(load, in->account, &r->account);
    want_session(load, in->session, &r->session);
}

/* Whatever is wrong with it is answered alike: it tells nobody which of his tokens was good once.
 */
static enum refusal refresh_decide(struct outcome *out, const void *input, const void *rows) {
    const struct session_refresh *in = input;
    const struct refresh_rows *r = rows;
    struct session session = r->session;
    uint8_t family[HASH_BYTES], refresh[HASH_BYTES];
    if (!out->policy)
        return REFUSED_NOT_FOUND;
    session_family_hash(out->secrets, in->refresh_token, family);
    session_token_hash(out->secrets, in->refresh_token, refresh);
    if (session.kind != SESSION_APP || !session_live(&session, out->now) ||
        memcmp(family, session.family, sizeof family) != 0 || session.account != r->account.id ||
        r->account.state != ACCOUNT_ACTIVE)
        return REFUSED_NOT_SIGNED_IN;
    out->subject = session.account;
    out->result = session.id;
    if (memcmp(refresh, session.refresh, sizeof refresh) != 0) {
        session.closed_at = out->now;
        put_session(out, &session);
        outcome_effect(out, EFFECT_TOKEN_REUSED, "mail", session.account, 0, 0, 0, 0);
        return REFUSED_NOT_SIGNED_IN;
    }
    session.used_at = out->now;
    session_tokens(out, &session, in->refresh_token);
    put_session(out, &session);
    return ACCEPTED;
}

static const enum refusal refresh_refusals[] = {REFUSED_NOT_FOUND, REFUSED_NOT_SIGNED_IN,
                                                REFUSED_BUSY, ACCEPTED};

const struct verb session_refresh_verb = {
    .name = "session.refresh",
    .help = "The next access token and refresh token; an old refresh token ends the session",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER,
    .view = "tokens",
    .input = refresh_input,
    .input_size = sizeof(struct session_refresh),
    .rows_size = sizeof(struct refresh_rows),
    .secret = true,
    .app = true,
    .prepare = refresh_prepare,
    .load = refresh_load,
    .decide = refresh_decide,
    .refusals = refresh_refusals,
};

/* --- session.end --- */

struct end_rows {
    struct account account;
    struct session own, other;
};

static const struct field end_input[] = {
    INPUT(FIELD_ID, session_end, session, 1, INT64_MAX, "the session that is to end"),
    FIELD_END,
};

static void end_load(struct load *load, const void *input, void *rows) {
    const struct session_end *in = input;
    struct end_rows *r = rows;
    want_account(load, load->actor->id, &r->account);
    want_session(load, load->actor->session, &r->own);
    want_session(load, in->session, &r->other);
}

/* No step-up: whoever could keep the owner from ending a session would be helped more by it. */
static enum refusal end_decide(struct outcome *out, const void *input, const void *rows) {
    const struct end_rows *r = rows;
    struct session other = r->other;
    (void)input;
    if (!session_live(&r->own, out->now) || r->own.account != out->actor->id)
        return REFUSED_NOT_SIGNED_IN;
    out->subject = r->own.account;
    if (!other.id || other.account != r->own.account)
        return REFUSED_NOT_FOUND;
    if (!session_live(&other, out->now))
        return REFUSED_UNCHANGED;
    other.closed_at = out->now;
    put_session(out, &other);
    out->result = other.id;
    return ACCEPTED;
}

static const enum refusal end_refusals[] = {REFUSED_NOT_SIGNED_IN, REFUSED_NOT_FOUND,
                                            REFUSED_UNCHANGED, ACCEPTED};

const struct verb session_end_verb = {
    .name = "session.end",
    .help = "End one of the account's sessions, a browser's or an app's",
    .who = ACTOR_SUBSCRIBER,
    .view = "session",
    .input = end_input,
    .input_size = sizeof(struct session_end),
    .rows_size = sizeof(struct end_rows),
    .load = end_load,
    .decide = end_decide,
    .refusals = end_refusals,
};
