#include "rules/settlement.h"

#include <assert.h>
#include <stddef.h>

static int64_t lesser(int64_t a, int64_t b) {
    return a < b ? a : b;
}

int64_t settlement_fee(enum refund_way way, const struct policy *policy) {
    assert(way > 0 && way < REFUND_WAY_COUNT);
    assert(policy->refund_fee_minor >= 0 && policy->refund_abroad_fee_minor >= 0);
    return policy->refund_fee_minor + (way == WAY_ABROAD ? policy->refund_abroad_fee_minor : 0);
}

int64_t settlement_refundable(const struct credit *credit, const struct policy *policy) {
    assert(credit->online_minor >= 0 && credit->online_minor <= credit->paid_minor);
    if (!policy->refund_offered)
        return 0;
    return credit->paid_minor - (policy->refund_online ? 0 : credit->online_minor);
}

int64_t settlement_online_after(int64_t online_minor, int64_t amount_minor) {
    assert(online_minor >= 0 && amount_minor >= 0);
    return online_minor - lesser(online_minor, amount_minor);
}

struct chosen settlement_chosen(const struct settlement *settlement, const struct payee *payee,
                                const struct charge *charge, bool target) {
    struct chosen chosen = {.choice = (enum credit_choice)settlement->choice,
                            .target = target,
                            .leave_minor = settlement->leave_minor};
    assert(settlement->choice >= CHOICE_NONE && settlement->choice < CHOICE_COUNT);
    assert(payee->way >= 0 && payee->way < REFUND_WAY_COUNT);
    chosen.way = (enum refund_way)payee->way;
    if (charge->id)
        chosen.original_minor = charge->amount_minor - charge->refunded_minor;
    return chosen;
}

/* What a refund takes, fee included; 0 when none is paid. */
static int64_t refund_gross(const struct credit *credit, const struct chosen *chosen,
                            const struct policy *policy) {
    int64_t gross = settlement_refundable(credit, policy);
    if (chosen->way == WAY_ORIGINAL)
        gross = lesser(gross, chosen->original_minor);
    bool enough =
        gross >= policy->refund_minimum_minor && gross > settlement_fee(chosen->way, policy);
    return enough ? gross : 0;
}

static int64_t transfer_gross(const struct credit *credit, const struct policy *policy) {
    int64_t most = policy->transfer_maximum_minor + policy->transfer_fee_minor;
    int64_t gross = lesser(credit->paid_minor, most);
    return gross > policy->transfer_fee_minor ? gross : 0;
}

enum refusal settlement_may(const struct credit *credit, const struct chosen *chosen,
                            const struct policy *policy) {
    assert(credit && chosen && policy);
    switch (chosen->choice) {
    case CHOICE_REFUND:
        if (!settlement_refundable(credit, policy))
            return policy->refund_offered && !credit->paid_minor ? REFUSED_REFUND_MINIMUM
                                                                 : REFUSED_REFUND_OFF;
        if (!policy->refund_ways[chosen->way])
            return REFUSED_REFUND_WAY;
        return refund_gross(credit, chosen, policy) ? ACCEPTED : REFUSED_REFUND_MINIMUM;
    case CHOICE_TRANSFER:
        if (!policy->transfer_offered)
            return REFUSED_TRANSFER_OFF;
        if (!chosen->target)
            return REFUSED_TRANSFER_TARGET;
        return transfer_gross(credit, policy) ? ACCEPTED : REFUSED_CREDIT_SHORT;
    case CHOICE_LEAVE:
        if (!policy->leave)
            return REFUSED_LEAVE_OFF;
        return credit->paid_minor && chosen->leave_minor == credit->paid_minor ? ACCEPTED
                                                                               : REFUSED_CONSENT;
    default:
        return ACCEPTED;
    }
}

static void settle_refund(struct settled *settled, const struct credit *credit,
                          const struct chosen *chosen, const struct policy *policy) {
    int64_t gross = policy->refund_ways[chosen->way] ? refund_gross(credit, chosen, policy) : 0;
    if (!gross)
        return;
    int64_t otherwise = credit->paid_minor - credit->online_minor;
    settled->fee_minor = settlement_fee(chosen->way, policy);
    settled->refund_minor = gross - settled->fee_minor;
    settled->online_minor = gross - lesser(gross, otherwise);
}

static void settle_transfer(struct settled *settled, const struct credit *credit,
                            const struct policy *policy) {
    int64_t gross = transfer_gross(credit, policy);
    if (!gross)
        return;
    settled->fee_minor = policy->transfer_fee_minor;
    settled->transfer_minor = gross - settled->fee_minor;
    settled->online_minor = lesser(gross, credit->online_minor);
}

static void settle_left(struct settled *settled, const struct credit *credit,
                        const struct chosen *chosen) {
    assert(chosen->leave_minor >= 0);
    settled->left_minor = lesser(credit->paid_minor, chosen->leave_minor);
    settled->online_minor = lesser(settled->left_minor, credit->online_minor);
}

struct settled settlement_of(const struct credit *credit, const struct chosen *chosen,
                             const struct policy *policy) {
    assert(credit->paid_minor >= 0 && credit->promotional_minor >= 0);
    struct settled settled = {.promotional_minor = credit->promotional_minor};
    if (chosen->choice == CHOICE_REFUND)
        settle_refund(&settled, credit, chosen, policy);
    else if (chosen->choice == CHOICE_TRANSFER && chosen->target && policy->transfer_offered)
        settle_transfer(&settled, credit, policy);
    else if (chosen->choice == CHOICE_LEAVE && policy->leave)
        settle_left(&settled, credit, chosen);
    settled.unclaimed_minor = credit->paid_minor - settled.refund_minor - settled.fee_minor -
                              settled.transfer_minor - settled.left_minor;
    assert(settled.unclaimed_minor >= 0);
    assert(settled.online_minor <= credit->paid_minor - settled.unclaimed_minor);
    return settled;
}
