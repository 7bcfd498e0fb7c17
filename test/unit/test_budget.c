#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rules/budget.h"
#include "rules_kit.h"

enum { LIMIT = 3 };

static void test_spends_to_the_limit(void **state) {
    (void)state;
    struct budget budget = {0};
    assert_int_equal(budget_left(&budget, LIMIT, HOUR, KIT_NOW), LIMIT);
    assert_int_equal(budget_until(&budget, HOUR, KIT_NOW), KIT_NOW);
    for (int i = 1; i <= LIMIT; i++) {
        assert_true(budget_spend(&budget, LIMIT, HOUR, KIT_NOW + i));
        assert_int_equal(budget.step, i);
        assert_int_equal(budget_left(&budget, LIMIT, HOUR, KIT_NOW + i), LIMIT - i);
    }
    struct budget before = budget;
    assert_false(budget_spend(&budget, LIMIT, HOUR, KIT_NOW + 10));
    assert_int_equal(budget.count, before.count);
    assert_int_equal(budget.step, before.step);
    assert_int_equal(budget.since, before.since);
    assert_int_equal(budget_until(&budget, HOUR, KIT_NOW + 10), KIT_NOW + 1 + HOUR);
}

static void test_window_ends_by_itself(void **state) {
    (void)state;
    struct budget budget = {.since = KIT_NOW, .count = LIMIT};
    assert_false(budget_spend(&budget, LIMIT, HOUR, KIT_NOW + HOUR - 1));
    assert_int_equal(budget_left(&budget, LIMIT, HOUR, KIT_NOW + HOUR), LIMIT);
    assert_true(budget_spend(&budget, LIMIT, HOUR, KIT_NOW + HOUR));
    assert_int_equal(budget.since, KIT_NOW + HOUR);
    assert_int_equal(budget.count, 1);
}

static void test_clock_that_steps_back(void **state) {
    (void)state;
    /* Spent a year ahead: no attempt is given back, and the lock lasts one window, not a year. */
    struct budget budget = {.since = KIT_NOW + 365 * DAY, .count = LIMIT};
    assert_int_equal(budget_left(&budget, LIMIT, HOUR, KIT_NOW), 0);
    assert_false(budget_spend(&budget, LIMIT, HOUR, KIT_NOW));
    assert_int_equal(budget.since, KIT_NOW);
    assert_int_equal(budget_until(&budget, HOUR, KIT_NOW), KIT_NOW + HOUR);
    assert_true(budget_spend(&budget, LIMIT, HOUR, KIT_NOW + HOUR));
}

static void test_an_amount_is_whole_or_nothing(void **state) {
    (void)state;
    struct budget budget = {0};
    assert_true(budget_take(&budget, 700, 1000, HOUR, KIT_NOW));
    assert_false(budget_take(&budget, 301, 1000, HOUR, KIT_NOW));
    assert_int_equal(budget.count, 700);
    assert_int_equal(budget.step, 700);
    assert_true(budget_take(&budget, 300, 1000, HOUR, KIT_NOW));
    assert_false(budget_take(&budget, 1, 1000, HOUR, KIT_NOW));
    assert_int_equal(budget.step, 1000);
    assert_false(budget_take(&budget, INT64_MAX, 1000, HOUR, KIT_NOW + HOUR));
}

static void test_no_limit_left_when_the_policy_shrinks(void **state) {
    (void)state;
    struct budget budget = {.since = KIT_NOW, .count = 5};
    assert_int_equal(budget_left(&budget, LIMIT, HOUR, KIT_NOW), 0);
    assert_false(budget_spend(&budget, LIMIT, HOUR, KIT_NOW));
    assert_int_equal(budget.count, 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spends_to_the_limit),
        cmocka_unit_test(test_window_ends_by_itself),
        cmocka_unit_test(test_clock_that_steps_back),
        cmocka_unit_test(test_an_amount_is_whole_or_nothing),
        cmocka_unit_test(test_no_limit_left_when_the_policy_shrinks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
