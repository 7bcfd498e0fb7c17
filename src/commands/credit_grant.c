#include <assert.h>
#include <string.h>

#include "commands/charging_shared.h"

static const struct field input[] = {
    CHARGE_INPUT(credit_grant),
    FIELD_END,
};

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct charge_rows *r = rows;
    struct charge charge = {.kind = CHARGE_GRANT, .account = LEDGER_PROMOTIONAL};
    struct ledger_account ledgers[LEDGERS_A_LINE];
    bool known;
    enum refusal no = charge_begin(out, given, r, &charge, &known);
    if (no || known)
        return no;
    if (r->line.state == LINE_CLOSED)
        return REFUSED_LINE_CLOSED;
    struct ledger_account from = outcome_shared(out, LEDGER_PROMOTIONS);
    memcpy(ledgers, r->ledgers, sizeof ledgers);
    struct ledger_account *to = ledger_find(ledgers, LEDGER_PROMOTIONAL);
    assert(to); /* made with the line */
    if (!outcome_move(out, &from, to, MOVED_GRANT, charge.amount_minor))
        return REFUSED_AMOUNT;
    charge_book(out, &charge);
    return ACCEPTED;
}

static const enum refusal refusals[] = {CHARGE_REFUSALS, REFUSED_LINE_CLOSED, ACCEPTED};

const struct verb credit_grant_verb = {
    .name = "credit.grant",
    .help = "Promotional credit was given, as the charging system tells",
    .who = ACTOR_API | ACTOR_STAFF | ACTOR_SYSTEM,
    .scope = "credit:write",
    .view = "charge",
    .input = input,
    .input_size = sizeof(struct credit_grant),
    .rows_size = sizeof(struct charge_rows),
    .money = true,
    .load = charge_load,
    .decide = decide,
    .refusals = refusals,
};
