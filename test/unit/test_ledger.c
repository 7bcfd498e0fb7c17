/* The ledger in the database: its history cannot be changed, and `ledger verify` names what was
 * changed all the same, as of one moment beside whoever writes. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "case_kit.h"
#include "store/journal.h"
#include "store/ledger_verify.h"

enum { MEMORY = 64 * 1024 * 1024, SQL = 1024 };

static struct case_kit kit;
static struct ledger_check check;

static enum audit_wrong verified(void) {
    assert_int_equal(ledger_verify(kit.kit.engine, kit.kit.reader, MEMORY, &check), STORE_OK);
    assert_false(check.full);
    return check.first.wrong;
}

static int64_t one(const char *sql) {
    return kit_number(&kit.kit, sql);
}

static int64_t paid(void) {
    char sql[SQL];
    snprintf(sql, sizeof sql, "SELECT id FROM ledger_account WHERE kind = 2 AND line = %" PRId64,
             kit.line);
    return one(sql);
}

/* The entry that made the line. */
static int64_t imported(void) {
    char sql[SQL];
    snprintf(sql, sizeof sql, "SELECT min(entry) FROM posting WHERE account = %" PRId64, paid());
    return one(sql);
}

static void history_is_only_added_to(void **state) {
    (void)state;
    int64_t count = one("SELECT count(*) FROM posting"), sum = one("SELECT sum(id) FROM posting");
    assert_true(count >= 8);
    assert_true(kit_refused(&kit.kit, "UPDATE posting SET amount = 1"));
    assert_true(kit_refused(&kit.kit, "UPDATE posting SET id = id + 1 WHERE amount > 0"));
    assert_true(kit_refused(&kit.kit, "DELETE FROM posting WHERE amount > 0"));
    if (kit.kit.engine == &postgres_engine) {
        assert_true(kit_refused(&kit.kit, "TRUNCATE posting"));
        assert_true(kit_refused(&kit.kit, "DELETE FROM posting_rest"));
        assert_true(kit_refused(&kit.kit, "UPDATE posting_rest SET at = at + 1"));
        assert_true(kit_refused(&kit.kit, "TRUNCATE posting_rest"));
    }
    assert_int_equal(one("SELECT count(*) FROM posting"), count);
    assert_int_equal(one("SELECT sum(id) FROM posting"), sum);
    assert_int_equal(verified(), AUDIT_GOOD);
}

static void what_the_verbs_write_is_good(void **state) {
    (void)state;
    assert_int_equal(verified(), AUDIT_GOOD);
    assert_int_equal(check.postings, one("SELECT count(*) FROM posting"));
    assert_int_equal(check.accounts, one("SELECT count(*) FROM ledger_account"));
    int64_t closure = case_executing(&kit);
    struct network_cut cut = {.closure = closure,
                              .line = kit.line,
                              .effect = case_effect(&kit, closure, EFFECT_NETWORK_CUT),
                              .evidence = "read back"};
    enum refusal no;
    case_run(&kit, &network_cut_verb, &kit.system, &cut, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(one("SELECT count(*) FROM line WHERE state = 4"), 1);
    assert_int_equal(verified(), AUDIT_GOOD);
    assert_int_equal(check.postings, one("SELECT count(*) FROM posting"));
}

/* Damages by the SQL; what is found then. */
__attribute__((format(printf, 4, 5))) static void damaged(enum audit_wrong wrong, int64_t expected,
                                                          int64_t found, const char *format, ...) {
    char sql[SQL];
    va_list values;
    va_start(values, format);
    vsnprintf(sql, sizeof sql, format, values);
    va_end(values);
    assert_int_equal(verified(), AUDIT_GOOD);
    kit_damage(&kit.kit, sql);
    assert_int_equal(verified(), wrong);
    assert_int_equal(check.first.expected, expected);
    assert_int_equal(check.first.found, found);
}

static void at(int64_t entry, const char *verb, int64_t account) {
    assert_int_equal(check.first.entry, entry);
    assert_string_equal(check.verb, verb);
    assert_int_equal(check.first.account, account);
}

static void a_changed_amount_is_named(void **state) {
    (void)state;
    int64_t entry = imported(), account = paid();
    damaged(AUDIT_ENTRY_SUM, 0, 5,
            "UPDATE posting SET amount = amount + 5 WHERE account = %" PRId64, account);
    assert_int_equal(check.first.entry, entry);
    assert_string_equal(check.verb, "line.import");
    assert_int_equal(check.first.operator, CASE_OPERATOR);
}

static void a_removed_posting_is_named(void **state) {
    (void)state;
    int64_t entry = imported();
    damaged(AUDIT_ENTRY_SUM, 0, -8640, "DELETE FROM posting WHERE account = %" PRId64, paid());
    assert_int_equal(check.first.entry, entry);
    assert_string_equal(check.verb, "line.import");
}

static void a_removed_entry_is_missed(void **state) {
    (void)state;
    int64_t entry = imported(), account = paid();
    damaged(AUDIT_BALANCE, 0, 8640, "DELETE FROM posting WHERE entry = %" PRId64, entry);
    at(0, "", account);
}

static void a_posting_moved_to_another_account_is_missed(void **state) {
    (void)state;
    int64_t entry = imported(), account = paid();
    damaged(AUDIT_BALANCE, 0, 8640,
            "UPDATE posting SET account = (SELECT id FROM ledger_account WHERE kind = 2 AND line "
            "= %" PRId64 ") WHERE account = %" PRId64,
            kit.other_line, account);
    at(0, "", account);
    assert_true(entry > 0);
}

static void an_added_posting_is_named(void **state) {
    (void)state;
    int64_t entry = imported(), account = paid();
    damaged(AUDIT_ENTRY_SUM, 0, 7,
            "INSERT INTO posting (id, operator, account, amount, at, entry, movement) VALUES "
            "(%" PRId64 ", 4096, %" PRId64 ", 7, 1, %" PRId64 ", 2)",
            entry + 63, account, entry);
    assert_int_equal(check.first.entry, entry);
}

static void an_entry_of_nobody_is_named(void **state) {
    (void)state;
    int64_t entry = journal_id(0, 1000000), account = paid();
    damaged(AUDIT_ENTRY_SUM, 0, -1,
            "INSERT INTO posting (id, operator, account, amount, at, entry, movement) VALUES "
            "(%" PRId64 ", 4096, %" PRId64 ", -1, 1, %" PRId64 ", 2)",
            entry + 1, account, entry);
    at(entry, "", account); /* it is not in the journal */
}

static void each_column_of_a_posting_counts(void **state) {
    static const struct {
        const char *set;
        enum audit_wrong wrong;
    } columns[] = {{"amount = 0", AUDIT_AMOUNT},
                   {"movement = 0", AUDIT_MOVEMENT},
                   {"account = 1", AUDIT_ACCOUNT_UNKNOWN},
                   {"operator = 8192", AUDIT_OPERATOR},
                   {"entry = entry + 64", AUDIT_POSTING_ASTRAY},
                   {"amount = 9223372036854775807", AUDIT_ENTRY_SUM}};
    (void)state;
    int64_t entry = imported(), account = paid();
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        char sql[SQL];
        snprintf(sql, sizeof sql,
                 "CREATE TABLE aside AS SELECT * FROM posting; UPDATE posting SET %s WHERE account "
                 "= %" PRId64,
                 columns[i].set, account);
        assert_int_equal(verified(), AUDIT_GOOD);
        kit_damage(&kit.kit, sql);
        assert_int_equal(verified(), columns[i].wrong);
        assert_int_equal(check.first.entry, entry);
        assert_string_equal(check.verb, "line.import");
        kit_damage(&kit.kit, "DELETE FROM posting; INSERT INTO posting SELECT * FROM aside; "
                             "DROP TABLE aside");
    }
    assert_int_equal(verified(), AUDIT_GOOD);
}

/* Sums to 0 and ends above it, but took the line's credit below for a while. */
static void a_dip_is_named(void **state) {
    (void)state;
    int64_t account = paid(), shared = CASE_OPERATOR + 34 + LEDGER_BREAKAGE;
    int64_t first = journal_id(0, 1000000), second = journal_id(0, 1000001);
    damaged(AUDIT_BELOW, 0, 8640 - 8641,
            "INSERT INTO posting (id, operator, account, amount, at, entry, movement) VALUES "
            "(%" PRId64 ", 4096, %" PRId64 ", -8641, 1, %" PRId64 ", 2), "
            "(%" PRId64 ", 4096, %" PRId64 ", 8641, 1, %" PRId64 ", 2), "
            "(%" PRId64 ", 4096, %" PRId64 ", 8641, 1, %" PRId64 ", 2), "
            "(%" PRId64 ", 4096, %" PRId64 ", -8641, 1, %" PRId64 ", 2)",
            first + 1, account, first, first + 2, shared, first, second + 1, account, second,
            second + 2, shared, second);
    at(first, "", account);
}

static void stored_balances_and_kinds_count(void **state) {
    (void)state;
    int64_t account = paid(), entry = imported();
    damaged(AUDIT_BALANCE, 8640, 8639,
            "UPDATE ledger_account SET balance = balance - 1 WHERE id = %" PRId64, account);
    at(entry, "line.import", account);
    kit_damage(&kit.kit, "UPDATE ledger_account SET balance = 8640 WHERE balance = 8639");
    damaged(AUDIT_CURRENCY, 0, 0, "UPDATE ledger_account SET currency = 'MOP' WHERE id = %" PRId64,
            account);
    at(0, "", account);
    kit_damage(&kit.kit, "UPDATE ledger_account SET currency = 'HKD'");
    damaged(AUDIT_KIND, 0, 0, "UPDATE ledger_account SET kind = 6 WHERE id = %" PRId64, account);
    at(0, "", account);
    kit_damage(&kit.kit, "UPDATE ledger_account SET kind = 2 WHERE kind = 6 AND line > 0");
    damaged(AUDIT_SHUT_POSTED, 1, one("SELECT min(at) FROM posting"),
            "UPDATE ledger_account SET shut_at = 1 WHERE id = %" PRId64, account);
    at(entry, "line.import", account);
}

static void the_books_count(void **state) {
    struct refund refund = {.id = 90,
                            .operator= CASE_OPERATOR,
                            .state = REFUND_REQUESTED,
                            .amount_minor = 3,
                            .reference = "RF-1"};
    struct charge charge = {.id = 91, .operator= CASE_OPERATOR, .kind = CHARGE_SPENT};
    struct transfer transfer = {.id = 92, .operator= CASE_OPERATOR, .amount_minor = 4};
    (void)state;
    int64_t entry = imported();
    damaged(AUDIT_ONLINE, 8640, 8641, "UPDATE line SET online_minor = 8641 WHERE id = %" PRId64,
            kit.line);
    at(entry, "line.import", paid());
    kit_sql(&kit.kit, "UPDATE line SET online_minor = 0");
    kit_put(&kit.kit, CHARGE_ADD, &charge);
    assert_int_equal(verified(), AUDIT_BOOK_COUNT);
    at(0, "", CASE_OPERATOR + 34 + LEDGER_USAGE);
    kit_sql(&kit.kit, "DELETE FROM charge");
    kit_put(&kit.kit, TRANSFER_ADD, &transfer);
    assert_int_equal(verified(), AUDIT_TRANSFERRED);
    assert_int_equal(check.first.operator, CASE_OPERATOR);
    kit_sql(&kit.kit, "DELETE FROM transfer");
    kit_put(&kit.kit, REFUND_ADD, &refund);
    assert_int_equal(verified(), AUDIT_BOOK);
    assert_int_equal(check.first.kind, LEDGER_PAYABLE);
    assert_int_equal(check.first.expected, 3);
    kit_sql(&kit.kit, "DELETE FROM refund");
    assert_int_equal(verified(), AUDIT_GOOD);
}

/* Several committers: what one spent may stand before what the other one topped up. */
static void the_order_of_time_counts_where_several_write(void **state) {
    (void)state;
    int64_t account = paid(), shared = CASE_OPERATOR + 34 + LEDGER_BREAKAGE;
    int64_t first = journal_id(0, 1000000), second = journal_id(1, 1000001);
    char sql[SQL];
    for (int late = 0; late <= 1; late++) {
        snprintf(sql, sizeof sql,
                 "INSERT INTO posting (id, operator, account, amount, at, entry, movement) VALUES "
                 "(%" PRId64 ", 4096, %" PRId64 ", -8641, %" PRId64 ", %" PRId64 ", 4), "
                 "(%" PRId64 ", 4096, %" PRId64 ", 8641, %" PRId64 ", %" PRId64 ", 4), "
                 "(%" PRId64 ", 4096, %" PRId64 ", 8641, %" PRId64 ", %" PRId64 ", 2), "
                 "(%" PRId64 ", 4096, %" PRId64 ", -8641, %" PRId64 ", %" PRId64 ", 2)",
                 first + 1, account, kit_now + HOUR, first, first + 2, shared, kit_now + HOUR,
                 first, second + 1, account, kit_now + 2 * HOUR * late, second, second + 2, shared,
                 kit_now + 2 * HOUR * late, second);
        kit_sql(&kit.kit, sql);
        if (!late)
            kit_sql(&kit.kit, "INSERT INTO chain (id, seq, hash) VALUES (1, 9, " KIT_ZEROS ")");
        assert_int_equal(verified(), late ? AUDIT_BELOW : AUDIT_GOOD);
        if (late)
            at(first, "", account);
        kit_damage(&kit.kit, "DELETE FROM posting WHERE entry >= 4096000000");
    }
}

/* --- one moment --- */

struct count {
    int64_t rows;
    bool writes;
};

static void line_add(int i) {
    struct line_import row = case_row(i);
    enum refusal no;
    case_run(&kit, &line_import_verb, &kit.system, &row, &no);
    assert_int_equal(no, ACCEPTED);
}

static bool count_row(void *owner, const void *row) {
    struct count *count = owner;
    (void)row;
    if (count->writes && ++count->rows == 1)
        line_add(41);
    else if (!count->writes)
        count->rows++;
    return true;
}

static int64_t postings(bool writes) {
    struct key all = {.id = INT64_MIN};
    struct count count = {.writes = writes};
    assert_int_equal(kit.kit.engine->scan(kit.kit.reader, POSTING_SCAN, &all, count_row, &count),
                     STORE_OK);
    return count.rows;
}

/* Whoever writes meanwhile: all that is read belongs together. */
static void a_snapshot_is_of_one_moment(void **state) {
    (void)state;
    const struct engine *engine = kit.kit.engine;
    struct store *reader = kit.kit.reader;
    int64_t before = one("SELECT count(*) FROM posting");
    assert_int_equal(engine->snapshot(reader, true), STORE_OK);
    assert_int_equal(postings(true), before);
    line_add(42);
    assert_int_equal(postings(false), before);
    assert_int_equal(engine->snapshot(reader, false), STORE_OK);
    int64_t after = postings(false);
    assert_true(after >= before + 8);
    assert_int_equal(after, one("SELECT count(*) FROM posting"));
    assert_int_equal(engine->snapshot(reader, true), STORE_OK); /* and again */
    assert_int_equal(postings(false), after);
    assert_int_equal(engine->snapshot(reader, false), STORE_OK);
    assert_int_equal(verified(), AUDIT_GOOD);
}

static void what_does_not_fit_is_said(void **state) {
    (void)state;
    assert_int_equal(ledger_verify(kit.kit.engine, kit.kit.reader, 1000, &check), STORE_OK);
    assert_true(check.full);
    assert_int_equal(verified(), AUDIT_GOOD);
}

/* --- what decides --- */

static void a_move_is_whole_or_not_at_all(void **state) {
    struct change changes[8];
    struct actor actor = {.kind = ACTOR_SYSTEM, .operator= 4096 };
    struct arena arena;
    struct outcome out = {
        .actor = &actor, .entry = 4096, .changes = changes, .room = 8, .now = 7, .arena = &arena};
    struct ledger_account from = {.id = 1, .operator= 4096, .line = 5, .balance = 10};
    struct ledger_account to = {.id = 2, .operator= 4096, .line = 6, .balance = INT64_MAX - 3};
    (void)state;
    arena_open(&arena, 1 << 16);
    assert_false(outcome_move(&out, &from, &to, MOVED_TRANSFER, 11));
    assert_false(outcome_move(&out, &from, &to, MOVED_TRANSFER, 4));
    out.balance = INT64_MIN + 2;
    assert_false(outcome_move(&out, &from, &to, MOVED_TRANSFER, 3));
    out.balance = 0;
    assert_int_equal(out.count, 0);
    assert_int_equal(from.balance, 10);
    assert_true(outcome_move(&out, &from, &to, MOVED_TRANSFER, 3));
    assert_int_equal(out.count, 4);
    assert_int_equal(from.balance, 7);
    assert_int_equal(to.balance, INT64_MAX);
    assert_true(outcome_post(&out, &from, MOVED_SPENT, -7));
    outcome_shut(&out, &from);
    assert_int_equal(from.shut_at, 7);
    assert_false(outcome_post(&out, &from, MOVED_TOP_UP, 1));
    assert_false(outcome_move(&out, &to, &from, MOVED_TRANSFER, 1));
    assert_int_equal(to.balance, INT64_MAX);
    arena_close(&arena);
}

static int setup(void **state) {
    struct ledger_account shared[LEDGER_KIND_COUNT];
    struct change changes[LEDGER_KIND_COUNT];
    size_t count = 0;
    (void)state;
    case_open(&kit);
    for (int64_t kind = LEDGER_TOP_UPS; kind < LEDGER_KIND_COUNT; kind++) {
        shared[count] = (struct ledger_account){.id = CASE_OPERATOR + 34 + kind,
                                                .operator= CASE_OPERATOR,
                                                .kind = kind,
                                                .currency = "HKD"};
        changes[count] = (struct change){LEDGER_ADD, &shared[count]};
        count++;
    }
    kit_put_all(&kit.kit, changes, count);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    case_close(&kit);
    return 0;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(history_is_only_added_to),
        TEST(what_the_verbs_write_is_good),
        TEST(a_changed_amount_is_named),
        TEST(a_removed_posting_is_named),
        TEST(a_removed_entry_is_missed),
        TEST(a_posting_moved_to_another_account_is_missed),
        TEST(an_added_posting_is_named),
        TEST(an_entry_of_nobody_is_named),
        TEST(each_column_of_a_posting_counts),
        TEST(a_dip_is_named),
        TEST(stored_balances_and_kinds_count),
        TEST(the_books_count),
        TEST(the_order_of_time_counts_where_several_write),
        TEST(a_snapshot_is_of_one_moment),
        TEST(what_does_not_fit_is_said),
        cmocka_unit_test(a_move_is_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
