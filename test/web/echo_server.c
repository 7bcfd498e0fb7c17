/* The web server with toy routes on a real store, for the tests beside it; never installed.
 *   echo_server POLICY_FILE [name=value ...]     settings of struct server_settings
 * Prints one JSON line {"port":…,"socket":…} when ready; ends on SIGTERM; "open" on standard input
 * lets the commands through that wait at /api/slow. */
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "store_kit.h"
#include "web/json.h"
#include "web/page.h"
#include "web/session.h"

struct toy {
    int64_t subject, limit;
    char note[32];
};
struct toy_rows {
    struct budget budget;
};

static const struct field toy_input[] = {
    INPUT(FIELD_INT, toy, subject, 1, INT64_MAX, "what is counted"),
    INPUT(FIELD_INT, toy, limit, 0, 1000, "the most"),
    INPUT(FIELD_TEXT, toy, note, 0, 31, "anything"),
    FIELD_END,
};

static void toy_load(struct load *load, const void *input, void *rows) {
    const struct toy *in = input;
    want_budget(load, in->subject, &((struct toy_rows *)rows)->budget);
}

static enum refusal toy_decide(struct outcome *out, const void *input, const void *rows) {
    const struct toy *in = input;
    struct budget budget = ((const struct toy_rows *)rows)->budget;
    budget.id = in->subject;
    budget.operator= out->actor->operator;
    budget.since = out->now;
    if (budget.count >= in->limit) {
        return REFUSED_TOO_MANY;
    }
    budget.count++;
    out->result = budget.count;
    put_budget(out, &budget);
    return ACCEPTED;
}

/* The gate at which slow commands wait until the test opens it. */
static pthread_mutex_t gate_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_moved = PTHREAD_COND_INITIALIZER;
static unsigned gate_waiting;
static bool gate_open;

static enum refusal toy_prepare(void *input, const struct actor *actor, struct store *reader,
                                const struct engine *engine, const struct secrets *secrets) {
    (void)input;
    (void)actor;
    (void)reader;
    (void)engine;
    (void)secrets;
    pthread_mutex_lock(&gate_lock);
    gate_waiting++;
    while (!gate_open) {
        pthread_cond_wait(&gate_moved, &gate_lock);
    }
    gate_waiting--;
    pthread_mutex_unlock(&gate_lock);
    return ACCEPTED;
}

static const struct verb quick = {.name = "toy.count",
                                  .who = ACTOR_API | ACTOR_ANONYMOUS | ACTOR_STAFF,
                                  .input = toy_input,
                                  .input_size = sizeof(struct toy),
                                  .rows_size = sizeof(struct toy_rows),
                                  .load = toy_load,
                                  .decide = toy_decide};
static const struct verb slow = {.name = "toy.slow",
                                 .who = ACTOR_API | ACTOR_ANONYMOUS | ACTOR_STAFF,
                                 .input = toy_input,
                                 .input_size = sizeof(struct toy),
                                 .rows_size = sizeof(struct toy_rows),
                                 .prepare = toy_prepare,
                                 .load = toy_load,
                                 .decide = toy_decide};

static void counted(struct request *request, const struct job *job) {
    if (job->refusal != ACCEPTED) {
        page_refuse(request, job->refusal, NULL);
        return;
    }
    response_json(request, 200, "application/json", json_pack("{s:I}", "count", job->result));
}

static void count_with(struct request *request, const struct verb *verb) {
    struct toy *input = arena_take(&request->arena, sizeof *input);
    struct input_fault fault;
    if (!input || !input_from_json(&request->arena, toy_input, request->json, input, &fault)) {
        api_refuse(request, REFUSED_INPUT, fault.field, input_why_text(fault.why));
        return;
    }
    const char *key = request_header(request, "Idempotency-Key");
    request_submit(request, verb, input, key ? key : "", counted);
}

static void count_post(struct request *request) {
    count_with(request, &quick);
}

static void slow_post(struct request *request) {
    count_with(request, &slow);
}

static void waiting_get(struct request *request) {
    pthread_mutex_lock(&gate_lock);
    unsigned waiting = gate_waiting;
    pthread_mutex_unlock(&gate_lock);
    response_json(request, 200, "application/json", json_pack("{s:i}", "waiting", (int)waiting));
}

/* What the server understood, for the test to look at. */
static void echo_get(struct request *request) {
    json_t *query = json_object();
    for (size_t i = 0; i < request->query.count; i++) {
        json_object_set_new(query, request->query.all[i].name,
                            json_string(request->query.all[i].value));
    }
    response_json(request, 200, "application/json",
                  json_pack("{s:s,s:s,s:s,s:s,s:s,s:s?,s:o}", "path", request->path, "base",
                            request->base, "operator", request->tenant->code, "address",
                            request->actor.address, "language", language_tag(request->language),
                            "item", request_capture(request, "item"), "query", query));
}

static void big_get(struct request *request) {
    response_text(request, 200, "text/plain; charset=utf-8", "");
    for (int i = 0; i < 60000; i++) {
        buffer_text(&request->response.body, "A line that nobody takes away.\n");
    }
}

static void form_get(struct request *request) {
    const char *token = form_token(request);
    response_json(request, 200, "application/json",
                  json_pack("{s:s,s:s}", "form", token, "key", form_key(request)));
}

static void form_post(struct request *request) {
    static const char *const names[] = {"name", NULL};
    const char *name = request_form(request, "name");
    if (!request_form_only(request, names)) {
        page_refuse(request, REFUSED_INPUT, NULL);
        return;
    }
    response_json(request, 200, "application/json", json_pack("{s:s?}", "name", name));
}

/* What came as a file, and the fields beside it. */
static void file_post(struct request *request) {
    const struct content *content = request->content;
    char digest[TOKEN_TEXT];
    json_t *form = json_object();
    for (size_t i = 0; i < request->form.count; i++) {
        json_object_set_new(form, request->form.all[i].name,
                            json_string(request->form.all[i].value));
    }
    secret_base64(content->digest, sizeof content->digest, digest);
    response_json(request, 200, "application/json",
                  json_pack("{s:i,s:i,s:I,s:I,s:I,s:s,s:o}", "fault", (int)content->fault, "type",
                            (int)content->scan.type, "size", content->size, "pieces",
                            content->pieces, "kept", (json_int_t)content->sealed.length, "digest",
                            digest, "form", form));
}

static void me_get(struct request *request) {
    response_json(request, 200, "application/json",
                  json_pack("{s:I}", "account", request->session.account));
}

static void sign_in_post(struct request *request) {
    session_begin(request, "a-token-of-the-test");
    response_redirect(request, "/me");
}

static void sign_out_get(struct request *request) {
    session_end(request);
    response_redirect(request, "//elsewhere.example");
}

static void who_get(struct request *request) {
    response_json(request, 200, "application/json",
                  json_pack("{s:i}", "uid", (int)request->peer_uid));
}

static void nothing_get(struct request *request) {
    (void)request;
}

static enum refusal api_actor(struct request *request) {
    const char *key = request_header(request, "Authorization");
    if (!key || strcmp(key, "Bearer toy") != 0) {
        return REFUSED_NOT_ALLOWED;
    }
    request->actor.kind = ACTOR_API;
    request->actor.id = 1;
    return ACCEPTED;
}

static enum refusal local_actor(struct request *request) {
    request->actor.kind = ACTOR_STAFF;
    request->actor.id = 1;
    return request->peer_uid == getuid() ? ACCEPTED : REFUSED_NOT_ALLOWED;
}

static const struct route routes[] = {
    {METHOD_GET, "/", echo_get, 0, 0},
    {METHOD_GET, "/echo", echo_get, 0, 0},
    {METHOD_GET, "/item/{item}/show", echo_get, 0, 0},
    {METHOD_GET, "/big", big_get, 0, 0},
    {METHOD_GET, "/form", form_get, 0, 0},
    {METHOD_POST, "/form", form_post, 0, 4096},
    {METHOD_POST, "/file", file_post, ROUTE_CONTENT, 12 * 1024 * 1024},
    {METHOD_POST, "/me/file", file_post, ROUTE_CONTENT | ROUTE_SESSION, 12 * 1024 * 1024},
    {METHOD_POST, "/api/file", file_post, ROUTE_CONTENT | ROUTE_API, 12 * 1024 * 1024},
    {METHOD_GET, "/me", me_get, ROUTE_SESSION, 0},
    {METHOD_GET, "/sign-out", sign_out_get, 0, 0},
    {METHOD_GET, "/nothing", nothing_get, 0, 0},
    {METHOD_GET, "/who", who_get, ROUTE_LOCAL, 0},
    {METHOD_POST, "/api/sign-in", sign_in_post, ROUTE_API, 0},
    {METHOD_POST, "/api/count", count_post, ROUTE_API | ROUTE_JSON, 0},
    {METHOD_POST, "/api/slow", slow_post, ROUTE_API | ROUTE_JSON, 0},
    {METHOD_GET, "/api/waiting", waiting_get, ROUTE_API, 0},
    {0, NULL, NULL, 0, 0},
};
static const struct route *const tables[] = {routes, NULL};

static int64_t given(int count, char **values, const char *name) {
    size_t length = strlen(name);
    for (int i = 0; i < count; i++) {
        if (strncmp(values[i], name, length) == 0 && values[i][length] == '=') {
            return strtoll(values[i] + length + 1, NULL, 10);
        }
    }
    return 0;
}

static struct server_settings settings_of(int count, char **values, const char *socket_path) {
    return (struct server_settings){
        .socket_path = socket_path,
        .https = given(count, values, "https"),
        .trust_proxy = given(count, values, "trust_proxy"),
        .prefixes = given(count, values, "prefixes"),
        .log = given(count, values, "log"),
        .preparers = (unsigned)given(count, values, "preparers"),
        .prepare_queue = (unsigned)given(count, values, "prepare_queue"),
        .connections = (unsigned)given(count, values, "connections"),
        .connections_ip = (unsigned)given(count, values, "connections_ip"),
        .uploads = (unsigned)given(count, values, "uploads"),
        .upload_step = (size_t)given(count, values, "upload_step"),
        .headers_within = given(count, values, "headers_within"),
        .body_within = given(count, values, "body_within"),
        .answer_within = given(count, values, "answer_within"),
        .idle_within = given(count, values, "idle_within"),
    };
}

static void *listen_for_open(void *nothing) {
    char line[32];
    while (fgets(line, sizeof line, stdin)) {
        pthread_mutex_lock(&gate_lock);
        gate_open = strcmp(line, "open\n") == 0;
        pthread_cond_broadcast(&gate_moved);
        pthread_mutex_unlock(&gate_lock);
    }
    return nothing;
}

static void session_row(struct kit *kit) {
    uint8_t hash[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1], sql[256];
    secret_hash(kit->secrets.token, "a-token-of-the-test", 19, hash);
    for (size_t i = 0; i < HASH_BYTES; i++) {
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    }
    kit_sql(kit, "INSERT INTO account (id, operator, state, made_at, password_at, email, "
                 "email_key, password, language) VALUES (5000, 4096, 2, 1, 1, x'00', "
                 "x'0000000000000000000000000000000000000000000000000000000000000000', '', 'en')");
    snprintf(
        sql, sizeof sql,
        "INSERT INTO session (id, operator, account, opened_at, ends_at, stepped_up_at, closed_at, "
        "token) VALUES (5001, 4096, 5000, 1, %" PRId64 ", 0, 0, x'%s')",
        clock_now() + HOUR, hex);
    kit_sql(kit, sql);
}

int main(int argc, char **argv) {
    struct kit kit;
    sigset_t ends;
    pthread_t listener;
    char why[SERVER_WHY] = "", socket_path[96];
    int signal_number = 0;
    if (argc < 2) {
        return 2;
    }
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    sigdelset(&ends, SIGPIPE);
    kit_now = clock_now();
    setenv("RINGOFF_TEST_POSTGRES", "", 1); /* the doors are what is tested here */
    kit_open(&kit);
    kit_operator(&kit, argv[1]);
    session_row(&kit);
    snprintf(socket_path, sizeof socket_path, "%.70s/door", kit.folder);
    struct site site = {.settings = settings_of(argc - 2, argv + 2, socket_path),
                        .engine = kit.engine,
                        .where = kit.where,
                        .secrets = &kit.secrets,
                        .committer = kit.committer,
                        .demo = true,
                        .routes = tables,
                        .api_actor = api_actor,
                        .local_actor = local_actor};
    struct server *server = server_start(&site, why);
    if (!server) {
        fprintf(stderr, "%s\n", why);
        return 1;
    }
    printf("{\"port\":%u,\"socket\":\"%s\"}\n", server_port(server), socket_path);
    fflush(stdout);
    if (pthread_create(&listener, NULL, listen_for_open, NULL) != 0) {
        return 1;
    }
    sigwait(&ends, &signal_number);
    server_stop(server);
    kit_close(&kit);
    printf("stopped\n");
    return 0;
}
