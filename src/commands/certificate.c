#include "commands/certificate.h"

#include <assert.h>
#include <string.h>

/* An operator's first key bears the operator's id, which is wanted here also when it is not there:
 * two commands that both find none cannot both make one. */
void want_signing_key(struct load *load, struct signing_key *to) {
    struct key key = {.operator= load->actor->operator};
    want_one(load, SIGNING_KEY_NOW, &key, key.operator, to);
}

static void seed_of(const struct signing_key *key, uint8_t seed[SIGN_SEED_BYTES]) {
    bool whole = secret_unhex(key->seed, seed, SIGN_SEED_BYTES);
    assert(whole);
    (void)whole;
}

struct signing_key signing_key_make(struct outcome *out, int64_t operator, int64_t id) {
    struct signing_key key = {.id = id, .operator= operator, .made_at = out->now };
    uint8_t seed[SIGN_SEED_BYTES];
    assert(id && operator);
    outcome_random(out, seed, sizeof seed);
    secret_sign_public(seed, key.public_key);
    secret_hex(seed, sizeof seed, key.seed);
    explicit_bzero(seed, sizeof seed);
    outcome_put(out, SIGNING_KEY_ADD, &key);
    return key;
}

void certificate_issue(struct outcome *out, const struct signing_key *key,
                       const struct closure *closure, const struct line *line,
                       const struct subscriber *subscriber, const struct closing *plan,
                       const struct refund *refund, const struct policy *policy) {
    struct signing_key now = *key;
    struct certificate row = {
        .id = closure->id, .operator= closure->operator, .issued_at = out->now };
    uint8_t seed[SIGN_SEED_BYTES];
    char site[SITE_SIZE];
    assert(closure->deregistered_at == out->now && closure->operator== out->actor->operator);
    if (!now.id)
        now = signing_key_make(out, row.operator, row.operator);
    policy_site(policy, out->site, site);
    struct certificate_facts facts =
        certificate_facts_of(closure, line, subscriber, plan, refund, policy, site);
    certificate_write(&facts, row.statement);
    seed_of(&now, seed);
    secret_sign(seed, row.statement, strlen(row.statement), row.signature);
    explicit_bzero(seed, sizeof seed);
    row.key = now.id;
    memcpy(row.reference, closure->reference, sizeof row.reference);
    outcome_put(out, CERTIFICATE_ADD, &row);
    explicit_bzero(&now, sizeof now);
}

/* --- signing_key.rotate --- */

static const struct field rotate_input[] = {
    INPUT(FIELD_ID, signing_key_rotate, retire, 0, INT64_MAX,
          "the key that signs now (signing-key list); 0 where there is none yet"),
    FIELD_END,
};

struct rotate_rows {
    struct signing_key now, retire;
    struct signing_key all[SIGNING_KEYS];
};

static void rotate_load(struct load *load, const void *input, void *rows) {
    const struct signing_key_rotate *in = input;
    struct rotate_rows *r = rows;
    struct key of = {.id = in->retire, .operator= load->actor->operator, .limit = SIGNING_KEYS };
    want_signing_key(load, &r->now);
    if (in->retire) {
        want_one(load, SIGNING_KEY_BY_ID, &of, in->retire, &r->retire);
        want_lock(load); /* two that retire it must not both make its successor */
    }
    want_many(load, SIGNING_KEYS_OF, &of, r->all, SIGNING_KEYS);
}

static enum refusal rotate_decide(struct outcome *out, const void *input, const void *rows) {
    const struct signing_key_rotate *in = input;
    const struct rotate_rows *r = rows;
    struct signing_key old = r->retire;
    int64_t first = out->actor->operator;
    if (!out->tenant || (in->retire && !old.id))
        return REFUSED_NOT_FOUND;
    if (old.retired_at || r->now.id != old.id) /* somebody did it, or means another one */
        return REFUSED_UNCHANGED;
    if (r->all[SIGNING_KEYS - 1].id)
        return REFUSED_CAP;
    if (old.id) {
        old.retired_at = out->now;
        outcome_put(out, SIGNING_KEY_PUT, &old);
    }
    struct signing_key made = signing_key_make(out, first, old.id ? outcome_id(out) : first);
    out->subject = out->result = made.id;
    explicit_bzero(&made, sizeof made);
    return ACCEPTED;
}

static const enum refusal rotate_refusals[] = {REFUSED_NOT_FOUND, REFUSED_UNCHANGED, REFUSED_CAP,
                                               ACCEPTED};

const struct verb signing_key_rotate_verb = {
    .name = "signing_key.rotate",
    .help = "Make a new key for certificates; the old one signs nothing new and stays published",
    .who = ACTOR_STAFF,
    .scope = "signing_keys:write",
    .view = "signing_key",
    .input = rotate_input,
    .input_size = sizeof(struct signing_key_rotate),
    .rows_size = sizeof(struct rotate_rows),
    .load = rotate_load,
    .decide = rotate_decide,
    .refusals = rotate_refusals,
};
