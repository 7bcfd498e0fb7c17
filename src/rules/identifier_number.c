/* Telephone numbers, SIM cards and devices. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "rules/identifier.h"

enum {
    E164_MINIMUM = 8, /* digits, country code included; the maximum is the standard's */
    E164_MAXIMUM = 15,
    ICCID_MINIMUM = 18,
    ICCID_MAXIMUM = 20,
    IMSI_MINIMUM = 6,
    IMSI_MAXIMUM = 15,
    IMEI_LENGTH = 15,
};

enum identifier_result msisdn_normalise(const char *text, const char *country_code,
                                        int64_t national_digits, char out[NUMBER_SIZE]) {
    assert(country_code[0] && national_digits > 0);
    char plain[FOLD_SIZE];
    out[0] = '\0';
    enum identifier_result result = identifier_fold(text, "-.()", plain);
    if (result != IDENTIFIER_OK)
        return result;
    bool plus = plain[0] == '+', international = plus || strncmp(plain, "00", 2) == 0;
    const char *digits = plain + (plus ? 1 : international ? 2 : 0);
    if (digits[strspn(digits, "0123456789")] != '\0')
        return IDENTIFIER_CHARACTER;
    size_t length = strlen(digits), code = strlen(country_code);
    size_t national = (size_t)national_digits;
    bool own = strncmp(digits, country_code, code) == 0,
         complete = own && length == code + national;
    bool local = !international && length == national;
    if (!international && !local && !complete)
        return IDENTIFIER_LENGTH;
    if (international && digits[0] == '0')
        return IDENTIFIER_PREFIX;
    if (international && own && !complete)
        return IDENTIFIER_LENGTH;
    if (length + (local ? code : 0) < E164_MINIMUM || length + (local ? code : 0) > E164_MAXIMUM)
        return IDENTIFIER_LENGTH;
    snprintf(out, NUMBER_SIZE, "+%.3s%.15s", local ? country_code : "", digits);
    return IDENTIFIER_OK;
}

bool number_in_blocks(const char *number, const struct number_block *blocks, size_t count) {
    size_t length = strlen(number);
    for (size_t i = 0; i < count; i++)
        if (strlen(blocks[i].from) == length && strcmp(number, blocks[i].from) >= 0 &&
            strcmp(number, blocks[i].to) <= 0)
            return true;
    return false;
}

static bool e164(const char *number) {
    size_t length = strlen(number);
    return number[0] == '+' && number[1] != '0' && text_digits(number + 1) &&
           length - 1 >= E164_MINIMUM && length - 1 <= E164_MAXIMUM;
}

bool number_block_valid(const struct number_block *block) {
    return e164(block->from) && e164(block->to) && strlen(block->from) == strlen(block->to) &&
           strcmp(block->from, block->to) <= 0;
}

bool number_blocks_overlap(const struct number_block *one, const struct number_block *other) {
    return strlen(one->from) == strlen(other->from) && strcmp(one->from, other->to) <= 0 &&
           strcmp(other->from, one->to) <= 0;
}

char luhn_digit(const char *digits) {
    size_t length = strnlen(digits, FOLD_SIZE);
    if (length == FOLD_SIZE || !text_digits(digits))
        return 0;
    int sum = 0;
    for (size_t i = 0; i < length; i++) {
        int value = digits[length - 1 - i] - '0';
        if (i % 2 == 0)
            value = value > 4 ? 2 * value - 9 : 2 * value;
        sum += value;
    }
    return (char)('0' + (10 - sum % 10) % 10);
}

/* Digits only, minimum to maximum of them. */
static enum identifier_result digits_fold(const char *text, size_t minimum, size_t maximum,
                                          bool filler, char plain[FOLD_SIZE]) {
    enum identifier_result result = identifier_fold(text, "-", plain);
    if (result != IDENTIFIER_OK)
        return result;
    size_t length = strlen(plain);
    if (filler && length > 1 && plain[length - 1] == 'F')
        plain[--length] = '\0';
    if (!text_digits(plain))
        return IDENTIFIER_CHARACTER;
    return length < minimum || length > maximum ? IDENTIFIER_LENGTH : IDENTIFIER_OK;
}

/* True when the last digit is the Luhn digit of those before it. */
static bool luhn_fits(const char *digits) {
    char before[FOLD_SIZE];
    size_t length = strlen(digits);
    assert(length > 1 && length < sizeof before);
    memcpy(before, digits, length - 1);
    before[length - 1] = '\0';
    return digits[length - 1] == luhn_digit(before);
}

enum identifier_result iccid_normalise(const char *text, char out[ICCID_SIZE]) {
    char plain[FOLD_SIZE];
    out[0] = '\0';
    enum identifier_result result = digits_fold(text, ICCID_MINIMUM, ICCID_MAXIMUM, true, plain);
    if (result != IDENTIFIER_OK)
        return result;
    if (strncmp(plain, "89", 2) != 0)
        return IDENTIFIER_PREFIX;
    if (!luhn_fits(plain))
        return IDENTIFIER_CHECK_DIGIT;
    memcpy(out, plain, strlen(plain) + 1);
    return IDENTIFIER_OK;
}

bool iccid_make(const char *digits, char out[ICCID_SIZE]) {
    out[0] = '\0';
    size_t length = strnlen(digits, ICCID_MAXIMUM);
    char check = luhn_digit(digits);
    if (!check || length < ICCID_MINIMUM - 1 || length > ICCID_MAXIMUM - 1 ||
        strncmp(digits, "89", 2) != 0)
        return false;
    snprintf(out, ICCID_SIZE, "%s%c", digits, check);
    return true;
}

enum identifier_result imsi_normalise(const char *text, const char *country, char out[IMSI_SIZE],
                                      bool *foreign) {
    assert(foreign);
    char plain[FOLD_SIZE];
    out[0] = '\0';
    *foreign = false;
    enum identifier_result result = digits_fold(text, IMSI_MINIMUM, IMSI_MAXIMUM, false, plain);
    if (result != IDENTIFIER_OK)
        return result;
    *foreign = country && strncmp(plain, country, strlen(country)) != 0;
    memcpy(out, plain, strlen(plain) + 1);
    return IDENTIFIER_OK;
}

enum identifier_result imei_normalise(const char *text, char out[IMSI_SIZE]) {
    char plain[FOLD_SIZE];
    out[0] = '\0';
    enum identifier_result result = digits_fold(text, IMEI_LENGTH, IMEI_LENGTH, false, plain);
    if (result != IDENTIFIER_OK)
        return result;
    if (!luhn_fits(plain))
        return IDENTIFIER_CHECK_DIGIT;
    memcpy(out, plain, IMEI_LENGTH + 1);
    return IDENTIFIER_OK;
}
