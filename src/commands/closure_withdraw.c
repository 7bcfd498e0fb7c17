#include <assert.h>

#include "commands/closure.h"
#include "commands/closure_shared.h"

static const struct field input[] = {
    INPUT(FIELD_ID, closure_withdraw, closure, 1, INT64_MAX, "The closure"),
    INPUT(FIELD_TEXT, closure_withdraw, code, 0, 24, "The eight-digit code of the message"),
    INPUT(FIELD_TEXT, closure_withdraw, secret, 0, 43, "The link's secret"),
    INPUT(FIELD_TEXT, closure_withdraw, status_secret, 0, 39, "The status secret"),
    FIELD_END,
};

struct rows {
    struct closure closure;
    struct line line;
    struct session session;
    struct account_line link;
    struct contact contacts[CONTACTS_A_LINE];
    struct budget code;
    struct peer_budgets peer;
};

static void load(struct load *load, const void *given, void *rows) {
    const struct closure_withdraw *in = given;
    struct rows *r = rows;
    bool person = load->actor->kind == ACTOR_SUBSCRIBER;
    want_line(load, in->line, &r->line);
    want_closure(load, in->closure, &r->closure);
    want_session(load, load->actor->session, &r->session);
    want_account_line(load, person ? load->actor->id : 0, in->line, &r->link);
    want_contacts(load, in->line, r->contacts);
    want_attempts_of(load, SCOPE_CODE, in->line, &r->code);
    want_peer_budgets(load, &r->peer);
}

/* The bits of the secrets given. A wrong one costs attempts; a spent budget only shuts out what
 * can be guessed, the code. */
static enum refusal secrets_given(struct outcome *out, const struct closure_withdraw *in,
                                  const struct rows *r, uint32_t *bits) {
    const struct closure *closure = &r->closure;
    bool any = in->secret[0] || in->status_secret[0] || in->code[0];
    *bits = 0;
    if (closure_link_fits(out->secrets, closure, in->secret))
        *bits |= PROOF_CONFIRMATION;
    if (closure_status_fits(out->secrets, closure, in->status_secret))
        *bits |= PROOF_STATUS_SECRET;
    if (*bits || !any)
        return ACCEPTED;
    if (!peer_left(out, &r->peer) || !attempts_left(out, &r->code, BUDGET_LINE))
        return REFUSED_TOO_MANY;
    if (closure_code_fits(out->secrets, closure, in->code)) {
        *bits |= PROOF_CONFIRMATION;
        return ACCEPTED;
    }
    peer_spend(out, &r->peer);
    if (in->code[0])
        attempts_spend_of(out, &r->code, BUDGET_LINE, SCOPE_CODE, in->line);
    return closure_fits(closure, &r->line) && in->code[0] ? REFUSED_CODE_WRONG : REFUSED_NOT_FOUND;
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct closure_withdraw *in = given;
    const struct rows *r = rows;
    struct closure closure = r->closure;
    uint32_t bits;
    assert(out->policy);
    out->subject = r->line.id;
    enum refusal no = secrets_given(out, in, r, &bits);
    if (no)
        return no;
    if (!closure_fits(&closure, &r->line))
        return REFUSED_NOT_FOUND;
    const struct policy *policy = closure_policy(out, &closure);
    bits |= proof_given(out, &r->session, &r->link, &r->line);
    no = proof_check(proof_required(&r->line, PROVE_WITHDRAW, policy, out->now), bits);
    if (no)
        return no;
    out->result = closure.id;
    no = closure_withdraw(&closure, policy, out->now);
    if (no)
        return no;
    closure_record(out, &closure, &r->line, policy);
    closure_tell(out, EFFECT_WITHDRAWN, &closure, r->contacts, true);
    return ACCEPTED;
}

static const enum refusal refusals[] = {
    REFUSED_NOT_FOUND,     REFUSED_TOO_MANY,      REFUSED_CODE_WRONG,
    REFUSED_NOT_SIGNED_IN, REFUSED_STEP_UP,       REFUSED_TOO_LATE,
    REFUSED_UNCHANGED,     REFUSED_CLOSURE_STATE, ACCEPTED,
};

const struct verb closure_withdraw_verb = {
    .name = "closure.withdraw",
    .help = "Call a closure off before it is carried out",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER | ACTOR_API,
    .scope = "closures:write",
    .view = "closure",
    .input = input,
    .input_size = sizeof(struct closure_withdraw),
    .rows_size = sizeof(struct rows),
    .prepare = closure_prepare,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
