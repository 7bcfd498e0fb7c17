/* The PostgreSQL engine when things go wrong: connections that are ended, commits that are not
 * answered, rows that others hold, servers that refuse, and who has which chain and the lease. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "postgres_kit.h"
#include "store/postgres.h"

enum { OPERATOR = 4096, SKIPPED = 77, BOUND = 100000 };

static struct store *writer_open(struct cluster_kit *kit) {
    char why[256] = "";
    struct store *store = postgres_engine.open(kit->where, &kit->secrets, false, why);
    if (!store)
        fail_msg("%s", why);
    return store;
}

static void setting_set(struct store *store, const char *name, const char *value) {
    PGresult *answer = postgres_ask(store, 5000, "SELECT set_config($1, $2, false)", 2,
                                    (const char *const[]){name, value});
    assert_non_null(answer);
    PQclear(answer);
}

static struct number number_row(int64_t id) {
    struct number row = {.id = id, .operator= OPERATOR, .state = 1};
    snprintf(row.number, sizeof row.number, "+852%08lld", (long long)id);
    return row;
}

static enum store_result number_add(struct store *store, int64_t id) {
    struct number row = number_row(id);
    struct change change = {NUMBER_ADD, &row};
    return cluster_record(store, &change, 1);
}

static enum store_result numbers_load(struct store *store, const int64_t *ids, size_t count,
                                      struct number *rows) {
    struct key keys[8];
    struct want wants[8];
    assert_true(count <= 8);
    for (size_t i = 0; i < count; i++) {
        keys[i] = (struct key){.id = ids[i], .operator= OPERATOR };
        wants[i] = (struct want){.statement = NUMBER_BY_ID,
                                 .in = &keys[i],
                                 .rows = &rows[i],
                                 .room = 1,
                                 .key = ids[i],
                                 .lock = true};
    }
    return postgres_engine.load(store, wants, count);
}

/* --- lost connections --- */

static void a_writer_that_is_ended_is_gone(void **state) {
    struct cluster_kit *kit = *state;
    struct number row = number_row(1);
    struct change change = {NUMBER_ADD, &row};
    cluster_kill(kit, postgres_engine.session(kit->store));
    assert_int_equal(postgres_engine.load(kit->store, NULL, 0), STORE_GONE);
    assert_int_equal(postgres_engine.load(kit->store, NULL, 0), STORE_GONE);
    struct store *again = writer_open(kit);
    assert_int_equal(postgres_engine.load(again, NULL, 0), STORE_OK);
    cluster_kill(kit, postgres_engine.session(again));
    assert_int_equal(postgres_engine.record(again, &change, 1), STORE_GONE);
    postgres_engine.abandon(again);
    assert_int_equal(postgres_engine.record(again, &change, 1), STORE_GONE);
    assert_int_equal(cluster_number(kit, "SELECT count(*) FROM number"), 0);
    postgres_engine.close(again);
}

/* Until the server says that it committed, or why not, nobody knows. */
static void a_commit_without_an_answer_is_in_doubt(void **state) {
    struct cluster_kit *kit = *state;
    static const int ways[] = {SHUT_RD, SHUT_WR};
    for (int i = 0; i < 2; i++) {
        struct store *store = writer_open(kit);
        int chain = postgres_engine.chain(store);
        int64_t session = postgres_engine.session(store);
        struct number row = number_row(i + 1);
        struct change change = {NUMBER_ADD, &row};
        assert_int_equal(postgres_engine.load(store, NULL, 0), STORE_OK);
        assert_int_equal(shutdown(PQsocket(store->link), ways[i]), 0);
        assert_int_equal(postgres_engine.record(store, &change, 1), STORE_IN_DOUBT);
        postgres_engine.close(store);
        struct store *other = writer_open(kit);
        bool over = false;
        for (int k = 0; k < BOUND && !over; k++)
            over = postgres_engine.over(other, chain, session);
        assert_true(over);
        postgres_engine.close(other);
        assert_int_equal(cluster_number(kit, "SELECT count(*) FROM number"), 1); /* the first */
    }
}

static void an_old_session_is_ended_when_asked(void **state) {
    struct cluster_kit *kit = *state;
    struct store *other = writer_open(kit);
    int chain = postgres_engine.chain(kit->store);
    int64_t session = postgres_engine.session(kit->store);
    assert_int_not_equal(chain, postgres_engine.chain(other));
    assert_true(postgres_engine.over(other, chain, session + (INT64_C(1) << 22)));
    assert_int_equal(postgres_engine.load(kit->store, NULL, 0), STORE_OK); /* another's is left */
    assert_int_equal(postgres_engine.record(kit->store, NULL, 0), STORE_OK);
    bool over = false;
    assert_false(postgres_engine.over(other, chain, session));
    for (int k = 0; k < BOUND && !over; k++)
        over = postgres_engine.over(other, chain, session);
    assert_true(over);
    assert_int_equal(postgres_engine.load(kit->store, NULL, 0), STORE_GONE);
    postgres_engine.close(other);
}

static bool kill_reader(void *owner, const void *row) {
    struct cluster_kit *kit = owner;
    (void)row;
    cluster_sql(kit, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = "
                     "current_database() AND state = 'idle in transaction'");
    return true;
}

static void a_reader_recovers_by_itself(void **state) {
    struct cluster_kit *kit = *state;
    struct key key = {.id = 1}, all = {0};
    struct installation row;
    size_t count;
    cluster_sql(kit, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = "
                     "current_database() AND application_name = 'ringoff'");
    assert_int_equal(cluster_read(kit->reader, INSTALLATION_BY_ID, &key, &row, &count), STORE_OK);
    assert_int_equal(count, 1);
    cluster_sql(kit, "INSERT INTO ledger_account (id, operator, line, kind, balance, currency) "
                     "SELECT i, 4096, i, 1, 0, 'HKD' FROM generate_series(1, 501) i");
    assert_int_equal(postgres_engine.scan(kit->reader, LEDGER_SCAN, &all, kill_reader, kit),
                     STORE_GONE);
    assert_int_equal(cluster_read(kit->reader, INSTALLATION_BY_ID, &key, &row, &count), STORE_OK);
}

/* What is read of one moment is not read on of another one. */
static void a_lost_moment_is_not_found_again(void **state) {
    struct cluster_kit *kit = *state;
    struct key key = {.id = 1}, all = {0};
    struct installation row;
    size_t count;
    for (int scans = 0; scans <= 1; scans++) {
        assert_int_equal(postgres_engine.snapshot(kit->reader, true), STORE_OK);
        assert_int_equal(cluster_read(kit->reader, INSTALLATION_BY_ID, &key, &row, &count),
                         STORE_OK);
        kill_reader(kit, NULL);
        assert_int_equal(
            scans ? postgres_engine.scan(kit->reader, LEDGER_SCAN, &all, kill_reader, kit)
                  : cluster_read(kit->reader, INSTALLATION_BY_ID, &key, &row, &count),
            STORE_GONE);
        assert_int_equal(cluster_read(kit->reader, INSTALLATION_BY_ID, &key, &row, &count),
                         STORE_GONE);
        assert_int_equal(postgres_engine.snapshot(kit->reader, false), STORE_GONE);
        assert_true(postgres_engine.why(kit->reader)[0]);
        assert_int_equal(cluster_read(kit->reader, INSTALLATION_BY_ID, &key, &row, &count),
                         STORE_OK);
    }
}

/* --- refusals of the server --- */

static void a_server_that_became_a_replica_is_left(void **state) {
    struct cluster_kit *kit = *state;
    setting_set(kit->store, "default_transaction_read_only", "on");
    assert_int_equal(number_add(kit->store, 1), STORE_GONE);
    assert_non_null(strstr(postgres_engine.why(kit->store), "25006"));
}

static void what_others_hold_is_stale_and_what_is_slow_is_down(void **state) {
    struct cluster_kit *kit = *state;
    struct number row;
    const int64_t id = 1;
    assert_int_equal(number_add(kit->store, id), STORE_OK);
    cluster_sql(kit, "BEGIN; SELECT id FROM number WHERE id = 1 FOR UPDATE");
    setting_set(kit->store, "lock_timeout", "20ms");
    assert_int_equal(numbers_load(kit->store, &id, 1, &row), STORE_STALE);
    setting_set(kit->store, "lock_timeout", "1s");
    setting_set(kit->store, "statement_timeout", "20ms");
    assert_int_equal(numbers_load(kit->store, &id, 1, &row), STORE_DOWN);
    cluster_sql(kit, "COMMIT");
    setting_set(kit->store, "statement_timeout", "10s");
    assert_int_equal(numbers_load(kit->store, &id, 1, &row), STORE_OK);
    assert_int_equal(row.id, 1);
    postgres_engine.abandon(kit->store);
}

static void plans_outlive_a_changed_table(void **state) {
    struct cluster_kit *kit = *state;
    struct key key = {.id = 1};
    struct number row;
    size_t count;
    assert_int_equal(cluster_read(kit->reader, NUMBER_BY_ID, &key, &row, &count), STORE_OK);
    cluster_sql(kit, "ALTER TABLE number ALTER COLUMN id TYPE integer");
    assert_int_equal(cluster_read(kit->reader, NUMBER_BY_ID, &key, &row, &count), STORE_OK);
    assert_int_equal(count, 0);
    cluster_sql(kit, "INSERT INTO number SELECT 1, 1, 1, 1, 1, 1, ''");
    enum store_result result = cluster_read(kit->reader, NUMBER_BY_ID, &key, &row, &count);
    assert_int_equal(result, STORE_BROKEN); /* said, not crashed on */
}

/* As behind a pooler, or after an upgrade. */
static void a_reader_whose_statements_are_forgotten_gets_another_connection(void **state) {
    struct cluster_kit *kit = *state;
    struct key key = {.id = 1};
    struct number row;
    size_t count;
    assert_int_equal(cluster_read(kit->reader, NUMBER_BY_ID, &key, &row, &count), STORE_OK);
    PQclear(postgres_ask(kit->reader, 5000, "DEALLOCATE ALL", 0, NULL));
    assert_int_equal(cluster_read(kit->reader, NUMBER_BY_ID, &key, &row, &count), STORE_OK);
}

/* --- locks --- */

struct locker {
    struct cluster_kit *kit;
    unsigned seed;
    int stale;
};

/* Loads a few rows in any order, changes them, again and again. */
static void *rows_fight(void *owner) {
    struct locker *locker = owner;
    struct store *store = writer_open(locker->kit);
    for (int round = 0; round < 60; round++) {
        int64_t ids[5];
        struct number rows[5];
        struct change changes[5];
        for (int i = 0; i < 5; i++) { /* neighbours, forwards or backwards */
            unsigned at = (locker->seed + (unsigned)round) % 16;
            ids[i] = 1 + (at + (unsigned)(round % 2 ? i : 4 - i)) % 16;
        }
        enum store_result result = numbers_load(store, ids, 5, rows);
        for (int i = 0; i < 5; i++) {
            rows[i].since++;
            changes[i] = (struct change){NUMBER_PUT, &rows[i]};
        }
        if (result == STORE_OK)
            result = postgres_engine.record(store, changes, 5);
        locker->stale += result != STORE_OK;
    }
    postgres_engine.close(store);
    return NULL;
}

static void rows_are_locked_in_one_order(void **state) {
    struct cluster_kit *kit = *state;
    struct locker lockers[4];
    pthread_t threads[4];
    for (int64_t id = 1; id <= 16; id++)
        assert_int_equal(number_add(kit->store, id), STORE_OK);
    for (unsigned i = 0; i < 4; i++) {
        lockers[i] = (struct locker){.kit = kit, .seed = 3 * i};
        assert_int_equal(pthread_create(&threads[i], NULL, rows_fight, &lockers[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(lockers[i].stale, 0);
    }
    assert_int_equal(cluster_number(kit, "SELECT sum(since) FROM number"), 4 * 60 * 5);
}

struct asker {
    struct store *store;
    struct subscriber row;
    size_t count;
    enum store_result result;
};

static void *document_load(void *owner) {
    struct asker *asker = owner;
    struct key key = {.operator= OPERATOR, .text = "hkid:A"};
    struct want want = {
        .statement = SUBSCRIBER_BY_DOCUMENT, .in = &key, .rows = &asker->row, .room = 1};
    asker->result = postgres_engine.load(asker->store, &want, 1);
    asker->count = want.count;
    return NULL;
}

/* Whoever finds nobody under a document and adds him is waited for by the next who looks. */
static void a_lookup_that_finds_nothing_is_locked(void **state) {
    struct cluster_kit *kit = *state;
    struct asker first = {.store = kit->store}, second = {.store = writer_open(kit)};
    struct subscriber row = {.id = 5, .operator= OPERATOR, .document_key = "hkid:A"};
    struct change change = {SUBSCRIBER_ADD, &row};
    pthread_t thread;
    int64_t waiting = 0;
    document_load(&first);
    assert_int_equal(first.result, STORE_OK);
    assert_int_equal(first.count, 0);
    assert_int_equal(pthread_create(&thread, NULL, document_load, &second), 0);
    for (int i = 0; i < BOUND && !waiting; i++)
        waiting = cluster_number(kit, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' "
                                      "AND NOT granted");
    assert_int_equal(waiting, 1);
    assert_int_equal(postgres_engine.record(kit->store, &change, 1), STORE_OK);
    pthread_join(thread, NULL);
    assert_int_equal(second.result, STORE_OK);
    assert_int_equal(second.count, 1);
    postgres_engine.abandon(second.store);
    postgres_engine.close(second.store);
}

/* A line and its subscriber, who is found by it or known by his id. */
struct household {
    struct store *store;
    bool known;
    enum store_result result;
};

static void *household_load(void *owner) {
    struct household *h = owner;
    struct line line;
    struct subscriber subscriber;
    struct key of_line = {.id = 5, .operator= OPERATOR },
                          of_person = {.id = 7, .operator= OPERATOR };
    struct want wants[] = {
        {.statement = LINE_BY_ID, .in = &of_line, .rows = &line, .room = 1, .key = 5, .lock = true},
        {.statement = h->known ? SUBSCRIBER_BY_ID : SUBSCRIBER_OF_LINE,
         .in = h->known ? &of_person : &of_line,
         .rows = &subscriber,
         .room = 1,
         .key = h->known ? 7 : 0,
         .lock = true}};
    h->result = postgres_engine.load(h->store, wants, 2);
    postgres_engine.abandon(h->store);
    return NULL;
}

/* The one that finds the subscriber stands first in the line's queue, the one that knows him comes
 * second: had he locked the subscriber before the line, each would wait for the other. */
static void a_subscriber_is_locked_after_the_line_that_leads_to_him(void **state) {
    struct cluster_kit *kit = *state;
    struct household households[] = {{.store = kit->store},
                                     {.store = writer_open(kit), .known = true}};
    struct subscriber person = {.id = 7, .operator= OPERATOR, .document_key = "hkid:A"};
    struct line line = {.id = 5, .operator= OPERATOR, .subscriber = 7, .number = "+85261234567"};
    struct change changes[] = {{SUBSCRIBER_ADD, &person}, {LINE_ADD, &line}};
    pthread_t threads[2];
    assert_int_equal(cluster_record(kit->store, changes, 2), STORE_OK);
    cluster_sql(kit, "BEGIN; SELECT id FROM line FOR UPDATE");
    for (int i = 0; i < 2; i++) {
        int64_t waiting = 0;
        assert_int_equal(pthread_create(&threads[i], NULL, household_load, &households[i]), 0);
        for (int k = 0; k < BOUND && waiting <= i; k++)
            waiting = cluster_number(kit, "SELECT count(*) FROM pg_stat_activity WHERE datname = "
                                          "current_database() AND wait_event_type = 'Lock'");
        assert_int_equal(waiting, i + 1);
    }
    cluster_sql(kit, "COMMIT");
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(households[i].result, STORE_OK);
    }
    postgres_engine.close(households[1].store);
}

/* --- chains and the lease --- */

static void each_writer_has_its_chain_and_one_the_lease(void **state) {
    struct cluster_kit *kit = *state;
    char why[256] = "";
    struct store *other = writer_open(kit);
    struct store *reader = postgres_engine.open(kit->where, &kit->secrets, true, why);
    assert_int_equal(postgres_engine.chain(kit->store), 0);
    assert_int_equal(postgres_engine.chain(other), 1);
    postgres_engine.close(other);
    other = writer_open(kit);
    assert_int_equal(postgres_engine.chain(other), 1); /* free again */
    postgres_engine.close(other);
    assert_true(postgres_engine.lease(kit->reader));
    assert_true(postgres_engine.lease(kit->reader));
    assert_false(postgres_engine.lease(reader));
    cluster_sql(kit, "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = "
                     "'advisory' AND objid = 64 AND granted");
    assert_true(postgres_engine.lease(reader)); /* taken over */
    assert_false(postgres_engine.lease(kit->reader));
    postgres_engine.close(reader);
    bool mine = false;
    for (int i = 0; i < BOUND && !mine; i++)
        mine = postgres_engine.lease(kit->reader);
    assert_true(mine);
}

static void more_writers_than_chains_are_refused(void **state) {
    struct cluster_kit *kit = *state;
    char why[256] = "";
    cluster_sql(kit, "SELECT pg_advisory_lock('installation'::regclass::oid::integer, c) FROM "
                     "generate_series(1, 63) c");
    assert_null(postgres_engine.open(kit->where, &kit->secrets, false, why));
    assert_non_null(strstr(why, "all 64 chains"));
}

/* --- a server that forgets --- */

/* Runs script/cluster with two or four words; the first line that it says. */
static void script(const char *const words[4], char line[640]) {
    int ends[2], status = 0;
    char path[512];
    const char *root = getenv("RINGOFF_ROOT");
    snprintf(path, sizeof path, "%s/script/cluster", root ? root : ".");
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl(path, path, words[0], words[1], words[2], words[3], (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    FILE *said = fdopen(ends[0], "r");
    assert_non_null(said);
    line[0] = '\0';
    if (fgets(line, 640, said))
        line[strcspn(line, "\n")] = '\0';
    fclose(said);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void a_server_that_forgets_is_for_demos(void **state) {
    struct cluster_kit *kit = *state;
    char folder[] = "/tmp/ringoff-forgets-XXXXXX", place[64], where[640], why[256] = "";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chmod(folder, 0755), 0); /* as root, another user runs the server */
    snprintf(place, sizeof place, "%s/c", folder);
    script((const char *const[]){"start", place, "fsync=off", "full_page_writes=off"}, where);
    assert_false(postgres_engine.prepare(where, &kit->secrets, false, why));
    assert_non_null(strstr(why, "fsync = off"));
    assert_true(postgres_engine.prepare(where, &kit->secrets, true, why));
    struct store *store = postgres_engine.open(where, &kit->secrets, true, why);
    assert_non_null(store);
    assert_non_null(strstr(postgres_engine.warning(store), "fsync = off"));
    assert_non_null(strstr(postgres_engine.warning(store), "full_page_writes = off"));
    postgres_engine.close(store);
    script((const char *const[]){"remove", place, NULL, NULL}, where);
    assert_int_equal(rmdir(folder), 0);
}

static int open_kit(void **state) {
    static struct cluster_kit kit;
    cluster_kit_open(&kit);
    *state = &kit;
    return 0;
}

static int close_kit(void **state) {
    cluster_kit_close(*state);
    return 0;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_kit, close_kit)
    const struct CMUnitTest tests[] = {
        TEST(a_writer_that_is_ended_is_gone),
        TEST(a_commit_without_an_answer_is_in_doubt),
        TEST(an_old_session_is_ended_when_asked),
        TEST(a_reader_recovers_by_itself),
        TEST(a_lost_moment_is_not_found_again),
        TEST(a_server_that_became_a_replica_is_left),
        TEST(what_others_hold_is_stale_and_what_is_slow_is_down),
        TEST(plans_outlive_a_changed_table),
        TEST(a_reader_whose_statements_are_forgotten_gets_another_connection),
        TEST(rows_are_locked_in_one_order),
        TEST(a_lookup_that_finds_nothing_is_locked),
        TEST(a_subscriber_is_locked_after_the_line_that_leads_to_him),
        TEST(each_writer_has_its_chain_and_one_the_lease),
        TEST(more_writers_than_chains_are_refused),
        TEST(a_server_that_forgets_is_for_demos),
    };
    return cluster_there() ? cmocka_run_group_tests(tests, NULL, NULL) : SKIPPED;
}
