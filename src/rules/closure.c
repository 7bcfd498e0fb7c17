#include "rules/closure.h"

#include <assert.h>

#include "base/clock.h"

enum { ENDED_SHOWN_DAYS = 30 };

struct closure_gates closure_gates(enum closure_basis basis) {
    switch (basis) {
    case BASIS_EXPIRY:
    case BASIS_REGULATOR:
        return (struct closure_gates){.authority = true, .quarantine = true};
    case BASIS_PORT_OUT:
        return (struct closure_gates){.authority = true, .quarantine = false};
    case BASIS_PERSON:
    case BASIS_COMPANY:
    case BASIS_TRANSFER:
    default:
        return (struct closure_gates){.identity = true, .confirmation = true, .quarantine = true};
    }
}

static enum gate gate_of(bool needed, bool passed, bool failed) {
    if (!needed)
        return GATE_NOT_NEEDED;
    if (passed)
        return GATE_PASSED;
    return failed ? GATE_FAILED : GATE_PENDING;
}

static enum closure_state state_of(const struct closure *c) {
    if (!c->submitted_at)
        return CLOSURE_DRAFT;
    if (c->withdrawn_at)
        return CLOSURE_WITHDRAWN;
    if (c->rejected_at)
        return CLOSURE_REJECTED;
    if (c->expired_at)
        return CLOSURE_EXPIRED;
    if (c->deregistered_at)
        return CLOSURE_CLOSED;
    return c->executing_at ? CLOSURE_EXECUTING : CLOSURE_SUBMITTED;
}

/* The person cannot answer what has not arrived: until the present message has left the house, the
 * case waits for the operator. */
static bool undelivered(const struct closure *c, const struct closure_status *status) {
    return status->state == CLOSURE_SUBMITTED && status->confirmation == GATE_PENDING &&
           !c->confirm_delivered_at;
}

struct closure_status closure_derive(const struct closure *closure, const struct policy *policy) {
    assert(closure);
    assert(policy);
    struct closure_gates gates = closure_gates((enum closure_basis)closure->basis);
    struct closure_status status = {
        .state = state_of(closure),
        .identity = gate_of(gates.identity, closure->identity_at != 0, closure->rejected_at != 0),
        .confirmation =
            gate_of(gates.confirmation, closure->confirmed_at != 0, closure->expired_at != 0),
        .waits = WAITS_NOBODY,
    };
    if (status.state == CLOSURE_EXECUTING)
        status.waits = closure->escalated_at ? WAITS_STAFF : WAITS_NETWORK;
    if (status.state != CLOSURE_SUBMITTED)
        return status;
    if (undelivered(closure, &status) && closure->escalated_at)
        status.waits = WAITS_STAFF;
    else if (status.confirmation == GATE_PENDING)
        status.waits = WAITS_PERSON_CONFIRMATION;
    else if (status.identity != GATE_PENDING)
        status.waits = WAITS_UNDO_WINDOW;
    else if (policy->identity == IDENTITY_MATCH)
        status.waits = WAITS_PERSON_IDENTITY;
    else
        status.waits = closure->escalated_at ? WAITS_STAFF : WAITS_OPERATOR_IDENTITY;
    return status;
}

bool closure_undelivered(const struct closure *closure, const struct policy *policy) {
    struct closure_status status = closure_derive(closure, policy);
    return undelivered(closure, &status);
}

bool closure_is_open(const struct closure *closure, const struct policy *policy) {
    enum closure_state state = closure_derive(closure, policy).state;
    return state == CLOSURE_SUBMITTED || state == CLOSURE_EXECUTING;
}

static int64_t latest(int64_t one, int64_t other) {
    return one > other ? one : other;
}

bool closure_shows(const struct closure *closure, const struct policy *policy, int64_t now) {
    assert(now > 0);
    if (closure_is_open(closure, policy))
        return true;
    if (closure->deregistered_at)
        return now < latest(latest(closure->quarantine_until, closure->claim_until),
                            closure->erase_after);
    int64_t ended =
        latest(latest(closure->withdrawn_at, closure->rejected_at), closure->expired_at);
    return ended && now < ended + ENDED_SHOWN_DAYS * DAY;
}

int64_t closure_confirm_by(const struct closure *closure, const struct policy *policy) {
    assert(policy->execution_margin_hours > 0);
    return closure->due_at - policy->execution_margin_hours * HOUR;
}

int64_t closure_code_until(const struct closure *closure, const struct policy *policy) {
    int64_t code = closure->confirm_issued_at + policy->code_life_minutes * MINUTE;
    if (closure->contact || code > closure->confirm_expires_at)
        return closure->confirm_expires_at;
    return code;
}

/* When each step becomes due; 0 = not as the facts stand. */
struct schedule {
    int64_t remind, expire, start, escalate;
};

static struct schedule schedule_of(const struct closure *c, const struct policy *policy) {
    struct closure_status status = closure_derive(c, policy);
    struct schedule at = {0};
    bool by_operator = policy->identity == IDENTITY_DOCUMENT && status.identity == GATE_PENDING;
    bool submitted = status.state == CLOSURE_SUBMITTED, unsent = undelivered(c, &status);
    int64_t last = closure_confirm_by(c, policy);

    if (!unsent &&
        (status.waits == WAITS_PERSON_CONFIRMATION || status.waits == WAITS_PERSON_IDENTITY))
        at.expire = last;
    if (status.waits == WAITS_PERSON_CONFIRMATION && !c->reminded_at) {
        int64_t remind = c->submitted_at + policy->confirmation_reminder_hours * HOUR;
        at.remind = remind < last ? remind : 0;
    }
    if (status.waits == WAITS_UNDO_WINDOW)
        at.start = c->undo_until;
    if (!c->escalated_at &&
        (status.state == CLOSURE_EXECUTING || (submitted && by_operator) || unsent))
        at.escalate = c->due_at - policy->escalate_hours_before_due * HOUR;
    return at;
}

static bool is_due(int64_t at, int64_t now) {
    return at && at <= now;
}

enum closure_step closure_step(const struct closure *closure, const struct policy *policy,
                               int64_t now) {
    assert(now > 0);
    struct schedule at = schedule_of(closure, policy);
    /* The one that ends the case comes first: nobody is reminded of what is over. */
    if (is_due(at.expire, now))
        return STEP_EXPIRE;
    if (is_due(at.start, now))
        return STEP_START;
    if (is_due(at.escalate, now))
        return STEP_ESCALATE;
    return is_due(at.remind, now) ? STEP_REMIND : STEP_NONE;
}

static int64_t earlier(int64_t one, int64_t other) {
    if (!one || !other)
        return one ? one : other;
    return one < other ? one : other;
}

int64_t closure_next(const struct closure *closure, const struct policy *policy) {
    struct schedule at = schedule_of(closure, policy);
    return earlier(earlier(at.remind, at.expire), earlier(at.start, at.escalate));
}

static const char *const states[CLOSURE_STATE_COUNT] = {
    [CLOSURE_DRAFT] = "draft",         [CLOSURE_SUBMITTED] = "submitted",
    [CLOSURE_EXECUTING] = "executing", [CLOSURE_CLOSED] = "closed",
    [CLOSURE_WITHDRAWN] = "withdrawn", [CLOSURE_REJECTED] = "rejected",
    [CLOSURE_EXPIRED] = "expired",
};
static const char *const waits_codes[CLOSURE_WAITS_COUNT] = {
    [WAITS_NOBODY] = "nobody",
    [WAITS_PERSON_CONFIRMATION] = "person_confirmation",
    [WAITS_PERSON_IDENTITY] = "person_identity",
    [WAITS_OPERATOR_IDENTITY] = "operator_identity",
    [WAITS_UNDO_WINDOW] = "undo_window",
    [WAITS_NETWORK] = "network",
    [WAITS_STAFF] = "staff",
};
static const char *const gates_codes[GATE_COUNT] = {
    [GATE_NOT_NEEDED] = "not_needed",
    [GATE_PENDING] = "pending",
    [GATE_PASSED] = "passed",
    [GATE_FAILED] = "failed",
};
static const char *const bases[] = {
    [0] = "none",
    [BASIS_PERSON] = "person",
    [BASIS_EXPIRY] = "expiry",
    [BASIS_COMPANY] = "company",
    [BASIS_REGULATOR] = "regulator",
    [BASIS_PORT_OUT] = "port_out",
    [BASIS_TRANSFER] = "transfer",
};

static const char *code_of(const char *const *codes, unsigned count, unsigned i) {
    assert(count > 0);
    return i < count ? codes[i] : "unknown";
}

const char *closure_state_code(enum closure_state state) {
    return code_of(states, CLOSURE_STATE_COUNT, (unsigned)state);
}

const char *closure_waits_code(enum closure_waits waits) {
    return code_of(waits_codes, CLOSURE_WAITS_COUNT, (unsigned)waits);
}

const char *gate_code(enum gate gate) {
    return code_of(gates_codes, GATE_COUNT, (unsigned)gate);
}

const char *closure_basis_code(enum closure_basis basis) {
    return code_of(bases, sizeof bases / sizeof bases[0], (unsigned)basis);
}
