/* The operators and their policies, read from the database and parsed once.
 * A set is immutable; the committer replaces it as a whole when a policy was loaded.
 * A policy that no longer passes its checks stops the server at start rather than run half. */
#ifndef RINGOFF_TENANTS_H
#define RINGOFF_TENANTS_H
#include "store/committer.h"

/* Reads all of them. NULL and why when the store fails or a policy does not parse. */
struct tenants *tenants_read(const struct engine *engine, struct store *store, char why[256]);
void tenants_free(struct tenants *tenants);
#endif
