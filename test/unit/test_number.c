/* Numbers, SIM cards, devices, machine-readable zones, e-mail addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "rules/identifier.h"

static void check_number(const char *text, enum identifier_result expected, const char *stored) {
    char out[NUMBER_SIZE];
    assert_int_equal(msisdn_normalise(text, "852", 8, out), expected);
    assert_string_equal(out, stored);
}

static void test_msisdn(void **state) {
    (void)state;
    static const char *const written[] = {
        "6123 4567",        "61234567",         "+852 6123-4567",
        "+85261234567",     "0085261234567",    "85261234567",
        "(+852)61234567",   "００852 61234567", "＋８５２６１２３４５６７",
        "６１２３４５６７", "6123–4567",        "6123.4567"};
    for (size_t i = 0; i < sizeof written / sizeof *written; i++)
        check_number(written[i], IDENTIFIER_OK, "+85261234567");
    check_number("+44 20 7946 0000", IDENTIFIER_OK, "+442079460000");
    check_number("", IDENTIFIER_EMPTY, "");
    check_number("6123456", IDENTIFIER_LENGTH, "");
    check_number("612345678", IDENTIFIER_LENGTH, "");
    check_number("44207946000", IDENTIFIER_LENGTH, "");
    check_number("+8526123456", IDENTIFIER_LENGTH, "");
    check_number("+852612345678", IDENTIFIER_LENGTH, "");
    check_number("+1234567", IDENTIFIER_LENGTH, "");
    check_number("+1234567890123456", IDENTIFIER_LENGTH, "");
    check_number("+", IDENTIFIER_LENGTH, "");
    check_number("00", IDENTIFIER_LENGTH, "");
    check_number("+061234567", IDENTIFIER_PREFIX, "");
    check_number("00061234567", IDENTIFIER_PREFIX, "");
    check_number("6123456a", IDENTIFIER_CHARACTER, "");
    check_number("++85261234567", IDENTIFIER_CHARACTER, "");
    check_number("6123+4567", IDENTIFIER_CHARACTER, "");
    check_number("六一二三四五六七", IDENTIFIER_CHARACTER, "");
    char out[NUMBER_SIZE];
    assert_int_equal(msisdn_normalise("12345", "1", 5, out), IDENTIFIER_LENGTH);
    assert_int_equal(msisdn_normalise("12345678901234", "852", 14, out), IDENTIFIER_LENGTH);
}

static void test_blocks(void **state) {
    (void)state;
    static const struct number_block blocks[] = {{"+85260000000", "+85260999999"},
                                                 {"+85264000000", "+85264000000"},
                                                 {"+4420000000", "+4429999999"}};
    assert_true(number_in_blocks("+85260000000", blocks, 3));
    assert_true(number_in_blocks("+85260999999", blocks, 3));
    assert_true(number_in_blocks("+85264000000", blocks, 3));
    assert_false(number_in_blocks("+85261000000", blocks, 3));
    assert_false(number_in_blocks("+85259999999", blocks, 3));
    assert_false(number_in_blocks("+85264000001", blocks, 3));
    assert_false(number_in_blocks("+852600000001", blocks, 3));
    assert_false(number_in_blocks("+85260000000", blocks, 0));
    for (size_t i = 0; i < 3; i++)
        assert_true(number_block_valid(&blocks[i]));
    static const struct number_block wrong[] = {{"85260000000", "+85260999999"},
                                                {"+85260000000", "85260999999"},
                                                {"+85260000001", "+85260000000"},
                                                {"+85260000000", "+852600000000"},
                                                {"+05260000000", "+05260000000"},
                                                {"+8526000000a", "+85260999999"},
                                                {"+1234567", "+1234567"},
                                                {"+1234567890123456", "+1234567890123456"},
                                                {"", ""}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(number_block_valid(&wrong[i]));
    static const struct number_block a = {"+85260000000", "+85260999999"},
                                     b = {"+85260999999", "+85261999999"},
                                     c = {"+85261000000", "+85261999999"};
    assert_true(number_blocks_overlap(&a, &b) && number_blocks_overlap(&b, &a));
    assert_false(number_blocks_overlap(&a, &c) || number_blocks_overlap(&c, &a));
    assert_false(number_blocks_overlap(&a, &blocks[2]));
}

static void test_iccid(void **state) {
    (void)state;
    char out[ICCID_SIZE], made[ICCID_SIZE];
    static const char *const stems[] = {"89852000000000001", "898520000000000012",
                                        "8985200000000000123"};
    for (size_t i = 0; i < 3; i++) {
        assert_true(iccid_make(stems[i], made));
        assert_int_equal(iccid_normalise(made, out), IDENTIFIER_OK);
        assert_string_equal(out, made);
        for (size_t at = 2; made[at]; at++)
            for (char other = '0'; other <= '9'; other++) {
                char changed[ICCID_SIZE];
                memcpy(changed, made, sizeof changed);
                changed[at] = other;
                if (other != made[at])
                    assert_int_equal(iccid_normalise(changed, out), IDENTIFIER_CHECK_DIGIT);
            }
    }
    assert_int_equal(iccid_normalise("8985 2000 0000 0000 014", out), IDENTIFIER_CHECK_DIGIT);
    assert_true(iccid_make("898520000000000001", made));
    char spaced[32];
    snprintf(spaced, sizeof spaced, "%.5s-%s f", made, made + 5);
    assert_int_equal(iccid_normalise(spaced, out), IDENTIFIER_OK);
    assert_string_equal(out, made);
    assert_int_equal(iccid_normalise("", out), IDENTIFIER_EMPTY);
    assert_int_equal(iccid_normalise("F", out), IDENTIFIER_CHARACTER);
    assert_int_equal(iccid_normalise("89852000000000001FF", out), IDENTIFIER_CHARACTER);
    assert_int_equal(iccid_normalise("89852000000000001", out), IDENTIFIER_LENGTH);
    assert_int_equal(iccid_normalise("898520000000000012345", out), IDENTIFIER_LENGTH);
    assert_int_equal(iccid_normalise("88852000000000001234", out), IDENTIFIER_PREFIX);
    assert_false(iccid_make("8985200000000001", made));
    assert_false(iccid_make("89852000000000012345", made));
    assert_false(iccid_make("88852000000000001", made));
    assert_false(iccid_make("8985200000000000x", made));
    assert_string_equal(made, "");
}

static void test_imsi_imei(void **state) {
    (void)state;
    char out[IMSI_SIZE];
    bool foreign = true;
    assert_int_equal(imsi_normalise("454001234567890", "454", out, &foreign), IDENTIFIER_OK);
    assert_string_equal(out, "454001234567890");
    assert_false(foreign);
    assert_int_equal(imsi_normalise("460001", "454", out, &foreign), IDENTIFIER_OK);
    assert_true(foreign);
    assert_int_equal(imsi_normalise("460001", NULL, out, &foreign), IDENTIFIER_OK);
    assert_false(foreign);
    assert_int_equal(imsi_normalise("45400", "454", out, &foreign), IDENTIFIER_LENGTH);
    assert_int_equal(imsi_normalise("4540012345678901", "454", out, &foreign), IDENTIFIER_LENGTH);
    assert_int_equal(imsi_normalise("45400F", "454", out, &foreign), IDENTIFIER_CHARACTER);
    assert_string_equal(out, "");
    assert_int_equal(imei_normalise("49-015420-323751-8", out), IDENTIFIER_OK);
    assert_string_equal(out, "490154203237518");
    assert_int_equal(imei_normalise("490154203237517", out), IDENTIFIER_CHECK_DIGIT);
    assert_int_equal(imei_normalise("49015420323751", out), IDENTIFIER_LENGTH);
    assert_int_equal(imei_normalise("", out), IDENTIFIER_EMPTY);
    assert_int_equal(luhn_digit("7992739871"), '3');
    assert_int_equal(luhn_digit("0"), '0');
    assert_int_equal(luhn_digit(""), 0);
    assert_int_equal(luhn_digit("12a"), 0);
    char many[100];
    memset(many, '1', sizeof many);
    many[sizeof many - 1] = '\0';
    assert_int_equal(luhn_digit(many), 0);
}

static void test_mrz(void **state) {
    (void)state;
    static const char specimen[] = "L898902C36UTO7408122F1204159ZE184226B<<<<<10";
    struct mrz mrz;
    assert_int_equal(mrz_read(specimen, &mrz), IDENTIFIER_OK);
    assert_string_equal(mrz.number, "L898902C3");
    assert_string_equal(mrz.nationality, "UTO");
    assert_string_equal(mrz.birth, "740812");
    assert_string_equal(mrz.expiry, "120415");
    assert_string_equal(mrz.optional, "ZE184226B");
    assert_int_equal(mrz.sex, 'F');
    assert_int_equal(mrz.wrong, MRZ_PART_COUNT);
    static const struct {
        size_t at;
        enum mrz_part part;
    } wrong[] = {{0, MRZ_NUMBER},    {9, MRZ_NUMBER},    {13, MRZ_BIRTH},
                 {19, MRZ_BIRTH},    {21, MRZ_EXPIRY},   {27, MRZ_EXPIRY},
                 {28, MRZ_OPTIONAL}, {42, MRZ_OPTIONAL}, {43, MRZ_COMPOSITE}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        for (char other = '0'; other <= '9'; other++) {
            char line[45];
            memcpy(line, specimen, sizeof line);
            char was = specimen[wrong[i].at];
            int value = was >= 'A' ? was - 'A' + 10 : was - '0';
            line[wrong[i].at] = other;
            if (value % 10 == other - '0') /* letters share remainders with digits */
                continue;
            assert_int_equal(mrz_read(line, &mrz), IDENTIFIER_CHECK_DIGIT);
            assert_int_equal(mrz.wrong, wrong[i].part);
        }
    /* nothing optional: the filler stands for its check digit, and only then */
    assert_int_equal(mrz_read("L898902C36UTO7408122F1204159<<<<<<<<<<<<<<<8", &mrz), IDENTIFIER_OK);
    assert_string_equal(mrz.optional, "");
    assert_int_equal(mrz_read("L898902C36UTO7408122F1204159ZE184226B<<<<<<0", &mrz),
                     IDENTIFIER_CHECK_DIGIT);
    assert_int_equal(mrz_read("L898902C36UTO7408122F1204159<ZE<<<<<<<<<<<<0", &mrz),
                     IDENTIFIER_CHECK_DIGIT);
    assert_int_equal(mrz_read("L898902C3<UTO7408122F1204159ZE184226B<<<<<10", &mrz),
                     IDENTIFIER_CHECK_DIGIT);
    assert_int_equal(mrz.wrong, MRZ_NUMBER);
    assert_int_equal(mrz_read("L898902C36UTO7408122X1204159ZE184226B<<<<<10", &mrz),
                     IDENTIFIER_CHARACTER);
    assert_int_equal(mrz_read("L898902C36UTO7408122F1204159ZE184226B<<-<<10", &mrz),
                     IDENTIFIER_CHARACTER);
    assert_int_equal(mrz_read("L898902C36UTO7408122F1204159ZE184226B<<[<<10", &mrz),
                     IDENTIFIER_CHARACTER);
    assert_int_equal(mrz_read("L898902C36UTO", &mrz), IDENTIFIER_LENGTH);
    assert_int_equal(mrz_read("", &mrz), IDENTIFIER_EMPTY);
    assert_int_equal(mrz_check_digit("L898902C3", 9), 6);
    assert_int_equal(mrz_check_digit("a", 1), -1);
}

static void check_email(const char *text, enum identifier_result expected, const char *stored) {
    char out[EMAIL_SIZE];
    assert_int_equal(email_normalise(text, out), expected);
    assert_string_equal(out, stored);
}

static void test_email(void **state) {
    (void)state;
    check_email(" Chan.TM+line@Example.COM\n", IDENTIFIER_OK, "Chan.TM+line@example.com");
    check_email("ａnna＠example。ｈｋ", IDENTIFIER_OK, "anna@example.hk");
    check_email("anna@example｡hk", IDENTIFIER_OK, "anna@example.hk");
    check_email("a@xn--fiqs8s.xn--j6w193g", IDENTIFIER_OK, "a@xn--fiqs8s.xn--j6w193g");
    check_email("o'neil_1@a-b.example", IDENTIFIER_OK, "o'neil_1@a-b.example");
    static const char *const refused[] = {"anna",
                                          "anna@b@example.hk",
                                          "anna@example",
                                          "an na@example.hk",
                                          "anna@10.0.0.1",
                                          ".anna@example.hk",
                                          "anna.@example.hk",
                                          "an..na@example.hk",
                                          "an\"na@ex.hk",
                                          "anna@-ex.hk",
                                          "anna@ex-.hk",
                                          "anna@ex_.hk",
                                          "anna@ex,b.hk",
                                          "陳@example.hk",
                                          "anna@\xFF.hk",
                                          "an\x7Fna@example.hk",
                                          "an\x01na@ex.hk",
                                          "a@example.hk\r\nBcc: b@example.hk"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        check_email(refused[i], IDENTIFIER_CHARACTER, "");
    check_email("", IDENTIFIER_EMPTY, "");
    check_email(" \xE3\x80\x80", IDENTIFIER_EMPTY, "");
    check_email("@example.hk", IDENTIFIER_LENGTH, "");
    check_email("anna@", IDENTIFIER_LENGTH, "");
    check_email("anna@.hk", IDENTIFIER_LENGTH, "");
    check_email("anna@example.hk.", IDENTIFIER_LENGTH, "");
}

static void test_email_length(void **state) {
    (void)state;
    char text[1100], label[64];
    memset(label, 'a', sizeof label);
    label[63] = '\0';
    snprintf(text, sizeof text, "%s1@example.hk", label);
    check_email(text, IDENTIFIER_OK, text);
    snprintf(text, sizeof text, "%s12@example.hk", label);
    check_email(text, IDENTIFIER_LENGTH, "");
    snprintf(text, sizeof text, "a@%sa.hk", label);
    check_email(text, IDENTIFIER_LENGTH, "");
    snprintf(text, sizeof text, "%s@%s.%s.%.60s.a", label, label, label, label);
    assert_int_equal(strlen(text), 254);
    check_email(text, IDENTIFIER_OK, text);
    snprintf(text, sizeof text, "%s@%s.%s.%.61s.a", label, label, label, label);
    check_email(text, IDENTIFIER_LENGTH, "");
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    check_email(text, IDENTIFIER_LENGTH, "");
    char key[EMAIL_SIZE];
    email_key("Anna@example.hk", key);
    assert_string_equal(key, "anna@example.hk");
    email_key(text, key);
    assert_int_equal(strlen(key), EMAIL_SIZE - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_msisdn),       cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_iccid),        cmocka_unit_test(test_imsi_imei),
        cmocka_unit_test(test_mrz),          cmocka_unit_test(test_email),
        cmocka_unit_test(test_email_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
