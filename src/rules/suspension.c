#include "rules/suspension.h"

#include <assert.h>
#include <stddef.h>

#include "base/clock.h"

static int64_t least(int64_t one, int64_t other) {
    return one < other ? one : other;
}

struct suspension_terms suspension_terms(const struct line *line, int64_t paid_minor,
                                         const struct policy *policy, int64_t now) {
    assert(line->id && policy && paid_minor >= 0 && now > 0);
    int64_t life = policy->suspension_maximum_days * DAY;
    bool longer = line->expires_at && !policy->suspension_validity_runs;
    return (struct suspension_terms){
        .fee_minor = least(policy->suspension_fee_minor, paid_minor),
        .until = now + life,
        .remind_at = now + life - policy->suspension_reminder_days * DAY,
        .expires_at = line->expires_at + (longer ? life : 0),
    };
}

enum suspension_state suspension_derive(const struct suspension *s) {
    assert(s);
    if (!s->id)
        return SUSPENSION_NONE;
    if (s->ended_at)
        return SUSPENSION_ENDED;
    if (s->back_at)
        return SUSPENSION_RETURNING;
    if (!s->barred_at)
        return SUSPENSION_ASKED;
    return s->over_at ? SUSPENSION_OVER : SUSPENSION_ON;
}

const char *suspension_state_code(enum suspension_state state) {
    static const char *const codes[SUSPENSION_STATE_COUNT] = {
        [SUSPENSION_NONE] = "none",           [SUSPENSION_ASKED] = "asked",
        [SUSPENSION_ON] = "suspended",        [SUSPENSION_OVER] = "over",
        [SUSPENSION_RETURNING] = "returning", [SUSPENSION_ENDED] = "ended",
    };
    assert(state < SUSPENSION_STATE_COUNT);
    return codes[state];
}

bool suspension_reaches(const struct line *line, const struct suspension *open) {
    assert(line && open);
    enum suspension_state state = suspension_derive(open);
    return line->state != LINE_SUSPENDED && state != SUSPENSION_ASKED;
}

enum refusal suspension_may(const struct line *line, const struct suspension *open,
                            const struct suspension_terms *terms, int64_t fee_minor) {
    assert(line->id && (!open->id || open->line == line->id));
    if (line->state == LINE_CLOSED)
        return REFUSED_LINE_CLOSED;
    if (line->closure)
        return REFUSED_LINE_CLOSING;
    if (open->id || line->state == LINE_SUSPENDED)
        return REFUSED_LINE_SUSPENDED;
    if (line->state == LINE_EXPIRED)
        return REFUSED_LINE_EXPIRED;
    return terms->fee_minor > fee_minor ? REFUSED_FEE : ACCEPTED;
}

/* --- the timer --- */

/* Since when the network is waited for; 0 when it is not, or when the staff have it in hand. */
static int64_t waits_since(const struct suspension *s) {
    enum suspension_state state = suspension_derive(s);
    if (s->by_hand_at || s->escalated_at)
        return 0;
    if (state == SUSPENSION_ASKED)
        return s->asked_at;
    return state == SUSPENSION_RETURNING ? s->back_at : 0;
}

static int64_t remind_at(const struct suspension *s, const struct policy *policy) {
    return s->until - policy->suspension_reminder_days * DAY;
}

int64_t suspension_next(const struct suspension *s, const struct policy *policy) {
    assert(policy);
    int64_t since = waits_since(s);
    if (since)
        return since + policy->suspension_escalate_minutes * MINUTE;
    if (suspension_derive(s) != SUSPENSION_ON)
        return 0;
    return s->reminded_at ? s->until : remind_at(s, policy);
}

enum suspension_step suspension_step(const struct suspension *s, const struct policy *policy,
                                     int64_t now) {
    int64_t next = suspension_next(s, policy);
    if (!next || now < next)
        return SUSPEND_NONE;
    if (waits_since(s))
        return SUSPEND_ESCALATE;
    return now < s->until ? SUSPEND_REMIND : SUSPEND_END;
}

static enum refusal changed(struct suspension *s, const struct policy *policy) {
    s->next_at = suspension_next(s, policy);
    return ACCEPTED;
}

/* --- the network --- */

enum suspension_switch suspension_switch(const struct suspension *s, enum effect_kind kind) {
    assert(kind == EFFECT_NETWORK_BAR || kind == EFFECT_NETWORK_UNBAR);
    enum suspension_state state = suspension_derive(s);
    if (kind == EFFECT_NETWORK_UNBAR)
        return state == SUSPENSION_RETURNING && s->unbar_at ? SWITCH_UNBAR : SWITCH_NONE;
    if (state == SUSPENSION_ASKED)
        return SWITCH_BAR;
    return state == SUSPENSION_RETURNING && !s->unbar_at ? SWITCH_SKIP : SWITCH_NONE;
}

/* From here on the network is asked to have the line work. */
static void unbar_begin(struct suspension *s, int64_t now) {
    s->unbar_at = now;
    s->by_hand_at = 0;
}

enum refusal suspension_barred(struct suspension *s, struct line *line, int64_t paid_minor,
                               enum cut_how how, const struct policy *policy, int64_t now,
                               int64_t *fee_minor) {
    assert(line->id == s->line && paid_minor >= 0);
    assert(how == CUT_READ_BACK || how == CUT_ATTESTED);
    enum suspension_switch wanted = suspension_switch(s, EFFECT_NETWORK_BAR);
    if (wanted == SWITCH_NONE)
        return REFUSED_UNCHANGED;
    s->barred_at = now;
    s->bar_how = how;
    line->state = LINE_SUSPENDED;
    *fee_minor = wanted == SWITCH_BAR ? least(s->fee_minor, paid_minor) : 0;
    s->fee_taken_minor = *fee_minor;
    if (wanted == SWITCH_SKIP)
        unbar_begin(s, now);
    else
        s->by_hand_at = s->escalated_at = 0;
    return changed(s, policy);
}

enum refusal suspension_skipped(struct suspension *s, const struct policy *policy, int64_t now) {
    assert(now > 0);
    if (suspension_switch(s, EFFECT_NETWORK_BAR) != SWITCH_SKIP)
        return REFUSED_UNCHANGED;
    unbar_begin(s, now);
    return changed(s, policy);
}

enum refusal suspension_unbarred(struct suspension *s, struct line *line, enum cut_how how,
                                 const struct policy *policy, int64_t now) {
    assert(line->id == s->line);
    assert(how == CUT_READ_BACK || how == CUT_ATTESTED);
    if (suspension_switch(s, EFFECT_NETWORK_UNBAR) != SWITCH_UNBAR)
        return REFUSED_UNCHANGED;
    s->unbarred_at = s->ended_at = now;
    s->unbar_how = how;
    s->end_how = END_REACTIVATED;
    if (s->barred_at && line->expires_at && !policy->suspension_validity_runs)
        line->expires_at += now - s->barred_at;
    bool expired = line->expires_at && line->expires_at <= now;
    line->state = expired ? LINE_EXPIRED : LINE_ACTIVE;
    return changed(s, policy);
}

enum refusal suspension_by_hand(struct suspension *s, const struct policy *policy, int64_t now) {
    enum suspension_state state = suspension_derive(s);
    assert(now > 0);
    if (s->by_hand_at || (state != SUSPENSION_ASKED && state != SUSPENSION_RETURNING))
        return REFUSED_UNCHANGED;
    s->by_hand_at = now;
    return changed(s, policy);
}

/* --- asking --- */

void suspension_open(struct suspension *s, const struct line *line,
                     const struct suspension_terms *terms, const struct policy *policy,
                     int64_t now) {
    assert(s->id && !s->asked_at && now > 0);
    s->operator= line->operator;
    s->line = line->id;
    s->policy = policy->id;
    s->asked_at = now;
    s->until = terms->until;
    s->fee_minor = terms->fee_minor;
    (void)changed(s, policy);
}

enum refusal suspension_back(struct suspension *s, enum back_why why, const struct policy *policy,
                             int64_t now) {
    assert(why == BACK_ASKED || why == BACK_LAST_DAY);
    enum suspension_state state = suspension_derive(s);
    if (state == SUSPENSION_NONE || state == SUSPENSION_ENDED)
        return REFUSED_NOT_SUSPENDED;
    if (state == SUSPENSION_RETURNING)
        return REFUSED_UNCHANGED;
    bool under_way = state == SUSPENSION_ASKED && !s->by_hand_at;
    s->back_at = now;
    s->back_why = why;
    s->escalated_at = 0;
    if (!under_way)
        unbar_begin(s, now);
    return changed(s, policy);
}

void suspension_close(struct suspension *s, int64_t now) {
    assert(s->id && !s->ended_at && now > 0);
    s->ended_at = now;
    s->end_how = END_CLOSED;
    s->next_at = 0;
}

enum refusal suspension_last_day(struct suspension *s, const struct policy *policy, int64_t now) {
    if (suspension_step(s, policy, now) != SUSPEND_END)
        return REFUSED_UNCHANGED;
    if (policy->suspension_at_end == AT_END_REACTIVATE)
        return suspension_back(s, BACK_LAST_DAY, policy, now);
    s->over_at = now;
    return changed(s, policy);
}

enum refusal suspension_remind(struct suspension *s, const struct policy *policy, int64_t now) {
    if (suspension_step(s, policy, now) != SUSPEND_REMIND)
        return REFUSED_UNCHANGED;
    s->reminded_at = now;
    return changed(s, policy);
}

enum refusal suspension_escalate(struct suspension *s, const struct policy *policy, int64_t now) {
    if (suspension_step(s, policy, now) != SUSPEND_ESCALATE)
        return REFUSED_UNCHANGED;
    s->escalated_at = now;
    return changed(s, policy);
}
