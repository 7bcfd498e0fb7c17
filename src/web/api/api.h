/* The door for programs: REST over the verbs and views, for integrators with API keys and for the
 * operator's app with a subscriber's tokens (bearer.h).
 * Problems are RFC 9457 with the refusal's code, commands carry an Idempotency-Key, answers an
 * ETag, lists a cursor. Whatever it answers stands in the OpenAPI document (openapi.h). */
#ifndef RINGOFF_API_H
#define RINGOFF_API_H
#include "rules/refusal.h"
#include "web/request.h"

/* The header in which who has no account gives the status secret: never in a path or a query. */
#define STATUS_HEADER "Status-Secret"

enum { API_KEY_SHORTEST = 8, API_KEY_LONGEST = 70 }; /* bytes of an Idempotency-Key */

/* Handlers of api_routes (endpoint.h). */
void api_get(struct request *request);
/* GET of a certificate: a PDF. */
void api_certificate(struct request *request);
void api_post(struct request *request);
void api_status(struct request *request);
/* The same for a verb that takes a file: the body is the file. */
void api_content(struct request *request);
void api_document(struct request *request);
#endif
