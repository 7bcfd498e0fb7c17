/* The portal on a real store with a line whose credit is refunded, and what the staff do with the
 * refund, for the journey of a refund; never installed. Time stands unless it is told otherwise on
 * standard input, one order a line:
 *   later MILLISECONDS     moves the clock
 *   close                  the line is closed, its credit unclaimed
 *   ask WAY                a refund of 50 dollars of it, by this way
 *   approve, pay           what two members of the staff do with the newest one
 *   return REASON, reject REASON
 *   deliver                does what is due: messages go to the demo's inbox
 * Prints {"port":…,"number":…,"iccid":…,"document":…} when ready, and after each order {"now":…,
 * "refusal":…,"refund":…,"reference":…,"secret":…,"state":…}; ends on SIGTERM. */
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "effects/dispatcher.h"
#include "refund_kit.h"
#include "rules/credit_codes.h"
#include "rules/refund.h"
#include "web/portal/closing.h"
#include "web/portal/portal.h"
#include "web/server.h"

enum { AMOUNT = 5000 };

static const struct route *const tables[] = {portal_routes, closing_routes, NULL};

static int64_t clock_standing(void) {
    return kit_now;
}

static enum refusal ask(const char *way) {
    struct payee_input to = payee_of(way);
    enum refusal no;
    refund_ask(&kit.person, &to, AMOUNT, 0, &no);
    return no;
}

static enum refusal staff_do(int64_t id, const char *order, const char *rest) {
    if (strcmp(order, "approve") == 0)
        return approve(&ada, id);
    if (strcmp(order, "pay") == 0)
        return pay(&ben, id);
    if (strcmp(order, "return") == 0)
        return take_back(&ben, id, rest);
    return strcmp(order, "reject") == 0 ? reject(&ben, id, rest) : REFUSED_INPUT;
}

static enum refusal obey(const struct dispatcher_settings *settings, const char *order,
                         const char *rest) {
    if (strcmp(order, "later") == 0) {
        kit_now += strtoll(rest, NULL, 10);
        return ACCEPTED;
    }
    if (strcmp(order, "close") == 0) {
        refund_close_line();
        return ACCEPTED;
    }
    if (strcmp(order, "ask") == 0)
        return ask(rest);
    if (strcmp(order, "deliver") != 0)
        return staff_do(one("SELECT coalesce(max(id), 0) FROM refund"), order, rest);
    while (dispatcher_round(settings) > 0)
        continue; /* what was delivered may have caused more */
    return ACCEPTED;
}

static void say(enum refusal no) {
    struct refund refund = refund_now(one("SELECT coalesce(max(id), 0) FROM refund"));
    char secret[STATUS_SECRET_SIZE] = "";
    if (refund.id)
        refund_secret(&kit.kit.secrets, &refund, secret);
    printf("{\"now\":%" PRId64 ",\"refusal\":\"%s\",\"refund\":\"%" PRId64
           "\",\"reference\":\"%s\",\"secret\":\"%s\",\"state\":\"%s\"}\n",
           kit_now, no ? refusal_about(no)->code : "", refund.id, refund.reference, secret,
           refund_state_code(refund.state));
    fflush(stdout);
}

static void *listen_for_orders(void *context) {
    char line[64];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        char *rest = strchr(line, ' ');
        if (rest)
            *rest++ = '\0';
        say(obey(context, line, rest ? rest : ""));
    }
    return NULL;
}

static void say_ready(unsigned port) {
    struct line_import row = case_row(10);
    printf("{\"port\":%u,\"number\":\"%s\",\"iccid\":\"%s\",\"document\":\"%s\"}\n", port,
           row.number, row.iccid, row.document);
    fflush(stdout);
}

int main(void) {
    char why[256] = "", address[64];
    sigset_t ends;
    pthread_t listener;
    int signal_number = 0;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    signal(SIGPIPE, SIG_IGN);
    setenv("RINGOFF_TEST_POSTGRES", "", 1); /* the pages are what is tested here */
    refund_open_world();
    struct pages *pages = pages_open(why);
    struct site site = {.settings = {.prefixes = true},
                        .engine = kit.kit.engine,
                        .where = kit.kit.where,
                        .secrets = &kit.kit.secrets,
                        .committer = kit.kit.committer,
                        .pages = pages,
                        .demo = true,
                        .routes = tables,
                        .now = clock_standing};
    struct server *server = pages ? server_start(&site, why) : NULL;
    if (!server) {
        fprintf(stderr, "%s\n", why);
        return 1;
    }
    snprintf(address, sizeof address, "http://127.0.0.1:%u", server_port(server));
    struct dispatcher_settings outside = {.engine = kit.kit.engine,
                                          .where = kit.kit.where,
                                          .secrets = &kit.kit.secrets,
                                          .committer = kit.kit.committer,
                                          .pages = pages,
                                          .verb_of = verb_of,
                                          .now = clock_standing,
                                          .demo = true,
                                          .site = address};
    say_ready(server_port(server));
    if (pthread_create(&listener, NULL, listen_for_orders, &outside) != 0)
        return 1;
    sigwait(&ends, &signal_number);
    server_stop(server);
    case_close(&kit);
    pages_close(pages);
    return 0;
}
