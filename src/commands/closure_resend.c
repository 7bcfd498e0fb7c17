#include "commands/closure.h"
#include "commands/closure_shared.h"

static const struct field input[] = {
    INPUT(FIELD_ID, closure_resend, closure, 1, INT64_MAX, "The closure"),
    INPUT(FIELD_ID, closure_resend, contact, 0, INT64_MAX,
          "Another registered contact that is to get it; 0 leaves it where it went"),
    INPUT(FIELD_BOOL, closure_resend, to_line, 0, 1, "Send it to the line itself from now on"),
    INPUT(FIELD_TEXT, closure_resend, status_secret, 0, 39,
          "The status secret, for whoever is not signed in"),
    FIELD_END,
};

struct rows {
    struct closure closure;
    struct line line;
    struct suspension suspension; /* the open one */
    struct session session;
    struct account account; /* whose session asks */
    struct account_line link;
    struct contact contact;
    struct contact contacts[CONTACTS_A_LINE];
    struct budget sms;
    struct peer_budgets peer;
};

static void load(struct load *load, const void *given, void *rows) {
    const struct closure_resend *in = given;
    struct rows *r = rows;
    bool person = load->actor->kind == ACTOR_SUBSCRIBER;
    want_line(load, in->line, &r->line);
    want_closure(load, in->closure, &r->closure);
    want_suspension_of(load, in->line, &r->suspension);
    want_session(load, load->actor->session, &r->session);
    want_asking_account(load, &r->account);
    want_account_line(load, person ? load->actor->id : 0, in->line, &r->link);
    want_contact(load, in->contact, &r->contact);
    want_contacts(load, in->line, r->contacts);
    want_attempts_of(load, SCOPE_SMS, in->line, &r->sms);
    want_peer_budgets(load, &r->peer);
}

/* With the status secret alone it goes where it went before; another way needs the person. */
static enum refusal prove(struct outcome *out, const struct closure_resend *in,
                          const struct rows *r) {
    bool trusted =
        out->actor->kind == ACTOR_API || closure_trusted(out, &r->session, &r->link, &r->line);
    bool fits = closure_status_fits(out->secrets, &r->closure, in->status_secret);
    if (in->status_secret[0] && !fits && !trusted) { /* a right one cannot be guessed: no budget */
        if (!peer_left(out, &r->peer))
            return REFUSED_TOO_MANY;
        peer_spend(out, &r->peer);
    }
    if (!closure_fits(&r->closure, &r->line))
        return REFUSED_NOT_FOUND;
    uint32_t given = proof_given(out, &r->session, &r->link, &r->line);
    bool own = proof_of_claim(given, &r->closure, out->actor->id) != given;
    if ((fits || own) && !in->contact && !in->to_line)
        given |= PROOF_STATUS_SECRET;
    return proof_check(proof_required(&r->line, PROVE_SEE_STATUS, out->policy, out->now), given);
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct closure_resend *in = given;
    const struct rows *r = rows;
    struct closure closure = r->closure;
    if (!out->policy)
        return REFUSED_NOT_FOUND;
    out->subject = r->line.id;
    enum refusal no = prove(out, in, r);
    if (no)
        return no;
    if (closure.unreachable && !in->contact && !in->to_line)
        return REFUSED_CLOSURE_STATE; /* it went nowhere: somebody has to say where to */
    const struct policy *policy = closure_policy(out, &closure);
    const struct contact *contact = NULL;
    closure.contact = in->to_line ? 0 : in->contact ? in->contact : closure.contact;
    for (size_t i = 0; i < CONTACTS_A_LINE; i++)
        if (r->contacts[i].id && r->contacts[i].id == closure.contact)
            contact = &r->contacts[i];
    if (closure.contact && !contact)
        contact = &r->contact; /* another line's or removed: the rule answers */
    out->result = closure.id;
    no = proof_route(&r->line, &r->suspension, closure.contact ? contact : NULL, &r->account,
                     policy, out->now);
    if (!no)
        no = closure_resend(&closure, policy, out->now);
    if (!no && !closure.contact &&
        !attempts_spend_of(out, &r->sms, BUDGET_LINE, SCOPE_SMS, in->line))
        no = REFUSED_TOO_MANY;
    if (no)
        return no;
    put_closure(out, &closure);
    closure_ask(out, EFFECT_CONFIRM, &closure);
    return ACCEPTED;
}

static const enum refusal refusals[] = {
    REFUSED_NOT_FOUND,       REFUSED_TOO_MANY,  REFUSED_CONTACT_YOUNG,
    REFUSED_CLOSURE_STATE,   REFUSED_CODE_USED, REFUSED_CODE_EXPIRED,
    REFUSED_RESEND_LIMIT,    REFUSED_PROOF,     REFUSED_RESET_NEW,
    REFUSED_ROUTE_SUSPENDED, ACCEPTED,
};

const struct verb closure_resend_verb = {
    .name = "closure.resend",
    .help = "Send the confirmation again; the old code and link are void",
    .who = ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_ANONYMOUS,
    .scope = "closures:write",
    .view = "closure",
    .prove = PROVE_SEE_STATUS,
    .input = input,
    .input_size = sizeof(struct closure_resend),
    .rows_size = sizeof(struct rows),
    .prepare = closure_prepare,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
