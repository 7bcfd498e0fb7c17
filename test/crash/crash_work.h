/* What the child that is killed and its parent share: which commands are given under which keys.
 * The command of a key follows from the key, so the parent can give it again and compare. */
#ifndef RINGOFF_CRASH_WORK_H
#define RINGOFF_CRASH_WORK_H
#include "unit/committer_kit.h"

enum { CLIENTS = 64, CRASH_LINES = 24, FIRST_LINE = 900 };

/* One acknowledged answer, as the child writes it to its pipe in one piece. */
struct acknowledged {
    int64_t round, client, number, result, refusal;
};

/* The keys of the installation that is crashed. */
void crash_secrets(struct secrets *secrets);
/* The job of the client's n-th command in a round; the deed is the job's input. */
void crash_job(const struct secrets *secrets, int64_t round, int64_t client, int64_t number,
               struct deed *deed, struct job *job);
/* A committer on the database, or NULL with the reason printed. */
struct committer *crash_start(const char *where, const struct secrets *secrets);
#endif
