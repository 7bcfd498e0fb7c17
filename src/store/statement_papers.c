#include "store/statement_papers.h"

static const struct field signing_key_row[] = {
    FIELD(FIELD_INT, signing_key, id),
    FIELD(FIELD_INT, signing_key, operator),
    FIELD(FIELD_INT, signing_key, made_at),
    FIELD(FIELD_INT, signing_key, retired_at),
    FIELD(FIELD_BLOB, signing_key, public_key),
    FIELD_NAMED("signing_key.seed", FIELD_SEALED, signing_key, seed),
    FIELD_END,
};

static const struct field signing_key_put[] = {
    FIELD(FIELD_INT, signing_key, id),
    FIELD(FIELD_INT, signing_key, operator),
    FIELD(FIELD_INT, signing_key, retired_at),
    FIELD_END,
};

static const struct field certificate_row[] = {
    FIELD(FIELD_INT, certificate, id),
    FIELD(FIELD_INT, certificate, operator),
    FIELD(FIELD_INT, certificate, key),
    FIELD(FIELD_INT, certificate, issued_at),
    FIELD(FIELD_TEXT, certificate, reference),
    FIELD_NAMED("certificate.statement", FIELD_SEALED, certificate, statement),
    FIELD(FIELD_BLOB, certificate, signature),
    FIELD_END,
};

static const struct field certificate_there[] = {
    FIELD(FIELD_INT, certificate, id),
    FIELD(FIELD_INT, certificate, operator),
    FIELD_END,
};

static const struct field key_id_operator[] = {
    FIELD(FIELD_INT, key, id),
    FIELD(FIELD_INT, key, operator),
    FIELD_END,
};

static const struct field key_operator[] = {
    FIELD(FIELD_INT, key, operator),
    FIELD_END,
};

static const struct field key_operator_limit[] = {
    FIELD(FIELD_INT, key, operator),
    FIELD(FIELD_INT, key, limit),
    FIELD_END,
};

static const struct field key_operator_text[] = {
    FIELD(FIELD_INT, key, operator),
    FIELD(FIELD_TEXT, key, text),
    FIELD_END,
};

const struct statement statements_papers[STATEMENT_COUNT] = {
    [SIGNING_KEY_BY_ID] = {"signing_key_by_id",
                           "SELECT id, operator, made_at, retired_at, public_key, seed FROM "
                           "signing_key WHERE id = $1 AND operator = $2",
                           key_id_operator, signing_key_row, sizeof(struct key),
                           sizeof(struct signing_key), TABLE_SIGNING_KEY},
    [SIGNING_KEY_NOW] = {"signing_key_now",
                         "SELECT id, operator, made_at, retired_at, public_key, seed FROM "
                         "signing_key WHERE operator = $1 AND retired_at = 0 ORDER BY id LIMIT 1",
                         key_operator, signing_key_row, sizeof(struct key),
                         sizeof(struct signing_key), TABLE_SIGNING_KEY},
    [SIGNING_KEYS_OF] = {"signing_keys_of",
                         "SELECT id, operator, made_at, retired_at, public_key, seed FROM "
                         "signing_key WHERE operator = $1 ORDER BY retired_at, id LIMIT $2",
                         key_operator_limit, signing_key_row, sizeof(struct key),
                         sizeof(struct signing_key), TABLE_SIGNING_KEY},
    [SIGNING_KEY_ADD] =
        {"signing_key_add",
         "INSERT INTO signing_key (id, operator, made_at, retired_at, public_key, seed) "
         "VALUES ($1, $2, $3, $4, $5, $6)",
         signing_key_row, NULL, sizeof(struct signing_key), 0, TABLE_SIGNING_KEY},
    [SIGNING_KEY_PUT] = {"signing_key_put",
                         "UPDATE signing_key SET retired_at = $3 WHERE id = $1 AND operator = $2",
                         signing_key_put, NULL, sizeof(struct signing_key), 0, TABLE_SIGNING_KEY},
    [CERTIFICATE_BY_ID] = {"certificate_by_id",
                           "SELECT id, operator, key, issued_at, reference, statement, signature "
                           "FROM certificate WHERE id = $1 AND operator = $2",
                           key_id_operator, certificate_row, sizeof(struct key),
                           sizeof(struct certificate), TABLE_CERTIFICATE},
    [CERTIFICATE_THERE] = {"certificate_there",
                           "SELECT id, operator FROM certificate WHERE id = $1 AND operator = $2",
                           key_id_operator, certificate_there, sizeof(struct key),
                           sizeof(struct certificate), TABLE_CERTIFICATE},
    [CERTIFICATE_BY_REFERENCE] =
        {"certificate_by_reference",
         "SELECT id, operator, key, issued_at, reference, statement, signature FROM certificate "
         "WHERE operator = $1 AND reference = $2",
         key_operator_text, certificate_row, sizeof(struct key), sizeof(struct certificate),
         TABLE_CERTIFICATE},
    [CERTIFICATE_ADD] =
        {"certificate_add",
         "INSERT INTO certificate (id, operator, key, issued_at, reference, statement, signature) "
         "VALUES ($1, $2, $3, $4, $5, $6, $7)",
         certificate_row, NULL, sizeof(struct certificate), 0, TABLE_CERTIFICATE},
};
