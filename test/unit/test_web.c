#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "web/json.h"
#include "web/parse.h"
#include "web/router.h"

static int arena_start(void **state) {
    static struct arena arena;
    arena_open(&arena, 1024 * 1024);
    *state = &arena;
    return 0;
}

static int arena_end(void **state) {
    arena_close(*state);
    return 0;
}

static void percent_is_strict(void **state) {
    struct arena *arena = *state;
    static const char *const bad[] = {"%",   "%4",     "a%4",       "%4g", "%g4",
                                      "%00", "%c0%af", "%ed%a0%80", "%ff", "%f4%90%80%80"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_null(percent_decode(arena, bad[i], strlen(bad[i]), true));
    }
    assert_string_equal(percent_decode(arena, "%41%e6%b8%AF+", 13, true), "A港 ");
    assert_string_equal(percent_decode(arena, "+", 1, false), "+");
    assert_string_equal(percent_encode(arena, "a/港~"), "a%2F%E6%B8%AF~");
}

static void params_are_strict(void **state) {
    struct arena *arena = *state;
    static const char *const bad[] = {"a=1&a=2", "=1", "&", "a=1&", "&a=1", "a=%", "%=1", "a&a"};
    struct params params;
    char many[4 * PARAMS_MAX + 16] = "";
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(params_parse(arena, bad[i], strlen(bad[i]), &params));
    }
    assert_true(params_parse(arena, "", 0, &params));
    assert_int_equal(params.count, 0);
    assert_true(params_parse(arena, "a=b=c&d&e=", 10, &params));
    assert_int_equal(params.count, 3);
    assert_string_equal(params_value(&params, "a"), "b=c");
    assert_string_equal(params_value(&params, "d"), "");
    assert_null(params_value(&params, "f"));
    for (int i = 0; i <= PARAMS_MAX; i++) {
        snprintf(many + strlen(many), sizeof many - strlen(many), "%s%x", i ? "&" : "", i);
    }
    assert_false(params_parse(arena, many, strlen(many), &params));
    assert_true(params_parse(arena, many, (size_t)(strrchr(many, '&') - many), &params));
}

static void cookies_that_stand_twice_do_not_count(void **state) {
    struct params cookies;
    cookies_parse(*state, "a=1; b=2;c=3; a=4; junk; d=x\"y; =5; e=a=b", &cookies);
    assert_null(params_value(&cookies, "a"));
    assert_string_equal(params_value(&cookies, "b"), "2");
    assert_string_equal(params_value(&cookies, "c"), "3");
    assert_null(params_value(&cookies, "d"));
    assert_string_equal(params_value(&cookies, "e"), "a=b");
    cookies_parse(*state, "a=1;a=2;a=3", &cookies);
    assert_null(params_value(&cookies, "a"));
    cookies_parse(*state, NULL, &cookies);
    assert_int_equal(cookies.count, 0);
}

static void paths_do_not_walk(void **state) {
    struct arena *arena = *state;
    static const char *const bad[] = {"",      "a",      "//",     "/a//b",   "/.",
                                      "/a/..", "/../a",  "/a/./b", "/%2e%2e", "/a%2Fb",
                                      "/a\\b", "/a%5cb", "/a%0ab", "/a%7f",   "/%"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_null(path_parse(arena, bad[i], strlen(bad[i])));
    }
    assert_string_equal(path_parse(arena, "/", 1), "/");
    assert_string_equal(path_parse(arena, "/a/", 3), "/a/");
    assert_string_equal(path_parse(arena, "/a+b/.c/%E6%B8%AF", 17), "/a+b/.c/港");
}

static void addresses_are_networks(void **state) {
    char text[48];
    (void)state;
    assert_true(address_network("192.0.2.7", text));
    assert_string_equal(text, "192.0.2.7");
    assert_true(address_network("2001:db8:1:2:ffff::1", text));
    assert_string_equal(text, "2001:db8:1:2::/64");
    assert_true(address_network("::ffff:192.0.2.7", text));
    assert_string_equal(text, "192.0.2.7");
    assert_false(address_network("192.0.2.7:80", text));
    assert_string_equal(text, "");
    assert_true(address_forwarded("192.0.2.7,192.0.2.8 ", text));
    assert_string_equal(text, "192.0.2.8");
    assert_false(address_forwarded("192.0.2.7,", text));
    assert_false(address_forwarded("192.0.2.7 x", text));
    assert_false(address_forwarded(NULL, text));
}

static void hosts_and_numbers(void **state) {
    struct arena *arena = *state;
    int64_t value = 0;
    assert_string_equal(host_parse(arena, "Harbour.Example.:8080"), "harbour.example");
    assert_string_equal(host_parse(arena, "[::1]:80"), "::1");
    assert_null(host_parse(arena, "a:b"));
    assert_null(host_parse(arena, "a b"));
    assert_null(host_parse(arena, "[::1"));
    assert_null(host_parse(arena, ":80"));
    assert_null(host_parse(arena, NULL));
    assert_true(number_parse("9223372036854775807", false, &value) && value == INT64_MAX);
    assert_true(number_parse("-5", true, &value) && value == -5);
    assert_false(number_parse("9223372036854775808", false, &value));
    assert_false(number_parse("-5", false, &value));
    assert_false(number_parse("", false, &value) || number_parse("-", true, &value));
    assert_false(number_parse("1 ", false, &value) || number_parse("+1", false, &value));
}

static void nobody(struct request *request) {
    (void)request;
}

static void routes_are_found(void **state) {
    static const struct route routes[] = {
        {METHOD_GET, "/lines/new", nobody, 0, 0},
        {METHOD_GET, "/lines/{line}", nobody, 0, 0},
        {METHOD_POST, "/lines/{line}", nobody, 0, 0},
        {METHOD_POST, "/lines/{line}/close/{step}", nobody, 0, 0},
        {METHOD_GET, "/secret", nobody, ROUTE_LOCAL, 0},
        {METHOD_GET, "/files/{path...}", nobody, ROUTE_REST, 0},
        {0, NULL, NULL, 0, 0},
    };
    static const struct route *const tables[] = {routes, NULL};
    const char *captures[ROUTE_CAPTURES] = {0};
    uint32_t allowed = 0;
    struct arena *a = *state;
    assert_ptr_equal(route_find(tables, METHOD_GET, "/lines/new", 0, a, captures, &allowed),
                     routes);
    assert_ptr_equal(route_find(tables, METHOD_POST, "/lines/7", 0, a, captures, &allowed),
                     &routes[2]);
    assert_string_equal(captures[0], "7");
    assert_ptr_equal(route_find(tables, METHOD_POST, "/lines/7/close/x", 0, a, captures, &allowed),
                     &routes[3]);
    assert_string_equal(captures[1], "x");
    assert_int_equal(route_capture(&routes[3], "step"), 1);
    assert_int_equal(route_capture(&routes[3], "ste"), -1);
    assert_int_equal(route_capture(&routes[5], "path"), 0);
    assert_ptr_equal(route_find(tables, METHOD_GET, "/files/a/b", 0, a, captures, &allowed),
                     &routes[5]);
    assert_string_equal(captures[0], "a/b");
    assert_null(route_find(tables, METHOD_PUT, "/lines/7", 0, a, captures, &allowed));
    assert_string_equal(methods_text(allowed, a), "GET, HEAD, POST");
    assert_null(route_find(tables, METHOD_GET, "/lines/", 0, a, captures, &allowed));
    assert_null(route_find(tables, METHOD_GET, "/secret", ROUTE_LOCAL, a, captures, &allowed));
    assert_int_equal(allowed, 0);
    assert_int_equal(method_bit("HEAD"), METHOD_GET);
    assert_int_equal(method_bit("get"), 0);
}

struct sample {
    int64_t count, id, at, yes;
    char name[16], password[16];
    uint8_t bytes[3];
};
static const struct field sample_fields[] = {
    INPUT(FIELD_INT, sample, count, 0, 9, ""),  INPUT(FIELD_ID, sample, id, 0, 0, ""),
    INPUT(FIELD_TIME, sample, at, 0, 0, ""),    INPUT(FIELD_BOOL, sample, yes, 0, 1, ""),
    INPUT(FIELD_TEXT, sample, name, 2, 4, ""),  INPUT(FIELD_TEXT, sample, password, 0, 12, ""),
    INPUT(FIELD_BLOB, sample, bytes, 0, 0, ""), FIELD_END};

static void inputs_are_typed(void **state) {
    static const struct {
        const char *form, *field;
        enum input_why why;
    } cases[] = {
        {"name=ab", NULL, INPUT_FINE},
        {"name=ab&form=x&key=y&also=z", NULL, INPUT_FINE},
        {"name=ab&other=1", "other", INPUT_UNKNOWN},
        {"", "name", INPUT_MISSING},
        {"name=+a+", "name", INPUT_SHORT},
        {"name=abcde", "name", INPUT_LONG},
        {"name=a%07b", "name", INPUT_TEXT},
        {"name=ab&count=10", "count", INPUT_LONG},
        {"name=ab&count=-1", "count", INPUT_SHORT},
        {"name=ab&count=x", "count", INPUT_TYPE},
        {"name=ab&yes=maybe", "yes", INPUT_TYPE},
        {"name=ab&at=yesterday", "at", INPUT_TYPE},
        {"name=ab&id=-1", "id", INPUT_TYPE},
        {"name=ab&bytes=AAA", "bytes", INPUT_TYPE},
        {"name=ab&password=1234567890123", "password", INPUT_LONG},
        {"name=%F0%A0%AE%B7%F0%A0%AE%B7%F0%A0%AE%B7%F0%A0%AE%B7", "name", INPUT_LONG},
    };
    static const char *const also[] = {"also", NULL};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample sample = {0};
        struct input_fault fault;
        struct params form;
        assert_true(params_parse(*state, cases[i].form, strlen(cases[i].form), &form));
        bool fine = input_from_form(*state, sample_fields, &form, also, &sample, &fault);
        assert_int_equal(fault.why, cases[i].why);
        assert_int_equal(fine, cases[i].why == INPUT_FINE);
        if (cases[i].field) {
            assert_string_equal(fault.field, cases[i].field);
        }
    }
}

static void json_there_and_back(void **state) {
    static const char text[] =
        "{\"count\":3,\"id\":\"9007199254740993\",\"at\":\"2026-11-22T06:03:00Z\",\"yes\":true,"
        "\"name\":\"陳大\",\"password\":\" a \",\"bytes\":\"AQID\"}";
    struct sample sample = {0};
    struct input_fault fault;
    json_t *given = json_loads(text, 0, NULL);
    assert_true(input_from_json(*state, sample_fields, given, &sample, &fault));
    assert_true(sample.id == INT64_C(9007199254740993));
    assert_string_equal(sample.password, " a "); /* as it was typed */
    assert_memory_equal(sample.bytes, "\1\2\3", 3);
    json_t *back = fields_json(sample_fields, &sample);
    assert_true(json_equal(given, back));
    json_decref(back);
    json_object_set_new(given, "yes", json_integer(1));
    assert_false(input_from_json(*state, sample_fields, given, &sample, &fault));
    assert_int_equal(fault.why, INPUT_TYPE);
    assert_string_equal(fault.field, "yes");
    json_decref(given);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percent_is_strict),
        cmocka_unit_test(params_are_strict),
        cmocka_unit_test(cookies_that_stand_twice_do_not_count),
        cmocka_unit_test(paths_do_not_walk),
        cmocka_unit_test(addresses_are_networks),
        cmocka_unit_test(hosts_and_numbers),
        cmocka_unit_test(routes_are_found),
        cmocka_unit_test(inputs_are_typed),
        cmocka_unit_test(json_there_and_back),
    };
    return cmocka_run_group_tests(tests, arena_start, arena_end);
}
