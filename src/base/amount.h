/* Amounts of money that a person typed, or that stand in a file, as minor units of their currency.
 * Exact: no floating point, nothing is rounded and nothing is guessed; what could be read in two
 * ways is refused with a sentence that says how to write it. */
#ifndef RINGOFF_AMOUNT_H
#define RINGOFF_AMOUNT_H
#include <stdint.h>

#define AMOUNT_MOST (INT64_MAX / 1000000) /* so that a million of them can be added */

enum amount_fault {
    AMOUNT_OK,
    AMOUNT_EMPTY,
    AMOUNT_NO_NUMBER, /* other characters, no digit before or after the point, two points */
    AMOUNT_COMMA,     /* a comma or a blank that does not stand between thousands: "12,50" */
    AMOUNT_CURRENCY,  /* the sign or code of another currency */
    AMOUNT_NEGATIVE,
    AMOUNT_ZERO,
    AMOUNT_DECIMALS, /* more of them than the currency has, be they zeros */
    AMOUNT_LARGE,    /* more than AMOUNT_MOST */
    AMOUNT_FAULT_COUNT
};

/* Plain decimal text, as files hold it: "1286", "1286.40". exponent: the decimal places of the
 * currency, 0 to 4. On anything but AMOUNT_OK *minor is 0. Knows neither AMOUNT_COMMA nor
 * AMOUNT_CURRENCY. */
enum amount_fault amount_exact(const char *text, int exponent, int64_t *minor);
/* The same as people type it: full-width, blanks around it, "1,286.40" or "1 286.40", the currency
 * (ISO 4217) before or behind it as its code, as format.h writes it ("HK$") or as its bare sign
 * ("$"). Commas are thousands, never decimals; where the currency has three decimals a single one
 * could be either and is refused. */
enum amount_fault amount_read(const char *text, const char *currency, int exponent, int64_t *minor);

/* Stable, lower_case: "empty", "no_number"; "" for AMOUNT_OK and out of range. Static. */
const char *amount_fault_code(enum amount_fault fault);
/* msgid: what is wrong and how to write it, for the person; "" likewise. Static. */
const char *amount_fault_sentence(enum amount_fault fault);
#endif
