/* A part of the catalogue: what `ringoff ledger verify` reads from end to end, whoever's it is.
 * Indexed by statement_id; rows of the other parts are empty. statement.c joins the parts; nobody
 * else includes this. */
#ifndef RINGOFF_STATEMENT_AUDIT_H
#define RINGOFF_STATEMENT_AUDIT_H
#include "store/statement.h"

/* The part's rows, by statement_id. */
extern const struct statement statements_audit[STATEMENT_COUNT];
#endif
