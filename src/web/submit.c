#include <stdlib.h>
#include <string.h>

#include "views/views.h"
#include "web/exchange.h"
#include "web/page.h"

/* The request's job; NULL when there can be none: the arena's failure (or the handler's) is
 * answered by the server. */
static struct job *job_make(struct request *request, const struct verb *verb, void *input,
                            void (*then)(struct request *request, const struct job *job)) {
    struct exchange *exchange = exchange_of(request);
    struct job *job = arena_take(&request->arena, sizeof *job);
    exchange->then = then;
    exchange->job = job;
    if (!job || exchange->submitted) {
        return NULL;
    }
    exchange->submitted = true;
    job->verb = verb;
    job->actor = request->actor;
    job->unchecked = request->unchecked != NULL;
    job->input = input;
    job->owner = exchange;
    return job;
}

/* On a worker's thread of the committer. */
static void answer_load(struct job *job, struct load *load) {
    view_of(job->verb->view)->load(load, job->result, job->rows);
}

/* The API answers with the view of what came of it: its rows can be read with the batch. */
static void job_show(struct request *request, struct job *job) {
    const struct view *view = job->verb->view ? view_of(job->verb->view) : NULL;
    if (!(request->route->flags & ROUTE_API) || !view || !view->load) {
        return;
    }
    job->rows = arena_take(&request->arena, view->rows_size);
    job->show = job->rows ? answer_load : NULL;
}

void request_submit(struct request *request, const struct verb *verb, void *input, const char *key,
                    void (*then)(struct request *request, const struct job *job)) {
    struct job *job = job_make(request, verb, input, then);
    if (!job) {
        return;
    }
    if (strlen(key) >= sizeof job->key) {
        job->refused = REFUSED_INPUT;
        return;
    }
    memcpy(job->key, key, strlen(key) + 1);
    job_show(request, job);
}

void request_refused(struct request *request, const struct verb *verb, enum refusal refusal,
                     void (*then)(struct request *request, const struct job *job)) {
    struct job *job = job_make(request, verb, NULL, then);
    if (job) {
        job->refused = refusal;
    }
}

/* What a problem says besides the refusal, until the refusal is in the journal. */
struct problem {
    const char *field, *detail;
};

static void problem_answer(struct request *request, const struct job *job) {
    const struct problem *problem = request->own;
    bool same = job->refusal == job->refused;
    if (same && problem->field) {
        api_refuse(request, job->refusal, problem->field, problem->detail);
    } else {
        page_refuse(request, job->refusal, same ? problem->detail : NULL);
    }
}

void request_refuse(struct request *request, const struct verb *verb, enum refusal refusal,
                    const char *field, const char *detail) {
    struct problem *problem = arena_take(&request->arena, sizeof *problem);
    if (!problem || refusal == REFUSED_BUSY || request->actor.kind == ACTOR_ANONYMOUS) {
        field ? api_refuse(request, refusal, field, detail) : page_refuse(request, refusal, detail);
        return;
    }
    *problem = (struct problem){field, detail};
    request->own = problem;
    request_refused(request, verb, refusal, problem_answer);
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

/* False when too many wait already. */
static bool preparers_give(struct preparers *preparers, struct exchange *exchange) {
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
    return room;
}

void request_aside(struct request *request, void (*work)(struct request *request),
                   void (*then)(struct request *request, bool done)) {
    struct exchange *exchange = exchange_of(request);
    exchange->work = work;
    exchange->after = then;
    exchange->submitted = true;
}

/* From here on the exchange is the HTTP thread's; work is NULL when it was done. */
static void worked(struct exchange *exchange) {
    exchange->state = EXCHANGE_ANSWERED;
    MHD_resume_connection(exchange->connection);
}

static void work(struct exchange *exchange) {
    exchange->work(&exchange->request);
    exchange->work = NULL;
    worked(exchange);
}

void exchange_submit(struct exchange *exchange) {
    struct server *server = exchange->server;
    struct job *job = exchange->job;
    if (exchange->after) {
        if (!preparers_give(&server->preparers, exchange)) {
            worked(exchange);
        }
        return;
    }
    job->answered = answered;
    if (job->refused == ACCEPTED) {
        job_fill(job, server->site.secrets);
    }
    if (job->refused != ACCEPTED || !job->verb->prepare) {
        commit(exchange);
    } else if (!preparers_give(&server->preparers, exchange)) {
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
    struct store *reader = readers_take(&server->readers);
    if (!reader && server->site.engine) {
        refuse(exchange, REFUSED_BUSY);
        return;
    }
    job->actor.at = server->site.now();
    enum refusal refusal = job->verb->prepare(job->input, &job->actor, reader, server->site.engine,
                                              server->site.secrets);
    if (reader) {
        readers_give(&server->readers, reader, refusal == REFUSED_BUSY);
    }
    if (refusal == REFUSED_BUSY) { /* it decided nothing */
        refuse(exchange, refusal);
        return;
    }
    job->refused = refusal;
    commit(exchange);
}

static void *preparer_run(void *context) {
    struct preparers *preparers = context;
    struct exchange *exchange;
    while ((exchange = preparers_next(preparers))) {
        exchange->after ? work(exchange) : prepare(exchange);
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
