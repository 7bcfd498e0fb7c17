#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/pages.h"

#define FILE_OF(path, type, text)                                                                  \
    { path, type, "0123456789abcdef", (const unsigned char *)(text), sizeof(text) - 1 }

static const struct embedded assets[] = {FILE_OF("look.css", "text/css", "a{}")};
static const struct embedded_set asset_set = {assets, 1};
static const struct embedded_set no_files = {NULL, 0};

static const struct embedded templates[] = {
    FILE_OF("letter.txt", "text/plain", "[[March]]: {{name}}\n{{> partial/foot}}"),
    FILE_OF("page.html", "text/html",
            "{{> partial/head}}<p>[[\n  %s   minute ]] {{name}}</p>{{#open}}{{typo}}{{/open}}"),
    FILE_OF("partial/foot.html", "text/html", "<hr>"),
    FILE_OF("partial/foot.txt", "text/plain", "-- {{name}}"),
    FILE_OF("partial/head.html", "text/html", "<link href=\"[[asset:look.css]]\">[[not known]]"),
};
static const struct embedded_set template_set = {templates, 5};

static void expect(const struct pages *pages, enum language language, const char *name,
                   const char *expected, const char *expected_missing) {
    struct buffer out, missing;
    buffer_open(&out, 4096);
    buffer_open(&missing, 4096);
    json_t *data = json_pack("{s:s,s:b}", "name", "<Lee>", "open", 1);
    assert_true(pages_render_strict(pages, language, name, data, &out, &missing));
    assert_string_equal(out.data, expected);
    assert_string_equal(missing.data ? missing.data : "", expected_missing);
    size_t length = out.length;
    assert_true(pages_render(pages, language, name, data, &out));
    assert_int_equal(out.length, 2 * length);
    json_decref(data);
    buffer_close(&out);
    buffer_close(&missing);
}

static void test_render(void **state) {
    (void)state;
    char error[PAGES_ERROR_TEXT] = "";
    struct pages *pages = pages_open_from(&template_set, &asset_set, error);
    if (!pages)
        fail_msg("%s", error);
    expect(pages, LANGUAGE_EN, "page.html",
           "<link href=\"/assets/look.css?v=0123456789abcdef\">not known"
           "<p>%s minute &lt;Lee&gt;</p>",
           "typo\n");
    expect(pages, LANGUAGE_ZH_HANT, "page.html",
           "<link href=\"/assets/look.css?v=0123456789abcdef\">not known"
           "<p>%s 分鐘 &lt;Lee&gt;</p>",
           "typo\n");
    expect(pages, LANGUAGE_ZH_HANS, "letter.txt", "三月: <Lee>\n-- <Lee>", "");
    assert_true(pages_has(pages, "partial/foot.txt"));
    assert_false(pages_has(pages, "partial/foot"));
    assert_string_equal(pages_name(pages, 4), "partial/head.html");
    assert_null(pages_name(pages, 5));
    struct buffer out;
    buffer_open(&out, 4);
    assert_false(pages_render(pages, LANGUAGE_EN, "none.html", NULL, &out));
    assert_false(pages_render(pages, LANGUAGE_EN, "page.html", NULL, &out)); /* ceiling */
    buffer_close(&out);
    pages_close(pages);
}

static void test_assets(void **state) {
    (void)state;
    char error[PAGES_ERROR_TEXT];
    struct pages *pages = pages_open_from(&no_files, &asset_set, error);
    assert_non_null(pages);
    const struct embedded *asset = pages_asset(pages, "look.css");
    assert_non_null(asset);
    assert_int_equal(asset->length, 3);
    assert_memory_equal(asset->bytes, "a{}", 3);
    assert_null(pages_asset(pages, "../look.css"));
    assert_null(pages_asset(pages, ""));
    pages_close(pages);
    pages_close(NULL);
}

static void refuse(const struct embedded file, const char *part) {
    char error[PAGES_ERROR_TEXT] = "";
    struct embedded_set set = {&file, 1};
    struct pages *pages = pages_open_from(&set, &no_files, error);
    assert_null(pages);
    if (!strstr(error, part))
        fail_msg("\"%s\" does not say \"%s\"", error, part);
}

static void test_refusals(void **state) {
    (void)state;
    refuse((struct embedded)FILE_OF("a.html", "", "[[open"), "a.html: a [[ is not closed");
    refuse((struct embedded)FILE_OF("a.html", "", "\n{{#b}}"), "a.html (en) line 2");
    refuse((struct embedded)FILE_OF("a.html", "", "{{> b}}"), "no partial b");
    refuse((struct embedded)FILE_OF("a.txt", "", "[[asset:b]]"), "no asset:b");
}

/* What was built in compiles in every language, and each asset is found with a hash. */
static void test_built_in(void **state) {
    (void)state;
    char error[PAGES_ERROR_TEXT] = "";
    struct pages *pages = pages_open(error);
    if (!pages)
        fail_msg("%s", error);
    for (size_t i = 0; pages_name(pages, i); i++) {
        assert_true(pages_has(pages, pages_name(pages, i)));
        if (i > 0)
            assert_true(strcmp(pages_name(pages, i - 1), pages_name(pages, i)) < 0);
    }
    pages_close(pages);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_render),
        cmocka_unit_test(test_assets),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_built_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
