/* The generated tables that words.c looks into; nothing else includes this.
 * script/words.py writes them at build from po/, sorted by the bytes of the msgid.
 * A language without a table (English) is its own msgid. */
#ifndef RINGOFF_WORDS_TABLE_H
#define RINGOFF_WORDS_TABLE_H
#include <stddef.h>

#include "base/words.h"

struct word {
    const char *msgid;
    const char *forms[2]; /* the second only where the language has a plural */
};

struct word_table {
    const char *tag;
    const struct word *words;
    size_t count;
    int forms; /* 1: no plural; 2: another form unless n is 1 */
};

extern const struct word_table word_tables[LANGUAGE_COUNT];
#endif
