#include "base/mustache.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mustache_node.h"

/* One level of the context stack; levels live on the C stack of the rendering. */
struct level {
    const json_t *value;
    const struct level *below;
};

/* The indentation of the partials around, the outermost at the end of the list. */
struct indent {
    const char *text;
    size_t length;
    const struct indent *outer;
};

struct rendering {
    const struct template_options *options;
    struct buffer *out;
    size_t steps, partials;
};

/* Where in which template the rendering stands. */
struct place {
    const struct template *source;
    const struct level *level;
    const struct indent *indent;
};

static bool range_render(struct rendering *run, const struct place *place, size_t from, size_t to);

void template_escape(struct buffer *out, const char *text, size_t length) {
    size_t done = 0;
    for (size_t i = 0; i < length; i++) {
        const char *entity = NULL;
        switch (text[i]) {
        case '&':
            entity = "&amp;";
            break;
        case '<':
            entity = "&lt;";
            break;
        case '>':
            entity = "&gt;";
            break;
        case '"':
            entity = "&quot;";
            break;
        case '\'':
            entity = "&#39;";
            break;
        default:
            continue;
        }
        buffer_add(out, text + done, i - done);
        buffer_text(out, entity);
        done = i + 1;
    }
    buffer_add(out, text + done, length - done);
}

static void missing_tell(struct rendering *run, enum template_use use, const char *name) {
    if (run->options->missing)
        run->options->missing(run->options->missing_context, use, name);
}

/* The value of a name, NULL when it is not there. The first part is looked for from the innermost
 * level outwards; the others only inside what was found. */
static const json_t *name_find(const struct place *place, const struct node *node) {
    const struct level *level = place->level;
    if (node->parts == 0)
        return level->value;
    const json_t *value = NULL;
    const char *part = node->path;
    while (level && !(value = json_object_get(level->value, part)))
        level = level->below;
    for (size_t i = 1; i < node->parts && value; i++) {
        part += strlen(part) + 1;
        value = json_object_get(value, part);
    }
    return value;
}

static bool value_holds(const json_t *value) {
    if (!value || json_is_null(value) || json_is_false(value))
        return false;
    if (json_is_array(value))
        return json_array_size(value) > 0;
    return !json_is_string(value) || json_string_length(value) > 0;
}

/* The shortest of 15 to 17 digits that reads back as the same number. */
static void real_add(struct buffer *out, double value) {
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        double again = strtod(text, NULL);
        if (memcmp(&again, &value, sizeof value) == 0)
            break;
    }
    buffer_text(out, text);
}

static void variable_render(struct rendering *run, const struct place *place,
                            const struct node *node) {
    const json_t *value = name_find(place, node);
    switch (value ? json_typeof(value) : JSON_OBJECT) {
    case JSON_STRING:
        if (node->raw || run->options->escape == ESCAPE_NONE)
            buffer_add(run->out, json_string_value(value), json_string_length(value));
        else
            template_escape(run->out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        buffer_format(run->out, "%" PRId64, (int64_t)json_integer_value(value));
        break;
    case JSON_REAL:
        real_add(run->out, json_real_value(value));
        break;
    case JSON_TRUE:
        buffer_text(run->out, "true");
        break;
    case JSON_FALSE:
        buffer_text(run->out, "false");
        break;
    case JSON_NULL:
        break;
    case JSON_OBJECT:
    case JSON_ARRAY:
        missing_tell(run, TEMPLATE_VARIABLE, node->name);
        break;
    }
}

static void indent_add(struct buffer *out, const struct indent *indent) {
    if (!indent)
        return;
    indent_add(out, indent->outer); /* as deep as partials are at most */
    buffer_add(out, indent->text, indent->length);
}

/* Text of the source: its lines are indented, but not the empty ones. */
static void text_render(struct rendering *run, const struct place *place, const struct node *node) {
    if (!place->indent) {
        buffer_add(run->out, node->text, node->length);
        return;
    }
    size_t from = 0;
    bool start = node->line_start;
    if (node->length == 0 && start)
        indent_add(run->out, place->indent);
    while (from < node->length) {
        const char *text = node->text + from;
        const char *end = memchr(text, '\n', node->length - from);
        size_t length = end ? (size_t)(end - text) + 1 : node->length - from;
        bool empty = text[0] == '\n' || (length == 2 && text[0] == '\r' && text[1] == '\n');
        if (start && !empty)
            indent_add(run->out, place->indent);
        buffer_add(run->out, text, length);
        start = true;
        from += length;
    }
}

static bool partial_render(struct rendering *run, const struct place *place,
                           const struct node *node) {
    const struct template_options *options = run->options;
    const struct template *partial =
        options->partial ? options->partial(options->partial_context, node->name) : NULL;
    if (!partial) {
        missing_tell(run, TEMPLATE_PARTIAL, node->name);
        return true;
    }
    if (run->partials == TEMPLATE_PARTIAL_DEPTH_MAX)
        return false;
    struct indent indent = {node->text, node->length, place->indent};
    struct place inside = {partial, place->level, NULL};
    if (node->text) /* alone on its line */
        inside.indent = node->length ? &indent : place->indent;
    run->partials++;
    bool done = range_render(run, &inside, 0, partial->count);
    run->partials--;
    return done;
}

static bool section_render(struct rendering *run, const struct place *place, size_t at) {
    const struct node *node = &place->source->nodes[at];
    const json_t *value = name_find(place, node);
    bool inverted = node->kind == NODE_INVERTED;
    if (!value)
        missing_tell(run, inverted ? TEMPLATE_INVERTED : TEMPLATE_SECTION, node->name);
    if (value_holds(value) == inverted)
        return true;
    if (inverted)
        return range_render(run, place, at + 1, node->end);
    struct level level = {value, place->level};
    struct place inside = {place->source, &level, place->indent};
    if (!json_is_array(value))
        return range_render(run, &inside, at + 1, node->end);
    for (size_t i = 0; i < json_array_size(value); i++) {
        level.value = json_array_get(value, i);
        if (++run->steps > TEMPLATE_STEPS_MAX || !range_render(run, &inside, at + 1, node->end))
            return false;
    }
    return true;
}

static bool range_render(struct rendering *run, const struct place *place, size_t from, size_t to) {
    for (size_t i = from; i < to;) {
        const struct node *node = &place->source->nodes[i];
        if (++run->steps > TEMPLATE_STEPS_MAX || run->out->full)
            return false;
        if (node->line_start && node->kind != NODE_TEXT)
            indent_add(run->out, place->indent);
        bool done = true;
        switch (node->kind) {
        case NODE_TEXT:
            text_render(run, place, node);
            break;
        case NODE_VARIABLE:
            variable_render(run, place, node);
            break;
        case NODE_PARTIAL:
            done = partial_render(run, place, node);
            break;
        case NODE_SECTION:
        case NODE_INVERTED:
            done = section_render(run, place, i);
            break;
        }
        if (!done)
            return false;
        i = node->kind == NODE_SECTION || node->kind == NODE_INVERTED ? node->end : i + 1;
    }
    return !run->out->full;
}

bool template_render(const struct template *compiled, const json_t *data,
                     const struct template_options *options, struct buffer *out) {
    static const struct template_options plain = {.escape = ESCAPE_HTML};
    assert(compiled && out);
    struct rendering run = {.options = options ? options : &plain, .out = out};
    struct level level = {.value = data};
    struct place place = {.source = compiled, .level = &level};
    return range_render(&run, &place, 0, compiled->count);
}
