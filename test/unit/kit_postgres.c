#include <ctype.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kit_place.h"

enum {
    SQL_BYTES = 65536,
    SETTLE_TRIES = 10000,
    OID_BOOL = 16,
    OID_BYTES = 17,
    OID_BIGINT = 20,
    OID_TEXT = 25
};

/* Databases and connections are dear here: making one database costs as much as most tests. So a
 * program makes one with the schema, which is put back for each kit to what it was, and one
 * connection to it and one to the cluster are kept and used under the lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static PGconn *cluster, *database;
static char shared[64];
static bool shared_used;

/* Everything of the schema as it is when the database was made, and putting it back. */
static const char keep[] =
    "CREATE SCHEMA kept; DO $$ DECLARE t text; BEGIN "
    "FOR t IN SELECT quote_ident(relname) FROM pg_class WHERE relnamespace = "
    "'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition LOOP "
    "EXECUTE format('CREATE TABLE kept.%1$s AS TABLE public.%1$s', t); END LOOP; END $$";
static const char put_back[] =
    "DO $$ DECLARE t text; BEGIN "
    "SET LOCAL session_replication_role = replica; " /* what is only ever added to goes too */
    "FOR t IN SELECT quote_ident(relname) FROM pg_class WHERE relnamespace = "
    "'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND "
    "to_regclass('kept.' || quote_ident(relname)) IS NULL LOOP "
    "EXECUTE 'DROP TABLE public.' || t; END LOOP; "
    "EXECUTE (SELECT 'TRUNCATE ' || string_agg('public.' || quote_ident(relname), ', ') FROM "
    "pg_class WHERE relnamespace = 'kept'::regnamespace AND relkind = 'r'); "
    "FOR t IN SELECT quote_ident(relname) FROM pg_class WHERE relnamespace = "
    "'kept'::regnamespace AND relkind = 'r' LOOP "
    "EXECUTE format('INSERT INTO public.%1$s SELECT * FROM kept.%1$s', t); END LOOP; END $$";

static _Noreturn void place_fail(PGconn *connection, const char *sql) {
    fprintf(stderr, "%s: %s\n", sql, PQerrorMessage(connection));
    abort();
}

static PGconn *connect_to(const char *where) {
    PGconn *connection = PQconnectdb(where);
    if (PQstatus(connection) != CONNECTION_OK)
        place_fail(connection, where);
    PQclear(PQexec(connection, "SET client_min_messages = warning"));
    return connection;
}

/* Runs what gives no rows, or rows; the caller clears the result. */
static PGresult *run(PGconn *connection, const char *sql) {
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        place_fail(connection, sql);
    return result;
}

static void cluster_run(const char *sql) {
    if (!cluster)
        cluster = connect_to(getenv("RINGOFF_TEST_POSTGRES"));
    PQclear(run(cluster, sql));
}

static void database_create(const char *name) {
    char sql[256];
    snprintf(sql, sizeof sql, "CREATE DATABASE %s", name);
    cluster_run(sql);
}

static void database_drop(const char *name) {
    char sql[256];
    snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s WITH (FORCE)", name);
    cluster_run(sql);
}

static void where_of(const char *name, char where[512]) {
    int length = snprintf(where, 512, "%s dbname=%s", getenv("RINGOFF_TEST_POSTGRES"), name);
    if (length < 0 || length >= 512)
        abort();
}

static void shared_remove(void) {
    PQfinish(database);
    database_drop(shared);
    PQfinish(cluster);
}

static void shared_make(struct kit *kit) {
    char why[256] = "";
    snprintf(shared, sizeof shared, "ringoff_test_%ld", (long)getpid());
    where_of(shared, kit->where);
    database_drop(shared);
    database_create(shared);
    atexit(shared_remove);
    if (!postgres_engine.prepare(kit->where, &kit->secrets, true, why)) {
        fprintf(stderr, "%s\n", why);
        abort();
    }
    database = connect_to(kit->where);
    PQclear(run(database, keep));
}

static void place_make(struct kit *kit, bool ready) {
    char name[96];
    pthread_mutex_lock(&lock);
    if (shared_used || database) {
        fprintf(stderr, "one kit at a time\n");
        abort();
    }
    if (!ready) {
        snprintf(name, sizeof name, "ringoff_test_%ld_empty", (long)getpid());
        where_of(name, kit->where);
        database_drop(name);
        database_create(name);
    } else if (!shared[0]) {
        shared_make(kit);
    } else {
        where_of(shared, kit->where);
        database = connect_to(kit->where);
        PQclear(run(database, put_back));
    }
    shared_used = ready;
    pthread_mutex_unlock(&lock);
}

static void place_remove(struct kit *kit) {
    pthread_mutex_lock(&lock);
    PQfinish(database);
    database = NULL;
    if (!shared_used)
        database_drop(strrchr(kit->where, '=') + 1);
    shared_used = false;
    pthread_mutex_unlock(&lock);
}

/* Tests write bytes as SQLite does, x'00ff'; here that is '\x00ff'::bytea. */
static void bytes_rewrite(const char *sql, char out[SQL_BYTES]) {
    size_t at = 0;
    for (const char *from = sql; *from; from++) {
        bool bytes = from[0] == 'x' && from[1] == '\'' && (from == sql || !isalnum(from[-1]));
        const char *end = bytes ? strchr(from + 2, '\'') : NULL;
        if (at + 16 + (end ? (size_t)(end - from) : 0) >= SQL_BYTES)
            abort();
        if (end) {
            at += (size_t)snprintf(out + at, SQL_BYTES - at, "'\\x%.*s'::bytea",
                                   (int)(end - from - 2), from + 2);
            from = end;
        } else {
            out[at++] = *from;
        }
    }
    out[at] = '\0';
}

static PGresult *place_run(struct kit *kit, const char *sql) {
    char own[SQL_BYTES];
    bytes_rewrite(sql, own);
    if (!database)
        database = connect_to(kit->where);
    return run(database, own);
}

static void place_sql(struct kit *kit, const char *sql) {
    pthread_mutex_lock(&lock);
    PQclear(place_run(kit, sql));
    pthread_mutex_unlock(&lock);
}

static bool place_refused(struct kit *kit, const char *sql) {
    pthread_mutex_lock(&lock);
    if (!database)
        database = connect_to(kit->where);
    PGresult *result = PQexec(database, sql);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    bool refused = state && strncmp(state, "23", 2) == 0;
    PQclear(result);
    pthread_mutex_unlock(&lock);
    return refused;
}

static int64_t place_number(struct kit *kit, const char *sql) {
    pthread_mutex_lock(&lock);
    PGresult *result = place_run(kit, sql);
    if (PQntuples(result) < 1 || PQnfields(result) < 1)
        place_fail(database, sql);
    const char *text = PQgetvalue(result, 0, 0);
    bool truth = PQftype(result, 0) == OID_BOOL;
    int64_t number = truth ? text[0] == 't' : strtoll(text, NULL, 10);
    PQclear(result);
    pthread_mutex_unlock(&lock);
    return number;
}

static size_t place_numbers(struct kit *kit, const char *sql, int columns, int64_t *to,
                            size_t room) {
    size_t count = 0;
    pthread_mutex_lock(&lock);
    PGresult *result = place_run(kit, sql);
    if (PQnfields(result) != columns)
        place_fail(database, sql);
    for (int row = 0; row < PQntuples(result); row++)
        for (int i = 0; i < columns && count < room; i++)
            to[count++] = strtoll(PQgetvalue(result, row, i), NULL, 10);
    PQclear(result);
    pthread_mutex_unlock(&lock);
    return count;
}

static void place_settle(struct kit *kit) {
    static const struct timespec pause = {.tv_nsec = 1000000};
    int64_t others = 1;
    for (int tries = 0; others && tries < SETTLE_TRIES; tries++) {
        others = place_number(kit, "SELECT count(*) FROM pg_stat_activity WHERE datname = "
                                   "current_database() AND pid <> pg_backend_pid() AND "
                                   "backend_type = 'client backend'");
        if (others)
            nanosleep(&pause, NULL);
    }
    if (others) {
        fprintf(stderr, "%s: others stay connected\n", kit->where);
        abort();
    }
}

static const char *type_of(Oid type) {
    return type == OID_BIGINT  ? "INTEGER"
           : type == OID_TEXT  ? "TEXT"
           : type == OID_BYTES ? "BLOB"
                               : "of another type";
}

/* Parameters have the types of the fields, as the engine gives them. */
static PGresult *statement_describe(const struct statement *about) {
    Oid types[COLUMNS_MAX];
    int count = 0;
    for (; about->in && about->in[count].name; count++) {
        enum field_kind kind = about->in[count].kind;
        if (count == COLUMNS_MAX)
            abort();
        types[count] = kind == FIELD_TEXT ? OID_TEXT : kind >= FIELD_BLOB ? OID_BYTES : OID_BIGINT;
    }
    PGresult *made = PQprepare(database, "", about->sql, count, types);
    if (PQresultStatus(made) != PGRES_COMMAND_OK)
        place_fail(database, about->name);
    PQclear(made);
    PGresult *result = PQdescribePrepared(database, "");
    if (PQresultStatus(result) != PGRES_COMMAND_OK || PQnfields(result) > COLUMNS_MAX)
        place_fail(database, about->name);
    return result;
}

static void place_describe(struct kit *kit, const struct statement *about,
                           struct described *described) {
    pthread_mutex_lock(&lock);
    PQclear(place_run(kit, "SELECT 1"));
    PGresult *result = statement_describe(about);
    *described = (struct described){.parameters = PQnparams(result), .columns = PQnfields(result)};
    for (int i = 0; i < described->columns; i++) {
        char sql[96];
        snprintf(sql, sizeof sql, "SELECT relname FROM pg_class WHERE oid = %u",
                 PQftable(result, i));
        PGresult *table = run(database, sql);
        snprintf(described->column[i].name, NAME_MAX_BYTES, "%s", PQfname(result, i));
        snprintf(described->column[i].table, NAME_MAX_BYTES, "%s",
                 PQntuples(table) ? PQgetvalue(table, 0, 0) : "");
        described->column[i].type = type_of(PQftype(result, i));
        PQclear(table);
    }
    PQclear(result);
    pthread_mutex_unlock(&lock);
}

static const char *place_type(struct kit *kit, const char *table, const char *column) {
    char sql[256];
    snprintf(sql, sizeof sql,
             "SELECT atttypid::bigint FROM pg_attribute WHERE attrelid = '%s'::regclass AND "
             "attname = '%s' UNION ALL SELECT 0",
             table, column);
    int64_t type = place_number(kit, sql);
    return type ? type_of((Oid)type) : NULL;
}

const struct place postgres_place = {.engine = &postgres_engine,
                                     .make = place_make,
                                     .remove = place_remove,
                                     .settle = place_settle,
                                     .sql = place_sql,
                                     .refused = place_refused,
                                     .number = place_number,
                                     .numbers = place_numbers,
                                     .describe = place_describe,
                                     .type = place_type};
