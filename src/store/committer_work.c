/* What a worker does with the jobs that it took: tries, splits, and settles a commit in doubt. */
#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "store/committer_worker.h"

enum {
    ASKED_MOST = 4,  /* over one connection, whether another one's session is over */
    STALE_MS = 1000, /* a batch is tried again as it is for no longer */
};

/* Is the entry there, as it was written? */
static enum store_result entry_find(const struct batch *batch, const struct chain_row *head,
                                    bool *there) {
    struct key key = {.id = journal_id(head->id, head->seq)};
    struct journal_entry entry = {0};
    struct want want = {.statement = JOURNAL_BY_ID, .in = &key, .rows = &entry, .room = 1};
    enum store_result result = batch->settings->engine->read(batch->store, &want, 1);
    *there = want.count == 1 && memcmp(entry.hash, head->hash, sizeof entry.hash) == 0;
    return result;
}

/* A new connection, after which the lost one can keep nothing more; false when it cannot be had in
 * time. */
static bool session_outlive(struct worker *worker, int chain, int64_t session) {
    struct batch *batch = worker->batch;
    const struct committer_settings *settings = batch->settings;
    int64_t deadline = clock_steady() + settings->patience;
    char why[256];
    for (int asked = 1;; asked++) {
        if (batch->store || worker_open(worker, why)) {
            if (settings->engine->over(batch->store, chain, session))
                return true;
            if (asked % ASKED_MOST == 0) /* it may be lost itself by now */
                worker_close(worker);
            worker->open_at = clock_steady() + PAUSE_MS_LEAST;
        }
        int64_t until = worker->open_at < deadline ? worker->open_at : deadline;
        if (clock_steady() >= deadline || !worker_pause(worker, until))
            return false;
    }
}

/* The commit was sent and not answered: it is there if and only if its last entry is. STORE_GONE:
 * it is not, and never will be. */
static enum store_result doubt_settle(struct worker *worker) {
    struct batch *batch = worker->batch;
    struct chain_row ours = batch->head;
    int64_t session = batch->session;
    bool written = batch->head.seq != batch->head_before.seq, there = false;
    worker_close(worker);
    if (!written || !session_outlive(worker, (int)ours.id, session))
        return STORE_IN_DOUBT;
    if (entry_find(batch, &ours, &there) != STORE_OK) {
        worker_close(worker);
        return STORE_IN_DOUBT;
    }
    return there ? STORE_OK : STORE_GONE;
}

static enum store_result settled(struct worker *worker, enum store_result result) {
    if (result == STORE_IN_DOUBT)
        result = doubt_settle(worker);
    else if (result == STORE_GONE)
        worker_close(worker);
    worker->lost |= result == STORE_GONE;
    return result;
}

/* A conflict is over at the next try; a lock that somebody else holds is not, and all others wait
 * behind it: then it is split soon, so that only those who need that row are told to ask again. */
static enum store_result batch_try(struct worker *worker) {
    struct batch *batch = worker->batch;
    enum store_result result = batch->store ? STORE_STALE : STORE_DOWN;
    int64_t until = clock_steady() + STALE_MS;
    int renewals = 0;
    for (int i = 0; i < BATCH_TRIES && result == STORE_STALE; i++) {
        if (i > 0 && clock_steady() >= until)
            break;
        batch->tries = (uint64_t)i;
        result = batch_run(batch);
        if (result == STORE_STALE && batch->outdated && ++renewals < BATCH_TRIES) {
            enum store_result renewed = worker_renew(worker);
            result = renewed == STORE_OK ? STORE_STALE : renewed;
            i--;
        }
        result = settled(worker, result);
    }
    return result;
}

void work_down(struct job **jobs, size_t count) {
    for (size_t i = 0; i < count; i++) {
        jobs[i]->refusal = REFUSED_BUSY;
        jobs[i]->result = 0;
        jobs[i]->secret[0] = '\0';
        jobs[i]->down = true;
    }
}

/* Halves, in order; each is a batch of its own. What waits in the first one makes the second one
 * wait as well: nobody is overtaken. */
static size_t halves_run(struct worker *worker, struct job **jobs, size_t count,
                         struct job **later) {
    size_t half = count / 2;
    size_t deferred = work_run(worker, jobs, half, later);
    bool renewed = worker->batch->renewed, effects = worker->batch->effects;
    if (deferred || !worker->batch->store) {
        memcpy(later + deferred, jobs + half, (count - half) * sizeof *jobs);
        return deferred + count - half;
    }
    deferred = work_run(worker, jobs + half, count - half, later);
    worker->batch->renewed |= renewed;
    worker->batch->effects |= effects;
    return deferred;
}

/* Fails alone. When not even that can be written down, this connection's view of its chain is not
 * to be trusted: another one reads it anew. */
static enum store_result fault_run(struct worker *worker, struct job *job,
                                   enum store_result result) {
    if (result == STORE_BROKEN)
        result = settled(worker, batch_fault(worker->batch, job));
    if (result == STORE_BROKEN || result == STORE_STALE) {
        worker_close(worker);
        worker->open_at = 0;
    }
    return result;
}

/* When it fails, whoever answers reads for himself. */
static void rows_show(struct batch *batch) {
    const struct engine *engine = batch->settings->engine;
    struct load load = {.arena = &batch->arena,
                        .secrets = batch->settings->secrets,
                        .wants = batch->wants,
                        .room = BATCH_WANTS};
    struct job *shown[BATCH_JOBS];
    size_t count = 0;
    if (engine->writers == 1 || !batch->store)
        return; /* a file is read as well by who answers */
    for (size_t i = 0; i < batch->count; i++) {
        struct job *job = batch->jobs[i].job;
        if (batch->jobs[i].deferred || job->refusal != ACCEPTED || !job->show)
            continue;
        load.actor = &job->actor;
        job->show(job, &load);
        shown[count++] = job;
    }
    if (!count || load.failed || engine->read(batch->store, load.wants, load.count) != STORE_OK)
        return;
    for (size_t i = 0; i < count; i++)
        shown[i]->shown = true;
}

size_t work_run(struct worker *worker, struct job **jobs, size_t count, struct job **later) {
    struct batch *batch = worker->batch;
    size_t deferred = 0;
    batch->count = count;
    for (size_t i = 0; i < count; i++)
        batch->jobs[i].job = jobs[i];
    enum store_result result = batch_try(worker);
    if (result == STORE_OK) {
        rows_show(batch);
        for (size_t i = 0; i < count; i++)
            if (batch->jobs[i].deferred)
                later[deferred++] = jobs[i];
        return deferred;
    }
    bool splits = result == STORE_BROKEN || result == STORE_STALE;
    if (splits && count > 1)
        return halves_run(worker, jobs, count, later);
    if (splits)
        result = fault_run(worker, jobs[0], result);
    batch->renewed = batch->effects = false;
    if (result == STORE_GONE) {
        memcpy(later, jobs, count * sizeof *jobs);
        return count;
    }
    if (result != STORE_OK)
        work_down(jobs, count);
    return 0;
}
