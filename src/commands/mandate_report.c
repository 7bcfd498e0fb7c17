/* mandate.report: the payment provider knows that a mandate has ended, or does not yet. It is asked
 * for ever; after EFFECT_ATTEMPTS, or when there is no provider or it will not, the staff are
 * called, and whoever ends it first ends their work item. */
#include "commands/effect.h"

#include <string.h>

#include "base/clock.h"
#include "commands/closure_shared.h"

static const struct field input[] = {
    INPUT(FIELD_ID, mandate_report, mandate, 1, INT64_MAX, "The mandate"),
    INPUT(FIELD_ID, mandate_report, line, 1, INT64_MAX, "Its line"),
    INPUT(FIELD_ID, mandate_report, effect, 1, INT64_MAX, "The effect that asked for its end"),
    INPUT(FIELD_INT, mandate_report, outcome, OUTCOME_DELIVERED, OUTCOME_FAILED,
          "1 ended, 2 to be asked again, 3 for the staff"),
    INPUT(FIELD_TEXT, mandate_report, text, 1, 159, "What was answered, or why not"),
    FIELD_END,
};

struct rows {
    struct line line;
    struct mandate mandate;
    struct effect effect;
    struct work works[WORKS_A_CLOSURE];
};

static void load(struct load *load, const void *given, void *rows) {
    const struct mandate_report *in = given;
    struct rows *r = rows;
    want_line(load, in->line, &r->line);
    want_mandate(load, in->mandate, &r->mandate);
    want_effect(load, in->effect, &r->effect);
    want_mandate_works(load, in->mandate, r->works);
}

static void work_open(struct outcome *out, const struct rows *r) {
    for (size_t i = 0; i < WORKS_A_CLOSURE; i++)
        if (r->works[i].id && !r->works[i].done_at)
            return;
    struct work work = {.id = outcome_id(out),
                        .operator= r->mandate.operator,
                        .line = r->mandate.line,
                        .mandate = r->mandate.id,
                        .kind = WORK_MANDATE,
                        .opened_at = out->now,
                        .due_at = out->now + DAY};
    add_work(out, &work);
}

static void settle(struct outcome *out, const struct mandate_report *in, struct effect effect) {
    effect.attempts++;
    memcpy(effect.cause, in->text, sizeof effect.cause);
    if (in->outcome == OUTCOME_RETRY) {
        effect.next_at = out->now + effect_backoff(effect.attempts);
    } else {
        effect.state = in->outcome == OUTCOME_DELIVERED ? EFFECT_DONE : EFFECT_FAILED;
        effect.done_at = out->now;
    }
    put_effect(out, &effect);
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct mandate_report *in = given;
    const struct rows *r = rows;
    struct mandate mandate = r->mandate;
    out->subject = r->line.id;
    out->result = r->effect.id;
    if (!mandate.id || mandate.line != r->line.id || r->effect.target != mandate.id ||
        r->effect.kind != EFFECT_MANDATE_END)
        return REFUSED_NOT_FOUND;
    if (in->outcome < OUTCOME_DELIVERED || in->outcome > OUTCOME_FAILED || !in->text[0])
        return REFUSED_INPUT;
    if (r->effect.state != EFFECT_WAITING)
        return REFUSED_UNCHANGED;
    settle(out, in, r->effect);
    if (mandate.told_at) /* the provider itself said so meanwhile */
        return ACCEPTED;
    if (in->outcome == OUTCOME_DELIVERED) {
        mandate.told_at = out->now;
        put_mandate(out, &mandate);
        closure_works_end(out, r->works, WORK_MANDATE, in->text, 0);
    } else if (in->outcome == OUTCOME_FAILED || r->effect.attempts + 1 >= EFFECT_ATTEMPTS) {
        work_open(out, r);
    }
    return ACCEPTED;
}

static const enum refusal refusals[] = {REFUSED_NOT_FOUND, REFUSED_INPUT, REFUSED_UNCHANGED,
                                        ACCEPTED};

const struct verb mandate_report_verb = {
    .name = "mandate.report",
    .help = "What the payment provider answered to the end of a mandate",
    .who = ACTOR_SYSTEM,
    .view = "effect",
    .input = input,
    .input_size = sizeof(struct mandate_report),
    .rows_size = sizeof(struct rows),
    .money = true,
    .internal = true,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
