#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/words.h"
#include "base/words_table.h"

static void test_words(void **state) {
    (void)state;
    assert_string_equal(words(LANGUAGE_EN, "March"), "March");
    assert_string_equal(words(LANGUAGE_ZH_HANT, "March"), "三月");
    assert_string_equal(words(LANGUAGE_ZH_HANS, "%s minute"), "%s 分钟");
    assert_string_equal(words(LANGUAGE_ZH_HANT, "not in any catalogue"), "not in any catalogue");
    assert_string_equal(words(LANGUAGE_ZH_HANT, ""), "");
}

static void test_every_word_is_found(void **state) {
    (void)state;
    for (int i = 1; i < LANGUAGE_COUNT; i++) {
        const struct word_table *table = &word_tables[i];
        assert_true(table->count > 0);
        for (size_t w = 0; w < table->count; w++) {
            assert_ptr_equal(words((enum language)i, table->words[w].msgid),
                             table->words[w].forms[0]);
            assert_true(table->words[w].forms[0][0] != '\0');
        }
    }
}

static void test_plural(void **state) {
    (void)state;
    assert_string_equal(words_plural(LANGUAGE_EN, "%s day", "%s days", 1), "%s day");
    assert_string_equal(words_plural(LANGUAGE_EN, "%s day", "%s days", 0), "%s days");
    assert_string_equal(words_plural(LANGUAGE_EN, "%s day", "%s days", 2), "%s days");
    assert_string_equal(words_plural(LANGUAGE_ZH_HANT, "%s hour", "%s hours", 2), "%s 小時");
    assert_string_equal(words_plural(LANGUAGE_ZH_HANS, "no such", "no suches", 2), "no suches");
}

static void test_tags(void **state) {
    (void)state;
    assert_string_equal(language_tag(LANGUAGE_EN), "en");
    assert_string_equal(language_tag(LANGUAGE_ZH_HANT), "zh-Hant-HK");
    assert_string_equal(language_tag(LANGUAGE_ZH_HANS), "zh-Hans-CN");
}

static void test_parse(void **state) {
    (void)state;
    static const struct {
        const char *tag;
        int language;
    } cases[] = {
        {"en", LANGUAGE_EN},
        {"en-GB", LANGUAGE_EN},
        {"EN-us", LANGUAGE_EN},
        {"zh-HK", LANGUAGE_ZH_HANT},
        {"zh-TW", LANGUAGE_ZH_HANT},
        {"zh-mo", LANGUAGE_ZH_HANT},
        {"zh-Hant", LANGUAGE_ZH_HANT},
        {"zh-Hant-HK", LANGUAGE_ZH_HANT},
        {"yue", LANGUAGE_ZH_HANT},
        {"yue-Hans-CN", LANGUAGE_ZH_HANS},
        {"zh", LANGUAGE_ZH_HANS},
        {"zh-CN", LANGUAGE_ZH_HANS},
        {"zh-SG", LANGUAGE_ZH_HANS},
        {"zh-Hans-HK", LANGUAGE_ZH_HANS},
        {"cmn", LANGUAGE_ZH_HANS},
        {"zh-cmn-TW", LANGUAGE_ZH_HANT},
        {"fr", -1},
        {"", -1},
        {"e", -1},
        {"english", -1},
        {"en-", -1},
        {"-en", -1},
        {"en--GB", -1},
        {"en_GB", -1},
        {"1n", -1},
        {"zh-HK\n", -1},
        {"en-123456789", -1},
        {"zh-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum language language = LANGUAGE_COUNT;
        bool known = language_parse(cases[i].tag, &language);
        if (known != (cases[i].language >= 0) || (known && (int)language != cases[i].language))
            fail_msg("%s is %d", cases[i].tag, known ? (int)language : -1);
        if (!known)
            assert_int_equal(language, LANGUAGE_COUNT);
    }
    enum language language;
    assert_false(language_parse(NULL, &language));
}

static void test_accept(void **state) {
    (void)state;
    const unsigned hant_en = LANGUAGE_BIT(LANGUAGE_EN) | LANGUAGE_BIT(LANGUAGE_ZH_HANT);
    static const struct {
        const char *header;
        unsigned offered;
        enum language language;
    } cases[] = {
        {"zh-HK,zh;q=0.9,en;q=0.8", LANGUAGE_ALL, LANGUAGE_ZH_HANT},
        {"zh-CN,zh;q=0.9,en;q=0.8", LANGUAGE_ALL, LANGUAGE_ZH_HANS},
        {"en-GB, zh-HK", LANGUAGE_ALL, LANGUAGE_EN},
        {"en;q=0.2, zh-HK;q=0.30", LANGUAGE_ALL, LANGUAGE_ZH_HANT},
        {"fr, de;q=0.9, zh-TW;q=0.1", LANGUAGE_ALL, LANGUAGE_ZH_HANT},
        {"fr", LANGUAGE_ALL, LANGUAGE_EN},
        {"fr, *;q=0.5, zh;q=0.4", LANGUAGE_ALL, LANGUAGE_EN},
        {"zh-HK;q=0, en;q=0.1", LANGUAGE_ALL, LANGUAGE_EN},
        {"zh-HK;q=2, zh-CN;q=0.1", LANGUAGE_ALL, LANGUAGE_ZH_HANS},
        {"zh-HK;q=x, zh-CN;q=", LANGUAGE_ALL, LANGUAGE_EN},
        {"zh-HK; Q=0.5 , en ; q=0.4", LANGUAGE_ALL, LANGUAGE_ZH_HANT},
        {",,, ,zh-CN", LANGUAGE_ALL, LANGUAGE_ZH_HANS},
        {"", LANGUAGE_ALL, LANGUAGE_EN},
        {NULL, LANGUAGE_BIT(LANGUAGE_ZH_HANS), LANGUAGE_ZH_HANS},
        {"en", LANGUAGE_BIT(LANGUAGE_ZH_HANT), LANGUAGE_ZH_HANT},
        {"zh-CN,en;q=0.8", hant_en, LANGUAGE_ZH_HANT},
        {"en", 0, LANGUAGE_EN},
        {"\xff\xfe;;;q", LANGUAGE_ALL, LANGUAGE_EN},
        {"zh-HK;q=1.000", LANGUAGE_ALL, LANGUAGE_ZH_HANT},
        {"zh-HK;q=1.001", LANGUAGE_ALL, LANGUAGE_EN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum language language = language_accept(cases[i].header, cases[i].offered);
        if (language != cases[i].language)
            fail_msg("%s gives %s", cases[i].header, language_tag(language));
    }
}

static void test_accept_is_bounded(void **state) {
    (void)state;
    char header[400] = "";
    for (int i = 0; i < 32; i++)
        memcpy(header + strlen(header), "fr,", 4);
    memcpy(header + strlen(header), "zh-HK", 6);
    assert_int_equal(language_accept(header, LANGUAGE_ALL), LANGUAGE_EN);
    assert_int_equal(language_accept(header + 3, LANGUAGE_ALL), LANGUAGE_ZH_HANT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_every_word_is_found),
        cmocka_unit_test(test_plural),
        cmocka_unit_test(test_tags),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_accept),
        cmocka_unit_test(test_accept_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
