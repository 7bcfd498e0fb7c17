#include "views/view.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/format.h"
#include "store/actor.h"

const char view_values_end[] = "end";

enum refusal view_show(const struct view *view, struct view_context *context, int64_t id,
                       json_t **json) {
    enum refusal refusal = actor_allowed(context->actor, view->who, view->scope);
    *json = NULL;
    if (refusal)
        return refusal;
    context->own = context->down = false;
    *json = view->build(context, id);
    if (context->down) {
        json_decref(*json);
        *json = NULL;
        return REFUSED_BUSY;
    }
    return *json ? ACCEPTED : REFUSED_NOT_FOUND;
}

static json_t *time_json(int64_t at) {
    char text[32];
    if (!at)
        return NULL;
    civil_time_text(at, text);
    return json_string(text);
}

static json_t *id_json(int64_t id) {
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, id);
    return id ? json_string(text) : NULL;
}

static json_t *choice_json(const char *const *values, int64_t chosen) {
    for (int64_t i = 0; chosen >= 0 && i <= chosen && values[i] != view_values_end; i++)
        if (i == chosen && values[i] && values[i][0])
            return json_string(values[i]);
    return NULL;
}

static json_t *masked_json(const struct view_context *context, enum view_mask mask,
                           const char *text) {
    const char *masked = NULL;
    if (mask == MASK_NUMBER)
        masked = format_number_masked(context->arena, text);
    else if (mask == MASK_EMAIL)
        masked = format_email_masked(context->arena, text);
    else if (mask == MASK_NAME)
        masked = format_name_masked(context->arena, text);
    else if (mask == MASK_ICCID)
        masked = format_iccid_masked(context->arena, text);
    return masked ? json_string(masked) : NULL;
}

static json_t *list_json(const struct view_context *context, const struct view_field *field,
                         const struct view_list *list) {
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++) {
        const char *item = (const char *)list->items + i * list->size;
        if (field->kind == VIEW_LIST) {
            json_array_append_new(array, view_json(context, field->fields, item));
        } else {
            const char *text;
            memcpy(&text, item, sizeof text);
            json_array_append_new(array, json_string(text));
        }
    }
    return array;
}

static json_t *number_json(const struct view_field *field, const void *at) {
    int64_t number;
    memcpy(&number, at, sizeof number);
    switch (field->kind) {
    case VIEW_INT:
        return json_integer(number);
    case VIEW_ID:
        return id_json(number);
    case VIEW_TIME:
        return time_json(number);
    case VIEW_BOOL:
        return json_boolean(number != 0);
    case VIEW_CHOICE:
        return choice_json(field->values, number);
    default:
        assert(!"a number's kind");
        return NULL;
    }
}

/* The field's value as this actor may see it; NULL leaves it out. */
static json_t *field_json(const struct view_context *context, const struct view_field *field,
                          const void *at) {
    bool hidden = field->class == VIEW_MASKED || (field->class == VIEW_PERSONAL && !context->own);
    const char *text = at;
    if (field->kind == VIEW_WORDS)
        memcpy(&text, at, sizeof text);
    if (field->kind == VIEW_TEXT || field->kind == VIEW_WORDS) {
        if (!text || !*text)
            return NULL;
        return hidden ? masked_json(context, field->mask, text) : json_string(text);
    }
    if (hidden)
        return NULL;
    if (field->kind == VIEW_LIST || field->kind == VIEW_NAMES)
        return list_json(context, field, at);
    if (field->kind == VIEW_OBJECT) {
        int64_t first;
        memcpy(&first, at, sizeof first);
        return first ? view_json(context, field->fields, at) : NULL;
    }
    return number_json(field, at);
}

json_t *view_json(const struct view_context *context, const struct view_field *fields,
                  const void *from) {
    json_t *object = json_object();
    for (const struct view_field *field = fields; field->name; field++) {
        json_t *value = field_json(context, field, (const char *)from + field->offset);
        if (value)
            json_object_set_new(object, field->name, value);
    }
    return object;
}

json_t *view_page(const struct view_context *context, const struct view_field *fields,
                  const void *items, size_t count, size_t size, int64_t next) {
    const struct view_list list = {items, count, size};
    const struct view_field field = {.kind = VIEW_LIST, .fields = fields};
    json_t *page = json_object();
    json_object_set_new(page, "items", list_json(context, &field, &list));
    if (next)
        json_object_set_new(page, "next", id_json(next));
    return page;
}

int64_t view_limit(const struct view_context *context) {
    if (context->limit <= 0)
        return VIEW_PAGE_USUAL;
    return context->limit < VIEW_PAGE_MOST ? context->limit : VIEW_PAGE_MOST;
}

void *view_page_rows(struct view_context *context, enum statement_id statement, bool descending,
                     size_t *count, int64_t *next) {
    size_t size = statement_of(statement)->out_size;
    size_t limit = (size_t)view_limit(context);
    int64_t from = context->after;
    *count = 0;
    *next = 0;
    if (descending && from <= 0)
        from = INT64_MAX;
    char *rows = arena_take(context->arena, size * (limit + 1));
    if (!rows) {
        context->down = true;
        return NULL;
    }
    struct key key = {.other = from, .limit = (int64_t)limit + 1};
    *count = view_read(context, statement, key, rows, limit + 1);
    if (*count > limit) {
        *count = limit;
        memcpy(next, rows + size * (limit - 1), sizeof *next);
    }
    return rows;
}
