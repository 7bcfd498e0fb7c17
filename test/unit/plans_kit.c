#include "plans_kit.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "store/sqlite.h"

enum { SQL_MAX = 16384, PAGE = 50 };

/* In all expressions: i counts a table's rows from 1 and is the id, k is the line they hang on. */
#define OPERATOR_OF_K "CASE WHEN k % 1000 = 0 THEN 12288 WHEN k % 50 = 0 THEN 8192 ELSE 4096 END"
#define MOSTLY_OVER "CASE WHEN k % 20 = 0 OR i = 1000008 THEN 0 ELSE 1700000000000 + i * 1000 END"
/* Many become due at once, as after an import. */
#define TOGETHER "1700000000000 + i / 10000 * 1000"
/* Most of what hangs on the one fat row is long over, and some of everything else. */
#define OLD "i > 1000000 AND i % 1000 <> 8 OR i % 10 = 3"
#define SOON "1700000000000 + i * 1000"

/* Rows a line; 0 and a count: so many in all. */
static const struct {
    const char *table;
    int each, count;
} sizes[] = {
    {"operator", 0, 5}, {"policy", 0, 40},        {"staff", 0, 3000},     {"api_key", 0, 3000},
    {"chain", 0, 64},   {"contact", 2, 0},        {"effect", 3, 0},       {"journal", 3, 0},
    {"posting", 2, 0},  {"ledger_account", 2, 0}, {"installation", 0, 0}, {"rules_version", 0, 0},
};

/* Where a column is not what its type and name say. */
static const struct {
    const char *table, *column, *value;
} special[] = {
    {"operator", "id", "4096 * i"},
    {"policy", "version", "i"},
    {"line", "state", "CASE WHEN " OLD " THEN 4 ELSE 1 END"},
    {"closure", "next_at", "CASE WHEN k % 4 = 0 THEN " TOGETHER " ELSE 0 END"},
    {"suspension", "ended_at", MOSTLY_OVER},
    {"suspension", "next_at", "CASE WHEN k % 4 = 0 THEN " TOGETHER " ELSE 0 END"},
    {"mandate", "ended_at", "CASE WHEN " OLD " THEN 1 ELSE 0 END"},
    {"refund", "next_at", "CASE WHEN k % 4 = 0 THEN " TOGETHER " ELSE 0 END"},
    {"refund", "state", "CASE WHEN k % 20 = 0 THEN 1 ELSE 6 END"},
    {"effect", "next_at", TOGETHER},
    {"contact", "removed_at", "CASE WHEN " OLD " THEN 1 ELSE 0 END"},
    {"staff", "removed_at", "CASE WHEN i % 9 > 0 THEN 0 ELSE 1 END"},
    {"api_key", "revoked_at", "CASE WHEN i % 9 > 0 THEN 0 ELSE 1 END"},
    {"signing_key", "retired_at", "CASE WHEN i % 9 > 0 THEN 1 ELSE 0 END"},
    {"session", "closed_at", "CASE WHEN i % 2 = 0 THEN 0 ELSE 1 END"},
    {"session", "kind", "CASE WHEN i % 2 = 0 THEN 2 ELSE 1 END"},
    {"work", "done_at", MOSTLY_OVER},
    {"work", "kind", "1 + k % 3"},
    {"work", "due_at", "1700000000000 + (i * 7919) % 20011 * 1000"},
    {"effect", "state", "CASE WHEN k % 20 = 0 THEN 1 ELSE 2 END"},
    {"effect", "door",
     "CASE i % 4 WHEN 0 THEN 'network' WHEN 1 THEN 'sms' WHEN 2 THEN 'payment' ELSE 'mail' END"},
    {"ledger_account", "line", "CASE WHEN k < 5 THEN 0 ELSE k END"},
    {"ledger_account", "kind", "i"},
    {"journal", "chain", "i % 4"},
    {"journal", "seq", "i"},
    {"number", "state", "1 + k % 2"},
    {"inbox", "effect", "i"},
};

void plans_bytes(int64_t value, uint8_t bytes[PLANS_BYTES]) {
    memset(bytes, 0, PLANS_BYTES);
    for (int i = 0; i < 8; i++)
        bytes[PLANS_BYTES - 1 - i] = (uint8_t)((uint64_t)value >> (8 * i));
}

static void expression(const char *table, const char *column, const char *type, char value[256]) {
    size_t length = strlen(column);
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (strcmp(special[i].table, table) == 0 && strcmp(special[i].column, column) == 0) {
            snprintf(value, 256, "%s", special[i].value);
            return;
        }
    if (strcmp(type, "TEXT") == 0)
        snprintf(value, 256, "'%s' || i", column);
    else if (strcmp(type, "BLOB") == 0)
        snprintf(value, 256, "bytes(i)");
    else if (strcmp(column, "operator") == 0)
        snprintf(value, 256, "%s", OPERATOR_OF_K);
    else if (strcmp(column, "id") == 0)
        snprintf(value, 256, "i");
    else if ((length > 3 && strcmp(column + length - 3, "_at") == 0) ||
             (length > 6 && strcmp(column + length - 6, "_until") == 0) ||
             strcmp(column, "at") == 0 || strcmp(column, "since") == 0 ||
             strcmp(column, "until") == 0)
        snprintf(value, 256, SOON);
    else
        snprintf(value, 256, "k");
}

static void add(char *sql, size_t *at, const char *text) {
    int length = snprintf(sql + *at, SQL_MAX - *at, "%s", text);
    assert(length >= 0 && *at + (size_t)length < SQL_MAX);
    *at += (size_t)length;
}

/* INSERT INTO table (columns) SELECT expressions FROM (from): from gives i and k. */
static void table_fill(sqlite3 *schema, const char *table, const char *from, plans_run *run,
                       void *owner) {
    char sql[SQL_MAX], ask[128], values[SQL_MAX], value[256];
    size_t length = 0, filled = 0;
    sqlite3_stmt *s;
    snprintf(ask, sizeof ask, "SELECT name, type FROM pragma_table_info('%s')", table);
    int code = sqlite3_prepare_v2(schema, ask, -1, &s, NULL);
    assert(code == SQLITE_OK);
    add(sql, &length, "INSERT INTO ");
    add(sql, &length, table);
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        const char *column = (const char *)sqlite3_column_text(s, 0);
        expression(table, column, (const char *)sqlite3_column_text(s, 1), value);
        add(sql, &length, filled ? ", " : " (");
        add(sql, &length, column);
        add(values, &filled, filled ? ", " : "");
        add(values, &filled, value);
    }
    assert(code == SQLITE_DONE && filled);
    sqlite3_finalize(s);
    add(sql, &length, ") SELECT ");
    add(sql, &length, values);
    add(sql, &length, " FROM (");
    add(sql, &length, from);
    add(sql, &length, ") AS rows WHERE k > 0 ON CONFLICT DO NOTHING");
    run(owner, sql);
}

void plans_fill(plans_run *run, void *owner) {
    sqlite3 *schema;
    sqlite3_stmt *s;
    char from[256];
    int code = sqlite3_open(":memory:", &schema);
    for (int i = 0; i < sqlite_migration_count && code == SQLITE_OK; i++)
        code = sqlite3_exec(schema, sqlite_migrations[i], NULL, NULL, NULL);
    assert(code == SQLITE_OK);
    run(owner, "CREATE TEMPORARY TABLE serial (i BIGINT PRIMARY KEY)");
    snprintf(from, sizeof from,
             "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
             "INSERT INTO serial SELECT i FROM n",
             3 * PLANS_LINES);
    run(owner, from);
    sqlite3_prepare_v2(schema, "SELECT name FROM sqlite_schema WHERE type = 'table'", -1, &s, NULL);
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        const char *table = (const char *)sqlite3_column_text(s, 0);
        int each = 1, count = PLANS_LINES;
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
            if (strcmp(sizes[i].table, table) == 0) {
                each = sizes[i].each ? sizes[i].each : 1;
                count = sizes[i].each ? each * PLANS_LINES : sizes[i].count;
            }
        if (!count)
            continue;
        snprintf(from, sizeof from, "SELECT i, 1 + (i - 1) / %d AS k FROM serial WHERE i <= %d",
                 each, count);
        table_fill(schema, table, from, run, owner);
        if (count < PLANS_LINES)
            continue;
        snprintf(from, sizeof from, "SELECT i + %d AS i, %d AS k FROM serial WHERE i <= %d",
                 PLANS_FAT_ROWS, PLANS_FAT_ID, PLANS_FAT);
        table_fill(schema, table, from, run, owner);
    }
    assert(code == SQLITE_DONE);
    sqlite3_finalize(s);
    sqlite3_close(schema);
}

struct plans_try plans_try_at(int number) {
    static const int64_t operators[] = {PLANS_OPERATOR_LARGE, PLANS_OPERATOR_MIDDLE,
                                        PLANS_OPERATOR_SMALL, PLANS_OPERATOR_NONE};
    static const int64_t values[] = {
        0, PLANS_FAT_ID, 50, 1000, PLANS_LINES / 2 + 1, PLANS_FAT_ROWS + 1, INT64_C(1) << 62};
    static const int64_t times[] = {0, INT64_C(4000000000000)};
    assert(number < PLANS_TRIES);
    return (struct plans_try){.operator= operators[number / 14],
                              .value = values[number % 14 / 2],
                              .at = times[number % 2]};
}

/* The column that stands before " = $n". */
static void column_of(const struct statement *about, int parameter, char column[48]) {
    char mark[16];
    snprintf(mark, sizeof mark, " = $%d", parameter);
    const char *end = strstr(about->sql, mark);
    assert(end);
    const char *from = end;
    while (from > about->sql && from[-1] != ' ' && from[-1] != '(')
        from--;
    assert(end - from < 48);
    snprintf(column, 48, "%.*s", (int)(end - from), from);
}

void plans_value_of(const struct statement *about, int parameter, const struct plans_try *try,
                    struct plans_value *value) {
    const struct field *field = &about->in[parameter - 1];
    char column[48];
    *value = (struct plans_value){.kind = PLANS_INT, .number = try->value};
    if (field->kind == FIELD_TEXT) {
        value->kind = PLANS_TEXT;
        column_of(about, parameter, column);
        snprintf(value->text, sizeof value->text, "%s%lld", column, (long long)try->value);
    } else if (field->kind == FIELD_BLOB || field->kind == FIELD_LOOKUP) {
        value->kind = PLANS_BLOB;
        plans_bytes(try->value, value->bytes);
    } else if (strcmp(field->name, "operator") == 0) {
        value->number = try->operator;
    } else if (strcmp(field->name, "limit") == 0) {
        value->number = PAGE;
    } else if (strcmp(field->name, "at") == 0) {
        value->number = try->at;
    }
}
