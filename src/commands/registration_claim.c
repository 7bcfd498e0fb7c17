/* registration.claim: somebody without the SIM gives the number and the ID number that it is
 * registered with. Whether they fit stands in the challenge only, whose line is 0 when they do not.
 */
#include <string.h>

#include "base/words.h"
#include "commands/registration.h"
#include "commands/registration_step.h"
#include "rules/match.h"

#define SCOPE_CLAIM "claim" /* lines asked for without their SIM; subject: the number */

struct claim_rows {
    struct line line;
    struct registered registered;
    struct budget claims, starts;
};

static const struct field input_fields[] = {
    INPUT(FIELD_TEXT, registration_claim, number, 8, NUMBER_SIZE - 1,
          "the line's number, E.164 with +"),
    INPUT(FIELD_TEXT, registration_claim, document_type, 1, 39,
          "The kind of identity document, such as hkid or passport"),
    INPUT(FIELD_TEXT, registration_claim, document, 1, 39,
          "The number of the identity document that the line is registered with"),
    INPUT(FIELD_TEXT, registration_claim, language, 2, 15, "BCP 47 tag of the messages' language"),
    FIELD_END,
};

static enum refusal prepare(void *input, const struct actor *actor, struct store *reader,
                            const struct engine *engine, const struct secrets *secrets) {
    struct registration_claim *in = input;
    (void)secrets;
    return line_read(engine, reader, actor, in->number, &in->line) ? ACCEPTED : REFUSED_BUSY;
}

/* As many rows are asked for when nobody has the number. */
static void load(struct load *load, const void *input, void *rows) {
    const struct registration_claim *in = input;
    struct claim_rows *r = rows;
    struct key key = {.id = in->line, .operator= load->actor->operator};
    want_one(load, LINE_BY_ID, &key, in->line, &r->line);
    want_one(load, SUBSCRIBER_OF_LINE, &key, 0, &r->registered.subscriber);
    want_one(load, SECOND_PERSON_BY_ID, &key, in->line, &r->registered.second);
    want_attempts(load, SCOPE_CLAIM, in->number, &r->claims);
    want_attempts(load, SCOPE_START, load->actor->address, &r->starts);
}

static enum refusal decide(struct outcome *out, const void *input, const void *rows) {
    const struct registration_claim *in = input;
    const struct claim_rows *r = rows;
    enum language language;
    if (!out->policy)
        return REFUSED_NOT_FOUND;
    if (in->number[0] != '+' || !language_parse(in->language, &language))
        return REFUSED_INPUT;
    enum refusal no = match_identity(&r->registered, in->document_type, in->document, out->policy,
                                     out->now, NULL);
    if (no && no != REFUSED_IDENTITY)
        return no; /* mistyped: it says nothing about the line, and costs nothing */
    if (!attempts_left(out, &r->claims, BUDGET_LINE) ||
        !attempts_left(out, &r->starts, BUDGET_ADDRESS))
        return REFUSED_TOO_MANY;
    attempts_spend(out, &r->claims, BUDGET_LINE, SCOPE_CLAIM, in->number);
    attempts_spend(out, &r->starts, BUDGET_ADDRESS, SCOPE_START, out->actor->address);
    bool fits = !no && r->line.id && r->line.state != LINE_CLOSED &&
                strcmp(r->line.number, in->number) == 0;
    struct challenge challenge = {.line = fits ? r->line.id : 0,
                                  .claims = 1,
                                  .purpose = REGISTRATION_CLAIM,
                                  .proved_at = out->now,
                                  .issued_at = out->now,
                                  .expires_at = out->now + FORM_LIFE};
    challenge_make(out, &challenge, language, in->number);
    add_challenge(out, &challenge);
    out->subject = challenge.line;
    return ACCEPTED;
}

static const enum refusal refusals[] = {
    REFUSED_NOT_FOUND,      REFUSED_INPUT,    REFUSED_DOCUMENT_TYPE, REFUSED_DOCUMENT_FORM,
    REFUSED_DOCUMENT_CHECK, REFUSED_TOO_MANY, REFUSED_BUSY,          ACCEPTED,
};

const struct verb registration_claim_verb = {
    .name = "registration.claim",
    .help = "Begin without the SIM: the number, and the ID number that it is registered with",
    .who = ACTOR_ANONYMOUS,
    .input = input_fields,
    .input_size = sizeof(struct registration_claim),
    .rows_size = sizeof(struct claim_rows),
    .secret = true,
    .prepare = prepare,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
