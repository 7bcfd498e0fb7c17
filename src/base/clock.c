#include "base/clock.h"

#include <stdatomic.h>
#include <time.h>

static _Atomic int64_t shift, last;

static int64_t clock_read(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_now(void) {
    int64_t now = clock_read(CLOCK_REALTIME) + atomic_load(&shift);
    int64_t before = atomic_load(&last);
    while (now > before)
        if (atomic_compare_exchange_weak(&last, &before, now))
            return now;
    return before;
}

void clock_shift(int64_t milliseconds) {
    if (milliseconds > 0)
        atomic_fetch_add(&shift, milliseconds);
}

int64_t clock_steady(void) {
    return clock_read(CLOCK_MONOTONIC);
}
