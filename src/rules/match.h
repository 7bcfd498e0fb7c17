/* Does the document that a person names match the registration (identity policy `match`)?
 * The comparison does the same work whether or not there is a registration, and its time does not
 * tell how much fits. */
#ifndef RINGOFF_MATCH_H
#define RINGOFF_MATCH_H
#include "rules/identifier.h"
#include "rules/refusal.h"
#include "rules/row.h"

/* Compares a typed document of a type (stable code) with the registered one; a subscriber with id 0
 * is none. ACCEPTED; REFUSED_DOCUMENT_TYPE, REFUSED_DOCUMENT_FORM, REFUSED_DOCUMENT_CHECK
 * (mistyped: spends no attempt, it says nothing about the registration); REFUSED_IDENTITY. */
enum refusal match_identity(const struct subscriber *subscriber, const char *type,
                            const char *number);
#endif
