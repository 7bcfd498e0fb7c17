#include "commands/status_open.h"

#include <assert.h>
#include <string.h>

#include "commands/closure_shared.h"
#include "commands/registration_step.h"
#include "rules/identifier.h"
#include "rules/proof.h"
#include "rules/reference.h"

/* --- status.ask --- */

struct ask_rows {
    struct closure closure;
    struct contact contacts[CONTACTS_A_LINE];
    struct budget sends, starts, asked;
};

static const struct field ask_input[] = {
    INPUT(FIELD_TEXT, status_ask, reference, 1, REFERENCE_SIZE + 23, "the closure's reference"),
    INPUT(FIELD_TEXT, status_ask, email, 3, EMAIL_SIZE - 2,
          "an e-mail address that was registered with the line"),
    INPUT(FIELD_TEXT, status_ask, language, 2, 15, "BCP 47 tag of the message's language"),
    FIELD_END,
};

static enum refusal ask_prepare(void *input, const struct actor *actor, struct store *reader,
                                const struct engine *engine, const struct secrets *secrets) {
    struct status_ask *in = input;
    struct key key = {.operator= actor->operator};
    struct closure closure = {0};
    struct want want = {.statement = CLOSURE_BY_REFERENCE, .in = &key, .rows = &closure, .room = 1};
    char address[EMAIL_SIZE];
    (void)secrets;
    if (!reference_read(in->reference, in->known))
        return REFUSED_INPUT;
    if (email_normalise(in->email, address) != IDENTIFIER_OK)
        return REFUSED_EMAIL_FORM;
    memcpy(in->email, address, sizeof in->email);
    email_key(in->email, in->key);
    memcpy(key.text, in->known, sizeof in->known);
    if (engine->read(reader, &want, 1) != STORE_OK)
        return REFUSED_BUSY;
    in->closure = closure.id;
    in->line = closure.line;
    return ACCEPTED;
}

/* As many rows are asked for when there is none such. */
static void ask_load(struct load *load, const void *input, void *rows) {
    const struct status_ask *in = input;
    struct ask_rows *r = rows;
    struct key of_closure = {.id = in->closure, .operator= load->actor->operator};
    struct key of_line = {.id = in->line, .operator= load->actor->operator};
    want_one(load, CLOSURE_BY_ID, &of_closure, 0, &r->closure);
    want_many(load, CONTACTS_OF_LINE, &of_line, r->contacts, CONTACTS_A_LINE);
    want_attempts(load, SCOPE_MAIL, in->key, &r->sends);
    want_attempts(load, SCOPE_START, load->actor->address, &r->starts);
    want_attempts(load, SCOPE_STATUS, in->known, &r->asked);
}

/* The contact with that address that counts; NULL when there is none. */
static const struct contact *contact_meant(const struct outcome *out, const struct status_ask *in,
                                           const struct ask_rows *r) {
    const struct contact *found = NULL;
    char key[EMAIL_SIZE];
    for (size_t i = 0; i < CONTACTS_A_LINE; i++) {
        email_key(r->contacts[i].address, key);
        if (strcmp(key, in->key) == 0 && r->contacts[i].line == r->closure.line &&
            contact_may_confirm(&r->contacts[i], out->policy, out->now))
            found = &r->contacts[i];
    }
    return r->closure.id ? found : NULL;
}

static bool count(struct outcome *out, const struct status_ask *in, const struct ask_rows *r) {
    if (!attempts_left(out, &r->sends, BUDGET_LINE) ||
        !attempts_left(out, &r->starts, BUDGET_ADDRESS) ||
        !attempts_left(out, &r->asked, BUDGET_LINE))
        return false;
    attempts_spend(out, &r->sends, BUDGET_LINE, SCOPE_MAIL, in->key);
    attempts_spend(out, &r->starts, BUDGET_ADDRESS, SCOPE_START, out->actor->address);
    attempts_spend(out, &r->asked, BUDGET_LINE, SCOPE_STATUS, in->known);
    return true;
}

static enum refusal ask_decide(struct outcome *out, const void *input, const void *rows) {
    const struct status_ask *in = input;
    const struct ask_rows *r = rows;
    struct challenge challenge = {.id = 0};
    enum language language;
    if (!out->policy)
        return REFUSED_NOT_FOUND;
    if (!language_parse(in->language, &language))
        return REFUSED_INPUT;
    const struct contact *contact = contact_meant(out, in, r);
    if (contact && !closure_shows(&r->closure, closure_policy(out, &r->closure), out->now))
        contact = NULL; /* nothing of it is open any more */
    if (!count(out, in, r))
        return REFUSED_TOO_MANY;
    challenge.closure = contact ? r->closure.id : 0;
    /* As it is registered, not as it was typed. */
    challenge_begin(out, &challenge, STATUS_OPEN, language, contact ? contact->address : in->email);
    out->subject = challenge.closure ? r->closure.line : 0;
    return ACCEPTED;
}

static const enum refusal ask_refusals[] = {REFUSED_NOT_FOUND, REFUSED_INPUT, REFUSED_EMAIL_FORM,
                                            REFUSED_TOO_MANY,  REFUSED_BUSY,  ACCEPTED};

const struct verb status_ask_verb = {
    .name = "status.ask",
    .help = "See a closure's status without its secret: a code goes to a registered address",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER,
    .input = ask_input,
    .input_size = sizeof(struct status_ask),
    .rows_size = sizeof(struct ask_rows),
    .secret = true,
    .prepare = ask_prepare,
    .load = ask_load,
    .decide = ask_decide,
    .refusals = ask_refusals,
};

/* --- status.open --- */

struct open_rows {
    struct challenge challenge;
    struct line line; /* nothing of it is asked: whose line it was does not raise the proof */
    struct peer_budgets peer;
};

static const struct field open_input[] = {
    INPUT(FIELD_ID, status_open, challenge, 1, INT64_MAX, "the challenge's id"),
    INPUT(FIELD_TEXT, status_open, holder, 1, TOKEN_TEXT - 1,
          "the secret that status.ask handed out"),
    INPUT(FIELD_TEXT, status_open, code, CODE_DIGITS, CODE_TYPED - 1,
          "the eight digits of the e-mail"),
    FIELD_END,
};

static void open_load(struct load *load, const void *input, void *rows) {
    const struct status_open *in = input;
    struct open_rows *r = rows;
    want_challenge(load, in->challenge, &r->challenge);
    want_peer_budgets(load, &r->peer);
}

static enum refusal open_decide(struct outcome *out, const void *input, const void *rows) {
    const struct status_open *in = input;
    const struct open_rows *r = rows;
    struct challenge challenge = r->challenge;
    enum refusal no = challenge_open(out, &challenge, in->holder, STATUS_OPEN);
    if (no)
        return no;
    no = challenge_try(out, &challenge, in->code, &r->peer);
    if (no)
        return no;
    no = proof_check(proof_required(&r->line, PROVE_OPEN_STATUS, out->policy, out->now),
                     PROOF_CONFIRMATION | PROOF_SECOND_CHANNEL);
    assert(!no && challenge.closure);
    challenge.used_at = out->now;
    memset(challenge.address, 0, sizeof challenge.address); /* no longer needed */
    put_challenge(out, &challenge);
    out->result = challenge.closure;
    return ACCEPTED;
}

static const enum refusal open_refusals[] = {REFUSED_NOT_FOUND,    REFUSED_CODE_WRONG,
                                             REFUSED_CODE_EXPIRED, REFUSED_CODE_USED,
                                             REFUSED_TOO_MANY,     ACCEPTED};

const struct verb status_open_verb = {
    .name = "status.open",
    .help = "Give the code of the e-mail, and see the status",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER,
    .prove = PROVE_OPEN_STATUS,
    .input = open_input,
    .input_size = sizeof(struct status_open),
    .rows_size = sizeof(struct open_rows),
    .opens = true,
    .load = open_load,
    .decide = open_decide,
    .refusals = open_refusals,
};
