/* What the files of the SQLite engine share: the connection and how it is opened.
 * Only src/store/sqlite*.c includes this. */
#ifndef RINGOFF_SQLITE_H
#define RINGOFF_SQLITE_H
#include <sqlite3.h>

#include "store/engine.h"

struct store {
    sqlite3 *db;
    sqlite3_stmt *prepared[STATEMENT_COUNT];
    struct secrets secrets;
    sqlite3_stmt *together[2]; /* what ends and what begins reading together */
    int lock;                  /* file descriptor that holds the writer's lock, or -1 */
    char why[256];
};

/* The migrations in order; user_version is how many of them a database has had. */
extern const char *const sqlite_migrations[];
extern const int sqlite_migration_count;

/* engine.prepare, open and close for SQLite, see store/engine.h. */
bool sqlite_store_prepare(const char *where, const struct secrets *secrets, bool demo,
                          char why[256]);
struct store *sqlite_store_open(const char *where, const struct secrets *secrets, bool reading,
                                char why[256]);
void sqlite_store_close(struct store *store);
/* Runs one statement that writes; exactly one row must change. */
enum store_result sqlite_change(struct store *store, const struct change *change);
/* Runs SQL without parameters; false with the reason in store->why. */
bool sqlite_run(struct store *store, const char *sql);
#endif
