#include "commands/closure.h"
#include "commands/closure_shared.h"

static const struct field input[] = {
    INPUT(FIELD_ID, closure_confirm, closure, 1, INT64_MAX, "The closure"),
    INPUT(FIELD_TEXT, closure_confirm, code, 0, 24, "The eight-digit code of the message"),
    INPUT(FIELD_TEXT, closure_confirm, secret, 0, 43, "The link's secret, in place of the code"),
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

static struct closure_target target_of(const struct closure_confirm *in) {
    return (struct closure_target){in->closure, in->line};
}

static void load(struct load *load, const void *given, void *rows) {
    const struct closure_confirm *in = given;
    struct rows *r = rows;
    want_line(load, in->line, &r->line);
    want_closure(load, in->closure, &r->closure);
    bool person = load->actor->kind == ACTOR_SUBSCRIBER;
    struct closure_target target = target_of(in);
    want_session(load, load->actor->session, &r->session);
    want_account_line(load, person ? load->actor->id : 0, in->line, &r->link);
    want_contacts(load, in->line, r->contacts);
    want_works(load, in->closure, r->works);
    want_guesses(load, &target, in->reference, &r->guesses);
}

/* What went to a contact that was removed since confirms no more: whoever reads that mailbox may be
 * the reason why it was removed. */
static bool way_is_gone(const struct rows *r, const struct closure *closure) {
    bool there = !closure->contact;
    for (size_t i = 0; !there && i < CONTACTS_A_LINE; i++)
        there = r->contacts[i].id == closure->contact && !r->contacts[i].removed_at;
    return !there;
}

/* The link cannot be guessed, so a right one confirms even when attempts are spent; a wrong one
 * costs an attempt of the place it came from and tells nothing. */
static enum refusal by_link(struct outcome *out, const struct closure_confirm *in,
                            const struct rows *r, struct closure *closure,
                            const struct policy *policy) {
    int64_t issue = closure_link_fits(out->secrets, closure, in->secret);
    if (!issue) {
        if (!peer_left(out, &r->guesses.peer))
            return REFUSED_TOO_MANY;
        peer_spend(out, &r->guesses.peer);
        return REFUSED_NOT_FOUND;
    }
    out->result = closure->id;
    if (issue != closure->confirm_issue) { /* a newer message was sent */
        enum refusal no = closure_may_confirm(closure, policy, CONFIRM_BY_LINK, out->now);
        return no ? no : REFUSED_CODE_EXPIRED;
    }
    return closure_confirm(closure, policy, CONFIRM_BY_LINK, out->now);
}

static enum refusal by_code(struct outcome *out, const struct closure_confirm *in,
                            const struct rows *r, struct closure *closure,
                            const struct policy *policy) {
    struct closure_target target = target_of(in);
    bool trusted = closure_trusted(out, &r->session, &r->link, &r->line);
    if (!guesses_left(out, &r->guesses, closure, policy, trusted))
        return REFUSED_TOO_MANY;
    /* What state it is in is not told to who does not know the code. */
    if (!closure_code_fits(out->secrets, closure, in->code))
        return guesses_spend(out, &r->guesses, &target, in->reference, closure, policy);
    out->result = closure->id;
    return closure_confirm(closure, policy, CONFIRM_BY_CODE, out->now);
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct closure_confirm *in = given;
    const struct rows *r = rows;
    struct closure closure = {0};
    if (!out->policy)
        return REFUSED_NOT_FOUND;
    out->subject = r->line.id;
    bool known = closure_fits(&r->closure, &r->line);
    if (known)
        closure = r->closure;
    else if (out->actor->kind == ACTOR_API) /* it may list them all */
        return REFUSED_NOT_FOUND;
    const struct policy *policy = known ? closure_policy(out, &closure) : out->policy;
    enum refusal no = in->secret[0] ? by_link(out, in, r, &closure, policy)
                                    : by_code(out, in, r, &closure, policy);
    if (!no && way_is_gone(r, &closure))
        no = REFUSED_CODE_EXPIRED;
    if (no)
        return no;
    uint32_t bits = PROOF_CONFIRMATION | (closure.contact ? PROOF_SECOND_CHANNEL : 0);
    no = proof_check(proof_required(&r->line, PROVE_CONFIRM, policy, out->now), bits);
    if (no)
        return no;
    put_closure(out, &closure);
    closure_works_end(out, r->works, WORK_MESSAGE, "confirmed", 0);
    closure_tell(out, EFFECT_CONFIRMED, &closure, r->contacts, true);
    return ACCEPTED;
}

static const enum refusal refusals[] = {
    REFUSED_NOT_FOUND, REFUSED_TOO_MANY,      REFUSED_CODE_WRONG, REFUSED_CODE_EXPIRED,
    REFUSED_CODE_USED, REFUSED_CLOSURE_STATE, REFUSED_PROOF,      ACCEPTED,
};

const struct verb closure_confirm_verb = {
    .name = "closure.confirm",
    .help = "Confirm a closure with the link's secret or the code that was sent",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER | ACTOR_API,
    .scope = "closures:write",
    .view = "closure",
    .prove = PROVE_CONFIRM,
    .input = input,
    .input_size = sizeof(struct closure_confirm),
    .rows_size = sizeof(struct rows),
    .prepare = closure_prepare,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
