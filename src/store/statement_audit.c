#include "store/statement_audit.h"

static const struct field key_id[] = {FIELD(FIELD_INT, key, id), FIELD_END};

static const struct field posting_row[] = {
    FIELD(FIELD_INT, posting, id),       FIELD(FIELD_INT, posting, operator),
    FIELD(FIELD_INT, posting, account),  FIELD(FIELD_INT, posting, amount),
    FIELD(FIELD_INT, posting, at),       FIELD(FIELD_INT, posting, entry),
    FIELD(FIELD_INT, posting, movement), FIELD_END,
};

/* Of the others only what is added up. */
static const struct field line_credit[] = {
    FIELD(FIELD_INT, line, id),
    FIELD(FIELD_INT, line, operator),
    FIELD(FIELD_INT, line, state),
    FIELD(FIELD_INT, line, online_minor),
    FIELD_END,
};

static const struct field charge_sums[] = {
    FIELD(FIELD_INT, charge, id),
    FIELD(FIELD_INT, charge, operator),
    FIELD(FIELD_INT, charge, kind),
    FIELD(FIELD_INT, charge, amount_minor),
    FIELD(FIELD_INT, charge, refunded_minor),
    FIELD_END,
};

static const struct field transfer_sums[] = {
    FIELD(FIELD_INT, transfer, id),
    FIELD(FIELD_INT, transfer, operator),
    FIELD(FIELD_INT, transfer, amount_minor),
    FIELD(FIELD_INT, transfer, fee_minor),
    FIELD_END,
};

static const struct field refund_sums[] = {
    FIELD(FIELD_INT, refund, id),        FIELD(FIELD_INT, refund, operator),
    FIELD(FIELD_INT, refund, state),     FIELD(FIELD_INT, refund, amount_minor),
    FIELD(FIELD_INT, refund, fee_minor), FIELD_END,
};

const struct statement statements_audit[STATEMENT_COUNT] = {
    [POSTING_SCAN] =
        {"posting_scan",
         "SELECT id, operator, account, amount, at, entry, movement FROM posting WHERE id > $1 "
         "ORDER BY id",
         key_id, posting_row, sizeof(struct key), sizeof(struct posting), TABLE_POSTING},
    [LINE_CREDIT_SCAN] = {"line_credit_scan",
                          "SELECT id, operator, state, online_minor FROM line WHERE id > $1 "
                          "ORDER BY id",
                          key_id, line_credit, sizeof(struct key), sizeof(struct line), TABLE_LINE},
    [CHARGE_SCAN] = {"charge_scan",
                     "SELECT id, operator, kind, amount_minor, refunded_minor FROM charge WHERE "
                     "id > $1 ORDER BY id",
                     key_id, charge_sums, sizeof(struct key), sizeof(struct charge), TABLE_CHARGE},
    [TRANSFER_SCAN] = {"transfer_scan",
                       "SELECT id, operator, amount_minor, fee_minor FROM transfer WHERE id > $1 "
                       "ORDER BY id",
                       key_id, transfer_sums, sizeof(struct key), sizeof(struct transfer),
                       TABLE_TRANSFER},
    [REFUND_SCAN] = {"refund_scan",
                     "SELECT id, operator, state, amount_minor, fee_minor FROM refund WHERE id > "
                     "$1 ORDER BY id",
                     key_id, refund_sums, sizeof(struct key), sizeof(struct refund), TABLE_REFUND},
};
