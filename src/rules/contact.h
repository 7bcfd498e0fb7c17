/* The contacts of a line as they come and go: how many there may be, and how long a removed one
 * still hears of the line, so that nobody takes a line over in silence. What a contact may confirm
 * is rules/proof.h's matter. */
#ifndef RINGOFF_CONTACT_H
#define RINGOFF_CONTACT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/policy.h"
#include "rules/refusal.h"
#include "rules/row.h"

enum { CONTACTS_MOST = 5 }; /* of a line: each is told of whatever happens */

/* May the address (as email_normalise gives it) become one more contact, beside those given; rows
 * of id 0 are none. REFUSED_UNCHANGED: it is one; REFUSED_CONTACTS_FULL. */
enum refusal contact_may_add(const struct contact *contacts, size_t count, const char *address);
/* Removes it now: sets removed_at and told_until. It hears of the line for as long as it had been a
 * contact, at most contact_age_days: the owner's old address cannot be put to silence, and an
 * address that a thief added does not listen for long. */
void contact_end(struct contact *contact, const struct policy *policy, int64_t now);
/* True when it is to hear of what happens to the line: it is there, or was removed a short while
 * ago. */
bool contact_hears(const struct contact *contact, int64_t now);
#endif
