/* A paper: A4 pages of text, facts in two columns and a QR code, made into a PDF.
 * The same calls make the same bytes: no clock, no random numbers, nothing of the process's
 * language. Letters are Noto Serif CJK in the forms of the language; a character that no font has
 * is written as its number, [U+2A6E0], never as an empty box. Knows nothing of telephones. */
#ifndef RINGOFF_PAPER_H
#define RINGOFF_PAPER_H
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/words.h"

struct paper;

enum paper_style {
    PAPER_BRAND,    /* who wrote it, at the top */
    PAPER_TITLE,    /* what it is */
    PAPER_SUBTITLE, /* the same in a second language */
    PAPER_BODY,
    PAPER_SMALL,
    PAPER_STYLES
};

struct paper_about {
    const char *title, *author; /* of the file */
    enum language language;
    int64_t at;       /* when it is from: milliseconds UTC */
    const char *foot; /* stands at the foot of each page, before the page's number */
};

/* Draws what compose puts on it; the PDF is added to file. compose is called twice, first to count
 * the pages. False when memory is out or the file is full. From any thread. */
bool paper_draw(const struct paper_about *about,
                void (*compose)(struct paper *paper, const void *owner), const void *owner,
                struct buffer *file);

/* A paragraph over the whole width, or nothing when the text is "". */
void paper_text(struct paper *paper, enum paper_style style, const char *text);
/* The head of what follows, with its second language ("": none); so many points of what follows
 * stay on its page. */
void paper_heading(struct paper *paper, const char *text, const char *second, double follows);
/* A fact: what it is, left, and what is so, right, each with its second language ("": none). */
void paper_fact(struct paper *paper, const char *label, const char *second, const char *value,
                const char *value_second);
/* A QR code of the text, and beside it `count` paragraphs, the first of them strong. */
void paper_code(struct paper *paper, const char *code, const char *const *texts, size_t count);
/* Are the fonts there in which papers are written? */
bool paper_fonts(void);
#endif
