/* For the test of the proof's cells: how each verb that proves something is given, with each proof
 * right or wrong. One row a verb; the world it is tried in is test_proof_cells.c's. */
#ifndef RINGOFF_PROOF_KIT_H
#define RINGOFF_PROOF_KIT_H
#include "case_kit.h"
#include "web/proofs.h"

#define EMAIL "chan@example.com" /* of the account, and of every line's contact */

/* One subject: a line of its own, with its person, its contact, and what was begun for it. */
struct proof_world {
    enum proof_situation situation;
    enum proof_door door;
    struct proof required;
    struct proof_way way;
    struct actor actor;
    int64_t elsewhere; /* another operator */
    int serial;
    struct line_import person;
    int64_t closure, refund;
    struct job asked, asked_young; /* for a code; to a contact of age, and to a young one */
};
extern struct case_kit kit;
extern struct proof_world w;

struct tried {
    const struct verb *verb;
    void (*ready)(void);                 /* what comes before, all in order; NULL: nothing */
    enum refusal (*give)(uint32_t bits); /* the verb with these right and the others wrong */
    /* What the verb was for has come about; give: after giving what comes later. */
    bool (*done)(bool give);
    /* How the verb itself refuses, where not as usual: ID number, second channel, status secret. */
    enum refusal identity, second, secret;
    uint32_t never; /* cannot be given: where it is demanded the verb refuses whatever is given */
};

/* The verb's row; fails the test when there is none. */
const struct tried *tried_of(const struct verb *verb);
void sql(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Gives a verb that must be accepted, for what comes before. job may be NULL. */
void must(const struct verb *verb, const struct actor *actor, void *input, struct job *job);
struct line line_now(void);
#endif
