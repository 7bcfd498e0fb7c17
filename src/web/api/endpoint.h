/* The REST endpoints: which path leads to which verb or view. What a verb takes, what a view
 * shows, who may and what can be refused stands in their own tables; here is only the path, and the
 * OpenAPI document is made from the three together. */
#ifndef RINGOFF_API_ENDPOINT_H
#define RINGOFF_API_ENDPOINT_H
#include "commands/verbs.h"
#include "views/views.h"
#include "web/router.h"

struct endpoint {
    const char *verb;   /* POST; NULL: the view is read by GET */
    const char *view;   /* what is shown, or what the verb's answer is built as */
    const char *id;     /* the capture in the path that is the row's id (and the verb's input) */
    const char *search; /* the query parameter of a list's search with its help, or NULL */
    int status;         /* of success */
};

/* The kinds of actors that may ask the i-th endpoint: ACTOR_API (an integrator's key, which needs
 * the scopes), ACTOR_SUBSCRIBER (an app's access token), ACTOR_ANONYMOUS (neither is needed). It is
 * what the verb and the view say; the route says whether nobody may come in at all. */
uint32_t endpoint_who(size_t i);

/* The i-th endpoint and its route (same index); NULL past the last. */
const struct endpoint *endpoint_at(size_t i);
const struct route *endpoint_route(size_t i);
/* The routes as the server takes them: ends with a route without pattern. */
extern const struct route api_routes[];
#endif
