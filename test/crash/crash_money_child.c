/* Does a round of money until it is killed: each step of all worlds is told on standard output
 * after it was answered. crash_money_child WHERE ROUND */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crash_money.h"

static struct money_kit kit;
static struct money_history histories[MONEY_WORLDS];

static bool tell(const void *what, size_t size) {
    const char *at = what;
    ssize_t piece = 1;
    for (; size && piece > 0; at += piece, size -= (size_t)piece)
        piece = write(STDOUT_FILENO, at, size);
    return piece > 0;
}

static bool tell_wave(void) {
    static struct told_wave told;
    told.since = kit.since;
    told.after = kit.after;
    for (size_t w = 0; w < MONEY_WORLDS; w++) {
        memcpy(told.line[w], kit.world[w].line, sizeof told.line[w]);
        memcpy(told.document[w], kit.world[w].document, sizeof told.document[w]);
    }
    return tell(&told, sizeof told);
}

static bool step(int64_t round, int at) {
    static struct money_act acts[MONEY_WORLDS];
    static struct money_task tasks[MONEY_WORLDS];
    static struct money_books books[MONEY_WORLDS];
    static struct told_step told;
    enum refusal expected[MONEY_WORLDS];
    crash_draw(histories, round, at, acts);
    for (size_t w = 0; w < MONEY_WORLDS; w++)
        tasks[w] = (struct money_task){.world = &kit.world[w], .act = &acts[w]};
    money_do(&kit, tasks, MONEY_WORLDS);
    money_read(&kit, books);
    for (size_t w = 0; w < MONEY_WORLDS; w++) {
        told.answer[w] = tasks[w].answer;
        memcpy(told.refund[w], kit.world[w].refund, sizeof told.refund[w]);
        memcpy(told.payee[w], kit.world[w].payee, sizeof told.payee[w]);
        told.refunds[w] = (int64_t)kit.world[w].refunds;
    }
    crash_note(histories, acts, told.answer, expected);
    return tell(&told, sizeof told);
}

int main(int argc, char **argv) {
    if (argc != 3 || !secret_start())
        return 2;
    int64_t round = strtoll(argv[2], NULL, 10);
    kit_now = crash_time(round);
    money_attach(&kit, argv[1]);
    kit.serial = MONEY_LINES + round * MONEY_WORLDS * MONEY_LINES;
    money_wave(&kit);
    crash_begin(&kit, histories, round);
    bool listened = tell_wave();
    for (int at = 0; listened && at < CRASH_STEPS; at++)
        listened = step(round, at);
    return listened ? 3 : 0; /* nobody killed it, or nobody is there */
}
