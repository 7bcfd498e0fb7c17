/* A suspension is a handful of facts with times, as a closure is: what state it is in, what the
 * timer has to do and what the network is to be told is derived here. It is reversible: number,
 * credit and registration stay. What was shown when it was asked for binds: the last day and the
 * most that it costs. Pure. The policy given must be the one under which it was asked for
 * (suspension->policy). */
#ifndef RINGOFF_SUSPENSION_H
#define RINGOFF_SUSPENSION_H
#include <stdbool.h>
#include <stdint.h>

#include "rules/policy.h"
#include "rules/refusal.h"
#include "rules/row.h"

enum suspension_state {
    SUSPENSION_NONE,      /* there is none (id 0) */
    SUSPENSION_ASKED,     /* the network has not said yet that the line is barred */
    SUSPENSION_ON,        /* barred */
    SUSPENSION_OVER,      /* barred; the last day came, and it stays until the person asks */
    SUSPENSION_RETURNING, /* the network has not said yet that the line works again */
    SUSPENSION_ENDED,
    SUSPENSION_STATE_COUNT
};

/* What suspending the line now would mean. */
struct suspension_terms {
    int64_t fee_minor;        /* from paid credit, once it is barred; never more than is there */
    int64_t until, remind_at; /* the last instant; when the reminder goes */
    int64_t expires_at;       /* the line's validity if it is suspended until the end; 0 = none */
};
/* The terms for a line whose paid credit is so much, not negative. */
struct suspension_terms suspension_terms(const struct line *line, int64_t paid_minor,
                                         const struct policy *policy, int64_t now);

/* The state, from the facts. */
enum suspension_state suspension_derive(const struct suspension *suspension);
/* Stable, lower_case: "asked", "suspended", "over", "returning", "ended"; "none". Static. */
const char *suspension_state_code(enum suspension_state state);
/* False while no message can be counted on to reach the line: it is barred, or about to be. open:
 * its open suspension, or an empty one. */
bool suspension_reaches(const struct line *line, const struct suspension *open);

/* May the line be suspended at most for this fee (what the person was shown, minor units).
 * REFUSED_LINE_CLOSED, REFUSED_LINE_CLOSING, REFUSED_LINE_SUSPENDED (or about to be),
 * REFUSED_LINE_EXPIRED, REFUSED_FEE (it costs more by now). */
enum refusal suspension_may(const struct line *line, const struct suspension *open,
                            const struct suspension_terms *terms, int64_t fee_minor);

/* What the timer has to do with it. */
enum suspension_step { SUSPEND_NONE, SUSPEND_REMIND, SUSPEND_END, SUSPEND_ESCALATE };
enum suspension_step suspension_step(const struct suspension *suspension,
                                     const struct policy *policy, int64_t now);
/* The first instant at which suspension_step answers a step (perhaps past), 0 = never. Every
 * transition below keeps suspension->next_at so. */
int64_t suspension_next(const struct suspension *suspension, const struct policy *policy);

/* What an effect for the network is to do now. */
enum suspension_switch {
    SWITCH_NONE, /* nothing: it has no sense any more */
    SWITCH_BAR,
    SWITCH_SKIP, /* not the bar any more, since the line is wanted back: go on to the unbar */
    SWITCH_UNBAR,
};
/* kind: EFFECT_NETWORK_BAR or EFFECT_NETWORK_UNBAR. At most one kind of them has something to do at
 * any time, so that a bar which waited never overtakes the unbar that came after it. */
enum suspension_switch suspension_switch(const struct suspension *suspension,
                                         enum effect_kind kind);

/* Transitions. Each checks, then sets its facts and next_at; on a refusal nothing is changed. */

/* Asks for it: the caller has filled id, account, language. The bar is to be recorded. */
void suspension_open(struct suspension *suspension, const struct line *line,
                     const struct suspension_terms *terms, const struct policy *policy,
                     int64_t now);
/* The network barred the line (how: enum cut_how). Sets the line's state, and in *fee_minor what is
 * to be taken of the paid credit: nothing when the line is wanted back already, and then
 * unbar_at is set and the unbar is to be recorded. REFUSED_UNCHANGED when nothing waits for it. */
enum refusal suspension_barred(struct suspension *suspension, struct line *line, int64_t paid_minor,
                               enum cut_how how, const struct policy *policy, int64_t now,
                               int64_t *fee_minor);
/* The network has not barred it, and need not: the unbar is to be recorded, since an attempt may
 * have got half way. REFUSED_UNCHANGED unless the line is wanted back and the bar was waited for.
 */
enum refusal suspension_skipped(struct suspension *suspension, const struct policy *policy,
                                int64_t now);
/* The line works again: ends it, and sets the line's state and validity, which is longer by the
 * time it was barred unless the policy has it run on. REFUSED_UNCHANGED when nothing waits for it.
 */
enum refusal suspension_unbarred(struct suspension *suspension, struct line *line, enum cut_how how,
                                 const struct policy *policy, int64_t now);
/* The network's own way does not do it: the staff have it. REFUSED_UNCHANGED when they had. */
enum refusal suspension_by_hand(struct suspension *suspension, const struct policy *policy,
                                int64_t now);
/* The line is to work again. When unbar_at is set afterwards, the unbar is to be recorded; else the
 * bar is still under way and its report does so. REFUSED_NOT_SUSPENDED (none, ended),
 * REFUSED_UNCHANGED (asked for already). */
enum refusal suspension_back(struct suspension *suspension, enum back_why why,
                             const struct policy *policy, int64_t now);
/* The line is being cut: whatever was under way has no sense any more. */
void suspension_close(struct suspension *suspension, int64_t now);
/* The last day came; by policy it stays suspended, or it comes back as by suspension_back.
 * REFUSED_UNCHANGED unless that step is due. So below. */
enum refusal suspension_last_day(struct suspension *suspension, const struct policy *policy,
                                 int64_t now);
enum refusal suspension_remind(struct suspension *suspension, const struct policy *policy,
                               int64_t now);
enum refusal suspension_escalate(struct suspension *suspension, const struct policy *policy,
                                 int64_t now);
#endif
