#include "effects/dispatcher.h"

#include <arpa/inet.h>
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
#include "effects/dispatch.h"

enum {
    WORKERS = 4,
    NETWORK_AT_ONCE = 2, /* a network that hangs must not hold up the messages: */
    NETWORK_SLOTS = 16,  /* it has a queue and slots of its own, behind the messages' */
    QUEUE_SLOTS = DISPATCH_BATCH + NETWORK_SLOTS,
    ASIDE_SLOTS = 192, /* for what was delivered and cannot be recorded: it holds up nobody */
    SLOTS = QUEUE_SLOTS + ASIDE_SLOTS,
    LONGEST_WAIT = 1000, /* milliseconds: nothing due is ever found later than that */
    /* A lease is believed for so long after it was asked, and no longer: a server that hung and
     * wakes must not deliver what another one took over meanwhile. Less than the engine takes to
     * give a silent server's lease away. */
    LEASE_TRUST = 10000,
};

/* UNREPORTED was delivered, but the store has not taken the report: it is reported again and not
 * delivered again. DONE is still held: the finder may have read the effect as due just before it
 * was reported. */
enum slot_state { SLOT_FREE, SLOT_QUEUED, SLOT_RUNNING, SLOT_UNREPORTED, SLOT_DONE };

struct slot {
    enum slot_state state;
    bool down;        /* unreported since the store is down, which is so for all others too */
    uint32_t reports; /* so often it could not be recorded */
    struct effect effect;
    struct dispatch_answer answer;
};

struct dispatcher {
    struct dispatcher_settings settings;
    struct dispatch finder, workers[WORKERS];
    pthread_t threads[WORKERS + 1];
    size_t started;
    int wake; /* eventfd of the finder */
    pthread_mutex_t lock;
    pthread_cond_t queued;
    struct slot slots[SLOTS];     /* under the lock */
    bool leased;                  /* the finder's own */
    _Atomic int64_t leased_until; /* clock_steady; the finder sets it */
    atomic_bool stopping;
};

/* --- settings --- */

static bool is_here(const char *host, size_t length) {
    char text[64];
    struct in_addr address;
    if (length == 0 || length >= sizeof text)
        return false;
    memcpy(text, host, length);
    text[length] = '\0';
    if (strcmp(text, "localhost") == 0 || strcmp(text, "::1") == 0 || strcmp(text, "[::1]") == 0)
        return true;
    return inet_pton(AF_INET, text, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

static bool url_is_here(const char *url) {
    const char *host = strstr(url, "://");
    if (!host)
        return false;
    host += 3;
    size_t length = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/?#@");
    if (length > strlen(host) || host[length] == '@') /* a user name in front of another host */
        return false;
    return is_here(host, length);
}

bool dispatcher_settings_check(const struct dispatcher_settings *s, char why[256]) {
    const char *wrong = NULL;
    bool hlr = s->network == NETWORK_OSMO_HLR;
    if (hlr && (!s->hlr.address || !s->hlr.port))
        wrong = "the network adapter osmo-hlr needs an address and a port";
    else if (!s->demo && (!s->sms || !s->mail))
        wrong = "an SMS gateway and a mail server must be set: only a demo does without";
    else if (s->demo && hlr && !is_here(s->hlr.address, strlen(s->hlr.address)))
        wrong = "this is a demo installation: its HLR must be on this machine";
    else if (s->demo && s->sms && !url_is_here(s->sms->url))
        wrong = "this is a demo installation: its SMS gateway must be on this machine";
    else if (s->demo && s->mail && !is_here(s->mail->host, strlen(s->mail->host)))
        wrong = "this is a demo installation: its mail server must be on this machine";
    snprintf(why, 256, "%s", wrong ? wrong : "");
    return !wrong;
}

/* --- workers --- */

static bool is_network(const struct slot *slot) {
    return slot->effect.kind == EFFECT_NETWORK_CUT;
}

/* The next slot to be worked on, or NULL. What is not reported yet comes first, and while the store
 * takes no reports nothing new is delivered. Under the lock. */
static struct slot *slot_take(struct dispatcher *d) {
    size_t network = 0;
    struct slot *broken = NULL;
    bool down = false;
    for (size_t i = 0; i < SLOTS; i++) {
        struct slot *slot = &d->slots[i];
        network += slot->state == SLOT_RUNNING && is_network(slot);
        if (slot->state == SLOT_UNREPORTED && slot->down)
            return slot;
        down |= slot->state == SLOT_RUNNING && slot->down;
        if (slot->state == SLOT_UNREPORTED && (!broken || slot->reports < broken->reports))
            broken = slot;
    }
    bool leased = clock_steady() < atomic_load(&d->leased_until);
    for (size_t i = 0; i < SLOTS && leased && !down; i++) {
        struct slot *slot = &d->slots[i];
        if (slot->state == SLOT_QUEUED && (!is_network(slot) || network < NETWORK_AT_ONCE))
            return slot;
    }
    return down ? NULL : broken; /* when nothing else is to be done */
}

/* What cannot be recorded leaves its place in the queue to others. Under the lock. */
static void slot_aside(struct dispatcher *d, struct slot *slot) {
    slot->reports++;
    for (size_t i = QUEUE_SLOTS; i < SLOTS && slot < d->slots + QUEUE_SLOTS; i++)
        if (d->slots[i].state == SLOT_FREE) {
            d->slots[i] = *slot;
            slot->state = SLOT_FREE;
            return;
        }
}

struct worker {
    struct dispatcher *dispatcher;
    size_t number;
};

/* Delivers unless it was, and reports. Outside the lock: a running slot's effect and answer are its
 * worker's own. */
static enum dispatch_recorded slot_run(const struct dispatch *dispatch, struct slot *slot,
                                       bool delivered) {
    if (delivered) { /* no faster than the finder looks */
        poll(NULL, 0, LONGEST_WAIT);
    } else if (!dispatch_deliver(dispatch, &slot->effect, &slot->answer)) {
        poll(NULL, 0, LONGEST_WAIT); /* nothing can be read: let the store breathe */
        return RECORDED_UNCHANGED;
    }
    return dispatch_record(dispatch, &slot->effect, &slot->answer);
}

static void *work(void *owner) {
    struct worker *worker = owner;
    struct dispatcher *d = worker->dispatcher;
    const struct dispatch *dispatch = &d->workers[worker->number];
    free(worker);
    pthread_mutex_lock(&d->lock);
    while (!d->stopping) {
        struct slot *slot = slot_take(d);
        if (!slot) {
            pthread_cond_wait(&d->queued, &d->lock);
            continue;
        }
        bool again = slot->state == SLOT_UNREPORTED;
        slot->state = SLOT_RUNNING;
        pthread_mutex_unlock(&d->lock);
        enum dispatch_recorded recorded = slot_run(dispatch, slot, again);
        pthread_mutex_lock(&d->lock);
        slot->down = recorded == RECORDED_DOWN;
        slot->state = recorded < RECORDED_BROKEN ? SLOT_DONE : SLOT_UNREPORTED;
        if (recorded == RECORDED_BROKEN)
            slot_aside(d, slot);
        pthread_cond_broadcast(&d->queued); /* what waited for this one may go on */
        if (recorded == RECORDED || recorded == RECORDED_BROKEN)
            dispatcher_wake(d);
    }
    pthread_mutex_unlock(&d->lock);
    return NULL;
}

/* --- the finder --- */

static bool slot_holds(const struct dispatcher *d, int64_t id) {
    for (size_t i = 0; i < SLOTS; i++)
        if (d->slots[i].state != SLOT_FREE && d->slots[i].effect.id == id)
            return true;
    return false;
}

/* Into the free ones of the slots from first to below end; how many rows, from the first on, are in
 * a slot now. */
static size_t slots_fill(struct dispatcher *d, const struct effect *rows, size_t count,
                         size_t first, size_t end) {
    size_t slot = first, i = 0;
    pthread_mutex_lock(&d->lock);
    for (; i < count; i++) {
        if (slot_holds(d, rows[i].id))
            continue;
        while (slot < end && d->slots[slot].state != SLOT_FREE)
            slot++;
        if (slot == end)
            break;
        d->slots[slot] = (struct slot){.state = SLOT_QUEUED, .effect = rows[i]};
    }
    pthread_cond_broadcast(&d->queued);
    pthread_mutex_unlock(&d->lock);
    return i;
}

/* Before the next read: what was reported is not due in it. */
static void slots_free(struct dispatcher *d) {
    pthread_mutex_lock(&d->lock);
    for (size_t i = 0; i < SLOTS; i++)
        if (d->slots[i].state == SLOT_DONE)
            d->slots[i].state = SLOT_FREE;
    pthread_mutex_unlock(&d->lock);
}

/* Another server delivers now: what was not begun is its. */
static void slots_drop(struct dispatcher *d) {
    pthread_mutex_lock(&d->lock);
    for (size_t i = 0; i < SLOTS; i++)
        if (d->slots[i].state == SLOT_QUEUED)
            d->slots[i].state = SLOT_FREE;
    pthread_mutex_unlock(&d->lock);
}

/* Is this the server that delivers? */
static bool lease_ask(struct dispatcher *d) {
    bool had = d->leased;
    int64_t until = clock_steady() + LEASE_TRUST;
    bool has = d->leased = d->settings.engine->lease(d->finder.reader);
    atomic_store(&d->leased_until, has ? until : 0);
    if (!has) {
        slots_drop(d);
        d->finder.closures = d->finder.messages = d->finder.network = (struct place){0};
    }
    if (has != had && d->settings.leased)
        d->settings.leased(d->settings.owner, has);
    return has;
}

/* Goes on in the queue from where the last look ended until the slots are full. The lease is asked
 * again in between: an engine that lost its connection while it read has read on by another one,
 * and without the lease. */
static void queue_fill(struct dispatcher *d, bool network, struct effect *rows) {
    size_t first = network ? DISPATCH_BATCH : 0, end = network ? QUEUE_SLOTS : DISPATCH_BATCH;
    for (size_t pages = 0; pages <= SLOTS / NETWORK_SLOTS; pages++) {
        size_t count = dispatch_due(&d->finder, network, rows, end - first);
        if (count && !lease_ask(d))
            return;
        size_t held = slots_fill(d, rows, count, first, end);
        if (count < end - first && held == count) {
            dispatch_pass(&d->finder, network, NULL);
            return;
        }
        if (held)
            dispatch_pass(&d->finder, network, &rows[held - 1]);
        if (held < count)
            return;
    }
}

/* One look at all that is due. */
static void find_due(struct dispatcher *d, struct effect *rows) {
    dispatch_closures(&d->finder);
    slots_free(d);
    queue_fill(d, false, rows);
    queue_fill(d, true, rows);
}

static void *find(void *owner) {
    struct dispatcher *d = owner;
    struct effect *rows = calloc(DISPATCH_BATCH, sizeof *rows);
    assert(rows);
    while (!d->stopping) {
        if (lease_ask(d))
            find_due(d, rows);
        struct pollfd wait = {.fd = d->wake, .events = POLLIN};
        uint64_t times;
        bool more = d->finder.closures.at != 0;
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
    pthread_cond_init(&d->queued, NULL);
    bool good = d->wake >= 0 && dispatch_open(&d->finder, &d->settings, why);
    for (size_t i = 0; good && i < WORKERS; i++)
        good = dispatch_open(&d->workers[i], &d->settings, why);
    if (good && threads_start(d))
        return d;
    if (!why[0])
        snprintf(why, 256, "the dispatcher's threads cannot start");
    dispatcher_stop(d);
    return NULL;
}

void dispatcher_stop(struct dispatcher *d) {
    if (!d)
        return;
    pthread_mutex_lock(&d->lock);
    d->stopping = true;
    pthread_cond_broadcast(&d->queued);
    pthread_mutex_unlock(&d->lock);
    dispatcher_wake(d);
    for (size_t i = 0; i < d->started; i++)
        pthread_join(d->threads[i], NULL);
    for (size_t i = 0; i < WORKERS; i++)
        if (d->workers[i].reader)
            d->settings.engine->close(d->workers[i].reader);
    if (d->finder.reader)
        d->settings.engine->close(d->finder.reader);
    if (d->wake >= 0)
        close(d->wake);
    pthread_cond_destroy(&d->queued);
    pthread_mutex_destroy(&d->lock);
    free(d);
}

size_t dispatcher_round(const struct dispatcher_settings *settings) {
    char why[256];
    struct dispatch dispatch = {0};
    struct effect *rows = calloc(2 * DISPATCH_BATCH, sizeof *rows);
    size_t changes = 0;
    if (!rows || !dispatch_open(&dispatch, settings, why)) {
        free(rows);
        return 0;
    }
    changes += dispatch_closures(&dispatch);
    size_t count = dispatch_due(&dispatch, false, rows, DISPATCH_BATCH);
    count += dispatch_due(&dispatch, true, rows + count, DISPATCH_BATCH);
    for (size_t i = 0; i < count; i++) {
        struct dispatch_answer answer;
        if (dispatch_deliver(&dispatch, &rows[i], &answer))
            changes += dispatch_record(&dispatch, &rows[i], &answer) == RECORDED;
    }
    settings->engine->close(dispatch.reader);
    free(rows);
    return changes;
}
