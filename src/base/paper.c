#include "base/paper.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/text.h"

/* Points, 72 an inch. */
static const double WIDTH = 595.276, HEIGHT = 841.89, SIDE = 56, TOP = 38, FOOT = 48;
static const double LABELS = 168, GAP = 14, CODE = 92, BAND = 6;

struct look {
    double size, gray, before, after;
    bool strong;
};
static const struct look looks[PAPER_STYLES] = {
    [PAPER_BRAND] = {12, 0.0, 0, 12, true},     [PAPER_TITLE] = {22, 0.0, 0, 2, true},
    [PAPER_SUBTITLE] = {12, 0.35, 0, 8, false}, [PAPER_BODY] = {10, 0.0, 0, 3, false},
    [PAPER_SMALL] = {8, 0.35, 0, 3, false},
};
static const struct look heading = {11, 0.0, 11, 3, true};
static const struct look label = {9, 0.2, 0, 0, true}, second = {7.5, 0.4, 0, 0, false};
static const struct look value = {9.5, 0.0, 0, 0, false}, strong = {10, 0.0, 0, 3, true};

struct paper {
    const struct paper_about *about;
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoContext *context;
    double y;
    int page, pages; /* pages 0: they are being counted */
};

/* --- letters --- */

/* The forms of Chinese characters differ by region. English papers are of Hong Kong too. */
static const char *family_of(enum language language) {
    return language == LANGUAGE_ZH_HANS ? "Noto Serif CJK SC" : "Noto Serif CJK HK";
}

/* What no font has, as its number; g_free. */
static char *drawable(PangoLayout *layout, const char *text) {
    GString *all = g_string_new(NULL);
    size_t length = strlen(text), taken;
    for (size_t at = 0; at < length; at += taken) {
        uint32_t point = 0;
        taken = text_decode(text + at, length - at, &point);
        taken = taken ? taken : 1;
        pango_layout_set_text(layout, text + at, (int)taken);
        if (pango_layout_get_unknown_glyphs_count(layout) > 0)
            g_string_append_printf(all, "[U+%04X]", (unsigned)point);
        else
            g_string_append_len(all, text + at, (gssize)taken);
    }
    return g_string_free(all, FALSE);
}

static PangoLayout *layout_of(struct paper *paper, const struct look *look, double width,
                              const char *text) {
    PangoLayout *layout = pango_layout_new(paper->context);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, family_of(paper->about->language));
    pango_font_description_set_size(font, (gint)(look->size * PANGO_SCALE));
    pango_font_description_set_weight(font, look->strong ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(layout, text, -1);
    if (pango_layout_get_unknown_glyphs_count(layout) > 0) {
        char *instead = drawable(layout, text);
        pango_layout_set_text(layout, instead, -1);
        g_free(instead);
    }
    return layout;
}

static double height_of(PangoLayout *layout) {
    PangoRectangle logical;
    pango_layout_get_extents(layout, NULL, &logical);
    return (double)logical.height / PANGO_SCALE;
}

static double baseline_of(PangoLayout *layout) {
    return (double)pango_layout_get_baseline(layout) / PANGO_SCALE;
}

static void show(struct paper *paper, PangoLayout *layout, const struct look *look, double x,
                 double y) {
    if (paper->pages) {
        cairo_set_source_rgb(paper->cairo, look->gray, look->gray, look->gray);
        cairo_move_to(paper->cairo, x, y);
        pango_cairo_show_layout(paper->cairo, layout);
    }
    g_object_unref(layout);
}

/* --- pages --- */

static void rule(struct paper *paper, double y, double height, double red, double green,
                 double blue, double from, double to) {
    if (!paper->pages)
        return;
    cairo_set_source_rgb(paper->cairo, red, green, blue);
    cairo_rectangle(paper->cairo, from, y, to - from, height);
    cairo_fill(paper->cairo);
}

static void page_begin(struct paper *paper) {
    paper->page++;
    rule(paper, 0, BAND, 0.04, 0.41, 0.44, 0, WIDTH);
    paper->y = TOP;
}

static void page_end(struct paper *paper) {
    char text[400];
    snprintf(text, sizeof text, "%.360s \302\267 %d / %d", paper->about->foot, paper->page,
             paper->pages);
    rule(paper, HEIGHT - FOOT + 10, 0.5, 0.75, 0.75, 0.75, SIDE, WIDTH - SIDE);
    PangoLayout *layout = layout_of(paper, &second, WIDTH - 2 * SIDE, text);
    show(paper, layout, &second, SIDE, HEIGHT - FOOT + 16);
    cairo_show_page(paper->cairo);
}

/* Goes to a new page when so much does not fit on this one. */
static void need(struct paper *paper, double height) {
    if (paper->y + height <= HEIGHT - FOOT)
        return;
    page_end(paper);
    page_begin(paper);
}

static void block(struct paper *paper, const struct look *look, const char *text) {
    PangoLayout *layout = layout_of(paper, look, WIDTH - 2 * SIDE, text);
    double height = height_of(layout);
    need(paper, look->before + height);
    paper->y += look->before;
    show(paper, layout, look, SIDE, paper->y);
    paper->y += height + look->after;
}

void paper_text(struct paper *paper, enum paper_style style, const char *text) {
    if (*text)
        block(paper, &looks[style], text);
}

/* A text, and what says the same in a second language: beside it where both fit on one line, else
 * below. */
struct pair {
    PangoLayout *first, *second;
    double height, right, below; /* where the second stands, from the first's left upper corner */
};

static double width_of(PangoLayout *layout) {
    PangoRectangle logical;
    pango_layout_get_extents(layout, NULL, &logical);
    return (double)logical.width / PANGO_SCALE;
}

static struct pair pair_of(struct paper *paper, const struct look *look, const char *text,
                           const char *other, double width) {
    enum { APART = 8 };
    struct pair pair = {.first = layout_of(paper, look, width, text)};
    pair.height = height_of(pair.first);
    if (!*other)
        return pair;
    pair.second = layout_of(paper, &second, width, other);
    double along = width_of(pair.first) + APART;
    bool fits = pango_layout_get_line_count(pair.first) == 1 &&
                pango_layout_get_line_count(pair.second) == 1 &&
                along + width_of(pair.second) <= width;
    pair.right = fits ? along : 0;
    pair.below = fits ? baseline_of(pair.first) - baseline_of(pair.second) : pair.height;
    pair.height += fits ? 0 : height_of(pair.second);
    return pair;
}

static void pair_show(struct paper *paper, const struct pair *pair, const struct look *look,
                      double x, double y) {
    show(paper, pair->first, look, x, y);
    if (pair->second)
        show(paper, pair->second, &second, x + pair->right, y + pair->below);
}

void paper_fact(struct paper *paper, const char *name, const char *name_second, const char *text,
                const char *text_second) {
    enum { AIR = 3 };
    double right = SIDE + LABELS + GAP;
    struct pair left = pair_of(paper, &label, name, name_second, LABELS);
    struct pair beside = pair_of(paper, &value, text, text_second, WIDTH - SIDE - right);
    double height = left.height > beside.height ? left.height : beside.height;
    need(paper, height + 2 * AIR);
    pair_show(paper, &left, &label, SIDE, paper->y + AIR);
    pair_show(paper, &beside, &value, right, paper->y + AIR);
    paper->y += height + 2 * AIR;
    rule(paper, paper->y, 0.5, 0.85, 0.85, 0.85, SIDE, WIDTH - SIDE);
    paper->y += 0.5;
}

void paper_heading(struct paper *paper, const char *text, const char *other, double follows) {
    struct pair pair = pair_of(paper, &heading, text, other, WIDTH - 2 * SIDE);
    need(paper, heading.before + pair.height + heading.after + follows);
    paper->y += heading.before;
    pair_show(paper, &pair, &heading, SIDE, paper->y);
    paper->y += pair.height + heading.after;
    rule(paper, paper->y, 1, 0.04, 0.41, 0.44, SIDE, WIDTH - SIDE);
    paper->y += 1;
}

static void squares(struct paper *paper, const QRcode *code, double x, double y) {
    double one = CODE / code->width;
    cairo_set_source_rgb(paper->cairo, 0, 0, 0);
    for (int row = 0; row < code->width; row++)
        for (int from = 0, to; from < code->width; from = to) {
            bool dark = code->data[row * code->width + from] & 1;
            for (to = from + 1;
                 to < code->width && (code->data[row * code->width + to] & 1) == dark;)
                to++;
            if (dark)
                cairo_rectangle(paper->cairo, x + from * one, y + row * one, (to - from) * one,
                                one);
        }
    cairo_fill(paper->cairo);
}

void paper_code(struct paper *paper, const char *text, const char *const *texts, size_t count) {
    enum { TEXTS = 8, QUIET = 8 };
    PangoLayout *layouts[TEXTS];
    double right = SIDE + CODE + 2 * QUIET + GAP, height = 0, y;
    count = count < TEXTS ? count : TEXTS;
    for (size_t i = 0; i < count; i++) {
        const struct look *look = i ? &looks[PAPER_SMALL] : &strong;
        layouts[i] = layout_of(paper, look, WIDTH - SIDE - right, texts[i]);
        height += height_of(layouts[i]) + look->after;
    }
    height = height > CODE + 2 * QUIET ? height : CODE + 2 * QUIET;
    need(paper, height);
    QRcode *code = paper->pages ? QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) : NULL;
    if (code)
        squares(paper, code, SIDE + QUIET, paper->y + QUIET);
    QRcode_free(code);
    y = paper->y + QUIET / 2.0;
    for (size_t i = 0; i < count; i++) {
        const struct look *look = i ? &looks[PAPER_SMALL] : &strong;
        double own = height_of(layouts[i]);
        show(paper, layouts[i], look, right, y);
        y += own + look->after;
    }
    paper->y += height;
}

/* --- the file --- */

static cairo_status_t keep(void *owner, const unsigned char *bytes, unsigned length) {
    struct buffer *file = owner;
    if (file)
        buffer_add(file, bytes, length);
    return file && file->full ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

/* Nothing of the machine's settings for screens: outlines as they are. */
static PangoContext *context_of(cairo_t *cairo, enum language language) {
    PangoContext *context = pango_cairo_create_context(cairo);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_cairo_context_set_resolution(context, 72);
    pango_context_set_language(context, pango_language_from_string(language_tag(language)));
    pango_context_set_base_dir(context, PANGO_DIRECTION_LTR);
    return context;
}

static void about_set(cairo_surface_t *surface, const struct paper_about *about) {
    char at[32];
    civil_time_text(about->at, at);
    cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_5);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, about->title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, about->author);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Ringoff");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, at);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, at);
}

/* How many pages there are; 0 when it failed. pages 0: only counts, nothing is written. */
static int draw(const struct paper_about *about, int pages,
                void (*compose)(struct paper *, const void *), const void *owner,
                struct buffer *file) {
    struct paper paper = {.about = about, .pages = pages};
    paper.surface = cairo_pdf_surface_create_for_stream(keep, file, WIDTH, HEIGHT);
    about_set(paper.surface, about);
    paper.cairo = cairo_create(paper.surface);
    paper.context = context_of(paper.cairo, about->language);
    page_begin(&paper);
    compose(&paper, owner);
    page_end(&paper);
    g_object_unref(paper.context);
    bool good = cairo_status(paper.cairo) == CAIRO_STATUS_SUCCESS;
    cairo_destroy(paper.cairo);
    cairo_surface_finish(paper.surface);
    good = good && cairo_surface_status(paper.surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(paper.surface);
    return good ? paper.page : 0;
}

bool paper_draw(const struct paper_about *about,
                void (*compose)(struct paper *paper, const void *owner), const void *owner,
                struct buffer *file) {
    int pages = draw(about, 0, compose, owner, NULL);
    return pages && draw(about, pages, compose, owner, file) == pages && !file->full;
}

bool paper_fonts(void) {
    bool all = true;
    PangoFontMap *map = pango_cairo_font_map_get_default();
    PangoContext *context = pango_font_map_create_context(map);
    for (enum language language = 0; language < LANGUAGE_COUNT; language++) {
        PangoFontDescription *wanted = pango_font_description_from_string(family_of(language));
        PangoFont *font = pango_font_map_load_font(map, context, wanted);
        PangoFontDescription *found = font ? pango_font_describe(font) : NULL;
        all = all && found &&
              strcmp(pango_font_description_get_family(found), family_of(language)) == 0;
        pango_font_description_free(found);
        pango_font_description_free(wanted);
        if (font)
            g_object_unref(font);
    }
    g_object_unref(context);
    return all;
}
