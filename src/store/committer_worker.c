/* A worker's thread: takes what waits, keeps a connection, and answers. */
#include "store/committer_worker.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "store/tenants.h"

/* --- the connection --- */

static enum store_result row_read(const struct batch *batch, enum statement_id statement,
                                  int64_t id, void *row) {
    struct key key = {.id = id};
    struct want want = {.statement = statement, .in = &key, .rows = row, .room = 1};
    return batch->settings->engine->read(batch->store, &want, 1);
}

/* Where its chain ends, and that no time lies before what stands there: other servers' clocks, and
 * this one's before a restart, may have been ahead. */
static bool head_read(struct batch *batch) {
    struct chain_row head = {0};
    struct journal_entry entry = {0};
    int chain = batch->settings->engine->chain(batch->store);
    assert(chain >= 0 && chain < CHAINS);
    if (row_read(batch, CHAIN_BY_ID, chain, &head) != STORE_OK)
        return false;
    if (head.seq > 0 && head.seq < INT64_MAX >> SEQ_SHIFT &&
        row_read(batch, JOURNAL_BY_ID, journal_id(chain, head.seq), &entry) != STORE_OK)
        return false;
    head.id = chain;
    batch->head = batch->head_before = head;
    int64_t latest = atomic_load(batch->latest);
    while (entry.at > latest && !atomic_compare_exchange_weak(batch->latest, &latest, entry.at))
        continue;
    return true;
}

/* Under the lock. */
static void connected_put(struct worker *worker, bool connected) {
    if (connected != worker->connected)
        worker->committer->connected += connected ? 1 : (size_t)-1;
    worker->connected = connected;
}

static void connected_set(struct worker *worker, bool connected) {
    pthread_mutex_lock(&worker->committer->lock);
    connected_put(worker, connected);
    pthread_mutex_unlock(&worker->committer->lock);
}

bool worker_open(struct worker *worker, char why[256]) {
    struct batch *batch = worker->batch;
    const struct committer_settings *settings = batch->settings;
    assert(!batch->store);
    batch->store = settings->engine->open(settings->where, settings->secrets, false, why);
    bool good = batch->store && head_read(batch);
    if (batch->store && !good) {
        snprintf(why, 256, "%s", settings->engine->why(batch->store));
        settings->engine->close(batch->store);
        batch->store = NULL;
    }
    int64_t pause = worker->pause;
    worker->pause = pause < PAUSE_MS_LEAST      ? PAUSE_MS_LEAST
                    : pause < PAUSE_MS_MOST / 2 ? 2 * pause
                                                : PAUSE_MS_MOST;
    worker->open_at = clock_steady() + worker->pause;
    if (!good)
        return false;
    batch->session = settings->engine->session(batch->store);
    batch->checked_at = 0;
    connected_set(worker, true);
    return true;
}

void worker_close(struct worker *worker) {
    struct batch *batch = worker->batch;
    if (!batch->store)
        return;
    batch->settings->engine->close(batch->store);
    batch->store = NULL;
    batch->head = batch->head_before;
    connected_set(worker, false);
}

/* --- waiting --- */

/* Under the lock. */
static void wait_until(struct committer *committer, int64_t until) {
    struct timespec when = {.tv_sec = until / SECOND, .tv_nsec = until % SECOND * 1000000};
    pthread_cond_timedwait(&committer->changed, &committer->lock, &when);
}

bool worker_pause(struct worker *worker, int64_t until) {
    struct committer *committer = worker->committer;
    pthread_mutex_lock(&committer->lock);
    while (!committer->stopping && clock_steady() < until)
        wait_until(committer, until);
    bool goes_on = !committer->stopping;
    pthread_mutex_unlock(&committer->lock);
    return goes_on;
}

/* Has it waited as long as it may? */
static bool spent(const struct committer *committer, const struct job *job, int64_t now) {
    return committer->stopping || now - job->given >= committer->settings.patience;
}

/* Under the lock: takes those out that nobody can do in their time. While another worker has a
 * connection, it does them. */
static struct job *expired_take(struct committer *committer) {
    struct job *taken = NULL, **end = &taken, **at = &committer->first;
    int64_t now = clock_steady();
    while (!committer->connected && *at) {
        struct job *job = *at;
        if (!spent(committer, job, now)) {
            at = &job->next;
            continue;
        }
        *at = job->next;
        committer->waiting--;
        *end = job;
        end = &job->next;
        *end = NULL;
    }
    if (!committer->connected)
        committer->last = at;
    return taken;
}

static void down_answer(struct job *jobs) {
    while (jobs) {
        struct job *job = jobs;
        jobs = job->next;
        work_down(&job, 1);
        job->answered(job);
    }
}

/* Under the lock, with jobs waiting and no connection: waits until it is time for an attempt, or
 * makes one. Nobody is answered down before one was made in his time. */
static void connection_seek(struct worker *worker) {
    struct committer *committer = worker->committer;
    int64_t now = clock_steady(), end = committer->first->given + committer->settings.patience;
    char why[256];
    bool opened = false;
    if (now < worker->open_at && now < end && !committer->stopping) {
        wait_until(committer, worker->open_at < end ? worker->open_at : end);
        return;
    }
    if (!committer->stopping || !worker->pause) {
        pthread_mutex_unlock(&committer->lock);
        opened = worker_open(worker, why);
        pthread_mutex_lock(&committer->lock);
    }
    struct job *expired = opened ? NULL : expired_take(committer);
    if (!expired)
        return;
    committer->running++;
    pthread_mutex_unlock(&committer->lock);
    down_answer(expired);
    pthread_mutex_lock(&committer->lock);
    committer->running--;
}

enum store_result worker_renew(struct worker *worker) {
    struct committer *committer = worker->committer;
    struct tenants *made = NULL;
    char why[256];
    enum store_result result =
        tenants_read(committer->settings.engine, worker->batch->store, &made, why);
    if (result != STORE_OK)
        return result;
    made->references = 2; /* the committer's and the batch's */
    pthread_mutex_lock(&committer->lock);
    struct tenants *old = committer->tenants;
    committer->tenants = made;
    pthread_mutex_unlock(&committer->lock);
    committer_tenants_release(committer, old);
    committer_tenants_release(committer, worker->batch->tenants);
    worker->batch->tenants = made;
    return STORE_OK;
}

/* Nothing to do: another server may have changed the rules, for the pages too; and a connection
 * that was lost is found, and opened again, before somebody waits for it. */
static void rules_look(struct worker *worker) {
    struct batch *batch = worker->batch;
    struct rules_version rules = {0};
    batch->tenants = committer_tenants(worker->committer);
    enum store_result result = row_read(batch, RULES_VERSION_BY_ID, 1, &rules);
    if (result == STORE_OK && rules.entry != batch->tenants->version)
        result = worker_renew(worker);
    if (result == STORE_GONE)
        worker_close(worker);
    committer_tenants_release(worker->committer, batch->tenants);
    batch->tenants = NULL;
}

/* Under the lock. */
static void work_await(struct worker *worker) {
    struct committer *committer = worker->committer;
    bool looks = worker == committer->workers && committer->settings.engine->writers > 1;
    committer->idle++;
    if (looks) {
        int64_t until = clock_steady() + LOOK_MS;
        while (!committer->first && !committer->stopping && clock_steady() < until)
            wait_until(committer, until);
    } else {
        while (!committer->first && !committer->stopping)
            pthread_cond_wait(&committer->changed, &committer->lock);
    }
    committer->idle--;
    if (looks && !committer->first && !committer->stopping) {
        char why[256];
        pthread_mutex_unlock(&committer->lock);
        if (worker->batch->store)
            rules_look(worker);
        else if (clock_steady() >= worker->open_at)
            worker_open(worker, why);
        pthread_mutex_lock(&committer->lock);
    }
}

/* --- the round --- */

/* Takes what waits, at most BATCH_JOBS, and of many only its share when others are idle; 0 when it
 * is time to end. */
static size_t jobs_take(struct worker *worker, struct job **jobs) {
    struct committer *committer = worker->committer;
    size_t count = 0;
    pthread_mutex_lock(&committer->lock);
    while (!(committer->first && worker->batch->store) &&
           (committer->first || !committer->stopping)) {
        if (!committer->first)
            work_await(worker);
        else if (committer->stopping && committer->connected)
            break; /* the others finish it */
        else
            connection_seek(worker);
    }
    size_t share = committer->waiting;
    if (share > SHARE_LEAST)
        share = (share + committer->idle) / (committer->idle + 1);
    for (; worker->batch->store && committer->first && count < BATCH_JOBS && count < share;
         count++) {
        jobs[count] = committer->first;
        committer->first = jobs[count]->next;
        committer->waiting--;
    }
    if (!committer->first)
        committer->last = &committer->first;
    committer->running += count;
    if (!count) /* it ends: who still has something to do must not count on it */
        connected_put(worker, false);
    pthread_mutex_unlock(&committer->lock);
    return count;
}

/* What waits goes to the front, in its order; of a lost connection only what has time left. Gives
 * how many were returned: they stand first in `later`. */
static size_t jobs_return(struct worker *worker, struct job **later, size_t count) {
    struct committer *committer = worker->committer;
    size_t kept = 0;
    int64_t now = clock_steady();
    pthread_mutex_lock(&committer->lock);
    for (size_t i = 0; i < count; i++)
        if (!worker->lost || !spent(committer, later[i], now))
            later[kept++] = later[i];
        else
            work_down(&later[i], 1);
    for (size_t i = kept; i > 0; i--) {
        later[i - 1]->next = committer->first;
        if (!committer->first)
            committer->last = &later[i - 1]->next;
        committer->first = later[i - 1];
        committer->waiting++;
    }
    if (kept && committer->idle)
        pthread_cond_broadcast(&committer->changed);
    pthread_mutex_unlock(&committer->lock);
    return kept;
}

static void round_run(struct worker *worker, struct job **jobs, size_t count) {
    struct job *later[BATCH_JOBS];
    struct committer *committer = worker->committer;
    struct batch *batch = worker->batch;
    worker->lost = false;
    batch->tenants = committer_tenants(committer);
    size_t deferred = work_run(worker, jobs, count, later);
    if (!worker->lost && batch->store)
        worker->pause = worker->open_at = 0;
    if (batch->renewed && batch->store)
        worker_renew(worker); /* the doors see it now; no batch decides before it could be read */
    if (batch->effects && committer->settings.effects)
        committer->settings.effects(committer->settings.owner);
    committer_tenants_release(committer, batch->tenants);
    batch->tenants = NULL;
    size_t kept = jobs_return(worker, later, deferred), k = 0;
    for (size_t i = 0; i < count; i++) /* those returned are not ours any more */
        if (k < kept && later[k] == jobs[i])
            k++;
        else
            jobs[i]->answered(jobs[i]);
    pthread_mutex_lock(&committer->lock);
    committer->running -= count;
    pthread_cond_broadcast(&committer->changed);
    pthread_mutex_unlock(&committer->lock);
}

void *worker_thread(void *owner) {
    struct worker *worker = owner;
    struct job *jobs[BATCH_JOBS];
    size_t count;
    while ((count = jobs_take(worker, jobs)) > 0)
        round_run(worker, jobs, count);
    return NULL;
}
