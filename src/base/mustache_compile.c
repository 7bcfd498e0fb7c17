#include "base/mustache.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mustache_node.h"

enum { DELIMITER_MAX = 16 };

struct delimiter {
    char text[DELIMITER_MAX + 2]; /* room for the "}" or "=" that may stand before it */
    size_t length;
};

struct compiler {
    struct template *made;
    const char *source;
    size_t length, at; /* at: what was not yet made into nodes */
    struct delimiter open, close;
    bool line_start;
    size_t stack[TEMPLATE_DEPTH_MAX]; /* the open sections' nodes */
    size_t depth;
    struct template_error *error;
};

struct tag {
    char kind;         /* # ^ / > ! = & { or 0 for a plain variable */
    size_t start, end; /* in the source, with its delimiters */
    const char *content;
    size_t length;
};

static bool blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

__attribute__((format(printf, 3, 4))) static bool refuse(struct compiler *compiler, size_t at,
                                                         const char *format, ...) {
    if (!compiler->error)
        return false;
    size_t line = 1;
    for (size_t i = 0; i < at; i++)
        line += compiler->source[i] == '\n';
    compiler->error->line = line;
    va_list args;
    va_start(args, format);
    vsnprintf(compiler->error->text, sizeof compiler->error->text, format, args);
    va_end(args);
    return false;
}

/* Answers a new node at the end, or NULL when memory is out. Moves the nodes before it. */
static struct node *node_add(struct compiler *compiler, enum node_kind kind, bool line_start) {
    struct template *made = compiler->made;
    if (made->count == made->size) {
        size_t size = made->size ? made->size * 2 : 32;
        struct node *nodes = reallocarray(made->nodes, size, sizeof *nodes);
        if (!nodes) {
            refuse(compiler, 0, "no memory");
            return NULL;
        }
        made->nodes = nodes;
        made->size = size;
    }
    struct node *node = &made->nodes[made->count++];
    *node = (struct node){.kind = kind, .line_start = line_start};
    return node;
}

static bool text_add(struct compiler *compiler, size_t from, size_t to) {
    if (from == to)
        return true;
    struct node *node = node_add(compiler, NODE_TEXT, compiler->line_start);
    if (!node)
        return false;
    node->text = compiler->source + from;
    node->length = to - from;
    compiler->line_start = compiler->source[to - 1] == '\n';
    return true;
}

/* Gives the node its name, and the name's parts. */
static bool name_set(struct compiler *compiler, struct node *node, const struct tag *tag) {
    if (tag->length == 0)
        return refuse(compiler, tag->start, "a tag without a name");
    struct arena *arena = &compiler->made->arena;
    char *name = arena_text(arena, tag->content, tag->length);
    char *path = arena_text(arena, tag->content, tag->length);
    if (!name || !path)
        return refuse(compiler, tag->start, "no memory");
    for (size_t i = 0; i < tag->length; i++)
        if (blank(name[i]) || name[i] == '\0')
            return refuse(compiler, tag->start, "white space in the name \"%.80s\"", name);
    node->name = name;
    node->path = path;
    if (strcmp(name, ".") == 0 || node->kind == NODE_PARTIAL)
        return true;
    node->parts = 1;
    for (size_t i = 0; i < tag->length; i++)
        if (path[i] == '.') {
            path[i] = '\0';
            node->parts++;
            if (i == 0 || i + 1 == tag->length || path[i + 1] == '.')
                return refuse(compiler, tag->start, "an empty part in the name \"%.80s\"", name);
        }
    return true;
}

static bool section_open(struct compiler *compiler, const struct tag *tag, bool line_start) {
    if (compiler->depth == TEMPLATE_DEPTH_MAX)
        return refuse(compiler, tag->start, "more than %d sections inside one another",
                      TEMPLATE_DEPTH_MAX);
    compiler->stack[compiler->depth++] = compiler->made->count;
    struct node *node =
        node_add(compiler, tag->kind == '#' ? NODE_SECTION : NODE_INVERTED, line_start);
    return node && name_set(compiler, node, tag);
}

/* The length of a tag's name as printf wants it, cut for a message. */
static int name_length(const struct tag *tag) {
    return tag->length < 60 ? (int)tag->length : 60;
}

static bool section_close(struct compiler *compiler, const struct tag *tag) {
    if (compiler->depth == 0)
        return refuse(compiler, tag->start, "{{/%.*s}} closes nothing", name_length(tag),
                      tag->content);
    struct node *open = &compiler->made->nodes[compiler->stack[--compiler->depth]];
    if (strlen(open->name) != tag->length || memcmp(open->name, tag->content, tag->length) != 0)
        return refuse(compiler, tag->start, "{{/%.*s}} closes {{#%.60s}}", name_length(tag),
                      tag->content, open->name);
    open->end = compiler->made->count;
    return true;
}

static bool delimiter_take(struct delimiter *delimiter, const char *text, size_t length) {
    if (length == 0 || length > DELIMITER_MAX || memchr(text, '=', length))
        return false;
    memcpy(delimiter->text, text, length);
    delimiter->length = length;
    return true;
}

static bool delimiters_set(struct compiler *compiler, const struct tag *tag) {
    size_t first = 0, second = tag->length;
    while (first < tag->length && !blank(tag->content[first]))
        first++;
    while (second > first && !blank(tag->content[second - 1]))
        second--;
    bool apart = second > first;
    for (size_t i = first; i < second; i++)
        apart = apart && blank(tag->content[i]);
    if (!apart || !delimiter_take(&compiler->open, tag->content, first) ||
        !delimiter_take(&compiler->close, tag->content + second, tag->length - second))
        return refuse(compiler, tag->start, "delimiters must be two words of 1 to %d bytes",
                      DELIMITER_MAX);
    return true;
}

/* Finds the tag that begins at start: where it ends, what kind it is, its trimmed content. */
static bool tag_read(struct compiler *compiler, size_t start, struct tag *tag) {
    size_t from = start + compiler->open.length;
    struct delimiter close = compiler->close;
    *tag = (struct tag){.start = start};
    if (from < compiler->length && strchr("#^/>!=&{", compiler->source[from]) &&
        compiler->source[from] != '\0')
        tag->kind = compiler->source[from++];
    if (tag->kind == '{' || tag->kind == '=') {
        memmove(close.text + 1, close.text, close.length);
        close.text[0] = tag->kind == '{' ? '}' : '=';
        close.length++;
    }
    const char *found =
        memmem(compiler->source + from, compiler->length - from, close.text, close.length);
    if (!found)
        return refuse(compiler, start, "a tag is not closed");
    size_t to = (size_t)(found - compiler->source);
    tag->end = to + close.length;
    while (from < to && blank(compiler->source[from]))
        from++;
    while (to > from && blank(compiler->source[to - 1]))
        to--;
    tag->content = compiler->source + from;
    tag->length = to - from;
    return true;
}

/* True when the tag stands alone on its line; *begin is where the line begins, *next where the
 * next one does. */
static bool tag_alone(const struct compiler *compiler, const struct tag *tag, size_t *begin,
                      size_t *next) {
    if (!tag->kind || !strchr("#^/>!=", tag->kind))
        return false;
    const char *source = compiler->source;
    size_t back = tag->start, ahead = tag->end;
    while (back > compiler->at && (source[back - 1] == ' ' || source[back - 1] == '\t'))
        back--;
    if (back > 0 && source[back - 1] != '\n')
        return false;
    while (ahead < compiler->length && (source[ahead] == ' ' || source[ahead] == '\t'))
        ahead++;
    if (ahead + 1 < compiler->length && source[ahead] == '\r' && source[ahead + 1] == '\n')
        ahead++;
    if (ahead < compiler->length && source[ahead] != '\n')
        return false;
    *begin = back;
    *next = ahead < compiler->length ? ahead + 1 : ahead;
    return true;
}

static bool partial_add(struct compiler *compiler, const struct tag *tag, bool alone, size_t begin,
                        bool line_start) {
    struct node *node = node_add(compiler, NODE_PARTIAL, line_start);
    if (!node || !name_set(compiler, node, tag))
        return false;
    if (alone) {
        node->text = compiler->source + begin;
        node->length = tag->start - begin;
    }
    return true;
}

/* Makes the tag into a node. A line that holds more than the tag begins with it when line_start. */
static bool tag_add(struct compiler *compiler, const struct tag *tag, bool alone, size_t begin,
                    bool line_start) {
    if (line_start && tag->kind && strchr("!=/", tag->kind) && !node_add(compiler, NODE_TEXT, true))
        return false;
    struct node *node;
    switch (tag->kind) {
    case '!':
        return true;
    case '=':
        return delimiters_set(compiler, tag);
    case '/':
        return section_close(compiler, tag);
    case '#':
    case '^':
        return section_open(compiler, tag, line_start);
    case '>':
        return partial_add(compiler, tag, alone, begin, line_start);
    default:
        node = node_add(compiler, NODE_VARIABLE, line_start);
        if (!node)
            return false;
        node->raw = tag->kind != 0;
        return name_set(compiler, node, tag);
    }
}

static bool compile(struct compiler *compiler) {
    while (compiler->at < compiler->length) {
        const char *found = memmem(compiler->source + compiler->at, compiler->length - compiler->at,
                                   compiler->open.text, compiler->open.length);
        if (!found)
            break;
        struct tag tag;
        size_t begin = (size_t)(found - compiler->source), next;
        if (!tag_read(compiler, begin, &tag))
            return false;
        next = tag.end;
        bool alone = tag_alone(compiler, &tag, &begin, &next);
        if (!text_add(compiler, compiler->at, begin) ||
            !tag_add(compiler, &tag, alone, begin, !alone && compiler->line_start))
            return false;
        compiler->line_start = alone;
        compiler->at = next;
    }
    if (!text_add(compiler, compiler->at, compiler->length))
        return false;
    if (compiler->depth > 0)
        return refuse(compiler, compiler->length, "{{#%.80s}} is not closed",
                      compiler->made->nodes[compiler->stack[compiler->depth - 1]].name);
    return true;
}

struct template *template_compile(const char *text, size_t length, struct template_error *error) {
    struct compiler compiler = {.source = text,
                                .length = length,
                                .error = error,
                                .open = {"{{", 2},
                                .close = {"}}", 2},
                                .line_start = true};
    if (length > TEMPLATE_LENGTH_MAX) {
        compiler.source = "";
        refuse(&compiler, 0, "longer than %d bytes", TEMPLATE_LENGTH_MAX);
        return NULL;
    }
    compiler.made = calloc(1, sizeof *compiler.made);
    if (compiler.made)
        arena_open(&compiler.made->arena, 16 * length + (1 << 16));
    compiler.source = compiler.made ? arena_text(&compiler.made->arena, text, length) : NULL;
    if (!compiler.source) {
        refuse(&compiler, 0, "no memory");
    } else if (compile(&compiler)) {
        return compiler.made;
    }
    template_free(compiler.made);
    return NULL;
}

void template_free(struct template *compiled) {
    if (!compiled)
        return;
    arena_close(&compiled->arena);
    free(compiled->nodes);
    free(compiled);
}

void template_names(const struct template *compiled,
                    void (*each)(void *context, enum template_use use, const char *name),
                    void *context) {
    static const enum template_use uses[] = {[NODE_VARIABLE] = TEMPLATE_VARIABLE,
                                             [NODE_SECTION] = TEMPLATE_SECTION,
                                             [NODE_INVERTED] = TEMPLATE_INVERTED,
                                             [NODE_PARTIAL] = TEMPLATE_PARTIAL};
    for (size_t i = 0; i < compiled->count; i++)
        if (compiled->nodes[i].kind != NODE_TEXT)
            each(context, uses[compiled->nodes[i].kind], compiled->nodes[i].name);
}
