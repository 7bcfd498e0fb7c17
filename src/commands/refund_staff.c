/* refund.payee, refund.approve, refund.pay, refund.return, refund.reject: what the operator's
 * finance does, each by a named member of staff. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "commands/evidence.h"
#include "commands/refund_shared.h"
#include "rules/credit_codes.h"

/* What all four are decided on. */
struct rows {
    struct refund_rows of;
    struct staff staff;
    struct ledger_account ledgers[LEDGERS_A_LINE];
};

static void load(struct load *load, const void *given, void *rows) {
    const struct refund_target *in = given; /* how the inputs begin */
    struct rows *r = rows;
    refund_load(load, in, &r->of);
    want_staff(load, load->actor->id, &r->staff);
    want_ledgers(load, in->line, r->ledgers);
}

/* The refund is the operator's, and whoever asks is a member of its staff, by name. */
static enum refusal begin(struct outcome *out, const struct rows *r) {
    if (!r->staff.id || r->staff.removed_at)
        return REFUSED_NOT_ALLOWED;
    if (!out->policy)
        return REFUSED_NOT_FOUND;
    enum refusal no = refund_fits(&r->of);
    if (no == REFUSED_NOT_FOUND)
        return no;
    out->subject = r->of.line.id;
    out->result = r->of.refund.id;
    return no;
}

/* --- refund.payee --- */

static const struct field payee_input[] = {
    INPUT(FIELD_ID, refund_target, refund, 1, INT64_MAX, "The refund"),
    FIELD_END,
};

static enum refusal payee_decide(struct outcome *out, const void *given, const void *rows) {
    enum refusal no = begin(out, rows);
    (void)given;
    return no == REFUSED_REFUND_STATE ? ACCEPTED : no; /* looking changes nothing */
}

static const enum refusal payee_refusals[] = {REFUSED_NOT_FOUND, REFUSED_NOT_ALLOWED, ACCEPTED};

const struct verb refund_payee_verb = {
    .name = "refund.payee",
    .help = "Show whom a refund is to be paid to; the journal notes who looked",
    .who = ACTOR_STAFF,
    .scope = "refunds:write",
    .view = "refund_payee",
    .once = true,
    .input = payee_input,
    .input_size = sizeof(struct refund_target),
    .rows_size = sizeof(struct rows),
    .prepare = refund_prepare,
    .load = load,
    .decide = payee_decide,
    .refusals = payee_refusals,
};

/* --- refund.approve --- */

static const struct field approve_input[] = {
    INPUT(FIELD_ID, refund_approve, refund, 1, INT64_MAX, "The refund"),
    INPUT(FIELD_ID, refund_approve, payee, 1, INT64_MAX,
          "The payee that you looked at (refund payee says its id)"),
    FIELD_END,
};

/* On its way: by the payment provider, by hand, or with the next payout. */
static void send(struct outcome *out, const struct rows *r, struct refund *refund) {
    refund_move(out, LEDGER_PAYABLE, LEDGER_IN_FLIGHT, MOVED_APPROVED, refund->amount_minor);
    if (r->of.payee.way == WAY_ORIGINAL)
        outcome_effect(out, EFFECT_PAYMENT, "payment", refund->id, refund->line, 0, 0, 0);
    if (r->of.payee.way == WAY_ABROAD) {
        refund_by_hand(refund, out->now);
        refund_work_open(out, refund, r->of.works);
    }
    refund_tell(out, EFFECT_REFUND_APPROVED, refund, r->of.contacts, false);
}

static enum refusal approve_decide(struct outcome *out, const void *given, const void *rows) {
    const struct refund_approve *in = given;
    const struct rows *r = rows;
    struct refund refund = r->of.refund;
    enum refusal no = begin(out, r);
    if (!no && in->payee != refund.payee) /* named anew since it was looked at */
        no = REFUSED_REFUND_STATE;
    if (!no)
        no = refund_approve(&refund, out->policy, payee_unverified(&r->of.payee), ACTOR_STAFF,
                            r->staff.id, out->now);
    if (no)
        return no;
    if (refund_in_flight(&refund))
        send(out, r, &refund);
    put_refund(out, &refund);
    return ACCEPTED;
}

static const enum refusal approve_refusals[] = {
    REFUSED_NOT_FOUND,      REFUSED_NOT_ALLOWED,  REFUSED_REFUND_STATE,
    REFUSED_REFUND_WAITING, REFUSED_SECOND_ACTOR, ACCEPTED,
};

const struct verb refund_approve_verb = {
    .name = "refund.approve",
    .help = "Approve a refund for the payee that you looked at; above a sum two people do",
    .who = ACTOR_STAFF,
    .scope = "refunds:write",
    .view = "refund",
    .money = true,
    .input = approve_input,
    .input_size = sizeof(struct refund_approve),
    .rows_size = sizeof(struct rows),
    .prepare = refund_prepare,
    .load = load,
    .decide = approve_decide,
    .refusals = approve_refusals,
};

/* --- refund.pay --- */

static const struct field pay_input[] = {
    INPUT(FIELD_ID, refund_pay, refund, 1, INT64_MAX, "The refund"),
    INPUT(FIELD_TEXT, refund_pay, evidence, 0, 160,
          "By what it was paid, such as the day and the item; no names, numbers or addresses"),
    INPUT(FIELD_BOOL, refund_pay, original, 0, 1,
          "Cash: it was handed to the registered person, with the original document"),
    FIELD_END,
};

static enum refusal pay_decide(struct outcome *out, const void *given, const void *rows) {
    const struct refund_pay *in = given;
    const struct rows *r = rows;
    struct refund refund = r->of.refund;
    enum refusal no = begin(out, r);
    if (!no && !in->evidence[0])
        no = REFUSED_EVIDENCE;
    if (!no && evidence_personal(in->evidence))
        no = REFUSED_EVIDENCE_PERSONAL;
    if (!no && refund_with_provider(&refund, r->of.payee.way))
        no = REFUSED_REFUND_PROVIDER;
    if (!no)
        no = refund_pay(&refund, r->staff.id, out->now);
    if (!no && r->of.payee.way == WAY_CASH && !in->original)
        no = REFUSED_ORIGINAL;
    if (no)
        return no;
    snprintf(refund.evidence, sizeof refund.evidence, "%s", in->evidence);
    refund_move(out, LEDGER_IN_FLIGHT, LEDGER_BANK, MOVED_PAID_OUT, refund.amount_minor);
    put_refund(out, &refund);
    closure_works_end(out, r->of.works, WORK_REFUND, "paid", r->staff.id);
    refund_tell(out, EFFECT_REFUND_PAID, &refund, r->of.contacts, false);
    return ACCEPTED;
}

static const enum refusal pay_refusals[] = {
    REFUSED_NOT_FOUND,    REFUSED_NOT_ALLOWED,     REFUSED_EVIDENCE, REFUSED_EVIDENCE_PERSONAL,
    REFUSED_REFUND_STATE, REFUSED_REFUND_PROVIDER, REFUSED_ORIGINAL, ACCEPTED,
};

const struct verb refund_pay_verb = {
    .name = "refund.pay",
    .help = "Attest, with evidence, that an approved refund was paid",
    .who = ACTOR_STAFF,
    .scope = "refunds:write",
    .view = "refund",
    .money = true,
    .input = pay_input,
    .input_size = sizeof(struct refund_pay),
    .rows_size = sizeof(struct rows),
    .prepare = refund_prepare,
    .load = load,
    .decide = pay_decide,
    .refusals = pay_refusals,
};

/* --- refund.return --- */

static const struct field return_input[] = {
    INPUT(FIELD_ID, refund_return, refund, 1, INT64_MAX, "The refund"),
    INPUT(FIELD_TEXT, refund_return, reason, 1, CODE_SIZE - 1,
          "not_registered, name, account, provider or bank"),
    FIELD_END,
};

static enum refusal return_decide(struct outcome *out, const void *given, const void *rows) {
    const struct refund_return *in = given;
    const struct rows *r = rows;
    struct refund refund = r->of.refund;
    enum ledger_kind from = refund.paid_at ? LEDGER_BANK : LEDGER_IN_FLIGHT;
    enum refusal no = begin(out, r);
    if (!no && refund_with_provider(&refund, r->of.payee.way))
        no = REFUSED_REFUND_PROVIDER;
    if (!no)
        no = refund_return(&refund, (enum refund_reason)refund_reason_of_code(in->reason),
                           r->staff.id, out->now);
    if (no)
        return no;
    refund_move(out, from, LEDGER_PAYABLE, MOVED_RETURNED, refund.amount_minor);
    put_refund(out, &refund);
    closure_works_end(out, r->of.works, WORK_REFUND, "returned", r->staff.id);
    refund_tell(out, EFFECT_REFUND_RETURNED, &refund, r->of.contacts, false);
    return ACCEPTED;
}

static const enum refusal return_refusals[] = {
    REFUSED_NOT_FOUND,    REFUSED_NOT_ALLOWED,     REFUSED_REFUND_REASON,
    REFUSED_REFUND_STATE, REFUSED_REFUND_PROVIDER, ACCEPTED,
};

const struct verb refund_return_verb = {
    .name = "refund.return",
    .help = "Note that a refund came back, and why; the person may then name another payee",
    .who = ACTOR_STAFF,
    .scope = "refunds:write",
    .view = "refund",
    .money = true,
    .input = return_input,
    .input_size = sizeof(struct refund_return),
    .rows_size = sizeof(struct rows),
    .prepare = refund_prepare,
    .load = load,
    .decide = return_decide,
    .refusals = return_refusals,
};

/* --- refund.reject --- */

static const struct field reject_input[] = {
    INPUT(FIELD_ID, refund_reject, refund, 1, INT64_MAX, "The refund"),
    INPUT(FIELD_TEXT, refund_reject, reason, 1, CODE_SIZE - 1,
          "not_registered, name, account, provider, bank or fraud"),
    FIELD_END,
};

/* Amount and fee are the person's again: what was not paid costs nothing. REFUSED_AMOUNT when so
 * much is unclaimed that it does not fit; then nothing is changed. */
static enum refusal give_back(struct outcome *out, const struct rows *r,
                              const struct refund *refund) {
    struct ledger_account ledgers[LEDGERS_A_LINE], unclaimed = {.kind = LEDGER_UNCLAIMED};
    struct ledger_account payable = outcome_shared(out, LEDGER_PAYABLE);
    struct ledger_account fees = outcome_shared(out, LEDGER_FEES);
    int64_t gross = refund->amount_minor + refund->fee_minor, sum;
    memcpy(ledgers, r->ledgers, sizeof ledgers);
    struct ledger_account *found = ledger_find(ledgers, LEDGER_UNCLAIMED);
    if (__builtin_add_overflow(found ? found->balance : 0, gross, &sum))
        return REFUSED_AMOUNT;
    if (!found) {
        unclaimed.id = outcome_id(out);
        unclaimed.operator= r->of.line.operator;
        unclaimed.line = r->of.line.id;
        memcpy(unclaimed.currency, out->policy->currency, sizeof unclaimed.currency);
        outcome_put(out, LEDGER_ADD, &unclaimed);
        found = &unclaimed;
    }
    found->shut_at = 0; /* all of it went, and it comes back */
    bool good = outcome_move(out, &payable, found, MOVED_REJECTED, refund->amount_minor);
    if (refund->fee_minor)
        good &= outcome_move(out, &fees, found, MOVED_REFUND_FEE, refund->fee_minor);
    assert(good && found->balance == sum);
    (void)good;
    return ACCEPTED;
}

static enum refusal reject_decide(struct outcome *out, const void *given, const void *rows) {
    const struct refund_reject *in = given;
    const struct rows *r = rows;
    struct refund refund = r->of.refund;
    struct line line = r->of.line;
    struct closure closure = r->of.closure;
    enum refusal no = begin(out, r);
    if (!no)
        no = refund_reject(&refund, (enum refund_reason)refund_reason_of_code(in->reason),
                           r->staff.id, out->now);
    if (!no)
        no = give_back(out, r, &refund);
    if (no)
        return no;
    line.online_minor += refund.online_minor;
    put_line(out, &line);
    put_refund(out, &refund);
    closure_claim_again(out, &closure);
    refund_charge_give(out, &r->of.payee, &r->of.charge, refund.amount_minor + refund.fee_minor);
    closure_works_end(out, r->of.works, WORK_REFUND, "rejected", r->staff.id);
    refund_tell(out, EFFECT_REFUND_REJECTED, &refund, r->of.contacts, false);
    return ACCEPTED;
}

static const enum refusal reject_refusals[] = {
    REFUSED_NOT_FOUND,    REFUSED_NOT_ALLOWED, REFUSED_REFUND_REASON,
    REFUSED_REFUND_STATE, REFUSED_AMOUNT,      ACCEPTED,
};

const struct verb refund_reject_verb = {
    .name = "refund.reject",
    .help = "Refuse to pay a refund, and why; amount and fee are unclaimed credit again",
    .who = ACTOR_STAFF,
    .scope = "refunds:write",
    .view = "refund",
    .money = true,
    .input = reject_input,
    .input_size = sizeof(struct refund_reject),
    .rows_size = sizeof(struct rows),
    .prepare = refund_prepare,
    .load = load,
    .decide = reject_decide,
    .refusals = reject_refusals,
};
