/* The drawer: personal fields are sealed on their way into a database and opened on their way out.
 * A sealed text is bound to its table, column and row and padded, so that its length tells little;
 * a looked-up one becomes a keyed hash that differs from operator to operator. Both engines use it,
 * so that the same bytes stand in both. */
#ifndef RINGOFF_DRAWER_H
#define RINGOFF_DRAWER_H
#include <stdbool.h>

#include "base/secret.h"
#include "store/statement.h"

enum { SEALED_MAX = 32 * 1024, SEALED_STEP = 32, SEALED_ROOM = SEALED_MAX + SEAL_EXTRA_BYTES };

/* Seals the text of a FIELD_SEALED in a row that begins with its id; how many bytes it is. */
size_t drawer_seal(const struct secrets *secrets, const struct field *field, const void *row,
                   uint8_t sealed[SEALED_ROOM]);
/* Opens sealed bytes into the field of the row, whose id must be there already. False when they
 * are another row's, were changed, or do not fit. Of a column that came later than its table
 * (FIELD_YOUNG) no bytes at all are an empty text: the row is older. */
bool drawer_open(const struct secrets *secrets, const struct field *field, void *row,
                 const uint8_t *sealed, size_t length);
/* The keyed hash of a FIELD_LOOKUP in a statement's parameters, which must name the operator. */
void drawer_lookup(const struct secrets *secrets, const struct statement *about,
                   const struct field *field, const void *in, uint8_t hash[HASH_BYTES]);
#endif
