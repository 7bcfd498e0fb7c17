/* Recomputes the ledger from all its rows (rules/audit.h), as of one moment: servers may write
 * meanwhile. */
#ifndef RINGOFF_LEDGER_VERIFY_H
#define RINGOFF_LEDGER_VERIFY_H
#include "rules/audit.h"
#include "store/engine.h"

/* Most memory that it takes: enough for some ten million accounts. */
enum { LEDGER_MEMORY = 1024 * 1024 * 1024 };

struct ledger_check {
    int64_t accounts, postings; /* read */
    struct audit_difference first;
    char verb[CODE_SIZE]; /* of its entry; "" = it names none, or the journal has no such entry */
    bool full;            /* there are more accounts or operators than fit: nothing is said */
};

/* STORE_OK even when there is a difference: then check->first names it. */
enum store_result ledger_verify(const struct engine *engine, struct store *store, size_t memory,
                                struct ledger_check *check);
#endif
