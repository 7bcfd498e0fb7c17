#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "web/exchange.h"

enum { MEND_PAUSE = SECOND / 2 };

static struct store *store_open(const struct readers *readers, char why[SERVER_WHY]) {
    const struct site *site = readers->site;
    return site->engine->open(site->where, site->secrets, true, why);
}

/* Under the lock: an idle one, or room for a new one that the caller opens; false: all are taken.
 */
static bool store_take(struct readers *readers, struct store **store) {
    *store = NULL;
    if (readers->idle_count > 0) {
        *store = readers->idle[--readers->idle_count];
    } else if (readers->opened < readers->limit) {
        readers->opened++;
    } else {
        return false;
    }
    return true;
}

/* Under the lock: back to the idle ones, or its room when it could not be opened. */
static void store_give(struct readers *readers, struct store *store) {
    if (store) {
        readers->idle[readers->idle_count++] = store;
    } else {
        readers->opened--;
    }
    pthread_cond_signal(&readers->freed);
}

/* Under the lock: those whose time is over by then go on, each on its HTTP thread. */
static void held_resume(struct readers *readers, int64_t now) {
    struct exchange **at = &readers->held;
    while (*at) {
        struct exchange *exchange = *at;
        if (exchange->held_until > now) {
            at = &exchange->next;
            continue;
        }
        *at = exchange->next;
        exchange->state = EXCHANGE_READY;
        MHD_resume_connection(exchange->connection);
    }
}

bool readers_hold(struct readers *readers, struct exchange *exchange) {
    int64_t patience = readers->site ? readers->site->settings.patience : 0;
    if (patience <= 0 || exchange->held) {
        return false;
    }
    pthread_mutex_lock(&readers->lock);
    bool hold = readers->broken && !readers->ending;
    if (hold) {
        exchange->held = true;
        exchange->held_until = clock_steady() + patience;
        exchange->state = EXCHANGE_HELD;
        MHD_suspend_connection(exchange->connection);
        exchange->next = readers->held;
        readers->held = exchange;
    }
    pthread_mutex_unlock(&readers->lock);
    return hold;
}

void readers_release(struct readers *readers, bool all) {
    if (!readers->site) {
        return; /* it was never opened */
    }
    pthread_mutex_lock(&readers->lock);
    readers->ending |= all;
    held_resume(readers, all ? INT64_MAX : clock_steady());
    pthread_mutex_unlock(&readers->lock);
}

/* Tries whether the database can be read again, on a thread of its own: those that serve must not
 * wait for one that does not answer. */
static void *readers_mend(void *context) {
    struct readers *readers = context;
    struct store *store;
    char why[SERVER_WHY];
    pthread_mutex_lock(&readers->lock);
    while (!readers->ending) {
        if (!readers->broken) {
            pthread_cond_wait(&readers->mend, &readers->lock);
            continue;
        }
        if (store_take(readers, &store)) {
            struct installation row;
            pthread_mutex_unlock(&readers->lock);
            store = store ? store : store_open(readers, why);
            bool good = store && installation_read(readers->site->engine, store, &row);
            pthread_mutex_lock(&readers->lock);
            store_give(readers, store);
            readers->broken = !good;
            held_resume(readers, good ? INT64_MAX : clock_steady());
        }
        struct timespec until = steady_after(MEND_PAUSE);
        if (readers->broken && !readers->ending) {
            pthread_cond_timedwait(&readers->mend, &readers->lock, &until);
        }
    }
    pthread_mutex_unlock(&readers->lock);
    return NULL;
}

bool readers_open(struct readers *readers, const struct site *site, char why[SERVER_WHY]) {
    pthread_condattr_t steady;
    pthread_mutex_init(&readers->lock, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&readers->freed, &steady);
    pthread_cond_init(&readers->mend, &steady);
    pthread_condattr_destroy(&steady);
    readers->site = site;
    readers->limit = site->settings.readers;
    readers->idle = calloc(readers->limit, sizeof *readers->idle);
    if (!readers->idle || !site->engine) {
        return readers->idle != NULL;
    }
    /* One at once: a database that cannot be read is said at start, not to the first visitor. */
    struct store *store = store_open(readers, why);
    if (!store) {
        return false;
    }
    readers->opened = 1;
    readers->idle[readers->idle_count++] = store;
    readers->mending = pthread_create(&readers->mender, NULL, readers_mend, readers) == 0;
    return readers->mending;
}

struct store *readers_take(struct readers *readers) {
    struct store *store = NULL;
    char why[SERVER_WHY];
    if (!readers->site->engine) {
        return NULL;
    }
    struct timespec until = steady_after(readers->site->settings.reader_within);
    pthread_mutex_lock(&readers->lock);
    while (!readers->broken && !store_take(readers, &store)) {
        if (pthread_cond_timedwait(&readers->freed, &readers->lock, &until) == ETIMEDOUT) {
            pthread_mutex_unlock(&readers->lock);
            return NULL;
        }
    }
    bool broken = readers->broken;
    pthread_mutex_unlock(&readers->lock);
    if (broken || store) {
        return store;
    }
    store = store_open(readers, why);
    if (!store) {
        readers_give(readers, NULL, true);
    }
    return store;
}

void readers_give(struct readers *readers, struct store *store, bool failed) {
    pthread_mutex_lock(&readers->lock);
    store_give(readers, store);
    if (failed) {
        readers->broken = true;
        pthread_cond_signal(&readers->mend);
        pthread_cond_broadcast(&readers->freed);
    }
    pthread_mutex_unlock(&readers->lock);
}

void readers_close(struct readers *readers) {
    if (!readers->site) {
        return; /* it was never opened */
    }
    pthread_mutex_lock(&readers->lock);
    readers->ending = true;
    pthread_cond_signal(&readers->mend);
    pthread_mutex_unlock(&readers->lock);
    if (readers->mending) {
        pthread_join(readers->mender, NULL);
    }
    while (readers->idle && readers->idle_count > 0) {
        readers->site->engine->close(readers->idle[--readers->idle_count]);
    }
    free(readers->idle);
    pthread_cond_destroy(&readers->freed);
    pthread_cond_destroy(&readers->mend);
    pthread_mutex_destroy(&readers->lock);
}
