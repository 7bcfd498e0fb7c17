#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/format.h"

enum { HONG_KONG = 480 };
#define EN LANGUAGE_EN
#define HANT LANGUAGE_ZH_HANT
#define HANS LANGUAGE_ZH_HANS

static struct arena arena;

static int arena_setup(void **state) {
    (void)state;
    arena_open(&arena, 1 << 16);
    return 0;
}

static int arena_teardown(void **state) {
    (void)state;
    arena_close(&arena);
    return 0;
}

static void test_money(void **state) {
    (void)state;
    assert_string_equal(format_money(&arena, EN, 8640, "HKD"), "HK$86.40");
    assert_string_equal(format_money(&arena, HANT, 8640, "HKD"), "HK$86.40");
    assert_string_equal(format_money(&arena, HANS, 123456789, "HKD"), "HK$1,234,567.89");
    assert_string_equal(format_money(&arena, EN, -5, "HKD"), "−HK$0.05");
    assert_string_equal(format_money(&arena, EN, 0, "CNY"), "CN¥0.00");
    assert_string_equal(format_money(&arena, EN, 1860, "JPY"), "JP¥1,860");
    assert_string_equal(format_money(&arena, EN, 1860, "KWD"), "KWD 1.860");
    assert_string_equal(format_money(&arena, EN, 100, "XAU"), "XAU\u00a01.00");
    assert_string_equal(format_money(&arena, EN, INT64_MIN, "HKD"),
                        "−HK$92,233,720,368,547,758.08");
    assert_null(format_money(&arena, EN, 1, "hkd"));
    assert_null(format_money(&arena, EN, 1, "HK"));
    assert_null(format_money(&arena, EN, 1, "HKDX"));
    assert_null(format_money(&arena, EN, 1, NULL));
}

static void test_times(void **state) {
    (void)state;
    const int64_t at = INT64_C(1795327380000); /* 2026-11-22T06:03:00Z */
    assert_string_equal(format_date(&arena, EN, at, HONG_KONG), "22 November 2026");
    assert_string_equal(format_date(&arena, HANT, at, HONG_KONG), "2026年11月22日");
    assert_string_equal(format_time(&arena, EN, at, HONG_KONG), "22 November 2026, 14:03");
    assert_string_equal(format_time(&arena, HANS, at, HONG_KONG), "2026年11月22日 14:03");
    assert_string_equal(format_clock(&arena, at, 0), "06:03");
    assert_string_equal(format_date(&arena, EN, at + 18 * HOUR, 0), "23 November 2026");
    assert_string_equal(format_date(&arena, EN, at - 15 * HOUR, HONG_KONG), "21 November 2026");
    assert_string_equal(format_time_near(&arena, EN, at, at + 38 * DAY, HONG_KONG),
                        "22 November, 14:03");
    assert_string_equal(format_time_near(&arena, HANT, at, at + 38 * DAY, HONG_KONG),
                        "11月22日 14:03");
    /* 2027 begins at the offset, not in UTC */
    assert_string_equal(format_time_near(&arena, EN, at, at + 38 * DAY + 10 * HOUR, HONG_KONG),
                        "22 November, 14:03");
    assert_string_equal(format_time_near(&arena, EN, at, at + 39 * DAY + 10 * HOUR, HONG_KONG),
                        "22 November 2026, 14:03");
    assert_null(format_date(&arena, EN, INT64_MAX, HONG_KONG));
    assert_null(format_time(&arena, EN, INT64_MIN, HONG_KONG));
    assert_null(format_clock(&arena, at, 100000));
    assert_null(format_time_near(&arena, EN, at, INT64_MAX, 0));
}

static void test_counts(void **state) {
    (void)state;
    assert_string_equal(format_count(&arena, EN, 1, UNIT_DAYS), "1 day");
    assert_string_equal(format_count(&arena, EN, 90, UNIT_DAYS), "90 days");
    assert_string_equal(format_count(&arena, HANT, 90, UNIT_DAYS), "90 日");
    assert_string_equal(format_count(&arena, HANS, 90, UNIT_DAYS), "90 天");
    assert_string_equal(format_count(&arena, EN, 12, UNIT_MONTHS), "12 months");
    assert_string_equal(format_count(&arena, HANT, 7, UNIT_YEARS), "7 年");
    assert_string_equal(format_count(&arena, EN, 1234567, UNIT_SECONDS), "1,234,567 seconds");
    assert_null(format_count(&arena, EN, -1, UNIT_DAYS));
    assert_string_equal(format_integer(&arena, 1234567), "1,234,567");
    assert_string_equal(format_integer(&arena, 999), "999");
    assert_string_equal(format_integer(&arena, -1000), "−1,000");
    assert_string_equal(format_integer(&arena, INT64_MIN), "−9,223,372,036,854,775,808");
}

static void test_durations(void **state) {
    (void)state;
    assert_string_equal(format_duration(&arena, EN, 30 * MINUTE), "30 minutes");
    assert_string_equal(format_duration(&arena, HANT, 30 * MINUTE), "30 分鐘");
    assert_string_equal(format_duration(&arena, EN, 24 * HOUR), "24 hours");
    assert_string_equal(format_duration(&arena, HANS, 24 * HOUR), "24 小时");
    assert_string_equal(format_duration(&arena, EN, 90 * DAY), "90 days");
    assert_string_equal(format_duration(&arena, EN, HOUR), "1 hour");
    assert_string_equal(format_duration(&arena, EN, 3 * HOUR + 12 * MINUTE + 59 * SECOND),
                        "3 hours 12 minutes");
    assert_string_equal(format_duration(&arena, EN, 30 * HOUR + MINUTE), "30 hours 1 minute");
    assert_string_equal(format_duration(&arena, EN, 2 * DAY + 5 * HOUR + MINUTE), "2 days 5 hours");
    assert_string_equal(format_duration(&arena, EN, 2 * DAY + 5 * MINUTE), "2 days 5 minutes");
    assert_string_equal(format_duration(&arena, EN, 59 * SECOND), "59 seconds");
    assert_string_equal(format_duration(&arena, EN, 0), "0 seconds");
    assert_null(format_duration(&arena, EN, -1));
}

static void test_numbers(void **state) {
    (void)state;
    assert_string_equal(format_number(&arena, "+85261234567"), "+852 6123 4567");
    assert_string_equal(format_number(&arena, "85261234567"), "+852 6123 4567");
    assert_string_equal(format_number(&arena, "+8613800138000"), "+86 138 0013 8000");
    assert_string_equal(format_number(&arena, "+12025550123"), "+1 202 555 0123");
    assert_string_equal(format_number(&arena, "+442079460000"), "+442079460000");
    assert_string_equal(format_number_masked(&arena, "+85261234567"), "+852 6••• ••67");
    assert_string_equal(format_number_masked(&arena, "+442079460000"), "+••••••••••00");
    assert_null(format_number(&arena, "+852 6123 4567"));
    assert_null(format_number(&arena, "+0123456789"));
    assert_null(format_number(&arena, "+123456"));
    assert_null(format_number(&arena, "+1234567890123456"));
    assert_null(format_number_masked(&arena, "++85261234567"));
    assert_null(format_number(&arena, ""));
    assert_null(format_number(&arena, NULL));
}

static void test_masks(void **state) {
    (void)state;
    assert_string_equal(format_email_masked(&arena, "lee@example.com"), "l••••@example.com");
    assert_string_equal(format_email_masked(&arena, "a@example.com"), "a••••@example.com");
    assert_string_equal(format_email_masked(&arena, "陳大文@example.com"), "陳••••@example.com");
    assert_null(format_email_masked(&arena, "@example.com"));
    assert_null(format_email_masked(&arena, "lee@"));
    assert_null(format_email_masked(&arena, "lee"));
    assert_null(format_email_masked(&arena, "\xff@example.com"));
    assert_null(format_email_masked(&arena, NULL));
    assert_string_equal(format_name_masked(&arena, "Chan Tai Man"), "C••• T••• M•••");
    assert_string_equal(format_name_masked(&arena, " O  "), "O•••");
    assert_string_equal(format_name_masked(&arena, "陳大文"), "陳••");
    assert_string_equal(format_name_masked(&arena, "歐陽大文先生們"), "歐•••");
    assert_null(format_name_masked(&arena, " "));
    assert_null(format_name_masked(&arena, "\xff"));
    assert_null(format_name_masked(&arena, NULL));
    assert_string_equal(format_iccid_masked(&arena, "89852012345678904321"), "•••• 4321");
    assert_null(format_iccid_masked(&arena, "8985201234567890x"));
    assert_null(format_iccid_masked(&arena, "4321"));
    assert_null(format_iccid_masked(&arena, NULL));
}

static void test_full_arena(void **state) {
    (void)state;
    struct arena small;
    arena_open(&small, 16);
    assert_null(format_time(&small, EN, 0, HONG_KONG));
    assert_null(format_duration(&small, EN, 3 * HOUR + MINUTE));
    arena_close(&small);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_money),      cmocka_unit_test(test_times),
        cmocka_unit_test(test_counts),     cmocka_unit_test(test_durations),
        cmocka_unit_test(test_numbers),    cmocka_unit_test(test_masks),
        cmocka_unit_test(test_full_arena),
    };
    return cmocka_run_group_tests(tests, arena_setup, arena_teardown);
}
