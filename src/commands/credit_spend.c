#include <assert.h>
#include <string.h>

#include "commands/charging_shared.h"
#include "rules/settlement.h"

static const struct field input[] = {
    CHARGE_INPUT(credit_spend),
    INPUT(FIELD_TEXT, credit_spend, credit, 1, CODE_SIZE - 1,
          "Which credit was used: paid or promotional"),
    FIELD_END,
};

/* The line was closed when this was told: by policy it is the operator's loss or not taken at all,
 * never the person's. */
static enum refusal late(struct outcome *out, struct charge *charge) {
    struct ledger_account loss = outcome_shared(out, LEDGER_LATE_DEBITS);
    struct ledger_account usage = outcome_shared(out, LEDGER_USAGE);
    if (out->policy->late_debit == LATE_DEBIT_REFUSE)
        return REFUSED_LINE_CLOSED;
    charge->late = 1;
    bool good = outcome_move(out, &loss, &usage, MOVED_LATE_DEBIT, charge->amount_minor);
    assert(good); /* the operator's accounts have no limit */
    (void)good;
    charge_book(out, charge);
    return ACCEPTED;
}

static enum refusal book(struct outcome *out, const struct charge_rows *r, struct charge *charge) {
    struct ledger_account ledgers[LEDGERS_A_LINE];
    struct ledger_account usage = outcome_shared(out, LEDGER_USAGE);
    struct line line = r->line;
    memcpy(ledgers, r->ledgers, sizeof ledgers);
    struct ledger_account *from = ledger_find(ledgers, (enum ledger_kind)charge->account);
    assert(from); /* made with the line */
    if (!outcome_move(out, from, &usage, MOVED_SPENT, charge->amount_minor))
        return REFUSED_CREDIT_SHORT;
    if (charge->account == LEDGER_PAID && line.online_minor) {
        line.online_minor = settlement_online_after(line.online_minor, charge->amount_minor);
        assert(line.online_minor <= from->balance);
        put_line(out, &line);
    }
    charge_book(out, charge);
    return ACCEPTED;
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct credit_spend *in = given;
    const struct charge_rows *r = rows;
    bool paid = strcmp(in->credit, "paid") == 0, known;
    struct charge charge = {.kind = CHARGE_SPENT,
                            .account = paid ? LEDGER_PAID : LEDGER_PROMOTIONAL};
    if (!paid && strcmp(in->credit, "promotional") != 0)
        return REFUSED_INPUT;
    enum refusal no = charge_begin(out, given, r, &charge, &known);
    if (no || known)
        return no;
    return r->line.state == LINE_CLOSED ? late(out, &charge) : book(out, r, &charge);
}

static const enum refusal refusals[] = {CHARGE_REFUSALS, REFUSED_CREDIT_SHORT, REFUSED_LINE_CLOSED,
                                        ACCEPTED};

const struct verb credit_spend_verb = {
    .name = "credit.spend",
    .help = "Credit was used, as the charging system tells",
    .who = ACTOR_API | ACTOR_STAFF | ACTOR_SYSTEM,
    .scope = "credit:write",
    .view = "charge",
    .input = input,
    .input_size = sizeof(struct credit_spend),
    .rows_size = sizeof(struct charge_rows),
    .money = true,
    .load = charge_load,
    .decide = decide,
    .refusals = refusals,
};
