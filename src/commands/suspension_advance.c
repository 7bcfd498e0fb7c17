#include <assert.h>

#include "commands/suspension.h"
#include "commands/suspension_shared.h"

static const struct field input[] = {
    INPUT(FIELD_ID, suspension_advance, suspension, 1, INT64_MAX, "The suspension"),
    INPUT(FIELD_ID, suspension_advance, line, 1, INT64_MAX, "Its line"),
    FIELD_END,
};

struct rows {
    struct suspension suspension;
    struct line line;
    struct contact contacts[CONTACTS_A_LINE];
    struct work works[WORKS_A_CLOSURE];
};

static void load(struct load *load, const void *given, void *rows) {
    const struct suspension_advance *in = given;
    struct rows *r = rows;
    want_line(load, in->line, &r->line);
    want_suspension(load, in->suspension, &r->suspension);
    want_contacts(load, in->line, r->contacts);
    want_suspension_works(load, in->line, r->works);
}

/* The line itself is barred, so its contacts alone are told, until it works again. */
static enum refusal step(struct outcome *out, const struct rows *r, struct suspension *suspension,
                         const struct policy *policy) {
    enum refusal no = REFUSED_UNCHANGED;
    switch (suspension_step(suspension, policy, out->now)) {
    case SUSPEND_NONE:
        break;
    case SUSPEND_REMIND:
        no = suspension_remind(suspension, policy, out->now);
        if (!no)
            suspension_tell(out, EFFECT_SUSPENSION_ENDS, suspension, r->contacts, false);
        break;
    case SUSPEND_END:
        no = suspension_last_day(suspension, policy, out->now);
        if (!no && suspension->over_at)
            suspension_tell(out, EFFECT_SUSPENSION_OVER, suspension, r->contacts, false);
        else if (!no)
            suspension_ask(out, EFFECT_NETWORK_UNBAR, suspension);
        break;
    case SUSPEND_ESCALATE:
        no = suspension_escalate(suspension, policy, out->now);
        if (!no) {
            suspension_work_open(out, suspension, r->works, policy);
            suspension_tell(out, EFFECT_SUSPENSION_LATE, suspension, r->contacts, false);
        }
        break;
    }
    return no;
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct rows *r = rows;
    struct suspension suspension = r->suspension;
    (void)given;
    out->subject = r->line.id;
    if (!suspension_fits(&suspension, &r->line))
        return REFUSED_NOT_FOUND;
    const struct policy *policy = suspension_policy(out, &suspension);
    enum refusal no = step(out, r, &suspension, policy);
    if (no)
        return no;
    assert(suspension.next_at == suspension_next(&suspension, policy));
    put_suspension(out, &suspension);
    out->result = r->line.id;
    return ACCEPTED;
}

static const enum refusal refusals[] = {REFUSED_NOT_FOUND, REFUSED_UNCHANGED, ACCEPTED};

const struct verb suspension_advance_verb = {
    .name = "suspension.advance",
    .help = "Do with a suspension what is due: remind, end, escalate",
    .who = ACTOR_SYSTEM,
    .view = "suspension",
    .input = input,
    .input_size = sizeof(struct suspension_advance),
    .rows_size = sizeof(struct rows),
    .internal = true,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
