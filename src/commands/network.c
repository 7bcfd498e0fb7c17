#include "commands/network.h"

#include <string.h>

#include "base/clock.h"
#include "commands/closure_shared.h"
#include "commands/evidence.h"
#include "commands/network_finish.h"
#include "commands/network_switch.h"

/* --- network.cut --- */

static const struct field cut_input[] = {
    INPUT(FIELD_ID, network_cut, closure, 1, INT64_MAX, "The closure"),
    INPUT(FIELD_ID, network_cut, line, 1, INT64_MAX, "Its line"),
    INPUT(FIELD_ID, network_cut, effect, 1, INT64_MAX, "The effect that cut it"),
    INPUT(FIELD_TEXT, network_cut, evidence, 1, 159, "What was read back"),
    FIELD_END,
};

static void cut_load(struct load *load, const void *given, void *rows) {
    const struct network_cut *in = given;
    finish_load(load, in->closure, in->line, in->effect, rows);
}

static enum refusal cut_decide(struct outcome *out, const void *given, const void *rows) {
    const struct network_cut *in = given;
    return finish_decide(out, rows, CUT_READ_BACK, in->evidence, 0);
}

static const enum refusal cut_refusals[] = {
    REFUSED_NOT_FOUND, REFUSED_UNCHANGED, REFUSED_CLOSURE_STATE, REFUSED_EVIDENCE, ACCEPTED,
};

const struct verb network_cut_verb = {
    .name = "network.cut",
    .help = "The network was cut and read back: finish the closure",
    .who = ACTOR_SYSTEM,
    .view = "closure",
    .input = cut_input,
    .input_size = sizeof(struct network_cut),
    .rows_size = sizeof(struct finish_rows),
    .money = true,
    .internal = true,
    .load = cut_load,
    .decide = cut_decide,
    .refusals = cut_refusals,
};

/* --- network.done --- */

static const struct field done_input[] = {
    INPUT(FIELD_ID, network_done, work, 1, INT64_MAX, "The work item"),
    INPUT(FIELD_TEXT, network_done, evidence, 0, 160,
          "What was done and seen in the network; no names, numbers or addresses"),
    FIELD_END,
};

struct done_rows {
    struct work work;
    struct staff staff;
    struct finish_rows finish;   /* of a cut, or */
    struct switch_rows switched; /* of a suspension */
};

static enum refusal done_prepare(void *input, const struct actor *actor, struct store *reader,
                                 const struct engine *engine, const struct secrets *secrets) {
    struct network_done *in = input;
    struct key key = {.id = in->work, .operator= actor->operator};
    struct work work = {0};
    struct want want = {.statement = WORK_BY_ID, .in = &key, .rows = &work, .room = 1};
    (void)secrets;
    if (engine->read(reader, &want, 1) != STORE_OK)
        return REFUSED_BUSY;
    in->closure = work.closure;
    in->suspension = work.suspension;
    in->line = work.line;
    struct effect effect = {0};
    key.id = work.closure ? work.closure : work.suspension;
    want = (struct want){.statement = EFFECTS_OF_NETWORK, .in = &key, .rows = &effect, .room = 1};
    if (engine->read(reader, &want, 1) != STORE_OK)
        return REFUSED_BUSY;
    in->effect = effect.id;
    return ACCEPTED;
}

static void done_load(struct load *load, const void *given, void *rows) {
    const struct network_done *in = given;
    struct done_rows *r = rows;
    want_work(load, in->work, &r->work);
    want_staff(load, load->actor->id, &r->staff);
    if (in->suspension)
        switch_load(load, in->suspension, in->line, in->effect, &r->switched);
    else
        finish_load(load, in->closure, in->line, in->effect, &r->finish);
}

static enum refusal look_again(struct outcome *out, const struct done_rows *r,
                               const char *evidence) {
    out->subject = r->finish.line.id;
    out->result = r->finish.closure.id;
    if (!evidence[0])
        return REFUSED_EVIDENCE;
    closure_works_end(out, r->finish.works, WORK_NETWORK_CUT, evidence, r->staff.id);
    return ACCEPTED;
}

/* Is it a thing to be done in the network, and are these its rows. */
static bool work_fits(const struct done_rows *r) {
    const struct work *work = &r->work;
    const struct switch_rows *s = &r->switched;
    if (!work->id)
        return false;
    if (work->kind == WORK_NETWORK_BAR || work->kind == WORK_NETWORK_UNBAR)
        return work->suspension == s->suspension.id && work->line == s->line.id;
    return work->kind == WORK_NETWORK_CUT && work->closure == r->finish.closure.id &&
           work->line == r->finish.line.id;
}

static enum refusal done_decide(struct outcome *out, const void *given, const void *rows) {
    const struct network_done *in = given;
    const struct done_rows *r = rows;
    if (!work_fits(r))
        return REFUSED_NOT_FOUND;
    if (!r->staff.id || r->staff.removed_at) /* an attestation bears a name */
        return REFUSED_NOT_ALLOWED;
    if (r->work.done_at) {
        out->subject = r->work.line;
        out->result = r->work.closure;
        return REFUSED_UNCHANGED;
    }
    if (evidence_personal(in->evidence))
        return REFUSED_EVIDENCE_PERSONAL;
    if (r->work.suspension)
        return switch_attested(out, &r->switched, (enum work_kind)r->work.kind, in->evidence,
                               r->staff.id);
    if (r->finish.closure.cut_at) /* the check denied what had been attested */
        return look_again(out, r, in->evidence);
    return finish_decide(out, &r->finish, CUT_ATTESTED, in->evidence, r->staff.id);
}

static const enum refusal done_refusals[] = {
    REFUSED_NOT_FOUND,         REFUSED_NOT_ALLOWED,   REFUSED_UNCHANGED, REFUSED_EVIDENCE,
    REFUSED_EVIDENCE_PERSONAL, REFUSED_CLOSURE_STATE, ACCEPTED,
};

const struct verb network_done_verb = {
    .name = "network.done",
    .help = "Attest, with evidence, what was done in the network: cut, barred or unbarred",
    .who = ACTOR_STAFF,
    .scope = "network:write",
    .view = "closure",
    .input = done_input,
    .input_size = sizeof(struct network_done),
    .rows_size = sizeof(struct done_rows),
    .money = true,
    .prepare = done_prepare,
    .load = done_load,
    .decide = done_decide,
    .refusals = done_refusals,
};

/* --- network.manual --- */

static const struct field manual_input[] = {
    INPUT(FIELD_ID, network_manual, closure, 1, INT64_MAX, "The closure"),
    INPUT(FIELD_ID, network_manual, line, 1, INT64_MAX, "Its line"),
    INPUT(FIELD_ID, network_manual, effect, 1, INT64_MAX, "The effect that asked for the cut"),
    INPUT(FIELD_TEXT, network_manual, cause, 0, 159, "Why the network cannot do it itself"),
    FIELD_END,
};

struct manual_rows {
    struct closure closure;
    struct line line;
    struct effect effect;
    struct work works[WORKS_A_CLOSURE];
};

static void manual_load(struct load *load, const void *given, void *rows) {
    const struct network_manual *in = given;
    struct manual_rows *r = rows;
    want_line(load, in->line, &r->line);
    want_closure(load, in->closure, &r->closure);
    want_effect(load, in->effect, &r->effect);
    want_works(load, in->closure, r->works);
}

static enum refusal manual_decide(struct outcome *out, const void *given, const void *rows) {
    const struct network_manual *in = given;
    const struct manual_rows *r = rows;
    struct effect effect = r->effect;
    out->subject = r->line.id;
    out->result = r->closure.id;
    if (!closure_fits(&r->closure, &r->line) || effect.target != r->closure.id)
        return REFUSED_NOT_FOUND;
    if (effect.state != EFFECT_WAITING)
        return REFUSED_UNCHANGED;
    if (closure_derive(&r->closure, closure_policy(out, &r->closure)).state == CLOSURE_EXECUTING)
        closure_work_open(out, &r->closure, r->works, WORK_NETWORK_CUT, r->closure.due_at);
    else if (in->cause[0] && r->closure.cut_how == CUT_ATTESTED)
        closure_work_open(out, &r->closure, r->works, WORK_NETWORK_CUT, out->now + HOUR);
    effect.state = in->cause[0] ? EFFECT_FAILED : EFFECT_DONE;
    effect.done_at = out->now;
    effect.attempts++;
    memcpy(effect.cause, in->cause, sizeof effect.cause);
    put_effect(out, &effect);
    return ACCEPTED;
}

static const enum refusal manual_refusals[] = {REFUSED_NOT_FOUND, REFUSED_UNCHANGED, ACCEPTED};

const struct verb network_manual_verb = {
    .name = "network.manual",
    .help = "Hand the cut to the staff as a work item",
    .who = ACTOR_SYSTEM,
    .view = "closure",
    .input = manual_input,
    .input_size = sizeof(struct network_manual),
    .rows_size = sizeof(struct manual_rows),
    .internal = true,
    .load = manual_load,
    .decide = manual_decide,
    .refusals = manual_refusals,
};
