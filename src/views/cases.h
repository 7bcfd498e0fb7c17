/* What the views of lines and closures share.
 * Nothing is decided here: states, dates and amounts come from rules/.
 * Used by views/lines.c, suspensions.c, transfers.c, closures.c and queues.c only. */
#ifndef RINGOFF_CASES_H
#define RINGOFF_CASES_H
#include "base/clock.h"
#include "rules/closing.h"
#include "views/views.h"

/* The stored balances of the line's accounts, minor units; 0 where it has none. */
struct balances {
    int64_t paid, promotional, unclaimed;
};
/* Of its accounts as they were read. */
struct balances line_balances(struct ledger_account accounts[LEDGERS_A_LINE]);
/* The policy under which the closure was submitted, or the present one. */
const struct policy *closure_view_policy(const struct view_context *context,
                                         const struct closure *closure);
/* What was chosen for the credit of a closure, and where it goes; ids of 0: nothing. */
struct chosen_rows {
    struct settlement settlement;
    struct payee payee;
    struct charge charge;
    struct line target;
};
/* Wants them, of the closure with the id. */
void want_chosen(struct load *load, int64_t closure, struct chosen_rows *to);
/* What they say, for rules/settlement.h. */
struct chosen chosen_of(const struct chosen_rows *rows);
/* What closing the line does with the credit that its accounts hold; of a closed one with what was
 * unclaimed then. closure NULL: none runs. */
struct closing closing_shown(const struct line *line, const struct closure *closure,
                             struct ledger_account accounts[LEDGERS_A_LINE],
                             const struct chosen_rows *rows, const struct policy *policy,
                             int64_t now);
#endif
