#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "commands/closure.h"
#include "commands/closure_shared.h"
#include "commands/identity_try.h"
#include "rules/reference.h"

static const struct field input[] = {
    INPUT(FIELD_ID, closure_submit, line, 1, INT64_MAX, "The line that is to be closed"),
    INPUT(FIELD_TEXT, closure_submit, document_type, 1, 39,
          "The kind of identity document, such as hkid or passport"),
    INPUT(FIELD_TEXT, closure_submit, document, 1, 39,
          "The number of the document that counts: the registered person's; under 16 the adult's; "
          "of a company the responsible person's"),
    INPUT(FIELD_ID, closure_submit, contact, 0, INT64_MAX,
          "The registered contact that gets the confirmation; 0 is the line itself"),
    INPUT(
        FIELD_BOOL, closure_submit, nowhere, 0, 1,
        "Nothing that is sent to the line or its contacts arrives: the case is kept, and asks for "
        "the document and a counter"),
    INPUT(FIELD_TEXT, closure_submit, reason, 0, 300, "Why, in the person's own words"),
    INPUT(FIELD_TEXT, closure_submit, language, 0, 15,
          "The language of the messages: en, zh-Hant-HK or zh-Hans-CN"),
    FIELD_END,
};

struct rows {
    struct line line;
    struct registered registered;
    struct session session;
    struct account account; /* whose session asks */
    struct account_line link;
    struct contact contact, contacts[CONTACTS_A_LINE];
    struct closure open;
    struct suspension suspension; /* the open one */
    struct budget sms, submits;
    struct identity_budgets identity;
};

static void load(struct load *load, const void *given, void *rows) {
    const struct closure_submit *in = given;
    struct rows *r = rows;
    bool person = load->actor->kind == ACTOR_SUBSCRIBER;
    want_line(load, in->line, &r->line);
    want_registered_of(load, in->line, &r->registered);
    want_session(load, load->actor->session, &r->session);
    want_asking_account(load, &r->account);
    want_account_line(load, person ? load->actor->id : 0, in->line, &r->link);
    want_contact(load, in->contact, &r->contact);
    want_contacts(load, in->line, r->contacts);
    want_closure_of(load, in->line, &r->open);
    want_suspension_of(load, in->line, &r->suspension);
    want_identity_budgets(load, in->line, &r->identity);
    want_attempts_of(load, SCOPE_SMS, in->line, &r->sms);
    want_attempts_of(load, SCOPE_SUBMIT, in->line, &r->submits);
}

/* The way of proving that needs the ID number only, the others having been given. */
static enum refusal prove(struct outcome *out, const struct closure_submit *in,
                          const struct rows *r) {
    if (!r->line.id)
        return REFUSED_NOT_FOUND;
    /* The ID number is looked at next; for the document the closure itself waits. */
    uint32_t given =
        proof_given(out, &r->session, &r->link, &r->line) | PROOF_IDENTITY | PROOF_DOCUMENT;
    if (in->contact && r->contact.line == r->line.id &&
        contact_may_confirm(&r->contact, out->policy, out->now))
        given |= PROOF_SECOND_CHANNEL;
    if (in->nowhere) /* no message confirms it: the person at a counter does, with the original */
        given |= PROOF_SECOND_CHANNEL;
    return proof_check(proof_required(&r->line, PROVE_CLOSE, out->policy, out->now), given);
}

/* Where the confirmation goes, and whether the document is asked for whatever the policy says. Who
 * has not proved the SIM chooses no way: the rules know the only one. */
static enum refusal route(const struct outcome *out, const struct closure_submit *in,
                          const struct rows *r, struct closure *closure) {
    bool claims = r->link.id && r->link.how != LINK_SIM;
    const struct contact *contact = in->contact ? &r->contact : NULL;
    if (claims || in->nowhere)
        closure->identity_asked = IDENTITY_DOCUMENT;
    if (claims && !in->nowhere)
        contact = proof_without_sim(&r->line, r->contacts, CONTACTS_A_LINE, &r->account, &r->link,
                                    out->policy, out->now);
    closure->unreachable = in->nowhere || (claims && !contact);
    if (closure->unreachable)
        return ACCEPTED;
    closure->contact = contact ? contact->id : 0;
    return proof_route(&r->line, &r->suspension, contact, &r->account, out->policy, out->now);
}

/* Whatever the way of the confirmation: the line and its contacts are told each time. */
static enum refusal count(struct outcome *out, const struct closure_submit *in,
                          const struct rows *r) {
    char line[24];
    snprintf(line, sizeof line, "%lld", (long long)in->line);
    if (!attempts_left(out, &r->sms, BUDGET_LINE) ||
        !attempts_take(out, &r->submits, CLOSURES_A_DAY, DAY, SCOPE_SUBMIT, line))
        return REFUSED_TOO_MANY;
    attempts_spend(out, &r->sms, BUDGET_LINE, SCOPE_SMS, line);
    return ACCEPTED;
}

static void describe(struct outcome *out, const struct closure_submit *in,
                     struct closure *closure) {
    uint8_t random[8];
    enum language language;
    if (!language_parse(in->language, &language))
        language = out->policy->languages[0];
    const char *tag = language_tag(policy_language(out->policy, language));
    closure->id = outcome_id(out);
    closure->basis = closure->matched_role == MATCHED_RESPONSIBLE ? BASIS_COMPANY : BASIS_PERSON;
    closure->account = out->actor->kind == ACTOR_SUBSCRIBER ? out->actor->id : 0;
    closure->api_key = out->actor->kind == ACTOR_API ? out->actor->id : 0;
    outcome_random(out, random, sizeof random);
    reference_make(random, closure->reference);
    outcome_random(out, closure->nonce, sizeof closure->nonce);
    memcpy(closure->reason, in->reason, sizeof closure->reason);
    memcpy(closure->language, tag, strlen(tag));
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct closure_submit *in = given;
    const struct rows *r = rows;
    struct closure closure = {0};
    if (!out->policy)
        return REFUSED_NOT_FOUND;
    out->subject = r->line.id;
    enum refusal no = prove(out, in, r);
    if (!no && r->line.state == LINE_CLOSED)
        no = REFUSED_LINE_CLOSED;
    if (!no && r->line.closure) {
        out->result = r->line.closure; /* the person's own: the door shows it */
        no = REFUSED_LINE_CLOSING;
    }
    if (!no)
        no = route(out, in, r, &closure);
    if (!no)
        no = identity_try(out, &r->identity, &r->registered, r->line.id, in->document_type,
                          in->document, &closure.matched_role);
    if (!no)
        no = count(out, in, r);
    if (no)
        return no;
    describe(out, in, &closure);
    no = closure_open(&closure, &r->line, out->policy, true, out->now);
    if (no)
        return no;
    struct line line = r->line;
    line.closure = closure.id;
    put_line(out, &line);
    add_closure(out, &closure);
    closure_tell(out, EFFECT_RECEIPT, &closure, r->contacts, true);
    if (!closure.unreachable)
        closure_ask(out, EFFECT_CONFIRM, &closure);
    out->result = closure.id;
    return ACCEPTED;
}

static const enum refusal refusals[] = {
    REFUSED_NOT_FOUND,     REFUSED_STEP_UP,         REFUSED_PROOF,
    REFUSED_LINE_CLOSED,   REFUSED_LINE_CLOSING,    REFUSED_CONTACT_YOUNG,
    REFUSED_RESET_NEW,     REFUSED_ROUTE_SUSPENDED, REFUSED_TOO_MANY,
    REFUSED_DOCUMENT_TYPE, REFUSED_DOCUMENT_FORM,   REFUSED_DOCUMENT_CHECK,
    REFUSED_IDENTITY,      REFUSED_NOT_SIGNED_IN,   ACCEPTED,
};

const struct verb closure_submit_verb = {
    .name = "closure.submit",
    .help = "Asks for a line to be closed; the one-day clock begins",
    .who = ACTOR_SUBSCRIBER | ACTOR_API,
    .scope = "closures:write",
    .view = "closure",
    .once = true,
    .prove = PROVE_CLOSE,
    .prove_later = PROOF_DOCUMENT,
    .input = input,
    .input_size = sizeof(struct closure_submit),
    .rows_size = sizeof(struct rows),
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
