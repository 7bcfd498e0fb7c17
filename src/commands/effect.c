#include "commands/effect.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "commands/closure_shared.h"

enum { BACKOFF_DOUBLINGS = 10 };

int64_t effect_backoff(int64_t attempts) {
    assert(attempts > 0);
    int64_t longest = 15 * MINUTE;
    int64_t wait = attempts > BACKOFF_DOUBLINGS ? longest : SECOND << (attempts - 1);
    return wait < longest ? wait : longest;
}

struct rows {
    struct effect effect;
    struct closure closure;
    struct line line;
    struct work works[WORKS_A_CLOSURE];
};

/* --- effect.report --- */

static const struct field report_input[] = {
    INPUT(FIELD_ID, effect_report, effect, 1, INT64_MAX, "The effect"),
    INPUT(FIELD_INT, effect_report, outcome, OUTCOME_DELIVERED, OUTCOME_DROPPED,
          "1 delivered, 2 to be tried again, 3 failed, 4 dropped"),
    INPUT(FIELD_TEXT, effect_report, cause, 0, 159, "Why; no personal data"),
    INPUT(FIELD_ID, effect_report, closure, 0, INT64_MAX, "The closure that is to be confirmed"),
    INPUT(FIELD_ID, effect_report, line, 0, INT64_MAX, "Its line"),
    FIELD_END,
};

static void report_load(struct load *load, const void *given, void *rows) {
    const struct effect_report *in = given;
    struct rows *r = rows;
    want_line(load, in->line, &r->line);
    want_closure(load, in->closure, &r->closure);
    want_works(load, in->closure, r->works);
    want_effect(load, in->effect, &r->effect);
}

static void report_retry(struct outcome *out, struct effect *effect) {
    effect->attempts++;
    /* Never given up: the staff are called; and what a provider took once is not left hanging. */
    bool endless = strcmp(effect->to, "network") == 0 || strcmp(effect->to, "payment") == 0;
    if (effect->attempts >= EFFECT_ATTEMPTS && !endless) {
        effect->state = EFFECT_FAILED;
        effect->done_at = out->now;
    } else {
        effect->next_at = out->now + effect_backoff(effect->attempts);
    }
}

static bool asks(const struct effect *effect) {
    return effect->kind == EFFECT_CONFIRM || effect->kind == EFFECT_REMIND;
}

/* The case is told: from now on it waits for the person, or the staff must see to it. */
static void report_asking(struct outcome *out, const struct effect *effect, const struct rows *r) {
    struct closure closure = r->closure;
    const struct policy *policy = closure_policy(out, &closure);
    if (effect->state == EFFECT_WAITING || !closure_message_present(&closure, effect))
        return;
    if (effect->state == EFFECT_DONE) {
        if (closure_delivered(&closure, policy, out->now) != ACCEPTED)
            return;
        put_closure(out, &closure);
        closure_works_end(out, r->works, WORK_MESSAGE, "delivered", 0);
    } else if (effect->kind == EFFECT_CONFIRM && closure_undelivered(&closure, policy)) {
        closure_work_open(out, &closure, r->works, WORK_MESSAGE, out->now + HOUR);
    }
}

static enum refusal report_decide(struct outcome *out, const void *given, const void *rows) {
    static const enum effect_state states[] = {
        [OUTCOME_DELIVERED] = EFFECT_DONE,
        [OUTCOME_FAILED] = EFFECT_FAILED,
        [OUTCOME_DROPPED] = EFFECT_DROPPED,
    };
    const struct effect_report *in = given;
    const struct rows *r = rows;
    struct effect effect = r->effect;
    out->subject = effect.line;
    if (!effect.id ||
        (asks(&effect) && (!closure_fits(&r->closure, &r->line) || r->closure.id != effect.target)))
        return REFUSED_NOT_FOUND;
    if (in->outcome < OUTCOME_DELIVERED || in->outcome > OUTCOME_DROPPED)
        return REFUSED_INPUT;
    if (effect.state != EFFECT_WAITING)
        return REFUSED_UNCHANGED;
    if (in->outcome == OUTCOME_RETRY) {
        report_retry(out, &effect);
    } else {
        effect.attempts += in->outcome != OUTCOME_DROPPED;
        effect.state = states[in->outcome];
        effect.done_at = out->now;
    }
    memcpy(effect.cause, in->cause, sizeof effect.cause);
    put_effect(out, &effect);
    if (asks(&effect))
        report_asking(out, &effect, r);
    out->result = effect.id;
    return ACCEPTED;
}

static const enum refusal report_refusals[] = {
    REFUSED_NOT_FOUND,
    REFUSED_INPUT,
    REFUSED_UNCHANGED,
    ACCEPTED,
};

const struct verb effect_report_verb = {
    .name = "effect.report",
    .help = "What became of a delivery",
    .who = ACTOR_SYSTEM,
    .view = "effect",
    .input = report_input,
    .input_size = sizeof(struct effect_report),
    .rows_size = sizeof(struct rows),
    .internal = true,
    .load = report_load,
    .decide = report_decide,
    .refusals = report_refusals,
};

/* --- effect.retry --- */

static const struct field retry_input[] = {
    INPUT(FIELD_ID, effect_retry, effect, 1, INT64_MAX, "The effect"),
    FIELD_END,
};

static void retry_load(struct load *load, const void *given, void *rows) {
    const struct effect_retry *in = given;
    struct rows *r = rows;
    want_effect(load, in->effect, &r->effect);
}

static enum refusal retry_decide(struct outcome *out, const void *given, const void *rows) {
    struct effect effect = ((const struct rows *)rows)->effect;
    (void)given;
    out->subject = effect.line;
    out->result = effect.id;
    if (!effect.id)
        return REFUSED_NOT_FOUND;
    if (effect.state == EFFECT_DONE || effect.state == EFFECT_DROPPED ||
        (effect.expires_at && effect.expires_at <= out->now))
        return REFUSED_EFFECT_STATE;
    if (effect.state == EFFECT_WAITING && effect.next_at <= out->now)
        return REFUSED_UNCHANGED;
    if (effect.state == EFFECT_FAILED)
        effect.attempts = 0;
    effect.state = EFFECT_WAITING;
    effect.next_at = out->now;
    effect.done_at = 0;
    put_effect(out, &effect);
    out->effects = true;
    return ACCEPTED;
}

static const enum refusal retry_refusals[] = {
    REFUSED_NOT_FOUND,
    REFUSED_EFFECT_STATE,
    REFUSED_UNCHANGED,
    ACCEPTED,
};

const struct verb effect_retry_verb = {
    .name = "effect.retry",
    .help = "Try again now what failed or waits for its next attempt",
    .who = ACTOR_STAFF | ACTOR_API,
    .scope = "effects:write",
    .view = "effect",
    .input = retry_input,
    .input_size = sizeof(struct effect_retry),
    .rows_size = sizeof(struct rows),
    .load = retry_load,
    .decide = retry_decide,
    .refusals = retry_refusals,
};
