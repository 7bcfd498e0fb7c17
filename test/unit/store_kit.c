#include "store_kit.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int64_t kit_now = INT64_C(1795400000000);

static int64_t kit_clock(void) {
    return kit_now;
}

static void kit_start(struct kit *kit) {
    char why[256] = "";
    struct committer_settings settings = {.engine = &sqlite_engine,
                                          .where = kit->path,
                                          .secrets = &kit->secrets,
                                          .now = kit_clock,
                                          .queue_limit = 4096};
    kit->committer = committer_start(&settings, why);
    if (!kit->committer)
        fprintf(stderr, "%s\n", why);
    assert(kit->committer);
    kit->reader = sqlite_engine.open(kit->path, &kit->secrets, true, why);
    if (!kit->reader)
        fprintf(stderr, "%s\n", why);
    assert(kit->reader);
}

static void kit_stop(struct kit *kit) {
    committer_stop(kit->committer);
    sqlite_engine.close(kit->reader);
}

void kit_open(struct kit *kit) {
    static const uint8_t master[32] = {7};
    char why[256] = "";
    const char *base = getenv("TMPDIR");
    assert(secret_start());
    secret_derive(master, &kit->secrets);
    int length =
        snprintf(kit->folder, sizeof kit->folder, "%s/ringoff-XXXXXX", base ? base : "/tmp");
    assert(length > 0 && (size_t)length < sizeof kit->folder);
    if (!mkdtemp(kit->folder))
        abort();
    snprintf(kit->path, sizeof kit->path, "%s/ringoff.db", kit->folder);
    if (!store_prepare(kit->path, &kit->secrets, true, why)) {
        fprintf(stderr, "%s\n", why);
        abort();
    }
    kit_start(kit);
}

void kit_restart(struct kit *kit) {
    kit_stop(kit);
    kit_start(kit);
}

void kit_close(struct kit *kit) {
    static const char *const ends[] = {"", "-wal", "-shm", ".writer"};
    char path[320];
    kit_stop(kit);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(path, sizeof path, "%s%s", kit->path, ends[i]);
        unlink(path);
    }
    rmdir(kit->folder);
}

enum refusal kit_run(struct kit *kit, const struct verb *verb, const struct actor *actor,
                     void *input, const char *key, struct job *answer) {
    struct job own, *job = answer ? answer : &own;
    *job = (struct job){.verb = verb, .actor = *actor, .input = input};
    if (key)
        snprintf(job->key, sizeof job->key, "%s", key);
    job_fill(job, &kit->secrets);
    job->actor.at = kit_now;
    if (verb->prepare) {
        enum refusal refusal =
            verb->prepare(input, &job->actor, kit->reader, &sqlite_engine, &kit->secrets);
        if (refusal)
            return job->refusal = refusal;
    }
    if (!committer_run(kit->committer, job))
        abort();
    return job->refusal;
}

void kit_sql(struct kit *kit, const char *sql) {
    sqlite3 *db;
    char *why = NULL;
    if (sqlite3_open(kit->path, &db) || sqlite3_busy_timeout(db, 5000) ||
        sqlite3_exec(db, sql, NULL, NULL, &why)) {
        fprintf(stderr, "%s: %s\n", sql, why ? why : sqlite3_errmsg(db));
        abort();
    }
    sqlite3_close(db);
}

void kit_put(struct kit *kit, enum statement_id statement, const void *row) {
    char why[256] = "";
    struct change change = {.statement = statement, .row = row};
    kit_stop(kit);
    struct store *store = sqlite_engine.open(kit->path, &kit->secrets, false, why);
    if (!store || sqlite_engine.load(store, NULL, 0) != STORE_OK ||
        sqlite_engine.record(store, &change, 1) != STORE_OK) {
        fprintf(stderr, "%s\n", store ? sqlite_engine.why(store) : why);
        abort();
    }
    sqlite_engine.close(store);
    kit_start(kit);
}

int64_t kit_number(struct kit *kit, const char *sql) {
    sqlite3 *db;
    sqlite3_stmt *s;
    if (sqlite3_open(kit->path, &db) || sqlite3_busy_timeout(db, 5000) ||
        sqlite3_prepare_v2(db, sql, -1, &s, NULL) || sqlite3_step(s) != SQLITE_ROW)
        abort();
    int64_t number = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return number;
}

void kit_operator(struct kit *kit, const char *policy_file) {
    static struct policy_row row;
    sqlite3 *db;
    sqlite3_stmt *s;
    FILE *file = fopen(policy_file, "r");
    if (!file)
        abort();
    size_t length = fread(row.text, 1, sizeof row.text - 1, file);
    row.text[length] = '\0';
    fclose(file);
    kit_stop(kit);
    if (sqlite3_open(kit->path, &db) ||
        sqlite3_exec(db, "INSERT INTO operator VALUES (4096, 'harbour', 1)", 0, 0, 0) ||
        sqlite3_exec(db,
                     "INSERT INTO ledger_account VALUES (4097, 4096, 0, 1, 0, 'HKD'),"
                     "(4098, 4096, 0, 5, 0, 'HKD')",
                     0, 0, 0) ||
        sqlite3_prepare_v2(db, "INSERT INTO policy VALUES (4099, 4096, 1, 1, 1, ?1)", -1, &s, 0) ||
        sqlite3_bind_text(s, 1, row.text, -1, SQLITE_STATIC) || sqlite3_step(s) != SQLITE_DONE)
        abort();
    sqlite3_finalize(s);
    sqlite3_close(db);
    kit_start(kit);
}
