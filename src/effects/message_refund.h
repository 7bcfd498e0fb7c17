/* What is written to people about a refund: whether it still is so, where it goes, what it says. A
 * part of message.c, which alone uses it, with the helpers that put a fact into a message. */
#ifndef RINGOFF_MESSAGE_REFUND_H
#define RINGOFF_MESSAGE_REFUND_H
#include <jansson.h>

#include "base/arena.h"
#include "effects/message.h"

/* The facts of a message as they are put together. */
struct texts {
    json_t *data;
    struct arena *arena;
    enum language language;
    const struct policy *policy;
};
/* message.c; nothing is put for "" and 0. */
void put_text(struct texts *t, const char *name, const char *text);
void put_time(struct texts *t, const char *name, int64_t at);
void put_date(struct texts *t, const char *name, int64_t at);
void put_money(struct texts *t, const char *name, int64_t minor);

/* Why it must not be sent any more, or NULL. */
const char *refund_dropped(const struct message_facts *f);
/* The refund's own contact, or one of the line's contacts. */
const char *refund_address(const struct message_facts *f);
/* The secret only to the refund's own contact: with it and the ID number the payee is changed. */
void put_refund_facts(struct texts *t, const struct message_facts *f);
#endif
