/* Pages and refusals: from JSON data and a template to a response.
 * page_render adds what every page has: language, links to the other languages, operator, base,
 * hidden form fields, who is signed in. A refusal becomes a page for people and a problem
 * (RFC 9457) for machines, from the same code and sentence. */
#ifndef RINGOFF_WEB_PAGE_H
#define RINGOFF_WEB_PAGE_H
#include <jansson.h>

#include "rules/refusal.h"
#include "web/request.h"

/* Renders a template with data (an object; its reference is taken over; NULL = empty) in the
 * request's language. Added, unless data has them: `language` (BCP 47), `tongues` (list of {tag,
 * name, url, current}), `operator` {code, name}, `base`, `path`, `url`, `form` (the hidden token),
 * `key` (a new idempotency key), `signed_in`, `demo`, `hotline` {number, tel, hours}, `base_path`
 * (base, for addresses), `policy` (see present_policy). */
void page_render(struct request *request, int status, const char *name, json_t *data);
/* The page of a refusal (template "refusal.html" with `code`, `title`, `sentence`, `detail`,
 * `retry`; built in when there is none). detail is a translated sentence or NULL, never what the
 * client sent. A route with ROUTE_API, ROUTE_JSON or the terminal gets a problem instead. The
 * status is the refusal's. */
void page_refuse(struct request *request, enum refusal refusal, const char *detail);
/* application/problem+json {type, title, status, detail, code, field?, instance?}; field is the
 * input's name or NULL. */
void api_refuse(struct request *request, enum refusal refusal, const char *field,
                const char *detail);
/* The title and sentence of a refusal in the request's language. */
const char *refusal_title(const struct request *request, enum refusal refusal);
const char *refusal_sentence(const struct request *request, enum refusal refusal);
#endif
