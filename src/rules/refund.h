/* A refund's life: requested, approved (above a sum by two people), paid; or returned and then
 * corrected, which is requested anew; or rejected. Its facts stand beside its state, and each
 * transition here sets both: what was paid is never paid again before it came back, and what may be
 * with the bank is never given to somebody else. Pure. What was promised (the day by which it
 * arrives) is of the policy under which it was asked for (refund->policy), what guards it now
 * (sums, waiting) of the one in force. */
#ifndef RINGOFF_REFUND_H
#define RINGOFF_REFUND_H
#include <stdbool.h>
#include <stdint.h>

#include "base/secret.h"
#include "rules/policy.h"
#include "rules/reference.h"
#include "rules/refusal.h"
#include "rules/row.h"

/* True while it is neither paid nor rejected. */
bool refund_is_open(const struct refund *refund);
/* True when it is open and past the day by which it was to arrive. */
bool refund_overdue(const struct refund *refund, int64_t now);
/* True when the money is on its way: approved, in a bank's file, accepted by the bank. */
bool refund_in_flight(const struct refund *refund);
/* True when two people approve it: above the policy's sum, or above the lower one when the payee is
 * not verified (rules/payee.h). */
bool refund_needs_second(const struct refund *refund, const struct policy *policy, bool unverified);
/* True while the payment provider has it: approved, to go back to the payment, and not handed to
 * the staff. Nobody pays it otherwise meanwhile or says that it came back: it would be paid twice.
 */
bool refund_with_provider(const struct refund *refund, int64_t way);
/* When the timer must look at it: at due_at once, 0 = never. Every transition keeps next_at so. */
int64_t refund_next(const struct refund *refund);
/* May the payee be named anew: before it is approved and after it came back.
 * REFUSED_REFUND_STATE. */
enum refusal refund_correctable(const struct refund *refund);

/* Another way of paying costs another fee: the difference is taken from what arrives, or given to
 * it, and both together stay what they were; a fee is never below 0. False, with nothing changed,
 * when nothing would arrive. former and fee: what the former and the other way cost. */
bool refund_refit(struct refund *refund, int64_t former, int64_t fee);

/* Transitions. Each checks, then sets its facts, state and next_at; on a refusal nothing is
 * changed. who and by: enum actor_kind (store/verb.h) and id of who does it. REFUSED_REFUND_STATE
 * when it is not in a state that allows it, or (except for refund_escalate) is none at all. */

/* Asked for: the caller has filled id, amounts, wait_until, reference, nonce. */
void refund_request(struct refund *refund, const struct policy *policy, int64_t who, int64_t by,
                    int64_t now);
/* Approves it, or checks it as the first of two: approved_at says which. REFUSED_REFUND_WAITING
 * (before wait_until), REFUSED_SECOND_ACTOR (who named the payee, or was the first of the two). */
enum refusal refund_approve(struct refund *refund, const struct policy *policy, bool unverified,
                            int64_t who, int64_t by, int64_t now);
/* It was paid. */
enum refusal refund_pay(struct refund *refund, int64_t by, int64_t now);
/* It came back, before or after it was held for paid. REFUSED_REFUND_REASON (none, or one that only
 * rejects). What was approved is to be approved anew. */
enum refusal refund_return(struct refund *refund, enum refund_reason reason, int64_t by,
                           int64_t now);
/* It is not paid at all: before it is approved or after it came back, so that nothing that may be
 * with the bank is rejected. REFUSED_REFUND_REASON. */
enum refusal refund_reject(struct refund *refund, enum refund_reason reason, int64_t by,
                           int64_t now);
/* Another payee, or the same once more: requested again, and its days begin anew. wait_until: not
 * approved before, 0 = at once; an earlier wait that is longer stays. */
enum refusal refund_correct(struct refund *refund, int64_t payee, int64_t wait_until,
                            const struct policy *policy, int64_t who, int64_t by, int64_t now);
/* The staff have it by hand (a transfer abroad): they are not called for it again. */
void refund_by_hand(struct refund *refund, int64_t now);
/* The staff are called, once, since it is overdue. REFUSED_UNCHANGED unless that is due. */
enum refusal refund_escalate(struct refund *refund, int64_t now);

/* msgids: how it is paid, and why it came back or is not paid and what to do; "" for none. Static.
 */
const char *refund_way_name(int64_t way);
const char *refund_reason_sentence(int64_t reason);

/* The secret that shows its status and, with the ID number, names another payee:
 * "7K3F-92QX-HM4D-8VBW". Derived, as a closure's is, and never the same. */
void refund_secret(const struct secrets *secrets, const struct refund *refund,
                   char secret[STATUS_SECRET_SIZE]);
/* True when a typed secret is the refund's; false, after the same work, for one with id 0. */
bool refund_secret_fits(const struct secrets *secrets, const struct refund *refund,
                        const char *typed);
#endif
