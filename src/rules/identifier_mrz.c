/* ICAO 9303: the second line of a passport's machine-readable zone. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "rules/identifier.h"

enum { LINE_LENGTH = 44 };

/* '<' 0, digits as they are, A=10 … Z=35; -1 for another character. */
static int value_of(char c) {
    if (c == '<')
        return 0;
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'A' && c <= 'Z' ? c - 'A' + 10 : -1;
}

int mrz_check_digit(const char *text, size_t length) {
    static const int weight[3] = {7, 3, 1};
    int sum = 0;
    for (size_t i = 0; i < length; i++) {
        int value = value_of(text[i]);
        if (value < 0)
            return -1;
        sum = (sum + weight[i % 3] * value) % 10;
    }
    return sum;
}

static void part_copy(char *out, const char *from, size_t length) {
    while (length && from[length - 1] == '<')
        length--;
    memcpy(out, from, length);
    out[length] = '\0';
}

/* An optional part of fillers only may have a filler as its check digit. */
static bool part_fits(const char *part, size_t length, char check, bool filler_allowed) {
    if (check == '<')
        return filler_allowed && part[0] == '<' && strspn(part, "<") >= length;
    return check == '0' + mrz_check_digit(part, length);
}

static enum mrz_part first_wrong(const char *line) {
    char all[10 + 7 + 22];
    memcpy(all, line, 10);
    memcpy(all + 10, line + 13, 7);
    memcpy(all + 17, line + 21, 22);
    if (!part_fits(line, 9, line[9], false))
        return MRZ_NUMBER;
    if (!part_fits(line + 13, 6, line[19], false))
        return MRZ_BIRTH;
    if (!part_fits(line + 21, 6, line[27], false))
        return MRZ_EXPIRY;
    if (!part_fits(line + 28, 14, line[42], true))
        return MRZ_OPTIONAL;
    return part_fits(all, sizeof all, line[43], false) ? MRZ_PART_COUNT : MRZ_COMPOSITE;
}

enum identifier_result mrz_read(const char *line, struct mrz *mrz) {
    assert(mrz);
    char plain[FOLD_SIZE];
    *mrz = (struct mrz){.wrong = MRZ_PART_COUNT};
    enum identifier_result result = identifier_fold(line, "", plain);
    if (result != IDENTIFIER_OK)
        return result;
    if (strlen(plain) != LINE_LENGTH)
        return IDENTIFIER_LENGTH;
    if (mrz_check_digit(plain, LINE_LENGTH) < 0 || !strchr("MF<", plain[20]))
        return IDENTIFIER_CHARACTER;
    part_copy(mrz->number, plain, 9);
    part_copy(mrz->nationality, plain + 10, 3);
    part_copy(mrz->birth, plain + 13, 6);
    mrz->sex = plain[20];
    part_copy(mrz->expiry, plain + 21, 6);
    part_copy(mrz->optional, plain + 28, 14);
    mrz->wrong = first_wrong(plain);
    return mrz->wrong == MRZ_PART_COUNT ? IDENTIFIER_OK : IDENTIFIER_CHECK_DIGIT;
}
