/* Typed wants and changes of money: charges, mandates, transfers, payees, settlements, refunds. */
#include <assert.h>

#include "store/rows.h"

/* An operator's id is its entry's and a little more, and so are those of its accounts; entries are
 * 64 apart (IDS_A_COMMAND). The offsets are those of migration 12. */
enum { SHARED_OFFSET = 34 };

int64_t ledger_shared_id(int64_t operator, enum ledger_kind kind) {
    assert(operator&& kind >= LEDGER_TOP_UPS && kind<LEDGER_KIND_COUNT);
    _Static_assert(SHARED_OFFSET + LEDGER_KIND_COUNT < IDS_A_COMMAND, "ids of the entry's own");
    return operator+ SHARED_OFFSET + kind;
}

/* Nothing has the id 0, and nothing hangs on it: it is not asked for. */
static void one(struct load *load, enum statement_id statement, int64_t id, int64_t primary,
                void *to) {
    struct key key = {.id = id, .operator= load->actor->operator};
    if (id)
        want_one(load, statement, &key, primary, to);
}

static void many(struct load *load, enum statement_id statement, int64_t id, void *rows,
                 size_t room) {
    struct key key = {.id = id, .operator= load->actor->operator};
    if (id)
        want_many(load, statement, &key, rows, room);
}

static void locked(struct load *load, enum statement_id statement, int64_t id, void *to) {
    one(load, statement, id, id, to);
    if (id)
        want_lock(load);
}

void want_charge(struct load *load, int64_t id, struct charge *to) {
    locked(load, CHARGE_BY_ID, id, to);
}

void want_mandate(struct load *load, int64_t id, struct mandate *to) {
    locked(load, MANDATE_BY_ID, id, to);
}

void want_payee(struct load *load, int64_t id, struct payee *to) {
    one(load, PAYEE_BY_ID, id, id, to);
}

void want_settlement(struct load *load, int64_t id, struct settlement *to) {
    one(load, SETTLEMENT_BY_ID, id, id, to);
}

void want_refund(struct load *load, int64_t id, struct refund *to) {
    locked(load, REFUND_BY_ID, id, to);
}

void want_payee_of_settlement(struct load *load, int64_t closure, struct payee *to) {
    one(load, PAYEE_OF_SETTLEMENT, closure, 0, to);
}

void want_charge_of_settlement(struct load *load, int64_t closure, struct charge *to) {
    one(load, CHARGE_OF_SETTLEMENT, closure, 0, to);
}

void want_line_of_settlement(struct load *load, int64_t closure, struct line *to) {
    one(load, LINE_OF_SETTLEMENT, closure, 0, to);
}

void want_closure_account(struct load *load, int64_t closure, struct account *to) {
    one(load, ACCOUNT_OF_CLOSURE, closure, 0, to);
}

void want_payee_of_refund(struct load *load, int64_t refund, struct payee *to) {
    one(load, PAYEE_OF_REFUND, refund, 0, to);
}

void want_charges_paid(struct load *load, int64_t line, struct charge to[CHARGES_PAID_A_LINE]) {
    many(load, CHARGES_PAID, line, to, CHARGES_PAID_A_LINE);
}

void want_mandates(struct load *load, int64_t line, struct mandate to[MANDATES_A_LINE]) {
    many(load, MANDATES_OF_LINE, line, to, MANDATES_A_LINE);
}

void want_refunds(struct load *load, int64_t closure, struct refund to[REFUNDS_A_CLOSURE]) {
    many(load, REFUNDS_OF_CLOSURE, closure, to, REFUNDS_A_CLOSURE);
}

void want_refund_works(struct load *load, int64_t refund, struct work to[WORKS_A_CLOSURE]) {
    many(load, WORK_OF_REFUND, refund, to, WORKS_A_CLOSURE);
}

void want_mandate_works(struct load *load, int64_t mandate, struct work to[WORKS_A_CLOSURE]) {
    many(load, WORK_OF_MANDATE, mandate, to, WORKS_A_CLOSURE);
}

void add_charge(struct outcome *out, const struct charge *row) {
    outcome_put(out, CHARGE_ADD, row);
}

void put_charge(struct outcome *out, const struct charge *row) {
    outcome_put(out, CHARGE_PUT, row);
}

void add_mandate(struct outcome *out, const struct mandate *row) {
    outcome_put(out, MANDATE_ADD, row);
}

void put_mandate(struct outcome *out, const struct mandate *row) {
    outcome_put(out, MANDATE_PUT, row);
}

void add_transfer(struct outcome *out, const struct transfer *row) {
    outcome_put(out, TRANSFER_ADD, row);
}

void add_payee(struct outcome *out, const struct payee *row) {
    outcome_put(out, PAYEE_ADD, row);
}

void add_settlement(struct outcome *out, const struct settlement *row) {
    outcome_put(out, SETTLEMENT_ADD, row);
}

void put_settlement(struct outcome *out, const struct settlement *row) {
    outcome_put(out, SETTLEMENT_PUT, row);
}

void add_refund(struct outcome *out, const struct refund *row) {
    outcome_put(out, REFUND_ADD, row);
}

void put_refund(struct outcome *out, const struct refund *row) {
    outcome_put(out, REFUND_PUT, row);
}
