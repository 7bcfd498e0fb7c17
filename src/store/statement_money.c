#include "store/statement_money.h"

static const struct field charge_row[] = {
    FIELD(FIELD_INT, charge, id),       FIELD(FIELD_INT, charge, operator),
    FIELD(FIELD_INT, charge, line),     FIELD(FIELD_INT, charge, kind),
    FIELD(FIELD_INT, charge, account),  FIELD(FIELD_INT, charge, amount_minor),
    FIELD(FIELD_INT, charge, at),       FIELD(FIELD_INT, charge, booked_at),
    FIELD(FIELD_INT, charge, channel),  FIELD(FIELD_INT, charge, refunded_minor),
    FIELD(FIELD_INT, charge, late),     FIELD(FIELD_TEXT, charge, transaction_id),
    FIELD(FIELD_TEXT, charge, payment), FIELD_END,
};

static const struct field charge_put[] = {
    FIELD(FIELD_INT, charge, id),
    FIELD(FIELD_INT, charge, operator),
    FIELD(FIELD_INT, charge, refunded_minor),
    FIELD_END,
};

static const struct field mandate_row[] = {
    FIELD(FIELD_INT, mandate, id),
    FIELD(FIELD_INT, mandate, operator),
    FIELD(FIELD_INT, mandate, line),
    FIELD(FIELD_INT, mandate, made_at),
    FIELD(FIELD_INT, mandate, ended_at),
    FIELD(FIELD_INT, mandate, told_at),
    FIELD(FIELD_INT, mandate, amount_minor),
    FIELD(FIELD_TEXT, mandate, reference),
    FIELD_NAMED("mandate.method", FIELD_SEALED, mandate, method),
    FIELD_END,
};

static const struct field mandate_put[] = {
    FIELD(FIELD_INT, mandate, id),
    FIELD(FIELD_INT, mandate, operator),
    FIELD(FIELD_INT, mandate, ended_at),
    FIELD(FIELD_INT, mandate, told_at),
    FIELD_END,
};

static const struct field transfer_row[] = {
    FIELD(FIELD_INT, transfer, id),
    FIELD(FIELD_INT, transfer, operator),
    FIELD(FIELD_INT, transfer, line),
    FIELD(FIELD_INT, transfer, target),
    FIELD(FIELD_INT, transfer, closure),
    FIELD(FIELD_INT, transfer, amount_minor),
    FIELD(FIELD_INT, transfer, fee_minor),
    FIELD(FIELD_INT, transfer, at),
    FIELD(FIELD_INT, transfer, account),
    FIELD(FIELD_TEXT, transfer, language),
    FIELD_END,
};

static const struct field payee_row[] = {
    FIELD(FIELD_INT, payee, id),
    FIELD(FIELD_INT, payee, operator),
    FIELD(FIELD_INT, payee, line),
    FIELD(FIELD_INT, payee, closure),
    FIELD(FIELD_INT, payee, way),
    FIELD(FIELD_INT, payee, made_at),
    FIELD(FIELD_INT, payee, charge),
    FIELD_NAMED("payee.bank", FIELD_SEALED, payee, bank),
    FIELD_NAMED("payee.branch", FIELD_SEALED, payee, branch),
    FIELD_NAMED("payee.bic", FIELD_SEALED, payee, bic),
    FIELD_NAMED("payee.country", FIELD_SEALED, payee, country),
    FIELD_NAMED("payee.number", FIELD_SEALED, payee, number),
    FIELD_NAMED("payee.name", FIELD_SEALED, payee, name),
    FIELD_END,
};

static const struct field settlement_row[] = {
    FIELD(FIELD_INT, settlement, id),
    FIELD(FIELD_INT, settlement, operator),
    FIELD(FIELD_INT, settlement, line),
    FIELD(FIELD_INT, settlement, choice),
    FIELD(FIELD_INT, settlement, chosen_at),
    FIELD(FIELD_INT, settlement, changes),
    FIELD(FIELD_INT, settlement, payee),
    FIELD(FIELD_INT, settlement, target),
    FIELD(FIELD_INT, settlement, leave_minor),
    FIELD(FIELD_INT, settlement, wait_until),
    FIELD(FIELD_INT, settlement, account),
    FIELD(FIELD_INT, settlement, asked_kind),
    FIELD(FIELD_INT, settlement, asked_by),
    FIELD(FIELD_INT, settlement, settled_at),
    FIELD(FIELD_INT, settlement, refund),
    FIELD(FIELD_INT, settlement, transfer),
    FIELD(FIELD_INT, settlement, refund_minor),
    FIELD(FIELD_INT, settlement, fee_minor),
    FIELD(FIELD_INT, settlement, transfer_minor),
    FIELD(FIELD_INT, settlement, left_minor),
    FIELD_END,
};

static const struct field settlement_put[] = {
    FIELD(FIELD_INT, settlement, id),         FIELD(FIELD_INT, settlement, operator),
    FIELD(FIELD_INT, settlement, choice),     FIELD(FIELD_INT, settlement, chosen_at),
    FIELD(FIELD_INT, settlement, changes),    FIELD(FIELD_INT, settlement, payee),
    FIELD(FIELD_INT, settlement, target),     FIELD(FIELD_INT, settlement, leave_minor),
    FIELD(FIELD_INT, settlement, wait_until), FIELD(FIELD_INT, settlement, account),
    FIELD(FIELD_INT, settlement, asked_kind), FIELD(FIELD_INT, settlement, asked_by),
    FIELD(FIELD_INT, settlement, settled_at), FIELD(FIELD_INT, settlement, refund),
    FIELD(FIELD_INT, settlement, transfer),   FIELD(FIELD_INT, settlement, refund_minor),
    FIELD(FIELD_INT, settlement, fee_minor),  FIELD(FIELD_INT, settlement, transfer_minor),
    FIELD(FIELD_INT, settlement, left_minor), FIELD_END,
};

static const struct field refund_row[] = {
    FIELD(FIELD_INT, refund, id),
    FIELD(FIELD_INT, refund, operator),
    FIELD(FIELD_INT, refund, line),
    FIELD(FIELD_INT, refund, closure),
    FIELD(FIELD_INT, refund, account),
    FIELD(FIELD_INT, refund, payee),
    FIELD(FIELD_INT, refund, state),
    FIELD(FIELD_INT, refund, claimed),
    FIELD(FIELD_INT, refund, amount_minor),
    FIELD(FIELD_INT, refund, fee_minor),
    FIELD(FIELD_INT, refund, online_minor),
    FIELD(FIELD_INT, refund, requested_at),
    FIELD(FIELD_INT, refund, wait_until),
    FIELD(FIELD_INT, refund, due_at),
    FIELD(FIELD_INT, refund, asked_kind),
    FIELD(FIELD_INT, refund, asked_by),
    FIELD(FIELD_INT, refund, checked_at),
    FIELD(FIELD_INT, refund, checked_by),
    FIELD(FIELD_INT, refund, approved_at),
    FIELD(FIELD_INT, refund, approved_by),
    FIELD(FIELD_INT, refund, filed_at),
    FIELD(FIELD_INT, refund, accepted_at),
    FIELD(FIELD_INT, refund, paid_at),
    FIELD(FIELD_INT, refund, paid_by),
    FIELD(FIELD_INT, refund, rejected_at),
    FIELD(FIELD_INT, refund, rejected_by),
    FIELD(FIELD_INT, refund, returned_at),
    FIELD(FIELD_INT, refund, returned_by),
    FIELD(FIELD_INT, refund, returns),
    FIELD(FIELD_INT, refund, corrected_at),
    FIELD(FIELD_INT, refund, reason),
    FIELD(FIELD_INT, refund, escalated_at),
    FIELD(FIELD_INT, refund, next_at),
    FIELD(FIELD_INT, refund, policy),
    FIELD(FIELD_BLOB, refund, nonce),
    FIELD(FIELD_TEXT, refund, reference),
    FIELD_NAMED("refund.contact", FIELD_SEALED, refund, contact),
    FIELD(FIELD_TEXT, refund, language),
    FIELD(FIELD_TEXT, refund, evidence),
    FIELD_END,
};

static const struct field refund_put[] = {
    FIELD(FIELD_INT, refund, id),
    FIELD(FIELD_INT, refund, operator),
    FIELD(FIELD_INT, refund, payee),
    FIELD(FIELD_INT, refund, state),
    FIELD(FIELD_INT, refund, amount_minor),
    FIELD(FIELD_INT, refund, fee_minor),
    FIELD(FIELD_INT, refund, wait_until),
    FIELD(FIELD_INT, refund, due_at),
    FIELD(FIELD_INT, refund, asked_kind),
    FIELD(FIELD_INT, refund, asked_by),
    FIELD(FIELD_INT, refund, checked_at),
    FIELD(FIELD_INT, refund, checked_by),
    FIELD(FIELD_INT, refund, approved_at),
    FIELD(FIELD_INT, refund, approved_by),
    FIELD(FIELD_INT, refund, filed_at),
    FIELD(FIELD_INT, refund, accepted_at),
    FIELD(FIELD_INT, refund, paid_at),
    FIELD(FIELD_INT, refund, paid_by),
    FIELD(FIELD_INT, refund, rejected_at),
    FIELD(FIELD_INT, refund, rejected_by),
    FIELD(FIELD_INT, refund, returned_at),
    FIELD(FIELD_INT, refund, returned_by),
    FIELD(FIELD_INT, refund, returns),
    FIELD(FIELD_INT, refund, corrected_at),
    FIELD(FIELD_INT, refund, reason),
    FIELD(FIELD_INT, refund, escalated_at),
    FIELD(FIELD_INT, refund, next_at),
    FIELD(FIELD_TEXT, refund, evidence),
    FIELD_END,
};

static const struct field due_row[] = {
    FIELD(FIELD_INT, due, id),
    FIELD(FIELD_INT, due, operator),
    FIELD(FIELD_INT, due, line),
    FIELD(FIELD_INT, due, next_at),
    FIELD_END,
};

static const struct field key_due[] = {
    FIELD(FIELD_INT, key, at),
    FIELD(FIELD_INT, key, other),
    FIELD(FIELD_INT, key, id),
    FIELD(FIELD_INT, key, limit),
    FIELD_END,
};

static const struct field key_id_operator[] = {
    FIELD(FIELD_INT, key, id),
    FIELD(FIELD_INT, key, operator),
    FIELD_END,
};

static const struct field key_operator_text[] = {
    FIELD(FIELD_INT, key, operator),
    FIELD(FIELD_TEXT, key, text),
    FIELD_END,
};

static const struct field key_operator_limit[] = {
    FIELD(FIELD_INT, key, operator),
    FIELD(FIELD_INT, key, limit),
    FIELD_END,
};

const struct statement statements_money[STATEMENT_COUNT] = {
    [CHARGE_BY_ID] =
        {"charge_by_id",
         "SELECT id, operator, line, kind, account, amount_minor, at, booked_at, "
         "channel, refunded_minor, late, transaction_id, payment FROM charge WHERE id = "
         "$1 AND operator = $2",
         key_id_operator, charge_row, sizeof(struct key), sizeof(struct charge), TABLE_CHARGE},
    /* The top-ups that can be paid back to where they came from, the latest first. */
    [CHARGES_PAID] =
        {"charges_paid",
         "SELECT id, operator, line, kind, account, amount_minor, at, booked_at, "
         "channel, refunded_minor, late, transaction_id, payment FROM charge WHERE line "
         "= $1 AND operator = $2 AND payment <> '' ORDER BY booked_at DESC, id DESC "
         "LIMIT 16",
         key_id_operator, charge_row, sizeof(struct key), sizeof(struct charge), TABLE_CHARGE},
    /* The top-up to which the refund that was chosen for a closure is paid back. */
    [CHARGE_OF_SETTLEMENT] =
        {"charge_of_settlement",
         "SELECT id, operator, line, kind, account, amount_minor, at, booked_at, "
         "channel, refunded_minor, late, transaction_id, payment FROM charge WHERE id = "
         "(SELECT charge FROM payee WHERE id = (SELECT payee FROM settlement WHERE id = $1 AND "
         "operator = $2) AND operator = $2) AND operator = $2",
         key_id_operator, charge_row, sizeof(struct key), sizeof(struct charge), TABLE_CHARGE},
    [CHARGE_ADD] =
        {"charge_add",
         "INSERT INTO charge (id, operator, line, kind, account, amount_minor, at, "
         "booked_at, channel, refunded_minor, late, transaction_id, payment) VALUES ($1, "
         "$2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
         charge_row, NULL, sizeof(struct charge), 0, TABLE_CHARGE},
    [CHARGE_PUT] = {"charge_put",
                    "UPDATE charge SET refunded_minor = $3 WHERE id = $1 AND operator = $2",
                    charge_put, NULL, sizeof(struct charge), 0, TABLE_CHARGE},
    [MANDATE_BY_ID] = {"mandate_by_id",
                       "SELECT id, operator, line, made_at, ended_at, told_at, amount_minor, "
                       "reference, method FROM mandate WHERE id = $1 AND operator = $2",
                       key_id_operator, mandate_row, sizeof(struct key), sizeof(struct mandate),
                       TABLE_MANDATE},
    [MANDATES_OF_LINE] =
        {"mandates_of_line",
         "SELECT id, operator, line, made_at, ended_at, told_at, amount_minor, "
         "reference, method FROM mandate WHERE line = $1 AND operator = $2 AND ended_at "
         "= 0 ORDER BY id LIMIT 8",
         key_id_operator, mandate_row, sizeof(struct key), sizeof(struct mandate), TABLE_MANDATE},
    [MANDATE_ADD] = {"mandate_add",
                     "INSERT INTO mandate (id, operator, line, made_at, ended_at, told_at, "
                     "amount_minor, reference, method) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                     mandate_row, NULL, sizeof(struct mandate), 0, TABLE_MANDATE},
    [MANDATE_PUT] =
        {"mandate_put",
         "UPDATE mandate SET ended_at = $3, told_at = $4 WHERE id = $1 AND operator = $2",
         mandate_put, NULL, sizeof(struct mandate), 0, TABLE_MANDATE},
    [TRANSFER_BY_ID] = {"transfer_by_id",
                        "SELECT id, operator, line, target, closure, amount_minor, fee_minor, at, "
                        "account, language FROM transfer WHERE id = $1 AND operator = $2",
                        key_id_operator, transfer_row, sizeof(struct key), sizeof(struct transfer),
                        TABLE_TRANSFER},
    [TRANSFER_ADD] =
        {"transfer_add",
         "INSERT INTO transfer (id, operator, line, target, closure, amount_minor, "
         "fee_minor, at, account, language) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
         "$10)",
         transfer_row, NULL, sizeof(struct transfer), 0, TABLE_TRANSFER},
    [PAYEE_BY_ID] = {"payee_by_id",
                     "SELECT id, operator, line, closure, way, made_at, charge, bank, branch, bic, "
                     "country, number, name FROM payee WHERE id = $1 AND operator = $2",
                     key_id_operator, payee_row, sizeof(struct key), sizeof(struct payee),
                     TABLE_PAYEE},
    /* The one that was chosen for a closure. */
    [PAYEE_OF_SETTLEMENT] =
        {"payee_of_settlement",
         "SELECT id, operator, line, closure, way, made_at, charge, bank, branch, bic, "
         "country, number, name FROM payee WHERE id = (SELECT payee FROM settlement "
         "WHERE id = $1 AND operator = $2) AND operator = $2",
         key_id_operator, payee_row, sizeof(struct key), sizeof(struct payee), TABLE_PAYEE},
    /* The present one. */
    [PAYEE_OF_REFUND] =
        {"payee_of_refund",
         "SELECT id, operator, line, closure, way, made_at, charge, bank, branch, bic, "
         "country, number, name FROM payee WHERE id = (SELECT payee FROM refund WHERE id "
         "= $1 AND operator = $2) AND operator = $2",
         key_id_operator, payee_row, sizeof(struct key), sizeof(struct payee), TABLE_PAYEE},
    [PAYEE_ADD] = {"payee_add",
                   "INSERT INTO payee (id, operator, line, closure, way, made_at, charge, bank, "
                   "branch, bic, country, number, name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
                   "$9, $10, $11, $12, $13)",
                   payee_row, NULL, sizeof(struct payee), 0, TABLE_PAYEE},
    [SETTLEMENT_BY_ID] =
        {"settlement_by_id",
         "SELECT id, operator, line, choice, chosen_at, changes, payee, target, "
         "leave_minor, wait_until, account, asked_kind, asked_by, settled_at, refund, transfer, "
         "refund_minor, fee_minor, transfer_minor, left_minor FROM settlement WHERE id = $1 AND "
         "operator = $2",
         key_id_operator, settlement_row, sizeof(struct key), sizeof(struct settlement),
         TABLE_SETTLEMENT},
    [SETTLEMENT_ADD] =
        {"settlement_add",
         "INSERT INTO settlement (id, operator, line, choice, chosen_at, changes, payee, "
         "target, leave_minor, wait_until, account, asked_kind, asked_by, settled_at, refund, "
         "transfer, refund_minor, fee_minor, transfer_minor, left_minor) VALUES ($1, $2, $3, "
         "$4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
         settlement_row, NULL, sizeof(struct settlement), 0, TABLE_SETTLEMENT},
    [SETTLEMENT_PUT] =
        {"settlement_put",
         "UPDATE settlement SET choice = $3, chosen_at = $4, changes = $5, payee = $6, "
         "target = $7, leave_minor = $8, wait_until = $9, account = $10, asked_kind = $11, "
         "asked_by = $12, settled_at = $13, refund = $14, transfer = $15, refund_minor = $16, "
         "fee_minor = $17, transfer_minor = $18, left_minor = $19 WHERE id = $1 AND operator = $2",
         settlement_put, NULL, sizeof(struct settlement), 0, TABLE_SETTLEMENT},
    [REFUND_BY_ID] = {"refund_by_id",
                      "SELECT id, operator, line, closure, account, payee, state, claimed, "
                      "amount_minor, fee_minor, online_minor, requested_at, wait_until, due_at, "
                      "asked_kind, asked_by, checked_at, checked_by, approved_at, approved_by, "
                      "filed_at, accepted_at, paid_at, paid_by, rejected_at, rejected_by, "
                      "returned_at, returned_by, returns, corrected_at, reason, escalated_at, "
                      "next_at, policy, nonce, reference, contact, language, evidence FROM refund "
                      "WHERE id = $1 AND operator = $2",
                      key_id_operator, refund_row, sizeof(struct key), sizeof(struct refund),
                      TABLE_REFUND},
    [REFUND_BY_REFERENCE] =
        {"refund_by_reference",
         "SELECT id, operator, line, closure, account, payee, state, claimed, "
         "amount_minor, fee_minor, online_minor, requested_at, wait_until, due_at, "
         "asked_kind, asked_by, checked_at, checked_by, approved_at, approved_by, "
         "filed_at, accepted_at, paid_at, paid_by, rejected_at, rejected_by, "
         "returned_at, returned_by, returns, corrected_at, reason, escalated_at, "
         "next_at, policy, nonce, reference, contact, language, evidence FROM refund "
         "WHERE operator = $1 AND reference = $2",
         key_operator_text, refund_row, sizeof(struct key), sizeof(struct refund), TABLE_REFUND},
    [REFUNDS_OF_CLOSURE] =
        {"refunds_of_closure",
         "SELECT id, operator, line, closure, account, payee, state, claimed, "
         "amount_minor, fee_minor, online_minor, requested_at, wait_until, due_at, "
         "asked_kind, asked_by, checked_at, checked_by, approved_at, approved_by, "
         "filed_at, accepted_at, paid_at, paid_by, rejected_at, rejected_by, "
         "returned_at, returned_by, returns, corrected_at, reason, escalated_at, "
         "next_at, policy, nonce, reference, contact, language, evidence FROM refund "
         "WHERE closure = $1 AND operator = $2 ORDER BY id DESC LIMIT 8",
         key_id_operator, refund_row, sizeof(struct key), sizeof(struct refund), TABLE_REFUND},
    /* Neither paid nor rejected (below REFUND_PAID), by when they are to arrive. */
    [REFUNDS_OPEN] = {"refunds_open",
                      "SELECT id, operator, line, closure, account, payee, state, claimed, "
                      "amount_minor, fee_minor, online_minor, requested_at, wait_until, due_at, "
                      "asked_kind, asked_by, checked_at, checked_by, approved_at, approved_by, "
                      "filed_at, accepted_at, paid_at, paid_by, rejected_at, rejected_by, "
                      "returned_at, returned_by, returns, corrected_at, reason, escalated_at, "
                      "next_at, policy, nonce, reference, contact, language, evidence FROM refund "
                      "WHERE operator = $1 AND state < 6 ORDER BY due_at, id LIMIT $2",
                      key_operator_limit, refund_row, sizeof(struct key), sizeof(struct refund),
                      TABLE_REFUND},
    [REFUNDS_DUE] =
        {"refunds_due",
         "SELECT id, operator, line, next_at FROM refund WHERE next_at <> 0 AND next_at <= $1 "
         "AND (next_at, id) > ($2, $3) ORDER BY next_at, id LIMIT $4",
         key_due, due_row, sizeof(struct key), sizeof(struct due), TABLE_REFUND},
    [REFUND_ADD] =
        {"refund_add",
         "INSERT INTO refund (id, operator, line, closure, account, payee, state, "
         "claimed, amount_minor, fee_minor, online_minor, requested_at, wait_until, "
         "due_at, asked_kind, asked_by, checked_at, checked_by, approved_at, "
         "approved_by, filed_at, accepted_at, paid_at, paid_by, rejected_at, "
         "rejected_by, returned_at, returned_by, returns, corrected_at, reason, "
         "escalated_at, next_at, policy, nonce, reference, contact, language, evidence) "
         "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
         "$17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, "
         "$32, $33, $34, $35, $36, $37, $38, $39)",
         refund_row, NULL, sizeof(struct refund), 0, TABLE_REFUND},
    [REFUND_PUT] =
        {"refund_put",
         "UPDATE refund SET payee = $3, state = $4, amount_minor = $5, fee_minor = $6, "
         "wait_until = $7, due_at = $8, asked_kind = $9, asked_by = $10, checked_at = $11,"
         " checked_by = $12, approved_at = $13, approved_by = $14, filed_at = $15, "
         "accepted_at = $16, paid_at = $17, paid_by = $18, rejected_at = $19, rejected_by "
         "= $20, returned_at = $21, returned_by = $22, returns = $23, corrected_at = $24, "
         "reason = $25, escalated_at = $26, next_at = $27, evidence = $28 WHERE id = $1 "
         "AND operator = $2",
         refund_put, NULL, sizeof(struct refund), 0, TABLE_REFUND},
};
