/* Who asks over REST: an integrator by an API key, or a subscriber by the access token of an app.
 * Both stand in "Authorization: Bearer ..." and are told apart by how they begin. Cookies are not
 * looked at. An API key that was good may be known from an earlier request (and is read again along
 * with what is shown or decided by it); an access token is read for every request. */
#ifndef RINGOFF_API_BEARER_H
#define RINGOFF_API_BEARER_H
#include "rules/refusal.h"
#include "web/request.h"

/* Sets request->actor, and of a subscriber request->session. REFUSED_NOT_SIGNED_IN, one answer for
 * all that does not count: no header (unless the route is ROUTE_NOBODY: then nobody asks), a key or
 * token that is unknown, revoked, another operator's or has ended, and a refresh token, which is
 * for POST /api/v1/sessions/refresh only. REFUSED_BUSY when it cannot be looked up. */
enum refusal api_actor(struct request *request);
/* Whoever is refused or shown something by a key that was not read for this request: is it good?
 * Reads it when that was not done along with something else. ACCEPTED for everybody else. */
enum refusal bearer_check(struct request *request);
#endif
