#include "views/view_shown.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/format.h"
#include "base/text.h"

static const char *masked(const struct view_context *context, enum view_mask mask,
                          const char *text) {
    switch (mask) {
    case MASK_NUMBER:
        return format_number_masked(context->arena, text);
    case MASK_EMAIL:
        return format_email_masked(context->arena, text);
    case MASK_NAME:
        return format_name_masked(context->arena, text);
    case MASK_ICCID:
        return format_iccid_masked(context->arena, text);
    case MASK_NONE:
        break;
    }
    return NULL;
}

static const char *choice(const char *const *values, int64_t chosen) {
    for (int64_t i = 0; chosen >= 0 && i <= chosen && values[i] != view_values_end; i++)
        if (i == chosen && values[i] && values[i][0])
            return values[i];
    return NULL;
}

static void text_show(struct shown *shown, const char *text) {
    if (text && text_valid(text, strlen(text))) {
        shown->kind = SHOWN_TEXT;
        shown->text = text;
    }
}

static void number_show(const struct view_field *field, int64_t number, struct shown *shown) {
    shown->number = number;
    switch (field->kind) {
    case VIEW_INT:
        shown->kind = SHOWN_NUMBER;
        break;
    case VIEW_BOOL:
        shown->kind = SHOWN_BOOL;
        break;
    case VIEW_ID:
        snprintf(shown->room, sizeof shown->room, "%" PRId64, number);
        text_show(shown, number ? shown->room : NULL);
        break;
    case VIEW_TIME:
        if (number)
            civil_time_text(number, shown->room);
        text_show(shown, number ? shown->room : NULL);
        break;
    case VIEW_CHOICE:
        text_show(shown, choice(field->values, number));
        break;
    default:
        assert(!"a number's kind");
    }
}

void field_shown(const struct view_context *context, const struct view_field *field, const void *at,
                 struct shown *shown) {
    bool hidden = field->class == VIEW_MASKED || (field->class == VIEW_PERSONAL && !context->own);
    const char *text = at;
    int64_t number;
    shown->kind = SHOWN_NOTHING;
    if (field->kind == VIEW_WORDS)
        memcpy(&text, at, sizeof text);
    if (field->kind == VIEW_TEXT || field->kind == VIEW_WORDS) {
        if (text && *text)
            text_show(shown, hidden ? masked(context, field->mask, text) : text);
    } else if (field->kind == VIEW_LIST || field->kind == VIEW_NAMES) {
        shown->kind = hidden ? SHOWN_NOTHING : SHOWN_LIST;
    } else if (!hidden) {
        memcpy(&number, at, sizeof number);
        if (field->kind != VIEW_OBJECT)
            number_show(field, number, shown);
        else if (number)
            shown->kind = SHOWN_OBJECT;
    }
}
