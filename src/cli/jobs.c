#include "cli/jobs.h"

#include <string.h>

void jobs_open(struct jobs *jobs, struct committer *committer, const struct secrets *secrets) {
    *jobs = (struct jobs){.committer = committer, .secrets = secrets};
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_cond_init(&jobs->answered, NULL);
}

static void answered(struct job *job) {
    struct jobs *jobs = job->owner;
    pthread_mutex_lock(&jobs->lock);
    if (--jobs->open == 0)
        pthread_cond_signal(&jobs->answered);
    pthread_mutex_unlock(&jobs->lock);
}

bool jobs_give(struct jobs *jobs, struct job *job, int64_t operator, const uint8_t seed[32]) {
    job->actor = (struct actor){.kind = ACTOR_SYSTEM, .operator= operator};
    job->answered = answered;
    job->owner = jobs;
    job_fill(job, jobs->secrets);
    if (seed)
        memcpy(job->seed, seed, sizeof job->seed);
    pthread_mutex_lock(&jobs->lock);
    jobs->open++;
    pthread_mutex_unlock(&jobs->lock);
    if (committer_submit(jobs->committer, job))
        return true;
    pthread_mutex_lock(&jobs->lock);
    jobs->open--;
    pthread_mutex_unlock(&jobs->lock);
    return false;
}

void jobs_wait(struct jobs *jobs) {
    pthread_mutex_lock(&jobs->lock);
    while (jobs->open)
        pthread_cond_wait(&jobs->answered, &jobs->lock);
    pthread_mutex_unlock(&jobs->lock);
}

void jobs_close(struct jobs *jobs) {
    pthread_cond_destroy(&jobs->answered);
    pthread_mutex_destroy(&jobs->lock);
}
