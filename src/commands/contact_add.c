/* contact.ask and contact.add: one more contact, once the code that went to it comes back. */
#include <assert.h>
#include <string.h>

#include "commands/contact_step.h"
#include "commands/registration_step.h"
#include "rules/contact.h"
#include "rules/identifier.h"

/* --- contact.ask --- */

struct ask_rows {
    struct contact_rows of;
    struct registered registered;
    struct identity_budgets identity;
    struct budget sends, changes;
};

static const struct field ask_input[] = {
    INPUT(FIELD_ID, contact_ask, line, 1, INT64_MAX, "the line"),
    INPUT(FIELD_TEXT, contact_ask, email, 3, EMAIL_SIZE - 2, "the new e-mail address"),
    INPUT(FIELD_TEXT, contact_ask, document_type, 1, 39,
          "The kind of identity document, such as hkid or passport"),
    INPUT(FIELD_TEXT, contact_ask, document, 1, 39,
          "The number of the registered identity document"),
    INPUT(FIELD_TEXT, contact_ask, language, 2, 15, "BCP 47 tag of the message's language"),
    FIELD_END,
};

static enum refusal ask_prepare(void *input, const struct actor *actor, struct store *reader,
                                const struct engine *engine, const struct secrets *secrets) {
    struct contact_ask *in = input;
    char address[EMAIL_SIZE];
    (void)actor, (void)reader, (void)engine, (void)secrets;
    if (email_normalise(in->email, address) != IDENTIFIER_OK)
        return REFUSED_EMAIL_FORM;
    memcpy(in->email, address, sizeof in->email);
    email_key(in->email, in->key);
    return ACCEPTED;
}

static void ask_load(struct load *load, const void *input, void *rows) {
    const struct contact_ask *in = input;
    struct ask_rows *r = rows;
    want_contact_rows(load, in->line, &r->of);
    want_registered_of(load, in->line, &r->registered);
    want_identity_budgets(load, in->line, &r->identity);
    want_attempts(load, SCOPE_MAIL, in->key, &r->sends);
    want_attempts_of(load, SCOPE_CONTACT, in->line, &r->changes);
}

/* The way of proving that needs the ID number and the code only, the others having been given. */
static enum refusal ask_prove(struct outcome *out, const struct contact_ask *in,
                              const struct ask_rows *r) {
    enum refusal no =
        contact_prove(out, &r->of, PROVE_ADD_CONTACT, PROOF_IDENTITY | PROOF_CONFIRMATION);
    if (!no)
        no = proof_adding(&r->of.account, out->policy, out->now);
    if (!no)
        no = identity_try(out, &r->identity, &r->registered, in->line, in->document_type,
                          in->document, NULL);
    return no ? no : contact_may_add(r->of.contacts, CONTACTS_A_LINE, in->email);
}

static enum refusal ask_decide(struct outcome *out, const void *input, const void *rows) {
    const struct contact_ask *in = input;
    const struct ask_rows *r = rows;
    enum language language;
    if (!out->policy)
        return REFUSED_NOT_FOUND;
    out->subject = r->of.line.id;
    if (!language_parse(in->language, &language))
        return REFUSED_INPUT;
    enum refusal no = ask_prove(out, in, r);
    if (no)
        return no;
    if (!attempts_left(out, &r->sends, BUDGET_LINE) ||
        !contact_change_spend(out, &r->changes, in->line))
        return REFUSED_TOO_MANY;
    attempts_spend(out, &r->sends, BUDGET_LINE, SCOPE_MAIL, in->key);
    struct challenge challenge = {
        .line = r->of.line.id, .account = out->actor->id, .proved_at = out->now};
    challenge_begin(out, &challenge, CONTACT_ADDING, language, in->email);
    return ACCEPTED;
}

static const enum refusal ask_refusals[] = {
    REFUSED_NOT_FOUND,     REFUSED_NOT_SIGNED_IN, REFUSED_STEP_UP,  REFUSED_PROOF,
    REFUSED_LINE_CLOSED,   REFUSED_RESET_NEW,     REFUSED_INPUT,    REFUSED_EMAIL_FORM,
    REFUSED_DOCUMENT_TYPE, REFUSED_DOCUMENT_FORM, REFUSED_IDENTITY, REFUSED_DOCUMENT_CHECK,
    REFUSED_UNCHANGED,     REFUSED_CONTACTS_FULL, REFUSED_TOO_MANY, ACCEPTED,
};

const struct verb contact_ask_verb = {
    .name = "contact.ask",
    .help = "Add a contact to a line: a code goes to the new address",
    .who = ACTOR_SUBSCRIBER,
    .prove = PROVE_ADD_CONTACT,
    .prove_later = PROOF_CONFIRMATION,
    .input = ask_input,
    .input_size = sizeof(struct contact_ask),
    .rows_size = sizeof(struct ask_rows),
    .secret = true,
    .prepare = ask_prepare,
    .load = ask_load,
    .decide = ask_decide,
    .refusals = ask_refusals,
};

/* --- contact.add --- */

/* The ID number was given when the code was asked for: there is no such challenge without. */
static enum refusal add_prove(struct outcome *out, const struct contact_code *in,
                              const struct contact_code_rows *r, struct challenge *challenge) {
    uint32_t more = PROOF_CONFIRMATION | (challenge->proved_at ? PROOF_IDENTITY : 0);
    enum refusal no = contact_prove(out, &r->of, PROVE_ADD_CONTACT, more);
    if (!no)
        no = proof_adding(&r->of.account, out->policy, out->now);
    return no ? no : challenge_try(out, challenge, in->code, &r->peer);
}

static enum refusal add_decide(struct outcome *out, const void *input, const void *rows) {
    const struct contact_code *in = input;
    const struct contact_code_rows *r = rows;
    struct challenge challenge = r->challenge;
    enum refusal no = contact_challenge_open(out, &challenge, in, CONTACT_ADDING);
    if (!no)
        no = add_prove(out, in, r, &challenge);
    if (!no) /* another browser tab may have been quicker */
        no = contact_may_add(r->of.contacts, CONTACTS_A_LINE, challenge.address);
    if (no)
        return no;
    struct contact contact = {.id = outcome_id(out),
                              .operator= r->of.line.operator,
                              .line = r->of.line.id,
                              .kind = CONTACT_EMAIL,
                              .since = out->now,
                              .verified_at = out->now};
    memcpy(contact.address, challenge.address, sizeof contact.address);
    add_contact(out, &contact);
    contact_changed(out, &r->of, &challenge, &contact);
    return ACCEPTED;
}

static const enum refusal add_refusals[] = {
    REFUSED_NOT_FOUND,    REFUSED_NOT_SIGNED_IN,
    REFUSED_STEP_UP,      REFUSED_PROOF,
    REFUSED_LINE_CLOSED,  REFUSED_RESET_NEW,
    REFUSED_CODE_WRONG,   REFUSED_CODE_USED,
    REFUSED_CODE_EXPIRED, REFUSED_TOO_MANY,
    REFUSED_UNCHANGED,    REFUSED_CONTACTS_FULL,
    REFUSED_BUSY,         ACCEPTED,
};

const struct verb contact_add_verb = {
    .name = "contact.add",
    .help = "Give the code that went to the new address: it is a contact of the line then",
    .who = ACTOR_SUBSCRIBER,
    .prove = PROVE_ADD_CONTACT,
    .input = contact_code_input,
    .input_size = sizeof(struct contact_code),
    .rows_size = sizeof(struct contact_code_rows),
    .prepare = contact_code_prepare,
    .load = contact_code_load,
    .decide = add_decide,
    .refusals = add_refusals,
};
