/* Cutting the line: by the network's adapter and read back, or by the staff who attest it. Either
 * way the same decision finishes the closure in one commit: money, number, line, registration.
 * Whichever comes first finishes; the other is answered REFUSED_UNCHANGED. */
#ifndef RINGOFF_NETWORK_H
#define RINGOFF_NETWORK_H
#include "store/internal.h"
#include "store/rows.h"
#include "store/verb.h"

struct network_done {
    int64_t work;
    char evidence[200];
    int64_t closure, suspension, line; /* filled by prepare, and checked again; one of the first */
    int64_t effect;                    /* by prepare too: its newest effect for the network */
};

/* System: read back; finishes the closure. */
extern const struct verb network_cut_verb;
/* Staff: attested by the named actor, with evidence; finishes the closure, or bars or unbars a
 * suspended line (network_switch.h). An adapter's effect
 * stays as a check; a work item that the check opened later is ended by the same verb. */
extern const struct verb network_done_verb;
/* System: the staff must do it, or look again at what they attested and the network denies; opens
 * the work item and settles the effect. */
extern const struct verb network_manual_verb;
#endif
