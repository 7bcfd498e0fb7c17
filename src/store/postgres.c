#include "store/postgres.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/drawer.h"

enum { FETCH_ROWS = 500 };

static enum store_result out_of_memory(struct store *store) {
    snprintf(store->why, sizeof store->why, "a batch is larger than %d MB",
             POSTGRES_MEMORY / (1024 * 1024));
    return STORE_BROKEN;
}

/* --- wants --- */

/* Sends the wants, those of one statement together. */
static bool wants_send(struct store *store, struct want *wants, size_t count) {
    size_t first[STATEMENT_COUNT + 1] = {0};
    uint32_t *order = arena_take(&store->arena, count * sizeof *order);
    const void **rows = arena_take(&store->arena, count * sizeof *rows);
    if (!order || !rows)
        return false;
    for (size_t i = 0; i < count; i++)
        first[wants[i].statement + 1]++;
    for (int id = 0; id < STATEMENT_COUNT; id++)
        first[id + 1] += first[id];
    for (size_t i = 0; i < count; i++) {
        size_t at = first[wants[i].statement]++;
        wants[i].count = 0;
        order[at] = (uint32_t)i;
        rows[at] = wants[i].in;
    }
    for (int id = 0; id < STATEMENT_COUNT; id++) { /* first[id] is now the end of its group */
        size_t begin = id ? first[id - 1] : 0;
        size_t many = first[id] - begin;
        const struct statement *about = statement_of((enum statement_id)id);
        struct group group = {wants, order + begin, many};
        struct parameters given;
        bool array = many > 1 && about->in[0].name;
        for (size_t i = 0; many && i < (array ? 1 : many); i++) {
            group.count = array ? many : 1;
            group.order = order + begin + i;
            if (!postgres_parameters(store, about, rows + begin + i, group.count, array, &given))
                return false;
            postgres_pipe_send(store, array ? FORM_ARRAY : FORM_ROW, id, &given, &group);
        }
    }
    return true;
}

static int by_number(const void *a, const void *b) {
    int64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

/* Sorts them and leaves each in once; how many are left. */
static size_t numbers_sort(int64_t *numbers, size_t count) {
    size_t kept = 0;
    qsort(numbers, count, sizeof *numbers, by_number);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || numbers[i] != numbers[i - 1])
            numbers[kept++] = numbers[i];
    return kept;
}

/* A lookup by a secret text has no row to lock when it finds nothing: its hash is locked instead,
 * so that of two that find nothing and add it, the second sees the first. */
static bool lookups_lock(struct store *store, const struct want *wants, size_t count) {
    int64_t *hashes = arena_take(&store->arena, (count + 1) * sizeof *hashes);
    size_t found = 0;
    struct parameters given = {.count = 0};
    if (!hashes)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct statement *about = statement_of(wants[i].statement);
        for (const struct field *field = about->in; field->name; field++) {
            uint8_t hash[HASH_BYTES];
            if (field->kind != FIELD_LOOKUP || found > count)
                continue;
            drawer_lookup(&store->secrets, about, field, wants[i].in, hash);
            memcpy(&hashes[found++], hash, sizeof *hashes);
        }
    }
    if (!found)
        return true;
    if (!postgres_numbers(store, hashes, numbers_sort(hashes, found), &given))
        return false;
    postgres_pipe_send(store, FORM_OWN, OWN_LOOKUPS, &given, NULL);
    return true;
}

/* The ids of a table's rows that are to be locked, each once. */
static size_t lock_ids(const struct want *wants, size_t count, enum table table, int64_t *ids,
                       enum statement_id *statement) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        if (wants[i].lock && wants[i].key && statement_of(wants[i].statement)->table == table) {
            *statement = found ? *statement : wants[i].statement;
            ids[found++] = wants[i].key;
        }
    return numbers_sort(ids, found);
}

/* The rows of one table, in the order of their ids: two that lock the same ones wait for each
 * other, and never in a circle. */
static bool table_lock(struct store *store, const struct want *wants, size_t count,
                       enum table table, int64_t *ids) {
    enum statement_id statement = STATEMENT_COUNT;
    struct parameters given = {.count = 0};
    size_t found = lock_ids(wants, count, table, ids, &statement);
    if (!found)
        return true;
    if (!postgres_numbers(store, ids, found, &given))
        return false;
    postgres_pipe_send(store, FORM_LOCK, (int)statement, &given, NULL);
    return true;
}

/* Rows whose ids are only found by the want itself, and those of the same table that are locked by
 * id: one order for both. */
static bool found_lock(struct store *store, const struct want *wants, size_t count,
                       enum statement_id statement, const void **rows, int64_t *ids) {
    size_t found = 0;
    const struct statement *about = statement_of(statement);
    enum statement_id first;
    struct parameters given;
    for (size_t i = 0; i < count; i++)
        if (wants[i].lock && !wants[i].key && wants[i].statement == statement)
            rows[found++] = wants[i].in;
    if (!postgres_parameters(store, about, rows, found, true, &given) ||
        !postgres_numbers(store, ids, lock_ids(wants, count, about->table, ids, &first), &given))
        return false;
    postgres_pipe_send(store, FORM_FOUND, (int)statement, &given, NULL);
    return true;
}

/* Subscribers come last, since some are found by their lines, which must not change then. */
static bool locks_send(struct store *store, const struct want *wants, size_t count) {
    bool tables[TABLE_COUNT] = {false}, finding[STATEMENT_COUNT] = {false};
    int64_t *ids = arena_take(&store->arena, count * sizeof *ids);
    const void **rows = arena_take(&store->arena, count * sizeof *rows);
    if (!ids || !rows || !lookups_lock(store, wants, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        tables[statement_of(wants[i].statement)->table] |= wants[i].lock && wants[i].key;
        finding[wants[i].statement] |= wants[i].lock && !wants[i].key;
    }
    for (int table = 0; table < TABLE_COUNT; table++)
        if (tables[table] && table != TABLE_SUBSCRIBER &&
            !table_lock(store, wants, count, (enum table)table, ids))
            return false;
    for (int id = 0; id < STATEMENT_COUNT; id++)
        if (finding[id] && !found_lock(store, wants, count, (enum statement_id)id, rows, ids))
            return false;
    return !tables[TABLE_SUBSCRIBER] || finding[SUBSCRIBER_OF_LINE] ||
           table_lock(store, wants, count, TABLE_SUBSCRIBER, ids);
}

static void postgres_abandon(struct store *store) {
    if (!store->begun)
        return;
    store->begun = false;
    char why[sizeof store->why];
    memcpy(why, store->why, sizeof why);
    postgres_pipe_open(store, POSTGRES_WRITE_MS);
    if (postgres_pipe_send(store, FORM_OWN, OWN_ROLLBACK, NULL, NULL) &&
        postgres_pipe_close(store, false) != STORE_OK)
        postgres_lose(store, why);
    memcpy(store->why, why, sizeof why); /* the reason of it, not of its end */
}

/* The server keeps a plan until it has counted the table anew, and one that was made while the
 * table was as good as empty may go by the operator alone and walk all its rows. So none gets old.
 */
static void plans_renew(struct store *store) {
    int64_t now = clock_steady();
    if (now < store->renew_at)
        return;
    store->renew_at = now + POSTGRES_RENEW_MS;
    postgres_pipe_send(store, FORM_OWN, OWN_RENEW, NULL, NULL);
}

static enum store_result postgres_load(struct store *store, struct want *wants, size_t count) {
    assert(!store->reading && !store->begun);
    if (!store->link)
        return STORE_GONE;
    arena_empty(&store->arena);
    postgres_pipe_open(store, POSTGRES_WRITE_MS);
    store->begun = true;
    plans_renew(store);
    postgres_pipe_send(store, FORM_OWN, OWN_BEGIN, NULL, NULL);
    bool made = !count || (locks_send(store, wants, count) && wants_send(store, wants, count));
    enum store_result result = postgres_pipe_close(store, false);
    if (result == STORE_OK && !made)
        result = out_of_memory(store);
    if (result != STORE_OK)
        postgres_abandon(store);
    return result;
}

/* A connection that is of no use though it stands (a pooler forgot its statements, the schema was
 * changed) is closed by its worker; a reader closes its own and gets another one next time. */
static enum store_result reader_left(struct store *store, enum store_result result) {
    if (result == STORE_GONE && store->reading && store->link)
        postgres_lose(store, "the connection to the database is of no use any more");
    return result;
}

/* A reader's is opened again, unless the moment that it reads of is lost with it. */
static bool link_there(struct store *store) {
    return store->link || (store->reading && !store->moment && postgres_reconnect(store));
}

static enum store_result read_once(struct store *store, struct want *wants, size_t count) {
    if (!link_there(store))
        return STORE_GONE;
    if (!count)
        return STORE_OK;
    arena_empty(&store->arena);
    postgres_pipe_open(store, POSTGRES_READ_MS);
    plans_renew(store);
    bool made = wants_send(store, wants, count);
    enum store_result result = postgres_pipe_close(store, false);
    return result == STORE_OK && !made ? out_of_memory(store) : reader_left(store, result);
}

/* A reader that nobody used for a while learns only now that the server was started anew: it asks
 * again on a new connection. Not after a silence, which would last as long again. */
static enum store_result postgres_read(struct store *store, struct want *wants, size_t count) {
    bool again = store->reading && store->link && !store->begun;
    enum store_result result = read_once(store, wants, count);
    if (result == STORE_GONE && again && !store->link && clock_steady() < store->deadline)
        result = read_once(store, wants, count);
    return result;
}

/* --- changes --- */

struct sortable {
    const void *row;
    int64_t id;
    uint32_t at;
    uint16_t statement;
    uint8_t table;
    bool puts;
};

/* The same order in every program: tables, new rows before changed ones, ids. */
static int by_place(const void *a, const void *b) {
    const struct sortable *x = a, *y = b;
    if (x->table != y->table)
        return x->table < y->table ? -1 : 1;
    if (x->puts != y->puts)
        return x->puts ? 1 : -1;
    if (x->statement != y->statement)
        return x->statement < y->statement ? -1 : 1;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

static struct sortable *changes_sort(struct store *store, const struct change *changes,
                                     size_t count) {
    struct sortable *sorted = arena_take(&store->arena, count * sizeof *sorted);
    for (size_t i = 0; sorted && i < count; i++) {
        const struct statement *about = statement_of(changes[i].statement);
        assert(!about->out);
        sorted[i] = (struct sortable){.row = changes[i].row,
                                      .at = (uint32_t)i,
                                      .statement = (uint16_t)changes[i].statement,
                                      .table = (uint8_t)about->table,
                                      .puts = strncmp(about->sql, "INSERT ", 7) != 0};
        if (strcmp(about->in[0].name, "id") == 0)
            memcpy(&sorted[i].id, changes[i].row, sizeof sorted[i].id);
    }
    if (sorted)
        qsort(sorted, count, sizeof *sorted, by_place);
    return sorted;
}

/* One statement cannot change a row twice: of two, the later one stands. A new row that is there
 * twice is an error and stays one; rows without an id come merged. */
static bool is_overtaken(const struct statement *about, const struct sortable *one,
                         const struct sortable *next) {
    bool replaces = one->puts || strstr(about->sql, " ON CONFLICT ");
    return replaces && strcmp(about->in[0].name, "id") == 0 && one->id == next->id;
}

static bool changes_send(struct store *store, const struct change *changes, size_t count) {
    struct sortable *sorted = changes_sort(store, changes, count);
    const void **rows = arena_take(&store->arena, count * sizeof *rows);
    if (!sorted || !rows)
        return false;
    for (size_t i = 0, end; i < count; i = end) {
        size_t many = 0;
        struct parameters given;
        const struct statement *about = statement_of((enum statement_id)sorted[i].statement);
        for (end = i; end < count && sorted[end].statement == sorted[i].statement; end++)
            if (end + 1 == count || sorted[end + 1].statement != sorted[i].statement ||
                !is_overtaken(about, &sorted[end], &sorted[end + 1]))
                rows[many++] = sorted[end].row;
        if (!postgres_parameters(store, about, rows, many, many > 1, &given))
            return false;
        postgres_pipe_send(store, many > 1 ? FORM_ARRAY : FORM_ROW, sorted[i].statement, &given,
                           NULL);
    }
    return true;
}

static enum store_result postgres_record(struct store *store, const struct change *changes,
                                         size_t count) {
    assert(!store->reading && (store->begun || !store->link));
    if (!store->link)
        return STORE_GONE;
    arena_empty(&store->arena);
    postgres_pipe_open(store, POSTGRES_WRITE_MS);
    bool made = !count || changes_send(store, changes, count);
    if (made)
        postgres_pipe_send(store, FORM_OWN, OWN_COMMIT, NULL, NULL);
    enum store_result result = postgres_pipe_close(store, made);
    if (!made && result == STORE_OK)
        result = out_of_memory(store);
    if (result == STORE_OK)
        store->begun = false;
    else
        postgres_abandon(store);
    return result;
}

/* --- scans --- */

struct scan {
    const struct statement *about;
    const void *in;
    bool (*row)(void *owner, const void *row);
    void *owner;
    char cursor[32];
    bool own; /* it opened the transaction that its cursor lives in */
    int connection;
};

/* Sends one statement, with the parameters when there are any, and waits for what it answers:
 * rows in binary. NULL and the result. */
static PGresult *scan_ask(struct store *store, const char *sql, const struct parameters *given,
                          enum store_result *result) {
    static const struct parameters none;
    PGresult *answer = postgres_ask_binary(
        store, store->reading ? POSTGRES_READ_MS : POSTGRES_WRITE_MS, sql, given ? given : &none);
    *result = STORE_OK;
    if (!answer)
        *result = STORE_GONE;
    else if (PQresultStatus(answer) != PGRES_COMMAND_OK &&
             PQresultStatus(answer) != PGRES_TUPLES_OK) {
        *result = postgres_failure(store, answer, "a scan");
        PQclear(answer);
        answer = NULL;
    }
    return answer;
}

static enum store_result scan_do(struct store *store, const char *sql,
                                 const struct parameters *given) {
    enum store_result result;
    PQclear(scan_ask(store, sql, given, &result));
    return result;
}

static enum store_result scan_begin(struct store *store, struct scan *scan) {
    char sql[POSTGRES_SQL];
    struct parameters given;
    enum store_result result = STORE_OK;
    snprintf(scan->cursor, sizeof scan->cursor, "scan_%d", store->cursors++);
    snprintf(sql, sizeof sql, "DECLARE %s NO SCROLL CURSOR FOR %s", scan->cursor, scan->about->sql);
    arena_empty(&store->arena);
    if (!postgres_parameters(store, scan->about, &scan->in, 1, false, &given))
        return out_of_memory(store);
    scan->own = !store->begun;
    if (scan->own)
        result = scan_do(store, "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY", NULL);
    store->begun |= result == STORE_OK;
    scan->connection = store->connections;
    return result == STORE_OK ? scan_do(store, sql, &given) : result;
}

/* Calls row for each of the rows; false when it is to end. */
static bool scan_rows(struct store *store, const struct scan *scan, const PGresult *answer,
                      enum store_result *result) {
    _Alignas(16) uint8_t row[sizeof(struct policy_row)];
    bool more = true;
    assert(scan->about->out_size <= sizeof row);
    for (int i = 0; i < PQntuples(answer) && more && *result == STORE_OK; i++) {
        if (postgres_row(store, scan->about, answer, i, 0, row))
            more = scan->row(scan->owner, row);
        else
            *result = STORE_BROKEN;
    }
    explicit_bzero(row, scan->about->out_size);
    return more && PQntuples(answer) == FETCH_ROWS && *result == STORE_OK;
}

/* A row's caller may have found the connection lost and got another one: the cursor is not there.
 */
static bool scan_stands(const struct store *store, const struct scan *scan) {
    return store->link && store->connections == scan->connection;
}

static enum store_result scan_end(struct store *store, const struct scan *scan,
                                  enum store_result result) {
    char sql[64];
    if (!scan_stands(store, scan))
        return result == STORE_OK ? STORE_GONE : result;
    snprintf(sql, sizeof sql, "CLOSE %s", scan->cursor);
    if (scan->own) {
        store->begun = false;
        enum store_result end = scan_do(store, result == STORE_OK ? "COMMIT" : "ROLLBACK", NULL);
        return result == STORE_OK ? end : result;
    }
    return result == STORE_OK ? scan_do(store, sql, NULL) : result;
}

static enum store_result postgres_scan(struct store *store, enum statement_id id, const void *in,
                                       bool (*row)(void *, const void *), void *owner) {
    struct scan scan = {.about = statement_of(id), .in = in, .row = row, .owner = owner};
    char sql[64];
    if (!link_there(store))
        return STORE_GONE;
    enum store_result result = scan_begin(store, &scan);
    snprintf(sql, sizeof sql, "FETCH %d FROM %s", FETCH_ROWS, scan.cursor);
    bool more = result == STORE_OK;
    while (more && scan_stands(store, &scan)) {
        PGresult *answer = scan_ask(store, sql, NULL, &result);
        more = answer && scan_rows(store, &scan, answer, &result);
        PQclear(answer);
    }
    return reader_left(store, scan_end(store, &scan, result));
}

static enum store_result postgres_snapshot(struct store *store, bool begins) {
    char why[sizeof store->why];
    assert(store->reading && begins == !store->moment);
    memcpy(why, store->why, sizeof why);
    enum store_result result = STORE_GONE;
    if (begins ? link_there(store) : store->link != NULL)
        result = scan_do(
            store, begins ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "COMMIT", NULL);
    store->moment = begins && result == STORE_OK;
    store->begun = store->moment;
    if (result == STORE_OK) /* what failed before its end is the reason */
        memcpy(store->why, why, sizeof why);
    return reader_left(store, result);
}

static const char *postgres_why(struct store *store) {
    return store->why;
}

static const char *postgres_warning(struct store *store) {
    return store->warning;
}

static int postgres_chain(struct store *store) {
    return store->chain;
}

static int64_t postgres_session(struct store *store) {
    return store->session;
}

const struct engine postgres_engine = {
    .name = "postgres",
    .writers = CHAINS,
    .prepare = postgres_store_prepare,
    .open = postgres_store_open,
    .warning = postgres_warning,
    .chain = postgres_chain,
    .session = postgres_session,
    .over = postgres_over,
    .lease = postgres_lease,
    .load = postgres_load,
    .record = postgres_record,
    .abandon = postgres_abandon,
    .read = postgres_read,
    .scan = postgres_scan,
    .snapshot = postgres_snapshot,
    .why = postgres_why,
    .close = postgres_store_close,
};
