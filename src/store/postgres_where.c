#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

#include "store/engine.h"
#include "store/where.h"

/* An option whose value must not be shown is marked with a star by libpq itself. */
static bool is_secret(const PQconninfoOption *option) {
    return option->val && option->val[0] &&
           (strchr(option->dispchar, '*') || strcmp(option->keyword, "password") == 0);
}

/* On a replica nothing can be written, and a lease that is taken there is none: another server may
 * have one elsewhere. */
static bool leads_astray(const PQconninfoOption *option) {
    return strcmp(option->keyword, "target_session_attrs") == 0 && option->val && option->val[0] &&
           strcmp(option->val, "read-write") != 0 && strcmp(option->val, "primary") != 0;
}

bool where_check(const char *where, char why[256]) {
    char *message = NULL;
    const char *secret = NULL;
    bool astray = false;
    PQconninfoOption *options =
        engine_of(where) == &postgres_engine ? PQconninfoParse(where, &message) : NULL;
    for (const PQconninfoOption *option = options; option && option->keyword; option++) {
        if (is_secret(option))
            secret = option->keyword;
        astray |= leads_astray(option);
    }
    if (!options)
        snprintf(why, 256,
                 "that is no connection string of PostgreSQL: write it as \"host=... dbname=... "
                 "user=...\" or as postgresql://...");
    else if (secret)
        snprintf(why, 256,
                 "no %s may stand in a connection string: write a passfile that only its owner may "
                 "read (host:port:database:user:password) and name it as passfile=...",
                 secret);
    else if (astray)
        snprintf(
            why, 256,
            "target_session_attrs must be read-write: Ringoff reads and writes on the primary");
    PQconninfoFree(options);
    PQfreemem(message);
    return options && !secret && !astray;
}
