/* HKID and the Mainland's resident identity number (GB 11643); facts.md section 3. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/text.h"
#include "rules/identifier.h"

enum { RESIDENT_LENGTH = 18 };

static bool letter(char c) {
    return c >= 'A' && c <= 'Z';
}

static bool digit(char c) {
    return c >= '0' && c <= '9';
}

static bool all_digits(const char *text, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!digit(text[i]))
            return false;
    return true;
}

/* The check digit of letters (one or two) and six digits. One letter is padded on the left with a
 * space, whose value is 36. */
static char hkid_check(const char *letters, size_t count, const char *six) {
    assert(count == 1 || count == 2);
    int sum = 9 * (count == 2 ? letters[0] - 'A' + 10 : 36);
    sum += 8 * (letters[count - 1] - 'A' + 10);
    for (int i = 0; i < 6; i++)
        sum += (7 - i) * (six[i] - '0');
    int check = (11 - sum % 11) % 11;
    return (char)(check == 10 ? 'A' : '0' + check);
}

enum identifier_result hkid_normalise(const char *text, char out[DOCUMENT_SIZE]) {
    char plain[FOLD_SIZE];
    out[0] = '\0';
    enum identifier_result result = identifier_fold(text, "", plain);
    if (result != IDENTIFIER_OK)
        return result;
    size_t length = strlen(plain);
    if (length >= 3 && plain[length - 1] == ')' && plain[length - 3] == '(') {
        plain[length - 3] = plain[length - 2];
        length -= 2;
        plain[length] = '\0';
    }
    if (length < 8 || length > 9)
        return IDENTIFIER_LENGTH;
    size_t letters = length - 7;
    const char *six = plain + letters;
    char check = six[6];
    if (!letter(plain[0]) || !letter(plain[letters - 1]) || !all_digits(six, 6) ||
        (!digit(check) && check != 'A'))
        return IDENTIFIER_CHARACTER;
    if (check != hkid_check(plain, letters, six))
        return IDENTIFIER_CHECK_DIGIT;
    snprintf(out, DOCUMENT_SIZE, "%.*s(%c)", (int)length - 1, plain, check);
    assert(out[letters + 6] == '(');
    return IDENTIFIER_OK;
}

bool hkid_make(const char *letters, uint32_t number, char out[DOCUMENT_SIZE]) {
    out[0] = '\0';
    size_t count = strnlen(letters, 3);
    if (count < 1 || count > 2 || !letter(letters[0]) || !letter(letters[count - 1]))
        return false;
    char six[8];
    snprintf(six, sizeof six, "%06u", (unsigned)(number % 1000000));
    snprintf(out, DOCUMENT_SIZE, "%s%s(%c)", letters, six, hkid_check(letters, count, six));
    return true;
}

static char resident_check(const char *seventeen) {
    static const int weight[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += weight[i] * (seventeen[i] - '0');
    return "10X98765432"[sum % 11];
}

static int number_of(const char *digits, int count) {
    int value = 0;
    for (int i = 0; i < count; i++)
        value = value * 10 + (digits[i] - '0');
    return value;
}

static bool date_valid(const char *eight) {
    return civil_valid(number_of(eight, 4), number_of(eight + 4, 2), number_of(eight + 6, 2));
}

enum identifier_result resident_id_normalise(const char *text, char out[DOCUMENT_SIZE],
                                             char birth[16]) {
    char plain[FOLD_SIZE];
    out[0] = '\0';
    if (birth)
        birth[0] = '\0';
    enum identifier_result result = identifier_fold(text, "", plain);
    if (result != IDENTIFIER_OK)
        return result;
    if (strlen(plain) != RESIDENT_LENGTH)
        return IDENTIFIER_LENGTH;
    if (!all_digits(plain, 17) || (!digit(plain[17]) && plain[17] != 'X'))
        return IDENTIFIER_CHARACTER;
    if (!date_valid(plain + 6))
        return IDENTIFIER_DATE;
    if (plain[17] != resident_check(plain))
        return IDENTIFIER_CHECK_DIGIT;
    if (birth)
        snprintf(birth, 16, "%.4s-%.2s-%.2s", plain + 6, plain + 10, plain + 12);
    memcpy(out, plain, RESIDENT_LENGTH + 1);
    assert(strlen(out) == RESIDENT_LENGTH);
    return IDENTIFIER_OK;
}

bool resident_id_make(const char *region, const char *birth, uint32_t sequence,
                      char out[DOCUMENT_SIZE]) {
    out[0] = '\0';
    if (strnlen(region, 7) != 6 || !all_digits(region, 6) || strnlen(birth, 9) != 8 ||
        !all_digits(birth, 8) || !date_valid(birth))
        return false;
    char seventeen[32];
    snprintf(seventeen, sizeof seventeen, "%s%s%03u", region, birth, (unsigned)(sequence % 1000));
    snprintf(out, DOCUMENT_SIZE, "%.17s%c", seventeen, resident_check(seventeen));
    return true;
}
