/* The connection is lost, at each point where it can be: what was accepted waits as long as it may,
 * is done once, and is answered; what is not known is told by its key. */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "committer_kit.h"
#include "store/committer_worker.h"
#include "store/journal.h"

enum { CROWD = 8, FOREVER = 1000000 };

static struct deed deeds[CROWD];
static struct job jobs[CROWD];

static void verify(struct kit *kit, int64_t entries) {
    struct journal_check check;
    assert_int_equal(journal_verify(kit->engine, kit->reader, &kit->secrets, &check), STORE_OK);
    if (check.seq)
        fail_msg("entry %lld: %s", (long long)check.seq, check.what);
    assert_int_equal(check.entries, entries);
}

static void assert_done(struct kit *kit, const char *key, int64_t count) {
    struct job job;
    assert_int_equal(deed_do(kit, "c", 1, key, &job), ACCEPTED);
    assert_false(job.down);
    assert_false(job.replayed);
    assert_int_equal(job.result, count);
    assert_int_equal(deed_count(kit, 1), count);
}

/* Nothing was changed: it is done over another connection, with and without failing openings. */
static void what_was_lost_is_done_over_another_connection(void **state) {
    struct kit *kit = *state;
    faulty_start_as(kit, HOUR, -1);
    int *const points[] = {&faults.gone_load, &faults.gone, &faults.doubt_lost, &faults.doubt_done};
    for (int i = 0; i < 8; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%d", i);
        faults = (struct faults){.open = i / 4, .living = i / 4};
        *points[i % 4] = 1;
        assert_done(kit, key, i + 1);
        assert_int_equal(faults.opens, 1 + i / 4);
        assert_int_equal(faults.living, i / 4 * (i % 4 < 2)); /* only a doubt asks for it */
    }
    verify(kit, 8);
}

static void without_patience_it_is_down_at_once(void **state) {
    struct kit *kit = *state;
    struct job job;
    faulty_start_as(kit, 0, -1);
    faults.gone = 1;
    deed_do(kit, "cs", 1, "k", &job);
    assert_true(job.down);
    assert_string_equal(job.secret, "");
    faults.open = 2;
    for (int i = 0; i < 2; i++) {
        deed_do(kit, "c", 1, "k", &job);
        assert_true(job.down);
    }
    assert_done(kit, "k", 1);
    verify(kit, 1);
}

/* With patience it is tried until the end of it, and no longer. */
static void patience_has_an_end(void **state) {
    struct kit *kit = *state;
    struct job job;
    faulty_start_as(kit, 60, -1);
    faults.gone_load = 1;
    faults.open = FOREVER;
    deed_do(kit, "c", 1, "k", &job);
    assert_true(job.down);
    assert_true(faults.opens > 0 && faults.opens < 5); /* with pauses */
    faults.open = 0;
    assert_done(kit, "k", 1);
}

static atomic_int answers, downs;
static void count_answer(struct job *job) {
    atomic_fetch_add(&downs, job->down);
    atomic_fetch_add(&answers, 1);
}

static void crowd_give(struct kit *kit) {
    atomic_store(&answers, 0);
    atomic_store(&downs, 0);
    for (size_t i = 0; i < CROWD; i++) {
        deeds[i] = (struct deed){.subject = 1, .limit = 1000, .deeds = "c"};
        deed_job(kit, &jobs[i], &deeds[i], &deed_api, NULL);
        jobs[i].answered = count_answer;
        assert_true(committer_submit(kit->committer, &jobs[i]));
    }
}

/* Waiting for a connection, or for a session that does not end, it stops all the same. Over the
 * connection that it has in the second case it finishes what else was accepted. */
static void stopping_does_not_wait_for_a_lost_connection(void **state) {
    struct kit *kit = *state;
    for (int round = 0; round < 2; round++) {
        faulty_start_as(kit, HOUR, -1);
        faults.gone_load = round ? 0 : FOREVER;
        faults.open = round ? 0 : FOREVER;
        faults.doubt_lost = round;
        faults.living = round ? FOREVER : 0;
        crowd_give(kit);
        while (atomic_load(&faults.opens) < 1)
            sched_yield();
        committer_stop(kit->committer);
        kit->committer = NULL;
        assert_int_equal(atomic_load(&answers), CROWD);
        assert_true(atomic_load(&downs) > 0);
        assert_true(round || atomic_load(&downs) == CROWD);
        assert_int_equal(deed_count(kit, 1), CROWD - atomic_load(&downs));
    }
}

/* Whether it was kept cannot be found out in time; its key tells later. */
static void a_doubt_that_is_not_settled_is_told_by_its_key(void **state) {
    struct kit *kit = *state;
    struct job job;
    faulty_start_as(kit, 60, -1);
    faults.doubt_done = 1;
    faults.living = FOREVER;
    deed_do(kit, "c", 1, "k", &job);
    assert_true(job.down);
    faults.living = 0;
    assert_int_equal(deed_do(kit, "c", 1, "k", &job), ACCEPTED);
    assert_true(job.replayed);
    assert_int_equal(deed_count(kit, 1), 1);
    assert_done(kit, NULL, 2);
    verify(kit, 2);
}

/* The new connection owns another chain: the doubt is settled on the old one, writing goes on at
 * the end of the new one. */
static void another_chain_is_gone_on_with_where_it_ends(void **state) {
    struct kit *kit = *state;
    faulty_start_as(kit, HOUR, 3);
    assert_done(kit, NULL, 1);
    for (int i = 0; i < 6; i++) {
        faulty_chain(i % 2 ? 3 : 9);
        faults.doubt_done = i < 4;
        faults.gone = i >= 4;
        assert_done(kit, NULL, 2 * i + 2);
        assert_done(kit, NULL, 2 * i + 3);
    }
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM chain WHERE id IN (3, 9)"), 2);
    verify(kit, kit_number(kit, "SELECT count(*) FROM journal"));
}

/* Another one wrote on our chain: nothing is written over it, and the new end is gone on from. */
static void a_chain_that_went_on_is_not_written_over(void **state) {
    struct kit *kit = *state;
    struct job job;
    faulty_start_as(kit, 0, -1);
    assert_done(kit, NULL, 1);
    /* The one before may still hold its own: then this one has another beside it. */
    kit_sql(kit, "UPDATE chain SET seq = 50");
    deed_do(kit, "c", 1, NULL, &job);
    assert_true(job.down);
    assert_int_equal(kit_number(kit, "SELECT max(seq) FROM chain"), 50);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM journal"), 1);
    assert_int_equal(deed_do(kit, "c", 1, NULL, &job), ACCEPTED);
    assert_int_equal(kit_number(kit, "SELECT max(seq) FROM chain"), 51);
}

/* What a decision wants held and never gets is given up, and does not hold up the others. */
static void what_cannot_be_held_is_given_up(void **state) {
    struct kit *kit = *state;
    struct job job;
    deed_do(kit, "h", 1, "k", &job);
    assert_true(job.down);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM remembered"), 0);
    assert_done(kit, "k", 1);
    verify(kit, 1);
}

/* --- a connection that is lost while it settles --- */

static const struct engine *sound_engine;
static int opened, useless; /* connections; which of them is */
static bool doubted;

static struct store *counted_open(const char *where, const struct secrets *secrets, bool reading,
                                  char why[256]) {
    opened++;
    return sound_engine->open(where, secrets, reading, why);
}

static enum store_result doubt_record(struct store *store, const struct change *changes,
                                      size_t count) {
    enum store_result result = sound_engine->record(store, changes, count);
    bool doubt = result == STORE_OK && !doubted;
    doubted |= doubt;
    return doubt ? STORE_IN_DOUBT : result;
}

static bool useless_over(struct store *store, int chain, int64_t session) {
    useless = useless ? useless : opened; /* the first that is asked */
    return opened != useless && sound_engine->over(store, chain, session);
}

static void a_doubt_is_settled_over_a_third_connection(void **state) {
    struct kit *kit = *state;
    char why[256] = "";
    struct engine engine = *kit->engine;
    struct committer_settings settings = {.engine = &engine,
                                          .where = kit->where,
                                          .secrets = &kit->secrets,
                                          .now = clock_now,
                                          .queue_limit = CROWD,
                                          .patience = MINUTE};
    committer_stop(kit->committer);
    sound_engine = kit->engine;
    opened = useless = 0;
    doubted = false;
    engine.open = counted_open;
    engine.record = doubt_record;
    engine.over = useless_over;
    kit->committer = committer_start(&settings, why);
    assert_non_null(kit->committer);
    assert_done(kit, "k", 1);
    committer_stop(kit->committer);
    kit->committer = NULL;
}

/* --- the last worker --- */

static sem_t inside, held, conflicting, goes_on;

static enum refusal hold_decide(struct outcome *out, const void *input, const void *rows) {
    (void)out;
    (void)input;
    (void)rows;
    sem_post(&inside);
    while (sem_wait(&held))
        ;
    return ACCEPTED;
}

/* Who counts conflicts, as often as he tries. */
static enum store_result conflict_record(struct store *store, const struct change *changes,
                                         size_t count) {
    if (changes[0].statement != BUDGET_ADD)
        return sound_engine->record(store, changes, count);
    sem_post(&conflicting);
    while (sem_wait(&goes_on))
        ;
    sound_engine->abandon(store);
    return STORE_STALE;
}

static void *stop(void *committer) {
    committer_stop(committer);
    return NULL;
}

/* Are all but one done with what they had, and see that it is time to end? */
static bool are_others_gone(struct committer *committer, int workers) {
    pthread_mutex_lock(&committer->lock);
    bool gone = committer->stopping && !committer->idle;
    pthread_mutex_unlock(&committer->lock);
    return gone && atomic_load(&answers) == workers;
}

/* Two jobs are one batch of one worker while the others end. The first one's conflict costs it its
 * connection, and nobody is left for the second one but itself. */
static void stopping_answers_what_the_last_worker_cannot_do(void **state) {
    static const struct verb holds = {.name = "hold", .decide = hold_decide};
    struct kit *kit = *state;
    char why[256] = "";
    struct engine engine = *kit->engine;
    struct committer_settings settings = {.engine = &engine,
                                          .where = kit->where,
                                          .secrets = &kit->secrets,
                                          .now = clock_now,
                                          .queue_limit = CROWD,
                                          .committers = 2,
                                          .patience = HOUR};
    struct job holding[2];
    int workers = engine.writers > 1 ? 2 : 1;
    sem_t *const semaphores[] = {&inside, &held, &conflicting, &goes_on};
    pthread_t thread;
    for (int i = 0; i < 4; i++)
        sem_init(semaphores[i], 0, 0);
    atomic_store(&answers, 0);
    committer_stop(kit->committer);
    sound_engine = kit->engine;
    engine.record = conflict_record;
    struct committer *committer = kit->committer = committer_start(&settings, why);
    assert_non_null(committer);
    for (int i = 0; i < workers; i++) { /* each worker has something to do */
        holding[i] = (struct job){.verb = &holds, .actor = deed_api, .answered = count_answer};
        assert_true(committer_submit(committer, &holding[i]));
        while (sem_wait(&inside))
            ;
    }
    for (int i = 0; i < 2; i++) {
        deeds[i] = (struct deed){.subject = 1 + i, .limit = 1000, .deeds = "c"};
        deed_job(kit, &jobs[i], &deeds[i], &deed_api, NULL);
        jobs[i].answered = count_answer;
        assert_true(committer_submit(committer, &jobs[i]));
    }
    sem_post(&held); /* one of them takes both */
    while (sem_wait(&conflicting))
        ;
    assert_int_equal(pthread_create(&thread, NULL, stop, committer), 0);
    kit->committer = NULL;
    for (int i = 1; i < workers; i++)
        sem_post(&held);
    while (!are_others_gone(committer, workers))
        sched_yield();
    for (int i = 0; i < 4 * BATCH_TRIES; i++)
        sem_post(&goes_on);
    pthread_join(thread, NULL);
    assert_int_equal(atomic_load(&answers), workers + 2);
}

static int open_kit(void **state) {
    static struct kit kit;
    kit_open(&kit);
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
        TEST(what_was_lost_is_done_over_another_connection),
        TEST(without_patience_it_is_down_at_once),
        TEST(patience_has_an_end),
        TEST(stopping_does_not_wait_for_a_lost_connection),
        TEST(a_doubt_that_is_not_settled_is_told_by_its_key),
        TEST(another_chain_is_gone_on_with_where_it_ends),
        TEST(a_chain_that_went_on_is_not_written_over),
        TEST(what_cannot_be_held_is_given_up),
        TEST(a_doubt_is_settled_over_a_third_connection),
        TEST(stopping_answers_what_the_last_worker_cannot_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
