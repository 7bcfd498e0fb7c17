/* Text that came from outside: is it UTF-8, may it be kept, and in which one form.
 * Full-width forms (as Chinese keyboards type them) become ASCII; the ends are trimmed of all that
 * looks like space; control characters and direction overrides are refused.
 * Lengths are bytes where it says length, code points where it says points. */
#ifndef RINGOFF_TEXT_H
#define RINGOFF_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum text_fault {
    TEXT_OK,
    TEXT_NOT_UTF8, /* overlong, surrogate, past U+10FFFF, cut off, or NUL */
    TEXT_CONTROL,  /* control character or direction override */
    TEXT_EMPTY,    /* nothing left after trimming, and minimum is not 0 */
    TEXT_TOO_SHORT,
    TEXT_TOO_LONG,
    TEXT_NO_MEMORY, /* the arena is full */
};

enum text_lines { TEXT_ONE_LINE, TEXT_MANY_LINES /* tab and line ends allowed, CRLF becomes LF */ };

/* Decodes one code point at text (length bytes are there); answers the bytes it takes, or 0 when
 * it is not strict UTF-8 (NUL is refused too). */
size_t text_decode(const char *text, size_t length, uint32_t *point);
/* Writes one code point as UTF-8; answers the bytes it took (1 to 4), or 0 for no code point. */
size_t text_encode(uint32_t point, char bytes[4]);
/* True when all length bytes are strict UTF-8 without NUL. */
bool text_valid(const char *text, size_t length);
/* Code points in length bytes of valid UTF-8. */
size_t text_points(const char *text, size_t length);
/* The half-width form of a code point: U+FF01..FF5E to ASCII, U+3000 to a space; others as is. */
uint32_t text_half(uint32_t point);
/* True for what is trimmed: white space of Unicode, zero-width characters and the BOM. */
bool text_blank(uint32_t point);
/* True for CJK ideographs and kana: one character is a syllable, names have no spaces. */
bool text_ideograph(uint32_t point);
/* True for C0, DEL, C1, line and paragraph separators, and direction overrides. */
bool text_control(uint32_t point);

/* The form in which typed text is kept: checked, half-width, trimmed, minimum to maximum points.
 * On TEXT_OK *clean is NUL-terminated and owned by the arena; else *clean is NULL. */
enum text_fault text_clean(struct arena *arena, const char *text, size_t length,
                           enum text_lines lines, size_t minimum, size_t maximum, char **clean);
/* The same without folding widths: names and free text keep ，and （） as they were typed. */
enum text_fault text_clean_wide(struct arena *arena, const char *text, size_t length,
                                enum text_lines lines, size_t minimum, size_t maximum,
                                char **clean);
/* Turns a-z into A-Z (or the reverse) in place; other bytes stay. */
void text_upper(char *text);
void text_lower(char *text);
/* True when text is one or more ASCII digits and nothing else. */
bool text_digits(const char *text);
#endif
