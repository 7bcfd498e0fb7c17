/* closure.document: a picture of the identity document came in. */
#include <assert.h>
#include <string.h>

#include "commands/closure.h"
#include "commands/closure_shared.h"

static const struct field input[] = {
    INPUT(FIELD_ID, closure_document, closure, 1, INT64_MAX, "The closure"),
    INPUT(FIELD_INT, closure_document, type, 1, FORMAT_COUNT - 1,
          "What it is: 1 JPEG, 2 PNG, 3 PDF"),
    INPUT(FIELD_INT, closure_document, size, 1, INT64_MAX, "Its size in bytes"),
    INPUT(FIELD_INT, closure_document, pieces, 1, INT64_MAX, "The pieces in which it is sealed"),
    INPUT(FIELD_TEXT, closure_document, digest, 1, CONTENT_KEY_SIZE - 1,
          "A keyed hash of the bytes"),
    FIELD_END,
};

struct rows {
    struct closure closure;
    struct line line;
    struct session session;
    struct account_line link;
    struct work works[WORKS_A_CLOSURE];
};

static void load(struct load *load, const void *given, void *rows) {
    const struct closure_document *in = given;
    struct rows *r = rows;
    bool person = load->actor->kind == ACTOR_SUBSCRIBER;
    want_line(load, in->line, &r->line);
    want_closure(load, in->closure, &r->closure);
    want_session(load, load->actor->session, &r->session);
    want_account_line(load, person ? load->actor->id : 0, in->line, &r->link);
    want_works(load, in->closure, r->works);
}

_Static_assert((int)FORMAT_JPEG == (int)CONTENT_JPEG && (int)FORMAT_PNG == (int)CONTENT_PNG &&
                   (int)FORMAT_PDF == (int)CONTENT_PDF,
               "what came is told by the same numbers");

void closure_document_fill(struct closure_document *in, int64_t closure,
                           const struct content *content) {
    assert(!content->fault && content->pieces > 0);
    in->closure = closure;
    in->type = (int64_t)content->scan.type;
    in->size = content->size;
    in->pieces = content->pieces;
    secret_base64(content->digest, sizeof content->digest, in->digest);
    secret_base64(content->key, sizeof content->key, in->key);
    in->content = (struct bytes){(const uint8_t *)content->sealed.data, content->sealed.length};
}

static bool fits(const struct closure_document *in) {
    return in->content.length == (size_t)in->pieces * CONTENT_SEALED && in->type > FORMAT_NONE &&
           in->type < FORMAT_COUNT && in->size > 0 && in->pieces > 0 &&
           strnlen(in->key, sizeof in->key) == CONTENT_KEY_SIZE - 1;
}

/* The row of what came, and with it its content. */
static void document_attach(struct outcome *out, const struct closure_document *in,
                            const struct document_row *document) {
    struct document_content content = {document->id, document->operator, in->content };
    add_document_row(out, document);
    add_document_content(out, &content);
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct closure_document *in = given;
    const struct rows *r = rows;
    struct closure closure = r->closure;
    if (!out->policy || !closure_fits(&closure, &r->line))
        return REFUSED_NOT_FOUND;
    out->subject = r->line.id;
    uint32_t bits = closure_given(out, &r->session, &r->link, &r->line, &closure);
    enum refusal no =
        proof_check(proof_required(&r->line, PROVE_SEND_DOCUMENT, out->policy, out->now), bits);
    if (no)
        return no;
    const struct policy *policy = closure_policy(out, &closure);
    out->result = closure.id;
    struct document_row document = {.id = outcome_id(out),
                                    .operator= closure.operator,
                                    .closure = closure.id,
                                    .received_at = out->now,
                                    .type = in->type,
                                    .size = in->size,
                                    .pieces = in->pieces};
    no = closure_document(&closure, policy, document.id, out->now);
    if (!no && !fits(in))
        no = REFUSED_INPUT;
    if (no)
        return no;
    memcpy(document.key, in->key, sizeof document.key);
    document_attach(out, in, &document);
    put_closure(out, &closure);
    closure_work_open(out, &closure, r->works, WORK_IDENTITY, closure.due_at);
    return ACCEPTED;
}

static const enum refusal refusals[] = {
    REFUSED_NOT_FOUND,        REFUSED_CLOSURE_STATE,  REFUSED_DOCUMENT_UNASKED,
    REFUSED_DOCUMENT_WAITING, REFUSED_DOCUMENT_LIMIT, ACCEPTED,
};

const struct verb closure_document_verb = {
    .name = "closure.document",
    .help = "Send a picture of the identity document that a closure asks for",
    .who = ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF,
    .scope = "closures:write",
    .view = "closure",
    .upload = true,
    .prove = PROVE_SEND_DOCUMENT,
    .input = input,
    .input_size = sizeof(struct closure_document),
    .rows_size = sizeof(struct rows),
    .prepare = closure_prepare,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
