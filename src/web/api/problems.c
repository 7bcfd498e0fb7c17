#include "web/api/problems.h"

#include <assert.h>
#include <stdio.h>

/* Not well-formed is another thing than a field that does not fit: 400 and 422. */
static const struct problem always[] = {
    {REFUSED_INPUT, 400, false},       {REFUSED_NOT_SIGNED_IN, 401, false},
    {REFUSED_NOT_ALLOWED, 403, false}, {REFUSED_NOT_FOUND, 404, false},
    {REFUSED_TOO_LARGE, 413, false},   {REFUSED_TOO_LARGE, 414, false},
    {REFUSED_INPUT, 422, false},       {REFUSED_TOO_LARGE, 431, false},
    {REFUSED_BROKEN, 500, false},      {REFUSED_BUSY, 503, false},
};
static const struct problem of_commands[] = {
    {REFUSED_KEY_MISSING, 400, false},
    {REFUSED_KEY_REUSED, 422, false},
    {REFUSED_ERASED, 410, true},
};

static void add(struct problem problems[PROBLEMS], size_t *count, struct problem problem) {
    for (size_t i = 0; i < *count; i++)
        if (problems[i].refusal == problem.refusal && problems[i].status == problem.status) {
            problems[i].kept |= problem.kept;
            return;
        }
    assert(*count < PROBLEMS);
    problems[(*count)++] = problem;
}

size_t problems_of(const struct endpoint *endpoint, struct problem problems[PROBLEMS]) {
    size_t count = 0;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        add(problems, &count, always[i]);
    if (!endpoint->verb)
        return count;
    for (size_t i = 0; i < sizeof of_commands / sizeof *of_commands; i++)
        add(problems, &count, of_commands[i]);
    const enum refusal *refusal = verb_of(endpoint->verb)->refusals;
    for (; refusal && *refusal != ACCEPTED; refusal++)
        add(problems, &count, (struct problem){*refusal, refusal_about(*refusal)->status, true});
    return count;
}

void problem_name(const struct problem *problem, char *name, size_t size) {
    const struct refusal_about *about = refusal_about(problem->refusal);
    if (about->status == problem->status)
        snprintf(name, size, "%s", about->code);
    else
        snprintf(name, size, "%s_%d", about->code, problem->status);
}

json_t *problem_example(const struct problem *problem) {
    const struct refusal_about *about = refusal_about(problem->refusal);
    char type[96];
    snprintf(type, sizeof type, "urn:ringoff:refusal:%s", about->code);
    return json_pack("{s:s,s:{s:s,s:s,s:i,s:s,s:s}}", "summary", about->title, "value", "type",
                     type, "title", about->title, "status", problem->status, "detail",
                     about->sentence, "code", about->code);
}
