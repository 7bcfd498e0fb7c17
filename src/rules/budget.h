/* Attempt budgets: so many in a window that opens with the first attempt and ends by itself. They
 * are rows, so they survive a restart. They lock a kind of request, never the counter. */
#ifndef RINGOFF_BUDGET_H
#define RINGOFF_BUDGET_H
#include <stdbool.h>
#include <stdint.h>

#include "rules/row.h"

/* Spends one attempt and changes the row (its step too: others may spend from the same row at the
 * same time, and the store adds what each spent); false when there is none left (then only a window
 * in the future is brought back to now, so that a clock that stepped back locks nobody out for
 * longer than one window, and gives nothing away). */
bool budget_spend(struct budget *budget, int64_t limit, int64_t window_ms, int64_t now);
/* The same of an amount at once, above 0: all of it, or nothing. */
bool budget_take(struct budget *budget, int64_t amount, int64_t limit, int64_t window_ms,
                 int64_t now);
/* Attempts left now. */
int64_t budget_left(const struct budget *budget, int64_t limit, int64_t window_ms, int64_t now);
/* When attempts are whole again; now when nothing is spent. For Retry-After. */
int64_t budget_until(const struct budget *budget, int64_t window_ms, int64_t now);
#endif
