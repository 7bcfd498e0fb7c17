/* The API's answers: JSON text straight from the rows. A tree of values that is made, written out
 * and taken apart again cost more than the reading. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "views/view_shown.h"

static void escaped_add(struct buffer *to, unsigned char c) {
    static const char *const shorts[32] = {
        ['\b'] = "\\b", ['\f'] = "\\f", ['\n'] = "\\n", ['\r'] = "\\r", ['\t'] = "\\t"};
    if (c == '"' || c == '\\') {
        buffer_add(to, "\\", 1);
        buffer_add(to, &c, 1);
    } else if (shorts[c]) {
        buffer_text(to, shorts[c]);
    } else {
        buffer_format(to, "\\u%04X", c);
    }
}

static void string_add(struct buffer *to, const char *text) {
    buffer_add(to, "\"", 1);
    const char *from = text;
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c >= ' ' && c != '"' && c != '\\')
            continue;
        buffer_add(to, from, (size_t)(text - from));
        escaped_add(to, c);
        from = text + 1;
    }
    buffer_add(to, from, (size_t)(text - from));
    buffer_add(to, "\"", 1);
}

static void number_add(struct buffer *to, int64_t number) {
    char text[24];
    int length = snprintf(text, sizeof text, "%" PRId64, number);
    buffer_add(to, text, (size_t)length);
}

static void list_add(const struct view_context *context, const struct view_field *field,
                     const struct view_list *list, struct buffer *to) {
    buffer_add(to, "[", 1);
    for (size_t i = 0; i < list->count; i++) {
        const char *item = (const char *)list->items + i * list->size;
        if (i > 0)
            buffer_add(to, ",", 1);
        if (field->kind == VIEW_LIST) {
            view_text(context, field->fields, item, to);
        } else {
            const char *text;
            memcpy(&text, item, sizeof text);
            string_add(to, text);
        }
    }
    buffer_add(to, "]", 1);
}

static void shown_add(const struct view_context *context, const struct view_field *field,
                      const struct shown *shown, const void *at, struct buffer *to) {
    switch (shown->kind) {
    case SHOWN_TEXT:
        string_add(to, shown->text);
        break;
    case SHOWN_NUMBER:
        number_add(to, shown->number);
        break;
    case SHOWN_BOOL:
        buffer_text(to, shown->number ? "true" : "false");
        break;
    case SHOWN_OBJECT:
        view_text(context, field->fields, at, to);
        break;
    case SHOWN_LIST:
        list_add(context, field, at, to);
        break;
    case SHOWN_NOTHING:
        break;
    }
}

void view_text(const struct view_context *context, const struct view_field *fields,
               const void *from, struct buffer *to) {
    const char *before = "{\"";
    for (const struct view_field *field = fields; field->name; field++) {
        const char *at = (const char *)from + field->offset;
        struct shown shown;
        field_shown(context, field, at, &shown);
        if (shown.kind == SHOWN_NOTHING)
            continue;
        buffer_add(to, before, 2);
        buffer_text(to, field->name);
        buffer_add(to, "\":", 2);
        shown_add(context, field, &shown, at, to);
        before = ",\"";
    }
    buffer_text(to, *before == '{' ? "{}" : "}");
}

void view_text_page(const struct view_context *context, const struct view_field *fields,
                    const struct view_list *list, int64_t next, struct buffer *to) {
    const struct view_field field = {.kind = VIEW_LIST, .fields = fields};
    buffer_text(to, "{\"items\":");
    list_add(context, &field, list, to);
    if (next)
        buffer_format(to, ",\"next\":\"%" PRId64 "\"", next);
    buffer_text(to, "}");
}
