#include <assert.h>

#include "commands/closure.h"
#include "commands/closure_shared.h"

static const struct field input[] = {
    INPUT(FIELD_ID, closure_advance, closure, 1, INT64_MAX, "The closure"),
    INPUT(FIELD_ID, closure_advance, line, 1, INT64_MAX, "Its line"),
    FIELD_END,
};

struct rows {
    struct closure closure;
    struct line line;
    struct contact contacts[CONTACTS_A_LINE];
    struct work works[WORKS_A_CLOSURE];
};

static void load(struct load *load, const void *given, void *rows) {
    const struct closure_advance *in = given;
    struct rows *r = rows;
    want_line(load, in->line, &r->line);
    want_closure(load, in->closure, &r->closure);
    want_contacts(load, in->line, r->contacts);
    want_works(load, in->closure, r->works);
}

/* The staff are called for what it waits for, one item each. */
static void call_staff(struct outcome *out, const struct rows *r, const struct closure *closure,
                       const struct policy *policy) {
    struct closure_status status = closure_derive(closure, policy);
    int64_t due = closure->due_at;
    if (status.state == CLOSURE_EXECUTING)
        closure_work_open(out, closure, r->works, WORK_NETWORK_CUT, due);
    if (closure_undelivered(closure, policy))
        closure_work_open(out, closure, r->works, WORK_MESSAGE, due);
    if (status.state == CLOSURE_SUBMITTED && status.identity == GATE_PENDING)
        closure_work_open(out, closure, r->works, WORK_IDENTITY, due);
}

static enum refusal step(struct outcome *out, const struct rows *r, struct closure *closure,
                         const struct policy *policy) {
    enum refusal no = REFUSED_UNCHANGED;
    switch (closure_step(closure, policy, out->now)) {
    case STEP_NONE:
        break;
    case STEP_REMIND:
        no = closure_remind(closure, policy, out->now);
        if (!no)
            closure_ask(out, EFFECT_REMIND, closure);
        break;
    case STEP_EXPIRE:
        no = closure_expire(closure, policy, out->now);
        if (!no) {
            closure_works_end(out, r->works, 0, "expired", 0);
            closure_tell(out, EFFECT_EXPIRED, closure, r->contacts, true);
        }
        break;
    case STEP_START:
        no = closure_start(closure, policy, out->now);
        if (!no)
            outcome_effect(out, EFFECT_NETWORK_CUT, "network", closure->id, closure->line, 0, 0, 0);
        break;
    case STEP_ESCALATE:
        no = closure_escalate(closure, policy, out->now);
        if (!no)
            call_staff(out, r, closure, policy);
        break;
    }
    return no;
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct rows *r = rows;
    struct closure closure = r->closure;
    (void)given;
    out->subject = r->line.id;
    if (!closure_fits(&closure, &r->line))
        return REFUSED_NOT_FOUND;
    const struct policy *policy = closure_policy(out, &closure);
    enum refusal no = step(out, r, &closure, policy);
    if (no)
        return no;
    assert(closure.next_at == closure_next(&closure, policy));
    closure_record(out, &closure, &r->line, policy);
    out->result = closure.id;
    return ACCEPTED;
}

static const enum refusal refusals[] = {REFUSED_NOT_FOUND, REFUSED_UNCHANGED, ACCEPTED};

const struct verb closure_advance_verb = {
    .name = "closure.advance",
    .help = "Do with a closure what is due: remind, expire, start, escalate",
    .who = ACTOR_SYSTEM,
    .view = "closure",
    .input = input,
    .input_size = sizeof(struct closure_advance),
    .rows_size = sizeof(struct rows),
    .internal = true,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
