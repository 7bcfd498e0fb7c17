/* The terminal's end of the Unix socket: one request to the running server and its JSON answer.
 * The server knows who asks from the kernel, so nothing is sent that could be stolen; an
 * integrator's key is read from a file and never from the command line. */
#ifndef RINGOFF_CLI_CLIENT_H
#define RINGOFF_CLI_CLIENT_H
#include <jansson.h>

#include "base/buffer.h"
#include "cli/command.h"

struct ask {
    const char *socket; /* path */
    const char *path;   /* "/verb/closure.withdraw", "/view/lines?limit=3" */
    const char *operator_code, *key, *status_secret, *api_key_file; /* NULL: none */
    json_t *body; /* NULL: GET; else POST; stays the caller's */
};
struct answer {
    enum exit_code code;
    int status;   /* HTTP, 0 when there was none */
    json_t *json; /* NULL or the caller's */
    /* What is no JSON: a file, and its media type; client_answer_close wipes it. */
    struct buffer bytes;
    char media[40];
    char why[512];    /* a sentence when code is not EXIT_DONE */
    char refusal[64]; /* its stable code, or "" */
    char field[64];   /* the input's name, or "" */
};

/* Asks and waits for the answer, two minutes at most. */
void client_ask(const struct ask *ask, struct answer *answer);
/* Frees what the answer holds. */
void client_answer_close(struct answer *answer);
/* Adds "name=value" to a path being made, percent-encoded; first tells whether ? is due. False when
 * the path is full. */
bool client_query(char *path, size_t size, const char *name, const char *value);
#endif
