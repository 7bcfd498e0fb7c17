#include "store/committer.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/committer_batch.h"
#include "store/tenants.h"

enum { REOPEN_MS_MAX = 5000 };

struct committer {
    struct committer_settings settings;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct job *first, **last; /* what waits */
    size_t waiting, running;
    bool stopping;
    struct tenants *tenants; /* one reference is the committer's own */
    struct batch *batch;     /* the thread's */
};

static void answer(struct committer *committer, struct job *job) {
    (void)committer;
    job->answered(job);
}

static bool head_read(const struct committer_settings *settings, struct store *store,
                      struct chain_row *head) {
    struct key key = {.id = settings->chain};
    struct want want = {.statement = CHAIN_BY_ID, .in = &key, .rows = head, .room = 1};
    bool good = settings->engine->read(store, &want, 1) == STORE_OK;
    head->id = settings->chain;
    return good;
}

/* A connection whose journal's head is not known may not be used. */
static void store_drop(struct batch *batch) {
    if (batch->store)
        batch->settings->engine->close(batch->store);
    batch->store = NULL;
    batch->head = batch->head_before;
}

/* The commit was sent and not answered: it is there if and only if the chain ends where we left it.
 */
static enum store_result doubt_settle(struct batch *batch) {
    const struct committer_settings *settings = batch->settings;
    char why[256];
    struct chain_row head = {0};
    settings->engine->close(batch->store);
    batch->store = settings->engine->open(settings->where, settings->secrets, false, why);
    if (!batch->store || !head_read(settings, batch->store, &head)) {
        store_drop(batch); /* the next opening reads the head again */
        return STORE_IN_DOUBT;
    }
    bool there = head.seq == batch->head.seq && batch->head.seq != batch->head_before.seq &&
                 memcmp(head.hash, batch->head.hash, sizeof head.hash) == 0;
    batch->head = head;
    return there ? STORE_OK : STORE_DOWN;
}

static enum store_result batch_try(struct batch *batch) {
    enum store_result result = batch->store ? STORE_STALE : STORE_DOWN;
    for (int i = 0; i < BATCH_TRIES && result == STORE_STALE; i++) {
        batch->tries = (uint64_t)i;
        result = batch_run(batch);
        if (result == STORE_IN_DOUBT)
            result = doubt_settle(batch);
    }
    return result;
}

static enum store_result fault_try(struct batch *batch, struct job *job) {
    enum store_result result = batch_fault(batch, job);
    return result == STORE_IN_DOUBT ? doubt_settle(batch) : result;
}

static void batch_down(struct batch *batch) {
    for (size_t i = 0; i < batch->count; i++) {
        struct job *job = batch->jobs[i].job;
        job->refusal = REFUSED_BUSY;
        job->result = 0;
        job->secret[0] = '\0';
        job->down = true;
        batch->jobs[i].deferred = false;
    }
}

static size_t jobs_run(struct batch *batch, struct job **jobs, size_t count, struct job **later);

/* Halves, in order; each is a batch of its own. What waits in the first one, or new policies from
 * it, make the second one wait as well: nobody is overtaken, nobody decides on old rules. */
static size_t halves_run(struct batch *batch, struct job **jobs, size_t count, struct job **later) {
    size_t half = count / 2;
    size_t deferred = jobs_run(batch, jobs, half, later);
    bool reload = batch->reload, effects = batch->effects;
    if (deferred || reload) {
        memcpy(later + deferred, jobs + half, (count - half) * sizeof *jobs);
        return deferred + count - half;
    }
    deferred = jobs_run(batch, jobs + half, count - half, later);
    batch->effects |= effects;
    return deferred;
}

/* Runs the jobs; what cannot be recorded together is split until the culprit fails alone. The
 * outcome of each stands in the job; jobs that are to wait for the next batch are given back in
 * order. */
static size_t jobs_run(struct batch *batch, struct job **jobs, size_t count, struct job **later) {
    size_t deferred = 0;
    batch->count = count;
    for (size_t i = 0; i < count; i++)
        batch->jobs[i].job = jobs[i];
    enum store_result result = batch_try(batch);
    if (result == STORE_OK) {
        for (size_t i = 0; i < count; i++)
            if (batch->jobs[i].deferred)
                later[deferred++] = jobs[i];
        return deferred;
    }
    if (result == STORE_DOWN || result == STORE_IN_DOUBT) {
        batch_down(batch);
        return 0;
    }
    if (count > 1)
        return halves_run(batch, jobs, count, later);
    if (result == STORE_STALE) {
        batch_down(batch);
    } else if (fault_try(batch, jobs[0]) != STORE_OK) {
        batch->count = 1;
        batch->jobs[0].job = jobs[0];
        batch_down(batch);
    }
    return 0;
}

static void tenants_replace(struct committer *committer) {
    char why[256];
    struct tenants *made = tenants_read(committer->settings.engine, committer->batch->store, why);
    if (!made)
        return; /* policy.load checked it; the old ones stand until it can be read */
    made->references = 1;
    pthread_mutex_lock(&committer->lock);
    struct tenants *old = committer->tenants;
    committer->tenants = made;
    bool unused = --old->references == 0;
    pthread_mutex_unlock(&committer->lock);
    if (unused)
        tenants_free(old);
    committer->batch->tenants = made;
}

static bool reopen(struct committer *committer) {
    char why[256];
    struct batch *batch = committer->batch;
    const struct committer_settings *settings = &committer->settings;
    if (batch->store)
        return true;
    batch->store = settings->engine->open(settings->where, settings->secrets, false, why);
    batch->head_before = batch->head;
    if (batch->store && !head_read(settings, batch->store, &batch->head))
        store_drop(batch);
    return batch->store != NULL;
}

/* Takes what waits, at most BATCH_JOBS; 0 when it is time to end. */
static size_t jobs_take(struct committer *committer, struct job **jobs) {
    size_t count = 0;
    pthread_mutex_lock(&committer->lock);
    while (!committer->first && !committer->stopping)
        pthread_cond_wait(&committer->changed, &committer->lock);
    for (; committer->first && count < BATCH_JOBS; count++) {
        jobs[count] = committer->first;
        committer->first = jobs[count]->next;
        committer->waiting--;
    }
    if (!committer->first)
        committer->last = &committer->first;
    committer->running = count;
    pthread_mutex_unlock(&committer->lock);
    return count;
}

/* Deferred jobs go to the front, in their order. */
static void jobs_return(struct committer *committer, struct job **jobs, size_t count) {
    pthread_mutex_lock(&committer->lock);
    for (size_t i = count; i > 0; i--) {
        jobs[i - 1]->next = committer->first;
        if (!committer->first)
            committer->last = &jobs[i - 1]->next;
        committer->first = jobs[i - 1];
        committer->waiting++;
    }
    pthread_mutex_unlock(&committer->lock);
}

static void round_run(struct committer *committer, struct job **jobs, size_t count) {
    struct job *later[BATCH_JOBS];
    bool waits[BATCH_JOBS] = {false};
    size_t deferred = 0;
    struct batch *batch = committer->batch;
    batch->tenants = committer->tenants;
    if (reopen(committer)) {
        deferred = jobs_run(batch, jobs, count, later);
    } else {
        batch->count = count;
        for (size_t i = 0; i < count; i++)
            batch->jobs[i].job = jobs[i];
        batch_down(batch);
    }
    if (batch->reload && batch->store)
        tenants_replace(committer);
    if (batch->effects && committer->settings.effects)
        committer->settings.effects(committer->settings.owner);
    for (size_t i = 0, k = 0; i < count; i++)
        if (k < deferred && later[k] == jobs[i]) {
            waits[i] = true;
            k++;
        }
    jobs_return(committer, later, deferred);
    for (size_t i = 0; i < count; i++)
        if (!waits[i])
            answer(committer, jobs[i]);
    pthread_mutex_lock(&committer->lock);
    committer->running = 0;
    pthread_cond_broadcast(&committer->changed);
    pthread_mutex_unlock(&committer->lock);
}

static void *committer_thread(void *owner) {
    struct committer *committer = owner;
    struct job *jobs[BATCH_JOBS];
    size_t count;
    while ((count = jobs_take(committer, jobs)) > 0)
        round_run(committer, jobs, count);
    return NULL;
}

static void committer_free(struct committer *committer) {
    if (committer->batch) {
        arena_close(&committer->batch->arena);
        if (committer->batch->store)
            committer->settings.engine->close(committer->batch->store);
        free(committer->batch);
    }
    tenants_free(committer->tenants);
    pthread_cond_destroy(&committer->changed);
    pthread_mutex_destroy(&committer->lock);
    free(committer);
}

static bool committer_open(struct committer *committer, char why[256]) {
    const struct committer_settings *settings = &committer->settings;
    struct batch *batch = committer->batch = calloc(1, sizeof *batch);
    if (!batch) {
        snprintf(why, 256, "out of memory");
        return false;
    }
    batch->settings = settings;
    arena_open(&batch->arena, BATCH_ARENA);
    batch->store = settings->engine->open(settings->where, settings->secrets, false, why);
    if (!batch->store)
        return false;
    if (!head_read(settings, batch->store, &batch->head)) {
        snprintf(why, 256, "%s", settings->engine->why(batch->store));
        return false;
    }
    batch->demo = store_is_demo(batch->store);
    committer->tenants = tenants_read(settings->engine, batch->store, why);
    if (committer->tenants)
        committer->tenants->references = 1;
    return committer->tenants != NULL;
}

struct committer *committer_start(const struct committer_settings *settings, char why[256]) {
    assert(settings->chain >= 0 && settings->chain < CHAINS && settings->now);
    struct committer *committer = calloc(1, sizeof *committer);
    if (!committer) {
        snprintf(why, 256, "out of memory");
        return NULL;
    }
    committer->settings = *settings;
    committer->last = &committer->first;
    pthread_mutex_init(&committer->lock, NULL);
    pthread_cond_init(&committer->changed, NULL);
    if (committer_open(committer, why)) {
        if (!pthread_create(&committer->thread, NULL, committer_thread, committer))
            return committer;
        snprintf(why, 256, "no thread for the committer");
    }
    committer_free(committer);
    return NULL;
}

bool committer_submit(struct committer *committer, struct job *job) {
    assert(job->verb && job->answered);
    job->next = NULL;
    pthread_mutex_lock(&committer->lock);
    bool taken = !committer->stopping && committer->waiting < committer->settings.queue_limit;
    if (taken) {
        *committer->last = job;
        committer->last = &job->next;
        committer->waiting++;
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
        explicit_bzero(piece, sizeof piece);
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
    pthread_mutex_lock(&committer->lock);
    committer->stopping = true;
    pthread_cond_broadcast(&committer->changed);
    pthread_mutex_unlock(&committer->lock);
    pthread_join(committer->thread, NULL);
    committer_free(committer);
}
