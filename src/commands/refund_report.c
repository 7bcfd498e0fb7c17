/* refund.report: what became of asking the payment provider to pay a refund back. Refund, money,
 * effect and the staff's work change in one commit. What the provider paid after somebody had
 * returned or rejected the refund here is not booked twice: the staff must see to it. */
#include <stdio.h>
#include <string.h>

#include "commands/refund_shared.h"

static const struct field input[] = {
    INPUT(FIELD_ID, refund_report, refund, 1, INT64_MAX, "The refund"),
    INPUT(FIELD_ID, refund_report, line, 1, INT64_MAX, "Its line"),
    INPUT(FIELD_ID, refund_report, closure, 1, INT64_MAX, "The line's closure"),
    INPUT(FIELD_ID, refund_report, charge, 0, INT64_MAX, "The top-up it goes back to"),
    INPUT(FIELD_ID, refund_report, effect, 1, INT64_MAX, "The effect that asked for it"),
    INPUT(FIELD_INT, refund_report, outcome, REFUND_WAS_PAID, REFUND_BY_HAND,
          "1 paid, 2 came back, 3 for the staff"),
    INPUT(FIELD_INT, refund_report, reason, UNPAID_NONE, REFUND_REASON_COUNT - 1,
          "Why it came back"),
    INPUT(FIELD_TEXT, refund_report, evidence, 1, 159, "What was answered, or why not"),
    FIELD_END,
};

struct rows {
    struct refund_rows of;
    struct effect effect;
};

static void load(struct load *load, const void *given, void *rows) {
    const struct refund_report *in = given;
    struct rows *r = rows;
    struct refund_target target = {in->refund, in->line, in->closure, in->charge};
    refund_load(load, &target, &r->of);
    want_effect(load, in->effect, &r->effect);
}

static void settle(struct outcome *out, struct effect effect, enum effect_state state,
                   const char *text) {
    effect.state = state;
    effect.attempts++;
    effect.done_at = out->now;
    snprintf(effect.cause, sizeof effect.cause, "%s", text);
    put_effect(out, &effect);
}

static enum refusal paid(struct outcome *out, const struct rows *r, const char *evidence) {
    struct refund refund = r->of.refund;
    enum refusal no = refund_pay(&refund, 0, out->now);
    if (no)
        return no;
    snprintf(refund.evidence, sizeof refund.evidence, "%s", evidence);
    refund_move(out, LEDGER_IN_FLIGHT, LEDGER_BANK, MOVED_PAID_OUT, refund.amount_minor);
    put_refund(out, &refund);
    closure_works_end(out, r->of.works, WORK_REFUND, "paid", 0);
    refund_tell(out, EFFECT_REFUND_PAID, &refund, r->of.contacts, false);
    settle(out, r->effect, EFFECT_DONE, evidence);
    return ACCEPTED;
}

static enum refusal came_back(struct outcome *out, const struct rows *r, enum refund_reason reason,
                              const char *text) {
    struct refund refund = r->of.refund;
    if (!refund_in_flight(&refund))
        return REFUSED_REFUND_STATE;
    enum refusal no = refund_return(&refund, reason, 0, out->now);
    if (no)
        return no;
    refund_move(out, LEDGER_IN_FLIGHT, LEDGER_PAYABLE, MOVED_RETURNED, refund.amount_minor);
    put_refund(out, &refund);
    closure_works_end(out, r->of.works, WORK_REFUND, "returned", 0);
    refund_tell(out, EFFECT_REFUND_RETURNED, &refund, r->of.contacts, false);
    settle(out, r->effect, EFFECT_DONE, text);
    return ACCEPTED;
}

static enum refusal by_hand(struct outcome *out, const struct rows *r, const char *text) {
    struct refund refund = r->of.refund;
    if (!refund_in_flight(&refund))
        return REFUSED_REFUND_STATE;
    refund_by_hand(&refund, out->now);
    put_refund(out, &refund);
    refund_work_open(out, &refund, r->of.works);
    settle(out, r->effect, EFFECT_FAILED, text);
    return ACCEPTED;
}

/* The refund does not wait for it any more. */
static void astray(struct outcome *out, const struct rows *r, enum refund_outcome outcome) {
    bool twice = outcome == REFUND_WAS_PAID;
    settle(out, r->effect, twice ? EFFECT_FAILED : EFFECT_DROPPED,
           twice ? "the provider has paid it, and here the refund did not wait for that any more"
                 : "the refund does not wait for it any more");
    if (twice && refund_is_open(&r->of.refund))
        refund_work_open(out, &r->of.refund, r->of.works);
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct refund_report *in = given;
    const struct rows *r = rows;
    const struct refund *refund = &r->of.refund;
    enum refusal no = REFUSED_INPUT;
    out->subject = r->of.line.id;
    out->result = r->effect.id;
    if (!refund->id || refund->line != r->of.line.id || r->effect.target != refund->id ||
        r->effect.kind != EFFECT_PAYMENT)
        return REFUSED_NOT_FOUND;
    if (!in->evidence[0])
        return REFUSED_EVIDENCE;
    if (r->effect.state != EFFECT_WAITING)
        return REFUSED_UNCHANGED;
    if (in->outcome == REFUND_WAS_PAID)
        no = paid(out, r, in->evidence);
    else if (in->outcome == REFUND_CAME_BACK)
        no = came_back(out, r, (enum refund_reason)in->reason, in->evidence);
    else if (in->outcome == REFUND_BY_HAND)
        no = by_hand(out, r, in->evidence);
    if (no != REFUSED_REFUND_STATE)
        return no;
    astray(out, r, (enum refund_outcome)in->outcome);
    return ACCEPTED;
}

static const enum refusal refusals[] = {
    REFUSED_NOT_FOUND,     REFUSED_INPUT,     REFUSED_EVIDENCE,
    REFUSED_REFUND_REASON, REFUSED_UNCHANGED, ACCEPTED,
};

const struct verb refund_report_verb = {
    .name = "refund.report",
    .help = "What the payment provider answered to a refund",
    .who = ACTOR_SYSTEM,
    .view = "effect",
    .input = input,
    .input_size = sizeof(struct refund_report),
    .rows_size = sizeof(struct rows),
    .money = true,
    .internal = true,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
