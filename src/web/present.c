#include "web/present.h"

#include <string.h>

#include "base/civil.h"
#include "base/format.h"

static const char *or_nothing(const char *text) {
    return text ? text : "";
}

static int offset_of(const struct request *request) {
    return request->policy ? (int)request->policy->utc_offset_minutes : 0;
}

const char *present_time(struct request *request, int64_t at) {
    return at ? or_nothing(format_time(&request->arena, request->language, at, offset_of(request)))
              : "";
}

const char *present_time_near(struct request *request, int64_t at) {
    return at ? or_nothing(format_time_near(&request->arena, request->language, at, request->now,
                                            offset_of(request)))
              : "";
}

const char *present_date(struct request *request, int64_t at) {
    return at ? or_nothing(format_date(&request->arena, request->language, at, offset_of(request)))
              : "";
}

const char *present_money(struct request *request, int64_t minor) {
    const char *currency = request->policy ? request->policy->currency : "XXX";
    return or_nothing(format_money(&request->arena, request->language, minor, currency));
}

/* Sets name + ending, unless it is there or there is nothing to say. */
static void add(struct request *request, json_t *object, const char *name, const char *ending,
                json_t *value) {
    const char *full = arena_format(&request->arena, "%s%s", name, ending);
    if (!full || !value || json_object_get(object, full)) {
        json_decref(value);
        return;
    }
    json_object_set_new(object, full, value);
}

static void add_text(struct request *request, json_t *object, const char *name, const char *ending,
                     const char *text) {
    if (text && *text) {
        add(request, object, name, ending, json_string(text));
    }
}

static void add_time(struct request *request, json_t *object, const char *name,
                     const json_t *value) {
    int64_t at = 0;
    const char *text = json_string_value(value);
    if (!text || !civil_parse_time(text, &at)) {
        return;
    }
    add_text(request, object, name, "_text", present_time(request, at));
    add_text(request, object, name, "_date_text", present_date(request, at));
    add_text(request, object, name, "_near_text", present_time_near(request, at));
}

static bool ends_in(const char *name, const char *ending) {
    size_t length = strlen(name), tail = strlen(ending);
    return length > tail && strcmp(name + length - tail, ending) == 0;
}

/* Amounts are told by their name, or by the table's help where the name is a verb's. */
static bool is_money(const struct view_field *field) {
    return ends_in(field->name, "_minor") || (field->help && strstr(field->help, "minor units"));
}

static void add_integer(struct request *request, json_t *object, const struct view_field *field,
                        const json_t *value) {
    static const struct {
        const char *ending;
        enum unit unit;
    } units[] = {{"_seconds", UNIT_SECONDS},
                 {"_minutes", UNIT_MINUTES},
                 {"_hours", UNIT_HOURS},
                 {"_days", UNIT_DAYS},
                 {"_months", UNIT_MONTHS}};
    const char *name = field->name, *text = NULL;
    int64_t number = json_integer_value(value);
    if (is_money(field)) {
        const char *currency = json_string_value(json_object_get(object, "currency"));
        text = currency ? format_money(&request->arena, request->language, number, currency)
                        : present_money(request, number);
    }
    for (size_t i = 0; !text && i < sizeof units / sizeof *units; i++) {
        if (ends_in(name, units[i].ending)) {
            text = format_count(&request->arena, request->language, number, units[i].unit);
        }
    }
    text = text ? text : format_integer(&request->arena, number);
    add_text(request, object, name, "_text", text);
    if (number > 0) {
        add(request, object, name, "_some", json_true());
    }
}

static void add_code(struct request *request, json_t *object, const char *name,
                     const json_t *value) {
    const char *code = json_string_value(value);
    const char *word = code ? present_word(request, name, code) : NULL;
    add_text(request, object, name, "_text", word);
    if (code && (word || strlen(code) < CODE_SIZE)) {
        add(request, object, name, arena_format(&request->arena, "_is_%s", code), json_true());
    }
}

static void add_words(struct request *request, json_t *object, const struct view_field *field,
                      const json_t *value) {
    const char *text = json_string_value(value);
    if (!text) {
        return;
    }
    if (field->mask == MASK_NUMBER) {
        const char *shown = format_number(&request->arena, text);
        add_text(request, object, field->name, "_text", shown ? shown : text);
        add_text(request, object, field->name, "_tel", shown ? text : NULL);
    } else if (field->mask != MASK_NONE) {
        add_text(request, object, field->name, "_text", text);
    } else if (present_word(request, field->name, text)) {
        add_code(request, object, field->name, value);
    }
}

json_t *present_lines(const char *text) {
    json_t *lines = json_array();
    while (*text) {
        size_t length = strcspn(text, "\n;");
        if (length > 0) {
            json_array_append_new(lines, json_stringn(text, length));
        }
        text += length + (text[length] != '\0');
        text += strspn(text, " ");
    }
    return lines;
}

/* A list of {language, text}: the reader's, or the first. True when it was one. */
static bool add_tongue(struct request *request, json_t *object, const char *name,
                       const json_t *list) {
    const char *chosen = NULL;
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) {
        const char *tag = json_string_value(json_object_get(item, "language"));
        const char *text = json_string_value(json_object_get(item, "text"));
        if (!tag || !text || json_object_size(item) != 2) {
            return false;
        }
        if (!chosen || strcmp(tag, language_tag(request->language)) == 0) {
            chosen = text;
        }
    }
    if (chosen && *chosen) {
        add_text(request, object, name, "_text", chosen);
        add(request, object, name, "_lines", present_lines(chosen));
    }
    return chosen != NULL;
}

static void add_field(struct request *request, json_t *object, const struct view_field *field,
                      json_t *value) {
    switch (field->kind) {
    case VIEW_TIME:
        add_time(request, object, field->name, value);
        break;
    case VIEW_INT:
        add_integer(request, object, field, value);
        break;
    case VIEW_CHOICE:
        add_code(request, object, field->name, value);
        break;
    case VIEW_TEXT:
    case VIEW_WORDS:
        add_words(request, object, field, value);
        break;
    case VIEW_OBJECT:
        present(request, field->fields, value);
        break;
    case VIEW_LIST:
        if (!add_tongue(request, object, field->name, value)) {
            size_t i;
            json_t *item;
            json_array_foreach(value, i, item) present(request, field->fields, item);
            if (json_array_size(value) > 0) {
                add(request, object, field->name, "_some", json_true());
            }
        }
        break;
    case VIEW_ID:
    case VIEW_BOOL:
    case VIEW_NAMES:
        break;
    }
}

void present(struct request *request, const struct view_field *fields, json_t *object) {
    json_t *items = json_object_get(object, "items"), *item;
    size_t i;
    if (json_is_array(items)) {
        json_array_foreach(items, i, item) present(request, fields, item);
        return;
    }
    for (const struct view_field *field = fields; field && field->name; field++) {
        json_t *value = json_object_get(object, field->name);
        if (value) {
            add_field(request, object, field, value);
        }
    }
}
