/* The command line of one table-made subcommand: its argp options out of a verb's field table, and
 * what was typed, as the JSON that the server takes. */
#ifndef RINGOFF_CLI_REMOTE_OPTIONS_H
#define RINGOFF_CLI_REMOTE_OPTIONS_H
#include <jansson.h>

#include "base/arena.h"
#include "cli/remote.h"

enum { REMOTE_FIELDS = 48 };

enum remote_option {
    REMOTE_OPERATOR = OPTION_OWN,
    REMOTE_KEY,
    REMOTE_API_KEY,
    REMOTE_NUMBER,
    REMOTE_ICCID,
    REMOTE_REFERENCE,
    REMOTE_SECRET,
    REMOTE_ID,
    REMOTE_AFTER,
    REMOTE_LIMIT,
    REMOTE_SEARCH,
    REMOTE_TO,
    REMOTE_FIELD, /* and one more for each field of the verb */
};

struct remote_line {
    const struct remote *remote;
    struct common common;
    struct arena arena;
    /* what was typed; NULL = nothing */
    const char *operator_code, *key, *api_key_file;
    const char *number, *iccid, *reference, *status_secret;
    const char *id, *after, *limit, *search;
    const char *to; /* the file to make, of a verb that answers with one */
    json_t *input;  /* the verb's fields */
    bool failed;    /* memory */
};

/* Reads the command line; false when it was wrong (it was said) or only help was asked for. The
 * caller closes it either way. */
bool remote_line_read(const struct remote *remote, int argc, char **argv, struct remote_line *line);
void remote_line_close(struct remote_line *line);
#endif
