/* The SQLite engine on a real file: what it refuses to open, how it migrates, what the drawer
 * notices, and what a read gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/sqlite.h"
#include "store_kit.h"

/* Another file in the kit's folder; removed with its companions by file_remove. */
static const char *file_path(struct kit *kit) {
    static char path[320];
    snprintf(path, sizeof path, "%s/other.db", kit->folder);
    return path;
}

static void file_remove(struct kit *kit) {
    static const char *const ends[] = {"", "-wal", "-shm", "-journal", ".writer"};
    char path[352];
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(path, sizeof path, "%s%s", file_path(kit), ends[i]);
        unlink(path);
    }
}

static void file_sql(struct kit *kit, const char *sql) {
    sqlite3 *db;
    assert_int_equal(sqlite3_open(file_path(kit), &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL))
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_close(db);
}

static int64_t file_number(struct kit *kit, const char *sql) {
    sqlite3 *db;
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_open(file_path(kit), &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return number;
}

static void assert_refused(struct kit *kit, const char *where, bool reading, const char *because) {
    char why[256] = "";
    struct store *store = sqlite_engine.open(where, &kit->secrets, reading, why);
    if (store || !strstr(why, because))
        fail_msg("%s opened, or refused with: %s", where, why);
}

/* Each setting as it stands on the engine's own connections. */
static void every_setting_stands(void **state) {
    struct kit *kit = *state;
    static const struct {
        const char *ask, *answer;
    } settings[] = {
        {"PRAGMA journal_mode", "wal"},  {"PRAGMA synchronous", "2"},
        {"PRAGMA foreign_keys", "1"},    {"PRAGMA temp_store", "2"},
        {"PRAGMA secure_delete", "1"},   {"PRAGMA trusted_schema", "0"},
        {"PRAGMA cell_size_check", "1"}, {"PRAGMA busy_timeout", "5000"},
    };
    char why[256] = "";
    committer_stop(kit->committer);
    kit->committer = NULL;
    struct store *writer = sqlite_engine.open(kit->where, &kit->secrets, false, why);
    struct store *both[] = {writer, kit->reader};
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
            sqlite3_stmt *s;
            assert_int_equal(sqlite3_prepare_v2(both[k]->db, settings[i].ask, -1, &s, NULL),
                             SQLITE_OK);
            assert_int_equal(sqlite3_step(s), SQLITE_ROW);
            assert_string_equal((const char *)sqlite3_column_text(s, 0), settings[i].answer);
            sqlite3_finalize(s);
        }
    assert_int_equal(sqlite3_db_readonly(kit->reader->db, "main"), 1);
    sqlite_engine.close(writer);
}

/* A setting that does not read back as it was set: no write-ahead log in memory, or somebody
 * switched it off in the file. */
static void a_setting_that_does_not_hold_is_refused(void **state) {
    struct kit *kit = *state;
    char why[256] = "", old[512];
    assert_true(sqlite_engine.prepare(file_path(kit), &kit->secrets, false, why));
    file_sql(kit, "PRAGMA journal_mode = DELETE");
    assert_refused(kit, file_path(kit), true, "journal_mode = WAL reads back as delete");
    struct store *writer = sqlite_engine.open(file_path(kit), &kit->secrets, false, why);
    assert_non_null(writer); /* whoever writes sets it again */
    sqlite_engine.close(writer);
    assert_non_null(getcwd(old, sizeof old));
    assert_int_equal(chdir(kit->folder), 0); /* its lock file would stand in the way elsewhere */
    assert_refused(kit, ":memory:", false, "reads back as memory");
    unlink(":memory:.writer");
    assert_int_equal(chdir(old), 0);
    file_remove(kit);
}

static void what_is_no_database_of_ours_is_refused(void **state) {
    struct kit *kit = *state;
    char why[256] = "";
    assert_refused(kit, file_path(kit), true, "unable to open");
    assert_refused(kit, file_path(kit), false, "unable to open");
    assert_refused(kit, kit->folder, true, "");
    assert_false(sqlite_engine.prepare(kit->folder, &kit->secrets, false, why));
    FILE *file = fopen(file_path(kit), "w");
    fprintf(file, "%0900d", 7);
    fclose(file);
    assert_refused(kit, file_path(kit), true, "not a database");
    assert_false(sqlite_engine.prepare(file_path(kit), &kit->secrets, false, why));
    file_remove(kit);
    char theirs[80];
    snprintf(theirs, sizeof theirs, "CREATE TABLE theirs (x); PRAGMA user_version = %d",
             sqlite_migration_count);
    file_sql(kit, theirs);
    assert_refused(kit, file_path(kit), false, "key file");
    assert_false(sqlite_engine.prepare(file_path(kit), &kit->secrets, false, why));
    assert_int_equal(file_number(kit, "SELECT count(*) FROM sqlite_schema"), 1);
    file_remove(kit);
}

static void one_writes_at_a_time(void **state) {
    struct kit *kit = *state;
    char why[256] = "";
    assert_refused(kit, kit->where, false, "another ringoff");
    assert_false(sqlite_engine.prepare(kit->where, &kit->secrets, false, why));
    assert_non_null(strstr(why, "another ringoff"));
    committer_stop(kit->committer);
    kit->committer = NULL;
    struct store *writer = sqlite_engine.open(kit->where, &kit->secrets, false, why);
    assert_non_null(writer);
    assert_refused(kit, kit->where, false, "another ringoff");
    sqlite_engine.close(writer);
    assert_true(sqlite_engine.prepare(kit->where, &kit->secrets, false, why));
}

/* Root may write everything, so a child that gave its rights away tries. */
static void a_file_that_may_not_be_written_is_refused(void **state) {
    struct kit *kit = *state;
    char why[256] = "";
    int status = 0;
    assert_true(sqlite_engine.prepare(file_path(kit), &kit->secrets, false, why));
    assert_int_equal(chmod(file_path(kit), 0444), 0);
    pid_t child = fork();
    if (child == 0) {
        struct __user_cap_header_struct all = {.version = _LINUX_CAPABILITY_VERSION_3};
        struct __user_cap_data_struct none[2] = {{0}};
        if (syscall(SYS_capset, &all, none))
            _exit(2);
        struct store *store = sqlite_engine.open(file_path(kit), &kit->secrets, false, why);
        _exit(store ? 3 : strstr(why, "may not be written") ? 0 : 4);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    file_remove(kit);
}

static void an_older_database_is_brought_up(void **state) {
    struct kit *kit = *state;
    char why[256] = "";
    struct stat about;
    file_sql(kit, "PRAGMA user_version = 0; VACUUM");
    assert_refused(kit, file_path(kit), false, "ringoff init");
    assert_refused(kit, file_path(kit), true, "");
    assert_true(sqlite_engine.prepare(file_path(kit), &kit->secrets, true, why));
    assert_int_equal(file_number(kit, "PRAGMA user_version"), sqlite_migration_count);
    assert_int_equal(file_number(kit, "PRAGMA application_id"), 0x52696e67);
    struct store *store = sqlite_engine.open(file_path(kit), &kit->secrets, true, why);
    assert_non_null(store);
    assert_true(store_is_demo(&sqlite_engine, store));
    sqlite_engine.close(store);
    /* a second time changes nothing: a demo stays one, and nothing else becomes one */
    assert_true(sqlite_engine.prepare(file_path(kit), &kit->secrets, false, why));
    assert_int_equal(file_number(kit, "SELECT demo FROM installation"), 1);
    file_remove(kit);
    assert_true(sqlite_engine.prepare(file_path(kit), &kit->secrets, false, why));
    assert_int_equal(stat(file_path(kit), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(file_number(kit, "SELECT demo FROM installation"), 0);
    file_sql(kit, "PRAGMA user_version = 99");
    assert_refused(kit, file_path(kit), false, "newer");
    assert_false(sqlite_engine.prepare(file_path(kit), &kit->secrets, false, why));
    assert_non_null(strstr(why, "newer"));
    assert_int_equal(file_number(kit, "PRAGMA user_version"), 99);
    file_remove(kit);
}

/* The first schema with an account in it: what is there stays, and what is new is empty. */
static void what_the_first_version_kept_stays(void **state) {
    struct kit *kit = *state;
    char why[256] = "", row[300], print[33];
    for (size_t i = 0; i < sizeof kit->secrets.fingerprint; i++)
        snprintf(print + 2 * i, 3, "%02x", kit->secrets.fingerprint[i]);
    file_sql(kit, sqlite_migrations[0]);
    snprintf(row, sizeof row,
             "INSERT INTO account VALUES (7, 4096, 2, 5, 6, x'00', x'01', 'hash', 'en'); "
             "INSERT INTO installation VALUES (1, 1, x'%s'); PRAGMA user_version = 1",
             print);
    file_sql(kit, row);
    assert_refused(kit, file_path(kit), false, "ringoff init");
    assert_true(sqlite_engine.prepare(file_path(kit), &kit->secrets, true, why));
    assert_int_equal(file_number(kit, "SELECT count(*) FROM account WHERE id = 7 AND "
                                      "password_at = 6 AND password = 'hash' AND reset_at = 0"),
                     1);
    assert_int_equal(file_number(kit, "SELECT count(*) FROM installation"), 1);
    file_remove(kit);
}

/* The migration meets a table that stands in its way at its very end: nothing of it stays. */
static void an_interrupted_migration_leaves_the_old_state(void **state) {
    struct kit *kit = *state;
    char why[256] = "";
    file_sql(kit, "CREATE TABLE refusal_count (theirs)");
    assert_false(sqlite_engine.prepare(file_path(kit), &kit->secrets, false, why));
    assert_non_null(strstr(why, "refusal_count"));
    assert_int_equal(file_number(kit, "PRAGMA user_version"), 0);
    assert_int_equal(file_number(kit, "SELECT count(*) FROM sqlite_schema"), 1);
    file_sql(kit, "DROP TABLE refusal_count");
    assert_true(sqlite_engine.prepare(file_path(kit), &kit->secrets, false, why));
    assert_int_equal(file_number(kit, "PRAGMA user_version"), sqlite_migration_count);
    file_remove(kit);
}

/* --- the drawer --- */

static void subscribers_add(struct kit *kit) {
    char why[256];
    struct subscriber rows[] = {
        {.id = 50,
         .operator= 4096,
         .name = "CHAN",
         .birth = "1980-01-02",
         .document_key = "hkid:A"},
        {.id = 51, .operator= 4096, .name = "WONG TAI MAN PETER", .document_key = "hkid:B"},
    };
    struct change changes[] = {{SUBSCRIBER_ADD, &rows[0]}, {SUBSCRIBER_ADD, &rows[1]}};
    committer_stop(kit->committer);
    kit->committer = NULL;
    struct store *store = sqlite_engine.open(kit->where, &kit->secrets, false, why);
    assert_int_equal(sqlite_engine.load(store, NULL, 0), STORE_OK);
    assert_int_equal(sqlite_engine.record(store, changes, 2), STORE_OK);
    sqlite_engine.close(store);
}

static enum store_result subscriber_read(struct kit *kit, int64_t id, struct subscriber *row) {
    struct key key = {.id = id, .operator= 4096 };
    struct want want = {SUBSCRIBER_BY_ID, &key, row, 1, 0, 0, false};
    *row = (struct subscriber){0};
    return sqlite_engine.read(kit->reader, &want, 1);
}

static void what_was_moved_in_the_drawer_is_noticed(void **state) {
    static const char *const harms[] = {
        "UPDATE subscriber SET name = (SELECT name FROM subscriber WHERE id = 51) WHERE id = 50",
        "UPDATE subscriber SET name = birth WHERE id = 50",
        "UPDATE subscriber SET birth = name WHERE id = 50",
        "UPDATE subscriber SET name = zeroblob(72) WHERE id = 50",
        "UPDATE subscriber SET name = x'' WHERE id = 50",
        "UPDATE subscriber SET name = substr(name, 1, length(name) - 1) WHERE id = 50",
        "UPDATE subscriber SET name = CAST(name || x'00' AS BLOB) WHERE id = 50",
        "UPDATE subscriber SET name = zeroblob(100000) WHERE id = 50",
        "UPDATE subscriber SET id = 52 WHERE id = 50; UPDATE subscriber SET id = 50 WHERE id = 51",
    };
    struct kit *kit = *state;
    struct subscriber row;
    subscribers_add(kit);
    kit_sql(kit, "CREATE TABLE good AS SELECT * FROM subscriber");
    for (size_t i = 0; i < sizeof harms / sizeof *harms; i++) {
        assert_int_equal(subscriber_read(kit, 50, &row), STORE_OK);
        assert_string_equal(row.name, "CHAN");
        kit_sql(kit, harms[i]);
        if (subscriber_read(kit, 50, &row) != STORE_BROKEN)
            fail_msg("not noticed: %s", harms[i]);
        assert_string_equal(row.name, "");
        assert_null(strstr(sqlite_engine.why(kit->reader), "CHAN"));
        kit_sql(kit, "DELETE FROM subscriber; INSERT INTO subscriber SELECT * FROM good");
    }
}

/* Nothing of a name tells its length, its equality or where else it is. */
static void the_drawer_tells_nothing(void **state) {
    struct kit *kit = *state;
    subscribers_add(kit);
    assert_int_equal(kit_number(kit, "SELECT count(DISTINCT length(name)) FROM subscriber"), 1);
    assert_int_equal(kit_number(kit, "SELECT count(DISTINCT name_zh) FROM subscriber"), 2);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM subscriber WHERE document_key IN "
                                     "(SELECT document FROM subscriber)"),
                     0);
}

static void a_lookup_is_of_its_operator_and_its_kind(void **state) {
    struct kit *kit = *state;
    struct subscriber row = {0};
    subscribers_add(kit);
    struct key key = {.operator= 4096, .text = "hkid:B"};
    struct want want = {SUBSCRIBER_BY_DOCUMENT, &key, &row, 1, 0, 0, false};
    assert_int_equal(sqlite_engine.read(kit->reader, &want, 1), STORE_OK);
    assert_int_equal(want.count, 1);
    assert_int_equal(row.id, 51);
    key.operator= 8192;
    assert_int_equal(sqlite_engine.read(kit->reader, &want, 1), STORE_OK);
    assert_int_equal(want.count, 0);
    key = (struct key){.operator= 4096, .text = "hkid:b"};
    assert_int_equal(sqlite_engine.read(kit->reader, &want, 1), STORE_OK);
    assert_int_equal(want.count, 0);
}

/* As many rows as there is room for, and not one byte behind them. */
static void a_want_stays_in_its_room(void **state) {
    struct kit *kit = *state;
    struct subscriber rows[3];
    subscribers_add(kit);
    kit_sql(kit, "INSERT INTO work VALUES (1, 4096, 9, 9, 1, 1, 1, 0, 0, 'a', 0, 0, 0), "
                 "(2, 4096, 9, 9, 1, 1, 1, 0, 0, 'b', 0, 0, 0), (3, 4096, 9, 9, 1, 1, 1, 0, 0, "
                 "'c', 0, 0, 0)");
    struct work works[3];
    memset(works, 0x5a, sizeof works);
    memset(rows, 0x5a, sizeof rows);
    struct key key = {.id = 9, .operator= 4096 };
    struct want want = {WORK_OF_CLOSURE, &key, works, 2, 9, 0, false};
    assert_int_equal(sqlite_engine.read(kit->reader, &want, 1), STORE_OK);
    assert_int_equal(want.count, 2);
    assert_string_equal(works[1].evidence, "b");
    assert_memory_equal(&works[2], &rows[2],
                        sizeof works[2] < sizeof rows[2] ? sizeof works[2] : sizeof rows[2]);
    key.id = 10;
    assert_int_equal(sqlite_engine.read(kit->reader, &want, 1), STORE_OK);
    assert_int_equal(want.count, 0);
    kit_sql(kit, "UPDATE work SET evidence = printf('%300s', 'x')"); /* does not fit its member */
    key.id = 9;
    assert_int_equal(sqlite_engine.read(kit->reader, &want, 1), STORE_BROKEN);
}

static bool two_rows(void *owner, const void *row) {
    (void)row;
    return ++*(int *)owner < 2;
}

/* A scan that is stopped leaves no reader open behind it: the next one sees what is new. */
static void a_scan_ends_when_told(void **state) {
    struct kit *kit = *state;
    struct key none = {0};
    int rows = 0;
    kit_sql(kit, "INSERT INTO operator VALUES (1, 'a', 1), (2, 'b', 1), (3, 'c', 1)");
    assert_int_equal(sqlite_engine.scan(kit->reader, OPERATOR_LIST, &none, two_rows, &rows),
                     STORE_OK);
    assert_int_equal(rows, 2);
    kit_sql(kit, "DELETE FROM operator WHERE id > 1");
    rows = 0;
    assert_int_equal(sqlite_engine.scan(kit->reader, OPERATOR_LIST, &none, two_rows, &rows),
                     STORE_OK);
    assert_int_equal(rows, 1);
}

static int open_kit(void **state) {
    static struct kit kit;
    setenv("RINGOFF_TEST_POSTGRES", "", 1);
    kit_open(&kit);
    *state = &kit;
    return 0;
}

static int close_kit(void **state) {
    kit_close(*state);
    return 0;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_kit, close_kit)
    const struct CMUnitTest tests[] = {
        TEST(every_setting_stands),
        TEST(a_setting_that_does_not_hold_is_refused),
        TEST(what_is_no_database_of_ours_is_refused),
        TEST(one_writes_at_a_time),
        TEST(a_file_that_may_not_be_written_is_refused),
        TEST(an_older_database_is_brought_up),
        TEST(an_interrupted_migration_leaves_the_old_state),
        TEST(what_the_first_version_kept_stays),
        TEST(what_was_moved_in_the_drawer_is_noticed),
        TEST(the_drawer_tells_nothing),
        TEST(a_lookup_is_of_its_operator_and_its_kind),
        TEST(a_want_stays_in_its_room),
        TEST(a_scan_ends_when_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
