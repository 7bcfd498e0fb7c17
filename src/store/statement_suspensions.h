/* A part of the catalogue: the statements on suspensions.
 * Indexed by statement_id; rows of the other parts are empty.
 * statement.c joins the parts; nobody else includes this. */
#ifndef RINGOFF_STATEMENT_SUSPENSIONS_H
#define RINGOFF_STATEMENT_SUSPENSIONS_H
#include "store/statement.h"

/* The part's rows, by statement_id. */
extern const struct statement statements_suspensions[STATEMENT_COUNT];
#endif
