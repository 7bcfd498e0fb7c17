/* What is written to people about the credit of a closing line: what was chosen, what became of it,
 * that the time to claim it is nearly over. A part of message.c, which alone uses it. */
#ifndef RINGOFF_MESSAGE_CREDIT_H
#define RINGOFF_MESSAGE_CREDIT_H
#include "effects/message_refund.h"

/* Why it must not be sent any more, or NULL. */
const char *credit_dropped(const struct message_facts *f);
/* Of CLOSED, CREDIT_CHOSEN, UNCLAIMED_ENDS. */
void put_credit_facts(struct texts *t, const struct message_facts *f);
#endif
