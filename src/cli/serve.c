#include "cli/serve.h"

#include <jansson.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/pages.h"
#include "base/paper.h"
#include "cli/installation.h"
#include "cli/serve_outside.h"
#include "commands/verbs.h"
#include "web/api/bearer.h"
#include "web/api/endpoint.h"
#include "web/portal/closing.h"
#include "web/portal/portal.h"
#include "web/server.h"
#include "web/terminal.h"

enum { SERVE_LISTEN = OPTION_OWN, SERVE_SHIFT };

struct asked {
    struct common common;
    const char *listen;
    int64_t shift; /* seconds */
};

/* Everything that runs; what is NULL was not started. */
struct running {
    struct house house;
    struct pages *pages;
    struct committer *committer;
    struct server *server;
    struct outside outside;
    _Atomic(struct dispatcher *) dispatcher;
    bool demo;
    char site[SETTING_TEXT]; /* where the portal is, or "" */
    char why[INSTALLATION_WHY];
};

static error_t option(int key, char *argument, struct argp_state *state) {
    struct asked *asked = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &asked->common;
        return 0;
    case SERVE_LISTEN:
        asked->listen = argument;
        return 0;
    case SERVE_SHIFT:
        if (!number_read(argument, 0, INT64_C(315360000), &asked->shift))
            argp_error(state, "--clock-shift: seconds, at most ten years");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"listen", SERVE_LISTEN, "127.0.0.1:PORT", 0,
     "Where to serve HTTP; port 0 is any free one. The settings' port unless given", 1},
    {"clock-shift", SERVE_SHIFT, "SECONDS", 0,
     "Let the clock run ahead by so much (demo installations only)", 1},
    {0},
};
static const struct argp_child children[] = {{&common_argp, 0, NULL, 90}, {0}};
static const struct argp argp = {
    .options = options,
    .parser = option,
    .doc = "Serves an installation: the portal and the API over HTTP on this machine, and the "
           "terminal's commands over a Unix socket in the folder."
           "\vOne line of JSON on stdout says when it is ready and on which port. It listens on "
           "127.0.0.1 only; a proxy such as nginx stands in front of it. SIGTERM and SIGINT end "
           "it: what was accepted is finished first, then it exits with 0.\n\n"
           "Several servers may serve one PostgreSQL database. One of them at a time delivers "
           "messages, cuts lines and watches the deadlines; further lines on stdout say when this "
           "one begins "
           "({\"event\":\"lease\",\"held\":true}) and when it no longer does.\n\n" EXIT_HELP,
    .children = children,
};

/* The port of "127.0.0.1:PORT"; false for any other address. */
static bool listen_read(const char *text, int64_t *port) {
    static const char here[] = "127.0.0.1:";
    return strncmp(text, here, sizeof here - 1) == 0 &&
           number_read(text + sizeof here - 1, 0, 65535, port);
}

/* One line of JSON on stdout, whole, from any thread; takes the value over. */
static void event_say(const char *event, const char *name, json_t *value) {
    json_t *line = json_pack("{s:s,s:o}", "event", event, name, value);
    char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
    if (text)
        printf("%s\n", text);
    fflush(stdout);
    free(text);
    json_decref(line);
}

static void effects_there(void *owner) {
    struct running *running = owner;
    struct dispatcher *dispatcher = atomic_load(&running->dispatcher);
    if (dispatcher)
        dispatcher_wake(dispatcher);
}

static bool committer_open(struct running *r) {
    char why[256] = "";
    struct committer_settings settings = installation_committing(&r->house);
    settings.site = r->site[0] ? r->site : NULL;
    settings.effects = effects_there;
    settings.owner = r;
    r->committer = committer_start(&settings, why);
    if (!r->committer)
        snprintf(r->why, sizeof r->why, "%s", why);
    return r->committer != NULL;
}

static bool server_open(struct running *r, int64_t port) {
    static const struct route *const routes[] = {terminal_routes, api_routes, portal_routes,
                                                 closing_routes, NULL};
    const struct settings *given = &r->house.settings;
    char why[SERVER_WHY] = "";
    struct site site = {.settings = {.port = (uint16_t)port,
                                     .socket_path = r->house.socket,
                                     .https = given->https && !r->demo,
                                     .trust_proxy = given->trust_proxy,
                                     .prefixes = r->demo || given->base_url[0],
                                     .log = given->log,
                                     .threads = (unsigned)given->threads,
                                     .preparers = (unsigned)given->preparers,
                                     .connections = (unsigned)given->connections,
                                     .connections_ip = (unsigned)given->connections_address,
                                     .body_bytes = (size_t)given->body_bytes,
                                     .patience = installation_committing(&r->house).patience},
                        .engine = r->house.engine,
                        .where = r->house.where,
                        .secrets = &r->house.secrets,
                        .committer = r->committer,
                        .pages = r->pages,
                        .demo = r->demo,
                        .routes = routes,
                        .api_actor = api_actor,
                        .local_actor = terminal_actor,
                        .now = clock_now};
    r->server = server_start(&site, why);
    if (!r->server)
        snprintf(r->why, sizeof r->why, "%s", why);
    return r->server != NULL;
}

/* Only where several servers may run: which of them delivers is worth knowing. */
static void leased(void *owner, bool held) {
    (void)owner;
    event_say("lease", "held", json_boolean(held));
}

static bool outside_open(struct running *r) {
    char why[256] = "";
    bool shared = r->house.engine->writers > 1;
    struct dispatcher_settings settings = {.engine = r->house.engine,
                                           .where = r->house.where,
                                           .secrets = &r->house.secrets,
                                           .committer = r->committer,
                                           .pages = r->pages,
                                           .verb_of = verb_of,
                                           .now = clock_now,
                                           .demo = r->demo,
                                           .leased = shared ? leased : NULL};
    if (!outside_read(&r->outside, &r->house, server_port(r->server), &settings, r->why))
        return false;
    struct dispatcher *dispatcher = dispatcher_start(&settings, why);
    atomic_store(&r->dispatcher, dispatcher);
    if (dispatcher)
        dispatcher_wake(dispatcher); /* its first commits may have told nobody */
    else
        snprintf(r->why, sizeof r->why, "%s", why);
    return dispatcher != NULL;
}

/* What must hold before anything is started. */
static bool house_open(struct running *r, const struct asked *asked) {
    char error[PAGES_ERROR_TEXT] = "", warning[INSTALLATION_WARNING];
    if (!installation_open(&r->house, asked->common.data, r->why))
        return false;
    struct store *store = installation_reader(&r->house, r->why);
    if (!store)
        return false;
    r->demo = store_is_demo(r->house.engine, store);
    installation_warning(&r->house, store, warning);
    r->house.engine->close(store);
    if (warning[0])
        event_say("warning", "text", json_string(warning));
    if (asked->shift && !r->demo) {
        snprintf(r->why, sizeof r->why, "--clock-shift is for demo installations only");
        return false;
    }
    clock_shift(asked->shift * SECOND);
    r->pages = pages_open(error);
    if (!r->pages)
        snprintf(r->why, sizeof r->why, "%s", error);
    return r->pages != NULL;
}

static void house_close(struct running *r) {
    if (r->server)
        server_stop(r->server);
    struct dispatcher *dispatcher = atomic_exchange(&r->dispatcher, NULL);
    if (dispatcher)
        dispatcher_stop(dispatcher);
    if (r->committer)
        committer_stop(r->committer);
    pages_close(r->pages);
    outside_close(&r->outside);
    installation_close(&r->house);
}

static int serve(struct running *r, const struct asked *asked, int64_t port) {
    sigset_t ends;
    int signal_number;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, NULL); /* all threads: only sigwait below takes them */
    if (!house_open(r, asked))
        return EXIT_FAULT;
    if (port < 0)
        port = r->house.settings.port;
    outside_site(&r->house, r->demo, (uint16_t)port, r->site);
    if (!committer_open(r))
        return strstr(r->why, "another ringoff") ? EXIT_BUSY : EXIT_FAULT;
    if (!server_open(r, port) || !outside_open(r))
        return EXIT_FAULT;
    printf("{\"event\":\"ready\",\"port\":%u}\n", server_port(r->server));
    if (fflush(stdout) == 0 && !paper_fonts())
        event_say(
            "warning", "text",
            json_string("the fonts of certificates are not installed (Debian: fonts-noto-cjk, "
                        "fonts-hanazono): names may stand on them in numbers"));
    if (fflush(stdout) != 0 || sigwait(&ends, &signal_number) != 0)
        snprintf(r->why, sizeof r->why, "stdout is closed");
    return r->why[0] ? EXIT_FAULT : EXIT_DONE;
}

int serve_run(const struct command *command, int argc, char **argv) {
    struct asked asked = {0};
    int64_t port = -1;
    common_open(&asked.common);
    if (!command_parse(command, &argp, argc, argv, &asked))
        return EXIT_USAGE;
    if (asked.listen && !listen_read(asked.listen, &port)) {
        command_say("--listen %s: only 127.0.0.1:PORT, for a proxy such as nginx stands in front",
                    asked.listen);
        return EXIT_USAGE;
    }
    struct running *running = calloc(1, sizeof *running);
    if (!running || !delivery_start()) {
        command_say("out of memory");
        free(running);
        return EXIT_FAULT;
    }
    int code = serve(running, &asked, port);
    if (code != EXIT_DONE)
        command_say("%s", running->why);
    house_close(running);
    delivery_stop();
    free(running);
    return code;
}
