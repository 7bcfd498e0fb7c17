/* bench/fill FOLDER --policy FILE --lines N [--list FILE]: fills a new installation for the bench
 * with one operator, an API key and N lines of invented people. Each line is what line.import
 * decides on it, sealed and journalled like an imported one; what is left out is loading, for
 * nothing can be there, and the small transactions. Whoever runs it becomes a member of the staff.
 * Prints JSON; the list of the lines is FILE.0, and FILE.1 and so on of further writers. */
#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "bench/bench.h"
#include "commands/api_key.h"
#include "commands/line_import.h"
#include "commands/policy.h"
#include "commands/staff.h"
#include "rules/identifier.h"
#include "store/journal.h"
#include "store/tenants.h"

enum {
    A_TRANSACTION = 2048,
    CHANGES_A_LINE = 24,
    FILL_ARENA = 512 * 1024 * 1024,
    ROWS_ROOM = UINT16_MAX, /* of any verb */
    WRITERS = 4,
    NUMBERS = 20000000, /* in the policy's blocks: +852 50000000 to 69999999 */
};

struct writer {
    const struct bench_house *house;
    const struct tenants *tenants;
    pthread_t thread;
    int64_t from, to; /* of the lines; to is not his any more */
    FILE *list;
    struct actor actor;
    struct chain_row head;
    struct ledger_account shared[LEDGERS_A_LINE];
    struct arena arena;
    struct change *changes;
    size_t count;
    struct line_import input;
    _Alignas(16) uint8_t rows[ROWS_ROOM];
    bool failed;
};

/* Numbers and SIMs are given out in order, as operators do; documents and all hashes are scattered.
 */
static void person_make(int64_t i, int64_t now, struct line_import *line) {
    char letters[2] = {(char)('A' + i / 1000000 % 26), '\0'}, digits[32];
    uint64_t number = 50000000 + (uint64_t)i % NUMBERS;
    uint32_t document = (uint32_t)((uint64_t)i * 104729 % 1000000);
    *line = (struct line_import){.sim_since = now - 400 * DAY,
                                 .activated_at = now - 400 * DAY,
                                 .expires_at = now + 300 * DAY,
                                 .paid_minor = 1000 + i % 9000,
                                 .kind = SUBSCRIBER_PERSON,
                                 .name = "CHAN Tai Man",
                                 .name_zh = "陳大文",
                                 .birth = "1980-02-29",
                                 .document_type = "hkid",
                                 .language = "en",
                                 .plan = "Prepaid 365"};
    snprintf(line->number, sizeof line->number, "+852%08" PRIu64, number);
    snprintf(digits, sizeof digits, "8985201%011" PRIu64, number);
    snprintf(line->imsi, sizeof line->imsi, "45400%010" PRIu64, number);
    bool made = iccid_make(digits, line->iccid) && hkid_make(letters, document, line->document);
    assert(made);
    (void)made;
}

static void add(struct writer *w, enum statement_id statement, const void *row) {
    size_t size = statement_of(statement)->in_size;
    void *copy = arena_take(&w->arena, size);
    assert(copy && w->count < A_TRANSACTION * CHANGES_A_LINE);
    memcpy(copy, row, size);
    w->changes[w->count++] = (struct change){.statement = statement, .row = copy};
}

/* The shared accounts stand in the rows of the verb behind what is empty: it finds them through its
 * own load, as in the server. */
static void rows_make(struct writer *w) {
    struct load load = {.arena = &w->arena,
                        .actor = &w->actor,
                        .secrets = &w->house->secrets,
                        .wants = arena_take(&w->arena, 64 * sizeof(struct want)),
                        .room = 64};
    memset(w->rows, 0, line_import_verb.rows_size);
    line_import_verb.load(&load, &w->input, w->rows);
    assert(!load.failed);
    for (size_t i = 0; i < load.count; i++)
        if (load.wants[i].statement == LEDGER_SHARED)
            memcpy(load.wants[i].rows, w->shared, sizeof w->shared);
}

static void line_add(struct writer *w, int64_t i, int64_t now) {
    const struct tenant *tenant = tenant_find(w->tenants, w->actor.operator);
    struct outcome out = {.now = now,
                          .actor = &w->actor,
                          .tenant = tenant,
                          .tenants = w->tenants->tenants,
                          .tenant_count = w->tenants->count,
                          .policy = &tenant->policies[0],
                          .policy_id = tenant->policies[0].id,
                          .secrets = &w->house->secrets,
                          .arena = &w->arena,
                          .entry = journal_id(w->head.id, w->head.seq + 1),
                          .room = OUTCOME_CHANGES};
    out.changes = arena_take(&w->arena, sizeof(struct change) * OUTCOME_CHANGES);
    person_make(i, now, &w->input);
    rows_make(w);
    enum refusal refusal = line_import_verb.decide(&out, &w->input, w->rows);
    assert(refusal == ACCEPTED && !out.failed && out.balance == 0);
    (void)refusal;
    for (size_t k = 0; k < out.count; k++)
        w->changes[w->count++] = out.changes[k];
    struct journal_entry entry = {.id = out.entry,
                                  .chain = w->head.id,
                                  .seq = w->head.seq + 1,
                                  .at = now,
                                  .operator= w->actor.operator,
                                  .actor_kind = w->actor.kind,
                                  .subject = out.subject,
                                  .result = out.result};
    snprintf(entry.verb, sizeof entry.verb, "%s", line_import_verb.name);
    journal_append(&w->house->secrets, &w->head, &entry);
    add(w, JOURNAL_ADD, &entry);
    if (w->list)
        fprintf(w->list, "%" PRId64 "\t%s\t%s\t%s\n", out.result, w->input.number,
                w->input.document, w->input.imsi);
}

static bool transaction(struct writer *w, struct store *store, int64_t from, int64_t to) {
    const struct engine *engine = w->house->engine;
    int64_t now = clock_now();
    arena_empty(&w->arena);
    w->count = 0;
    for (int64_t i = from; i < to; i++)
        line_add(w, i, now);
    add(w, CHAIN_ADD, &w->head);
    enum store_result result = engine->load(store, NULL, 0);
    if (result == STORE_OK)
        result = engine->record(store, w->changes, w->count);
    if (result != STORE_OK)
        fprintf(stderr, "fill: %s\n", engine->why(store));
    return result == STORE_OK;
}

static bool heads_read(struct writer *w, struct store *store) {
    struct key shared = {.operator= w->actor.operator}, chain = {.id = w->head.id};
    struct want wants[] = {
        {.statement = LEDGER_SHARED, .in = &shared, .rows = w->shared, .room = LEDGERS_A_LINE},
        {.statement = CHAIN_BY_ID, .in = &chain, .rows = &w->head, .room = 1}};
    return w->house->engine->read(store, wants, 2) == STORE_OK;
}

static void *write_lines(void *owner) {
    struct writer *w = owner;
    char why[256] = "";
    struct store *store = w->house->engine->open(w->house->where, &w->house->secrets, false, why);
    if (store)
        bench_widen(w->house->engine);
    arena_open(&w->arena, FILL_ARENA);
    w->changes = calloc(A_TRANSACTION * CHANGES_A_LINE, sizeof *w->changes);
    w->head.id = store ? w->house->engine->chain(store) : 0;
    int64_t chain = w->head.id;
    w->failed = !store || !w->changes || !heads_read(w, store);
    w->head.id = chain;
    for (int64_t at = w->from; at < w->to && !w->failed; at += A_TRANSACTION)
        w->failed =
            !transaction(w, store, at, at + A_TRANSACTION < w->to ? at + A_TRANSACTION : w->to);
    if (!store)
        fprintf(stderr, "fill: %s\n", why);
    else
        w->house->engine->close(store);
    free(w->changes);
    arena_close(&w->arena);
    return NULL;
}

static bool text_read(const char *path, char *text, size_t room) {
    FILE *file = fopen(path, "re");
    size_t length = file ? fread(text, 1, room - 1, file) : 0;
    text[length] = '\0';
    bool good = file && feof(file) && length > 0;
    if (file)
        fclose(file);
    return good;
}

/* Lines are attested as cut by a named person. */
static bool staff_make(struct committer *committer, const struct secrets *secrets,
                       int64_t operator) {
    struct staff_add person = {.name = "Bench",
                               .roles = "lines:read closures:read network:read "
                                        "network:write effects:read"};
    struct passwd found, *is = NULL;
    char text[4096];
    if (getpwuid_r(geteuid(), &found, text, sizeof text, &is) != 0 || !is)
        return false;
    snprintf(person.system_user, sizeof person.system_user, "%s", found.pw_name);
    struct job job = {.verb = &staff_add_verb,
                      .actor = {.kind = ACTOR_SYSTEM, .operator= operator}, .input = &person};
    job_fill(&job, secrets);
    return committer_run(committer, &job) && job.refusal == ACCEPTED;
}

/* The operator with its rules, and a key that may do everything an integrator may. */
static int64_t operator_make(struct committer *committer, const struct secrets *secrets,
                             const char *file, char key[64], int64_t *key_id) {
    struct policy_load *policy = calloc(1, sizeof *policy);
    struct api_key_add named = {
        .name = "bench",
        .scopes = "lines:read lines:write closures:read closures:write effects:read effects:write"};
    struct job job = {.verb = &policy_load_verb, .actor = {.kind = ACTOR_SYSTEM}, .input = policy};
    assert(policy);
    snprintf(policy->operator_code, sizeof policy->operator_code, "bench");
    bool good = text_read(file, policy->text, sizeof policy->text);
    if (good) {
        job_fill(&job, secrets);
        good = committer_run(committer, &job) && job.refusal == ACCEPTED;
    }
    free(policy);
    const struct tenants *tenants = committer_tenants(committer);
    int64_t operator= good && tenants->count ? tenants->tenants[0].id : 0;
    committer_tenants_release(committer, tenants);
    job = (struct job){.verb = &api_key_add_verb,
                       .actor = {.kind = ACTOR_SYSTEM, .operator= operator}, .input = &named};
    job_fill(&job, secrets);
    good = operator&& committer_run(committer, &job) && job.refusal == ACCEPTED;
    if (!good)
        fprintf(stderr, "fill: the operator was refused: %s\n", refusal_about(job.refusal)->code);
    snprintf(key, 64, "%.63s", job.secret);
    *key_id = job.result;
    return good && staff_make(committer, secrets, operator) ? operator: 0;
}

static bool lines_fill(const struct bench_house *house, const struct tenants *tenants,
                       int64_t operator, int64_t lines, const char *list) {
    int64_t count = house->engine->writers < 2 ? 1 : WRITERS;
    bool failed = false;
    struct writer *writers = calloc((size_t)count, sizeof *writers);
    assert(writers);
    for (int64_t i = 0; i < count; i++) {
        writers[i] = (struct writer){.house = house,
                                     .tenants = tenants,
                                     .from = lines * i / count,
                                     .to = lines * (i + 1) / count,
                                     .actor = {.kind = ACTOR_SYSTEM, .operator= operator} };
        if (list) {
            char name[4096];
            snprintf(name, sizeof name, "%s.%" PRId64, list, i);
            writers[i].list = fopen(name, "we");
            assert(writers[i].list);
        }
        int started = pthread_create(&writers[i].thread, NULL, write_lines, &writers[i]);
        assert(!started);
        (void)started;
    }
    for (int64_t i = 0; i < count; i++) {
        pthread_join(writers[i].thread, NULL);
        failed |= writers[i].failed;
        if (writers[i].list && fclose(writers[i].list) != 0)
            failed = true;
    }
    free(writers);
    return !failed;
}

int main(int argc, char **argv) {
    const char *policy = bench_option(argc, argv, "--policy"),
               *listed = bench_option(argc, argv, "--list");
    int64_t lines = bench_number(argc, argv, "--lines", 10000);
    struct bench_house house;
    int64_t key_id = 0;
    char key[64], why[256] = "";
    if (argc < 2 || !policy || !bench_house_open(argv[1], &house))
        return 2;
    bench_wide();
    struct committer *committer = bench_committer(&house, house.engine, 16, 1, why);
    if (!committer) {
        fprintf(stderr, "fill: %s\n", why);
        return 1;
    }
    int64_t operator= operator_make(committer, &house.secrets, policy, key, &key_id);
    committer_stop(committer); /* one writer at a time */
    struct store *reader = house.engine->open(house.where, &house.secrets, true, why);
    struct tenants *tenants = NULL;
    if (!reader || tenants_read(house.engine, reader, &tenants, why) != STORE_OK)
        fprintf(stderr, "fill: %s\n", why);
    int64_t from = clock_steady();
    bool good = tenants && operator&& lines_fill(&house, tenants, operator, lines, listed);
    if (good)
        printf("{\"api_key\": \"%s\", \"api_key_id\": %" PRId64 ", \"operator\": %" PRId64
               ", \"lines\": %" PRId64 ", \"milliseconds\": %" PRId64 "}\n",
               key, key_id, operator, lines, clock_steady() - from);
    tenants_free(tenants);
    if (reader)
        house.engine->close(reader);
    return good ? 0 : 1;
}
