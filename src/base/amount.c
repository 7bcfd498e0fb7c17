#include "base/amount.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/format.h"
#include "base/text.h"
#include "base/words.h"

enum { AMOUNT_TYPED = 64, EXPONENT_MOST = 4 };

static const struct {
    const char *code, *sentence;
} faults[AMOUNT_FAULT_COUNT] = {
    [AMOUNT_OK] = {"", ""},
    [AMOUNT_EMPTY] = {"empty", N_("Enter an amount.")},
    [AMOUNT_NO_NUMBER] = {"no_number",
                          N_("This is not an amount. Write it in digits, such as 12.50.")},
    [AMOUNT_COMMA] = {"comma", N_("This could be read in two ways. Write a point before the cents "
                                  "and commas only between thousands, such as 1,286.40.")},
    [AMOUNT_CURRENCY] = {"currency", N_("This is another currency than the one of your credit. "
                                        "Write the amount alone, such as 12.50.")},
    [AMOUNT_NEGATIVE] = {"negative", N_("An amount cannot be below zero.")},
    [AMOUNT_ZERO] = {"zero", N_("The amount must be more than zero.")},
    [AMOUNT_DECIMALS] =
        {"decimals", N_("Write fewer digits after the point: the currency does not have so many.")},
    [AMOUNT_LARGE] = {"large", N_("This amount is too large.")},
};

const char *amount_fault_code(enum amount_fault fault) {
    return (unsigned)fault < AMOUNT_FAULT_COUNT ? faults[fault].code : "";
}

const char *amount_fault_sentence(enum amount_fault fault) {
    return (unsigned)fault < AMOUNT_FAULT_COUNT ? faults[fault].sentence : "";
}

static bool digit(char c) {
    return c >= '0' && c <= '9';
}

static size_t digits_at(const char *text) {
    return strspn(text, "0123456789");
}

/* Appends the digits to value; false when that is more than AMOUNT_MOST. */
static bool digits_add(const char *digits, size_t count, int64_t *value) {
    for (size_t i = 0; i < count; i++) {
        if (__builtin_mul_overflow(*value, INT64_C(10), value) ||
            __builtin_add_overflow(*value, (int64_t)(digits[i] - '0'), value))
            return false;
    }
    return *value <= AMOUNT_MOST;
}

enum amount_fault amount_exact(const char *text, int exponent, int64_t *minor) {
    assert(text && minor && exponent >= 0 && exponent <= EXPONENT_MOST);
    size_t whole = digits_at(text), places = (size_t)exponent, decimals = 0;
    const char *end = text + whole;
    int64_t value = 0;
    *minor = 0;
    if (!*text)
        return AMOUNT_EMPTY;
    if (*text == '-' && digit(text[1]))
        return AMOUNT_NEGATIVE;
    if (*end == '.') {
        decimals = digits_at(end + 1);
        end += decimals ? 1 + decimals : 0;
    }
    if (!whole || *end)
        return AMOUNT_NO_NUMBER;
    if (decimals > places)
        return AMOUNT_DECIMALS;
    if (!digits_add(text, whole, &value) || !digits_add(end - decimals, decimals, &value) ||
        !digits_add("0000", places - decimals, &value))
        return AMOUNT_LARGE;
    *minor = value;
    return value ? AMOUNT_OK : AMOUNT_ZERO;
}

/* --- as people type it --- */

/* The marks that keyboards give for one thing, as one: minus signs, the ideographic full stop where
 * a point is meant, the full-width yen sign. */
static uint32_t mark(uint32_t point) {
    if ((point >= 0x2010 && point <= 0x2015) || point == 0x2212 || point == 0xfe63)
        return '-';
    if (point == 0x3002 || point == 0xff61)
        return '.';
    if (point == 0xffe5)
        return 0xa5;
    return text_blank(point) ? ' ' : text_half(point);
}

/* Half-width and in capitals, without blanks at the ends. */
static enum amount_fault fold(const char *text, char out[AMOUNT_TYPED]) {
    size_t length = strnlen(text, AMOUNT_TYPED * 4), used = 0;
    for (size_t at = 0, size; at < length; at += size) {
        uint32_t point;
        char bytes[4];
        size = text_decode(text + at, length - at, &point);
        if (!size)
            return AMOUNT_NO_NUMBER;
        point = mark(point);
        if (point == ' ' && !used)
            continue;
        size_t count = text_encode(point, bytes);
        if (used + count >= AMOUNT_TYPED)
            return AMOUNT_NO_NUMBER;
        memcpy(out + used, bytes, count);
        used += count;
    }
    while (used > 0 && out[used - 1] == ' ')
        used--;
    out[used] = '\0';
    text_upper(out);
    return used ? AMOUNT_OK : AMOUNT_EMPTY;
}

/* True when text (length bytes) is how the currency is written. */
static bool names(const char *text, size_t length, const char *currency) {
    const char *sign = format_currency_sign(currency);
    if (strlen(currency) == length && memcmp(currency, text, length) == 0)
        return true;
    if (!sign)
        return false;
    size_t whole = strlen(sign), bare = strspn(sign, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return (whole == length && memcmp(sign, text, length) == 0) ||
           (whole - bare == length && memcmp(sign + bare, text, length) == 0);
}

/* True when it is how another currency may be written: three letters, or a sign at its end. */
static bool names_other(const char *text, size_t length) {
    static const char *const signs[] = {"$", "\u00a5", "\u20ac", "\u00a3", "\u20a9", "\u20b1"};
    if (length == 3 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") >= 3)
        return true;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t size = strlen(signs[i]);
        if (size <= length && memcmp(text + length - size, signs[i], size) == 0)
            return true;
    }
    return false;
}

/* What stands before or behind the number. */
static enum amount_fault currency_check(const char *text, size_t length, const char *currency) {
    if (!length || names(text, length, currency))
        return AMOUNT_OK;
    return names_other(text, length) ? AMOUNT_CURRENCY : AMOUNT_NO_NUMBER;
}

/* What may stand in a number; all else is taken for a currency. */
static bool numeral(char c) {
    return digit(c) || c == '.' || c == ',' || c == '-' || c == ' ';
}

/* Takes the currency off both ends. */
static enum amount_fault strip(char **text, const char *currency) {
    char *from = *text, *end = from + strlen(from);
    size_t before = 0, behind = 0;
    bool minus = *from == '-';
    from += minus ? 1 : 0;
    while (from[before] && !numeral(from[before]))
        before++;
    while (behind < (size_t)(end - from) - before && !numeral(end[-1 - (ptrdiff_t)behind]))
        behind++;
    if (!strpbrk(from + before, "0123456789"))
        return AMOUNT_NO_NUMBER;
    enum amount_fault fault = currency_check(from, before, currency);
    if (!fault)
        fault = currency_check(end - behind, behind, currency);
    if (fault)
        return fault;
    *(end - behind) = '\0';
    from += before;
    from += strspn(from, " ");
    if (minus)
        *--from = '-';
    for (end -= behind; end[-1] == ' ';) /* there is a digit before */
        *--end = '\0';
    *text = from;
    return AMOUNT_OK;
}

/* Takes the separators of thousands out in place: all the same one, each before three digits, after
 * at most three of which the first is not 0. */
static enum amount_fault ungroup(char *text, int exponent) {
    size_t first = strcspn(text, ", "), whole = strcspn(text, "."), groups = 0;
    char separator = text[first], *to = text + first;
    if (!separator)
        return AMOUNT_OK;
    if (first == 0 || first > 3 || text[0] == '0' || digits_at(text) != first)
        return AMOUNT_COMMA;
    const char *from = to;
    for (; *from == separator; groups++, from += 4, to += 3) {
        if (digits_at(from + 1) < 3)
            return AMOUNT_COMMA;
        memmove(to, from + 1, 3);
    }
    if (digit(*from) || *from == ',' || *from == ' ' ||
        (groups == 1 && exponent == 3 && !text[whole]))
        return AMOUNT_COMMA;
    memmove(to, from, strlen(from) + 1);
    return AMOUNT_OK;
}

enum amount_fault amount_read(const char *text, const char *currency, int exponent,
                              int64_t *minor) {
    assert(text && currency && minor);
    char typed[AMOUNT_TYPED], *number = typed;
    *minor = 0;
    enum amount_fault fault = fold(text, typed);
    if (!fault)
        fault = strip(&number, currency);
    if (!fault && *number != '-')
        fault = ungroup(number, exponent);
    return fault ? fault : amount_exact(number, exponent, minor);
}
