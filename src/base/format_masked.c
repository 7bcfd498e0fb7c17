#include "base/format.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

#define DOT "\u2022"

enum { MASKED_MOST = 16 }; /* dots */

/* How the digits after a country's code are grouped; the last group takes what is left. */
static const struct grouping {
    const char *code;
    size_t length; /* of the national number */
    size_t groups[3];
} groupings[] = {
    {"852", 8, {4, 4}}, {"853", 8, {4, 4}}, {"86", 11, {3, 4, 4}}, {"1", 10, {3, 3, 4}}};

/* The digits of an E.164 number, "+" or not; NULL when it is none. */
static const char *number_digits(const char *number) {
    if (!number)
        return NULL;
    const char *digits = number + (number[0] == '+');
    size_t length = strlen(digits);
    bool valid = length >= 7 && length <= 15 && digits[0] != '0' && text_digits(digits);
    return valid ? digits : NULL;
}

static const struct grouping *grouping_of(const char *digits) {
    for (size_t i = 0; i < sizeof groupings / sizeof *groupings; i++) {
        size_t code = strlen(groupings[i].code);
        if (strncmp(digits, groupings[i].code, code) == 0 &&
            strlen(digits) == code + groupings[i].length)
            return &groupings[i];
    }
    return NULL;
}

/* The grouped number; masked shows the first digit after the code and the last two. */
static const char *number_write(struct arena *arena, const char *number, bool masked) {
    const char *digits = number_digits(number);
    if (!digits)
        return NULL;
    const struct grouping *grouping = grouping_of(digits);
    size_t length = strlen(digits), code = grouping ? strlen(grouping->code) : 0;
    char text[80]; /* 15 digits of 3 bytes each, 3 spaces, the sign */
    size_t at = 0, group = 0, left = grouping ? grouping->groups[0] : length;
    text[at++] = '+';
    memcpy(text + at, digits, code);
    at += code;
    if (grouping)
        text[at++] = ' ';
    for (size_t i = code; i < length; i++) {
        if (left == 0) {
            text[at++] = ' ';
            left = grouping->groups[++group];
        }
        left--;
        bool shown = !masked || i + 2 >= length || (grouping && i == code);
        memcpy(text + at, shown ? &digits[i] : DOT, shown ? 1 : strlen(DOT));
        at += shown ? 1 : strlen(DOT);
    }
    return arena_text(arena, text, at);
}

const char *format_number(struct arena *arena, const char *number) {
    return number_write(arena, number, false);
}

const char *format_number_masked(struct arena *arena, const char *number) {
    return number_write(arena, number, true);
}

const char *format_email_masked(struct arena *arena, const char *email) {
    const char *at = email ? strrchr(email, '@') : NULL;
    uint32_t point;
    if (!at || at == email || !at[1] || !text_valid(email, strlen(email)))
        return NULL;
    size_t first = text_decode(email, strlen(email), &point);
    if (first > (size_t)(at - email))
        return NULL;
    return arena_format(arena, "%.*s" DOT DOT DOT DOT "%s", (int)first, email, at);
}

const char *format_name_masked(struct arena *arena, const char *name) {
    if (!name || !text_valid(name, strlen(name)))
        return NULL;
    struct buffer out;
    buffer_open(&out, 2048);
    size_t length = strlen(name), left = 0; /* left: dots that the ideographs may still give */
    bool word = false;
    uint32_t point;
    for (size_t at = 0, size; at < length; at += size) {
        size = text_decode(name + at, length - at, &point);
        if (text_blank(point)) {
            word = false;
        } else if (!word) {
            buffer_text(&out, out.length ? " " : "");
            buffer_add(&out, name + at, size);
            if (!text_ideograph(point))
                buffer_text(&out, DOT DOT DOT);
            left = text_ideograph(point) ? 3 : 0;
            word = true;
        } else if (left > 0) {
            buffer_text(&out, DOT);
            left--;
        }
    }
    const char *text = out.length && !out.full ? arena_text(arena, out.data, out.length) : NULL;
    buffer_close(&out);
    return text;
}

const char *format_iccid_masked(struct arena *arena, const char *iccid) {
    size_t length = iccid ? strlen(iccid) : 0;
    if (length < 18 || length > 22 || !text_digits(iccid))
        return NULL;
    return arena_format(arena, DOT DOT DOT DOT " %s", iccid + length - 4);
}

/* count dots, then the last `shown` characters. */
static const char *end_shown(struct arena *arena, const char *before, size_t count,
                             const char *text, size_t shown) {
    char dots[MASKED_MOST * sizeof DOT] = "";
    for (size_t i = 0; i < count && i < MASKED_MOST; i++)
        memcpy(dots + i * strlen(DOT), DOT, sizeof DOT);
    return arena_format(arena, "%s%s%s", before, dots, text + strlen(text) - shown);
}

const char *format_fps_masked(struct arena *arena, const char *id) {
    size_t length = id ? strlen(id) : 0;
    if ((length != 7 && length != 9) || !text_digits(id))
        return NULL;
    return end_shown(arena, "FPS ", length - 2, id, 2);
}

const char *format_bank_masked(struct arena *arena, const char *bank, const char *branch,
                               const char *account) {
    size_t length = account ? strlen(account) : 0;
    if (!bank || !branch || length < 6 || !text_digits(account))
        return NULL;
    const char *before = arena_format(arena, "%s-%s-", bank, branch);
    return before ? end_shown(arena, before, 4, account, 3) : NULL;
}

const char *format_account_masked(struct arena *arena, const char *account, bool iban) {
    size_t length = account ? strlen(account) : 0;
    if (length < 4)
        return NULL;
    if (!iban)
        return end_shown(arena, "", 4, account, length < 8 ? 2 : 4);
    return arena_format(arena, "%.4s " DOT DOT DOT DOT " %s", account, account + length - 4);
}
