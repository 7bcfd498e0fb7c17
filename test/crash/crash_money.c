#include "crash_money.h"

#include "base/clock.h"

/* Suspending is several commands, and a network between them: it is left out. */
static bool crash_ready(enum money_deed deed) {
    return money_ready(deed) && deed != DO_FEE;
}

int64_t crash_time(int64_t round) {
    return INT64_C(1795400000000) + round * 10 * DAY;
}

void crash_begin(struct money_kit *kit, struct money_history histories[MONEY_WORLDS],
                 int64_t round) {
    for (size_t w = 0; w < MONEY_WORLDS; w++) {
        history_open(&histories[w], kit->world[w].limits, MONEY_PAID, MONEY_PROMOTIONAL,
                     (uint64_t)round * MONEY_WORLDS + w);
        histories[w].ready = crash_ready;
    }
}

void crash_draw(struct money_history histories[MONEY_WORLDS], int64_t round, int step,
                struct money_act acts[MONEY_WORLDS]) {
    kit_now = crash_time(round) + HOUR + (step + 1) * 31 * MINUTE;
    for (size_t w = 0; w < MONEY_WORLDS; w++) {
        acts[w] = history_pick(&histories[w]);
        histories[w].model.now = kit_now;
    }
}

void crash_note(struct money_history histories[MONEY_WORLDS],
                const struct money_act acts[MONEY_WORLDS],
                const struct money_answer answers[MONEY_WORLDS],
                enum refusal expected[MONEY_WORLDS]) {
    for (size_t w = 0; w < MONEY_WORLDS; w++) {
        struct money_history *h = &histories[w];
        bool again = h->model.key[acts[w].key].given;
        expected[w] = model_do(&h->model, &acts[w]);
        if (!again)
            h->first[acts[w].key] = answers[w];
    }
}
