/* The engine: what a database must do for Ringoff, in five calls.
 * load opens a transaction, locks the lines it names and answers typed wants; record writes the
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
    STORE_DOWN,     /* the database cannot be reached, is full or read-only: nothing was changed */
    STORE_IN_DOUBT, /* the commit was sent and not answered */
};

/* A wish to read rows. `rows` has room for `room` structs of the statement's out_size. */
struct want {
    enum statement_id statement;
    const void *in; /* a struct as the statement's `in` describes */
    void *rows;
    size_t room, count; /* count is set by the engine */
    int64_t key;        /* primary key when the want is by it (conflicts within a batch), else 0 */
    bool lock;          /* a line: lock it before anything is loaded */
};

struct change {
    enum statement_id statement;
    const void *row; /* a struct as the statement's `in` describes; begins with the id */
};

struct store; /* one connection; used by one thread at a time */

struct engine {
    const char *name;
    /* where: a path or a connection string. reading: only read() will be called. NULL and why
     * (a sentence for the operator) when it cannot be opened, is newer than this program, belongs
     * to another key file, or a setting does not read back as it was set. */
    struct store *(*open)(const char *where, const struct secrets *secrets, bool reading,
                          char why[256]);
    enum store_result (*load)(struct store *, struct want *, size_t);
    enum store_result (*record)(struct store *, const struct change *, size_t);
    void (*abandon)(struct store *);
    enum store_result (*read)(struct store *, struct want *, size_t);
    /* Calls row for each row of one statement, streaming; stops when it returns false. */
    enum store_result (*scan)(struct store *, enum statement_id, const void *in,
                              bool (*row)(void *owner, const void *row), void *owner);
    const char *(*why)(struct store *); /* the last failure, for the log; no personal data */
    void (*close)(struct store *);
};

extern const struct engine sqlite_engine;

/* Creates an empty database with the newest schema and the key's fingerprint, or brings an older
 * one up to it, one migration a transaction. demo is written at creation and never changes. False
 * and why: it exists with another key, is newer, or cannot be written. */
bool store_prepare(const char *where, const struct secrets *secrets, bool demo, char why[256]);
/* Is this a demo installation? Read from the database. */
bool store_is_demo(struct store *store);
#endif
