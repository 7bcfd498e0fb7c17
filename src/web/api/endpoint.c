#include "web/api/endpoint.h"

#include "web/api/api.h"

/* NOBODY: also without a key or token. OPEN: they are not even looked at, because what counts
 * stands in the body; so an app may send an access token that has ended along. */
enum {
    READ = ROUTE_API,
    WRITE = ROUTE_API | ROUTE_JSON,
    OPEN = WRITE | ROUTE_OPEN,
    SEND = ROUTE_API | ROUTE_CONTENT,
};
enum { FILE_BYTES = 12 * 1024 * 1024 }; /* what is larger than a file may be is read and refused */

const struct route api_routes[] = {
    {METHOD_GET, "/api/v1/operator", api_get, READ | ROUTE_NOBODY, 0},
    {METHOD_GET, "/api/v1/lines", api_get, READ, 0},
    {METHOD_GET, "/api/v1/lines/{line}", api_get, READ, 0},
    {METHOD_GET, "/api/v1/lines/{line}/preview", api_get, READ, 0},
    {METHOD_GET, "/api/v1/lines/{line}/suspension", api_get, READ, 0},
    {METHOD_POST, "/api/v1/lines/{line}/suspend", api_post, WRITE, 0},
    {METHOD_POST, "/api/v1/lines/{line}/reactivate", api_post, WRITE, 0},
    {METHOD_GET, "/api/v1/lines/{line}/credit", api_get, READ, 0},
    {METHOD_GET, "/api/v1/lines/{line}/movements", api_get, READ, 0},
    {METHOD_POST, "/api/v1/lines/{line}/top-ups", api_post, WRITE, 0},
    {METHOD_POST, "/api/v1/lines/{line}/debits", api_post, WRITE, 0},
    {METHOD_POST, "/api/v1/lines/{line}/grants", api_post, WRITE, 0},
    {METHOD_POST, "/api/v1/lines/{line}/mandates", api_post, WRITE, 0},
    {METHOD_POST, "/api/v1/mandates/{mandate}/end", api_post, WRITE, 0},
    {METHOD_POST, "/api/v1/closures", api_post, WRITE, 0},
    {METHOD_GET, "/api/v1/closures", api_get, READ, 0},
    {METHOD_GET, "/api/v1/closures/{closure}", api_get, READ, 0},
    {METHOD_GET, "/api/v1/closures/{closure}/certificate", api_certificate, READ, 0},
    {METHOD_POST, "/api/v1/closures/{closure}/resend", api_post, WRITE, 0},
    {METHOD_POST, "/api/v1/closures/{closure}/confirm", api_post, WRITE, 0},
    {METHOD_POST, "/api/v1/closures/{closure}/withdraw", api_post, WRITE, 0},
    {METHOD_POST, "/api/v1/closures/{closure}/renew-secret", api_post, WRITE, 0},
    {METHOD_POST, "/api/v1/closures/{closure}/document", api_content, SEND, FILE_BYTES},
    {METHOD_GET, "/api/v1/refunds", api_get, READ, 0},
    {METHOD_GET, "/api/v1/refunds/{refund}", api_get, READ, 0},
    {METHOD_POST, "/api/v1/refunds/{refund}/correct", api_post, WRITE | ROUTE_NOBODY, 0},
    {METHOD_GET, "/api/v1/closures/{closure}/credit", api_get, READ, 0},
    {METHOD_POST, "/api/v1/closures/{closure}/credit", api_post, WRITE, 0},
    {METHOD_POST, "/api/v1/closures/{closure}/claim", api_post, WRITE | ROUTE_NOBODY, 0},
    {METHOD_GET, "/api/v1/effects", api_get, READ, 0},
    {METHOD_GET, "/api/v1/effects/{effect}", api_get, READ, 0},
    {METHOD_POST, "/api/v1/effects/{effect}/retry", api_post, WRITE, 0},
    {METHOD_POST, "/api/v1/sessions", api_post, OPEN, 0},
    {METHOD_POST, "/api/v1/sessions/refresh", api_post, OPEN, 0},
    {METHOD_GET, "/api/v1/sessions", api_get, READ, 0},
    {METHOD_POST, "/api/v1/sessions/end-all", api_post, WRITE, 0},
    {METHOD_POST, "/api/v1/sessions/current/step-up", api_post, WRITE, 0},
    {METHOD_POST, "/api/v1/sessions/current/end", api_post, WRITE, 0},
    {METHOD_GET, "/api/v1/sessions/{session}", api_get, READ, 0},
    {METHOD_POST, "/api/v1/sessions/{session}/end", api_post, WRITE, 0},
    {METHOD_GET, "/api/v1/account", api_get, READ, 0},
    {METHOD_POST, "/api/v1/account/password", api_post, WRITE, 0},
    {METHOD_POST, "/api/v1/lines/{line}/contacts", api_post, WRITE, 0},
    {METHOD_POST, "/api/v1/lines/{line}/contacts/remove", api_post, WRITE, 0},
    {METHOD_POST, "/api/v1/contacts/{challenge}/add", api_post, WRITE, 0},
    {METHOD_POST, "/api/v1/contacts/{challenge}/remove", api_post, WRITE, 0},
    {METHOD_POST, "/api/v1/registrations", api_post, OPEN, 0},
    {METHOD_POST, "/api/v1/registrations/without-sim", api_post, OPEN, 0},
    {METHOD_POST, "/api/v1/registrations/{challenge}/prove", api_post, OPEN, 0},
    {METHOD_POST, "/api/v1/registrations/{challenge}/contact", api_post, OPEN, 0},
    {METHOD_POST, "/api/v1/registrations/{challenge}/verify", api_post, OPEN, 0},
    {METHOD_POST, "/api/v1/registrations/{challenge}/resend", api_post, OPEN, 0},
    {METHOD_POST, "/api/v1/passwords", api_post, OPEN, 0},
    {METHOD_POST, "/api/v1/passwords/{challenge}/prove", api_post, OPEN, 0},
    {METHOD_POST, "/api/v1/passwords/{challenge}/reset", api_post, OPEN, 0},
    {METHOD_POST, "/api/v1/statuses", api_post, OPEN, 0},
    {METHOD_POST, "/api/v1/statuses/{challenge}/open", api_post, OPEN, 0},
    {METHOD_GET, "/api/v1/statuses/{reference}", api_status, READ | ROUTE_OPEN, 0},
    {METHOD_GET, "/api/v1/lines/{line}/transfers", api_get, READ, 0},
    {METHOD_POST, "/api/v1/lines/{line}/transfers", api_post, WRITE, 0},
    {METHOD_GET, "/api/v1/transfers/{transfer}", api_get, READ, 0},
    {METHOD_GET, "/api/v1/refund-statuses/{reference}", api_status, READ | ROUTE_OPEN, 0},
    {METHOD_GET, "/api/openapi.json", api_document, ROUTE_API | ROUTE_OPEN | ROUTE_ANY, 0},
    {0, NULL, NULL, 0, 0},
};

/* Side by side with the routes; the last route, the document's own, has none. */
static const struct endpoint endpoints[] = {
    {NULL, "operator", NULL, NULL, 200},
    {NULL, "lines", NULL, "A whole number in E.164 (its + is %2B in a query) or a whole ICCID",
     200},
    {NULL, "line", "line", NULL, 200},
    {NULL, "preview", "line", NULL, 200},
    {NULL, "suspension", "line", NULL, 200},
    {"line.suspend", "suspension", "line", NULL, 200},
    {"line.reactivate", "suspension", "line", NULL, 200},
    {NULL, "credit", "line", NULL, 200},
    {NULL, "movements", "line", NULL, 200},
    {"credit.top_up", "charge", "line", NULL, 200},
    {"credit.spend", "charge", "line", NULL, 200},
    {"credit.grant", "charge", "line", NULL, 200},
    {"mandate.add", "mandate", "line", NULL, 200},
    {"mandate.end", "mandate", "mandate", NULL, 200},
    {"closure.submit", "closure", NULL, NULL, 201},
    {NULL, "closures", NULL, "A whole reference, such as RO-7K3F-92QX", 200},
    {NULL, "closure", "closure", NULL, 200},
    {NULL, "certificate", "closure", NULL, 200},
    {"closure.resend", "closure", "closure", NULL, 200},
    {"closure.confirm", "closure", "closure", NULL, 200},
    {"closure.withdraw", "closure", "closure", NULL, 200},
    {"closure.renew_secret", "closure", "closure", NULL, 200},
    {"closure.document", "closure", "closure", NULL, 200},
    {NULL, "refunds", NULL, "A whole reference, such as RF-7K3F-92QX", 200},
    {NULL, "refund", "refund", NULL, 200},
    {"refund.correct", "refund", "refund", NULL, 200},
    {NULL, "settlement", "closure", NULL, 200},
    {"credit.choose", "settlement", "closure", NULL, 200},
    {"credit.claim", "settlement", "closure", NULL, 200},
    {NULL, "effects", NULL, "The id of a closure: the effects that belong to it", 200},
    {NULL, "effect", "effect", NULL, 200},
    {"effect.retry", "effect", "effect", NULL, 200},
    {"session.open_app", "tokens", NULL, NULL, 200},
    {"session.refresh", "tokens", NULL, NULL, 200},
    {NULL, "sessions", NULL, NULL, 200},
    {"session.close_all", "sessions", NULL, NULL, 200},
    {"session.step_up", "session", NULL, NULL, 200},
    {"session.close", "session", NULL, NULL, 200},
    {NULL, "session", "session", NULL, 200},
    {"session.end", "session", "session", NULL, 200},
    {NULL, "account", NULL, NULL, 200},
    {"password.change", "account", NULL, NULL, 200},
    {"contact.ask", "challenge", "line", NULL, 200},
    {"contact.ask_removal", "challenge", "line", NULL, 200},
    {"contact.add", "contact_id", "challenge", NULL, 200},
    {"contact.remove", "contact_id", "challenge", NULL, 200},
    {"registration.start", "challenge", NULL, NULL, 200},
    {"registration.claim", "challenge", NULL, NULL, 200},
    {"registration.prove", "challenge", "challenge", NULL, 200},
    {"registration.contact", "challenge", "challenge", NULL, 200},
    {"registration.verify", "account_id", "challenge", NULL, 200},
    {"registration.resend", "challenge", "challenge", NULL, 200},
    {"password.ask", "challenge", NULL, NULL, 200},
    {"password.prove", "challenge", "challenge", NULL, 200},
    {"password.reset", "account_id", "challenge", NULL, 200},
    {"status.ask", "challenge", NULL, NULL, 200},
    {"status.open", "closure", "challenge", NULL, 200},
    {NULL, "closure", "reference", NULL, 200},
    {NULL, "transferring", "line", NULL, 200},
    {"credit.transfer", "transfer", "line", NULL, 200},
    {NULL, "transfer", "transfer", NULL, 200},
    {NULL, "refund", "reference", NULL, 200},
};
enum { ENDPOINTS = sizeof endpoints / sizeof *endpoints };
_Static_assert(ENDPOINTS + 2 == sizeof api_routes / sizeof *api_routes,
               "each route of the API has its endpoint");

const struct endpoint *endpoint_at(size_t i) {
    return i < ENDPOINTS ? &endpoints[i] : NULL;
}

const struct route *endpoint_route(size_t i) {
    return i < ENDPOINTS ? &api_routes[i] : NULL;
}

uint32_t endpoint_who(size_t i) {
    const struct endpoint *endpoint = &endpoints[i];
    uint32_t who = view_of(endpoint->view)->who, flags = api_routes[i].flags;
    uint32_t doors = flags & ROUTE_OPEN ? ACTOR_ANONYMOUS : ACTOR_API | ACTOR_SUBSCRIBER;
    if (endpoint->verb)
        who &= verb_of(endpoint->verb)->who;
    if (flags & ROUTE_NOBODY)
        doors |= ACTOR_ANONYMOUS;
    return who & doors;
}
