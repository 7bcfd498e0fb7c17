#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "rules/closing.h"
#include "rules/closure.h"

static int64_t earliest(int64_t one, int64_t other) {
    return one < other ? one : other;
}

static int64_t undo_until(const struct closure *closure, const struct policy *policy, int64_t now) {
    return earliest(now + policy->undo_window_minutes * MINUTE,
                    closure_confirm_by(closure, policy));
}

/* A document is kept for some days after it was decided on; the first date is kept. */
static void document_keep(struct closure *closure, const struct policy *policy, int64_t now) {
    assert(policy->document_days > 0);
    if (!closure->document_erase_at)
        closure->document_erase_at = now + policy->document_days * DAY;
}

/* The case ends before anybody looked at the document that waits: its days begin now. */
static void documents_end(struct closure *closure, const struct policy *policy, int64_t now) {
    if (closure_document_waits(closure, policy))
        document_keep(closure, policy, now);
}

static enum refusal changed(struct closure *closure, const struct policy *policy) {
    closure->next_at = closure_next(closure, policy);
    return ACCEPTED;
}

/* A new code and link; they end with the time in which a confirmation still fits the clock. */
static void issue(struct closure *closure, const struct policy *policy, int64_t now) {
    assert(closure->due_at > 0);
    closure->confirm_issue++;
    closure->confirm_sends++;
    closure->confirm_attempts = 0;
    closure->confirm_issued_at = now;
    closure->confirm_delivered_at = 0;
    closure->confirm_expires_at =
        earliest(now + policy->link_life_hours * HOUR, closure_confirm_by(closure, policy));
}

enum refusal closure_open(struct closure *closure, const struct line *line,
                          const struct policy *policy, bool matched, int64_t now) {
    assert(now > 0 && !closure->submitted_at);
    assert(line->id && closure->basis >= BASIS_PERSON && closure->basis <= BASIS_TRANSFER);
    if (line->state == LINE_CLOSED)
        return REFUSED_LINE_CLOSED;
    if (line->closure)
        return REFUSED_LINE_CLOSING;
    struct closure_gates gates = closure_gates((enum closure_basis)closure->basis);
    if (gates.identity && !matched)
        return REFUSED_IDENTITY;
    if (policy->identity == IDENTITY_DOCUMENT)
        closure->identity_asked = IDENTITY_DOCUMENT;
    closure->line = line->id;
    closure->operator= line->operator;
    closure->policy = policy->id;
    closure->submitted_at = now;
    closure->status_issue = 1;
    closure->due_at = now + POLICY_DUE_HOURS * HOUR;
    if (gates.identity && closure->identity_asked == IDENTITY_MATCH) {
        closure->identity_at = now;
        closure->identity_by = IDENTIFIED_MATCH;
    }
    if (!gates.confirmation)
        closure->undo_until = now; /* nobody confirmed, so nobody has to think again */
    else if (!closure->unreachable)
        issue(closure, policy, now);
    return changed(closure, policy);
}

enum refusal closure_may_confirm(const struct closure *closure, const struct policy *policy,
                                 enum confirm_by by, int64_t now) {
    struct closure_status status = closure_derive(closure, policy);
    if (status.confirmation == GATE_PASSED)
        return REFUSED_CODE_USED;
    if (status.state != CLOSURE_SUBMITTED || status.confirmation != GATE_PENDING)
        return REFUSED_CLOSURE_STATE;
    if (by == CONFIRM_BY_LINK)
        return now < closure->confirm_expires_at ? ACCEPTED : REFUSED_CODE_EXPIRED;
    if (now >= closure_code_until(closure, policy))
        return REFUSED_CODE_EXPIRED;
    return closure->confirm_attempts < policy->code_attempts ? ACCEPTED : REFUSED_TOO_MANY;
}

enum refusal closure_confirm(struct closure *closure, const struct policy *policy,
                             enum confirm_by by, int64_t now) {
    enum refusal refusal = closure_may_confirm(closure, policy, by, now);
    if (refusal)
        return refusal;
    assert(now < closure_confirm_by(closure, policy));
    closure->confirmed_at = now;
    closure->escalated_at = 0; /* if it was for the message: it has arrived */
    closure->undo_until = undo_until(closure, policy, now);
    return changed(closure, policy);
}

enum refusal closure_code_wrong(struct closure *closure, const struct policy *policy, int64_t now) {
    assert(now > 0);
    if (closure->confirm_attempts >= policy->code_attempts)
        return REFUSED_TOO_MANY;
    closure->confirm_attempts++;
    return REFUSED_CODE_WRONG;
}

enum refusal closure_delivered(struct closure *closure, const struct policy *policy, int64_t now) {
    assert(now > 0);
    if (closure->confirm_delivered_at)
        return REFUSED_UNCHANGED;
    if (!closure_undelivered(closure, policy))
        return REFUSED_CLOSURE_STATE;
    closure->confirm_delivered_at = now;
    closure->escalated_at = 0; /* the staff did what they were called for */
    return changed(closure, policy);
}

enum refusal closure_resend(struct closure *closure, const struct policy *policy, int64_t now) {
    struct closure_status status = closure_derive(closure, policy);
    if (status.confirmation == GATE_PASSED)
        return REFUSED_CODE_USED;
    if (status.state != CLOSURE_SUBMITTED || status.confirmation != GATE_PENDING)
        return REFUSED_CLOSURE_STATE;
    if (now >= closure_confirm_by(closure, policy))
        return REFUSED_CODE_EXPIRED;
    if (closure->confirm_sends >= policy->code_sends)
        return REFUSED_RESEND_LIMIT;
    closure->unreachable = 0;
    issue(closure, policy, now);
    return changed(closure, policy);
}

bool closure_message_present(const struct closure *closure, const struct effect *effect) {
    return effect->target == closure->id && effect->contact == closure->contact &&
           effect->made_at >= closure->confirm_issued_at;
}

enum refusal closure_may_document(const struct closure *closure, const struct policy *policy) {
    struct closure_status status = closure_derive(closure, policy);
    if (status.state != CLOSURE_SUBMITTED)
        return REFUSED_CLOSURE_STATE;
    if (closure->identity_asked != IDENTITY_DOCUMENT || status.identity != GATE_PENDING)
        return REFUSED_DOCUMENT_UNASKED;
    if (closure_document_waits(closure, policy))
        return REFUSED_DOCUMENT_WAITING;
    return closure->documents < DOCUMENTS_A_CLOSURE ? ACCEPTED : REFUSED_DOCUMENT_LIMIT;
}

enum refusal closure_document(struct closure *closure, const struct policy *policy,
                              int64_t document, int64_t now) {
    assert(document && now > 0);
    enum refusal refusal = closure_may_document(closure, policy);
    if (refusal)
        return refusal;
    closure->document = document;
    closure->document_at = now;
    closure->document_refused_at = 0;
    closure->document_reason = REASON_NONE;
    closure->documents++;
    return changed(closure, policy);
}

/* The person was there: what was still to be confirmed is confirmed too, and what is late already
 * need not wait for an undo window. */
static void confirm_in_person(struct closure *closure, const struct policy *policy, int64_t now) {
    int64_t until = undo_until(closure, policy, now);
    closure->confirmed_at = now;
    closure->undo_until = until > now ? until : now;
}

enum refusal closure_identify(struct closure *closure, const struct policy *policy,
                              enum identified_by by, int64_t now) {
    struct closure_status status = closure_derive(closure, policy);
    assert(now > 0 && (by == IDENTIFIED_DOCUMENT || by == IDENTIFIED_ORIGINAL));
    bool original = by == IDENTIFIED_ORIGINAL, waits = closure_document_waits(closure, policy);
    bool confirms = original && status.confirmation == GATE_PENDING;
    if (status.state != CLOSURE_SUBMITTED || status.identity == GATE_NOT_NEEDED)
        return REFUSED_CLOSURE_STATE;
    if (status.identity == GATE_PASSED && !confirms)
        return REFUSED_UNCHANGED;
    if (!original && !waits)
        return REFUSED_DOCUMENT_MISSING;
    if (waits)
        document_keep(closure, policy, now);
    if (!closure->identity_at)
        closure->identity_at = now;
    closure->identity_by = by;
    if (confirms)
        confirm_in_person(closure, policy, now);
    /* The staff did what they were called for; the network has its own call. */
    closure->escalated_at = 0;
    return changed(closure, policy);
}

enum refusal closure_refuse_document(struct closure *closure, const struct policy *policy,
                                     enum document_reason reason, int64_t now) {
    assert(now > 0 && reason > REASON_NONE && reason < REASON_COUNT);
    if (closure_derive(closure, policy).state != CLOSURE_SUBMITTED)
        return REFUSED_CLOSURE_STATE;
    if (!closure_document_waits(closure, policy))
        return REFUSED_DOCUMENT_MISSING;
    document_keep(closure, policy, now);
    closure->document_refused_at = now;
    closure->document_reason = reason;
    closure->escalated_at = 0;
    closure->reminded_at = 0; /* something else is asked for now */
    return changed(closure, policy);
}

enum refusal closure_reject(struct closure *closure, const struct policy *policy,
                            enum document_reason reason, int64_t now) {
    struct closure_status status = closure_derive(closure, policy);
    assert(now > 0 && reason > REASON_NONE && reason < REASON_COUNT);
    if (status.state != CLOSURE_SUBMITTED || status.identity != GATE_PENDING)
        return REFUSED_CLOSURE_STATE;
    documents_end(closure, policy, now);
    closure->document_reason = reason;
    closure->rejected_at = now;
    return changed(closure, policy);
}

enum refusal closure_erase(struct closure *closure, const struct policy *policy, int64_t next,
                           int64_t now) {
    if (closure_step(closure, policy, now) != STEP_ERASE)
        return REFUSED_CLOSURE_STATE;
    assert(!next || next > now);
    closure->document_erase_at = next;
    return changed(closure, policy);
}

enum refusal closure_withdraw(struct closure *closure, const struct policy *policy, int64_t now) {
    assert(now > 0);
    switch (closure_derive(closure, policy).state) {
    case CLOSURE_SUBMITTED:
        documents_end(closure, policy, now);
        closure->withdrawn_at = now;
        return changed(closure, policy);
    case CLOSURE_EXECUTING:
    case CLOSURE_CLOSED:
        return REFUSED_TOO_LATE;
    case CLOSURE_WITHDRAWN:
        return REFUSED_UNCHANGED;
    default:
        return REFUSED_CLOSURE_STATE;
    }
}

enum refusal closure_start(struct closure *closure, const struct policy *policy, int64_t now) {
    if (closure_step(closure, policy, now) != STEP_START)
        return REFUSED_CLOSURE_STATE;
    assert(!closure->cut_at && !closure->deregistered_at);
    closure->executing_at = now;
    return changed(closure, policy);
}

enum refusal closure_cut(struct closure *closure, const struct policy *policy, enum cut_how how,
                         const char *evidence, int64_t by, int64_t now) {
    assert(how == CUT_READ_BACK || how == CUT_ATTESTED);
    assert(evidence && now > 0);
    if (closure_derive(closure, policy).state != CLOSURE_EXECUTING)
        return REFUSED_CLOSURE_STATE;
    if (closure->cut_at)
        return REFUSED_UNCHANGED;
    if (!evidence[0] || (how == CUT_ATTESTED && !by))
        return REFUSED_EVIDENCE;
    if (strlen(evidence) >= sizeof closure->evidence)
        return REFUSED_INPUT;
    closure->cut_at = now;
    closure->cut_how = how;
    snprintf(closure->evidence, sizeof closure->evidence, "%s", evidence);
    closure->evidence_by = how == CUT_ATTESTED ? by : 0;
    return changed(closure, policy);
}

enum refusal closure_finish(struct closure *closure, const struct policy *policy,
                            const struct closing *plan, int64_t now) {
    assert(now > 0);
    if (closure_derive(closure, policy).state != CLOSURE_EXECUTING || !closure->cut_at)
        return REFUSED_CLOSURE_STATE;
    assert(plan->registration_erase_after > now);
    closure->deregistered_at = now;
    closure->paid_minor = plan->money.unclaimed_minor;
    closure->promotional_minor = plan->money.promotional_minor;
    closure->quarantine_until = plan->number_until;
    closure->erase_after = plan->registration_erase_after;
    closure->claim_until = plan->claim_until;
    return changed(closure, policy);
}

enum refusal closure_expire(struct closure *closure, const struct policy *policy, int64_t now) {
    if (closure_step(closure, policy, now) != STEP_EXPIRE)
        return REFUSED_CLOSURE_STATE;
    assert(!closure->executing_at);
    documents_end(closure, policy, now);
    closure->expired_at = now;
    return changed(closure, policy);
}

enum refusal closure_escalate(struct closure *closure, const struct policy *policy, int64_t now) {
    if (closure_step(closure, policy, now) != STEP_ESCALATE)
        return REFUSED_CLOSURE_STATE;
    assert(!closure->escalated_at);
    closure->escalated_at = now;
    return changed(closure, policy);
}

enum refusal closure_remind(struct closure *closure, const struct policy *policy, int64_t now) {
    if (closure_step(closure, policy, now) != STEP_REMIND)
        return REFUSED_CLOSURE_STATE;
    assert(!closure->reminded_at);
    closure->reminded_at = now;
    return changed(closure, policy);
}

enum refusal closure_unclaimed_ends(struct closure *closure, const struct policy *policy,
                                    int64_t now) {
    if (closure_step(closure, policy, now) != STEP_UNCLAIMED_ENDS)
        return REFUSED_CLOSURE_STATE;
    assert(!closure->unclaimed_told_at);
    closure->unclaimed_told_at = now;
    return changed(closure, policy);
}

enum refusal closure_lapse(struct closure *closure, const struct policy *policy,
                           int64_t unclaimed_minor, int64_t now) {
    assert(unclaimed_minor >= 0);
    if (closure_step(closure, policy, now) != STEP_LAPSE)
        return REFUSED_CLOSURE_STATE;
    assert(now >= closure->claim_until);
    closure->lapsed_at = now;
    closure->lapsed_minor += unclaimed_minor;
    return changed(closure, policy);
}

enum refusal closure_unclaimed_more(struct closure *closure, const struct policy *policy,
                                    int64_t now) {
    assert(now > 0);
    if (!closure->deregistered_at)
        return REFUSED_CLOSURE_STATE;
    int64_t until = closing_claim_until(now, policy);
    assert(until > now);
    if (until > closure->claim_until)
        closure->claim_until = until;
    closure->unclaimed_told_at = closure->lapsed_at = 0;
    return changed(closure, policy);
}
