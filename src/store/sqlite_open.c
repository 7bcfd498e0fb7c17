#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/sqlite.h"

enum { APPLICATION = 0x52696e67, BUSY_MS = 5000 }; /* "Ring" */

/* Every setting is set and read back: a typo in a pragma is silently ignored (facts.md, section 6).
 * Temporary files would hold clear text, so there are none. The writer's pages are kept in memory
 * (KiB): else a batch spills into the log and is read back; and a checkpoint (pages) is not made at
 * every commit. */
static const struct setting {
    const char *set, *get, *value;
    bool writing; /* for the writer only */
} settings[] = {
    {"PRAGMA journal_mode = WAL", "PRAGMA journal_mode", "wal", false},
    {"PRAGMA synchronous = FULL", "PRAGMA synchronous", "2", false},
    {"PRAGMA foreign_keys = ON", "PRAGMA foreign_keys", "1", false},
    {"PRAGMA temp_store = MEMORY", "PRAGMA temp_store", "2", false},
    {"PRAGMA secure_delete = ON", "PRAGMA secure_delete", "1", false},
    {"PRAGMA trusted_schema = OFF", "PRAGMA trusted_schema", "0", false},
    {"PRAGMA cell_size_check = ON", "PRAGMA cell_size_check", "1", false},
    {"PRAGMA cache_size = -32768", "PRAGMA cache_size", "-32768", true},
    {"PRAGMA wal_autocheckpoint = 8192", "PRAGMA wal_autocheckpoint", "8192", true},
};

bool sqlite_run(struct store *store, const char *sql) {
    char *message = NULL;
    if (sqlite3_exec(store->db, sql, NULL, NULL, &message) == SQLITE_OK)
        return true;
    snprintf(store->why, sizeof store->why, "%s", message ? message : "out of memory");
    sqlite3_free(message);
    return false;
}

/* The first column of the first row, as text. */
static bool ask(struct store *store, const char *sql, char answer[64]) {
    sqlite3_stmt *s = NULL;
    bool found = sqlite3_prepare_v2(store->db, sql, -1, &s, NULL) == SQLITE_OK &&
                 sqlite3_step(s) == SQLITE_ROW && sqlite3_column_text(s, 0);
    if (found)
        snprintf(answer, 64, "%s", (const char *)sqlite3_column_text(s, 0));
    sqlite3_finalize(s);
    if (!found)
        snprintf(store->why, sizeof store->why, "%s: %s", sql, sqlite3_errmsg(store->db));
    return found;
}

static bool settings_apply(struct store *store, bool reading) {
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        char answer[64];
        if (settings[i].writing && reading)
            continue;
        bool mode = i == 0; /* the journal mode belongs to the file: a reader only looks */
        if ((!(mode && reading) && !sqlite_run(store, settings[i].set)) ||
            !ask(store, settings[i].get, answer))
            return false;
        if (strcmp(answer, settings[i].value) != 0) {
            snprintf(store->why, sizeof store->why, "%s reads back as %s", settings[i].set, answer);
            return false;
        }
    }
    return true;
}

static bool version_fits(struct store *store) {
    char answer[64];
    if (!ask(store, "PRAGMA user_version", answer))
        return false;
    long version = strtol(answer, NULL, 10);
    if (version == sqlite_migration_count)
        return true;
    snprintf(store->why, sizeof store->why,
             version > sqlite_migration_count
                 ? "the database is newer (schema %ld) than this program (schema %d)"
                 : "the database has schema %ld and needs to be brought to %d: run ringoff init",
             version, sqlite_migration_count);
    return false;
}

static bool key_fits(struct store *store) {
    struct installation installation = {0};
    bool fits = installation_read(&sqlite_engine, store, &installation) &&
                memcmp(installation.fingerprint, store->secrets.fingerprint,
                       sizeof installation.fingerprint) == 0;
    if (!fits)
        snprintf(store->why, sizeof store->why, "the key file is not the one of this database");
    return fits;
}

/* SQLite opens a file that it may not write all the same, and only reads it. */
static bool writable(struct store *store) {
    if (sqlite3_db_readonly(store->db, "main") == 0)
        return true;
    snprintf(store->why, sizeof store->why, "the database file may not be written");
    return false;
}

/* One writer: a second server on the same file would not see the first one's journal head. */
static bool writer_lock(struct store *store, const char *where) {
    char path[4096];
    snprintf(path, sizeof path, "%s.writer", where);
    store->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (store->lock >= 0 && flock(store->lock, LOCK_EX | LOCK_NB) == 0)
        return true;
    snprintf(store->why, sizeof store->why, "%.160s: %s", path,
             errno == EWOULDBLOCK ? "another ringoff is writing to this database"
                                  : strerror(errno));
    return false;
}

static struct store *raw_open(const char *where, const struct secrets *secrets, int flags,
                              char why[256]) {
    struct store *store = calloc(1, sizeof *store);
    if (!store) {
        snprintf(why, 256, "out of memory");
        return NULL;
    }
    store->lock = -1;
    store->secrets = *secrets;
    if (sqlite3_open_v2(where, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK) {
        sqlite3_extended_result_codes(store->db, 1);
        sqlite3_busy_timeout(store->db, BUSY_MS);
        return store;
    }
    snprintf(why, 256, "%s: %s", where, sqlite3_errmsg(store->db));
    sqlite_store_close(store);
    return NULL;
}

struct store *sqlite_store_open(const char *where, const struct secrets *secrets, bool reading,
                                char why[256]) {
    int flags = reading ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    struct store *store = raw_open(where, secrets, flags, why);
    if (!store)
        return NULL;
    if ((reading || (writable(store) && writer_lock(store, where))) &&
        settings_apply(store, reading) && version_fits(store) && key_fits(store))
        return store;
    snprintf(why, 256, "%s", store->why);
    sqlite_store_close(store);
    return NULL;
}

void sqlite_store_close(struct store *store) {
    if (!store)
        return;
    for (int i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(store->prepared[i]);
    sqlite3_finalize(store->together[0]);
    sqlite3_finalize(store->together[1]);
    sqlite3_close(store->db);
    if (store->lock >= 0)
        close(store->lock);
    explicit_bzero(store, sizeof *store);
    free(store);
}

static bool installation_add(struct store *store, bool demo) {
    struct installation row = {.id = 1, .demo = demo};
    struct change change = {.statement = INSTALLATION_ADD, .row = &row};
    memcpy(row.fingerprint, store->secrets.fingerprint, sizeof row.fingerprint);
    return sqlite_change(store, &change) == STORE_OK;
}

/* One migration a transaction: it is there whole or not at all. */
static bool migrate(struct store *store, bool demo) {
    char answer[64], set[128];
    if (!ask(store, "PRAGMA user_version", answer))
        return false;
    long version = strtol(answer, NULL, 10);
    if (version > sqlite_migration_count)
        return version_fits(store);
    for (long i = version; i < sqlite_migration_count; i++) {
        snprintf(set, sizeof set, "PRAGMA user_version = %ld; PRAGMA application_id = %d", i + 1,
                 APPLICATION);
        bool done = sqlite_run(store, "BEGIN IMMEDIATE") &&
                    sqlite_run(store, sqlite_migrations[i]) &&
                    (i > 0 || installation_add(store, demo)) && sqlite_run(store, set) &&
                    sqlite_run(store, "COMMIT");
        if (!done) {
            sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
            return false;
        }
    }
    return true;
}

bool sqlite_store_prepare(const char *where, const struct secrets *secrets, bool demo,
                          char why[256]) {
    int old = open(where, O_RDWR | O_CREAT | O_CLOEXEC, 0600); /* nobody else reads it */
    if (old < 0) {
        snprintf(why, 256, "%s: %s", where, strerror(errno));
        return false;
    }
    close(old);
    struct store *store = raw_open(where, secrets, SQLITE_OPEN_READWRITE, why);
    if (!store)
        return false;
    bool good = writable(store) && writer_lock(store, where) && settings_apply(store, false) &&
                migrate(store, demo) && key_fits(store);
    if (!good)
        snprintf(why, 256, "%s", store->why);
    sqlite_store_close(store);
    return good;
}
