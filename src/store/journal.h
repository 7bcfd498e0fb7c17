/* The journal: append-only, one entry a command, each hashed together with the one before it.
 * The hash is keyed with a key outside the database, so that nobody who can only write the file can
 * make a chain that verifies; the chain's head is kept apart, so that a cut-off tail is found. */
#ifndef RINGOFF_JOURNAL_H
#define RINGOFF_JOURNAL_H
#include "store/engine.h"

enum { CHAIN_SHIFT = 6, SEQ_SHIFT = 12, CHAINS = 64 };

/* The id of the entry; the ids of rows that it makes are this plus 1 to 63. */
int64_t journal_id(int64_t chain, int64_t seq);
/* Sets entry->previous and entry->hash, and moves the head onto the entry. */
void journal_append(const struct secrets *secrets, struct chain_row *head,
                    struct journal_entry *entry);

struct journal_check {
    int64_t entries;    /* read and good, over all chains */
    int64_t chain, seq; /* the first broken entry; seq 0 = none is broken */
    char what[160];     /* what is wrong with it */
};

/* Recomputes every chain. STORE_OK even when an entry is broken: then check->seq names it. */
enum store_result journal_verify(const struct engine *engine, struct store *store,
                                 const struct secrets *secrets, struct journal_check *check);
#endif
