#include "commands/refund_shared.h"

#include <assert.h>
#include <string.h>

#include "rules/contact.h"
#include "rules/identifier.h"

enum refusal refund_prepare(void *input, const struct actor *actor, struct store *reader,
                            const struct engine *engine, const struct secrets *secrets) {
    struct refund_target *target = input;
    struct key key = {.id = target->refund, .operator= actor->operator};
    struct refund refund = {0};
    struct payee payee = {0};
    struct want wants[] = {
        {.statement = REFUND_BY_ID, .in = &key, .rows = &refund, .room = 1},
        {.statement = PAYEE_OF_REFUND, .in = &key, .rows = &payee, .room = 1},
    };
    (void)secrets;
    if (engine->read(reader, wants, sizeof wants / sizeof *wants) != STORE_OK)
        return REFUSED_BUSY;
    target->line = refund.line;
    target->closure = refund.closure;
    target->charge = payee.charge;
    return ACCEPTED;
}

void refund_load(struct load *load, const struct refund_target *target, struct refund_rows *rows) {
    want_line(load, target->line, &rows->line);
    want_refund(load, target->refund, &rows->refund);
    want_closure(load, target->closure, &rows->closure);
    want_payee_of_refund(load, target->refund, &rows->payee);
    want_charge(load, target->charge, &rows->charge);
    want_contacts(load, target->line, rows->contacts);
    want_refund_works(load, target->refund, rows->works);
}

enum refusal refund_fits(const struct refund_rows *r) {
    const struct refund *refund = &r->refund;
    if (!refund->id || !r->line.id || refund->line != r->line.id ||
        refund->closure != r->closure.id || r->closure.line != r->line.id)
        return REFUSED_NOT_FOUND;
    bool same = r->payee.id == refund->payee && r->payee.charge == r->charge.id;
    return same && r->line.state == LINE_CLOSED ? ACCEPTED : REFUSED_REFUND_STATE;
}

void refund_move(struct outcome *out, enum ledger_kind from, enum ledger_kind to,
                 enum movement movement, int64_t amount) {
    struct ledger_account source = outcome_shared(out, from), target = outcome_shared(out, to);
    assert(amount > 0 && from != to);
    bool good = outcome_move(out, &source, &target, movement, amount);
    assert(good); /* shared accounts have no limit, and amounts were on a line's account once */
    (void)good;
}

void refund_tell(struct outcome *out, enum effect_kind kind, const struct refund *refund,
                 const struct contact contacts[CONTACTS_A_LINE], bool all) {
    char own[EMAIL_SIZE], key[EMAIL_SIZE];
    assert(refund->id && kind >= EFFECT_REFUND_REQUESTED && kind <= EFFECT_REFUND_REJECTED);
    email_key(refund->contact, own);
    if (refund->contact[0])
        outcome_effect(out, kind, "mail", refund->id, refund->line, 0, 0, 0);
    for (size_t i = 0; all && i < CONTACTS_A_LINE; i++) {
        email_key(contacts[i].address, key);
        if (contact_hears(&contacts[i], out->now) && strcmp(key, own) != 0)
            outcome_effect(out, kind, "mail", refund->id, refund->line, contacts[i].id, 0, 0);
    }
}

void refund_work_open(struct outcome *out, const struct refund *refund,
                      const struct work works[WORKS_A_CLOSURE]) {
    assert(refund->id && refund->due_at);
    for (size_t i = 0; i < WORKS_A_CLOSURE; i++)
        if (works[i].id && !works[i].done_at && works[i].kind == WORK_REFUND)
            return;
    struct work work = {.id = outcome_id(out),
                        .operator= refund->operator,
                        .refund = refund->id,
                        .line = refund->line,
                        .kind = WORK_REFUND,
                        .opened_at = out->now,
                        .due_at = refund->due_at};
    add_work(out, &work);
}

void refund_charge_take(struct outcome *out, const struct payee *payee, const struct charge *charge,
                        int64_t amount_minor) {
    struct charge row = *charge;
    assert(amount_minor > 0);
    if (payee->way != WAY_ORIGINAL)
        return;
    assert(row.id == payee->charge && row.amount_minor - row.refunded_minor >= amount_minor);
    row.refunded_minor += amount_minor;
    put_charge(out, &row);
}

void refund_charge_give(struct outcome *out, const struct payee *payee, const struct charge *charge,
                        int64_t amount_minor) {
    struct charge row = *charge;
    assert(amount_minor > 0);
    if (payee->way != WAY_ORIGINAL)
        return;
    assert(row.id == payee->charge && row.refunded_minor >= amount_minor);
    row.refunded_minor -= amount_minor;
    put_charge(out, &row);
}
