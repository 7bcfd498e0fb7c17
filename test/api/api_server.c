/* The REST door on a real store, with a clock that stands until the test moves it; never installed.
 * Prints one JSON line {"port":…} when ready, takes one JSON object a line on standard input and
 * answers each with one line; ends with the end of its input:
 *   {"verb":NAME,"operator":CODE?,"staff":ID?,"input":{…}}  -> {"refusal","result","secret"}
 *   {"view":NAME,"operator":CODE,"id":TEXT?}    as staff      -> the view, or null
 *   {"tick":MILLISECONDS} {"dispatch":true} {"sql":TEXT} {"now":true} -> {"now","changes"} */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/clock.h"
#include "commands/verbs.h"
#include "effects/dispatcher.h"
#include "store_kit.h"
#include "web/api/bearer.h"
#include "web/api/endpoint.h"
#include "web/json.h"

enum { LINE_SIZE = 128 * 1024, ARENA_SIZE = 1024 * 1024, ROUNDS = 100, WHY_ROOM = 512 };
_Static_assert(+WHY_ROOM >= +SERVER_WHY && +WHY_ROOM >= +PAGES_ERROR_TEXT, "room for both");

struct house {
    struct kit kit;
    struct pages *pages;
    struct arena arena;
};

static int64_t now(void) {
    return kit_now;
}

static const char *text_of(const json_t *asked, const char *name) {
    const char *text = json_string_value(json_object_get(asked, name));
    return text ? text : "";
}

static const struct tenant *tenant_coded(const struct tenants *tenants, const char *code) {
    for (size_t i = 0; i < tenants->count; i++)
        if (strcmp(tenants->tenants[i].code, code) == 0)
            return &tenants->tenants[i];
    return NULL;
}

static json_t *run_verb(struct house *house, const struct tenant *tenant, const json_t *asked) {
    const struct verb *verb = verb_of(text_of(asked, "verb"));
    struct actor actor = {.kind = ACTOR_SYSTEM, .operator= tenant ? tenant->id : 0 };
    struct input_fault fault = {0};
    struct job job;
    if (!verb)
        return json_pack("{s:s}", "refusal", "no such verb");
    if (text_of(asked, "staff")[0]) {
        actor.kind = ACTOR_STAFF;
        actor.id = strtoll(text_of(asked, "staff"), NULL, 10);
        memcpy(actor.scopes, "root", sizeof "root");
    }
    void *input = arena_take(&house->arena, verb->input_size);
    if (!input_from_json(&house->arena, verb->input, json_object_get(asked, "input"), input,
                         &fault))
        return json_pack("{s:s,s:s,s:s}", "refusal", "input_invalid", "field", fault.field, "why",
                         input_why_text(fault.why));
    kit_run(&house->kit, verb, &actor, input, NULL, &job);
    char id[24];
    snprintf(id, sizeof id, "%" PRId64, job.result);
    return json_pack("{s:s,s:s,s:s}", "refusal", refusal_about(job.refusal)->code, "result", id,
                     "secret", job.secret);
}

static json_t *run_view(struct house *house, const struct tenant *tenant, const json_t *asked) {
    const struct view *view = view_of(text_of(asked, "view"));
    struct actor actor = {.kind = ACTOR_STAFF, .operator= tenant ? tenant->id : 0 };
    struct view_context context = {
        .engine = house->kit.engine,
        .reader = house->kit.reader,
        .actor = &actor,
        .tenant = tenant,
        .policy = tenant ? policy_effective(tenant->policies, tenant->policy_count, kit_now) : NULL,
        .secrets = &house->kit.secrets,
        .arena = &house->arena,
        .now = kit_now,
        .demo = true,
        .limit = VIEW_PAGE_MOST};
    json_t *json = NULL;
    memcpy(actor.scopes, "root", sizeof "root");
    if (!view || view_show(view, &context, strtoll(text_of(asked, "id"), NULL, 10), &json))
        return json_null();
    return json;
}

static size_t dispatch_all(struct house *house) {
    const struct dispatcher_settings settings = {.engine = house->kit.engine,
                                                 .where = house->kit.where,
                                                 .secrets = &house->kit.secrets,
                                                 .committer = house->kit.committer,
                                                 .pages = house->pages,
                                                 .verb_of = verb_of,
                                                 .now = now,
                                                 .demo = true,
                                                 .network = NETWORK_MANUAL};
    size_t all = 0, changes;
    for (int i = 0; i < ROUNDS && (changes = dispatcher_round(&settings)) > 0; i++)
        all += changes;
    return all;
}

static json_t *serve_line(struct house *house, const json_t *asked) {
    const struct tenants *tenants = committer_tenants(house->kit.committer);
    const struct tenant *tenant = tenant_coded(tenants, text_of(asked, "operator"));
    json_t *answer = NULL;
    size_t changes = 0;
    if (json_object_get(asked, "verb")) {
        answer = run_verb(house, tenant, asked);
    } else if (json_object_get(asked, "view")) {
        answer = run_view(house, tenant, asked);
    } else {
        char at[32];
        kit_now += json_integer_value(json_object_get(asked, "tick"));
        if (json_object_get(asked, "sql"))
            kit_sql(&house->kit, text_of(asked, "sql"));
        if (json_object_get(asked, "dispatch"))
            changes = dispatch_all(house);
        civil_time_text(kit_now, at);
        answer = json_pack("{s:s,s:i}", "now", at, "changes", (int)changes);
    }
    committer_tenants_release(house->kit.committer, tenants);
    return answer;
}

static void serve_input(struct house *house) {
    static char line[LINE_SIZE];
    while (fgets(line, sizeof line, stdin)) {
        json_error_t error;
        json_t *asked = json_loads(line, JSON_REJECT_DUPLICATES, &error);
        json_t *answer = asked ? serve_line(house, asked) : json_null();
        json_dumpf(answer, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
        putchar('\n');
        fflush(stdout);
        json_decref(answer);
        json_decref(asked);
        arena_empty(&house->arena);
    }
}

int main(void) {
    static const struct route *const tables[] = {api_routes, NULL};
    struct house house = {.pages = NULL};
    char why[WHY_ROOM] = "";
    kit_now = clock_now();
    setenv("RINGOFF_TEST_POSTGRES", "", 1); /* the doors are what is tested here */
    kit_open(&house.kit);
    arena_open(&house.arena, ARENA_SIZE);
    house.pages = pages_open(why);
    struct site site = {.settings = {.preparers = 1, .readers = 4},
                        .engine = house.kit.engine,
                        .where = house.kit.where,
                        .secrets = &house.kit.secrets,
                        .committer = house.kit.committer,
                        .pages = house.pages,
                        .demo = true,
                        .routes = tables,
                        .api_actor = api_actor,
                        .now = now};
    struct server *server = house.pages ? server_start(&site, why) : NULL;
    if (!server) {
        fprintf(stderr, "%s\n", why);
        return 1;
    }
    printf("{\"port\":%u}\n", server_port(server));
    fflush(stdout);
    serve_input(&house);
    server_stop(server);
    arena_close(&house.arena);
    pages_close(house.pages);
    kit_close(&house.kit);
    return 0;
}
