#include <assert.h>
#include <string.h>

#include "commands/charging_shared.h"
#include "commands/closure_shared.h"
#include "rules/credit_codes.h"

static const struct field input[] = {
    CHARGE_INPUT(credit_top_up),
    INPUT(FIELD_TEXT, credit_top_up, channel, 1, CODE_SIZE - 1,
          "How it was paid: voucher, counter, online or auto"),
    INPUT(FIELD_TEXT, credit_top_up, payment, 0, 64,
          "The payment provider's name of the payment, so that it can be paid back to it"),
    FIELD_END,
};

/* The line's unclaimed account. It is made where there was nothing to claim, and opened again where
 * all was claimed or had lapsed: what comes now is the person's. */
static struct ledger_account unclaimed_of(struct outcome *out, const struct charge_rows *r,
                                          bool *made) {
    struct ledger_account ledgers[LEDGERS_A_LINE];
    memcpy(ledgers, r->ledgers, sizeof ledgers);
    const struct ledger_account *there = ledger_find(ledgers, LEDGER_UNCLAIMED);
    struct ledger_account account = {
        .operator= r->line.operator, .line = r->line.id, .kind = LEDGER_UNCLAIMED};
    *made = !there;
    if (there) {
        account = *there;
        account.shut_at = 0;
        return account;
    }
    account.id = outcome_id(out);
    memcpy(account.currency, out->policy->currency, sizeof account.currency);
    outcome_put(out, LEDGER_ADD, &account);
    return account;
}

/* It can be claimed, and the contacts hear of it. A line without its closure keeps the money all
 * the same: it stands in the line's view, for the staff to pay out. */
static void late_told(struct outcome *out, const struct charge_rows *r) {
    struct closure closure = r->closure;
    if (!closure.id)
        return;
    closure_claim_again(out, &closure);
    closure_tell(out, EFFECT_LATE_TOP_UP, &closure, r->contacts, false);
}

static enum refusal book(struct outcome *out, const struct charge_rows *r, struct charge *charge) {
    struct ledger_account ledgers[LEDGERS_A_LINE], made;
    struct ledger_account top_ups = outcome_shared(out, LEDGER_TOP_UPS);
    struct line line = r->line;
    bool fresh;
    memcpy(ledgers, r->ledgers, sizeof ledgers);
    charge->late = line.state == LINE_CLOSED;
    struct ledger_account *to = ledger_find(ledgers, LEDGER_PAID);
    if (charge->late) {
        made = unclaimed_of(out, r, &fresh);
        to = &made;
    }
    assert(to); /* made with the line */
    if (!outcome_move(out, &top_ups, to, MOVED_TOP_UP, charge->amount_minor))
        return REFUSED_AMOUNT; /* a new account takes any amount, so nothing was made for nothing */
    if (charge->channel == CHANNEL_ONLINE || charge->channel == CHANNEL_AUTO) {
        line.online_minor += charge->amount_minor;
        assert(line.online_minor > 0 && line.online_minor <= to->balance);
        put_line(out, &line);
    }
    if (charge->late)
        late_told(out, r);
    charge_book(out, charge);
    return ACCEPTED;
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct credit_top_up *in = given;
    const struct charge_rows *r = rows;
    struct charge charge = {
        .kind = CHARGE_TOP_UP, .account = LEDGER_PAID, .channel = channel_of_code(in->channel)};
    bool known;
    memcpy(charge.payment, in->payment, sizeof charge.payment);
    enum refusal no = charge_begin(out, given, r, &charge, &known);
    if (no || known)
        return no;
    if (!charge.channel)
        return REFUSED_INPUT;
    return book(out, r, &charge);
}

static const enum refusal refusals[] = {CHARGE_REFUSALS, ACCEPTED};

const struct verb credit_top_up_verb = {
    .name = "credit.top_up",
    .help = "A line was topped up, as the charging system tells; of a closed line it is unclaimed",
    .who = ACTOR_API | ACTOR_STAFF | ACTOR_SYSTEM,
    .scope = "credit:write",
    .view = "charge",
    .input = input,
    .input_size = sizeof(struct credit_top_up),
    .rows_size = sizeof(struct charge_rows),
    .money = true,
    .load = charge_load,
    .decide = decide,
    .refusals = refusals,
};
