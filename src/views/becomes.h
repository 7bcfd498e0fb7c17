/* What becomes of a line's credit, part by part, each with the policy's rule that says so: the same
 * list in the preview, while the person chooses, and afterwards.
 * Used by views/lines.c and views/settlements.c. */
#ifndef RINGOFF_BECOMES_H
#define RINGOFF_BECOMES_H
#include "rules/closing.h"
#include "views/view.h"

enum { BECOMES = 6 };

struct part_view {
    int64_t part, amount_minor;
    const char *rule; /* the field of the policy, as it stands in its JSON */
};
extern const struct view_field becomes_fields[];
/* How many parts there are; those of nothing are left out. way: of a refund. */
size_t becomes_fill(const struct settled *money, enum refund_way way,
                    struct part_view parts[BECOMES]);
#endif
