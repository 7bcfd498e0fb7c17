#include "web/api/openapi.h"

#include <stdio.h>
#include <string.h>

#include "web/api/endpoint.h"
#include "web/api/schema.h"

enum { NAME_MOST = 128 };

static json_t *reference(const char *kind, const char *name) {
    char path[NAME_MOST * 2];
    snprintf(path, sizeof path, "#/components/%s/%s", kind, name);
    return json_pack("{s:s}", "$ref", path);
}

static json_t *content_of(const char *type, json_t *schema) {
    return json_pack("{s:{s:o}}", type, "schema", schema);
}

static json_t *parameter(const char *name, const char *in, bool required, json_t *schema,
                         const char *help) {
    return json_pack("{s:s,s:s,s:b,s:o,s:s}", "name", name, "in", in, "required", required,
                     "schema", schema, "description", help);
}

static json_t *parameters_of(const struct endpoint *endpoint, const struct view *view) {
    json_t *list = json_array();
    if (endpoint->id)
        json_array_append_new(list, parameter(endpoint->id, "path", true,
                                              json_pack("{s:s,s:s}", "type", "string", "pattern",
                                                        "^[1-9][0-9]{0,18}$"),
                                              "the id"));
    if (endpoint->verb)
        json_array_append_new(
            list,
            parameter("Idempotency-Key", "header", true,
                      json_pack("{s:s,s:i,s:i}", "type", "string", "minLength", 8, "maxLength", 70),
                      "of your choice; the same key and body give the same answer once"));
    if (!endpoint->verb && view->list) {
        json_array_append_new(
            list, parameter("limit", "query", false,
                            json_pack("{s:s,s:i,s:i,s:i}", "type", "integer", "minimum", 1,
                                      "maximum", VIEW_PAGE_MOST, "default", VIEW_PAGE_USUAL),
                            "how many items at most"));
        json_array_append_new(list, parameter("after", "query", false,
                                              json_pack("{s:s}", "type", "string"),
                                              "the `next` of the page before"));
        if (endpoint->search)
            json_array_append_new(
                list, parameter("search", "query", false,
                                json_pack("{s:s,s:i}", "type", "string", "maxLength", 127),
                                endpoint->search));
    }
    return list;
}

/* The problems by their status, each naming the codes that can stand there. */
static void responses_refused(json_t *responses, const enum refusal *refusals) {
    static const enum refusal always[] = {
        REFUSED_INPUT,     REFUSED_NOT_SIGNED_IN, REFUSED_NOT_ALLOWED, REFUSED_NOT_FOUND,
        REFUSED_TOO_LARGE, REFUSED_BUSY,          REFUSED_BROKEN,      ACCEPTED};
    const enum refusal *lists[] = {always, refusals};
    for (size_t k = 0; k < 2; k++)
        for (const enum refusal *r = lists[k]; r && *r != ACCEPTED; r++) {
            const struct refusal_about *about = refusal_about(*r);
            char status[16], text[1024];
            snprintf(status, sizeof status, "%d", about->status);
            const char *before = json_string_value(
                json_object_get(json_object_get(responses, status), "description"));
            if (before && strstr(before, about->code))
                continue;
            snprintf(text, sizeof text, "%s%s%s", before ? before : "",
                     before ? ", " : "Refused: ", about->code);
            json_object_set_new(
                responses, status,
                json_pack("{s:s,s:o}", "description", text, "content",
                          content_of("application/problem+json", reference("schemas", "problem"))));
        }
}

static json_t *responses_of(const struct endpoint *endpoint, const struct verb *verb) {
    static const enum refusal of_commands[] = {REFUSED_KEY_MISSING, REFUSED_KEY_REUSED, ACCEPTED};
    json_t *responses = json_object();
    char status[16];
    snprintf(status, sizeof status, "%d", endpoint->status);
    json_t *headers = json_pack("{s:{s:s,s:{s:s}}}", "ETag", "description", "of this very answer",
                                "schema", "type", "string");
    json_object_set_new(
        responses, status,
        json_pack("{s:s,s:o,s:o}", "description", verb ? "Done" : "What is there", "headers",
                  headers, "content",
                  content_of("application/json", reference("schemas", endpoint->view))));
    if (!verb)
        json_object_set_new(responses, "304",
                            json_pack("{s:s}", "description", "Unchanged (If-None-Match)"));
    responses_refused(responses, verb ? verb->refusals : NULL);
    if (verb)
        responses_refused(responses, of_commands);
    return responses;
}

static json_t *operation_of(const struct endpoint *endpoint) {
    const struct verb *verb = endpoint->verb ? verb_of(endpoint->verb) : NULL;
    const struct view *view = view_of(endpoint->view);
    const char *scope = verb ? verb->scope : view->scope;
    char id[NAME_MOST], text[512], tag[NAME_MOST];
    snprintf(id, sizeof id, "%s%s", verb ? "" : "show_", verb ? verb->name : view->name);
    for (char *at = id; *at; at++)
        *at = *at == '.' ? '_' : *at;
    snprintf(tag, sizeof tag, "%s", endpoint->verb ? endpoint->verb : endpoint->view);
    tag[strcspn(tag, ".")] = '\0';
    snprintf(text, sizeof text, "%s. Scope: %s.", verb ? verb->help : view->help,
             scope ? scope : "none");
    json_t *operation =
        json_pack("{s:s,s:s,s:s,s:[s],s:o,s:o}", "operationId", id, "summary",
                  verb ? verb->help : view->help, "description", text, "tags", tag, "parameters",
                  parameters_of(endpoint, view), "responses", responses_of(endpoint, verb));
    if (verb)
        json_object_set_new(
            operation, "requestBody",
            json_pack("{s:b,s:o}", "required", 1, "content",
                      content_of("application/json", schema_of_input(verb, endpoint->id))));
    return operation;
}

static json_t *paths_make(json_t *tags) {
    json_t *paths = json_object();
    const struct endpoint *endpoint;
    for (size_t i = 0; (endpoint = endpoint_at(i)); i++) {
        const char *path = endpoint_route(i)->pattern;
        json_t *operation = operation_of(endpoint), *item = json_object_get(paths, path);
        const char *tag = json_string_value(json_array_get(json_object_get(operation, "tags"), 0));
        json_object_set_new(tags, tag, json_true());
        if (!item)
            json_object_set_new(paths, path, item = json_object());
        json_object_set_new(item, endpoint->verb ? "post" : "get", operation);
    }
    return paths;
}

static json_t *schemas_make(void) {
    json_t *schemas = json_pack("{s:o}", "problem", schema_of_problem());
    const struct endpoint *endpoint;
    for (size_t i = 0; (endpoint = endpoint_at(i)); i++)
        if (!json_object_get(schemas, endpoint->view))
            json_object_set_new(schemas, endpoint->view, schema_of_view(view_of(endpoint->view)));
    return schemas;
}

json_t *openapi_make(void) {
    json_t *names = json_object(), *tags = json_array();
    json_t *paths = paths_make(names);
    const char *name;
    json_t *unused;
    json_object_foreach(names, name, unused)
        json_array_append_new(tags, json_pack("{s:s,s:s}", "name", name, "description",
                                              "Verbs and views that begin with it"));
    json_decref(names);
    return json_pack("{s:s,s:{s:s,s:s,s:s,s:{s:s,s:s}},s:[{s:s}],s:o,s:[{s:[]}],s:o,s:{s:o,s:{s:{s:"
                     "s,s:s,s:s}}}}",
                     "openapi", "3.1.0", "info", "title", "Ringoff", "version", "1", "description",
                     "Closing registered prepaid lines. Times are RFC 3339 in UTC, money is in "
                     "integer minor units, "
                     "ids are texts of digits.",
                     "license", "name", "Apache-2.0", "identifier", "Apache-2.0", "servers", "url",
                     "/", "tags", tags, "security", "key", "paths", paths, "components", "schemas",
                     schemas_make(), "securitySchemes", "key", "type", "http", "scheme", "bearer",
                     "description", "An API key of the operator");
}
