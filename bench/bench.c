#include "bench/bench.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/installation.h"

const char *bench_option(int argc, char **argv, const char *name) {
    for (int i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return argv[i + 1];
    return NULL;
}

int64_t bench_number(int argc, char **argv, const char *name, int64_t usual) {
    const char *text = bench_option(argc, argv, name);
    char *end = NULL;
    long long number = text ? strtoll(text, &end, 10) : usual;
    if (!text || (end != text && *end == '\0' && number >= 0))
        return number;
    fprintf(stderr, "%s: not a number: %s\n", name, text);
    exit(2);
}

bool bench_house_open(const char *folder, struct bench_house *house) {
    char why[INSTALLATION_WHY] = "";
    struct house opened;
    memset(house, 0, sizeof *house);
    if (!secret_start() || !installation_open(&opened, folder, why)) {
        fprintf(stderr, "%s\n", why);
        return false;
    }
    snprintf(house->where, sizeof house->where, "%s", opened.where);
    house->engine = opened.engine;
    house->secrets = opened.secrets;
    installation_close(&opened);
    return true;
}

struct committer *bench_committer(const struct bench_house *house, const struct engine *engine,
                                  size_t queue, int committers, char why[256]) {
    struct committer_settings settings = {.engine = engine,
                                          .where = house->where,
                                          .secrets = &house->secrets,
                                          .now = clock_now,
                                          .queue_limit = queue,
                                          .committers = committers};
    return committer_start(&settings, why);
}

/* The last connection that SQLite opened. */
static sqlite3 *opened;

static int open_note(sqlite3 *db) {
    opened = db;
    return SQLITE_OK;
}

void bench_wide(void) {
    sqlite3_auto_extension((void (*)(void))open_note);
}

void bench_widen(const struct engine *engine) {
    if (engine == &sqlite_engine)
        sqlite3_exec(opened, "PRAGMA cache_size = -1500000; PRAGMA wal_autocheckpoint = 65536",
                     NULL, NULL, NULL);
}
