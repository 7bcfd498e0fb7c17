#include "base/text.h"

#include <assert.h>
#include <string.h>

/* One more byte of a sequence: its six bits, or false when it is none. */
static bool more(const char *text, uint32_t *point) {
    unsigned char byte = (unsigned char)*text;
    *point = *point << 6 | (byte & 0x3f);
    return (byte & 0xc0) == 0x80;
}

size_t text_decode(const char *text, size_t length, uint32_t *point) {
    if (length == 0)
        return 0;
    unsigned char first = (unsigned char)text[0];
    *point = first;
    if (first < 0x80)
        return first != 0;
    size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || size > length)
        return 0;
    static const uint32_t least[] = {[2] = 0x80, [3] = 0x800, [4] = 0x10000};
    uint32_t value = first & (0x7f >> size);
    for (size_t i = 1; i < size; i++)
        if (!more(text + i, &value))
            return 0;
    *point = value;
    bool surrogate = value >= 0xd800 && value <= 0xdfff;
    return value < least[size] || value > 0x10ffff || surrogate ? 0 : size;
}

size_t text_encode(uint32_t point, char bytes[4]) {
    if (point < 0x80) {
        bytes[0] = (char)point;
        return 1;
    }
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
        return 0;
    size_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const uint32_t heads[] = {[2] = 0xc0, [3] = 0xe0, [4] = 0xf0};
    for (size_t i = size - 1; i > 0; i--, point >>= 6)
        bytes[i] = (char)(0x80 | (point & 0x3f));
    bytes[0] = (char)(heads[size] | point);
    return size;
}

bool text_valid(const char *text, size_t length) {
    uint32_t point;
    for (size_t at = 0, size; at < length; at += size) {
        size = 1; /* most of it is ASCII */
        if ((text[at] <= 0 || text[at] > 0x7e) &&
            (size = text_decode(text + at, length - at, &point)) == 0)
            return false;
    }
    return true;
}

size_t text_points(const char *text, size_t length) {
    size_t points = 0;
    for (size_t i = 0; i < length; i++)
        points += ((unsigned char)text[i] & 0xc0) != 0x80;
    return points;
}

uint32_t text_half(uint32_t point) {
    if (point >= 0xff01 && point <= 0xff5e)
        return point - 0xff01 + '!';
    return point == 0x3000 ? ' ' : point;
}

bool text_blank(uint32_t point) {
    switch (point) {
    case '\t':
    case '\n':
    case '\v':
    case '\f':
    case '\r':
    case ' ':
    case 0x85:
    case 0xa0:
    case 0xad:   /* soft hyphen */
    case 0x1680: /* Ogham space mark */
    case 0x180e: /* Mongolian vowel separator */
    case 0x2028:
    case 0x2029:
    case 0x202f:
    case 0x205f:
    case 0x2060: /* word joiner */
    case 0x3000:
    case 0x3164: /* Hangul filler */
    case 0xfeff: /* byte order mark */
        return true;
    default:
        return point >= 0x2000 && point <= 0x200f; /* spaces, zero widths, direction marks */
    }
}

bool text_ideograph(uint32_t point) {
    return (point >= 0x2e80 && point <= 0x9fff) || (point >= 0xf900 && point <= 0xfaff) ||
           (point >= 0x20000 && point <= 0x3ffff);
}

bool text_control(uint32_t point) {
    return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point == 0x2028 || point == 0x2029 ||
           (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

/* Cuts what looks like space from both ends of valid UTF-8. */
static void trim(const char **text, size_t *length) {
    uint32_t point;
    while (*length > 0) {
        size_t size = text_decode(*text, *length, &point);
        if (!text_blank(point))
            break;
        *text += size;
        *length -= size;
    }
    while (*length > 0) {
        size_t last = *length - 1;
        while (last > 0 && ((unsigned char)(*text)[last] & 0xc0) == 0x80)
            last--;
        text_decode(*text + last, *length - last, &point);
        if (!text_blank(point))
            break;
        *length = last;
    }
}

static bool line_end(uint32_t point) {
    return point == '\t' || point == '\n' || point == '\r';
}

static enum text_fault clean_copy(const char *text, size_t length, enum text_lines lines, bool half,
                                  char *out) {
    uint32_t point;
    for (size_t at = 0, size; at < length; at += size) {
        size = text_decode(text + at, length - at, &point);
        if (text_control(point) && !(lines == TEXT_MANY_LINES && line_end(point)))
            return TEXT_CONTROL;
        if (point == '\r') {
            if (at + 1 < length && text[at + 1] == '\n')
                continue;
            point = '\n';
        }
        out += text_encode(half ? text_half(point) : point, out);
    }
    *out = '\0';
    return TEXT_OK;
}

static enum text_fault clean(struct arena *arena, const char *text, size_t length,
                             enum text_lines lines, size_t minimum, size_t maximum, char **result,
                             bool half) {
    assert(arena && result && minimum <= maximum);
    *result = NULL;
    if (!text_valid(text, length))
        return TEXT_NOT_UTF8;
    trim(&text, &length);
    size_t points = text_points(text, length);
    if (points == 0 && minimum > 0)
        return TEXT_EMPTY;
    if (points > maximum)
        return TEXT_TOO_LONG;
    char *copy = arena_take(arena, length + 4); /* a form never takes more bytes than it had */
    if (!copy)
        return TEXT_NO_MEMORY;
    enum text_fault fault = clean_copy(text, length, lines, half, copy);
    if (fault == TEXT_OK && text_points(copy, strlen(copy)) < minimum)
        fault = TEXT_TOO_SHORT;
    if (fault == TEXT_OK)
        *result = copy;
    return fault;
}

enum text_fault text_clean(struct arena *arena, const char *text, size_t length,
                           enum text_lines lines, size_t minimum, size_t maximum, char **result) {
    return clean(arena, text, length, lines, minimum, maximum, result, true);
}

enum text_fault text_clean_wide(struct arena *arena, const char *text, size_t length,
                                enum text_lines lines, size_t minimum, size_t maximum,
                                char **result) {
    return clean(arena, text, length, lines, minimum, maximum, result, false);
}

void text_upper(char *text) {
    for (; *text; text++)
        if (*text >= 'a' && *text <= 'z')
            *text = (char)(*text - 'a' + 'A');
}

void text_lower(char *text) {
    for (; *text; text++)
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text - 'A' + 'a');
}

bool text_digits(const char *text) {
    size_t length = strspn(text, "0123456789");
    return length > 0 && text[length] == '\0';
}
