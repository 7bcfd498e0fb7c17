/* No cent is lost: small histories of money, all there are, and long ones drawn by a seed, through
 * the real verbs and committer on a real database, beside a much simpler model. RINGOFF_SEED draws
 * others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "money_doubles.h"
#include "money_world.h"

enum { WAVES = 8, STEPS = 40, JUMP = 24, DOUBLE_ACTS = 40, DOUBLE_HISTORIES = 4000 };
#define BEGIN INT64_C(1795400000000)

static uint64_t seed(void) {
    const char *chosen = getenv("RINGOFF_SEED");
    return chosen ? strtoull(chosen, NULL, 10) : 1;
}

/* --- the judge and the model alone --- */

/* What the history broke first, or 0; how often each deed was done. */
static uint32_t play(uint64_t number, const struct money_fault *fault, struct money_history *h,
                     size_t done[DEED_COUNT]) {
    static struct money_double machine;
    struct money_books after;
    int64_t now = BEGIN;
    history_open(h, &money_limits[number % MONEY_LIMITS], MONEY_PAID, MONEY_PROMOTIONAL, number);
    machine = (struct money_double){.model = h->model};
    for (int i = 0; i < DOUBLE_ACTS && history_goes_on(h); i++) {
        bool jump = i % 16 == 15;
        struct money_act act = history_pick(h);
        now += jump ? 8 * 366 * DAY : i % 8 ? 31 * MINUTE : 31 * DAY;
        machine.model.now = now;
        struct money_answer answer = double_do(&machine, &act, fault);
        double_books(&machine, &after);
        uint32_t broken = history_judge(h, &act, &answer, &after, now);
        if (broken)
            return broken;
        if (!answer.refusal)
            done[act.deed]++;
    }
    return 0;
}

static void the_model_keeps_the_rules(void **state) {
    static struct money_history history;
    size_t done[DEED_COUNT] = {0};
    (void)state;
    for (uint64_t i = 0; i < DOUBLE_HISTORIES; i++)
        if (play(seed() * 1000003 + i, NULL, &history, done))
            fail_msg("history %llu: %s", (unsigned long long)i, history.wrong);
    for (int deed = 0; deed < DEED_COUNT; deed++)
        if (done[deed] < DOUBLE_HISTORIES / 50)
            fail_msg("%s was done %zu times only", money_deed_name((enum money_deed)deed),
                     done[deed]);
}

/* Each is seen where it strikes first, and the rule that it breaks is named. */
static void each_fault_is_seen(void **state) {
    static struct money_history history;
    size_t done[DEED_COUNT] = {0};
    (void)state;
    for (size_t f = 0; f < money_fault_count(); f++) {
        const struct money_fault *fault = &money_faults[f];
        uint32_t broken = 0;
        for (uint64_t i = 0; i < DOUBLE_HISTORIES && !(broken & 1u << fault->rule); i++)
            broken = play(seed() * 1000003 + i, fault, &history, done);
        if (!(broken & 1u << fault->rule))
            fail_msg("%s: not [%s], but %s", fault->name, money_rule_name(fault->rule),
                     broken ? history.wrong : "nothing is seen");
        assert_true(broken & 1u << MONEY_MODEL || fault->rule == MONEY_ANSWER ||
                    fault->rule == MONEY_TWICE);
    }
}

/* --- the program --- */

static struct money_kit kit;

static int setup(void **state) {
    (void)state;
    for (int deed = 0; deed < DEED_COUNT; deed++)
        assert_true(money_ready((enum money_deed)deed)); /* nothing is left out */
    money_open(&kit);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    money_close(&kit);
    return 0;
}

static void assert_verified(void) {
    char why[160];
    if (!money_verified(&kit, why))
        fail_msg("%s", why);
}

static struct money_history histories[MONEY_WORLDS];

/* A wave of histories: new lines, and everybody is as the model is. */
static void wave_open(uint64_t number) {
    static struct money_books books[MONEY_WORLDS];
    money_wave(&kit);
    money_read(&kit, books);
    for (size_t w = 0; w < MONEY_WORLDS; w++) {
        struct money_history *h = &histories[w];
        history_open(h, kit.world[w].limits, MONEY_PAID, MONEY_PROMOTIONAL,
                     seed() * 1000003 + number * MONEY_WORLDS + w);
        h->ready = money_ready;
        if (!money_same(&h->before, &books[w]))
            fail_msg("wave %llu: it does not begin as it should", (unsigned long long)number);
    }
}

/* One step of all worlds: each does so many acts at once. */
static void step(const struct money_act acts[MONEY_WORLDS][MONEY_BURST],
                 const size_t counts[MONEY_WORLDS]) {
    static struct money_task tasks[MONEY_WORLDS * MONEY_BURST];
    static struct money_books books[MONEY_WORLDS];
    size_t count = 0, at = 0;
    for (size_t w = 0; w < MONEY_WORLDS; w++)
        for (size_t i = 0; i < counts[w]; i++)
            tasks[count++] = (struct money_task){.world = &kit.world[w], .act = &acts[w][i]};
    money_do(&kit, tasks, count);
    money_read(&kit, books);
    for (size_t w = 0; w < MONEY_WORLDS; w++) {
        struct money_answer answers[MONEY_BURST];
        uint32_t broken = 0;
        for (size_t i = 0; i < counts[w]; i++)
            answers[i] = tasks[at++].answer;
        if (counts[w] == 1)
            broken = history_judge(&histories[w], &acts[w][0], &answers[0], &books[w], kit_now);
        else if (counts[w])
            broken =
                history_judge_burst(&histories[w], acts[w], answers, counts[w], &books[w], kit_now);
        if (broken)
            fail_msg("world %zu: %s", w, histories[w].wrong);
    }
}

static void draw(int at, struct money_act acts[MONEY_WORLDS][MONEY_BURST],
                 size_t counts[MONEY_WORLDS]) {
    for (size_t w = 0; w < MONEY_WORLDS; w++) {
        struct money_history *h = &histories[w];
        bool settle = at == JUMP - 1 || at == JUMP - 2;
        counts[w] = at % 3 || settle ? 1 : 1 + history_draw(h, MONEY_BURST);
        for (size_t i = 0; i < counts[w]; i++)
            acts[w][i] = settle           ? history_settle(h)
                         : counts[w] == 1 ? history_pick(h)
                                          : history_pick_single(h);
    }
}

static void long_histories(void **state) {
    static struct money_act acts[MONEY_WORLDS][MONEY_BURST];
    size_t counts[MONEY_WORLDS];
    (void)state;
    for (uint64_t wave = 0; wave < WAVES; wave++) {
        wave_open(wave);
        for (int at = 0; at < STEPS; at++) {
            kit_now += at == JUMP ? 8 * 366 * DAY : at == JUMP + 4 ? 31 * DAY : 31 * MINUTE;
            if (at % 10 == 9)
                money_restart(&kit);
            draw(at, acts, counts);
            step(acts, counts);
        }
        assert_verified();
    }
}

/* --- all small histories --- */

enum { AGAIN = -1, SMALL_DEPTH = 4, SMALL_MAX = 20000 };

/* What may be done next. AGAIN: the key, or the transaction, of the act before. */
static const struct money_act alphabet[] = {
    {.deed = DO_TOP_UP, .amount = 100, .online = true},
    {.deed = DO_TOP_UP, .amount = 0},
    {.deed = DO_TOP_UP, .line = MONEY_FOREIGN, .amount = 1},
    {.deed = DO_SPEND, .amount = 1},
    {.deed = DO_SPEND, .amount = MONEY_PAID},
    {.deed = DO_SPEND, .amount = MONEY_PAID + 1},
    {.deed = DO_SPEND, .amount = INT64_MAX},
    {.deed = DO_SPEND_PROMOTIONAL, .amount = MONEY_PROMOTIONAL},
    {.deed = DO_SPEND_PROMOTIONAL, .amount = MONEY_PROMOTIONAL + 1},
    {.deed = DO_GRANT, .amount = 1},
    {.deed = DO_TRANSFER, .target = 1, .amount = 0},
    {.deed = DO_TRANSFER, .target = 1, .amount = 1},
    {.deed = DO_TRANSFER, .target = 1, .amount = 500},
    {.deed = DO_TRANSFER, .target = 1, .amount = MONEY_PAID},
    {.deed = DO_TRANSFER, .target = 1, .amount = INT64_MAX},
    {.deed = DO_TRANSFER, .line = 1, .target = 0, .amount = 500},
    {.deed = DO_TRANSFER, .target = 0, .amount = 100},
    {.deed = DO_TRANSFER, .target = MONEY_FOREIGN, .amount = 100},
    {.deed = DO_FEE},
    {.deed = DO_SUBMIT},
    {.deed = DO_SUBMIT, .line = 1},
    {.deed = DO_CHOOSE, .choice = CHOICE_REFUND},
    {.deed = DO_CHOOSE, .choice = CHOICE_TRANSFER, .target = 1},
    {.deed = DO_CHOOSE, .choice = CHOICE_LEAVE, .amount = MONEY_PAID},
    {.deed = DO_CHOOSE, .choice = CHOICE_LEAVE, .amount = 1},
    {.deed = DO_CHOOSE, .choice = CHOICE_NONE},
    {.deed = DO_WITHDRAW},
    {.deed = DO_TIMER},
    {.deed = DO_CUT},
    {.deed = DO_CLAIM, .choice = CHOICE_REFUND},
    {.deed = DO_CLAIM, .choice = CHOICE_TRANSFER, .target = 1},
    {.deed = DO_CLAIM, .choice = CHOICE_TRANSFER, .target = 0},
    {.deed = DO_APPROVE},
    {.deed = DO_APPROVE, .who = 1},
    {.deed = DO_APPROVE, .refund = MONEY_FOREIGN},
    {.deed = DO_REJECT},
    {.deed = DO_PAY},
    {.deed = DO_PAY, .refund = MONEY_FOREIGN},
    {.deed = DO_RETURN},
    {.deed = DO_CORRECT},
    {.deed = DO_TOP_UP, .amount = 100, .online = true, .transaction = AGAIN},
    {.deed = DO_TOP_UP, .key = AGAIN},
};
enum { LETTERS = sizeof alphabet / sizeof *alphabet };

/* How a history begins, and how long all that follow are. */
struct beginning {
    const char *name;
    enum money_deed from; /* only this deed and later ones follow */
    int depth;
    size_t count;
    struct money_act acts[8];
};
static const struct beginning beginnings[] = {
    {"open", DO_TOP_UP, 2, 0, {{.deed = DO_GRANT}}},
    {"asked for, to be refunded",
     DO_TOP_UP,
     2,
     3,
     {{.deed = DO_TOP_UP, .amount = 100, .online = true},
      {.deed = DO_SUBMIT},
      {.deed = DO_CHOOSE, .choice = CHOICE_REFUND}}},
    {"asked for, to be transferred",
     DO_TOP_UP,
     2,
     2,
     {{.deed = DO_SUBMIT}, {.deed = DO_CHOOSE, .choice = CHOICE_TRANSFER, .target = 1}}},
    {"being carried out, to be left",
     DO_TOP_UP,
     2,
     3,
     {{.deed = DO_SUBMIT},
      {.deed = DO_CHOOSE, .choice = CHOICE_LEAVE, .amount = MONEY_PAID},
      {.deed = DO_TIMER}}},
    {"unclaimed", DO_TOP_UP, 2, 3, {{.deed = DO_SUBMIT}, {.deed = DO_TIMER}, {.deed = DO_CUT}}},
    {"to be refunded",
     DO_TOP_UP,
     2,
     4,
     {{.deed = DO_SUBMIT},
      {.deed = DO_CHOOSE, .choice = CHOICE_REFUND},
      {.deed = DO_TIMER},
      {.deed = DO_CUT}}},
    {"to be refunded, and nothing else",
     DO_CLAIM,
     4,
     4,
     {{.deed = DO_SUBMIT},
      {.deed = DO_CHOOSE, .choice = CHOICE_REFUND},
      {.deed = DO_TIMER},
      {.deed = DO_CUT}}},
    {"refunded",
     DO_TOP_UP,
     2,
     7,
     {{.deed = DO_SUBMIT},
      {.deed = DO_CHOOSE, .choice = CHOICE_REFUND},
      {.deed = DO_TIMER},
      {.deed = DO_CUT},
      {.deed = DO_APPROVE},
      {.deed = DO_APPROVE, .who = 1},
      {.deed = DO_PAY}}},
};
enum { BEGINNINGS = sizeof beginnings / sizeof *beginnings };

static struct money_act letter(struct money_history *h, const struct money_act *act) {
    struct money_act named = *act;
    if (act->key == AGAIN && h->keys)
        return h->given[h->keys];
    named.key = 0;
    if (act->transaction == AGAIN)
        named.transaction = h->transactions;
    history_name(h, &named);
    return named;
}

static uint8_t small[SMALL_MAX][SMALL_DEPTH];
static size_t small_count;

/* All that can follow. What is refused changes nothing (that is a rule), so nothing follows it. */
static void small_grow(const struct money_history *h, int64_t now, uint8_t acts[SMALL_DEPTH],
                       int at, const struct beginning *b) {
    struct money_history *next = malloc(sizeof *next);
    assert_non_null(next);
    for (int i = 0; i < LETTERS; i++) {
        if (!money_ready(alphabet[i].deed) || alphabet[i].deed < b->from)
            continue;
        *next = *h;
        struct money_act act = letter(next, &alphabet[i]);
        next->model.now = now;
        acts[at] = (uint8_t)i;
        bool done = model_do(&next->model, &act) == ACCEPTED;
        if (done && at + 1 < b->depth) {
            small_grow(next, now + 31 * MINUTE, acts, at + 1, b);
        } else {
            assert_true(small_count < SMALL_MAX);
            memcpy(small[small_count++], acts, SMALL_DEPTH);
            memset(small[small_count - 1] + at + 1, LETTERS, (size_t)(SMALL_DEPTH - at - 1));
        }
    }
    free(next);
}

static bool beginning_ready(const struct beginning *b) {
    for (size_t i = 0; i < b->count; i++)
        if (!money_ready(b->acts[i].deed))
            return false;
    return true;
}

/* As many histories at once as there are worlds, from first on; short ones wait for the others. */
static void small_wave(const struct beginning *b, size_t first) {
    static struct money_act acts[MONEY_WORLDS][MONEY_BURST];
    size_t counts[MONEY_WORLDS], length = b->count + (size_t)b->depth;
    wave_open(first);
    for (size_t at = 0; at < length; at++) {
        kit_now += 31 * MINUTE;
        for (size_t w = 0; w < MONEY_WORLDS; w++) {
            const uint8_t *own = first + w < small_count ? small[first + w] : NULL;
            int i = at < b->count || !own ? LETTERS : own[at - b->count];
            counts[w] = own && (at < b->count || i < LETTERS);
            if (counts[w])
                acts[w][0] = letter(&histories[w], at < b->count ? &b->acts[at] : &alphabet[i]);
        }
        step(acts, counts);
    }
}

static void all_small_histories(void **state) {
    static struct money_history h;
    uint8_t acts[SMALL_DEPTH];
    (void)state;
    for (size_t i = 0; i < BEGINNINGS; i++) {
        const struct beginning *b = &beginnings[i];
        if (!beginning_ready(b))
            continue;
        history_open(&h, &money_limits[0], MONEY_PAID, MONEY_PROMOTIONAL, 1);
        for (size_t k = 0; k < b->count; k++) {
            struct money_act act = letter(&h, &b->acts[k]);
            h.model.now = BEGIN + (int64_t)k * 31 * MINUTE;
            assert_int_equal(model_do(&h.model, &act), ACCEPTED);
        }
        small_count = 0;
        small_grow(&h, BEGIN + 8 * 31 * MINUTE, acts, 0, b);
        printf("%s: %zu histories\n", b->name, small_count);
        for (size_t first = 0; first < small_count; first += MONEY_WORLDS)
            small_wave(b, first);
        assert_verified();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_model_keeps_the_rules),
        cmocka_unit_test(each_fault_is_seen),
        cmocka_unit_test_setup_teardown(long_histories, setup, teardown),
        cmocka_unit_test_setup_teardown(all_small_histories, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
