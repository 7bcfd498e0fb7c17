#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit_place.h"

static _Noreturn void place_fail(sqlite3 *db, const char *sql) {
    fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
    abort();
}

static void place_make(struct kit *kit, bool ready) {
    char why[256] = "";
    snprintf(kit->where, sizeof kit->where, "%s/ringoff.db", kit->folder);
    if (ready && !sqlite_engine.prepare(kit->where, &kit->secrets, true, why)) {
        fprintf(stderr, "%s\n", why);
        abort();
    }
}

static void place_remove(struct kit *kit) {
    static const char *const ends[] = {"", "-wal", "-shm", ".writer"};
    char path[544];
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(path, sizeof path, "%s%s", kit->where, ends[i]);
        unlink(path);
    }
}

/* With a file, what closed is over, and so is what was killed. */
static void place_settle(struct kit *kit) {
    (void)kit;
}

static sqlite3 *place_open(struct kit *kit) {
    sqlite3 *db;
    if (sqlite3_open(kit->where, &db) || sqlite3_busy_timeout(db, 5000))
        place_fail(db, kit->where);
    return db;
}

static void place_sql(struct kit *kit, const char *sql) {
    sqlite3 *db = place_open(kit);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL))
        place_fail(db, sql);
    sqlite3_close(db);
}

static bool place_refused(struct kit *kit, const char *sql) {
    sqlite3 *db = place_open(kit);
    bool refused = sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_CONSTRAINT;
    sqlite3_close(db);
    return refused;
}

static int64_t place_number(struct kit *kit, const char *sql) {
    sqlite3 *db = place_open(kit);
    sqlite3_stmt *s;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) || sqlite3_step(s) != SQLITE_ROW)
        place_fail(db, sql);
    int64_t number = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return number;
}

static size_t place_numbers(struct kit *kit, const char *sql, int columns, int64_t *to,
                            size_t room) {
    sqlite3 *db = place_open(kit);
    sqlite3_stmt *s;
    size_t count = 0;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) || sqlite3_column_count(s) != columns)
        place_fail(db, sql);
    while (sqlite3_step(s) == SQLITE_ROW)
        for (int i = 0; i < columns && count < room; i++)
            to[count++] = sqlite3_column_int64(s, i);
    if (sqlite3_finalize(s))
        place_fail(db, sql);
    sqlite3_close(db);
    return count;
}

static const char *type_of(const char *declared) {
    static const char *const types[] = {"INTEGER", "TEXT", "BLOB"};
    for (size_t i = 0; declared && i < sizeof types / sizeof *types; i++)
        if (strcmp(declared, types[i]) == 0)
            return types[i];
    return declared ? "of another type" : NULL;
}

static void place_describe(struct kit *kit, const struct statement *about,
                           struct described *described) {
    char sql[4096];
    sqlite3 *db = place_open(kit);
    sqlite3_stmt *s = NULL;
    if (strlen(about->sql) >= sizeof sql)
        abort();
    for (size_t i = 0; i <= strlen(about->sql); i++)
        sql[i] = about->sql[i] == '$' ? '?' : about->sql[i];
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) || sqlite3_column_count(s) > COLUMNS_MAX)
        place_fail(db, about->name);
    *described = (struct described){.parameters = sqlite3_bind_parameter_count(s),
                                    .columns = sqlite3_column_count(s)};
    if ((sqlite3_stmt_readonly(s) != 0) != (about->out != NULL))
        place_fail(db, about->name);
    for (int i = 0; i < described->columns; i++) {
        const char *name = sqlite3_column_name(s, i), *table = sqlite3_column_table_name(s, i);
        const char *type = type_of(sqlite3_column_decltype(s, i));
        snprintf(described->column[i].name, NAME_MAX_BYTES, "%s", name ? name : "");
        snprintf(described->column[i].table, NAME_MAX_BYTES, "%s", table ? table : "");
        described->column[i].type = type ? type : "of no type";
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
}

static const char *place_type(struct kit *kit, const char *table, const char *column) {
    sqlite3 *db = place_open(kit);
    const char *declared = NULL, *type = NULL;
    if (!sqlite3_table_column_metadata(db, NULL, table, column, &declared, NULL, NULL, NULL, NULL))
        type = type_of(declared);
    sqlite3_close(db);
    return type;
}

const struct place sqlite_place = {.engine = &sqlite_engine,
                                   .make = place_make,
                                   .remove = place_remove,
                                   .settle = place_settle,
                                   .sql = place_sql,
                                   .refused = place_refused,
                                   .number = place_number,
                                   .numbers = place_numbers,
                                   .describe = place_describe,
                                   .type = place_type};
