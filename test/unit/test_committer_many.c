/* Several committers with several workers each, as several servers over one database: every command
 * is done once whoever does it, every key has one answer, the journal holds and the money adds up.
 * One file has one writer, so this runs on PostgreSQL only. */
#include <assert.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "committer_kit.h"
#include "store/journal.h"

enum { SERVERS = 2, CLIENTS = 16, EACH = 60, LINES = 5, CAP = 7 };

static struct committer *servers[SERVERS];

static int64_t standing_clock(void) {
    return kit_now;
}

static void servers_start(struct kit *kit) {
    struct committer_settings settings = {.engine = kit->engine,
                                          .where = kit->where,
                                          .secrets = &kit->secrets,
                                          .now = standing_clock,
                                          .queue_limit = 4096,
                                          .committers = 2,
                                          .patience = MINUTE};
    char why[256] = "";
    for (size_t i = 0; i < SERVERS; i++) {
        servers[i] = committer_start(&settings, why);
        if (!servers[i])
            fail_msg("%s", why);
    }
}

static void servers_stop(void) {
    for (size_t i = 0; i < SERVERS; i++)
        committer_stop(servers[i]);
}

static void assert_journal(struct kit *kit) {
    struct journal_check check;
    assert_int_equal(journal_verify(kit->engine, kit->reader, &kit->secrets, &check), STORE_OK);
    if (check.seq)
        fail_msg("chain %lld, entry %lld: %s", (long long)check.chain, (long long)check.seq,
                 check.what);
    assert_int_equal(check.entries, kit_number(kit, "SELECT count(*) FROM journal"));
}

struct client {
    struct kit *kit;
    int64_t number;
    struct {
        enum refusal refusal;
        int64_t result;
    } answers[EACH];
    int replayed;
};

/* Money on a few lines, an effect, a key. */
static void command_make(struct client *client, int64_t i, struct deed *deed, struct job *job) {
    char key[40];
    int64_t pair = client->number / 2;
    *deed = (struct deed){.subject = 900 + (pair + i) % LINES,
                          .limit = (pair * 7919 + i * 104729) % 201 - 80,
                          .deeds = "pe"};
    snprintf(key, sizeof key, "%lld-%lld", (long long)pair, (long long)i);
    deed_job(client->kit, job, deed, &deed_api, key);
}

/* Two clients each give the same commands under the same keys, one at each server. */
static void *client_run(void *owner) {
    struct client *client = owner;
    for (int64_t i = 0; i < EACH; i++) {
        struct deed deed;
        struct job job;
        command_make(client, i, &deed, &job);
        if (!committer_run(servers[client->number % SERVERS], &job) || job.down)
            abort();
        client->answers[i].refusal = job.refusal;
        client->answers[i].result = job.result;
        client->replayed += job.replayed;
    }
    return NULL;
}

static void lines_make(struct kit *kit) {
    char sql[512];
    kit_sql(kit, "INSERT INTO ledger_account VALUES (1, 4096, 0, 1, 0, 'HKD', 0)");
    for (int line = 900; line < 900 + LINES; line++) {
        snprintf(sql, sizeof sql,
                 "INSERT INTO line VALUES (%d, 4096, 1, 1, 0, 1, 0, 1, 0, 0, 1, '%d', '%d', '', "
                 "'p', 0, 0); INSERT INTO ledger_account VALUES (%d, 4096, %d, 2, 0, 'HKD', 0)",
                 line, line, line, line, line);
        kit_sql(kit, sql);
    }
}

static void every_command_is_done_once(void **state) {
    struct kit *kit = *state;
    static struct client clients[CLIENTS];
    pthread_t threads[CLIENTS];
    int replayed = 0;
    lines_make(kit);
    servers_start(kit);
    for (int64_t i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){.kit = kit, .number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, client_run, &clients[i]), 0);
    }
    for (size_t i = 0; i < CLIENTS; i++)
        pthread_join(threads[i], NULL);
    servers_stop();
    for (size_t i = 0; i < CLIENTS; i++) {
        replayed += clients[i].replayed;
        for (size_t k = 0; k < EACH && i % 2; k++) {
            assert_int_equal(clients[i].answers[k].refusal, clients[i - 1].answers[k].refusal);
            assert_int_equal(clients[i].answers[k].result, clients[i - 1].answers[k].result);
        }
    }
    assert_int_equal(replayed, CLIENTS / 2 * EACH);
    int64_t accepted = kit_number(kit, "SELECT count(*) FROM remembered WHERE refusal = 0");
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM remembered"), CLIENTS / 2 * EACH);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM effect"), accepted);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM posting"), 2 * accepted);
    assert_int_equal(kit_number(kit, "SELECT sum(amount) FROM posting"), 0);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM ledger_account a WHERE line > 0 AND "
                                     "(balance < 0 OR balance <> (SELECT coalesce(sum(amount), 0) "
                                     "FROM posting p WHERE p.account = a.id))"),
                     0);
    assert_true(kit_number(kit, "SELECT count(*) FROM chain") > 1);
    assert_true(kit_number(kit, "SELECT count(*) FROM checkpoint") > 0);
    assert_int_equal(kit_number(kit, "SELECT deadlocks FROM pg_stat_database WHERE datname = "
                                     "current_database()"),
                     0);
    assert_journal(kit);
}

/* The same number of jobs at every server: counters add up, a cap that both count holds. */
static void *adder_run(void *owner) {
    struct client *client = owner;
    for (int i = 0; i < EACH; i++) {
        struct deed deed = {.subject = 5, .limit = CAP, .deeds = "cl", .text = "hkid:A"};
        struct job job;
        if (i % 2)
            snprintf(deed.deeds, sizeof deed.deeds, "c");
        deed_job(client->kit, &job, &deed, &deed_api, NULL);
        if (!committer_run(servers[client->number % SERVERS], &job) || job.down)
            abort();
        client->replayed += job.refusal == ACCEPTED && i % 2 == 0;
    }
    return NULL;
}

static void counters_add_up_and_caps_hold(void **state) {
    struct kit *kit = *state;
    static struct client clients[CLIENTS];
    pthread_t threads[CLIENTS];
    int added = 0;
    servers_start(kit);
    for (int64_t i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){.kit = kit, .number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, adder_run, &clients[i]), 0);
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        pthread_join(threads[i], NULL);
        added += clients[i].replayed;
    }
    servers_stop();
    assert_int_equal(added, CAP);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM line"), CAP);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM subscriber"), 1);
    assert_int_equal(kit_number(kit, "SELECT count FROM budget WHERE id = 5"), CLIENTS * EACH);
    assert_journal(kit);
}

/* A policy that one server loaded is what the other's next decision knows; a server that has
 * nothing to do hears of it too. */
static void new_policies_count_at_every_server(void **state) {
    struct kit *kit = *state;
    servers_start(kit);
    for (int round = 0; round < 10; round++) {
        struct deed change = {.subject = 5, .deeds = "r"}, tell = {.subject = 6, .deeds = "t"};
        struct job job;
        char sql[96];
        snprintf(sql, sizeof sql, "INSERT INTO operator VALUES (%d, 'o%d', 1)", 4096 + round,
                 round);
        kit_sql(kit, sql);
        deed_job(kit, &job, &change, &deed_api, NULL);
        assert_true(committer_run(servers[round % 2], &job) && !job.down);
        deed_job(kit, &job, &tell, &deed_api, NULL);
        assert_true(committer_run(servers[1 - round % 2], &job) && !job.down);
        assert_int_equal(job.result, round + 1);
    }
    struct deed change = {.subject = 5, .deeds = "r"};
    struct job job;
    kit_sql(kit, "INSERT INTO operator VALUES (5000, 'last', 1)");
    deed_job(kit, &job, &change, &deed_api, NULL);
    assert_true(committer_run(servers[0], &job) && !job.down);
    for (bool heard = false; !heard;) { /* hangs when it never does */
        const struct tenants *tenants = committer_tenants(servers[1]);
        heard = tenant_find(tenants, 5000) != NULL;
        committer_tenants_release(servers[1], tenants);
    }
    servers_stop();
    assert_journal(kit);
}

#define WRITERS                                                                                    \
    "FROM pg_locks WHERE locktype = 'advisory' AND classid = 'installation'::regclass AND "        \
    "objsubid = 2 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"

/* One that lost its connections while nobody asked anything of it looks for another one itself. */
static void an_idle_server_comes_back_by_itself(void **state) {
    struct kit *kit = *state;
    struct deed change = {.subject = 5, .deeds = "r"};
    struct job job;
    servers_start(kit);
    kit_sql(kit, "INSERT INTO operator VALUES (5000, 'last', 1)");
    deed_job(kit, &job, &change, &deed_api, NULL);
    assert_true(committer_run(servers[0], &job) && !job.down);
    kit_sql(kit, "SELECT pg_terminate_backend(pid, 5000) " WRITERS);
    while (kit_number(kit, "SELECT count(*) " WRITERS) < SERVERS)
        continue; /* hangs when they never do */
    deed_job(kit, &job, &change, &deed_api, NULL);
    assert_true(committer_run(servers[0], &job) && !job.down);
    servers_stop();
    assert_journal(kit);
}

static int open_kit(void **state) {
    static struct kit kit;
    kit_open(&kit);
    *state = &kit;
    return 0;
}

static int close_kit(void **state) {
    kit_close(*state);
    return 0;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_kit, close_kit)
    const char *cluster = getenv("RINGOFF_TEST_POSTGRES");
    const struct CMUnitTest tests[] = {
        TEST(every_command_is_done_once),
        TEST(counters_add_up_and_caps_hold),
        TEST(new_policies_count_at_every_server),
        TEST(an_idle_server_comes_back_by_itself),
    };
    if (!cluster || !cluster[0]) {
        fprintf(stderr, "skipped: RINGOFF_TEST_POSTGRES is not set (script/cluster run)\n");
        return 77; /* what meson takes for a test that could not be run */
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
