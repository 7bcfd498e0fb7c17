/* A part of the catalogue: the statements on charges, mandates, transfers, payees, settlements and
 * refunds. Indexed by statement_id; rows of the other parts are empty.
 * statement.c joins the parts; nobody else includes this. */
#ifndef RINGOFF_STATEMENT_MONEY_H
#define RINGOFF_STATEMENT_MONEY_H
#include "store/statement.h"

/* The part's rows, by statement_id. */
extern const struct statement statements_money[STATEMENT_COUNT];
#endif
