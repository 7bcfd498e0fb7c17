/* refund.correct: the person, or somebody for them, names another payee: before it is approved, or
 * after it came back. */
#include <assert.h>

#include "base/clock.h"
#include "commands/identity_try.h"
#include "commands/refund_shared.h"
#include "rules/settlement.h"

#define SCOPE_CORRECT "correct" /* payees named anew; subject: the line */

enum { CORRECTIONS_A_DAY = 5 }; /* of a line: each brings messages to everybody who is told */

static const struct field input[] = {
    INPUT(FIELD_ID, refund_correct, refund, 1, INT64_MAX, "The refund"),
    INPUT(FIELD_TEXT, refund_correct, secret, 0, STATUS_SECRET_SIZE + 23,
          "The refund's own secret, without a session"),
    INPUT(FIELD_TEXT, refund_correct, document_type, 1, 39,
          "The kind of identity document, such as hkid or passport"),
    INPUT(FIELD_TEXT, refund_correct, document, 1, 39,
          "The number of the registered identity document"),
    PAYEE_FIELDS(refund_correct, 1),
    FIELD_END,
};

struct rows {
    struct refund_rows of;
    struct registered registered;
    struct session session;
    struct account_line link;
    struct payee_rows payee;
    struct identity_budgets identity;
    struct guesses guesses;
    struct budget corrections;
};

/* Secrets are guessed at a refund, which is counted as a closure that there is not: by its line, or
 * by what it was called. */
static struct closure_target guessed(const struct refund_correct *in) {
    return (struct closure_target){in->refund, in->line};
}

static void load(struct load *load, const void *given, void *rows) {
    const struct refund_correct *in = given;
    const struct refund_target target = {in->refund, in->line, in->closure, in->charge};
    struct closure_target subject = guessed(in);
    struct rows *r = rows;
    bool person = load->actor->kind == ACTOR_SUBSCRIBER;
    refund_load(load, &target, &r->of);
    want_registered_of(load, in->line, &r->registered);
    want_session(load, load->actor->session, &r->session);
    want_account_line(load, person ? load->actor->id : 0, in->line, &r->link);
    want_payee_rows(load, &in->to, &r->payee);
    want_identity_budgets(load, in->line, &r->identity);
    want_guesses(load, &subject, "", &r->guesses);
    want_attempts_of(load, SCOPE_CORRECT, in->line, &r->corrections);
}

/* The refund's own secret. A wrong one and an unknown refund are one answer and cost the same. */
static enum refusal by_secret(struct outcome *out, const struct refund_correct *in,
                              const struct rows *r, uint32_t *given) {
    struct closure none = {.id = 0};
    struct closure_target subject = guessed(in);
    if (!guesses_left(out, &r->guesses, &none, out->policy, false))
        return REFUSED_TOO_MANY;
    bool fits = refund_secret_fits(out->secrets, &r->of.refund, in->secret);
    if (!fits || refund_fits(&r->of) == REFUSED_NOT_FOUND) {
        (void)guesses_spend(out, &r->guesses, &subject, "", &none, out->policy);
        return REFUSED_NOT_FOUND;
    }
    *given |= PROOF_STATUS_SECRET;
    return ACCEPTED;
}

/* All but the ID number, which is looked at last: a wrong one costs attempts. */
static enum refusal prove(struct outcome *out, const struct refund_correct *in,
                          const struct rows *r) {
    uint32_t given = PROOF_IDENTITY;
    if (!out->policy)
        return REFUSED_NOT_FOUND;
    if (in->secret[0]) {
        enum refusal no = by_secret(out, in, r, &given);
        if (no)
            return no;
    } else if (out->actor->kind == ACTOR_ANONYMOUS) {
        return REFUSED_NOT_SIGNED_IN;
    }
    if (refund_fits(&r->of) == REFUSED_NOT_FOUND)
        return REFUSED_NOT_FOUND;
    given |= proof_given(out, &r->session, &r->link, &r->of.line);
    return proof_check(proof_required(&r->of.line, PROVE_CORRECT_PAYEE, out->policy, out->now),
                       given);
}

/* The policy under which it was asked for: its fees were shown then. */
static const struct policy *policy_of(const struct outcome *out, const struct refund *refund) {
    const struct tenant *tenant = out->tenant;
    assert(tenant && refund->id);
    for (size_t i = 0; i < tenant->policy_count; i++)
        if (tenant->policies[i].id == refund->policy)
            return &tenant->policies[i];
    assert(!"a refund's policy is never taken away");
    return NULL;
}

/* Another way costs what it costs, by the policy under which it was asked for. */
static enum refusal fit_fee(const struct outcome *out, const struct rows *r,
                            const struct payee *payee, struct refund *refund) {
    const struct policy *policy = policy_of(out, refund);
    int64_t former = settlement_fee((enum refund_way)r->of.payee.way, policy);
    int64_t fee = settlement_fee((enum refund_way)payee->way, policy);
    return refund_refit(refund, former, fee) ? ACCEPTED : REFUSED_REFUND_MINIMUM;
}

/* The top-up that was typed, without what of this refund goes back to it already. */
static struct payee_rows without_own(const struct rows *r) {
    struct payee_rows rows = r->payee;
    const struct refund *refund = &r->of.refund;
    bool same = r->of.payee.way == WAY_ORIGINAL && r->of.payee.charge == rows.charge.id;
    assert(refund->id);
    if (same)
        rows.charge.refunded_minor -= refund->amount_minor + refund->fee_minor;
    assert(rows.charge.refunded_minor >= 0);
    return rows;
}

/* Back to where a top-up came from, but no more than it paid in. */
static enum refusal fit_charge(const struct payee *payee, const struct charge *charge,
                               const struct refund *refund) {
    int64_t gross = refund->amount_minor + refund->fee_minor;
    bool fits = charge->amount_minor - charge->refunded_minor >= gross;
    return payee->way != WAY_ORIGINAL || fits ? ACCEPTED : REFUSED_REFUND_WAY;
}

static void move_fee(struct outcome *out, const struct refund *before, const struct refund *after) {
    int64_t more = after->fee_minor - before->fee_minor;
    if (more > 0)
        refund_move(out, LEDGER_PAYABLE, LEDGER_FEES, MOVED_REFUND_FEE, more);
    else if (more < 0)
        refund_move(out, LEDGER_FEES, LEDGER_PAYABLE, MOVED_REFUND_FEE, -more);
}

static void record(struct outcome *out, const struct rows *r, struct payee *payee,
                   struct refund *refund) {
    const struct policy *policy = out->policy;
    int64_t gross = refund->amount_minor + refund->fee_minor;
    bool same = r->of.payee.way == WAY_ORIGINAL && r->of.payee.charge == payee->charge;
    (void)amount_take_of(out, &r->corrections, 1, CORRECTIONS_A_DAY, DAY, SCOPE_CORRECT,
                         r->of.line.id);
    payee_keep(out, &r->payee, &r->of.payee, r->of.closure.id, payee);
    if (!same) {
        refund_charge_give(out, &r->of.payee, &r->of.charge, gross);
        refund_charge_take(out, payee, &r->payee.charge, gross);
    }
    move_fee(out, &r->of.refund, refund);
    enum refusal no =
        refund_correct(refund, payee->id, out->now + policy->refund_payee_wait_hours * HOUR, policy,
                       out->actor->kind, out->actor->id, out->now);
    assert(!no);
    (void)no;
    put_refund(out, refund);
    closure_works_end(out, r->of.works, WORK_REFUND, "another payee", 0);
    refund_tell(out, EFFECT_PAYEE_CHANGED, refund, r->of.contacts, true);
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct refund_correct *in = given;
    const struct rows *r = rows;
    struct refund refund = r->of.refund;
    struct payee_rows taken;
    struct payee payee;
    enum refusal no = prove(out, in, r);
    if (no)
        return no;
    out->subject = r->of.line.id;
    out->result = refund.id;
    no = refund_fits(&r->of);
    if (!no)
        no = refund_correctable(&refund);
    if (!no)
        no = identity_try(out, &r->identity, &r->registered, r->of.line.id, in->document_type,
                          in->document, NULL);
    if (no)
        return no;
    taken = without_own(r);
    no = payee_take(out, &in->to, &taken, &r->of.line, &r->registered, &r->of.payee, &payee, NULL);
    if (!no)
        no = fit_charge(&payee, &taken.charge, &refund);
    if (!no)
        no = fit_fee(out, r, &payee, &refund);
    if (!no && !attempts_within(out, &r->corrections, CORRECTIONS_A_DAY, DAY))
        no = REFUSED_TOO_MANY;
    if (!no)
        record(out, r, &payee, &refund);
    return no;
}

static const enum refusal refusals[] = {
    REFUSED_NOT_FOUND,      REFUSED_NOT_SIGNED_IN,  REFUSED_STEP_UP,
    REFUSED_TOO_MANY,       REFUSED_REFUND_STATE,   REFUSED_DOCUMENT_TYPE,
    REFUSED_DOCUMENT_FORM,  REFUSED_DOCUMENT_CHECK, REFUSED_IDENTITY,
    REFUSED_REFUND_WAY,     REFUSED_PAYEE_FORM,     REFUSED_PAYEE_NAME,
    REFUSED_PAYEE_VELOCITY, REFUSED_REFUND_MINIMUM, ACCEPTED,
};

const struct verb refund_correct_verb = {
    .name = "refund.correct",
    .help = "Name another payee of a refund, before it is approved or after it came back",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF,
    .scope = "closures:write",
    .view = "refund",
    .money = true,
    .prove = PROVE_CORRECT_PAYEE,
    .input = input,
    .input_size = sizeof(struct refund_correct),
    .rows_size = sizeof(struct rows),
    .prepare = refund_prepare,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
