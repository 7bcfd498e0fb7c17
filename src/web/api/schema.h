/* JSON Schema (2020-12, as OpenAPI 3.1 has it) from field tables.
 * Every object names all its properties and allows no others. */
#ifndef RINGOFF_API_SCHEMA_H
#define RINGOFF_API_SCHEMA_H
#include <jansson.h>

#include "store/verb.h"
#include "views/view.h"

/* Of a verb's input, without the member `leave_out` (it stands in the path; may be NULL). */
json_t *schema_of_input(const struct verb *verb, const char *leave_out);
/* Of what a view shows: one object, or a page of them. */
json_t *schema_of_view(const struct view *view);
/* Of an id: a text of digits, since JavaScript loses digits past 2^53. */
json_t *schema_of_id(void);
/* Of a problem (RFC 9457): its codes are those of all refusals. */
json_t *schema_of_problem(void);
#endif
