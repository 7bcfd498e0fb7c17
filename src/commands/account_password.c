/* password.reset and password.change: the new password, the end of sessions, and who is told. */
#include "commands/account_password.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands/password.h"
#include "commands/registration_step.h"
#include "commands/session.h"
#include "rules/identifier.h"

/* --- who is told --- */

static bool told_add(struct password_told told[PASSWORD_TOLD], size_t *count, int64_t line,
                     int64_t contact) {
    if (*count == PASSWORD_TOLD)
        return false;
    told[(*count)++] = (struct password_told){line, contact};
    return true;
}

/* An address that several lines have gets one message. */
static bool address_new(const struct contact *contacts, size_t upto) {
    for (size_t i = 0; i < upto; i++)
        if (strcmp(contacts[i].address, contacts[upto].address) == 0)
            return false;
    return true;
}

/* Each open line by SMS, and each address of all its lines once. Past PASSWORD_TOLD nobody more:
 * lines come first, since they are what was proved. */
static enum refusal told_read(const struct engine *engine, struct store *reader,
                              const struct actor *actor, int64_t account,
                              struct password_told told[PASSWORD_TOLD]) {
    struct line lines[PASSWORD_LINES];
    struct contact contacts[PASSWORD_LINES * CONTACTS_PRESENT];
    struct key key = {.id = account, .operator= actor->operator};
    struct want want = {
        .statement = LINES_OF_ACCOUNT, .in = &key, .rows = lines, .room = PASSWORD_LINES};
    size_t count = 0, found = 0;
    if (engine->read(reader, &want, 1) != STORE_OK)
        return REFUSED_BUSY;
    size_t line_count = want.count;
    for (size_t i = 0; i < line_count; i++)
        if (lines[i].state != LINE_CLOSED && !told_add(told, &count, lines[i].id, 0))
            return ACCEPTED;
    for (size_t i = 0; i < line_count; i++) {
        key.id = lines[i].id;
        want = (struct want){.statement = CONTACTS_OF_LINE,
                             .in = &key,
                             .rows = contacts + found,
                             .room = CONTACTS_PRESENT};
        if (engine->read(reader, &want, 1) != STORE_OK)
            return REFUSED_BUSY;
        for (size_t end = found + want.count; found < end; found++)
            if (address_new(contacts, found) &&
                !told_add(told, &count, lines[i].id, contacts[found].id))
                return ACCEPTED;
    }
    return ACCEPTED;
}

static void tell(struct outcome *out, int64_t account,
                 const struct password_told told[PASSWORD_TOLD]) {
    outcome_effect(out, EFFECT_PASSWORD_SET, "mail", account, 0, 0, 0, 0);
    for (size_t i = 0; i < PASSWORD_TOLD && told[i].line; i++)
        outcome_effect(out, EFFECT_PASSWORD_SET, told[i].contact ? "mail" : "sms", account,
                       told[i].line, told[i].contact, 0, 0);
}

static void sessions_end(struct outcome *out, const struct session *sessions, int64_t but) {
    for (size_t i = 0; i < SESSIONS_AN_ACCOUNT; i++) {
        struct session session = sessions[i];
        if (session.id == but || !session_live(&session, out->now))
            continue;
        session.closed_at = out->now;
        put_session(out, &session);
    }
}

static bool long_enough(const struct outcome *out, int64_t points) {
    return points >= out->policy->password_minimum && points <= out->policy->password_maximum;
}

static void password_put(struct outcome *out, struct account *account, const char *hash) {
    assert(account->state == ACCOUNT_ACTIVE);
    memset(account->password, 0, sizeof account->password);
    memcpy(account->password, hash, strlen(hash));
    account->password_at = out->now;
    put_account(out, account);
}

/* Hashes and wipes the new password; its characters in *points. REFUSED_PASSWORD_WEAK, _BUSY. */
static enum refusal hash_new(char *password, size_t size, const char *email_key,
                             char hash[PASSWORD_TEXT], int64_t *points) {
    *points = password_points(password, email_key);
    bool made = *points && secret_password_hash(password, hash);
    memset(password, 0, size);
    if (!*points)
        return REFUSED_PASSWORD_WEAK;
    return made ? ACCEPTED : REFUSED_BUSY;
}

/* --- password.reset --- */

struct reset_rows {
    struct challenge challenge;
    struct account account;
    struct session sessions[SESSIONS_AN_ACCOUNT];
    struct budget failures;
};

static const struct field reset_input[] = {
    INPUT(FIELD_ID, password_reset, challenge, 1, INT64_MAX, "the challenge's id"),
    INPUT(FIELD_TEXT, password_reset, holder, 1, TOKEN_TEXT - 1,
          "the secret that password.ask handed out"),
    INPUT(FIELD_TEXT, password_reset, password, 1, PASSWORD_BYTES,
          "the new password; not the address, not a common one"),
    FIELD_END,
};

/* Hashes only for who proved the challenge: a hash costs 64 MiB. */
static enum refusal reset_prepare(void *input, const struct actor *actor, struct store *reader,
                                  const struct engine *engine, const struct secrets *secrets) {
    struct password_reset *in = input;
    struct challenge challenge;
    if (!challenge_read(engine, reader, actor, in->challenge, &challenge))
        return REFUSED_BUSY;
    if (!challenge_held(secrets, &challenge, in->holder) ||
        strcmp(challenge.purpose, PASSWORD_RESET) != 0)
        return REFUSED_NOT_FOUND;
    if (!challenge.proved_at)
        return REFUSED_PROOF;
    if (challenge.used_at)
        return REFUSED_CODE_USED;
    email_key(challenge.address, in->key);
    in->account = challenge.account;
    enum refusal no = hash_new(in->password, sizeof in->password, in->key, in->hash, &in->points);
    return no ? no : told_read(engine, reader, actor, in->account, in->told);
}

static void reset_load(struct load *load, const void *input, void *rows) {
    const struct password_reset *in = input;
    struct reset_rows *r = rows;
    struct key key = {.id = in->account, .operator= load->actor->operator};
    want_challenge(load, in->challenge, &r->challenge);
    want_account(load, in->account, &r->account);
    want_many(load, SESSIONS_OF_ACCOUNT, &key, r->sessions, SESSIONS_AN_ACCOUNT);
    want_attempts(load, SCOPE_SIGN_IN, in->key, &r->failures);
}

static enum refusal reset_decide(struct outcome *out, const void *input, const void *rows) {
    const struct password_reset *in = input;
    const struct reset_rows *r = rows;
    struct challenge challenge = r->challenge;
    struct account account = r->account;
    enum refusal no = challenge_open(out, &challenge, in->holder, PASSWORD_RESET);
    if (no == REFUSED_NOT_FOUND)
        return no;
    out->subject = challenge.account;
    if (no)
        return no;
    if (!challenge.proved_at || !account.id || account.id != challenge.account ||
        account.state != ACCOUNT_ACTIVE)
        return REFUSED_PROOF;
    if (!long_enough(out, in->points))
        return REFUSED_PASSWORD_WEAK;
    account.reset_at = out->now;
    password_put(out, &account, in->hash);
    sessions_end(out, r->sessions, 0);
    attempts_clear(out, &r->failures); /* what strangers tried does not keep the owner out */
    challenge.used_at = out->now;
    memset(challenge.address, 0, sizeof challenge.address); /* no longer needed */
    put_challenge(out, &challenge);
    tell(out, account.id, in->told);
    out->result = account.id;
    return ACCEPTED;
}

static const enum refusal reset_refusals[] = {
    REFUSED_NOT_FOUND,     REFUSED_CODE_EXPIRED, REFUSED_CODE_USED, REFUSED_PROOF,
    REFUSED_PASSWORD_WEAK, REFUSED_BUSY,         ACCEPTED};

const struct verb password_reset_verb = {
    .name = "password.reset",
    .help = "Set the forgotten password anew; all sessions end",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER,
    .input = reset_input,
    .input_size = sizeof(struct password_reset),
    .rows_size = sizeof(struct reset_rows),
    .secret = true, /* so that no hash of the password is kept with the key */
    .prepare = reset_prepare,
    .load = reset_load,
    .decide = reset_decide,
    .refusals = reset_refusals,
};

/* --- password.change --- */

struct change_rows {
    struct account account;
    struct session own, sessions[SESSIONS_AN_ACCOUNT];
    struct budget failures;
    struct peer_budgets peer;
};

static const struct field change_input[] = {
    INPUT(FIELD_TEXT, password_change, old_password, 1, PASSWORD_BYTES, "the present password"),
    INPUT(FIELD_TEXT, password_change, password, 1, PASSWORD_BYTES,
          "the new password; not the address, not a common one"),
    FIELD_END,
};

static void change_subject(const struct actor *actor, char text[24]) {
    snprintf(text, 24, "%" PRId64, actor->id);
}

static enum refusal change_prepare(void *input, const struct actor *actor, struct store *reader,
                                   const struct engine *engine, const struct secrets *secrets) {
    struct password_change *in = input;
    struct account account = {0};
    struct key key = {.id = actor->id, .operator= actor->operator};
    struct want want = {.statement = ACCOUNT_BY_ID, .in = &key, .rows = &account, .room = 1};
    char subject[24], email[EMAIL_SIZE];
    change_subject(actor, subject);
    if (engine->read(reader, &want, 1) != STORE_OK)
        return REFUSED_BUSY;
    in->locked = attempts_spent(reader, engine, secrets, actor, BUDGET_ACCOUNT, SCOPE_STEP_UP,
                                subject, false);
    in->fits = !in->locked && account.state == ACCOUNT_ACTIVE &&
               secret_password_check(account.password, in->old_password);
    in->password_at = account.password_at;
    memset(in->old_password, 0, sizeof in->old_password);
    if (!in->fits) { /* decide says so, and counts it */
        memset(in->password, 0, sizeof in->password);
        return ACCEPTED;
    }
    email_key(account.email, email);
    enum refusal no = hash_new(in->password, sizeof in->password, email, in->hash, &in->points);
    return no ? no : told_read(engine, reader, actor, actor->id, in->told);
}

static void change_load(struct load *load, const void *input, void *rows) {
    struct change_rows *r = rows;
    struct key key = {.id = load->actor->id, .operator= load->actor->operator};
    char subject[24];
    (void)input;
    change_subject(load->actor, subject);
    want_account(load, load->actor->id, &r->account);
    want_session(load, load->actor->session, &r->own);
    want_many(load, SESSIONS_OF_ACCOUNT, &key, r->sessions, SESSIONS_AN_ACCOUNT);
    want_attempts(load, SCOPE_STEP_UP, subject, &r->failures);
    want_peer_budgets(load, &r->peer);
}

static enum refusal change_decide(struct outcome *out, const void *input, const void *rows) {
    const struct password_change *in = input;
    const struct change_rows *r = rows;
    struct account account = r->account;
    char subject[24];
    if (!session_live(&r->own, out->now) || r->own.account != out->actor->id || !out->policy)
        return REFUSED_NOT_SIGNED_IN;
    out->subject = account.id;
    if (in->locked || !attempts_left(out, &r->failures, BUDGET_ACCOUNT))
        return REFUSED_TOO_MANY;
    if (!in->fits || account.state != ACCOUNT_ACTIVE || in->password_at != account.password_at) {
        change_subject(out->actor, subject);
        attempts_spend(out, &r->failures, BUDGET_ACCOUNT, SCOPE_STEP_UP, subject);
        peer_spend(out, &r->peer);
        return REFUSED_SIGN_IN;
    }
    if (!long_enough(out, in->points))
        return REFUSED_PASSWORD_WEAK;
    password_put(out, &account, in->hash);
    sessions_end(out, r->sessions, r->own.id);
    attempts_clear(out, &r->failures);
    tell(out, account.id, in->told);
    out->result = account.id;
    return ACCEPTED;
}

static const enum refusal change_refusals[] = {REFUSED_NOT_SIGNED_IN, REFUSED_SIGN_IN,
                                               REFUSED_TOO_MANY,      REFUSED_PASSWORD_WEAK,
                                               REFUSED_BUSY,          ACCEPTED};

const struct verb password_change_verb = {
    .name = "password.change",
    .help = "Change the password; other sessions end",
    .who = ACTOR_SUBSCRIBER,
    .input = change_input,
    .input_size = sizeof(struct password_change),
    .rows_size = sizeof(struct change_rows),
    .secret = true,
    .prepare = change_prepare,
    .load = change_load,
    .decide = change_decide,
    .refusals = change_refusals,
};
