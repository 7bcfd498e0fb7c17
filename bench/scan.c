/* bench/scan FOLDER: reads all postings in the order of their ids by the engine's own scan, and
 * does nothing with them: what `ringoff ledger verify` cannot be faster than. Prints JSON. */
#include <inttypes.h>
#include <stdio.h>

#include "bench/bench.h"

static bool count(void *owner, const void *row) {
    const struct posting *posting = row;
    int64_t *counted = owner;
    *counted += posting->id != 0;
    return true;
}

int main(int argc, char **argv) {
    struct bench_house house;
    struct key all = {.id = INT64_MIN};
    int64_t rows = 0;
    char why[256] = "";
    if (argc < 2 || !bench_house_open(argv[1], &house))
        return 2;
    struct store *store = house.engine->open(house.where, &house.secrets, true, why);
    if (!store) {
        fprintf(stderr, "scan: %s\n", why);
        return 1;
    }
    double from = bench_seconds(), busy = bench_cpu();
    bool good = house.engine->snapshot(store, true) == STORE_OK &&
                house.engine->scan(store, POSTING_SCAN, &all, count, &rows) == STORE_OK &&
                house.engine->snapshot(store, false) == STORE_OK;
    if (!good)
        fprintf(stderr, "scan: %s\n", house.engine->why(store));
    printf("{\"rows\": %" PRId64 ", \"seconds\": %.6f, \"cpu\": %.6f}\n", rows,
           bench_seconds() - from, bench_cpu() - busy);
    house.engine->close(store);
    return good ? 0 : 1;
}
