#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "web/exchange.h"

bool readers_open(struct readers *readers, const struct site *site, char why[SERVER_WHY]) {
    pthread_condattr_t steady;
    pthread_mutex_init(&readers->lock, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&readers->freed, &steady);
    pthread_condattr_destroy(&steady);
    readers->limit = site->settings.readers;
    readers->idle = calloc(readers->limit, sizeof *readers->idle);
    if (!readers->idle || !site->engine) {
        return readers->idle != NULL;
    }
    /* One at once: a database that cannot be read is said at start, not to the first visitor. */
    struct store *store = site->engine->open(site->where, site->secrets, true, why);
    if (!store) {
        return false;
    }
    readers->opened = 1;
    readers->idle[readers->idle_count++] = store;
    return true;
}

struct store *readers_take(struct readers *readers, const struct site *site) {
    struct store *store = NULL;
    char why[SERVER_WHY];
    if (!site->engine) {
        return NULL;
    }
    struct timespec until = steady_after(site->settings.reader_within);
    pthread_mutex_lock(&readers->lock);
    while (readers->idle_count == 0 && readers->opened == readers->limit) {
        if (pthread_cond_timedwait(&readers->freed, &readers->lock, &until) == ETIMEDOUT) {
            pthread_mutex_unlock(&readers->lock);
            return NULL;
        }
    }
    if (readers->idle_count > 0) {
        store = readers->idle[--readers->idle_count];
        pthread_mutex_unlock(&readers->lock);
        return store;
    }
    readers->opened++;
    pthread_mutex_unlock(&readers->lock);
    store = site->engine->open(site->where, site->secrets, true, why);
    if (!store) {
        pthread_mutex_lock(&readers->lock);
        readers->opened--;
        pthread_cond_signal(&readers->freed);
        pthread_mutex_unlock(&readers->lock);
    }
    return store;
}

void readers_give(struct readers *readers, struct store *store) {
    if (!store) {
        return;
    }
    pthread_mutex_lock(&readers->lock);
    readers->idle[readers->idle_count++] = store;
    pthread_cond_signal(&readers->freed);
    pthread_mutex_unlock(&readers->lock);
}

void readers_close(struct readers *readers, const struct site *site) {
    while (readers->idle && readers->idle_count > 0) {
        site->engine->close(readers->idle[--readers->idle_count]);
    }
    free(readers->idle);
    pthread_cond_destroy(&readers->freed);
    pthread_mutex_destroy(&readers->lock);
}
