/* Commands given to one's own committer, many at once: a window of jobs that are submitted together
 * and waited for together, so that they share commits. */
#ifndef RINGOFF_CLI_JOBS_H
#define RINGOFF_CLI_JOBS_H
#include <pthread.h>

#include "store/committer.h"

enum { JOBS_WINDOW = 256 };

struct jobs {
    struct committer *committer;
    const struct secrets *secrets;
    pthread_mutex_t lock;
    pthread_cond_t answered;
    size_t open;
};

/* Makes it ready; committer and secrets stay the caller's. */
/* Opens a window onto the committer, with nothing in it. */
void jobs_open(struct jobs *jobs, struct committer *committer, const struct secrets *secrets);
/* Fills and hands over one job for the system actor of an operator; verb and input are set by the
 * caller before. seed NULL: random. False when the committer takes no more. */
bool jobs_give(struct jobs *jobs, struct job *job, int64_t operator, const uint8_t seed[32]);
/* Waits until all are answered. */
void jobs_wait(struct jobs *jobs);
/* After jobs_wait. */
void jobs_close(struct jobs *jobs);
#endif
