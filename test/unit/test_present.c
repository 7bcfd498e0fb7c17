/* The presenter: what it adds beside a view's fields, and where a form may go on to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "web/portal/form.h"
#include "web/present.h"

static struct policy policy;
static struct request request;

static int open_request(void **state) {
    static char text[POLICY_TEXT_SIZE];
    struct policy_faults faults = {0};
    char path[512];
    const char *root = getenv("RINGOFF_ROOT");
    (void)state;
    snprintf(path, sizeof path, "%s/packaging/demo/kite.json", root ? root : ".");
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(text, 1, sizeof text, file);
    fclose(file);
    assert_true(policy_read(text, length, &policy, &faults));
    request = (struct request){.policy = &policy,
                               .now = INT64_C(1795400000000), /* 2026-11-23 02:13 UTC */
                               .language = LANGUAGE_EN};
    arena_open(&request.arena, 1 << 20);
    return 0;
}

static int close_request(void **state) {
    (void)state;
    arena_close(&request.arena);
    return 0;
}

static const char *text_of(const json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "(none)";
}

static const struct view_field item_fields[] = {
    {.name = "contact", .kind = VIEW_TEXT, .mask = MASK_EMAIL},
    {.name = NULL},
};
static const struct view_field fields[] = {
    {.name = "at", .kind = VIEW_TIME},
    {.name = "never_at", .kind = VIEW_TIME},
    {.name = "paid_minor", .kind = VIEW_INT},
    {.name = "ended", .kind = VIEW_INT, .help = "credit that ends, minor units"},
    {.name = "rest_days", .kind = VIEW_INT},
    {.name = "count", .kind = VIEW_INT},
    {.name = "state", .kind = VIEW_CHOICE},
    {.name = "kind", .kind = VIEW_CHOICE},
    {.name = "number", .kind = VIEW_TEXT, .mask = MASK_NUMBER},
    {.name = "masked", .kind = VIEW_TEXT, .mask = MASK_NUMBER},
    {.name = "via", .kind = VIEW_TEXT},
    {.name = "name", .kind = VIEW_LIST, .fields = item_fields},
    {.name = "items_of", .kind = VIEW_LIST, .fields = item_fields},
    {.name = NULL},
};

static json_t *sample(void) {
    return json_pack("{s:s, s:i, s:i, s:i, s:i, s:s, s:s, s:s, s:s, s:s,"
                     " s:[{s:s, s:s}, {s:s, s:s}], s:[{s:s}]}",
                     "at", "2026-11-22T16:03:00Z", "paid_minor", 8640, "ended", 0, "rest_days", 90,
                     "count", 1234, "state", "active", "kind", "something_new", "number",
                     "+85261234567", "masked", "+852 6••• ••67", "via", "mail", "name", "language",
                     "en", "text", "One; two", "language", "zh-Hant-HK", "text", "一", "items_of",
                     "contact", "l••••@example.com");
}

static void adds_what_people_read(void **state) {
    (void)state;
    json_t *object = sample();
    assert_non_null(object);
    present(&request, fields, object);
    assert_string_equal(text_of(object, "at_text"), "23 November 2026, 00:03");
    assert_string_equal(text_of(object, "at_date_text"), "23 November 2026");
    assert_string_equal(text_of(object, "at_near_text"), "23 November, 00:03");
    assert_string_equal(text_of(object, "paid_minor_text"), "HK$86.40");
    assert_true(json_is_true(json_object_get(object, "paid_minor_some")));
    assert_string_equal(text_of(object, "ended_text"), "HK$0.00");
    assert_null(json_object_get(object, "ended_some"));
    assert_string_equal(text_of(object, "rest_days_text"), "90 days");
    assert_string_equal(text_of(object, "count_text"), "1,234");
    assert_string_equal(text_of(object, "state_text"), "In use");
    assert_true(json_is_true(json_object_get(object, "state_is_active")));
    assert_true(json_is_true(json_object_get(object, "kind_is_something_new")));
    assert_null(json_object_get(object, "kind_text"));
    assert_string_equal(text_of(object, "number_text"), "+852 6123 4567");
    assert_string_equal(text_of(object, "number_tel"), "+85261234567");
    assert_string_equal(text_of(object, "masked_text"), "+852 6••• ••67");
    assert_null(json_object_get(object, "masked_tel"));
    assert_string_equal(text_of(object, "via_text"), "E-mail");
    assert_string_equal(text_of(object, "name_text"), "One; two");
    assert_int_equal(json_array_size(json_object_get(object, "name_lines")), 2);
    const json_t *item = json_array_get(json_object_get(object, "items_of"), 0);
    assert_string_equal(text_of(item, "contact_text"), "l••••@example.com");
    assert_null(json_object_get(object, "never_at_text"));
    json_decref(object);
}

static void speaks_the_readers_language(void **state) {
    (void)state;
    json_t *page = json_pack("{s:[o]}", "items", sample());
    request.language = LANGUAGE_ZH_HANT;
    present(&request, fields, page);
    const json_t *item = json_array_get(json_object_get(page, "items"), 0);
    assert_string_equal(text_of(item, "at_text"), "2026年11月23日 00:03");
    assert_string_equal(text_of(item, "rest_days_text"), "90 日");
    assert_string_equal(text_of(item, "state_text"), "使用中");
    assert_string_equal(text_of(item, "name_text"), "一");
    json_decref(page);
    request.language = LANGUAGE_EN;
}

static void says_the_policys_figures(void **state) {
    (void)state;
    json_t *said = present_policy(&request);
    assert_string_equal(text_of(said, "due"), "24 hours");
    assert_string_equal(text_of(said, "undo_window"), "60 minutes");
    assert_string_equal(text_of(said, "retention"), "2 years");
    assert_string_equal(text_of(said, "erase_account"), "12 months");
    assert_string_equal(text_of(said, "suspension_fee"), "HK$20.00");
    json_decref(said);
    policy.undo_window_minutes = 45;
    policy.suspension_fee_minor = 0;
    said = present_policy(&request);
    assert_string_equal(text_of(said, "undo_window"), "45 minutes");
    assert_true(json_is_true(json_object_get(said, "suspension_free")));
    json_decref(said);
}

static void goes_on_only_here(void **state) {
    static const char *const away[] = {"//x.example",
                                       "https://x.example",
                                       "/\\x.example",
                                       "/a b",
                                       "/a?b",
                                       "/a#b",
                                       "x",
                                       "",
                                       "/%2fx",
                                       NULL};
    (void)state;
    for (size_t i = 0; away[i]; i++) {
        assert_string_equal(form_next(away[i], "/account"), "/account");
    }
    assert_string_equal(form_next(NULL, "/account"), "/account");
    assert_string_equal(form_next("/lines/17/close", "/account"), "/lines/17/close");
}

/* The same submission has the same key; another value, or another hidden key, has another. */
static void keys_what_was_typed(void **state) {
    static struct secrets secrets;
    static const struct site site = {.secrets = &secrets};
    static const uint8_t master[32] = {7};
    struct param typed[] = {
        {"form", "token of this hour"}, {"key", "abcdefghijklmnopqrstuv"}, {"number", "61234567"}};
    (void)state;
    secret_derive(master, &secrets);
    request.site = &site;
    request.form = (struct params){typed, 3};
    const char *first = form_command_key(&request);
    assert_in_range(strlen(first), 24, 79);
    typed[0].value = "token of the next hour";
    assert_string_equal(form_command_key(&request), first);
    typed[2].value = "61234568";
    assert_string_not_equal(form_command_key(&request), first);
    typed[1].value = "";
    assert_string_equal(form_command_key(&request), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(adds_what_people_read, open_request, close_request),
        cmocka_unit_test_setup_teardown(speaks_the_readers_language, open_request, close_request),
        cmocka_unit_test_setup_teardown(says_the_policys_figures, open_request, close_request),
        cmocka_unit_test_setup_teardown(goes_on_only_here, open_request, close_request),
        cmocka_unit_test_setup_teardown(keys_what_was_typed, open_request, close_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
