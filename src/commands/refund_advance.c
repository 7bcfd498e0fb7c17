/* refund.advance: the staff are called, once, for a refund that should have arrived by now. */
#include <assert.h>

#include "commands/refund_shared.h"

static const struct field input[] = {
    INPUT(FIELD_ID, refund_advance, refund, 1, INT64_MAX, "The refund"),
    INPUT(FIELD_ID, refund_advance, line, 1, INT64_MAX, "Its line"),
    FIELD_END,
};

struct rows {
    struct refund refund;
    struct line line;
    struct work works[WORKS_A_CLOSURE];
};

static void load(struct load *load, const void *given, void *rows) {
    const struct refund_advance *in = given;
    struct rows *r = rows;
    want_line(load, in->line, &r->line);
    want_refund(load, in->refund, &r->refund);
    want_refund_works(load, in->refund, r->works);
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct rows *r = rows;
    struct refund refund = r->refund;
    (void)given;
    out->subject = r->line.id;
    if (!refund.id || refund.line != r->line.id)
        return REFUSED_NOT_FOUND;
    enum refusal no = refund_escalate(&refund, out->now);
    if (no)
        return no;
    assert(refund.next_at == 0);
    refund_work_open(out, &refund, r->works);
    put_refund(out, &refund);
    out->result = refund.id;
    return ACCEPTED;
}

static const enum refusal refusals[] = {REFUSED_NOT_FOUND, REFUSED_UNCHANGED, ACCEPTED};

const struct verb refund_advance_verb = {
    .name = "refund.advance",
    .help = "Do with a refund what is due: call the staff when it should have arrived",
    .who = ACTOR_SYSTEM,
    .view = "refund",
    .input = input,
    .input_size = sizeof(struct refund_advance),
    .rows_size = sizeof(struct rows),
    .internal = true,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
