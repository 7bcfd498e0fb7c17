/* bench/ceiling FOLDER --list FILE [--from N] [--commands N] [--connections N] [--transfers 1]
 * --operator ID --api-key ID: what the
 * engine can do at most. The committer first runs closure.submit on so many lines, or
 * credit.transfer from each to the next one, against an engine
 * that notes what it is asked to load and to record and keeps nothing; then the very same wants and
 * changes are given to the real one, a batch to a transaction, without HTTP and without deciding,
 * and only that is timed. Prints JSON. */
#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench.h"
#include "commands/closure.h"
#include "commands/transfer.h"
#include "rules/refusal.h"

enum { WRITERS_MOST = 8, BATCH_MOST = 256, LIST_LINE = 128 };

/* One transaction: copies of what the committer asked for. */
struct noted {
    struct want *wants;
    size_t want_count;
    struct change *changes;
    size_t change_count;
};

/* What one connection was asked for, in order. */
struct tape {
    struct store *store; /* while it is noted */
    int chain;
    struct noted *noted;
    size_t count, room, commands;
    struct store *timed;
    pthread_t thread;
    bool failed;
    double loading;
};

/* The engine in front has no place for an owner, so this stands here. */
static struct {
    const struct engine *real;
    struct engine front;
    struct tape tapes[WRITERS_MOST];
    size_t tape_count;
    pthread_mutex_t lock;
    sem_t go; /* the first batches wait until all commands do */
    bool gone;
} noting = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *copy_of(const void *from, size_t size) {
    void *copy = malloc(size ? size : 1);
    assert(copy);
    return memcpy(copy, from, size);
}

static struct tape *tape_of(struct store *store) {
    struct tape *tape = NULL;
    pthread_mutex_lock(&noting.lock);
    for (size_t i = 0; i < noting.tape_count; i++)
        if (noting.tapes[i].store == store)
            tape = &noting.tapes[i];
    if (!tape) {
        assert(noting.tape_count < WRITERS_MOST);
        tape = &noting.tapes[noting.tape_count++];
        *tape = (struct tape){.store = store, .chain = noting.real->chain(store)};
    }
    pthread_mutex_unlock(&noting.lock);
    return tape;
}

static enum store_result note_load(struct store *store, struct want *wants, size_t count) {
    struct tape *tape = tape_of(store);
    if (!noting.gone)
        sem_wait(&noting.go);
    if (tape->count == tape->room) {
        tape->room = tape->room ? 2 * tape->room : 256;
        tape->noted = realloc(tape->noted, tape->room * sizeof *tape->noted);
        assert(tape->noted);
    }
    struct noted *noted = &tape->noted[tape->count];
    *noted = (struct noted){.want_count = count};
    noted->wants = copy_of(wants, count * sizeof *wants);
    for (size_t i = 0; i < count; i++) {
        const struct statement *about = statement_of(wants[i].statement);
        noted->wants[i].in = copy_of(wants[i].in, about->in_size);
        noted->wants[i].rows = NULL; /* given when it is timed */
    }
    return noting.real->load(store, wants, count);
}

static enum store_result note_record(struct store *store, const struct change *changes,
                                     size_t count) {
    struct tape *tape = tape_of(store);
    struct noted *noted = &tape->noted[tape->count++];
    noted->changes = copy_of(changes, count * sizeof *changes);
    noted->change_count = count;
    for (size_t i = 0; i < count; i++)
        noted->changes[i].row =
            copy_of(changes[i].row, statement_of(changes[i].statement)->in_size);
    noting.real->abandon(store);
    return STORE_OK;
}

struct command {
    struct job job;
    union {
        struct closure_submit submit;
        struct credit_transfer transfer;
    } input;
};

static sem_t all;

static void answered(struct job *job) {
    if (job->refusal != ACCEPTED) {
        fprintf(stderr, "ceiling: refused: %s\n", refusal_about(job->refusal)->code);
        exit(1);
    }
    sem_post(&all);
}

/* The next line of the list; false when there is none. */
static bool line_read(FILE *file, int64_t *line, char document[DOCUMENT_SIZE]) {
    char text[LIST_LINE];
    if (!file || !fgets(text, sizeof text, file))
        return false;
    char *number = strchr(text, '\t'), *third = number ? strchr(number + 1, '\t') : NULL;
    assert(third);
    *line = strtoll(text, NULL, 10);
    snprintf(document, DOCUMENT_SIZE, "%.*s", (int)strcspn(third + 1, "\t\n"), third + 1);
    return true;
}

static bool submit_read(FILE *file, struct command *c) {
    struct closure_submit *in = &c->input.submit;
    c->job.verb = &closure_submit_verb;
    snprintf(in->document_type, sizeof in->document_type, "hkid");
    snprintf(in->language, sizeof in->language, "en");
    return line_read(file, &in->line, in->document);
}

static bool transfer_read(FILE *file, struct command *c) {
    struct credit_transfer *in = &c->input.transfer;
    char document[DOCUMENT_SIZE];
    c->job.verb = &credit_transfer_verb;
    in->amount_minor = 1;
    snprintf(in->language, sizeof in->language, "en");
    bool there = line_read(file, &in->line, document) && line_read(file, &in->target, document);
    in->to = in->target;
    return there;
}

static struct command *commands_read(const char *path, int64_t from, int64_t count,
                                     const struct bench_house *house, const struct actor *actor,
                                     bool transfers) {
    struct command *commands = calloc((size_t)count, sizeof *commands);
    FILE *file = fopen(path, "re");
    bool good = file != NULL;
    assert(commands);
    for (int64_t i = -from; good && i < count; i++) {
        struct command *c = &commands[i < 0 ? 0 : i];
        *c = (struct command){.job = {.actor = *actor, .input = &c->input, .answered = answered}};
        good = transfers ? transfer_read(file, c) : submit_read(file, c);
        snprintf(c->job.key, sizeof c->job.key, "bench-%" PRId64, i);
        job_fill(&c->job, &house->secrets);
    }
    if (!good) {
        fprintf(stderr, "ceiling: %s has too few lines\n", path);
        exit(1);
    }
    fclose(file);
    return commands;
}

/* All commands wait before the first batch is taken, so that each is full. */
static bool note(const struct bench_house *house, struct command *commands, int64_t count,
                 int connections) {
    char why[256] = "";
    noting.real = house->engine;
    noting.front = *house->engine;
    noting.front.load = note_load;
    noting.front.record = note_record;
    sem_init(&noting.go, 0, 0);
    sem_init(&all, 0, 0);
    struct committer *committer =
        bench_committer(house, &noting.front, (size_t)count + 1, connections, why);
    if (!committer) {
        fprintf(stderr, "ceiling: %s\n", why);
        return false;
    }
    for (int64_t i = 0; i < count; i++)
        if (!committer_submit(committer, &commands[i].job))
            return false;
    noting.gone = true;
    for (int i = 0; i < WRITERS_MOST; i++)
        sem_post(&noting.go);
    for (int64_t i = 0; i < count; i++)
        sem_wait(&all);
    committer_stop(committer);
    return true;
}

/* The rows' place is made before: the committer has it ready too. */
static void rows_give(struct tape *tape) {
    size_t most = 0;
    for (size_t i = 0; i < tape->count; i++) {
        size_t size = 0;
        for (size_t k = 0; k < tape->noted[i].want_count; k++) {
            const struct want *want = &tape->noted[i].wants[k];
            size += want->room * statement_of(want->statement)->out_size;
        }
        most = size > most ? size : most;
    }
    char *rows = calloc(1, most ? most : 1);
    assert(rows);
    for (size_t i = 0; i < tape->count; i++) {
        size_t at = 0;
        for (size_t k = 0; k < tape->noted[i].want_count; k++) {
            struct want *want = &tape->noted[i].wants[k];
            want->rows = rows + at;
            at += want->room * statement_of(want->statement)->out_size;
        }
    }
}

static void *play(void *owner) {
    struct tape *tape = owner;
    for (size_t i = 0; i < tape->count && !tape->failed; i++) {
        struct noted *noted = &tape->noted[i];
        double from = bench_seconds();
        enum store_result result = noting.real->load(tape->timed, noted->wants, noted->want_count);
        tape->loading += bench_seconds() - from;
        if (result == STORE_OK)
            result = noting.real->record(tape->timed, noted->changes, noted->change_count);
        if (result != STORE_OK)
            fprintf(stderr, "ceiling: %s\n", noting.real->why(tape->timed));
        tape->failed = result != STORE_OK;
    }
    return NULL;
}

int main(int argc, char **argv) {
    struct bench_house house;
    const char *list = bench_option(argc, argv, "--list");
    int64_t count = bench_number(argc, argv, "--commands", 20000);
    char why[256] = "";
    if (argc < 2 || !list || !bench_house_open(argv[1], &house))
        return 2;
    const struct actor actor = {.kind = ACTOR_API,
                                .operator= bench_number(argc, argv, "--operator", 0),
                                .id = bench_number(argc, argv, "--api-key", 0),
                                .address = "127.0.0.1",
                                .scopes = "closures:write lines:write"};
    struct command *commands =
        commands_read(list, bench_number(argc, argv, "--from", 0), count, &house, &actor,
                      bench_number(argc, argv, "--transfers", 0) != 0);
    if (!note(&house, commands, count, (int)bench_number(argc, argv, "--connections", 1)))
        return 1;
    size_t batches = 0, wants = 0, changes = 0;
    for (size_t i = 0; i < noting.tape_count; i++) {
        struct tape *tape = &noting.tapes[i];
        rows_give(tape);
        tape->timed = house.engine->open(house.where, &house.secrets, false, why);
        if (!tape->timed) {
            fprintf(stderr, "ceiling: %s\n", why);
            return 1;
        }
        batches += tape->count;
        for (size_t k = 0; k < tape->count; k++) {
            wants += tape->noted[k].want_count;
            changes += tape->noted[k].change_count;
        }
    }
    double from = bench_seconds(), busy = bench_cpu();
    for (size_t i = 0; i < noting.tape_count; i++)
        if (pthread_create(&noting.tapes[i].thread, NULL, play, &noting.tapes[i]))
            return 1;
    bool failed = false;
    double loading = 0;
    for (size_t i = 0; i < noting.tape_count; i++) {
        pthread_join(noting.tapes[i].thread, NULL);
        failed |= noting.tapes[i].failed;
        loading += noting.tapes[i].loading;
    }
    double took = bench_seconds() - from;
    busy = bench_cpu() - busy;
    printf("{\"commands\": %" PRId64 ", \"seconds\": %.6f, \"a_second\": %.1f, \"cpu\": %.6f, "
           "\"loading\": %.6f, "
           "\"transactions\": %zu, \"wants\": %zu, \"changes\": %zu, \"connections\": %zu}\n",
           count, took, (double)count / took, busy, loading, batches, wants, changes,
           noting.tape_count);
    fflush(stdout);
    _exit(failed ? 1 : 0); /* what it holds is the system's to take back */
}
