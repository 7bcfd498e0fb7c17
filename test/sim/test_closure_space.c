#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../unit/rules_kit.h"
#include "space.h"

static struct policy policy_of(enum policy_identity identity, bool long_undo) {
    struct policy policy = kit_policy();
    policy.identity = identity;
    policy.code_attempts = 2;
    policy.code_sends = 3;
    if (identity == IDENTITY_DOCUMENT) { /* what becomes of codes is told where none is asked for */
        policy.code_attempts = 1;
        policy.code_sends = 1;
    }
    if (long_undo) {
        policy.undo_window_minutes = 4 * 60;
        policy.link_life_hours = 15;
        policy.execution_margin_hours = 5;
        policy.escalate_hours_before_due = 6;
    }
    return policy;
}

static void explore(struct space *space) {
    space_explore(space);
    if (space->full)
        fail_msg("the space is larger than the room for it");
    for (int rule = 0; rule < RULE_COUNT; rule++)
        if (space->broken >> rule & 1)
            fail_msg("basis %s breaks %s", closure_basis_code(space->basis),
                     rule_name((enum rule)rule));
}

/* By match; by document; and where nothing can be sent that would confirm. */
static const struct {
    enum policy_identity identity;
    int64_t unreachable;
} ways[] = {{IDENTITY_MATCH, 0}, {IDENTITY_DOCUMENT, 0}, {IDENTITY_DOCUMENT, 1}};

static void test_every_reachable_state(void **state) {
    (void)state;
    size_t states = 0, steps = 0, accepted = 0;
    for (size_t way = 0; way < sizeof ways / sizeof *ways; way++)
        for (int both = 0; both < 4; both++)
            for (enum closure_basis basis = BASIS_PERSON; basis <= BASIS_TRANSFER; basis++) {
                bool long_undo = both & 1, contact = both & 2;
                struct space space = {
                    .moves = &true_moves,
                    .policy = policy_of(ways[way].identity, long_undo),
                    .basis = basis,
                    .contact = contact ? 4 : 0,
                    .unreachable = ways[way].unreachable,
                };
                /* A company's and a transfer's gates are a person's: told by the unit test. */
                if (basis == BASIS_COMPANY || basis == BASIS_TRANSFER)
                    continue;
                if (way && long_undo != contact) /* a document's space is large: half of it */
                    continue;
                explore(&space);
                states += space.states;
                steps += space.steps;
                accepted += space.accepted;
            }
    print_message("explored %zu states, %zu steps, %zu of them accepted\n", states, steps,
                  accepted);
    assert_true(states > 50000 && accepted > 100000); /* a space that shrinks is no proof */
}

/* The mutants: each breaks one rule, and the checker must say so, and name no other. */

static enum refusal let(struct closure *c, const struct policy *policy) {
    c->next_at = closure_next(c, policy);
    return ACCEPTED;
}

static bool submitted(const struct closure *c, const struct policy *policy) {
    return closure_derive(c, policy).state == CLOSURE_SUBMITTED;
}

static bool executing(const struct closure *c, const struct policy *policy) {
    return closure_derive(c, policy).state == CLOSURE_EXECUTING;
}

static enum refusal resend_moves_due(struct closure *c, const struct policy *policy, int64_t now) {
    enum refusal refusal = closure_resend(c, policy, now);
    if (refusal)
        return refusal;
    c->due_at += HOUR;
    return let(c, policy);
}

static enum refusal remind_again(struct closure *c, const struct policy *policy, int64_t now) {
    enum refusal refusal = closure_remind(c, policy, now);
    if (refusal && c->reminded_at && !c->confirmed_at && submitted(c, policy)) {
        c->reminded_at = now;
        return let(c, policy);
    }
    return refusal;
}

static enum refusal wrong_code_changes(struct closure *c, const struct policy *policy,
                                       int64_t now) {
    enum refusal refusal = closure_code_wrong(c, policy, now);
    if (refusal != REFUSED_CODE_WRONG)
        c->contact++;
    return refusal;
}

static enum refusal withdraw_twice(struct closure *c, const struct policy *policy, int64_t now) {
    enum refusal refusal = closure_withdraw(c, policy, now);
    return refusal == REFUSED_UNCHANGED ? ACCEPTED : refusal;
}

static enum refusal start_unconfirmed(struct closure *c, const struct policy *policy, int64_t now) {
    if (!submitted(c, policy) || c->confirmed_at)
        return closure_start(c, policy, now);
    c->executing_at = now;
    return let(c, policy);
}

static enum refusal start_unidentified(struct closure *c, const struct policy *policy,
                                       int64_t now) {
    if (!submitted(c, policy) || !c->confirmed_at || c->identity_at || now < c->undo_until ||
        closure_document_waits(c, policy))
        return closure_start(c, policy, now);
    c->executing_at = now;
    return let(c, policy);
}

static enum refusal start_in_undo(struct closure *c, const struct policy *policy, int64_t now) {
    if (closure_derive(c, policy).waits != WAITS_UNDO_WINDOW)
        return closure_start(c, policy, now);
    c->executing_at = now;
    return let(c, policy);
}

static enum refusal confirm_beyond_margin(struct closure *c, const struct policy *policy,
                                          enum confirm_by by, int64_t now) {
    enum refusal refusal = closure_confirm(c, policy, by, now);
    if (refusal)
        return refusal;
    c->undo_until = now + policy->undo_window_minutes * MINUTE;
    return let(c, policy);
}

static enum refusal finish_uncut(struct closure *c, const struct policy *policy,
                                 const struct closing *plan, int64_t now) {
    if (!executing(c, policy) || c->cut_at)
        return closure_finish(c, policy, plan, now);
    c->cut_at = now;
    enum refusal refusal = closure_finish(c, policy, plan, now);
    c->cut_at = 0;
    return refusal;
}

static enum refusal cut_on_trust(struct closure *c, const struct policy *policy, enum cut_how how,
                                 const char *evidence, int64_t by, int64_t now) {
    enum refusal refusal = closure_cut(c, policy, how, evidence, by, now);
    if (refusal != REFUSED_EVIDENCE)
        return refusal;
    c->cut_at = now;
    c->cut_how = how;
    return let(c, policy);
}

static enum refusal withdraw_late(struct closure *c, const struct policy *policy, int64_t now) {
    if (!executing(c, policy))
        return closure_withdraw(c, policy, now);
    c->withdrawn_at = now;
    return let(c, policy);
}

static enum refusal expire_on_operator(struct closure *c, const struct policy *policy,
                                       int64_t now) {
    if (!closure_document_waits(c, policy) || !c->confirmed_at ||
        now < closure_confirm_by(c, policy))
        return closure_expire(c, policy, now);
    if (!c->document_erase_at)
        c->document_erase_at = now + policy->document_days * DAY;
    c->expired_at = now;
    return let(c, policy);
}

static enum refusal expire_in_grace(struct closure *c, const struct policy *policy, int64_t now) {
    if (!submitted(c, policy) || !c->confirmed_at || c->identity_at || !c->document_refused_at ||
        now < closure_confirm_by(c, policy))
        return closure_expire(c, policy, now);
    c->expired_at = now;
    return let(c, policy);
}

static enum refusal document_too_many(struct closure *c, const struct policy *policy,
                                      int64_t document, int64_t now) {
    enum refusal refusal = closure_document(c, policy, document, now);
    if (refusal != REFUSED_DOCUMENT_LIMIT)
        return refusal;
    c->documents--;
    refusal = closure_document(c, policy, document, now);
    c->documents++;
    return refusal;
}

static enum refusal identify_unseen(struct closure *c, const struct policy *policy,
                                    enum identified_by by, int64_t now) {
    enum refusal refusal = closure_identify(c, policy, by, now);
    if (refusal != REFUSED_DOCUMENT_MISSING)
        return refusal;
    c->identity_at = now;
    c->identity_by = by;
    return let(c, policy);
}

static enum refusal identify_and_wait(struct closure *c, const struct policy *policy,
                                      enum identified_by by, int64_t now) {
    int64_t confirmed_at = c->confirmed_at, undo_until = c->undo_until;
    enum refusal refusal = closure_identify(c, policy, by, now);
    if (refusal)
        return refusal;
    c->confirmed_at = confirmed_at;
    c->undo_until = undo_until;
    return let(c, policy);
}

static enum refusal refuse_and_keep(struct closure *c, const struct policy *policy,
                                    enum document_reason reason, int64_t now) {
    int64_t erase_at = c->document_erase_at;
    enum refusal refusal = closure_refuse_document(c, policy, reason, now);
    if (refusal)
        return refusal;
    c->document_erase_at = erase_at;
    return let(c, policy);
}

static enum refusal expire_unreached(struct closure *c, const struct policy *policy, int64_t now) {
    if (!submitted(c, policy) || c->confirmed_at || now < closure_confirm_by(c, policy))
        return closure_expire(c, policy, now);
    c->expired_at = now;
    return let(c, policy);
}

static enum refusal expire_with_link(struct closure *c, const struct policy *policy, int64_t now) {
    if (!submitted(c, policy) || c->confirmed_at || !c->confirm_delivered_at ||
        now < c->confirm_expires_at)
        return closure_expire(c, policy, now);
    c->expired_at = now;
    return let(c, policy);
}

static enum refusal confirm_without_timer(struct closure *c, const struct policy *policy,
                                          enum confirm_by by, int64_t now) {
    int64_t next = c->next_at;
    enum refusal refusal = closure_confirm(c, policy, by, now);
    c->next_at = next;
    return refusal;
}

static enum refusal escalate_early(struct closure *c, const struct policy *policy, int64_t now) {
    if (!executing(c, policy) || c->escalated_at)
        return closure_escalate(c, policy, now);
    c->escalated_at = now;
    return let(c, policy);
}

static struct closure_status forget_undo(const struct closure *c, const struct policy *policy) {
    struct closure_status status = closure_derive(c, policy);
    if (status.waits == WAITS_UNDO_WINDOW)
        status.waits = WAITS_NOBODY;
    return status;
}

static enum refusal confirm_any_guess(struct closure *c, const struct policy *policy,
                                      enum confirm_by by, int64_t now) {
    enum refusal refusal = closure_confirm(c, policy, by, now);
    return refusal == REFUSED_TOO_MANY ? closure_confirm(c, policy, CONFIRM_BY_LINK, now) : refusal;
}

static enum refusal confirm_old_code(struct closure *c, const struct policy *policy,
                                     enum confirm_by by, int64_t now) {
    enum refusal refusal = closure_confirm(c, policy, by, now);
    if (refusal == REFUSED_CODE_EXPIRED && c->confirm_attempts < policy->code_attempts)
        return closure_confirm(c, policy, CONFIRM_BY_LINK, now);
    return refusal;
}

static struct closing plan_of(const struct line *line, const struct closure *c, int64_t paid,
                              int64_t promotional, const struct policy *policy, int64_t now) {
    return true_moves.plan(line, c, paid, promotional, policy, now);
}

static struct closing plan_short_rest(const struct line *line, const struct closure *c,
                                      int64_t paid, int64_t promotional,
                                      const struct policy *policy, int64_t now) {
    struct closing plan = plan_of(line, c, paid, promotional, policy, now);
    plan.number_until = plan.closed_at + 45 * DAY - 1;
    return plan;
}

static struct closing plan_erases_early(const struct line *line, const struct closure *c,
                                        int64_t paid, int64_t promotional,
                                        const struct policy *policy, int64_t now) {
    struct closing plan = plan_of(line, c, paid, promotional, policy, now);
    plan.registration_erase_after = plan.closed_at + 365 * DAY - 1;
    return plan;
}

static struct closing plan_keeps_money(const struct line *line, const struct closure *c,
                                       int64_t paid, int64_t promotional,
                                       const struct policy *policy, int64_t now) {
    struct closing plan = plan_of(line, c, paid, promotional, policy, now);
    plan.money.unclaimed_minor = 0;
    return plan;
}

struct mutant {
    enum rule rule;
    enum policy_identity identity;
    enum closure_basis basis; /* 0: a person */
    struct moves moves;       /* what is NULL is as it should be */
};

static const struct mutant mutants[] = {
    {RULE_DUE, IDENTITY_MATCH, 0, {.resend = resend_moves_due}},
    {RULE_ONCE, IDENTITY_MATCH, 0, {.remind = remind_again}},
    {RULE_REFUSAL, IDENTITY_MATCH, 0, {.code_wrong = wrong_code_changes}},
    {RULE_FINAL, IDENTITY_MATCH, 0, {.withdraw = withdraw_twice}},
    {RULE_CONFIRMED, IDENTITY_MATCH, 0, {.start = start_unconfirmed}},
    {RULE_IDENTIFIED, IDENTITY_DOCUMENT, 0, {.start = start_unidentified}},
    {RULE_UNDO, IDENTITY_MATCH, 0, {.start = start_in_undo}},
    {RULE_FITS, IDENTITY_MATCH, 0, {.confirm = confirm_beyond_margin}},
    {RULE_CUT_FIRST, IDENTITY_MATCH, 0, {.finish = finish_uncut}},
    {RULE_EVIDENCE, IDENTITY_MATCH, 0, {.cut = cut_on_trust}},
    {RULE_NOT_LATE, IDENTITY_MATCH, 0, {.withdraw = withdraw_late}},
    {RULE_OPERATOR, IDENTITY_DOCUMENT, 0, {.expire = expire_on_operator}},
    {RULE_DELIVERED, IDENTITY_MATCH, 0, {.expire = expire_unreached}},
    {RULE_PATIENCE, IDENTITY_MATCH, 0, {.expire = expire_with_link}},
    {RULE_TIMER, IDENTITY_MATCH, 0, {.confirm = confirm_without_timer}},
    {RULE_STAFF, IDENTITY_MATCH, 0, {.escalate = escalate_early}},
    {RULE_WAITS, IDENTITY_MATCH, 0, {.derive = forget_undo}},
    {RULE_ATTEMPTS, IDENTITY_MATCH, 0, {.confirm = confirm_any_guess}},
    {RULE_CODE_LIFE, IDENTITY_MATCH, 0, {.confirm = confirm_old_code}},
    {RULE_QUARANTINE, IDENTITY_MATCH, 0, {.plan = plan_short_rest}},
    {RULE_QUARANTINE, IDENTITY_MATCH, BASIS_PORT_OUT, {.plan = plan_short_rest}},
    {RULE_RETENTION, IDENTITY_MATCH, 0, {.plan = plan_erases_early}},
    {RULE_MONEY, IDENTITY_MATCH, 0, {.plan = plan_keeps_money}},
    {RULE_DOCUMENTS, IDENTITY_DOCUMENT, 0, {.document = document_too_many}},
    {RULE_LOOKED_AT, IDENTITY_DOCUMENT, 0, {.identify = identify_unseen}},
    {RULE_GRACE, IDENTITY_DOCUMENT, 0, {.expire = expire_in_grace}},
    {RULE_ORIGINAL, IDENTITY_MATCH, 0, {.identify = identify_and_wait}},
    {RULE_ERASED, IDENTITY_DOCUMENT, 0, {.refuse = refuse_and_keep}},
};

/* The true functions where the mutant has none. */
static struct moves moves_of(const struct moves *mutant) {
    const struct moves *t = &true_moves;
    return (struct moves){
        .open = t->open,
        .confirm = mutant->confirm ? mutant->confirm : t->confirm,
        .cut = mutant->cut ? mutant->cut : t->cut,
        .finish = mutant->finish ? mutant->finish : t->finish,
        .plan = mutant->plan ? mutant->plan : t->plan,
        .derive = mutant->derive ? mutant->derive : t->derive,
        .code_wrong = mutant->code_wrong ? mutant->code_wrong : t->code_wrong,
        .resend = mutant->resend ? mutant->resend : t->resend,
        .deliver = t->deliver,
        .document = mutant->document ? mutant->document : t->document,
        .identify = mutant->identify ? mutant->identify : t->identify,
        .refuse = mutant->refuse ? mutant->refuse : t->refuse,
        .erase = t->erase,
        .reject = t->reject,
        .withdraw = mutant->withdraw ? mutant->withdraw : t->withdraw,
        .start = mutant->start ? mutant->start : t->start,
        .expire = mutant->expire ? mutant->expire : t->expire,
        .escalate = mutant->escalate ? mutant->escalate : t->escalate,
        .remind = mutant->remind ? mutant->remind : t->remind,
    };
}

static void test_every_mutant_is_seen(void **state) {
    (void)state;
    uint32_t seen = 0;
    for (size_t i = 0; i < sizeof mutants / sizeof *mutants; i++) {
        struct moves moves = moves_of(&mutants[i].moves);
        struct space space = {
            .moves = &moves,
            .policy = policy_of(mutants[i].identity, false),
            .basis = mutants[i].basis ? mutants[i].basis : BASIS_PERSON,
        };
        space_explore(&space);
        for (int rule = 0; rule < RULE_COUNT; rule++)
            if ((space.broken >> rule & 1) != (rule == (int)mutants[i].rule))
                fail_msg("mutant %zu, against %s: %s is %s", i, rule_name(mutants[i].rule),
                         rule_name((enum rule)rule),
                         space.broken >> rule & 1 ? "broken too" : "not seen broken");
        seen |= space.broken;
    }
    /* No rule without a mutant. */
    assert_int_equal(seen, (1u << RULE_COUNT) - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_reachable_state),
        cmocka_unit_test(test_every_mutant_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
