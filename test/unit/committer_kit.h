/* For tests of the committer: one small verb whose input says what it shall do, a gate that holds
 * the committer until a crowd of jobs waits (so that they are one batch), and an engine that is
 * the kit's with faults put in its way. Not for tests of verbs: those use store_kit. */
#ifndef RINGOFF_COMMITTER_KIT_H
#define RINGOFF_COMMITTER_KIT_H
#include <stdatomic.h>

#include "store_kit.h"

/* What the verb shall do: one letter a deed, in order.
 * c counts up budget `subject` and b budget `limit`; a reads the first only; x breaks a constraint;
 * u adds one SIM twice; m makes more changes and i more ids than a command may; l adds a line of
 * document `text` unless it has `limit` already; k adds a contact to line `subject` (locked); r
 * says that the policies changed; t tells how many operators it sees; h wants rows held that it
 * never gets; e records an effect; s hands out a secret; n refuses as not found; p posts `limit`
 * minor units from the opening account to the line's paid one. */
struct deed {
    int64_t subject, limit;
    char deeds[16], text[40];
};

extern const struct verb deed_verb, secret_deed_verb, money_deed_verb;
extern const struct actor deed_api, deed_system, deed_nobody;

/* Fills the job for a deed; key NULL: none. */
void deed_job(struct kit *kit, struct job *job, struct deed *deed, const struct actor *actor,
              const char *key);
/* Does one deed and waits for the answer; input is made of the arguments. */
enum refusal deed_do(struct kit *kit, const char *deeds, int64_t subject, const char *key,
                     struct job *answer);
/* What the deeds on a subject have added up to. */
int64_t deed_count(struct kit *kit, int64_t subject);
/* Holds the committer, hands all jobs over, lets them go as one batch and waits for all answers. */
void crowd_run(struct kit *kit, struct job *jobs, size_t count);
/* The same in two steps: what is handed over between them stands in front of the crowd. */
void gate_close(struct kit *kit);
void gate_open(void);
/* Since crowd_run began: the place of a job among the answers, from 0. */
size_t crowd_place(const struct job *job);

/* How often each fault still strikes; 0 = never. */
struct faults {
    int stale;        /* record: a conflict */
    int down;         /* record: the database is full */
    int doubt_done;   /* record: committed, but no answer came */
    int doubt_lost;   /* record: not committed, and no answer came */
    int gone_load;    /* load: the connection is lost */
    int gone;         /* record: the connection is lost before the commit */
    int living;       /* over: the lost connection's session still lives */
    int open, read;   /* the calls fail */
    atomic_int opens; /* how often it was called */
    int records;
};
extern struct faults faults;
extern struct engine faulty_engine; /* made by faulty_start */
/* Starts the kit's committer anew with the faulty engine; no fault strikes yet. */
void faulty_start(struct kit *kit, size_t queue_limit);
/* The same with patience, and as if the connections owned this chain of the journal. */
void faulty_start_as(struct kit *kit, int64_t patience, int chain);
/* The connections opened from now on own this chain; -1: the one that they really own. */
void faulty_chain(int chain);
#endif
