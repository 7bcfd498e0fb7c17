/* The catalogue against a real database: what a statement says of its parameters and columns is
 * what the engine reports, and what is written under a name is read back under it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kit_place.h"

enum { ROW_BYTES = sizeof(struct policy_row) };

static const char *const tables[TABLE_COUNT] = {
    [TABLE_OPERATOR] = "operator",
    [TABLE_POLICY] = "policy",
    [TABLE_SUBSCRIBER] = "subscriber",
    [TABLE_LINE] = "line",
    [TABLE_NUMBER] = "number",
    [TABLE_SIM] = "sim",
    [TABLE_CONTACT] = "contact",
    [TABLE_ACCOUNT] = "account",
    [TABLE_ACCOUNT_LINE] = "account_line",
    [TABLE_SESSION] = "session",
    [TABLE_CHALLENGE] = "challenge",
    [TABLE_CLOSURE] = "closure",
    [TABLE_SUSPENSION] = "suspension",
    [TABLE_WORK] = "work",
    [TABLE_LEDGER] = "ledger_account",
    [TABLE_POSTING] = "posting",
    [TABLE_EFFECT] = "effect",
    [TABLE_BUDGET] = "budget",
    [TABLE_REMEMBERED] = "remembered",
    [TABLE_API_KEY] = "api_key",
    [TABLE_STAFF] = "staff",
    [TABLE_INBOX] = "inbox",
    [TABLE_JOURNAL] = "journal",
    [TABLE_CHAIN] = "chain",
    [TABLE_INSTALLATION] = "installation",
    [TABLE_REFUSAL_COUNT] = "refusal_count",
    [TABLE_CHECKPOINT] = "checkpoint",
    [TABLE_RULES_VERSION] = "rules_version",
    [TABLE_DOCUMENT_CONTENT] = "document_content",
    [TABLE_SECOND_PERSON] = "second_person",
    [TABLE_SIGNING_KEY] = "signing_key",
    [TABLE_CERTIFICATE] = "certificate",
    [TABLE_DOCUMENT] = "document",
    [TABLE_CHARGE] = "charge",
    [TABLE_MANDATE] = "mandate",
    [TABLE_TRANSFER] = "transfer",
    [TABLE_PAYEE] = "payee",
    [TABLE_SETTLEMENT] = "settlement",
    [TABLE_REFUND] = "refund",
};

/* Columns that are not called as their member is. */
static const struct {
    const char *table, *field, *column;
    bool lookup;
} renamed[] = {
    {"effect", "to", "door", false},
    {"inbox", "to", "address", false},
    {"account", "email", "email_key", true},
    {"staff", "system_user", "user_key", true},
};

static const char *column_of(const char *table, const struct field *field) {
    const char *dot = strchr(field->name, '.');
    const char *name = dot ? dot + 1 : field->name;
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
        if (strcmp(renamed[i].table, table) == 0 && strcmp(renamed[i].field, name) == 0 &&
            renamed[i].lookup == (field->kind == FIELD_LOOKUP))
            return renamed[i].column;
    return name;
}

static const char *type_of(enum field_kind kind) {
    if (kind == FIELD_TEXT)
        return "TEXT";
    return kind >= FIELD_BLOB ? "BLOB" : "INTEGER";
}

static int fields_count(const struct field *fields) {
    int count = 0;
    while (fields && fields[count].name)
        count++;
    return count;
}

/* Each is there once, bears the name of its number's table, and fits its struct. */
static void every_statement_is_described(void **state) {
    (void)state;
    for (int id = 0; id < STATEMENT_COUNT; id++) {
        const struct statement *about = statement_of((enum statement_id)id);
        assert_non_null(tables[about->table]);
        for (int k = 0; k < id; k++)
            assert_string_not_equal(about->name, statement_of((enum statement_id)k)->name);
        for (int side = 0; side < 2; side++) {
            const struct field *fields = side ? about->out : about->in;
            size_t size = side ? about->out_size : about->in_size;
            for (int i = 0; i < fields_count(fields); i++) {
                assert_true(fields[i].offset + fields[i].size <= size);
                if (strcmp(type_of(fields[i].kind), "INTEGER") == 0)
                    assert_int_equal(fields[i].size, 8);
            }
            if (fields && (side || !about->out) && strcmp(fields[0].name, "id") == 0)
                assert_int_equal(fields[0].offset, 0); /* seals and conflicts rely on it */
        }
        assert_true(about->out_size <= ROW_BYTES);
    }
}

/* As many parameters as fields, none left out; named in any order, which both engines must bear. */
static void parameters_are_the_fields(void **state) {
    static struct described said;
    bool backward = false; /* one statement at least names $2 before $1 */
    for (int id = 0; id < STATEMENT_COUNT; id++) {
        const struct statement *about = statement_of((enum statement_id)id);
        int count = fields_count(about->in), seen = 0, last = 0;
        uint64_t named = 0;
        kit_place_of(*state)->describe(*state, about, &said);
        if (said.parameters != count)
            fail_msg("%s: %d parameters, %d fields", about->name, said.parameters, count);
        for (const char *at = about->sql; (at = strchr(at, '$')); at++) {
            int number = (int)strtol(at + 1, NULL, 10);
            assert_in_range(number, 1, count);
            seen += !(named >> number & 1);
            named |= UINT64_C(1) << number;
            backward |= number < last && seen < count;
            last = number;
        }
        assert_int_equal(seen, count);
    }
    assert_true(backward);
}

/* A column that is worked out of another one has neither a type nor a table to tell. */
static bool worked_out(const struct statement *about, const struct field *field) {
    char as[64];
    snprintf(as, sizeof as, ") AS %s ", field->name);
    return strstr(about->sql, as) != NULL;
}

/* The columns of a read are the fields of `out`: number, names, types, table. */
static void columns_are_the_fields(void **state) {
    static struct described said;
    for (int id = 0; id < STATEMENT_COUNT; id++) {
        const struct statement *about = statement_of((enum statement_id)id);
        const char *table = tables[about->table];
        kit_place_of(*state)->describe(*state, about, &said);
        assert_int_equal(said.columns, fields_count(about->out));
        for (int i = 0; i < said.columns; i++) {
            if (strcmp(said.column[i].name, column_of(table, &about->out[i])) != 0)
                fail_msg("%s: column %s, field %s", about->name, said.column[i].name,
                         about->out[i].name);
            if (worked_out(about, &about->out[i]))
                continue;
            if (strcmp(said.column[i].type, type_of(about->out[i].kind)) != 0)
                fail_msg("%s: %s is %s", about->name, about->out[i].name, said.column[i].type);
            assert_string_equal(said.column[i].table, table);
        }
    }
}

/* Does the text name the column for parameter `n`? In an INSERT by place, in an UPDATE by "=", the
 * last one without a comma; what the row is found by stands behind WHERE only. */
static bool writes(const struct statement *about, const char *column, int n) {
    char pair[96];
    if (strncmp(about->sql, "UPDATE", 6) == 0) {
        snprintf(pair, sizeof pair, " %s = $%d", column, n);
        const char *found = strstr(about->sql, pair);
        return found && strchr(", ", found[strlen(pair)]); /* its NUL too: the end of the text */
    }
    const char *at = strchr(about->sql, '(') + 1;
    for (int i = 1; i < n; i++)
        at = strchr(at, ',') + 2;
    size_t length = strcspn(at, ",)");
    return strlen(column) == length && memcmp(at, column, length) == 0;
}

static void what_is_written_is_the_fields(void **state) {
    const struct place *place = kit_place_of(*state);
    for (int id = 0; id < STATEMENT_COUNT; id++) {
        const struct statement *about = statement_of((enum statement_id)id);
        const char *table = tables[about->table];
        if (about->out)
            continue;
        size_t skip = strncmp(about->sql, "UPDATE ", 7) == 0 ? 7 : strlen("INSERT INTO ");
        assert_memory_equal(about->sql + skip, table, strlen(table));
        assert_int_equal(about->sql[skip + strlen(table)], ' ');
        for (int i = 0; i < fields_count(about->in); i++) {
            const char *column = column_of(table, &about->in[i]);
            const char *type = place->type(*state, table, column);
            assert_non_null(type);
            assert_string_equal(type, type_of(about->in[i].kind));
            if (!writes(about, column, i + 1))
                fail_msg("%s: $%d is not %s", about->name, i + 1, column);
        }
    }
}

/* Another value in every member, recognisable by its place. */
static void row_fill(const struct field *fields, uint8_t *row, int round) {
    for (int i = 0; fields[i].name; i++) {
        uint8_t *at = row + fields[i].offset;
        int64_t number = strcmp(fields[i].name, "id") == 0         ? 4242
                         : strcmp(fields[i].name, "operator") == 0 ? 4096
                                                                   : 1000 * round + i;
        char text[32];
        snprintf(text, sizeof text, "%d.%d", round, i);
        if (strcmp(type_of(fields[i].kind), "INTEGER") == 0)
            memcpy(at, &number, sizeof number);
        else if (fields[i].kind == FIELD_BLOB)
            memset(at, 16 * round + i, fields[i].size);
        else
            snprintf((char *)at, fields[i].size, "%s", text);
    }
}

static const struct statement *by_id_of(enum table table, enum statement_id *id) {
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        const struct statement *about = statement_of((enum statement_id)i);
        const char *end = strstr(about->name, "_by_id");
        *id = (enum statement_id)i;
        if (about->table == table && end && strcmp(end, "_by_id") == 0)
            return about;
    }
    return NULL;
}

static void write_row(struct kit *kit, enum statement_id id, const void *row) {
    char why[256] = "";
    struct store *store = kit->engine->open(kit->where, &kit->secrets, false, why);
    struct change change = {.statement = id, .row = row};
    assert_non_null(store);
    assert_int_equal(kit->engine->load(store, NULL, 0), STORE_OK);
    if (kit->engine->record(store, &change, 1) != STORE_OK)
        fail_msg("%s: %s", statement_of(id)->name, kit->engine->why(store));
    kit->engine->close(store);
}

/* What is added, and then changed, is read back member by member. */
static void what_is_written_is_read_back(void **state) {
    struct kit *kit = *state;
    static uint8_t written[ROW_BYTES], read[ROW_BYTES];
    enum table table = TABLE_NONE;
    int seen = 0;
    committer_stop(kit->committer);
    kit->committer = NULL;
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        enum statement_id back, id = (enum statement_id)i;
        const struct statement *about = statement_of(id);
        const struct statement *reader = by_id_of(about->table, &back);
        struct key key = {.id = 4242, .operator= 4096 };
        struct want want = {.statement = back, .in = &key, .rows = read, .room = 1};
        if (about->out || !reader || about->table == TABLE_INSTALLATION ||
            about->table == TABLE_RULES_VERSION) /* have one row, which is there */
            continue;
        bool changes = strncmp(about->sql, "UPDATE", 6) == 0;
        assert_true(!changes || about->table == table); /* follows the one that adds the row */
        table = about->table;
        if (!changes)
            memset(written, 0, sizeof written);
        row_fill(about->in, written, changes ? 2 : 1); /* what a change leaves out, stays */
        write_row(kit, id, written);
        memset(read, 0xee, sizeof read);
        assert_int_equal(kit->engine->read(kit->reader, &want, 1), STORE_OK);
        assert_int_equal(want.count, 1);
        for (int k = 0; reader->out[k].name; k++) {
            const struct field *field = &reader->out[k];
            size_t size = field->size;
            if (field->kind == FIELD_TEXT || field->kind == FIELD_SEALED)
                size = strlen((const char *)written + field->offset) + 1;
            if (memcmp(written + field->offset, read + field->offset, size) != 0)
                fail_msg("%s, then %s: %s differs", about->name, reader->name, field->name);
        }
        seen++;
    }
    assert_true(seen > 20);
}

/* Changing a subscriber leaves the hash of the document alone: it is still found by it. */
static void a_changed_subscriber_is_still_found(void **state) {
    struct kit *kit = *state;
    struct subscriber one = {.id = 50, .operator= 4096, .document_key = "hkid:A"}, read = {0};
    struct subscriber two = {.id = 51, .operator= 4096, .document_key = "hkid:B"};
    committer_stop(kit->committer);
    kit->committer = NULL;
    write_row(kit, SUBSCRIBER_ADD, &one);
    write_row(kit, SUBSCRIBER_ADD, &two);
    for (int64_t id = 50; id <= 51; id++) {
        struct key key = {.id = id, .operator= 4096 };
        struct want want = {SUBSCRIBER_BY_ID, &key, &read, 1, 0, 0, false};
        assert_int_equal(kit->engine->read(kit->reader, &want, 1), STORE_OK);
        read.erase_after = 7;
        write_row(kit, SUBSCRIBER_PUT, &read);
        snprintf(key.text, sizeof key.text, "hkid:%c", id == 50 ? 'A' : 'B');
        want.statement = SUBSCRIBER_BY_DOCUMENT;
        assert_int_equal(kit->engine->read(kit->reader, &want, 1), STORE_OK);
        assert_int_equal(want.count, 1);
        assert_int_equal(read.id, id);
        assert_int_equal(read.erase_after, 7);
    }
}

static int open_kit(void **state) {
    static struct kit kit;
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
        TEST(every_statement_is_described), TEST(parameters_are_the_fields),
        TEST(columns_are_the_fields),       TEST(what_is_written_is_the_fields),
        TEST(what_is_written_is_read_back), TEST(a_changed_subscriber_is_still_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
