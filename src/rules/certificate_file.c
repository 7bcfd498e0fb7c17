#include "rules/certificate_file.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char states[] = "\n%Ringoff-Statement/1 ", ends[] = "\nstartxref\n";
static const char start[] = "%PDF-", finish[] = "\n%%EOF\n", mark[] = "%Ringoff-Signature/1 ";
enum {
    STATES = sizeof states - 1,
    ENDS = sizeof ends - 1,
    START = sizeof start - 1,
    FINISH = sizeof finish - 1,
    MARK = sizeof mark - 1,
    NAME_DIGITS = SIGN_NAME_SIZE - 1,
    SIGN_DIGITS = 2 * SIGN_BYTES,
    LAST_LINE = MARK + NAME_DIGITS + 1 + SIGN_DIGITS + 1, /* "%… NAME SIGNATURE\n" */
};

static bool stands(const char *bytes, size_t at, const char *text, size_t length) {
    return memcmp(bytes + at, text, length) == 0;
}

/* Where the text stands last in the bytes; NULL: nowhere. */
static const char *find_last(const char *bytes, size_t length, const char *text, size_t size) {
    const char *found = NULL, *from = bytes, *next;
    while ((next = memmem(from, length - (size_t)(from - bytes), text, size))) {
        found = next;
        from = next + 1;
    }
    return found;
}

static bool is_pdf(const char *bytes, size_t length) {
    return length > START + FINISH && stands(bytes, 0, start, START) &&
           stands(bytes, length - FINISH, finish, FINISH);
}

bool certificate_file_write(struct buffer *file, const char *pdf, size_t length,
                            const char *statement, const uint8_t seed[SIGN_SEED_BYTES]) {
    uint8_t key[SIGN_PUBLIC_BYTES], signature[SIGN_BYTES];
    char name[SIGN_NAME_SIZE], digits[SIGN_DIGITS + 1];
    const char *end = is_pdf(pdf, length) ? find_last(pdf, length, ends, ENDS) : NULL;
    assert(!file->length && !strchr(statement, '\n') && strlen(statement) < CERTIFICATE_TEXT);
    if (!end)
        return false;
    buffer_add(file, pdf, (size_t)(end - pdf));
    buffer_format(file, "%s%s", states, statement);
    buffer_add(file, end, length - (size_t)(end - pdf));
    if (file->full)
        return false;
    secret_sign_public(seed, key);
    secret_sign_name(key, name);
    secret_sign(seed, file->data, file->length, signature);
    secret_hex(signature, sizeof signature, digits);
    buffer_format(file, "%s%s %s\n", mark, name, digits);
    return !file->full;
}

/* The last line, whose form leaves nothing to choose. */
static bool last_line_read(const char *line, struct certificate_file *file) {
    char digits[SIGN_DIGITS + 1] = "";
    uint8_t name[NAME_DIGITS / 2];
    memcpy(file->key, line + MARK, NAME_DIGITS);
    memcpy(digits, line + MARK + NAME_DIGITS + 1, SIGN_DIGITS);
    return stands(line, 0, mark, MARK) && line[MARK + NAME_DIGITS] == ' ' &&
           line[LAST_LINE - 1] == '\n' && secret_unhex(file->key, name, sizeof name) &&
           secret_unhex(digits, file->signature, sizeof file->signature);
}

bool certificate_file_read(const char *bytes, size_t length, struct certificate_file *file) {
    *file = (struct certificate_file){.signed_bytes = 0};
    if (length <= LAST_LINE || length > CERTIFICATE_FILE_MOST)
        return false;
    file->signed_bytes = length - LAST_LINE;
    if (!is_pdf(bytes, file->signed_bytes) || !last_line_read(bytes + file->signed_bytes, file))
        return false;
    const char *at = find_last(bytes, file->signed_bytes, states, STATES);
    if (!at)
        return false;
    at += STATES; /* it ends somewhere: the PDF ends with a line's end */
    size_t text = (size_t)((const char *)memchr(at, '\n', length - (size_t)(at - bytes)) - at);
    if (text >= sizeof file->statement || memchr(at, '\0', text))
        return false;
    memcpy(file->statement, at, text);
    return true;
}

bool certificate_file_signed(const struct certificate_file *file, const char *bytes,
                             const uint8_t key[SIGN_PUBLIC_BYTES]) {
    char name[SIGN_NAME_SIZE];
    secret_sign_name(key, name);
    return secret_equal(file->key, name) &&
           secret_signed(key, bytes, file->signed_bytes, file->signature);
}
