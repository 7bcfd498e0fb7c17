/* A small Mustache renderer over jansson values: text, variables, sections, inverted sections,
 * comments, set delimiters, partials, dotted names, implicit iterator, standalone lines.
 * A template is compiled once, is never changed after that, and may be rendered by many threads at
 * the same time. Depth, steps and output are bounded, so no data makes a rendering run away. */
#ifndef RINGOFF_MUSTACHE_H
#define RINGOFF_MUSTACHE_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

enum {
    TEMPLATE_DEPTH_MAX = 64,          /* sections inside one another, in one template */
    TEMPLATE_PARTIAL_DEPTH_MAX = 32,  /* partials inside one another */
    TEMPLATE_STEPS_MAX = 4 * 1000000, /* nodes visited in one rendering */
    TEMPLATE_LENGTH_MAX = 4 << 20,    /* bytes of source */
};

enum escape {
    ESCAPE_HTML, /* & < > " ' become entities, unless the tag is {{{name}}} or {{&name}} */
    ESCAPE_NONE, /* plain text: messages by SMS and e-mail */
};

enum template_use { TEMPLATE_VARIABLE, TEMPLATE_SECTION, TEMPLATE_INVERTED, TEMPLATE_PARTIAL };

struct template;
struct template_error {
    size_t line; /* of the source, from 1 */
    char text[160];
};

struct template_options {
    enum escape escape;
    /* Gives the partial of a name, or NULL when there is none (it renders as nothing). NULL: no
     * partials. What it gives must live as long as the rendering. */
    const struct template *(*partial)(void *context, const char *name);
    void *partial_context;
    /* Told each name that was not found in the data (a null that is there counts as found), and
     * each object or list that stands where text is wanted. NULL: nobody is told. */
    void (*missing)(void *context, enum template_use use, const char *name);
    void *missing_context;
};

/* Compiles length bytes of source, which is copied. Refuses (NULL, error filled in when given) an
 * unclosed tag or section, an empty name, bad delimiters, too deep or too long a source. The
 * caller owns the template. */
struct template *template_compile(const char *text, size_t length, struct template_error *error);
/* Frees the template; NULL is allowed. */
void template_free(struct template *compiled);
/* Renders data into out (appended). False when the ceiling of out, the depth of partials or the
 * number of steps was passed; out then holds a part that must not be sent.
 * False, null, "", an empty list and what is not there skip a section; 0 does not. Integers render
 * as in JSON, reals as the shortest text that reads back the same. */
bool template_render(const struct template *compiled, const json_t *data,
                     const struct template_options *options, struct buffer *out);
/* Calls each for every name that the template uses, in order of the source. */
void template_names(const struct template *compiled,
                    void (*each)(void *context, enum template_use use, const char *name),
                    void *context);
/* Adds text to out with & < > " ' as entities. */
void template_escape(struct buffer *out, const char *text, size_t length);
#endif
