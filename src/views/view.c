#include <inttypes.h>
#include <string.h>

#include "store/actor.h"
#include "views/view_shown.h"

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

static json_t *object_json(const struct view_context *context, const struct view_field *fields,
                           const void *from);

static json_t *list_json(const struct view_context *context, const struct view_field *field,
                         const struct view_list *list) {
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++) {
        const char *item = (const char *)list->items + i * list->size;
        if (field->kind == VIEW_LIST) {
            json_array_append_new(array, object_json(context, field->fields, item));
        } else {
            const char *text;
            memcpy(&text, item, sizeof text);
            json_array_append_new(array, json_string(text));
        }
    }
    return array;
}

/* The field's value as this actor may see it; NULL leaves it out. */
static json_t *field_json(const struct view_context *context, const struct view_field *field,
                          const void *at) {
    struct shown shown;
    field_shown(context, field, at, &shown);
    switch (shown.kind) {
    case SHOWN_TEXT:
        return json_string(shown.text);
    case SHOWN_NUMBER:
        return json_integer(shown.number);
    case SHOWN_BOOL:
        return json_boolean(shown.number != 0);
    case SHOWN_OBJECT:
        return object_json(context, field->fields, at);
    case SHOWN_LIST:
        return list_json(context, field, at);
    case SHOWN_NOTHING:
        break;
    }
    return NULL;
}

static json_t *object_json(const struct view_context *context, const struct view_field *fields,
                           const void *from) {
    json_t *object = json_object();
    for (const struct view_field *field = fields; field->name; field++) {
        json_t *value = field_json(context, field, (const char *)from + field->offset);
        if (value)
            json_object_set_new(object, field->name, value);
    }
    return object;
}

json_t *view_json(const struct view_context *context, const struct view_field *fields,
                  const void *from) {
    if (!context->text)
        return object_json(context, fields, from);
    view_text(context, fields, from, context->text);
    return json_true();
}

json_t *view_page(const struct view_context *context, const struct view_field *fields,
                  const void *items, size_t count, size_t size, int64_t next) {
    const struct view_list list = {items, count, size};
    const struct view_field field = {.kind = VIEW_LIST, .fields = fields};
    if (context->text) {
        view_text_page(context, fields, &list, next, context->text);
        return json_true();
    }
    json_t *page = json_object();
    json_object_set_new(page, "items", list_json(context, &field, &list));
    if (next)
        json_object_set_new(page, "next", json_sprintf("%" PRId64, next));
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
