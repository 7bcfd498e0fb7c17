#include <assert.h>
#include <string.h>

#include "views/view.h"

size_t view_read(struct view_context *context, enum statement_id statement, struct key key,
                 void *rows, size_t room) {
    key.operator= context->actor->operator;
    struct want want = {.statement = statement, .in = &key, .rows = rows, .room = room};
    assert(statement_of(statement)->out);
    memset(rows, 0, room * statement_of(statement)->out_size);
    if (context->down)
        return 0;
    if (context->engine->read(context->reader, &want, 1) != STORE_OK) {
        context->down = true;
        memset(rows, 0, room * statement_of(statement)->out_size);
        return 0;
    }
    return want.count;
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

bool read_account(struct view_context *context, int64_t id, struct account *to) {
    return by_id(context, ACCOUNT_BY_ID, id, to);
}

bool read_closure(struct view_context *context, int64_t id, struct closure *to) {
    return by_id(context, CLOSURE_BY_ID, id, to);
}

bool read_contact(struct view_context *context, int64_t id, struct contact *to) {
    return by_id(context, CONTACT_BY_ID, id, to);
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

bool read_closure_by_reference(struct view_context *context, const char *reference,
                               struct closure *to) {
    return by_text(context, CLOSURE_BY_REFERENCE, reference, to);
}

bool read_subscriber_of(struct view_context *context, int64_t line, struct subscriber *to) {
    return by_id(context, SUBSCRIBER_OF_LINE, line, to);
}

bool read_account_line(struct view_context *context, int64_t account, int64_t line,
                       struct account_line *to) {
    return view_read(context, ACCOUNT_LINE_OF, (struct key){.id = account, .other = line}, to, 1) ==
           1;
}

size_t read_contacts(struct view_context *context, int64_t line,
                     struct contact to[CONTACTS_A_LINE]) {
    return view_read(context, CONTACTS_OF_LINE, (struct key){.id = line}, to, CONTACTS_A_LINE);
}

size_t read_ledgers(struct view_context *context, int64_t line,
                    struct ledger_account to[LEDGERS_A_LINE]) {
    return view_read(context, LEDGER_OF_LINE, (struct key){.id = line}, to, LEDGERS_A_LINE);
}

bool view_line_mine(struct view_context *context, const struct line *line) {
    const struct actor *actor = context->actor;
    struct account_line link;
    if (!line->id || line->operator!= actor->operator)
        return false;
    if (actor->kind != ACTOR_SUBSCRIBER)
        return actor->kind == ACTOR_API || actor->kind == ACTOR_STAFF ||
               actor->kind == ACTOR_SYSTEM;
    return read_account_line(context, actor->id, line->id, &link) && link.line == line->id &&
           link.account == actor->id;
}
