#include "store/statement_contacts.h"

static const struct field contact_row[] = {
    FIELD(FIELD_INT, contact, id),
    FIELD(FIELD_INT, contact, operator),
    FIELD(FIELD_INT, contact, line),
    FIELD(FIELD_INT, contact, kind),
    FIELD(FIELD_INT, contact, since),
    FIELD(FIELD_INT, contact, verified_at),
    FIELD(FIELD_INT, contact, removed_at),
    FIELD(FIELD_INT, contact, told_until),
    FIELD_NAMED("contact.address", FIELD_SEALED, contact, address),
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

const struct statement statements_contacts[STATEMENT_COUNT] = {
    [CONTACT_BY_ID] = {"contact_by_id",
                       "SELECT id, operator, line, kind, since, verified_at, removed_at, "
                       "told_until, address FROM "
                       "contact WHERE id = $1 AND operator = $2",
                       key_id_operator, contact_row, sizeof(struct key), sizeof(struct contact),
                       TABLE_CONTACT},
    [CONTACTS_OF_LINE] =
        {"contacts_of_line",
         "SELECT id, operator, line, kind, since, verified_at, removed_at, told_until, address "
         "FROM "
         "contact WHERE line = $1 AND operator = $2 AND removed_at = 0 ORDER BY id LIMIT 8",
         key_id_operator, contact_row, sizeof(struct key), sizeof(struct contact), TABLE_CONTACT},
    [CONTACTS_OF_NUMBER] =
        {"contacts_of_number",
         "SELECT id, operator, line, kind, since, verified_at, removed_at, told_until, address "
         "FROM "
         "contact WHERE operator = $1 AND line = (SELECT id FROM line WHERE operator = $1 AND "
         "number = $2 AND state <> 4) AND removed_at = 0 ORDER BY id LIMIT 8",
         key_operator_text, contact_row, sizeof(struct key), sizeof(struct contact), TABLE_CONTACT},
    [CONTACTS_REMOVED] =
        {"contacts_removed",
         "SELECT id, operator, line, kind, since, verified_at, removed_at, told_until, address "
         "FROM "
         "contact WHERE line = $1 AND operator = $2 AND removed_at <> 0 ORDER BY told_until DESC "
         "LIMIT 8",
         key_id_operator, contact_row, sizeof(struct key), sizeof(struct contact), TABLE_CONTACT},
    [CONTACT_OF_CLOSURE] =
        {"contact_of_closure",
         "SELECT id, operator, line, kind, since, verified_at, removed_at, told_until, address "
         "FROM contact "
         "WHERE id = (SELECT contact FROM closure WHERE id = $1 AND operator = $2) AND operator = "
         "$2",
         key_id_operator, contact_row, sizeof(struct key), sizeof(struct contact), TABLE_CONTACT},
    [CONTACT_ADD] =
        {"contact_add",
         "INSERT INTO contact (id, operator, line, kind, since, verified_at, removed_at, "
         "told_until, address) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
         contact_row, NULL, sizeof(struct contact), 0, TABLE_CONTACT},
    [CONTACT_PUT] = {"contact_put",
                     "UPDATE contact SET line = $3, kind = $4, since = $5, "
                     "verified_at = $6, removed_at = $7, told_until = $8, address = $9 WHERE id = "
                     "$1 AND operator = $2",
                     contact_row, NULL, sizeof(struct contact), 0, TABLE_CONTACT},
};
