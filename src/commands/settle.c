#include "commands/settle.h"

#include <assert.h>
#include <string.h>

#include "commands/refund_open.h"
#include "commands/transfer.h"

void settle_load_target(struct load *load, struct settle_rows *rows) {
    want_line(load, load->holds.line, &rows->target);
    if (load->holds.line)
        want_ledgers(load, load->holds.line, rows->target_ledgers);
}

static void move(struct outcome *out, struct ledger_account *from, struct ledger_account *to,
                 enum movement movement, int64_t amount) {
    if (!amount)
        return;
    bool good = outcome_move(out, from, to, movement, amount);
    assert(good); /* the parts are never more than the balance, nor more than there was money */
    (void)good;
}

static void move_shared(struct outcome *out, struct ledger_account *from, enum ledger_kind kind,
                        enum movement movement, int64_t amount) {
    struct ledger_account to = outcome_shared(out, kind);
    assert(amount >= 0);
    move(out, from, &to, movement, amount);
}

/* The line's account of the kind, made where it has none. */
static struct ledger_account *account_of(struct outcome *out,
                                         struct ledger_account ledgers[LEDGERS_A_LINE],
                                         const struct ledger_account *like, int64_t line,
                                         enum ledger_kind kind) {
    struct ledger_account *found = ledger_find(ledgers, kind);
    if (found)
        return found;
    struct ledger_account *made = ledgers;
    while (made->id)
        made++;
    assert(made < ledgers + LEDGERS_A_LINE);
    *made = *like;
    made->id = outcome_id(out);
    made->line = line;
    made->kind = kind;
    made->balance = made->shut_at = 0;
    outcome_put(out, LEDGER_ADD, made);
    return made;
}

void settle_unclaimed(struct outcome *out, struct ledger_account ledgers[LEDGERS_A_LINE],
                      struct ledger_account *from, int64_t amount) {
    struct ledger_account *to = account_of(out, ledgers, from, from->line, LEDGER_UNCLAIMED);
    assert(from != to);
    move(out, from, to, MOVED_UNCLAIMED, amount);
}

static struct refund refunded(struct outcome *out, const struct settle *s) {
    const struct settled *parts = s->parts;
    struct charge charge = s->rows->charge;
    struct refund refund;
    assert(s->rows->payee.id && parts->refund_minor > 0);
    struct refund_asked asked = {.closure = s->closure,
                                 .line = s->line,
                                 .payee = s->rows->payee.id,
                                 .account = s->account,
                                 .amount_minor = parts->refund_minor,
                                 .fee_minor = parts->fee_minor,
                                 .online_minor = parts->online_minor,
                                 .wait_until = s->wait_until,
                                 .claimed = s->from->kind == LEDGER_UNCLAIMED,
                                 .contact = s->contact,
                                 .language = s->language,
                                 .asked_kind = s->asked_kind,
                                 .asked_by = s->asked_by};
    refund_open(out, &asked, &refund);
    move_shared(out, s->from, LEDGER_PAYABLE, MOVED_REFUND, parts->refund_minor);
    move_shared(out, s->from, LEDGER_FEES, MOVED_REFUND_FEE, parts->fee_minor);
    if (s->rows->payee.way == WAY_ORIGINAL) {
        charge.refunded_minor += parts->refund_minor + parts->fee_minor;
        assert(charge.id == s->rows->payee.charge && charge.refunded_minor <= charge.amount_minor);
        put_charge(out, &charge);
    }
    return refund;
}

static int64_t lesser(int64_t one, int64_t other) {
    return one < other ? one : other;
}

/* Both lines' postings and the operator's account between them are one entry. */
static int64_t transferred(struct outcome *out, const struct settle *s) {
    const struct settled *parts = s->parts;
    struct ledger_account ledgers[LEDGERS_A_LINE];
    struct line target = s->rows->target;
    assert(target.id && target.id != s->line->id && parts->transfer_minor > 0);
    memcpy(ledgers, s->rows->target_ledgers, sizeof ledgers);
    struct ledger_account *to = account_of(out, ledgers, s->from, target.id, LEDGER_PAID);
    bool good = transfer_move(out, s->from, to, parts->transfer_minor, parts->fee_minor);
    assert(good); /* a line that cannot hold it was not a target */
    (void)good;
    target.online_minor += lesser(parts->online_minor, parts->transfer_minor);
    put_line(out, &target);
    s->line->transferred_at = out->now;
    struct transfer transfer = {.id = outcome_id(out),
                                .operator= target.operator,
                                .line = s->line->id,
                                .target = target.id,
                                .closure = s->closure->id,
                                .amount_minor = parts->transfer_minor,
                                .fee_minor = parts->fee_minor,
                                .at = out->now,
                                .account = s->account};
    memcpy(transfer.language, s->language, strlen(s->language));
    add_transfer(out, &transfer);
    outcome_effect(out, EFFECT_TRANSFER_RECEIVED, "sms", transfer.id, target.id, 0, 0, 0);
    return transfer.id;
}

struct settle_made settle_move(struct outcome *out, const struct settle *settle) {
    const struct settled *parts = settle->parts;
    struct settle_made made = {.transfer = 0};
    assert(settle->from->line == settle->line->id);
    assert(!parts->refund_minor || !parts->transfer_minor);
    if (parts->refund_minor)
        made.refund = refunded(out, settle);
    if (parts->transfer_minor)
        made.transfer = transferred(out, settle);
    move_shared(out, settle->from, LEDGER_BREAKAGE, MOVED_LEFT, parts->left_minor);
    settle->line->online_minor -= lesser(parts->online_minor, settle->line->online_minor);
    return made;
}

static bool there(const struct contact *contact) {
    return contact->id && !contact->removed_at;
}

const char *settle_contact(const struct closure *closure,
                           const struct contact contacts[CONTACTS_A_LINE],
                           const struct account *account) {
    const struct contact *first = NULL;
    assert(closure->id);
    for (size_t i = CONTACTS_A_LINE; i-- > 0;) {
        if (there(&contacts[i]) && contacts[i].id == closure->contact)
            return contacts[i].address;
        if (there(&contacts[i]))
            first = &contacts[i];
    }
    if (first)
        return first->address;
    return account->id && account->state == ACCOUNT_ACTIVE ? account->email : "";
}
