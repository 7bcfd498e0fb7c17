/* One due effect, from its row to the report; and one round of due closures.
 * Shared by the dispatcher's files and its tests. A dispatch belongs to one thread: it holds a
 * connection that reads, and the finder's also where in each queue its last look ended, so that
 * what cannot be done holds up nobody behind it. */
#ifndef RINGOFF_DISPATCH_H
#define RINGOFF_DISPATCH_H
#include "effects/dispatcher.h"
#include "store/internal.h"

enum { DISPATCH_BATCH = 64, DISPATCH_SETBACKS = 256 };

/* What leaves the house by one way, and waits for others of it only. */
enum lane {
    LANE_MESSAGES,
    LANE_NETWORK,
    LANE_PAYMENTS,
    LANE_ASIDE, /* no way: for what was delivered and cannot be recorded */
    LANES,
};

/* The last row seen in a queue that is ordered by time; zero: the next look begins at its head. */
struct place {
    int64_t at, id;
};

/* The cases that have a timer. */
enum dispatch_timer { TIMER_CLOSURES, TIMER_SUSPENSIONS, TIMER_REFUNDS, TIMERS };

/* A case whose step was refused or could not be recorded; id 0: none. */
struct setback {
    int64_t id, until, times;
};

struct dispatch {
    const struct dispatcher_settings *settings;
    struct store *reader;
    struct http_link *http; /* kept from delivery to delivery; NULL: none is */
    struct place cases[TIMERS], lanes[LANE_ASIDE];
    struct setback setbacks[DISPATCH_SETBACKS];
};

/* What came of one delivery, to be recorded by a verb; kept until the store has taken it, so that
 * what was delivered is not delivered again because it could not be written down. */
struct dispatch_answer {
    const char *verb; /* of what the input is */
    union {
        struct inbox_add inbox;
        struct effect_report report;
        struct network_cut cut;
        struct network_manual manual;
        struct network_switch switched;
        struct refund_report refund;
        struct mandate_report mandate;
    } input;
};
enum dispatch_recorded {
    RECORDED,           /* and something changed */
    RECORDED_UNCHANGED, /* it was answered, but changed nothing */
    RECORDED_BROKEN,    /* our fault: this one cannot be recorded, others can */
    RECORDED_DOWN,      /* the store is down or full */
    RECORDED_NEXT,      /* this verb was; the answer has become another one, to be given now */
};

/* Delivers. False when its rows could not be read: nothing was tried outside. */
bool dispatch_deliver(const struct dispatch *dispatch, const struct effect *effect,
                      struct dispatch_answer *answer);
/* The same of an effect for the payment provider; dispatch_deliver calls it. */
bool dispatch_payment(const struct dispatch *dispatch, const struct effect *effect,
                      struct dispatch_answer *answer);
/* The answer effect.report. */
struct dispatch_answer dispatch_report(const struct effect *effect, enum effect_outcome outcome,
                                       const char *cause);
/* A command that the house gives itself; input is the verb's. */
struct job dispatch_job_of(const struct dispatcher_settings *settings, const char *name,
                           int64_t operator, void * input);
/* The command that records the answer; it points into it. To be given again after BROKEN or DOWN.
 */
struct job dispatch_job(const struct dispatcher_settings *settings, const struct effect *effect,
                        struct dispatch_answer *answer);
/* What the answered job says; after NEXT another one is to be made of the answer. */
enum dispatch_recorded dispatch_judge(const struct effect *effect, struct dispatch_answer *answer,
                                      const struct job *job);
/* Gives it and waits, until it is not NEXT. */
enum dispatch_recorded dispatch_record(const struct dispatch *dispatch, const struct effect *effect,
                                       struct dispatch_answer *answer);
/* Takes the next steps of at most DISPATCH_BATCH due cases of a kind in the order of their time,
 * and begins behind them the next time; how many were taken. cases[timer].at is 0 once all that are
 * due were looked at. A case that fails is tried again after a second, doubling up to nine minutes.
 */
size_t dispatch_cases(struct dispatch *dispatch, enum dispatch_timer timer);
/* The due effects of a lane, at most room, from behind its place; how many. */
size_t dispatch_due(const struct dispatch *dispatch, enum lane lane, struct effect *rows,
                    size_t room);
/* The next look begins behind this effect; NULL: at the head. */
void dispatch_pass(struct dispatch *dispatch, enum lane lane, const struct effect *last);
#endif
