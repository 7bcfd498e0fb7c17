/* Is a name another one's, however it is written: names are folded to words without case and
 * accents, and the words of one are laid along those of the other. */
#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "rules/match.h"
#include "rules/payee.h"

enum { WORDS_MOST = 32, STEPS_MOST = 4000 };

/* Which characters of a name are looked at: people write "陳大文 CHAN Tai Man". */
enum script { SCRIPT_ALL, SCRIPT_HAN, SCRIPT_OTHER };

struct words {
    char text[NAME_SIZE + 1]; /* all of them, joined: no folding makes a name longer */
    size_t start[WORDS_MOST + 1];
    size_t count; /* WORDS_MOST + 1: more than that */
    size_t length;
};

/* The letter without its accent; '.' where there is none. */
static char unaccented(uint32_t point) {
    static const struct {
        uint32_t from, to;
        const char *letters;
    } ranges[] = {
        {0xc0, 0x17f,
         "AAAAAA.CEEEEIIIIDNOOOOO.OUUUUY..AAAAAA.CEEEEIIIIDNOOOOO.OUUUUY.Y"
         "AAAAAACCCCCCCCDDDDEEEEEEEEEEGGGGGGGGHHHHIIIIIIIIII..JJKKKLLLLLL."
         ".LLNNNNNN.NNOOOOOO..RRRRRRSSSSSSSSTTTTTTUUUUUUUUUUUUWWYYYZZZZZZS"},
        {0x1a0, 0x1b0, "OO.............UU"},
        {0x1cd, 0x1dc, "AAIIOOUUUUUUUUUU"},
        {0x1e00, 0x1eff,
         "AABBBBBBCCDDDDDDDDDDEEEEEEEEEEFFGGHHHHHHHHHHIIIIKKKKKKLLLLLLLLMM"
         "MMMMNNNNNNNNOOOOOOOOPPPPRRRRRRRRSSSSSSSSSSTTTTTTTTUUUUUUUUUUVVVV"
         "WWWWWWWWWWXXXXYYZZZZZZHTWY.S....AAAAAAAAAAAAAAAAAAAAAAAAEEEEEEEE"
         "EEEEEEEEIIIIOOOOOOOOOOOOOOOOOOOOOOOOUUUUUUUUUUUUUUYYYYYYYY......"},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (point >= ranges[i].from && point <= ranges[i].to)
            return ranges[i].letters[point - ranges[i].from];
    return '.';
}

/* Two letters that are printed as one; "" for others. */
static const char *ligature(uint32_t point) {
    switch (point) {
    case 0xc6: /* Æ */
    case 0xe6:
        return "AE";
    case 0x152: /* Œ */
    case 0x153:
        return "OE";
    case 0xdf: /* ß */
        return "SS";
    case 0xde: /* Þ */
    case 0xfe:
        return "TH";
    default:
        return "";
    }
}

/* What stands between words: the next character begins another one. */
static bool between(uint32_t point) {
    switch (point) {
    case '-':
    case ',':
    case '.':
    case '(':
    case ')':
    case 0xb7:   /* middle dot */
    case 0x2022: /* bullet */
    case 0x2027: /* hyphenation point */
    case 0x2212: /* minus */
    case 0x3001: /* ideographic comma */
    case 0x3002: /* and full stop */
    case 0x30fb: /* the middle dot of katakana */
    case 0xfe63: /* small hyphen */
        return true;
    default:
        return text_blank(point) || (point >= 0x2010 && point <= 0x2015);
    }
}

/* Apostrophes and combining accents: as if they were not there. */
static bool nothing(uint32_t point) {
    return point == '\'' || point == '`' || point == 0xb4 || point == 0x2018 || point == 0x2019 ||
           point == 0x2bc || point == 0x2032 || (point >= 0x300 && point <= 0x36f);
}

/* Writes the folded form of a letter; answers its bytes. */
static size_t letter_fold(uint32_t point, char bytes[4]) {
    char plain = unaccented(point);
    const char *two = ligature(point);
    if (two[0]) {
        memcpy(bytes, two, 2);
        return 2;
    }
    if (point >= 'a' && point <= 'z')
        plain = (char)(point - 'a' + 'A');
    return text_encode(plain == '.' ? point : (uint32_t)plain, bytes);
}

/* False when the name is no text, or longer than names are. */
static bool words_of(const char *name, enum script script, struct words *words) {
    size_t length = strnlen(name, NAME_SIZE), size;
    bool word = false;
    memset(words, 0, sizeof *words);
    if (length == NAME_SIZE)
        return false;
    for (size_t at = 0; at < length; at += size) {
        uint32_t point;
        char bytes[4];
        size = text_decode(name + at, length - at, &point);
        if (!size)
            return false;
        point = text_half(point);
        bool other = script != SCRIPT_ALL && text_ideograph(point) != (script == SCRIPT_HAN);
        if (between(point) || other) {
            word = false;
            continue;
        }
        if (nothing(point))
            continue;
        if (!word && words->count <= WORDS_MOST)
            words->start[words->count++] = words->length;
        word = true;
        size_t count = letter_fold(point, bytes);
        memcpy(words->text + words->length, bytes, count);
        words->length += count;
        assert(words->length < NAME_SIZE);
    }
    return words->length > 0;
}

static size_t word_length(const struct words *words, size_t i) {
    return (i + 1 < words->count ? words->start[i + 1] : words->length) - words->start[i];
}

/* Two names that are laid along each other from the left. One may be ahead by the end of a word. */
struct laying {
    const struct words *side[2];
    uint64_t used[2]; /* a bit a word */
    int steps;
};

/* Is there a way on? side is behind by the text (length bytes) that the other is ahead. Bounded by
 * the words, each of which is used once, and by the steps. */
static bool lay(struct laying *l, int side, const char *ahead, size_t length) {
    const struct words *words = l->side[side];
    if (!length && l->used[side] == (UINT64_C(1) << words->count) - 1)
        return true; /* both are as long, so the other is at its end too */
    if (l->steps++ >= STEPS_MOST)
        return false;
    for (size_t i = 0; i < words->count; i++) {
        uint64_t bit = UINT64_C(1) << i;
        const char *word = words->text + words->start[i];
        size_t size = word_length(words, i), common = size < length ? size : length;
        if ((l->used[side] & bit) || memcmp(word, ahead, common) != 0)
            continue;
        l->used[side] |= bit;
        bool good = size < length ? lay(l, side, ahead + size, length - size)
                                  : lay(l, 1 - side, word + length, size - length);
        if (good)
            return true;
        l->used[side] &= ~bit;
    }
    return false;
}

/* The words of both are the same letters when they are put in some order. */
static bool same(const struct words *one, const struct words *other) {
    assert(one->count && other->count);
    if (one->length != other->length)
        return false;
    if (memcmp(one->text, other->text, one->length) == 0)
        return true;
    if (one->count > WORDS_MOST || other->count > WORDS_MOST)
        return false;
    struct laying l = {.side = {one, other}};
    return lay(&l, 0, "", 0);
}

static bool fits(const char *name, enum script script, const char *registered) {
    struct words typed, kept;
    return words_of(name, script, &typed) && words_of(registered, SCRIPT_ALL, &kept) &&
           same(&typed, &kept);
}

static bool fits_either(const char *name, const char *latin, const char *chinese) {
    return fits(name, SCRIPT_ALL, latin) || fits(name, SCRIPT_ALL, chinese) ||
           (fits(name, SCRIPT_OTHER, latin) && fits(name, SCRIPT_HAN, chinese));
}

bool payee_name_fits(const char *name, const struct registered *registered,
                     const struct policy *policy, int64_t now) {
    assert(name && registered && policy);
    const struct subscriber *subscriber = &registered->subscriber;
    const struct second_person *second = &registered->second;
    if (fits_either(name, subscriber->name, subscriber->name_zh))
        return true;
    bool adult = match_wants(subscriber, policy, now) == MATCHED_ENDORSING_ADULT &&
                 second->role == SECOND_ENDORSING_ADULT && second->subscriber == subscriber->id;
    return adult && fits_either(name, second->name, second->name_zh);
}
