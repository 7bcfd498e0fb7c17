/* One worker of a committer: its connection (opened again when it is lost), its batch and its
 * thread. What the committer's files share; nobody else includes this. Everything of struct
 * committer below `lock` is under the lock; a worker's batch is its thread's alone. */
#ifndef RINGOFF_COMMITTER_WORKER_H
#define RINGOFF_COMMITTER_WORKER_H
#include <pthread.h>

#include "store/committer_batch.h"

enum { PAUSE_MS_LEAST = 50, PAUSE_MS_MOST = 2000, LOOK_MS = 1000, SHARE_LEAST = 32 };

struct worker {
    struct committer *committer;
    pthread_t thread;
    bool started;
    bool connected;  /* under the lock: it has a connection, and is there to use it */
    bool lost;       /* the batch's connection was given up while it ran */
    int64_t pause;   /* before the connection is opened again; 0 = at once */
    int64_t open_at; /* not before this (clock_steady) */
    struct batch *batch;
};

struct committer {
    struct committer_settings settings;
    size_t worker_count;
    struct worker *workers;
    _Atomic int64_t latest; /* see struct batch */
    pthread_mutex_t lock;
    pthread_cond_t changed;    /* by CLOCK_MONOTONIC */
    struct job *first, **last; /* what waits */
    size_t waiting, running;
    size_t idle;      /* workers that wait for jobs */
    size_t connected; /* how many workers are */
    bool stopping;
    struct tenants *tenants; /* one reference is the committer's own */
};

/* The thread; owner is the worker. */
void *worker_thread(void *owner);
/* Opens the connection, reads its chain's head and the last time there; false and why, and then
 * says when to try again. */
bool worker_open(struct worker *worker, char why[256]);
/* Gives the connection up: another one reads the head again. */
void worker_close(struct worker *worker);
/* Waits until the time (clock_steady), or until it is stopping: then false. */
bool worker_pause(struct worker *worker, int64_t until);
/* Reads the operators and policies anew, for all workers and doors. */
enum store_result worker_renew(struct worker *worker);

/* Runs the jobs; the outcome of each stands in it, but for those that are to wait: they are given
 * back in order. With worker->lost the connection is gone, and nothing of those was changed. */
size_t work_run(struct worker *worker, struct job **jobs, size_t count, struct job **later);
/* The jobs are answered that they could not be done. */
void work_down(struct job **jobs, size_t count);
#endif
