#include "commands/identity_try.h"
#include "commands/suspension.h"
#include "commands/suspension_shared.h"

static const struct field input[] = {
    INPUT(FIELD_ID, line_reactivate, line, 1, INT64_MAX, "The line that is to work again"),
    INPUT(FIELD_TEXT, line_reactivate, document_type, 1, 39,
          "The kind of identity document, such as hkid or passport"),
    INPUT(FIELD_TEXT, line_reactivate, document, 1, 39,
          "The number of the registered identity document"),
    FIELD_END,
};

struct rows {
    struct line line;
    struct registered registered;
    struct session session;
    struct account_line link;
    struct suspension open;
    struct work works[WORKS_A_CLOSURE];
    struct identity_budgets identity;
};

static void load(struct load *load, const void *given, void *rows) {
    const struct line_reactivate *in = given;
    struct rows *r = rows;
    bool person = load->actor->kind == ACTOR_SUBSCRIBER;
    want_line(load, in->line, &r->line);
    want_registered_of(load, in->line, &r->registered);
    want_session(load, load->actor->session, &r->session);
    want_account_line(load, person ? load->actor->id : 0, in->line, &r->link);
    want_suspension_of(load, in->line, &r->open);
    want_suspension_works(load, in->line, r->works);
    want_identity_budgets(load, in->line, &r->identity);
}

/* All but the ID number, which is looked at last: a wrong one costs attempts. */
static enum refusal prove(struct outcome *out, const struct rows *r) {
    if (!out->policy || !r->line.id)
        return REFUSED_NOT_FOUND;
    uint32_t given = proof_given(out, &r->session, &r->link, &r->line) | PROOF_IDENTITY;
    return proof_check(proof_required(&r->line, PROVE_REACTIVATE, out->policy, out->now), given);
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct line_reactivate *in = given;
    const struct rows *r = rows;
    struct suspension suspension = r->open;
    out->subject = r->line.id;
    enum refusal no = prove(out, r);
    if (no)
        return no;
    out->result = r->line.id;
    if (r->line.state == LINE_CLOSED)
        return REFUSED_LINE_CLOSED;
    if (!suspension.id) /* one that is being cut has none any more */
        return r->line.closure ? REFUSED_LINE_CLOSING : REFUSED_NOT_SUSPENDED;
    const struct policy *policy = suspension_policy(out, &suspension);
    no = suspension_back(&suspension, BACK_ASKED, policy, out->now);
    if (!no)
        no = identity_try(out, &r->identity, &r->registered, r->line.id, in->document_type,
                          in->document, NULL);
    if (no)
        return no;
    closure_works_end(out, r->works, 0, "called off", 0);
    put_suspension(out, &suspension);
    if (suspension.unbar_at)
        suspension_ask(out, EFFECT_NETWORK_UNBAR, &suspension);
    return ACCEPTED;
}

static const enum refusal refusals[] = {
    REFUSED_NOT_FOUND,
    REFUSED_NOT_SIGNED_IN,
    REFUSED_STEP_UP,
    REFUSED_LINE_CLOSED,
    REFUSED_LINE_CLOSING,
    REFUSED_NOT_SUSPENDED,
    REFUSED_UNCHANGED,
    REFUSED_TOO_MANY,
    REFUSED_DOCUMENT_TYPE,
    REFUSED_DOCUMENT_FORM,
    REFUSED_DOCUMENT_CHECK,
    REFUSED_IDENTITY,
    ACCEPTED,
};

const struct verb line_reactivate_verb = {
    .name = "line.reactivate",
    .help = "Have a suspended line work again",
    .who = ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF,
    .scope = "lines:write",
    .view = "suspension",
    .prove = PROVE_REACTIVATE,
    .input = input,
    .input_size = sizeof(struct line_reactivate),
    .rows_size = sizeof(struct rows),
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
