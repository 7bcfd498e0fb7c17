/* Certificates and the keys that sign them. A certificate is made in the very commit that
 * deregisters its line, and never afterwards: nothing is dated back. An operator's first key is
 * made with the operator, or with its first certificate; staff replace it by signing_key.rotate. */
#ifndef RINGOFF_CERTIFICATES_H
#define RINGOFF_CERTIFICATES_H
#include "rules/certificate.h"
#include "store/rows.h"

struct signing_key_rotate {
    int64_t retire; /* the key that signs now; 0: there is none yet */
};

/* Wants the key with which the actor's operator signs now; zeroed when there is none yet. */
void want_signing_key(struct load *load, struct signing_key *to);
/* Makes a key of the operator's, with the id, and adds it. */
struct signing_key signing_key_make(struct outcome *out, int64_t operator, int64_t id);
/* Adds the certificate of a closure that is finished with this plan and refund, signed with the key
 * that signs now; makes the operator's first one when there is none. */
void certificate_issue(struct outcome *out, const struct signing_key *key,
                       const struct closure *closure, const struct line *line,
                       const struct subscriber *subscriber, const struct closing *plan,
                       const struct refund *refund, const struct policy *policy);

extern const struct verb signing_key_rotate_verb; /* -> result the new key */
#endif
