/* One due effect, from its row to the report; and one round of due closures.
 * Shared by the dispatcher's files only. A dispatch belongs to one thread: it holds a connection
 * that reads and nothing that changes between effects. */
#ifndef RINGOFF_DISPATCH_H
#define RINGOFF_DISPATCH_H
#include "effects/dispatcher.h"

enum { DISPATCH_BATCH = 64 };

struct dispatch {
    const struct dispatcher_settings *settings;
    struct store *reader;
};

/* Delivers, then reports. False when the report could not be recorded (the store is down or full):
 * the effect is still due. *changed: the report was accepted. */
bool dispatch_effect(const struct dispatch *dispatch, const struct effect *effect, bool *changed);
/* Takes the due closures' next steps; how many were taken. */
size_t dispatch_closures(const struct dispatch *dispatch);
/* The due effects, at most DISPATCH_BATCH; how many. */
size_t dispatch_due(const struct dispatch *dispatch, struct effect rows[DISPATCH_BATCH]);
#endif
