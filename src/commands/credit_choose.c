/* credit.choose: what is to become of the paid credit when the line closes. The last choice before
 * the cut counts; each is told to everybody who hears of the line, so that nobody takes the money
 * in silence, and a payee that is changed waits besides. */
#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "commands/closure_shared.h"
#include "commands/credit_where.h"
#include "rules/closing.h"

#define SCOPE_CHOICE "choice" /* choices; subject: the line */

enum { CHOICES_A_DAY = 10 }; /* of a line: each brings messages to everybody who is told */

static const struct field input[] = {
    INPUT(FIELD_ID, credit_choose, closure, 1, INT64_MAX, "The closure"),
    WHERE_FIELDS(credit_choose, "none (it stays unclaimed), refund, transfer or leave"),
    INPUT(
        FIELD_INT, credit_choose, leave_minor, 0, INT64_MAX,
        "leave: the amount that the person agrees to leave, exactly the paid credit, minor units"),
    FIELD_END,
};

struct rows {
    struct where_rows of;
    struct budget choices;
};

static void load(struct load *load, const void *given, void *rows) {
    const struct credit_choose *in = given;
    struct rows *r = rows;
    where_load(load, given, &r->of);
    want_attempts_of(load, SCOPE_CHOICE, in->line, &r->choices);
}

/* Who has not proved the SIM is known once the identity stands. */
static enum refusal prove(const struct outcome *out, const struct where_rows *r) {
    if (!out->policy || !closure_fits(&r->closure, &r->line))
        return REFUSED_NOT_FOUND;
    uint32_t given = closure_given(out, &r->session, &r->link, &r->line, &r->closure);
    enum refusal no =
        proof_check(proof_required(&r->line, PROVE_CHOOSE_CREDIT, out->policy, out->now), given);
    if (!no && (given & PROOF_CLAIMED) && !r->closure.identity_at)
        no = REFUSED_PROOF;
    return no;
}

static enum refusal in_time(const struct closure *closure, const struct policy *policy) {
    switch (closure_derive(closure, policy).state) {
    case CLOSURE_SUBMITTED:
        return ACCEPTED;
    case CLOSURE_EXECUTING:
    case CLOSURE_CLOSED:
        return REFUSED_TOO_LATE;
    default:
        return REFUSED_CLOSURE_STATE;
    }
}

static struct credit credit_of(const struct where_rows *r) {
    struct ledger_account ledgers[LEDGERS_A_LINE];
    memcpy(ledgers, r->ledgers, sizeof ledgers);
    const struct ledger_account *paid = ledger_find(ledgers, LEDGER_PAID);
    return closing_credit(&r->line, paid ? paid->balance : 0, 0);
}

static bool same_payee(const struct payee *one, const struct payee *other) {
    return one->way == other->way && one->charge == other->charge &&
           strcmp(one->bank, other->bank) == 0 && strcmp(one->branch, other->branch) == 0 &&
           strcmp(one->bic, other->bic) == 0 && strcmp(one->country, other->country) == 0 &&
           strcmp(one->number, other->number) == 0 && strcmp(one->name, other->name) == 0;
}

/* It is chosen like that already. */
static bool unchanged(const struct where_rows *r, const struct chosen *chosen,
                      const struct payee *payee) {
    const struct settlement *s = &r->settlement;
    if (s->choice != (int64_t)chosen->choice)
        return false;
    switch (chosen->choice) {
    case CHOICE_REFUND:
        return same_payee(payee, &r->former);
    case CHOICE_TRANSFER:
        return s->target == r->target.id;
    case CHOICE_LEAVE:
        return s->leave_minor == chosen->leave_minor;
    default:
        return true;
    }
}

/* The first payee was there when the closure was, or was told to everybody for as long; another one
 * is told first, and paid later. */
static void name_payee(struct outcome *out, const struct rows *r, struct payee *payee,
                       struct settlement *s) {
    const struct where_rows *of = &r->of;
    bool another = of->former.id && !same_payee(payee, &of->former);
    int64_t until = out->now + out->policy->refund_payee_wait_hours * HOUR;
    if (another && until > s->wait_until)
        s->wait_until = until;
    if (of->former.id && !another)
        return;
    payee_keep(out, &of->payee, &of->former, of->closure.id, payee);
    s->payee = payee->id;
    assert(s->payee);
}

static void record(struct outcome *out, const struct rows *r, const struct chosen *chosen,
                   struct payee *payee) {
    struct settlement s = r->of.settlement;
    const struct closure *closure = &r->of.closure;
    bool first = !s.id;
    if (first)
        s = (struct settlement){
            .id = closure->id, .operator= closure->operator, .line = closure->line };
    assert(!s.settled_at);
    s.choice = chosen->choice;
    s.chosen_at = out->now;
    s.changes++;
    s.account = out->actor->kind == ACTOR_SUBSCRIBER ? out->actor->id : 0;
    s.asked_kind = out->actor->kind;
    s.asked_by = out->actor->id;
    s.target = chosen->choice == CHOICE_TRANSFER ? r->of.target.id : 0;
    s.leave_minor = chosen->choice == CHOICE_LEAVE ? chosen->leave_minor : 0;
    if (chosen->choice == CHOICE_REFUND)
        name_payee(out, r, payee, &s);
    if (first)
        add_settlement(out, &s);
    else
        put_settlement(out, &s);
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct credit_choose *in = given;
    const struct rows *r = rows;
    struct payee payee = {.id = 0};
    struct chosen chosen = {.choice = where_choice(in->choice)};
    char line[24];
    out->subject = r->of.line.id;
    enum refusal no = prove(out, &r->of);
    if (no)
        return no;
    const struct policy *policy = closure_policy(out, &r->of.closure);
    out->result = r->of.closure.id;
    if (chosen.choice == CHOICE_COUNT)
        return REFUSED_INPUT;
    no = in_time(&r->of.closure, policy);
    if (no)
        return no;
    struct credit credit = credit_of(&r->of);
    chosen.leave_minor = chosen.choice == CHOICE_LEAVE ? in->leave_minor : 0;
    no = where_take(out, given, &r->of, &credit, policy, &chosen, &payee);
    if (no)
        return no;
    if (unchanged(&r->of, &chosen, &payee))
        return REFUSED_UNCHANGED;
    snprintf(line, sizeof line, "%lld", (long long)in->line);
    if (!attempts_take(out, &r->choices, CHOICES_A_DAY, DAY, SCOPE_CHOICE, line))
        return REFUSED_TOO_MANY;
    record(out, r, &chosen, &payee);
    closure_tell(out, EFFECT_CREDIT_CHOSEN, &r->of.closure, r->of.contacts, true);
    return ACCEPTED;
}

static const enum refusal refusals[] = {
    REFUSED_NOT_FOUND,
    REFUSED_NOT_SIGNED_IN,
    REFUSED_STEP_UP,
    REFUSED_PROOF,
    REFUSED_TOO_LATE,
    REFUSED_CLOSURE_STATE,
    REFUSED_REFUND_OFF,
    REFUSED_REFUND_WAY,
    REFUSED_REFUND_MINIMUM,
    REFUSED_PAYEE_FORM,
    REFUSED_PAYEE_NAME,
    REFUSED_PAYEE_VELOCITY,
    REFUSED_TRANSFER_OFF,
    REFUSED_TRANSFER_COOLING,
    REFUSED_TRANSFER_SELF,
    REFUSED_TRANSFER_TARGET,
    REFUSED_CREDIT_SHORT,
    REFUSED_NUMBER_FORM,
    REFUSED_NUMBERS_DIFFER,
    REFUSED_LEAVE_OFF,
    REFUSED_CONSENT,
    REFUSED_UNCHANGED,
    REFUSED_TOO_MANY,
    REFUSED_BUSY,
    ACCEPTED,
};

const struct verb credit_choose_verb = {
    .name = "credit.choose",
    .help = "Choose what is to become of the paid credit when the line closes",
    .who = ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF,
    .scope = "closures:write",
    .view = "settlement",
    .prove = PROVE_CHOOSE_CREDIT,
    .input = input,
    .input_size = sizeof(struct credit_choose),
    .rows_size = sizeof(struct rows),
    .money = true,
    .prepare = where_prepare,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
