/* Staff: the people behind the terminal, each with a name, a system user and roles.
 * Roles are scope words (store/actor.h); "root" stands for all. Nobody gives away a role that they
 * do not have. */
#ifndef RINGOFF_STAFF_H
#define RINGOFF_STAFF_H
#include "store/verb.h"

struct staff_add {
    char name[64], system_user[64], roles[SCOPES_SIZE];
};
struct staff_remove {
    int64_t staff;
};

/* May the actor give these scopes? Root and the system give everything, anybody else only what they
 * have themselves. */
bool scopes_may_give(const struct actor *actor, const char *scopes);

extern const struct verb staff_add_verb;    /* -> result staff */
extern const struct verb staff_remove_verb; /* -> result staff */
#endif
