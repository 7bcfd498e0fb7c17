/* One row of the charging system's CSV file, made into the input of credit.top_up, credit.spend or
 * credit.grant. A number is that of the line that has it now, or had it last while it rests; a
 * charge from before that line was there belongs to a former one, and then the row must name the
 * line's id: nobody pays for who had the number before. */
#ifndef RINGOFF_CLI_IMPORT_CHARGE_H
#define RINGOFF_CLI_IMPORT_CHARGE_H
#include "cli/import_row.h"
#include "commands/charging.h"

enum charge_column {
    CHARGE_OPERATOR,
    CHARGE_TRANSACTION,
    CHARGE_KIND,
    CHARGE_NUMBER,
    CHARGE_LINE,
    CHARGE_AMOUNT,
    CHARGE_CURRENCY,
    CHARGE_AT,
    CHARGE_CREDIT,
    CHARGE_CHANNEL,
    CHARGE_PAYMENT,
    CHARGE_COLUMN_COUNT
};
/* Their names, in that order; some may be missing in a file. */
extern const struct csv_column charge_columns[CHARGE_COLUMN_COUNT];

struct charge_row {
    int64_t operator;
    const struct verb *verb; /* which of the three */
    union {
        struct charge_told told; /* how each of them begins */
        struct credit_top_up top_up;
        struct credit_spend spend;
        struct credit_grant grant;
    } input;
};

/* What a row is read against. */
struct charge_house {
    const struct tenants *tenants;
    const struct engine *engine;
    struct store *reader;
    const struct secrets *secrets;
    int64_t now;
};

/* Makes the row just read. False with *fault set, or with *down when the store could not be read.
 */
bool charge_row_read(const struct csv *csv, const struct charge_house *house,
                     struct charge_row *row, struct import_fault *fault, bool *down);
/* Which column a refusal of the three verbs is about; "" for none. */
const char *charge_refusal_column(enum refusal refusal);
#endif
