#include "dispatch_kit.h"

#include <stdio.h>

#include "commands/verbs.h"

struct pages *dispatch_pages;

int dispatch_pages_open(void **state) {
    char why[PAGES_ERROR_TEXT] = "";
    (void)state;
    dispatch_pages = pages_open(why);
    if (!dispatch_pages)
        fprintf(stderr, "%s\n", why);
    return dispatch_pages ? 0 : -1;
}

int dispatch_pages_close(void **state) {
    (void)state;
    pages_close(dispatch_pages);
    return 0;
}

static int64_t now(void) {
    return kit_now;
}

struct dispatcher_settings dispatch_settings(const struct case_kit *kit) {
    return (struct dispatcher_settings){.engine = kit->kit.engine,
                                        .where = kit->kit.where,
                                        .secrets = &kit->kit.secrets,
                                        .committer = kit->kit.committer,
                                        .pages = dispatch_pages,
                                        .verb_of = verb_of,
                                        .now = now,
                                        .demo = true,
                                        .site = "http://127.0.0.1:8080"};
}
