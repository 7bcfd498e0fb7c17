#include "store/sqlite.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "store/drawer.h"

static enum store_result result_of(struct store *store, int code) {
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
        snprintf(store->why, sizeof store->why, "%s", sqlite3_errstr(code));
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_DONE:
    case SQLITE_ROW:
        return STORE_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return STORE_STALE;
    case SQLITE_CONSTRAINT:
        return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY
                   ? STORE_STALE
                   : STORE_BROKEN;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
        return STORE_DOWN;
    default:
        return STORE_BROKEN;
    }
}

/* `$1` is a name in SQLite, numbered by first appearance: `?1` is the number itself. */
static enum store_result prepare(struct store *store, enum statement_id id, sqlite3_stmt **s) {
    *s = store->prepared[id];
    if (*s)
        return STORE_OK;
    char sql[4096];
    const char *from = statement_of(id)->sql;
    size_t length = strlen(from);
    assert(length < sizeof sql);
    for (size_t i = 0; i <= length; i++)
        sql[i] = from[i] == '$' ? '?' : from[i];
    int code = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, s, NULL);
    enum store_result result = result_of(store, code);
    if (result != STORE_OK)
        snprintf(store->why, sizeof store->why, "%s: %s", statement_of(id)->name,
                 sqlite3_errmsg(store->db));
    store->prepared[id] = *s;
    return result;
}

static int bind_sealed(struct store *store, sqlite3_stmt *s, int at, const struct field *field,
                       const void *row) {
    uint8_t sealed[SEALED_ROOM];
    size_t length = drawer_seal(&store->secrets, field, row, sealed);
    return sqlite3_bind_blob(s, at, sealed, (int)length, SQLITE_TRANSIENT);
}

static int bind_lookup(struct store *store, sqlite3_stmt *s, int at, const struct statement *about,
                       const struct field *field, const void *in) {
    uint8_t hash[HASH_BYTES];
    drawer_lookup(&store->secrets, about, field, in, hash);
    return sqlite3_bind_blob(s, at, hash, sizeof hash, SQLITE_TRANSIENT);
}

/* None at all is an empty blob, where a pointer to nothing would be NULL. */
static int bind_bytes(sqlite3_stmt *s, int at, const void *from) {
    struct bytes bytes;
    memcpy(&bytes, from, sizeof bytes);
    return bytes.length ? sqlite3_bind_blob64(s, at, bytes.at, bytes.length, SQLITE_STATIC)
                        : sqlite3_bind_zeroblob(s, at, 0);
}

static enum store_result bind(struct store *store, sqlite3_stmt *s, const struct statement *about,
                              const void *in) {
    int result = SQLITE_OK;
    for (int i = 0; about->in[i].name && result == SQLITE_OK; i++) {
        const struct field *field = &about->in[i];
        const char *at = (const char *)in + field->offset;
        switch (field->kind) {
        case FIELD_TEXT:
            assert(strnlen(at, field->size) < field->size);
            result = sqlite3_bind_text(s, i + 1, at, -1, SQLITE_STATIC);
            break;
        case FIELD_BLOB:
            result = sqlite3_bind_blob(s, i + 1, at, field->size, SQLITE_STATIC);
            break;
        case FIELD_BYTES:
            result = bind_bytes(s, i + 1, at);
            break;
        case FIELD_SEALED:
            result = bind_sealed(store, s, i + 1, field, in);
            break;
        case FIELD_LOOKUP:
            result = bind_lookup(store, s, i + 1, about, field, in);
            break;
        default: {
            int64_t value;
            memcpy(&value, at, sizeof value);
            result = sqlite3_bind_int64(s, i + 1, value);
        }
        }
    }
    return result_of(store, result);
}

static bool columns(struct store *store, sqlite3_stmt *s, const struct statement *about,
                    void *row) {
    memset(row, 0, about->out_size);
    for (int i = 0; about->out[i].name; i++) {
        const struct field *field = &about->out[i];
        char *to = (char *)row + field->offset;
        int length =
            field->kind == FIELD_TEXT || field->kind == FIELD_BLOB ? sqlite3_column_bytes(s, i) : 0;
        bool good = true;
        if (field->kind == FIELD_TEXT) {
            good = length < field->size;
            if (good)
                memcpy(to, sqlite3_column_text(s, i), (size_t)length);
        } else if (field->kind == FIELD_BLOB) {
            good = length == field->size;
            if (good)
                memcpy(to, sqlite3_column_blob(s, i), (size_t)length);
        } else if (field->kind == FIELD_SEALED) {
            good = drawer_open(&store->secrets, field, row, sqlite3_column_blob(s, i),
                               (size_t)sqlite3_column_bytes(s, i));
        } else {
            int64_t value = sqlite3_column_int64(s, i);
            memcpy(to, &value, sizeof value);
        }
        if (!good) {
            snprintf(store->why, sizeof store->why, "%s: column %s cannot be read", about->name,
                     field->name);
            return false;
        }
    }
    return true;
}

static enum store_result scan(struct store *store, enum statement_id id, const void *in,
                              void *buffer, bool (*each)(void *, const void *), void *owner) {
    const struct statement *about = statement_of(id);
    sqlite3_stmt *s;
    enum store_result result = prepare(store, id, &s);
    if (result == STORE_OK)
        result = bind(store, s, about, in);
    if (result != STORE_OK)
        return result;
    int code;
    bool more = true, good = true;
    while (more && good && (code = sqlite3_step(s)) == SQLITE_ROW) {
        good = columns(store, s, about, buffer);
        more = good && each(owner, buffer);
    }
    result = !good ? STORE_BROKEN : more ? result_of(store, code) : STORE_OK;
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
    return result;
}

struct filling {
    struct want *want;
    size_t size;
};

static bool fill(void *owner, const void *row) {
    struct filling *filling = owner;
    struct want *want = filling->want;
    if (want->count == want->room)
        return false;
    memcpy((char *)want->rows + want->count++ * filling->size, row, filling->size);
    return true;
}

static enum store_result sqlite_read(struct store *store, struct want *wants, size_t count) {
    _Alignas(16) uint8_t row[sizeof(struct policy_row)];
    for (size_t i = 0; i < count; i++) {
        struct filling filling = {&wants[i], statement_of(wants[i].statement)->out_size};
        assert(filling.size <= sizeof row);
        wants[i].count = 0;
        enum store_result result =
            scan(store, wants[i].statement, wants[i].in, row, fill, &filling);
        explicit_bzero(row, filling.size);
        if (result != STORE_OK)
            return result;
    }
    return STORE_OK;
}

static enum store_result sqlite_scan(struct store *store, enum statement_id id, const void *in,
                                     bool (*each)(void *, const void *), void *owner) {
    _Alignas(16) uint8_t row[sizeof(struct policy_row)];
    assert(statement_of(id)->out_size <= sizeof row);
    return scan(store, id, in, row, each, owner);
}

static void sqlite_abandon(struct store *store) {
    if (!sqlite3_get_autocommit(store->db))
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

/* The writer holds the database from here to the commit: no other can change what was loaded. */
static enum store_result sqlite_load(struct store *store, struct want *wants, size_t count) {
    int code = sqlite3_exec(store->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    enum store_result result = result_of(store, code);
    if (result == STORE_STALE) /* another process writes and does not end: splitting is no help */
        return STORE_DOWN;
    if (result == STORE_OK)
        result = sqlite_read(store, wants, count);
    if (result != STORE_OK)
        sqlite_abandon(store);
    return result;
}

enum store_result sqlite_change(struct store *store, const struct change *change) {
    const struct statement *about = statement_of(change->statement);
    sqlite3_stmt *s;
    enum store_result result = prepare(store, change->statement, &s);
    if (result == STORE_OK)
        result = bind(store, s, about, change->row);
    if (result != STORE_OK)
        return result;
    result = result_of(store, sqlite3_step(s));
    if (result == STORE_OK && sqlite3_changes(store->db) != 1) {
        snprintf(store->why, sizeof store->why, "%s: no such row", about->name);
        result = STORE_BROKEN;
    }
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
    return result;
}

static enum store_result sqlite_record(struct store *store, const struct change *changes,
                                       size_t count) {
    enum store_result result = STORE_OK;
    for (size_t i = 0; i < count && result == STORE_OK; i++)
        result = sqlite_change(store, &changes[i]);
    if (result == STORE_OK)
        result = result_of(store, sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL));
    if (result != STORE_OK) {
        bool open = !sqlite3_get_autocommit(store->db);
        sqlite_abandon(store);
        if (open && !sqlite3_get_autocommit(store->db))
            return STORE_IN_DOUBT;
    }
    return result;
}

/* Begun without a lock: the first read takes it, and all further ones go without asking the system
 * for it and looking for news. */
static void sqlite_together(struct store *store, bool begins) {
    static const char *const sql[] = {"COMMIT", "BEGIN"};
    sqlite3_stmt **s = &store->together[begins];
    bool apart = sqlite3_get_autocommit(store->db) != 0;
    if (apart != begins ||
        (!*s && sqlite3_prepare_v3(store->db, sql[begins], -1, SQLITE_PREPARE_PERSISTENT, s,
                                   NULL) != SQLITE_OK))
        return; /* then it reads apart, or the failure has ended it */
    sqlite3_step(*s);
    sqlite3_reset(*s);
}

static enum store_result sqlite_snapshot(struct store *store, bool begins) {
    if ((sqlite3_get_autocommit(store->db) != 0) != begins) /* a failure has ended it */
        return STORE_GONE;
    return result_of(store, sqlite3_exec(store->db, begins ? "BEGIN" : "COMMIT", NULL, NULL, NULL));
}

static const char *sqlite_why(struct store *store) {
    return store->why;
}

static const char *sqlite_warning(struct store *store) {
    (void)store;
    return "";
}

/* The one writer has the one chain, and the lock on the file is the lease. */
static int sqlite_chain(struct store *store) {
    (void)store;
    return 0;
}

static int64_t sqlite_session(struct store *store) {
    (void)store;
    return 0;
}

static bool sqlite_over(struct store *store, int chain, int64_t session) {
    (void)store;
    assert(chain == 0 && session == 0);
    return true;
}

static bool sqlite_lease(struct store *store) {
    (void)store;
    return true;
}

const struct engine sqlite_engine = {
    .name = "sqlite",
    .writers = 1,
    .prepare = sqlite_store_prepare,
    .warning = sqlite_warning,
    .chain = sqlite_chain,
    .session = sqlite_session,
    .over = sqlite_over,
    .lease = sqlite_lease,
    .open = sqlite_store_open,
    .load = sqlite_load,
    .record = sqlite_record,
    .abandon = sqlite_abandon,
    .read = sqlite_read,
    .scan = sqlite_scan,
    .together = sqlite_together,
    .snapshot = sqlite_snapshot,
    .why = sqlite_why,
    .close = sqlite_store_close,
};
