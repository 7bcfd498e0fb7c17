#include "web/api/openapi.h"

#include <stdio.h>
#include <string.h>

#include "web/api/api.h"
#include "web/api/endpoint.h"
#include "web/api/problems.h"
#include "web/api/schema.h"

enum { NAME_ROOM = 128, TEXT_ROOM = 640, PATH_PREFIX = sizeof "/api/v1/" - 1 };

static const char about_api[] =
    "Closing registered prepaid lines, for integrators of an operator and for its own app. The "
    "operator is known by the host name, an integrator by an API key, a subscriber by an app's "
    "access token. Times are RFC 3339 in UTC, money is in integer "
    "minor units, ids are texts of digits. Every refusal is a problem (RFC 9457) with a stable "
    "code; its sentences are in the language that Accept-Language asks for.";

static const char key_help[] =
    "of your choice, a new one for each command: the same key and body are done once and answered "
    "again; another body under it is refused";

static const char secret_key_help[] =
    "of your choice, a new one for each command. What this one hands out is not kept: sent again, "
    "it is done again";

/* What stands under each first segment of a path. */
static const struct {
    const char *name, *help;
} tags[] = {
    {"operator", "The operator and its rules"},
    {"lines", "Lines, and what closing one would do"},
    {"closures", "Closures, from submitting to the last date"},
    {"refunds", "Refunds of a closed line's credit, until they are paid"},
    {"effects", "What leaves the house: messages, and the cut in the network"},
    {"sessions", "Signing in an app, its tokens, and where the account is signed in"},
    {"account", "The signed-in account and its lines"},
    {"contacts", "The codes that add a contact to a line, or remove one"},
    {"registrations", "From a number in the hand to an account"},
    {"passwords", "A forgotten password is set anew"},
    {"statuses", "Where a closure stands, for who has no account"},
    {"refund-statuses", "The same of a refund"},
};

static json_t *reference(const char *kind, const char *name) {
    char path[NAME_ROOM * 2];
    snprintf(path, sizeof path, "#/components/%s/%s", kind, name);
    return json_pack("{s:s}", "$ref", path);
}

static json_t *parameter(const char *name, const char *in, bool required, json_t *schema,
                         const char *help) {
    return json_pack("{s:s,s:s,s:b,s:o,s:s}", "name", name, "in", in, "required", required,
                     "schema", schema, "description", help);
}

static void parameters_of_list(json_t *list, const struct endpoint *endpoint) {
    json_t *limit = json_pack("{s:s,s:i,s:i,s:i}", "type", "integer", "minimum", 1, "maximum",
                              VIEW_PAGE_MOST, "default", VIEW_PAGE_USUAL);
    json_array_append_new(list,
                          parameter("limit", "query", false, limit, "how many items at most"));
    json_array_append_new(
        list, parameter("after", "query", false, schema_of_id(), "`next` of the page before"));
    if (endpoint->search) {
        json_t *search = json_pack("{s:s,s:i}", "type", "string", "maxLength", 127);
        json_array_append_new(list, parameter("search", "query", false, search, endpoint->search));
    }
}

static void parameters_of_status(json_t *list) {
    json_t *reference = json_pack("{s:s,s:i}", "type", "string", "maxLength", 39);
    json_t *secret = json_pack("{s:s,s:i}", "type", "string", "maxLength", 39);
    json_array_append_new(
        list, parameter("reference", "path", true, reference, "as it stands on the receipt"));
    json_array_append_new(list, parameter(STATUS_HEADER, "header", true, secret,
                                          "the status secret that was shown once"));
}

static json_t *parameters_of(const struct endpoint *endpoint, const struct view *view) {
    json_t *list = json_array();
    if (endpoint->id && strcmp(endpoint->id, "reference") == 0)
        parameters_of_status(list);
    else if (endpoint->id)
        json_array_append_new(list,
                              parameter(endpoint->id, "path", true, schema_of_id(), "its id"));
    if (endpoint->verb) {
        json_t *key = json_pack("{s:s,s:i,s:i}", "type", "string", "minLength", API_KEY_SHORTEST,
                                "maxLength", API_KEY_LONGEST);
        const char *help = verb_of(endpoint->verb)->secret ? secret_key_help : key_help;
        json_array_append_new(list, parameter("Idempotency-Key", "header", true, key, help));
    } else {
        json_t *tag = json_pack("{s:s}", "type", "string");
        json_array_append_new(list, parameter("If-None-Match", "header", false, tag,
                                              "the ETag of the answer you have"));
    }
    if (!endpoint->verb && view->list)
        parameters_of_list(list, endpoint);
    return list;
}

static void header_add(json_t *headers, const char *name, const char *help) {
    json_object_set_new(
        headers, name, json_pack("{s:s,s:{s:s}}", "description", help, "schema", "type", "string"));
}

static json_t *success_of(const struct endpoint *endpoint) {
    json_t *headers = json_object();
    header_add(headers, "ETag", "of this very answer");
    if (endpoint->status == 201)
        header_add(headers, "Location", "where what was made can be read");
    if (endpoint->verb)
        header_add(headers, "Idempotency-Replayed",
                   "true when it was done before, under the same key");
    const char *help =
        endpoint->verb ? "It is done; what came of it, as it is now" : "What is there";
    const char *file = view_of(endpoint->view)->file;
    json_t *schema = file ? json_pack("{s:s,s:s}", "type", "string", "contentMediaType", file)
                          : reference("schemas", endpoint->view);
    if (file)
        header_add(headers, "Content-Disposition", "the name it may be kept under");
    return json_pack("{s:s,s:o,s:{s:{s:o}}}", "description", help, "headers", headers, "content",
                     file ? file : "application/json", "schema", schema);
}

/* All refusals of one status: their codes in the description, each with its example. */
static json_t *refused_of(const struct problem *problems, size_t count, int status) {
    char text[TEXT_ROOM] = "";
    json_t *examples = json_object(), *headers = json_object();
    bool kept = false;
    for (size_t i = 0; i < count; i++) {
        char name[NAME_ROOM];
        if (problems[i].status != status)
            continue;
        kept |= problems[i].kept;
        const char *code = refusal_about(problems[i].refusal)->code;
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, "%s%s", length ? ", " : "Refused: ", code);
        problem_name(&problems[i], name, sizeof name);
        json_object_set_new(examples, code, reference("examples", name));
    }
    if (status == 401)
        header_add(headers, "WWW-Authenticate", "Bearer");
    if (status == 429 || status == 503)
        header_add(headers, "Retry-After", "seconds");
    if (kept)
        header_add(headers, "Idempotency-Replayed",
                   "true when it was refused before, under the same key");
    json_t *response = json_pack("{s:s,s:{s:{s:o,s:o}}}", "description", text, "content",
                                 "application/problem+json", "schema",
                                 reference("schemas", "problem"), "examples", examples);
    if (json_object_size(headers))
        json_object_set(response, "headers", headers);
    json_decref(headers);
    return response;
}

static json_t *responses_of(const struct endpoint *endpoint) {
    struct problem problems[PROBLEMS];
    size_t count = problems_of(endpoint, problems);
    json_t *responses = json_object();
    char status[16];
    snprintf(status, sizeof status, "%d", endpoint->status);
    json_object_set_new(responses, status, success_of(endpoint));
    if (!endpoint->verb) {
        json_t *headers = json_object();
        header_add(headers, "ETag", "the one you have");
        json_object_set_new(responses, "304",
                            json_pack("{s:s,s:o}", "description",
                                      "It is as you have it (If-None-Match)", "headers", headers));
    }
    for (size_t i = 0; i < count; i++) {
        snprintf(status, sizeof status, "%d", problems[i].status);
        if (!json_object_get(responses, status))
            json_object_set_new(responses, status, refused_of(problems, count, problems[i].status));
    }
    return responses;
}

static json_t *scopes_of(const struct verb *verb, const struct view *view) {
    json_t *scopes = json_array();
    if (verb && verb->scope)
        json_array_append_new(scopes, json_string(verb->scope));
    if (view->scope)
        json_array_append_new(scopes, json_string(view->scope));
    return scopes;
}

/* Any one of them is enough: a key with the scopes, an access token, nothing. */
static json_t *security_of(uint32_t who, json_t *scopes) {
    json_t *security = json_array();
    if (who & ACTOR_API)
        json_array_append_new(security, json_pack("{s:O}", "key", scopes));
    if (who & ACTOR_SUBSCRIBER)
        json_array_append_new(security, json_pack("{s:[]}", "session"));
    if (who & ACTOR_ANONYMOUS)
        json_array_append_new(security, json_object());
    return security;
}

static void about_who(uint32_t who, const json_t *scopes, char *text, size_t size) {
    const char *first = json_string_value(json_array_get(scopes, 0));
    const char *second = json_string_value(json_array_get(scopes, 1));
    size_t length = strlen(text);
    if (who & ACTOR_API)
        snprintf(text + length, size - length, " A key needs %s%s%s.", first ? first : "no scope",
                 second ? " and " : "", second ? second : "");
    length = strlen(text);
    if (who & ACTOR_SUBSCRIBER)
        snprintf(text + length, size - length, " A signed-in subscriber may.");
    length = strlen(text);
    if (who & ACTOR_ANONYMOUS)
        snprintf(text + length, size - length, " Nobody need be signed in.");
}

/* A file is the body itself, of one of the kinds that are taken. */
static json_t *body_of(const struct endpoint *endpoint, const struct verb *verb) {
    if (!verb->upload)
        return json_pack("{s:b,s:{s:{s:o}}}", "required", 1, "content", "application/json",
                         "schema", schema_of_input(verb, endpoint->id));
    json_t *kinds = json_object();
    for (int i = CONTENT_JPEG; content_media((enum content_type)i); i++)
        json_object_set_new(kinds, content_media((enum content_type)i),
                            json_pack("{s:{s:s,s:s,s:i}}", "schema", "type", "string", "format",
                                      "binary", "maxLength", CONTENT_MOST));
    return json_pack("{s:b,s:o}", "required", 1, "content", kinds);
}

static json_t *operation_of(size_t i, const char *tag) {
    const struct endpoint *endpoint = endpoint_at(i);
    const struct verb *verb = endpoint->verb ? verb_of(endpoint->verb) : NULL;
    const struct view *view = view_of(endpoint->view);
    const char *help = verb ? verb->help : view->help;
    char id[NAME_ROOM], text[TEXT_ROOM];
    json_t *scopes = scopes_of(verb, view);
    bool status = endpoint_route(i)->handle == api_status;
    snprintf(id, sizeof id, "%s%s", verb ? "" : "show_",
             verb     ? verb->name
             : status ? strcmp(view->name, "refund") == 0 ? "refund_status" : "status"
                      : view->name);
    for (char *at = id; *at; at++)
        *at = *at == '.' ? '_' : *at;
    snprintf(text, sizeof text, "%s.", help);
    about_who(endpoint_who(i), scopes, text, sizeof text);
    json_t *operation = json_pack(
        "{s:s,s:s,s:s,s:[s],s:o,s:o,s:o}", "operationId", id, "summary", help, "description", text,
        "tags", tag, "security", security_of(endpoint_who(i), scopes), "parameters",
        parameters_of(endpoint, view), "responses", responses_of(endpoint));
    json_decref(scopes);
    if (verb)
        json_object_set_new(operation, "requestBody", body_of(endpoint, verb));
    return operation;
}

static json_t *paths_make(void) {
    json_t *paths = json_object();
    const struct endpoint *endpoint;
    for (size_t i = 0; (endpoint = endpoint_at(i)); i++) {
        const char *path = endpoint_route(i)->pattern;
        char tag[NAME_ROOM];
        snprintf(tag, sizeof tag, "%s", path + PATH_PREFIX);
        tag[strcspn(tag, "/")] = '\0';
        json_t *item = json_object_get(paths, path);
        if (!item)
            json_object_set_new(paths, path, item = json_object());
        json_object_set_new(item, endpoint->verb ? "post" : "get", operation_of(i, tag));
    }
    return paths;
}

static json_t *schemas_make(void) {
    json_t *schemas = json_pack("{s:o}", "problem", schema_of_problem());
    const struct endpoint *endpoint;
    for (size_t i = 0; (endpoint = endpoint_at(i)); i++)
        if (!view_of(endpoint->view)->file && !json_object_get(schemas, endpoint->view))
            json_object_set_new(schemas, endpoint->view, schema_of_view(view_of(endpoint->view)));
    return schemas;
}

static json_t *examples_make(void) {
    json_t *examples = json_object();
    const struct endpoint *endpoint;
    for (size_t i = 0; (endpoint = endpoint_at(i)); i++) {
        struct problem problems[PROBLEMS];
        size_t count = problems_of(endpoint, problems);
        for (size_t k = 0; k < count; k++) {
            char name[NAME_ROOM];
            problem_name(&problems[k], name, sizeof name);
            if (!json_object_get(examples, name))
                json_object_set_new(examples, name, problem_example(&problems[k]));
        }
    }
    return examples;
}

static json_t *tags_make(void) {
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        json_array_append_new(
            list, json_pack("{s:s,s:s}", "name", tags[i].name, "description", tags[i].help));
    return list;
}

json_t *openapi_make(void) {
    json_t *info =
        json_pack("{s:s,s:s,s:s,s:{s:s,s:s}}", "title", "Ringoff", "version", "1", "description",
                  about_api, "license", "name", "Apache-2.0", "identifier", "Apache-2.0");
    json_t *key = json_pack("{s:s,s:s,s:s}", "type", "http", "scheme", "bearer", "description",
                            "An API key of the operator, shown once when it is made");
    json_t *session =
        json_pack("{s:s,s:s,s:s}", "type", "http", "scheme", "bearer", "description",
                  "An access token, given to an app that signs in and at each refresh");
    json_t *components =
        json_pack("{s:o,s:o,s:{s:o,s:o}}", "schemas", schemas_make(), "examples", examples_make(),
                  "securitySchemes", "key", key, "session", session);
    return json_pack("{s:s,s:o,s:[{s:s}],s:o,s:o,s:o}", "openapi", "3.1.0", "info", info, "servers",
                     "url", "/", "tags", tags_make(), "paths", paths_make(), "components",
                     components);
}
