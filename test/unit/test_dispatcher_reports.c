/* Reports of the dispatcher while the committer has them: many share a commit, and none is lost or
 * delivered twice when the store is down, the lease goes to another server or the dispatcher stops.
 * The effects have expired, so that delivering one is to read its rows and to drop it. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "committer_kit.h"
#include "dispatch_kit.h"

enum { FIRST = 5000000, MOST = 200 };

static struct case_kit kit;
static struct dispatcher_settings settings;
static struct engine engine; /* the kit's, counted */
static atomic_int delivered, given, told_lost;
static atomic_bool mine, stopped;

static enum store_result counted_read(struct store *store, struct want *wants, size_t count) {
    delivered += count > 0 && wants[0].statement == LINE_BY_ID;
    return kit.kit.engine->read(store, wants, count);
}

static bool lease(struct store *store) {
    (void)store;
    return mine;
}

static void leased(void *owner, bool held) {
    (void)owner;
    told_lost += !held;
}

/* The dispatcher asks for a verb just before it hands the command over. */
static const struct verb *counted_verb_of(const char *name) {
    const struct verb *verb = verb_of(name);
    given++;
    return verb;
}

static int64_t one(const char *sql) {
    return kit_number(&kit.kit, sql);
}

static int64_t dropped(void) {
    return one("SELECT count(*) FROM effect WHERE state = 4");
}

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    settings = dispatch_settings(&kit);
    engine = *kit.kit.engine;
    engine.read = counted_read;
    engine.lease = lease;
    settings.engine = &engine;
    settings.verb_of = counted_verb_of;
    settings.leased = leased;
    delivered = given = told_lost = 0;
    mine = true;
    stopped = false;
    return 0;
}

static int teardown(void **state) {
    (void)state;
    case_close(&kit);
    return 0;
}

/* So many are due; the committer is one whose records are counted and can fail. */
static struct dispatcher *begin(int count, bool held) {
    static struct effect effects[MOST];
    static struct change changes[MOST];
    char why[256] = "";
    for (int i = 0; i < count; i++) {
        effects[i] = (struct effect){.id = FIRST + i,
                                     .operator= CASE_OPERATOR,
                                     .kind = EFFECT_RECEIPT,
                                     .target = 1,
                                     .line = kit.line,
                                     .state = EFFECT_WAITING,
                                     .made_at = 1,
                                     .next_at = 1,
                                     .expires_at = 2,
                                     .to = "sms"};
        changes[i] = (struct change){.statement = EFFECT_ADD, .row = &effects[i]};
    }
    kit_put_all(&kit.kit, changes, (size_t)count);
    faulty_start(&kit.kit, 4096);
    settings.committer = kit.kit.committer;
    if (held)
        gate_close(&kit.kit);
    else
        faults.down = 2;
    struct dispatcher *dispatcher = dispatcher_start(&settings, why);
    assert_non_null(dispatcher);
    while (held && given < count)
        ;
    return dispatcher;
}

static void many_reports_share_a_commit(void **state) {
    (void)state;
    struct dispatcher *dispatcher = begin(MOST, true);
    int before = faults.records;
    gate_open();
    while (dropped() < MOST)
        ;
    dispatcher_stop(dispatcher);
    assert_in_range(faults.records - before, 1, 5); /* the gate's among them */
    assert_int_equal(delivered, MOST);
    assert_int_equal(one("SELECT count(*) FROM journal WHERE verb = 'effect.report'"), MOST);
}

static void what_the_store_did_not_take_is_reported_again(void **state) {
    (void)state;
    struct dispatcher *dispatcher = begin(20, false);
    while (dropped() < 20)
        ;
    dispatcher_stop(dispatcher);
    assert_int_equal(faults.down, 0);
    assert_true(given > 20);
    assert_int_equal(delivered, 20);
}

static void *stop(void *dispatcher) {
    dispatcher_stop(dispatcher);
    stopped = true;
    return NULL;
}

static void stopping_waits_for_reports(void **state) {
    pthread_t thread;
    (void)state;
    struct dispatcher *dispatcher = begin(50, true);
    assert_int_equal(pthread_create(&thread, NULL, stop, dispatcher), 0);
    assert_int_equal(dropped(), 0);
    assert_false(stopped);
    gate_open();
    pthread_join(thread, NULL);
    assert_int_equal(dropped(), 50);
}

static void a_report_is_taken_though_the_lease_is_lost(void **state) {
    (void)state;
    struct dispatcher *dispatcher = begin(20, true);
    mine = false;
    while (told_lost == 0)
        dispatcher_wake(dispatcher);
    gate_open();
    while (dropped() < 20)
        ;
    assert_int_equal(delivered, 20);
    dispatcher_stop(dispatcher);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(many_reports_share_a_commit),
        TEST(what_the_store_did_not_take_is_reported_again),
        TEST(stopping_waits_for_reports),
        TEST(a_report_is_taken_though_the_lease_is_lost),
    };
    return cmocka_run_group_tests(tests, dispatch_pages_open, dispatch_pages_close);
}
