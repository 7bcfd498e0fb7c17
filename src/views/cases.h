/* What the views of lines and closures share.
 * Nothing is decided here: states, dates and amounts come from rules/.
 * Used by views/lines.c, closures.c and queues.c only. */
#ifndef RINGOFF_CASES_H
#define RINGOFF_CASES_H
#include "base/clock.h"
#include "rules/closure.h"
#include "views/views.h"

/* The stored balance of the line's account of the kind, minor units; 0 when it has none. */
int64_t line_balance(struct view_context *context, int64_t line, enum ledger_kind kind);
/* The policy under which the closure was submitted, or the present one. */
const struct policy *closure_view_policy(const struct view_context *context,
                                         const struct closure *closure);
#endif
