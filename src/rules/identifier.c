#include "rules/identifier.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

/* Longer input is no identifier; nobody types this much. */
enum { INPUT_MAX = 512 };

const char *identifier_result_code(enum identifier_result result) {
    static const char *const code[IDENTIFIER_RESULT_COUNT] = {
        [IDENTIFIER_OK] = "ok",
        [IDENTIFIER_EMPTY] = "empty",
        [IDENTIFIER_LENGTH] = "length",
        [IDENTIFIER_CHARACTER] = "character",
        [IDENTIFIER_CHECK_DIGIT] = "check_digit",
        [IDENTIFIER_DATE] = "date",
        [IDENTIFIER_PREFIX] = "prefix",
        [IDENTIFIER_TYPE] = "type",
    };
    return (unsigned)result < IDENTIFIER_RESULT_COUNT ? code[result] : "unknown";
}

enum refusal document_refusal(enum identifier_result result) {
    switch (result) {
    case IDENTIFIER_OK:
        return ACCEPTED;
    case IDENTIFIER_TYPE:
        return REFUSED_DOCUMENT_TYPE;
    case IDENTIFIER_CHECK_DIGIT:
        return REFUSED_DOCUMENT_CHECK;
    default:
        return REFUSED_DOCUMENT_FORM;
    }
}

/* Hyphens, dashes and the minus sign: which one a keyboard gives is chance. */
static bool dash(uint32_t point) {
    return (point >= 0x2010 && point <= 0x2015) || point == 0x2212 || point == 0xFE63;
}

enum identifier_result identifier_fold(const char *text, const char *drop, char out[FOLD_SIZE]) {
    assert(text && drop);
    out[0] = '\0';
    size_t length = strnlen(text, INPUT_MAX + 1), used = 0;
    if (length > INPUT_MAX)
        return IDENTIFIER_LENGTH;
    char plain[FOLD_SIZE];
    for (size_t at = 0; at < length;) {
        uint32_t point = 0;
        size_t size = text_decode(text + at, length - at, &point);
        if (!size)
            return IDENTIFIER_CHARACTER;
        at += size;
        if (text_blank(point))
            continue;
        point = dash(point) ? '-' : text_half(point);
        if (point < 0x21 || point > 0x7E)
            return IDENTIFIER_CHARACTER;
        if (strchr(drop, (int)point))
            continue;
        if (used == sizeof plain - 1)
            return IDENTIFIER_LENGTH;
        plain[used++] = (char)point;
    }
    if (!used)
        return IDENTIFIER_EMPTY;
    plain[used] = '\0';
    text_upper(plain);
    memcpy(out, plain, used + 1);
    assert(strlen(out) < FOLD_SIZE);
    return IDENTIFIER_OK;
}
