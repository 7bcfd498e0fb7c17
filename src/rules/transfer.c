#include "rules/transfer.h"

#include <assert.h>
#include <stddef.h>

#include "base/clock.h"
#include "rules/budget.h"
#include "rules/suspension.h"

static int64_t lesser(int64_t one, int64_t other) {
    return one < other ? one : other;
}

static int64_t later(int64_t one, int64_t other) {
    return one > other ? one : other;
}

int64_t transfer_from(const struct line *line, const struct policy *policy) {
    assert(line->id && policy->transfer_cooling_hours >= 0);
    int64_t since = line->transferred_at;
    if (line->sim_since > line->activated_at)
        since = later(since, line->sim_since);
    if (line->contact_changed_at > line->activated_at)
        since = later(since, line->contact_changed_at);
    return since ? since + policy->transfer_cooling_hours * HOUR : 0;
}

enum refusal transfer_may(const struct line *line, const struct suspension *open,
                          const struct policy *policy, int64_t now) {
    assert(line->id && now > 0);
    if (line->state == LINE_CLOSED)
        return REFUSED_LINE_CLOSED;
    if (line->closure)
        return REFUSED_LINE_CLOSING;
    if (!suspension_reaches(line, open))
        return REFUSED_LINE_SUSPENDED;
    if (!policy->transfer_offered)
        return REFUSED_TRANSFER_OFF;
    return now < transfer_from(line, policy) ? REFUSED_TRANSFER_COOLING : ACCEPTED;
}

/* What the limits leave, whatever the credit is. */
static int64_t allowed(const struct budget *count, const struct budget *sum,
                       const struct policy *policy, int64_t now) {
    assert(policy->transfer_minimum_minor > 0);
    if (!budget_left(count, policy->transfer_day_count, DAY, now))
        return 0;
    int64_t today = budget_left(sum, policy->transfer_day_minor, DAY, now);
    int64_t most = lesser(policy->transfer_maximum_minor, today);
    return most < policy->transfer_minimum_minor ? 0 : most;
}

struct transfer_terms transfer_terms(const struct line *line, int64_t paid_minor,
                                     const struct budget *count, const struct budget *sum,
                                     const struct policy *policy, int64_t now) {
    assert(paid_minor >= 0 && now > 0);
    int64_t most =
        lesser(allowed(count, sum, policy, now), paid_minor - policy->transfer_fee_minor);
    return (struct transfer_terms){
        .fee_minor = policy->transfer_fee_minor,
        .most_minor = most < policy->transfer_minimum_minor ? 0 : most,
        .from = transfer_from(line, policy),
    };
}

enum refusal transfer_amount_may(int64_t amount_minor, int64_t fee_minor, int64_t paid_minor,
                                 const struct budget *count, const struct budget *sum,
                                 const struct policy *policy, int64_t now) {
    int64_t whole;
    assert(paid_minor >= 0 && policy->transfer_fee_minor >= 0);
    if (amount_minor <= 0 ||
        __builtin_add_overflow(amount_minor, policy->transfer_fee_minor, &whole))
        return REFUSED_AMOUNT;
    if (policy->transfer_fee_minor > fee_minor)
        return REFUSED_FEE;
    if (amount_minor < policy->transfer_minimum_minor ||
        amount_minor > allowed(count, sum, policy, now))
        return REFUSED_TRANSFER_LIMIT;
    return whole > paid_minor ? REFUSED_CREDIT_SHORT : ACCEPTED;
}

bool transfer_takes(const struct line *target) {
    assert(target);
    bool there = target->id && (target->state == LINE_ACTIVE || target->state == LINE_SUSPENDED);
    return there && !target->closure;
}

int64_t transfer_online(int64_t online_minor, int64_t amount_minor) {
    assert(online_minor >= 0 && amount_minor > 0);
    return lesser(online_minor, amount_minor);
}
