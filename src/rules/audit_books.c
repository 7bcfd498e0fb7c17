/* What stands in the books beside the ledger: the rows of refunds, charges, transfers and lines are
 * the same money as their accounts. */
#include <assert.h>

#include "rules/audit.h"

static bool book_differ(struct audit *audit, enum audit_wrong wrong, int64_t operator,
                        int64_t expected, int64_t found) {
    struct audit_difference difference = {
        .wrong = wrong, .operator= operator, .expected = expected, .found = found};
    assert(!audit->first.wrong);
    audit_differ(audit, &difference);
    return false;
}

static struct audit_operator *owner_of(struct audit *audit, int64_t operator) {
    struct audit_operator *owner = audit_operator_of(audit, operator);
    if (!owner)
        book_differ(audit, AUDIT_OWNER, operator, 0, 0);
    return owner;
}

/* Adds to what should be on the operator's account of the kind. */
static bool book_add(struct audit *audit, struct audit_operator *owner, enum ledger_kind kind,
                     int64_t amount) {
    assert(kind >= LEDGER_TOP_UPS && kind < LEDGER_KIND_COUNT);
    if (__builtin_add_overflow(owner->books[kind], amount, &owner->books[kind]))
        return book_differ(audit, AUDIT_OVERFLOW, owner->id, 0, 0);
    return true;
}

bool audit_refund(struct audit *audit, const struct refund *row) {
    static const enum ledger_kind kinds[REFUND_STATE_COUNT] = {
        [REFUND_REQUESTED] = LEDGER_PAYABLE, [REFUND_APPROVED] = LEDGER_IN_FLIGHT,
        [REFUND_FILED] = LEDGER_IN_FLIGHT,   [REFUND_ACCEPTED] = LEDGER_IN_FLIGHT,
        [REFUND_RETURNED] = LEDGER_PAYABLE,  [REFUND_PAID] = LEDGER_BANK,
    };
    struct audit_operator *owner = owner_of(audit, row->operator);
    if (!owner)
        return false;
    if (row->state < REFUND_REQUESTED || row->state >= REFUND_STATE_COUNT)
        return book_differ(audit, AUDIT_STATE, row->operator, 0, row->state);
    if (row->state == REFUND_REJECTED) /* all of it went back to the line, the fee too */
        return true;
    return book_add(audit, owner, kinds[row->state], row->amount_minor) &&
           book_add(audit, owner, LEDGER_FEES, row->fee_minor);
}

bool audit_charge(struct audit *audit, const struct charge *row) {
    static const enum ledger_kind kinds[CHARGE_KIND_COUNT] = {
        [CHARGE_TOP_UP] = LEDGER_TOP_UPS,
        [CHARGE_SPENT] = LEDGER_USAGE,
        [CHARGE_GRANT] = LEDGER_PROMOTIONS,
    };
    struct audit_operator *owner = owner_of(audit, row->operator);
    int64_t amount = row->amount_minor;
    if (!owner)
        return false;
    if (row->kind < CHARGE_TOP_UP || row->kind >= CHARGE_KIND_COUNT)
        return book_differ(audit, AUDIT_STATE, row->operator, 0, row->kind);
    if (row->refunded_minor < 0 || row->refunded_minor > amount)
        return book_differ(audit, AUDIT_PAID_BACK, row->operator, amount, row->refunded_minor);
    owner->rows[kinds[row->kind]]++;
    assert(amount >= 0); /* what was paid back lies between */
    return book_add(audit, owner, kinds[row->kind], row->kind == CHARGE_SPENT ? amount : -amount);
}

bool audit_transfer(struct audit *audit, const struct transfer *row) {
    struct audit_operator *owner = owner_of(audit, row->operator);
    if (!owner)
        return false;
    if (__builtin_add_overflow(owner->transferred, row->amount_minor, &owner->transferred))
        return book_differ(audit, AUDIT_OVERFLOW, row->operator, 0, 0);
    return book_add(audit, owner, LEDGER_FEES, row->fee_minor);
}

bool audit_line(struct audit *audit, const struct line *row) {
    bool closed = row->state == LINE_CLOSED;
    const struct audit_account *account =
        audit_find(audit, row->id, row->operator, closed ? LEDGER_UNCLAIMED : LEDGER_PAID);
    int64_t sum = account ? account->sum : 0;
    assert(!audit->first.wrong);
    if (row->online_minor >= 0 && row->online_minor <= sum)
        return true;
    audit_differ(audit, &(struct audit_difference){.wrong = AUDIT_ONLINE,
                                                   .entry = account ? account->last : 0,
                                                   .account = account ? account->id : 0,
                                                   .operator= row->operator,
                                                   .line = row->id,
                                                   .kind = account ? account->kind : 0,
                                                   .expected = sum,
                                                   .found = row->online_minor});
    return false;
}

static bool book_check(struct audit *audit, const struct audit_operator *owner,
                       enum ledger_kind kind, bool counted) {
    static const struct audit_account none;
    const struct audit_account *account = audit_find(audit, 0, owner->id, kind);
    if (!account)
        account = &none;
    struct audit_difference difference = {.wrong = AUDIT_BOOK,
                                          .entry = account->last,
                                          .account = account->id,
                                          .operator= owner->id,
                                          .kind = kind,
                                          .expected = owner->books[kind],
                                          .found = account->sum};
    assert(kind >= LEDGER_TOP_UPS && kind < LEDGER_KIND_COUNT);
    if (account->sum == owner->books[kind]) {
        if (!counted || account->postings == owner->rows[kind])
            return true;
        difference.wrong = AUDIT_BOOK_COUNT;
        difference.expected = owner->rows[kind];
        difference.found = account->postings;
    }
    audit_differ(audit, &difference);
    return false;
}

void audit_books_end(struct audit *audit) {
    static const struct {
        enum ledger_kind kind;
        bool counted; /* each row is one posting there */
    } books[] = {
        {LEDGER_TOP_UPS, true},  {LEDGER_USAGE, true},      {LEDGER_PROMOTIONS, true},
        {LEDGER_PAYABLE, false}, {LEDGER_IN_FLIGHT, false}, {LEDGER_BANK, false},
        {LEDGER_FEES, false},
    };
    for (size_t i = 0; i < audit->operator_count; i++) {
        const struct audit_operator *owner = &audit->operators[i];
        assert(owner->id == audit_operator_of(audit, owner->id)->id);
        for (size_t k = 0; k < sizeof books / sizeof *books; k++)
            if (!book_check(audit, owner, books[k].kind, books[k].counted))
                return;
        if (owner->arrived != owner->transferred) {
            book_differ(audit, AUDIT_TRANSFERRED, owner->id, owner->transferred, owner->arrived);
            return;
        }
    }
}
