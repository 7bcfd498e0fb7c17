#include <assert.h>
#include <string.h>

#include "commands/effect.h"
#include "store/rows.h"

static const struct field input[] = {
    INPUT(FIELD_ID, inbox_add, effect, 1, INT64_MAX, "The effect that is delivered so"),
    INPUT(FIELD_TEXT, inbox_add, to, 1, 255, "The number or address it would have gone to"),
    INPUT(FIELD_TEXT, inbox_add, via, 1, 15, "sms or mail"),
    INPUT(FIELD_TEXT, inbox_add, subject, 0, 299, "The subject of a mail"),
    INPUT(FIELD_TEXT, inbox_add, text, 1, MESSAGE_SIZE - 1, "The message"),
    FIELD_END,
};

struct rows {
    struct effect effect;
    struct inbox_message before;
};

static void load(struct load *load, const void *given, void *rows) {
    const struct inbox_add *in = given;
    struct rows *r = rows;
    struct key key = {.id = in->effect, .operator= load->actor->operator};
    want_effect(load, in->effect, &r->effect);
    want_one(load, INBOX_OF_EFFECT, &key, 0, &r->before);
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct inbox_add *in = given;
    const struct rows *r = rows;
    if (!out->demo)
        return REFUSED_DEMO_ONLY;
    if (!r->effect.id)
        return REFUSED_NOT_FOUND;
    out->subject = r->effect.line;
    out->result = r->before.id;
    if (r->before.id)
        return REFUSED_UNCHANGED;
    struct inbox_message *message = arena_take(out->arena, sizeof *message);
    if (!message) {
        out->failed = true;
        return REFUSED_BROKEN;
    }
    message->id = outcome_id(out);
    message->operator= out->actor->operator;
    message->at = out->now;
    message->effect = in->effect;
    static_assert(sizeof message->to == sizeof in->to && sizeof message->text == sizeof in->text,
                  "one form");
    memcpy(message->to, in->to, sizeof message->to);
    memcpy(message->via, in->via, sizeof message->via);
    memcpy(message->subject, in->subject, sizeof message->subject);
    memcpy(message->text, in->text, sizeof message->text);
    outcome_put(out, INBOX_ADD, message);
    out->result = message->id;
    return ACCEPTED;
}

static const enum refusal refusals[] = {
    REFUSED_DEMO_ONLY,
    REFUSED_NOT_FOUND,
    REFUSED_UNCHANGED,
    ACCEPTED,
};

const struct verb inbox_add_verb = {
    .name = "inbox.add",
    .help = "Put a message into the demo's inbox instead of sending it",
    .who = ACTOR_SYSTEM,
    .input = input,
    .input_size = sizeof(struct inbox_add),
    .rows_size = sizeof(struct rows),
    .internal = true,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
