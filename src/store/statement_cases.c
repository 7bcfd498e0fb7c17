#include "store/statement_cases.h"

static const struct field closure_row[] = {
    FIELD(FIELD_INT, closure, id),
    FIELD(FIELD_INT, closure, operator),
    FIELD(FIELD_INT, closure, line),
    FIELD(FIELD_INT, closure, account),
    FIELD(FIELD_INT, closure, basis),
    FIELD(FIELD_INT, closure, contact),
    FIELD(FIELD_INT, closure, submitted_at),
    FIELD(FIELD_INT, closure, due_at),
    FIELD(FIELD_INT, closure, identity_at),
    FIELD(FIELD_INT, closure, confirmed_at),
    FIELD(FIELD_INT, closure, undo_until),
    FIELD(FIELD_INT, closure, executing_at),
    FIELD(FIELD_INT, closure, cut_at),
    FIELD(FIELD_INT, closure, cut_how),
    FIELD(FIELD_INT, closure, deregistered_at),
    FIELD(FIELD_INT, closure, withdrawn_at),
    FIELD(FIELD_INT, closure, rejected_at),
    FIELD(FIELD_INT, closure, expired_at),
    FIELD(FIELD_INT, closure, reminded_at),
    FIELD(FIELD_INT, closure, escalated_at),
    FIELD(FIELD_INT, closure, confirm_issue),
    FIELD(FIELD_INT, closure, confirm_issued_at),
    FIELD(FIELD_INT, closure, confirm_expires_at),
    FIELD(FIELD_INT, closure, confirm_attempts),
    FIELD(FIELD_INT, closure, confirm_sends),
    FIELD(FIELD_INT, closure, next_at),
    FIELD(FIELD_INT, closure, policy),
    FIELD(FIELD_INT, closure, paid_minor),
    FIELD(FIELD_INT, closure, promotional_minor),
    FIELD(FIELD_INT, closure, quarantine_until),
    FIELD(FIELD_INT, closure, erase_after),
    FIELD(FIELD_INT, closure, claim_until),
    FIELD(FIELD_INT, closure, evidence_by),
    FIELD(FIELD_BLOB, closure, nonce),
    FIELD(FIELD_TEXT, closure, reference),
    FIELD_NAMED("closure.reason", FIELD_SEALED, closure, reason),
    FIELD(FIELD_TEXT, closure, language),
    FIELD(FIELD_TEXT, closure, evidence),
    FIELD(FIELD_INT, closure, api_key),
    FIELD(FIELD_INT, closure, confirm_delivered_at),
    FIELD(FIELD_INT, closure, status_issue),
    FIELD(FIELD_INT, closure, matched_role),
    FIELD(FIELD_INT, closure, identity_asked),
    FIELD(FIELD_INT, closure, identity_by),
    FIELD(FIELD_INT, closure, document),
    FIELD(FIELD_INT, closure, document_at),
    FIELD(FIELD_INT, closure, document_refused_at),
    FIELD(FIELD_INT, closure, document_reason),
    FIELD(FIELD_INT, closure, documents),
    FIELD(FIELD_INT, closure, document_erase_at),
    FIELD(FIELD_INT, closure, unreachable),
    FIELD(FIELD_INT, closure, unclaimed_told_at),
    FIELD(FIELD_INT, closure, lapsed_at),
    FIELD(FIELD_INT, closure, lapsed_minor),
    FIELD_END,
};

/* What never changes is not written: each index on it would be written anew, and the reason
 * sealed anew. */
static const struct field closure_put[] = {
    FIELD(FIELD_INT, closure, id),
    FIELD(FIELD_INT, closure, operator),
    FIELD(FIELD_INT, closure, contact),
    FIELD(FIELD_INT, closure, identity_at),
    FIELD(FIELD_INT, closure, confirmed_at),
    FIELD(FIELD_INT, closure, undo_until),
    FIELD(FIELD_INT, closure, executing_at),
    FIELD(FIELD_INT, closure, cut_at),
    FIELD(FIELD_INT, closure, cut_how),
    FIELD(FIELD_INT, closure, deregistered_at),
    FIELD(FIELD_INT, closure, withdrawn_at),
    FIELD(FIELD_INT, closure, rejected_at),
    FIELD(FIELD_INT, closure, expired_at),
    FIELD(FIELD_INT, closure, reminded_at),
    FIELD(FIELD_INT, closure, escalated_at),
    FIELD(FIELD_INT, closure, confirm_issue),
    FIELD(FIELD_INT, closure, confirm_issued_at),
    FIELD(FIELD_INT, closure, confirm_expires_at),
    FIELD(FIELD_INT, closure, confirm_attempts),
    FIELD(FIELD_INT, closure, confirm_sends),
    FIELD(FIELD_INT, closure, next_at),
    FIELD(FIELD_INT, closure, paid_minor),
    FIELD(FIELD_INT, closure, promotional_minor),
    FIELD(FIELD_INT, closure, quarantine_until),
    FIELD(FIELD_INT, closure, erase_after),
    FIELD(FIELD_INT, closure, claim_until),
    FIELD(FIELD_INT, closure, evidence_by),
    FIELD(FIELD_TEXT, closure, evidence),
    FIELD(FIELD_INT, closure, confirm_delivered_at),
    FIELD(FIELD_INT, closure, status_issue),
    FIELD(FIELD_INT, closure, identity_by),
    FIELD(FIELD_INT, closure, document),
    FIELD(FIELD_INT, closure, document_at),
    FIELD(FIELD_INT, closure, document_refused_at),
    FIELD(FIELD_INT, closure, document_reason),
    FIELD(FIELD_INT, closure, documents),
    FIELD(FIELD_INT, closure, document_erase_at),
    FIELD(FIELD_INT, closure, unreachable),
    FIELD(FIELD_INT, closure, unclaimed_told_at),
    FIELD(FIELD_INT, closure, lapsed_at),
    FIELD(FIELD_INT, closure, lapsed_minor),
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

static const struct field work_put[] = {
    FIELD(FIELD_INT, work, id),
    FIELD(FIELD_INT, work, operator),
    FIELD(FIELD_INT, work, due_at),
    FIELD(FIELD_INT, work, done_at),
    FIELD(FIELD_INT, work, done_by),
    FIELD(FIELD_TEXT, work, evidence),
    FIELD_END,
};

static const struct field effect_row[] = {
    FIELD(FIELD_INT, effect, id),
    FIELD(FIELD_INT, effect, operator),
    FIELD(FIELD_INT, effect, kind),
    FIELD(FIELD_INT, effect, target),
    FIELD(FIELD_INT, effect, line),
    FIELD(FIELD_INT, effect, state),
    FIELD(FIELD_INT, effect, made_at),
    FIELD(FIELD_INT, effect, next_at),
    FIELD(FIELD_INT, effect, expires_at),
    FIELD(FIELD_INT, effect, attempts),
    FIELD(FIELD_INT, effect, done_at),
    FIELD(FIELD_TEXT, effect, cause),
    FIELD(FIELD_TEXT, effect, to),
    FIELD(FIELD_INT, effect, contact),
    FIELD_END,
};

static const struct field effect_put[] = {
    FIELD(FIELD_INT, effect, id),         FIELD(FIELD_INT, effect, operator),
    FIELD(FIELD_INT, effect, state),      FIELD(FIELD_INT, effect, next_at),
    FIELD(FIELD_INT, effect, expires_at), FIELD(FIELD_INT, effect, attempts),
    FIELD(FIELD_INT, effect, done_at),    FIELD(FIELD_TEXT, effect, cause),
    FIELD(FIELD_INT, effect, contact),    FIELD_END,
};

static const struct field inbox_row[] = {
    FIELD(FIELD_INT, inbox_message, id),
    FIELD(FIELD_INT, inbox_message, operator),
    FIELD(FIELD_INT, inbox_message, at),
    FIELD(FIELD_INT, inbox_message, effect),
    FIELD_NAMED("inbox.to", FIELD_SEALED, inbox_message, to),
    FIELD(FIELD_TEXT, inbox_message, via),
    FIELD_NAMED("inbox.subject", FIELD_SEALED, inbox_message, subject),
    FIELD_NAMED("inbox.text", FIELD_SEALED, inbox_message, text),
    FIELD_END,
};

static const struct field due_row[] = {
    FIELD(FIELD_INT, due, id),
    FIELD(FIELD_INT, due, operator),
    FIELD(FIELD_INT, due, line),
    FIELD(FIELD_INT, due, next_at),
    FIELD_END,
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

static const struct field key_operator_limit[] = {
    FIELD(FIELD_INT, key, operator),
    FIELD(FIELD_INT, key, limit),
    FIELD_END,
};

static const struct field key_operator_other_limit[] = {
    FIELD(FIELD_INT, key, operator),
    FIELD(FIELD_INT, key, other),
    FIELD(FIELD_INT, key, limit),
    FIELD_END,
};

static const struct field key_operator_text[] = {
    FIELD(FIELD_INT, key, operator),
    FIELD(FIELD_TEXT, key, text),
    FIELD_END,
};

const struct statement statements_cases[STATEMENT_COUNT] = {
    [CLOSURE_BY_ID] =
        {"closure_by_id",
         "SELECT id, operator, line, account, basis, contact, submitted_at, due_at, "
         "identity_at, confirmed_at, undo_until, executing_at, cut_at, cut_how, "
         "deregistered_at, withdrawn_at, rejected_at, expired_at, reminded_at, "
         "escalated_at, confirm_issue, confirm_issued_at, confirm_expires_at, "
         "confirm_attempts, confirm_sends, next_at, policy, paid_minor, promotional_minor, "
         "quarantine_until, erase_after, claim_until, evidence_by, nonce, reference, "
         "reason, language, evidence, api_key, confirm_delivered_at, status_issue, "
         "matched_role, identity_asked, identity_by, document, document_at, document_refused_at, "
         "document_reason, documents, document_erase_at, unreachable, unclaimed_told_at, "
         "lapsed_at, lapsed_minor FROM closure "
         "WHERE id = $1 AND operator = $2",
         key_id_operator, closure_row, sizeof(struct key), sizeof(struct closure), TABLE_CLOSURE},
    [CLOSURE_OF_LINE] =
        {"closure_of_line",
         "SELECT id, operator, line, account, basis, contact, submitted_at, due_at, "
         "identity_at, confirmed_at, undo_until, executing_at, cut_at, cut_how, "
         "deregistered_at, withdrawn_at, rejected_at, expired_at, reminded_at, "
         "escalated_at, confirm_issue, confirm_issued_at, confirm_expires_at, "
         "confirm_attempts, confirm_sends, next_at, policy, paid_minor, promotional_minor, "
         "quarantine_until, erase_after, claim_until, evidence_by, nonce, reference, "
         "reason, language, evidence, api_key, confirm_delivered_at, status_issue, "
         "matched_role, identity_asked, identity_by, document, document_at, document_refused_at, "
         "document_reason, documents, document_erase_at, unreachable, unclaimed_told_at, "
         "lapsed_at, lapsed_minor FROM closure "
         "WHERE id = (SELECT closure FROM line "
         "WHERE id = $1 AND operator = $2) AND operator = $2",
         key_id_operator, closure_row, sizeof(struct key), sizeof(struct closure), TABLE_CLOSURE},
    [CLOSURE_OF_NUMBER] =
        {"closure_of_number",
         "SELECT id, operator, line, account, basis, contact, submitted_at, due_at, "
         "identity_at, confirmed_at, undo_until, executing_at, cut_at, cut_how, "
         "deregistered_at, withdrawn_at, rejected_at, expired_at, reminded_at, "
         "escalated_at, confirm_issue, confirm_issued_at, confirm_expires_at, "
         "confirm_attempts, confirm_sends, next_at, policy, paid_minor, promotional_minor, "
         "quarantine_until, erase_after, claim_until, evidence_by, nonce, reference, "
         "reason, language, evidence, api_key, confirm_delivered_at, status_issue, "
         "matched_role, identity_asked, identity_by, document, document_at, document_refused_at, "
         "document_reason, documents, document_erase_at, unreachable, unclaimed_told_at, "
         "lapsed_at, lapsed_minor FROM closure "
         "WHERE operator = $1 AND id = (SELECT "
         "closure FROM "
         "line WHERE operator = $1 AND number = $2 AND state <> 4)",
         key_operator_text, closure_row, sizeof(struct key), sizeof(struct closure), TABLE_CLOSURE},
    [CLOSURE_BY_REFERENCE] =
        {"closure_by_reference",
         "SELECT id, operator, line, account, basis, contact, submitted_at, due_at, "
         "identity_at, confirmed_at, undo_until, executing_at, cut_at, cut_how, "
         "deregistered_at, withdrawn_at, rejected_at, expired_at, reminded_at, "
         "escalated_at, confirm_issue, confirm_issued_at, confirm_expires_at, "
         "confirm_attempts, confirm_sends, next_at, policy, paid_minor, promotional_minor, "
         "quarantine_until, erase_after, claim_until, evidence_by, nonce, reference, "
         "reason, language, evidence, api_key, confirm_delivered_at, status_issue, "
         "matched_role, identity_asked, identity_by, document, document_at, document_refused_at, "
         "document_reason, documents, document_erase_at, unreachable, unclaimed_told_at, "
         "lapsed_at, lapsed_minor FROM closure "
         "WHERE operator = $1 AND reference = $2",
         key_operator_text, closure_row, sizeof(struct key), sizeof(struct closure), TABLE_CLOSURE},
    /* No more than it takes to advance them: a case that cannot be opened must not hide others. */
    [CLOSURES_DUE] =
        {"closures_due",
         "SELECT id, operator, line, next_at FROM closure WHERE next_at <> 0 AND next_at <= $1 "
         "AND (next_at, id) > ($2, $3) ORDER BY next_at, id LIMIT $4",
         key_due, due_row, sizeof(struct key), sizeof(struct due), TABLE_CLOSURE},
    [CLOSURE_PAGE] =
        {"closure_page",
         "SELECT id, operator, line, account, basis, contact, submitted_at, due_at, "
         "identity_at, confirmed_at, undo_until, executing_at, cut_at, cut_how, "
         "deregistered_at, withdrawn_at, rejected_at, expired_at, reminded_at, "
         "escalated_at, confirm_issue, confirm_issued_at, confirm_expires_at, "
         "confirm_attempts, confirm_sends, next_at, policy, paid_minor, promotional_minor, "
         "quarantine_until, erase_after, claim_until, evidence_by, nonce, reference, "
         "reason, language, evidence, api_key, confirm_delivered_at, status_issue, "
         "matched_role, identity_asked, identity_by, document, document_at, document_refused_at, "
         "document_reason, documents, document_erase_at, unreachable, unclaimed_told_at, "
         "lapsed_at, lapsed_minor FROM closure "
         "WHERE operator = $1 AND id > $2 ORDER "
         "BY "
         "id LIMIT $3",
         key_operator_other_limit, closure_row, sizeof(struct key), sizeof(struct closure),
         TABLE_CLOSURE},
    [CLOSURE_ADD] =
        {"closure_add",
         "INSERT INTO closure (id, operator, line, account, basis, contact, submitted_at, "
         "due_at, identity_at, confirmed_at, undo_until, executing_at, cut_at, cut_how, "
         "deregistered_at, withdrawn_at, rejected_at, expired_at, reminded_at, "
         "escalated_at, confirm_issue, confirm_issued_at, confirm_expires_at, "
         "confirm_attempts, confirm_sends, next_at, policy, paid_minor, promotional_minor, "
         "quarantine_until, erase_after, claim_until, evidence_by, nonce, reference, "
         "reason, language, evidence, api_key, confirm_delivered_at, status_issue, "
         "matched_role, identity_asked, identity_by, document, document_at, document_refused_at, "
         "document_reason, documents, document_erase_at, unreachable, unclaimed_told_at, "
         "lapsed_at, lapsed_minor) VALUES ("
         "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
         "$11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, "
         "$27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, "
         "$43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54)",
         closure_row, NULL, sizeof(struct closure), 0, TABLE_CLOSURE},
    [CLOSURE_PUT] =
        {"closure_put",
         "UPDATE closure SET contact = $3, identity_at = $4, confirmed_at = $5, undo_until = $6, "
         "executing_at = $7, cut_at = $8, cut_how = $9, deregistered_at = $10, withdrawn_at = $11, "
         "rejected_at = $12, expired_at = $13, reminded_at = $14, escalated_at = $15, "
         "confirm_issue = $16, confirm_issued_at = $17, confirm_expires_at = $18, confirm_attempts "
         "= $19, confirm_sends = $20, next_at = $21, paid_minor = $22, promotional_minor = $23, "
         "quarantine_until = $24, erase_after = $25, claim_until = $26, evidence_by = $27, "
         "evidence = $28, confirm_delivered_at = $29, status_issue = $30, "
         "identity_by = $31, document = $32, document_at = $33, document_refused_at = $34, "
         "document_reason = $35, documents = $36, document_erase_at = $37, unreachable = $38, "
         "unclaimed_told_at = $39, lapsed_at = $40, lapsed_minor = $41 WHERE "
         "id = $1 AND "
         "operator = $2",
         closure_put, NULL, sizeof(struct closure), 0, TABLE_CLOSURE},
    [WORK_BY_ID] =
        {"work_by_id",
         "SELECT id, operator, closure, line, kind, opened_at, due_at, done_at, done_by, "
         "evidence, suspension, refund, mandate FROM work WHERE id = $1 AND operator = $2",
         key_id_operator, work_row, sizeof(struct key), sizeof(struct work), TABLE_WORK},
    [WORK_OF_CLOSURE] =
        {"work_of_closure",
         "SELECT id, operator, closure, line, kind, opened_at, due_at, done_at, done_by, "
         "evidence, suspension, refund, mandate FROM work WHERE closure = $1 AND operator = $2 "
         "ORDER BY id LIMIT 8",
         key_id_operator, work_row, sizeof(struct key), sizeof(struct work), TABLE_WORK},
    [WORK_OPEN] = {"work_open",
                   "SELECT id, operator, closure, line, kind, opened_at, due_at, done_at, done_by, "
                   "evidence, suspension, refund, mandate FROM work WHERE operator = $1 AND "
                   "done_at = 0 ORDER BY due_at, id "
                   "LIMIT $2",
                   key_operator_limit, work_row, sizeof(struct key), sizeof(struct work),
                   TABLE_WORK},
    /* The identities that wait to be looked at (work.kind 3, WORK_IDENTITY). */
    [WORK_IDENTITY_OPEN] =
        {"work_identity_open",
         "SELECT id, operator, closure, line, kind, opened_at, due_at, done_at, done_by, "
         "evidence, suspension, refund, mandate FROM work WHERE operator = $1 AND done_at = 0 AND "
         "kind = 3 "
         "ORDER BY due_at, id LIMIT $2",
         key_operator_limit, work_row, sizeof(struct key), sizeof(struct work), TABLE_WORK},
    [WORK_OF_MANDATE] =
        {"work_of_mandate",
         "SELECT id, operator, closure, line, kind, opened_at, due_at, done_at, done_by, "
         "evidence, suspension, refund, mandate FROM work WHERE mandate = $1 AND mandate <> 0 AND "
         "operator = $2 ORDER BY id LIMIT 8",
         key_id_operator, work_row, sizeof(struct key), sizeof(struct work), TABLE_WORK},
    [WORK_OF_REFUND] =
        {"work_of_refund",
         "SELECT id, operator, closure, line, kind, opened_at, due_at, done_at, done_by, "
         "evidence, suspension, refund, mandate FROM work WHERE refund = $1 AND refund <> 0 AND "
         "operator = $2 ORDER BY id LIMIT 8",
         key_id_operator, work_row, sizeof(struct key), sizeof(struct work), TABLE_WORK},
    [WORK_ADD] =
        {"work_add",
         "INSERT INTO work (id, operator, closure, line, kind, opened_at, due_at, done_at, "
         "done_by, evidence, suspension, refund, mandate) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
         "$9, $10, "
         "$11, $12, $13)",
         work_row, NULL, sizeof(struct work), 0, TABLE_WORK},
    [WORK_PUT] = {"work_put",
                  "UPDATE work SET due_at = $3, done_at = $4, done_by = $5, evidence = $6 WHERE id "
                  "= $1 AND operator = $2",
                  work_put, NULL, sizeof(struct work), 0, TABLE_WORK},
    [EFFECT_BY_ID] =
        {"effect_by_id",
         "SELECT id, operator, kind, target, line, state, made_at, next_at, expires_at, "
         "attempts, done_at, cause, door, contact FROM effect WHERE id = $1 AND operator = "
         "$2",
         key_id_operator, effect_row, sizeof(struct key), sizeof(struct effect), TABLE_EFFECT},
    [EFFECTS_DUE] =
        {"effects_due",
         "SELECT id, operator, kind, target, line, state, made_at, next_at, expires_at, "
         "attempts, done_at, cause, door, contact FROM effect WHERE state = 1 AND door <> "
         "'network' AND door <> 'payment' AND next_at <= $1 AND (next_at, id) > ($2, $3) "
         "ORDER BY next_at, id LIMIT $4",
         key_due, effect_row, sizeof(struct key), sizeof(struct effect), TABLE_EFFECT},
    [EFFECTS_DUE_NETWORK] =
        {"effects_due_network",
         "SELECT id, operator, kind, target, line, state, made_at, next_at, expires_at, "
         "attempts, done_at, cause, door, contact FROM effect WHERE state = 1 AND door = "
         "'network' AND next_at <= $1 AND (next_at, id) > ($2, $3) "
         "ORDER BY next_at, id LIMIT $4",
         key_due, effect_row, sizeof(struct key), sizeof(struct effect), TABLE_EFFECT},
    [EFFECTS_DUE_PAYMENT] =
        {"effects_due_payment",
         "SELECT id, operator, kind, target, line, state, made_at, next_at, expires_at, "
         "attempts, done_at, cause, door, contact FROM effect WHERE state = 1 AND door = "
         "'payment' AND next_at <= $1 AND (next_at, id) > ($2, $3) "
         "ORDER BY next_at, id LIMIT $4",
         key_due, effect_row, sizeof(struct key), sizeof(struct effect), TABLE_EFFECT},
    [EFFECTS_OF_TARGET] =
        {"effects_of_target",
         "SELECT id, operator, kind, target, line, state, made_at, next_at, expires_at, "
         "attempts, done_at, cause, door, contact FROM effect WHERE target = $1 AND "
         "operator = $2 ORDER BY id DESC LIMIT 32",
         key_id_operator, effect_row, sizeof(struct key), sizeof(struct effect), TABLE_EFFECT},
    [EFFECTS_OF_NETWORK] =
        {"effects_of_network",
         "SELECT id, operator, kind, target, line, state, made_at, next_at, expires_at, "
         "attempts, done_at, cause, door, contact FROM effect WHERE target = $1 AND "
         "operator = $2 AND door = 'network' ORDER BY id DESC LIMIT 4",
         key_id_operator, effect_row, sizeof(struct key), sizeof(struct effect), TABLE_EFFECT},
    [EFFECT_PAGE] =
        {"effect_page",
         "SELECT id, operator, kind, target, line, state, made_at, next_at, expires_at, "
         "attempts, done_at, cause, door, contact FROM effect WHERE operator = $1 AND id > "
         "$2 ORDER BY id LIMIT $3",
         key_operator_other_limit, effect_row, sizeof(struct key), sizeof(struct effect),
         TABLE_EFFECT},
    [EFFECT_ADD] =
        {"effect_add",
         "INSERT INTO effect (id, operator, kind, target, line, state, made_at, next_at, "
         "expires_at, attempts, done_at, cause, door, contact) VALUES ($1, $2, $3, $4, $5, "
         "$6, $7, $8, $9, $10, $11, $12, $13, $14)",
         effect_row, NULL, sizeof(struct effect), 0, TABLE_EFFECT},
    [EFFECT_PUT] = {"effect_put",
                    "UPDATE effect SET state = $3, next_at = $4, expires_at = $5, attempts = $6, "
                    "done_at = $7, cause = $8, contact = $9 WHERE id = $1 AND operator = $2",
                    effect_put, NULL, sizeof(struct effect), 0, TABLE_EFFECT},
    [INBOX_PAGE] = {"inbox_page",
                    "SELECT id, operator, at, effect, address, via, subject, text FROM inbox WHERE "
                    "operator = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
                    key_operator_other_limit, inbox_row, sizeof(struct key),
                    sizeof(struct inbox_message), TABLE_INBOX},
    [INBOX_OF_EFFECT] =
        {"inbox_of_effect",
         "SELECT id, operator, at, effect, address, via, subject, text FROM inbox WHERE "
         "effect = $1 AND operator = $2",
         key_id_operator, inbox_row, sizeof(struct key), sizeof(struct inbox_message), TABLE_INBOX},
    [INBOX_ADD] =
        {"inbox_add",
         "INSERT INTO inbox (id, operator, at, effect, address, via, subject, text) VALUES "
         "($1, $2, $3, $4, $5, $6, $7, $8)",
         inbox_row, NULL, sizeof(struct inbox_message), 0, TABLE_INBOX},
};
