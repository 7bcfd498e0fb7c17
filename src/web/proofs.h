/* What must be proved for which verb at which door: doc/proof.md, written from the tables of verbs
 * and endpoints and from proof_required() itself, asked about a line in each situation that raises
 * the proof. A cell is one proof that one way demands of one verb at one door in one situation;
 * test/unit/test_proof_cells.c goes through the same cells and takes each proof away. */
#ifndef RINGOFF_WEB_PROOFS_H
#define RINGOFF_WEB_PROOFS_H
#include "base/buffer.h"
#include "commands/verbs.h"
#include "rules/proof.h"

enum proof_door { DOOR_PORTAL, DOOR_APP, DOOR_INTEGRATOR, DOOR_TERMINAL, DOOR_COUNT };
/* One after the other: in reality they may come together, and raise together. */
enum proof_situation { SITUATION_USUAL, NEW_SIM, NEW_CONTACT, BY_DOCUMENT, SITUATION_COUNT };

/* How one thing is proved at a door: all bits, by whoever can give them there. by: the kind of
 * actor; 0: nobody can there, or whoever comes has proved it by coming (a key). */
struct proof_way {
    enum actor_kind by;
    uint32_t bits;
};
enum { PROOF_WAYS = 2 };

/* The ways of proving `required` for the verb at the door; how many of them, 0: not offered there.
 */
size_t proofs_ways(const struct verb *verb, enum proof_door door, struct proof required,
                   struct proof_way ways[PROOF_WAYS]);
/* The bits of a way that can be missing at its door, each a cell. Of what a key brings the password
 * cannot: the key is looked up each time, so without it there is no session either. */
uint32_t proofs_cells(const struct proof_way *way);
/* What proof_required() demands of a line in that situation. */
struct proof proofs_required(enum proof_situation situation, enum proof_verb prove);
/* All cells of every verb. */
size_t proofs_count(void);
/* Adds the whole page (Markdown). */
void proofs_write(struct buffer *out);
const char *proofs_door_name(enum proof_door door);
const char *proofs_situation_name(enum proof_situation situation);
#endif
