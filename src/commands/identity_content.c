#include "commands/identity_content.h"

#include "commands/closure_shared.h"

static const struct field input[] = {
    INPUT(FIELD_ID, identity_content, closure, 1, INT64_MAX, "The closure"),
    FIELD_END,
};

struct rows {
    struct closure closure;
    struct line line;
};

static void load(struct load *load, const void *given, void *rows) {
    const struct identity_content *in = given;
    struct rows *r = rows;
    want_line(load, in->line, &r->line);
    want_closure(load, in->closure, &r->closure);
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct rows *r = rows;
    (void)given;
    if (!out->policy || !closure_fits(&r->closure, &r->line))
        return REFUSED_NOT_FOUND;
    out->subject = r->line.id;
    if (!closure_document_waits(&r->closure, closure_policy(out, &r->closure)))
        return REFUSED_DOCUMENT_MISSING;
    out->result = r->closure.document;
    return ACCEPTED;
}

static const enum refusal refusals[] = {REFUSED_NOT_FOUND, REFUSED_DOCUMENT_MISSING, ACCEPTED};

const struct verb identity_content_verb = {
    .name = "identity.content",
    .help = "See the document that waits to be decided on; that you looked is written down",
    .who = ACTOR_STAFF,
    .scope = "identity:write",
    .content = true,
    .secret = true, /* the same key again is another look, decided and written down anew */
    .input = input,
    .input_size = sizeof(struct identity_content),
    .rows_size = sizeof(struct rows),
    .prepare = closure_prepare,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
