#include "web/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "web/page.h"
#include "web/session.h"

/* What is read and thrown away of a body that is too large, so that its sender can read why. */
enum { THROW_AWAY = 1024 * 1024 };

struct exchange *exchange_of(struct request *request) {
    return (struct exchange *)(void *)request; /* its first member */
}

void *exchange_open(void *context, const char *uri, struct MHD_Connection *connection) {
    struct server *server = context;
    struct exchange *exchange = calloc(1, sizeof *exchange);
    if (!exchange) {
        return NULL;
    }
    struct request *request = &exchange->request;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    exchange->server = server;
    exchange->connection = connection;
    exchange->link = info ? info->socket_context : NULL;
    exchange->started = clock_steady();
    arena_open(&request->arena, server->site.settings.arena_bytes);
    buffer_open(&exchange->body, server->site.settings.body_bytes);
    buffer_open(&request->response.body, server->site.settings.page_bytes);
    request->site = &server->site;
    request->method = "";
    request->path = "/";
    request->base = "";
    /* Of one that is too long the path is kept: it says whether a page or a problem is the answer.
     */
    size_t length = strlen(uri), path = strcspn(uri, "?");
    exchange->uri_long = length > server->site.settings.uri_bytes;
    length = exchange->uri_long ? path : length;
    if (length <= server->site.settings.uri_bytes) {
        exchange->uri = arena_text(&request->arena, uri, length);
    }
    if (exchange->link && exchange->link->kept) {
        link_deadline(exchange->link, server->site.settings.headers_within);
    }
    return exchange;
}

/* Without a command, 503 means that something could not be read. */
static bool read_failed(const struct exchange *exchange) {
    return exchange->request.response.status == MHD_HTTP_SERVICE_UNAVAILABLE && !exchange->then;
}

static void reader_give(struct exchange *exchange) {
    bool failed = read_failed(exchange);
    if (exchange->reader) {
        if (exchange->server->site.engine->together) {
            exchange->server->site.engine->together(exchange->reader, false);
        }
        readers_give(&exchange->server->readers, exchange->reader, failed);
    }
    exchange->reader = NULL;
}

void exchange_close(void *context, struct MHD_Connection *connection, void **own,
                    enum MHD_RequestTerminationCode code) {
    struct server *server = context;
    struct exchange *exchange = *own;
    (void)connection;
    (void)code;
    if (!exchange) {
        return;
    }
    *own = NULL;
    struct request *request = &exchange->request;
    if (exchange->state == EXCHANGE_SENT && server->site.settings.log) {
        exchange_log(exchange);
    }
    reader_give(exchange);
    if (request->tenants) {
        committer_tenants_release(server->site.committer, request->tenants);
    }
    if (exchange->link) {
        exchange->link->kept = true;
        link_deadline(exchange->link, server->site.settings.idle_within);
    }
    bool counted = exchange->counted;
    json_decref(request->json);
    buffer_close(&exchange->body);
    upload_close(exchange);
    buffer_close(&request->response.body);
    arena_close(&request->arena);
    free(exchange);
    if (counted) {
        pthread_mutex_lock(&server->lock);
        if (--server->busy == 0) {
            pthread_cond_broadcast(&server->quiet);
        }
        pthread_mutex_unlock(&server->lock);
    }
}

/* Counts the request as accepted, unless the server is stopping: then it is turned away. */
static bool exchange_count(struct exchange *exchange) {
    struct server *server = exchange->server;
    pthread_mutex_lock(&server->lock);
    exchange->counted = !atomic_load(&server->stopping);
    server->busy += exchange->counted;
    pthread_mutex_unlock(&server->lock);
    return exchange->counted;
}

/* What could not be read waits, but who asks how the server is. */
static bool exchange_hold(struct exchange *exchange) {
    const struct request *request = &exchange->request;
    return exchange->early == ACCEPTED && request->route && !(request->route->flags & ROUTE_ANY) &&
           readers_hold(&exchange->server->readers, exchange);
}

static enum MHD_Result exchange_answer(struct exchange *exchange) {
    struct server *server = exchange->server;
    bool failed = read_failed(exchange);
    reader_give(exchange);
    if (failed && exchange_hold(exchange)) {
        return MHD_YES;
    }
    if (exchange->submitted) {
        exchange->submitted = false;
        exchange->state = EXCHANGE_WAITING;
        /* Suspended before it is handed over, since the answer may come before this returns. */
        MHD_suspend_connection(exchange->connection);
        exchange_submit(exchange);
        return MHD_YES;
    }
    exchange->state = EXCHANGE_SENT;
    link_deadline(exchange->link, server->site.settings.answer_within);
    return exchange_respond(exchange);
}

static enum MHD_Result exchange_refuse(struct exchange *exchange, enum refusal refusal) {
    page_refuse(&exchange->request, refusal, NULL);
    return exchange_answer(exchange);
}

static enum MHD_Result exchange_begin(struct exchange *exchange, const char *method) {
    struct request *request = &exchange->request;
    exchange->state = EXCHANGE_BODY;
    link_deadline(exchange->link, exchange->server->site.settings.body_within);
    bool counted = exchange_count(exchange);
    exchange_read(exchange, method);
    if (!counted) {
        exchange->early = REFUSED_BUSY;
        request->response.instead = 0;
    }
    size_t limit = exchange->server->site.settings.body_bytes;
    if (request->route && request->route->body_limit > 0) {
        limit = request->route->body_limit;
    }
    exchange->body.ceiling = limit;
    const char *header = request_header(request, "Content-Length");
    int64_t length = 0;
    if (header && !number_parse(header, false, &length)) {
        length = INT64_MAX;
    }
    if ((uint64_t)length > limit) {
        exchange->dropped = true;
    }
    if (exchange->early == ACCEPTED && (request->route->flags & ROUTE_CONTENT)) {
        exchange->early = upload_begin(exchange);
        reader_give(exchange); /* not to be kept while the file comes */
    }
    if ((uint64_t)length > limit + THROW_AWAY) {
        exchange->early = REFUSED_TOO_LARGE;
        request->response.instead = 0;
        return exchange_refuse(exchange, REFUSED_TOO_LARGE);
    }
    return MHD_YES;
}

static enum MHD_Result exchange_take(struct exchange *exchange, const char *data, size_t *length) {
    if (!exchange->dropped && exchange->upload) {
        exchange->dropped = !upload_take(exchange, data, *length);
    } else if (!exchange->dropped && exchange->early == ACCEPTED) {
        buffer_add(&exchange->body, data, *length);
        exchange->dropped = exchange->body.full;
    } else {
        exchange->thrown += *length;
    }
    *length = 0;
    return exchange->thrown <= THROW_AWAY + exchange->body.ceiling ? MHD_YES : MHD_NO;
}

/* As it was before it was run in vain: nothing was done yet but reading. */
static void exchange_again(struct exchange *exchange) {
    struct request *request = &exchange->request;
    json_decref(request->json);
    request->json = NULL;
    request->form = (struct params){0};
    request->unchecked = NULL;
    request->own = NULL;
    struct response fresh = {.instead = exchange->instead, .header_count = exchange->headers};
    memcpy(fresh.headers, request->response.headers, sizeof fresh.headers);
    buffer_close(&request->response.body);
    request->response = fresh;
    buffer_open(&request->response.body, exchange->server->site.settings.page_bytes);
}

static enum MHD_Result exchange_run(struct exchange *exchange) {
    struct request *request = &exchange->request;
    if (!exchange->held) {
        link_deadline(exchange->link, 0); /* now it is our time, not the client's */
        exchange->headers = request->response.header_count;
        exchange->instead = request->response.instead;
    }
    if (exchange->early == ACCEPTED && exchange->dropped) {
        exchange->early = REFUSED_TOO_LARGE;
    }
    enum refusal refusal = exchange->early != ACCEPTED ? exchange->early : exchange_admit(exchange);
    if (refusal == REFUSED_NOT_SIGNED_IN && request->route &&
        (request->route->flags & ROUTE_SESSION) && strcmp(request->method, "GET") == 0) {
        const char *next = percent_encode(&request->arena, request->path);
        response_redirect(request,
                          arena_format(&request->arena, "/sign-in?next=%s", next ? next : "%2F"));
        return exchange_answer(exchange);
    }
    if (refusal != ACCEPTED) {
        return exchange_refuse(exchange, refusal);
    }
    request->route->handle(request);
    return exchange_answer(exchange);
}

static enum MHD_Result exchange_resumed(struct exchange *exchange) {
    struct job *job = exchange->job;
    if (exchange->after) {
        void (*after)(struct request * request, bool done) = exchange->after;
        exchange->after = NULL;
        after(&exchange->request, exchange->work == NULL);
        return exchange_answer(exchange);
    }
    if (job->down && job->refusal == ACCEPTED) {
        job->refusal = REFUSED_BUSY;
    }
    struct want *unchecked = exchange->request.unchecked;
    if (unchecked && job->refusal == REFUSED_NOT_SIGNED_IN) {
        request_key_gone(&exchange->request, unchecked->in);
    }
    exchange->request.unchecked = NULL; /* the committer looked */
    exchange->job = NULL;
    exchange->then(&exchange->request, job);
    return exchange_answer(exchange);
}

enum MHD_Result exchange_handle(void *context, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *data,
                                size_t *length, void **own) {
    struct exchange *exchange = *own;
    (void)context;
    (void)connection;
    (void)url;
    (void)version;
    if (!exchange) {
        return MHD_NO;
    }
    switch (exchange->state) {
    case EXCHANGE_LINE:
        return exchange_begin(exchange, method);
    case EXCHANGE_BODY:
        return *length > 0 ? exchange_take(exchange, data, length) : exchange_run(exchange);
    case EXCHANGE_ANSWERED:
        return exchange_resumed(exchange);
    case EXCHANGE_READY:
        exchange_again(exchange);
        exchange->state = EXCHANGE_BODY;
        return exchange_run(exchange);
    case EXCHANGE_HELD:
    case EXCHANGE_WAITING: /* libmicrohttpd may look in before the resume is through */
    case EXCHANGE_SENT:
        return MHD_YES;
    }
    return MHD_NO;
}
