#include "effects/dispatcher.h"

#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "effects/slots.h"

enum {
    WORKERS = NETWORK_AT_ONCE + PAYMENTS_AT_ONCE + 2, /* these, whatever hangs, for messages */
    LONGEST_WAIT = 1000, /* milliseconds: nothing due is ever found later than that */
    /* A lease is believed for so long after it was asked, and no longer: a server that hung and
     * wakes must not deliver what another one took over meanwhile. Less than the engine takes to
     * give a silent server's lease away. */
    LEASE_TRUST = 10000,
};

struct dispatcher {
    struct dispatcher_settings settings;
    struct dispatch finder, workers[WORKERS];
    pthread_t threads[WORKERS + 1];
    size_t started;
    int wake; /* eventfd of the finder */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* there may be something to take, or no report is given any more */
    struct slots slots;     /* under the lock */
    bool more[LANES];       /* so are these: the last look may not have seen all that is due */
    bool leased;            /* the finder's own */
    _Atomic int64_t leased_until; /* clock_steady; the finder sets it */
    atomic_bool stopping;
};

/* --- settings --- */

bool dispatcher_settings_check(const struct dispatcher_settings *s, char why[256]) {
    const char *wrong = NULL;
    bool hlr = s->network == NETWORK_OSMO_HLR;
    if (hlr && (!s->hlr.address || !s->hlr.port))
        wrong = "the network adapter osmo-hlr needs an address and a port";
    else if (!s->demo && (!s->sms || !s->mail))
        wrong = "an SMS gateway and a mail server must be set: only a demo does without";
    else if (s->demo && hlr && !delivery_host_here(s->hlr.address))
        wrong = "this is a demo installation: its HLR must be on this machine";
    else if (s->demo && s->sms && !http_url_here(s->sms->url))
        wrong = "this is a demo installation: its SMS gateway must be on this machine";
    else if (s->demo && s->mail && !delivery_host_here(s->mail->host))
        wrong = "this is a demo installation: its mail server must be on this machine";
    else if (s->payment && !http_url_safe(s->payment->url))
        wrong = "the payment provider must be reached by https, or be on this machine";
    else if (s->demo && s->payment && !http_url_here(s->payment->url))
        wrong = "this is a demo installation: its payment provider must be on this machine";
    snprintf(why, 256, "%s", wrong ? wrong : "");
    return !wrong;
}

/* --- reports --- */

static void slot_answered(struct job *job);

/* Hands the report to the committer, whose thread answers it: nobody waits, so that many reports
 * share a commit. */
static void slot_report(struct dispatcher *d, struct slot *slot) {
    slot->job = dispatch_job(&d->settings, &slot->effect, &slot->answer);
    slot->job.answered = slot_answered;
    slot->job.owner = slot;
    if (committer_submit(d->settings.committer, &slot->job))
        return;
    pthread_mutex_lock(&d->lock);
    slot_settle(&d->slots, slot, RECORDED_DOWN);
    pthread_cond_broadcast(&d->changed);
    pthread_mutex_unlock(&d->lock);
}

static bool finder_wanted(const struct dispatcher *d) {
    for (enum lane lane = 0; lane < LANE_ASIDE; lane++)
        if (d->more[lane] && slots_worth(&d->slots, lane))
            return true;
    return false;
}

/* On a thread of the committer's. It wakes under the lock: once that is free, a dispatcher that
 * stops may be gone. */
static void slot_answered(struct job *job) {
    struct slot *slot = job->owner;
    struct dispatcher *d = slot->dispatcher;
    enum dispatch_recorded recorded = dispatch_judge(&slot->effect, &slot->answer, job);
    if (recorded == RECORDED_NEXT) {
        slot_report(d, slot);
        return;
    }
    pthread_mutex_lock(&d->lock);
    bool was_down = d->slots.down > 0;
    slot_settle(&d->slots, slot, recorded);
    if (d->stopping || was_down) /* who waited for this one may go on */
        pthread_cond_broadcast(&d->changed);
    if (finder_wanted(d))
        dispatcher_wake(d);
    pthread_mutex_unlock(&d->lock);
}

/* What the store did not take is given again, no faster than the finder looks. */
static void reports_again(struct dispatcher *d) {
    int64_t now = clock_steady();
    for (size_t i = 0; i < SLOTS; i++) {
        pthread_mutex_lock(&d->lock);
        struct slot *slot = slots_again(&d->slots, now);
        if (slot)
            slot_give(&d->slots, slot);
        pthread_mutex_unlock(&d->lock);
        if (!slot)
            return;
        slot_report(d, slot);
    }
}

/* --- workers --- */

struct worker {
    struct dispatcher *dispatcher;
    size_t number;
};

/* A running slot's effect and answer are its worker's own. */
static void slot_run(struct dispatcher *d, const struct dispatch *dispatch, struct slot *slot) {
    bool delivered = dispatch_deliver(dispatch, &slot->effect, &slot->answer);
    if (!delivered)
        poll(NULL, 0, LONGEST_WAIT); /* nothing can be read: let the store breathe */
    pthread_mutex_lock(&d->lock);
    if (delivered)
        slot_give(&d->slots, slot);
    else
        slot_settle(&d->slots, slot, RECORDED_UNCHANGED);
    pthread_mutex_unlock(&d->lock);
    if (delivered)
        slot_report(d, slot);
}

static void *work(void *owner) {
    struct worker *worker = owner;
    struct dispatcher *d = worker->dispatcher;
    const struct dispatch *dispatch = &d->workers[worker->number];
    free(worker);
    pthread_mutex_lock(&d->lock);
    while (!d->stopping) {
        bool leased = clock_steady() < atomic_load(&d->leased_until);
        struct slot *slot = leased ? slots_take(&d->slots) : NULL;
        if (!slot) {
            pthread_cond_wait(&d->changed, &d->lock);
            continue;
        }
        pthread_mutex_unlock(&d->lock);
        slot_run(d, dispatch, slot);
        pthread_mutex_lock(&d->lock);
    }
    pthread_mutex_unlock(&d->lock);
    return NULL;
}

/* --- the finder --- */

/* Is this the server that delivers? */
static bool lease_ask(struct dispatcher *d) {
    bool had = d->leased;
    int64_t until = clock_steady() + LEASE_TRUST;
    bool has = d->leased = d->settings.engine->lease(d->finder.reader);
    atomic_store(&d->leased_until, has ? until : 0);
    if (!has) { /* what was not begun is another server's */
        pthread_mutex_lock(&d->lock);
        slots_drop(&d->slots);
        pthread_mutex_unlock(&d->lock);
        memset(d->finder.cases, 0, sizeof d->finder.cases);
        memset(d->finder.lanes, 0, sizeof d->finder.lanes);
    }
    if (has != had && d->settings.leased)
        d->settings.leased(d->settings.owner, has);
    return has;
}

/* Goes on in the queue from where the last look ended until the lane is full. The lease is asked
 * again in between: an engine that lost its connection while it read has read on by another one,
 * and without the lease. */
static void lane_fill(struct dispatcher *d, enum lane lane, struct effect *rows) {
    for (size_t pages = 0; pages <= SLOTS / (NETWORK_SLOTS / 4); pages++) {
        pthread_mutex_lock(&d->lock);
        size_t wanted = slots_wanted(&d->slots, lane);
        pthread_mutex_unlock(&d->lock);
        size_t count = wanted ? dispatch_due(&d->finder, lane, rows, wanted) : 0;
        if (!wanted || (count && !lease_ask(d)))
            return;
        pthread_mutex_lock(&d->lock);
        size_t held = slots_fill(&d->slots, lane, rows, count);
        bool more = d->more[lane] = count == wanted || held < count;
        pthread_cond_broadcast(&d->changed);
        pthread_mutex_unlock(&d->lock);
        if (!more || held)
            dispatch_pass(&d->finder, lane, more ? &rows[held - 1] : NULL);
        if (!more || held < count)
            return;
    }
}

/* One look at all that is due. */
static void find_due(struct dispatcher *d, struct effect *rows) {
    for (enum dispatch_timer timer = 0; timer < TIMERS; timer++)
        dispatch_cases(&d->finder, timer);
    pthread_mutex_lock(&d->lock);
    slots_free(&d->slots); /* what was reported is not due in the next read */
    pthread_cond_broadcast(&d->changed);
    pthread_mutex_unlock(&d->lock);
    lane_fill(d, LANE_NETWORK, rows);
    lane_fill(d, LANE_PAYMENTS, rows);
    lane_fill(d, LANE_MESSAGES, rows);
}

static void *find(void *owner) {
    struct dispatcher *d = owner;
    struct effect *rows = calloc(MESSAGE_SLOTS, sizeof *rows);
    assert(rows);
    while (!d->stopping) {
        reports_again(d);
        if (lease_ask(d))
            find_due(d, rows);
        struct pollfd wait = {.fd = d->wake, .events = POLLIN};
        uint64_t times;
        bool more = false;
        for (enum dispatch_timer timer = 0; timer < TIMERS; timer++)
            more |= d->finder.cases[timer].at != 0;
        if (poll(&wait, 1, more ? 0 : LONGEST_WAIT) > 0 && read(d->wake, &times, sizeof times) < 0)
            continue;
    }
    free(rows);
    return NULL;
}

/* --- life --- */

void dispatcher_wake(void *dispatcher) {
    struct dispatcher *d = dispatcher;
    uint64_t one = 1;
    if (d && write(d->wake, &one, sizeof one) < 0)
        return; /* it is awake as often as a counter can say */
}

static bool dispatch_open(struct dispatch *dispatch, const struct dispatcher_settings *settings,
                          char why[256]) {
    dispatch->settings = settings;
    dispatch->reader = settings->engine->open(settings->where, settings->secrets, true, why);
    return dispatch->reader != NULL;
}

static void dispatch_close(struct dispatch *dispatch) {
    if (dispatch->reader)
        dispatch->settings->engine->close(dispatch->reader);
    http_link_close(dispatch->http);
}

static bool threads_start(struct dispatcher *d) {
    for (size_t i = 0; i < WORKERS; i++) {
        struct worker *worker = malloc(sizeof *worker);
        if (!worker)
            return false;
        *worker = (struct worker){d, i};
        if (pthread_create(&d->threads[d->started], NULL, work, worker)) {
            free(worker);
            return false;
        }
        d->started++;
    }
    if (pthread_create(&d->threads[d->started], NULL, find, d))
        return false;
    d->started++;
    return true;
}

struct dispatcher *dispatcher_start(const struct dispatcher_settings *settings, char why[256]) {
    if (!dispatcher_settings_check(settings, why))
        return NULL;
    struct dispatcher *d = calloc(1, sizeof *d);
    if (!d) {
        snprintf(why, 256, "no memory");
        return NULL;
    }
    d->settings = *settings;
    d->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->changed, NULL);
    slots_open(&d->slots, d);
    bool good = d->wake >= 0 && dispatch_open(&d->finder, &d->settings, why);
    for (size_t i = 0; good && i < WORKERS; i++) {
        good = dispatch_open(&d->workers[i], &d->settings, why);
        d->workers[i].http = http_link_open();
    }
    if (good && threads_start(d))
        return d;
    if (!why[0])
        snprintf(why, 256, "the dispatcher's threads cannot start");
    dispatcher_stop(d);
    return NULL;
}

/* The reports that the committer has are in the slots. */
static void reports_await(struct dispatcher *d) {
    pthread_mutex_lock(&d->lock);
    while (slots_given(&d->slots) > 0)
        pthread_cond_wait(&d->changed, &d->lock);
    pthread_mutex_unlock(&d->lock);
}

void dispatcher_stop(struct dispatcher *d) {
    if (!d)
        return;
    pthread_mutex_lock(&d->lock);
    d->stopping = true;
    pthread_cond_broadcast(&d->changed);
    pthread_mutex_unlock(&d->lock);
    dispatcher_wake(d);
    for (size_t i = 0; i < d->started; i++)
        pthread_join(d->threads[i], NULL);
    reports_await(d);
    for (size_t i = 0; i < WORKERS; i++)
        dispatch_close(&d->workers[i]);
    dispatch_close(&d->finder);
    if (d->wake >= 0)
        close(d->wake);
    pthread_cond_destroy(&d->changed);
    pthread_mutex_destroy(&d->lock);
    free(d);
}

size_t dispatcher_round(const struct dispatcher_settings *settings) {
    char why[256];
    struct dispatch dispatch = {0};
    struct effect *rows = calloc(LANE_ASIDE * DISPATCH_BATCH, sizeof *rows);
    size_t changes = 0;
    if (!rows || !dispatch_open(&dispatch, settings, why)) {
        free(rows);
        return 0;
    }
    for (enum dispatch_timer timer = 0; timer < TIMERS; timer++)
        changes += dispatch_cases(&dispatch, timer);
    size_t count = 0;
    for (enum lane lane = 0; lane < LANE_ASIDE; lane++)
        count += dispatch_due(&dispatch, lane, rows + count, DISPATCH_BATCH);
    for (size_t i = 0; i < count; i++) {
        struct dispatch_answer answer;
        if (dispatch_deliver(&dispatch, &rows[i], &answer))
            changes += dispatch_record(&dispatch, &rows[i], &answer) == RECORDED;
    }
    dispatch_close(&dispatch);
    free(rows);
    return changes;
}
