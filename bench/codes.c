/* bench/codes FOLDER --operator ID: reads ids of closures from stdin, a line each, and writes for
 * each the code that confirms it now, as the person would read it in a message: derived from the
 * installation's key, since nothing that is stored reveals it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "rules/closure_secret.h"

enum { ID_LINE = 64 };

int main(int argc, char **argv) {
    struct bench_house house;
    char text[ID_LINE], code[CODE_DIGITS + 1], why[256] = "";
    if (argc < 2 || !bench_house_open(argv[1], &house))
        return 2;
    struct store *store = house.engine->open(house.where, &house.secrets, true, why);
    if (!store) {
        fprintf(stderr, "codes: %s\n", why);
        return 1;
    }
    bool good = true;
    while (good && fgets(text, sizeof text, stdin)) {
        struct key key = {.id = strtoll(text, NULL, 10),
                          .operator= bench_number(argc, argv, "--operator", 0)};
        struct closure closure = {0};
        struct want want = {.statement = CLOSURE_BY_ID, .in = &key, .rows = &closure, .room = 1};
        good = house.engine->read(store, &want, 1) == STORE_OK && closure.id;
        closure_code(&house.secrets, &closure, code);
        printf("%" PRId64 "\t%s\n", closure.id, code);
    }
    house.engine->close(store);
    return good && fflush(stdout) == 0 ? 0 : 1;
}
