/* Tables that grow without end are split by time, in the very words of doc/several-machines.md: new
 * rows land in their month, months that had begun are moved, the journal and the ledger are read
 * across all of them, and a month that was taken out is missed until it is back. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "case_kit.h"
#include "store/journal.h"
#include "store/ledger_verify.h"

enum { DOC = 64 * 1024, BLOCK = 4096 };

static const int64_t december = INT64_C(1796083200000); /* 2026-12-01 00:00 UTC */
static const int64_t january = INT64_C(1798761600000);  /* 2027-01-01 00:00 UTC */

static struct case_kit kit;

static int64_t one(const char *sql) {
    return kit_number(&kit.kit, sql);
}

/* The SQL of the section, the number-th block. */
static void block_run(int number) {
    static char text[DOC];
    char path[512], sql[BLOCK];
    const char *root = getenv("RINGOFF_ROOT");
    snprintf(path, sizeof path, "%s/doc/several-machines.md", root ? root : ".");
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    const char *at = strstr(text, "## Tables that grow");
    for (int i = 0; at && i <= number; i++) {
        at = strstr(at, "```sql\n");
        at = at ? at + strlen("```sql\n") : NULL;
    }
    const char *end = at ? strstr(at, "```") : NULL;
    assert_true(end && end - at < BLOCK);
    snprintf(sql, sizeof sql, "%.*s", (int)(end - at), at);
    kit_sql(&kit.kit, sql);
}

static bool journal_holds(void) {
    struct journal_check check;
    assert_int_equal(journal_verify(kit.kit.engine, kit.kit.reader, &kit.kit.secrets, &check),
                     STORE_OK);
    return check.seq == 0 && check.entries == one("SELECT count(*) FROM journal") &&
           check.entries > 0;
}

static bool ledger_holds(void) {
    struct ledger_check check;
    assert_int_equal(ledger_verify(kit.kit.engine, kit.kit.reader, 64 * 1024 * 1024, &check),
                     STORE_OK);
    assert_true(check.first.wrong || check.postings == one("SELECT count(*) FROM posting"));
    return !check.first.wrong;
}

/* In every part, moved or made ahead. */
static void history_is_only_added_to(void) {
    static const char *const parts[] = {"posting", "posting_rest", "posting_2026_12",
                                        "posting_2027_01"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char sql[128];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", parts[i]);
        assert_true(one(sql) > 0);
        snprintf(sql, sizeof sql, "UPDATE %s SET movement = 2", parts[i]);
        assert_true(kit_refused(&kit.kit, sql));
        snprintf(sql, sizeof sql, "DELETE FROM %s", parts[i]);
        assert_true(kit_refused(&kit.kit, sql));
    }
}

static void line_add(int i) {
    struct line_import row = case_row(i);
    enum refusal no;
    case_run(&kit, &line_import_verb, &kit.system, &row, &no);
    assert_int_equal(no, ACCEPTED);
}

static void a_month_that_is_out_is_missed(void) {
    kit_now = january + 40 * DAY;
    line_add(23);
    assert_true(journal_holds());
    assert_true(ledger_holds());
    kit_sql(&kit.kit, "ALTER TABLE journal DETACH PARTITION journal_2027_01");
    kit_sql(&kit.kit, "ALTER TABLE posting DETACH PARTITION posting_2027_01");
    assert_false(journal_holds());
    assert_false(ledger_holds());
    line_add(24); /* work goes on */
    kit_sql(&kit.kit, "ALTER TABLE journal ATTACH PARTITION journal_2027_01 FOR VALUES FROM "
                      "(1798761600000) TO (1801440000000)");
    kit_sql(&kit.kit, "ALTER TABLE posting ATTACH PARTITION posting_2027_01 FOR VALUES FROM "
                      "(1798761600000) TO (1801440000000)");
    assert_true(journal_holds());
    assert_true(ledger_holds());
    history_is_only_added_to();
}

static void months_hold_what_belongs_to_them(void **state) {
    (void)state;
    int64_t before = one("SELECT count(*) FROM journal_rest");
    assert_true(before > 0);
    kit_now = december + DAY;
    line_add(20);
    kit_sql(&kit.kit, "INSERT INTO refusal_count VALUES (4096, 29934720, 'a', 'b', 0, 1), "
                      "(4096, 29934719, 'a', 'b', 0, 1)");
    block_run(1); /* December has begun: what is there is moved */
    assert_int_equal(one("SELECT count(*) FROM journal_2026_12 WHERE verb <> 'journal.checkpoint'"),
                     1);
    assert_int_equal(one("SELECT count(*) FROM journal_rest"), before);
    assert_int_equal(one("SELECT minute FROM refusal_count_2026_12"), december / MINUTE);
    assert_int_equal(one("SELECT minute FROM refusal_count_rest"), december / MINUTE - 1);
    line_add(21);
    assert_int_equal(one("SELECT count(*) FROM journal_2026_12 WHERE verb <> 'journal.checkpoint'"),
                     2);
    block_run(0); /* January is made ahead */
    kit_now = january + DAY;
    line_add(22);
    assert_int_equal(one("SELECT count(*) FROM journal_2027_01"), 1);
    assert_true(one("SELECT count(*) FROM posting_2027_01") > 0);
    assert_int_equal(one("SELECT count(*) FROM journal_rest"), before);
    assert_int_equal(one("SELECT count(*) FROM posting_rest WHERE at >= 1798761600000"), 0);
    assert_int_equal(one("SELECT count(*) FROM journal_2026_12 WHERE verb <> 'journal.checkpoint'"),
                     2);
    assert_true(journal_holds());
    assert_int_equal(one("SELECT sum(amount) FROM posting"), 0);
    assert_int_equal(one("SELECT count(*) FROM ledger_account WHERE balance <> 0 AND line > 0 AND "
                         "balance <> (SELECT sum(amount) FROM posting WHERE posting.account = "
                         "ledger_account.id)"),
                     0);
    history_is_only_added_to();
    a_month_that_is_out_is_missed();
}

/* --- a code that is sent again in the next month --- */

enum { CHALLENGE = 7000, BOUND = 20000 };

struct asker {
    struct store *store;
    struct challenge row;
    size_t count;
    enum store_result result;
};

static void *challenge_load(void *owner) {
    struct asker *asker = owner;
    struct key key = {.id = CHALLENGE, .operator= CASE_OPERATOR };
    struct want want = {.statement = CHALLENGE_BY_ID,
                        .in = &key,
                        .rows = &asker->row,
                        .room = 1,
                        .key = CHALLENGE,
                        .lock = true};
    asker->result = kit.kit.engine->load(asker->store, &want, 1);
    asker->count = want.count;
    return NULL;
}

static struct store *writer_open(void) {
    char why[256] = "";
    struct store *store = kit.kit.engine->open(kit.kit.where, &kit.kit.secrets, false, why);
    if (!store)
        fail_msg("%s", why);
    return store;
}

/* Its row moves to the next partition while another batch waits for it: that batch is run again,
 * as after any race, and then sees what was decided. */
static void a_row_that_moves_to_the_next_month_is_waited_for(void **state) {
    (void)state;
    struct challenge row = {.id = CHALLENGE, .operator= CASE_OPERATOR, .issued_at = january - 1};
    kit_put(&kit.kit, CHALLENGE_ADD, &row);
    block_run(0);
    assert_int_equal(one("SELECT count(*) FROM challenge_2027"), 0);
    struct asker first = {.store = writer_open()}, second = {.store = writer_open()};
    pthread_t thread;
    int64_t waiting = 0;
    challenge_load(&first);
    assert_int_equal(first.result, STORE_OK);
    assert_int_equal(pthread_create(&thread, NULL, challenge_load, &second), 0);
    for (int i = 0; i < BOUND && !waiting; i++)
        waiting = one("SELECT count(*) FROM pg_locks WHERE locktype = 'transactionid' AND NOT "
                      "granted");
    assert_int_equal(waiting, 1);
    first.row.issued_at = january;
    first.row.issue = 2;
    struct change change = {CHALLENGE_PUT, &first.row};
    assert_int_equal(kit.kit.engine->record(first.store, &change, 1), STORE_OK);
    pthread_join(thread, NULL);
    assert_int_equal(second.result, STORE_STALE);
    kit.kit.engine->abandon(second.store);
    assert_int_equal(one("SELECT count(*) FROM challenge_2027"), 1);
    assert_int_equal(one("SELECT count(*) FROM challenge"), 1);
    challenge_load(&second);
    assert_int_equal(second.result, STORE_OK);
    assert_int_equal(second.count, 1);
    assert_int_equal(second.row.issue, 2);
    kit.kit.engine->abandon(second.store);
    kit.kit.engine->close(first.store);
    kit.kit.engine->close(second.store);
}

/* Counts of one minute are added up, in its month as in the rest. */
static void counts_are_added_up_in_their_month(void **state) {
    (void)state;
    block_run(0);
    struct refusal_count rows[2] = {
        {.operator= CASE_OPERATOR, .minute = january / MINUTE, .count = 2, .verb = "a"},
        {.operator= CASE_OPERATOR, .minute = january / MINUTE - 1, .count = 3, .verb = "a"}};
    struct change changes[2] = {{REFUSAL_COUNT_ADD, &rows[0]}, {REFUSAL_COUNT_ADD, &rows[1]}};
    for (int i = 0; i < 2; i++)
        kit_put_all(&kit.kit, changes, 2);
    assert_int_equal(one("SELECT sum(count) FROM refusal_count_2027_01"), 4);
    assert_int_equal(one("SELECT sum(count) FROM refusal_count_rest"), 6);
}

/* All that the document splits is declared so, and nothing else is. */
static void the_document_names_all_that_can_be_split(void **state) {
    (void)state;
    int64_t declared = one("SELECT count(*) FROM pg_partitioned_table WHERE partrelid IN (SELECT "
                           "oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)");
    block_run(0);
    block_run(1);
    assert_true(declared >= 7);
    /* by the year what is looked for by its id, by the month the others */
    assert_int_equal(one("SELECT count(*) FROM pg_class WHERE relispartition AND relkind = 'r' "
                         "AND relname ~ '_2027(_01)?$'"),
                     declared);
    assert_int_equal(one("SELECT count(*) FROM pg_class WHERE relispartition AND relkind = 'r' "
                         "AND relname ~ '_2026(_12)?$'"),
                     declared);
    assert_int_equal(one("SELECT count(*) FROM pg_class WHERE relispartition AND relkind = 'r' "
                         "AND relname ~ '_[0-9]{4}$'"),
                     6);
    assert_int_equal(one("SELECT count(*) FROM pg_attribute WHERE attname = 'operator' AND "
                         "attoptions::text LIKE '%n_distinct=100%' AND attrelid::regclass::text "
                         "LIKE 'effect%'"),
                     3); /* each partition is planned by itself */
}

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    return 0;
}

/* The kits of a program share one database, so what a test made is dropped. */
static int teardown(void **state) {
    (void)state;
    kit_sql(&kit.kit,
            "DO $$ DECLARE t text; BEGIN FOR t IN SELECT quote_ident(relname) FROM pg_class WHERE "
            "relispartition AND relkind = 'r' AND relname NOT LIKE '%_rest' LOOP "
            "EXECUTE 'DROP TABLE ' || t; END LOOP; END $$");
    case_close(&kit);
    return 0;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {TEST(months_hold_what_belongs_to_them),
                                       TEST(a_row_that_moves_to_the_next_month_is_waited_for),
                                       TEST(counts_are_added_up_in_their_month),
                                       TEST(the_document_names_all_that_can_be_split)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
