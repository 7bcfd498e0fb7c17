#include "dispatch_kit.h"

#include "commands/verbs.h"

static int64_t now(void) {
    return kit_now;
}

struct dispatcher_settings dispatch_settings(const struct case_kit *kit,
                                             const struct pages *pages) {
    return (struct dispatcher_settings){.engine = kit->kit.engine,
                                        .where = kit->kit.where,
                                        .secrets = &kit->kit.secrets,
                                        .committer = kit->kit.committer,
                                        .pages = pages,
                                        .verb_of = verb_of,
                                        .now = now,
                                        .demo = true,
                                        .site = "http://127.0.0.1:8080"};
}
