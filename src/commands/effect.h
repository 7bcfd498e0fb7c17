/* The verbs on effects: the dispatcher's report of a delivery, a person's order to try again, and
 * the demo's inbox. Backoff doubles from a second to a quarter of an hour; after 20 attempts an
 * effect has failed and waits for a person, but the network and the payment provider are asked for
 * ever. */
#ifndef RINGOFF_EFFECT_H
#define RINGOFF_EFFECT_H
#include "store/internal.h"
#include "store/verb.h"

enum { EFFECT_ATTEMPTS = 20 };

struct effect_retry {
    int64_t effect;
};

/* Milliseconds to wait after the given number of failed attempts (1 or more). */
int64_t effect_backoff(int64_t attempts);

/* System -> result effect. Delivered, a message that asks for a confirmation starts the person's
 * time; given up, it opens a work item: the person cannot answer what did not arrive. */
extern const struct verb effect_report_verb;
/* Staff, API -> result effect. A failed one is tried again from the first attempt, a waiting one
 * at once. REFUSED_EFFECT_STATE when it is done, dropped or expired. */
extern const struct verb effect_retry_verb;
/* System -> result effect. The payment provider's answer to the end of a mandate, which is asked
 * for ever: when it will not, or after EFFECT_ATTEMPTS, a work item is opened. */
extern const struct verb mandate_report_verb;
/* System, on demo installations only; one message an effect, a second is REFUSED_UNCHANGED. */
extern const struct verb inbox_add_verb;
#endif
