#include "commands/network_finish.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "commands/closure_shared.h"
#include "rules/closing.h"

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
}

static int64_t balance_of(struct ledger_account ledgers[LEDGERS_A_LINE], enum ledger_kind kind) {
    const struct ledger_account *account = ledger_find(ledgers, kind);
    return account ? account->balance : 0;
}

static void move(struct outcome *out, struct ledger_account *from, struct ledger_account *to,
                 enum movement movement, int64_t amount) {
    bool good = outcome_move(out, from, to, movement, amount);
    assert(good); /* the plan never asks for more than the balance */
    (void)good;
}

/* Paid credit becomes the line's unclaimed account, promotional credit ends; both end at zero. */
static void settle(struct outcome *out, const struct finish_rows *r, const struct closing *plan) {
    struct ledger_account ledgers[LEDGERS_A_LINE], shared[LEDGERS_A_LINE];
    memcpy(ledgers, r->ledgers, sizeof ledgers);
    memcpy(shared, r->shared, sizeof shared);
    if (plan->paid_to_unclaimed) {
        struct ledger_account *paid = ledger_find(ledgers, LEDGER_PAID);
        struct ledger_account *unclaimed = ledger_find(ledgers, LEDGER_UNCLAIMED);
        struct ledger_account made = *paid;
        if (!unclaimed) {
            made.id = outcome_id(out);
            made.kind = LEDGER_UNCLAIMED;
            made.balance = 0;
            outcome_put(out, LEDGER_ADD, &made);
            unclaimed = &made;
        }
        move(out, paid, unclaimed, MOVED_UNCLAIMED, plan->paid_to_unclaimed);
    }
    if (plan->promotional_ended)
        move(out, ledger_find(ledgers, LEDGER_PROMOTIONAL),
             ledger_find(shared, LEDGER_EXPIRED_PROMOTION), MOVED_ENDED, plan->promotional_ended);
    assert(balance_of(ledgers, LEDGER_PAID) == 0 && balance_of(ledgers, LEDGER_PROMOTIONAL) == 0);
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

static void end_line(struct outcome *out, const struct finish_rows *r, const struct closing *plan) {
    struct line line = r->line;
    line.state = LINE_CLOSED;
    line.closed_at = out->now;
    put_line(out, &line);
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
    bool any = false;
    for (size_t i = 0; i < CONTACTS_A_LINE; i++)
        any |= contacts[i].id && !contacts[i].removed_at;
    closure_tell(out, EFFECT_CLOSED, closure, contacts, false);
    if (!any && closure->account && !closure->unreachable)
        outcome_effect(out, EFFECT_CLOSED, "mail", closure->id, closure->line, 0, 0, 0);
}

enum refusal finish_decide(struct outcome *out, const struct finish_rows *r, enum cut_how how,
                           const char *evidence, int64_t by) {
    struct closure closure = r->closure;
    struct ledger_account ledgers[LEDGERS_A_LINE];
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
    memcpy(ledgers, r->ledgers, sizeof ledgers);
    struct closing plan = closing_plan(&r->line, &closure, balance_of(ledgers, LEDGER_PAID),
                                       balance_of(ledgers, LEDGER_PROMOTIONAL), policy, out->now);
    no = closure_finish(&closure, policy, &plan, out->now);
    assert(!no && r->line.state != LINE_CLOSED && r->subscriber.id);
    settle(out, r, &plan);
    rest_number(out, r, &plan);
    end_line(out, r, &plan);
    end_waiting(out, r, how, evidence, by);
    put_closure(out, &closure);
    certificate_issue(out, &r->key, &closure, &r->line, &r->subscriber, &plan, policy);
    tell(out, &closure, r->contacts);
    return ACCEPTED;
}
