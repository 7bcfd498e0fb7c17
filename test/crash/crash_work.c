#include "crash_work.h"

#include <stdio.h>

void crash_secrets(struct secrets *secrets) {
    static const uint8_t master[32] = {11};
    secret_derive(master, secrets);
}

void crash_job(const struct secrets *secrets, int64_t round, int64_t client, int64_t number,
               struct deed *deed, struct job *job) {
    *deed = (struct deed){.subject = FIRST_LINE + client % CRASH_LINES,
                          .limit = (client * 7919 + number * 104729 + round) % 201 - 80,
                          .deeds = "pce"};
    *job = (struct job){.verb = &deed_verb, .actor = deed_api, .input = deed};
    snprintf(job->key, sizeof job->key, "%lld-%lld-%lld", (long long)round, (long long)client,
             (long long)number);
    job_fill(job, secrets);
}

/* Where several may write, several do. */
enum { WORKERS = 3 };

static int64_t crash_clock(void) {
    return kit_now;
}

struct committer *crash_start(const char *where, const struct secrets *secrets) {
    char why[256] = "";
    const struct engine *engine = engine_of(where);
    struct committer_settings settings = {.engine = engine,
                                          .where = where,
                                          .secrets = secrets,
                                          .now = crash_clock,
                                          .queue_limit = 4096,
                                          .committers = engine->writers > 1 ? WORKERS : 1};
    struct committer *committer = committer_start(&settings, why);
    if (!committer)
        fprintf(stderr, "%s\n", why);
    return committer;
}
