/* All templates and assets, built into the program. At start each template is made once per
 * language: every [[msgid]] becomes its translation, [[asset:look.css]] the asset's address, and
 * the result is compiled. After that pages never change and may be used by many threads. */
#ifndef RINGOFF_PAGES_H
#define RINGOFF_PAGES_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/words.h"

/* One file as script/embed.py made it at build. Static. */
struct embedded {
    const char *path; /* below templates/ or assets/, e.g. "portal/start.html", "look.css" */
    const char *type; /* content type, e.g. "text/css; charset=utf-8" */
    const char *hash; /* SHA-256 of the bytes, the first 16 hex digits */
    const unsigned char *bytes;
    size_t length;
};

struct embedded_set {
    const struct embedded *files; /* sorted by path (strcmp) */
    size_t count;
};

struct pages;
enum { PAGES_ERROR_TEXT = 256 };

/* Compiles the templates that were built in. NULL with a sentence in error when one does not
 * compile or names a partial or asset that does not exist. The caller owns the pages. */
struct pages *pages_open(char error[PAGES_ERROR_TEXT]);
/* The same over other files (tests); both sets must outlive the pages. */
struct pages *pages_open_from(const struct embedded_set *templates,
                              const struct embedded_set *assets, char error[PAGES_ERROR_TEXT]);
/* Frees the pages; NULL is allowed. */
void pages_close(struct pages *pages);

/* True when there is a template of that name. */
bool pages_has(const struct pages *pages, const char *name);
/* Renders the template of that name, e.g. "portal/start.html" or "messages/receipt.txt", into out
 * (appended). HTML is escaped unless the name ends in .txt. A partial {{> partial/head}} is the
 * file partial/head with the ending of the template. What is not in the data renders as nothing.
 * False when there is no such template or a bound was passed (see mustache.h). */
bool pages_render(const struct pages *pages, enum language language, const char *name,
                  const json_t *data, struct buffer *out);
/* The same for tests: adds to missing a line for each name that was not found in the data, as
 * "name", "#section" or "^section"; an empty missing means that nothing was mistyped. */
bool pages_render_strict(const struct pages *pages, enum language language, const char *name,
                         const json_t *data, struct buffer *out, struct buffer *missing);

/* The asset of that path below assets/, e.g. "look.css"; NULL when there is none. Static. Served at
 * /assets/<path>; templates link to /assets/<path>?v=<hash>, which may be cached for ever. */
const struct embedded *pages_asset(const struct pages *pages, const char *path);
/* The i-th template's name, for tests that visit each; NULL past the last. */
const char *pages_name(const struct pages *pages, size_t i);
#endif
