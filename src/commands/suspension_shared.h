/* What the verbs of suspensions share: whose policy counts, whom to tell, the effects for the
 * network and the staff's work. Nothing here decides what may happen; that is rules/suspension.h.
 */
#ifndef RINGOFF_SUSPENSION_SHARED_H
#define RINGOFF_SUSPENSION_SHARED_H
#include "commands/closure_shared.h"
#include "rules/suspension.h"

#define SCOPE_SUSPEND "suspend" /* suspensions asked for; subject: the line */

enum { SUSPENSIONS_A_DAY = 5 }; /* of a line: each brings messages to everybody who is told */

/* The policy under which it was asked for (it was loaded once, so it is there). */
const struct policy *suspension_policy(const struct outcome *out,
                                       const struct suspension *suspension);
/* True when both rows are there and belong together. */
bool suspension_fits(const struct suspension *suspension, const struct line *line);
/* A mail to each contact of the line, or without one to the account that asked; and by SMS to the
 * line itself when it is told too. */
void suspension_tell(struct outcome *out, enum effect_kind kind,
                     const struct suspension *suspension,
                     const struct contact contacts[CONTACTS_A_LINE], bool line_too);
/* Asks the network: EFFECT_NETWORK_BAR or EFFECT_NETWORK_UNBAR. */
void suspension_ask(struct outcome *out, enum effect_kind kind,
                    const struct suspension *suspension);
/* Opens the work item for what is under way (bar or unbar), unless one is open. */
void suspension_work_open(struct outcome *out, const struct suspension *suspension,
                          const struct work works[WORKS_A_CLOSURE], const struct policy *policy);
#endif
