/* The timeline of a closure: what happened, happens and will happen, in order, and who does it.
 * Used by views/closures.c. */
#ifndef RINGOFF_TIMELINE_H
#define RINGOFF_TIMELINE_H
#include "rules/closing.h"
#include "rules/closure.h"
#include "views/view.h"

enum { TIMELINE = 10 };

struct step_view {
    int64_t code, at, state, by;
};
struct timeline {
    struct step_view steps[TIMELINE];
    size_t count;
    bool over; /* the present step was found: what follows is later */
};

/* How a step becomes JSON. */
extern const struct view_field timeline_fields[];
/* Fills it from the closure's facts and what closing plans for it now. */
void timeline_fill(struct timeline *timeline, const struct closure *closure,
                   const struct closing *plan, int64_t now);
#endif
