/* closure.renew_secret: another status secret, when the one that was shown is lost or was seen. */
#include "commands/closure.h"
#include "commands/closure_shared.h"

static const struct field input[] = {
    INPUT(FIELD_ID, closure_renew_secret, closure, 1, INT64_MAX, "The closure"),
    FIELD_END,
};

struct rows {
    struct closure closure;
    struct line line;
    struct session session;
    struct account_line link;
};

static void load(struct load *load, const void *given, void *rows) {
    const struct closure_renew_secret *in = given;
    struct rows *r = rows;
    bool person = load->actor->kind == ACTOR_SUBSCRIBER;
    want_line(load, in->line, &r->line);
    want_closure(load, in->closure, &r->closure);
    want_session(load, load->actor->session, &r->session);
    want_account_line(load, person ? load->actor->id : 0, in->line, &r->link);
}

/* Only for who submitted it: to nobody else was it ever shown. */
static bool submitted_it(const struct actor *actor, const struct closure *closure) {
    return actor->id &&
           actor->id == (actor->kind == ACTOR_API ? closure->api_key : closure->account);
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct rows *r = rows;
    struct closure closure = r->closure;
    (void)given;
    if (!out->policy || !closure_fits(&closure, &r->line) || !submitted_it(out->actor, &closure))
        return REFUSED_NOT_FOUND;
    out->subject = r->line.id;
    uint32_t bits = closure_given(out, &r->session, &r->link, &r->line, &closure);
    enum refusal no =
        proof_check(proof_required(&r->line, PROVE_RENEW_SECRET, out->policy, out->now), bits);
    if (no)
        return no;
    closure.status_issue++;
    put_closure(out, &closure);
    out->result = closure.id;
    return ACCEPTED;
}

static const enum refusal refusals[] = {REFUSED_NOT_FOUND, REFUSED_NOT_SIGNED_IN, REFUSED_STEP_UP,
                                        ACCEPTED};

const struct verb closure_renew_secret_verb = {
    .name = "closure.renew_secret",
    .help = "Make another status secret; the old one is void",
    .who = ACTOR_SUBSCRIBER | ACTOR_API,
    .scope = "closures:write",
    .view = "closure",
    .once = true,
    .prove = PROVE_RENEW_SECRET,
    .input = input,
    .input_size = sizeof(struct closure_renew_secret),
    .rows_size = sizeof(struct rows),
    .prepare = closure_prepare,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
