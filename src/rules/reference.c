#include "rules/reference.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "rules/identifier.h"

static const char alphabet[] = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
enum { LETTERS = sizeof alphabet - 1, EIGHT = 8, SIXTEEN = 16 };

/* Eight letters of eight bytes. 2^64 against 30^8 leaves a bias below 2^-24. */
static void eight_letters(const uint8_t bytes[EIGHT], char text[EIGHT]) {
    uint64_t number = 0;
    for (int i = 0; i < EIGHT; i++)
        number = number << 8 | bytes[i];
    for (int i = 0; i < EIGHT; i++) {
        text[i] = alphabet[number % LETTERS];
        number /= LETTERS;
    }
    assert(number < UINT64_MAX / LETTERS);
}

/* True when the folded text is exactly so many letters of the alphabet. */
static bool letters_only(const char *text, size_t length) {
    return strlen(text) == length && strspn(text, alphabet) == length;
}

static void write_reference(const char *prefix, const char letters[EIGHT + 1],
                            char reference[REFERENCE_SIZE]) {
    int length = snprintf(reference, REFERENCE_SIZE, "%s-%.4s-%.4s", prefix, letters, letters + 4);
    assert(length == 12);
    (void)length;
}

static void make(const char *prefix, const uint8_t random[8], char reference[REFERENCE_SIZE]) {
    char letters[EIGHT + 1] = ""; /* %.4s of an unterminated array misleads gcc */
    assert(LETTERS == 30);
    eight_letters(random, letters);
    write_reference(prefix, letters, reference);
}

void reference_make(const uint8_t random[8], char reference[REFERENCE_SIZE]) {
    make("RO", random, reference);
}

void refund_reference_make(const uint8_t random[8], char reference[REFERENCE_SIZE]) {
    make("RF", random, reference);
}

/* The eight letters behind the prefix, if it is there. R and F are letters of the alphabet: ten
 * letters are with it, eight without. */
static bool read_typed(const char *prefix, const char *text, char reference[REFERENCE_SIZE]) {
    char folded[FOLD_SIZE] = "";
    assert(text && reference);
    reference[0] = '\0';
    if (identifier_fold(text, "-", folded) != IDENTIFIER_OK)
        return false;
    bool prefixed = strlen(folded) == EIGHT + 2 && strncmp(folded, prefix, 2) == 0;
    const char *letters = prefixed ? folded + 2 : folded;
    if (!letters_only(letters, EIGHT))
        return false;
    write_reference(prefix, letters, reference);
    return true;
}

bool reference_read(const char *text, char reference[REFERENCE_SIZE]) {
    return read_typed("RO", text, reference);
}

bool refund_reference_read(const char *text, char reference[REFERENCE_SIZE]) {
    return read_typed("RF", text, reference);
}

static void group(const char letters[SIXTEEN + 1], char secret[STATUS_SECRET_SIZE]) {
    int length = snprintf(secret, STATUS_SECRET_SIZE, "%.4s-%.4s-%.4s-%.4s", letters, letters + 4,
                          letters + 8, letters + 12);
    assert(length == STATUS_SECRET_SIZE - 1);
    (void)length;
}

void status_secret_make(const uint8_t bytes[16], char secret[STATUS_SECRET_SIZE]) {
    char letters[SIXTEEN + 1] = "";
    assert(bytes && secret);
    eight_letters(bytes, letters);
    eight_letters(bytes + EIGHT, letters + EIGHT);
    group(letters, secret);
}

bool status_secret_read(const char *text, char secret[STATUS_SECRET_SIZE]) {
    char folded[FOLD_SIZE] = "";
    assert(text && secret);
    secret[0] = '\0';
    if (identifier_fold(text, "-", folded) != IDENTIFIER_OK || !letters_only(folded, SIXTEEN))
        return false;
    group(folded, secret);
    return true;
}
