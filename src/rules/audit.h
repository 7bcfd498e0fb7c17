/* Does the ledger add up: everything recomputed from its rows, which are given one by one in the
 * order of their ids: the accounts, then the postings, which is the order of the entries, then what
 * stands in the books beside them. The first difference is that of the smallest entry; where no
 * entry is wrong, that of the first account, then that of the books. Pure; what it remembers of
 * each account is in an arena with a ceiling. */
#ifndef RINGOFF_AUDIT_H
#define RINGOFF_AUDIT_H
#include "base/arena.h"
#include "rules/row.h"

enum audit_wrong {
    AUDIT_GOOD,
    /* of an entry */
    AUDIT_POSTING_TWICE,   /* two postings bear one id */
    AUDIT_POSTING_ASTRAY,  /* a posting's id is of another entry than it says */
    AUDIT_ACCOUNT_UNKNOWN, /* nobody has the account */
    AUDIT_OPERATOR,        /* or another operator has it */
    AUDIT_AMOUNT,          /* 0 */
    AUDIT_MOVEMENT,        /* unknown */
    AUDIT_ENTRY_SUM,       /* an operator's postings of it are not together 0 */
    AUDIT_ENTRY_TRANSFERS, /* nor are those on its LEDGER_TRANSFERS */
    AUDIT_SHUT_POSTED,     /* after the account was shut */
    AUDIT_BELOW,           /* an account that may not fell below 0 */
    AUDIT_OVERFLOW,        /* a sum is too large to be one */
    /* of an account */
    AUDIT_KIND,         /* unknown, or not for a line or an operator */
    AUDIT_KIND_TWICE,   /* of one line or operator */
    AUDIT_CURRENCY,     /* not that of the operator's first account */
    AUDIT_BALANCE,      /* stored: not the sum of its history; of a shared one, not 0 */
    AUDIT_SHUT_BALANCE, /* shut, and something is left on it */
    /* of the books */
    AUDIT_OWNER,       /* a row's operator has no accounts */
    AUDIT_STATE,       /* a refund's state or a charge's kind is unknown */
    AUDIT_BOOK,        /* an operator's account is not the sum of the rows it stands for */
    AUDIT_BOOK_COUNT,  /* nor has it as many postings as there are rows */
    AUDIT_PAID_BACK,   /* of a top-up more was paid back than it paid in, or less than nothing */
    AUDIT_TRANSFERRED, /* what went through its transfers is not the sum of the transfers */
    AUDIT_ONLINE,      /* of a line's credit more was topped up online than there is, or below 0 */
    AUDIT_WRONG_COUNT
};

struct audit_difference {
    enum audit_wrong wrong;
    int64_t entry; /* where it came in; of an account: its latest; 0 = none */
    int64_t account, operator, line, kind; /* kind: of the account, enum ledger_kind; 0 = unknown */
    int64_t expected, found;
};

enum {
    AUDIT_ENTRY_IDS = 64,   /* an entry's id is a multiple; those of its rows follow */
    AUDIT_CHAIN_SHIFT = 6,  /* the committer's chain stands above them in the id */
    AUDIT_APART_MS = 60000, /* see struct audit, apart */
    AUDIT_OPERATORS = 1024,
};

/* What is remembered of an account. */
struct audit_account {
    int64_t id, line, stored, shut_at;
    int64_t sum, last; /* of its history so far; the entry of the latest posting */
    uint32_t postings; /* only the last 32 bits of their count */
    uint16_t operator; /* its place among the operators */
    uint8_t kind;
    bool doubtful; /* it fell below 0 in the order of ids, which may not be that of time */
};

struct audit_operator {
    int64_t id;
    int64_t arrived, transferred;     /* through its transfers: by its postings, by the transfers */
    int64_t books[LEDGER_KIND_COUNT]; /* what its accounts should hold, by the rows beside them */
    uint32_t rows[LEDGER_KIND_COUNT]; /* and as how many postings */
    char currency[4];
};

struct audit {
    struct arena arena;
    struct audit_account **blocks;
    size_t count;              /* accounts */
    uint32_t *by_id, *by_kind; /* places of accounts, by a hash; 0 = free, else one more */
    size_t mask;
    struct audit_operator *operators;
    size_t operator_count;
    /* Where several committers write, the order of ids is that of each one's entries only. A time
     * is taken before the rows are locked, so that entries further apart than this are in their
     * order, and nearer ones need not be. 0: one committer. */
    int64_t apart;
    int64_t postings;
    int64_t id;                           /* of the latest posting */
    struct posting rows[AUDIT_ENTRY_IDS]; /* of the entry at hand */
    size_t row_count;
    struct audit_difference first;   /* in an entry or, after all of them, in the books */
    struct audit_difference account; /* the first account that is wrong in itself */
    bool full; /* there are more accounts or operators than there is room: nothing is said */
};

/* several: several committers may have written. ceiling: of the memory, bytes. */
void audit_open(struct audit *audit, bool several, size_t ceiling);
void audit_close(struct audit *audit);

/* Each takes one row, and false ends the reading: it is full, or a difference stands. */
bool audit_account(struct audit *audit, const struct ledger_account *row);
/* After all accounts, before the first posting. */
bool audit_ready(struct audit *audit);
bool audit_posting(struct audit *audit, const struct posting *row);
/* After all postings, or when they ended early. */
void audit_entries_end(struct audit *audit);

/* The next account, from place *at on, whose history must be looked at in the order of time; NULL:
 * none. *at is moved behind it. */
const struct audit_account *audit_doubtful(const struct audit *audit, size_t *at);
/* One account's history by time. A burst is what is less than `apart` from its neighbour: inside
 * it the order is known only where one committer wrote all of it. */
struct audit_time {
    int64_t balance, at;
    int64_t chain;      /* of the burst; -1 = several */
    int64_t dip, below; /* entries: where the balance first fell below 0, and where for good */
    int64_t dip_found, below_found;
    bool began;
};
/* One posting of it, in the order of its time. False: a sum is too large. */
bool audit_in_time(struct audit *audit, const struct audit_account *account,
                   struct audit_time *time, const struct posting *row);
/* After all of them: notes where it fell below 0. */
void audit_time_end(struct audit *audit, const struct audit_account *account,
                    struct audit_time *time);

/* After the entries, when nothing is wrong: the accounts. False: a difference stands. */
bool audit_accounts(struct audit *audit);

/* After the accounts: the books. */
bool audit_line(struct audit *audit, const struct line *row);
bool audit_refund(struct audit *audit, const struct refund *row);
bool audit_charge(struct audit *audit, const struct charge *row);
bool audit_transfer(struct audit *audit, const struct transfer *row);
void audit_books_end(struct audit *audit);

/* The place of a line's account of the kind, or (line 0) the operator's; NULL: there is none. */
const struct audit_account *audit_find(const struct audit *audit, int64_t line, int64_t operator,
                                       int64_t kind);
/* The operator's sums; NULL: it has no account, and this one's books cannot be. */
struct audit_operator *audit_operator_of(struct audit *audit, int64_t operator);
/* Notes a difference, unless one of a smaller entry stands. */
void audit_differ(struct audit *audit, const struct audit_difference *difference);
#endif
