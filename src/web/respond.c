#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/clock.h"
#include "web/exchange.h"

/* Every response says what a browser may do with it, refusals and assets too. Referrer-Policy is
 * same-origin, not no-referrer: with the latter browsers send "Origin: null" from our own forms,
 * and the Origin check could not tell them from a stranger's. */
static const struct param always[] = {
    {"Content-Security-Policy",
     "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
     "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"},
    {"Referrer-Policy", "same-origin"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
};

static void add(struct MHD_Response *response, const char *name, const char *value) {
    MHD_add_response_header(response, name, value);
}

static void add_headers(const struct exchange *exchange, struct MHD_Response *response) {
    const struct response *own = &exchange->request.response;
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++) {
        add(response, always[i].name, always[i].value);
    }
    if (exchange->server->site.settings.https) {
        add(response, "Strict-Transport-Security", "max-age=63072000");
    }
    if (!own->keep) {
        add(response, "Cache-Control", "no-store");
    }
    if (own->type) {
        add(response, "Content-Type", own->type);
    }
    for (size_t i = 0; i < own->header_count; i++) {
        add(response, own->headers[i].name, own->headers[i].value);
    }
    if (own->status == MHD_HTTP_SERVICE_UNAVAILABLE) { /* at every door, whoever said it */
        add(response, "Retry-After", "5");
    }
    if (atomic_load(&exchange->server->stopping)) {
        add(response, "Connection", "close");
    }
}

/* What is said when a handler said nothing, or memory or a ceiling was reached on the way. */
static const char broken[] = "Something went wrong on our side. Nothing was lost; please try "
                             "again.\n";

enum MHD_Result exchange_respond(struct exchange *exchange) {
    struct request *request = &exchange->request;
    struct response *own = &request->response;
    if (own->status == 0 || own->body.full || request->arena.failed) {
        own->status = MHD_HTTP_INTERNAL_SERVER_ERROR;
        own->type = "text/plain; charset=utf-8";
        own->bytes = broken;
        own->length = sizeof broken - 1;
        own->header_count = 0;
        own->keep = false;
    }
    const void *bytes = own->bytes ? own->bytes : own->body.data;
    size_t length = own->bytes ? own->length : own->body.length;
    /* The bytes live until exchange_close, which comes after the last of them was sent. */
    struct MHD_Response *response = MHD_create_response_from_buffer(
        length, (void *)(bytes ? bytes : ""), MHD_RESPMEM_PERSISTENT);
    if (!response) {
        return MHD_NO;
    }
    add_headers(exchange, response);
    enum MHD_Result result =
        MHD_queue_response(exchange->connection, (unsigned)own->status, response);
    MHD_destroy_response(response);
    return result;
}

/* The route's pattern stands for the path: paths and queries may hold what is personal. */
void exchange_log(const struct exchange *exchange) {
    const struct request *request = &exchange->request;
    char at[32];
    civil_time_text(request->now, at);
    fprintf(stderr,
            "{\"at\":\"%s\",\"event\":\"request\",\"method\":\"%s\",\"route\":\"%s\","
            "\"operator\":\"%s\",\"status\":%d,\"ms\":%" PRId64 ",\"bytes\":%zu}\n",
            at, method_bit(request->method) ? request->method : "other",
            request->route ? request->route->pattern : "unknown",
            request->tenant ? request->tenant->code : "", request->response.status,
            clock_steady() - exchange->started,
            request->response.bytes ? request->response.length : request->response.body.length);
}
