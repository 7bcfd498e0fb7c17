#include "web/permissions.h"

#include <string.h>

#include "store/actor.h"
#include "web/api/endpoint.h"
#include "web/terminal.h"

static const struct {
    enum actor_kind kind;
    const char *name;
} kinds[] = {{ACTOR_ANONYMOUS, "anybody"},
             {ACTOR_SUBSCRIBER, "subscriber"},
             {ACTOR_API, "integrator"},
             {ACTOR_STAFF, "staff"},
             {ACTOR_SYSTEM, "system"}};

static const char preface[] =
    "# Who may do what\n\n"
    "This page is written by the program from its own tables; a test fails when it differs. Write "
    "it anew with\n`build/test/api/tables permissions > doc/permissions.md`, do not edit it.\n\n"
    "One function answers for all doors, verbs and views (src/store/actor.h): the kind of who "
    "asks, and for\nintegrators and staff the scope. Everything else depends on the rows and is "
    "decided by the verb: whose\nline it is, and what must be proved (src/rules/proof.h). Another "
    "operator's row is *not found*.\n\n"
    "- **anybody** has no session; a code, a link's secret or a status secret is the proof.\n"
    "- **subscriber** has a session, of a browser or of an app, and sees the lines whose SIM was "
    "once proved.\n"
    "- **integrator** has an API key with scopes; a REST command needs the scope of the view it "
    "answers with too.\n"
    "- **staff** is a named system user with roles, which are scopes; `root` stands for all.\n"
    "- **system** is the timer, the dispatcher and the import.\n\n";

static void who_write(struct buffer *out, uint32_t who) {
    const char *between = "";
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (who & kinds[i].kind) {
            buffer_format(out, "%s%s", between, kinds[i].name);
            between = ", ";
        }
}

static void scope_write(struct buffer *out, uint32_t who, const char *scope) {
    if (scope && (who & (ACTOR_API | ACTOR_STAFF)))
        buffer_format(out, " | `%s` | ", scope);
    else
        buffer_text(out, " |  | ");
}

/* The endpoint of a verb (or, without one, of a view); "" where there is none. */
static void endpoint_write(struct buffer *out, const char *verb, const char *view) {
    const char *name = verb ? verb : view;
    const char *between = "";
    const struct endpoint *endpoint;
    for (size_t i = 0; (endpoint = endpoint_at(i)); i++) {
        const char *has = verb ? endpoint->verb : endpoint->view;
        if (name && has && (verb || !endpoint->verb) && strcmp(has, name) == 0) {
            buffer_format(out, "%s`%s %s`", between, verb ? "POST" : "GET",
                          endpoint_route(i)->pattern);
            between = ", ";
        }
    }
}

/* " | page | REST | terminal |" of a row. */
static void doors_write(struct buffer *out, bool inside, bool app, uint32_t who, const char *verb,
                        const char *view, bool terminal) {
    if (!inside && !app && (who & (ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER)))
        buffer_text(out, "yes");
    buffer_text(out, " | ");
    endpoint_write(out, verb, view);
    buffer_format(out, " | %s |\n", inside ? "" : terminal ? "yes" : "");
}

static const char columns[] = " | who | scope of integrators and staff | portal | REST | terminal "
                              "|\n|---|---|---|---|---|---|---|\n";

static void verbs_write(struct buffer *out) {
    const struct verb *verb;
    buffer_format(out,
                  "## Verbs: what can be done\n\nA verb without a door is given by the house "
                  "itself.\n\n| verb | what it does%s",
                  columns);
    for (size_t i = 0; (verb = verb_at(i)); i++) {
        buffer_format(out, "| `%s` | %s | ", verb->name, verb->help);
        who_write(out, verb->who);
        scope_write(out, verb->who, verb->scope);
        doors_write(out, verb->internal, verb->app, verb->who, verb->name, NULL,
                    terminal_verb(verb));
    }
}

/* The endpoints by whom they are for, so that a row that lets in nobody or everybody is seen. */
static void endpoints_write(struct buffer *out) {
    buffer_text(out, "\n## REST: who may ask what\n\nIntegrators bear an API key, subscribers an "
                     "app's access token; where **anybody** stands, neither is needed.\n\n"
                     "| endpoint | who | verb | answers with |\n|---|---|---|---|\n");
    const struct endpoint *endpoint;
    for (size_t i = 0; (endpoint = endpoint_at(i)); i++) {
        buffer_format(out, "| `%s %s` | ", endpoint->verb ? "POST" : "GET",
                      endpoint_route(i)->pattern);
        who_write(out, endpoint_who(i));
        if (endpoint->verb)
            buffer_format(out, " | `%s` | `%s` |\n", endpoint->verb, endpoint->view);
        else
            buffer_format(out, " |  | `%s` |\n", endpoint->view);
    }
}

static void views_write(struct buffer *out) {
    const struct view *view;
    buffer_format(out, "\n## Views: what can be seen\n\n| view | what it shows%s", columns);
    for (size_t i = 0; (view = view_at(i)); i++) {
        buffer_format(out, "| `%s` | %s | ", view->name, view->help);
        who_write(out, view->who);
        scope_write(out, view->who, view->scope);
        doors_write(out, false, view->answer, view->who, NULL, view->name, terminal_view(view));
    }
}

static void refusals_write(struct buffer *out) {
    const struct verb *verb;
    buffer_text(out, "\n## What a verb can refuse\n\nBesides these, every door can answer "
                     "`input_invalid`, `not_signed_in`, `not_allowed`, `too_large`,\n`busy` and "
                     "`broken`, and of commands with an idempotency key `key_missing`, "
                     "`key_reused` and `erased`.\n\n| verb | refusals |\n|---|---|\n");
    for (size_t i = 0; (verb = verb_at(i)); i++) {
        const char *between = "";
        buffer_format(out, "| `%s` | ", verb->name);
        for (const enum refusal *r = verb->refusals; r && *r != ACCEPTED; r++) {
            buffer_format(out, "%s`%s`", between, refusal_about(*r)->code);
            between = ", ";
        }
        buffer_text(out, " |\n");
    }
    buffer_text(out, "\n## The refusals\n\n| code | HTTP | what is wrong |\n|---|---|---|\n");
    for (int i = 1; i < REFUSAL_COUNT; i++) {
        const struct refusal_about *about = refusal_about((enum refusal)i);
        buffer_format(out, "| `%s` | %d | %s |\n", about->code, about->status, about->title);
    }
}

static void scope_uses(struct buffer *out, const char *scope) {
    const char *between = "";
    const struct verb *verb;
    const struct view *view;
    for (size_t i = 0; (verb = verb_at(i)); i++)
        if (verb->scope && strcmp(verb->scope, scope) == 0 && !verb->internal) {
            buffer_format(out, "%s`%s`", between, verb->name);
            between = ", ";
        }
    for (size_t i = 0; (view = view_at(i)); i++)
        if (view->scope && strcmp(view->scope, scope) == 0) {
            buffer_format(out, "%sview `%s`", between, view->name);
            between = ", ";
        }
    if (strcmp(scope, "root") == 0)
        buffer_text(out, "all of them");
}

static void scopes_write(struct buffer *out) {
    const char *scope;
    bool staff_only;
    buffer_text(out, "\n## Scopes\n\n| scope | may be given to | opens |\n|---|---|---|\n");
    for (size_t i = 0; (scope = scope_at(i, &staff_only)); i++) {
        buffer_format(out, "| `%s` | %s | ", scope, staff_only ? "staff" : "API keys, staff");
        scope_uses(out, scope);
        buffer_text(out, " |\n");
    }
}

void permissions_write(struct buffer *out) {
    buffer_text(out, preface);
    verbs_write(out);
    views_write(out);
    endpoints_write(out);
    scopes_write(out);
    refusals_write(out);
}
