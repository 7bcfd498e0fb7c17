/* The rules of credit that goes from line to line: who may send, how much, when, and who takes it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "rules/settlement.h"
#include "rules/transfer.h"
#include "rules_kit.h"

enum { LEAST = 200, MOST = 60000, FEE = 30, A_DAY = 90000, TIMES = 4, RICH = 500000 };

static const struct suspension none = {.id = 0};
static const struct budget fresh = {.id = 0};

static struct budget spent(int64_t count) {
    return (struct budget){.id = 1, .since = KIT_NOW - HOUR, .count = count};
}

static enum refusal amount_of(int64_t amount, int64_t paid) {
    struct policy policy = kit_policy();
    return transfer_amount_may(amount, FEE, paid, &fresh, &fresh, &policy, KIT_NOW);
}

static void what_is_no_amount(void **state) {
    (void)state;
    assert_int_equal(amount_of(0, RICH), REFUSED_AMOUNT);
    assert_int_equal(amount_of(-1, RICH), REFUSED_AMOUNT);
    assert_int_equal(amount_of(INT64_MIN, RICH), REFUSED_AMOUNT);
    assert_int_equal(amount_of(INT64_MAX, RICH), REFUSED_AMOUNT); /* with the fee it overflows */
    assert_int_equal(amount_of(INT64_MAX - FEE, RICH), REFUSED_TRANSFER_LIMIT);
}

static void the_limits(void **state) {
    (void)state;
    assert_int_equal(amount_of(LEAST - 1, RICH), REFUSED_TRANSFER_LIMIT);
    assert_int_equal(amount_of(LEAST, RICH), ACCEPTED);
    assert_int_equal(amount_of(MOST, RICH), ACCEPTED);
    assert_int_equal(amount_of(MOST + 1, RICH), REFUSED_TRANSFER_LIMIT);
}

static void more_than_there_is(void **state) {
    (void)state;
    assert_int_equal(amount_of(1000, 999), REFUSED_CREDIT_SHORT);
    assert_int_equal(amount_of(1000, 1000), REFUSED_CREDIT_SHORT); /* and the fee? */
    assert_int_equal(amount_of(1000, 1000 + FEE - 1), REFUSED_CREDIT_SHORT);
    assert_int_equal(amount_of(1000, 1000 + FEE), ACCEPTED);
    assert_int_equal(amount_of(LEAST, 0), REFUSED_CREDIT_SHORT);
}

static void a_dearer_fee_is_refused(void **state) {
    (void)state;
    struct policy policy = kit_policy();
    assert_int_equal(transfer_amount_may(1000, FEE - 1, RICH, &fresh, &fresh, &policy, KIT_NOW),
                     REFUSED_FEE);
    assert_int_equal(transfer_amount_may(1000, FEE + 1, RICH, &fresh, &fresh, &policy, KIT_NOW),
                     ACCEPTED);
}

static void so_many_and_so_much_a_day(void **state) {
    (void)state;
    struct policy policy = kit_policy();
    struct budget count = spent(TIMES), sum = spent(A_DAY - 1000);
    assert_int_equal(transfer_amount_may(1000, FEE, RICH, &count, &fresh, &policy, KIT_NOW),
                     REFUSED_TRANSFER_LIMIT);
    count.count--;
    assert_int_equal(transfer_amount_may(1001, FEE, RICH, &count, &sum, &policy, KIT_NOW),
                     REFUSED_TRANSFER_LIMIT);
    assert_int_equal(transfer_amount_may(1000, FEE, RICH, &count, &sum, &policy, KIT_NOW),
                     ACCEPTED);
    sum.count = A_DAY - LEAST + 1; /* less is left than may go at once */
    assert_int_equal(transfer_amount_may(LEAST, FEE, RICH, &count, &sum, &policy, KIT_NOW),
                     REFUSED_TRANSFER_LIMIT);
    assert_int_equal(
        transfer_amount_may(MOST, FEE, RICH, &count, &sum, &policy, KIT_NOW + 24 * HOUR), ACCEPTED);
}

static void what_can_go_at_most(void **state) {
    (void)state;
    struct policy policy = kit_policy();
    struct line line = kit_line();
    struct budget sum = spent(A_DAY - 1000), all = spent(TIMES);
    struct transfer_terms terms = transfer_terms(&line, 5000, &fresh, &fresh, &policy, KIT_NOW);
    assert_int_equal(terms.fee_minor, FEE);
    assert_int_equal(terms.from, 0);
    assert_int_equal(terms.most_minor, 5000 - FEE);
    assert_int_equal(amount_of(terms.most_minor, 5000), ACCEPTED);
    assert_int_equal(transfer_terms(&line, RICH, &fresh, &fresh, &policy, KIT_NOW).most_minor,
                     MOST);
    assert_int_equal(transfer_terms(&line, RICH, &fresh, &sum, &policy, KIT_NOW).most_minor, 1000);
    assert_int_equal(transfer_terms(&line, RICH, &all, &fresh, &policy, KIT_NOW).most_minor, 0);
    assert_int_equal(
        transfer_terms(&line, LEAST + FEE - 1, &fresh, &fresh, &policy, KIT_NOW).most_minor, 0);
    assert_int_equal(transfer_terms(&line, 0, &fresh, &fresh, &policy, KIT_NOW).most_minor, 0);
}

static void nothing_leaves_so_soon(void **state) {
    (void)state;
    struct policy policy = kit_policy();
    struct line line = kit_line();
    assert_int_equal(transfer_from(&line, &policy), 0);
    line.contact_changed_at = line.activated_at; /* the first one */
    assert_int_equal(transfer_from(&line, &policy), 0);
    line.transferred_at = KIT_NOW - 9 * HOUR;
    assert_int_equal(transfer_from(&line, &policy), KIT_NOW - 4 * HOUR);
    assert_int_equal(transfer_may(&line, &none, &policy, KIT_NOW), ACCEPTED);
    line.sim_since = KIT_NOW - 2 * HOUR;
    assert_int_equal(transfer_from(&line, &policy), KIT_NOW + 3 * HOUR);
    line.contact_changed_at = KIT_NOW - 1 * HOUR;
    assert_int_equal(transfer_from(&line, &policy), KIT_NOW + 4 * HOUR);
    line.transferred_at = KIT_NOW;
    assert_int_equal(transfer_from(&line, &policy), KIT_NOW + 5 * HOUR);
    assert_int_equal(transfer_may(&line, &none, &policy, KIT_NOW + 5 * HOUR - 1),
                     REFUSED_TRANSFER_COOLING);
    assert_int_equal(transfer_may(&line, &none, &policy, KIT_NOW + 5 * HOUR), ACCEPTED);
}

static void lines_that_send_nothing(void **state) {
    (void)state;
    struct policy policy = kit_policy();
    struct line line = kit_line();
    struct suspension asked = {.id = 21, .asked_at = KIT_NOW}, back = asked;
    back.barred_at = back.back_at = KIT_NOW;
    assert_int_equal(transfer_may(&line, &none, &policy, KIT_NOW), ACCEPTED);
    assert_int_equal(transfer_may(&line, &back, &policy, KIT_NOW), ACCEPTED);
    assert_int_equal(transfer_may(&line, &asked, &policy, KIT_NOW), REFUSED_LINE_SUSPENDED);
    line.state = LINE_SUSPENDED;
    assert_int_equal(transfer_may(&line, &none, &policy, KIT_NOW), REFUSED_LINE_SUSPENDED);
    line.state = LINE_EXPIRED; /* its credit is the person's all the same */
    assert_int_equal(transfer_may(&line, &none, &policy, KIT_NOW), ACCEPTED);
    policy.transfer_offered = false;
    assert_int_equal(transfer_may(&line, &none, &policy, KIT_NOW), REFUSED_TRANSFER_OFF);
    line.closure = 13;
    assert_int_equal(transfer_may(&line, &none, &policy, KIT_NOW), REFUSED_LINE_CLOSING);
    line.state = LINE_CLOSED;
    assert_int_equal(transfer_may(&line, &none, &policy, KIT_NOW), REFUSED_LINE_CLOSED);
}

static void lines_that_take_it(void **state) {
    (void)state;
    struct line line = kit_line();
    assert_true(transfer_takes(&line));
    line.state = LINE_SUSPENDED;
    assert_true(transfer_takes(&line));
    line.closure = 13;
    assert_false(transfer_takes(&line));
    line.closure = 0;
    line.state = LINE_EXPIRED;
    assert_false(transfer_takes(&line));
    line.state = LINE_CLOSED;
    assert_false(transfer_takes(&line));
    assert_false(transfer_takes(&(struct line){.id = 0}));
}

/* What was topped up online stays marked so wherever it goes, and is never more than what is there.
 */
static void what_was_topped_up_online(void **state) {
    (void)state;
    assert_int_equal(transfer_online(0, 500), 0);
    assert_int_equal(transfer_online(300, 500), 300);
    assert_int_equal(transfer_online(700, 500), 500);
    assert_int_equal(settlement_online_after(700, 500 + FEE), 170);
    assert_int_equal(settlement_online_after(510, 500 + FEE), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_amount),         cmocka_unit_test(the_limits),
        cmocka_unit_test(more_than_there_is),        cmocka_unit_test(a_dearer_fee_is_refused),
        cmocka_unit_test(so_many_and_so_much_a_day), cmocka_unit_test(what_can_go_at_most),
        cmocka_unit_test(nothing_leaves_so_soon),    cmocka_unit_test(lines_that_send_nothing),
        cmocka_unit_test(lines_that_take_it),        cmocka_unit_test(what_was_topped_up_online),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
