/* The inputs of the verbs that the house gives itself: timers, dispatcher, demo inbox.
 * commands/ decides on them and effects/ fills them; neither may include the other, so they stand
 * here. The dispatcher gets the verbs themselves by name from the program that wires the house. */
#ifndef RINGOFF_INTERNAL_H
#define RINGOFF_INTERNAL_H
#include <stdint.h>

#include "rules/row.h"

/* closure.advance: does the one step that is due. */
struct closure_advance {
    int64_t closure, line;
};

/* network.manual: hands the cut to the staff as a work item. cause empty: this operator has no
 * adapter; else the network will not do it (its books say otherwise), and the effect has failed. */
struct network_manual {
    int64_t closure, line, effect;
    char cause[160];
};

/* network.cut: the network was cut and read back. */
struct network_cut {
    int64_t closure, line, effect;
    char evidence[160];
};

/* suspension.advance: does the one step that is due. */
struct suspension_advance {
    int64_t suspension, line;
};

/* refund.advance: does the one step that is due. */
struct refund_advance {
    int64_t refund, line;
};

/* network.switch: what became of barring or unbarring a suspended line. */
enum switch_outcome {
    SWITCHED = 1, /* done and read back; the text is what was seen */
    SWITCH_STAFF, /* for the staff: there is no adapter (text empty), or it says why it will not */
    SWITCH_SKIPPED, /* the bar was not tried any more: the line is wanted back */
};
struct network_switch {
    int64_t suspension, line, effect, outcome;
    char text[160];
};

enum effect_outcome {
    OUTCOME_DELIVERED = 1,
    OUTCOME_RETRY,
    OUTCOME_FAILED,
    OUTCOME_DROPPED, /* it has no sense any more: expired, confirmed meanwhile, nobody there */
};

/* effect.report: what became of one delivery. closure and line: of a message that asks for a
 * confirmation (CONFIRM, REMIND), for then the case is told too; else 0. */
struct effect_report {
    int64_t effect, outcome;
    char cause[160]; /* why not; of a check of the network, what it showed */
    int64_t closure, line;
};

/* refund.report: what became of asking the payment provider to pay a refund back. closure and
 * charge are the refund's. */
enum refund_outcome {
    REFUND_WAS_PAID = 1, /* the evidence is what it answered */
    REFUND_CAME_BACK,    /* it will not pay it, and has not: reason says why */
    REFUND_BY_HAND,      /* for the staff; the evidence says why */
};
struct refund_report {
    int64_t refund, line, closure, charge, effect, outcome, reason;
    char evidence[160];
};

/* mandate.report: what the payment provider answered to the end of a mandate; outcome: DELIVERED
 * (it is no more), RETRY, FAILED (for the staff). */
struct mandate_report {
    int64_t mandate, line, effect, outcome;
    char text[160];
};

/* inbox.add: on a demo installation, what would have been sent. */
struct inbox_add {
    int64_t effect;
    char to[EMAIL_SIZE], via[16], subject[300], text[MESSAGE_SIZE];
};
#endif
