/* API keys: how integrators prove who they are, each for one operator with its scopes.
 * The key is shown once and kept as a keyed hash. A revoked key never works again. */
#ifndef RINGOFF_API_KEY_H
#define RINGOFF_API_KEY_H
#include "store/verb.h"

struct api_key_add {
    char name[64], scopes[SCOPES_SIZE];
};
struct api_key_revoke {
    int64_t api_key;
};

/* The hash under which a key is kept (statement API_KEY_BY_HASH) of the key's text. */
void api_key_hash(const struct secrets *secrets, const char *key, uint8_t hash[HASH_BYTES]);

extern const struct verb api_key_add_verb;    /* -> result api_key, secret the key */
extern const struct verb api_key_revoke_verb; /* -> result api_key */
#endif
