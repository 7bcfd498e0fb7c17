#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/postgres.h"
#include "store/where.h"

enum { WORDS = 64, RETRY_MS = 200, MIGRATION_MS = 60 * 60 * POSTGRES_SECOND };

/* Held while a schema is made or brought up: "Ringoff" in bytes. */
#define PREPARE_LOCK "23204280087471718"

/* The chains and the lease are advisory locks of the session, named by our table's number, so that
 * two installations in one cluster do not meet. */
#define LOCK_SPACE "'installation'::regclass::oid::integer"
/* A process number alone may belong to somebody else by now. */
#define SESSION_OF                                                                                 \
    "(extract(epoch FROM backend_start)::bigint << 22 | pg_stat_activity.pid::bigint)"

/* What the connection string leaves open. */
static const struct option {
    const char *name, *value;
} options[] = {
    {"target_session_attrs", "read-write"},
    {"connect_timeout", "5"},
    {"client_encoding", "UTF8"},
    {"fallback_application_name", "ringoff"},
    {"keepalives_idle", "10"},
    {"keepalives_interval", "5"},
    {"keepalives_count", "3"},
    {"tcp_user_timeout", "15000"},
};

static void quiet(void *owner, const PGresult *notice) {
    (void)owner;
    (void)notice;
}

static bool is_given(const PQconninfoOption *given, const char *name) {
    for (; given->keyword; given++)
        if (strcmp(given->keyword, name) == 0)
            return given->val && given->val[0];
    return false;
}

/* The server's words in one line, without libpq's hints, which are lines with a tab in front. A
 * database that is missing is the commonest of them. */
static void refusal_keep(struct store *store) {
    const char *said = PQerrorMessage(store->link);
    bool missing = strstr(said, "database \"") && strstr(said, "does not exist");
    size_t length = 0;
    while (*said && length + 32 < sizeof store->why) {
        size_t line = strcspn(said, "\n");
        if (*said != '\t')
            length += (size_t)snprintf(store->why + length, sizeof store->why - 32 - length,
                                       "%s%.*s", length ? "; " : "", (int)line, said);
        said += line + (said[line] == '\n');
    }
    if (missing)
        snprintf(store->why + strlen(store->why), 32, ": create it with createdb");
}

/* Each host has connect_timeout; libpq tries them one after the other. */
static bool link_open(struct store *store) {
    const char *names[WORDS], *values[WORDS];
    size_t count = 0;
    PQconninfoOption *given =
        where_check(store->where, store->why) ? PQconninfoParse(store->where, NULL) : NULL;
    if (!given)
        return false;
    for (const PQconninfoOption *one = given; one->keyword && count < WORDS / 2; one++)
        if (one->val && one->val[0]) {
            names[count] = one->keyword;
            values[count++] = one->val;
        }
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (!is_given(given, options[i].name)) {
            names[count] = options[i].name;
            values[count++] = options[i].value;
        }
    names[count] = values[count] = NULL;
    PQfinish(store->link);
    store->link = PQconnectdbParams(names, values, 0);
    PQconninfoFree(given);
    if (PQstatus(store->link) != CONNECTION_OK) {
        refusal_keep(store);
        PQfinish(store->link);
        store->link = NULL;
        return false;
    }
    PQsetErrorVerbosity(store->link, PQERRORS_TERSE);
    PQsetErrorContextVisibility(store->link, PQSHOW_CONTEXT_NEVER);
    PQsetNoticeReceiver(store->link, quiet, NULL);
    memset(store->ready, READY_NOT, sizeof store->ready);
    store->lost = store->begun = store->leasing = false;
    store->connections++;
    return PQsetnonblocking(store->link, 1) == 0 && postgres_setup(store);
}

/* One number; false when it cannot be asked, or there is no row. */
static bool number_ask(struct store *store, const char *sql, int count, const char *const *values,
                       int64_t *number) {
    PGresult *answer = postgres_ask(store, POSTGRES_SETUP_MS, sql, count, values);
    bool found = answer && PQntuples(answer) == 1 && !PQgetisnull(answer, 0, 0);
    if (found)
        *number = strtoll(PQgetvalue(answer, 0, 0), NULL, 10);
    else if (answer)
        snprintf(store->why, sizeof store->why, "a row of the database's own is missing");
    PQclear(answer);
    return found;
}

/* How many migrations the database has had; 0 when it is none of ours. */
static bool version_read(struct store *store, int64_t *version) {
    int64_t there = 0;
    *version = 0;
    return number_ask(store, "SELECT (to_regclass('schema_version') IS NOT NULL)::integer", 0, NULL,
                      &there) &&
           (!there || number_ask(store, "SELECT version FROM schema_version", 0, NULL, version));
}

static bool version_fits(struct store *store) {
    int64_t version;
    if (!version_read(store, &version))
        return false;
    if (version == postgres_migration_count)
        return true;
    if (version == 0)
        snprintf(store->why, sizeof store->why,
                 "the database holds no installation of Ringoff: run ringoff init");
    else
        snprintf(store->why, sizeof store->why,
                 version > postgres_migration_count
                     ? "the database is newer (schema %ld) than this program (schema %d)"
                     : "the database has schema %ld and needs to be brought to %d: run ringoff "
                       "init",
                 (long)version, postgres_migration_count);
    return false;
}

static bool installation_fits(struct store *store) {
    struct installation row = {0};
    bool read = installation_read(&postgres_engine, store, &row);
    bool fits =
        read && memcmp(row.fingerprint, store->secrets.fingerprint, sizeof row.fingerprint) == 0;
    if (!fits && !store->lost)
        snprintf(store->why, sizeof store->why, "the key file is not the one of this database");
    return fits && postgres_durable(store, row.demo);
}

/* The first chain that nobody has is ours until the connection ends. */
static bool chain_take(struct store *store) {
    int64_t chain;
    char last[16];
    snprintf(last, sizeof last, "%d", CHAINS - 1);
    if (!number_ask(store,
                    "SELECT " SESSION_OF " FROM pg_stat_activity WHERE pid = pg_backend_pid()", 0,
                    NULL, &store->session))
        return false;
    if (!number_ask(store,
                    "SELECT chain FROM generate_series(0, $1::integer) AS chain WHERE "
                    "pg_try_advisory_lock(" LOCK_SPACE ", chain) LIMIT 1",
                    1, (const char *const[]){last}, &chain)) {
        if (!store->lost)
            snprintf(store->why, sizeof store->why,
                     "all %d chains of the journal are in use: too many committers", CHAINS);
        return false;
    }
    assert(chain >= 0 && chain < CHAINS);
    store->chain = (int)chain;
    return true;
}

static bool store_connect(struct store *store) {
    return link_open(store) && version_fits(store) && PQenterPipelineMode(store->link) == 1 &&
           installation_fits(store) && (store->reading || chain_take(store));
}

static struct store *store_make(const char *where, const struct secrets *secrets, bool reading,
                                char why[256]) {
    struct store *store = calloc(1, sizeof *store);
    if (store && !(store->where = strdup(where))) {
        free(store);
        store = NULL;
    }
    if (!store) {
        snprintf(why, 256, "out of memory");
        return NULL;
    }
    store->secrets = *secrets;
    store->reading = reading;
    arena_open(&store->arena, POSTGRES_MEMORY);
    return store;
}

struct store *postgres_store_open(const char *where, const struct secrets *secrets, bool reading,
                                  char why[256]) {
    struct store *store = store_make(where, secrets, reading, why);
    if (!store || store_connect(store))
        return store;
    snprintf(why, 256, "%s", store->why);
    postgres_store_close(store);
    return NULL;
}

/* Requests that come while the database is away do not each wait for it to be tried again. */
bool postgres_reconnect(struct store *store) {
    if (clock_steady() < store->retry_at)
        return false;
    if (store_connect(store))
        return true;
    PQfinish(store->link);
    store->link = NULL;
    store->lost = true;
    store->retry_at = clock_steady() + RETRY_MS;
    return false;
}

void postgres_store_close(struct store *store) {
    if (!store)
        return;
    PQfinish(store->link);
    arena_close(&store->arena);
    free(store->steps);
    free(store->where);
    explicit_bzero(store, sizeof *store);
    free(store);
}

bool postgres_over(struct store *store, int chain, int64_t session) {
    char lock[16], was[32];
    snprintf(lock, sizeof lock, "%d", chain);
    snprintf(was, sizeof was, "%lld", (long long)session);
    PGresult *left = postgres_ask(
        store, POSTGRES_SETUP_MS,
        "SELECT pg_terminate_backend(pg_locks.pid) FROM pg_locks LEFT JOIN pg_stat_activity ON "
        "pg_stat_activity.pid = pg_locks.pid WHERE locktype = 'advisory' AND database = (SELECT "
        "oid FROM pg_database WHERE datname = current_database()) AND "
        "classid = 'installation'::regclass AND objid::bigint = $1::bigint AND objsubid = 2 AND "
        "granted AND coalesce(" SESSION_OF ", $2::bigint) = $2::bigint",
        2, (const char *const[]){lock, was});
    bool over = left && PQntuples(left) == 0;
    PQclear(left);
    if (!over)
        return false;
    /* A commit that waited for a synchronous standby is seen here as soon as its session was ended:
     * one of our own, which comes after it, is answered only when the standby has both. */
    left = postgres_ask(store, POSTGRES_SETUP_MS,
                        "SELECT pg_logical_emit_message(true, 'ringoff', 'settled')", 0, NULL);
    over = left && PQntuples(left) == 1;
    PQclear(left);
    return over;
}

static bool lease_take(struct store *store) {
    int64_t taken = 0;
    char lock[16];
    snprintf(lock, sizeof lock, "%d", POSTGRES_LEASE);
    PGresult *set =
        postgres_ask(store, POSTGRES_SETUP_MS,
                     "SELECT set_config('idle_session_timeout', '15s', false)", 0, NULL);
    PQclear(set);
    store->leasing =
        set &&
        number_ask(store, "SELECT pg_try_advisory_lock(" LOCK_SPACE ", $1::integer)::integer", 1,
                   (const char *const[]){lock}, &taken) &&
        taken == 1;
    return store->leasing;
}

/* A server that hangs does not ask any more: the database ends its connection, and so its lease. */
bool postgres_lease(struct store *store) {
    assert(!store->begun);
    if (store->link && store->leasing) {
        PGresult *alive = postgres_ask(store, POSTGRES_SETUP_MS, "SELECT 1", 0, NULL);
        PQclear(alive);
        if (alive)
            return true;
    }
    if (!store->link && !postgres_reconnect(store))
        return false;
    return lease_take(store) || (!store->link && postgres_reconnect(store) && lease_take(store));
}

static bool installation_add(struct store *store, bool demo) {
    struct installation row = {.id = 1, .demo = demo};
    const void *rows[] = {&row};
    const struct statement *about = statement_of(INSTALLATION_ADD);
    struct parameters given;
    memcpy(row.fingerprint, store->secrets.fingerprint, sizeof row.fingerprint);
    if (!postgres_parameters(store, about, rows, 1, false, &given) ||
        !PQsendQueryParams(store->link, about->sql, given.count, given.types, given.values,
                           given.lengths, given.formats, 1)) {
        snprintf(store->why, sizeof store->why, "the installation's row cannot be sent");
        return false;
    }
    return postgres_answered(store, POSTGRES_SETUP_MS, about->name);
}

/* One migration a transaction: it is there whole or not at all. */
static bool migrate(struct store *store, bool demo) {
    int64_t version, locked;
    char set[96];
    if (!number_ask(store, "SELECT 1 FROM pg_advisory_lock(" PREPARE_LOCK ")", 0, NULL, &locked)) {
        if (!store->lost) /* lock_timeout */
            snprintf(store->why, sizeof store->why, "another ringoff init is at this database");
        return false;
    }
    if (!version_read(store, &version))
        return false;
    if (version > postgres_migration_count)
        return version_fits(store);
    for (int64_t i = version; i < postgres_migration_count; i++) {
        snprintf(set, sizeof set, "UPDATE schema_version SET version = %lld", (long long)i + 1);
        bool done = postgres_run(store, POSTGRES_SETUP_MS, "BEGIN") &&
                    postgres_run(store, POSTGRES_SETUP_MS, "SET LOCAL statement_timeout = 0") &&
                    postgres_run(store, MIGRATION_MS, postgres_migrations[i]) &&
                    (i > 0 || installation_add(store, demo)) &&
                    postgres_run(store, POSTGRES_SETUP_MS, set) &&
                    postgres_run(store, POSTGRES_SETUP_MS, "COMMIT");
        if (!done)
            return false; /* closing the connection rolls back */
    }
    return true;
}

bool postgres_store_prepare(const char *where, const struct secrets *secrets, bool demo,
                            char why[256]) {
    struct store *store = store_make(where, secrets, false, why);
    if (!store)
        return false;
    bool good = link_open(store) && postgres_durable(store, demo) && migrate(store, demo) &&
                PQenterPipelineMode(store->link) == 1 && installation_fits(store);
    if (!good)
        snprintf(why, 256, "%s", store->why);
    postgres_store_close(store);
    return good;
}
