/* Room to grow, on PostgreSQL: on a filled database no statement of the catalogue reads more than
 * it answers, in each form in which the engine prepares it and under the engine's own settings.
 * The plan is looked at while the tables are empty and unknown to the planner, filled, and split by
 * time; and the blocks that a statement touched are counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "plans_kit.h"
#include "store/postgres.h"
#include "store_kit.h"

enum {
    BLOCKS = 250,  /* that one statement may touch, for at most 100 rows */
    REMOVED = 120, /* rows that it may look at for nothing */
    SORTED = 120,  /* rows that it may put in order */
    ASKED = 3,     /* elements of an array parameter */
    TEXT = 32 * 1024,
    INT_OID = 20,
    TEXT_OID = 25,
    BYTES_OID = 17,
    INTS_OID = 1016,
    TEXTS_OID = 1009,
    BYTESS_OID = 1001,
};

/* Reads that stream to their end, for journal verify and ledger verify: their plan alone counts. */
static const enum statement_id streamed[] = {
    LEDGER_SCAN,  JOURNAL_SCAN,     JOURNAL_ASTRAY, POSTINGS_OF_ACCOUNT, CHECKPOINT_SCAN,
    POSTING_SCAN, LINE_CREDIT_SCAN, CHARGE_SCAN,    TRANSFER_SCAN,       REFUND_SCAN};

/* Plans that may have such a node, and why. */
static const struct {
    enum statement_id id;
    const char *node, *why;
} allowed[] = {
    {OPERATOR_LIST, "walks", "operators are few, and read at the start"},
    {POLICY_LIST, "walks", "policies are few, and read when the rules change"},
    {POLICY_LIST, "Sort", "the same"},
    {POLICY_LIST, "Incremental Sort", "the same"},
    {POLICY_AT, "Sort", "the policies of one operator are few"},
    {CHAIN_LIST, "walks", "64 at most, for journal verify"},
    {LINES_OF_ACCOUNT, "Sort", "the lines of one person are few"},
    {LEDGER_OF_LINE, "Sort", "the accounts of one line are few"},
    {JOURNAL_ASTRAY, "walks", "for journal verify, which reads all of it"},
    {JOURNAL_ASTRAY, "Sort", "the same"},
};

struct database {
    struct kit kit;
    struct store store; /* its link and what postgres_setup needs */
    bool prepared[FORM_COUNT][STATEMENT_COUNT];
};

/* What one plan is judged by. */
struct judged {
    enum statement_id id;
    enum form form;
    bool ran, by_id;
    double removed, sorted, found;
    int wrong;
};

static PGresult *ask(struct database *d, const char *sql) {
    PGresult *result = PQexec(d->store.link, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        fail_msg("%s: %.600s", PQerrorMessage(d->store.link), sql);
    return result;
}

static void run(void *owner, const char *sql) {
    PQclear(ask(owner, sql));
}

static bool is_streamed(enum statement_id id) {
    for (size_t i = 0; i < sizeof streamed / sizeof *streamed; i++)
        if (streamed[i] == id)
            return true;
    return false;
}

static bool is_allowed(const struct judged *judged, const char *node) {
    bool orders = strcmp(node, "Sort") == 0 || strcmp(node, "Incremental Sort") == 0;
    if (orders && (judged->form == FORM_LOCK || judged->form == FORM_FOUND))
        return true; /* by id, as many as are asked for */
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (allowed[i].id == judged->id && strcmp(node, allowed[i].node) == 0)
            return true;
    return false;
}

/* --- plans --- */

static void complain(struct judged *judged, const char *node, const json_t *plan) {
    static const char *const forms[] = {"", " for many", " locking", " finding and locking"};
    const char *on = json_string_value(json_object_get(plan, "Relation Name"));
    if (is_allowed(judged, node))
        return;
    print_error("%s%s: %s %s\n", statement_of(judged->id)->name, forms[judged->form], node,
                on ? on : "");
    judged->wrong++;
}

static void node_judge(struct judged *judged, const json_t *plan) {
    const char *type = json_string_value(json_object_get(plan, "Node Type"));
    bool index = strncmp(type, "Index", 5) == 0;
    double loops = json_number_value(json_object_get(plan, "Actual Loops"));
    if (strcmp(type, "Seq Scan") == 0 || (index && !json_object_get(plan, "Index Cond")))
        complain(judged, "walks", plan);
    const char *by = json_string_value(json_object_get(plan, "Index Cond"));
    if (judged->by_id && by && strstr(by, "operator"))
        complain(judged, "goes by the operator", plan);
    if (strncmp(type, "Bitmap", 6) == 0 || strncmp(type, "Hash", 4) == 0 ||
        strcmp(type, "Merge Join") == 0 || strcmp(type, "Materialize") == 0)
        complain(judged, type, plan);
    if (strcmp(type, "Sort") == 0 || strcmp(type, "Incremental Sort") == 0) {
        complain(judged, type, plan);
        judged->sorted += loops * json_number_value(json_object_get(plan, "Actual Rows"));
    }
    judged->removed += loops * json_number_value(json_object_get(plan, "Rows Removed by Filter"));
}

/* Without recursion: the nodes of a plan wait in a list. */
static void plan_judge(struct judged *judged, const json_t *plan) {
    const json_t *waiting[256] = {plan};
    size_t count = 1;
    while (count) {
        const json_t *node = waiting[--count];
        const json_t *below = json_object_get(node, "Plans");
        node_judge(judged, node);
        for (size_t i = 0; i < json_array_size(below); i++) {
            assert_true(count < sizeof waiting / sizeof *waiting);
            waiting[count++] = json_array_get(below, i);
        }
    }
}

/* The plan and, when it is run, the work of one prepared statement with these parameters. */
static void explain(struct database *d, struct judged *judged, const char *name,
                    const char *values) {
    static char sql[TEXT + 128];
    snprintf(sql, sizeof sql, "EXPLAIN (%sFORMAT JSON) EXECUTE %s%s",
             judged->ran ? "ANALYZE, BUFFERS, TIMING OFF, " : "", name, values);
    PGresult *result = ask(d, sql);
    json_t *said = json_loads(PQgetvalue(result, 0, 0), 0, NULL);
    const json_t *plan = json_object_get(json_array_get(said, 0), "Plan");
    assert_non_null(plan);
    judged->removed = judged->sorted = 0;
    judged->found += json_number_value(json_object_get(plan, "Actual Rows"));
    plan_judge(judged, plan);
    json_int_t blocks = json_integer_value(json_object_get(plan, "Shared Hit Blocks")) +
                        json_integer_value(json_object_get(plan, "Shared Read Blocks"));
    int many = judged->form == FORM_ROW ? 1 : ASKED;
    if (judged->ran && (blocks > many * BLOCKS || judged->removed > many * REMOVED ||
                        judged->sorted > many * SORTED)) {
        print_error("%s: %lld blocks, %.0f rows for nothing, %.0f sorted, with %.300s\n", name,
                    (long long)blocks, judged->removed, judged->sorted, values);
        judged->wrong++;
    }
    json_decref(said);
    PQclear(result);
}

/* --- parameters --- */

static int fields_count(const struct field *fields) {
    int count = 0;
    while (fields[count].name)
        count++;
    return count;
}

static Oid type_of(const struct field *field, bool array) {
    if (field->kind == FIELD_TEXT)
        return array ? TEXTS_OID : TEXT_OID;
    if (field->kind >= FIELD_BLOB)
        return array ? BYTESS_OID : BYTES_OID;
    return array ? INTS_OID : INT_OID;
}

/* Once, as the engine does: the server keeps the plan that it made first, until it learns better.
 */
static bool prepare(struct database *d, enum form form, enum statement_id id, char name[64]) {
    static char sql[POSTGRES_SQL];
    const struct statement *about = statement_of(id);
    Oid types[POSTGRES_COLUMNS];
    int count = fields_count(about->in);
    assert_true(count <= POSTGRES_COLUMNS && postgres_text(form, id, sql));
    for (int i = 0; i < count; i++)
        types[i] = type_of(&about->in[i], form != FORM_ROW);
    if (form == FORM_LOCK) {
        types[0] = INTS_OID;
        count = 1;
    } else if (form == FORM_FOUND) {
        types[count++] = INTS_OID;
    }
    postgres_name(form, id, name);
    if (d->prepared[form][id])
        return true;
    PGresult *result = PQprepare(d->store.link, name, sql, count, types);
    bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!good)
        print_error("%s: %s\n", name, PQresultErrorMessage(result));
    PQclear(result);
    return d->prepared[form][id] = good;
}

static size_t literal(char *to, size_t room, const struct statement *about, int parameter,
                      const struct plans_try *try) {
    struct plans_value value = {.kind = PLANS_INT, .number = try->value};
    const struct field *field = &about->in[parameter - 1];
    if (about->out)
        plans_value_of(about, parameter, try, &value);
    else if (type_of(field, false) == TEXT_OID)
        value.kind = PLANS_TEXT;
    else if (type_of(field, false) == BYTES_OID)
        value.kind = PLANS_BLOB;
    if (value.kind == PLANS_INT)
        return (size_t)snprintf(to, room, "%lld", (long long)value.number);
    if (value.kind == PLANS_TEXT)
        return (size_t)snprintf(to, room, "'%s'", value.text);
    size_t at = (size_t)snprintf(to, room, "'\\x");
    for (size_t i = 0; i < PLANS_BYTES; i++)
        at += (size_t)snprintf(to + at, room - at, "%02x", value.bytes[i]);
    return at + (size_t)snprintf(to + at, room - at, "'::bytea");
}

/* "(1, 'a')", or with arrays "(ARRAY[1, 2, 3]::bigint[], ...)", whose elements are the tries'. */
static void values_make(char values[TEXT], enum form form, const struct statement *about,
                        int number) {
    static const char *const types[] = {"bigint", "text", "bytea"};
    int count = form == FORM_LOCK ? 1 : fields_count(about->in);
    size_t at = 0;
    values[0] = '\0';
    for (int i = 1; i <= count; i++) {
        Oid type = type_of(&about->in[i - 1], false);
        at += (size_t)snprintf(values + at, TEXT - at, "%s%s", i == 1 ? "(" : ", ",
                               form == FORM_ROW ? "" : "ARRAY[");
        for (int k = 0; k < (form == FORM_ROW ? 1 : ASKED); k++) {
            struct plans_try try = plans_try_at((number + k) % PLANS_TRIES);
            at += (size_t)snprintf(values + at, TEXT - at, "%s", k ? ", " : "");
            at += literal(values + at, TEXT - at, about, i, &try);
        }
        if (form != FORM_ROW)
            at += (size_t)snprintf(values + at, TEXT - at, "]::%s[]",
                                   types[type == TEXT_OID    ? 1
                                         : type == BYTES_OID ? 2
                                                             : 0]);
        assert_true(at < TEXT - 256);
    }
    if (count) /* what is locked by id beside what is found: nothing */
        snprintf(values + at, TEXT - at, "%s)", form == FORM_FOUND ? ", '{}'::bigint[]" : "");
}

/* In which forms the engine may prepare it. */
static bool has_form(enum form form, enum statement_id id) {
    const struct statement *about = statement_of(id);
    const char *end = strstr(about->name, "_by_id");
    if (form == FORM_FOUND)
        return id == SUBSCRIBER_OF_LINE;
    if (form == FORM_LOCK)
        return about->out && end && strcmp(end, "_by_id") == 0;
    return form == FORM_ROW || fields_count(about->in) > 0;
}

static int statement_judge(struct database *d, enum form form, enum statement_id id, bool ran) {
    static char values[TEXT];
    char name[64];
    const struct statement *about = statement_of(id);
    const char *where = strstr(about->sql, " WHERE ");
    struct judged judged = {.id = id,
                            .form = form,
                            .by_id =
                                where && strcmp(where, " WHERE id = $1 AND operator = $2") == 0};
    if (!has_form(form, id))
        return 0;
    if (!prepare(d, form, id, name))
        return 1;
    judged.ran = ran && about->out && !is_streamed(id);
    int step = form == FORM_ROW ? 1 : ASKED;
    for (int number = 0; number < (judged.ran ? PLANS_TRIES : 1) && !judged.wrong; number += step) {
        values_make(values, form, about, number);
        explain(d, &judged, name, values);
    }
    /* what finds nothing proves nothing */
    bool empty = about->table == TABLE_INSTALLATION || about->table == TABLE_RULES_VERSION;
    if (judged.ran && !judged.wrong && !judged.found && !empty) {
        print_error("%s finds nothing in the filled database\n", name);
        judged.wrong++;
    }
    return judged.wrong;
}

static void all_judge(struct database *d, bool ran) {
    int wrong = 0;
    for (int form = FORM_ROW; form <= FORM_FOUND; form++)
        for (int id = 0; id < STATEMENT_COUNT; id++)
            wrong += statement_judge(d, (enum form)form, (enum statement_id)id, ran);
    assert_int_equal(wrong, 0);
}

/* --- tests --- */

/* The server keeps these plans until it has counted the tables anew, or is told to make others. */
static void plans_on_empty_tables_go_by_an_index(void **state) {
    all_judge(*state, false);
}

/* As the engine does each minute. */
static void renew(struct database *d) {
    static char sql[POSTGRES_SQL];
    assert_true(postgres_text(FORM_OWN, OWN_RENEW, sql));
    run(d, sql);
}

/* When the planner knows that they are empty, no index is better to it than another: but these
 * plans are used while the first thousands of rows come. */
static void plans_on_known_empty_tables_go_by_the_id(void **state) {
    run(*state, "VACUUM (ANALYZE)");
    renew(*state);
    all_judge(*state, false);
}

static void every_read_is_bounded(void **state) {
    struct database *d = *state;
    plans_fill(run, d);
    renew(d);
    all_judge(d, true);
}

/* What the planner knows of the rows may turn its plans: the same must hold then. */
static void every_read_is_bounded_when_analyzed(void **state) {
    run(*state, "ANALYZE");
    all_judge(*state, true);
}

static void a_missing_index_is_seen(void **state) {
    struct database *d = *state;
    run(d, "BEGIN; DROP INDEX line_page, effect_target");
    print_message("two indexes are gone:\n");
    assert_true(statement_judge(d, FORM_ROW, LINE_PAGE, true) > 0);
    assert_true(statement_judge(d, FORM_ARRAY, EFFECTS_OF_TARGET, true) > 0);
    run(d, "ROLLBACK");
    print_message("and are back\n");
    assert_int_equal(statement_judge(d, FORM_ROW, LINE_PAGE, true), 0);
}

static int64_t number_of(struct database *d, const char *sql) {
    PGresult *result = ask(d, sql);
    int64_t number = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return number;
}

/* Months made ahead take the new rows; an old month leaves as a table. */
static void tables_are_split_by_time(void **state) {
    struct database *d = *state;
    static const char *const tables[] = {"journal", "posting"};
    for (size_t i = 0; i < 2; i++) {
        char sql[512];
        for (int month = 0; month < 6; month++) {
            snprintf(sql, sizeof sql,
                     "CREATE TABLE %s_%d PARTITION OF %s FOR VALUES FROM (%lld) TO (%lld)",
                     tables[i], month, tables[i], 1800000000000 + month * 2600000000LL,
                     1800000000000 + (month + 1) * 2600000000LL);
            run(d, sql);
        }
    }
    run(d, "INSERT INTO posting (id, operator, account, amount, at, entry) SELECT 2000000 + i, "
           "4096, i % 1000, 0, 1800000000000 + i * 1000000, i FROM serial WHERE i < 10000");
    run(d, "INSERT INTO journal (id, chain, seq, at, operator, actor_kind, actor, subject, result, "
           "verb, refusal, previous, hash) SELECT 2000000 + i, 0, 2000000 + i, 1800000000000 + i * "
           "1000000, 4096, 1, 0, i % 1000, 0, 'a', '', bytes(i), bytes(i) FROM serial WHERE i < "
           "10000");
    assert_int_equal(number_of(d, "SELECT count(*) FROM journal_0"), 2599);
    assert_int_equal(number_of(d, "SELECT count(*) FROM posting_3"), 2200);
    assert_int_equal(number_of(d, "SELECT count(*) FROM journal_rest WHERE at >= 1800000000000"),
                     0);
    run(d, "ALTER TABLE journal DETACH PARTITION journal_0");
    assert_int_equal(number_of(d, "SELECT count(*) FROM journal WHERE at >= 1800000000000"), 7400);
    run(d, "ALTER TABLE journal ATTACH PARTITION journal_0 FOR VALUES FROM (1800000000000) TO "
           "(1802600000000)");
    assert_int_equal(number_of(d, "SELECT count(*) FROM journal WHERE at >= 1800000000000"), 9999);
}

/* Months are cut out of the rest, as they must be when nobody made them ahead. */
static void table_split(struct database *d, const char *table, int64_t from, int64_t unit) {
    static const int64_t ends[] = {2000, 5000, 8000, 10000, 12000, 15000, 2000000};
    char sql[512];
    snprintf(sql, sizeof sql,
             "ALTER TABLE %s DETACH PARTITION %s_rest; "
             "CREATE TABLE %s_more PARTITION OF %s DEFAULT",
             table, table, table, table);
    run(d, sql);
    for (int i = 0; i < 6; i++) {
        snprintf(sql, sizeof sql,
                 "CREATE TABLE %s_part%d PARTITION OF %s FOR VALUES FROM (%lld) TO (%lld)", table,
                 i, table, (long long)(from + unit * ends[i]),
                 (long long)(from + unit * ends[i + 1]));
        run(d, sql);
    }
    snprintf(sql, sizeof sql, "INSERT INTO %s SELECT * FROM %s_rest; DROP TABLE %s_rest", table,
             table, table);
    run(d, sql);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s_part1", table);
    assert_true(number_of(d, sql) >= 3000);
}

/* All that can be split is, across the rows that are asked for: each statement looks once into
 * every part, and reads no more of it for that. */
static void every_read_is_bounded_when_split(void **state) {
    struct database *d = *state;
    static const char *const tables[] = {"session", "challenge", "posting",
                                         "effect",  "journal",   "checkpoint"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        table_split(d, tables[i], 1700000000000, 1000);
    table_split(d, "refusal_count", 0, 1);
    all_judge(d, true);
    run(d, "ANALYZE");
    all_judge(d, true);
}

/* What was weighed on SQLite holds here: the same indexes, no more and no fewer. */
static void both_schemas_have_the_same_indexes(void **state) {
    extern const char *const sqlite_migrations[];
    extern const int sqlite_migration_count;
    int found = 0;
    (void)state;
    assert_int_equal(sqlite_migration_count, postgres_migration_count);
    for (int i = 0; i < 2 * postgres_migration_count; i++) {
        const char *ours = i % 2 ? sqlite_migrations[i / 2] : postgres_migrations[i / 2];
        const char *others = i % 2 ? postgres_migrations[i / 2] : sqlite_migrations[i / 2];
        for (const char *at = ours; (at = strstr(at, " INDEX ")); at += 7) {
            char name[80];
            snprintf(name, sizeof name, "%.*s ", 7 + (int)strcspn(at + 7, " "), at);
            if (!strstr(others, name))
                fail_msg("%s is in one schema only", name);
            found++;
        }
    }
    assert_true(found > 20);
}

static int make(void **state) {
    static struct database d;
    kit_place(&d.kit);
    d.store.link = PQconnectdb(d.kit.where);
    d.store.where = d.kit.where;
    if (PQstatus(d.store.link) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(d.store.link));
    for (int i = 0; i < postgres_migration_count; i++)
        run(&d, postgres_migrations[i]);
    run(&d, "CREATE FUNCTION bytes(bigint) RETURNS bytea LANGUAGE sql IMMUTABLE AS "
            "$$SELECT decode(lpad(to_hex($1), 64, '0'), 'hex')$$");
    if (!postgres_setup(&d.store))
        fail_msg("%s", d.store.why);
    run(&d, "SET statement_timeout = 0; CREATE TEMPORARY TABLE first (i BIGINT)");
    *state = &d;
    return 0;
}

static int gone(void **state) {
    struct database *d = *state;
    PQfinish(d->store.link);
    kit_remove(&d->kit);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_schemas_have_the_same_indexes),
        cmocka_unit_test(plans_on_empty_tables_go_by_an_index),
        cmocka_unit_test(plans_on_known_empty_tables_go_by_the_id),
        cmocka_unit_test(every_read_is_bounded),
        cmocka_unit_test(every_read_is_bounded_when_analyzed),
        cmocka_unit_test(a_missing_index_is_seen),
        cmocka_unit_test(tables_are_split_by_time),
        cmocka_unit_test(every_read_is_bounded_when_split),
    };
    return cmocka_run_group_tests(tests, make, gone);
}
