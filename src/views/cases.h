/* What the views of lines and closures share.
 * Nothing is decided here: states, dates and amounts come from rules/.
 * Used by views/lines.c, suspensions.c, transfers.c, closures.c and queues.c only. */
#ifndef RINGOFF_CASES_H
#define RINGOFF_CASES_H
#include "base/clock.h"
#include "rules/closure.h"
#include "views/views.h"

/* The stored balances of the line's accounts, minor units; 0 where it has none. */
struct balances {
    int64_t paid, promotional;
};
/* Of its accounts as they were read. */
struct balances line_balances(struct ledger_account accounts[LEDGERS_A_LINE]);
/* The policy under which the closure was submitted, or the present one. */
const struct policy *closure_view_policy(const struct view_context *context,
                                         const struct closure *closure);
#endif
