/* What a field shows to whoever asks, before it is made into JSON: masked, left out or as it is.
 * There are two writers, a tree for pages (view.c) and text for the API (view_text.c); what is
 * shown is decided here alone, so that they cannot differ.
 * Used by those two only. */
#ifndef RINGOFF_VIEW_SHOWN_H
#define RINGOFF_VIEW_SHOWN_H
#include "base/buffer.h"
#include "views/view.h"

enum shown_kind { SHOWN_NOTHING, SHOWN_TEXT, SHOWN_NUMBER, SHOWN_BOOL, SHOWN_OBJECT, SHOWN_LIST };

struct shown {
    enum shown_kind kind;
    const char *text; /* of SHOWN_TEXT: valid UTF-8 in room, the row or the context's arena */
    int64_t number;   /* of SHOWN_NUMBER and SHOWN_BOOL */
    char room[32];
};

/* Fills shown from the struct's member at `at`. */
void field_shown(const struct view_context *context, const struct view_field *field, const void *at,
                 struct shown *shown);

/* Adds the JSON text of a struct by its table, or of a page of them; the same JSON, byte for byte,
 * as the compact text of what view_json and view_page make. */
void view_text(const struct view_context *context, const struct view_field *fields,
               const void *from, struct buffer *to);
void view_text_page(const struct view_context *context, const struct view_field *fields,
                    const struct view_list *list, int64_t next, struct buffer *to);
#endif
