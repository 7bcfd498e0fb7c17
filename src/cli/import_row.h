/* One row of the operator's CSV file of lines, made into the typed and normalised input of
 * line.import. What is wrong is named by column and reason, for the rejects file; nothing is
 * guessed: an amount with too many decimals, a day that does not exist and an ID number whose check
 * digit does not fit are refused.
 *
 * A file whose header names second_role says who stands beside the registered person or body, and
 * must say it of each that has one: of a person under 16 the endorsing adult, of a company the
 * responsible person, both 18 or older. A file without that column says nothing of them. */
#ifndef RINGOFF_CLI_IMPORT_ROW_H
#define RINGOFF_CLI_IMPORT_ROW_H
#include "base/csv.h"
#include "commands/line_import.h"
#include "store/committer.h"

enum import_column {
    COLUMN_OPERATOR,
    COLUMN_NUMBER,
    COLUMN_ICCID,
    COLUMN_IMSI,
    COLUMN_SIM_SINCE,
    COLUMN_PLAN,
    COLUMN_ACTIVATED_ON,
    COLUMN_EXPIRES_ON,
    COLUMN_PAID_CREDIT,
    COLUMN_PROMOTIONAL_CREDIT,
    COLUMN_SUBSCRIBER_KIND,
    COLUMN_NAME_LATIN,
    COLUMN_NAME_CHINESE,
    COLUMN_BIRTH_DATE,
    COLUMN_DOCUMENT_TYPE,
    COLUMN_DOCUMENT_NUMBER,
    COLUMN_EMAIL,
    COLUMN_EMAIL_SINCE,
    COLUMN_LANGUAGE,
    COLUMN_SECOND_ROLE,
    COLUMN_SECOND_NAME_LATIN,
    COLUMN_SECOND_NAME_CHINESE,
    COLUMN_SECOND_BIRTH_DATE,
    COLUMN_SECOND_DOCUMENT_TYPE,
    COLUMN_SECOND_DOCUMENT_NUMBER,
    COLUMN_COUNT
};
/* Their names, in that order; some may be missing in a file. */
extern const struct csv_column import_columns[COLUMN_COUNT];

struct import_row {
    int64_t operator;
    struct line_import input;
};
struct import_fault {
    const char *column; /* "" when no column is to blame */
    char why[200];      /* in English, for the operator's staff; holds nothing of the row */
};

/* Makes the row just read. False with *fault set. now: what has happened may not lie behind it. */
bool import_row_read(const struct csv *csv, const struct tenants *tenants, int64_t now,
                     struct import_row *row, struct import_fault *fault);
/* Which column a refusal of line.import is about; "" for none. */
const char *import_refusal_column(enum refusal refusal);
#endif
