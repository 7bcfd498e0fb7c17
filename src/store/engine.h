/* The engine: what a database must do for Ringoff; SQLite and PostgreSQL each do it in their way.
 * load opens a transaction, locks the rows it names and answers typed wants; record writes the
 * changes and commits; abandon gives the transaction up. read is for the views, outside any
 * transaction of the committer, on a connection of its own. The drawer (sealed fields) is opened
 * and closed here, so that nothing above sees sealed bytes and nothing below sees clear ones. */
#ifndef RINGOFF_ENGINE_H
#define RINGOFF_ENGINE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/secret.h"
#include "store/statement.h"

enum store_result {
    STORE_OK,
    STORE_STALE,    /* serialization, deadlock, unique key: run the batch again */
    STORE_BROKEN,   /* a command's data cannot be written: split the batch until it fails alone */
    STORE_DOWN,     /* the database is full, out of connections or slow: nothing was changed */
    STORE_GONE,     /* the connection is lost, or no longer leads to where one may write: nothing
                       was changed; close it and open another */
    STORE_IN_DOUBT, /* the commit was sent and not answered */
};

/* A wish to read rows. `rows` has room for `room` structs of the statement's out_size. */
struct want {
    enum statement_id statement;
    const void *in; /* a struct as the statement's `in` describes */
    void *rows;
    size_t room, count; /* count is set by the engine */
    int64_t key;        /* primary key when the want is by it (conflicts within a batch), else 0 */
    bool lock;          /* locked before anything is loaded: nobody else decides on it meanwhile */
};

struct change {
    enum statement_id statement;
    const void *row; /* a struct as the statement's `in` describes; begins with the id */
};

struct store; /* one connection; used by one thread at a time */

struct engine {
    const char *name;
    int writers; /* how many committers one program may have on one database */
    /* Creates the schema in an empty database and writes the key's fingerprint, or brings an older
     * one up to it, one migration a transaction. demo is written at creation and never changes.
     * False and why: it exists with another key, is newer, or cannot be written. */
    bool (*prepare)(const char *where, const struct secrets *secrets, bool demo, char why[256]);
    /* where: a path or a connection string. reading: only read() and scan() will be called. NULL
     * and why (a sentence for the operator) when it cannot be opened, is newer than this program,
     * belongs to another key file, or a setting does not read back as it was set. A connection that
     * is not reading owns a chain of the journal until it is closed. */
    struct store *(*open)(const char *where, const struct secrets *secrets, bool reading,
                          char why[256]);
    /* What the operator should know though it works (a setting that endangers what is promised);
     * empty when there is nothing. Of an opened store; lives as long as it. */
    const char *(*warning)(struct store *);
    /* The chain of the journal that this connection owns, 0 to CHAINS - 1; no other connection, in
     * this program or another, has it while this one lives. */
    int (*chain)(struct store *);
    /* What tells this connection from others at the database while it lives; 0 when a lost
     * connection cannot leave anything behind. */
    int64_t (*session)(struct store *);
    /* Is the session of a lost connection over, which owned the chain? What it sent is then either
     * kept or lost for good. Asks the database to end it; the caller asks again until a bound. */
    bool (*over)(struct store *, int chain, int64_t session);
    /* Is this connection the one, of all servers', that delivers effects and timers? Takes the
     * lease when nobody has it; it is given up when the connection closes or falls silent. */
    bool (*lease)(struct store *);
    enum store_result (*load)(struct store *, struct want *, size_t);
    enum store_result (*record)(struct store *, const struct change *, size_t);
    void (*abandon)(struct store *);
    enum store_result (*read)(struct store *, struct want *, size_t);
    /* Calls row for each row of one statement, streaming; stops when it returns false. row may call
     * read and scan on the same store. */
    enum store_result (*scan)(struct store *, enum statement_id, const void *in,
                              bool (*row)(void *owner, const void *row), void *owner);
    /* Of a connection for reading: from true to false all that is read is of one moment, that of
     * the first read, and costs less than reading apart. Not for long: the database keeps what was
     * true then. NULL where there is nothing to gain. */
    void (*together)(struct store *, bool);
    /* Of a connection for reading: from true to false all that read and scan give is of one moment,
     * that of the first of them, however long it takes and whoever writes meanwhile. STORE_GONE,
     * from here or from any of them: the moment is lost. The database keeps what was true then. */
    enum store_result (*snapshot)(struct store *, bool);
    const char *(*why)(struct store *); /* the last failure, for the log; no personal data */
    void (*close)(struct store *);
};

extern const struct engine sqlite_engine, postgres_engine;

/* The engine of a place: a PostgreSQL connection string ("postgresql://..." or "host=... ...")
 * or else the path of an SQLite file. */
const struct engine *engine_of(const char *where);
/* The one row that says what this installation is. False when it cannot be read. */
bool installation_read(const struct engine *engine, struct store *store,
                       struct installation *installation);
/* Is this a demo installation? Read from the database. */
bool store_is_demo(const struct engine *engine, struct store *store);
#endif
