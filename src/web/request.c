#include "web/request.h"

#include <stdlib.h>
#include <string.h>

#include "web/exchange.h"

const char *request_query(const struct request *request, const char *name) {
    return params_value(&request->query, name);
}

const char *request_form(const struct request *request, const char *name) {
    return params_value(&request->form, name);
}

const char *request_cookie(const struct request *request, const char *name) {
    return params_value(&request->cookies, name);
}

const char *request_capture(const struct request *request, const char *name) {
    int index = request->route ? route_capture(request->route, name) : -1;
    return index >= 0 && index < ROUTE_CAPTURES ? request->captures[index] : NULL;
}

int64_t request_capture_id(const struct request *request, const char *name) {
    const char *text = request_capture(request, name);
    int64_t id = 0;
    return text && text[0] != '0' && number_parse(text, false, &id) ? id : 0;
}

const char *request_header(const struct request *request, const char *name) {
    const struct exchange *exchange = (const struct exchange *)(const void *)request;
    return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

static bool listed(const char *const *names, const char *name) {
    for (; names && *names; names++) {
        if (strcmp(*names, name) == 0) {
            return true;
        }
    }
    return false;
}

bool request_form_only(const struct request *request, const char *const *names) {
    static const char *const always[] = {"form", "key", NULL};
    for (size_t i = 0; i < request->form.count; i++) {
        const char *name = request->form.all[i].name;
        if (!listed(names, name) && !listed(always, name)) {
            return false;
        }
    }
    return true;
}

bool request_query_only(const struct request *request, const char *const *names) {
    for (size_t i = 0; i < request->query.count; i++) {
        const char *name = request->query.all[i].name;
        if (!listed(names, name) && strcmp(name, "lang") != 0) {
            return false;
        }
    }
    return true;
}

struct store *request_reader(struct request *request) {
    struct exchange *exchange = exchange_of(request);
    if (!exchange->reader) {
        exchange->reader = readers_take(&exchange->server->readers);
        if (exchange->reader && request->site->engine->together) {
            request->site->engine->together(exchange->reader, true);
        }
    }
    return exchange->reader;
}

enum store_result request_read(struct request *request, struct want *wants, size_t count) {
    struct store *reader = request_reader(request);
    return reader ? request->site->engine->read(reader, wants, count) : STORE_DOWN;
}

static bool header_clean(const char *value) {
    for (; *value; value++) {
        if ((unsigned char)*value < ' ' || *value == 127) {
            return false;
        }
    }
    return true;
}

void response_header(struct request *request, const char *name, const char *value) {
    struct response *response = &request->response;
    char *copy = value && header_clean(value) ? arena_copy(&request->arena, value) : NULL;
    if (copy && response->header_count < RESPONSE_HEADERS) {
        response->headers[response->header_count++] = (struct param){name, copy};
    }
}

static void response_start(struct request *request, int status, const char *type) {
    struct response *response = &request->response;
    size_t ceiling = response->body.ceiling;
    buffer_close(&response->body);
    buffer_open(&response->body, ceiling);
    response->bytes = NULL;
    response->length = 0;
    response->status = status;
    response->type = type;
}

void response_text(struct request *request, int status, const char *type, const char *text) {
    response_start(request, status, type);
    buffer_text(&request->response.body, text);
}

void response_bytes(struct request *request, int status, const char *type, const void *bytes,
                    size_t length) {
    response_start(request, status, type);
    request->response.bytes = bytes;
    request->response.length = length;
}

static int json_piece(const char *bytes, size_t length, void *buffer) {
    buffer_add(buffer, bytes, length);
    return ((struct buffer *)buffer)->full ? -1 : 0;
}

void response_json(struct request *request, int status, const char *type, json_t *value) {
    response_start(request, status, type);
    if (!value || json_dump_callback(value, json_piece, &request->response.body,
                                     JSON_COMPACT | JSON_ENCODE_ANY) != 0) {
        request->response.status = 0; /* the server answers that it is broken */
    }
    buffer_text(&request->response.body, "\n");
    json_decref(value);
}

void response_redirect(struct request *request, const char *path) {
    bool ours = path && path[0] == '/' && path[1] != '/' && path[1] != '\\' && header_clean(path);
    response_text(request, MHD_HTTP_SEE_OTHER, "text/plain; charset=utf-8", "");
    response_header(request, "Location",
                    arena_format(&request->arena, "%s%s", request->base, ours ? path : "/"));
}
