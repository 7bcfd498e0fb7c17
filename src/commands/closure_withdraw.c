#include "commands/closure.h"
#include "commands/closure_shared.h"

static const struct field input[] = {
    INPUT(FIELD_ID, closure_withdraw, closure, 1, INT64_MAX, "The closure"),
    INPUT(FIELD_TEXT, closure_withdraw, code, 0, 24, "The eight-digit code of the message"),
    INPUT(FIELD_TEXT, closure_withdraw, secret, 0, 43, "The link's secret"),
    FIELD_END,
};

struct rows {
    struct closure closure;
    struct line line;
    struct session session;
    struct account_line link;
    struct contact contacts[CONTACTS_A_LINE];
    struct work works[WORKS_A_CLOSURE];
    struct guesses guesses;
};

static struct closure_target target_of(const struct closure_withdraw *in) {
    return (struct closure_target){in->closure, in->line};
}

static void load(struct load *load, const void *given, void *rows) {
    const struct closure_withdraw *in = given;
    struct rows *r = rows;
    bool person = load->actor->kind == ACTOR_SUBSCRIBER;
    struct closure_target target = target_of(in);
    want_line(load, in->line, &r->line);
    want_closure(load, in->closure, &r->closure);
    want_session(load, load->actor->session, &r->session);
    want_account_line(load, person ? load->actor->id : 0, in->line, &r->link);
    want_contacts(load, in->line, r->contacts);
    want_works(load, in->closure, r->works);
    want_guesses(load, &target, "", &r->guesses);
}

/* As when it confirms, a code counts while it lives and guesses are left. */
static enum refusal code_given(struct outcome *out, const struct closure_withdraw *in,
                               const struct rows *r, struct closure *closure,
                               const struct policy *policy, bool trusted) {
    struct closure_target target = target_of(in);
    if (!guesses_left(out, &r->guesses, closure, policy, trusted))
        return REFUSED_TOO_MANY;
    if (!closure_code_fits(out->secrets, closure, in->code))
        return guesses_spend(out, &r->guesses, &target, "", closure, policy);
    return out->now < closure_code_until(closure, policy) ? ACCEPTED : REFUSED_CODE_EXPIRED;
}

/* The bits of the secrets given. A wrong one costs attempts; what cannot be guessed, the link, is
 * looked at first, so that a spent budget shuts nobody out who has it. */
static enum refusal secrets_given(struct outcome *out, const struct closure_withdraw *in,
                                  const struct rows *r, struct closure *closure,
                                  const struct policy *policy, uint32_t *bits) {
    bool trusted = closure_trusted(out, &r->session, &r->link, &r->line);
    enum refusal no = ACCEPTED;
    *bits = 0;
    if (closure_link_fits(out->secrets, closure, in->secret)) {
        *bits = PROOF_CONFIRMATION;
    } else if (in->code[0]) {
        no = code_given(out, in, r, closure, policy, trusted);
        *bits = no ? 0 : PROOF_CONFIRMATION;
    } else if (in->secret[0]) {
        no = trusted || peer_left(out, &r->guesses.peer) ? REFUSED_NOT_FOUND : REFUSED_TOO_MANY;
        if (no == REFUSED_NOT_FOUND)
            peer_spend(out, &r->guesses.peer);
    }
    return no;
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct closure_withdraw *in = given;
    const struct rows *r = rows;
    struct closure closure = {0};
    uint32_t bits;
    if (!out->policy)
        return REFUSED_NOT_FOUND;
    out->subject = r->line.id;
    bool known = closure_fits(&r->closure, &r->line);
    if (known)
        closure = r->closure;
    else if (out->actor->kind == ACTOR_API) /* it may list them all */
        return REFUSED_NOT_FOUND;
    const struct policy *policy = known ? closure_policy(out, &closure) : out->policy;
    enum refusal no = secrets_given(out, in, r, &closure, policy, &bits);
    if (no)
        return no;
    if (!known)
        return out->actor->kind == ACTOR_ANONYMOUS ? REFUSED_NOT_SIGNED_IN : REFUSED_NOT_FOUND;
    bits |= closure_given(out, &r->session, &r->link, &r->line, &closure);
    no = proof_check(proof_required(&r->line, PROVE_WITHDRAW, policy, out->now), bits);
    if (no)
        return no;
    out->result = closure.id;
    no = closure_withdraw(&closure, policy, out->now);
    if (no)
        return no;
    closure_record(out, &closure, &r->line, policy);
    closure_works_end(out, r->works, 0, "withdrawn", 0);
    closure_tell(out, EFFECT_WITHDRAWN, &closure, r->contacts, true);
    return ACCEPTED;
}

static const enum refusal refusals[] = {
    REFUSED_NOT_FOUND,     REFUSED_TOO_MANY, REFUSED_CODE_WRONG, REFUSED_CODE_EXPIRED,
    REFUSED_NOT_SIGNED_IN, REFUSED_STEP_UP,  REFUSED_TOO_LATE,   REFUSED_UNCHANGED,
    REFUSED_CLOSURE_STATE, ACCEPTED,
};

const struct verb closure_withdraw_verb = {
    .name = "closure.withdraw",
    .help = "Call a closure off before it is carried out",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER | ACTOR_API,
    .scope = "closures:write",
    .view = "closure",
    .prove = PROVE_WITHDRAW,
    .input = input,
    .input_size = sizeof(struct closure_withdraw),
    .rows_size = sizeof(struct rows),
    .prepare = closure_prepare,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
