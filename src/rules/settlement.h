/* What becomes of a line's credit, by what the person chose and by the operator's policy: computed
 * in one place for the preview, the closing and the claim afterwards, so that what is shown is what
 * is done. Whatever is left is taken exactly: the parts of an answer are always together the paid
 * credit that was there. Pure; amounts are minor units and never negative. */
#ifndef RINGOFF_SETTLEMENT_H
#define RINGOFF_SETTLEMENT_H
#include <stdbool.h>
#include <stdint.h>

#include "rules/policy.h"
#include "rules/refusal.h"
#include "rules/row.h"

/* What is there: paid credit (closed: unclaimed), of that what was topped up online, promotional
 * credit. */
struct credit {
    int64_t paid_minor, online_minor, promotional_minor;
};

/* What was chosen. A zeroed one: nothing. */
struct chosen {
    enum credit_choice choice;
    enum refund_way way;    /* CHOICE_REFUND */
    int64_t original_minor; /* WAY_ORIGINAL: what the payment paid in and was not paid back */
    bool target;            /* CHOICE_TRANSFER: the other line is there and takes credit */
    int64_t leave_minor;    /* CHOICE_LEAVE: the amount that the consent names */
};

struct settled {
    int64_t refund_minor;   /* what arrives */
    int64_t transfer_minor; /* what the other line gets */
    int64_t fee_minor;      /* of either */
    int64_t left_minor;     /* kept by the operator */
    int64_t online_minor;   /* of all of these, what was topped up online */
    int64_t unclaimed_minor;
    int64_t promotional_minor; /* ends */
};

/* What the rows say was chosen. payee: of a refund, id 0: it is not there, and then nothing is
 * refunded; charge: the top-up to which it is paid back (id 0: none); target: the other line takes
 * credit. */
struct chosen settlement_chosen(const struct settlement *settlement, const struct payee *payee,
                                const struct charge *charge, bool target);
/* What becomes of the credit. What a choice cannot take (it is below the minimum, above what the
 * payment paid in or the transfer's maximum, not refunded at all, more than the consent named, or
 * the other line is gone) stays unclaimed. Of a refund what was topped up online is paid last, of
 * a transfer, and of what is left, it goes first: each time what leaves the person more that can
 * still be refunded. */
struct settled settlement_of(const struct credit *credit, const struct chosen *chosen,
                             const struct policy *policy);
/* What of it could be refunded, fee included, if the way takes it: 0 where nothing is refunded. */
int64_t settlement_refundable(const struct credit *credit, const struct policy *policy);
/* What a refund by the way costs. */
int64_t settlement_fee(enum refund_way way, const struct policy *policy);
/* May it be chosen: ACCEPTED when something of the credit would go that way. REFUSED_REFUND_OFF,
 * REFUSED_REFUND_WAY, REFUSED_REFUND_MINIMUM; REFUSED_TRANSFER_OFF, REFUSED_TRANSFER_TARGET,
 * REFUSED_CREDIT_SHORT (not more than the fee); REFUSED_LEAVE_OFF, REFUSED_CONSENT (the amount
 * named is not what is there, or nothing is). CHOICE_NONE is always ACCEPTED: it stays unclaimed.
 */
enum refusal settlement_may(const struct credit *credit, const struct chosen *chosen,
                            const struct policy *policy);
/* Paid credit was used: what was topped up online goes first, which leaves the person more that
 * is refunded. Gives what of online is left after amount of it went. */
int64_t settlement_online_after(int64_t online_minor, int64_t amount_minor);
#endif
