#include "base/pages.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mustache.h"
#include "base/pages_embedded.h"

enum { NAME_MAX_LENGTH = 120, SOURCE_MAX = 1 << 20, MSGID_MAX = 4096 };

struct page {
    const char *name;
    struct template *made[LANGUAGE_COUNT];
};

struct pages {
    const struct embedded_set *templates, *assets;
    struct page *list; /* as many as templates, in their order */
};

/* What one rendering tells the partial lookup and the strict mode. */
struct visit {
    const struct pages *pages;
    enum language language;
    const char *ending; /* ".html", ".txt": of the page that is rendered */
    struct buffer *missing;
};

static int embedded_compare(const void *key, const void *element) {
    return strcmp(key, ((const struct embedded *)element)->path);
}

static const struct embedded *embedded_find(const struct embedded_set *set, const char *path) {
    if (set->count == 0)
        return NULL;
    return bsearch(path, set->files, set->count, sizeof *set->files, embedded_compare);
}

static const struct page *page_find(const struct pages *pages, const char *name) {
    const struct embedded *file = embedded_find(pages->templates, name);
    return file ? &pages->list[file - pages->templates->files] : NULL;
}

static const char *ending_of(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot ? dot : "";
}

/* Runs of white space become one space, none at the ends; false when it does not fit. */
static bool msgid_fold(const char *text, size_t length, char msgid[MSGID_MAX]) {
    size_t at = 0;
    bool space = false;
    for (size_t i = 0; i < length; i++) {
        if (strchr(" \t\r\n", text[i]) && text[i] != '\0') {
            space = at > 0;
            continue;
        }
        if (at + 3 > MSGID_MAX)
            return false;
        if (space)
            msgid[at++] = ' ';
        space = false;
        msgid[at++] = text[i];
    }
    msgid[at] = '\0';
    return true;
}

/* Puts what a pair of double brackets stands for into out; false when there is no such asset. */
static bool bracket_add(const struct pages *pages, enum language language, const char *msgid,
                        struct buffer *out) {
    static const char prefix[] = "asset:";
    if (strncmp(msgid, prefix, sizeof prefix - 1) != 0) {
        buffer_text(out, words(language, msgid));
        return true;
    }
    const struct embedded *asset = embedded_find(pages->assets, msgid + sizeof prefix - 1);
    if (asset)
        buffer_format(out, "/assets/%s?v=%s", asset->path, asset->hash);
    return asset != NULL;
}

/* The source of a template in one language. */
static bool page_translate(const struct pages *pages, const struct embedded *file,
                           enum language language, struct buffer *out,
                           char error[PAGES_ERROR_TEXT]) {
    const char *at = (const char *)file->bytes, *end = at + file->length;
    char msgid[MSGID_MAX];
    while (at < end) {
        const char *open = memmem(at, (size_t)(end - at), "[[", 2);
        if (!open)
            break;
        buffer_add(out, at, (size_t)(open - at));
        const char *from = open + 2, *close = memmem(from, (size_t)(end - from), "]]", 2);
        if (!close || !msgid_fold(from, (size_t)(close - from), msgid)) {
            snprintf(error, PAGES_ERROR_TEXT, "%s: a [[ is not closed, or too long", file->path);
            return false;
        }
        if (!bracket_add(pages, language, msgid, out)) {
            snprintf(error, PAGES_ERROR_TEXT, "%s: there is no %.100s", file->path, msgid);
            return false;
        }
        at = close + 2;
    }
    buffer_add(out, at, (size_t)(end - at));
    if (out->full)
        snprintf(error, PAGES_ERROR_TEXT, "%s: too long", file->path);
    return !out->full;
}

static bool page_make(struct pages *pages, size_t index, enum language language,
                      char error[PAGES_ERROR_TEXT]) {
    const struct embedded *file = &pages->templates->files[index];
    struct buffer source;
    buffer_open(&source, SOURCE_MAX);
    bool done = page_translate(pages, file, language, &source, error);
    if (done) {
        struct template_error fault = {0};
        const char *text = source.data ? source.data : "";
        struct template *made = template_compile(text, source.length, &fault);
        if (!made)
            snprintf(error, PAGES_ERROR_TEXT, "%s (%s) line %zu: %s", file->path,
                     language_tag(language), fault.line, fault.text);
        pages->list[index].name = file->path;
        pages->list[index].made[language] = made;
        done = made != NULL;
    }
    buffer_close(&source);
    return done;
}

/* The page that a partial's name means in a page of that ending; NULL when there is none. */
static const struct page *partial_find(const struct pages *pages, const char *name,
                                       const char *ending) {
    char path[NAME_MAX_LENGTH];
    int length = snprintf(path, sizeof path, "%s%s", name, ending);
    return length > 0 && (size_t)length < sizeof path ? page_find(pages, path) : NULL;
}

struct partial_check {
    const struct pages *pages;
    const char *page;
    char *error;
    bool failed;
};

static void partial_check(void *context, enum template_use use, const char *name) {
    struct partial_check *check = context;
    if (use != TEMPLATE_PARTIAL || partial_find(check->pages, name, ending_of(check->page)))
        return;
    snprintf(check->error, PAGES_ERROR_TEXT, "%s: there is no partial %.100s", check->page, name);
    check->failed = true;
}

struct pages *pages_open_from(const struct embedded_set *templates,
                              const struct embedded_set *assets, char error[PAGES_ERROR_TEXT]) {
    assert(templates && assets && error);
    struct pages *pages = calloc(1, sizeof *pages);
    struct page *list = calloc(templates->count + 1, sizeof *list);
    if (!pages || !list) {
        snprintf(error, PAGES_ERROR_TEXT, "no memory");
        free(pages);
        free(list);
        return NULL;
    }
    *pages = (struct pages){templates, assets, list};
    bool done = true;
    for (size_t i = 0; done && i < templates->count; i++)
        for (int language = 0; done && language < LANGUAGE_COUNT; language++)
            done = page_make(pages, i, (enum language)language, error);
    for (size_t i = 0; done && i < templates->count; i++) {
        struct partial_check check = {pages, list[i].name, error, false};
        template_names(list[i].made[LANGUAGE_EN], partial_check, &check);
        done = !check.failed;
    }
    if (done)
        return pages;
    pages_close(pages);
    return NULL;
}

struct pages *pages_open(char error[PAGES_ERROR_TEXT]) {
    return pages_open_from(&embedded_templates, &embedded_assets, error);
}

void pages_close(struct pages *pages) {
    if (!pages)
        return;
    for (size_t i = 0; i < pages->templates->count; i++)
        for (int language = 0; language < LANGUAGE_COUNT; language++)
            template_free(pages->list[i].made[language]);
    free(pages->list);
    free(pages);
}

bool pages_has(const struct pages *pages, const char *name) {
    return page_find(pages, name) != NULL;
}

static const struct template *visit_partial(void *context, const char *name) {
    const struct visit *visit = context;
    const struct page *page = partial_find(visit->pages, name, visit->ending);
    return page ? page->made[visit->language] : NULL;
}

static void visit_missing(void *context, enum template_use use, const char *name) {
    static const char *const signs[] = {[TEMPLATE_VARIABLE] = "",
                                        [TEMPLATE_SECTION] = "#",
                                        [TEMPLATE_INVERTED] = "^",
                                        [TEMPLATE_PARTIAL] = ">"};
    const struct visit *visit = context;
    buffer_format(visit->missing, "%s%s\n", signs[use], name);
}

bool pages_render_strict(const struct pages *pages, enum language language, const char *name,
                         const json_t *data, struct buffer *out, struct buffer *missing) {
    assert((unsigned)language < LANGUAGE_COUNT);
    const struct page *page = page_find(pages, name);
    if (!page)
        return false;
    struct visit visit = {pages, language, ending_of(name), missing};
    struct template_options options = {
        .escape = strcmp(visit.ending, ".txt") == 0 ? ESCAPE_NONE : ESCAPE_HTML,
        .partial = visit_partial,
        .partial_context = &visit,
        .missing = missing ? visit_missing : NULL,
        .missing_context = &visit,
    };
    return template_render(page->made[language], data, &options, out);
}

bool pages_render(const struct pages *pages, enum language language, const char *name,
                  const json_t *data, struct buffer *out) {
    return pages_render_strict(pages, language, name, data, out, NULL);
}

const struct embedded *pages_asset(const struct pages *pages, const char *path) {
    return embedded_find(pages->assets, path);
}

const char *pages_name(const struct pages *pages, size_t i) {
    return i < pages->templates->count ? pages->templates->files[i].path : NULL;
}
