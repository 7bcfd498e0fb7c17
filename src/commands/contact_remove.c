/* contact.ask_removal and contact.remove: a contact goes, once a code that went to the line or to a
 * contact of age comes back. */
#include <assert.h>
#include <string.h>

#include "commands/contact_step.h"
#include "commands/registration_step.h"
#include "rules/contact.h"
#include "rules/identifier.h"

/* The line's contact of that id that is there; NULL when there is none. */
static const struct contact *contact_among(const struct contact_rows *r, int64_t id) {
    for (size_t i = 0; i < CONTACTS_A_LINE; i++)
        if (r->contacts[i].id == id && id && !r->contacts[i].removed_at)
            return &r->contacts[i];
    return NULL;
}

/* May a code to `via` (0: the line) remove a contact now. */
static enum refusal removal_route(const struct outcome *out, const struct contact_rows *r,
                                  int64_t via) {
    static const struct contact none = {.id = 0};
    const struct contact *contact = via ? contact_among(r, via) : NULL;
    if (via && !contact)
        contact = &none;
    return proof_route(&r->line, &r->suspension, contact, &r->account, out->policy, out->now);
}

static enum refusal removal_prove(const struct outcome *out, const struct contact_rows *r,
                                  int64_t via, uint32_t more) {
    const struct contact *contact = contact_among(r, via);
    if (contact && contact_may_confirm(contact, out->policy, out->now))
        more |= PROOF_SECOND_CHANNEL;
    return contact_prove(out, r, PROVE_REMOVE_CONTACT, more);
}

/* --- contact.ask_removal --- */

struct ask_rows {
    struct contact_rows of;
    struct registered registered;
    struct identity_budgets identity;
    struct budget mails, messages, changes; /* messages: by SMS to the line */
};

static const struct field ask_input[] = {
    INPUT(FIELD_ID, contact_ask_removal, line, 1, INT64_MAX, "the line"),
    INPUT(FIELD_ID, contact_ask_removal, contact, 1, INT64_MAX, "the contact that is to go"),
    INPUT(FIELD_ID, contact_ask_removal, via, 0, INT64_MAX,
          "the contact that gets the code; 0 is the line itself"),
    INPUT(FIELD_TEXT, contact_ask_removal, document_type, 1, 39,
          "The kind of identity document, such as hkid or passport"),
    INPUT(FIELD_TEXT, contact_ask_removal, document, 1, 39,
          "The number of the registered identity document"),
    INPUT(FIELD_TEXT, contact_ask_removal, language, 2, 15, "BCP 47 tag of the message's language"),
    FIELD_END,
};

static enum refusal ask_prepare(void *input, const struct actor *actor, struct store *reader,
                                const struct engine *engine, const struct secrets *secrets) {
    struct contact_ask_removal *in = input;
    struct key key = {.id = in->via, .operator= actor->operator};
    struct contact contact = {.id = 0};
    struct want want = {.statement = CONTACT_BY_ID, .in = &key, .rows = &contact, .room = 1};
    (void)secrets;
    if (in->via && engine->read(reader, &want, 1) != STORE_OK)
        return REFUSED_BUSY;
    email_key(contact.address, in->key);
    return ACCEPTED;
}

static void ask_load(struct load *load, const void *input, void *rows) {
    const struct contact_ask_removal *in = input;
    struct ask_rows *r = rows;
    want_contact_rows(load, in->line, &r->of);
    want_registered_of(load, in->line, &r->registered);
    want_identity_budgets(load, in->line, &r->identity);
    want_attempts(load, SCOPE_MAIL, in->key, &r->mails);
    want_attempts_of(load, SCOPE_SMS, in->line, &r->messages);
    want_attempts_of(load, SCOPE_CONTACT, in->line, &r->changes);
}

static enum refusal ask_prove(struct outcome *out, const struct contact_ask_removal *in,
                              const struct ask_rows *r) {
    enum refusal no = removal_prove(out, &r->of, in->via, PROOF_IDENTITY | PROOF_CONFIRMATION);
    if (!no && !contact_among(&r->of, in->contact))
        no = REFUSED_NOT_FOUND;
    if (!no)
        no = removal_route(out, &r->of, in->via);
    return no ? no
              : identity_try(out, &r->identity, &r->registered, in->line, in->document_type,
                             in->document, NULL);
}

static enum refusal ask_count(struct outcome *out, const struct contact_ask_removal *in,
                              const struct ask_rows *r) {
    const struct budget *budget = in->via ? &r->mails : &r->messages;
    if (!attempts_left(out, budget, BUDGET_LINE) ||
        !contact_change_spend(out, &r->changes, in->line))
        return REFUSED_TOO_MANY;
    if (in->via)
        attempts_spend(out, &r->mails, BUDGET_LINE, SCOPE_MAIL, in->key);
    else
        attempts_spend_of(out, &r->messages, BUDGET_LINE, SCOPE_SMS, in->line);
    return ACCEPTED;
}

static enum refusal ask_decide(struct outcome *out, const void *input, const void *rows) {
    const struct contact_ask_removal *in = input;
    const struct ask_rows *r = rows;
    enum language language;
    if (!out->policy)
        return REFUSED_NOT_FOUND;
    out->subject = r->of.line.id;
    if (!language_parse(in->language, &language))
        return REFUSED_INPUT;
    enum refusal no = ask_prove(out, in, r);
    if (!no)
        no = ask_count(out, in, r);
    if (no)
        return no;
    const struct contact *via = contact_among(&r->of, in->via);
    struct challenge challenge = {.line = r->of.line.id,
                                  .account = out->actor->id,
                                  .proved_at = out->now,
                                  .contact = in->contact,
                                  .via = in->via};
    challenge_begin(out, &challenge, CONTACT_REMOVING, language,
                    via ? via->address : r->of.line.number);
    return ACCEPTED;
}

static const enum refusal ask_refusals[] = {
    REFUSED_NOT_FOUND,      REFUSED_NOT_SIGNED_IN, REFUSED_STEP_UP,       REFUSED_PROOF,
    REFUSED_LINE_CLOSED,    REFUSED_RESET_NEW,     REFUSED_CONTACT_YOUNG, REFUSED_ROUTE_SUSPENDED,
    REFUSED_INPUT,          REFUSED_DOCUMENT_TYPE, REFUSED_DOCUMENT_FORM, REFUSED_IDENTITY,
    REFUSED_DOCUMENT_CHECK, REFUSED_TOO_MANY,      REFUSED_BUSY,          ACCEPTED,
};

const struct verb contact_ask_removal_verb = {
    .name = "contact.ask_removal",
    .help = "Remove a contact: a code goes to the line or to a contact of age",
    .who = ACTOR_SUBSCRIBER,
    .prove = PROVE_REMOVE_CONTACT,
    .prove_later = PROOF_CONFIRMATION,
    .input = ask_input,
    .input_size = sizeof(struct contact_ask_removal),
    .rows_size = sizeof(struct ask_rows),
    .secret = true,
    .prepare = ask_prepare,
    .load = ask_load,
    .decide = ask_decide,
    .refusals = ask_refusals,
};

/* --- contact.remove --- */

static enum refusal remove_prove(struct outcome *out, const struct contact_code *in,
                                 const struct contact_code_rows *r, struct challenge *challenge) {
    uint32_t more = PROOF_CONFIRMATION | (challenge->proved_at ? PROOF_IDENTITY : 0);
    enum refusal no = removal_prove(out, &r->of, in->via, more);
    if (no)
        return no;
    no = removal_route(out, &r->of, in->via);
    if (no == REFUSED_NOT_FOUND) /* who got the code is a contact no more: so the code is dead */
        no = REFUSED_CODE_EXPIRED;
    return no ? no : challenge_try(out, challenge, in->code, &r->peer);
}

static enum refusal remove_decide(struct outcome *out, const void *input, const void *rows) {
    const struct contact_code *in = input;
    const struct contact_code_rows *r = rows;
    struct challenge challenge = r->challenge;
    enum refusal no = contact_challenge_open(out, &challenge, in, CONTACT_REMOVING);
    if (!no)
        no = remove_prove(out, in, r, &challenge);
    if (no)
        return no;
    const struct contact *there = contact_among(&r->of, challenge.contact);
    if (!there)
        return REFUSED_UNCHANGED; /* another browser tab was quicker */
    struct contact contact = *there;
    contact_end(&contact, out->policy, out->now);
    put_contact(out, &contact);
    contact_changed(out, &r->of, &challenge, &contact);
    return ACCEPTED;
}

static const enum refusal remove_refusals[] = {
    REFUSED_NOT_FOUND,       REFUSED_NOT_SIGNED_IN,
    REFUSED_STEP_UP,         REFUSED_PROOF,
    REFUSED_LINE_CLOSED,     REFUSED_RESET_NEW,
    REFUSED_CODE_WRONG,      REFUSED_CODE_USED,
    REFUSED_CODE_EXPIRED,    REFUSED_TOO_MANY,
    REFUSED_UNCHANGED,       REFUSED_BUSY,
    REFUSED_ROUTE_SUSPENDED, ACCEPTED,
};

const struct verb contact_remove_verb = {
    .name = "contact.remove",
    .help = "Give the code: the contact is removed, and told so",
    .who = ACTOR_SUBSCRIBER,
    .prove = PROVE_REMOVE_CONTACT,
    .input = contact_code_input,
    .input_size = sizeof(struct contact_code),
    .rows_size = sizeof(struct contact_code_rows),
    .prepare = contact_code_prepare,
    .load = contact_code_load,
    .decide = remove_decide,
    .refusals = remove_refusals,
};
