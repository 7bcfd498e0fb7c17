#include "cli/show.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

enum { COLUMNS = 24, CELL = 40, DEPTH = 12 };

static bool wide(uint32_t point) {
    return (point >= 0x1100 && point <= 0x115F) || (point >= 0x2E80 && point <= 0xA4CF) ||
           (point >= 0xAC00 && point <= 0xD7A3) || (point >= 0xF900 && point <= 0xFAFF) ||
           (point >= 0xFE30 && point <= 0xFE6F) || (point >= 0xFF00 && point <= 0xFF60) ||
           (point >= 0xFFE0 && point <= 0xFFE6) || (point >= 0x20000 && point <= 0x3FFFD);
}

size_t show_width(const char *text) {
    size_t width = 0, taken, length = strlen(text);
    uint32_t point;
    for (; length; text += taken, length -= taken) {
        taken = text_decode(text, length, &point);
        if (!taken)
            taken = point = 1;
        width += wide(point) ? 2 : 1;
    }
    return width;
}

static void put_text(FILE *file, const char *text) {
    size_t taken, length = strlen(text);
    uint32_t point;
    for (; length; text += taken, length -= taken) {
        taken = text_decode(text, length, &point);
        if (taken && point == '\n')
            fputs("\n    ", file);
        else if (!taken || text_control(point))
            fputc('?', file);
        else
            fwrite(text, 1, taken, file);
        taken += !taken;
    }
}

/* The text of a simple value; NULL for a list or an object. */
static const char *simple(const json_t *value, char number[32]) {
    switch (json_typeof(value)) {
    case JSON_STRING:
        return json_string_value(value);
    case JSON_INTEGER:
        snprintf(number, 32, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return number;
    case JSON_TRUE:
        return "yes";
    case JSON_FALSE:
        return "no";
    case JSON_NULL:
        return "";
    default:
        return NULL;
    }
}

static const struct view_field *field_of(const struct view_field *fields, const char *name) {
    for (; fields && fields->name; fields++)
        if (strcmp(fields->name, name) == 0)
            return fields;
    return NULL;
}

static void show_value(FILE *file, const struct view_field *fields, const char *name,
                       const json_t *value, int indent) {
    char number[32];
    const char *text = simple(value, number);
    const struct view_field *field = field_of(fields, name);
    fprintf(file, "%*s%s:", indent, "", name);
    if (text) {
        fputc(' ', file);
        put_text(file, text);
        fputc('\n', file);
        return;
    }
    fputc('\n', file);
    if (indent > DEPTH)
        return;
    if (json_is_object(value)) {
        show_object(file, field ? field->fields : NULL, value, indent + 2);
        return;
    }
    size_t i;
    const json_t *item;
    json_array_foreach((json_t *)value, i, item) {
        text = simple(item, number);
        fprintf(file, "%*s-%s", indent + 2, "", text ? " " : "\n");
        if (text) {
            put_text(file, text);
            fputc('\n', file);
        } else {
            show_object(file, field ? field->fields : NULL, item, indent + 4);
        }
    }
}

void show_object(FILE *file, const struct view_field *fields, const json_t *object, int indent) {
    const char *name;
    const json_t *value;
    for (const struct view_field *field = fields; field && field->name; field++)
        if ((value = json_object_get(object, field->name)))
            show_value(file, fields, field->name, value, indent);
    json_object_foreach((json_t *)object, name, value) {
        if (!field_of(fields, name))
            show_value(file, fields, name, value, indent);
    }
}

/* The columns that any item has a simple value for, in the view's order. */
static size_t columns_of(const struct view_field *fields, const json_t *items,
                         const char *names[COLUMNS], size_t widths[COLUMNS]) {
    size_t count = 0, i;
    const json_t *item;
    char number[32];
    for (; fields && fields->name && count < COLUMNS; fields++) {
        size_t width = 0;
        json_array_foreach((json_t *)items, i, item) {
            const json_t *value = json_object_get(item, fields->name);
            const char *text = value ? simple(value, number) : NULL;
            size_t here = text && *text ? show_width(text) : 0;
            width = here > width ? here : width;
        }
        if (!width)
            continue;
        size_t least = strlen(fields->name);
        names[count] = fields->name;
        widths[count++] = width < least ? least : width > CELL ? CELL : width;
    }
    return count;
}

static void put_cell(FILE *file, const char *text, size_t width, bool last) {
    size_t is = show_width(text);
    put_text(file, text);
    for (; !last && is < width + 2; is++)
        fputc(' ', file);
    if (!last && show_width(text) >= width + 2)
        fputs("  ", file);
}

void show_page(FILE *file, const struct view_field *fields, const json_t *page) {
    const char *names[COLUMNS];
    size_t widths[COLUMNS], i;
    const json_t *items = json_object_get(page, "items"), *item;
    const char *next = json_string_value(json_object_get(page, "next"));
    char number[32];
    if (!json_array_size(items)) {
        fputs("none\n", file);
        return;
    }
    size_t count = columns_of(fields, items, names, widths);
    for (i = 0; i < count; i++)
        put_cell(file, names[i], widths[i], i + 1 == count);
    fputc('\n', file);
    json_array_foreach((json_t *)items, i, item) {
        for (size_t k = 0; k < count; k++) {
            const json_t *value = json_object_get(item, names[k]);
            const char *text = value ? simple(value, number) : "";
            put_cell(file, text ? text : "", widths[k], k + 1 == count);
        }
        fputc('\n', file);
    }
    if (next)
        fprintf(file, "more: --after %s\n", next);
}
