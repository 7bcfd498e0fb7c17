/* Several chains of the journal: what one committer knows of the others, in the journal and beside
 * it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "committer_kit.h"
#include "store/journal.h"

static void verify(struct kit *kit, struct journal_check *check) {
    assert_int_equal(journal_verify(kit->engine, kit->reader, &kit->secrets, check), STORE_OK);
}

static void verify_good(struct kit *kit, int64_t checkpoints) {
    struct journal_check check;
    verify(kit, &check);
    if (check.seq)
        fail_msg("chain %lld, entry %lld: %s", (long long)check.chain, (long long)check.seq,
                 check.what);
    assert_int_equal(check.entries, kit_number(kit, "SELECT count(*) FROM journal"));
    assert_int_equal(check.checkpoints, checkpoints);
}

static void deeds_do(struct kit *kit, int count) {
    for (int i = 0; i < count; i++)
        assert_int_equal(deed_do(kit, "c", 8, NULL, NULL), ACCEPTED);
}

static void another_chains_head_is_named_once_a_minute(void **state) {
    struct kit *kit = *state;
    int64_t began = kit_now;
    faulty_start_as(kit, 0, 2);
    deeds_do(kit, 3);
    kit_now += HOUR;
    deeds_do(kit, 1);
    verify_good(kit, 0); /* alone there is nothing to name */
    faulty_start_as(kit, 0, 5);
    deed_do(kit, "n", 8, NULL, NULL); /* a new connection's first entries */
    verify_good(kit, 1);
    deeds_do(kit, 3);
    kit_now += MINUTE - 1;
    deeds_do(kit, 1);
    verify_good(kit, 1);
    kit_now += 1;
    deeds_do(kit, 3);
    verify_good(kit, 2);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM journal WHERE verb = "
                                     "'journal.checkpoint' AND chain = 5 AND operator = 0 AND "
                                     "actor_kind = 16"),
                     2);
    faulty_start_as(kit, 0, 2);
    deeds_do(kit, 1);
    verify_good(kit, 3);
    kit_now = began;
}

static const struct {
    const char *harm;
    int64_t chain, seq;
    const char *what;
} harms[] = {
    /* a chain that is taken away whole, with its head; at its start, chain 5 named 2 */
    {"DELETE FROM journal WHERE chain = 2; DELETE FROM chain WHERE id = 2", 2, 3, "is not there"},
    {"DELETE FROM journal WHERE chain = 5; DELETE FROM chain WHERE id = 5", 5, 2, "no entry"},
    /* a chain that is cut off, with a head that fits what is left */
    {"DELETE FROM journal WHERE chain = 2 AND seq > 2; UPDATE chain SET seq = 2, hash = (SELECT "
     "hash FROM journal WHERE chain = 2 AND seq = 2) WHERE id = 2",
     2, 3, "is not there"},
    {"DELETE FROM checkpoint", 5, 2, "checkpoint is missing"},
    {"UPDATE checkpoint SET at = at + 1", 5, 2, "checkpoint was changed"},
    {"UPDATE checkpoint SET id = id + 1", 5, 2, "checkpoint is missing"},
    {"UPDATE checkpoint SET hash = " KIT_ZEROS, 5, 2, "checkpoint was changed"},
    {"UPDATE checkpoint SET hash = x'00'", 5, 2, "cannot be read"},
    {"UPDATE checkpoint SET heads = x'00'", 5, 2, "cannot be read"},
    {"DELETE FROM journal WHERE verb = 'journal.checkpoint'", 5, 2, "missing"},
    {"DELETE FROM journal WHERE chain = 5 AND seq > 1; UPDATE chain SET seq = 1, hash = (SELECT "
     "hash FROM journal WHERE chain = 5 AND seq = 1) WHERE id = 5",
     5, 2, "no entry"},
    {"UPDATE journal SET verb = 'other' WHERE verb = 'journal.checkpoint'", 5, 2, "changed"},
    {"INSERT INTO checkpoint SELECT id + 4096, at, heads, hash FROM checkpoint", 5, 3,
     "checkpoint was changed"},
};

static void every_harm_is_found_and_named(void **state) {
    struct kit *kit = *state;
    struct journal_check check;
    faulty_start_as(kit, 0, 2);
    deeds_do(kit, 3);
    faulty_start_as(kit, 0, 5);
    deeds_do(kit, 4);
    kit_sql(kit, "CREATE TABLE j AS SELECT * FROM journal; CREATE TABLE c AS SELECT * FROM chain;"
                 "CREATE TABLE p AS SELECT * FROM checkpoint");
    for (size_t i = 0; i < sizeof harms / sizeof *harms; i++) {
        verify_good(kit, 1);
        kit_sql(kit, harms[i].harm);
        verify(kit, &check);
        if (check.chain != harms[i].chain || check.seq != harms[i].seq ||
            !strstr(check.what, harms[i].what))
            fail_msg("%s: found %lld/%lld (%s)", harms[i].harm, (long long)check.chain,
                     (long long)check.seq, check.what);
        kit_sql(kit, "DELETE FROM journal; INSERT INTO journal SELECT * FROM j;"
                     "DELETE FROM chain; INSERT INTO chain SELECT * FROM c;"
                     "DELETE FROM checkpoint; INSERT INTO checkpoint SELECT * FROM p");
    }
}

/* The clock was ahead before a restart, or another server's is: time stands still until then. */
static void time_does_not_step_back_over_a_restart(void **state) {
    struct kit *kit = *state;
    struct job job;
    int64_t began = kit_now;
    faulty_start_as(kit, 0, 2);
    kit_now = began + 10 * MINUTE;
    deeds_do(kit, 2);
    kit_now = began;
    faulty_start_as(kit, 0, 2);
    deed_do(kit, "c", 8, NULL, &job);
    assert_int_equal(job.at, began + 10 * MINUTE);
    kit_now = began + 11 * MINUTE;
    deed_do(kit, "c", 8, NULL, &job);
    assert_int_equal(job.at, began + 11 * MINUTE);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM journal a, journal b WHERE a.chain = "
                                     "b.chain AND a.seq < b.seq AND a.at > b.at"),
                     0);
    kit_now = began;
}

/* Another server loaded a policy: the next decision knows it, and so do the pages. */
static void another_servers_policies_count_at_once(void **state) {
    struct kit *kit = *state;
    struct job job;
    deed_do(kit, "t", 8, NULL, &job);
    assert_int_equal(job.result, 0);
    kit_sql(kit, "INSERT INTO operator VALUES (4096, 'harbour', 1)");
    deed_do(kit, "t", 8, NULL, &job);
    assert_int_equal(job.result, 0); /* nobody says that they changed: they are not read */
    kit_sql(kit, "UPDATE rules_version SET entry = 77");
    deed_do(kit, "t", 8, NULL, &job);
    assert_int_equal(job.result, 1);
    const struct tenants *tenants = committer_tenants(kit->committer);
    assert_int_equal(tenants->version, 77);
    committer_tenants_release(kit->committer, tenants);
    deed_do(kit, "r", 8, NULL, &job);
    assert_int_equal(kit_number(kit, "SELECT entry FROM rules_version WHERE id = 1"),
                     kit_number(kit, "SELECT max(id) FROM journal"));
    /* A policy that this program cannot read: it decides nothing under rules that it does not know.
     */
    kit_sql(kit, "INSERT INTO policy VALUES (5, 4096, 1, 1, 1, '{}');"
                 "UPDATE rules_version SET entry = 78");
    deed_do(kit, "t", 8, NULL, &job);
    assert_true(job.down);
    kit_sql(kit, "DELETE FROM policy; UPDATE rules_version SET entry = 79");
    deed_do(kit, "t", 8, NULL, &job);
    assert_int_equal(job.result, 1);
}

/* A flood of refusals of people nobody knows is one row a kind and chain. */
static void refusals_of_a_batch_are_one_row(void **state) {
    enum { MANY = 40 };
    struct kit *kit = *state;
    static struct deed deeds[MANY];
    static struct job jobs[MANY];
    for (int chain = 0; chain < 2; chain++) {
        faulty_start_as(kit, 0, chain);
        for (size_t i = 0; i < MANY; i++) {
            deeds[i] = (struct deed){.subject = 1, .deeds = "n"};
            deed_job(kit, &jobs[i], &deeds[i], &deed_nobody, NULL);
            jobs[i].refused = i < 4 ? REFUSED_INPUT : ACCEPTED;
        }
        crowd_run(kit, jobs, MANY);
    }
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM refusal_count"), 4);
    assert_int_equal(kit_number(kit, "SELECT sum(count) FROM refusal_count"), 2 * MANY);
    assert_int_equal(kit_number(kit, "SELECT sum(count) FROM refusal_count WHERE chain = 1 AND "
                                     "refusal = 'not_found'"),
                     MANY - 4);
}

static int open_kit(void **state) {
    static struct kit kit;
    kit_open(&kit);
    *state = &kit;
    return 0;
}

static int close_kit(void **state) {
    faulty_chain(-1);
    kit_close(*state);
    return 0;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_kit, close_kit)
    const struct CMUnitTest tests[] = {
        TEST(another_chains_head_is_named_once_a_minute),
        TEST(every_harm_is_found_and_named),
        TEST(time_does_not_step_back_over_a_restart),
        TEST(another_servers_policies_count_at_once),
        TEST(refusals_of_a_batch_are_one_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
