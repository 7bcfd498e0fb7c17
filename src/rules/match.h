/* Does the document that a person names match the registration (identity policy `match`), and in
 * which role does who names it ask? The comparison does the same work whoever is registered, and
 * its time does not tell how much fits.
 *
 * Who may ask for a line (Cap. 106AI Schedule: whose particulars are registered):
 * - A person of 16 or more: by the own document.
 * - A person under 16: by the document of the adult who endorsed the registration, and by no other.
 *   The law lets a child be registered only with an adult who answers for it, so the child alone
 *   does not end what the adult answers for. From the 16th birthday on a person registers alone,
 *   so the own document counts, and the adult's no longer: it would let a parent end a line of
 *   somebody who may hold one without them.
 * - A body: by the responsible person's own document. The business registration number stands on
 *   the wall of the shop and in a public register: it names a body and proves nothing. */
#ifndef RINGOFF_MATCH_H
#define RINGOFF_MATCH_H
#include "rules/identifier.h"
#include "rules/policy.h"
#include "rules/refusal.h"
#include "rules/row.h"

enum { AGE_ALONE = 16, AGE_ADULT = 18 };

/* A registered person who is under 16 on the civil day of `now` at the operator's. Of one whose
 * date of birth is not kept it is not assumed. */
bool registered_is_minor(const struct subscriber *subscriber, const struct policy *policy,
                         int64_t now);
/* Whose document counts for it now; what is kept need not have such a person. */
enum matched_role match_wants(const struct subscriber *subscriber, const struct policy *policy,
                              int64_t now);
/* Compares a typed document of a type (stable code) with the one that counts now; a subscriber with
 * id 0 is none. ACCEPTED, and *role says whose it is (MATCHED_NOBODY otherwise; role may be NULL);
 * REFUSED_DOCUMENT_TYPE, REFUSED_DOCUMENT_FORM, REFUSED_DOCUMENT_CHECK (mistyped: spends no
 * attempt, it says nothing about the registration); REFUSED_IDENTITY, whatever does not fit. */
enum refusal match_identity(const struct registered *registered, const char *type,
                            const char *number, const struct policy *policy, int64_t now,
                            int64_t *role);
#endif
