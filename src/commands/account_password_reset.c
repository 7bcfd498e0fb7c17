/* password.ask and password.prove: who says that a password is forgotten, and whether it is they.
 */
#include <assert.h>
#include <string.h>

#include "commands/account_password.h"
#include "commands/registration_step.h"
#include "rules/identifier.h"
#include "rules/match.h"
#include "rules/proof.h"

/* --- password.ask --- */

struct ask_rows {
    struct account account;
    struct budget sends, starts;
};

static const struct field ask_input[] = {
    INPUT(FIELD_TEXT, password_ask, email, 3, EMAIL_SIZE - 2, "the account's e-mail address"),
    INPUT(FIELD_TEXT, password_ask, language, 2, 15, "BCP 47 tag of the message's language"),
    FIELD_END,
};

static enum refusal ask_prepare(void *input, const struct actor *actor, struct store *reader,
                                const struct engine *engine, const struct secrets *secrets) {
    struct password_ask *in = input;
    char address[EMAIL_SIZE];
    (void)actor, (void)reader, (void)engine, (void)secrets;
    if (email_normalise(in->email, address) != IDENTIFIER_OK)
        return REFUSED_EMAIL_FORM;
    memcpy(in->email, address, sizeof in->email);
    email_key(in->email, in->key);
    return ACCEPTED;
}

static void ask_load(struct load *load, const void *input, void *rows) {
    const struct password_ask *in = input;
    struct ask_rows *r = rows;
    want_account_by_email(load, in->key, &r->account);
    want_attempts(load, SCOPE_MAIL, in->key, &r->sends);
    want_attempts(load, SCOPE_START, load->actor->address, &r->starts);
}

static enum refusal ask_decide(struct outcome *out, const void *input, const void *rows) {
    const struct password_ask *in = input;
    const struct ask_rows *r = rows;
    struct challenge challenge = {.id = 0};
    enum language language;
    if (!out->policy)
        return REFUSED_NOT_FOUND;
    if (!language_parse(in->language, &language))
        return REFUSED_INPUT;
    if (!attempts_left(out, &r->sends, BUDGET_LINE) ||
        !attempts_left(out, &r->starts, BUDGET_ADDRESS))
        return REFUSED_TOO_MANY;
    attempts_spend(out, &r->sends, BUDGET_LINE, SCOPE_MAIL, in->key);
    attempts_spend(out, &r->starts, BUDGET_ADDRESS, SCOPE_START, out->actor->address);
    /* To the address as the account has it, never as it was typed: two that are looked up alike
     * need not be one mailbox. */
    bool known = r->account.id && r->account.state == ACCOUNT_ACTIVE;
    challenge.account = known ? r->account.id : 0;
    challenge_begin(out, &challenge, PASSWORD_RESET, language,
                    known ? r->account.email : in->email);
    out->subject = challenge.account;
    return ACCEPTED;
}

static const enum refusal ask_refusals[] = {REFUSED_NOT_FOUND, REFUSED_INPUT, REFUSED_EMAIL_FORM,
                                            REFUSED_TOO_MANY, ACCEPTED};

const struct verb password_ask_verb = {
    .name = "password.ask",
    .help = "The password is forgotten: a code goes to the account's e-mail address",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER,
    .input = ask_input,
    .input_size = sizeof(struct password_ask),
    .rows_size = sizeof(struct ask_rows),
    .secret = true,
    .prepare = ask_prepare,
    .load = ask_load,
    .decide = ask_decide,
    .refusals = ask_refusals,
};

/* --- password.prove --- */

struct prove_rows {
    struct challenge challenge;
    struct subscriber subscribers[PASSWORD_SUBSCRIBERS];
    struct second_person seconds[PASSWORD_LINES];
    struct line line;
    struct budget identity;
    struct peer_budgets peer;
};

static const struct field prove_input[] = {
    INPUT(FIELD_ID, password_prove, challenge, 1, INT64_MAX, "the challenge's id"),
    INPUT(FIELD_TEXT, password_prove, holder, 1, TOKEN_TEXT - 1,
          "the secret that password.ask handed out"),
    INPUT(FIELD_TEXT, password_prove, code, CODE_DIGITS, CODE_TYPED - 1,
          "the eight digits of the e-mail"),
    INPUT(FIELD_TEXT, password_prove, document_type, 1, 39,
          "The kind of identity document, such as hkid or passport"),
    INPUT(FIELD_TEXT, password_prove, document, 1, 39,
          "The number of the document that proves who asks for one of the account's lines"),
    FIELD_END,
};

/* Each person once, the latest lines first: the oldest may be closed and erased. */
static void subscribers_of(const struct line *lines, size_t count,
                           int64_t subscribers[PASSWORD_SUBSCRIBERS]) {
    size_t found = 0;
    while (count-- > 0 && found < PASSWORD_SUBSCRIBERS) {
        bool there = false;
        for (size_t i = 0; i < found; i++)
            there = there || subscribers[i] == lines[count].subscriber;
        if (!there)
            subscribers[found++] = lines[count].subscriber;
    }
}

static enum refusal prove_prepare(void *input, const struct actor *actor, struct store *reader,
                                  const struct engine *engine, const struct secrets *secrets) {
    struct password_prove *in = input;
    struct challenge challenge;
    struct line lines[PASSWORD_LINES];
    if (!challenge_read(engine, reader, actor, in->challenge, &challenge))
        return REFUSED_BUSY;
    if (!challenge_held(secrets, &challenge, in->holder))
        return REFUSED_NOT_FOUND;
    struct key key = {.id = challenge.account, .operator= actor->operator};
    struct want want = {
        .statement = LINES_OF_ACCOUNT, .in = &key, .rows = lines, .room = PASSWORD_LINES};
    if (engine->read(reader, &want, 1) != STORE_OK)
        return REFUSED_BUSY;
    in->account = challenge.account;
    subscribers_of(lines, want.count, in->subscribers);
    for (size_t i = 0; i < want.count; i++)
        in->lines[i] = lines[i].id;
    return ACCEPTED;
}

/* As many rows are asked for whoever it is: an id that nobody has finds none. */
static void prove_load(struct load *load, const void *input, void *rows) {
    const struct password_prove *in = input;
    struct prove_rows *r = rows;
    want_challenge(load, in->challenge, &r->challenge);
    for (size_t i = 0; i < PASSWORD_SUBSCRIBERS; i++) {
        struct key key = {.id = in->subscribers[i], .operator= load->actor->operator};
        want_one(load, SUBSCRIBER_BY_ID, &key, 0, &r->subscribers[i]);
    }
    for (size_t i = 0; i < PASSWORD_LINES; i++) {
        struct key key = {.id = in->lines[i], .operator= load->actor->operator};
        want_one(load, SECOND_PERSON_BY_ID, &key, 0, &r->seconds[i]);
    }
    want_attempts_of(load, SCOPE_IDENTITY, in->account, &r->identity);
    want_peer_budgets(load, &r->peer);
}

/* Each subscriber alone, and with each second person of theirs; an empty one for what is not. */
static struct registered registered_at(const struct prove_rows *r, size_t place) {
    struct registered one = {.subscriber.id = 0};
    if (place < PASSWORD_SUBSCRIBERS) {
        one.subscriber = r->subscribers[place];
        return one;
    }
    one.second = r->seconds[place - PASSWORD_SUBSCRIBERS];
    for (size_t i = 0; i < PASSWORD_SUBSCRIBERS; i++)
        if (one.second.id && r->subscribers[i].id == one.second.subscriber)
            one.subscriber = r->subscribers[i];
    return one;
}

/* The ID number of who may ask for one of them. What cannot be a number of that kind costs no
 * attempt. */
static enum refusal identify(struct outcome *out, const struct password_prove *in,
                             const struct prove_rows *r) {
    enum refusal no = REFUSED_IDENTITY;
    for (size_t i = 0; i < PASSWORD_SUBSCRIBERS + PASSWORD_LINES; i++) {
        struct registered registered = registered_at(r, i);
        enum refusal one = match_identity(&registered, in->document_type, in->document, out->policy,
                                          out->now, NULL);
        if (no == REFUSED_IDENTITY)
            no = one;
    }
    if (no != REFUSED_IDENTITY)
        return no;
    attempts_spend_of(out, &r->identity, BUDGET_ACCOUNT, SCOPE_IDENTITY, in->account);
    peer_spend(out, &r->peer);
    return no;
}

static enum refusal prove_decide(struct outcome *out, const void *input, const void *rows) {
    const struct password_prove *in = input;
    const struct prove_rows *r = rows;
    struct challenge challenge = r->challenge;
    enum refusal no = challenge_open(out, &challenge, in->holder, PASSWORD_RESET);
    if (no == REFUSED_NOT_FOUND)
        return no;
    out->subject = challenge.account;
    if (no)
        return no;
    if (challenge.proved_at)
        return REFUSED_CODE_USED;
    assert(challenge.account == in->account);
    if (!attempts_left(out, &r->identity, BUDGET_ACCOUNT))
        return REFUSED_TOO_MANY;
    no = challenge_try(out, &challenge, in->code, &r->peer);
    if (no)
        return no;
    no = identify(out, in, r);
    if (no)
        return no;
    no = proof_check(proof_required(&r->line, PROVE_RESET_PASSWORD, out->policy, out->now),
                     PROOF_CONFIRMATION | PROOF_IDENTITY);
    assert(!no); /* all that is wanted was given */
    challenge.proved_at = out->now;
    challenge.expires_at = out->now + FORM_LIFE;
    put_challenge(out, &challenge);
    out->result = challenge.id;
    return ACCEPTED;
}

static const enum refusal prove_refusals[] = {REFUSED_NOT_FOUND,
                                              REFUSED_CODE_WRONG,
                                              REFUSED_CODE_EXPIRED,
                                              REFUSED_CODE_USED,
                                              REFUSED_TOO_MANY,
                                              REFUSED_IDENTITY,
                                              REFUSED_DOCUMENT_TYPE,
                                              REFUSED_DOCUMENT_FORM,
                                              REFUSED_DOCUMENT_CHECK,
                                              REFUSED_BUSY,
                                              ACCEPTED};

const struct verb password_prove_verb = {
    .name = "password.prove",
    .help = "Give the code of the e-mail and the ID number of one of the account's lines",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER,
    .prove = PROVE_RESET_PASSWORD,
    .input = prove_input,
    .input_size = sizeof(struct password_prove),
    .rows_size = sizeof(struct prove_rows),
    .secret = true, /* so that no hash of the ID number is kept with the key */
    .prepare = prove_prepare,
    .load = prove_load,
    .decide = prove_decide,
    .refusals = prove_refusals,
};
