#include "store/statement_sessions.h"

static const struct field session_row[] = {
    FIELD(FIELD_INT, session, id),
    FIELD(FIELD_INT, session, operator),
    FIELD(FIELD_INT, session, account),
    FIELD(FIELD_INT, session, opened_at),
    FIELD(FIELD_INT, session, ends_at),
    FIELD(FIELD_INT, session, stepped_up_at),
    FIELD(FIELD_INT, session, closed_at),
    FIELD(FIELD_BLOB, session, token),
    FIELD(FIELD_INT, session, kind),
    FIELD(FIELD_INT, session, used_at),
    FIELD(FIELD_INT, session, access_ends_at),
    FIELD(FIELD_BLOB, session, family),
    FIELD(FIELD_BLOB, session, refresh),
    FIELD_YOUNG("session.device", session, device),
    FIELD_END,
};

static const struct field key_id_operator[] = {
    FIELD(FIELD_INT, key, id),
    FIELD(FIELD_INT, key, operator),
    FIELD_END,
};

static const struct field key_id_operator_at[] = {
    FIELD(FIELD_INT, key, id),
    FIELD(FIELD_INT, key, operator),
    FIELD(FIELD_INT, key, at),
    FIELD_END,
};

static const struct field key_operator_hash[] = {
    FIELD(FIELD_INT, key, operator),
    FIELD(FIELD_BLOB, key, hash),
    FIELD_END,
};

const struct statement statements_sessions[STATEMENT_COUNT] = {
    [SESSION_BY_ID] =
        {"session_by_id",
         "SELECT id, operator, account, opened_at, ends_at, stepped_up_at, closed_at, token, "
         "kind, used_at, access_ends_at, family, refresh, device FROM session WHERE id = $1 "
         "AND operator = $2",
         key_id_operator, session_row, sizeof(struct key), sizeof(struct session), TABLE_SESSION},
    [SESSION_BY_TOKEN] =
        {"session_by_token",
         "SELECT id, operator, account, opened_at, ends_at, stepped_up_at, closed_at, token, "
         "kind, used_at, access_ends_at, family, refresh, device FROM session WHERE operator = "
         "$1 AND token = $2",
         key_operator_hash, session_row, sizeof(struct key), sizeof(struct session), TABLE_SESSION},
    [SESSION_BY_FAMILY] =
        {"session_by_family",
         "SELECT id, operator, account, opened_at, ends_at, stepped_up_at, closed_at, token, "
         "kind, used_at, access_ends_at, family, refresh, device FROM session WHERE operator = "
         "$1 AND family = $2 AND kind = 2",
         key_operator_hash, session_row, sizeof(struct key), sizeof(struct session), TABLE_SESSION},
    [SESSIONS_OF_ACCOUNT] =
        {"sessions_of_account",
         "SELECT id, operator, account, opened_at, ends_at, stepped_up_at, closed_at, token, "
         "kind, used_at, access_ends_at, family, refresh, device FROM session WHERE account = "
         "$1 AND operator = $2 AND closed_at = 0 AND ends_at > $3 ORDER BY ends_at DESC, id "
         "DESC LIMIT 20",
         key_id_operator_at, session_row, sizeof(struct key), sizeof(struct session),
         TABLE_SESSION},
    [SESSION_ADD] =
        {"session_add",
         "INSERT INTO session (id, operator, account, opened_at, ends_at, stepped_up_at, "
         "closed_at, token, kind, used_at, access_ends_at, family, refresh, device) VALUES "
         "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
         session_row, NULL, sizeof(struct session), 0, TABLE_SESSION},
    [SESSION_PUT] =
        {"session_put",
         "UPDATE session SET account = $3, opened_at = $4, ends_at = $5, stepped_up_at = $6, "
         "closed_at = $7, token = $8, kind = $9, used_at = $10, access_ends_at = $11, family = "
         "$12, refresh = $13, device = $14 WHERE id = $1 AND operator = $2",
         session_row, NULL, sizeof(struct session), 0, TABLE_SESSION},
};
