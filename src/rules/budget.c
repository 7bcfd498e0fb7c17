#include "rules/budget.h"

#include <assert.h>

/* The window as it stands now: begun anew when it is over, moved to now when it lies ahead. */
static struct budget budget_now(const struct budget *budget, int64_t window_ms, int64_t now) {
    assert(window_ms > 0 && now >= 0);
    assert(budget->count >= 0);
    struct budget current = *budget;
    if (current.since > now)
        current.since = now;
    if (!current.count || now - current.since >= window_ms) {
        current.since = now;
        current.count = 0;
    }
    return current;
}

bool budget_spend(struct budget *budget, int64_t limit, int64_t window_ms, int64_t now) {
    return budget_take(budget, 1, limit, window_ms, now);
}

bool budget_take(struct budget *budget, int64_t amount, int64_t limit, int64_t window_ms,
                 int64_t now) {
    struct budget current = budget_now(budget, window_ms, now);
    assert(limit >= 0 && amount > 0);
    bool left = amount <= limit - current.count;
    if (left) {
        current.count += amount;
        budget->step += amount;
    }
    budget->since = current.since;
    budget->count = current.count;
    return left;
}

int64_t budget_left(const struct budget *budget, int64_t limit, int64_t window_ms, int64_t now) {
    struct budget current = budget_now(budget, window_ms, now);
    assert(limit >= 0);
    return current.count < limit ? limit - current.count : 0;
}

int64_t budget_until(const struct budget *budget, int64_t window_ms, int64_t now) {
    struct budget current = budget_now(budget, window_ms, now);
    return current.count ? current.since + window_ms : now;
}
