/* What the operator's charging system and payment provider tell of a line: top-ups, what was used,
 * promotional credit that was given, mandates to top it up by themselves. The operator's own name
 * of a transaction is its key: told again it answers as the first time, whoever tells it; told
 * otherwise it is refused. All of them lock the line, on which its accounts and mandates hang. */
#ifndef RINGOFF_CHARGING_H
#define RINGOFF_CHARGING_H
#include "store/verb.h"

/* How the inputs of the three charges begin. */
struct charge_told {
    int64_t line, amount_minor, at;
    char transaction[TRANSACTION_SIZE], currency[8];
};
struct credit_top_up {
    int64_t line, amount_minor, at;
    char transaction[TRANSACTION_SIZE], currency[8];
    char channel[CODE_SIZE], payment[TRANSACTION_SIZE];
};
struct credit_spend {
    int64_t line, amount_minor, at;
    char transaction[TRANSACTION_SIZE], currency[8];
    char credit[CODE_SIZE]; /* "paid" or "promotional" */
};
struct credit_grant {
    int64_t line, amount_minor, at;
    char transaction[TRANSACTION_SIZE], currency[8];
};
struct mandate_add {
    int64_t line, amount_minor;
    char reference[TRANSACTION_SIZE], method[64];
};
struct mandate_end {
    int64_t mandate;
    int64_t line; /* filled by prepare when it is 0 */
    char reference[TRANSACTION_SIZE];
};

/* {line, transaction, amount_minor, currency, at, channel, payment} -> result charge. API, staff;
 * the system for the import, which hears REFUSED_UNCHANGED of what was booked before. A top-up of
 * a closed line goes to its unclaimed credit, which can be claimed for a whole period from then on,
 * and its contacts are told. */
extern const struct verb credit_top_up_verb;
/* {…, credit} -> result charge. Of a closed line refused or at the operator's charge, by policy. */
extern const struct verb credit_spend_verb;
/* {…} -> result charge. */
extern const struct verb credit_grant_verb;
/* {line, reference, method, amount_minor} -> result mandate. API, staff. */
extern const struct verb mandate_add_verb;
/* {mandate, or reference} -> result mandate: the provider has ended it. API, staff. */
extern const struct verb mandate_end_verb;
#endif
