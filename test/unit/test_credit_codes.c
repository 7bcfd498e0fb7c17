/* Every value that is kept has one code of its own, which is read back; nothing else is one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "rules/credit_codes.h"

static const struct codes {
    const char *(*code)(int64_t);
    int64_t (*of_code)(const char *); /* NULL: nobody types it */
    int64_t count;
    const char *all; /* in the order of the enum: the contract */
} every[] = {
    {refund_way_code, refund_way_of_code, REFUND_WAY_COUNT,
     "hkid_proxy fps_id bank original abroad cash"},
    {movement_code, NULL, MOVEMENT_COUNT,
     "opening top_up grant spent suspension_fee transfer transfer_fee unclaimed ended refund "
     "refund_fee approved paid_out returned rejected left lapsed late_debit"},
    {refund_state_code, refund_state_of_code, REFUND_STATE_COUNT,
     "requested approved filed accepted returned paid rejected"},
    {refund_reason_code, refund_reason_of_code, REFUND_REASON_COUNT,
     "not_registered name account provider bank fraud"},
    {charge_kind_code, charge_kind_of_code, CHARGE_KIND_COUNT, "top_up spent grant"},
    {channel_code, channel_of_code, CHANNEL_COUNT, "voucher counter online auto"},
    {choice_code, choice_of_code, CHOICE_COUNT, "refund transfer leave"},
};
enum { EVERY = sizeof every / sizeof *every };

static void what_is_no_value_has_no_code(void **state) {
    (void)state;
    for (size_t i = 0; i < EVERY; i++) {
        const int64_t none[] = {0, -1, every[i].count, INT64_MAX, INT64_MIN};
        for (size_t j = 0; j < sizeof none / sizeof *none; j++)
            assert_string_equal(every[i].code(none[j]), "");
    }
}

static void what_is_no_code_is_none(void **state) {
    (void)state;
    static const char *const wrong[] = {"",        " ",       "mobile",   "FPS_ID", "fps",
                                        "fps_id ", " top_up", "refund\n", "none",   "0"};
    for (size_t i = 0; i < EVERY; i++)
        for (size_t j = 0; every[i].of_code && j < sizeof wrong / sizeof *wrong; j++)
            assert_int_equal(every[i].of_code(wrong[j]), 0);
}

static void each_is_the_contracts(void **state) {
    (void)state;
    for (size_t i = 0; i < EVERY; i++) {
        char all[400] = "";
        for (int64_t value = 1; value < every[i].count; value++) {
            const char *code = every[i].code(value);
            assert_true(code[0]);
            assert_true(strlen(code) < CODE_SIZE);
            if (every[i].of_code)
                assert_int_equal(every[i].of_code(code), value);
            size_t length = strlen(all);
            snprintf(all + length, sizeof all - length, "%s%s", length ? " " : "", code);
        }
        assert_string_equal(all, every[i].all);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_value_has_no_code),
        cmocka_unit_test(what_is_no_code_is_none),
        cmocka_unit_test(each_is_the_contracts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
