/* Who may: an actor's kind against the kinds a verb or a view is for, and its scopes against the
 * one it needs. One function for all doors, all verbs and all views; it decides nothing about
 * rows, which are loaded by the actor's operator and judged in decide. */
#ifndef RINGOFF_ACTOR_H
#define RINGOFF_ACTOR_H
#include "store/verb.h"

/* True when the word stands among the space-separated words. */
bool scope_has(const char *scopes, const char *word);
/* True when every word is a scope there is (API keys and staff are given no others) and there is at
 * least one. staff: the scopes of staff count too, and "root", which stands for all. */
bool scopes_known(const char *scopes, bool staff);
/* May the actor give what is for the kinds `who` and needs `scope` (NULL: none)? ACCEPTED,
 * REFUSED_NOT_SIGNED_IN (nobody, and it is not for anybody) or REFUSED_NOT_ALLOWED. Scopes count
 * for integrators and staff; a subscriber's right comes from the rows. Without an operator only
 * the system and root staff may do anything. */
enum refusal actor_allowed(const struct actor *actor, uint32_t who, const char *scope);
/* The i-th scope there is, with staff_only telling who may have it; NULL past the last. */
const char *scope_at(size_t i, bool *staff_only);
#endif
