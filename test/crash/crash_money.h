/* What the child that is killed and its parent share: which acts are done in which step of a round,
 * and what the child tells of them. The acts of a step follow from the round and from what was
 * answered before, so the parent can do them again and compare. */
#ifndef RINGOFF_CRASH_MONEY_H
#define RINGOFF_CRASH_MONEY_H
#include "sim/money_world.h"

/* Told once, when the lines of the round are there. */
struct told_wave {
    int64_t since, after, line[MONEY_WORLDS][MONEY_LINES];
    char document[MONEY_WORLDS][DOCUMENT_SIZE];
};
/* Told after each step. */
struct told_step {
    struct money_answer answer[MONEY_WORLDS];
    int64_t refund[MONEY_WORLDS][MONEY_REFUNDS], payee[MONEY_WORLDS][MONEY_REFUNDS];
    int64_t refunds[MONEY_WORLDS];
};
enum { CRASH_STEPS = 80 }; /* no round is longer */

/* Histories of a round, as they begin. */
void crash_begin(struct money_kit *kit, struct money_history histories[MONEY_WORLDS],
                 int64_t round);
/* The acts of the step, and the time. */
void crash_draw(struct money_history histories[MONEY_WORLDS], int64_t round, int step,
                struct money_act acts[MONEY_WORLDS]);
/* The time at which a round begins. */
int64_t crash_time(int64_t round);
/* What was answered is remembered, and the model does it; its answers. */
void crash_note(struct money_history histories[MONEY_WORLDS],
                const struct money_act acts[MONEY_WORLDS],
                const struct money_answer answers[MONEY_WORLDS],
                enum refusal expected[MONEY_WORLDS]);
#endif
