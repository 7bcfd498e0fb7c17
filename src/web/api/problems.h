/* Which refusals an endpoint can answer, and under which status: the general ones that every
 * request can meet, those of commands, and those that the verb's own table lists. The OpenAPI
 * document says them, and the tests let pass no other. */
#ifndef RINGOFF_API_PROBLEMS_H
#define RINGOFF_API_PROBLEMS_H
#include <jansson.h>

#include "rules/refusal.h"
#include "web/api/endpoint.h"

enum { PROBLEMS = 48 };

struct problem {
    enum refusal refusal;
    int status; /* its own, or another where the request was not even read to the end */
    bool kept;  /* decided: the idempotency key remembers it */
};

/* Fills problems, each (refusal, status) once; how many there are. */
size_t problems_of(const struct endpoint *endpoint, struct problem problems[PROBLEMS]);
/* The name of its example: the code, with the status where that is not its own. */
void problem_name(const struct problem *problem, char *name, size_t size);
/* {summary, value}: the problem as it is answered, in English; a new reference. */
json_t *problem_example(const struct problem *problem);
#endif
