#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/postgres.h"

static const char lost_words[] = "the connection to the database is lost";

void postgres_pipe_open(struct store *store, int ms) {
    store->deadline = clock_steady() + ms;
    store->why[0] = '\0';
    store->step_count = 0;
}

/* Room for one more step; steps are kept from batch to batch. */
static struct step *step_add(struct store *store) {
    if (store->step_count == store->step_room) {
        size_t room = store->step_room ? 2 * store->step_room : 64;
        struct step *steps = realloc(store->steps, room * sizeof *steps);
        if (!steps)
            return NULL;
        store->steps = steps;
        store->step_room = room;
    }
    struct step *step = &store->steps[store->step_count++];
    *step = (struct step){.id = 0};
    return step;
}

static bool prepare_send(struct store *store, enum form form, int id, const char *name,
                         const struct parameters *given) {
    char sql[POSTGRES_SQL];
    struct step *step = step_add(store);
    if (!step)
        return false;
    *step = (struct step){.form = form, .id = id, .prepares = true};
    if (!postgres_text(form, id, sql))
        assert(!"a statement too long for its buffer");
    store->ready[form][id] = READY_SENT;
    return PQsendPrepare(store->link, name, sql, given->count, given->types) == 1;
}

bool postgres_pipe_send(struct store *store, enum form form, int id, const struct parameters *given,
                        const struct group *group) {
    static const struct parameters none;
    char name[64];
    if (!given)
        given = &none;
    postgres_name(form, id, name);
    bool good = store->link &&
                (store->ready[form][id] != READY_NOT || prepare_send(store, form, id, name, given));
    struct step *step = good ? step_add(store) : NULL;
    if (step)
        *step = (struct step){
            .form = form, .id = id, .group = group ? *group : (struct group){NULL, NULL, 0}};
    if (step && PQsendQueryPrepared(store->link, name, given->count, given->values, given->lengths,
                                    given->formats, 1))
        return true;
    postgres_lose(store, lost_words);
    return false;
}

/* Rows of an array statement say in their first column which element they answer. */
static bool rows_take(struct store *store, const struct step *step, const PGresult *answer) {
    const struct statement *about = statement_of((enum statement_id)step->id);
    bool array = step->form == FORM_ARRAY;
    for (int i = 0; i < PQntuples(answer); i++) {
        int64_t n = 1;
        if ((array && !postgres_number(answer, i, 0, &n)) || n < 1 ||
            (size_t)n > step->group.count) {
            snprintf(store->why, sizeof store->why, "%s: an answer to no question", about->name);
            return false;
        }
        struct want *want = &step->group.wants[step->group.order[n - 1]];
        if (want->count == want->room)
            continue;
        void *row = (char *)want->rows + want->count * about->out_size;
        if (!postgres_row(store, about, answer, i, array, row))
            return false;
        want->count++;
    }
    return true;
}

static enum store_result step_take(struct store *store, const struct step *step,
                                   const PGresult *answer) {
    char name[64];
    ExecStatusType status = PQresultStatus(answer);
    if (status == PGRES_PIPELINE_ABORTED)
        return STORE_OK; /* the one before it says why */
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        postgres_name(step->form == FORM_ARRAY ? FORM_ROW : step->form, step->id, name);
        return postgres_failure(store, answer, name);
    }
    if (step->prepares)
        store->ready[step->form][step->id] = READY_THERE;
    else if (step->group.wants && !rows_take(store, step, answer))
        return STORE_BROKEN;
    return STORE_OK;
}

/* Is the answer that of a commit that was one? After an error before it the server rolls back. */
static bool committed(const PGresult *answer) {
    return PQresultStatus(answer) == PGRES_COMMAND_OK &&
           strcmp(PQcmdStatus((PGresult *)answer), "COMMIT") == 0;
}

/* Each step is answered by a result and a NULL; without one, nothing is known of it. A commit that
 * the server's end interrupted may be kept all the same. */
static enum store_result step_answer(struct store *store, const struct step *step, bool commit,
                                     bool last) {
    PGresult *answer = postgres_next(store);
    if (!answer) {
        postgres_lose(store, lost_words);
        return commit ? STORE_IN_DOUBT : STORE_GONE;
    }
    enum store_result result = step_take(store, step, answer);
    if (commit && last && result == STORE_GONE)
        result = STORE_IN_DOUBT;
    if (commit && last && result == STORE_OK && PQresultStatus(answer) != PGRES_PIPELINE_ABORTED &&
        !committed(answer)) {
        snprintf(store->why, sizeof store->why, "the database rolled back instead");
        result = STORE_BROKEN;
    }
    PQclear(answer);
    PQclear(postgres_next(store));
    return result;
}

/* What was answered stands, though the connection is lost behind it. */
static void sync_answer(struct store *store) {
    PGresult *answer = postgres_next(store);
    if (!answer || PQresultStatus(answer) != PGRES_PIPELINE_SYNC)
        postgres_lose(store, lost_words);
    PQclear(answer);
}

/* What was sent to be prepared and not answered is not there. */
static void prepared_settle(struct store *store) {
    for (size_t i = 0; i < store->step_count; i++) {
        const struct step *step = &store->steps[i];
        if (step->prepares && store->ready[step->form][step->id] == READY_SENT)
            store->ready[step->form][step->id] = READY_NOT;
    }
}

enum store_result postgres_pipe_close(struct store *store, bool commit) {
    enum store_result result = STORE_OK;
    if (!store->link || !PQpipelineSync(store->link)) {
        postgres_lose(store, lost_words);
        prepared_settle(store);
        return commit ? STORE_IN_DOUBT : STORE_GONE;
    }
    for (size_t i = 0; i < store->step_count && (store->link || result == STORE_OK); i++) {
        bool last = i + 1 == store->step_count;
        enum store_result one = step_answer(store, &store->steps[i], commit, last);
        if (result == STORE_OK)
            result = one;
    }
    if (store->link)
        sync_answer(store);
    prepared_settle(store);
    return result;
}
