#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "committer_kit.h"
#include "store/journal.h"

enum { CROWD = 48 };

static struct deed deeds[CROWD];
static struct job jobs[CROWD];

/* One deed of the crowd to come; the same row as the others with the same subject. */
static void crowd_deed(struct kit *kit, size_t i, const char *what, int64_t subject) {
    deeds[i] = (struct deed){.subject = subject, .limit = 1000};
    snprintf(deeds[i].deeds, sizeof deeds[i].deeds, "%s", what);
    deed_job(kit, &jobs[i], &deeds[i], &deed_api, NULL);
}

static void verify(struct kit *kit, int64_t entries) {
    struct journal_check check;
    assert_int_equal(journal_verify(kit->engine, kit->reader, &kit->secrets, &check), STORE_OK);
    if (check.seq)
        fail_msg("entry %lld: %s", (long long)check.seq, check.what);
    assert_int_equal(check.entries, entries);
}

static int64_t broken_entries(struct kit *kit) {
    return kit_number(kit, "SELECT count(*) FROM journal WHERE refusal = 'broken'");
}

/* What was not there when the batch was loaded is seen by the next who wants it, and so is what was
 * there; a reader sees what stood in front of it. */
static void each_sees_what_stood_before_it(void **state) {
    struct kit *kit = *state;
    for (int round = 0; round < 2; round++) { /* first the row is not there, then it is */
        int64_t before = round ? 3 : 0;
        crowd_deed(kit, 0, "c", 5);
        crowd_deed(kit, 1, "a", 5);
        crowd_deed(kit, 2, "c", 6);
        crowd_deed(kit, 3, "c", 5);
        crowd_deed(kit, 4, "a", 5);
        crowd_deed(kit, 5, "c", 5);
        crowd_run(kit, jobs, 6);
        const int64_t expected[] = {1, 1, round + 1, 2, 2, 3};
        for (size_t i = 0; i < 6; i++)
            assert_int_equal(jobs[i].result, expected[i] + (i == 2 ? 0 : before));
    }
}

/* Order is kept a row: the answers on one row come in the order of the asking. */
static void nobody_is_overtaken_on_its_row(void **state) {
    struct kit *kit = *state;
    for (size_t i = 0; i < CROWD; i++)
        crowd_deed(kit, i, "c", (int64_t)(100 + i % 5));
    crowd_run(kit, jobs, CROWD);
    for (size_t i = 0; i < CROWD; i++) {
        assert_int_equal(jobs[i].result, i / 5 + 1);
        if (i >= 5)
            assert_true(crowd_place(&jobs[i]) > crowd_place(&jobs[i - 5]));
    }
}

/* A deferred job keeps its turn even on a row that nobody changed: B waits for row 1 and wants
 * row 2; C, behind it, wants row 2 only and must not be decided first. */
static void a_deferred_job_keeps_all_its_rows(void **state) {
    struct kit *kit = *state;
    crowd_deed(kit, 0, "c", 1);
    crowd_deed(kit, 1, "cb", 1);
    deeds[1].limit = 2;
    deed_job(kit, &jobs[1], &deeds[1], &deed_api, NULL);
    crowd_deed(kit, 2, "c", 2);
    crowd_run(kit, jobs, 3);
    assert_int_equal(jobs[1].result, 1); /* the count of row 2 */
    assert_int_equal(jobs[2].result, 2);
    assert_int_equal(kit_number(kit, "SELECT count FROM budget WHERE id = 1"), 2);
}

/* The batch breaks and is split; what waits from its first half is still not overtaken by the
 * second. */
static void a_split_batch_keeps_the_order(void **state) {
    struct kit *kit = *state;
    for (size_t i = 0; i < 16; i++)
        crowd_deed(kit, i, "c", (int64_t)(200 + i));
    crowd_deed(kit, 0, "c", 7);
    crowd_deed(kit, 1, "c", 7); /* waits */
    crowd_deed(kit, 6, "cx", 300);
    crowd_deed(kit, 12, "cx", 301);
    crowd_deed(kit, 13, "c", 7);
    crowd_deed(kit, 15, "c", 7);
    crowd_run(kit, jobs, 16);
    assert_int_equal(jobs[0].result, 1);
    assert_int_equal(jobs[1].result, 2);
    assert_int_equal(jobs[13].result, 3);
    assert_int_equal(jobs[15].result, 4);
    assert_int_equal(jobs[6].refusal, REFUSED_BROKEN);
    assert_int_equal(jobs[12].refusal, REFUSED_BROKEN);
    for (size_t i = 0; i < 16; i++)
        if (i != 6 && i != 12)
            assert_int_equal(jobs[i].refusal, ACCEPTED);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM budget WHERE id IN (300, 301)"), 0);
    assert_int_equal(broken_entries(kit), 2);
    verify(kit, 17);
}

/* In whatever way a command is our fault, it fails alone, is written down, and its key is free. */
static void a_fault_is_journalled_and_its_key_stays_free(void **state) {
    static const char *const faults_there[] = {"cx", "m", "ci"};
    struct kit *kit = *state;
    struct job job;
    for (size_t i = 0; i < sizeof faults_there / sizeof *faults_there; i++) {
        crowd_deed(kit, 0, "c", 11);
        crowd_deed(kit, 1, faults_there[i], 12);
        snprintf(jobs[1].key, sizeof jobs[1].key, "k%zu", i);
        crowd_deed(kit, 2, "c", 13);
        crowd_run(kit, jobs, 3);
        assert_int_equal(jobs[0].refusal, ACCEPTED);
        assert_int_equal(jobs[1].refusal, REFUSED_BROKEN);
        assert_int_equal(jobs[1].result, 0);
        assert_false(jobs[1].down);
        assert_int_equal(jobs[2].refusal, ACCEPTED);
        assert_int_equal(broken_entries(kit), i + 1);
    }
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM budget WHERE id = 12"), 0);
    assert_int_equal(deed_do(kit, "c", 12, "k0", &job), ACCEPTED);
    assert_false(job.replayed);
}

/* As many changes and ids as a command may have stand. */
static void the_most_changes_stand(void **state) {
    struct kit *kit = *state;
    char what[16] = "";
    memset(what, 'e', 15); /* each makes an id and a change */
    assert_int_equal(deed_do(kit, what, 1, NULL, NULL), ACCEPTED);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM effect"), 15);
}

static void a_fault_hands_out_no_secret_and_a_timers_is_kept(void **state) {
    struct kit *kit = *state;
    struct deed deed = {.subject = 14, .deeds = "csx"};
    struct job job;
    deed_job(kit, &job, &deed, &deed_api, NULL);
    assert_true(committer_run(kit->committer, &job));
    assert_int_equal(job.refusal, REFUSED_BROKEN);
    assert_string_equal(job.secret, "");
    deed_job(kit, &job, &deed, &deed_system, NULL);
    assert_true(committer_run(kit->committer, &job));
    assert_int_equal(job.refusal, REFUSED_BROKEN);
    assert_int_equal(broken_entries(kit), 2);
    struct deed idle = {.subject = 14, .deeds = "n"}; /* a timer that found nothing */
    deed_job(kit, &job, &idle, &deed_system, NULL);
    assert_true(committer_run(kit->committer, &job));
    assert_int_equal(job.refusal, REFUSED_NOT_FOUND);
    verify(kit, 2);
}

/* Two in one batch that both count what hangs on a text: the second counts the first's. */
static void a_cap_holds_within_a_batch(void **state) {
    struct kit *kit = *state;
    for (int round = 0; round < 2; round++) { /* a new person; then one who is there */
        for (size_t i = 0; i < 6; i++) {
            crowd_deed(kit, i, "l", 0);
            deeds[i].limit = 2 + 2 * round;
            snprintf(deeds[i].text, sizeof deeds[i].text, "hkid:A");
            deed_job(kit, &jobs[i], &deeds[i], &deed_api, NULL);
        }
        snprintf(deeds[3].text, sizeof deeds[3].text, "hkid:B%d", round); /* somebody else */
        crowd_run(kit, jobs, 6);
        for (size_t i = 0; i < 6; i++)
            assert_int_equal(jobs[i].refusal, i < 2 || i == 3 ? ACCEPTED : REFUSED_CAP);
    }
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM line"), 6);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM subscriber"), 3);
}

/* Lists that hang on a locked line: what one added, the next sees. */
static void what_hangs_on_a_line_is_seen(void **state) {
    struct kit *kit = *state;
    kit_sql(kit, "INSERT INTO line VALUES (900, 4096, 1, 1, 0, 1, 0, 1, 0, 0, 1, 'a', 'a', 'a', "
                 "'p', 0, 0)");
    for (size_t i = 0; i < 5; i++)
        crowd_deed(kit, i, "k", 900);
    crowd_run(kit, jobs, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(jobs[i].result, i);
}

static void a_key_twice_in_a_batch_is_done_once(void **state) {
    struct kit *kit = *state;
    for (size_t i = 0; i < 4; i++) {
        crowd_deed(kit, i, "c", i == 3 ? 16 : 15);
        snprintf(jobs[i].key, sizeof jobs[i].key, "once");
    }
    crowd_run(kit, jobs, 4);
    assert_false(jobs[0].replayed);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(jobs[i].refusal, ACCEPTED);
        assert_int_equal(jobs[i].result, 1);
        assert_int_equal(jobs[i].replayed, i > 0);
    }
    assert_int_equal(jobs[3].refusal, REFUSED_KEY_REUSED);
    assert_int_equal(kit_number(kit, "SELECT count FROM budget WHERE id = 15"), 1);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM budget WHERE id = 16"), 0);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM journal WHERE refusal = 'key_reused'"),
                     1);
    verify(kit, 3); /* with the gate's */
}

/* The row's id is a hash of 63 bits: another key with the same id is not taken for this one. */
static void another_key_with_the_same_id_is_refused(void **state) {
    struct kit *kit = *state;
    struct job job;
    assert_int_equal(deed_do(kit, "c", 17, "one", &job), ACCEPTED);
    kit_sql(kit, "UPDATE remembered SET key = " KIT_ZEROS);
    assert_int_equal(deed_do(kit, "c", 17, "one", &job), REFUSED_KEY_REUSED);
    assert_int_equal(kit_number(kit, "SELECT count FROM budget WHERE id = 17"), 1);
}

static void what_is_remembered_and_how_long(void **state) {
    struct kit *kit = *state;
    struct deed deed = {.subject = 18, .deeds = "cs"};
    struct job job;
    deed_job(kit, &job, &deed, &deed_api, "m");
    job.verb = &money_deed_verb;
    assert_true(committer_run(kit->committer, &job));
    assert_int_equal(kit_number(kit, "SELECT keep_until FROM remembered"), 0);
    kit_sql(kit, "DELETE FROM remembered");
    job.verb = &secret_deed_verb; /* hands out a secret: no answer is kept */
    for (int i = 0; i < 2; i++) {
        assert_true(committer_run(kit->committer, &job));
        assert_false(job.replayed);
        assert_string_equal(job.secret, "told once");
    }
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM remembered"), 0);
    deed_do(kit, "c", 18, "d", &job);
    assert_true(kit_number(kit, "SELECT keep_until - at FROM remembered") >=
                INT64_C(30) * 24 * 60 * 60 * 1000);
    struct deed refused = {.subject = 18, .deeds = "n"};
    deed_job(kit, &job, &refused, &deed_nobody, "x"); /* unknown people: the key stays free */
    assert_true(committer_run(kit->committer, &job));
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM remembered"), 1);
}

static void a_clock_that_steps_back_stands_still(void **state) {
    struct kit *kit = *state;
    struct job job;
    int64_t began = kit_now;
    deed_do(kit, "c", 19, NULL, &job);
    assert_int_equal(job.at, began);
    kit_now = began - 1000;
    deed_do(kit, "c", 19, NULL, &job);
    assert_int_equal(job.at, began);
    kit_now = began + 5;
    deed_do(kit, "c", 19, NULL, &job);
    assert_int_equal(job.at, began + 5);
    kit_now = began;
}

/* Money: a line's account never falls below zero, nothing overflows, all sums are kept. */
static void money_is_kept(void **state) {
    struct kit *kit = *state;
    static const struct {
        int64_t amount;
        enum refusal refusal;
        int64_t balance;
    } moves[] = {{500, ACCEPTED, 500},
                 {-501, REFUSED_AMOUNT, 500},
                 {-500, ACCEPTED, 0},
                 {INT64_MAX, ACCEPTED, INT64_MAX},
                 {1, REFUSED_AMOUNT, INT64_MAX},
                 {-INT64_MAX, ACCEPTED, 0}};
    kit_sql(kit, "INSERT INTO line VALUES (900, 4096, 1, 1, 0, 1, 0, 1, 0, 0, 1, 'a', 'a', 'a', "
                 "'p', 0, 0); INSERT INTO ledger_account VALUES (901, 4096, 900, 2, 0, 'HKD', 0), "
                 "(902, 4096, 0, 1, 0, 'HKD', 0)");
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        struct deed deed = {.subject = 900, .limit = moves[i].amount, .deeds = "p"};
        struct job job;
        deed_job(kit, &job, &deed, &deed_api, NULL);
        assert_true(committer_run(kit->committer, &job));
        assert_int_equal(job.refusal, moves[i].refusal);
        assert_int_equal(kit_number(kit, "SELECT balance FROM ledger_account WHERE id = 901"),
                         moves[i].balance);
        assert_int_equal(kit_number(kit, "SELECT sum(amount) FROM posting WHERE account = 901"),
                         moves[i].balance);
        assert_int_equal(kit_number(kit, "SELECT sum(amount) FROM posting"), 0);
    }
}

/* An account that many share has no floor, but an end. */
static void nothing_overflows(void **state) {
    struct change changes[4];
    struct outcome out = {.actor = &deed_api, .entry = 4096, .changes = changes, .room = 4};
    struct ledger_account shared = {.id = 1, .operator= 4096, .balance = INT64_MAX - 1};
    struct arena arena;
    (void)state;
    arena_open(&arena, 1 << 16);
    out.arena = &arena;
    assert_false(outcome_post(&out, &shared, MOVED_TOP_UP, 2));
    assert_int_equal(out.count, 0);
    assert_true(outcome_post(&out, &shared, MOVED_TOP_UP, 1));
    shared.balance = INT64_MIN + 1;
    assert_false(outcome_post(&out, &shared, MOVED_TOP_UP, -2));
    assert_true(outcome_post(&out, &shared, MOVED_TOP_UP, -1));
    assert_int_equal(out.count, 2);
    assert_int_equal(out.balance, 0);
    arena_close(&arena);
}

/* After one that changes the policies, nobody of the batch is decided with the old ones. */
static void new_policies_count_at_once(void **state) {
    struct kit *kit = *state;
    kit_sql(kit, "INSERT INTO operator VALUES (4096, 'harbour', 1)");
    crowd_deed(kit, 0, "r", 0);
    crowd_deed(kit, 1, "c", 21);
    crowd_deed(kit, 2, "cx", 22);
    crowd_deed(kit, 3, "c", 23);
    crowd_run(kit, jobs, 4);
    assert_true(crowd_place(&jobs[0]) == 0);
    const struct tenants *tenants = committer_tenants(kit->committer);
    assert_non_null(tenant_find(tenants, 4096));
    assert_null(tenant_find(tenants, 4097));
    committer_tenants_release(kit->committer, tenants);
    assert_int_equal(jobs[2].refusal, REFUSED_BROKEN);
    assert_int_equal(jobs[3].refusal, ACCEPTED);
}

/* A key that the door knows from before is looked at with the rows: one that was revoked meanwhile
 * does nothing, and nothing of it is kept. */
static void an_unchecked_key_must_stand(void **state) {
    struct kit *kit = *state;
    struct deed three[3] = {
        {.subject = 1, .deeds = "c"}, {.subject = 2, .deeds = "c"}, {.subject = 3, .deeds = "c"}};
    struct job asked[3];
    struct api_key key = {.id = 9, .operator= 4096, .made_at = 1, .scopes = "closures:write"};
    struct api_key gone = {.id = 10, .operator= 4096, .made_at = 1, .revoked_at = 2};
    memset(gone.hash, 1, sizeof gone.hash);
    kit_put(kit, API_KEY_ADD, &key);
    kit_put(kit, API_KEY_ADD, &gone);
    for (size_t i = 0; i < 3; i++) {
        deed_job(kit, &asked[i], &three[i], &deed_api, "once");
        asked[i].actor.id = 9 + (int64_t)i; /* good, revoked, never there */
        asked[i].unchecked = true;
    }
    crowd_run(kit, asked, 3);
    assert_int_equal(asked[0].refusal, ACCEPTED);
    assert_int_equal(asked[1].refusal, REFUSED_NOT_SIGNED_IN);
    assert_int_equal(asked[2].refusal, REFUSED_NOT_SIGNED_IN);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM journal WHERE refusal <> ''"), 0);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM budget WHERE id IN (2, 3)"), 0);
    asked[1].unchecked = false; /* the same key of idempotency, for the first time */
    crowd_run(kit, &asked[1], 1);
    assert_int_equal(asked[1].refusal, ACCEPTED);
    assert_false(asked[1].replayed);
}

static void budget_show(struct job *job, struct load *load) {
    want_budget(load, 21, job->rows);
}

/* What answers show is read once for a batch where each asker would make a round trip; never of
 * what was refused. */
static void answers_are_read_together(void **state) {
    struct kit *kit = *state;
    struct deed three[3] = {{.subject = 21, .deeds = "c"},
                            {.subject = 22, .deeds = "n"},
                            {.subject = 23, .deeds = "c"}};
    struct job asked[3];
    struct budget rows[3] = {{0}};
    for (size_t i = 0; i < 3; i++) {
        deed_job(kit, &asked[i], &three[i], &deed_api, NULL);
        asked[i].rows = &rows[i];
        asked[i].show = i < 2 ? budget_show : NULL;
    }
    crowd_run(kit, asked, 3);
    assert_int_equal(asked[0].refusal, ACCEPTED);
    assert_int_equal(asked[1].refusal, REFUSED_NOT_FOUND);
    assert_int_equal(asked[0].shown, kit->engine->writers > 1);
    assert_int_equal(rows[0].count, kit->engine->writers > 1);
    assert_false(asked[1].shown || asked[2].shown || rows[1].id || rows[2].id);
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
    const struct CMUnitTest tests[] = {
        TEST(each_sees_what_stood_before_it),
        TEST(nobody_is_overtaken_on_its_row),
        TEST(a_deferred_job_keeps_all_its_rows),
        TEST(a_split_batch_keeps_the_order),
        TEST(a_fault_is_journalled_and_its_key_stays_free),
        TEST(the_most_changes_stand),
        TEST(a_fault_hands_out_no_secret_and_a_timers_is_kept),
        TEST(a_cap_holds_within_a_batch),
        TEST(what_hangs_on_a_line_is_seen),
        TEST(a_key_twice_in_a_batch_is_done_once),
        TEST(another_key_with_the_same_id_is_refused),
        TEST(what_is_remembered_and_how_long),
        TEST(a_clock_that_steps_back_stands_still),
        TEST(money_is_kept),
        TEST(nothing_overflows),
        TEST(an_unchecked_key_must_stand),
        TEST(answers_are_read_together),
        TEST(new_policies_count_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
