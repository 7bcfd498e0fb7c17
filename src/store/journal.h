/* The journal: append-only, one entry a command, each hashed together with the one before it.
 * The hash is keyed with a key outside the database, so that nobody who can only write the file can
 * make a chain that verifies; the chain's head is kept apart, so that a cut-off tail is found. Each
 * committer writes a chain of its own; checkpoints name the others' heads, so that a chain that was
 * taken away whole is found too. */
#ifndef RINGOFF_JOURNAL_H
#define RINGOFF_JOURNAL_H
#include "store/engine.h"

enum { CHAIN_SHIFT = 6, SEQ_SHIFT = 12 };

/* The id of the entry; the ids of rows that it makes are this plus 1 to 63. */
int64_t journal_id(int64_t chain, int64_t seq);
/* Sets entry->previous and entry->hash, and moves the head onto the entry. */
void journal_append(const struct secrets *secrets, struct chain_row *head,
                    struct journal_entry *entry);

/* The verb of a checkpoint's entry. */
#define CHECKPOINT_VERB "journal.checkpoint"
/* Takes the heads of the chains (zeroed rows are none); false when no other chain than `own` has
 * one: then there is nothing to name. id, at and hash are left to the caller. */
bool checkpoint_fill(const struct chain_row chains[CHAINS], int64_t own, struct checkpoint *row);
/* The head of the chain that it names; seq 0: it names none. */
void checkpoint_head(const struct checkpoint *row, int64_t chain, struct chain_row *head);
/* Sets row->hash over the rest of it. */
void checkpoint_seal(const struct secrets *secrets, struct checkpoint *row);
/* The hash that the entry should bear, by its members and entry->previous. */
void journal_hash(const struct secrets *secrets, const struct journal_entry *entry,
                  uint8_t hash[32]);

struct journal_check {
    int64_t entries, checkpoints; /* read and good, over all chains */
    int64_t chain, seq;           /* the first broken entry; seq 0 = none is broken */
    char what[160];               /* what is wrong with it */
};

/* Recomputes every chain, then looks up what the checkpoints name. Servers may write meanwhile.
 * STORE_OK even when an entry is broken: then check->seq names it. */
enum store_result journal_verify(const struct engine *engine, struct store *store,
                                 const struct secrets *secrets, struct journal_check *check);
#endif
