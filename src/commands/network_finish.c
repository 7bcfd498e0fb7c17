#include "commands/network_finish.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "commands/closure_shared.h"
#include "rules/closing.h"
#include "rules/transfer.h"

void finish_load(struct load *load, int64_t closure, int64_t line, int64_t cut,
                 struct finish_rows *rows) {
    struct key of_line = {.id = line, .operator= load->actor->operator};
    struct key of_closure = {.id = closure, .operator= load->actor->operator};
    want_line(load, line, &rows->line);
    want_closure(load, closure, &rows->closure);
    want_subscriber_locked(load, line, &rows->subscriber); /* is it the last of its lines? */
    want_one(load, LINE_BESIDE, &of_line, 0, &rows->beside);
    want_one(load, NUMBER_OF_LINE, &of_line, 0, &rows->number);
    want_ledgers(load, line, rows->ledgers);
    want_ledgers_shared(load, rows->shared);
    want_contacts(load, line, rows->contacts);
    want_works(load, closure, rows->works);
    want_signing_key(load, &rows->key);
    want_effect(load, cut, &rows->cut);
    want_many(load, EFFECTS_OF_NETWORK, &of_closure, rows->cuts, CUTS_A_CLOSURE);
    want_settlement(load, closure, &rows->settlement);
    want_payee_of_settlement(load, closure, &rows->settle.payee);
    want_charge_of_settlement(load, closure, &rows->settle.charge);
    want_closure_account(load, closure, &rows->settle.account);
    want_mandates(load, line, rows->mandates);
    settle_load_target(load, &rows->settle);
}

static int64_t balance_of(const struct ledger_account ledgers[LEDGERS_A_LINE],
                          enum ledger_kind kind) {
    struct ledger_account copy[LEDGERS_A_LINE];
    memcpy(copy, ledgers, sizeof copy);
    const struct ledger_account *account = ledger_find(copy, kind);
    return account ? account->balance : 0;
}

/* The line that the credit is to go to, 0: none. */
static int64_t target_of(const struct settlement *settlement) {
    return settlement->choice == CHOICE_TRANSFER ? settlement->target : 0;
}

/* A line that closed meanwhile takes nothing, nor one that is full. */
static bool target_takes(const struct finish_rows *r, int64_t amount) {
    int64_t sum;
    return target_of(&r->settlement) && transfer_takes(&r->settle.target) &&
           !__builtin_add_overflow(balance_of(r->settle.target_ledgers, LEDGER_PAID), amount, &sum);
}

static struct closing plan_of(const struct finish_rows *r, const struct closure *closure,
                              const struct policy *policy, int64_t now) {
    struct credit credit = closing_credit(&r->line, balance_of(r->ledgers, LEDGER_PAID),
                                          balance_of(r->ledgers, LEDGER_PROMOTIONAL));
    struct chosen chosen = settlement_chosen(&r->settlement, &r->settle.payee, &r->settle.charge,
                                             target_takes(r, credit.paid_minor));
    return closing_plan(&r->line, closure, &credit, &chosen, policy, now);
}

/* What was chosen is carried out, and what came of it is written down. */
static struct refund settle_chosen(struct outcome *out, const struct finish_rows *r,
                                   const struct closure *closure, const struct closing *plan,
                                   struct ledger_account *paid, struct line *line) {
    struct settlement settlement = r->settlement;
    struct settle settle = {.rows = &r->settle,
                            .closure = closure,
                            .parts = &plan->money,
                            .line = line,
                            .from = paid,
                            .account = settlement.account,
                            .wait_until = settlement.wait_until,
                            .asked_kind = settlement.asked_kind,
                            .asked_by = settlement.asked_by,
                            .contact = settle_contact(closure, r->contacts, &r->settle.account),
                            .language = closure->language};
    assert(settlement.line == line->id && !settlement.settled_at);
    struct settle_made made = settle_move(out, &settle);
    settlement.settled_at = out->now;
    settlement.refund = made.refund.id;
    settlement.transfer = made.transfer;
    settlement.refund_minor = plan->money.refund_minor;
    settlement.transfer_minor = plan->money.transfer_minor;
    settlement.fee_minor = plan->money.fee_minor;
    settlement.left_minor = plan->money.left_minor;
    put_settlement(out, &settlement);
    return made.refund;
}

/* Nobody but the operator tops it up any more. */
static void end_mandates(struct outcome *out, const struct finish_rows *r) {
    for (size_t i = 0; i < MANDATES_A_LINE; i++) {
        struct mandate mandate = r->mandates[i];
        if (!mandate.id)
            continue;
        assert(mandate.line == r->line.id && !mandate.ended_at);
        mandate.ended_at = out->now;
        put_mandate(out, &mandate);
        outcome_effect(out, EFFECT_MANDATE_END, "payment", mandate.id, mandate.line, 0, 0, 0);
    }
}

static void shut(struct outcome *out, struct ledger_account *account) {
    assert(!account || account->balance == 0);
    if (account)
        outcome_shut(out, account);
}

/* All credit goes where it was chosen to, the rest becomes the line's unclaimed credit, promotional
 * credit ends; both accounts end at zero and are shut. Gives the refund that was asked for. */
static struct refund settle(struct outcome *out, const struct finish_rows *r,
                            const struct closure *closure, const struct closing *plan,
                            struct line *line) {
    struct ledger_account ledgers[LEDGERS_A_LINE], shared[LEDGERS_A_LINE];
    struct refund refund = {.id = 0};
    memcpy(ledgers, r->ledgers, sizeof ledgers);
    memcpy(shared, r->shared, sizeof shared);
    struct ledger_account *paid = ledger_find(ledgers, LEDGER_PAID);
    struct ledger_account *promotional = ledger_find(ledgers, LEDGER_PROMOTIONAL);
    if (r->settlement.id && paid)
        refund = settle_chosen(out, r, closure, plan, paid, line);
    if (plan->money.unclaimed_minor)
        settle_unclaimed(out, ledgers, paid, plan->money.unclaimed_minor);
    if (plan->money.promotional_minor) {
        bool good = outcome_move(out, promotional, ledger_find(shared, LEDGER_EXPIRED_PROMOTION),
                                 MOVED_ENDED, plan->money.promotional_minor);
        assert(good); /* the plan never asks for more than the balance */
        (void)good;
    }
    shut(out, paid);
    shut(out, promotional);
    end_mandates(out, r);
    return refund;
}

/* A number that rests belongs to nobody; one that is ported out has left the house. */
static void rest_number(struct outcome *out, const struct finish_rows *r,
                        const struct closing *plan) {
    struct number number = r->number;
    assert(number.id && number.line == r->line.id && number.state == NUMBER_ASSIGNED);
    number.state = plan->number_until ? NUMBER_QUARANTINED : NUMBER_RELEASED;
    number.since = out->now;
    number.until = plan->number_until;
    put_number(out, &number);
}

static void end_line(struct outcome *out, const struct finish_rows *r, const struct closing *plan,
                     struct line *line) {
    line->state = LINE_CLOSED;
    line->closed_at = out->now;
    put_line(out, line);
    if (!r->beside.id) {
        struct subscriber subscriber = r->subscriber;
        subscriber.erase_after = plan->registration_erase_after;
        put_subscriber(out, &subscriber);
    }
}

/* What waited for the cut: work items are done by whoever did it. Read back, the network's effect
 * is done; attested, what was not done stays due as a check, and a failed one is tried once more.
 */
static void end_waiting(struct outcome *out, const struct finish_rows *r, enum cut_how how,
                        const char *evidence, int64_t by) {
    closure_works_end(out, r->works, 0, evidence, by);
    for (size_t i = 0; i < CUTS_A_CLOSURE; i++) {
        struct effect effect = r->cuts[i];
        if (!effect.id || effect.kind != EFFECT_NETWORK_CUT || effect.state == EFFECT_DONE)
            continue;
        if (how == CUT_ATTESTED) {
            effect.state = EFFECT_WAITING;
            effect.next_at = out->now;
            effect.done_at = 0;
        } else {
            effect.state = EFFECT_DONE;
            effect.done_at = out->now;
            effect.cause[0] = '\0';
        }
        put_effect(out, &effect);
    }
}

/* By mail, since the line has no messages any more; without a contact, to who asked for it. */
static void tell(struct outcome *out, const struct closure *closure,
                 const struct contact contacts[CONTACTS_A_LINE]) {
    closure_tell(out, EFFECT_CLOSED, closure, contacts, false);
    closure_tell_account(out, EFFECT_CLOSED, closure, contacts);
}

enum refusal finish_decide(struct outcome *out, const struct finish_rows *r, enum cut_how how,
                           const char *evidence, int64_t by) {
    struct closure closure = r->closure;
    struct line line = r->line;
    out->subject = r->line.id;
    if (!closure_fits(&closure, &r->line))
        return REFUSED_NOT_FOUND;
    const struct policy *policy = closure_policy(out, &closure);
    out->result = closure.id;
    if (closure.cut_at) /* the other way came first */
        return REFUSED_UNCHANGED;
    enum refusal no = closure_cut(&closure, policy, how, evidence, by, out->now);
    if (no)
        return no;
    /* Which line gets the credit is known only now; it is locked and read in the next batch. */
    if (r->settle.target.id != target_of(&r->settlement))
        return outcome_hold(out, target_of(&r->settlement), 0);
    struct closing plan = plan_of(r, &closure, policy, out->now);
    no = closure_finish(&closure, policy, &plan, out->now);
    assert(!no && r->line.state != LINE_CLOSED && r->subscriber.id);
    struct refund refund = settle(out, r, &closure, &plan, &line);
    rest_number(out, r, &plan);
    end_line(out, r, &plan, &line);
    end_waiting(out, r, how, evidence, by);
    put_closure(out, &closure);
    certificate_issue(out, &r->key, &closure, &r->line, &r->subscriber, &plan, &refund, policy);
    tell(out, &closure, r->contacts);
    return ACCEPTED;
}
