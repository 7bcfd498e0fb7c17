#include "base/words.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/words_table.h"

enum { RANGES_MAX = 32, TAG_MAX = 35 };

static int word_compare(const void *key, const void *element) {
    return strcmp(key, ((const struct word *)element)->msgid);
}

static const struct word *word_find(const struct word_table *table, const char *msgid) {
    if (table->count == 0)
        return NULL;
    return bsearch(msgid, table->words, table->count, sizeof *table->words, word_compare);
}

const char *words(enum language language, const char *msgid) {
    assert((unsigned)language < LANGUAGE_COUNT && msgid);
    const struct word *word = word_find(&word_tables[language], msgid);
    return word ? word->forms[0] : msgid;
}

const char *words_plural(enum language language, const char *one, const char *many, int64_t n) {
    assert((unsigned)language < LANGUAGE_COUNT && one && many);
    const struct word_table *table = &word_tables[language];
    const struct word *word = word_find(table, one);
    bool plural = n != 1 && n != -1;
    if (!word)
        return plural ? many : one;
    return table->forms == 2 && plural && word->forms[1] ? word->forms[1] : word->forms[0];
}

const char *language_tag(enum language language) {
    assert((unsigned)language < LANGUAGE_COUNT);
    return word_tables[language].tag;
}

/* The part of a tag that begins at *at (up to "-"), moved past; 0 at the end. */
static size_t part_next(const char *tag, size_t *at, const char **part) {
    *part = tag + *at;
    size_t length = strcspn(*part, "-");
    *at += length + (tag[*at + length] == '-');
    return length;
}

static bool part_is(const char *part, size_t length, const char *word) {
    return strlen(word) == length && strncasecmp(part, word, length) == 0;
}

/* True when tag is letters and digits in parts of 1 to 8, the first of letters only. */
static bool tag_valid(const char *tag) {
    size_t part = 0, length = strlen(tag);
    bool first = true;
    if (length > TAG_MAX)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (tag[i] == '-') {
            if (part == 0 || tag[i + 1] == '\0')
                return false;
            part = 0;
            first = false;
        } else if (++part > 8 ||
                   !(first ? isalpha((unsigned char)tag[i]) : isalnum((unsigned char)tag[i]))) {
            return false;
        }
    }
    return part > 0;
}

/* The script of a Chinese tag: written out, or as its region or its language has it. */
static enum language script_of(const char *tag) {
    const char *part;
    size_t at = 0, length = part_next(tag, &at, &part);
    enum language guess = part_is(part, length, "yue") ? LANGUAGE_ZH_HANT : LANGUAGE_ZH_HANS;
    while ((length = part_next(tag, &at, &part)) > 0) {
        if (part_is(part, length, "Hant"))
            return LANGUAGE_ZH_HANT;
        if (part_is(part, length, "Hans"))
            return LANGUAGE_ZH_HANS;
        if (part_is(part, length, "TW") || part_is(part, length, "HK") ||
            part_is(part, length, "MO"))
            guess = LANGUAGE_ZH_HANT;
        if (part_is(part, length, "CN") || part_is(part, length, "SG") ||
            part_is(part, length, "MY"))
            guess = LANGUAGE_ZH_HANS;
    }
    return guess;
}

bool language_parse(const char *tag, enum language *language) {
    if (!tag || !tag_valid(tag))
        return false;
    const char *part, *own;
    size_t at = 0, length = part_next(tag, &at, &part);
    if (part_is(part, length, "zh") || part_is(part, length, "yue") ||
        part_is(part, length, "cmn")) {
        *language = script_of(tag);
        return true;
    }
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        size_t own_at = 0, own_length = part_next(word_tables[i].tag, &own_at, &own);
        if (own_length == length && strncasecmp(own, part, length) == 0) {
            *language = (enum language)i;
            return true;
        }
    }
    return false;
}

/* Reads ";q=0.8" (RFC 9110 12.4.2) in thousandths; none is 1000, what is no weight is -1. */
static int weight_read(const char *text, size_t length) {
    size_t at = 0;
    while (at < length && (text[at] == ' ' || text[at] == '\t' || text[at] == ';'))
        at++;
    if (at == length)
        return 1000;
    if (length - at < 3 || (text[at] | 0x20) != 'q' || text[at + 1] != '=')
        return -1;
    at += 2;
    if (text[at] != '0' && text[at] != '1')
        return -1;
    int weight = text[at++] == '1' ? 1000 : 0, unit = 100;
    if (at < length && text[at] == '.')
        for (at++; at < length && isdigit((unsigned char)text[at]) && unit > 0; at++, unit /= 10)
            weight += (text[at] - '0') * unit;
    while (at < length && (text[at] == ' ' || text[at] == '\t'))
        at++;
    return at == length && weight <= 1000 ? weight : -1;
}

/* The offered language that a tag asks for: itself or, for Chinese, the other script. */
static bool offered_for(const char *tag, unsigned offered, enum language *language) {
    enum language found;
    if (!language_parse(tag, &found))
        return false;
    if (!(offered & LANGUAGE_BIT(found)) && found == LANGUAGE_ZH_HANT)
        found = LANGUAGE_ZH_HANS;
    else if (!(offered & LANGUAGE_BIT(found)) && found == LANGUAGE_ZH_HANS)
        found = LANGUAGE_ZH_HANT;
    *language = found;
    return (offered & LANGUAGE_BIT(found)) != 0;
}

static enum language language_first(unsigned offered) {
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        if (offered & LANGUAGE_BIT(i))
            return (enum language)i;
    return LANGUAGE_EN;
}

enum language language_accept(const char *header, unsigned offered) {
    enum language best = language_first(offered);
    int best_weight = 0;
    for (int n = 0; header && *header && n < RANGES_MAX; n++) {
        header += strspn(header, " \t,");
        size_t length = strcspn(header, ","), tag_length = strcspn(header, ";, \t");
        int weight = weight_read(header + tag_length, length - tag_length);
        char tag[TAG_MAX + 1];
        enum language language;
        if (tag_length > 0 && tag_length < sizeof tag && weight > best_weight) {
            memcpy(tag, header, tag_length);
            tag[tag_length] = '\0';
            bool any = strcmp(tag, "*") == 0;
            if (any)
                language = language_first(offered);
            if (any || offered_for(tag, offered, &language)) {
                best = language;
                best_weight = weight;
            }
        }
        header += length;
    }
    return best;
}
