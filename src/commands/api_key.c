#include "commands/api_key.h"

#include <assert.h>
#include <string.h>

#include "commands/staff.h"
#include "store/actor.h"
#include "store/rows.h"

/* So that a leaked key is recognised where secrets are searched for. */
#define KEY_MARK "ringoff_"

void api_key_hash(const struct secrets *secrets, const char *key, uint8_t hash[HASH_BYTES]) {
    secret_hash(secrets->token, key, strlen(key), hash);
}

/* --- api_key.add --- */

static const struct field add_input[] = {
    INPUT(FIELD_TEXT, api_key_add, name, 1, 60, "what the key is for"),
    INPUT(FIELD_TEXT, api_key_add, scopes, 1, SCOPES_SIZE - 1,
          "What it may do, space separated: lines:read lines:write closures:read closures:write "
          "certificates:read effects:read effects:write credit:write refunds:read"),
    FIELD_END,
};

static enum refusal add_decide(struct outcome *out, const void *input, const void *rows) {
    const struct api_key_add *in = input;
    struct api_key key = {.operator= out->actor->operator, .made_at = out->now };
    uint8_t random[32];
    (void)rows;
    if (!in->name[0] || !scopes_known(in->scopes, false))
        return REFUSED_INPUT;
    if (!scopes_may_give(out->actor, in->scopes))
        return REFUSED_NOT_ALLOWED;
    if (!out->tenant)
        return REFUSED_NOT_FOUND;
    key.id = outcome_id(out);
    memcpy(key.name, in->name, sizeof key.name);
    memcpy(key.scopes, in->scopes, sizeof key.scopes);
    outcome_random(out, random, sizeof random);
    memcpy(out->secret, KEY_MARK, strlen(KEY_MARK));
    secret_base64(random, sizeof random, out->secret + strlen(KEY_MARK));
    api_key_hash(out->secrets, out->secret, key.hash);
    outcome_put(out, API_KEY_ADD, &key);
    out->subject = out->result = key.id;
    return ACCEPTED;
}

static const enum refusal add_refusals[] = {REFUSED_INPUT, REFUSED_NOT_ALLOWED, REFUSED_NOT_FOUND,
                                            ACCEPTED};

const struct verb api_key_add_verb = {
    .name = "api_key.add",
    .help = "Make a key for an integrator; it is shown once",
    .who = ACTOR_STAFF | ACTOR_SYSTEM,
    .scope = "api_keys:write",
    .input = add_input,
    .input_size = sizeof(struct api_key_add),
    .secret = true,
    .decide = add_decide,
    .refusals = add_refusals,
};

/* --- api_key.revoke --- */

static const struct field revoke_input[] = {
    INPUT(FIELD_ID, api_key_revoke, api_key, 1, INT64_MAX, "the key's id"),
    FIELD_END,
};

static void revoke_load(struct load *load, const void *input, void *rows) {
    const struct api_key_revoke *in = input;
    want_api_key(load, in->api_key, rows);
}

static enum refusal revoke_decide(struct outcome *out, const void *input, const void *rows) {
    struct api_key key = *(const struct api_key *)rows;
    (void)input;
    if (!key.id)
        return REFUSED_NOT_FOUND;
    assert(key.operator== out->actor->operator);
    out->subject = out->result = key.id;
    if (key.revoked_at)
        return REFUSED_UNCHANGED;
    key.revoked_at = out->now;
    outcome_put(out, API_KEY_PUT, &key);
    return ACCEPTED;
}

static const enum refusal revoke_refusals[] = {REFUSED_NOT_FOUND, REFUSED_UNCHANGED, ACCEPTED};

const struct verb api_key_revoke_verb = {
    .name = "api_key.revoke",
    .help = "End a key for good",
    .who = ACTOR_STAFF | ACTOR_SYSTEM,
    .scope = "api_keys:write",
    .input = revoke_input,
    .input_size = sizeof(struct api_key_revoke),
    .rows_size = sizeof(struct api_key),
    .load = revoke_load,
    .decide = revoke_decide,
    .refusals = revoke_refusals,
};
