#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mustache.h"

/* Partials of one test: compiled when the specification's case names them. */
struct partials {
    const char *names[8];
    struct template *made[8];
    size_t count;
};

static const struct template *partial_of(void *context, const char *name) {
    const struct partials *partials = context;
    for (size_t i = 0; i < partials->count; i++)
        if (strcmp(partials->names[i], name) == 0)
            return partials->made[i];
    return NULL;
}

static struct template *made(const char *text) {
    struct template_error error = {0};
    struct template *template = template_compile(text, strlen(text), &error);
    if (!template)
        print_error("%s: line %zu: %s\n", text, error.line, error.text);
    return template;
}

/* True when the case of the specification gives what it must. */
static bool case_holds(const json_t *test) {
    struct partials partials = {0};
    const char *name;
    json_t *partial;
    json_object_foreach(json_object_get(test, "partials"), name, partial) {
        assert_true(partials.count < 8);
        partials.names[partials.count] = name;
        partials.made[partials.count++] = made(json_string_value(partial));
    }
    struct template *template = made(json_string_value(json_object_get(test, "template")));
    struct template_options options = {.partial = partial_of, .partial_context = &partials};
    struct buffer out;
    buffer_open(&out, 1 << 16);
    const char *expected = json_string_value(json_object_get(test, "expected"));
    bool done =
        template && template_render(template, json_object_get(test, "data"), &options, &out);
    const char *text = out.data ? out.data : "";
    bool holds = done && strcmp(text, expected) == 0;
    if (!holds)
        print_error("%s: got <%s>, not <%s>\n", json_string_value(json_object_get(test, "name")),
                    text, expected);
    buffer_close(&out);
    template_free(template);
    for (size_t i = 0; i < partials.count; i++)
        template_free(partials.made[i]);
    return holds;
}

static void specification_holds(const char *file, size_t least) {
    const char *folder = getenv("RINGOFF_SPECS");
    if (!folder)
        fail_msg("RINGOFF_SPECS must name the folder that holds mustache/*.json");
    char path[1024];
    snprintf(path, sizeof path, "%s/mustache/%s.json", folder, file);
    json_error_t error;
    json_t *spec = json_load_file(path, JSON_DECODE_ANY, &error);
    if (!spec && access(folder, F_OK) != 0) {
        print_message("not run: the specification is not there; RINGOFF_SPECS names its folder\n");
        skip();
    }
    if (!spec)
        fail_msg("%s: %s", path, error.text);
    json_t *tests = json_object_get(spec, "tests"), *test;
    size_t i, wrong = 0;
    json_array_foreach(tests, i, test) wrong += !case_holds(test);
    assert_true(json_array_size(tests) >= least);
    assert_int_equal(wrong, 0);
    json_decref(spec);
}

static void test_comments(void **state) {
    (void)state;
    specification_holds("comments", 12);
}

static void test_delimiters(void **state) {
    (void)state;
    specification_holds("delimiters", 14);
}

static void test_interpolation(void **state) {
    (void)state;
    specification_holds("interpolation", 40);
}

static void test_inverted(void **state) {
    (void)state;
    specification_holds("inverted", 22);
}

static void test_partials(void **state) {
    (void)state;
    specification_holds("partials", 12);
}

static void test_sections(void **state) {
    (void)state;
    specification_holds("sections", 34);
}

/* Renders text over JSON with the options; the caller compares and closes out. */
static bool render(const char *text, const char *json, const struct template_options *options,
                   struct buffer *out) {
    struct template *template = made(text);
    assert_non_null(template);
    json_t *data = json_loads(json, JSON_DECODE_ANY, NULL);
    assert_non_null(data);
    buffer_open(out, 4096);
    bool done = template_render(template, data, options, out);
    json_decref(data);
    template_free(template);
    return done;
}

static void expect(const char *text, const char *json, enum escape escape, const char *expected) {
    struct template_options options = {.escape = escape};
    struct buffer out;
    assert_true(render(text, json, &options, &out));
    assert_string_equal(out.data ? out.data : "", expected);
    buffer_close(&out);
}

static void test_escaping(void **state) {
    (void)state;
    expect("<a title=\"{{t}}\">", "{\"t\":\"\\\"'<>&\"}", ESCAPE_HTML,
           "<a title=\"&quot;&#39;&lt;&gt;&amp;\">");
    expect("{{t}}", "{\"t\":\"\\\"'<>&\"}", ESCAPE_NONE, "\"'<>&");
}

static void test_values(void **state) {
    (void)state;
    const char *json = "{\"i\":-9223372036854775808,\"r\":0.1,\"t\":true,\"f\":false,\"z\":0,"
                       "\"e\":\"\",\"o\":{},\"n\":null}";
    expect("{{i}} {{r}} {{t}} {{f}}", json, ESCAPE_HTML, "-9223372036854775808 0.1 true false");
    expect("{{#z}}zero{{/z}}{{^e}}empty{{/e}}{{#o}}object{{/o}}{{^n}}null{{/n}}", json, ESCAPE_HTML,
           "zeroemptyobjectnull");
    expect("{{o}}|{{n}}", json, ESCAPE_HTML, "|");
}

static void test_indentation(void **state) {
    (void)state;
    struct template *outer = made("a\n  {{> b}}\n\n{{#x}}{{x}}{{/x}}\n{{! c}}d\n");
    struct template *inner = made("{{x}}\n\nlast");
    struct partials partials = {{"a", "b"}, {outer, inner}, 2};
    struct template_options options = {.partial = partial_of, .partial_context = &partials};
    struct buffer out;
    assert_true(render(" {{> a}}\nend", "{\"x\":\"1\\n2\"}", &options, &out));
    assert_string_equal(out.data, " a\n   1\n2\n\n   last\n 1\n2\n d\nend");
    buffer_close(&out);
    template_free(outer);
    template_free(inner);
}

static void note_missing(void *context, enum template_use use, const char *name) {
    buffer_format(context, "%d:%s ", (int)use, name);
}

static void test_missing_is_told(void **state) {
    (void)state;
    struct buffer notes, out;
    buffer_open(&notes, 256);
    struct template_options options = {.missing = note_missing, .missing_context = &notes};
    assert_true(render("{{a}}{{b.c}}{{#d}}{{/d}}{{^e}}{{/e}}{{n}}{{l}}{{> p}}{{#f}}{{g}}{{/f}}",
                       "{\"n\":null,\"l\":[],\"b\":{},\"f\":false}", &options, &out));
    assert_string_equal(notes.data, "0:a 0:b.c 1:d 2:e 0:l 3:p ");
    buffer_close(&out);
    buffer_close(&notes);
}

static void refuse(const char *text, size_t line, const char *part) {
    struct template_error error = {0};
    struct template *template = template_compile(text, strlen(text), &error);
    assert_null(template);
    assert_int_equal(error.line, line);
    if (!strstr(error.text, part))
        fail_msg("%s: \"%s\" does not say \"%s\"", text, error.text, part);
    assert_null(template_compile(text, strlen(text), NULL));
}

static void test_refusals(void **state) {
    (void)state;
    refuse("a\n{{b", 2, "not closed");
    refuse("{{{b}}", 1, "not closed");
    refuse("{{=<% %>}}", 1, "not closed");
    refuse("\n\n{{#a}}", 3, "{{#a}} is not closed");
    refuse("{{/a}}", 1, "closes nothing");
    refuse("{{#a}}\n{{/b}}", 2, "{{/b}} closes {{#a}}");
    refuse("{{}}", 1, "without a name");
    refuse("{{# }}", 1, "without a name");
    refuse("{{a b}}", 1, "white space");
    refuse("{{a..b}}", 1, "empty part");
    refuse("{{.a}}", 1, "empty part");
    refuse("{{a.}}", 1, "empty part");
    refuse("{{=<%=}}", 1, "delimiters");
    refuse("{{=a b c=}}", 1, "delimiters");
    refuse("{{=a= b=}}", 1, "delimiters");
    refuse("{{=aaaaaaaaaaaaaaaaa b=}}", 1, "delimiters");
}

static void test_depth(void **state) {
    (void)state;
    for (int depth = TEMPLATE_DEPTH_MAX; depth <= TEMPLATE_DEPTH_MAX + 1; depth++) {
        struct buffer text;
        buffer_open(&text, 4096);
        for (int i = 0; i < depth; i++)
            buffer_text(&text, "{{#a}}");
        for (int i = 0; i < depth; i++)
            buffer_text(&text, "{{/a}}");
        struct template *template = template_compile(text.data, text.length, NULL);
        assert_int_equal(template != NULL, depth == TEMPLATE_DEPTH_MAX);
        template_free(template);
        buffer_close(&text);
    }
    char *long_text = test_calloc(1, TEMPLATE_LENGTH_MAX + 1);
    assert_null(template_compile(long_text, TEMPLATE_LENGTH_MAX + 1, NULL));
    test_free(long_text);
}

static void test_bounds(void **state) {
    (void)state;
    struct buffer out;
    struct template *endless = made("x{{> p}}");
    struct partials partials = {{"p"}, {endless}, 1};
    struct template_options options = {.partial = partial_of, .partial_context = &partials};
    assert_false(render("{{> p}}", "{}", &options, &out));
    assert_int_equal(out.length, TEMPLATE_PARTIAL_DEPTH_MAX);
    buffer_close(&out);
    template_free(endless);
    /* much work and no output: every level visits the list again */
    struct template *wide = made("{{#l}}{{> p}}{{/l}}");
    partials.made[0] = wide;
    assert_false(render("{{> p}}", "{\"l\":[1,2,3,4,5,6,7,8]}", &options, &out));
    buffer_close(&out);
    template_free(wide);
    /* the ceiling of the output */
    struct template *template = made("{{#l}}0123456789{{/l}}");
    json_t *data = json_loads("{\"l\":[1,2,3]}", 0, NULL);
    buffer_open(&out, 29);
    assert_false(template_render(template, data, NULL, &out));
    buffer_close(&out);
    buffer_open(&out, 30);
    assert_true(template_render(template, data, NULL, &out));
    buffer_close(&out);
    json_decref(data);
    template_free(template);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comments),      cmocka_unit_test(test_delimiters),
        cmocka_unit_test(test_interpolation), cmocka_unit_test(test_inverted),
        cmocka_unit_test(test_partials),      cmocka_unit_test(test_sections),
        cmocka_unit_test(test_escaping),      cmocka_unit_test(test_values),
        cmocka_unit_test(test_indentation),   cmocka_unit_test(test_missing_is_told),
        cmocka_unit_test(test_refusals),      cmocka_unit_test(test_depth),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
