/* A database of an older schema with money in it, brought to the present one: what was posted is
 * told as what it was, on both accounts of a pair, and the ledger adds up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "store/ledger_verify.h"
#include "store/postgres.h" /* its struct store is not SQLite's */
#include "store_kit.h"

enum { BEFORE_MONEY = 11 };

/* An operator (4097), a line that is open (9001) and one that is closed (9002). The entries are an
 * import of each, an import that knew less of the first one, its suspension barred by the network
 * and another one by the staff, and the other one's cut. */
static const char filled[] =
    "INSERT INTO line (id, operator, subscriber, state, closure, activated_at, expires_at, "
    "sim_since, contact_changed_at, closed_at, imported_at, number, iccid, imsi, plan) VALUES "
    "(9001, 4097, 1, 1, 0, 1, 0, 0, 0, 0, 1, '+85261000001', '1', '1', ''), "
    "(9002, 4097, 1, 4, 9, 1, 0, 0, 0, 777, 1, '+85261000002', '2', '2', '');"
    "INSERT INTO ledger_account (id, operator, line, kind, balance, currency) VALUES "
    "(4098, 4097, 0, 1, 0, 'HKD'), (4099, 4097, 0, 5, 0, 'HKD'), (4137, 4097, 0, 6, 0, 'HKD'), "
    "(9012, 4097, 9001, 2, 850, 'HKD'), (9013, 4097, 9001, 3, 50, 'HKD'), "
    "(9022, 4097, 9002, 2, 0, 'HKD'), (9023, 4097, 9002, 3, 0, 'HKD'), "
    "(9024, 4097, 9002, 4, 700, 'HKD');"
    "INSERT INTO posting (id, operator, account, amount, at, entry) VALUES "
    "(8193, 4097, 4098, -1000, 10, 8192), (8194, 4097, 9012, 1000, 10, 8192), "
    "(8195, 4097, 4098, -50, 10, 8192), (8196, 4097, 9013, 50, 10, 8192), "
    "(12289, 4097, 4098, -700, 10, 12288), (12290, 4097, 9022, 700, 10, 12288), "
    "(12291, 4097, 4098, -40, 10, 12288), (12292, 4097, 9023, 40, 10, 12288), "
    "(16385, 4097, 4098, 100, 20, 16384), (16386, 4097, 9012, -100, 20, 16384), "
    "(20481, 4097, 9012, -20, 30, 20480), (20482, 4097, 4137, 20, 30, 20480), "
    "(24577, 4097, 9012, -30, 40, 24576), (24578, 4097, 4137, 30, 40, 24576), "
    "(28673, 4097, 9022, -700, 777, 28672), (28674, 4097, 9024, 700, 777, 28672), "
    "(28675, 4097, 9023, -40, 777, 28672), (28676, 4097, 4099, 40, 777, 28672);"
    "INSERT INTO journal (id, chain, seq, at, operator, actor_kind, actor, subject, result, verb, "
    "refusal, previous, hash) VALUES "
    "(8192, 0, 1, 10, 4097, 5, 0, 9001, 9001, 'line.import', '', x'00', x'00'), "
    "(12288, 0, 2, 10, 4097, 5, 0, 9002, 9002, 'line.import', '', x'00', x'00'), "
    "(16384, 0, 3, 20, 4097, 5, 0, 9001, 9001, 'line.import', '', x'00', x'00'), "
    "(20480, 0, 4, 30, 4097, 5, 0, 9001, 9001, 'network.switch', '', x'00', x'00'), "
    "(24576, 0, 5, 40, 4097, 4, 7, 9001, 9001, 'network.done', '', x'00', x'00'), "
    "(28672, 0, 6, 777, 4097, 5, 0, 9002, 9002, 'network.cut', '', x'00', x'00')";

static struct kit kit;

static int setup(void **state) {
    char row[200], print[2 * sizeof kit.secrets.fingerprint + 1];
    static const uint8_t master[32] = {7};
    extern const char *const sqlite_migrations[];
    (void)state;
    kit_place(&kit);
    secret_derive(master, &kit.secrets);
    const char *const *migrations =
        kit.engine->writers == 1 ? sqlite_migrations : postgres_migrations;
    for (size_t i = 0; i < sizeof kit.secrets.fingerprint; i++)
        snprintf(print + 2 * i, 3, "%02x", kit.secrets.fingerprint[i]);
    for (int i = 0; i < BEFORE_MONEY; i++)
        kit_sql(&kit, migrations[i]);
    snprintf(row, sizeof row,
             "INSERT INTO installation (id, demo, fingerprint) VALUES (1, 1, x'%s')", print);
    kit_sql(&kit, row);
    kit_version(&kit, BEFORE_MONEY);
    kit_sql(&kit, filled);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    kit_remove(&kit);
    return 0;
}

static void assert_moved(int64_t entry, int64_t account, enum movement movement) {
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT movement FROM posting WHERE entry = %lld AND account = %lld",
             (long long)entry, (long long)account);
    if (kit_number(&kit, sql) != movement)
        fail_msg("entry %lld, account %lld: moved by %lld, not %d", (long long)entry,
                 (long long)account, (long long)kit_number(&kit, sql), (int)movement);
}

static void what_was_posted_is_told_as_what_it_was(void **state) {
    char why[256] = "";
    (void)state;
    assert_true(kit.engine->prepare(kit.where, &kit.secrets, true, why));
    assert_moved(8192, 4098, MOVED_OPENING);
    assert_moved(8192, 9012, MOVED_OPENING);
    assert_moved(16384, 4098, MOVED_OPENING);
    assert_moved(16384, 9012, MOVED_OPENING);
    assert_moved(20480, 4137, MOVED_SUSPENSION_FEE);
    assert_moved(20480, 9012, MOVED_SUSPENSION_FEE);
    assert_moved(24576, 4137, MOVED_SUSPENSION_FEE);
    assert_moved(24576, 9012, MOVED_SUSPENSION_FEE);
    assert_moved(28672, 9022, MOVED_UNCLAIMED);
    assert_moved(28672, 9024, MOVED_UNCLAIMED);
    assert_moved(28672, 9023, MOVED_ENDED);
    assert_moved(28672, 4099, MOVED_ENDED);
}

static void the_ledger_adds_up_and_what_is_closed_is_shut(void **state) {
    char why[256] = "";
    struct ledger_check check;
    (void)state;
    assert_true(kit.engine->prepare(kit.where, &kit.secrets, true, why));
    assert_int_equal(kit_number(&kit, "SELECT count(*) FROM ledger_account WHERE shut_at = 777"),
                     2);
    assert_int_equal(kit_number(&kit, "SELECT count(*) FROM ledger_account WHERE shut_at <> 0"), 2);
    for (enum ledger_kind kind = LEDGER_TOP_UPS; kind < LEDGER_KIND_COUNT; kind++) {
        char sql[160];
        snprintf(sql, sizeof sql,
                 "SELECT count(*) FROM ledger_account WHERE id = %lld AND kind = %d",
                 (long long)ledger_shared_id(4097, kind), (int)kind);
        assert_int_equal(kit_number(&kit, sql), 1);
    }
    struct store *reader = kit.engine->open(kit.where, &kit.secrets, true, why);
    assert_non_null(reader);
    assert_int_equal(ledger_verify(kit.engine, reader, LEDGER_MEMORY, &check), STORE_OK);
    kit.engine->close(reader);
    assert_int_equal(check.first.wrong, AUDIT_GOOD);
    assert_int_equal(check.postings, 18);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_posted_is_told_as_what_it_was, setup, teardown),
        cmocka_unit_test_setup_teardown(the_ledger_adds_up_and_what_is_closed_is_shut, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
