/* Timers catch up after a stop, in the order of their time, a bounded piece at a time, while others
 * are served; and what cannot be done, however much of it, holds up nothing behind it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "dispatch_kit.h"
#include "effects/dispatch.h"

enum { MANY = 10000, PIECE = 2500, POISONED = 150, FIRST = 5000000 };

static struct case_kit kit;
static struct dispatcher_settings settings;
static struct dispatch finder;

static int64_t one(const char *sql) {
    return kit_number(&kit.kit, sql);
}

static void finder_open(void) {
    char why[256] = "";
    settings = dispatch_settings(&kit);
    finder = (struct dispatch){.settings = &settings};
    finder.reader = settings.engine->open(settings.where, settings.secrets, true, why);
    assert_non_null(finder.reader);
}

static void finder_close(void) {
    settings.engine->close(finder.reader);
}

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    case_close(&kit);
    return 0;
}

/* One after the other in another order than their ids. */
static int64_t due_of(const struct closure *model, int64_t i) {
    return model->next_at + i * 7919 % MANY * SECOND / 1000;
}

/* So many cases as the model is, each with a line of its own that bears its time as the day on
 * which it was activated; from FIRST + from on. */
static void cases_add(const struct closure *model, int64_t from, int64_t count) {
    struct line *lines = calloc((size_t)count, sizeof *lines);
    struct closure *closures = calloc((size_t)count, sizeof *closures);
    struct change *changes = calloc(2 * (size_t)count, sizeof *changes);
    struct line line;
    assert_true(lines && closures && changes);
    case_read(&kit, LINE_BY_ID, model->line, &line);
    for (int64_t i = 0; i < count; i++) {
        int64_t number = from + i;
        closures[i] = *model;
        closures[i].id = lines[i].closure = FIRST + MANY + number;
        closures[i].next_at = due_of(model, number);
        snprintf(closures[i].reference, sizeof closures[i].reference, "R%lld", (long long)number);
        lines[i] = line;
        lines[i].id = closures[i].line = FIRST + number;
        lines[i].closure = closures[i].id;
        lines[i].activated_at = closures[i].next_at;
        snprintf(lines[i].number, sizeof lines[i].number, "+8529%07lld", (long long)number);
        snprintf(lines[i].iccid, sizeof lines[i].iccid, "c%lld", (long long)number);
        changes[i] = (struct change){.statement = LINE_ADD, .row = &lines[i]};
        changes[count + i] = (struct change){.statement = CLOSURE_ADD, .row = &closures[i]};
    }
    kit_put_all(&kit.kit, changes, 2 * (size_t)count);
    free(lines);
    free(closures);
    free(changes);
}

/* A case whose message was delivered and that nobody confirms: at its next step it expires. */
static struct closure model_make(void) {
    struct closure model;
    int64_t id = case_submit(&kit, 0, NULL);
    assert_int_equal(case_delivered(&kit, id), ACCEPTED);
    case_read(&kit, CLOSURE_BY_ID, id, &model);
    kit_sql(&kit.kit, "UPDATE closure SET next_at = 0; UPDATE effect SET state = 4");
    model.next_at = model.due_at - 5 * HOUR;
    return model;
}

/* A server was away while all of these became due. */
static void closures_catch_up(void) {
    int64_t rounds = 0, taken = 0, imported = 0;
    do {
        size_t now = dispatch_cases(&finder, TIMER_CLOSURES);
        assert_true(now <= DISPATCH_BATCH);
        taken += (int64_t)now;
        if (rounds++ % 16 == 0) { /* and a command in between is answered */
            struct line_import row = case_row(100 + (int)imported++);
            enum refusal no;
            case_run(&kit, &line_import_verb, &kit.system, &row, &no);
            assert_int_equal(no, ACCEPTED);
        }
    } while (finder.cases[TIMER_CLOSURES].at && rounds < MANY);
    assert_int_equal(taken, MANY);
    assert_int_equal(rounds, MANY / DISPATCH_BATCH + 1);
    assert_int_equal(one("SELECT count(*) FROM closure WHERE expired_at > 0"), MANY);
    assert_int_equal(one("SELECT count(*) FROM closure WHERE next_at > 0"), 0);
    assert_int_equal(one("SELECT count(*) FROM (SELECT line.activated_at AS due, "
                         "lag(line.activated_at) OVER (ORDER BY journal.seq) AS before FROM "
                         "journal JOIN line ON line.id = journal.subject WHERE journal.verb = "
                         "'closure.advance') AS steps WHERE due < before"),
                     0);
}

/* Each case tells its person; what is far too late is dropped, and that is recorded, too. */
static void effects_catch_up(void) {
    struct dispatch_answer answer;
    struct effect rows[DISPATCH_BATCH];
    int64_t done = 0, waiting = one("SELECT count(*) FROM effect WHERE state = 1");
    size_t count;
    assert_true(waiting >= MANY);
    kit_sql(&kit.kit, "UPDATE effect SET expires_at = 1, next_at = next_at - id * 7919 % 10000 "
                      "WHERE state = 1");
    while ((count = dispatch_due(&finder, false, rows, DISPATCH_BATCH)) > 0 && done <= waiting) {
        for (size_t i = 0; i < count; i++) {
            assert_true(dispatch_deliver(&finder, &rows[i], &answer));
            assert_int_equal(dispatch_record(&finder, &rows[i], &answer), RECORDED);
        }
        done += (int64_t)count;
    }
    assert_int_equal(done, waiting);
    assert_int_equal(one("SELECT count(*) FROM effect WHERE state = 1"), 0);
    assert_int_equal(one("SELECT count(*) FROM inbox"), 0);
    assert_int_equal(one("SELECT count(*) FROM (SELECT effect.next_at AS due, "
                         "lag(effect.next_at) OVER (ORDER BY journal.seq) AS before FROM journal "
                         "JOIN effect ON effect.id = journal.result WHERE journal.verb = "
                         "'effect.report' AND effect.expires_at = 1) AS steps WHERE due < before"),
                     0);
}

static void what_became_due_meanwhile_is_done_in_order(void **state) {
    (void)state;
    struct closure model = model_make();
    for (int64_t i = 0; i < MANY; i += PIECE)
        cases_add(&model, i, PIECE);
    kit_now = model.due_at - 3 * HOUR;
    finder_open();
    closures_catch_up();
    effects_catch_up();
    finder_close();
}

/* The first ones are refused (there is no such line) or cannot even be read. */
static void poison(void) {
    char sql[256];
    snprintf(sql, sizeof sql, "UPDATE closure SET line = 1 WHERE id >= %d AND id < %d",
             FIRST + MANY, FIRST + MANY + POISONED / 2);
    kit_sql(&kit.kit, sql);
    snprintf(sql, sizeof sql, "UPDATE closure SET next_at = 1 WHERE id >= %d AND id < %d",
             FIRST + MANY, FIRST + MANY + POISONED);
    kit_sql(&kit.kit, sql);
    snprintf(sql, sizeof sql, "UPDATE closure SET reason = x'00' WHERE id >= %d AND id < %d",
             FIRST + MANY + POISONED / 2, FIRST + MANY + POISONED);
    kit_sql(&kit.kit, sql);
}

static int64_t pass(void) {
    int64_t taken = 0, rounds = 0;
    do
        taken += (int64_t)dispatch_cases(&finder, TIMER_CLOSURES);
    while (finder.cases[TIMER_CLOSURES].at && rounds++ < MANY);
    return taken;
}

/* More closures that always fail than are taken at a time, at the head of the queue. */
static void what_always_fails_holds_up_nobody(void **state) {
    (void)state;
    struct closure model = model_make();
    cases_add(&model, 0, POISONED + 10);
    poison();
    kit_now = model.due_at - 3 * HOUR;
    finder_open();
    assert_int_equal(pass(), 10);
    assert_int_equal(one("SELECT count(*) FROM closure WHERE expired_at > 0"), 10);
    /* they are tried again, less and less often, and do not fill the journal */
    int64_t entries = one("SELECT count(*) FROM journal");
    assert_int_equal(pass(), 0);
    assert_int_equal(one("SELECT count(*) FROM journal"), entries);
    kit_now += SECOND;
    pass();
    int64_t again = one("SELECT count(*) FROM journal");
    assert_true(again > entries);
    kit_now += SECOND;
    pass();
    assert_int_equal(one("SELECT count(*) FROM journal"), again);
    /* and once the fault is mended they go on */
    char sql[128];
    snprintf(sql, sizeof sql, "UPDATE closure SET line = id - %d WHERE line = 1", MANY);
    kit_sql(&kit.kit, sql);
    kit_now += MINUTE;
    assert_int_equal(pass(), POISONED / 2);
    finder_close();
}

/* Nothing is done before its time, nothing is forgotten, and no retry is put off for the step. */
static void a_clock_that_steps_back_puts_off_no_more_than_it_says(void **state) {
    (void)state;
    struct closure model = model_make();
    cases_add(&model, 0, POISONED + 10);
    poison();
    finder_open();
    kit_now = model.due_at - 30 * HOUR;
    assert_int_equal(pass(), 0);
    int64_t entries = one("SELECT count(*) FROM journal");
    kit_now -= HOUR;
    assert_int_equal(pass(), 0);
    assert_true(one("SELECT count(*) FROM journal") > entries);
    kit_now = model.due_at - 3 * HOUR;
    assert_int_equal(pass(), 10);
    finder_close();
}

/* Messages that ask, of cases that their lines do not know: delivered or dropped, they cannot be
 * recorded. */
static void effects_poison(const struct closure *model) {
    static struct effect effects[POISONED];
    static struct change changes[POISONED];
    for (int i = 0; i < POISONED; i++) {
        effects[i] = (struct effect){.id = FIRST + i,
                                     .operator= CASE_OPERATOR,
                                     .kind = EFFECT_CONFIRM,
                                     .target = model->id,
                                     .line = kit.other_line,
                                     .state = EFFECT_WAITING,
                                     .made_at = 1,
                                     .next_at = 1,
                                     .to = "sms"};
        changes[i] = (struct change){.statement = EFFECT_ADD, .row = &effects[i]};
    }
    kit_put_all(&kit.kit, changes, POISONED);
}

static void what_cannot_be_recorded_holds_up_nobody(void **state) {
    char why[256] = "";
    (void)state;
    struct closure model = model_make();
    effects_poison(&model);
    kit_sql(&kit.kit, "UPDATE effect SET state = 1 WHERE state = 4 AND kind <> 6");
    int64_t good = one("SELECT count(*) FROM effect WHERE state = 1") - POISONED;
    assert_true(good > 0);
    settings = dispatch_settings(&kit);
    struct dispatcher *dispatcher = dispatcher_start(&settings, why);
    assert_non_null(dispatcher);
    char sql[96];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM effect WHERE state = 1 AND id < %d", FIRST);
    while (one(sql) > 0)
        ;
    dispatcher_stop(dispatcher);
    assert_int_equal(one("SELECT count(*) FROM effect WHERE state = 1"), POISONED);
}

/* An address that cannot be opened: the attempt is recorded, so that somebody sees it. */
static void what_cannot_be_read_is_seen(void **state) {
    struct effect effect;
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    int64_t mail = one("SELECT min(id) FROM effect WHERE door = 'mail' AND contact > 0");
    kit_sql(&kit.kit, "UPDATE contact SET address = x'00'");
    settings = dispatch_settings(&kit);
    assert_true(id && mail);
    dispatcher_round(&settings);
    case_read(&kit, EFFECT_BY_ID, mail, &effect);
    assert_int_equal(effect.attempts, 1);
    assert_string_equal(effect.cause, "its rows cannot be read");
    assert_int_equal(effect.next_at, kit_now + SECOND);
    assert_int_equal(one("SELECT count(*) FROM effect WHERE state = 2 AND door = 'sms'"), 2);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_became_due_meanwhile_is_done_in_order),
        TEST(what_always_fails_holds_up_nobody),
        TEST(a_clock_that_steps_back_puts_off_no_more_than_it_says),
        TEST(what_cannot_be_recorded_holds_up_nobody),
        TEST(what_cannot_be_read_is_seen),
    };
    return cmocka_run_group_tests(tests, dispatch_pages_open, dispatch_pages_close);
}
