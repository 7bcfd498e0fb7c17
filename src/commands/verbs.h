/* The table of all verbs: from it come the REST routes, the OpenAPI document, the terminal's
 * subcommands, the validation of forms and the permission matrix. A verb that does not stand here
 * does not exist at any door. The order is that of the documents. */
#ifndef RINGOFF_VERBS_H
#define RINGOFF_VERBS_H
#include "store/verb.h"

/* How many there are, and the i-th; NULL past the last. Static. */
size_t verb_count(void);
const struct verb *verb_at(size_t i);
/* The verb of that name ("closure.submit"), or NULL. */
const struct verb *verb_of(const char *name);
/* May this actor give the verb at all? Doors ask before they prepare. ACCEPTED,
 * REFUSED_NOT_SIGNED_IN or REFUSED_NOT_ALLOWED; see store/actor.h. */
enum refusal verb_allowed(const struct verb *verb, const struct actor *actor);
#endif
