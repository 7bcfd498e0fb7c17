/* The OpenAPI 3.1 document, made from the tables of endpoints, verbs, views and refusals.
 * Nothing is written by hand that a table knows, so that it cannot say something else than the
 * server does; the tests validate every response against it. */
#ifndef RINGOFF_OPENAPI_H
#define RINGOFF_OPENAPI_H
#include <jansson.h>

/* The whole document; a new reference, NULL when memory is out. */
json_t *openapi_make(void);
#endif
