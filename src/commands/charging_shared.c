#include "commands/charging_shared.h"

#include <assert.h>
#include <string.h>

void charge_load(struct load *load, const void *input, void *rows) {
    const struct charge_told *told = input;
    struct charge_rows *r = rows;
    want_line(load, told->line, &r->line);
    want_charge(load, charge_id(load->secrets, load->actor->operator, told->transaction),
                &r->known);
    want_closure_of(load, told->line, &r->closure);
    want_ledgers(load, told->line, r->ledgers);
    want_contacts(load, told->line, r->contacts);
}

bool transaction_fits(const char *text, bool may_miss) {
    size_t length = strlen(text);
    if (!length)
        return may_miss;
    for (size_t i = 0; i < length; i++)
        if (text[i] < '!' || text[i] > '~')
            return false;
    return length <= 64;
}

/* As it was told the first time; what came of it then does not count. */
static bool told_alike(const struct charge *one, const struct charge *other) {
    assert(one->id == other->id && one->operator== other->operator);
    return one->line == other->line && one->kind == other->kind && one->account == other->account &&
           one->amount_minor == other->amount_minor && one->at == other->at &&
           one->channel == other->channel && strcmp(one->payment, other->payment) == 0 &&
           strcmp(one->transaction_id, other->transaction_id) == 0;
}

enum refusal charge_begin(struct outcome *out, const struct charge_told *told,
                          const struct charge_rows *rows, struct charge *charge, bool *known) {
    assert(charge->kind > 0 && charge->kind < CHARGE_KIND_COUNT);
    *known = false;
    out->subject = rows->line.id;
    if (!out->policy)
        return REFUSED_NOT_FOUND;
    if (!transaction_fits(told->transaction, false) || !transaction_fits(charge->payment, true))
        return REFUSED_INPUT;
    if (strcmp(told->currency, out->policy->currency) != 0)
        return REFUSED_CURRENCY;
    if (told->amount_minor <= 0 || told->amount_minor > AMOUNT_MOST)
        return REFUSED_AMOUNT;
    charge->id = charge_id(out->secrets, out->actor->operator, told->transaction);
    charge->operator= out->actor->operator;
    charge->line = told->line;
    charge->amount_minor = told->amount_minor;
    charge->at = told->at;
    charge->booked_at = out->now;
    memcpy(charge->transaction_id, told->transaction, sizeof charge->transaction_id);
    if (rows->known.id) {
        if (!told_alike(&rows->known, charge))
            return REFUSED_CHARGE_DIFFERS;
        *known = true;
        out->result = charge->id;
        return out->actor->kind == ACTOR_SYSTEM ? REFUSED_UNCHANGED : ACCEPTED;
    }
    return rows->line.id ? ACCEPTED : REFUSED_NOT_FOUND;
}

void charge_book(struct outcome *out, struct charge *charge) {
    assert(charge->id && charge->line && charge->amount_minor > 0);
    assert(charge->account == LEDGER_PAID || charge->account == LEDGER_PROMOTIONAL);
    add_charge(out, charge);
    out->result = charge->id;
}
