/* One due effect, from its row to the report; and one round of due closures.
 * Shared by the dispatcher's files only. A dispatch belongs to one thread: it holds a connection
 * that reads and nothing that changes between effects. */
#ifndef RINGOFF_DISPATCH_H
#define RINGOFF_DISPATCH_H
#include "effects/dispatcher.h"
#include "store/internal.h"

enum { DISPATCH_BATCH = 64 };

struct dispatch {
    const struct dispatcher_settings *settings;
    struct store *reader;
};

/* What came of one delivery, to be recorded by a verb; kept until the store has taken it, so that
 * what was delivered is not delivered again because it could not be written down. */
struct dispatch_answer {
    const char *verb; /* effect.report, network.cut or network.manual */
    union {
        struct effect_report report;
        struct network_cut cut;
        struct network_manual manual;
    } input;
};
enum dispatch_recorded {
    RECORDED,           /* and something changed */
    RECORDED_UNCHANGED, /* it was answered, but changed nothing */
    RECORDED_BROKEN,    /* our fault: this one cannot be recorded, others can */
    RECORDED_DOWN,      /* the store is down or full */
};

/* Delivers. False when its rows could not be read: nothing was tried outside. */
bool dispatch_deliver(const struct dispatch *dispatch, const struct effect *effect,
                      struct dispatch_answer *answer);
/* Records the answer; it may be given again after BROKEN or DOWN. */
enum dispatch_recorded dispatch_record(const struct dispatch *dispatch, const struct effect *effect,
                                       struct dispatch_answer *answer);
/* Takes the due closures' next steps; how many were taken. */
size_t dispatch_closures(const struct dispatch *dispatch);
/* The due effects of one queue, the network's or all others, at most room; how many. */
size_t dispatch_due(const struct dispatch *dispatch, bool network, struct effect *rows,
                    size_t room);
#endif
