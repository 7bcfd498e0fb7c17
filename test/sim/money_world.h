/* The program itself as the machine: the verbs by their names and fields, as a door gives them,
 * through a committer on a real database. One operator a world, with two lines that are made anew
 * for each wave of histories; the worlds go on in step, so that their commands share commits. */
#ifndef RINGOFF_MONEY_WORLD_H
#define RINGOFF_MONEY_WORLD_H
#include "money_history.h"
#include "unit/store_kit.h"

enum { MONEY_WORLDS = 32, MONEY_PHASES = 5, MONEY_PAID = 640, MONEY_PROMOTIONAL = 90, SAID = 256 };

/* One that takes fees, has limits in the way of most amounts and keeps what nobody claims; one that
 * is free. */
enum { MONEY_LIMITS = 2 };
extern const struct money_limits money_limits[MONEY_LIMITS];

struct money_world {
    const struct money_limits *limits;
    int64_t operator, staff[2], line[MONEY_LINES], closure[MONEY_LINES], suspension;
    int64_t refund[MONEY_REFUNDS], payee[MONEY_REFUNDS];
    size_t refunds;
    char document[DOCUMENT_SIZE]; /* of who has both lines */
    char said[MONEY_KEYS][SAID];  /* under each key, as a form */
    int64_t made[MONEY_KEYS];     /* the closure that came of it */
};

enum { MONEY_SERVERS = 2 };

struct money_kit {
    struct kit kit;
    struct committer *servers[MONEY_SERVERS];   /* besides the kit's, where several may write */
    struct money_world world[MONEY_WORLDS + 1]; /* the last one is the foreign one */
    int64_t serial;                             /* of lines made so far */
    int64_t since, after; /* of the wave: when it began; the last posting before */
};

/* An act on a world, and what came of it. */
struct money_task {
    struct money_world *world;
    const struct money_act *act;
    struct money_answer answer;
};

/* Makes the database and an operator for each world, by turns under each of the limits. */
void money_open(struct money_kit *kit);
void money_close(struct money_kit *kit);
/* The same with a database that is there: committers, a reader and the operators. */
void money_attach(struct money_kit *kit, const char *where);
/* Lets it go; the kit's place stays. */
void money_detach(struct money_kit *kit);
/* Ends all committers and starts them again, as after a crash or an update. */
void money_restart(struct money_kit *kit);
/* New lines for all worlds. */
void money_wave(struct money_kit *kit);
/* What of a world belongs to its last wave is forgotten. */
void money_forget(struct money_world *world);
/* Does all of them at the same time; tasks of one world too. */
void money_do(struct money_kit *kit, struct money_task *tasks, size_t count);
/* Hands all jobs over at once and waits for all answers. */
void money_crowd(struct money_kit *kit, struct job *jobs, size_t count);
/* Reads the books of all worlds but the foreign one. */
void money_read(struct money_kit *kit, struct money_books books[MONEY_WORLDS]);
/* Does the program have the verb of the deed? */
bool money_ready(enum money_deed deed);
/* One of the policies, as the JSON of its operator w. */
void money_policy(const struct money_limits *limits, size_t w, char text[POLICY_TEXT_SIZE]);
/* The ledger as `ringoff ledger verify` recomputes it, and each balance beside its history: false
 * with why not. */
bool money_verified(struct money_kit *kit, char why[160]);
#endif
