/* One batch: the jobs that are loaded, decided, recorded and answered together, by one worker over
 * its own connection and on that connection's chain of the journal.
 * What the files of the committer share; nobody else includes this. */
#ifndef RINGOFF_COMMITTER_BATCH_H
#define RINGOFF_COMMITTER_BATCH_H
#include <stdatomic.h>

#include "store/committer.h"
#include "store/journal.h"

enum {
    BATCH_JOBS = 256,
    BATCH_WANTS = BATCH_JOBS * 32,
    BATCH_CHANGES = BATCH_JOBS * (OUTCOME_CHANGES + 2) + 4,
    TOUCHED = 1 << 15, /* slots; at most half are ever used */
    BATCH_ARENA = 32 * 1024 * 1024,
    BATCH_TRIES = 6,
    HOLD_TRIES = 8,
};

/* One job while its batch runs. */
struct deciding {
    struct job *job;
    void *rows;
    struct remembered remembered;
    const struct api_key *api_key; /* of an unchecked job */
    size_t first_want, want_count;
    struct outcome out;
    bool deferred;
};

struct batch {
    const struct committer_settings *settings;
    _Atomic int64_t *latest; /* the committer's: no worker of it decides at an earlier time */
    struct store *store;
    int64_t session; /* the store's, for the case that it is lost */
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
    struct refusal_count *counts[BATCH_JOBS]; /* of people nobody knows: one row a kind */
    size_t counted;
    uint64_t touched[TOUCHED];
    uint16_t slots[TOUCHED / 2]; /* which of them are used */
    size_t touched_count;
    struct api_key api_keys[BATCH_JOBS]; /* each that its jobs bear, once */
    struct key api_keys_asked[BATCH_JOBS];
    size_t api_key_count;
    struct rules_version rules; /* as loaded */
    struct key rules_key, chains_key;
    struct chain_row chains[CHAINS]; /* loaded when a checkpoint is due */
    int64_t checked_at;              /* when a checkpoint was looked for; 0 = never */
    bool demo, checking;
    bool outdated; /* the rules were changed since the tenants were read: nothing was decided */
    bool renewed;  /* this batch changes the rules */
    bool effects;
};

/* Loads, decides and records batch->jobs[0..count). On STORE_OK the answers stand in the jobs, and
 * those that are `deferred` were left untouched for the next batch. On anything else nothing was
 * changed (STORE_IN_DOUBT: the caller looks for the journal's last entry). STORE_STALE with
 * batch->outdated: read the tenants again, then run it again. */
enum store_result batch_run(struct batch *batch);
/* Records nothing but the journal entry of a command that was our fault. */
enum store_result batch_fault(struct batch *batch, struct job *job);
#endif
