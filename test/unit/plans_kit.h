/* For tests of the statements' plans: a database filled as after years of a large operator beside
 * a small one, by set-based SQL that both engines take, and the parameters to ask it with.
 * The tables and columns are read from the schema itself, so that a table or a statement which is
 * added later is filled and checked without a word here. */
#ifndef RINGOFF_PLANS_KIT_H
#define RINGOFF_PLANS_KIT_H
#include "store/statement.h"

enum {
    PLANS_LINES = 20000,
    PLANS_FAT = 3000, /* rows that hang on the one line, subscriber, account or closure FAT */
    PLANS_FAT_ID = 7, /* which is of the large operator */
    PLANS_FAT_ROWS = 1000000, /* those rows' ids follow this one */
    PLANS_OPERATOR_LARGE = 4096,
    PLANS_OPERATOR_MIDDLE = 8192, /* owns what hangs on each 50th line, */
    PLANS_OPERATOR_SMALL = 12288, /* and this one each 1000th */
    PLANS_OPERATOR_NONE = 16384,  /* owns nothing */
    PLANS_TRIES = 56,
    PLANS_BYTES = 32,
};

/* Runs one SQL text; the kit's caller fails the test when it is refused. */
typedef void plans_run(void *owner, const char *sql);

/* Fills every table but those with one row, which are left as they are. The database must have a
 * function bytes(BIGINT) that gives PLANS_BYTES bytes as plans_bytes does. */
void plans_fill(plans_run *run, void *owner);
void plans_bytes(int64_t value, uint8_t bytes[PLANS_BYTES]);

/* What the parameters are in one try. */
struct plans_try {
    int64_t operator, value, at;
};

/* Operators with ids that are theirs and ids that are not, in the past and in the future; below
 * PLANS_TRIES. */
struct plans_try plans_try_at(int number);

/* One parameter's value: text and bytes hit the row whose id is the try's value. */
struct plans_value {
    enum { PLANS_INT, PLANS_TEXT, PLANS_BLOB } kind;
    int64_t number;
    char text[64];
    uint8_t bytes[PLANS_BYTES];
};

void plans_value_of(const struct statement *about, int parameter, const struct plans_try *try,
                    struct plans_value *value);
#endif
