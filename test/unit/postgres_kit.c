#include "postgres_kit.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *cluster(void) {
    const char *where = getenv("RINGOFF_TEST_POSTGRES");
    return where && where[0] ? where : NULL;
}

bool cluster_there(void) {
    if (!cluster())
        fprintf(stderr, "skipped: RINGOFF_TEST_POSTGRES names no cluster; script/cluster run "
                        "COMMAND makes one\n");
    return cluster() != NULL;
}

static PGconn *beside(const char *where) {
    PGconn *link = PQconnectdb(where);
    if (PQstatus(link) != CONNECTION_OK) {
        fprintf(stderr, "%s: %s\n", where, PQerrorMessage(link));
        abort();
    }
    return link;
}

static PGresult *ask(PGconn *link, const char *sql) {
    PGresult *answer = PQexec(link, sql);
    ExecStatusType status = PQresultStatus(answer);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        fprintf(stderr, "%s: %s\n", sql, PQerrorMessage(link));
        abort();
    }
    return answer;
}

void cluster_sql_outside(const char *sql) {
    PGconn *link = beside(cluster());
    PQclear(ask(link, sql));
    PQfinish(link);
}

void cluster_sql(struct cluster_kit *kit, const char *sql) {
    PQclear(ask(kit->beside, sql));
}

void cluster_text(struct cluster_kit *kit, const char *sql, char text[128]) {
    PGresult *answer = ask(kit->beside, sql);
    snprintf(text, 128, "%s", PQntuples(answer) ? PQgetvalue(answer, 0, 0) : "");
    PQclear(answer);
}

int64_t cluster_number(struct cluster_kit *kit, const char *sql) {
    char text[128];
    cluster_text(kit, sql, text);
    return strtoll(text, NULL, 10);
}

void cluster_where(const struct cluster_kit *kit, const char *more, char where[640]) {
    int length = snprintf(where, 640, "%s %s", kit->where, more);
    assert(length > 0 && length < 640);
}

void cluster_kit_open(struct cluster_kit *kit) {
    static const uint8_t master[32] = {7};
    static int count;
    char why[256] = "", sql[128];
    *kit = (struct cluster_kit){.store = NULL};
    assert(secret_start());
    secret_derive(master, &kit->secrets);
    snprintf(kit->name, sizeof kit->name, "ringoff_test_%d_%d", (int)getpid(), count++);
    int length = snprintf(kit->where, sizeof kit->where, "%s dbname=%s", cluster(), kit->name);
    assert(length > 0 && (size_t)length < sizeof kit->where);
    snprintf(sql, sizeof sql, "CREATE DATABASE %s ENCODING 'UTF8' TEMPLATE template0", kit->name);
    cluster_sql_outside(sql);
    kit->beside = beside(kit->where);
    bool good = postgres_engine.prepare(kit->where, &kit->secrets, true, why);
    kit->store = good ? postgres_engine.open(kit->where, &kit->secrets, false, why) : NULL;
    kit->reader = good ? postgres_engine.open(kit->where, &kit->secrets, true, why) : NULL;
    if (!kit->store || !kit->reader) {
        fprintf(stderr, "%s\n", why);
        abort();
    }
}

void cluster_kit_close(struct cluster_kit *kit) {
    char sql[128];
    if (kit->store)
        postgres_engine.close(kit->store);
    if (kit->reader)
        postgres_engine.close(kit->reader);
    PQfinish(kit->beside);
    snprintf(sql, sizeof sql, "DROP DATABASE %s WITH (FORCE)", kit->name);
    cluster_sql_outside(sql);
}

enum store_result cluster_read(struct store *store, enum statement_id id, const struct key *key,
                               void *row, size_t *count) {
    struct want want = {.statement = id, .in = key, .rows = row, .room = 1};
    memset(row, 0, statement_of(id)->out_size);
    enum store_result result = postgres_engine.read(store, &want, 1);
    *count = want.count;
    return result;
}

enum store_result cluster_record(struct store *store, const struct change *changes, size_t count) {
    enum store_result result = postgres_engine.load(store, NULL, 0);
    return result == STORE_OK ? postgres_engine.record(store, changes, count) : result;
}

void cluster_kill(struct cluster_kit *kit, int64_t session) {
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%lld, 5000)",
             (long long)(session & ((1 << 22) - 1)));
    cluster_sql(kit, sql);
}
