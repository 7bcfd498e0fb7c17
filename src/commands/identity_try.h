/* The registered ID number, given by somebody who is signed in or who knows a status secret, and
 * what wrong ones cost: an attempt of the line, of who asks and of the place it comes from. One
 * budget for all verbs that ask for it, so that nobody tries numbers here after there. */
#ifndef RINGOFF_IDENTITY_TRY_H
#define RINGOFF_IDENTITY_TRY_H
#include "commands/attempts.h"

struct identity_budgets {
    struct budget line, actor;
    struct peer_budgets peer;
};

/* Wants the budgets of the line and of the actor. */
void want_identity_budgets(struct load *load, int64_t line, struct identity_budgets *to);
/* ACCEPTED when the number of that type is that of the person whose document counts, in the role
 * (NULL: not asked; rules/match.h); its refusals, of which
 * only REFUSED_IDENTITY costs an attempt; REFUSED_TOO_MANY. Strangers' failures at the same place
 * do not shut out who is signed in; an integrator and the staff, who speak for many people, are
 * limited by the operator's own budget. */
enum refusal identity_try(struct outcome *out, const struct identity_budgets *budgets,
                          const struct registered *registered, int64_t line, const char *type,
                          const char *number, int64_t *role);
#endif
