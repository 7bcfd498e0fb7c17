/* The verbs of a suspension: suspend a line, have it reactivated, the timer's advance, and what the
 * network's adapter reports. Thin over rules/suspension.h, as the verbs of a closure are over its
 * rules. All of them lock the line, on which its suspension hangs. */
#ifndef RINGOFF_SUSPENSION_COMMANDS_H
#define RINGOFF_SUSPENSION_COMMANDS_H
#include "store/internal.h"
#include "store/verb.h"

struct line_suspend {
    int64_t line;
    int64_t fee_minor; /* the most that it may cost: what was shown */
    char language[16];
};
struct line_reactivate {
    int64_t line;
    char document_type[CODE_SIZE], document[DOCUMENT_SIZE];
};

/* {line, fee_minor, language} -> result line. Subscriber with a session (and a fresh password after
 * a change of SIM or contact), API or staff. */
extern const struct verb line_suspend_verb;
/* {line, document_type, document} -> result line. Subscriber with a fresh password, API or staff,
 * each with the registered ID number. While the bar is still under way it is answered as accepted,
 * and done once the network has said what became of it. */
extern const struct verb line_reactivate_verb;
/* System: does the one step that is due, or REFUSED_UNCHANGED. */
extern const struct verb suspension_advance_verb;
/* System: barred or unbarred and read back; or for the staff; or skipped. */
extern const struct verb network_switch_verb;
#endif
