#include "store/committer.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "store/committer_worker.h"
#include "store/tenants.h"

static void committer_free(struct committer *committer) {
    for (size_t i = 0; i < committer->worker_count; i++) {
        struct worker *worker = &committer->workers[i];
        if (!worker->batch)
            continue;
        arena_close(&worker->batch->arena);
        worker_close(worker);
        free(worker->batch);
    }
    free(committer->workers);
    tenants_free(committer->tenants);
    pthread_cond_destroy(&committer->changed);
    pthread_mutex_destroy(&committer->lock);
    free(committer);
}

static bool worker_make(struct committer *committer, struct worker *worker, char why[256]) {
    struct batch *batch = worker->batch = calloc(1, sizeof *batch);
    worker->committer = committer;
    snprintf(why, 256, "out of memory");
    if (!batch)
        return false;
    batch->settings = &committer->settings;
    batch->latest = &committer->latest;
    arena_open(&batch->arena, BATCH_ARENA);
    if (!worker_open(worker, why))
        return false;
    worker->pause = worker->open_at = 0;
    batch->demo = store_is_demo(committer->settings.engine, batch->store);
    return true;
}

static bool committer_open(struct committer *committer, char why[256]) {
    int writers = committer->settings.engine->writers, wanted = committer->settings.committers;
    size_t count = (size_t)(wanted < 1 ? 1 : wanted < writers ? wanted : writers);
    committer->workers = calloc(count, sizeof *committer->workers);
    snprintf(why, 256, "out of memory");
    if (!committer->workers)
        return false;
    committer->worker_count = count;
    for (size_t i = 0; i < count; i++)
        if (!worker_make(committer, &committer->workers[i], why))
            return false;
    struct store *store = committer->workers[0].batch->store;
    if (tenants_read(committer->settings.engine, store, &committer->tenants, why) != STORE_OK)
        return false;
    committer->tenants->references = 1;
    return true;
}

static void committer_join(struct committer *committer) {
    pthread_mutex_lock(&committer->lock);
    committer->stopping = true;
    pthread_cond_broadcast(&committer->changed);
    pthread_mutex_unlock(&committer->lock);
    for (size_t i = 0; i < committer->worker_count; i++)
        if (committer->workers[i].started)
            pthread_join(committer->workers[i].thread, NULL);
}

static bool workers_start(struct committer *committer, char why[256]) {
    for (size_t i = 0; i < committer->worker_count; i++) {
        struct worker *worker = &committer->workers[i];
        worker->started = !pthread_create(&worker->thread, NULL, worker_thread, worker);
        if (!worker->started) {
            snprintf(why, 256, "no thread for the committer");
            committer_join(committer);
            return false;
        }
    }
    return true;
}

struct committer *committer_start(const struct committer_settings *settings, char why[256]) {
    assert(settings->now && settings->engine->writers > 0 && settings->patience >= 0);
    struct committer *committer = calloc(1, sizeof *committer);
    pthread_condattr_t steady;
    if (!committer) {
        snprintf(why, 256, "out of memory");
        return NULL;
    }
    committer->settings = *settings;
    committer->last = &committer->first;
    pthread_mutex_init(&committer->lock, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&committer->changed, &steady);
    pthread_condattr_destroy(&steady);
    if (committer_open(committer, why) && workers_start(committer, why))
        return committer;
    committer_free(committer);
    return NULL;
}

bool committer_submit(struct committer *committer, struct job *job) {
    assert(job->verb && job->answered);
    job->next = NULL;
    job->given = clock_steady();
    job->holds = (struct hold){0};
    job->hold_tries = 0;
    pthread_mutex_lock(&committer->lock);
    bool taken = !committer->stopping && committer->waiting < committer->settings.queue_limit;
    if (taken) {
        *committer->last = job;
        committer->last = &job->next;
        committer->waiting++;
        if (committer->idle)
            pthread_cond_broadcast(&committer->changed);
    }
    pthread_mutex_unlock(&committer->lock);
    return taken;
}

struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool answered;
};

static void wake(struct job *job) {
    struct waiting *waiting = job->owner;
    pthread_mutex_lock(&waiting->lock);
    waiting->answered = true;
    pthread_cond_signal(&waiting->done);
    pthread_mutex_unlock(&waiting->lock);
}

bool committer_run(struct committer *committer, struct job *job) {
    struct waiting waiting = {.answered = false};
    pthread_mutex_init(&waiting.lock, NULL);
    pthread_cond_init(&waiting.done, NULL);
    job->answered = wake;
    job->owner = &waiting;
    bool taken = committer_submit(committer, job);
    pthread_mutex_lock(&waiting.lock);
    while (taken && !waiting.answered)
        pthread_cond_wait(&waiting.done, &waiting.lock);
    pthread_mutex_unlock(&waiting.lock);
    pthread_cond_destroy(&waiting.done);
    pthread_mutex_destroy(&waiting.lock);
    return taken;
}

void job_fill(struct job *job, const struct secrets *secrets) {
    uint8_t hash[HASH_BYTES];
    const struct field *fields = job->verb->input;
    secret_random(job->seed, sizeof job->seed);
    secret_hash(secrets->idempotency, job->verb->name, strlen(job->verb->name), hash);
    for (size_t i = 0; fields && fields[i].name; i++) {
        uint8_t piece[HASH_BYTES + 4096];
        const char *at = (const char *)job->input + fields[i].offset;
        size_t size = fields[i].kind == FIELD_TEXT ? strnlen(at, fields[i].size) : fields[i].size;
        for (size_t done = 0; done == 0 || done < size;) { /* each piece hashed onto the last */
            size_t part = size - done < 4096 ? size - done : 4096;
            memcpy(piece, hash, HASH_BYTES);
            memcpy(piece + HASH_BYTES, at + done, part);
            secret_hash(secrets->idempotency, piece, HASH_BYTES + part, hash);
            done += part ? part : 1;
        }
        explicit_bzero(piece, HASH_BYTES + (size < 4096 ? size : 4096)); /* what was used of it */
    }
    memcpy(job->body, hash, sizeof job->body);
}

const struct tenants *committer_tenants(struct committer *committer) {
    pthread_mutex_lock(&committer->lock);
    struct tenants *tenants = committer->tenants;
    tenants->references++;
    pthread_mutex_unlock(&committer->lock);
    return tenants;
}

void committer_tenants_release(struct committer *committer, const struct tenants *tenants) {
    pthread_mutex_lock(&committer->lock);
    bool unused = --((struct tenants *)tenants)->references == 0;
    pthread_mutex_unlock(&committer->lock);
    if (unused)
        tenants_free((struct tenants *)tenants);
}

bool committer_busy(struct committer *committer) {
    pthread_mutex_lock(&committer->lock);
    bool busy = committer->first || committer->running;
    pthread_mutex_unlock(&committer->lock);
    return busy;
}

void committer_stop(struct committer *committer) {
    if (!committer)
        return;
    committer_join(committer);
    committer_free(committer);
}
