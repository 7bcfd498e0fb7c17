#include <time.h>

#include "bench/bench.h"

static double clock_read(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double bench_seconds(void) {
    return clock_read(CLOCK_MONOTONIC);
}

double bench_cpu(void) {
    return clock_read(CLOCK_PROCESS_CPUTIME_ID);
}
