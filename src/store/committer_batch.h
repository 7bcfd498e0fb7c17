/* One batch: the jobs that are loaded, decided, recorded and answered together.
 * What the two files of the committer share; nobody else includes this. */
#ifndef RINGOFF_COMMITTER_BATCH_H
#define RINGOFF_COMMITTER_BATCH_H
#include "store/committer.h"
#include "store/journal.h"

enum {
    BATCH_JOBS = 256,
    BATCH_WANTS = BATCH_JOBS * 32,
    BATCH_CHANGES = BATCH_JOBS * (OUTCOME_CHANGES + 2) + 1,
    TOUCHED = 1 << 15, /* slots; at most half are ever used */
    BATCH_ARENA = 96 * 1024 * 1024,
    BATCH_TRIES = 6,
};

/* One job while its batch runs. */
struct deciding {
    struct job *job;
    void *rows;
    struct remembered remembered;
    size_t first_want, want_count;
    struct outcome out;
    bool deferred, failed;
};

struct batch {
    const struct committer_settings *settings;
    struct store *store;
    struct chain_row head, head_before;
    const struct tenants *tenants;
    struct arena arena;
    int64_t now;
    uint64_t tries; /* of this batch before: each draws other random bytes */
    struct deciding jobs[BATCH_JOBS];
    size_t count;
    struct want wants[BATCH_WANTS];
    size_t want_count;
    struct change changes[BATCH_CHANGES];
    size_t change_count;
    uint64_t touched[TOUCHED];
    size_t touched_count;
    bool demo, reload, effects;
};

/* Loads, decides and records batch->jobs[0..count). On STORE_OK the answers stand in the jobs, and
 * those that are `deferred` were left untouched for the next batch. On anything else nothing was
 * changed (STORE_IN_DOUBT: the caller looks for the journal's head). */
enum store_result batch_run(struct batch *batch);
/* Records nothing but the journal entry of a command that was our fault. */
enum store_result batch_fault(struct batch *batch, struct job *job);
#endif
