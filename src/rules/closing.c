#include "rules/closing.h"

#include <assert.h>

#include "base/civil.h"
#include "base/clock.h"

/* Whole calendar months later. Where the month is too short for the day (29 February), the day
 * after, since "at least 12 months" may never be less. */
static int64_t months_after(int64_t instant, int64_t months, const struct policy *policy) {
    assert(months >= 0 && months <= 12 * 100);
    int offset = (int)policy->utc_offset_minutes;
    int64_t later = civil_add_months(instant, (int)months, offset);
    return civil_of(later, offset).day == civil_of(instant, offset).day ? later : later + DAY;
}

int64_t closing_claim_until(int64_t from, const struct policy *policy) {
    assert(from > 0 && policy->unclaimed_claim_months > 0);
    return months_after(from, policy->unclaimed_claim_months, policy);
}

static int64_t earliest_cut(const struct closure *closure, const struct closure_gates *gates,
                            int64_t due_at, const struct policy *policy, int64_t now) {
    assert(due_at > 0);
    if (closure && closure->undo_until)
        return closure->undo_until;
    if (!gates->confirmation)
        return now;
    int64_t undo = now + policy->undo_window_minutes * MINUTE;
    int64_t latest = due_at - policy->execution_margin_hours * HOUR;
    return undo < latest ? undo : latest;
}

static int64_t closing_time(const struct closure *closure, int64_t execute_at, int64_t now) {
    assert(now > 0 && execute_at > 0);
    if (closure && closure->deregistered_at)
        return closure->deregistered_at;
    return execute_at > now ? execute_at : now;
}

struct credit closing_credit(const struct line *line, int64_t paid_minor,
                             int64_t promotional_minor) {
    assert(line->online_minor >= 0 && paid_minor >= 0 && promotional_minor >= 0);
    bool more = line->online_minor > paid_minor;
    return (struct credit){.paid_minor = paid_minor,
                           .online_minor = more ? paid_minor : line->online_minor,
                           .promotional_minor = promotional_minor};
}

struct closing closing_plan(const struct line *line, const struct closure *closure,
                            const struct credit *credit, const struct chosen *chosen,
                            const struct policy *policy, int64_t now) {
    static const struct chosen nothing = {.choice = CHOICE_NONE};
    assert(line && policy && (!closure || !closure->line || closure->line == line->id));
    assert(credit->paid_minor >= 0 && credit->promotional_minor >= 0);
    struct closure_gates gates =
        closure_gates(closure ? (enum closure_basis)closure->basis : BASIS_PERSON);
    struct closing plan = {
        .due_at = closure && closure->due_at ? closure->due_at : now + POLICY_DUE_HOURS * HOUR,
        .money = settlement_of(credit, chosen ? chosen : &nothing, policy),
    };
    plan.execute_at = earliest_cut(closure, &gates, plan.due_at, policy, now);
    plan.closed_at = closing_time(closure, plan.execute_at, now);
    if (plan.money.unclaimed_minor)
        plan.claim_until = closing_claim_until(plan.closed_at, policy);
    if (gates.quarantine) {
        int64_t rest = policy->quarantine_days;
        int64_t reclaim = policy->reclaim_days < rest ? policy->reclaim_days : rest;
        plan.number_until = plan.closed_at + rest * DAY;
        plan.reclaim_until = plan.closed_at + reclaim * DAY;
    }
    plan.registration_erase_after = months_after(plan.closed_at, policy->retention_months, policy);
    return plan;
}
