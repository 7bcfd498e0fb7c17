/* Killed in the middle of moving money, at points chosen by a seed: what was answered is there,
 * once, what was not answered is there whole or not at all, every key answers as it did, and the
 * books are the model's. RINGOFF_SEED chooses other points. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "crash_money.h"
#include "store/journal.h"

enum { ROUNDS = 8 };

static const char *child_program;
static struct money_kit kit;
static struct kit place; /* the database, which outlives the committers */
static struct money_history histories[MONEY_WORLDS];
static struct {
    struct told_wave wave;
    struct told_step step[CRASH_STEPS];
} told;

/* Runs the child until so many steps were told, kills it and gives how many there were. */
static size_t child_kill(int64_t round, size_t enough, useconds_t later) {
    int ends[2], status;
    char number[24];
    size_t got = 0, want = sizeof told.wave + enough * sizeof *told.step;
    snprintf(number, sizeof number, "%lld", (long long)round);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl(child_program, child_program, place.where, number, (char *)NULL);
        _exit(2);
    }
    close(ends[1]);
    ssize_t piece = 1;
    while (got < want && piece > 0) {
        piece = read(ends[0], (char *)&told + got, want - got);
        got += piece > 0 ? (size_t)piece : 0;
    }
    usleep(later); /* where in a step it is struck; nothing is measured */
    kill(child, SIGKILL);
    while (got < sizeof told && (piece = read(ends[0], (char *)&told + got, sizeof told - got)) > 0)
        got += (size_t)piece;
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
        fail_msg("the child ended by itself: %x", status);
    assert_true(got >= want);
    return (got - sizeof told.wave) / sizeof *told.step;
}

static void wave_take(int64_t round) {
    kit.since = told.wave.since;
    kit.after = told.wave.after;
    for (size_t w = 0; w < MONEY_WORLDS; w++) {
        struct money_world *world = &kit.world[w];
        money_forget(world);
        memcpy(world->line, told.wave.line[w], sizeof world->line);
        memcpy(world->document, told.wave.document[w], sizeof world->document);
    }
    crash_begin(&kit, histories, round);
}

static void ask_again(const struct money_act acts[MONEY_WORLDS],
                      struct money_answer answers[MONEY_WORLDS], bool keyed_only) {
    static struct money_task tasks[MONEY_WORLDS];
    size_t count = 0;
    for (size_t w = 0; w < MONEY_WORLDS; w++)
        if (!keyed_only || !money_keyless(acts[w].deed))
            tasks[count++] = (struct money_task){.world = &kit.world[w], .act = &acts[w]};
    money_do(&kit, tasks, count);
    for (size_t i = 0; i < count; i++)
        answers[tasks[i].world - kit.world] = tasks[i].answer;
}

/* A step that was told: each key answers the same, and from memory. */
static void step_again(int64_t round, int at) {
    static struct money_act acts[MONEY_WORLDS];
    struct money_answer now[MONEY_WORLDS];
    enum refusal expected[MONEY_WORLDS];
    const struct told_step *step = &told.step[at];
    crash_draw(histories, round, at, acts);
    ask_again(acts, now, true);
    crash_note(histories, acts, step->answer, expected);
    for (size_t w = 0; w < MONEY_WORLDS; w++) {
        const struct money_answer *was = &step->answer[w];
        bool keyed = !money_keyless(acts[w].deed);
        if (was->refusal != expected[w] ||
            (keyed && (now[w].refusal != was->refusal || now[w].result != was->result ||
                       (!now[w].replayed && was->refusal != REFUSED_INPUT))))
            fail_msg("%s: told %d, now %d%s, should be %d", money_deed_name(acts[w].deed),
                     (int)was->refusal, (int)now[w].refusal, now[w].replayed ? "" : " anew",
                     (int)expected[w]);
        memcpy(kit.world[w].refund, step->refund[w], sizeof step->refund[w]);
        memcpy(kit.world[w].payee, step->payee[w], sizeof step->payee[w]);
        kit.world[w].refunds = (size_t)step->refunds[w];
    }
}

/* The step in which it was killed: each act was done whole or not at all, and asked again it is
 * done once. */
static size_t step_in_doubt(int64_t round, int at) {
    static struct money_act acts[MONEY_WORLDS];
    static struct money_books books[MONEY_WORLDS];
    static struct money_model after;
    struct money_answer now[MONEY_WORLDS];
    enum refusal expected[MONEY_WORLDS];
    bool there[MONEY_WORLDS];
    size_t done = 0;
    crash_draw(histories, round, at, acts);
    money_read(&kit, books);
    for (size_t w = 0; w < MONEY_WORLDS; w++) {
        struct money_books no, yes;
        after = histories[w].model;
        model_do(&after, &acts[w]);
        model_books(&histories[w].model, &no);
        model_books(&after, &yes);
        there[w] = !money_same(&no, &yes) && money_same(&books[w], &yes);
        if (!there[w] && !money_same(&books[w], &no))
            fail_msg("world %zu: %s is half done", w, money_deed_name(acts[w].deed));
        if (there[w] && money_keyless(acts[w].deed))
            histories[w].model = after; /* asked again, it is another one */
        done += there[w];
    }
    ask_again(acts, now, false);
    crash_note(histories, acts, now, expected);
    money_read(&kit, books);
    for (size_t w = 0; w < MONEY_WORLDS; w++) {
        struct money_books should;
        model_books(&histories[w].model, &should);
        if (now[w].refusal != expected[w] || !money_same(&books[w], &should))
            fail_msg("world %zu: %s: %d, not %d, or other books", w, money_deed_name(acts[w].deed),
                     (int)now[w].refusal, (int)expected[w]);
    }
    return done;
}

static void assert_whole(void) {
    struct journal_check check;
    char why[160];
    assert_int_equal(journal_verify(kit.kit.engine, kit.kit.reader, &kit.kit.secrets, &check),
                     STORE_OK);
    if (check.seq)
        fail_msg("entry %lld: %s", (long long)check.seq, check.what);
    if (!money_verified(&kit, why))
        fail_msg("%s", why);
}

static void no_cent_is_lost(void **state) {
    const char *chosen = getenv("RINGOFF_SEED");
    unsigned short seed[3] = {0x330e, 0, 0};
    size_t steps = 0, in_doubt = 0;
    (void)state;
    seed[1] = (unsigned short)(chosen ? strtoul(chosen, NULL, 10) : 1);
    money_open(&kit);
    place = kit.kit;
    money_detach(&kit);
    for (int64_t round = 1; round <= ROUNDS; round++) {
        size_t count = child_kill(round, 1 + (size_t)nrand48(seed) % (CRASH_STEPS / 2),
                                  (useconds_t)(nrand48(seed) % 12000));
        kit_settle(&place); /* the database may still be finishing the last batch */
        money_attach(&kit, place.where);
        wave_take(round);
        for (size_t at = 0; at < count; at++)
            step_again(round, (int)at);
        in_doubt += step_in_doubt(round, (int)count);
        assert_whole();
        money_detach(&kit);
        steps += count;
    }
    printf("%zu steps of %d worlds; of the last ones %zu acts were done and not told\n", steps,
           (int)MONEY_WORLDS, in_doubt);
}

static int database_remove(void **state) {
    (void)state;
    kit_remove(&place);
    return 0;
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(no_cent_is_lost, database_remove),
    };
    if (argc != 2)
        return 2;
    child_program = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
