/* The books beside the ledger, recomputed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "audit_kit.h"
#include "rules_kit.h"

/* --- books --- */

/* A good ledger that has something in each book, and the rows beside it, of which each may be
 * another: 0 = as it is. */
static void kept(void) {
    kit_begin(false);
    kit_lines(300, 0, 50);
    assert_true(kit_move(kit_shared(LEDGER_TOP_UPS), PAID, MOVED_TOP_UP, 1000));
    assert_true(kit_move(kit_shared(LEDGER_PROMOTIONS), PROMOTIONAL, MOVED_GRANT, 20));
    assert_true(kit_move(PROMOTIONAL, kit_shared(LEDGER_USAGE), MOVED_SPENT, 20));
    assert_true(kit_move(PAID, kit_shared(LEDGER_PAYABLE), MOVED_REFUND, 100));
    assert_true(kit_move(PAID, kit_shared(LEDGER_IN_FLIGHT), MOVED_APPROVED, 200));
    assert_true(kit_move(PAID, kit_shared(LEDGER_BANK), MOVED_PAID_OUT, 340));
    assert_true(kit_move(PAID, kit_shared(LEDGER_FEES), MOVED_REFUND_FEE, 10));
    kit_next(STEP);
    kit_told(ONE, PAID, MOVED_TRANSFER, -50, KIT_NOW);
    kit_told(ONE, kit_shared(LEDGER_TRANSFERS), MOVED_TRANSFER, 50, KIT_NOW);
    kit_told(ONE, kit_shared(LEDGER_TRANSFERS), MOVED_TRANSFER, -50, KIT_NOW);
    kit_told(ONE, TARGET, MOVED_TRANSFER, 50, KIT_NOW);
    assert_int_equal(kit_end(), AUDIT_GOOD);
}

static bool refund(int64_t operator, int64_t as, int64_t amount, int64_t fee) {
    return audit_refund(&kit_audit, &(struct refund){.operator= operator,
                                                     .state = as,
                                                     .amount_minor = amount,
                                                     .fee_minor = fee});
}

static bool charge(int64_t operator, int64_t kind, int64_t amount) {
    return audit_charge(
        &kit_audit, &(struct charge){.operator= operator, .kind = kind, .amount_minor = amount});
}

static bool transfer(int64_t operator, int64_t amount, int64_t fee) {
    return audit_transfer(
        &kit_audit,
        &(struct transfer){.operator= operator, .amount_minor = amount, .fee_minor = fee});
}

enum rowed { REFUNDS, CHARGES, TRANSFERS, ROWED };

static void rows(int64_t more[ROWED]) {
    assert_true(refund(ONE, REFUND_REQUESTED, 40 + more[REFUNDS], 1));
    assert_true(refund(ONE, REFUND_RETURNED, 60, 1));
    assert_true(refund(ONE, REFUND_APPROVED, 50, 1));
    assert_true(refund(ONE, REFUND_FILED, 50, 1));
    assert_true(refund(ONE, REFUND_ACCEPTED, 100, 1));
    assert_true(refund(ONE, REFUND_PAID, 340, 1));
    assert_true(refund(ONE, REFUND_REJECTED, 5000, 500));
    assert_true(charge(ONE, CHARGE_TOP_UP, 1000));
    assert_true(charge(ONE, CHARGE_GRANT, 20));
    assert_true(charge(ONE, CHARGE_SPENT, 20 + more[CHARGES]));
    assert_true(transfer(ONE, 50 + more[TRANSFERS], 4));
    audit_books_end(&kit_audit);
}

static void books_are_the_same_money(void **state) {
    (void)state;
    kept();
    rows((int64_t[ROWED]){0});
    assert_int_equal(kit_audit.first.wrong, AUDIT_GOOD);
    int64_t spent = FIRST + 3 * STEP, asked = FIRST + 4 * STEP;
    kept();
    rows((int64_t[ROWED]){[REFUNDS] = 1});
    kit_is(AUDIT_BOOK, asked, kit_shared(LEDGER_PAYABLE));
    kit_figures(101, 100);
    kept();
    rows((int64_t[ROWED]){[CHARGES] = 1});
    kit_is(AUDIT_BOOK, spent, kit_shared(LEDGER_USAGE));
    kit_figures(21, 20);
    kept();
    rows((int64_t[ROWED]){[TRANSFERS] = 1});
    kit_is(AUDIT_TRANSFERRED, 0, 0);
    kit_figures(51, 50);
    assert_int_equal(kit_audit.first.operator, ONE);
    kept(); /* of as much, but as two */
    assert_true(charge(ONE, CHARGE_SPENT, 0));
    rows((int64_t[ROWED]){0});
    kit_is(AUDIT_BOOK_COUNT, spent, kit_shared(LEDGER_USAGE));
    kit_figures(2, 1);
    kept(); /* of an operator that has nothing on it */
    assert_true(charge(TWO, CHARGE_TOP_UP, 7));
    rows((int64_t[ROWED]){0});
    kit_is(AUDIT_BOOK, 0, TWO + SHARED + LEDGER_TOP_UPS);
    kit_figures(-7, 0);
}

static void a_book_without_an_account_is_missed(void **state) {
    (void)state;
    kit_empty(false);
    kit_account(ONE, PAID, LINE, LEDGER_PAID, 0);
    assert_int_equal(kit_end(), AUDIT_GOOD);
    audit_books_end(&kit_audit);
    assert_int_equal(kit_audit.first.wrong, AUDIT_GOOD);
    assert_true(transfer(ONE, 0, 3));
    audit_books_end(&kit_audit);
    kit_is(AUDIT_BOOK, 0, 0);
    assert_int_equal(kit_audit.first.kind, LEDGER_FEES);
    kit_figures(3, 0);
}

static void rows_of_nobody_and_of_no_state_are_named(void **state) {
    (void)state;
    kept();
    assert_false(refund(77, REFUND_PAID, 1, 0));
    kit_is(AUDIT_OWNER, 0, 0);
    kept();
    assert_false(charge(77, CHARGE_SPENT, 1));
    kit_is(AUDIT_OWNER, 0, 0);
    kept();
    assert_false(transfer(77, 1, 0));
    kit_is(AUDIT_OWNER, 0, 0);
    assert_int_equal(kit_audit.first.operator, 77);
    for (int i = 0; i < 2; i++) {
        kept();
        assert_false(refund(ONE, i ? REFUND_STATE_COUNT : 0, 1, 0));
        assert_int_equal(kit_audit.first.wrong, AUDIT_STATE);
        kept();
        assert_false(charge(ONE, i ? CHARGE_KIND_COUNT : 0, 1));
        assert_int_equal(kit_audit.first.wrong, AUDIT_STATE);
    }
}

static void a_top_up_is_paid_back_at_most(void **state) {
    static const int64_t bad[] = {-1, 8};
    struct charge row = {.operator= ONE, .kind = CHARGE_TOP_UP, .amount_minor = 7};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        kept();
        row.refunded_minor = 7 * (int64_t)i;
        assert_true(audit_charge(&kit_audit, &row));
        row.refunded_minor = bad[i];
        assert_false(audit_charge(&kit_audit, &row));
        kit_is(AUDIT_PAID_BACK, 0, 0);
        kit_figures(7, bad[i]);
    }
}

static void sums_of_books_are_named_when_too_large(void **state) {
    (void)state;
    kept();
    assert_true(refund(ONE, REFUND_PAID, INT64_MAX, 0));
    assert_false(refund(ONE, REFUND_PAID, 1, 0));
    assert_int_equal(kit_audit.first.wrong, AUDIT_OVERFLOW);
    kept();
    assert_true(refund(ONE, REFUND_PAID, 0, INT64_MAX));
    assert_false(refund(ONE, REFUND_PAID, 0, 1));
    assert_int_equal(kit_audit.first.wrong, AUDIT_OVERFLOW);
    kept();
    assert_true(charge(ONE, CHARGE_TOP_UP, INT64_MAX));
    assert_true(charge(ONE, CHARGE_TOP_UP, 1));
    assert_false(charge(ONE, CHARGE_TOP_UP, 1));
    assert_int_equal(kit_audit.first.wrong, AUDIT_OVERFLOW);
    kept();
    assert_false(charge(ONE, CHARGE_TOP_UP, INT64_MIN));
    assert_int_equal(kit_audit.first.wrong, AUDIT_PAID_BACK);
    kept();
    assert_true(transfer(ONE, INT64_MAX, 0));
    assert_false(transfer(ONE, 1, 0));
    assert_int_equal(kit_audit.first.wrong, AUDIT_OVERFLOW);
}

static bool line(int64_t id, int64_t as, int64_t online) {
    return audit_line(
        &kit_audit, &(struct line){.id = id, .operator= ONE, .state = as, .online_minor = online});
}

static void credit_topped_up_online_is_a_part_of_it(void **state) {
    (void)state;
    kept();
    assert_true(line(LINE, LINE_ACTIVE, 0));
    assert_true(line(LINE, LINE_ACTIVE, 300));
    assert_true(line(5, LINE_ACTIVE, 0)); /* it has no account */
    assert_false(line(LINE, LINE_ACTIVE, 301));
    kit_is(AUDIT_ONLINE, FIRST + 8 * STEP, PAID);
    kit_figures(300, 301);
    kept();
    assert_false(line(LINE, LINE_SUSPENDED, -1));
    assert_int_equal(kit_audit.first.wrong, AUDIT_ONLINE);
    kept();
    assert_true(line(LINE, LINE_CLOSED, 0)); /* of what is unclaimed */
    assert_false(line(LINE, LINE_CLOSED, 1));
    kit_is(AUDIT_ONLINE, 0, 0);
    assert_int_equal(kit_audit.first.line, LINE);
}

static int teardown(void **state) {
    (void)state;
    audit_close(&kit_audit);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(books_are_the_same_money),
        cmocka_unit_test(a_book_without_an_account_is_missed),
        cmocka_unit_test(rows_of_nobody_and_of_no_state_are_named),
        cmocka_unit_test(a_top_up_is_paid_back_at_most),
        cmocka_unit_test(sums_of_books_are_named_when_too_large),
        cmocka_unit_test(credit_topped_up_online_is_a_part_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
