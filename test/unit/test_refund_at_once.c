/* Two people at the same refund at the same moment: on PostgreSQL by two servers, on SQLite, where
 * one writes, by two threads of one. Whoever comes first, nothing is done twice. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "refund_kit.h"
#include "rules/refund.h"

enum { ROUNDS = 12 };

static struct committer *other_server;
static pthread_barrier_t together;

static int64_t standing_clock(void) {
    return kit_now;
}

static int setup(void **state) {
    refund_setup(state);
    pthread_barrier_init(&together, NULL, 2);
    other_server = NULL;
    return 0;
}

/* Nothing that starts the first one anew comes after it. */
static void second_server(void) {
    char why[256] = "";
    struct committer_settings settings = {.engine = kit.kit.engine,
                                          .where = kit.kit.where,
                                          .secrets = &kit.kit.secrets,
                                          .now = standing_clock,
                                          .queue_limit = 64,
                                          .patience = MINUTE};
    if (!getenv("RINGOFF_TEST_ENGINE"))
        return;
    other_server = committer_start(&settings, why);
    assert_non_null(other_server);
}

static int teardown(void **state) {
    if (other_server)
        committer_stop(other_server);
    pthread_barrier_destroy(&together);
    return refund_teardown(state);
}

struct racer {
    struct job job;
    struct committer *server;
};

static struct racer racer_of(const struct verb *verb, const struct actor *actor, void *input) {
    return (struct racer){.job = {.verb = verb, .actor = *actor, .input = input}};
}

static void *racer_run(void *owner) {
    struct racer *racer = owner;
    pthread_barrier_wait(&together);
    if (!committer_run(racer->server, &racer->job) || racer->job.down)
        abort();
    return NULL;
}

/* Both prepared before either is decided, as by two doors. */
static void race(struct racer *one, struct racer *other) {
    struct racer *both[] = {one, other};
    pthread_t threads[2];
    static int keys;
    for (int i = 0; i < 2; i++) {
        struct racer *r = both[i];
        r->server = i && other_server ? other_server : kit.kit.committer;
        snprintf(r->job.key, sizeof r->job.key, "race %d", ++keys);
        assert_int_equal(r->job.verb->prepare(r->job.input, &r->job.actor, kit.kit.reader,
                                              kit.kit.engine, &kit.kit.secrets),
                         ACCEPTED);
        job_fill(&r->job, &kit.kit.secrets);
    }
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, racer_run, both[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
}

static void one_of(const struct racer *one, const struct racer *other, enum refusal refusal) {
    assert_int_not_equal(one->job.refusal == ACCEPTED, other->job.refusal == ACCEPTED);
    assert_int_equal(one->job.refusal ? one->job.refusal : other->job.refusal, refusal);
}

static void two_approve_one_that_needs_one(void **state) {
    (void)state;
    second_server();
    for (int i = 0; i < ROUNDS; i++) {
        int64_t id = refund_asked(100);
        struct refund_approve a = {.refund = id, .payee = refund_now(id).payee}, b = a;
        struct racer one = racer_of(&refund_approve_verb, &ada, &a);
        struct racer other = racer_of(&refund_approve_verb, &ben, &b);
        race(&one, &other);
        one_of(&one, &other, REFUSED_REFUND_STATE);
        assert_int_equal(balance(LEDGER_IN_FLIGHT), 100 * (i + 1));
        kit_now += 31 * DAY; /* or the payee would be looked at */
    }
    assert_int_equal(effects(EFFECT_REFUND_APPROVED), ROUNDS);
    money_is_whole();
}

/* Both count: it is approved, by two different people. */
static void two_approve_one_that_needs_two(void **state) {
    (void)state;
    policy_say("\"unverified_second_minor\": 10000", "\"unverified_second_minor\": 50");
    policy_say("\"second_minor\": 50000", "\"second_minor\": 50");
    second_server();
    for (int i = 0; i < ROUNDS; i++) {
        int64_t id = refund_asked(100);
        struct refund_approve a = {.refund = id, .payee = refund_now(id).payee}, b = a;
        struct racer one = racer_of(&refund_approve_verb, &ada, &a);
        struct racer other = racer_of(&refund_approve_verb, &ben, &b);
        race(&one, &other);
        assert_int_equal(one.job.refusal, ACCEPTED);
        assert_int_equal(other.job.refusal, ACCEPTED);
        struct refund r = refund_now(id);
        assert_int_equal(r.state, REFUND_APPROVED);
        assert_int_equal(r.checked_by + r.approved_by, ada.id + ben.id);
        assert_int_not_equal(r.checked_by, r.approved_by);
        kit_now += 31 * DAY;
    }
    assert_int_equal(balance(LEDGER_IN_FLIGHT), 100 * ROUNDS);
    money_is_whole();
}

static void it_is_paid_once(void **state) {
    (void)state;
    second_server();
    for (int i = 0; i < ROUNDS; i++) {
        int64_t id = refund_asked(100);
        assert_int_equal(approve(&ada, id), ACCEPTED);
        struct refund_pay a = {.refund = id, .evidence = "item 3"}, b = a;
        struct racer one = racer_of(&refund_pay_verb, &ada, &a);
        struct racer other = racer_of(&refund_pay_verb, &ben, &b);
        race(&one, &other);
        one_of(&one, &other, REFUSED_REFUND_STATE);
        kit_now += 31 * DAY;
    }
    assert_int_equal(balance(LEDGER_BANK), 100 * ROUNDS);
    assert_int_equal(effects(EFFECT_REFUND_PAID), ROUNDS);
    money_is_whole();
}

/* What was looked at is what is approved, or nothing is. */
static void a_payee_that_changes_meanwhile(void **state) {
    struct payee_input to = payee_of("hkid_proxy");
    (void)state;
    second_server();
    for (int i = 0; i < 5; i++) { /* as often as it is allowed */
        int64_t id = refund_asked(100), looked_at = refund_now(id).payee;
        sql("UPDATE session SET stepped_up_at = %lld, ends_at = %lld", (long long)kit_now,
            (long long)(kit_now + DAY));
        struct refund_approve a = {.refund = id, .payee = looked_at};
        struct refund_correct b = correction(id, &to, false);
        struct racer one = racer_of(&refund_approve_verb, &ada, &a);
        struct racer other = racer_of(&refund_correct_verb, &kit.person, &b);
        race(&one, &other);
        one_of(&one, &other, REFUSED_REFUND_STATE);
        struct refund r = refund_now(id);
        assert_int_equal(r.state == REFUND_APPROVED, r.payee == looked_at);
        kit_now += 31 * DAY;
    }
    money_is_whole();
}

static void paid_or_returned(void **state) {
    (void)state;
    second_server();
    for (int i = 0; i < ROUNDS; i++) {
        int64_t id = refund_asked(100);
        assert_int_equal(approve(&ada, id), ACCEPTED);
        struct refund_pay a = {.refund = id, .evidence = "item 3"};
        struct refund_return b = {.refund = id, .reason = "bank"};
        struct racer one = racer_of(&refund_pay_verb, &ada, &a);
        struct racer other = racer_of(&refund_return_verb, &ben, &b);
        race(&one, &other);
        assert_int_equal(other.job.refusal, ACCEPTED); /* before it was paid, or after */
        assert_int_equal(refund_now(id).state, REFUND_RETURNED);
        kit_now += 31 * DAY;
    }
    assert_int_equal(balance(LEDGER_PAYABLE), 100 * ROUNDS);
    money_is_whole();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(two_approve_one_that_needs_one),
        TEST(two_approve_one_that_needs_two),
        TEST(it_is_paid_once),
        TEST(a_payee_that_changes_meanwhile),
        TEST(paid_or_returned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
