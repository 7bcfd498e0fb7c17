/* A closure is a handful of facts with times; what state it is in and whom it waits for is derived
 * here, and here alone it is decided which fact may be added when. The clock of GN-15/2021 cl.
 * 5.6.5 is kept by construction: due is fixed when it is submitted and all else fits inside it.
 * Pure. The policy given must be the one under which the closure was submitted (closure->policy).
 */
#ifndef RINGOFF_CLOSURE_H
#define RINGOFF_CLOSURE_H
#include <stdbool.h>
#include <stdint.h>

#include "rules/document.h"
#include "rules/policy.h"
#include "rules/refusal.h"
#include "rules/row.h"

struct closing;

enum closure_state {
    CLOSURE_DRAFT,
    CLOSURE_SUBMITTED,
    CLOSURE_EXECUTING,
    CLOSURE_CLOSED,
    CLOSURE_WITHDRAWN,
    CLOSURE_REJECTED,
    CLOSURE_EXPIRED,
    CLOSURE_STATE_COUNT
};
enum gate { GATE_NOT_NEEDED, GATE_PENDING, GATE_PASSED, GATE_FAILED, GATE_COUNT };
enum closure_waits {
    WAITS_NOBODY,
    WAITS_PERSON_CONFIRMATION,
    WAITS_PERSON_IDENTITY,
    WAITS_OPERATOR_IDENTITY,
    WAITS_UNDO_WINDOW,
    WAITS_NETWORK,
    WAITS_STAFF, /* escalated: a person at the operator must act */
    CLOSURE_WAITS_COUNT
};

struct closure_status {
    enum closure_state state;
    enum gate identity, confirmation;
    enum closure_waits waits;
};

/* What a basis asks for before the line may be cut. */
struct closure_gates {
    bool identity, confirmation; /* of the person */
    bool authority;              /* of who orders it; checked by the verb that opens it */
    bool quarantine;             /* the number rests afterwards; a ported one does not */
};
/* The gates of a basis; for a value that is none those of a person, the strictest. */
struct closure_gates closure_gates(enum closure_basis basis);

/* State, gates and who it waits for, from the facts. */
struct closure_status closure_derive(const struct closure *closure, const struct policy *policy);
/* True while the person is to confirm and the present message has not left the house: then it waits
 * for the operator, is escalated and does not expire. */
bool closure_undelivered(const struct closure *closure, const struct policy *policy);
/* True while a document of the person's waits to be looked at: it waits for the operator, is
 * escalated and does not expire. */
bool closure_document_waits(const struct closure *closure, const struct policy *policy);
/* By when a document must have come: due less the margin, but after a refusal never less than the
 * life of a link from then on. */
int64_t closure_document_by(const struct closure *closure, const struct policy *policy);
/* Until when a document of the closure is kept: some days (policy) from the decision on it, or from
 * the end of the case where there was none; 0 while it waits to be looked at. */
int64_t closure_document_until(const struct closure *closure, const struct document_row *document,
                               const struct policy *policy);
/* True while a reference with its secret, or a code to a contact, still shows the status: while it
 * is open; once closed until the number has rested, the credit can no longer be claimed and the
 * registration is to be erased; for 30 days when it ended otherwise (design, rule 9). */
bool closure_shows(const struct closure *closure, const struct policy *policy, int64_t now);
/* May what is unclaimed still be asked for, when it is so much: REFUSED_CLOSURE_STATE (not closed),
 * REFUSED_CLAIM_OVER (it lapsed, or is about to; nothing is there). */
enum refusal closure_may_claim(const struct closure *closure, const struct policy *policy,
                               int64_t unclaimed_minor, int64_t now);
/* When unclaimed credit lapses to the operator: at claim_until, and never before people were told
 * so long before; 0: never, the policy keeps it for them (or there is none). */
int64_t closure_lapse_at(const struct closure *closure, const struct policy *policy);
/* True while the line has this closure open: submitted or executing. */
bool closure_is_open(const struct closure *closure, const struct policy *policy);
/* Stable, lower_case, for the API and the terminal: "submitted", "person_confirmation", "pending";
 * "unknown" out of range. Static. */
const char *closure_state_code(enum closure_state state);
const char *closure_waits_code(enum closure_waits waits);
const char *gate_code(enum gate gate);
const char *closure_basis_code(enum closure_basis basis);

/* The last instant before which the person can still confirm: due less the margin. */
int64_t closure_confirm_by(const struct closure *closure, const struct policy *policy);
/* Until when the code of the present issue is good. By SMS it lives code_life (OWASP ASVS 6.5.5),
 * by e-mail and as a link as long as confirm_expires_at says. */
int64_t closure_code_until(const struct closure *closure, const struct policy *policy);

/* What the timer has to do with it. */
enum closure_step {
    STEP_NONE,
    STEP_REMIND,
    STEP_EXPIRE,
    STEP_START,
    STEP_ESCALATE,
    STEP_ERASE,
    STEP_UNCLAIMED_ENDS, /* the time to claim the credit is nearly over */
    STEP_LAPSE           /* it is over */
};
enum { UNCLAIMED_ENDS_DAYS = 30 }; /* so long before people are told */
/* The step that is due at the time; STEP_NONE when none is. */
enum closure_step closure_step(const struct closure *closure, const struct policy *policy,
                               int64_t now);
/* The first instant at which closure_step answers a step (perhaps past), 0 = never. Every
 * transition below keeps closure->next_at so. */
int64_t closure_next(const struct closure *closure, const struct policy *policy);

/* Transitions. Each checks, then sets its facts and next_at; on a refusal nothing is changed but,
 * by closure_code_wrong, the count of attempts. */

/* Submits: the caller has filled id, account, basis, contact, reference, reason, language, nonce;
 * this sets line, operator, policy, submitted_at, due_at, status_issue, and issues the first code
 * and link when the basis needs a confirmation. matched: the ID number given is the registered one;
 * under identity `match` the identity is accepted at once, under `document` it stays pending until
 * a document was looked at. The caller sets identity_asked to IDENTITY_DOCUMENT beforehand where
 * the SIM was not proved; the policy can ask for it too. And it sets unreachable where nothing can
 * be sent that would confirm: then no code is issued, and what it waits for is a counter
 * (closure_identify, IDENTIFIED_ORIGINAL) or closure_resend to a contact that may confirm.
 * Refuses REFUSED_LINE_CLOSED, REFUSED_LINE_CLOSING, REFUSED_IDENTITY (not matched). */
enum refusal closure_open(struct closure *closure, const struct line *line,
                          const struct policy *policy, bool matched, int64_t now);
enum confirm_by { CONFIRM_BY_LINK, CONFIRM_BY_CODE };
/* May this confirmation be looked at: ACCEPTED when a right secret would confirm. Ask before the
 * secret is compared. REFUSED_CLOSURE_STATE (also where no confirmation is needed),
 * REFUSED_CODE_USED (confirmed already), REFUSED_CODE_EXPIRED, REFUSED_TOO_MANY (attempts are
 * spent; only for the code, the link cannot be guessed). */
enum refusal closure_may_confirm(const struct closure *closure, const struct policy *policy,
                                 enum confirm_by by, int64_t now);
/* The right secret was given: confirms, and opens the undo window, which ends at due less the
 * margin at the latest. Refuses as closure_may_confirm. */
enum refusal closure_confirm(struct closure *closure, const struct policy *policy,
                             enum confirm_by by, int64_t now);
/* A wrong code was given, to confirm or to call off: spends an attempt in any state and answers
 * REFUSED_CODE_WRONG; REFUSED_TOO_MANY when none is left, and then nothing is spent. */
enum refusal closure_code_wrong(struct closure *closure, const struct policy *policy, int64_t now);
/* A new code and link, with attempts anew; the old ones die. The caller may have set another
 * closure->contact. REFUSED_CLOSURE_STATE, REFUSED_CODE_USED, REFUSED_CODE_EXPIRED (too late to
 * confirm at all), REFUSED_RESEND_LIMIT (policy code_sends). */
enum refusal closure_resend(struct closure *closure, const struct policy *policy, int64_t now);
/* The message of the present issue left the house: from now on it is the person who is waited for.
 * REFUSED_UNCHANGED when it had, REFUSED_CLOSURE_STATE when nothing waits for it. */
enum refusal closure_delivered(struct closure *closure, const struct policy *policy, int64_t now);
/* True when the message bears the present code and link and goes where they go now: one that was
 * recorded before they were issued, or for another contact, must not be sent and proves nothing. */
bool closure_message_present(const struct closure *closure, const struct effect *effect);
/* May a document be sent: ACCEPTED when closure_document would take one. REFUSED_CLOSURE_STATE (it
 * ended or is being executed), REFUSED_DOCUMENT_UNASKED (the identity needs none, or is accepted),
 * REFUSED_DOCUMENT_WAITING (one is being looked at), REFUSED_DOCUMENT_LIMIT. */
enum refusal closure_may_document(const struct closure *closure, const struct policy *policy);
/* A document of that id came: from now on the operator is waited for. Refuses as above. */
enum refusal closure_document(struct closure *closure, const struct policy *policy,
                              int64_t document, int64_t now);
/* The operator accepts the identity: by the document that waits (REFUSED_DOCUMENT_MISSING when none
 * does), or because the person was there with the original. Face to face is the fallback that
 * always stands (GN-15/2021 cl. 5.2.1), so the original is also the person's confirmation, where
 * that is still open. REFUSED_CLOSURE_STATE (it ended, or nothing was asked), REFUSED_UNCHANGED. */
enum refusal closure_identify(struct closure *closure, const struct policy *policy,
                              enum identified_by by, int64_t now);
/* The operator refuses the document that waits; the person may send another. Who was reminded is
 * reminded anew. REFUSED_CLOSURE_STATE, REFUSED_DOCUMENT_MISSING. */
enum refusal closure_refuse_document(struct closure *closure, const struct policy *policy,
                                     enum document_reason reason, int64_t now);
/* The documents that were due are erased; next: when the next one is, 0 = none is left.
 * REFUSED_CLOSURE_STATE unless that step is due. */
enum refusal closure_erase(struct closure *closure, const struct policy *policy, int64_t next,
                           int64_t now);
/* The operator rejects the person's identity for good. REFUSED_CLOSURE_STATE when it is accepted
 * already or not asked for. */
enum refusal closure_reject(struct closure *closure, const struct policy *policy,
                            enum document_reason reason, int64_t now);
/* Called off, at any time before executing. REFUSED_TOO_LATE when it is executed or being so,
 * REFUSED_UNCHANGED when it was withdrawn, else REFUSED_CLOSURE_STATE. */
enum refusal closure_withdraw(struct closure *closure, const struct policy *policy, int64_t now);
/* Begins to execute: all gates passed and the undo window over; else REFUSED_CLOSURE_STATE. */
enum refusal closure_start(struct closure *closure, const struct policy *policy, int64_t now);
/* The network is cut: read back, or attested by the staff member `by` (0 when read back). Evidence
 * says what was seen. REFUSED_CLOSURE_STATE unless executing, REFUSED_UNCHANGED when it was cut,
 * REFUSED_EVIDENCE without evidence or attested by nobody, REFUSED_INPUT when it is too long. */
enum refusal closure_cut(struct closure *closure, const struct policy *policy, enum cut_how how,
                         const char *evidence, int64_t by, int64_t now);
/* Deregisters, after the cut, and keeps what the plan says (money, dates).
 * REFUSED_CLOSURE_STATE when it is not cut or is closed. */
enum refusal closure_finish(struct closure *closure, const struct policy *policy,
                            const struct closing *plan, int64_t now);
/* People are told, once, that the time to claim nearly is over. */
enum refusal closure_unclaimed_ends(struct closure *closure, const struct policy *policy,
                                    int64_t now);
/* What is unclaimed (maybe 0) lapses. */
enum refusal closure_lapse(struct closure *closure, const struct policy *policy,
                           int64_t unclaimed_minor, int64_t now);
/* Credit came to what is unclaimed after the closing (a late top-up, a refund that was rejected):
 * it can be claimed for the policy's months from now on, and people are told anew before that is
 * over. REFUSED_CLOSURE_STATE when it is not closed. */
enum refusal closure_unclaimed_more(struct closure *closure, const struct policy *policy,
                                    int64_t now);
/* Gives up waiting for the person; REFUSED_CLOSURE_STATE unless that step is due. So below. */
enum refusal closure_expire(struct closure *closure, const struct policy *policy, int64_t now);
/* Calls the staff, once: escalate_hours before due it still waits for the operator or network. An
 * answer to the call (identity, delivery, confirmation) takes it back. */
enum refusal closure_escalate(struct closure *closure, const struct policy *policy, int64_t now);
/* Reminds the person, once. */
enum refusal closure_remind(struct closure *closure, const struct policy *policy, int64_t now);
#endif
