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

/* A document has come that nobody has looked at. */
static bool undecided(const struct closure *c, const struct closure_status *status) {
    return status->state == CLOSURE_SUBMITTED && status->identity == GATE_PENDING && c->document &&
           !c->document_refused_at;
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
    else if (!undecided(closure, &status))
        status.waits = WAITS_PERSON_IDENTITY;
    else
        status.waits = closure->escalated_at ? WAITS_STAFF : WAITS_OPERATOR_IDENTITY;
    return status;
}

bool closure_undelivered(const struct closure *closure, const struct policy *policy) {
    struct closure_status status = closure_derive(closure, policy);
    return undelivered(closure, &status);
}

bool closure_document_waits(const struct closure *closure, const struct policy *policy) {
    struct closure_status status = closure_derive(closure, policy);
    return undecided(closure, &status);
}

bool closure_is_open(const struct closure *closure, const struct policy *policy) {
    enum closure_state state = closure_derive(closure, policy).state;
    return state == CLOSURE_SUBMITTED || state == CLOSURE_EXECUTING;
}

static int64_t latest(int64_t one, int64_t other) {
    return one > other ? one : other;
}

/* When it ended otherwise than by being closed; 0 = it did not. */
static int64_t ended_at(const struct closure *c) {
    return latest(latest(c->withdrawn_at, c->rejected_at), c->expired_at);
}

int64_t closure_document_until(const struct closure *closure, const struct document_row *document,
                               const struct policy *policy) {
    assert(document->id && policy->document_days > 0);
    int64_t ended = ended_at(closure);
    if (document->erase_after || !ended)
        return document->erase_after;
    return ended + policy->document_days * DAY;
}

bool closure_shows(const struct closure *closure, const struct policy *policy, int64_t now) {
    assert(now > 0);
    if (closure_is_open(closure, policy))
        return true;
    if (closure->deregistered_at)
        return now < latest(latest(closure->quarantine_until, closure->claim_until),
                            closure->erase_after);
    int64_t ended = ended_at(closure);
    return ended && now < ended + ENDED_SHOWN_DAYS * DAY;
}

int64_t closure_confirm_by(const struct closure *closure, const struct policy *policy) {
    assert(policy->execution_margin_hours > 0);
    return closure->due_at - policy->execution_margin_hours * HOUR;
}

int64_t closure_document_by(const struct closure *closure, const struct policy *policy) {
    int64_t last = closure_confirm_by(closure, policy);
    if (!closure->document_refused_at)
        return last;
    return latest(last, closure->document_refused_at + policy->link_life_hours * HOUR);
}

int64_t closure_code_until(const struct closure *closure, const struct policy *policy) {
    int64_t code = closure->confirm_issued_at + policy->code_life_minutes * MINUTE;
    if (closure->contact || code > closure->confirm_expires_at)
        return closure->confirm_expires_at;
    return code;
}

int64_t closure_lapse_at(const struct closure *closure, const struct policy *policy) {
    assert(closure && policy);
    if (policy->after_claim == AFTER_CLAIM_KEEP || !closure->claim_until)
        return 0;
    if (!closure->unclaimed_told_at)
        return closure->claim_until;
    return latest(closure->claim_until, closure->unclaimed_told_at + UNCLAIMED_ENDS_DAYS * DAY);
}

enum refusal closure_may_claim(const struct closure *closure, const struct policy *policy,
                               int64_t unclaimed_minor, int64_t now) {
    assert(unclaimed_minor >= 0 && now > 0);
    if (closure_derive(closure, policy).state != CLOSURE_CLOSED)
        return REFUSED_CLOSURE_STATE;
    int64_t end = closure_lapse_at(closure, policy);
    if (closure->lapsed_at || (end && now >= end))
        return REFUSED_CLAIM_OVER;
    return unclaimed_minor ? ACCEPTED : REFUSED_CLAIM_OVER;
}

/* When each step becomes due; 0 = not as the facts stand. */
struct schedule {
    int64_t remind, expire, start, escalate, erase, ends, lapse;
};

/* Nothing lapses before people were told. */
static void schedule_claim(struct schedule *at, const struct closure *c,
                           const struct policy *policy) {
    int64_t lapse = closure_lapse_at(c, policy);
    if (!c->deregistered_at || c->lapsed_at || !lapse)
        return;
    if (c->unclaimed_told_at)
        at->lapse = lapse;
    else
        at->ends = lapse - UNCLAIMED_ENDS_DAYS * DAY;
}

/* The person is reminded once of what is asked for; after a refusal of what was refused. */
static int64_t remind_at(const struct closure *c, const struct policy *policy, int64_t last) {
    int64_t asked = c->document_refused_at ? c->document_refused_at : c->submitted_at;
    int64_t remind = asked + policy->confirmation_reminder_hours * HOUR;
    return !c->reminded_at && remind < last ? remind : 0;
}

static struct schedule schedule_of(const struct closure *c, const struct policy *policy) {
    struct closure_status status = closure_derive(c, policy);
    struct schedule at = {.erase = c->document_erase_at};
    bool unsent = undelivered(c, &status), identity = status.waits == WAITS_PERSON_IDENTITY;
    int64_t last = identity ? closure_document_by(c, policy) : closure_confirm_by(c, policy);

    if (status.waits == WAITS_PERSON_CONFIRMATION || identity) {
        at.expire = unsent ? 0 : last;
        at.remind = remind_at(c, policy, last);
    }
    if (status.waits == WAITS_UNDO_WINDOW)
        at.start = c->undo_until;
    schedule_claim(&at, c, policy);
    if (!c->escalated_at && (status.state == CLOSURE_EXECUTING || undecided(c, &status) || unsent))
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
    if (is_due(at.remind, now))
        return STEP_REMIND;
    if (is_due(at.ends, now))
        return STEP_UNCLAIMED_ENDS;
    if (is_due(at.lapse, now))
        return STEP_LAPSE;
    return is_due(at.erase, now) ? STEP_ERASE : STEP_NONE;
}

static int64_t earlier(int64_t one, int64_t other) {
    if (!one || !other)
        return one ? one : other;
    return one < other ? one : other;
}

int64_t closure_next(const struct closure *closure, const struct policy *policy) {
    struct schedule at = schedule_of(closure, policy);
    int64_t ask = earlier(earlier(at.remind, at.expire), earlier(at.ends, at.lapse));
    return earlier(earlier(ask, at.erase), earlier(at.start, at.escalate));
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
