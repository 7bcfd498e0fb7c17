/* The PostgreSQL engine on a real cluster: what it refuses to open, what its settings are, what the
 * drawer notices, and what reads, scans and changes give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "postgres_kit.h"
#include "store/postgres.h"

enum { OPERATOR = 4096, SKIPPED = 77 };

static void assert_refused(struct cluster_kit *kit, const char *where, bool reading,
                           const char *because) {
    char why[256] = "";
    struct store *store = postgres_engine.open(where, &kit->secrets, reading, why);
    if (store || !strstr(why, because))
        fail_msg("%s opened, or refused with: %s", where, why);
}

static void setting_text(struct store *store, const char *name, char value[64]) {
    PGresult *answer =
        postgres_ask(store, 5000, "SELECT current_setting($1)", 1, (const char *const[]){name});
    assert_non_null(answer);
    snprintf(value, 64, "%s", PQgetvalue(answer, 0, 0));
    PQclear(answer);
}

/* --- opening --- */

static void every_setting_stands(void **state) {
    struct cluster_kit *kit = *state;
    static const struct {
        const char *name, *writer, *reader;
    } settings[] = {
        {"plan_cache_mode", "force_generic_plan", "force_generic_plan"},
        {"enable_seqscan", "off", "off"},
        {"enable_hashjoin", "off", "off"},
        {"enable_mergejoin", "off", "off"},
        {"jit", "off", "off"},
        {"statement_timeout", "10s", "5s"},
        {"lock_timeout", "1s", "0"},
        {"idle_in_transaction_session_timeout", "3s", "1min"},
        {"default_transaction_isolation", "read committed", "read committed"},
        {"default_transaction_read_only", "off", "on"},
        {"client_min_messages", "error", "error"},
        {"log_error_verbosity", "terse", "terse"},
        {"log_parameter_max_length_on_error", "0", "0"},
        {"application_name", "ringoff", "ringoff"},
    };
    char value[64];
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        setting_text(kit->store, settings[i].name, value);
        assert_string_equal(value, settings[i].writer);
        setting_text(kit->reader, settings[i].name, value);
        assert_string_equal(value, settings[i].reader);
    }
}

static void a_commit_is_waited_for(void **state) {
    struct cluster_kit *kit = *state;
    char sql[160], why[256] = "", value[64];
    snprintf(sql, sizeof sql, "ALTER DATABASE %s SET synchronous_commit = off", kit->name);
    cluster_sql(kit, sql);
    struct store *store = postgres_engine.open(kit->where, &kit->secrets, false, why);
    assert_non_null(store);
    setting_text(store, "synchronous_commit", value);
    assert_string_equal(value, "on");
    postgres_engine.close(store);
}

static void a_string_that_leads_nowhere_is_refused(void **state) {
    struct cluster_kit *kit = *state;
    char where[640], why[256] = "";
    cluster_where(kit, "password=secret", where);
    assert_refused(kit, where, false, "passfile");
    assert_false(postgres_engine.prepare(where, &kit->secrets, true, why));
    assert_null(strstr(why, "secret "));
    cluster_where(kit, "sslpassword=secret", where);
    assert_refused(kit, where, false, "passfile");
    cluster_where(kit, "target_session_attrs=any", where);
    assert_refused(kit, where, true, "must be read-write");
    assert_refused(kit, "host=/nowhere dbname=x", false, "No such file");
    assert_refused(kit, "host=/nowhere,/neither dbname=x", true, "neither");
    assert_refused(kit, "host=x dbnam=x", true, "connection string");
    cluster_where(kit, "dbname=ringoff_missing", where);
    assert_refused(kit, where, false, "create it with createdb");
    assert_false(postgres_engine.prepare(where, &kit->secrets, true, why));
    assert_non_null(strstr(why, "create it with createdb"));
}

static void what_is_no_database_of_ours_is_refused(void **state) {
    struct cluster_kit *kit = *state;
    char why[256] = "";
    struct secrets other;
    static const uint8_t master[32] = {8};
    secret_derive(master, &other);
    assert_null(postgres_engine.open(kit->where, &other, true, why));
    assert_non_null(strstr(why, "key file"));
    assert_false(postgres_engine.prepare(kit->where, &other, true, why));
    assert_non_null(strstr(why, "key file"));
    cluster_sql(kit, "UPDATE schema_version SET version = 99");
    assert_refused(kit, kit->where, true, "the database is newer (schema 99) than this program");
    assert_false(postgres_engine.prepare(kit->where, &kit->secrets, true, why));
    assert_non_null(strstr(why, "newer"));
    assert_int_equal(cluster_number(kit, "SELECT version FROM schema_version"), 99);
    cluster_sql(kit, "DROP TABLE schema_version");
    assert_refused(kit, kit->where, true, "run ringoff init");
    cluster_sql(kit, "DROP TABLE installation");
    assert_false(postgres_engine.prepare(kit->where, &kit->secrets, true, why));
    assert_non_null(strstr(why, "already exists")); /* and nothing of the migration stays */
    assert_int_equal(cluster_number(kit, "SELECT count(*) FROM pg_class WHERE relname IN "
                                         "('installation', 'schema_version')"),
                     0);
}

static void preparing_twice_changes_nothing(void **state) {
    struct cluster_kit *kit = *state;
    char why[256] = "";
    assert_true(postgres_engine.prepare(kit->where, &kit->secrets, false, why));
    assert_int_equal(cluster_number(kit, "SELECT demo FROM installation"), 1);
    assert_int_equal(cluster_number(kit, "SELECT version FROM schema_version"),
                     postgres_migration_count);
}

static void another_encoding_is_refused(void **state) {
    struct cluster_kit *kit = *state;
    char sql[160], where[640], more[96];
    snprintf(sql, sizeof sql,
             "CREATE DATABASE %s_ascii ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE "
             "template0",
             kit->name);
    cluster_sql_outside(sql);
    snprintf(more, sizeof more, "dbname=%s_ascii", kit->name);
    cluster_where(kit, more, where);
    assert_refused(kit, where, false, "encoded as SQL_ASCII");
    snprintf(sql, sizeof sql, "DROP DATABASE %s_ascii WITH (FORCE)", kit->name);
    cluster_sql_outside(sql);
}

static void a_replica_or_a_full_server_is_refused(void **state) {
    struct cluster_kit *kit = *state;
    char sql[200], where[640], more[96];
    snprintf(sql, sizeof sql, "CREATE ROLE %s LOGIN CONNECTION LIMIT 0", kit->name);
    cluster_sql(kit, sql);
    snprintf(more, sizeof more, "user=%s", kit->name);
    cluster_where(kit, more, where);
    assert_refused(kit, where, false, "too many connections");
    snprintf(sql, sizeof sql, "DROP ROLE %s", kit->name);
    cluster_sql(kit, sql);
    snprintf(sql, sizeof sql, "ALTER DATABASE %s SET default_transaction_read_only = on",
             kit->name);
    cluster_sql(kit, sql);
    assert_refused(kit, kit->where, false, "read-only");
    assert_refused(kit, kit->where, true, "read-only");
}

/* Who may not change what the server logs is told what to ask for, and then nothing any more. */
static void a_log_that_shows_rows_is_warned_about(void **state) {
    struct cluster_kit *kit = *state;
    static const char *const settings[] = {"log_error_verbosity = terse",
                                           "log_parameter_max_length = 0",
                                           "log_parameter_max_length_on_error = 0"};
    char sql[200], where[640], more[96], why[256] = "";
    assert_null(strstr(postgres_engine.warning(kit->store), "log"));
    snprintf(sql, sizeof sql, "CREATE ROLE %s LOGIN", kit->name);
    cluster_sql(kit, sql);
    snprintf(sql, sizeof sql, "GRANT ALL ON ALL TABLES IN SCHEMA public TO %s", kit->name);
    cluster_sql(kit, sql);
    snprintf(more, sizeof more, "user=%s", kit->name);
    cluster_where(kit, more, where);
    struct store *store = postgres_engine.open(where, &kit->secrets, false, why);
    assert_non_null(store);
    assert_non_null(strstr(postgres_engine.warning(store), "SET log_error_verbosity = terse"));
    postgres_engine.close(store);
    for (size_t i = 0; i < 3; i++) {
        snprintf(sql, sizeof sql, "ALTER ROLE %s SET %s", kit->name, settings[i]);
        cluster_sql(kit, sql);
    }
    store = postgres_engine.open(where, &kit->secrets, false, why);
    assert_non_null(store);
    assert_null(strstr(postgres_engine.warning(store), "log"));
    postgres_engine.close(store);
    snprintf(sql, sizeof sql, "DROP OWNED BY %s; DROP ROLE %s", kit->name, kit->name);
    cluster_sql(kit, sql);
}

/* --- rows --- */

/* In both shapes: alone, and with others in an array. */
static void every_statement_reads(void **state) {
    struct cluster_kit *kit = *state;
    static struct policy_row rows[2];
    struct key keys[2] = {{.id = 1, .operator= 1, .limit = 3, .at = 1, .text = "a"},
                          {.id = 2, .operator= 2, .limit = 3, .at = 1, .text = "b"}};
    for (int id = 0; id < STATEMENT_COUNT; id++) {
        const struct statement *about = statement_of((enum statement_id)id);
        if (!about->out)
            continue;
        struct want wants[2] = {
            {.statement = (enum statement_id)id, .in = &keys[0], .rows = &rows[0], .room = 1},
            {.statement = (enum statement_id)id, .in = &keys[1], .rows = &rows[1], .room = 1}};
        for (size_t count = 1; count <= 2; count++)
            if (postgres_engine.read(kit->reader, wants, count) != STORE_OK)
                fail_msg("%s: %s", about->name, postgres_engine.why(kit->reader));
        for (size_t k = 0; k < 2; k++)
            wants[k].lock = about->in[0].name && strcmp(about->out[0].name, "id") == 0;
        for (int keyed = 0; keyed < 2; keyed++) {
            wants[0].key = wants[1].key = keyed;
            if (postgres_engine.load(kit->store, wants, 2) != STORE_OK)
                fail_msg("%s: %s", about->name, postgres_engine.why(kit->store));
            postgres_engine.abandon(kit->store);
        }
    }
}

/* A row unlike the others in each of its members. */
static const void *row_fill(const struct statement *about, int which, uint8_t *row) {
    int64_t number = 5 + which;
    memset(row, 0, about->in_size);
    for (const struct field *field = about->in; field->name; field++) {
        if (field->kind == FIELD_BLOB)
            memset(row + field->offset, 'a' + which, field->size);
        else if (field->size == sizeof number && field->kind < FIELD_TEXT)
            memcpy(row + field->offset, &number, sizeof number);
        else
            row[field->offset] = (uint8_t)('a' + which);
    }
    return row;
}

/* New rows can be added and what is there can be changed; what is not there cannot. Alone, and with
 * others in an array. */
static void every_statement_writes(void **state) {
    struct cluster_kit *kit = *state;
    static _Alignas(16) uint8_t rows[3][sizeof(struct policy_row)];
    for (int pass = 0; pass < 3; pass++)
        for (int id = 0; id < STATEMENT_COUNT; id++) {
            const struct statement *about = statement_of((enum statement_id)id);
            bool adds = strncmp(about->sql, "INSERT ", 7) == 0;
            if (about->out || id == INSTALLATION_ADD || id == RULES_VERSION_PUT ||
                adds != (pass == 1))
                continue;
            struct change changes[3];
            for (int i = 0; i < 3; i++)
                changes[i] = (struct change){(enum statement_id)id, row_fill(about, i, rows[i])};
            for (size_t from = 0; from < 2; from++) { /* the first, then the other two */
                enum store_result result = cluster_record(kit->store, changes + from, from ? 2 : 1);
                const char *why = postgres_engine.why(kit->store);
                if (result != (pass == 0 ? STORE_BROKEN : STORE_OK) ||
                    (pass == 0 && !strstr(why, "no such row")))
                    fail_msg("%s: %d %s", about->name, (int)result, why);
            }
        }
}

static void sealed_columns_are_bound_to_their_place(void **state) {
    struct cluster_kit *kit = *state;
    static const char *const harms[] = {
        "UPDATE subscriber SET name = (SELECT name FROM subscriber WHERE id = 51) WHERE id = 50",
        "UPDATE subscriber SET name = birth WHERE id = 50",
        "UPDATE subscriber SET name = '' WHERE id = 50",
        "UPDATE subscriber SET name = substr(name, 1, length(name) - 1) WHERE id = 50",
        "UPDATE subscriber SET name = decode(repeat('00', 100000), 'hex') WHERE id = 50",
    };
    struct subscriber rows[] = {
        {.id = 50,
         .operator= OPERATOR,
         .name = "CHAN",
         .birth = "1980-01-02",
         .document_key = "hkid:A"},
        {.id = 51, .operator= OPERATOR, .name = "WONG TAI MAN PETER", .document_key = "hkid:B"},
    };
    struct change changes[] = {{SUBSCRIBER_ADD, &rows[0]}, {SUBSCRIBER_ADD, &rows[1]}};
    struct key key = {.id = 50, .operator= OPERATOR };
    struct subscriber row;
    size_t count;
    assert_int_equal(cluster_record(kit->store, changes, 2), STORE_OK);
    assert_int_equal(cluster_number(kit, "SELECT count(*) FROM subscriber WHERE position("
                                         "'CHAN'::bytea IN name) > 0"),
                     0);
    cluster_sql(kit, "CREATE TABLE good AS SELECT * FROM subscriber");
    for (size_t i = 0; i < sizeof harms / sizeof *harms; i++) {
        assert_int_equal(cluster_read(kit->reader, SUBSCRIBER_BY_ID, &key, &row, &count), STORE_OK);
        assert_string_equal(row.name, "CHAN");
        cluster_sql(kit, harms[i]);
        if (cluster_read(kit->reader, SUBSCRIBER_BY_ID, &key, &row, &count) != STORE_BROKEN)
            fail_msg("not noticed: %s", harms[i]);
        assert_string_equal(row.name, "");
        cluster_sql(kit, "DELETE FROM subscriber; INSERT INTO subscriber SELECT * FROM good");
    }
    key = (struct key){.operator= OPERATOR, .text = "hkid:B"};
    assert_int_equal(cluster_read(kit->reader, SUBSCRIBER_BY_DOCUMENT, &key, &row, &count),
                     STORE_OK);
    assert_int_equal(row.id, 51);
    key.operator= 1;
    assert_int_equal(cluster_read(kit->reader, SUBSCRIBER_BY_DOCUMENT, &key, &row, &count),
                     STORE_OK);
    assert_int_equal(count, 0);
}

/* Each want gets its own rows, in the statement's order, as many as it has room for. */
static void wants_asked_together_keep_apart(void **state) {
    struct cluster_kit *kit = *state;
    struct work all[3][4];
    struct key keys[3];
    struct want wants[3];
    cluster_sql(kit, "INSERT INTO work (id, operator, closure, line, kind, opened_at, due_at, "
                     "done_at, done_by, evidence) SELECT 10 * c + i, 4096, c, 9, 1, 1, 1, 0, 0, "
                     "'w' FROM generate_series(1, 3) c, generate_series(1, 3) i WHERE c <> 2");
    memset(all, 0x5a, sizeof all);
    for (int i = 0; i < 3; i++) {
        keys[i] = (struct key){.id = i + 1, .operator= OPERATOR };
        wants[i] = (struct want){
            .statement = WORK_OF_CLOSURE, .in = &keys[i], .rows = all[i], .room = 4 - (size_t)i};
    }
    assert_int_equal(postgres_engine.read(kit->reader, wants, 3), STORE_OK);
    assert_int_equal(wants[0].count, 3);
    assert_int_equal(wants[1].count, 0);
    assert_int_equal(wants[2].count, 2);
    for (int i = 0; i < 3; i++)
        assert_int_equal(all[0][i].id, 11 + i);
    assert_int_equal(all[2][1].id, 32);
    assert_int_equal(*(uint8_t *)&all[2][2], 0x5a);
    cluster_sql(kit, "UPDATE work SET evidence = repeat('x', 300)"); /* fits no member */
    assert_int_equal(postgres_engine.read(kit->reader, wants, 3), STORE_BROKEN);
}

/* Of two changes to one row the later one stands; a row that is missing breaks all of them. */
static void changes_are_whole_or_not_at_all(void **state) {
    struct cluster_kit *kit = *state;
    struct number rows[] = {{.id = 1, .operator= OPERATOR, .state = 1, .number = "+85290000001"},
                            {.id = 2, .operator= OPERATOR, .state = 1, .number = "+85290000002"},
                            {.id = 1, .operator= OPERATOR, .state = 2, .number = "+85290000001"},
                            {.id = 1, .operator= OPERATOR, .state = 3, .number = "+85290000001"},
                            {.id = 9, .operator= OPERATOR, .state = 3, .number = "+85290000009"},
                            {.id = 7, .operator= OPERATOR, .state = 3, .number = "+85290000002"}};
    struct change changes[] = {{NUMBER_PUT, &rows[2]},
                               {NUMBER_ADD, &rows[1]},
                               {NUMBER_ADD, &rows[0]},
                               {NUMBER_PUT, &rows[3]}};
    assert_int_equal(cluster_record(kit->store, changes, 4), STORE_OK);
    assert_int_equal(cluster_number(kit, "SELECT state FROM number WHERE id = 1"), 3);
    struct change missing[] = {{NUMBER_PUT, &rows[0]}, {NUMBER_PUT, &rows[4]}};
    assert_int_equal(cluster_record(kit->store, missing, 2), STORE_BROKEN);
    assert_non_null(strstr(postgres_engine.why(kit->store), "number_put: no such row"));
    assert_int_equal(cluster_number(kit, "SELECT state FROM number WHERE id = 1"), 3);
    struct change taken = {NUMBER_ADD, &rows[5]};
    assert_int_equal(cluster_record(kit->store, &taken, 1), STORE_STALE);
    assert_null(strstr(postgres_engine.why(kit->store), "90000002"));
    struct installation second = {.id = 2};
    struct change against = {INSTALLATION_ADD, &second};
    assert_int_equal(cluster_record(kit->store, &against, 1), STORE_BROKEN);
    assert_int_equal(cluster_record(kit->store, changes, 0), STORE_OK);
}

/* All others stand before $1 in it. */
static void parameters_are_named_in_any_order(void **state) {
    struct cluster_kit *kit = *state;
    assert_true(strstr(statement_of(NUMBER_TAKE)->sql, "$2") <
                strstr(statement_of(NUMBER_TAKE)->sql, "$1"));
    cluster_sql(kit, "INSERT INTO number (id, operator, state, line, since, until, number) SELECT "
                     "i, 9, 2, 0, 1, 1, '+' || i FROM generate_series(1, 3) i");
    struct number rows[3];
    struct change changes[3];
    for (int i = 0; i < 3; i++) {
        rows[i] = (struct number){
            .id = i + 1, .operator= 70 + i, .state = 1, .line = 30 + i, .since = 5, .until = 6};
        snprintf(rows[i].number, sizeof rows[i].number, "+%d", i + 1);
        changes[i] = (struct change){NUMBER_TAKE, &rows[i]};
    }
    assert_int_equal(cluster_record(kit->store, changes, 1), STORE_OK);
    assert_int_equal(cluster_record(kit->store, changes + 1, 2), STORE_OK);
    assert_int_equal(cluster_number(kit, "SELECT count(*) FROM number WHERE operator = 69 + id AND "
                                         "line = 29 + id AND state = 1 AND until = 6 AND number = "
                                         "'+' || id"),
                     3);
}

/* --- scans --- */

struct walk {
    struct cluster_kit *kit;
    int rows, stop, inner;
};

static bool count_row(void *owner, const void *row) {
    struct walk *walk = owner;
    (void)row;
    return ++walk->rows != walk->stop;
}

static bool row_with_rows(void *owner, const void *row) {
    struct walk *walk = owner;
    const struct ledger_account *account = row;
    struct store *store = walk->kit->reader;
    struct walk inner = {.stop = 3};
    struct ledger_account back[8];
    struct key key = {.id = account->line, .operator= account->operator}, all = {0};
    struct want want = {.statement = LEDGER_OF_LINE, .in = &key, .rows = back, .room = 8};
    assert_int_equal(account->id, ++walk->rows);
    if (walk->rows % 400 == 0) {
        assert_int_equal(postgres_engine.read(store, &want, 1), STORE_OK);
        assert_int_equal(back[0].id, account->id);
        assert_int_equal(postgres_engine.scan(store, LEDGER_SCAN, &all, count_row, &inner),
                         STORE_OK);
        walk->inner += inner.rows;
    }
    return walk->rows != walk->stop;
}

static void a_scan_streams_and_nests(void **state) {
    struct cluster_kit *kit = *state;
    struct key all = {0};
    struct walk walk = {.kit = kit};
    cluster_sql(kit, "INSERT INTO ledger_account (id, operator, line, kind, balance, currency) "
                     "SELECT i, 4096, i, 1, 0, 'HKD' FROM generate_series(1, 1203) i");
    assert_int_equal(postgres_engine.scan(kit->reader, LEDGER_SCAN, &all, row_with_rows, &walk),
                     STORE_OK);
    assert_int_equal(walk.rows, 1203);
    assert_int_equal(walk.inner, 9);
    walk = (struct walk){.kit = kit, .stop = 600};
    assert_int_equal(postgres_engine.scan(kit->reader, LEDGER_SCAN, &all, row_with_rows, &walk),
                     STORE_OK);
    assert_int_equal(walk.rows, 600);
    cluster_sql(kit, "DELETE FROM ledger_account WHERE id > 10");
    walk = (struct walk){.kit = kit}; /* nothing of the one before is left */
    assert_int_equal(postgres_engine.scan(kit->store, LEDGER_SCAN, &all, count_row, &walk),
                     STORE_OK);
    assert_int_equal(walk.rows, 10);
    assert_int_equal(cluster_number(kit, "SELECT count(*) FROM pg_stat_activity WHERE datname = "
                                         "current_database() AND state LIKE 'idle in%'"),
                     0);
    assert_int_equal(postgres_engine.load(kit->store, NULL, 0), STORE_OK); /* in a transaction */
    walk.rows = 0;
    assert_int_equal(postgres_engine.scan(kit->store, LEDGER_SCAN, &all, count_row, &walk),
                     STORE_OK);
    assert_int_equal(walk.rows, 10);
    assert_int_equal(postgres_engine.record(kit->store, NULL, 0), STORE_OK);
}

static int open_kit(void **state) {
    static struct cluster_kit kit;
    cluster_kit_open(&kit);
    *state = &kit;
    return 0;
}

static int close_kit(void **state) {
    cluster_kit_close(*state);
    return 0;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_kit, close_kit)
    const struct CMUnitTest tests[] = {
        TEST(every_setting_stands),
        TEST(a_commit_is_waited_for),
        TEST(a_string_that_leads_nowhere_is_refused),
        TEST(what_is_no_database_of_ours_is_refused),
        TEST(preparing_twice_changes_nothing),
        TEST(another_encoding_is_refused),
        TEST(a_replica_or_a_full_server_is_refused),
        TEST(a_log_that_shows_rows_is_warned_about),
        TEST(every_statement_reads),
        TEST(every_statement_writes),
        TEST(sealed_columns_are_bound_to_their_place),
        TEST(wants_asked_together_keep_apart),
        TEST(changes_are_whole_or_not_at_all),
        TEST(parameters_are_named_in_any_order),
        TEST(a_scan_streams_and_nests),
    };
    return cluster_there() ? cmocka_run_group_tests(tests, NULL, NULL) : SKIPPED;
}
