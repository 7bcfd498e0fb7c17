/* Room to grow, on SQLite: on a filled database no statement of the catalogue reads more than it
 * answers, whoever asks. The plan is looked at, and the work that a statement did is counted: a
 * plan may name an index and walk through all of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "plans_kit.h"
#include "store/sqlite.h"

enum {
    ROWS = 100,        /* a scan is given up after so many */
    STEPS = 1500,      /* of SQLite's machine, to begin with, */
    STEPS_A_ROW = 120, /* and for each row that is answered */
    INDEXES_MAX = 200,
};

/* Statements whose plan may say so, and why. */
static const struct {
    enum statement_id id;
    const char *step, *why;
} allowed[] = {
    {OPERATOR_LIST, "SCAN operator", "operators are few, and read at the start"},
    {POLICY_LIST, "SCAN policy", "policies are few, and read when the rules change"},
    {POLICY_LIST, "USE TEMP B-TREE FOR", "the same"},
    {POLICY_AT, "USE TEMP B-TREE FOR ORDER BY", "the policies of one operator are few"},
    {LINES_OF_ACCOUNT, "USE TEMP B-TREE FOR ORDER BY", "the lines of one person are few"},
    {LINES_OF_DOCUMENT, "USE TEMP B-TREE FOR ORDER BY", "and so are those that are not closed"},
    {MANDATES_OF_LINE, "USE TEMP B-TREE FOR ORDER BY", "the open mandates of a line are few"},
    {CHAIN_LIST, "SCAN chain", "64 at most, for journal verify"},
    {JOURNAL_ASTRAY, "SCAN journal", "for journal verify, which reads all of it"},
    {JOURNAL_ASTRAY, "USE TEMP B-TREE FOR ORDER BY", "entries of chains that cannot be: none"},
};

/* Unique indexes that serve no statement: the net under the rules that they name. */
static const char *const nets[] = {
    "sqlite_autoindex_operator_1", /* an operator's code */
    "sqlite_autoindex_policy_1",   /* a policy's version */
    "sqlite_autoindex_sim_1",      /* a SIM is issued once */
};

struct used {
    char names[INDEXES_MAX][64];
    int count;
};

static void bytes(sqlite3_context *context, int count, sqlite3_value **values) {
    uint8_t made[PLANS_BYTES];
    (void)count;
    plans_bytes(sqlite3_value_int64(values[0]), made);
    sqlite3_result_blob(context, made, sizeof made, SQLITE_TRANSIENT);
}

static void run(void *owner, const char *sql) {
    char *why = NULL;
    if (sqlite3_exec(owner, sql, NULL, NULL, &why))
        fail_msg("%s: %s", why, sql);
}

static sqlite3_stmt *prepared(sqlite3 *db, const char *before, const struct statement *about) {
    char sql[4200];
    sqlite3_stmt *s = NULL;
    int length = snprintf(sql, sizeof sql, "%s%s", before, about->sql);
    assert_true(length > 0 && (size_t)length < sizeof sql);
    for (char *at = sql; *at; at++)
        *at = *at == '$' ? '?' : *at;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL))
        fail_msg("%s: %s", about->name, sqlite3_errmsg(db));
    return s;
}

static bool is_allowed(enum statement_id id, const char *step) {
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (allowed[i].id == id && strncmp(step, allowed[i].step, strlen(allowed[i].step)) == 0)
            return true;
    return false;
}

static void index_note(struct used *used, const char *step) {
    const char *at = strstr(step, "INDEX ");
    if (!at || strstr(step, "PRIMARY KEY"))
        return;
    char name[64];
    at += strlen("INDEX ");
    snprintf(name, sizeof name, "%.*s", (int)strcspn(at, " "), at);
    for (int i = 0; i < used->count; i++)
        if (strcmp(used->names[i], name) == 0)
            return;
    assert_true(used->count < INDEXES_MAX);
    snprintf(used->names[used->count++], 64, "%s", name);
}

/* How many steps of the plan are bad; it says which. */
static int plan_check(sqlite3 *db, enum statement_id id, struct used *used) {
    const struct statement *about = statement_of(id);
    int wrong = 0;
    sqlite3_stmt *s = prepared(db, "EXPLAIN QUERY PLAN ", about);
    bool update = strncmp(about->sql, "UPDATE", 6) == 0;
    while (sqlite3_step(s) == SQLITE_ROW) {
        const char *step = (const char *)sqlite3_column_text(s, 3);
        bool bad = strncmp(step, "SCAN ", 5) == 0 || strstr(step, "TEMP B-TREE") ||
                   strstr(step, "AUTOMATIC") || (update && !strstr(step, "INTEGER PRIMARY KEY"));
        if (bad && !is_allowed(id, step)) {
            print_error("%s: %s\n", about->name, step);
            wrong++;
        }
        index_note(used, step);
    }
    sqlite3_finalize(s);
    return wrong;
}

static void bind(sqlite3_stmt *s, const struct statement *about, const struct plans_try *try) {
    for (int i = 1; i <= sqlite3_bind_parameter_count(s); i++) {
        struct plans_value value;
        plans_value_of(about, i, try, &value);
        int code = value.kind == PLANS_INT ? sqlite3_bind_int64(s, i, value.number)
                   : value.kind == PLANS_TEXT
                       ? sqlite3_bind_text(s, i, value.text, -1, SQLITE_TRANSIENT)
                       : sqlite3_bind_blob(s, i, value.bytes, PLANS_BYTES, SQLITE_TRANSIENT);
        assert_int_equal(code, SQLITE_OK);
    }
}

/* Runs it with every try. False when one did too much work, or none found anything. */
static bool work_check(sqlite3 *db, const struct statement *about, bool empty) {
    sqlite3_stmt *s = prepared(db, "", about);
    int found = 0;
    bool good = true;
    for (int number = 0; number < PLANS_TRIES && good; number++) {
        struct plans_try try = plans_try_at(number);
        int rows = 0;
        bind(s, about, &try);
        while (rows < ROWS && sqlite3_step(s) == SQLITE_ROW)
            rows++;
        int steps = sqlite3_stmt_status(s, SQLITE_STMTSTATUS_VM_STEP, 1);
        int walked = sqlite3_stmt_status(s, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1);
        good = steps <= STEPS + rows * STEPS_A_ROW && walked <= ROWS;
        if (!good)
            print_error(
                "%s: %d steps for %d rows, %d walked (operator %lld, value %lld, at %lld)\n",
                about->name, steps, rows, walked, (long long)try.operator,(long long) try.value,
                (long long)try.at);
        found += rows;
        sqlite3_reset(s);
    }
    sqlite3_finalize(s);
    if (good && !found && !empty)
        print_error("%s finds nothing in the filled database\n", about->name);
    return good && (found || empty);
}

/* A statement that finds nothing proves nothing: each one finds rows in some try. */
static void every_read_is_bounded(void **state) {
    int wrong = 0;
    for (int id = 0; id < STATEMENT_COUNT; id++) {
        const struct statement *about = statement_of((enum statement_id)id);
        bool empty = about->table == TABLE_INSTALLATION || about->table == TABLE_RULES_VERSION ||
                     id == JOURNAL_ASTRAY;
        wrong += about->out && !work_check(*state, about, empty);
    }
    assert_int_equal(wrong, 0);
}

static void every_plan_uses_an_index(void **state) {
    struct used used = {.count = 0};
    int wrong = 0;
    for (int id = 0; id < STATEMENT_COUNT; id++)
        wrong += plan_check(*state, (enum statement_id)id, &used);
    assert_int_equal(wrong, 0);
    assert_true(used.count > 10);
}

/* Every write costs for every index: one that no statement uses is not kept. */
static void every_index_is_used(void **state) {
    struct used used = {.count = 0};
    sqlite3_stmt *s;
    bool good;
    int wrong = 0;
    for (int id = 0; id < STATEMENT_COUNT; id++)
        plan_check(*state, (enum statement_id)id, &used);
    sqlite3_prepare_v2(*state, "SELECT name FROM sqlite_schema WHERE type = 'index'", -1, &s, NULL);
    while (sqlite3_step(s) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(s, 0);
        good = false;
        for (int i = 0; i < used.count; i++)
            good |= strcmp(used.names[i], name) == 0;
        for (size_t i = 0; i < sizeof nets / sizeof *nets; i++)
            good |= strcmp(nets[i], name) == 0;
        if (!good)
            print_error("%s serves no statement\n", name);
        wrong += !good;
    }
    sqlite3_finalize(s);
    assert_int_equal(wrong, 0);
}

/* The counting sees what the plan does not say: an index may be named and walked through. */
static void a_missing_index_is_seen(void **state) {
    sqlite3 *db = *state;
    struct statement page = *statement_of(LINE_PAGE);
    sqlite3_stmt *s;
    run(db, "SAVEPOINT without; DROP INDEX line_page");
    s = prepared(db, "", &page);
    bind(s, &page, &(struct plans_try){PLANS_OPERATOR_SMALL, 0, 0});
    while (sqlite3_step(s) == SQLITE_ROW)
        ;
    assert_true(sqlite3_stmt_status(s, SQLITE_STMTSTATUS_VM_STEP, 0) > 2 * PLANS_LINES);
    sqlite3_finalize(s);
    run(db, "ROLLBACK TO without; RELEASE without");
}

static int fill(void **state) {
    static sqlite3 *db;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    for (int i = 0; i < sqlite_migration_count; i++)
        run(db, sqlite_migrations[i]);
    sqlite3_create_function(db, "bytes", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, bytes, NULL,
                            NULL);
    run(db, "PRAGMA temp_store = MEMORY; BEGIN");
    plans_fill(run, db);
    run(db, "COMMIT");
    *state = db;
    return 0;
}

/* What SQLite knows of the rows may turn its plans: the same must hold then. */
static int analyze(void **state) {
    run(*state, "ANALYZE");
    return 0;
}

static int empty(void **state) {
    sqlite3_close(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_plan_uses_an_index),
        cmocka_unit_test(every_read_is_bounded),
        cmocka_unit_test(every_index_is_used),
        cmocka_unit_test(a_missing_index_is_seen),
        cmocka_unit_test_setup(every_plan_uses_an_index, analyze),
        cmocka_unit_test(every_read_is_bounded),
        cmocka_unit_test(every_index_is_used),
    };
    return cmocka_run_group_tests(tests, fill, empty);
}
