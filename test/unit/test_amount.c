/* Amounts as people type them: what is clear is read to the cent, what is not is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/amount.h"
#include "base/arena.h"
#include "base/format.h"

struct typed {
    const char *text;
    enum amount_fault fault;
    int64_t minor;
};

static void read_all(const struct typed *cases, size_t count, const char *currency, int exponent) {
    for (size_t i = 0; i < count; i++) {
        int64_t minor = -7;
        enum amount_fault fault = amount_read(cases[i].text, currency, exponent, &minor);
        if (fault != cases[i].fault || minor != cases[i].minor)
            fail_msg("\"%s\" %s: %s, %jd", cases[i].text, currency, amount_fault_code(fault),
                     (intmax_t)minor);
    }
}

#define READ(cases, currency, exponent)                                                            \
    read_all(cases, sizeof(cases) / sizeof *(cases), currency, exponent)

static void what_is_no_amount(void **state) {
    (void)state;
    static const struct typed cases[] = {
        {"", AMOUNT_EMPTY, 0},
        {" \u3000\t", AMOUNT_EMPTY, 0},
        {"all of it", AMOUNT_NO_NUMBER, 0},
        {"HKD", AMOUNT_NO_NUMBER, 0},
        {"HK$", AMOUNT_NO_NUMBER, 0},
        {"-", AMOUNT_NO_NUMBER, 0},
        {".", AMOUNT_NO_NUMBER, 0},
        {"12.", AMOUNT_NO_NUMBER, 0},
        {".50", AMOUNT_NO_NUMBER, 0},
        {"1.2.3", AMOUNT_NO_NUMBER, 0},
        {"1e3", AMOUNT_NO_NUMBER, 0},
        {"0x10", AMOUNT_NO_NUMBER, 0},
        {"+12", AMOUNT_NO_NUMBER, 0},
        {"about 12", AMOUNT_NO_NUMBER, 0},
        {"#12", AMOUNT_NO_NUMBER, 0},
        {"12%", AMOUNT_NO_NUMBER, 0},
        {"12\x07", AMOUNT_NO_NUMBER, 0},
        {"12\xff", AMOUNT_NO_NUMBER, 0},
        {"\u5341\u4e8c", AMOUNT_NO_NUMBER, 0}, /* twelve */
        {"\u0661\u0662", AMOUNT_NO_NUMBER, 0}, /* Arabic-Indic digits */
        {"--12", AMOUNT_NO_NUMBER, 0},
        {"12-50", AMOUNT_NO_NUMBER, 0},
        {"0000000000000000000000000000000000000000000000000000000000000001", AMOUNT_NO_NUMBER, 0},
    };
    READ(cases, "HKD", 2);
}

static void what_can_be_read_in_two_ways(void **state) {
    (void)state;
    static const struct typed cases[] = {
        {"12,50", AMOUNT_COMMA, 0},     {",50", AMOUNT_COMMA, 0},
        {"1,2", AMOUNT_COMMA, 0},       {"0,128", AMOUNT_COMMA, 0},
        {"1.286,40", AMOUNT_COMMA, 0},  {"1286,400", AMOUNT_COMMA, 0},
        {"1,28640", AMOUNT_COMMA, 0},   {"1,286,40", AMOUNT_COMMA, 0},
        {"1,286 400", AMOUNT_COMMA, 0}, {"1 286,400", AMOUNT_COMMA, 0},
        {"1,,286", AMOUNT_COMMA, 0},    {"1, 286", AMOUNT_COMMA, 0},
        {"12 50", AMOUNT_COMMA, 0},     {"1,286.4,0", AMOUNT_NO_NUMBER, 0},
        {"12,", AMOUNT_COMMA, 0},       {"12.5 0", AMOUNT_COMMA, 0},
        {"1.5,000", AMOUNT_COMMA, 0},   {"HK$ 12\uff0c50", AMOUNT_COMMA, 0},
        {"1286 .40", AMOUNT_COMMA, 0},  {"1,286\u300240\u300210", AMOUNT_NO_NUMBER, 0},
    };
    READ(cases, "HKD", 2);
    static const struct typed three[] = {{"1,286", AMOUNT_COMMA, 0},
                                         {"1,286.400", AMOUNT_OK, 1286400},
                                         {"1,000,286", AMOUNT_OK, 1000286000},
                                         {"1286", AMOUNT_OK, 1286000}};
    READ(three, "KWD", 3);
}

static void below_zero_and_zero(void **state) {
    (void)state;
    static const struct typed cases[] = {
        {"-1", AMOUNT_NEGATIVE, 0},
        {"-12.50", AMOUNT_NEGATIVE, 0},
        {"- 12", AMOUNT_NEGATIVE, 0},
        {"\u221212", AMOUNT_NEGATIVE, 0},
        {"\uff0d12", AMOUNT_NEGATIVE, 0},
        {"\u201312", AMOUNT_NEGATIVE, 0},
        {"\ufe6312", AMOUNT_NEGATIVE, 0},
        {"-HK$12", AMOUNT_NEGATIVE, 0},
        {"HK$-12", AMOUNT_NEGATIVE, 0},
        {"-HK$ 12.50 HKD", AMOUNT_NEGATIVE, 0},
        {"-99999999999999999999", AMOUNT_NEGATIVE, 0},
        {"0", AMOUNT_ZERO, 0},
        {"0.00", AMOUNT_ZERO, 0},
        {"000", AMOUNT_ZERO, 0},
        {"HK$0", AMOUNT_ZERO, 0},
    };
    READ(cases, "HKD", 2);
}

static void too_fine_and_too_large(void **state) {
    (void)state;
    static const struct typed cases[] = {
        {"12.505", AMOUNT_DECIMALS, 0},
        {"1.286", AMOUNT_DECIMALS, 0}, /* thousands elsewhere, never here */
        {"12.500", AMOUNT_DECIMALS, 0},
        {"0.001", AMOUNT_DECIMALS, 0},
        {"92233720368.54", AMOUNT_OK, INT64_C(9223372036854)},
        {"92233720368.55", AMOUNT_LARGE, 0},
        {"92,233,720,369", AMOUNT_LARGE, 0},
        {"92233720368547758.07", AMOUNT_LARGE, 0},
        {"9223372036854775807", AMOUNT_LARGE, 0},
        {"9223372036854775808", AMOUNT_LARGE, 0},
        {"18446744073709551617", AMOUNT_LARGE, 0},
        {"99999999999999999999999999999", AMOUNT_LARGE, 0},
    };
    READ(cases, "HKD", 2);
    static const struct typed none[] = {
        {"860", AMOUNT_OK, 860}, {"1,286", AMOUNT_OK, 1286}, {"860.0", AMOUNT_DECIMALS, 0}};
    READ(none, "JPY", 0);
    static const struct typed four[] = {{"1.2345", AMOUNT_OK, 12345}, {"7", AMOUNT_OK, 70000}};
    READ(four, "CLF", 4);
}

static void another_currency(void **state) {
    (void)state;
    static const struct typed cases[] = {
        {"USD 12.50", AMOUNT_CURRENCY, 0},     {"US$12.50", AMOUNT_CURRENCY, 0},
        {"12.50 CNY", AMOUNT_CURRENCY, 0},     {"\uffe512.50", AMOUNT_CURRENCY, 0},
        {"\u20ac12.50", AMOUNT_CURRENCY, 0},   {"12.50\u00a3", AMOUNT_CURRENCY, 0},
        {"HK$ 12.50 USD", AMOUNT_CURRENCY, 0},
    };
    READ(cases, "HKD", 2);
    static const struct typed euros[] = {{"$12.50", AMOUNT_CURRENCY, 0},
                                         {"\u20ac12.50", AMOUNT_OK, 1250},
                                         {"12.50 eur", AMOUNT_OK, 1250}};
    READ(euros, "EUR", 2);
    static const struct typed unlisted[] = {{"XAU 12.50", AMOUNT_OK, 1250},
                                            {"$12.50", AMOUNT_CURRENCY, 0}};
    READ(unlisted, "XAU", 2);
}

static void what_is_clear(void **state) {
    (void)state;
    static const struct typed cases[] = {
        {"12.50", AMOUNT_OK, 1250},
        {"12.5", AMOUNT_OK, 1250},
        {"12", AMOUNT_OK, 1200},
        {"0.01", AMOUNT_OK, 1},
        {"007.50", AMOUNT_OK, 750},
        {" 12.50 ", AMOUNT_OK, 1250},
        {"\uff11\uff12\uff0e\uff15\uff10", AMOUNT_OK, 1250},
        {"12\u300250", AMOUNT_OK, 1250}, /* the full stop of a Chinese keyboard */
        {"12\uff6150", AMOUNT_OK, 1250},
        {"1,286.40", AMOUNT_OK, 128640},
        {"1,286", AMOUNT_OK, 128600},
        {"128,640", AMOUNT_OK, 12864000},
        {"1,286,400.05", AMOUNT_OK, 128640005},
        {"1\uff0c286.40", AMOUNT_OK, 128640},
        {"1 286.40", AMOUNT_OK, 128640},
        {"1\u00a0286\u00a0400", AMOUNT_OK, 128640000},
        {"HK$12.50", AMOUNT_OK, 1250},
        {"HK$ 1,286.40", AMOUNT_OK, 128640},
        {"\uff28\uff2b\uff0412.50", AMOUNT_OK, 1250},
        {"$12.50", AMOUNT_OK, 1250},
        {"hkd 12.50", AMOUNT_OK, 1250},
        {"HKD12.50", AMOUNT_OK, 1250},
        {"12.50 HKD", AMOUNT_OK, 1250},
        {"12.50HK$", AMOUNT_OK, 1250},
    };
    READ(cases, "HKD", 2);
    static const struct typed yuan[] = {{"\uffe512.50", AMOUNT_OK, 1250},
                                        {"\u00a512.50", AMOUNT_OK, 1250}};
    READ(yuan, "CNY", 2);
}

/* What a page shows can be copied into a field. */
static void what_is_shown_is_read(void **state) {
    (void)state;
    static const struct {
        const char *currency;
        int exponent;
    } currencies[] = {{"HKD", 2}, {"JPY", 0}, {"KWD", 3}, {"EUR", 2}, {"XAU", 2}, {"VND", 0}};
    struct arena arena;
    arena_open(&arena, 1 << 16);
    for (size_t i = 0; i < sizeof currencies / sizeof *currencies; i++) {
        const int64_t amounts[] = {1, 99, 100, 128640, 99999999, AMOUNT_MOST, -1, -128640};
        for (size_t j = 0; j < sizeof amounts / sizeof *amounts; j++) {
            int64_t minor;
            const char *shown =
                format_money(&arena, LANGUAGE_EN, amounts[j], currencies[i].currency);
            enum amount_fault fault =
                amount_read(shown, currencies[i].currency, currencies[i].exponent, &minor);
            assert_int_equal(fault, amounts[j] < 0 ? AMOUNT_NEGATIVE : AMOUNT_OK);
            assert_int_equal(minor, amounts[j] < 0 ? 0 : amounts[j]);
        }
    }
    arena_close(&arena);
}

static void a_file_has_one_way(void **state) {
    (void)state;
    static const struct typed cases[] = {
        {"", AMOUNT_EMPTY, 0},
        {"0", AMOUNT_ZERO, 0},
        {"0.00", AMOUNT_ZERO, 0},
        {"12.50", AMOUNT_OK, 1250},
        {"12", AMOUNT_OK, 1200},
        {"-1", AMOUNT_NEGATIVE, 0},
        {"-", AMOUNT_NO_NUMBER, 0},
        {"1,286", AMOUNT_NO_NUMBER, 0},
        {" 12", AMOUNT_NO_NUMBER, 0},
        {"12 ", AMOUNT_NO_NUMBER, 0},
        {"$12", AMOUNT_NO_NUMBER, 0},
        {".5", AMOUNT_NO_NUMBER, 0},
        {"5.", AMOUNT_NO_NUMBER, 0},
        {"1.234", AMOUNT_DECIMALS, 0},
        {"99999999999999999999", AMOUNT_LARGE, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t minor = -7;
        assert_int_equal(amount_exact(cases[i].text, 2, &minor), cases[i].fault);
        assert_int_equal(minor, cases[i].minor);
    }
}

static void each_fault_says_what_to_do(void **state) {
    (void)state;
    for (int i = AMOUNT_OK + 1; i < AMOUNT_FAULT_COUNT; i++) {
        assert_true(amount_fault_sentence((enum amount_fault)i)[0]);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(amount_fault_code((enum amount_fault)i),
                                    amount_fault_code((enum amount_fault)j));
    }
    assert_string_equal(amount_fault_code(AMOUNT_COMMA), "comma");
    assert_string_equal(amount_fault_code(AMOUNT_OK), "");
    assert_string_equal(amount_fault_sentence(AMOUNT_OK), "");
    assert_string_equal(amount_fault_code(AMOUNT_FAULT_COUNT), "");
    assert_string_equal(amount_fault_sentence(AMOUNT_FAULT_COUNT), "");
    assert_null(format_currency_sign(NULL));
    assert_null(format_currency_sign("XAU"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_amount),
        cmocka_unit_test(what_can_be_read_in_two_ways),
        cmocka_unit_test(below_zero_and_zero),
        cmocka_unit_test(too_fine_and_too_large),
        cmocka_unit_test(another_currency),
        cmocka_unit_test(what_is_clear),
        cmocka_unit_test(what_is_shown_is_read),
        cmocka_unit_test(a_file_has_one_way),
        cmocka_unit_test(each_fault_says_what_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
