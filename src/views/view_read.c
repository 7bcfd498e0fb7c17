#include <assert.h>
#include <string.h>

#include "views/view.h"

struct load view_wants(struct view_context *context) {
    struct want *wants = arena_take(context->arena, (VIEW_WANTS + 1) * sizeof *wants);
    return (struct load){.arena = context->arena,
                         .actor = context->actor,
                         .secrets = context->secrets,
                         .wants = wants,
                         .room = VIEW_WANTS,
                         .failed = !wants};
}

/* Reads them, and what was to be read along. wants has room for one more. */
static bool wants_read(struct view_context *context, struct want *wants, size_t count) {
    struct want *also = context->also;
    if (context->down)
        return false;
    if (also)
        wants[count] = *also;
    if (context->engine->read(context->reader, wants, count + (also != NULL)) != STORE_OK) {
        context->down = true;
        return false;
    }
    if (also)
        *also = wants[count];
    context->also = NULL;
    return true;
}

static void rows_clear(const struct want *wants, size_t count) {
    for (size_t i = 0; i < count; i++)
        memset(wants[i].rows, 0, wants[i].room * statement_of(wants[i].statement)->out_size);
}

bool view_fetch(struct view_context *context, struct load *load) {
    if (load->failed) {
        context->down = true;
        return false;
    }
    rows_clear(load->wants, load->count);
    if (wants_read(context, load->wants, load->count))
        return true;
    rows_clear(load->wants, load->count);
    return false;
}

size_t view_read(struct view_context *context, enum statement_id statement, struct key key,
                 void *rows, size_t room) {
    key.operator= context->actor->operator;
    struct want wants[2] = {
        {.statement = statement, .in = &key, .rows = rows, .room = room},
    };
    assert(statement_of(statement)->out);
    rows_clear(wants, 1);
    if (wants_read(context, wants, 1))
        return wants[0].count;
    rows_clear(wants, 1);
    return 0;
}

static bool by_id(struct view_context *context, enum statement_id statement, int64_t id, void *to) {
    return view_read(context, statement, (struct key){.id = id}, to, 1) == 1;
}

static bool by_text(struct view_context *context, enum statement_id statement, const char *text,
                    void *to) {
    struct key key = {0};
    size_t length = strlen(text);
    if (length >= sizeof key.text) {
        memset(to, 0, statement_of(statement)->out_size);
        return false;
    }
    memcpy(key.text, text, length);
    return view_read(context, statement, key, to, 1) == 1;
}

bool read_line(struct view_context *context, int64_t id, struct line *to) {
    return by_id(context, LINE_BY_ID, id, to);
}

bool read_closure(struct view_context *context, int64_t id, struct closure *to) {
    return by_id(context, CLOSURE_BY_ID, id, to);
}

bool read_effect(struct view_context *context, int64_t id, struct effect *to) {
    return by_id(context, EFFECT_BY_ID, id, to);
}

bool read_line_by_number(struct view_context *context, const char *number, struct line *to) {
    return by_text(context, LINE_BY_NUMBER, number, to);
}

bool read_line_by_iccid(struct view_context *context, const char *iccid, struct line *to) {
    return by_text(context, LINE_BY_ICCID, iccid, to);
}

bool read_refund_by_reference(struct view_context *context, const char *reference,
                              struct refund *to) {
    return by_text(context, REFUND_BY_REFERENCE, reference, to);
}

bool read_closure_by_reference(struct view_context *context, const char *reference,
                               struct closure *to) {
    return by_text(context, CLOSURE_BY_REFERENCE, reference, to);
}

bool read_account_line(struct view_context *context, int64_t account, int64_t line,
                       struct account_line *to) {
    return view_read(context, ACCOUNT_LINE_OF, (struct key){.id = account, .other = line}, to, 1) ==
           1;
}

bool view_line_held(const struct view_context *context, const struct line *line,
                    const struct account_line *link) {
    const struct actor *actor = context->actor;
    if (!line->id || line->operator!= actor->operator)
        return false;
    if (actor->kind != ACTOR_SUBSCRIBER)
        return actor->kind == ACTOR_API || actor->kind == ACTOR_STAFF ||
               actor->kind == ACTOR_SYSTEM;
    return link->id && link->line == line->id && link->account == actor->id &&
           link->how == LINK_SIM;
}

bool view_line_claimed(const struct view_context *context, const struct line *line,
                       const struct account_line *link) {
    const struct actor *actor = context->actor;
    return line->id && line->operator== actor->operator&& actor->kind == ACTOR_SUBSCRIBER &&
                       link->id && link->line == line->id && link->account == actor->id &&
                       link->how != LINK_SIM;
}

bool view_claims(struct view_context *context, int64_t account, int64_t line) {
    struct account_line link;
    return account && line && read_account_line(context, account, line, &link) &&
           link.how != LINK_SIM;
}

bool view_line_mine(struct view_context *context, const struct line *line) {
    struct account_line link = {0};
    if (line->id && context->actor->kind == ACTOR_SUBSCRIBER)
        read_account_line(context, context->actor->id, line->id, &link);
    return view_line_held(context, line, &link);
}

void want_line_mine(const struct view_context *context, struct load *load, int64_t id,
                    struct line *line, struct account_line *link) {
    *line = (struct line){0};
    *link = (struct account_line){0};
    want_line(load, id, line);
    if (context->actor->kind == ACTOR_SUBSCRIBER)
        want_account_line(load, context->actor->id, id, link);
}
