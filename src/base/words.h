/* The languages, and the words of each. The English text is its own key (msgid); the translations
 * are in po/, checked and made into sorted tables at build by script/words.py.
 * The language is a parameter of every call: it belongs to the request, not to the process. */
#ifndef RINGOFF_WORDS_H
#define RINGOFF_WORDS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A new language is a line here (before LANGUAGE_COUNT) and a folder in po/ whose upper-case name
 * starts with the constant's: LANGUAGE_ZH_HANT, po/zh_Hant_HK. */
enum language { LANGUAGE_EN, LANGUAGE_ZH_HANT, LANGUAGE_ZH_HANS, LANGUAGE_COUNT };

#define LANGUAGE_BIT(language) (1u << (language))
#define LANGUAGE_ALL ((1u << LANGUAGE_COUNT) - 1)

/* Marks a literal for extraction where it stands in a table; words() is called on it later. */
#define N_(msgid) msgid

/* The translation of msgid; msgid itself in English and when there is none. Never NULL, static. */
const char *words(enum language language, const char *msgid) __attribute__((format_arg(2)));
/* The form for n of a pair such as "%s day", "%s days"; the caller prints n itself. Static. */
const char *words_plural(enum language language, const char *one, const char *many, int64_t n)
    __attribute__((format_arg(2), format_arg(3)));

/* The BCP 47 tag: "en", "zh-Hant-HK", "zh-Hans-CN". Static. */
const char *language_tag(enum language language);
/* Finds the language of a tag, whatever its case: en-GB is en; zh-TW, zh-HK, zh-MO, zh-Hant and
 * yue are zh-Hant; zh, zh-CN, zh-SG, zh-Hans and cmn are zh-Hans. False (and language left alone)
 * for any other and for what is no tag. */
bool language_parse(const char *tag, enum language *language);
/* The best of the offered languages (a mask of LANGUAGE_BIT) for an Accept-Language header, by its
 * q-values, the first of equals. The other Chinese script is taken before another language. With
 * no header (NULL) or no match: the first offered; nothing offered: English. Looks at no more than
 * 32 ranges. */
enum language language_accept(const char *header, unsigned offered);
#endif
