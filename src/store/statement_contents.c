#include "store/statement_contents.h"

static const struct field content_row[] = {
    FIELD(FIELD_INT, document_content, id),
    FIELD(FIELD_INT, document_content, operator),
    FIELD(FIELD_BYTES, document_content, content),
    FIELD_END,
};

static const struct field piece_row[] = {
    FIELD(FIELD_INT, document_piece, id),
    FIELD(FIELD_INT, document_piece, operator),
    FIELD(FIELD_BLOB, document_piece, content),
    FIELD_END,
};

/* other: the piece's place in the content, its first byte being 1. */
static const struct field key_piece[] = {
    FIELD(FIELD_INT, key, id),
    FIELD(FIELD_INT, key, operator),
    FIELD(FIELD_INT, key, other),
    FIELD_END,
};

/* Never read whole: ten megabytes are more than a row may be. */
const struct statement statements_contents[STATEMENT_COUNT] = {
    [DOCUMENT_PIECE] = {"document_piece",
                        "SELECT id, operator, substr(content, CAST($3 AS INTEGER), 24576) AS "
                        "content FROM document_content WHERE id = $1 AND operator = $2",
                        key_piece, piece_row, sizeof(struct key), sizeof(struct document_piece),
                        TABLE_DOCUMENT_CONTENT},
    [DOCUMENT_CONTENT_ADD] =
        {"document_content_add",
         "INSERT INTO document_content (id, operator, content) VALUES ($1, $2, $3)", content_row,
         NULL, sizeof(struct document_content), 0, TABLE_DOCUMENT_CONTENT},
    [DOCUMENT_CONTENT_PUT] =
        {"document_content_put",
         "UPDATE document_content SET content = $3 WHERE id = $1 AND operator = $2", content_row,
         NULL, sizeof(struct document_content), 0, TABLE_DOCUMENT_CONTENT},
};
