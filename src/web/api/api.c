#include "web/api/api.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "commands/api_key.h"
#include "web/api/endpoint.h"
#include "web/api/openapi.h"
#include "web/json.h"
#include "web/page.h"
#include "web/show.h"

enum { KEY_LONGEST = 70, ETAG_SIZE = 48 };

enum refusal api_actor(struct request *request) {
    const char *given = request_header(request, "Authorization");
    struct key key = {.operator= request->tenant ? request->tenant->id : 0 };
    struct api_key row = {0};
    struct want want = {.statement = API_KEY_BY_HASH, .in = &key, .rows = &row, .room = 1};
    if (!request->tenant || !given || strncasecmp(given, "Bearer ", 7) != 0)
        return REFUSED_NOT_SIGNED_IN;
    api_key_hash(request->site->secrets, given + 7, key.hash);
    if (request_read(request, &want, 1) != STORE_OK)
        return REFUSED_BUSY;
    if (!row.id || row.revoked_at)
        return REFUSED_NOT_SIGNED_IN;
    request->actor.kind = ACTOR_API;
    request->actor.operator= request->tenant->id;
    request->actor.id = row.id;
    snprintf(request->actor.scopes, sizeof request->actor.scopes, "%s", row.scopes);
    return ACCEPTED;
}

static const struct endpoint *endpoint_of(const struct request *request) {
    return endpoint_at((size_t)(request->route - api_routes));
}

/* A strong tag of the very bytes. */
static void etag_of(const struct request *request, const char *text, char tag[ETAG_SIZE]) {
    uint8_t hash[HASH_BYTES];
    char code[ETAG_SIZE / 2 + 8];
    secret_hash(request->site->secrets->token, text, strlen(text), hash);
    secret_base64(hash, 18, code);
    snprintf(tag, ETAG_SIZE, "\"%.40s\"", code);
}

/* Answers with the JSON (its reference is taken over); a GET may be answered 304. */
static void answer(struct request *request, int status, json_t *json) {
    char tag[ETAG_SIZE];
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (!text) {
        api_refuse(request, REFUSED_BROKEN, NULL, NULL);
        return;
    }
    etag_of(request, text, tag);
    const char *known = request_header(request, "If-None-Match");
    bool same = status == 200 && strcmp(request->method, "GET") == 0 && known &&
                (strcmp(known, "*") == 0 || strstr(known, tag));
    response_text(request, same ? 304 : status, "application/json", same ? "" : text);
    response_header(request, "ETag", tag);
    free(text);
}

static void show(struct request *request, const struct endpoint *endpoint,
                 struct view_context *context, int64_t id, int status) {
    json_t *json = NULL;
    enum refusal refusal = view_show(view_of(endpoint->view), context, id, &json);
    if (refusal != ACCEPTED)
        api_refuse(request, refusal, NULL, NULL);
    else
        answer(request, status, json);
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
    else if (after && !number_parse(after, false, &context->after))
        wrong = "after";
    else if (search && (!endpoint->search || strlen(search) >= sizeof context->search))
        wrong = "search";
    if (wrong)
        api_refuse(request, REFUSED_INPUT, wrong, NULL);
    else if (search)
        snprintf(context->search, sizeof context->search, "%s", search);
    return !wrong;
}

void api_get(struct request *request) {
    static const char *const of_lists[] = {"limit", "after", "search", NULL}, *const none[] = {
                                                                                  NULL};
    const struct endpoint *endpoint = endpoint_of(request);
    const struct view *view = view_of(endpoint->view);
    struct view_context context;
    int64_t id = endpoint->id ? request_capture_id(request, endpoint->id) : 0;
    if (!request_query_only(request, view->list ? of_lists : none)) {
        api_refuse(request, REFUSED_INPUT, NULL, NULL);
    } else if (endpoint->id && !id) {
        api_refuse(request, REFUSED_NOT_FOUND, NULL, NULL);
    } else if (!show_context(request, &context)) {
        api_refuse(request, REFUSED_BUSY, NULL, NULL);
    } else if (!view->list || list_asked(request, endpoint, &context)) {
        show(request, endpoint, &context, id, endpoint->status);
    }
}

static void posted(struct request *request, const struct job *job) {
    const struct endpoint *endpoint = endpoint_of(request);
    struct view_context context;
    if (job->refusal != ACCEPTED) {
        api_refuse(request, job->refusal, NULL, NULL);
        return;
    }
    if (!show_context(request, &context)) {
        api_refuse(request, REFUSED_BUSY, NULL, NULL);
        return;
    }
    show(request, endpoint, &context, job->result, endpoint->status);
    if (job->replayed)
        response_header(request, "Idempotency-Replayed", "true");
    if (endpoint->status == 201)
        response_header(request, "Location",
                        arena_format(&request->arena, "%s%s/%lld", request->base, request->path,
                                     (long long)job->result));
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
    return given && length >= 8 && length <= KEY_LONGEST ? given : NULL;
}

void api_post(struct request *request) {
    const struct endpoint *endpoint = endpoint_of(request);
    const struct verb *verb = verb_of(endpoint->verb);
    const char *key = command_key(request);
    struct input_fault fault = {0};
    void *input = arena_take(&request->arena, verb->input_size);
    enum refusal refusal = verb_allowed(verb, &request->actor);
    if (refusal == ACCEPTED && !key)
        refusal = REFUSED_KEY_MISSING;
    if (refusal == ACCEPTED && endpoint->id) {
        const char *id = request_capture(request, endpoint->id);
        if (json_object_get(request->json, endpoint->id)) {
            api_refuse(request, REFUSED_INPUT, endpoint->id, NULL);
            return;
        }
        if (!request_capture_id(request, endpoint->id))
            refusal = REFUSED_NOT_FOUND;
        else
            json_object_set_new(request->json, endpoint->id, json_string(id));
    }
    if (refusal != ACCEPTED || !input) {
        api_refuse(request, input ? refusal : REFUSED_BUSY, NULL, NULL);
        return;
    }
    if (!input_from_json(&request->arena, verb->input, request->json, input, &fault)) {
        api_refuse(request, REFUSED_INPUT, fault.field,
                   words(request->language, input_why_text(fault.why)));
        return;
    }
    request_submit(request, verb, input, key, posted);
}

void api_document(struct request *request) {
    answer(request, 200, openapi_make());
}
