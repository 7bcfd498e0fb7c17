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

bool where_check(const char *where, char why[256]) {
    char *message = NULL;
    const char *secret = NULL;
    PQconninfoOption *options =
        engine_of(where) == &postgres_engine ? PQconninfoParse(where, &message) : NULL;
    for (const PQconninfoOption *option = options; option && option->keyword; option++)
        if (is_secret(option))
            secret = option->keyword;
    if (!options)
        snprintf(why, 256,
                 "that is no connection string of PostgreSQL: write it as \"host=... dbname=... "
                 "user=...\" or as postgresql://...");
    else if (secret)
        snprintf(why, 256,
                 "no %s may stand in a connection string: write a passfile that only its owner may "
                 "read (host:port:database:user:password) and name it as passfile=...",
                 secret);
    PQconninfoFree(options);
    PQfreemem(message);
    return options && !secret;
}
