#include "store/statement_documents.h"

static const struct field document_fields[] = {
    FIELD(FIELD_INT, document_row, id),
    FIELD(FIELD_INT, document_row, operator),
    FIELD(FIELD_INT, document_row, closure),
    FIELD(FIELD_INT, document_row, received_at),
    FIELD(FIELD_INT, document_row, type),
    FIELD(FIELD_INT, document_row, size),
    FIELD(FIELD_INT, document_row, pieces),
    FIELD(FIELD_INT, document_row, decided_at),
    FIELD(FIELD_INT, document_row, decision),
    FIELD(FIELD_INT, document_row, reason),
    FIELD(FIELD_INT, document_row, erase_after),
    FIELD(FIELD_INT, document_row, erased_at),
    FIELD_NAMED("document.content_key", FIELD_SEALED, document_row, key),
    FIELD_END,
};

/* Decided on, or erased: what came is not written again. */
static const struct field document_put[] = {
    FIELD(FIELD_INT, document_row, id),
    FIELD(FIELD_INT, document_row, operator),
    FIELD(FIELD_INT, document_row, decided_at),
    FIELD(FIELD_INT, document_row, decision),
    FIELD(FIELD_INT, document_row, reason),
    FIELD(FIELD_INT, document_row, erase_after),
    FIELD(FIELD_INT, document_row, erased_at),
    FIELD_NAMED("document.content_key", FIELD_SEALED, document_row, key),
    FIELD_END,
};

static const struct field key_id_operator[] = {
    FIELD(FIELD_INT, key, id),
    FIELD(FIELD_INT, key, operator),
    FIELD_END,
};

const struct statement statements_documents[STATEMENT_COUNT] = {
    [DOCUMENT_BY_ID] = {"document_by_id",
                        "SELECT id, operator, closure, received_at, type, size, pieces, "
                        "decided_at, decision, reason, erase_after, erased_at, content_key FROM "
                        "document WHERE id = $1 AND operator = $2",
                        key_id_operator, document_fields, sizeof(struct key),
                        sizeof(struct document_row), TABLE_DOCUMENT},
    /* As many as a closure may have (rules/closure.h). */
    [DOCUMENTS_OF_CLOSURE] = {"documents_of_closure",
                              "SELECT id, operator, closure, received_at, type, size, pieces, "
                              "decided_at, decision, reason, erase_after, erased_at, content_key "
                              "FROM document WHERE closure = $1 AND operator = $2 ORDER BY id "
                              "LIMIT 5",
                              key_id_operator, document_fields, sizeof(struct key),
                              sizeof(struct document_row), TABLE_DOCUMENT},
    [DOCUMENT_ADD] = {"document_add",
                      "INSERT INTO document (id, operator, closure, received_at, type, size, "
                      "pieces, decided_at, decision, reason, erase_after, erased_at, content_key) "
                      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                      document_fields, NULL, sizeof(struct document_row), 0, TABLE_DOCUMENT},
    [DOCUMENT_PUT] = {"document_put",
                      "UPDATE document SET decided_at = $3, decision = $4, reason = $5, "
                      "erase_after = $6, erased_at = $7, content_key = $8 WHERE id = $1 AND "
                      "operator = $2",
                      document_put, NULL, sizeof(struct document_row), 0, TABLE_DOCUMENT},
};
