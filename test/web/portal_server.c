/* The portal on a real store, for the tests beside it; never installed. Harbour has four lines
 * (+852 6123 0010 …), kite none. Time stands unless it is told otherwise on standard input:
 *   later MILLISECONDS   moves the clock
 *   deliver              does what is due: messages go to the demo's inbox
 * Prints {"port":…,"lines":[{"number":…,"iccid":…,"document":…}]} when ready, and {"now":…} after
 * each command; ends on SIGTERM. */
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case_kit.h"
#include "commands/policy.h"
#include "effects/dispatcher.h"
#include "web/api/bearer.h"
#include "web/api/endpoint.h"
#include "web/portal/closing.h"
#include "web/portal/portal.h"
#include "web/server.h"

enum { FIRST_LINE = 10, LINES = 4 };

static const struct route *const tables[] = {portal_routes, closing_routes, api_routes, NULL};

static int64_t clock_standing(void) {
    return kit_now;
}

static void second_operator(struct case_kit *c) {
    static struct policy_load in = {.operator_code = "kite"};
    struct actor root = {.kind = ACTOR_STAFF, .scopes = "root"};
    const char *base = getenv("RINGOFF_ROOT");
    char path[512];
    enum refusal no = ACCEPTED;
    snprintf(path, sizeof path, "%s/packaging/demo/kite.json", base ? base : ".");
    FILE *file = fopen(path, "r");
    if (!file) {
        abort();
    }
    in.text[fread(in.text, 1, sizeof in.text - 1, file)] = '\0';
    fclose(file);
    case_run(c, &policy_load_verb, &root, &in, &no);
    if (no) {
        fprintf(stderr, "policy: %d\n", no);
    }
}

static void say_ready(struct case_kit *c, unsigned port) {
    printf("{\"port\":%u,\"lines\":[", port);
    for (int i = 0; i < LINES; i++) {
        struct line_import row = case_row(FIRST_LINE + i);
        if (i >= 2) {
            case_run(c, &line_import_verb, &c->system, &row, NULL);
        }
        printf("%s{\"number\":\"%s\",\"iccid\":\"%s\",\"document\":\"%s\"}", i ? "," : "",
               row.number, row.iccid, row.document);
    }
    printf("]}\n");
    fflush(stdout);
}

static void *listen_for_orders(void *context) {
    const struct dispatcher_settings *settings = context;
    char line[64];
    while (fgets(line, sizeof line, stdin)) {
        if (strncmp(line, "later ", 6) == 0) {
            kit_now += strtoll(line + 6, NULL, 10);
        } else {
            while (dispatcher_round(settings) > 0) {
                continue; /* what was delivered may have caused more */
            }
        }
        printf("{\"now\":%" PRId64 "}\n", kit_now);
        fflush(stdout);
    }
    return NULL;
}

int main(void) {
    static struct case_kit c;
    char why[256] = "";
    sigset_t ends;
    pthread_t listener;
    int signal_number = 0;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    signal(SIGPIPE, SIG_IGN);
    setenv("RINGOFF_TEST_POSTGRES", "", 1); /* the doors are what is tested here */
    case_open(&c);
    second_operator(&c);
    struct pages *pages = pages_open(why);
    struct site site = {.settings = {.prefixes = true},
                        .engine = c.kit.engine,
                        .where = c.kit.where,
                        .secrets = &c.kit.secrets,
                        .committer = c.kit.committer,
                        .pages = pages,
                        .demo = true,
                        .routes = tables,
                        .api_actor = api_actor,
                        .now = clock_standing};
    struct server *server = pages ? server_start(&site, why) : NULL;
    if (!server) {
        fprintf(stderr, "%s\n", why);
        return 1;
    }
    char address[64];
    snprintf(address, sizeof address, "http://127.0.0.1:%u", server_port(server));
    struct dispatcher_settings outside = {.engine = c.kit.engine,
                                          .where = c.kit.where,
                                          .secrets = &c.kit.secrets,
                                          .committer = c.kit.committer,
                                          .pages = pages,
                                          .verb_of = verb_of,
                                          .now = clock_standing,
                                          .demo = true,
                                          .site = address};
    say_ready(&c, server_port(server));
    if (pthread_create(&listener, NULL, listen_for_orders, &outside) != 0) {
        return 1;
    }
    sigwait(&ends, &signal_number);
    server_stop(server);
    case_close(&c);
    pages_close(pages);
    return 0;
}
