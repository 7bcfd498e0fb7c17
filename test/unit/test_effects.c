/* The verbs on effects, and the demo's inbox. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "case_kit.h"

static struct case_kit kit;

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    case_close(&kit);
    return 0;
}

static enum refusal report(int64_t effect, int64_t outcome) {
    struct effect_report in = {.effect = effect, .outcome = outcome, .cause = "gateway down"};
    struct effect row;
    case_read(&kit, EFFECT_BY_ID, effect, &row);
    in.closure = row.target;
    in.line = row.line;
    enum refusal no;
    case_run(&kit, &effect_report_verb, &kit.system, &in, &no);
    return no;
}

static enum refusal retry(int64_t effect) {
    struct effect_retry in = {.effect = effect};
    enum refusal no;
    case_run(&kit, &effect_retry_verb, &kit.staff, &in, &no);
    return no;
}

static void backs_off(void **state) {
    (void)state;
    assert_int_equal(effect_backoff(1), SECOND);
    assert_int_equal(effect_backoff(2), 2 * SECOND);
    assert_int_equal(effect_backoff(10), 512 * SECOND);
    assert_int_equal(effect_backoff(11), 15 * MINUTE);
    assert_int_equal(effect_backoff(INT64_MAX), 15 * MINUTE);
}

static void reports(void **state) {
    struct effect effect;
    (void)state;
    int64_t closure = case_submit(&kit, 0, NULL);
    int64_t id = case_effect(&kit, closure, EFFECT_RECEIPT);
    assert_int_equal(report(4711, OUTCOME_DELIVERED), REFUSED_NOT_FOUND);
    assert_int_equal(report(id, 9), REFUSED_INPUT);
    assert_int_equal(report(id, OUTCOME_RETRY), ACCEPTED);
    case_read(&kit, EFFECT_BY_ID, id, &effect);
    assert_int_equal(effect.attempts, 1);
    assert_int_equal(effect.next_at, kit_now + SECOND);
    assert_string_equal(effect.cause, "gateway down");
    assert_int_equal(report(id, OUTCOME_DELIVERED), ACCEPTED);
    assert_int_equal(report(id, OUTCOME_DELIVERED), REFUSED_UNCHANGED);
    case_read(&kit, EFFECT_BY_ID, id, &effect);
    assert_int_equal(effect.state, EFFECT_DONE);
    assert_int_equal(retry(id), REFUSED_EFFECT_STATE);
}

static void gives_up_and_is_retried(void **state) {
    struct effect effect;
    (void)state;
    int64_t closure = case_submit(&kit, 0, NULL);
    int64_t id = case_effect(&kit, closure, EFFECT_RECEIPT);
    for (int i = 0; i < EFFECT_ATTEMPTS; i++)
        assert_int_equal(report(id, OUTCOME_RETRY), ACCEPTED);
    case_read(&kit, EFFECT_BY_ID, id, &effect);
    assert_int_equal(effect.state, EFFECT_FAILED);
    assert_int_equal(retry(4711), REFUSED_NOT_FOUND);
    assert_int_equal(retry(id), ACCEPTED);
    assert_int_equal(retry(id), REFUSED_UNCHANGED);
    case_read(&kit, EFFECT_BY_ID, id, &effect);
    assert_int_equal(effect.state, EFFECT_WAITING);
    assert_int_equal(effect.attempts, 0);
    assert_int_equal(report(id, OUTCOME_FAILED), ACCEPTED);
    assert_int_equal(retry(id), ACCEPTED);
    assert_int_equal(report(id, OUTCOME_DROPPED), ACCEPTED);
    assert_int_equal(retry(id), REFUSED_EFFECT_STATE);
    int64_t confirm = case_effect(&kit, closure, EFFECT_CONFIRM);
    assert_int_equal(report(confirm, OUTCOME_FAILED), ACCEPTED);
    kit_now += DAY;
    assert_int_equal(retry(confirm), REFUSED_EFFECT_STATE); /* what it bore has expired */
}

static void network_never_gives_up(void **state) {
    struct effect effect;
    (void)state;
    int64_t closure = case_executing(&kit);
    int64_t id = case_effect(&kit, closure, EFFECT_NETWORK_CUT);
    for (int i = 0; i < 3 * EFFECT_ATTEMPTS; i++)
        assert_int_equal(report(id, OUTCOME_RETRY), ACCEPTED);
    case_read(&kit, EFFECT_BY_ID, id, &effect);
    assert_int_equal(effect.state, EFFECT_WAITING);
    assert_int_equal(effect.next_at, kit_now + 15 * MINUTE);
    assert_int_equal(retry(id), ACCEPTED); /* at once */
    case_read(&kit, EFFECT_BY_ID, id, &effect);
    assert_int_equal(effect.next_at, kit_now);
}

static void a_payment_never_gives_up(void **state) {
    struct effect effect;
    (void)state;
    int64_t closure = case_submit(&kit, 0, NULL);
    int64_t id = case_effect(&kit, closure, EFFECT_RECEIPT);
    kit_sql(&kit.kit, "UPDATE effect SET door = 'payment'");
    for (int i = 0; i < 3 * EFFECT_ATTEMPTS; i++)
        assert_int_equal(report(id, OUTCOME_RETRY), ACCEPTED);
    case_read(&kit, EFFECT_BY_ID, id, &effect);
    assert_int_equal(effect.state, EFFECT_WAITING);
    assert_int_equal(effect.next_at, kit_now + 15 * MINUTE);
}

static enum refusal inbox(int64_t effect) {
    struct inbox_add in = {.effect = effect, .to = "+85261230010", .via = "sms", .text = "hello"};
    enum refusal no;
    case_run(&kit, &inbox_add_verb, &kit.system, &in, &no);
    return no;
}

static void demo_inbox(void **state) {
    struct inbox_message message;
    (void)state;
    int64_t closure = case_submit(&kit, 0, NULL);
    int64_t id = case_effect(&kit, closure, EFFECT_RECEIPT);
    assert_int_equal(inbox(4711), REFUSED_NOT_FOUND);
    assert_int_equal(inbox(id), ACCEPTED);
    assert_int_equal(inbox(id), REFUSED_UNCHANGED);
    case_read(&kit, INBOX_OF_EFFECT, id, &message);
    assert_string_equal(message.text, "hello");
    assert_string_equal(message.to, "+85261230010");
    assert_int_equal(kit_number(&kit.kit, "SELECT count(*) FROM inbox WHERE text LIKE '%hello%' "
                                          "OR address LIKE '%8526%'"),
                     0); /* sealed like everything personal */
    /* On any other installation it does not exist. */
    struct arena arena;
    arena_open(&arena, 65536);
    struct inbox_add in = {.effect = id};
    struct {
        struct effect effect;
        struct inbox_message before;
    } rows = {.effect = {.id = id}};
    struct outcome out = {.demo = false, .arena = &arena, .actor = &kit.system};
    assert_int_equal(inbox_add_verb.decide(&out, &in, &rows), REFUSED_DEMO_ONLY);
    assert_int_equal(out.count, 0);
    arena_close(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backs_off),
        cmocka_unit_test_setup_teardown(reports, setup, teardown),
        cmocka_unit_test_setup_teardown(gives_up_and_is_retried, setup, teardown),
        cmocka_unit_test_setup_teardown(network_never_gives_up, setup, teardown),
        cmocka_unit_test_setup_teardown(a_payment_never_gives_up, setup, teardown),
        cmocka_unit_test_setup_teardown(demo_inbox, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
