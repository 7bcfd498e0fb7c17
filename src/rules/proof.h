/* What must be proved before something is done with a line: one answer for every door (design,
 * rule 8). Registering proves possession of a SIM and nothing else; a recent change of SIM or
 * contact raises what is asked; questions whose answers others know prove nothing. */
#ifndef RINGOFF_PROOF_H
#define RINGOFF_PROOF_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/policy.h"
#include "rules/refusal.h"
#include "rules/row.h"

enum proof_verb {
    PROVE_NOTHING, /* of this module: a verb that never asks it */
    PROVE_SEE_LINE,
    PROVE_CLOSE, /* submit */
    PROVE_CONFIRM,
    PROVE_WITHDRAW,
    PROVE_ADD_CONTACT,    /* the code of the new address comes back */
    PROVE_REMOVE_CONTACT, /* the code of the line, or of a contact of age */
    PROVE_SUSPEND,
    PROVE_REACTIVATE,
    PROVE_SEE_STATUS,
    PROVE_RENEW_SECRET,   /* of a status */
    PROVE_OPEN_STATUS,    /* without the status secret */
    PROVE_RESET_PASSWORD, /* of an account, whose line this is */
    PROVE_SEND_DOCUMENT,  /* to a closure that asks for one */
    PROVE_TRANSFER,       /* credit to another line */
    PROVE_CHOOSE_CREDIT,  /* what is to become of it when the line closes */
    PROVE_CLAIM_CREDIT,   /* unclaimed credit, after the closing */
    PROVE_SEE_REFUND,
    PROVE_CORRECT_PAYEE, /* of a refund */
    PROVE_COUNT
};

enum proof_bit {
    /* An authenticated door: the subscriber's session, or a key or a staff member with the scope.
     */
    PROOF_SESSION = 1 << 0,
    /* The session's account proved that it holds this line's SIM; a key's or staff's scope covers
     * the line's operator. */
    PROOF_LINKED = 1 << 1,
    /* The password within step_up_minutes; a key and a staff member prove themselves each time. */
    PROOF_STEP_UP = 1 << 2,
    /* The registered ID number was given (rules/match.h). */
    PROOF_IDENTITY = 1 << 3,
    /* The link or code that was sent came back. */
    PROOF_CONFIRMATION = 1 << 4,
    /* The confirmation goes, or went, to a contact of age; the line alone is not enough. */
    PROOF_SECOND_CHANNEL = 1 << 5,
    /* The document itself, to be looked at (identity policy `document`): it is sent afterwards, and
     * the closure waits for it as a gate (rules/closure.h). */
    PROOF_DOCUMENT = 1 << 6,
    /* The closure's reference and status secret, or the refund's. */
    PROOF_STATUS_SECRET = 1 << 7,
    /* The session's account asked for the line without its SIM (row.h: LINK_CONTACT, LINK_CLAIMED);
     * never together with LINKED. */
    PROOF_CLAIMED = 1 << 8,
};

/* All bits of the first way, or all of the other; other 0: there is no other way. */
struct proof {
    uint32_t first, other;
};

/* What must be proved to do this with the line, now. */
struct proof proof_required(const struct line *line, enum proof_verb verb,
                            const struct policy *policy, int64_t now);
/* ACCEPTED when the bits given are enough. Else by the first missing of the first way (of the
 * other, for who claims the line, where claiming is a way): REFUSED_NOT_SIGNED_IN,
 * REFUSED_NOT_FOUND (not linked; a wrong reference or secret: one answer for all), REFUSED_STEP_UP,
 * or REFUSED_PROOF, whose sentence names the counter as the way out. */
enum refusal proof_check(struct proof required, uint32_t given);

/* SESSION, LINKED or CLAIMED, and STEP_UP of an account's session for the line. link is the row
 * that joins the account to the line, or an empty one (id 0). */
uint32_t proof_of_session(const struct session *session, const struct account_line *link,
                          const struct line *line, const struct policy *policy, int64_t now);
/* True when the SIM was changed (not: first issued) less than sim_change_days ago. */
bool proof_sim_is_new(const struct line *line, const struct policy *policy, int64_t now);
/* True when a contact was changed less than contact_age_days ago. */
bool proof_contact_is_new(const struct line *line, const struct policy *policy, int64_t now);
/* True for a contact that is there and was registered at least contact_age_days ago: only such a
 * one may receive a confirmation, any other gets copies. */
bool contact_may_confirm(const struct contact *contact, const struct policy *policy, int64_t now);
/* True when the account's forgotten password was set anew less than contact_age_days ago. Whoever
 * reads its mailbox could do that, so no mailbox alone may confirm meanwhile. An empty
 * account: none asks (an integrator). */
bool proof_reset_is_new(const struct account *account, const struct policy *policy, int64_t now);
/* What an account may do with the closure that it asked for without the SIM: what it could with its
 * own line, and with no other closure of the line. given: proof_of_session; account 0: none. */
uint32_t proof_of_claim(uint32_t given, const struct closure *closure, int64_t account);
/* How an account comes to a line by the ID number, once it proved that it reads the address:
 * LINK_CONTACT when that is a contact of age among those given, else LINK_CLAIMED. */
enum link_how proof_claimed_how(const struct contact *contacts, size_t count, const char *address,
                                const struct policy *policy, int64_t now);
/* Where the confirmation goes of a closure that such an account asks for: the account's own address
 * while it is a contact of age, where the policy allows that; NULL: nowhere, the case is kept for
 * another door. */
const struct contact *proof_without_sim(const struct line *line, const struct contact *contacts,
                                        size_t count, const struct account *account,
                                        const struct account_line *link,
                                        const struct policy *policy, int64_t now);
/* May the account add a contact to a line of its own: REFUSED_RESET_NEW while proof_reset_is_new,
 * since whoever reads its mailbox would have an address of his own come of age. */
enum refusal proof_adding(const struct account *account, const struct policy *policy, int64_t now);
/* May the confirmation go there: contact NULL is the line itself; open: the line's open suspension,
 * or an empty one; account: whose session asks, or
 * an empty one. REFUSED_NOT_FOUND (another line's, or removed), REFUSED_CONTACT_YOUNG,
 * REFUSED_RESET_NEW (proof_reset_is_new: only to the line), REFUSED_PROOF (to the line, whose SIM
 * is new), REFUSED_ROUTE_SUSPENDED (to the line, which it would not reach). */
enum refusal proof_route(const struct line *line, const struct suspension *open,
                         const struct contact *contact, const struct account *account,
                         const struct policy *policy, int64_t now);
#endif
