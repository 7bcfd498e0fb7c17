/* What the three charges share: their common rows and checks, and the row that is kept of each.
 * Nothing here moves money but charge_book, which is the last step of all three. */
#ifndef RINGOFF_CHARGING_SHARED_H
#define RINGOFF_CHARGING_SHARED_H
#include "base/amount.h"
#include "commands/charging.h"
#include "store/rows.h"

struct charge_rows {
    struct line line;
    struct charge known; /* the transaction, when it was told before */
    struct closure closure;
    struct ledger_account ledgers[LEDGERS_A_LINE];
    struct contact contacts[CONTACTS_A_LINE];
};

/* The verbs' load; the input begins as struct charge_told. */
void charge_load(struct load *load, const void *input, void *rows);

/* Fills the charge that the input describes, of the kind and to the account, and checks what holds
 * for all: ACCEPTED when it is to be booked. When it was booked before *known is set and the answer
 * is the one that is to be given. REFUSED_INPUT, _CURRENCY, _AMOUNT, _CHARGE_DIFFERS, _NOT_FOUND.
 */
enum refusal charge_begin(struct outcome *out, const struct charge_told *told,
                          const struct charge_rows *rows, struct charge *charge, bool *known);
/* Keeps the charge; its amount was moved. */
void charge_book(struct outcome *out, struct charge *charge);
/* True for 1 to 64 printable characters of ASCII, or for none where it may be left out. */
bool transaction_fits(const char *text, bool may_miss);

/* The refusals that all three can answer. */
#define CHARGE_REFUSALS                                                                            \
    REFUSED_NOT_FOUND, REFUSED_CURRENCY, REFUSED_AMOUNT, REFUSED_CHARGE_DIFFERS, REFUSED_UNCHANGED
/* The inputs that all three begin with. */
#define CHARGE_INPUT(type)                                                                         \
    INPUT(FIELD_ID, type, line, 1, INT64_MAX, "The line"),                                         \
        INPUT(FIELD_TEXT, type, transaction, 1, 64,                                                \
              "Your own name of the transaction: told again, nothing is booked twice"),            \
        INPUT(FIELD_INT, type, amount_minor, 1, AMOUNT_MOST, "The amount, minor units"),           \
        INPUT(FIELD_TEXT, type, currency, 3, 3, "Its currency, ISO 4217: the operator's"),         \
        INPUT(FIELD_TIME, type, at, 1, INT64_MAX, "When it happened")
#endif
