#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "store/postgres.h"

void postgres_lose(struct store *store, const char *why) {
    if (!store->why[0]) /* else its last words */
        snprintf(store->why, sizeof store->why, "%s", why);
    store->lost = true;
    store->begun = false;
    PQfinish(store->link);
    store->link = NULL;
}

/* Sends what waits and reads what came until an answer is whole. */
static bool answer_wait(struct store *store) {
    while (PQisBusy(store->link)) {
        int waiting = PQflush(store->link);
        int64_t left = store->deadline - clock_steady();
        struct pollfd poller = {.fd = PQsocket(store->link),
                                .events = (short)(POLLIN | (waiting > 0 ? POLLOUT : 0))};
        if (left <= 0) {
            postgres_lose(store, "the database did not answer in time");
            return false;
        }
        int count = poll(&poller, 1, (int)left);
        if ((count < 0 && errno != EINTR) || (count > 0 && !PQconsumeInput(store->link))) {
            postgres_lose(store, "the connection to the database is lost");
            return false;
        }
    }
    return true;
}

PGresult *postgres_next(struct store *store) {
    if (!store->link || !answer_wait(store))
        return NULL;
    PGresult *answer = PQgetResult(store->link);
    if (PQstatus(store->link) == CONNECTION_BAD) {
        /* its last words are kept: an answer that says why, then nothing more */
        if (!answer || !PQresultErrorField(answer, PG_DIAG_SQLSTATE)) {
            PQclear(answer);
            answer = NULL;
            postgres_lose(store, "the connection to the database is lost");
        }
    }
    return answer;
}

static enum store_result meaning_of(const char *state, bool fatal) {
    static const struct {
        const char *begin;
        enum store_result result;
    } meanings[] = {
        {"40001", STORE_STALE}, {"40P01", STORE_STALE}, {"55P03", STORE_STALE},
        {"23505", STORE_STALE}, {"23", STORE_BROKEN},   {"22", STORE_BROKEN},
        {"53", STORE_DOWN},     {"57014", STORE_DOWN},  {"58", STORE_DOWN},
        {"57P", STORE_GONE},    {"25006", STORE_GONE},  {"08", STORE_GONE},
        {"26000", STORE_GONE},  {"0A000", STORE_GONE}, /* the schema changed under the plans */
        {"42", STORE_DOWN},     {"XX", STORE_DOWN},
    };
    if (fatal)
        return STORE_GONE;
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (strncmp(state, meanings[i].begin, strlen(meanings[i].begin)) == 0)
            return meanings[i].result;
    return STORE_BROKEN;
}

static bool is_fatal(const PGresult *answer) {
    const char *severity = PQresultErrorField(answer, PG_DIAG_SEVERITY_NONLOCALIZED);
    return severity && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0);
}

enum store_result postgres_failure(struct store *store, const PGresult *answer, const char *name) {
    const char *state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY);
    const char *constraint = PQresultErrorField(answer, PG_DIAG_CONSTRAINT_NAME);
    if (!state)
        state = "";
    if (strncmp(state, "22012", 5) == 0) /* how a change says that its row is missing */
        snprintf(store->why, sizeof store->why, "%s: no such row", name);
    else if (state[0] == '2' && (state[1] == '2' || state[1] == '3')) /* may quote a value */
        snprintf(store->why, sizeof store->why, "%s: error %s %s", name, state,
                 constraint ? constraint : "");
    else
        snprintf(store->why, sizeof store->why, "%s: error %s: %.160s", name, state,
                 message ? message : "no message");
    return meaning_of(state, is_fatal(answer));
}

/* Takes what is left until the server waits for us again. */
static void answers_end(struct store *store, bool piped) {
    PGresult *answer;
    bool sync = false;
    while (store->link && !sync) {
        answer = postgres_next(store);
        sync = answer ? PQresultStatus(answer) == PGRES_PIPELINE_SYNC : !piped;
        PQclear(answer);
    }
}

static bool is_good(const PGresult *answer) {
    return PQresultStatus(answer) == PGRES_COMMAND_OK || PQresultStatus(answer) == PGRES_TUPLES_OK;
}

/* The first answer to what was just sent, good or not; NULL when the connection is lost. */
static PGresult *answer_first(struct store *store, bool sent, bool piped) {
    if (!sent || (piped && !PQpipelineSync(store->link))) {
        postgres_lose(store, "the connection to the database is lost");
        return NULL;
    }
    PGresult *answer = postgres_next(store);
    answers_end(store, piped);
    if (store->link || (answer && !is_good(answer)))
        return answer;
    PQclear(answer);
    return NULL;
}

PGresult *postgres_ask(struct store *store, int ms, const char *sql, int count,
                       const char *const *values) {
    store->deadline = clock_steady() + ms;
    store->why[0] = '\0';
    bool piped = store->link && PQpipelineStatus(store->link) != PQ_PIPELINE_OFF;
    bool sent =
        store->link && PQsendQueryParams(store->link, sql, count, NULL, values, NULL, NULL, 0) == 1;
    PGresult *answer = answer_first(store, sent, piped);
    if (!answer || is_good(answer))
        return answer;
    postgres_failure(store, answer, "a question of the engine");
    PQclear(answer);
    return NULL;
}

PGresult *postgres_ask_binary(struct store *store, int ms, const char *sql,
                              const struct parameters *given) {
    store->deadline = clock_steady() + ms;
    store->why[0] = '\0';
    bool sent =
        store->link && PQsendQueryParams(store->link, sql, given->count, given->types,
                                         given->values, given->lengths, given->formats, 1) == 1;
    return answer_first(store, sent, true);
}

bool postgres_answered(struct store *store, int ms, const char *name) {
    PGresult *answer;
    bool good = true;
    store->deadline = clock_steady() + ms;
    store->why[0] = '\0';
    while (store->link && (answer = postgres_next(store))) {
        if (good && !is_good(answer)) {
            postgres_failure(store, answer, name);
            good = false;
        }
        PQclear(answer);
    }
    return good && store->link;
}

bool postgres_run(struct store *store, int ms, const char *sql) {
    if (store->link && PQsendQuery(store->link, sql))
        return postgres_answered(store, ms, "the schema");
    postgres_lose(store, "the connection to the database is lost");
    return false;
}
