#include <stdlib.h>
#include <string.h>

#include "web/exchange.h"

void request_submit(struct request *request, const struct verb *verb, void *input, const char *key,
                    void (*then)(struct request *request, const struct job *job)) {
    struct exchange *exchange = exchange_of(request);
    struct job *job = arena_take(&request->arena, sizeof *job);
    exchange->then = then;
    exchange->job = job;
    if (!job || exchange->submitted) {
        return; /* the arena's failure (or the handler's) is answered by the server */
    }
    exchange->submitted = true;
    job->verb = verb;
    job->actor = request->actor;
    job->input = input;
    job->owner = exchange;
    if (strlen(key) >= sizeof job->key) {
        job->refusal = REFUSED_INPUT;
        return;
    }
    memcpy(job->key, key, strlen(key) + 1);
}

/* On the committer's or a preparer's thread: from here on the exchange is the HTTP thread's. */
static void answered(struct job *job) {
    struct exchange *exchange = job->owner;
    exchange->state = EXCHANGE_ANSWERED;
    MHD_resume_connection(exchange->connection);
}

static void refuse(struct exchange *exchange, enum refusal refusal) {
    exchange->job->refusal = refusal;
    answered(exchange->job);
}

static void commit(struct exchange *exchange) {
    if (!committer_submit(exchange->server->site.committer, exchange->job)) {
        refuse(exchange, REFUSED_BUSY);
    }
}

void exchange_submit(struct exchange *exchange) {
    struct server *server = exchange->server;
    struct job *job = exchange->job;
    if (job->refusal != ACCEPTED) {
        answered(job);
        return;
    }
    job_fill(job, server->site.secrets);
    job->answered = answered;
    if (!job->verb->prepare) {
        commit(exchange);
        return;
    }
    struct preparers *preparers = &server->preparers;
    pthread_mutex_lock(&preparers->lock);
    bool room = preparers->waiting < preparers->limit;
    if (room) {
        exchange->next = NULL;
        *preparers->last = exchange;
        preparers->last = &exchange->next;
        preparers->waiting++;
        pthread_cond_signal(&preparers->wake);
    }
    pthread_mutex_unlock(&preparers->lock);
    if (!room) {
        refuse(exchange, REFUSED_BUSY);
    }
}

static struct exchange *preparers_next(struct preparers *preparers) {
    pthread_mutex_lock(&preparers->lock);
    while (!preparers->first && !preparers->stopping) {
        pthread_cond_wait(&preparers->wake, &preparers->lock);
    }
    struct exchange *exchange = preparers->first;
    if (exchange) {
        preparers->first = exchange->next;
        if (!preparers->first) {
            preparers->last = &preparers->first;
        }
        preparers->waiting--;
    }
    pthread_mutex_unlock(&preparers->lock);
    return exchange;
}

static void prepare(struct exchange *exchange) {
    struct server *server = exchange->server;
    struct job *job = exchange->job;
    struct store *reader = readers_take(&server->readers, &server->site);
    if (!reader && server->site.engine) {
        refuse(exchange, REFUSED_BUSY);
        return;
    }
    enum refusal refusal = job->verb->prepare(job->input, &job->actor, reader, server->site.engine,
                                              server->site.secrets);
    readers_give(&server->readers, reader);
    if (refusal != ACCEPTED) {
        refuse(exchange, refusal);
        return;
    }
    commit(exchange);
}

static void *preparer_run(void *context) {
    struct preparers *preparers = context;
    struct exchange *exchange;
    while ((exchange = preparers_next(preparers))) {
        prepare(exchange);
    }
    return NULL;
}

bool preparers_start(struct preparers *preparers, unsigned count, unsigned limit) {
    pthread_mutex_init(&preparers->lock, NULL);
    pthread_cond_init(&preparers->wake, NULL);
    preparers->last = &preparers->first;
    preparers->limit = limit;
    preparers->threads = calloc(count, sizeof *preparers->threads);
    while (preparers->threads && preparers->count < count) {
        if (pthread_create(&preparers->threads[preparers->count], NULL, preparer_run, preparers)) {
            return false;
        }
        preparers->count++;
    }
    return preparers->threads != NULL;
}

void preparers_stop(struct preparers *preparers) {
    pthread_mutex_lock(&preparers->lock);
    preparers->stopping = true;
    pthread_cond_broadcast(&preparers->wake);
    pthread_mutex_unlock(&preparers->lock);
    for (unsigned i = 0; i < preparers->count; i++) {
        pthread_join(preparers->threads[i], NULL);
    }
    free(preparers->threads);
    pthread_cond_destroy(&preparers->wake);
    pthread_mutex_destroy(&preparers->lock);
}
