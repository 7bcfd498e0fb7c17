#include "store/statement_second.h"

static const struct field second_row[] = {
    FIELD(FIELD_INT, second_person, id),
    FIELD(FIELD_INT, second_person, operator),
    FIELD(FIELD_INT, second_person, subscriber),
    FIELD(FIELD_INT, second_person, role),
    FIELD_NAMED("second_person.name", FIELD_SEALED, second_person, name),
    FIELD_NAMED("second_person.name_zh", FIELD_SEALED, second_person, name_zh),
    FIELD_NAMED("second_person.birth", FIELD_SEALED, second_person, birth),
    FIELD(FIELD_TEXT, second_person, document_type),
    FIELD_NAMED("second_person.document", FIELD_SEALED, second_person, document),
    FIELD_END,
};

static const struct field key_id_operator[] = {
    FIELD(FIELD_INT, key, id),
    FIELD(FIELD_INT, key, operator),
    FIELD_END,
};

const struct statement statements_second[STATEMENT_COUNT] = {
    [SECOND_PERSON_BY_ID] =
        {"second_person_by_id",
         "SELECT id, operator, subscriber, role, name, name_zh, birth, document_type, document "
         "FROM second_person WHERE id = $1 AND operator = $2",
         key_id_operator, second_row, sizeof(struct key), sizeof(struct second_person),
         TABLE_SECOND_PERSON},
    [SECOND_PERSON_ADD] =
        {"second_person_add",
         "INSERT INTO second_person (id, operator, subscriber, role, name, name_zh, birth, "
         "document_type, document) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
         second_row, NULL, sizeof(struct second_person), 0, TABLE_SECOND_PERSON},
    [SECOND_PERSON_PUT] = {"second_person_put",
                           "UPDATE second_person SET subscriber = $3, role = $4, name = $5, "
                           "name_zh = $6, birth = $7, "
                           "document_type = $8, document = $9 WHERE id = $1 AND operator = $2",
                           second_row, NULL, sizeof(struct second_person), 0, TABLE_SECOND_PERSON},
};
