/* All that closing a line does to money, number and data, with its dates: computed in one place,
 * so that what the preview promises is what the deciding verb records. Dates are instants; months
 * are calendar months at the policy's UTC offset, and never shorter than they sound. */
#ifndef RINGOFF_CLOSING_H
#define RINGOFF_CLOSING_H
#include <stdbool.h>
#include <stdint.h>

#include "rules/closure.h"
#include "rules/settlement.h"

struct closing {
    int64_t due_at;       /* the law's day: submitted (preview: now) + 24 hours */
    int64_t execute_at;   /* the earliest cut: the end of the undo window */
    int64_t closed_at;    /* when it is deregistered: as it was, else now or execute_at if later */
    struct settled money; /* what becomes of the credit */
    int64_t claim_until;  /* of what is unclaimed; 0 when there is nothing to claim */
    /* the number: 0 where it does not rest (port-out) */
    int64_t number_until;  /* quarantined until */
    int64_t reclaim_until; /* the person can have it back until */
    /* data */
    int64_t registration_erase_after;
};

/* What closing the line does. closure NULL: a preview of a person's closure submitted and confirmed
 * now; a draft is a preview of its own basis. credit: the line's; of a closed line what was
 * unclaimed at closing. chosen NULL: nothing was. */
struct closing closing_plan(const struct line *line, const struct closure *closure,
                            const struct credit *credit, const struct chosen *chosen,
                            const struct policy *policy, int64_t now);
/* Until when unclaimed credit can be claimed that is there from an instant on: the policy's months.
 */
int64_t closing_claim_until(int64_t from, const struct policy *policy);
/* The credit that a closing line's accounts hold: its balances, and of the paid one what was topped
 * up online. */
struct credit closing_credit(const struct line *line, int64_t paid_minor,
                             int64_t promotional_minor);
#endif
