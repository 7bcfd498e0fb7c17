/* The views of what is signed: certificates of closure, and the keys that sign them. Everybody may
 * see the keys, all of them at once: a certificate is checked with the one that it names. */
#include <string.h>

#include "rules/closure_secret.h"
#include "views/cases.h"
#include "store/actor.h"
#include "views/certificates.h"

/* --- certificate --- */

/* Who may: the account that asked for the closure, whoever holds its status secret, and staff and
 * integrators with the scope. Another account of the line may not: the name is in it. Not after the
 * last thing that it says is over: then the registration is to be gone. */
bool certificate_shows(const struct view_context *context, const struct closure *closure) {
    const struct actor *actor = context->actor;
    bool secret = closure_status_fits(context->secrets, closure, context->secret);
    bool asked = actor->kind == ACTOR_SUBSCRIBER && closure->account == actor->id;
    if (!closure->id || closure->operator!= actor->operator|| !closure->deregistered_at)
        return false;
    return (secret || asked || actor->kind == ACTOR_STAFF || actor->kind == ACTOR_API) &&
           closure_shows(closure, closure_view_policy(context, closure), context->now);
}

/* False when there is none to be seen, or context->down. */
static bool certificate_read_by(struct view_context *context, int64_t id, struct certificate *row) {
    struct closure closure = {0};
    struct load load = view_wants(context);
    struct key key = {.id = id, .operator= context->actor->operator};
    memset(row, 0, sizeof *row);
    want_closure(&load, id, &closure);
    want_one(&load, CERTIFICATE_BY_ID, &key, 0, row);
    return context->tenant && context->policy && id && view_fetch(context, &load) && row->id &&
           certificate_shows(context, &closure);
}

bool certificate_offered(struct view_context *context, const struct closure *closure) {
    const struct view *view = &certificate_view;
    struct certificate row;
    return actor_allowed(context->actor, view->who, view->scope) == ACCEPTED &&
           certificate_shows(context, closure) &&
           view_read(context, CERTIFICATE_THERE, (struct key){.id = closure->id}, &row, 1) == 1;
}

enum refusal certificate_open(struct view_context *context, int64_t closure,
                              struct certificate_paper *paper) {
    struct certificate row;
    struct signing_key key;
    const struct view *view = &certificate_view;
    enum refusal no = actor_allowed(context->actor, view->who, view->scope);
    if (no)
        return no;
    bool there = certificate_read_by(context, closure, &row) &&
                 view_read(context, SIGNING_KEY_BY_ID, (struct key){.id = row.key}, &key, 1);
    if (!there)
        return context->down ? REFUSED_BUSY : REFUSED_NOT_FOUND;
    bool whole = certificate_paper_of(context->secrets, &row, &key, paper);
    explicit_bzero(&key, sizeof key);
    return whole ? ACCEPTED : REFUSED_BROKEN;
}

struct certificate_shown {
    int64_t id, issued_at, key;
    struct certificate_facts facts;
};

#define STATED(kind, class, member)                                                                \
#member, kind, class, offsetof(struct certificate_shown, facts.member),                        \
        sizeof(((struct certificate_shown *)0)->facts.member)

static const struct view_field certificate_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, certificate_shown, id), .help = "the closure's id"},
    {STATED(VIEW_TEXT, VIEW_PUBLIC, reference), .help = "the closure's reference"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, certificate_shown, issued_at), .help = "when it was made"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, certificate_shown, key),
     .help = "the id of the key that signed it"},
    {STATED(VIEW_TEXT, VIEW_PUBLIC, operator), .help = "the operator's code"},
    {STATED(VIEW_TEXT, VIEW_PERSONAL, name), .help = "the registered name", .mask = MASK_NAME},
    {STATED(VIEW_TEXT, VIEW_PERSONAL, name_zh), .help = "the Chinese name", .mask = MASK_NAME},
    {STATED(VIEW_TEXT, VIEW_PERSONAL, number), .help = "the number, E.164", .mask = MASK_NUMBER},
    {STATED(VIEW_TEXT, VIEW_PUBLIC, basis), .help = "why the line was closed"},
    {STATED(VIEW_TIME, VIEW_PUBLIC, submitted_at), .help = "when it was asked for"},
    {STATED(VIEW_TIME, VIEW_PUBLIC, identity_at), .help = "identity accepted"},
    {STATED(VIEW_TEXT, VIEW_PUBLIC, identity), .help = "match, document or original"},
    {STATED(VIEW_TIME, VIEW_PUBLIC, confirmed_at), .help = "confirmed by the person"},
    {STATED(VIEW_TIME, VIEW_PUBLIC, cut_at), .help = "cut off in the network"},
    {STATED(VIEW_TEXT, VIEW_PUBLIC, cut), .help = "read_back or attested"},
    {STATED(VIEW_TEXT, VIEW_PUBLIC, evidence), .help = "what was read back"},
    {STATED(VIEW_TIME, VIEW_PUBLIC, deregistered_at), .help = "deregistered"},
    {STATED(VIEW_TEXT, VIEW_PUBLIC, currency), .help = "ISO 4217"},
    {STATED(VIEW_INT, VIEW_PUBLIC, paid_minor),
     .help = "paid credit that can be claimed, minor units"},
    {STATED(VIEW_TIME, VIEW_PUBLIC, claim_until), .help = "until when"},
    {STATED(VIEW_INT, VIEW_PUBLIC, refund_minor), .help = "paid credit that is refunded"},
    {STATED(VIEW_TEXT, VIEW_PUBLIC, refund), .help = "the refund's own reference"},
    {STATED(VIEW_TIME, VIEW_PUBLIC, refund_by), .help = "by when it arrives"},
    {STATED(VIEW_INT, VIEW_PUBLIC, transfer_minor),
     .help = "paid credit that went to another line"},
    {STATED(VIEW_INT, VIEW_PUBLIC, fee_minor), .help = "what either cost"},
    {STATED(VIEW_INT, VIEW_PUBLIC, left_minor),
     .help = "paid credit that was left to the operator, by consent"},
    {STATED(VIEW_INT, VIEW_PUBLIC, promotional_minor),
     .help = "promotional credit that ended, minor units"},
    {STATED(VIEW_TIME, VIEW_PUBLIC, number_until), .help = "until when the number rests"},
    {STATED(VIEW_TIME, VIEW_PUBLIC, reclaim_until), .help = "until when it can be had back"},
    {STATED(VIEW_TIME, VIEW_PUBLIC, registration_until),
     .help = "until when the registration is kept"},
    VIEW_END,
};

static json_t *certificate_json(struct view_context *context, const struct certificate *row) {
    struct certificate_shown shown = {.id = row->id, .issued_at = row->issued_at, .key = row->key};
    return certificate_read(row->statement, &shown.facts)
               ? view_json(context, certificate_fields, &shown)
               : NULL;
}

static json_t *certificate_build(struct view_context *context, int64_t id) {
    struct certificate row;
    if (!certificate_read_by(context, id, &row))
        return NULL;
    context->own = context->actor->kind == ACTOR_SUBSCRIBER;
    return certificate_json(context, &row);
}

const struct view certificate_view = {
    .name = "certificate",
    .help = "What the certificate of a closure states",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF,
    .scope = "certificates:read",
    .file = "application/pdf",
    .fields = certificate_fields,
    .build = certificate_build,
};

/* --- what the code on the paper shows to anybody: enough to compare, and masked --- */

enum refusal certificate_check(struct view_context *context, const char *reference,
                               const char *code, json_t **json) {
    struct certificate row;
    struct key key = {.id = 0};
    *json = NULL;
    memcpy(key.text, reference, strlen(reference) + 1);
    view_read(context, CERTIFICATE_BY_REFERENCE, key, &row, 1); /* zeroed where there is none */
    bool fits = certificate_code_fits(context->secrets, &row, code);
    context->own = false;
    if (!context->down && fits)
        *json = certificate_json(context, &row);
    return *json ? ACCEPTED : context->down ? REFUSED_BUSY : REFUSED_NOT_FOUND;
}

const struct view_field *certificate_stated(void) {
    return certificate_fields;
}

/* --- the keys --- */

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
