/* The operators and their policies, read from the database and parsed once.
 * A set is immutable; the committer replaces it as a whole when a policy was loaded.
 * A policy that no longer passes its checks stops the server at start rather than run half. */
#ifndef RINGOFF_TENANTS_H
#define RINGOFF_TENANTS_H
#include "store/committer.h"

/* Reads all of them, with the version that they are at least of. Else why: the store fails, or a
 * policy does not parse (STORE_DOWN); then there is nothing to be freed. */
enum store_result tenants_read(const struct engine *engine, struct store *store,
                               struct tenants **tenants, char why[256]);
void tenants_free(struct tenants *tenants);
#endif
