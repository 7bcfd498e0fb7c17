#include "commands/network_switch.h"

#include <assert.h>
#include <string.h>

#include "commands/suspension.h"
#include "rules/settlement.h"

void switch_load(struct load *load, int64_t suspension, int64_t line, int64_t effect,
                 struct switch_rows *rows) {
    want_line(load, line, &rows->line);
    want_suspension(load, suspension, &rows->suspension);
    want_effect(load, effect, &rows->effect);
    want_ledgers(load, line, rows->ledgers);
    want_ledgers_shared(load, rows->shared);
    want_contacts(load, line, rows->contacts);
    want_suspension_works(load, line, rows->works);
}

/* The fee: from the line's paid credit to the operator's account for fees. */
static void take_fee(struct outcome *out, const struct switch_rows *r, int64_t fee) {
    struct ledger_account ledgers[LEDGERS_A_LINE], shared[LEDGERS_A_LINE];
    memcpy(ledgers, r->ledgers, sizeof ledgers);
    memcpy(shared, r->shared, sizeof shared);
    struct ledger_account *paid = ledger_find(ledgers, LEDGER_PAID);
    struct ledger_account *fees = ledger_find(shared, LEDGER_SUSPENSION_FEE);
    if (!fee)
        return;
    assert(paid && fees); /* made with the line, made with the operator */
    bool good = outcome_move(out, paid, fees, MOVED_SUSPENSION_FEE, fee);
    assert(good); /* the rules never ask for more than there is */
    (void)good;
}

static int64_t paid_of(const struct switch_rows *r) {
    struct ledger_account ledgers[LEDGERS_A_LINE];
    memcpy(ledgers, r->ledgers, sizeof ledgers);
    const struct ledger_account *paid = ledger_find(ledgers, LEDGER_PAID);
    return paid ? paid->balance : 0;
}

static enum refusal barred(struct outcome *out, const struct switch_rows *r, enum cut_how how) {
    struct suspension suspension = r->suspension;
    struct line line = r->line;
    const struct policy *policy = suspension_policy(out, &suspension);
    int64_t fee;
    enum refusal no =
        suspension_barred(&suspension, &line, paid_of(r), how, policy, out->now, &fee);
    if (no)
        return no;
    take_fee(out, r, fee);
    line.online_minor = settlement_online_after(line.online_minor, fee);
    put_line(out, &line);
    put_suspension(out, &suspension);
    if (suspension.back_at) /* called off meanwhile: nobody need hear of it */
        suspension_ask(out, EFFECT_NETWORK_UNBAR, &suspension);
    else
        suspension_tell(out, EFFECT_SUSPENDED, &suspension, r->contacts, false);
    return ACCEPTED;
}

static enum refusal unbarred(struct outcome *out, const struct switch_rows *r, enum cut_how how) {
    struct suspension suspension = r->suspension;
    struct line line = r->line;
    const struct policy *policy = suspension_policy(out, &suspension);
    if (suspension_switch(&suspension, EFFECT_NETWORK_BAR) == SWITCH_SKIP)
        (void)suspension_skipped(&suspension, policy, out->now); /* the staff were quicker */
    enum refusal no = suspension_unbarred(&suspension, &line, how, policy, out->now);
    if (no)
        return no;
    put_line(out, &line);
    put_suspension(out, &suspension);
    suspension_tell(out, EFFECT_REACTIVATED, &suspension, r->contacts, true);
    return ACCEPTED;
}

static enum refusal switched(struct outcome *out, const struct switch_rows *r, bool bar,
                             enum cut_how how, const char *evidence, int64_t by) {
    enum refusal no = bar ? barred(out, r, how) : unbarred(out, r, how);
    if (!no)
        closure_works_end(out, r->works, bar ? WORK_NETWORK_BAR : WORK_NETWORK_UNBAR, evidence, by);
    return no;
}

/* Not barred, and not to be any more. False when that is not so. */
static bool skip(struct outcome *out, const struct switch_rows *r) {
    struct suspension suspension = r->suspension;
    const struct policy *policy = suspension_policy(out, &suspension);
    if (suspension_skipped(&suspension, policy, out->now) != ACCEPTED)
        return false;
    put_suspension(out, &suspension);
    suspension_ask(out, EFFECT_NETWORK_UNBAR, &suspension);
    return true;
}

/* Hands it over; where there is an adapter that will not do it, people hear that it takes longer.
 */
static void to_staff(struct outcome *out, const struct switch_rows *r, enum effect_kind kind,
                     bool failed) {
    struct suspension suspension = r->suspension;
    const struct policy *policy = suspension_policy(out, &suspension);
    if (suspension_switch(&suspension, kind) == SWITCH_NONE ||
        suspension_by_hand(&suspension, policy, out->now) != ACCEPTED)
        return;
    put_suspension(out, &suspension);
    suspension_work_open(out, &suspension, r->works, policy);
    if (failed && !suspension.escalated_at)
        suspension_tell(out, EFFECT_SUSPENSION_LATE, &suspension, r->contacts, false);
}

enum refusal switch_attested(struct outcome *out, const struct switch_rows *r, enum work_kind kind,
                             const char *evidence, int64_t by) {
    struct effect effect = r->effect;
    out->subject = r->line.id;
    if (!suspension_fits(&r->suspension, &r->line))
        return REFUSED_NOT_FOUND;
    out->result = r->line.id;
    if (!evidence[0])
        return REFUSED_EVIDENCE;
    enum refusal no = switched(out, r, kind == WORK_NETWORK_BAR, CUT_ATTESTED, evidence, by);
    if (no)
        return no;
    if (effect.id && effect.target == r->suspension.id && effect.state == EFFECT_WAITING) {
        effect.state = EFFECT_DONE;
        effect.done_at = out->now;
        put_effect(out, &effect);
    }
    return ACCEPTED;
}

/* --- network.switch --- */

static const struct field input[] = {
    INPUT(FIELD_ID, network_switch, suspension, 1, INT64_MAX, "The suspension"),
    INPUT(FIELD_ID, network_switch, line, 1, INT64_MAX, "Its line"),
    INPUT(FIELD_ID, network_switch, effect, 1, INT64_MAX, "The effect that asked for it"),
    INPUT(FIELD_INT, network_switch, outcome, SWITCHED, SWITCH_SKIPPED,
          "1 done, 2 for the staff, 3 skipped"),
    INPUT(FIELD_TEXT, network_switch, text, 0, 159, "What was read back, or why not"),
    FIELD_END,
};

static void load(struct load *load, const void *given, void *rows) {
    const struct network_switch *in = given;
    switch_load(load, in->suspension, in->line, in->effect, rows);
}

static void settle(struct outcome *out, const struct network_switch *in, struct effect effect) {
    effect.state = in->outcome == SWITCH_SKIPPED                ? EFFECT_DROPPED
                   : in->outcome == SWITCH_STAFF && in->text[0] ? EFFECT_FAILED
                                                                : EFFECT_DONE;
    effect.done_at = out->now;
    effect.attempts += in->outcome != SWITCH_SKIPPED;
    memcpy(effect.cause, in->text, sizeof effect.cause);
    put_effect(out, &effect);
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct network_switch *in = given;
    const struct switch_rows *r = rows;
    enum effect_kind kind = (enum effect_kind)r->effect.kind;
    bool bar = kind == EFFECT_NETWORK_BAR;
    out->subject = r->line.id;
    if (!suspension_fits(&r->suspension, &r->line) || r->effect.target != r->suspension.id ||
        (!bar && kind != EFFECT_NETWORK_UNBAR))
        return REFUSED_NOT_FOUND;
    out->result = r->line.id;
    if (r->effect.state != EFFECT_WAITING)
        return REFUSED_UNCHANGED;
    if (in->outcome == SWITCHED && !in->text[0])
        return REFUSED_EVIDENCE;
    settle(out, in, r->effect);
    if (in->outcome == SWITCHED) /* of one that has no sense any more the effect alone is settled */
        (void)switched(out, r, bar, CUT_READ_BACK, in->text, 0);
    else if (!bar || !skip(out, r))
        to_staff(out, r, kind, in->text[0] != '\0');
    return ACCEPTED;
}

static const enum refusal refusals[] = {REFUSED_NOT_FOUND, REFUSED_UNCHANGED, REFUSED_EVIDENCE,
                                        ACCEPTED};

const struct verb network_switch_verb = {
    .name = "network.switch",
    .help = "The line was barred or unbarred in the network and read back, or the staff must do it",
    .who = ACTOR_SYSTEM,
    .view = "suspension",
    .input = input,
    .input_size = sizeof(struct network_switch),
    .rows_size = sizeof(struct switch_rows),
    .money = true,
    .internal = true,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
