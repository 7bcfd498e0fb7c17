#include "effects/dispatch.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"

enum { SETBACK_DOUBLINGS = 9, SETBACK_LONGEST = SECOND << SETBACK_DOUBLINGS };

/* Where the cases of a kind stand that have a timer, and who takes their steps. */
struct timer {
    enum statement_id due;
    const char *verb;
};

static const struct timer timers[TIMERS] = {
    [TIMER_CLOSURES] = {CLOSURES_DUE, "closure.advance"},
    [TIMER_SUSPENSIONS] = {SUSPENSIONS_DUE, "suspension.advance"},
    [TIMER_REFUNDS] = {REFUNDS_DUE, "refund.advance"},
};

/* The inputs of the verbs begin with the case and its line. */
union step {
    struct closure_advance closure;
    struct suspension_advance suspension;
    struct refund_advance refund;
};

/* Further ahead than it can have been set: the clock stepped back. */
static bool is_set_back(const struct dispatch *d, int64_t id, int64_t now) {
    for (size_t i = 0; i < DISPATCH_SETBACKS; i++)
        if (d->setbacks[i].id == id)
            return d->setbacks[i].until > now && d->setbacks[i].until - now <= SETBACK_LONGEST;
    return false;
}

/* When there is no room, what would be tried again first is forgotten. */
static void setback_note(struct dispatch *d, int64_t id, bool failed, int64_t now) {
    struct setback *at = &d->setbacks[0];
    for (size_t i = 1; i < DISPATCH_SETBACKS && at->id != id; i++)
        if (d->setbacks[i].id == id || d->setbacks[i].until < at->until)
            at = &d->setbacks[i];
    if (!failed && at->id == id)
        *at = (struct setback){0};
    if (!failed)
        return;
    if (at->id != id)
        *at = (struct setback){.id = id};
    at->until = now + (SECOND << at->times);
    at->times += at->times < SETBACK_DOUBLINGS;
}

/* Answers of several commands that were handed over together. */
struct latch {
    pthread_mutex_t lock;
    pthread_cond_t open;
    size_t left;
};

static void answered(struct job *job) {
    struct latch *latch = job->owner;
    pthread_mutex_lock(&latch->lock);
    latch->left--;
    pthread_cond_signal(&latch->open);
    pthread_mutex_unlock(&latch->lock);
}

static void step_fill(union step *input, enum dispatch_timer timer, const struct due *row) {
    if (timer == TIMER_CLOSURES)
        input->closure = (struct closure_advance){row->id, row->line};
    else if (timer == TIMER_SUSPENSIONS)
        input->suspension = (struct suspension_advance){row->id, row->line};
    else
        input->refund = (struct refund_advance){row->id, row->line};
}

/* Hands all over so that the committer takes them in one batch; how many were accepted. *down: some
 * could not be taken. */
static size_t advance(struct dispatch *d, enum dispatch_timer timer, const struct due *rows,
                      size_t count, struct job *jobs, union step *inputs, bool *down) {
    struct latch latch = {.lock = PTHREAD_MUTEX_INITIALIZER, .open = PTHREAD_COND_INITIALIZER};
    size_t taken = 0, accepted = 0;
    for (; taken < count; taken++) {
        step_fill(&inputs[taken], timer, &rows[taken]);
        jobs[taken] =
            dispatch_job_of(d->settings, timers[timer].verb, rows[taken].operator, & inputs[taken]);
        jobs[taken].answered = answered;
        jobs[taken].owner = &latch;
        pthread_mutex_lock(&latch.lock);
        latch.left++;
        pthread_mutex_unlock(&latch.lock);
        if (!committer_submit(d->settings->committer, &jobs[taken])) {
            pthread_mutex_lock(&latch.lock);
            latch.left--;
            pthread_mutex_unlock(&latch.lock);
            break;
        }
    }
    pthread_mutex_lock(&latch.lock);
    while (latch.left)
        pthread_cond_wait(&latch.open, &latch.lock);
    pthread_mutex_unlock(&latch.lock);
    *down = taken < count;
    for (size_t i = 0; i < taken; i++) {
        bool good = jobs[i].refusal == ACCEPTED;
        accepted += !jobs[i].down && good;
        *down |= jobs[i].down;
        if (!jobs[i].down)
            setback_note(d, rows[i].id, !good, d->settings->now());
    }
    return accepted;
}

size_t dispatch_cases(struct dispatch *d, enum dispatch_timer timer) {
    struct place *place = &d->cases[timer];
    struct key key = {
        .at = d->settings->now(), .other = place->at, .id = place->id, .limit = DISPATCH_BATCH};
    struct due *rows = calloc(DISPATCH_BATCH, sizeof *rows);
    struct job *jobs = calloc(DISPATCH_BATCH, sizeof *jobs);
    union step *inputs = calloc(DISPATCH_BATCH, sizeof *inputs);
    struct want want = {
        .statement = timers[timer].due, .in = &key, .rows = rows, .room = DISPATCH_BATCH};
    struct place next = {0};
    size_t accepted = 0;
    if (rows && jobs && inputs && d->settings->engine->read(d->reader, &want, 1) == STORE_OK) {
        size_t count = 0;
        bool down;
        if (want.count == DISPATCH_BATCH)
            next = (struct place){rows[want.count - 1].next_at, rows[want.count - 1].id};
        for (size_t i = 0; i < want.count; i++)
            if (!is_set_back(d, rows[i].id, key.at))
                rows[count++] = rows[i];
        accepted = advance(d, timer, rows, count, jobs, inputs, &down);
        if (down)
            next = (struct place){0};
    }
    *place = next;
    free(rows);
    free(jobs);
    free(inputs);
    return accepted;
}
