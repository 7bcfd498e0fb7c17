#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/text.h"

static void test_valid(void **state) {
    (void)state;
    static const char *const good[] = {"",           "a",          "\x7f",   "\u00e9",
                                       "\u0800",     "\ud7ff",     "\ue000", "\uffff",
                                       "\U00010000", "\U0010ffff", "登記🀄"};
    static const char *const bad[] = {"\x80",
                                      "\xc0\xaf",
                                      "\xc1\xbf",
                                      "\xe0\x80\xaf",
                                      "\xe0\x9f\xbf",
                                      "\xed\xa0\x80",
                                      "\xed\xbf\xbf",
                                      "\xf0\x80\x80\x80",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xff",
                                      "\xfe",
                                      "\xc3",
                                      "\xe4\xb8",
                                      "\xf0\x9f\x80",
                                      "\xc3(",
                                      "a\xe4\xb8z",
                                      "\xf8\x88\x80\x80\x80"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!text_valid(good[i], strlen(good[i])))
            fail_msg("good %zu", i);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (text_valid(bad[i], strlen(bad[i])))
            fail_msg("bad %zu", i);
    assert_false(text_valid("a\0b", 3));
}

static void test_round_trip(void **state) {
    (void)state;
    char bytes[4];
    uint32_t again;
    for (uint32_t point = 1; point < 0x110400; point++) {
        size_t size = text_encode(point, bytes);
        bool exists = point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
        if ((size > 0) != exists)
            fail_msg("U+%X", point);
        if (exists && (text_decode(bytes, size, &again) != size || again != point))
            fail_msg("U+%X read back as U+%X", point, again);
        if (exists && size > 1 && text_decode(bytes, size - 1, &again) != 0)
            fail_msg("U+%X cut off", point);
    }
}

static void expect(const char *in, enum text_lines lines, size_t minimum, size_t maximum,
                   enum text_fault fault, const char *out) {
    struct arena arena;
    arena_open(&arena, 4096);
    char *clean;
    enum text_fault got = text_clean(&arena, in, strlen(in), lines, minimum, maximum, &clean);
    if (got != fault)
        fail_msg("<%s> gives %d, not %d", in, got, fault);
    if (out)
        assert_string_equal(clean, out);
    else
        assert_null(clean);
    arena_close(&arena);
}

static void test_clean(void **state) {
    (void)state;
    expect("Ａ１２３４５６（３）", TEXT_ONE_LINE, 1, 20, TEXT_OK, "A123456(3)");
    expect("\u00a0\u3000 \u200b\ufeff陳大文\u2003\u200d\t", TEXT_ONE_LINE, 1, 3, TEXT_OK, "陳大文");
    expect("ａ　ｂ", TEXT_ONE_LINE, 1, 20, TEXT_OK, "a b");
    expect("～！", TEXT_ONE_LINE, 1, 20, TEXT_OK, "~!");
    expect("", TEXT_ONE_LINE, 0, 20, TEXT_OK, "");
    expect(" \u3000", TEXT_ONE_LINE, 1, 20, TEXT_EMPTY, NULL);
    expect("ab", TEXT_ONE_LINE, 3, 20, TEXT_TOO_SHORT, NULL);
    expect("登記用戶", TEXT_ONE_LINE, 1, 4, TEXT_OK, "登記用戶");
    expect("登記用戶們", TEXT_ONE_LINE, 1, 4, TEXT_TOO_LONG, NULL);
    expect("a\xff", TEXT_ONE_LINE, 1, 4, TEXT_NOT_UTF8, NULL);
    expect("a\nb", TEXT_ONE_LINE, 1, 4, TEXT_CONTROL, NULL);
    expect("a\tb", TEXT_ONE_LINE, 1, 4, TEXT_CONTROL, NULL);
    expect("a\x1b[b", TEXT_MANY_LINES, 1, 9, TEXT_CONTROL, NULL);
    expect("a\x7f"
           "b",
           TEXT_MANY_LINES, 1, 9, TEXT_CONTROL, NULL);
    expect("a\xc2\x85x", TEXT_MANY_LINES, 1, 9, TEXT_CONTROL, NULL);
    expect("a\u202eb", TEXT_MANY_LINES, 1, 9, TEXT_CONTROL, NULL);
    expect("a\u2067b", TEXT_MANY_LINES, 1, 9, TEXT_CONTROL, NULL);
    expect("a\r\nb\rc\td\n", TEXT_MANY_LINES, 1, 9, TEXT_OK, "a\nb\nc\td");
}

static void test_clean_wide(void **state) {
    (void)state;
    struct arena arena;
    arena_open(&arena, 48);
    char *clean;
    const char *text = " 你好，（再見） ";
    assert_int_equal(text_clean_wide(&arena, text, strlen(text), TEXT_ONE_LINE, 1, 20, &clean),
                     TEXT_OK);
    assert_string_equal(clean, "你好，（再見）");
    assert_int_equal(text_clean_wide(&arena, text, strlen(text), TEXT_ONE_LINE, 1, 20, &clean),
                     TEXT_NO_MEMORY);
    assert_null(clean);
    arena_close(&arena);
}

static void test_small(void **state) {
    (void)state;
    char text[] = "aZ-ä9";
    text_upper(text);
    assert_string_equal(text, "AZ-ä9");
    text_lower(text);
    assert_string_equal(text, "az-ä9");
    assert_true(text_digits("0123456789"));
    assert_false(text_digits(""));
    assert_false(text_digits("12a"));
    assert_false(text_digits("-1"));
    assert_int_equal(text_points("a登🀄", strlen("a登🀄")), 3);
    assert_int_equal(text_half(0xff5e), '~');
    assert_int_equal(text_half(0xff5f), 0xff5f);
    assert_true(text_blank(0x200f));
    assert_false(text_blank(0x2010));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid), cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_clean), cmocka_unit_test(test_clean_wide),
        cmocka_unit_test(test_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
