#include "store/statement_suspensions.h"

static const struct field suspension_row[] = {
    FIELD(FIELD_INT, suspension, id),
    FIELD(FIELD_INT, suspension, operator),
    FIELD(FIELD_INT, suspension, line),
    FIELD(FIELD_INT, suspension, account),
    FIELD(FIELD_INT, suspension, policy),
    FIELD(FIELD_INT, suspension, asked_at),
    FIELD(FIELD_INT, suspension, until),
    FIELD(FIELD_INT, suspension, fee_minor),
    FIELD(FIELD_INT, suspension, barred_at),
    FIELD(FIELD_INT, suspension, bar_how),
    FIELD(FIELD_INT, suspension, fee_taken_minor),
    FIELD(FIELD_INT, suspension, reminded_at),
    FIELD(FIELD_INT, suspension, over_at),
    FIELD(FIELD_INT, suspension, back_at),
    FIELD(FIELD_INT, suspension, back_why),
    FIELD(FIELD_INT, suspension, unbar_at),
    FIELD(FIELD_INT, suspension, unbarred_at),
    FIELD(FIELD_INT, suspension, unbar_how),
    FIELD(FIELD_INT, suspension, ended_at),
    FIELD(FIELD_INT, suspension, end_how),
    FIELD(FIELD_INT, suspension, by_hand_at),
    FIELD(FIELD_INT, suspension, escalated_at),
    FIELD(FIELD_INT, suspension, next_at),
    FIELD(FIELD_TEXT, suspension, language),
    FIELD_END,
};

/* What was promised never changes. */
static const struct field suspension_put[] = {
    FIELD(FIELD_INT, suspension, id),
    FIELD(FIELD_INT, suspension, operator),
    FIELD(FIELD_INT, suspension, barred_at),
    FIELD(FIELD_INT, suspension, bar_how),
    FIELD(FIELD_INT, suspension, fee_taken_minor),
    FIELD(FIELD_INT, suspension, reminded_at),
    FIELD(FIELD_INT, suspension, over_at),
    FIELD(FIELD_INT, suspension, back_at),
    FIELD(FIELD_INT, suspension, back_why),
    FIELD(FIELD_INT, suspension, unbar_at),
    FIELD(FIELD_INT, suspension, unbarred_at),
    FIELD(FIELD_INT, suspension, unbar_how),
    FIELD(FIELD_INT, suspension, ended_at),
    FIELD(FIELD_INT, suspension, end_how),
    FIELD(FIELD_INT, suspension, by_hand_at),
    FIELD(FIELD_INT, suspension, escalated_at),
    FIELD(FIELD_INT, suspension, next_at),
    FIELD_END,
};

static const struct field due_row[] = {
    FIELD(FIELD_INT, due, id),
    FIELD(FIELD_INT, due, operator),
    FIELD(FIELD_INT, due, line),
    FIELD(FIELD_INT, due, next_at),
    FIELD_END,
};

static const struct field work_row[] = {
    FIELD(FIELD_INT, work, id),         FIELD(FIELD_INT, work, operator),
    FIELD(FIELD_INT, work, closure),    FIELD(FIELD_INT, work, line),
    FIELD(FIELD_INT, work, kind),       FIELD(FIELD_INT, work, opened_at),
    FIELD(FIELD_INT, work, due_at),     FIELD(FIELD_INT, work, done_at),
    FIELD(FIELD_INT, work, done_by),    FIELD(FIELD_TEXT, work, evidence),
    FIELD(FIELD_INT, work, suspension), FIELD(FIELD_INT, work, refund),
    FIELD(FIELD_INT, work, mandate),    FIELD_END,
};

/* What is due by `at`, after the one of the time `other` with that id. */
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

const struct statement statements_suspensions[STATEMENT_COUNT] = {
    [SUSPENSION_BY_ID] =
        {"suspension_by_id",
         "SELECT id, operator, line, account, policy, asked_at, until, fee_minor, barred_at, "
         "bar_how, fee_taken_minor, reminded_at, over_at, back_at, back_why, unbar_at, "
         "unbarred_at, unbar_how, ended_at, end_how, by_hand_at, escalated_at, next_at, language "
         "FROM suspension WHERE id = $1 AND operator = $2",
         key_id_operator, suspension_row, sizeof(struct key), sizeof(struct suspension),
         TABLE_SUSPENSION},
    [SUSPENSION_OF_LINE] =
        {"suspension_of_line",
         "SELECT id, operator, line, account, policy, asked_at, until, fee_minor, barred_at, "
         "bar_how, fee_taken_minor, reminded_at, over_at, back_at, back_why, unbar_at, "
         "unbarred_at, unbar_how, ended_at, end_how, by_hand_at, escalated_at, next_at, language "
         "FROM suspension WHERE line = $1 AND operator = $2 AND ended_at = 0",
         key_id_operator, suspension_row, sizeof(struct key), sizeof(struct suspension),
         TABLE_SUSPENSION},
    [SUSPENSIONS_DUE] =
        {"suspensions_due",
         "SELECT id, operator, line, next_at FROM suspension WHERE next_at <> 0 AND next_at <= $1 "
         "AND (next_at, id) > ($2, $3) ORDER BY next_at, id LIMIT $4",
         key_due, due_row, sizeof(struct key), sizeof(struct due), TABLE_SUSPENSION},
    [SUSPENSION_ADD] =
        {"suspension_add",
         "INSERT INTO suspension (id, operator, line, account, policy, asked_at, until, "
         "fee_minor, barred_at, bar_how, fee_taken_minor, reminded_at, over_at, back_at, "
         "back_why, unbar_at, unbarred_at, unbar_how, ended_at, end_how, by_hand_at, "
         "escalated_at, next_at, language) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
         "$12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)",
         suspension_row, NULL, sizeof(struct suspension), 0, TABLE_SUSPENSION},
    [SUSPENSION_PUT] =
        {"suspension_put",
         "UPDATE suspension SET barred_at = $3, bar_how = $4, fee_taken_minor = $5, reminded_at "
         "= $6, over_at = $7, back_at = $8, back_why = $9, unbar_at = $10, unbarred_at = $11, "
         "unbar_how = $12, ended_at = $13, end_how = $14, by_hand_at = $15, escalated_at = $16, "
         "next_at = $17 WHERE id = $1 AND operator = $2",
         suspension_put, NULL, sizeof(struct suspension), 0, TABLE_SUSPENSION},
    /* Those of the line's open one. */
    [WORK_OF_SUSPENSION] =
        {"work_of_suspension",
         "SELECT id, operator, closure, line, kind, opened_at, due_at, done_at, done_by, evidence, "
         "suspension, refund, mandate FROM work WHERE suspension <> 0 AND suspension = (SELECT id "
         "FROM suspension "
         "WHERE line = $1 AND operator = $2 AND ended_at = 0) AND operator = $2 ORDER BY id LIMIT "
         "8",
         key_id_operator, work_row, sizeof(struct key), sizeof(struct work), TABLE_WORK},
};
