#include "web/terminal.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands/policy.h"
#include "rules/reference.h"
#include "store/actor.h"
#include "web/certificate.h"
#include "web/json.h"
#include "web/page.h"

static const char unnamed[] =
    "This is done by a named person. Give yourself a name first: ringoff staff add";
static const char unknown_user[] = "Your system user is not among the operator's staff.";
static const char needs_key[] = "This is for integrators: give --api-key-file.";
static const char no_operator[] = "Which operator? Give --operator.";

static bool kinds(uint32_t who) {
    return (who & (ACTOR_STAFF | ACTOR_API)) != 0;
}

bool terminal_verb(const struct verb *verb) {
    return !verb->internal && !verb->upload && kinds(verb->who);
}

bool terminal_view(const struct view *view) {
    return kinds(view->who);
}

/* The staff member of the peer's system user; its id is 0 when there is none. REFUSED_BUSY when it
 * cannot be read: nobody is then taken for somebody else. */
static enum refusal staff_of(struct request *request, struct staff *staff) {
    struct passwd found, *is = NULL;
    char text[4096];
    struct key key = {.operator= request->actor.operator};
    struct want want = {.statement = STAFF_BY_USER, .in = &key, .rows = staff, .room = 1};
    if (!key.operator|| getpwuid_r(request->peer_uid, &found, text, sizeof text, &is) != 0 || !is ||
        strlen(found.pw_name) >= sizeof staff->system_user)
        return ACCEPTED;
    memcpy(key.text, found.pw_name, strlen(found.pw_name) + 1);
    if (request_read(request, &want, 1) != STORE_OK)
        return REFUSED_BUSY;
    if (staff->removed_at)
        staff->id = 0;
    return ACCEPTED;
}

static bool peer_is_root(const struct request *request) {
    return request->peer_uid == 0 || request->peer_uid == geteuid();
}

static void actor_root(struct request *request) {
    request->actor.kind = ACTOR_STAFF;
    request->actor.id = 0;
    memcpy(request->actor.scopes, "root", sizeof "root");
}

/* Who the peer is at the actor's operator: its own staff, whoever administers, or nobody. */
static enum refusal actor_peer(struct request *request) {
    struct staff staff = {0};
    if (staff_of(request, &staff) != ACCEPTED)
        return REFUSED_BUSY;
    if (staff.id) {
        request->actor.kind = ACTOR_STAFF;
        request->actor.id = staff.id;
        memcpy(request->actor.scopes, staff.roles, sizeof staff.roles);
    } else if (peer_is_root(request)) {
        actor_root(request);
    } else {
        request->actor.kind = ACTOR_ANONYMOUS; /* who may not do more than anybody */
        request->actor.id = 0;
        request->actor.scopes[0] = '\0';
    }
    return ACCEPTED;
}

enum refusal terminal_actor(struct request *request) {
    memcpy(request->actor.address, "terminal", sizeof "terminal");
    if (!request->tenant && request->tenants && request->tenants->count == 1 &&
        !request_header(request, "Ringoff-Operator")) {
        request->tenant = &request->tenants->tenants[0];
        request->policy = policy_effective(request->tenant->policies, request->tenant->policy_count,
                                           request->now);
        request->actor.operator= request->tenant->id;
    }
    if (request_header(request, "Authorization"))
        return request->site->api_actor ? request->site->api_actor(request) : REFUSED_NOT_ALLOWED;
    return actor_peer(request);
}

/* What an actor without a name may do for the staff: administer, and let effects be tried again. */
static bool unnamed_may(const char *scope) {
    static const char *const scopes[] = {"policy:write", "staff:write", "api_keys:write",
                                         "effects:write"};
    bool may = !scope;
    for (size_t i = 0; !may && i < sizeof scopes / sizeof *scopes; i++)
        may = strcmp(scopes[i], scope) == 0;
    return may;
}

/* Settles as whom the verb is given; NULL, or the sentence that goes with *refusal. */
static const char *actor_settle(struct request *request, const struct verb *verb,
                                enum refusal *refusal) {
    struct actor *actor = &request->actor;
    *refusal = verb_allowed(verb, actor);
    if (actor->kind == ACTOR_STAFF && !(verb->who & (ACTOR_STAFF | ACTOR_ANONYMOUS)))
        return needs_key; /* refused as the member of staff who asked */
    if (actor->kind == ACTOR_STAFF && !(verb->who & ACTOR_STAFF)) {
        actor->kind = ACTOR_ANONYMOUS; /* as anybody who holds the code */
        actor->scopes[0] = '\0';
        actor->id = 0;
        *refusal = ACCEPTED;
        return needs_key;
    }
    if (*refusal && actor->kind == ACTOR_STAFF && actor->id && peer_is_root(request) &&
        unnamed_may(verb->scope))
        actor_root(request); /* the named role lacks it, but this system user administers */
    *refusal = verb_allowed(verb, actor);
    if (actor->kind == ACTOR_STAFF && !actor->id && !unnamed_may(verb->scope)) {
        *refusal = REFUSED_NOT_ALLOWED;
        return unnamed;
    }
    return actor->kind == ACTOR_ANONYMOUS ? unknown_user : NULL;
}

static const struct field *field_named(const struct field *fields, const char *name) {
    for (; fields && fields->name; fields++)
        if (strcmp(fields->name, name) == 0)
            return fields;
    return NULL;
}

/* What a person calls a case by, looked up; zeroed rows where nothing is found. */
struct named {
    struct line line;
    struct closure closure;
    struct work work;
    struct refund refund;
};

static enum refusal read_one(struct request *request, enum statement_id statement, struct key *key,
                             void *row) {
    struct want want = {.statement = statement, .in = key, .rows = row, .room = 1};
    return request_read(request, &want, 1) == STORE_OK ? ACCEPTED : REFUSED_BUSY;
}

static enum refusal named_line(struct request *request, const char *number, const char *iccid,
                               struct named *to) {
    struct key key = {.operator= request->actor.operator};
    if (!request->policy)
        return REFUSED_NOT_FOUND;
    if (number && msisdn_normalise(number, request->policy->country_code,
                                   request->policy->national_digits, key.text) != IDENTIFIER_OK)
        return REFUSED_NUMBER_FORM;
    if (!number && iccid_normalise(iccid, key.text) != IDENTIFIER_OK)
        return REFUSED_NOT_FOUND;
    enum refusal refusal =
        read_one(request, number ? LINE_BY_NUMBER : LINE_BY_ICCID, &key, &to->line);
    if (refusal || !to->line.id)
        return refusal ? refusal : REFUSED_NOT_FOUND;
    struct key of = {.id = to->line.closure, .operator= request->actor.operator};
    return of.id ? read_one(request, CLOSURE_BY_ID, &of, &to->closure) : ACCEPTED;
}

static enum refusal named_refund(struct request *request, const char *stored, struct named *to) {
    struct key key = {.operator= request->actor.operator};
    memcpy(key.text, stored, REFERENCE_SIZE);
    enum refusal refusal = read_one(request, REFUND_BY_REFERENCE, &key, &to->refund);
    return refusal || to->refund.id ? refusal : REFUSED_NOT_FOUND;
}

static enum refusal named_closure(struct request *request, const char *reference,
                                  struct named *to) {
    struct key key = {.operator= request->actor.operator};
    char stored[REFERENCE_SIZE];
    if (!reference_read(reference, stored))
        return refund_reference_read(reference, stored) ? named_refund(request, stored, to)
                                                        : REFUSED_NOT_FOUND;
    memcpy(key.text, stored, sizeof stored);
    enum refusal refusal = read_one(request, CLOSURE_BY_REFERENCE, &key, &to->closure);
    if (refusal || !to->closure.id)
        return refusal ? refusal : REFUSED_NOT_FOUND;
    struct key of = {.id = to->closure.line, .operator= request->actor.operator};
    return read_one(request, LINE_BY_ID, &of, &to->line);
}

static enum refusal named_read(struct request *request, const char *number, const char *iccid,
                               const char *reference, struct named *to) {
    enum refusal refusal = ACCEPTED;
    struct work works[WORKS_A_CLOSURE];
    if (reference)
        refusal = named_closure(request, reference, to);
    else if (number || iccid)
        refusal = named_line(request, number, iccid, to);
    if (refusal || !to->closure.id)
        return refusal;
    struct key key = {.id = to->closure.id, .operator= request->actor.operator};
    struct want want = {
        .statement = WORK_OF_CLOSURE, .in = &key, .rows = works, .room = WORKS_A_CLOSURE};
    if (request_read(request, &want, 1) != STORE_OK)
        return REFUSED_BUSY;
    for (size_t i = 0; i < want.count && !to->work.id; i++)
        if (!works[i].done_at)
            to->work = works[i];
    return ACCEPTED;
}

/* A new object: the fields as given, and the ids of what was named where they were not. */
static json_t *named_add(struct request *request, const struct field *fields,
                         const struct named *named, const json_t *given) {
    const struct {
        const char *name;
        int64_t id;
    } ids[] = {{"line", named->line.id},
               {"closure", named->closure.id},
               {"work", named->work.id},
               {"refund", named->refund.id}};
    json_t *whole = json_is_object(given) ? json_copy((json_t *)given) : json_object();
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        const struct field *field = field_named(fields, ids[i].name);
        if (!field || field->kind != FIELD_ID || !ids[i].id || json_object_get(whole, field->name))
            continue;
        const char *text = arena_format(&request->arena, "%lld", (long long)ids[i].id);
        json_object_set_new(whole, field->name, json_string(text ? text : ""));
    }
    return whole;
}

static const char *text_of(const json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return text && *text ? text : NULL;
}

/* policy.load names its operator in the input; a new one's actor has none. Whoever is somebody at
 * another operator is nobody there: who the peer is, is asked anew. */
static enum refusal policy_actor(struct request *request, const char *code) {
    int64_t meant = 0;
    for (size_t i = 0; code && request->tenants && i < request->tenants->count; i++)
        if (strcmp(request->tenants->tenants[i].code, code) == 0)
            meant = request->tenants->tenants[i].id;
    if (!code || meant == request->actor.operator|| request->actor.kind == ACTOR_API)
        return ACCEPTED;
    request->actor.operator= meant;
    return actor_peer(request);
}

static void view_context(struct request *request, struct view_context *context) {
    *context = (struct view_context){.engine = request->site->engine,
                                     .reader = request_reader(request),
                                     .actor = &request->actor,
                                     .tenant = request->tenant,
                                     .policy = request->policy,
                                     .secrets = request->site->secrets,
                                     .arena = &request->arena,
                                     .now = request->now,
                                     .demo = request->site->demo};
}

/* All faults of a refused policy, for the staff who wrote it. */
static const char *policy_faults_text(struct request *request, const struct policy_load *input) {
    struct policy *policy = arena_take(&request->arena, sizeof *policy);
    struct policy_faults *faults = arena_take(&request->arena, sizeof *faults);
    const char *text = NULL;
    if (!policy || !faults || policy_read(input->text, strlen(input->text), policy, faults))
        return NULL;
    for (size_t i = 0; i < faults->count && i < POLICY_FAULTS; i++)
        text = arena_format(&request->arena, "%s%s%s: %s", text ? text : "", text ? "; " : "",
                            faults->fault[i].field, faults->fault[i].why);
    return text;
}

struct given {
    const struct verb *verb;
    void *input;
};

static void verb_answer(struct request *request, const struct job *job) {
    const struct given *given = request->own;
    const struct verb *verb = given->verb;
    if (job->refusal) {
        const char *detail = job->refusal == REFUSED_POLICY && verb == &policy_load_verb
                                 ? policy_faults_text(request, given->input)
                                 : NULL;
        api_refuse(request, job->refusal, NULL, detail);
        return;
    }
    if (verb->content) {
        terminal_content(request, job->result);
        return;
    }
    const struct view *view = verb->view ? view_of(verb->view) : NULL;
    struct view_context context;
    json_t *shown = NULL;
    const char *id = arena_format(&request->arena, "%lld", (long long)job->result);
    json_t *answer = json_pack("{s:s,s:s,s:b}", "verb", verb->name, "result", id ? id : "",
                               "replayed", job->replayed);
    view_context(request, &context);
    context.now = job->at;
    context.once = job->verb->once && !job->replayed; /* a replay is no entry of its own */
    if (answer && job->secret[0])
        json_object_set_new(answer, "secret", json_string(job->secret));
    if (answer && view && context.reader &&
        view_show(view, &context, job->result, &shown) == ACCEPTED)
        json_object_set_new(answer, "shown", shown);
    response_json(request, 200, "application/json", answer);
}

static void verb_give(struct request *request) {
    const struct verb *verb = verb_of(request_capture(request, "name"));
    const char *key = request_header(request, "Idempotency-Key");
    struct input_fault fault = {0};
    enum refusal refusal = ACCEPTED;
    struct named named = {0};
    struct given *given = arena_take(&request->arena, sizeof *given);
    void *input = verb ? arena_take(&request->arena, verb->input_size) : NULL;
    if (!verb || !terminal_verb(verb)) {
        api_refuse(request, REFUSED_NOT_FOUND, NULL, NULL);
        return;
    }
    if (verb == &policy_load_verb)
        refusal = policy_actor(request,
                               text_of(json_object_get(request->json, "input"), "operator_code"));
    if (refusal) {
        request_refuse(request, verb, refusal, NULL, NULL);
        return;
    }
    const char *detail = actor_settle(request, verb, &refusal);
    bool nowhere = !request->actor.operator&& verb != & policy_load_verb;
    if (nowhere && !refusal)
        refusal = REFUSED_NOT_ALLOWED;
    if (refusal) {
        request_refuse(request, verb, refusal, NULL, nowhere ? no_operator : detail);
        return;
    }
    if (!given || !input)
        return;
    refusal = named_read(request, text_of(request->json, "number"), text_of(request->json, "iccid"),
                         text_of(request->json, "reference"), &named);
    if (refusal) {
        request_refuse(request, verb, refusal, NULL, NULL);
        return;
    }
    json_t *whole =
        named_add(request, verb->input, &named, json_object_get(request->json, "input"));
    bool fits = input_from_json(&request->arena, verb->input, whole, input, &fault);
    json_decref(whole);
    if (!fits) {
        request_refuse(request, verb, REFUSED_INPUT, fault.field, input_why_text(fault.why));
        return;
    }
    *given = (struct given){verb, input};
    request->own = given;
    request_submit(request, verb, input, key ? key : "", verb_answer);
}

static void view_give(struct request *request) {
    static const char *const names[] = {"id",    "number", "iccid",  "reference",
                                        "after", "limit",  "search", NULL};
    const struct view *view = view_of(request_capture(request, "name"));
    const char *search = request_query(request, "search");
    const char *secret = request_header(request, TERMINAL_STATUS_SECRET);
    struct view_context context;
    struct named named = {0};
    json_t *json = NULL;
    int64_t id = 0;
    if (!view || !terminal_view(view)) {
        api_refuse(request, REFUSED_NOT_FOUND, NULL, NULL);
        return;
    }
    if (!request->actor.operator) {
        api_refuse(request, REFUSED_NOT_ALLOWED, NULL, no_operator);
        return;
    }
    view_context(request, &context);
    const char *numbers[] = {request_query(request, "id"), request_query(request, "after"),
                             request_query(request, "limit")};
    int64_t *const to[] = {&id, &context.after, &context.limit};
    bool fits = request_query_only(request, names) &&
                (!search || strlen(search) < sizeof context.search) &&
                (!secret || strlen(secret) < sizeof context.secret);
    for (size_t i = 0; fits && i < sizeof to / sizeof *to; i++)
        fits = !numbers[i] || number_parse(numbers[i], false, to[i]);
    if (!fits) {
        api_refuse(request, REFUSED_INPUT, NULL, NULL);
        return;
    }
    if (search)
        memcpy(context.search, search, strlen(search) + 1);
    if (secret)
        memcpy(context.secret, secret, strlen(secret) + 1);
    enum refusal refusal =
        named_read(request, request_query(request, "number"), request_query(request, "iccid"),
                   request_query(request, "reference"), &named);
    if (!refusal && !id)
        id = strncmp(view->name, "closure", 7) == 0 || view == &certificate_view ? named.closure.id
             : strncmp(view->name, "refund", 6) == 0                             ? named.refund.id
             : strcmp(view->name, "work") == 0                                   ? named.work.id
                                                                                 : named.line.id;
    if (!refusal)
        refusal = context.reader ? view_show(view, &context, id, &json) : REFUSED_BUSY;
    if (refusal)
        api_refuse(request, refusal, NULL, refusal == REFUSED_NOT_SIGNED_IN ? unknown_user : NULL);
    else
        response_json(request, 200, "application/json", json);
}

static void certificate_refused(struct request *request, enum refusal no) {
    api_refuse(request, no, NULL, no == REFUSED_NOT_SIGNED_IN ? unknown_user : NULL);
}

/* The paper itself; which one was found by the view. */
static void certificate_give(struct request *request) {
    struct view_context context;
    view_context(request, &context);
    if (!request->actor.operator|| !context.reader)
        certificate_refused(request, request->actor.operator? REFUSED_BUSY : REFUSED_NOT_ALLOWED);
    else
        certificate_answer(request, &context, request_capture_id(request, "closure"), NULL,
                           certificate_refused);
}

const struct route terminal_routes[] = {
    {METHOD_POST, "/verb/{name}", verb_give, ROUTE_LOCAL | ROUTE_JSON, 128 * 1024},
    {METHOD_GET, "/view/{name}", view_give, ROUTE_LOCAL, 0},
    {METHOD_GET, "/certificate/{closure}", certificate_give, ROUTE_LOCAL, 0},
    {0, NULL, NULL, 0, 0},
};
