#include "store_kit.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit_place.h"

enum { SKIPPED = 77 }; /* what meson takes for a test that could not be run */

int64_t kit_now = INT64_C(1795400000000);

static int64_t kit_clock(void) {
    return kit_now;
}

/* Tests that were asked to run on PostgreSQL never run on something else instead. */
static const struct place *place_asked(void) {
    const char *cluster = getenv("RINGOFF_TEST_POSTGRES"), *asked = getenv("RINGOFF_TEST_ENGINE");
    if (cluster && cluster[0])
        return &postgres_place;
    if (asked && strcmp(asked, "postgres") == 0) {
        fprintf(stderr, "RINGOFF_TEST_POSTGRES is not set: run under script/cluster run\n");
        _exit(SKIPPED);
    }
    return &sqlite_place;
}

const struct place *kit_place_of(const struct kit *kit) {
    return kit->engine == &postgres_engine ? &postgres_place : &sqlite_place;
}

static void kit_start(struct kit *kit) {
    char why[256] = "";
    struct committer_settings settings = {.engine = kit->engine,
                                          .where = kit->where,
                                          .secrets = &kit->secrets,
                                          .now = kit_clock,
                                          .queue_limit = 4096};
    kit->committer = committer_start(&settings, why);
    if (!kit->committer)
        fprintf(stderr, "%s\n", why);
    assert(kit->committer);
    kit->reader = kit->engine->open(kit->where, &kit->secrets, true, why);
    if (!kit->reader)
        fprintf(stderr, "%s\n", why);
    assert(kit->reader);
}

void kit_settle(struct kit *kit) {
    kit_place_of(kit)->settle(kit);
}

static void kit_stop(struct kit *kit) {
    committer_stop(kit->committer);
    kit->engine->close(kit->reader);
    kit_settle(kit);
}

static void kit_make(struct kit *kit, bool ready) {
    const char *base = getenv("TMPDIR");
    const struct place *place = place_asked();
    kit->engine = place->engine;
    int length =
        snprintf(kit->folder, sizeof kit->folder, "%s/ringoff-XXXXXX", base ? base : "/tmp");
    assert(length > 0 && (size_t)length < sizeof kit->folder);
    if (!mkdtemp(kit->folder))
        abort();
    place->make(kit, ready);
}

void kit_place(struct kit *kit) {
    kit_make(kit, false);
}

void kit_remove(struct kit *kit) {
    kit_place_of(kit)->remove(kit);
    rmdir(kit->folder);
}

void kit_open(struct kit *kit) {
    static const uint8_t master[32] = {7};
    assert(secret_start());
    secret_derive(master, &kit->secrets);
    kit_make(kit, true);
    kit_start(kit);
}

void kit_restart(struct kit *kit) {
    kit_stop(kit);
    kit_start(kit);
}

void kit_close(struct kit *kit) {
    kit_stop(kit);
    kit_remove(kit);
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
            verb->prepare(input, &job->actor, kit->reader, kit->engine, &kit->secrets);
        if (refusal)
            return job->refusal = refusal;
    }
    if (!committer_run(kit->committer, job))
        abort();
    return job->refusal;
}

void kit_sql(struct kit *kit, const char *sql) {
    kit_place_of(kit)->sql(kit, sql);
}

bool kit_refused(struct kit *kit, const char *sql) {
    return kit_place_of(kit)->refused(kit, sql);
}

void kit_damage(struct kit *kit, const char *sql) {
    bool postgres = kit->engine == &postgres_engine;
    kit_sql(kit, postgres ? "SET session_replication_role = replica"
                          : "DROP TRIGGER IF EXISTS posting_changed; "
                            "DROP TRIGGER IF EXISTS posting_removed");
    kit_sql(kit, sql);
    if (postgres)
        kit_sql(kit, "SET session_replication_role = origin");
}

int64_t kit_number(struct kit *kit, const char *sql) {
    return kit_place_of(kit)->number(kit, sql);
}

size_t kit_numbers(struct kit *kit, const char *sql, int columns, int64_t *to, size_t room) {
    return kit_place_of(kit)->numbers(kit, sql, columns, to, room);
}

void kit_version(struct kit *kit, int version) {
    char sql[96];
    if (kit->engine == &postgres_engine)
        snprintf(sql, sizeof sql, "UPDATE schema_version SET version = %d", version);
    else
        snprintf(sql, sizeof sql, "PRAGMA user_version = %d", version);
    kit_sql(kit, sql);
}

int64_t kit_holding(struct kit *kit, const char *table, const char *column, const char *text) {
    char sql[512], bytes[128] = "";
    for (size_t i = 0; text[i] && i < sizeof bytes / 2 - 1; i++)
        snprintf(bytes + 2 * i, 3, "%02x", (unsigned)(uint8_t)text[i]);
    if (kit->engine == &postgres_engine)
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE position(x'%s' IN %s) > 0", table,
                 bytes, column);
    else
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE instr(%s, x'%s') > 0", table,
                 column, bytes);
    return kit_number(kit, sql);
}

void kit_put_all(struct kit *kit, const struct change *changes, size_t count) {
    char why[256] = "";
    kit_stop(kit);
    struct store *store = kit->engine->open(kit->where, &kit->secrets, false, why);
    if (!store || kit->engine->load(store, NULL, 0) != STORE_OK ||
        kit->engine->record(store, changes, count) != STORE_OK) {
        fprintf(stderr, "%s\n", store ? kit->engine->why(store) : why);
        abort();
    }
    kit->engine->close(store);
    kit_start(kit);
}

void kit_put(struct kit *kit, enum statement_id statement, const void *row) {
    struct change change = {.statement = statement, .row = row};
    kit_put_all(kit, &change, 1);
}

void kit_operator(struct kit *kit, const char *policy_file) {
    static struct policy_row policy;
    const struct operator_row harbour = {.id = 4096, .code = "harbour", .added_at = 1};
    const struct ledger_account opening = {
        .id = 4097, .operator= 4096, .kind = LEDGER_OPENING, .currency = "HKD"};
    struct ledger_account promotion = opening;
    promotion.id = 4098;
    promotion.kind = LEDGER_EXPIRED_PROMOTION;
    struct ledger_account fees = opening;
    fees.id = 4095;
    fees.kind = LEDGER_SUSPENSION_FEE;
    policy = (struct policy_row){
        .id = 4099, .operator= 4096, .version = 1, .effective_at = 1, .loaded_at = 1};
    FILE *file = fopen(policy_file, "r");
    if (!file)
        abort();
    size_t length = fread(policy.text, 1, sizeof policy.text - 1, file);
    policy.text[length] = '\0';
    fclose(file);
    const struct change changes[] = {{OPERATOR_ADD, &harbour},
                                     {LEDGER_ADD, &opening},
                                     {LEDGER_ADD, &promotion},
                                     {LEDGER_ADD, &fees},
                                     {POLICY_ADD, &policy}};
    kit_put_all(kit, changes, sizeof changes / sizeof *changes);
}
