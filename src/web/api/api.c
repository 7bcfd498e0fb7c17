#include "web/api/api.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/closure.h"
#include "rules/closure_secret.h"
#include "rules/reference.h"
#include "store/actor.h"
#include "web/api/bearer.h"
#include "web/api/endpoint.h"
#include "web/api/openapi.h"
#include "web/certificate.h"
#include "web/json.h"
#include "web/page.h"
#include "web/show.h"

enum { ETAG_SIZE = 48, ETAG_BYTES = 18 };

static const struct endpoint *endpoint_of(const struct request *request) {
    return endpoint_at((size_t)(request->route - api_routes));
}

/* Who bears no good key learns that, and nothing else. */
static void refuse(struct request *request, enum refusal refusal, const char *field) {
    enum refusal no = refusal == REFUSED_BUSY ? ACCEPTED : bearer_check(request);
    api_refuse(request, no ? no : refusal, no ? NULL : field, NULL);
}

/* A strong tag of the very bytes. */
static void etag_of(const struct request *request, char tag[ETAG_SIZE]) {
    const struct buffer *body = &request->response.body;
    uint8_t hash[HASH_BYTES];
    char code[ETAG_SIZE - 3];
    secret_hash(request->site->secrets->token, body->data ? body->data : "", body->length, hash);
    secret_base64(hash, ETAG_BYTES, code);
    snprintf(tag, ETAG_SIZE, "\"%s\"", code);
}

/* The response's body is the answer; a GET may be answered 304. */
static void answer(struct request *request) {
    struct response *response = &request->response;
    char tag[ETAG_SIZE];
    etag_of(request, tag);
    const char *known = request_header(request, "If-None-Match");
    bool same = response->status == 200 && strcmp(request->method, "GET") == 0 && known &&
                (strcmp(known, "*") == 0 || strstr(known, tag));
    if (same)
        response_text(request, 304, NULL, "");
    response_header(request, "ETag", tag);
}

/* The view's JSON as the response's body, or the refusal. */
static enum refusal view_answer(struct request *request, const struct endpoint *endpoint,
                                struct view_context *context, int64_t id) {
    json_t *json = NULL;
    response_text(request, endpoint->status, "application/json", "");
    context->text = &request->response.body;
    context->also = request->unchecked;
    enum refusal refusal = view_show(view_of(endpoint->view), context, id, &json);
    json_decref(json);
    if (!refusal)
        refusal = bearer_check(request);
    if (!refusal)
        answer(request);
    return refusal;
}

/* limit, after and search of a list; false and answered when one is not well-formed. */
static bool list_asked(struct request *request, const struct endpoint *endpoint,
                       struct view_context *context) {
    const char *limit = request_query(request, "limit"), *after = request_query(request, "after");
    const char *search = request_query(request, "search");
    const char *wrong = NULL;
    if (limit && (!number_parse(limit, false, &context->limit) || context->limit < 1 ||
                  context->limit > VIEW_PAGE_MOST))
        wrong = "limit";
    else if (after && (!number_parse(after, false, &context->after) || context->after < 1))
        wrong = "after";
    else if (search && (!endpoint->search || strlen(search) >= sizeof context->search))
        wrong = "search";
    if (wrong)
        refuse(request, REFUSED_INPUT, wrong);
    else if (search)
        memcpy(context->search, search, strlen(search) + 1);
    return !wrong;
}

static enum refusal view_allowed(const struct view *view, const struct actor *actor) {
    return actor_allowed(actor, view->who, view->scope);
}

void api_get(struct request *request) {
    static const char *const of_lists[] = {"limit", "after", "search", NULL};
    const struct endpoint *endpoint = endpoint_of(request);
    const struct view *view = view_of(endpoint->view);
    struct view_context context;
    int64_t id = endpoint->id ? request_capture_id(request, endpoint->id) : 0;
    enum refusal refusal = view_allowed(view, &request->actor);
    if (!refusal && !request_query_only(request, view->list ? of_lists : NULL))
        refusal = REFUSED_INPUT;
    if (!refusal && endpoint->id && !id)
        refusal = REFUSED_NOT_FOUND;
    if (!refusal && !show_context(request, &context))
        refusal = REFUSED_BUSY;
    if (refusal) {
        refuse(request, refusal, NULL);
        return;
    }
    if (view->list && !list_asked(request, endpoint, &context))
        return;
    refusal = view_answer(request, endpoint, &context, id);
    if (refusal)
        refuse(request, refusal, NULL);
}

/* The id of the closure or refund of a stored reference; 0: there is none. */
static int64_t status_find(struct view_context *context, bool refund, const char *reference) {
    struct closure closure;
    struct refund found;
    if (refund)
        return read_refund_by_reference(context, reference, &found) ? found.id : 0;
    return read_closure_by_reference(context, reference, &closure) ? closure.id : 0;
}

/* The status by its reference and secret, for who has neither account nor key: one answer for an
 * unknown reference, a wrong secret, and what is shown to nobody any more. */
void api_status(struct request *request) {
    const struct endpoint *endpoint = endpoint_of(request);
    const char *given = request_header(request, STATUS_HEADER);
    char reference[REFERENCE_SIZE], secret[STATUS_SECRET_SIZE];
    bool refund = strcmp(endpoint->view, "refund") == 0;
    const char *typed = request_capture(request, "reference"), *wrong = NULL;
    struct view_context context;
    if (!request_query_only(request, NULL))
        wrong = "";
    else if (refund ? !refund_reference_read(typed, reference) : !reference_read(typed, reference))
        wrong = "reference";
    else if (!given || !status_secret_read(given, secret))
        wrong = STATUS_HEADER;
    if (wrong) {
        refuse(request, REFUSED_INPUT, *wrong ? wrong : NULL);
        return;
    }
    bool can = show_context(request, &context);
    int64_t id = can ? status_find(&context, refund, reference) : 0;
    enum refusal refusal = context.reader && !context.down ? REFUSED_NOT_FOUND : REFUSED_BUSY;
    if (id) {
        memcpy(context.secret, secret, sizeof secret);
        refusal = view_answer(request, endpoint, &context, id);
    }
    if (refusal)
        refuse(request, refusal, NULL);
}

static void certificate_refused(struct request *request, enum refusal refusal) {
    refuse(request, refusal, NULL);
}

void api_certificate(struct request *request) {
    const struct endpoint *endpoint = endpoint_of(request);
    struct view_context context;
    int64_t id = request_capture_id(request, endpoint->id);
    enum refusal refusal = view_allowed(view_of(endpoint->view), &request->actor);
    if (!refusal && !request_query_only(request, NULL))
        refusal = REFUSED_INPUT;
    if (!refusal)
        refusal = bearer_check(request); /* before anything is drawn */
    if (!refusal && !show_context(request, &context))
        refusal = REFUSED_BUSY;
    if (refusal)
        refuse(request, refusal, NULL);
    else
        certificate_answer(request, &context, id, answer, certificate_refused);
}

/* What was done is shown as it is now. When it cannot be shown the answer must not sound as if
 * nothing had been done. */
static void posted_show(struct request *request, const struct endpoint *endpoint,
                        const struct job *job) {
    struct view_context context;
    enum refusal refusal = REFUSED_BUSY;
    if (show_context(request, &context)) {
        context.rows = job->shown ? job->rows : NULL;
        context.once = job->verb->once;
        context.granted = job->verb->opens;
        context.handed = job->secret[0] ? job->secret : NULL;
        refusal = view_answer(request, endpoint, &context, job->result);
    }
    if (refusal == REFUSED_NOT_FOUND && job->replayed) {
        refuse(request, REFUSED_ERASED, NULL);
    } else if (refusal) {
        const char *detail = N_("It was done, but what came of it cannot be shown just now. Send "
                                "the same request with the same key again to see it.");
        api_refuse(request, REFUSED_BUSY, NULL, words(request->language, detail));
    } else if (endpoint->status == 201) {
        response_header(request, "Location",
                        arena_format(&request->arena, "%s%s/%lld", request->base, request->path,
                                     (long long)job->result));
    }
}

static void posted(struct request *request, const struct job *job) {
    if (job->refusal != ACCEPTED)
        refuse(request, job->refusal, NULL);
    else if (job->verb->opens && job->replayed) /* its code was for one look */
        refuse(request, REFUSED_CODE_USED, NULL);
    else
        posted_show(request, endpoint_of(request), job);
    if (job->replayed && job->refusal != REFUSED_KEY_REUSED)
        response_header(request, "Idempotency-Replayed", "true");
}

/* The key as it was sent, with or without the quotes of a structured header; NULL when it has none
 * or one that cannot be taken. */
static const char *command_key(struct request *request) {
    const char *given = request_header(request, "Idempotency-Key");
    size_t length = given ? strlen(given) : 0;
    if (length >= 2 && given[0] == '"' && given[length - 1] == '"') {
        given = arena_text(&request->arena, given + 1, length - 2);
        length -= 2;
    }
    return given && length >= API_KEY_SHORTEST && length <= API_KEY_LONGEST ? given : NULL;
}

/* What must hold before the body is looked at. Whoever gives a verb sees what came of it, so the
 * key needs the scopes of both. */
static enum refusal command_check(struct request *request, const struct endpoint *endpoint,
                                  const char *key) {
    enum refusal refusal = verb_allowed(verb_of(endpoint->verb), &request->actor);
    if (!refusal)
        refusal = view_allowed(view_of(endpoint->view), &request->actor);
    if (!refusal && !key)
        refusal = REFUSED_KEY_MISSING;
    if (!refusal && !request_query_only(request, NULL))
        refusal = REFUSED_INPUT;
    if (!refusal && endpoint->id && !request_capture_id(request, endpoint->id))
        refusal = REFUSED_NOT_FOUND;
    return refusal;
}

void api_post(struct request *request) {
    const struct endpoint *endpoint = endpoint_of(request);
    const struct verb *verb = verb_of(endpoint->verb);
    const char *key = command_key(request);
    struct input_fault fault = {0};
    void *input = arena_take(&request->arena, verb->input_size);
    enum refusal refusal = input ? command_check(request, endpoint, key) : REFUSED_BUSY;
    if (refusal) {
        request_refuse(request, verb, refusal, NULL, NULL);
        return;
    }
    if (endpoint->id && json_object_get(request->json, endpoint->id)) {
        /* it stands in the path already */
        request_refuse(request, verb, REFUSED_INPUT, endpoint->id, NULL);
        return;
    }
    if (endpoint->id)
        json_object_set_new(request->json, endpoint->id,
                            json_string(request_capture(request, endpoint->id)));
    if (!input_from_json(&request->arena, verb->input, request->json, input, &fault)) {
        request_refuse(request, verb, REFUSED_INPUT, fault.field,
                       words(request->language, input_why_text(fault.why)));
        return;
    }
    request_submit(request, verb, input, key, posted);
}

void api_content(struct request *request) {
    const struct endpoint *endpoint = endpoint_of(request);
    const struct verb *verb = verb_of(endpoint->verb);
    const struct content *content = request->content;
    const char *key = command_key(request);
    const char *why = content_fault_text(content->fault);
    enum content_type said = content_type_of(request_header(request, "Content-Type"));
    struct closure_document *in = arena_take(&request->arena, sizeof *in);
    enum refusal refusal = in ? command_check(request, endpoint, key) : REFUSED_BUSY;
    assert(verb == &closure_document_verb);
    if (!why && !content->fault && said != content->scan.type)
        why = N_("Content-Type says another kind of file than the body is. It must be image/jpeg, "
                 "image/png or application/pdf.");
    if (!refusal && content->fault == CONTENT_MEMORY)
        refusal = REFUSED_BUSY;
    if (!refusal && why)
        refusal = content->fault == CONTENT_LARGE ? REFUSED_TOO_LARGE : REFUSED_INPUT;
    if (refusal) {
        bool body = why && (refusal == REFUSED_INPUT || refusal == REFUSED_TOO_LARGE);
        request_refuse(request, verb, refusal, body ? "body" : NULL,
                       body ? words(request->language, why) : NULL);
        return;
    }
    closure_document_fill(in, request_capture_id(request, endpoint->id), content);
    request_submit(request, verb, in, key, posted);
}

void api_document(struct request *request) {
    json_t *document = openapi_make();
    if (!request_query_only(request, NULL)) {
        json_decref(document);
        refuse(request, REFUSED_INPUT, NULL);
        return;
    }
    if (request->base[0])
        json_object_set_new(document, "servers", json_pack("[{s:s}]", "url", request->base));
    char *text = document ? json_dumps(document, JSON_COMPACT) : NULL;
    json_decref(document);
    if (!text) {
        refuse(request, REFUSED_BROKEN, NULL);
        return;
    }
    response_text(request, 200, "application/json", text);
    free(text);
    answer(request);
}
