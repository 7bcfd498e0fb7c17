#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "committer_kit.h"
#include "store/journal.h"

enum { QUEUE = 64, CROWD = 16 };

static struct deed deeds[CROWD];
static struct job jobs[CROWD];

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

/* What is 503 at the door: nothing changed, nothing told, and the key is free. */
static void assert_down(struct kit *kit, const struct job *job, int64_t subject, int64_t count) {
    assert_true(job->down);
    assert_int_equal(job->refusal, REFUSED_BUSY);
    assert_int_equal(job->result, 0);
    assert_string_equal(job->secret, "");
    assert_int_equal(deed_count(kit, subject), count);
}

static void assert_works(struct kit *kit, int64_t subject, const char *key, int64_t count) {
    struct job job;
    assert_int_equal(deed_do(kit, "c", subject, key, &job), ACCEPTED);
    assert_false(job.down);
    assert_false(job.replayed);
    assert_int_equal(job.result, count);
    assert_int_equal(deed_count(kit, subject), count);
}

static void a_stale_batch_runs_again(void **state) {
    struct kit *kit = *state;
    faults.stale = 3;
    assert_works(kit, 1, "k", 1);
    assert_int_equal(faults.records, 4);
    verify(kit, 1);
}

static void a_batch_that_stays_stale_is_given_up(void **state) {
    struct kit *kit = *state;
    struct job job;
    faults.stale = 1000;
    deed_do(kit, "cs", 1, "k", &job);
    assert_true(faults.records < 20);
    faults.stale = 0;
    assert_down(kit, &job, 1, 0);
    assert_works(kit, 1, "k", 1);
    verify(kit, 1);
}

static void a_full_database_changes_nothing(void **state) {
    struct kit *kit = *state;
    faults.down = 1;
    for (size_t i = 0; i < 5; i++)
        crowd_deed(kit, i, "cs", 7);
    gate_close(kit);
    faults.down = 1;
    gate_open(); /* the gate's own commit fails; what follows works */
    crowd_run(kit, jobs, 5);
    assert_int_equal(deed_count(kit, 7), 5);
    faults.down = 1;
    struct job job;
    deed_do(kit, "cs", 7, "k", &job);
    assert_down(kit, &job, 7, 5);
    assert_works(kit, 7, "k", 6);
    verify(kit, 7);
}

static void a_commit_in_doubt_is_looked_up(void **state) {
    struct kit *kit = *state;
    struct job job;
    assert_works(kit, 1, NULL, 1);
    faults.doubt_done = 1;
    assert_works(kit, 1, "there", 2);
    faults.doubt_lost = 1;
    deed_do(kit, "cs", 1, "lost", &job);
    assert_down(kit, &job, 1, 2);
    assert_works(kit, 1, "lost", 3);
    verify(kit, 3);
}

/* The database is gone for a while, just when the commit was in doubt: no answer is made up, and
 * afterwards the journal goes on from what is really there. */
static void a_doubt_that_cannot_be_settled_is_down(void **state) {
    struct kit *kit = *state;
    struct job job;
    assert_works(kit, 1, NULL, 1);
    faults.doubt_done = 1;
    faults.open = 3;
    deed_do(kit, "c", 1, "k", &job);
    assert_true(job.down);
    deed_do(kit, "c", 1, NULL, &job); /* still gone */
    assert_true(job.down);
    deed_do(kit, "c", 1, NULL, &job);
    assert_true(job.down);
    assert_int_equal(deed_do(kit, "c", 1, "k", &job), ACCEPTED);
    assert_true(job.replayed); /* it had been done */
    assert_works(kit, 1, NULL, 3);
    verify(kit, 3);
}

static void a_head_that_cannot_be_read_is_read_later(void **state) {
    struct kit *kit = *state;
    struct job job;
    for (int64_t i = 0; i < 2; i++) {
        assert_works(kit, 1, NULL, 3 * i + 1);
        faults.doubt_done = 1;
        faults.read = 2; /* when settling, and when opening again */
        deed_do(kit, "c", 1, NULL, &job);
        assert_true(job.down);
        deed_do(kit, "c", 1, NULL, &job);
        assert_true(job.down);
        assert_works(kit, 1, NULL, 3 * i + 3);
    }
    verify(kit, 6);
}

/* The same while a batch is split, and while a fault is being written down. */
static void doubt_while_splitting_loses_nothing(void **state) {
    struct kit *kit = *state;
    for (int round = 0; round < 8; round++) {
        faulty_start(kit, QUEUE);
        for (size_t i = 0; i < 8; i++)
            crowd_deed(kit, i, i == 2 ? "cx" : "c", (int64_t)(100 + i));
        gate_close(kit);
        gate_open();
        int64_t before[8];
        for (size_t i = 0; i < 8; i++)
            before[i] = deed_count(kit, (int64_t)(100 + i));
        gate_close(kit); /* from here on only the crowd's commits are in doubt */
        gate_open();
        faults.doubt_done = round % 2 ? 0 : 1 + round / 2;
        faults.doubt_lost = round % 2 ? 1 + round / 2 : 0;
        faults.open = round % 3;
        crowd_run(kit, jobs, 8);
        faults = (struct faults){0};
        for (size_t i = 0; i < 8; i++) {
            int64_t now = deed_count(kit, (int64_t)(100 + i));
            if (jobs[i].refusal == ACCEPTED)
                assert_int_equal(now, before[i] + 1);
            else
                assert_true(now == before[i] || (jobs[i].down && !(round % 2)));
        }
    }
    assert_works(kit, 1, NULL, 1);
    verify(kit, kit_number(kit, "SELECT count(*) FROM journal"));
}

static void it_does_not_start_without_its_database(void **state) {
    struct kit *kit = *state;
    char why[256] = "";
    struct committer_settings settings = {.engine = &faulty_engine,
                                          .where = kit->where,
                                          .secrets = &kit->secrets,
                                          .now = NULL,
                                          .queue_limit = QUEUE};
    extern int64_t fixed_clock(void);
    settings.now = fixed_clock;
    if (kit->engine->writers == 1) { /* the kit's own one is writing */
        assert_null(committer_start(&settings, why));
        assert_non_null(strstr(why, "another ringoff"));
    }
    faults.open = 1;
    assert_null(committer_start(&settings, why));
    assert_string_equal(why, "put in its way");
    assert_works(kit, 1, NULL, 1);
}

int64_t fixed_clock(void);
int64_t fixed_clock(void) {
    return kit_now;
}

static atomic_int answers;
static void count_answer(struct job *job) {
    (void)job;
    atomic_fetch_add(&answers, 1);
}

/* One more than the limit is refused; what was accepted is finished when the committer stops. */
static void the_queue_has_an_end_and_stopping_finishes_it(void **state) {
    struct kit *kit = *state;
    static struct deed many[QUEUE + 1];
    static struct job waiting[QUEUE + 1];
    atomic_store(&answers, 0);
    gate_close(kit);
    for (size_t i = 0; i <= QUEUE; i++) {
        many[i] = (struct deed){.subject = (int64_t)(i % 3 + 1), .deeds = "c"};
        deed_job(kit, &waiting[i], &many[i], &deed_api, NULL);
        waiting[i].answered = count_answer;
        assert_int_equal(committer_submit(kit->committer, &waiting[i]), i < QUEUE);
    }
    assert_true(committer_busy(kit->committer));
    assert_int_equal(atomic_load(&answers), 0);
    gate_open();
    committer_stop(kit->committer);
    kit->committer = NULL;
    assert_int_equal(atomic_load(&answers), QUEUE);
    assert_int_equal(deed_count(kit, 1) + deed_count(kit, 2) + deed_count(kit, 3), QUEUE);
    verify(kit, QUEUE + 1);
}

static struct kit *asked;
static atomic_int early, effects_told;
static void look_answer(struct job *job) {
    const struct deed *deed = job->input;
    int64_t there = deed_count(asked, deed->subject);
    atomic_fetch_add(&early, there < job->result);
    atomic_fetch_add(&answers, 1);
}

/* No answer before its commit: whoever is answered finds it in the file, over another connection.
 */
static void an_answer_comes_after_its_commit(void **state) {
    struct kit *kit = *state;
    asked = kit;
    atomic_store(&early, 0);
    atomic_store(&answers, 0);
    gate_close(kit);
    for (size_t i = 0; i < CROWD; i++) {
        crowd_deed(kit, i, "c", (int64_t)(i % 7 + 1));
        jobs[i].answered = look_answer;
        assert_true(committer_submit(kit->committer, &jobs[i]));
    }
    gate_open();
    committer_stop(kit->committer);
    kit->committer = NULL;
    assert_int_equal(atomic_load(&early), 0);
    assert_int_equal(atomic_load(&answers), CROWD);
    for (size_t i = 0; i < CROWD; i++)
        assert_int_equal(jobs[i].refusal, ACCEPTED);
}

static void tell_effects(void *owner) {
    (void)owner;
    atomic_fetch_add(&effects_told, 1);
}

static void the_dispatcher_is_told_of_effects_only(void **state) {
    struct kit *kit = *state;
    char why[256];
    struct committer_settings settings = {.engine = kit->engine,
                                          .where = kit->where,
                                          .secrets = &kit->secrets,
                                          .now = fixed_clock,
                                          .queue_limit = QUEUE,
                                          .effects = tell_effects};
    committer_stop(kit->committer);
    kit->committer = committer_start(&settings, why);
    assert_non_null(kit->committer);
    atomic_store(&effects_told, 0);
    deed_do(kit, "c", 1, NULL, NULL);
    assert_int_equal(atomic_load(&effects_told), 0);
    deed_do(kit, "ce", 1, NULL, NULL);
    assert_int_equal(atomic_load(&effects_told), 1);
    crowd_deed(kit, 0, "e", 1);
    crowd_deed(kit, 1, "cx", 2);
    crowd_deed(kit, 2, "c", 3);
    crowd_run(kit, jobs, 3); /* split: still told */
    assert_int_equal(atomic_load(&effects_told), 2);
}

/* A file that may not grow, as on a full disk. */
static void a_full_disk_is_down_and_later_works(void **state) {
    struct kit *kit = *state;
    char wal[544];
    struct stat about;
    struct rlimit old, tight;
    struct job last;
    int accepted = 0;
    if (kit->engine != &sqlite_engine)
        skip(); /* another process writes */
    assert_works(kit, 1, NULL, 1);
    snprintf(wal, sizeof wal, "%s-wal", kit->where);
    assert_int_equal(stat(wal, &about), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, SIG_IGN);
    tight = old;
    tight.rlim_cur = (rlim_t)about.st_size + 100000;
    setrlimit(RLIMIT_FSIZE, &tight);
    do
        deed_do(kit, "cs", 1, NULL, &last);
    while (!last.down && ++accepted < 1000);
    struct job again;
    deed_do(kit, "c", 1, "k", &again);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_true(accepted < 1000);
    assert_true(again.down);
    assert_down(kit, &last, 1, accepted + 1);
    assert_works(kit, 1, "k", accepted + 2);
    verify(kit, accepted + 2);
}

/* Another program holds the database: the whole crowd is told so once, not one by one. */
static void a_held_database_is_down(void **state) {
    struct kit *kit = *state;
    sqlite3 *other;
    if (kit->engine != &sqlite_engine)
        skip(); /* nobody holds all of it */
    assert_int_equal(sqlite3_open(kit->where, &other), SQLITE_OK);
    for (size_t i = 0; i < CROWD; i++)
        crowd_deed(kit, i, "c", 1);
    gate_close(kit);
    gate_open();
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", 0, 0, 0), SQLITE_OK);
    atomic_store(&answers, 0);
    for (size_t i = 0; i + 1 < CROWD; i++) {
        jobs[i].answered = count_answer;
        assert_true(committer_submit(kit->committer, &jobs[i]));
    }
    assert_true(committer_run(kit->committer, &jobs[CROWD - 1]));
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", 0, 0, 0), SQLITE_OK);
    sqlite3_close(other);
    for (size_t i = 0; i < CROWD; i++)
        assert_down(kit, &jobs[i], 1, 0);
    assert_works(kit, 1, NULL, 1);
    verify(kit, 2);
}

static int open_kit(void **state) {
    static struct kit kit;
    kit_open(&kit);
    faulty_start(&kit, QUEUE);
    *state = &kit;
    return 0;
}

static int close_kit(void **state) {
    faults = (struct faults){0};
    kit_close(*state);
    return 0;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_kit, close_kit)
    const struct CMUnitTest tests[] = {
        TEST(an_answer_comes_after_its_commit),
        TEST(a_stale_batch_runs_again),
        TEST(a_batch_that_stays_stale_is_given_up),
        TEST(a_full_database_changes_nothing),
        TEST(a_commit_in_doubt_is_looked_up),
        TEST(a_doubt_that_cannot_be_settled_is_down),
        TEST(a_head_that_cannot_be_read_is_read_later),
        TEST(doubt_while_splitting_loses_nothing),
        TEST(it_does_not_start_without_its_database),
        TEST(the_queue_has_an_end_and_stopping_finishes_it),
        TEST(the_dispatcher_is_told_of_effects_only),
        TEST(a_full_disk_is_down_and_later_works),
        TEST(a_held_database_is_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
