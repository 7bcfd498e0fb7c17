/* What must hold before a handler runs: well-formed, an operator known, a route, a sound body,
 * somebody who may ask, a form of ours. The first that fails is the answer. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "web/exchange.h"
#include "web/session.h"

static void refuse_early(struct exchange *exchange, enum refusal refusal, int status) {
    if (exchange->early == ACCEPTED) {
        exchange->early = refusal;
        exchange->request.response.instead = status;
    }
}

struct header_check {
    unsigned count, host, length, type, coding, cookie, authorization;
    bool bad;
};

static enum MHD_Result header_check(void *context, enum MHD_ValueKind kind, const char *name,
                                    const char *value) {
    struct header_check *check = context;
    (void)kind;
    check->count++;
    check->host += strcasecmp(name, "Host") == 0;
    check->length += strcasecmp(name, "Content-Length") == 0;
    check->type += strcasecmp(name, "Content-Type") == 0;
    check->coding += strcasecmp(name, "Transfer-Encoding") == 0;
    check->cookie += strcasecmp(name, "Cookie") == 0;
    check->authorization += strcasecmp(name, "Authorization") == 0;
    if (!text_valid(name, strlen(name)) || (value && !text_valid(value, strlen(value)))) {
        check->bad = true;
    }
    for (const char *at = value ? value : ""; *at; at++) {
        check->bad |= ((unsigned char)*at < ' ' && *at != '\t') || *at == 127;
    }
    return MHD_YES;
}

static void read_headers(struct exchange *exchange) {
    const struct server_settings *settings = &exchange->server->site.settings;
    struct header_check check = {0};
    MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, header_check, &check);
    const union MHD_ConnectionInfo *size =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    if (check.count > settings->header_count ||
        (size && size->header_size > settings->header_bytes)) {
        refuse_early(exchange, REFUSED_TOO_LARGE, MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE);
    }
    /* Two of these, or both lengths, are read differently by a proxy and by us: smuggling. */
    if (check.bad || check.host > 1 || check.length > 1 || check.type > 1 || check.coding > 1 ||
        check.cookie > 1 || check.authorization > 1 || (check.length && check.coding)) {
        refuse_early(exchange, REFUSED_INPUT, MHD_HTTP_BAD_REQUEST);
    }
}

static void read_uri(struct exchange *exchange) {
    struct request *request = &exchange->request;
    struct arena *arena = &request->arena;
    if (exchange->uri_long) {
        refuse_early(exchange, REFUSED_TOO_LARGE, MHD_HTTP_URI_TOO_LONG);
    }
    if (!exchange->uri) {
        return;
    }
    size_t path = strcspn(exchange->uri, "?");
    const char *query = exchange->uri + path + (exchange->uri[path] == '?');
    char *decoded = path_parse(arena, exchange->uri, path);
    if (decoded) {
        request->path = decoded;
    }
    if (!decoded || strchr(exchange->uri, '#') ||
        !params_parse(arena, query, strlen(query), &request->query)) {
        request->query = (struct params){NULL, 0};
        refuse_early(exchange, REFUSED_INPUT, MHD_HTTP_BAD_REQUEST);
    }
}

static const struct tenant *tenant_coded(const struct tenants *tenants, const char *code,
                                         size_t length) {
    for (size_t i = 0; tenants && i < tenants->count; i++) {
        const char *own = tenants->tenants[i].code;
        if (strlen(own) == length && strncmp(own, code, length) == 0) {
            return &tenants->tenants[i];
        }
    }
    return NULL;
}

static const struct policy *tenant_policy(const struct tenant *tenant, int64_t now) {
    return tenant ? policy_effective(tenant->policies, tenant->policy_count, now) : NULL;
}

static const struct tenant *tenant_hosted(const struct tenants *tenants, const char *host,
                                          int64_t now) {
    for (size_t i = 0; host && tenants && i < tenants->count; i++) {
        const struct policy *policy = tenant_policy(&tenants->tenants[i], now);
        for (size_t j = 0; policy && j < policy->host_count; j++) {
            if (strcasecmp(policy->hosts[j], host) == 0) {
                return &tenants->tenants[i];
            }
        }
    }
    return NULL;
}

/* The operator comes before anything else (design, rule 11): by path prefix where there are
 * prefixes, by host name, or as the terminal names it. */
static void read_tenant(struct exchange *exchange) {
    struct request *request = &exchange->request;
    request->tenants = committer_tenants(request->site->committer);
    const struct tenants *tenants = request->tenants;
    if (request->site->settings.prefixes && request->path[0] == '/') {
        size_t length = strcspn(request->path + 1, "/");
        request->tenant = tenant_coded(tenants, request->path + 1, length);
        if (request->tenant) {
            request->base = arena_text(&request->arena, request->path, length + 1);
            request->path = request->path[length + 1] ? request->path + length + 1 : "/";
        }
    }
    if (!request->tenant && request->local) {
        const char *code = request_header(request, "Ringoff-Operator");
        request->tenant = code ? tenant_coded(tenants, code, strlen(code)) : NULL;
        if (code && !request->tenant) {
            refuse_early(exchange, REFUSED_NOT_FOUND, 0);
        }
    } else if (!request->tenant) {
        const char *host = host_parse(&request->arena, request_header(request, "Host"));
        if (!host) {
            refuse_early(exchange, REFUSED_INPUT, MHD_HTTP_BAD_REQUEST);
        }
        request->tenant = tenant_hosted(tenants, host, request->now);
    }
    request->policy = tenant_policy(request->tenant, request->now);
    if (!request->base) {
        request->base = "";
    }
}

static void read_language(struct request *request) {
    const struct policy *policy = request->policy;
    unsigned offered = policy ? policy->language_mask : LANGUAGE_ALL;
    const char *asked = request_query(request, "lang");
    bool api = request->route && (request->route->flags & ROUTE_API);
    const char *kept = api ? NULL : request_cookie(request, cookie_name(request, "lang"));
    const char *header = request_header(request, "Accept-Language");
    enum language language;
    if (asked && language_parse(asked, &language) && (offered & LANGUAGE_BIT(language))) {
        request->language = language;
        if (!api && (!kept || strcmp(kept, language_tag(language)) != 0)) {
            cookie_set(request, "lang", language_tag(language), INT64_C(31536000));
        }
    } else if (kept && language_parse(kept, &language) && (offered & LANGUAGE_BIT(language))) {
        request->language = language;
    } else if (!header && policy && policy->language_count > 0) {
        request->language = policy->languages[0];
    } else {
        request->language = language_accept(header, offered);
    }
}

static void read_route(struct exchange *exchange, const char *method) {
    struct request *request = &exchange->request;
    uint32_t bit = method_bit(method), allowed = 0, own = 0;
    uint32_t hidden = (request->local ? 0u : ROUTE_LOCAL) | (request->site->demo ? 0u : ROUTE_DEMO);
    const struct route *const *tables = request->site->routes;
    request->route = route_find(exchange->server->own, bit, request->path, hidden, &request->arena,
                                request->captures, &own);
    if (!request->route) {
        request->route = route_find(tables, bit, request->path, hidden, &request->arena,
                                    request->captures, &allowed);
    }
    allowed |= own;
    if (!request->route && allowed) {
        response_header(request, "Allow", methods_text(allowed, &request->arena));
        refuse_early(exchange, REFUSED_METHOD, MHD_HTTP_METHOD_NOT_ALLOWED);
    } else if (!request->route) {
        refuse_early(exchange, REFUSED_NOT_FOUND, 0);
    } else if (!request->policy && !request->local && !(request->route->flags & ROUTE_ANY)) {
        refuse_early(exchange, REFUSED_NOT_FOUND, 0); /* no such operator */
    }
}

void exchange_read(struct exchange *exchange, const char *method) {
    struct request *request = &exchange->request;
    const struct link *link = exchange->link;
    request->now = request->site->now();
    request->head = strcmp(method, "HEAD") == 0;
    request->method = request->head ? "GET" : arena_copy(&request->arena, method);
    request->local = link && link->local;
    request->peer_uid = request->local ? link->uid : (uid_t)-1;
    read_headers(exchange);
    read_uri(exchange);
    cookies_parse(&request->arena, request_header(request, "Cookie"), &request->cookies);
    read_tenant(exchange);
    read_route(exchange, method);
    read_language(request);
    request->actor.kind = ACTOR_ANONYMOUS;
    request->actor.operator= request->tenant ? request->tenant->id : 0;
    if (link) {
        memcpy(request->actor.address, link->peer, sizeof link->peer);
        if (link->loopback && request->site->settings.trust_proxy) {
            char given[48];
            if (address_forwarded(request_header(request, "X-Forwarded-For"), given)) {
                memcpy(request->actor.address, given, sizeof given);
            }
        }
    }
    if (request->arena.failed) {
        refuse_early(exchange, REFUSED_TOO_LARGE, 0);
    }
}

static bool type_is(const struct request *request, const char *type) {
    const char *given = request_header(request, "Content-Type");
    size_t length = strlen(type);
    return given && strncasecmp(given, type, length) == 0 &&
           (given[length] == '\0' || given[length] == ';' || given[length] == ' ');
}

/* Not well-formed at all, which is another thing than a field that does not fit: 400. */
static enum refusal malformed(struct request *request) {
    request->response.instead = MHD_HTTP_BAD_REQUEST;
    return REFUSED_INPUT;
}

static enum refusal admit_body(struct exchange *exchange) {
    struct request *request = &exchange->request;
    if (request->route->flags & ROUTE_CONTENT) {
        return upload_end(exchange) == ACCEPTED ? ACCEPTED : malformed(request);
    }
    request->body = exchange->body.data ? exchange->body.data : "";
    request->body_length = exchange->body.length;
    if (request->route->flags & ROUTE_JSON) {
        json_error_t error;
        if (request->body_length == 0) {
            request->json = json_object();
            return request->json ? ACCEPTED : REFUSED_BUSY;
        }
        if (!type_is(request, "application/json")) {
            return malformed(request);
        }
        request->json =
            json_loadb(request->body, request->body_length, JSON_REJECT_DUPLICATES, &error);
        return json_is_object(request->json) ? ACCEPTED : malformed(request);
    }
    if (strcmp(request->method, "POST") == 0 && request->body_length > 0 &&
        !(request->route->flags & ROUTE_API)) {
        return type_is(request, "application/x-www-form-urlencoded") &&
                       params_parse(&request->arena, request->body, request->body_length,
                                    &request->form)
                   ? ACCEPTED
                   : malformed(request);
    }
    return ACCEPTED;
}

/* A page's visitor may be nobody; the API's and the terminal's must be somebody. */
static enum refusal admit_actor(struct request *request) {
    uint32_t flags = request->route->flags;
    if (request->local) {
        if ((flags & (ROUTE_ANY | ROUTE_OPEN)) && !(flags & ROUTE_LOCAL)) {
            return ACCEPTED;
        }
        return request->site->local_actor ? request->site->local_actor(request)
                                          : REFUSED_NOT_ALLOWED;
    }
    if (flags & ROUTE_OPEN) {
        return ACCEPTED;
    }
    if (flags & ROUTE_API) {
        return request->site->api_actor ? request->site->api_actor(request) : REFUSED_NOT_ALLOWED;
    }
    return request->tenant ? session_load(request) : ACCEPTED;
}

enum refusal exchange_who(struct exchange *exchange) {
    struct request *request = &exchange->request;
    enum refusal refusal = admit_actor(request);
    bool nobody = (request->route->flags & ROUTE_SESSION) && request->session.id == 0;
    return refusal == ACCEPTED && nobody ? REFUSED_NOT_SIGNED_IN : refusal;
}

enum refusal exchange_admit(struct exchange *exchange) {
    struct request *request = &exchange->request;
    uint32_t flags = request->route->flags;
    enum refusal refusal = admit_actor(request);
    if (refusal != ACCEPTED) {
        return refusal;
    }
    refusal = admit_body(exchange);
    if (refusal != ACCEPTED) {
        return refusal;
    }
    bool changes = strcmp(request->method, "GET") != 0;
    if (changes && !request->local && !(flags & ROUTE_API)) {
        refusal = form_check(request);
    }
    if (refusal == ACCEPTED && (flags & ROUTE_SESSION) && request->session.id == 0) {
        refusal = REFUSED_NOT_SIGNED_IN;
    }
    return refusal;
}
