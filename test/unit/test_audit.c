/* The ledger recomputed: a good one is good, and each fault of an entry or an account is named with
 * the entry that has it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "audit_kit.h"
#include "rules_kit.h"

/* --- entries --- */

static void a_good_ledger_is_good(void **state) {
    (void)state;
    kit_begin(false);
    kit_lines(50, 5, 30);
    assert_true(kit_move(kit_shared(LEDGER_TOP_UPS), PAID, MOVED_TOP_UP, 100));
    assert_true(kit_move(kit_shared(LEDGER_PROMOTIONS), PROMOTIONAL, MOVED_GRANT, 5));
    assert_true(kit_move(PAID, kit_shared(LEDGER_USAGE), MOVED_SPENT, 10));
    kit_next(STEP);
    assert_true(kit_told(ONE, PAID, MOVED_TRANSFER, -30, KIT_NOW));
    assert_true(kit_told(ONE, kit_shared(LEDGER_TRANSFERS), MOVED_TRANSFER, 30, KIT_NOW));
    assert_true(kit_told(ONE, kit_shared(LEDGER_TRANSFERS), MOVED_TRANSFER, -30, KIT_NOW));
    assert_true(kit_told(ONE, TARGET, MOVED_TRANSFER, 30, KIT_NOW));
    assert_true(kit_move(PAID, kit_shared(LEDGER_FEES), MOVED_TRANSFER_FEE, 10));
    assert_int_equal(kit_end(), AUDIT_GOOD);
    assert_int_equal(kit_audit.postings, 12);
    assert_int_equal(audit_operator_of(&kit_audit, ONE)->arrived, 30);
    kit_begin(false); /* nothing at all is good too */
    assert_int_equal(kit_end(), AUDIT_GOOD);
}

static void an_entry_sums_to_0_for_each_operator(void **state) {
    (void)state;
    kit_begin(false);
    kit_lines(90, 0, 0);
    assert_true(kit_move(kit_shared(LEDGER_TOP_UPS), PAID, MOVED_TOP_UP, 100));
    kit_next(STEP);
    assert_true(kit_told(ONE, PAID, MOVED_SPENT, -10, KIT_NOW));
    assert_true(kit_told(ONE, kit_shared(LEDGER_USAGE), MOVED_SPENT, 9, KIT_NOW));
    int64_t bad = kit_entry;
    kit_next(STEP);
    assert_false(kit_told(ONE, PAID, MOVED_SPENT, -1, KIT_NOW));
    assert_int_equal(kit_end(), AUDIT_ENTRY_SUM);
    kit_is(AUDIT_ENTRY_SUM, bad, PAID);
    kit_figures(0, -1);
    assert_int_equal(kit_audit.first.line, LINE);
    assert_int_equal(kit_audit.first.kind, LEDGER_PAID);
    kit_begin(false); /* together 0, and for neither */
    kit_lines(0, 0, 0);
    kit_next(STEP);
    kit_told(ONE, kit_shared(LEDGER_TOP_UPS), MOVED_TOP_UP, -7, KIT_NOW);
    kit_told(TWO, TWO + SHARED + LEDGER_USAGE, MOVED_TOP_UP, 4, KIT_NOW);
    kit_told(ONE, kit_shared(LEDGER_BANK), MOVED_TOP_UP, 7, KIT_NOW);
    kit_told(TWO, TWO + SHARED + LEDGER_BANK, MOVED_TOP_UP, 3, KIT_NOW);
    assert_int_equal(kit_end(), AUDIT_ENTRY_SUM);
    assert_int_equal(kit_audit.first.operator, TWO);
    kit_figures(0, 7);
}

static void what_goes_by_transfer_arrives(void **state) {
    (void)state;
    kit_begin(false);
    kit_lines(70, 0, 0);
    assert_true(kit_move(kit_shared(LEDGER_TOP_UPS), PAID, MOVED_TOP_UP, 100));
    assert_true(kit_move(PAID, kit_shared(LEDGER_TRANSFERS), MOVED_TRANSFER, 30));
    assert_int_equal(kit_end(), AUDIT_ENTRY_TRANSFERS);
    kit_is(AUDIT_ENTRY_TRANSFERS, kit_entry, PAID);
    kit_figures(0, 30);
}

/* One posting behind a good entry, and what is wrong with it. */
static enum audit_wrong posted(int64_t operator, int64_t account_id, int64_t movement,
                               int64_t amount, int64_t astray) {
    kit_begin(false);
    kit_lines(0, 0, 0);
    assert_true(kit_move(kit_shared(LEDGER_TOP_UPS), PAID, MOVED_TOP_UP, 100));
    kit_next(STEP);
    assert_true(audit_posting(&kit_audit, &(struct posting){.id = kit_entry + 1,
                                                            .operator= operator,
                                                            .account = account_id,
                                                            .amount = amount,
                                                            .entry = kit_entry + astray,
                                                            .movement = movement}));
    if (astray) /* what follows in the entry is not looked at */
        assert_true(audit_posting(&kit_audit, &(struct posting){.id = kit_entry + 3}));
    audit_entries_end(&kit_audit);
    assert_int_equal(kit_audit.first.entry, kit_entry);
    assert_int_equal(kit_audit.first.account, account_id);
    return kit_audit.first.wrong;
}

static void a_posting_is_whole(void **state) {
    (void)state;
    assert_int_equal(posted(ONE, PAID, MOVED_SPENT, -1, 0), AUDIT_ENTRY_SUM);
    assert_int_equal(posted(ONE, PAID, MOVED_SPENT, -1, STEP), AUDIT_POSTING_ASTRAY);
    kit_figures(kit_entry, kit_entry + STEP);
    assert_int_equal(posted(ONE, 77, MOVED_SPENT, -1, 0), AUDIT_ACCOUNT_UNKNOWN);
    assert_int_equal(posted(TWO, PAID, MOVED_SPENT, -1, 0), AUDIT_OPERATOR);
    kit_figures(ONE, TWO);
    assert_int_equal(posted(ONE, PAID, MOVED_SPENT, 0, 0), AUDIT_AMOUNT);
    assert_int_equal(posted(ONE, PAID, 0, -1, 0), AUDIT_MOVEMENT);
    assert_int_equal(posted(ONE, PAID, MOVEMENT_COUNT, -1, 0), AUDIT_MOVEMENT);
    assert_int_equal(posted(ONE, PAID, MOVEMENT_COUNT - 1, -1, 0), AUDIT_ENTRY_SUM);
    assert_int_equal(posted(ONE, PAID, MOVED_OPENING, -1, 0), AUDIT_ENTRY_SUM);
}

static void a_posting_is_there_once(void **state) {
    (void)state;
    kit_begin(false);
    kit_lines(100, 0, 0);
    assert_true(kit_move(kit_shared(LEDGER_TOP_UPS), PAID, MOVED_TOP_UP, 100));
    struct posting again = {.id = kit_audit.id, .operator= ONE, .account = PAID, .at = KIT_NOW + 1};
    assert_false(audit_posting(&kit_audit, &again));
    assert_int_equal(kit_end(), AUDIT_POSTING_TWICE);
    kit_is(AUDIT_POSTING_TWICE, kit_entry, PAID);
}

static void no_account_of_a_line_falls_below_0(void **state) {
    static const int64_t bounded[] = {PAID, ONE + SHARED + LEDGER_PAYABLE,
                                      ONE + SHARED + LEDGER_IN_FLIGHT, ONE + SHARED + LEDGER_BANK};
    (void)state;
    for (size_t i = 0; i < sizeof bounded / sizeof *bounded; i++) {
        kit_begin(false);
        kit_lines(0, 0, 0);
        assert_true(kit_move(kit_shared(LEDGER_TOP_UPS), bounded[i], MOVED_TOP_UP, 100));
        assert_true(kit_move(bounded[i], kit_shared(LEDGER_USAGE), MOVED_SPENT, 101));
        int64_t bad = kit_entry;
        assert_false(kit_move(kit_shared(LEDGER_TOP_UPS), bounded[i], MOVED_TOP_UP, 1) &&
                     kit_move(kit_shared(LEDGER_TOP_UPS), bounded[i], MOVED_TOP_UP, 1));
        kit_end(); /* though it is 0 in the end */
        kit_is(AUDIT_BELOW, bad, bounded[i]);
        kit_figures(0, -1);
    }
}

static void nothing_is_posted_on_a_shut_account(void **state) {
    (void)state;
    for (int64_t late = 0; late <= 1; late++) {
        kit_begin(false);
        kit_lines(0, 0, 0);
        struct ledger_account row = {.id = UNCLAIMED,
                                     .operator= ONE,
                                     .line = LINE,
                                     .kind = LEDGER_UNCLAIMED,
                                     .balance = 100,
                                     .shut_at = KIT_NOW - late,
                                     .currency = "HKD"};
        assert_true(audit_account(&kit_audit, &row));
        assert_true(kit_move(kit_shared(LEDGER_TOP_UPS), UNCLAIMED, MOVED_UNCLAIMED, 100));
        /* in time, but something is left on it */
        assert_int_equal(kit_end(), late ? AUDIT_SHUT_POSTED : AUDIT_SHUT_BALANCE);
        kit_is(late ? AUDIT_SHUT_POSTED : AUDIT_SHUT_BALANCE, kit_entry, UNCLAIMED);
        kit_figures(late ? KIT_NOW - 1 : 0, late ? KIT_NOW : 100);
    }
}

/* A sum that is too large is named, wherever it comes up; it never wraps. */
static void an_overflow_is_named(void **state) {
    (void)state;
    kit_begin(false);
    kit_lines(0, 0, 0);
    kit_next(STEP);
    kit_told(ONE, PAID, MOVED_TOP_UP, INT64_MAX, KIT_NOW);
    kit_told(ONE, TARGET, MOVED_TOP_UP, 1, KIT_NOW);
    kit_told(ONE, kit_shared(LEDGER_TOP_UPS), MOVED_TOP_UP, INT64_MIN, KIT_NOW);
    assert_int_equal(kit_end(), AUDIT_OVERFLOW);
    kit_is(AUDIT_OVERFLOW, kit_entry, PAID);
    kit_begin(false); /* of what goes by transfer */
    kit_lines(0, 0, 0);
    kit_next(STEP);
    kit_told(ONE, kit_shared(LEDGER_TRANSFERS), MOVED_TRANSFER, INT64_MAX, KIT_NOW);
    kit_told(ONE, PAID, MOVED_TRANSFER, -INT64_MAX, KIT_NOW);
    kit_told(ONE, kit_shared(LEDGER_TRANSFERS), MOVED_TRANSFER, 1, KIT_NOW);
    assert_int_equal(kit_end(), AUDIT_OVERFLOW);
    kit_begin(false); /* of what went by transfer so far */
    kit_lines(0, 0, 0);
    for (int i = 0; i < 2; i++) {
        kit_next(STEP);
        kit_told(ONE, kit_shared(LEDGER_TRANSFERS), MOVED_TRANSFER, INT64_MAX, KIT_NOW);
        kit_told(ONE, kit_shared(LEDGER_TRANSFERS), MOVED_TRANSFER, -INT64_MAX, KIT_NOW);
    }
    assert_int_equal(kit_end(), AUDIT_OVERFLOW);
    kit_is(AUDIT_OVERFLOW, kit_entry, kit_shared(LEDGER_TRANSFERS));
    kit_begin(false); /* of an account */
    kit_lines(0, 0, 0);
    kit_move(kit_shared(LEDGER_TOP_UPS), kit_shared(LEDGER_USAGE), MOVED_SPENT, INT64_MAX);
    kit_move(kit_shared(LEDGER_PROMOTIONS), kit_shared(LEDGER_USAGE), MOVED_SPENT, 1);
    assert_int_equal(kit_end(), AUDIT_OVERFLOW);
    kit_is(AUDIT_OVERFLOW, kit_entry, kit_shared(LEDGER_USAGE));
}

/* --- accounts --- */

static void a_balance_is_the_sum_of_its_history(void **state) {
    (void)state;
    kit_begin(false);
    kit_lines(99, 0, 0);
    assert_true(kit_move(kit_shared(LEDGER_TOP_UPS), PAID, MOVED_TOP_UP, 100));
    int64_t bad = kit_entry;
    assert_true(kit_move(kit_shared(LEDGER_TOP_UPS), TARGET, MOVED_TOP_UP, 1));
    assert_int_equal(kit_end(), AUDIT_BALANCE);
    kit_is(AUDIT_BALANCE, bad, PAID); /* TARGET's too, but it comes later */
    kit_figures(100, 99);
    kit_begin(false);
    kit_account(ONE, PAID, LINE, LEDGER_PAID, 0);
    kit_account(ONE, LINE + 9, 0, LEDGER_OPENING, 5); /* summed, never stored */
    assert_int_equal(kit_end(), AUDIT_BALANCE);
    kit_is(AUDIT_BALANCE, 0, LINE + 9);
    kit_figures(0, 5);
}

static enum audit_wrong with(int64_t line, int64_t kind, const char *currency) {
    struct ledger_account row = {.id = OTHER + 9, .operator= ONE, .line = line, .kind = kind};
    kit_begin(false);
    kit_lines(0, 0, 0);
    memcpy(row.currency, currency, sizeof row.currency);
    assert_true(audit_account(&kit_audit, &row));
    enum audit_wrong wrong = kit_end();
    assert_int_equal(kit_audit.first.account, wrong ? OTHER + 9 : 0);
    return wrong;
}

static void an_account_is_of_one_kind_and_one_currency(void **state) {
    (void)state;
    assert_int_equal(with(OTHER, LEDGER_UNCLAIMED, "HKD"), AUDIT_GOOD);
    assert_int_equal(with(0, LEDGER_OPENING, "HKD"), AUDIT_GOOD);
    assert_int_equal(with(OTHER, LEDGER_UNCLAIMED, "MOP"), AUDIT_CURRENCY);
    assert_int_equal(with(OTHER, LEDGER_PAID, "HKD"), AUDIT_KIND_TWICE);
    assert_int_equal(with(0, LEDGER_BANK, "HKD"), AUDIT_KIND_TWICE);
    assert_int_equal(with(OTHER, LEDGER_BANK, "HKD"), AUDIT_KIND);
    assert_int_equal(with(0, LEDGER_PAID, "HKD"), AUDIT_KIND);
    assert_int_equal(with(0, 0, "HKD"), AUDIT_KIND);
    assert_int_equal(with(0, LEDGER_KIND_COUNT, "HKD"), AUDIT_KIND);
}

/* The first account is named, and an entry goes before it. */
static void the_first_is_named(void **state) {
    (void)state;
    kit_begin(false);
    kit_account(ONE, PAID, LINE, LEDGER_PAID, 0);
    kit_account(ONE, PAID + 1, 0, 99, 0);
    kit_account(ONE, PAID + 2, 0, 99, 0);
    kit_account(ONE, PAID + 3, LINE, LEDGER_PAID, 0);
    assert_int_equal(kit_end(), AUDIT_KIND);
    kit_is(AUDIT_KIND, 0, PAID + 1);
    kit_begin(false);
    kit_account(ONE, PAID + 1, LINE, LEDGER_PAID, 0);
    kit_account(ONE, PAID + 2, LINE, LEDGER_PAID, 0); /* found later, but before the next one */
    kit_account(ONE, PAID + 3, 0, 99, 0);
    assert_int_equal(kit_end(), AUDIT_KIND_TWICE);
    kit_is(AUDIT_KIND_TWICE, 0, PAID + 2);
    kit_begin(false);
    kit_lines(5, 0, 0);
    kit_account(ONE, PAID + 4, 0, 99, 0);
    assert_int_equal(kit_end(), AUDIT_BALANCE);
    kit_is(AUDIT_BALANCE, 0, PAID);
    kit_begin(false);
    kit_lines(5, 0, 0);
    assert_true(kit_move(TARGET, kit_shared(LEDGER_USAGE), MOVED_SPENT, 1));
    assert_int_equal(kit_end(), AUDIT_BELOW);
    assert_false(audit_accounts(&kit_audit));
    kit_is(AUDIT_BELOW, kit_entry, TARGET);
}

/* --- several committers --- */

/* The history of the line's paid credit, told by time. */
static enum audit_wrong by_time(const struct posting *rows, size_t count) {
    struct audit_time time = {0};
    size_t at = 0;
    const struct audit_account *doubtful = audit_doubtful(&kit_audit, &at);
    assert_non_null(doubtful);
    assert_int_equal(doubtful->id, PAID);
    assert_null(audit_doubtful(&kit_audit, &at));
    bool more = true;
    for (size_t i = 0; i < count && more; i++)
        more = audit_in_time(&kit_audit, doubtful, &time, &rows[i]);
    audit_time_end(&kit_audit, doubtful, &time);
    return kit_audit.first.wrong;
}

/* Something is spent before it is there, in the order of ids. */
static void spent_first(void) {
    kit_begin(true);
    kit_lines(0, 0, 0);
    assert_true(kit_move(PAID, kit_shared(LEDGER_USAGE), MOVED_SPENT, 10));
    assert_true(kit_move(kit_shared(LEDGER_TOP_UPS), PAID, MOVED_TOP_UP, 10));
    assert_int_equal(kit_end(), AUDIT_GOOD);
}

enum { A = FIRST + STEP, B = FIRST + 2 * STEP + 64, APART = AUDIT_APART_MS };

static struct posting of(int64_t of_entry, int64_t amount, int64_t at) {
    return (struct posting){
        .id = of_entry + 1, .account = PAID, .entry = of_entry, .amount = amount, .at = at};
}

static void committers_alternate(void **state) {
    (void)state;
    spent_first(); /* the other committer's entry came before */
    struct posting good[] = {of(B, 10, 1), of(A, -10, 1 + APART)};
    assert_int_equal(by_time(good, 2), AUDIT_GOOD);
    spent_first(); /* nearer, nobody knows which came first */
    struct posting near[] = {of(A, -10, 1), of(B, 10, 1 + APART)};
    assert_int_equal(by_time(near, 2), AUDIT_GOOD);
    spent_first(); /* further apart, it did */
    struct posting far[] = {of(A, -10, 1), of(B, 10, 2 + APART)};
    assert_int_equal(by_time(far, 2), AUDIT_BELOW);
    kit_is(AUDIT_BELOW, A, PAID);
    kit_figures(0, -10);
    spent_first(); /* one committer's are in their order, however near */
    struct posting one[] = {of(A, -10, 1), of(A + STEP, -1, 1), of(A + 2 * STEP, 11, 1)};
    assert_int_equal(by_time(one, 3), AUDIT_BELOW);
    kit_is(AUDIT_BELOW, A, PAID);
    kit_figures(0, -10);
    spent_first(); /* what is missing in the end is missing in any order */
    struct posting less[] = {of(B, 10, 1), of(A, -20, 2), of(A + STEP, 5, 3)};
    assert_int_equal(by_time(less, 3), AUDIT_BELOW);
    kit_is(AUDIT_BELOW, A, PAID);
    kit_figures(0, -10);
    spent_first();
    struct posting large[] = {of(B, INT64_MAX, 1), of(A, 1, 2)};
    assert_int_equal(by_time(large, 2), AUDIT_OVERFLOW);
    kit_is(AUDIT_OVERFLOW, A, PAID);
}

/* Of two differences the one of the smaller entry, in whatever order they are found. */
static void the_smaller_entry_is_named(void **state) {
    (void)state;
    for (int later = 0; later <= 1; later++) {
        kit_begin(true);
        kit_lines(0, 0, 0);
        assert_true(kit_move(PAID, kit_shared(LEDGER_USAGE), MOVED_SPENT, 10));
        kit_next(STEP);
        kit_told(ONE, TARGET, MOVED_SPENT, 1, KIT_NOW);
        audit_entries_end(&kit_audit);
        kit_is(AUDIT_ENTRY_SUM, A + STEP, TARGET);
        struct posting rows[] = {of(later ? A + 2 * STEP : A, -10, 1)};
        by_time(rows, 1);
        kit_is(later ? AUDIT_ENTRY_SUM : AUDIT_BELOW, later ? A + STEP : A, later ? TARGET : PAID);
    }
}

static void a_closing_and_a_posting_may_meet(void **state) {
    (void)state;
    for (int64_t late = 0; late <= 1; late++) {
        kit_begin(true);
        struct ledger_account row = {.id = PAID,
                                     .operator= ONE,
                                     .line = LINE,
                                     .kind = LEDGER_PAID,
                                     .shut_at = KIT_NOW - APART - late,
                                     .currency = "HKD"};
        assert_true(audit_account(&kit_audit, &row));
        assert_true(kit_move(kit_shared(LEDGER_TOP_UPS), PAID, MOVED_TOP_UP, 1));
        assert_true(kit_move(PAID, kit_shared(LEDGER_USAGE), MOVED_SPENT, 1) || late);
        assert_int_equal(kit_end(), late ? AUDIT_SHUT_POSTED : AUDIT_GOOD);
    }
}

/* --- room --- */

static void what_does_not_fit_is_said(void **state) {
    (void)state;
    struct ledger_account row = {.operator= ONE, .line = 1, .kind = LEDGER_PAID};
    audit_close(&kit_audit);
    audit_open(&kit_audit, false, 1000);
    assert_true(kit_audit.full);
    assert_false(audit_account(&kit_audit, &row));
    assert_false(audit_ready(&kit_audit));
    audit_close(&kit_audit);
    audit_open(&kit_audit, false, 1024 * 1024); /* some thousands */
    int64_t many = 0;
    for (row.id = row.line = 1; audit_account(&kit_audit, &row); row.line = ++row.id)
        many++;
    assert_in_range(many, 4096, 16384);
    assert_true(kit_audit.full);
    assert_false(audit_account(&kit_audit, &row));
    assert_false(audit_ready(&kit_audit));
    audit_close(&kit_audit);
    audit_open(&kit_audit, false, 1024 * 1024); /* the accounts fit, and the indexes do not */
    for (row.id = row.line = 1; row.id <= many; row.line = ++row.id)
        assert_true(audit_account(&kit_audit, &row));
    assert_false(audit_ready(&kit_audit));
    audit_close(&kit_audit);
    audit_open(&kit_audit, false, MEMORY);
    for (row.id = 1; row.id <= AUDIT_OPERATORS; row.id++) {
        row.operator= row.line = row.id;
        assert_true(audit_account(&kit_audit, &row));
    }
    row.operator= row.line = row.id;
    assert_false(audit_account(&kit_audit, &row));
    assert_true(kit_audit.full);
}

/* Ids that fall on one place are kept apart. */
static void many_accounts_are_found(void **state) {
    (void)state;
    kit_begin(false);
    for (int64_t i = 0; i < 10000; i++) {
        kit_account(ONE, 100000 + 3 * i, 100000 + i, LEDGER_PAID, 0);
        kit_account(ONE, 100001 + 3 * i, 100000 + i, LEDGER_PROMOTIONAL, 0);
    }
    assert_true(audit_ready(&kit_audit));
    for (int64_t i = 0; i < 10000; i++) {
        assert_int_equal(audit_find(&kit_audit, 100000 + i, ONE, LEDGER_PAID)->id, 100000 + 3 * i);
        assert_int_equal(audit_find(&kit_audit, 100000 + i, ONE, LEDGER_PROMOTIONAL)->id,
                         100001 + 3 * i);
        assert_null(audit_find(&kit_audit, 100000 + i, ONE, LEDGER_UNCLAIMED));
        assert_null(audit_find(&kit_audit, 100000 + i, TWO, LEDGER_PAID));
    }
}

static int teardown(void **state) {
    (void)state;
    audit_close(&kit_audit);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_ledger_is_good),
        cmocka_unit_test(an_entry_sums_to_0_for_each_operator),
        cmocka_unit_test(what_goes_by_transfer_arrives),
        cmocka_unit_test(a_posting_is_whole),
        cmocka_unit_test(a_posting_is_there_once),
        cmocka_unit_test(no_account_of_a_line_falls_below_0),
        cmocka_unit_test(nothing_is_posted_on_a_shut_account),
        cmocka_unit_test(an_overflow_is_named),
        cmocka_unit_test(a_balance_is_the_sum_of_its_history),
        cmocka_unit_test(an_account_is_of_one_kind_and_one_currency),
        cmocka_unit_test(the_first_is_named),
        cmocka_unit_test(committers_alternate),
        cmocka_unit_test(the_smaller_entry_is_named),
        cmocka_unit_test(a_closing_and_a_posting_may_meet),
        cmocka_unit_test(what_does_not_fit_is_said),
        cmocka_unit_test(many_accounts_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
