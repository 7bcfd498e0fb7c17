/* Credit that goes from one line to another: how much may go, when, at what price, and which line
 * takes it. Only paid credit goes; what is given away as a promotion stays where it is. A transfer
 * cannot be called back, so that a line that was taken over is not emptied at once: after a change
 * of SIM or contact there is a waiting time. Pure; amounts are minor units. */
#ifndef RINGOFF_TRANSFER_H
#define RINGOFF_TRANSFER_H
#include <stdbool.h>
#include <stdint.h>

#include "rules/policy.h"
#include "rules/refusal.h"
#include "rules/row.h"

/* The budgets of a line that bound its transfers; subject: the line's id. */
#define SCOPE_TRANSFERS "transfers"     /* how many in a day */
#define SCOPE_TRANSFERRED "transferred" /* how much in a day */
#define SCOPE_TRANSFER_TO "transfer_to" /* numbers tried, right or wrong */

/* How much of a line's paid credit may go now, and from when. */
struct transfer_terms {
    int64_t fee_minor;  /* beside the amount */
    int64_t most_minor; /* that may go at once, of what is there today; 0: nothing may */
    int64_t from;       /* not before; 0 = at once */
};
/* The terms for a line whose paid credit is so much; count and sum: what its day's budgets hold. */
struct transfer_terms transfer_terms(const struct line *line, int64_t paid_minor,
                                     const struct budget *count, const struct budget *sum,
                                     const struct policy *policy, int64_t now);

/* The first instant at which credit may leave the line, after its last transfer and after a change
 * of SIM or contact; the first SIM and the first contact are none. 0: at once. */
int64_t transfer_from(const struct line *line, const struct policy *policy);
/* May anything leave the line. open: its open suspension, or an empty one. REFUSED_LINE_CLOSED;
 * REFUSED_LINE_CLOSING (what becomes of its credit is chosen with its closure);
 * REFUSED_LINE_SUSPENDED (the message that tells of it would not arrive); REFUSED_TRANSFER_OFF;
 * REFUSED_TRANSFER_COOLING. */
enum refusal transfer_may(const struct line *line, const struct suspension *open,
                          const struct policy *policy, int64_t now);
/* May this amount, when the fee that was shown is so much and the paid credit is so much.
 * REFUSED_AMOUNT, REFUSED_FEE (it costs more by now), REFUSED_TRANSFER_LIMIT (at once, or today),
 * REFUSED_CREDIT_SHORT (with the fee it is more than there is). */
enum refusal transfer_amount_may(int64_t amount_minor, int64_t fee_minor, int64_t paid_minor,
                                 const struct budget *count, const struct budget *sum,
                                 const struct policy *policy, int64_t now);
/* Does the line take credit: it is there, valid, and nothing closes it. A suspended one does: the
 * credit waits with it. */
bool transfer_takes(const struct line *target);

/* What was topped up online goes first (rules/settlement.h). What of it is with the amount that
 * arrives; what of it stays is settlement_online_after the amount and the fee. */
int64_t transfer_online(int64_t online_minor, int64_t amount_minor);
#endif
