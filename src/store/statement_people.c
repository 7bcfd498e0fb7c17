#include "store/statement_people.h"

static const struct field operator_row[] = {
    FIELD(FIELD_INT, operator_row, id),
    FIELD(FIELD_TEXT, operator_row, code),
    FIELD(FIELD_INT, operator_row, added_at),
    FIELD_END,
};

static const struct field policy_row[] = {
    FIELD(FIELD_INT, policy_row, id),
    FIELD(FIELD_INT, policy_row, operator),
    FIELD(FIELD_INT, policy_row, version),
    FIELD(FIELD_INT, policy_row, effective_at),
    FIELD(FIELD_INT, policy_row, loaded_at),
    FIELD(FIELD_TEXT, policy_row, text),
    FIELD_END,
};

static const struct field subscriber_row[] = {
    FIELD(FIELD_INT, subscriber, id),
    FIELD(FIELD_INT, subscriber, operator),
    FIELD(FIELD_INT, subscriber, kind),
    FIELD(FIELD_INT, subscriber, registered_at),
    FIELD(FIELD_INT, subscriber, erase_after),
    FIELD_NAMED("subscriber.name", FIELD_SEALED, subscriber, name),
    FIELD_NAMED("subscriber.name_zh", FIELD_SEALED, subscriber, name_zh),
    FIELD_NAMED("subscriber.birth", FIELD_SEALED, subscriber, birth),
    FIELD(FIELD_TEXT, subscriber, document_type),
    FIELD_NAMED("subscriber.document", FIELD_SEALED, subscriber, document),
    FIELD(FIELD_TEXT, subscriber, language),
    FIELD_END,
};

/* The hash of the document cannot be read back: who adds a subscriber gives it, who changes one
 * leaves it as it is. */
static const struct field subscriber_in[] = {
    FIELD(FIELD_INT, subscriber, id),
    FIELD(FIELD_INT, subscriber, operator),
    FIELD(FIELD_INT, subscriber, kind),
    FIELD(FIELD_INT, subscriber, registered_at),
    FIELD(FIELD_INT, subscriber, erase_after),
    FIELD_NAMED("subscriber.name", FIELD_SEALED, subscriber, name),
    FIELD_NAMED("subscriber.name_zh", FIELD_SEALED, subscriber, name_zh),
    FIELD_NAMED("subscriber.birth", FIELD_SEALED, subscriber, birth),
    FIELD(FIELD_TEXT, subscriber, document_type),
    FIELD_NAMED("subscriber.document", FIELD_SEALED, subscriber, document),
    FIELD_NAMED("subscriber.document_key", FIELD_LOOKUP, subscriber, document_key),
    FIELD(FIELD_TEXT, subscriber, language),
    FIELD_END,
};

static const struct field account_row[] = {
    FIELD(FIELD_INT, account, id),
    FIELD(FIELD_INT, account, operator),
    FIELD(FIELD_INT, account, state),
    FIELD(FIELD_INT, account, made_at),
    FIELD(FIELD_INT, account, password_at),
    FIELD(FIELD_INT, account, reset_at),
    FIELD_NAMED("account.email", FIELD_SEALED, account, email),
    FIELD(FIELD_TEXT, account, password),
    FIELD(FIELD_TEXT, account, language),
    FIELD_END,
};

static const struct field account_in[] = {
    FIELD(FIELD_INT, account, id),
    FIELD(FIELD_INT, account, operator),
    FIELD(FIELD_INT, account, state),
    FIELD(FIELD_INT, account, made_at),
    FIELD(FIELD_INT, account, password_at),
    FIELD(FIELD_INT, account, reset_at),
    FIELD_NAMED("account.email", FIELD_SEALED, account, email),
    FIELD_NAMED("account.email", FIELD_LOOKUP, account, email),
    FIELD(FIELD_TEXT, account, password),
    FIELD(FIELD_TEXT, account, language),
    FIELD_END,
};

static const struct field account_line_row[] = {
    FIELD(FIELD_INT, account_line, id),
    FIELD(FIELD_INT, account_line, operator),
    FIELD(FIELD_INT, account_line, account),
    FIELD(FIELD_INT, account_line, line),
    FIELD(FIELD_INT, account_line, proved_at),
    FIELD(FIELD_INT, account_line, how),
    FIELD_END,
};

static const struct field challenge_row[] = {
    FIELD(FIELD_INT, challenge, id),
    FIELD(FIELD_INT, challenge, operator),
    FIELD(FIELD_INT, challenge, line),
    FIELD(FIELD_INT, challenge, account),
    FIELD(FIELD_INT, challenge, issue),
    FIELD(FIELD_INT, challenge, issued_at),
    FIELD(FIELD_INT, challenge, expires_at),
    FIELD(FIELD_INT, challenge, attempts),
    FIELD(FIELD_INT, challenge, proved_at),
    FIELD(FIELD_INT, challenge, used_at),
    FIELD(FIELD_INT, challenge, sends),
    FIELD(FIELD_TEXT, challenge, purpose),
    FIELD_NAMED("challenge.address", FIELD_SEALED, challenge, address),
    FIELD(FIELD_TEXT, challenge, language),
    FIELD(FIELD_BLOB, challenge, nonce),
    FIELD(FIELD_INT, challenge, closure),
    FIELD(FIELD_INT, challenge, contact),
    FIELD(FIELD_INT, challenge, via),
    FIELD(FIELD_INT, challenge, claims),
    FIELD_END,
};

static const struct field api_key_row[] = {
    FIELD(FIELD_INT, api_key, id),      FIELD(FIELD_INT, api_key, operator),
    FIELD(FIELD_INT, api_key, made_at), FIELD(FIELD_INT, api_key, revoked_at),
    FIELD(FIELD_BLOB, api_key, hash),   FIELD(FIELD_TEXT, api_key, name),
    FIELD(FIELD_TEXT, api_key, scopes), FIELD_END,
};

static const struct field staff_row[] = {
    FIELD(FIELD_INT, staff, id),
    FIELD(FIELD_INT, staff, operator),
    FIELD(FIELD_INT, staff, added_at),
    FIELD(FIELD_INT, staff, removed_at),
    FIELD_NAMED("staff.name", FIELD_SEALED, staff, name),
    FIELD_NAMED("staff.system_user", FIELD_SEALED, staff, system_user),
    FIELD(FIELD_TEXT, staff, roles),
    FIELD_END,
};

static const struct field staff_in[] = {
    FIELD(FIELD_INT, staff, id),
    FIELD(FIELD_INT, staff, operator),
    FIELD(FIELD_INT, staff, added_at),
    FIELD(FIELD_INT, staff, removed_at),
    FIELD_NAMED("staff.name", FIELD_SEALED, staff, name),
    FIELD_NAMED("staff.system_user", FIELD_SEALED, staff, system_user),
    FIELD_NAMED("staff.system_user", FIELD_LOOKUP, staff, system_user),
    FIELD(FIELD_TEXT, staff, roles),
    FIELD_END,
};

static const struct field budget_row[] = {
    FIELD(FIELD_INT, budget, id),     FIELD(FIELD_INT, budget, operator),
    FIELD(FIELD_INT, budget, since),  FIELD(FIELD_INT, budget, count),
    FIELD(FIELD_TEXT, budget, scope), FIELD_END,
};

/* A counter, not locked: what was spent since it was loaded is added to what stands there now. */
static const struct field budget_in[] = {
    FIELD(FIELD_INT, budget, id),
    FIELD(FIELD_INT, budget, operator),
    FIELD(FIELD_INT, budget, since),
    FIELD(FIELD_INT, budget, count),
    FIELD(FIELD_TEXT, budget, scope),
    FIELD(FIELD_INT, budget, step),
    FIELD_END,
};

static const struct field remembered_row[] = {
    FIELD(FIELD_INT, remembered, id),
    FIELD(FIELD_INT, remembered, operator),
    FIELD(FIELD_INT, remembered, refusal),
    FIELD(FIELD_INT, remembered, result),
    FIELD(FIELD_INT, remembered, at),
    FIELD(FIELD_INT, remembered, keep_until),
    FIELD(FIELD_BLOB, remembered, key),
    FIELD(FIELD_BLOB, remembered, body),
    FIELD_END,
};

static const struct field key_id_operator[] = {
    FIELD(FIELD_INT, key, id),
    FIELD(FIELD_INT, key, operator),
    FIELD_END,
};

static const struct field key_id_operator_other[] = {
    FIELD(FIELD_INT, key, id),
    FIELD(FIELD_INT, key, operator),
    FIELD(FIELD_INT, key, other),
    FIELD_END,
};

static const struct field key_operator_at[] = {
    FIELD(FIELD_INT, key, operator),
    FIELD(FIELD_INT, key, at),
    FIELD_END,
};

static const struct field key_none[] = {
    FIELD_END,
};

static const struct field key_operator_hash[] = {
    FIELD(FIELD_INT, key, operator),
    FIELD(FIELD_BLOB, key, hash),
    FIELD_END,
};

static const struct field key_operator_lookup_document_key[] = {
    FIELD(FIELD_INT, key, operator),
    FIELD_NAMED("subscriber.document_key", FIELD_LOOKUP, key, text),
    FIELD_END,
};

static const struct field key_operator_lookup_email[] = {
    FIELD(FIELD_INT, key, operator),
    FIELD_NAMED("account.email", FIELD_LOOKUP, key, text),
    FIELD_END,
};

static const struct field key_operator_lookup_user[] = {
    FIELD(FIELD_INT, key, operator),
    FIELD_NAMED("staff.system_user", FIELD_LOOKUP, key, text),
    FIELD_END,
};

static const struct field key_operator_other_limit[] = {
    FIELD(FIELD_INT, key, operator),
    FIELD(FIELD_INT, key, other),
    FIELD(FIELD_INT, key, limit),
    FIELD_END,
};

const struct statement statements_people[STATEMENT_COUNT] = {
    [OPERATOR_LIST] = {"operator_list", "SELECT id, code, added_at FROM operator ORDER BY id",
                       key_none, operator_row, sizeof(struct key), sizeof(struct operator_row),
                       TABLE_OPERATOR},
    [OPERATOR_ADD] = {"operator_add",
                      "INSERT INTO operator (id, code, added_at) VALUES ($1, $2, $3)", operator_row,
                      NULL, sizeof(struct operator_row), 0, TABLE_OPERATOR},
    [POLICY_LIST] =
        {"policy_list",
         "SELECT id, operator, version, effective_at, loaded_at, text FROM policy ORDER BY "
         "operator, effective_at, version",
         key_none, policy_row, sizeof(struct key), sizeof(struct policy_row), TABLE_POLICY},
    [POLICY_AT] =
        {"policy_at",
         "SELECT id, operator, version, effective_at, loaded_at, text FROM policy WHERE operator "
         "= $1 AND effective_at <= $2 ORDER BY effective_at DESC, version DESC LIMIT 1",
         key_operator_at, policy_row, sizeof(struct key), sizeof(struct policy_row), TABLE_POLICY},
    [POLICY_ADD] =
        {"policy_add",
         "INSERT INTO policy (id, operator, version, effective_at, loaded_at, text) VALUES "
         "($1, $2, $3, $4, $5, $6)",
         policy_row, NULL, sizeof(struct policy_row), 0, TABLE_POLICY},
    [SUBSCRIBER_BY_ID] =
        {"subscriber_by_id",
         "SELECT id, operator, kind, registered_at, erase_after, name, name_zh, birth, "
         "document_type, document, language FROM subscriber WHERE id = $1 AND operator = "
         "$2",
         key_id_operator, subscriber_row, sizeof(struct key), sizeof(struct subscriber),
         TABLE_SUBSCRIBER},
    [SUBSCRIBER_OF_LINE] =
        {"subscriber_of_line",
         "SELECT id, operator, kind, registered_at, erase_after, name, name_zh, birth, "
         "document_type, document, language FROM subscriber WHERE id = (SELECT subscriber "
         "FROM line WHERE id = $1 AND operator = $2) AND operator = $2",
         key_id_operator, subscriber_row, sizeof(struct key), sizeof(struct subscriber),
         TABLE_SUBSCRIBER},
    [SUBSCRIBER_BY_DOCUMENT] =
        {"subscriber_by_document",
         "SELECT id, operator, kind, registered_at, erase_after, name, name_zh, birth, "
         "document_type, document, language FROM subscriber WHERE operator = $1 AND "
         "document_key = $2",
         key_operator_lookup_document_key, subscriber_row, sizeof(struct key),
         sizeof(struct subscriber), TABLE_SUBSCRIBER},
    [SUBSCRIBER_ADD] =
        {"subscriber_add",
         "INSERT INTO subscriber (id, operator, kind, registered_at, erase_after, name, "
         "name_zh, birth, document_type, document, document_key, language) VALUES ($1, $2, "
         "$3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
         subscriber_in, NULL, sizeof(struct subscriber), 0, TABLE_SUBSCRIBER},
    [SUBSCRIBER_PUT] =
        {"subscriber_put",
         "UPDATE subscriber SET kind = $3, registered_at = $4, "
         "erase_after = $5, name = $6, name_zh = $7, birth = $8, document_type = $9, "
         "document = $10, language = $11 WHERE id = $1 AND operator = $2",
         subscriber_row, NULL, sizeof(struct subscriber), 0, TABLE_SUBSCRIBER},
    [ACCOUNT_BY_ID] =
        {"account_by_id",
         "SELECT id, operator, state, made_at, password_at, reset_at, email, password, "
         "language FROM "
         "account WHERE id = $1 AND operator = $2",
         key_id_operator, account_row, sizeof(struct key), sizeof(struct account), TABLE_ACCOUNT},
    [ACCOUNT_BY_EMAIL] =
        {"account_by_email",
         "SELECT id, operator, state, made_at, password_at, reset_at, email, password, "
         "language FROM "
         "account WHERE operator = $1 AND email_key = $2",
         key_operator_lookup_email, account_row, sizeof(struct key), sizeof(struct account),
         TABLE_ACCOUNT},
    /* That asked for it. */
    [ACCOUNT_OF_CLOSURE] =
        {"account_of_closure",
         "SELECT id, operator, state, made_at, password_at, reset_at, email, password, "
         "language FROM account WHERE id = (SELECT account FROM closure WHERE id = $1 AND "
         "operator = $2) AND operator = $2",
         key_id_operator, account_row, sizeof(struct key), sizeof(struct account), TABLE_ACCOUNT},
    [ACCOUNT_ADD] = {"account_add",
                     "INSERT INTO account (id, operator, state, made_at, password_at, reset_at, "
                     "email, email_key, password, language) VALUES ($1, $2, $3, $4, $5, $6, $7, "
                     "$8, $9, $10)",
                     account_in, NULL, sizeof(struct account), 0, TABLE_ACCOUNT},
    [ACCOUNT_PUT] =
        {"account_put",
         "UPDATE account SET state = $3, made_at = $4, password_at = $5, reset_at = $6, "
         "email = $7, email_key = $8, password = $9, language = $10 WHERE id = $1 AND "
         "operator = $2",
         account_in, NULL, sizeof(struct account), 0, TABLE_ACCOUNT},
    [ACCOUNT_LINE_OF] =
        {"account_line_of",
         "SELECT id, operator, account, line, proved_at, how FROM account_line WHERE account = "
         "$1 AND operator = $2 AND line = $3",
         key_id_operator_other, account_line_row, sizeof(struct key), sizeof(struct account_line),
         TABLE_ACCOUNT_LINE},
    [ACCOUNT_LINE_PUT] = {"account_line_put",
                          "UPDATE account_line SET account = $3, line = $4, proved_at = $5, how = "
                          "$6 WHERE id = $1 AND operator = $2",
                          account_line_row, NULL, sizeof(struct account_line), 0,
                          TABLE_ACCOUNT_LINE},
    [LINKS_OF_ACCOUNT] =
        {"links_of_account",
         "SELECT id, operator, account, line, proved_at, how FROM account_line WHERE account = $1 "
         "AND operator = $2 LIMIT 64",
         key_id_operator, account_line_row, sizeof(struct key), sizeof(struct account_line),
         TABLE_ACCOUNT_LINE},
    [ACCOUNT_LINE_ADD] =
        {"account_line_add",
         "INSERT INTO account_line (id, operator, account, line, proved_at, how) VALUES ($1, "
         "$2, $3, $4, $5, $6)",
         account_line_row, NULL, sizeof(struct account_line), 0, TABLE_ACCOUNT_LINE},
    [CHALLENGE_BY_ID] =
        {"challenge_by_id",
         "SELECT id, operator, line, account, issue, issued_at, expires_at, attempts, "
         "proved_at, used_at, sends, purpose, address, language, nonce, closure, contact, "
         "via, claims FROM challenge WHERE id = $1 AND operator = $2",
         key_id_operator, challenge_row, sizeof(struct key), sizeof(struct challenge),
         TABLE_CHALLENGE},
    [CHALLENGE_ADD] =
        {"challenge_add",
         "INSERT INTO challenge (id, operator, line, account, issue, issued_at, expires_at, "
         "attempts, proved_at, used_at, sends, purpose, address, language, nonce, closure, "
         "contact, via, claims) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
         "$14, $15, $16, $17, $18, $19)",
         challenge_row, NULL, sizeof(struct challenge), 0, TABLE_CHALLENGE},
    [CHALLENGE_PUT] =
        {"challenge_put",
         "UPDATE challenge SET line = $3, account = $4, issue = $5, issued_at = $6, expires_at = "
         "$7, attempts = $8, proved_at = $9, used_at = $10, sends = $11, purpose = $12, address = "
         "$13, language = $14, nonce = $15, closure = $16, contact = $17, via = $18, claims "
         "= $19 WHERE id = $1 AND operator = $2",
         challenge_row, NULL, sizeof(struct challenge), 0, TABLE_CHALLENGE},
    [API_KEY_BY_HASH] =
        {"api_key_by_hash",
         "SELECT id, operator, made_at, revoked_at, hash, name, scopes FROM api_key WHERE "
         "operator = $1 AND hash = $2",
         key_operator_hash, api_key_row, sizeof(struct key), sizeof(struct api_key), TABLE_API_KEY},
    [API_KEY_BY_ID] =
        {"api_key_by_id",
         "SELECT id, operator, made_at, revoked_at, hash, name, scopes FROM api_key WHERE "
         "id = $1 AND operator = $2",
         key_id_operator, api_key_row, sizeof(struct key), sizeof(struct api_key), TABLE_API_KEY},
    [API_KEY_PAGE] =
        {"api_key_page",
         "SELECT id, operator, made_at, revoked_at, hash, name, scopes FROM api_key WHERE "
         "operator = $1 AND id > $2 ORDER BY id LIMIT $3",
         key_operator_other_limit, api_key_row, sizeof(struct key), sizeof(struct api_key),
         TABLE_API_KEY},
    [API_KEY_ADD] = {"api_key_add",
                     "INSERT INTO api_key (id, operator, made_at, revoked_at, hash, name, scopes) "
                     "VALUES ($1, $2, $3, $4, $5, $6, $7)",
                     api_key_row, NULL, sizeof(struct api_key), 0, TABLE_API_KEY},
    [API_KEY_PUT] = {"api_key_put",
                     "UPDATE api_key SET made_at = $3, revoked_at = $4, hash = "
                     "$5, name = $6, scopes = $7 WHERE id = $1 AND operator = $2",
                     api_key_row, NULL, sizeof(struct api_key), 0, TABLE_API_KEY},
    [STAFF_BY_USER] =
        {"staff_by_user",
         "SELECT id, operator, added_at, removed_at, name, system_user, roles FROM staff "
         "WHERE operator = $1 AND user_key = $2 AND removed_at = 0",
         key_operator_lookup_user, staff_row, sizeof(struct key), sizeof(struct staff),
         TABLE_STAFF},
    [STAFF_BY_ID] =
        {"staff_by_id",
         "SELECT id, operator, added_at, removed_at, name, system_user, roles FROM staff "
         "WHERE id = $1 AND operator = $2",
         key_id_operator, staff_row, sizeof(struct key), sizeof(struct staff), TABLE_STAFF},
    [STAFF_PAGE] =
        {"staff_page",
         "SELECT id, operator, added_at, removed_at, name, system_user, roles FROM staff "
         "WHERE operator = $1 AND id > $2 ORDER BY id LIMIT $3",
         key_operator_other_limit, staff_row, sizeof(struct key), sizeof(struct staff),
         TABLE_STAFF},
    [STAFF_ADD] =
        {"staff_add",
         "INSERT INTO staff (id, operator, added_at, removed_at, name, system_user, user_key, "
         "roles) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
         staff_in, NULL, sizeof(struct staff), 0, TABLE_STAFF},
    [STAFF_PUT] =
        {"staff_put",
         "UPDATE staff SET added_at = $3, removed_at = $4, name = "
         "$5, system_user = $6, user_key = $7, roles = $8 WHERE id = $1 AND operator = $2",
         staff_in, NULL, sizeof(struct staff), 0, TABLE_STAFF},
    [BUDGET_BY_ID] =
        {"budget_by_id",
         "SELECT id, operator, since, count, scope FROM budget WHERE id = $1 AND operator "
         "= $2",
         key_id_operator, budget_row, sizeof(struct key), sizeof(struct budget), TABLE_BUDGET},
    [BUDGET_ADD] =
        {"budget_add",
         "INSERT INTO budget (id, operator, since, count, scope, step) VALUES ($1, $2, $3, $4, "
         "$5, $6) ON CONFLICT (id) DO UPDATE SET since = excluded.since, count = CASE WHEN "
         "budget.since = excluded.since THEN budget.count + excluded.step ELSE excluded.count "
         "END, step = excluded.step",
         budget_in, NULL, sizeof(struct budget), 0, TABLE_BUDGET},
    [REMEMBERED_BY_ID] =
        {"remembered_by_id",
         "SELECT id, operator, refusal, result, at, keep_until, key, body FROM remembered "
         "WHERE id = $1 AND operator = $2",
         key_id_operator, remembered_row, sizeof(struct key), sizeof(struct remembered),
         TABLE_REMEMBERED},
    [REMEMBERED_ADD] =
        {"remembered_add",
         "INSERT INTO remembered (id, operator, refusal, result, at, keep_until, key, "
         "body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
         remembered_row, NULL, sizeof(struct remembered), 0, TABLE_REMEMBERED},
};
