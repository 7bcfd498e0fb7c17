/* What may stand as a PostgreSQL connection string in a settings file: one that libpq reads and
 * that holds no secret. A password belongs into a passfile, which only its owner may read; settings
 * files are copied from server to server and shown to people. */
#ifndef RINGOFF_WHERE_H
#define RINGOFF_WHERE_H
#include <stdbool.h>

/* False with a sentence in why (nothing of the string stands in it). */
bool where_check(const char *where, char why[256]);
#endif
