/* The views of what is signed: the keys with which an operator signs its certificates. Everybody
 * may see them, all of them at once: a certificate is checked with the one that it names. */
#include <string.h>

#include "rules/certificate.h"
#include "views/views.h"

struct key_view {
    int64_t id, made_at, retired_at;
    const char *algorithm;
    char name[SIGN_NAME_SIZE], public_key[2 * SIGN_PUBLIC_BYTES + 1];
};

static const struct view_field key_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, key_view, id), .help = "the key's id"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, key_view, name),
     .help = "what a certificate calls it: the start of its BLAKE2b hash, hexadecimal"},
    {VIEW(VIEW_WORDS, VIEW_PUBLIC, key_view, algorithm), .help = "Ed25519 (RFC 8032)"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, key_view, public_key), .help = "32 bytes, hexadecimal"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, key_view, made_at), .help = "since when it signs"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, key_view, retired_at),
     .help = "since when it signs nothing new; what it signed before stays good"},
    VIEW_END,
};

static struct key_view key_of(struct signing_key *row) {
    struct key_view view = {.id = row->id,
                            .made_at = row->made_at,
                            .retired_at = row->retired_at,
                            .algorithm = "Ed25519"};
    explicit_bzero(row->seed, sizeof row->seed);
    secret_sign_name(row->public_key, view.name);
    secret_hex(row->public_key, sizeof row->public_key, view.public_key);
    return view;
}

static json_t *signing_key_build(struct view_context *context, int64_t id) {
    struct signing_key row;
    if (!id || !view_read(context, SIGNING_KEY_BY_ID, (struct key){.id = id}, &row, 1))
        return NULL;
    struct key_view view = key_of(&row);
    return view_json(context, key_fields, &view);
}

const struct view signing_key_view = {
    .name = "signing_key",
    .help = "A key with which the operator signs its certificates",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF,
    .fields = key_fields,
    .build = signing_key_build,
};

static json_t *signing_keys_build(struct view_context *context, int64_t id) {
    struct signing_key rows[SIGNING_KEYS];
    struct key_view shown[SIGNING_KEYS];
    (void)id;
    size_t count = view_read(context, SIGNING_KEYS_OF, (struct key){.limit = SIGNING_KEYS}, rows,
                             SIGNING_KEYS);
    for (size_t i = 0; i < count; i++)
        shown[i] = key_of(&rows[i]);
    return view_page(context, key_fields, shown, count, sizeof *shown, 0);
}

const struct view signing_keys_view = {
    .name = "signing_keys",
    .help = "All keys with which the operator signs its certificates, or did",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF,
    .list = true,
    .fields = key_fields,
    .build = signing_keys_build,
};
