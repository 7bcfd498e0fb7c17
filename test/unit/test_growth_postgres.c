/* Tables that grow without end are split by time, in the very words of doc/several-machines.md: new
 * rows land in their month, months that had begun are moved, the journal and the ledger are read
 * across all of them, and a month that was taken out is missed until it is back. */
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
    kit_sql(&kit.kit, "ALTER TABLE journal DETACH PARTITION journal_2027_01");
    assert_false(journal_holds());
    line_add(24); /* work goes on */
    kit_sql(&kit.kit, "ALTER TABLE journal ATTACH PARTITION journal_2027_01 FOR VALUES FROM "
                      "(1798761600000) TO (1801440000000)");
    assert_true(journal_holds());
}

static void months_hold_what_belongs_to_them(void **state) {
    (void)state;
    int64_t before = one("SELECT count(*) FROM journal_rest");
    assert_true(before > 0);
    kit_now = december + DAY;
    line_add(20);
    block_run(1); /* December has begun: what is there is moved */
    assert_int_equal(one("SELECT count(*) FROM journal_2026_12"), 1);
    assert_int_equal(one("SELECT count(*) FROM journal_rest"), before);
    line_add(21);
    assert_int_equal(one("SELECT count(*) FROM journal_2026_12"), 2);
    block_run(0); /* January is made ahead */
    kit_now = january + DAY;
    line_add(22);
    assert_int_equal(one("SELECT count(*) FROM journal_2027_01"), 1);
    assert_true(one("SELECT count(*) FROM posting_2027_01") > 0);
    assert_int_equal(one("SELECT count(*) FROM journal_rest"), before);
    assert_int_equal(one("SELECT count(*) FROM posting_rest WHERE at >= 1798761600000"), 0);
    assert_true(journal_holds());
    assert_int_equal(one("SELECT sum(amount) FROM posting"), 0);
    assert_int_equal(one("SELECT count(*) FROM ledger_account WHERE balance <> 0 AND line > 0 AND "
                         "balance <> (SELECT sum(amount) FROM posting WHERE posting.account = "
                         "ledger_account.id)"),
                     0);
    a_month_that_is_out_is_missed();
}

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

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {TEST(months_hold_what_belongs_to_them)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
