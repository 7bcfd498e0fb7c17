/* Documents: every valid number of the field's facts, and every way to get one wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "rules/identifier.h"

static void check_hkid(const char *text, enum identifier_result expected, const char *stored) {
    char out[DOCUMENT_SIZE];
    assert_int_equal(hkid_normalise(text, out), expected);
    assert_string_equal(out, stored);
}

static const char *const hkids[] = {"A123456(3)", "AB987654(3)", "L555555(0)",
                                    "C668668(9)", "G123456(A)",  "Z683365(A)"};

static void test_hkid_valid(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof hkids / sizeof *hkids; i++)
        check_hkid(hkids[i], IDENTIFIER_OK, hkids[i]);
}

static void test_hkid_written(void **state) {
    (void)state;
    static const char *const written[] = {
        "A1234563",        "a123456(3)",   " a 123 456 (3) ", "Ａ１２３４５６（３）",
        "ａ１２３４５６3", "A123456\t(3)", "　A123456（3）　"};
    for (size_t i = 0; i < sizeof written / sizeof *written; i++)
        check_hkid(written[i], IDENTIFIER_OK, "A123456(3)");
    check_hkid("ab9876543", IDENTIFIER_OK, "AB987654(3)");
    check_hkid("g123456a", IDENTIFIER_OK, "G123456(A)");
}

/* A changed digit or letter anywhere must be found: all weights but 11's multiples find it. */
static void test_hkid_each_position(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof hkids / sizeof *hkids; i++) {
        size_t length = strlen(hkids[i]), letters = length - 9;
        for (size_t at = 0; at < length; at++) {
            char changed[16], out[DOCUMENT_SIZE];
            if (hkids[i][at] == '(' || hkids[i][at] == ')')
                continue;
            const char *others = at < letters ? "ABCDEFGHIJKLMNOPQRSTUVWXYZ" : "0123456789";
            for (const char *other = others; *other; other++) {
                snprintf(changed, sizeof changed, "%s", hkids[i]);
                changed[at] = *other;
                /* letters 11 apart have one remainder: the scheme itself cannot tell them */
                if ((*other - hkids[i][at]) % 11 == 0)
                    continue;
                assert_int_equal(hkid_normalise(changed, out), IDENTIFIER_CHECK_DIGIT);
                assert_string_equal(out, "");
            }
        }
    }
}

static void test_hkid_refused(void **state) {
    (void)state;
    check_hkid("", IDENTIFIER_EMPTY, "");
    check_hkid(" \xE3\x80\x80 ", IDENTIFIER_EMPTY, "");
    check_hkid("A12345(3)", IDENTIFIER_LENGTH, "");
    check_hkid("()", IDENTIFIER_LENGTH, "");
    check_hkid("ABC123456(3)", IDENTIFIER_LENGTH, "");
    check_hkid("1234567(3)", IDENTIFIER_CHARACTER, "");
    check_hkid("A1B4567(3)", IDENTIFIER_CHARACTER, "");
    check_hkid("[123456(3)", IDENTIFIER_CHARACTER, "");
    check_hkid("A[23456(3)", IDENTIFIER_CHARACTER, "");
    check_hkid("A12345/(3)", IDENTIFIER_CHARACTER, "");
    check_hkid("A123456(B)", IDENTIFIER_CHARACTER, "");
    check_hkid("A123456(3", IDENTIFIER_CHARACTER, "");
    check_hkid("A1234563)", IDENTIFIER_CHARACTER, "");
    check_hkid("A123456(Ｂ)", IDENTIFIER_CHARACTER, "");
    check_hkid("A12345六(3)", IDENTIFIER_CHARACTER, "");
    check_hkid("A123456\xFF(3)", IDENTIFIER_CHARACTER, "");
    check_hkid("A123\x07"
               "456(3)",
               IDENTIFIER_CHARACTER, "");
    char longer[600];
    memset(longer, 'A', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    check_hkid(longer, IDENTIFIER_LENGTH, "");
    longer[100] = '\0';
    check_hkid(longer, IDENTIFIER_LENGTH, "");
}

static void test_hkid_make(void **state) {
    (void)state;
    char made[DOCUMENT_SIZE];
    assert_true(hkid_make("A", 123456, made));
    assert_string_equal(made, "A123456(3)");
    assert_true(hkid_make("AB", 987654, made));
    assert_string_equal(made, "AB987654(3)");
    for (uint32_t i = 0; i < 5000; i++) {
        assert_true(hkid_make(i % 2 ? "K" : "WX", i * 7919, made));
        check_hkid(made, IDENTIFIER_OK, made);
    }
    static const char *const wrong[] = {"", "abc", "a", "A1", "1A", "ABC"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(hkid_make(wrong[i], 1, made));
        assert_string_equal(made, "");
    }
}

static void check_resident(const char *text, enum identifier_result expected, const char *date) {
    char out[DOCUMENT_SIZE], birth[16];
    assert_int_equal(resident_id_normalise(text, out, birth), expected);
    assert_string_equal(birth, date);
    assert_int_equal(strlen(out), expected == IDENTIFIER_OK ? 18 : 0);
    assert_int_equal(resident_id_normalise(text, out, NULL), expected);
}

static void test_resident(void **state) {
    (void)state;
    check_resident("11010519491231002X", IDENTIFIER_OK, "1949-12-31");
    check_resident("360426199101010071", IDENTIFIER_OK, "1991-01-01");
    check_resident("１１０１０５ 19491231 002x", IDENTIFIER_OK, "1949-12-31");
    check_resident("", IDENTIFIER_EMPTY, "");
    check_resident("1101051949123100", IDENTIFIER_LENGTH, "");
    check_resident("110105194912310021X", IDENTIFIER_LENGTH, "");
    check_resident("1101051949123100XX", IDENTIFIER_CHARACTER, "");
    check_resident("11010519491231002A", IDENTIFIER_CHARACTER, "");
    check_resident("11010519491331002X", IDENTIFIER_DATE, "");
    check_resident("11010519490230002X", IDENTIFIER_DATE, "");
    static const char *const valid[] = {"11010519491231002X", "360426199101010071"};
    for (size_t i = 0; i < 2; i++)
        for (size_t at = 0; at < 18; at++)
            for (char other = '0'; other <= '9'; other++) {
                char changed[19], out[DOCUMENT_SIZE];
                memcpy(changed, valid[i], sizeof changed);
                if (changed[at] == other)
                    continue;
                changed[at] = other;
                enum identifier_result result = resident_id_normalise(changed, out, NULL);
                assert_true(result == IDENTIFIER_CHECK_DIGIT ||
                            (result == IDENTIFIER_DATE && at >= 6 && at <= 13));
            }
}

static void test_resident_make(void **state) {
    (void)state;
    char made[DOCUMENT_SIZE], birth[16], out[DOCUMENT_SIZE];
    assert_true(resident_id_make("110105", "19491231", 2, made));
    assert_string_equal(made, "11010519491231002X");
    for (uint32_t i = 0; i < 1100; i++) {
        assert_true(resident_id_make("810000", "20000229", i, made));
        assert_int_equal(resident_id_normalise(made, out, birth), IDENTIFIER_OK);
        assert_string_equal(birth, "2000-02-29");
    }
    assert_false(resident_id_make("1101", "19491231", 2, made));
    assert_false(resident_id_make("11010A", "19491231", 2, made));
    assert_false(resident_id_make("110105", "1949123", 2, made));
    assert_false(resident_id_make("110105", "1949123x", 2, made));
    assert_false(resident_id_make("110105", "19491232", 2, made));
    assert_string_equal(made, "");
}

static void test_types(void **state) {
    (void)state;
    for (int type = DOCUMENT_NONE + 1; type < DOCUMENT_TYPE_COUNT; type++)
        assert_int_equal(document_type_of(document_type_code((enum document_type)type)), type);
    assert_int_equal(document_type_of(""), DOCUMENT_NONE);
    assert_int_equal(document_type_of("HKID"), DOCUMENT_NONE);
    assert_string_equal(document_type_code(DOCUMENT_NONE), "");
    assert_string_equal(document_type_code((enum document_type)99), "");
    struct document document;
    static const enum document_type refused[] = {DOCUMENT_HKSAR_PASSPORT, DOCUMENT_BNO_PASSPORT,
                                                 DOCUMENT_NONE, DOCUMENT_TYPE_COUNT};
    for (size_t i = 0; i < 4; i++) {
        assert_false(document_type_accepted(refused[i]));
        assert_int_equal(document_normalise(refused[i], "K12345678", &document), IDENTIFIER_TYPE);
        assert_string_equal(document.number, "");
    }
}

struct expected {
    enum document_type type;
    const char *text;
    enum identifier_result result;
    const char *number;
    bool unusual;
};

static void test_documents(void **state) {
    (void)state;
    static const struct expected cases[] = {
        {DOCUMENT_HKID, "a1234563", IDENTIFIER_OK, "A123456(3)", false},
        {DOCUMENT_HKID, "a1234564", IDENTIFIER_CHECK_DIGIT, "", false},
        {DOCUMENT_RESIDENT_ID, "11010519491231002x", IDENTIFIER_OK, "11010519491231002X", false},
        {DOCUMENT_HOME_RETURN_PERMIT, "h12345678", IDENTIFIER_OK, "H12345678", false},
        {DOCUMENT_HOME_RETURN_PERMIT, "M1234567801", IDENTIFIER_OK, "M1234567801", false},
        {DOCUMENT_HOME_RETURN_PERMIT, "H123456", IDENTIFIER_OK, "H123456", true},
        {DOCUMENT_HOME_RETURN_PERMIT, "X12345678", IDENTIFIER_OK, "X12345678", true},
        {DOCUMENT_HOME_RETURN_PERMIT, "H12345678X", IDENTIFIER_OK, "H12345678X", true},
        {DOCUMENT_EXIT_ENTRY_PERMIT, "C12345678", IDENTIFIER_OK, "C12345678", false},
        {DOCUMENT_EXIT_ENTRY_PERMIT, "123456789", IDENTIFIER_OK, "123456789", true},
        {DOCUMENT_TAIWAN_PERMIT, "12345678", IDENTIFIER_OK, "12345678", false},
        {DOCUMENT_TAIWAN_PERMIT, "1234567890", IDENTIFIER_OK, "1234567890", false},
        {DOCUMENT_TAIWAN_PERMIT, "123456789", IDENTIFIER_OK, "123456789", true},
        {DOCUMENT_TAIWAN_PERMIT, "1234567890(B)", IDENTIFIER_OK, "1234567890B", true},
        {DOCUMENT_PASSPORT, "ｘ 1234567", IDENTIFIER_OK, "X1234567", false},
        {DOCUMENT_PASSPORT, "ABCDEFG", IDENTIFIER_OK, "ABCDEFG", true},
        {DOCUMENT_PASSPORT, "AB–12345", IDENTIFIER_OK, "AB-12345", true},
        {DOCUMENT_PASSPORT, "X123", IDENTIFIER_LENGTH, "", false},
        {DOCUMENT_PASSPORT, "X12345678901234567890", IDENTIFIER_LENGTH, "", false},
        {DOCUMENT_PASSPORT, "X12_4567", IDENTIFIER_CHARACTER, "", false},
        {DOCUMENT_PASSPORT, "", IDENTIFIER_EMPTY, "", false},
        {DOCUMENT_OTHER, "ABC−123", IDENTIFIER_OK, "ABC-123", false},
        {DOCUMENT_OTHER, "ABC﹣123", IDENTIFIER_OK, "ABC-123", false},
        {DOCUMENT_OTHER, "ABCⅤ123", IDENTIFIER_CHARACTER, "", false},
        {DOCUMENT_BUSINESS_REGISTRATION, "12345678", IDENTIFIER_OK, "12345678", false},
        {DOCUMENT_BUSINESS_REGISTRATION, "12345678-000-01-23-a", IDENTIFIER_OK, "12345678", false},
        {DOCUMENT_BUSINESS_REGISTRATION, "12345678 - 002", IDENTIFIER_OK, "12345678-002", false},
        {DOCUMENT_BUSINESS_REGISTRATION, "12345678-02", IDENTIFIER_LENGTH, "", false},
        {DOCUMENT_BUSINESS_REGISTRATION, "12345678-02A", IDENTIFIER_CHARACTER, "", false},
        {DOCUMENT_BUSINESS_REGISTRATION, "1234567", IDENTIFIER_LENGTH, "", false},
        {DOCUMENT_BUSINESS_REGISTRATION, "12345678-000-01-23-AAAA", IDENTIFIER_LENGTH, "", false},
        {DOCUMENT_BUSINESS_REGISTRATION, "1234567A", IDENTIFIER_CHARACTER, "", false},
        {DOCUMENT_BUSINESS_REGISTRATION, "12345678/000", IDENTIFIER_CHARACTER, "", false},
        {DOCUMENT_BUSINESS_REGISTRATION, " ", IDENTIFIER_EMPTY, "", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct document document;
        assert_int_equal(document_normalise(cases[i].type, cases[i].text, &document),
                         cases[i].result);
        assert_string_equal(document.number, cases[i].number);
        assert_int_equal(document.unusual, cases[i].unusual);
    }
}

static void test_residence_permits(void **state) {
    (void)state;
    static const struct {
        const char *region;
        bool unusual;
    } cases[] = {{"810000", false}, {"820000", false}, {"830000", false},
                 {"810001", true},  {"840000", true},  {"110105", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char number[DOCUMENT_SIZE];
        struct document document;
        assert_true(resident_id_make(cases[i].region, "19800101", 11, number));
        assert_int_equal(document_normalise(DOCUMENT_RESIDENT_ID, number, &document),
                         IDENTIFIER_OK);
        assert_int_equal(document.unusual, cases[i].unusual);
        assert_string_equal(document.birth, "1980-01-01");
    }
}

static void test_keys_and_codes(void **state) {
    (void)state;
    struct document document;
    char key[DOCUMENT_SIZE + CODE_SIZE];
    document_normalise(DOCUMENT_HKID, "A1234563", &document);
    document_key(&document, key);
    assert_string_equal(key, "hkid:A123456(3)");
    document_normalise(DOCUMENT_HKID, "nonsense", &document);
    document_key(&document, key);
    assert_string_equal(key, "");
    assert_int_equal(document_refusal(IDENTIFIER_OK), ACCEPTED);
    assert_int_equal(document_refusal(IDENTIFIER_TYPE), REFUSED_DOCUMENT_TYPE);
    assert_int_equal(document_refusal(IDENTIFIER_CHECK_DIGIT), REFUSED_DOCUMENT_CHECK);
    assert_int_equal(document_refusal(IDENTIFIER_LENGTH), REFUSED_DOCUMENT_FORM);
    assert_int_equal(document_refusal(IDENTIFIER_DATE), REFUSED_DOCUMENT_FORM);
    for (int i = 0; i < IDENTIFIER_RESULT_COUNT; i++)
        for (int j = 0; j < i; j++)
            assert_string_not_equal(identifier_result_code((enum identifier_result)i),
                                    identifier_result_code((enum identifier_result)j));
    assert_string_equal(identifier_result_code(IDENTIFIER_CHECK_DIGIT), "check_digit");
    assert_string_equal(identifier_result_code((enum identifier_result)77), "unknown");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hkid_valid),         cmocka_unit_test(test_hkid_written),
        cmocka_unit_test(test_hkid_each_position), cmocka_unit_test(test_hkid_refused),
        cmocka_unit_test(test_hkid_make),          cmocka_unit_test(test_resident),
        cmocka_unit_test(test_resident_make),      cmocka_unit_test(test_types),
        cmocka_unit_test(test_documents),          cmocka_unit_test(test_residence_permits),
        cmocka_unit_test(test_keys_and_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
