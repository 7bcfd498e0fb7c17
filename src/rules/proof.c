#include "rules/proof.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "rules/suspension.h"
#include "rules/identifier.h"

bool proof_sim_is_new(const struct line *line, const struct policy *policy, int64_t now) {
    assert(now > 0);
    /* The first SIM is no change: someone who bought it last week may close the line today. */
    return line->sim_since > line->activated_at &&
           now - line->sim_since < policy->sim_change_days * DAY;
}

bool proof_contact_is_new(const struct line *line, const struct policy *policy, int64_t now) {
    assert(now > 0);
    return line->contact_changed_at > line->activated_at &&
           now - line->contact_changed_at < policy->contact_age_days * DAY;
}

enum { OWN = PROOF_SESSION | PROOF_LINKED, CLAIM = PROOF_SESSION | PROOF_CLAIMED };

static struct proof proof_usual(enum proof_verb verb, const struct policy *policy) {
    bool by_document = policy->identity == IDENTITY_DOCUMENT;
    switch (verb) {
    case PROVE_SEE_LINE:
    case PROVE_SEND_DOCUMENT: /* it is looked at by a person, and takes nothing away */
        return (struct proof){OWN, 0};
    case PROVE_CLOSE: /* without the SIM always with the document, too */
        return (struct proof){OWN | PROOF_STEP_UP | PROOF_IDENTITY |
                                  (by_document ? PROOF_DOCUMENT : 0u),
                              CLAIM | PROOF_STEP_UP | PROOF_IDENTITY | PROOF_DOCUMENT};
    case PROVE_CONFIRM:
        return (struct proof){PROOF_CONFIRMATION, 0};
    case PROVE_WITHDRAW: /* it takes nothing away: the message's link is enough as well */
        return (struct proof){OWN, PROOF_CONFIRMATION};
    case PROVE_SUSPEND: /* it can be undone, and who lost the telephone is in a hurry */
        return (struct proof){OWN, 0};
    case PROVE_RENEW_SECRET:
        return (struct proof){OWN | PROOF_STEP_UP, 0};
    case PROVE_REACTIVATE: /* who found the telephone may know its password */
        return (struct proof){OWN | PROOF_STEP_UP | PROOF_IDENTITY, 0};
    case PROVE_TRANSFER:      /* a change of SIM or contact is cooled down (rules/transfer.h) */
    case PROVE_CHOOSE_CREDIT: /* the identity is the closure's own gate */
        return (struct proof){OWN | PROOF_STEP_UP, 0};
    case PROVE_CLAIM_CREDIT: /* the account may be gone by then; who is told may object (waits) */
    case PROVE_CORRECT_PAYEE:
        return (struct proof){OWN | PROOF_STEP_UP | PROOF_IDENTITY,
                              PROOF_STATUS_SECRET | PROOF_IDENTITY};
    case PROVE_SEE_REFUND:
    case PROVE_SEE_STATUS:
        return (struct proof){PROOF_STATUS_SECRET, OWN};
    case PROVE_OPEN_STATUS: /* a contact of age; the number may be somebody else's by now */
        return (struct proof){PROOF_CONFIRMATION | PROOF_SECOND_CHANNEL, 0};
    case PROVE_RESET_PASSWORD: /* the code to the account's mailbox, never one to a number */
        return (struct proof){PROOF_CONFIRMATION | PROOF_IDENTITY, 0};
    case PROVE_ADD_CONTACT:
    case PROVE_REMOVE_CONTACT:
    default: /* what is not known asks for the most */
        return (struct proof){OWN | PROOF_STEP_UP | PROOF_IDENTITY | PROOF_CONFIRMATION, 0};
    }
}

struct proof proof_required(const struct line *line, enum proof_verb verb,
                            const struct policy *policy, int64_t now) {
    assert(line && policy && verb != PROVE_NOTHING);
    struct proof proof = proof_usual(verb, policy);
    bool new_sim = proof_sim_is_new(line, policy, now);
    bool new_contact = proof_contact_is_new(line, policy, now);

    /* Whoever took over the SIM receives what is sent to the line; the code of a forgotten password
     * never is. */
    bool to_line = verb == PROVE_CLOSE || (proof.first & PROOF_CONFIRMATION);
    if (new_sim && to_line && verb != PROVE_RESET_PASSWORD)
        proof.first |= PROOF_SECOND_CHANNEL;
    /* Whoever took over the account changes its contact first, or has the SIM replaced. */
    if ((new_sim || new_contact) && (verb == PROVE_SUSPEND || verb == PROVE_WITHDRAW))
        proof.first |= PROOF_STEP_UP;
    assert(proof.first);
    return proof;
}

static bool holds(uint32_t needed, uint32_t given) {
    return (needed & ~given) == 0;
}

enum refusal proof_check(struct proof required, uint32_t given) {
    assert(required.first);
    if (holds(required.first, given) || (required.other && holds(required.other, given)))
        return ACCEPTED;
    bool claims = (required.other & given & PROOF_CLAIMED) != 0; /* on the other way */
    uint32_t missing = (claims ? required.other : required.first) & ~given;
    assert(missing);
    if (missing & PROOF_SESSION)
        return REFUSED_NOT_SIGNED_IN;
    if (missing & (PROOF_LINKED | PROOF_STATUS_SECRET))
        return REFUSED_NOT_FOUND;
    if (missing & PROOF_STEP_UP)
        return REFUSED_STEP_UP;
    return REFUSED_PROOF;
}

uint32_t proof_of_session(const struct session *session, const struct account_line *link,
                          const struct line *line, const struct policy *policy, int64_t now) {
    assert(line->id && now > 0);
    int64_t tenant = line->operator;
    if (!session->id || session->closed_at || now >= session->ends_at ||
        tenant != session->operator)
        return 0;
    uint32_t given = PROOF_SESSION;
    if (link->id && link->proved_at && link->line == line->id &&
        link->account == session->account && tenant == link->operator)
        given |= link->how == LINK_SIM ? PROOF_LINKED : PROOF_CLAIMED;
    if (session->stepped_up_at && now - session->stepped_up_at < policy->step_up_minutes * MINUTE)
        given |= PROOF_STEP_UP;
    return given;
}

bool contact_may_confirm(const struct contact *contact, const struct policy *policy, int64_t now) {
    assert(now > 0);
    if (!contact->id || contact->removed_at || !contact->since)
        return false;
    return now - contact->since >= policy->contact_age_days * DAY;
}

bool proof_reset_is_new(const struct account *account, const struct policy *policy, int64_t now) {
    assert(now > 0);
    return account->reset_at && now - account->reset_at < policy->contact_age_days * DAY;
}

static enum refusal route_contact(const struct line *line, const struct contact *contact,
                                  const struct account *account, const struct policy *policy,
                                  int64_t now) {
    int64_t tenant = line->operator;
    if (!contact->id || contact->removed_at || contact->line != line->id ||
        tenant != contact->operator)
        return REFUSED_NOT_FOUND;
    if (!contact_may_confirm(contact, policy, now))
        return REFUSED_CONTACT_YOUNG;
    return proof_reset_is_new(account, policy, now) ? REFUSED_RESET_NEW : ACCEPTED;
}

uint32_t proof_of_claim(uint32_t given, const struct closure *closure, int64_t account) {
    bool own = closure->id && account && closure->account == account;
    return own && (given & PROOF_CLAIMED) ? given | PROOF_LINKED : given;
}

const struct contact *proof_without_sim(const struct line *line, const struct contact *contacts,
                                        size_t count, const struct account *account,
                                        const struct account_line *link,
                                        const struct policy *policy, int64_t now) {
    char key[EMAIL_SIZE], own[EMAIL_SIZE];
    assert(line->id && contacts);
    if (policy->without_sim != WITHOUT_SIM_CONTACT || link->how != LINK_CONTACT)
        return NULL;
    email_key(account->email, own);
    for (size_t i = 0; i < count; i++) {
        email_key(contacts[i].address, key);
        if (strcmp(key, own) == 0 &&
            route_contact(line, &contacts[i], account, policy, now) == ACCEPTED)
            return &contacts[i];
    }
    return NULL;
}

enum link_how proof_claimed_how(const struct contact *contacts, size_t count, const char *address,
                                const struct policy *policy, int64_t now) {
    char key[EMAIL_SIZE], own[EMAIL_SIZE];
    assert(contacts && address);
    email_key(address, own);
    for (size_t i = 0; i < count; i++) {
        email_key(contacts[i].address, key);
        if (strcmp(key, own) == 0 && contact_may_confirm(&contacts[i], policy, now))
            return LINK_CONTACT;
    }
    return LINK_CLAIMED;
}

enum refusal proof_adding(const struct account *account, const struct policy *policy, int64_t now) {
    assert(account && policy);
    return proof_reset_is_new(account, policy, now) ? REFUSED_RESET_NEW : ACCEPTED;
}

static enum refusal route_line(const struct line *line, const struct suspension *open,
                               const struct policy *policy, int64_t now) {
    if (proof_sim_is_new(line, policy, now))
        return REFUSED_PROOF;
    return suspension_reaches(line, open) ? ACCEPTED : REFUSED_ROUTE_SUSPENDED;
}

enum refusal proof_route(const struct line *line, const struct suspension *open,
                         const struct contact *contact, const struct account *account,
                         const struct policy *policy, int64_t now) {
    assert(line->id);
    return contact ? route_contact(line, contact, account, policy, now)
                   : route_line(line, open, policy, now);
}
