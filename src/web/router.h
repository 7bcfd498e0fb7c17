/* The routes: which path and method lead to which handler, and what must hold before it runs.
 * A pattern is "/lines/{line}/close": {name} takes one whole segment. Tables are short and looked
 * through from the top; the first that fits the path and the method is taken. */
#ifndef RINGOFF_WEB_ROUTER_H
#define RINGOFF_WEB_ROUTER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct request;

enum { ROUTE_CAPTURES = 4, ROUTE_NAME = 32 };

enum route_method {
    METHOD_GET = 1 << 0, /* HEAD too */
    METHOD_POST = 1 << 1,
    METHOD_PUT = 1 << 2,
    METHOD_PATCH = 1 << 3,
    METHOD_DELETE = 1 << 4,
};

enum route_flag {
    ROUTE_SESSION = 1 << 0, /* signed in, else off to /sign-in (GET) or REFUSED_NOT_SIGNED_IN */
    ROUTE_API = 1 << 1,     /* site->api_actor says who; refusals are problem+json; no cookies */
    ROUTE_JSON = 1 << 2,    /* the body is a JSON object, decoded into request->json */
    ROUTE_ANY = 1 << 3,     /* needs no operator */
    ROUTE_LOCAL = 1 << 4,   /* the terminal only; unknown to everybody else */
    ROUTE_DEMO = 1 << 5,    /* demo installations only; unknown elsewhere */
    ROUTE_REST = 1 << 6,    /* the last pattern segment, {name...}, takes the rest of the path */
    ROUTE_OPEN = 1 << 7,    /* API for nobody in particular: no key or token is looked at */
    ROUTE_CONTENT = 1 << 8, /* the body is a file (API: as it is; else the form's field "file"),
                               which is sealed into request->content as it arrives; who sends it is
                               known before it is read, and only some may at a time */
    ROUTE_NOBODY = 1 << 9,  /* API also without a key or token; one that is given must count */
};
/* A POST that is neither API, JSON nor local is a form: its hidden token and its origin are checked
 * before the handler runs. */

struct route {
    uint32_t methods;
    const char *pattern;
    void (*handle)(struct request *request);
    uint32_t flags;
    size_t body_limit; /* bytes; 0: the server's setting */
};

/* True when the path fits the pattern; captures are copied to the arena. */
bool route_fits(const struct route *route, const char *path, struct arena *arena,
                const char *captures[ROUTE_CAPTURES]);
/* The index of a capture's name in the pattern, or -1. */
int route_capture(const struct route *route, const char *name);
/* Finds the route. NULL when none fits; *allowed then has the methods of those whose path fits (0:
 * the path is unknown). A route
 * with one of hidden_flags does not exist for this request. */
const struct route *route_find(const struct route *const *tables, uint32_t method, const char *path,
                               uint32_t hidden_flags, struct arena *arena,
                               const char *captures[ROUTE_CAPTURES], uint32_t *allowed);
/* The method's bit (HEAD as GET), 0 when it is not one that any route has. */
uint32_t method_bit(const char *method);
/* "GET, HEAD, POST" for an Allow header. */
const char *methods_text(uint32_t methods, struct arena *arena);
#endif
