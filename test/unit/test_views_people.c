#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "commands/api_key.h"
#include "people_kit.h"
#include "views/views.h"

struct seeing {
    struct view_context context;
    struct arena arena;
    struct actor actor;
    const struct tenants *tenants;
};

static void see(struct kit *kit, struct seeing *s, const struct actor *actor) {
    memset(s, 0, sizeof *s);
    arena_open(&s->arena, 8 << 20);
    s->actor = *actor;
    s->tenants = committer_tenants(kit->committer);
    s->context = (struct view_context){.engine = kit->engine,
                                       .reader = kit->reader,
                                       .actor = &s->actor,
                                       .secrets = &kit->secrets,
                                       .arena = &s->arena,
                                       .now = kit_now,
                                       .demo = true};
    for (size_t i = 0; i < s->tenants->count; i++)
        if (s->tenants->tenants[i].id == actor->operator) {
            s->context.tenant = &s->tenants->tenants[i];
            s->context.policy = policy_effective(s->context.tenant->policies,
                                                 s->context.tenant->policy_count, kit_now);
        }
}

static void seen(struct kit *kit, struct seeing *s) {
    committer_tenants_release(kit->committer, s->tenants);
    arena_close(&s->arena);
}

static json_t *show(struct kit *kit, const char *name, const struct actor *actor, int64_t id,
                    enum refusal expect) {
    struct seeing s;
    json_t *json;
    see(kit, &s, actor);
    assert_int_equal(view_show(view_of(name), &s.context, id, &json), expect);
    assert_true(!json == (expect != ACCEPTED));
    seen(kit, &s);
    return json;
}

static const char *text_of(const json_t *json, const char *name) {
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

static void the_operators_facts_are_the_policys(void **state) {
    struct kit *kit = *state;
    struct actor stranger = nobody;
    json_t *json = show(kit, "operator", &nobody, 0, ACCEPTED);
    assert_string_equal(text_of(json, "code"), "harbour");
    assert_int_equal(json_integer_value(json_object_get(json, "due_hours")), 24);
    assert_true(json_integer_value(json_object_get(json, "quarantine_days")) >= 45);
    assert_true(json_array_size(json_object_get(json, "languages")) >= 1);
    const json_t *name = json_array_get(json_object_get(json, "name"), 0);
    assert_true(text_of(name, "text")[0]);
    assert_true(json_is_true(json_object_get(json, "demo")));
    json_decref(json);
    stranger.operator= 77;
    show(kit, "operator", &stranger, 0, REFUSED_NOT_FOUND);
}

static void the_policy_is_for_staff(void **state) {
    struct kit *kit = *state;
    struct actor staff = {.kind = ACTOR_STAFF, .operator= 4096, .scopes = "policy:read"};
    json_t *json = show(kit, "policy", &staff, 0, ACCEPTED);
    json_t *whole = json_loads(text_of(json, "text"), 0, NULL);
    assert_non_null(whole);
    json_decref(whole);
    assert_string_equal(text_of(json, "id"), "4099");
    json_decref(json);
    json_decref(show(kit, "policy", &staff, 4099, ACCEPTED));
    show(kit, "policy", &staff, 4100, REFUSED_NOT_FOUND);
    show(kit, "policy", &nobody, 0, REFUSED_NOT_SIGNED_IN);
    staff.scopes[0] = '\0';
    show(kit, "policy", &staff, 0, REFUSED_NOT_ALLOWED);
}

static void an_account_sees_its_own_lines(void **state) {
    struct kit *kit = *state;
    registered(kit, LINE_ONE, TAIL_ONE, "anna@example.com");
    registered(kit, "+85261230002", "0023", "ben@example.com");
    struct actor anna = signed_in(kit, "anna@example.com");
    json_t *json = show(kit, "account", &anna, 0, ACCEPTED);
    const json_t *lines = json_object_get(json, "lines");
    assert_string_equal(text_of(json, "email"), "anna@example.com");
    assert_int_equal(json_array_size(lines), 1);
    assert_string_equal(text_of(json_array_get(lines, 0), "number"), LINE_ONE);
    assert_string_equal(text_of(json_array_get(lines, 0), "state"), "active");
    assert_string_equal(text_of(json_array_get(lines, 0), "id"), "5001");
    assert_null(json_object_get(json_array_get(lines, 0), "closed_at"));
    char *dump = json_dumps(json, 0);
    assert_null(strstr(dump, "argon2"));
    assert_null(strstr(dump, "61230002"));
    free(dump);
    json_decref(json);
    struct actor elsewhere = anna;
    elsewhere.operator= 77; /* another operator's door */
    show(kit, "account", &elsewhere, 0, REFUSED_NOT_FOUND);
    show(kit, "account", &nobody, 0, REFUSED_NOT_SIGNED_IN);
}

/* The number goes to another line: the former owner sees that theirs is closed, the next owner sees
 * nothing of it. */
static void a_recycled_number_tells_neither_of_the_other(void **state) {
    struct kit *kit = *state;
    registered(kit, LINE_ONE, TAIL_ONE, "former@example.com");
    kit_sql(kit, "UPDATE line SET state = 4, closed_at = 1795400000000, closure = 7 WHERE id = "
                 "5001");
    kit_sql(kit, "UPDATE line SET number = '" LINE_ONE "', plan = 'Next' WHERE id = 5002");
    registered(kit, LINE_ONE, "0023", "next@example.com");
    struct actor former = signed_in(kit, "former@example.com");
    struct actor next = signed_in(kit, "next@example.com");
    json_t *json = show(kit, "account", &former, 0, ACCEPTED);
    const json_t *line = json_array_get(json_object_get(json, "lines"), 0);
    assert_int_equal(json_array_size(json_object_get(json, "lines")), 1);
    assert_string_equal(text_of(line, "id"), "5001");
    assert_string_equal(text_of(line, "state"), "closed");
    assert_string_equal(text_of(line, "plan"), "Tourist 30");
    assert_true(text_of(line, "closed_at")[0]);
    json_decref(json);
    json = show(kit, "account", &next, 0, ACCEPTED);
    line = json_array_get(json_object_get(json, "lines"), 0);
    assert_int_equal(json_array_size(json_object_get(json, "lines")), 1);
    assert_string_equal(text_of(line, "id"), "5002");
    assert_null(json_object_get(line, "closure"));
    json_decref(json);
    struct seeing s;
    struct line row;
    see(kit, &s, &former);
    assert_true(read_line(&s.context, 5001, &row) && view_line_mine(&s.context, &row));
    assert_true(read_line(&s.context, 5002, &row) && !view_line_mine(&s.context, &row));
    assert_false(read_line(&s.context, 999, &row));
    seen(kit, &s);
}

static void sessions(void **state) {
    struct kit *kit = *state;
    registered(kit, LINE_ONE, TAIL_ONE, "anna@example.com");
    registered(kit, "+85261230002", "0023", "ben@example.com");
    signed_in(kit, "ben@example.com");
    signed_in(kit, "anna@example.com");
    struct actor anna = signed_in(kit, "anna@example.com");
    json_t *json = show(kit, "sessions", &anna, 0, ACCEPTED);
    const json_t *items = json_object_get(json, "items");
    assert_int_equal(json_array_size(items), 2);
    assert_true(json_is_true(json_object_get(json_array_get(items, 0), "current")));
    assert_true(json_is_false(json_object_get(json_array_get(items, 1), "current")));
    char *dump = json_dumps(json, 0);
    assert_null(strstr(dump, "token"));
    free(dump);
    json_decref(json);
}

static void pages_run_to_their_end(void **state) {
    struct kit *kit = *state;
    struct actor staff = {.kind = ACTOR_STAFF, .operator= 4096, .scopes = "root"};
    struct actor sys = {.kind = ACTOR_SYSTEM, .operator= 4096 };
    struct seeing s;
    int items = 0, pages = 0;
    int64_t after = 0;
    for (int i = 0; i < 7; i++) {
        struct api_key_add in = {.name = "shop", .scopes = "lines:read"};
        assert_int_equal(run(kit, &api_key_add_verb, &sys, &in, NULL), ACCEPTED);
    }
    do {
        json_t *json;
        see(kit, &s, &staff);
        s.context.limit = 3;
        s.context.after = after;
        assert_int_equal(view_show(&api_keys_view, &s.context, 0, &json), ACCEPTED);
        items += (int)json_array_size(json_object_get(json, "items"));
        after = strtoll(text_of(json, "next"), NULL, 10);
        char *dump = json_dumps(json, 0);
        assert_null(strstr(dump, "hash"));
        free(dump);
        json_decref(json);
        seen(kit, &s);
    } while (++pages < 9 && after);
    assert_int_equal(items, 7);
    assert_int_equal(pages, 3);
    json_t *json = show(kit, "staff", &staff, 0, ACCEPTED);
    assert_int_equal(json_array_size(json_object_get(json, "items")), 0);
    json_decref(json);
}

/* --- the machinery --- */

struct inner {
    int64_t id;
};
struct sample {
    int64_t zero, at, id, choice, yes;
    char name[32], email[64], plain[16], secret[16];
    struct inner none, some;
    struct view_list names;
};

static const struct view_field inner_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, inner, id), .help = ""}, VIEW_END};
static const char *const choices[] = {NULL, "one", view_values_end};
static const struct view_field sample_fields[] = {
    {VIEW(VIEW_INT, VIEW_PUBLIC, sample, zero), .help = ""},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, sample, at), .help = ""},
    {VIEW(VIEW_ID, VIEW_PUBLIC, sample, id), .help = ""},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, sample, choice), .help = "", .values = choices},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, sample, yes), .help = ""},
    {VIEW(VIEW_TEXT, VIEW_MASKED, sample, name), .help = "", .mask = MASK_NAME},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, sample, email), .help = "", .mask = MASK_EMAIL},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, sample, plain), .help = ""},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, sample, secret), .help = ""},
    {VIEW(VIEW_OBJECT, VIEW_PUBLIC, sample, none), .help = "", .fields = inner_fields},
    {VIEW(VIEW_OBJECT, VIEW_PUBLIC, sample, some), .help = "", .fields = inner_fields},
    {VIEW(VIEW_NAMES, VIEW_PUBLIC, sample, names), .help = ""},
    VIEW_END,
};

static void assert_json(json_t *json, const char *expected) {
    json_t *right = json_loads(expected, 0, NULL);
    char *dump = json_dumps(json, JSON_SORT_KEYS);
    if (!json_equal(json, right))
        fail_msg("%s", dump);
    free(dump);
    json_decref(right);
    json_decref(json);
}

static void masking_and_leaving_out(void **state) {
    (void)state;
    static const char *const names[2] = {"a", "b"};
    struct arena arena;
    struct view_context context = {.arena = &arena};
    struct sample sample = {.at = INT64_C(1795400000000),
                            .id = INT64_MAX,
                            .choice = 1,
                            .yes = 1,
                            .name = "Chan Tai Man",
                            .email = "anna@example.com",
                            .plain = "p",
                            .secret = "s",
                            .some = {5},
                            .names = {names, 2, sizeof *names}};
    arena_open(&arena, 1 << 20);
    assert_json(view_json(&context, sample_fields, &sample),
                "{\"zero\":0,\"at\":\"2026-11-23T02:13:20Z\",\"id\":\"9223372036854775807\","
                "\"choice\":\"one\",\"yes\":true,\"name\":\"C••• T••• M•••\","
                "\"email\":\"a••••@example.com\",\"plain\":\"p\",\"some\":{\"id\":\"5\"},"
                "\"names\":[\"a\",\"b\"]}");
    context.own = true;
    sample =
        (struct sample){.email = "anna@example.com", .secret = "s", .name = "Chan", .choice = 2};
    assert_json(view_json(&context, sample_fields, &sample),
                "{\"zero\":0,\"yes\":false,\"name\":\"C•••\",\"email\":\"anna@example.com\","
                "\"secret\":\"s\",\"names\":[]}");
    arena_close(&arena);
}

/* The text is what a tree's compact dump would be, byte for byte. */
static void assert_text_is_tree(struct view_context *context, const struct sample *sample) {
    struct buffer text;
    char *dumps[2];
    json_t *trees[2] = {view_json(context, sample_fields, sample),
                        view_page(context, sample_fields, sample, 2, 0, INT64_MAX)};
    for (int page = 0; page < 2; page++) {
        buffer_open(&text, 1 << 16);
        context->text = &text;
        json_t *there = page ? view_page(context, sample_fields, sample, 2, 0, INT64_MAX)
                             : view_json(context, sample_fields, sample);
        context->text = NULL;
        assert_non_null(there);
        dumps[page] = json_dumps(trees[page], JSON_COMPACT);
        assert_false(text.full);
        assert_string_equal(text.data, dumps[page]);
        free(dumps[page]);
        json_decref(trees[page]);
        json_decref(there);
        buffer_close(&text);
    }
}

static void the_text_is_the_tree(void **state) {
    (void)state;
    static const char *const names[2] = {"\"quoted\"", "a\\b"};
    struct arena arena;
    struct view_context context = {.arena = &arena};
    arena_open(&arena, 1 << 20);
    for (int own = 0; own < 2; own++)
        for (int c = 1; c < 256; c++) {
            struct sample sample = {.zero = -c,
                                    .at = c * INT64_C(1795400000),
                                    .id = c % 2 ? INT64_MIN : c,
                                    .choice = c % 4,
                                    .yes = c % 2,
                                    .name = "陳大文",
                                    .email = "anna@example.com",
                                    .plain = {'x', (char)c, 'y'},
                                    .secret = "\t\n\x1f/\x7f",
                                    .some = {c % 3},
                                    .names = {names, (size_t)c % 3, sizeof *names}};
            context.own = own;
            assert_text_is_tree(&context, &sample);
        }
    struct sample nothing = {0};
    assert_text_is_tree(&context, &nothing);
    arena_close(&arena);
}

static enum store_result read_fails(struct store *store, struct want *wants, size_t count) {
    (void)store;
    (void)wants;
    (void)count;
    return STORE_DOWN;
}

static void a_store_that_fails_is_not_an_empty_answer(void **state) {
    struct kit *kit = *state;
    struct engine broken = *kit->engine;
    struct actor staff = {.kind = ACTOR_STAFF, .operator= 4096, .scopes = "root"};
    struct actor anna = {.kind = ACTOR_SUBSCRIBER, .operator= 4096, .id = 1};
    static const char *const names[] = {"staff", "api_keys", "account", "sessions"};
    broken.read = read_fails;
    for (size_t i = 0; i < 4; i++) {
        struct seeing s;
        json_t *json;
        see(kit, &s, i < 2 ? &staff : &anna);
        s.context.engine = &broken;
        assert_int_equal(view_show(view_of(names[i]), &s.context, 0, &json), REFUSED_BUSY);
        assert_null(json);
        seen(kit, &s);
    }
}

#define WITH_KIT(name) cmocka_unit_test_setup_teardown(name, people_open, people_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_KIT(the_operators_facts_are_the_policys),
        WITH_KIT(the_policy_is_for_staff),
        WITH_KIT(an_account_sees_its_own_lines),
        WITH_KIT(a_recycled_number_tells_neither_of_the_other),
        WITH_KIT(sessions),
        WITH_KIT(pages_run_to_their_end),
        cmocka_unit_test(masking_and_leaving_out),
        cmocka_unit_test(the_text_is_the_tree),
        WITH_KIT(a_store_that_fails_is_not_an_empty_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
