#include "base/format.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/text.h"

#define MINUS "\u2212"

enum { DIGITS_TEXT = 40 };

/* Currencies with a sign of their own here or with other than two decimals (ISO 4217). */
static const struct currency {
    char code[4];
    const char *sign;
    int decimals;
} currencies[] = {
    {"HKD", "HK$", 2},      {"CNY", "CN\u00a5", 2}, {"MOP", "MOP$", 2},   {"TWD", "NT$", 2},
    {"USD", "US$", 2},      {"EUR", "\u20ac", 2},   {"GBP", "\u00a3", 2}, {"SGD", "S$", 2},
    {"JPY", "JP\u00a5", 0}, {"KRW", "\u20a9", 0},   {"VND", "VND ", 0},   {"BHD", "BHD ", 3},
    {"KWD", "KWD ", 3},     {"PHP", "\u20b1", 2},
};

/* Writes the digits of value with a comma between each three. */
static void digits_group(uint64_t value, char text[DIGITS_TEXT]) {
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, value);
    size_t out = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text[out++] = ',';
        text[out++] = digits[i];
    }
    text[out] = '\0';
}

/* The value without its sign; right for INT64_MIN too. */
static uint64_t magnitude(int64_t value) {
    return value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value;
}

const char *format_integer(struct arena *arena, int64_t value) {
    char digits[DIGITS_TEXT];
    digits_group(magnitude(value), digits);
    return arena_format(arena, "%s%s", value < 0 ? MINUS : "", digits);
}

static const struct currency *currency_of(const char *code) {
    for (size_t i = 0; i < sizeof currencies / sizeof *currencies; i++)
        if (strcmp(currencies[i].code, code) == 0)
            return &currencies[i];
    return NULL;
}

const char *format_currency_sign(const char *currency) {
    const struct currency *known = currency ? currency_of(currency) : NULL;
    return known ? known->sign : NULL;
}

const char *format_money(struct arena *arena, enum language language, int64_t minor,
                         const char *currency) {
    (void)language; /* English and Chinese write amounts alike */
    if (!currency || strlen(currency) != 3 || strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
        return NULL;
    char other[8];
    snprintf(other, sizeof other, "%.3s\u00a0", currency);
    const struct currency *listed = currency_of(currency);
    struct currency known = listed ? *listed : (struct currency){.sign = other, .decimals = 2};
    uint64_t unit = 1, value = magnitude(minor);
    for (int i = 0; i < known.decimals; i++)
        unit *= 10;
    char whole[DIGITS_TEXT];
    digits_group(value / unit, whole);
    const char *minus = minor < 0 ? MINUS : "";
    if (known.decimals == 0)
        return arena_format(arena, "%s%s%s", minus, known.sign, whole);
    return arena_format(arena, "%s%s%s.%0*" PRIu64, minus, known.sign, whole, known.decimals,
                        value % unit);
}

/* Times: a pattern is translated, then filled in. */

static const char *const months[] = {
    N_("January"), N_("February"), N_("March"),     N_("April"),   N_("May"),      N_("June"),
    N_("July"),    N_("August"),   N_("September"), N_("October"), N_("November"), N_("December"),
};

static bool civil_read(int64_t instant, int offset_minutes, struct civil *civil) {
    const int64_t first = civil_days(1, 1, 2) * DAY, last = civil_days(9999, 12, 30) * DAY;
    if (instant < first || instant > last || offset_minutes < -24 * 60 || offset_minutes > 24 * 60)
        return false;
    *civil = civil_of(instant, offset_minutes);
    return true;
}

/* Puts the value of a name such as "day" into text; false for an unknown name. */
static bool civil_part(enum language language, const struct civil *civil, const char *name,
                       size_t length, char text[DIGITS_TEXT]) {
    const struct {
        const char *name;
        int value, width;
    } parts[] = {{"year", civil->year, 1},
                 {"month_number", civil->month, 1},
                 {"day", civil->day, 1},
                 {"hour", civil->hour, 2},
                 {"minute", civil->minute, 2}};
    if (length == strlen("month") && memcmp(name, "month", length) == 0) {
        snprintf(text, DIGITS_TEXT, "%s", words(language, months[civil->month - 1]));
        return true;
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strlen(parts[i].name) == length && memcmp(name, parts[i].name, length) == 0) {
            snprintf(text, DIGITS_TEXT, "%0*d", parts[i].width, parts[i].value);
            return true;
        }
    return false;
}

/* Fills in {year} {month} {month_number} {day} {hour} {minute} of an already translated pattern. */
static const char *pattern_fill(struct arena *arena, enum language language, const char *pattern,
                                const struct civil *civil) {
    char text[160], part[DIGITS_TEXT];
    size_t length = 0;
    while (*pattern) {
        size_t name = *pattern == '{' ? strcspn(pattern, "}") : 0;
        if (name > 0 && civil_part(language, civil, pattern + 1, name - 1, part)) {
            pattern += name + 1;
        } else {
            part[0] = *pattern++;
            part[1] = '\0';
        }
        size_t more = strlen(part);
        if (length + more >= sizeof text)
            return NULL;
        memcpy(text + length, part, more);
        length += more;
    }
    return arena_text(arena, text, length);
}

const char *format_date(struct arena *arena, enum language language, int64_t instant,
                        int offset_minutes) {
    struct civil civil;
    if (!civil_read(instant, offset_minutes, &civil))
        return NULL;
    return pattern_fill(arena, language, words(language, "{day} {month} {year}"), &civil);
}

const char *format_time(struct arena *arena, enum language language, int64_t instant,
                        int offset_minutes) {
    struct civil civil;
    if (!civil_read(instant, offset_minutes, &civil))
        return NULL;
    return pattern_fill(arena, language, words(language, "{day} {month} {year}, {hour}:{minute}"),
                        &civil);
}

const char *format_time_near(struct arena *arena, enum language language, int64_t instant,
                             int64_t now, int offset_minutes) {
    struct civil civil, today;
    if (!civil_read(instant, offset_minutes, &civil) || !civil_read(now, offset_minutes, &today))
        return NULL;
    if (civil.year != today.year)
        return format_time(arena, language, instant, offset_minutes);
    return pattern_fill(arena, language, words(language, "{day} {month}, {hour}:{minute}"), &civil);
}

const char *format_clock(struct arena *arena, int64_t instant, int offset_minutes) {
    struct civil civil;
    if (!civil_read(instant, offset_minutes, &civil))
        return NULL;
    return arena_format(arena, "%02d:%02d", civil.hour, civil.minute);
}

/* Spans */

const char *format_count(struct arena *arena, enum language language, int64_t count,
                         enum unit unit) {
    if (count < 0)
        return NULL;
    char n[DIGITS_TEXT];
    digits_group((uint64_t)count, n);
    switch (unit) {
    case UNIT_SECONDS:
        return arena_format(arena, words_plural(language, "%s second", "%s seconds", count), n);
    case UNIT_MINUTES:
        return arena_format(arena, words_plural(language, "%s minute", "%s minutes", count), n);
    case UNIT_HOURS:
        return arena_format(arena, words_plural(language, "%s hour", "%s hours", count), n);
    case UNIT_DAYS:
        return arena_format(arena, words_plural(language, "%s day", "%s days", count), n);
    case UNIT_MONTHS:
        return arena_format(arena, words_plural(language, "%s month", "%s months", count), n);
    case UNIT_YEARS:
        return arena_format(arena, words_plural(language, "%s year", "%s years", count), n);
    }
    return NULL;
}

const char *format_duration(struct arena *arena, enum language language, int64_t milliseconds) {
    if (milliseconds < 0)
        return NULL;
    if (milliseconds < MINUTE)
        return format_count(arena, language, milliseconds / SECOND, UNIT_SECONDS);
    int64_t minutes = milliseconds / MINUTE, hours = minutes / 60, days = hours / 24;
    int64_t rest_minutes = minutes % 60, rest_hours = hours % 24;
    if (days > 1 && rest_minutes == 0 && rest_hours == 0)
        return format_count(arena, language, days, UNIT_DAYS);
    if (days <= 1)
        rest_hours = hours; /* "24 hours", "30 hours": days begin at two */
    if (days > 1) {
        const char *first = format_count(arena, language, days, UNIT_DAYS);
        const char *second = rest_hours > 0
                                 ? format_count(arena, language, rest_hours, UNIT_HOURS)
                                 : format_count(arena, language, rest_minutes, UNIT_MINUTES);
        return first && second ? arena_format(arena, words(language, "%s %s"), first, second)
                               : NULL;
    }
    if (rest_minutes == 0)
        return format_count(arena, language, rest_hours, UNIT_HOURS);
    const char *second = format_count(arena, language, rest_minutes, UNIT_MINUTES);
    if (rest_hours == 0)
        return second;
    const char *first = format_count(arena, language, rest_hours, UNIT_HOURS);
    return first && second ? arena_format(arena, words(language, "%s %s"), first, second) : NULL;
}
