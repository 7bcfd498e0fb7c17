/* The committer: one thread per database connection that takes whatever commands wait (at most
 * 256), loads all, decides all in memory, records all, commits once, then answers all. No answer
 * before the commit is durable; a command that touches what an earlier one of the batch changed
 * waits for the next batch. Also what every command shares: the idempotency answer, the journal
 * entry, the refusal counter. */
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
    /* the answer */
    enum refusal refusal;
    int64_t result;
    char secret[64];
    bool replayed; /* answered from what the key remembered */
    bool down;     /* the database could not take it: 503, nothing was changed */
    int64_t at;    /* the time of the decision */
    void (*answered)(struct job *job); /* called on the committer's thread after the commit */
    void *owner;
    struct job *next;
};

struct committer_settings {
    const struct engine *engine;
    const char *where;
    const struct secrets *secrets;
    int64_t (*now)(void);
    size_t queue_limit;           /* waiting commands; one more is refused with 503 */
    int chain;                    /* 0..63: this committer's journal chain */
    void (*effects)(void *owner); /* told after a commit that recorded effects; may be NULL */
    void *owner;
};

/* Starts the thread. NULL and why when the store cannot be opened. */
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
    int64_t references; /* under the committer's lock */
    struct arena arena;
};
/* The tenant of an id, or NULL. */
const struct tenant *tenant_find(const struct tenants *tenants, int64_t id);
const struct tenants *committer_tenants(struct committer *committer);
void committer_tenants_release(struct committer *committer, const struct tenants *tenants);
/* Finishes what was accepted, then ends the thread and frees it. */
void committer_stop(struct committer *committer);
/* True while commands wait or run (for tests and a clean stop). */
bool committer_busy(struct committer *committer);
#endif
