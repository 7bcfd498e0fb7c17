#include "rules/refund.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"

bool refund_is_open(const struct refund *r) {
    assert(r->state >= 0 && r->state < REFUND_STATE_COUNT);
    return r->id && r->state < REFUND_PAID;
}

bool refund_overdue(const struct refund *r, int64_t now) {
    assert(now > 0);
    return refund_is_open(r) && now >= r->due_at;
}

bool refund_in_flight(const struct refund *r) {
    assert(r->state < REFUND_STATE_COUNT);
    return r->id && r->state >= REFUND_APPROVED && r->state <= REFUND_ACCEPTED;
}

bool refund_needs_second(const struct refund *r, const struct policy *policy, bool unverified) {
    assert(r->amount_minor > 0);
    assert(policy->refund_second_minor >= 0 && policy->refund_unverified_minor >= 0);
    return r->amount_minor > policy->refund_second_minor ||
           (unverified && r->amount_minor > policy->refund_unverified_minor);
}

bool refund_with_provider(const struct refund *r, int64_t way) {
    assert(way > 0 && way < REFUND_WAY_COUNT);
    return way == WAY_ORIGINAL && r->state == REFUND_APPROVED && !r->escalated_at;
}

int64_t refund_next(const struct refund *r) {
    return refund_is_open(r) && !r->escalated_at ? r->due_at : 0;
}

/* Neither on its way nor ended. */
static bool payable(const struct refund *r) {
    return r->id && (r->state == REFUND_REQUESTED || r->state == REFUND_RETURNED);
}

enum refusal refund_correctable(const struct refund *r) {
    assert(r->state < REFUND_STATE_COUNT);
    return payable(r) ? ACCEPTED : REFUSED_REFUND_STATE;
}

bool refund_refit(struct refund *r, int64_t former, int64_t fee) {
    assert(former >= 0 && fee >= 0);
    assert(r->amount_minor > 0 && r->fee_minor >= 0);
    int64_t more = fee - former;
    if (more < -r->fee_minor) /* never more than was taken */
        more = -r->fee_minor;
    if (more >= r->amount_minor)
        return false;
    r->fee_minor += more;
    r->amount_minor -= more;
    return true;
}

static enum refusal changed(struct refund *r) {
    r->next_at = refund_next(r);
    return ACCEPTED;
}

/* Whatever was done for the former payee: it counts no more. */
static void begin_anew(struct refund *r) {
    r->checked_at = r->checked_by = 0;
    r->approved_at = r->approved_by = 0;
    r->filed_at = r->accepted_at = 0;
    r->paid_at = r->paid_by = 0;
    r->escalated_at = 0;
    r->evidence[0] = '\0';
}

static void asked(struct refund *r, const struct policy *policy, int64_t who, int64_t by,
                  int64_t now) {
    assert(policy->refund_arrives_days > 0 && who);
    r->state = REFUND_REQUESTED;
    r->asked_kind = who;
    r->asked_by = by;
    r->due_at = now + policy->refund_arrives_days * DAY;
}

void refund_request(struct refund *r, const struct policy *policy, int64_t who, int64_t by,
                    int64_t now) {
    assert(r->id && !r->state && r->payee && now > 0);
    assert(r->amount_minor > 0 && r->fee_minor >= 0);
    asked(r, policy, who, by, now);
    r->policy = policy->id;
    r->requested_at = now;
    (void)changed(r);
}

enum refusal refund_approve(struct refund *r, const struct policy *policy, bool unverified,
                            int64_t who, int64_t by, int64_t now) {
    assert(by && now > 0);
    if (!r->id || r->state != REFUND_REQUESTED)
        return REFUSED_REFUND_STATE;
    if (now < r->wait_until)
        return REFUSED_REFUND_WAITING;
    if (r->asked_kind == who && r->asked_by == by)
        return REFUSED_SECOND_ACTOR;
    if (refund_needs_second(r, policy, unverified)) {
        if (r->checked_at && r->checked_by == by)
            return REFUSED_SECOND_ACTOR;
        if (!r->checked_at) {
            r->checked_at = now;
            r->checked_by = by;
            return changed(r);
        }
    }
    r->state = REFUND_APPROVED;
    r->approved_at = now;
    r->approved_by = by;
    return changed(r);
}

enum refusal refund_pay(struct refund *r, int64_t by, int64_t now) {
    assert(now > 0);
    if (!refund_in_flight(r))
        return REFUSED_REFUND_STATE;
    assert(r->approved_at && !r->paid_at);
    r->state = REFUND_PAID;
    r->paid_at = now;
    r->paid_by = by;
    return changed(r);
}

static bool reason_is(enum refund_reason reason) {
    return reason > UNPAID_NONE && reason < REFUND_REASON_COUNT;
}

enum refusal refund_return(struct refund *r, enum refund_reason reason, int64_t by, int64_t now) {
    assert(now > 0 && (int)r->state < REFUND_STATE_COUNT);
    if (!reason_is(reason) || reason == UNPAID_FRAUD)
        return REFUSED_REFUND_REASON;
    if (!refund_in_flight(r) && (!r->id || r->state != REFUND_PAID))
        return REFUSED_REFUND_STATE;
    begin_anew(r);
    r->state = REFUND_RETURNED;
    r->returned_at = now;
    r->returned_by = by;
    r->returns++;
    r->reason = reason;
    return changed(r);
}

enum refusal refund_reject(struct refund *r, enum refund_reason reason, int64_t by, int64_t now) {
    assert(now > 0 && (int)r->state < REFUND_STATE_COUNT);
    if (!reason_is(reason))
        return REFUSED_REFUND_REASON;
    if (!payable(r))
        return REFUSED_REFUND_STATE;
    r->state = REFUND_REJECTED;
    r->rejected_at = now;
    r->rejected_by = by;
    r->reason = reason;
    return changed(r);
}

enum refusal refund_correct(struct refund *r, int64_t payee, int64_t wait_until,
                            const struct policy *policy, int64_t who, int64_t by, int64_t now) {
    assert(payee && now > 0);
    if (!payable(r))
        return REFUSED_REFUND_STATE;
    begin_anew(r);
    asked(r, policy, who, by, now);
    r->payee = payee;
    r->corrected_at = now;
    r->reason = UNPAID_NONE;
    if (wait_until > r->wait_until)
        r->wait_until = wait_until;
    return changed(r);
}

void refund_by_hand(struct refund *r, int64_t now) {
    assert(refund_in_flight(r) && now > 0);
    if (!r->escalated_at)
        r->escalated_at = now;
    (void)changed(r);
}

enum refusal refund_escalate(struct refund *r, int64_t now) {
    assert(now > 0);
    int64_t next = refund_next(r);
    if (!next || now < next)
        return REFUSED_UNCHANGED;
    r->escalated_at = now;
    return changed(r);
}

/* --- the secret --- */

void refund_secret(const struct secrets *secrets, const struct refund *refund,
                   char secret[STATUS_SECRET_SIZE]) {
    char link[TOKEN_TEXT];
    uint8_t hash[HASH_BYTES];
    assert(secrets && refund);
    secret_link(secrets, "refund", refund->id, 1, refund->nonce, link);
    secret_hash(secrets->code, link, strlen(link), hash); /* letters people can read out */
    status_secret_make(hash, secret);
}

bool refund_secret_fits(const struct secrets *secrets, const struct refund *refund,
                        const char *typed) {
    char given[STATUS_SECRET_SIZE], right[STATUS_SECRET_SIZE];
    assert(secrets && typed);
    bool formed = status_secret_read(typed, given);
    refund_secret(secrets, refund, right);
    return formed && secret_equal(given, right) && refund->id;
}
