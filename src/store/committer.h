/* The committer: one queue and a few workers, each with a connection and a chain of the journal of
 * its own, that take whatever commands wait (at most 256), load all, decide all in memory, record
 * all, commit once, then answer all. No answer before the commit is durable; a command that touches
 * what an earlier one of the batch changed waits for the next batch. Also what every command
 * shares: the idempotency answer, the journal entry, the refusal counter, lost connections. */
#ifndef RINGOFF_COMMITTER_H
#define RINGOFF_COMMITTER_H
#include "store/verb.h"

struct committer;

struct job {
    const struct verb *verb;
    struct actor actor;
    void *input;      /* the verb's input struct, owned by the asker until answered */
    char key[80];     /* idempotency key; empty: none is remembered (system only) */
    uint8_t body[32]; /* keyed hash of the body (job_body fills it) */
    uint8_t seed[32]; /* randomness for this command */
    /* Refused at the door already (bad input, not allowed, prepare): nothing is loaded or decided
     * and no key is remembered, but the refusal is in the journal; of nobody it is counted. */
    enum refusal refused;
    /* The actor is an API key that was good when it was last read: it is looked at with the rows,
     * and if it was revoked the answer is REFUSED_NOT_SIGNED_IN, of which nothing is kept. */
    bool unchecked;
    /* the answer */
    enum refusal refusal;
    int64_t result;
    char secret[HANDED_SIZE];
    bool replayed; /* answered from what the key remembered */
    /* The database did not take it: 503. Either nothing was changed, or the connection was lost in
     * the commit and it is not known whether it was; ask again with the same key, that tells. */
    bool down;
    int64_t at;                        /* the time of the decision */
    void (*answered)(struct job *job); /* called on a worker's thread after the commit */
    void *owner;
    /* Names rows that the answer will show; may be NULL. Of an accepted job they are read after the
     * commit, those of a whole batch at once, where each asker alone would make a round trip to the
     * database of its own: then shown is set. On a worker's thread. */
    void (*show)(struct job *job, struct load *load);
    void *rows; /* show's own, where they go to */
    bool shown;
    /* the committer's own */
    struct job *next;
    int64_t given;     /* clock_steady when it was handed over */
    struct hold holds; /* what a decision found and wants locked before it is made */
    int hold_tries;
};

struct committer_settings {
    const struct engine *engine;
    const char *where;
    const struct secrets *secrets;
    const char *site; /* see struct outcome; NULL: none */
    int64_t (*now)(void);
    size_t queue_limit; /* waiting commands; one more is refused with 503 */
    int committers;     /* workers; 0 is 1; never more than the engine's writers */
    /* How long a command may wait, in ms, while the connection is lost and opened again (with
     * pauses of 50 ms, doubled up to 2 s); a commit in doubt may take as long again. Then it is
     * answered down. 0: at once, after one attempt to open. */
    int64_t patience;
    void (*effects)(void *owner); /* told after a commit that recorded effects; may be NULL */
    void *owner;
};

/* Starts the workers. NULL and why when a store cannot be opened. */
struct committer *committer_start(const struct committer_settings *settings, char why[256]);
/* Hands a job over; false when the queue is full or it is stopping (answered is not called). */
bool committer_submit(struct committer *committer, struct job *job);
/* Hands a job over and waits for its answer; false as above. Not for HTTP threads. */
bool committer_run(struct committer *committer, struct job *job);
/* Fills job->body from the typed input (the keyed hash of its described fields), and job->seed. */
void job_fill(struct job *job, const struct secrets *secrets);
/* The operators and policies of the moment. Take, use, give back; never changes while held. */
struct tenants {
    size_t count;
    struct tenant *tenants;
    int64_t version;    /* rules_version.entry that they were read under */
    int64_t references; /* under the committer's lock */
    struct arena arena;
};
/* The tenant of an id, or NULL. */
const struct tenant *tenant_find(const struct tenants *tenants, int64_t id);
const struct tenants *committer_tenants(struct committer *committer);
void committer_tenants_release(struct committer *committer, const struct tenants *tenants);
/* Finishes what was accepted, then ends the threads and frees it. What waits for a connection that
 * is lost is answered down at once. */
void committer_stop(struct committer *committer);
/* True while commands wait or run (for tests and a clean stop). */
bool committer_busy(struct committer *committer);
#endif
