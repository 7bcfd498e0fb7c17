/* For tests of the audit: two operators with all accounts of their own, two lines of the first, and
 * postings that are told one by one. All functions work on kit_audit. */
#ifndef RINGOFF_AUDIT_KIT_H
#define RINGOFF_AUDIT_KIT_H
#include "rules/audit.h"

enum {
    MEMORY = 16 * 1024 * 1024,
    ONE = 4096, /* operators */
    TWO = 8192,
    SHARED = 34, /* and their own accounts, by kind */
    LINE = 20000,
    OTHER = 30000,
    PAID = LINE + 1,
    PROMOTIONAL = LINE + 2,
    UNCLAIMED = LINE + 3,
    TARGET = OTHER + 1,
    STEP = 4096, /* entries of one chain; 64: of the next chain */
    FIRST = 100 * STEP,
};

extern struct audit kit_audit;
extern int64_t kit_entry; /* the entry at hand */

/* Begins anew, without any account, or with those of the operators. several: committers. */
void kit_empty(bool several);
void kit_begin(bool several);
void kit_account(int64_t operator, int64_t id, int64_t line, int64_t kind, int64_t balance);
/* The line's accounts with what they say, and one of another line. */
void kit_lines(int64_t paid, int64_t promotional, int64_t target);
/* The account of the first operator. */
int64_t kit_shared(int64_t kind);
/* Another entry. */
void kit_next(int64_t step);
/* One posting of it; what audit_posting said. */
bool kit_told(int64_t operator, int64_t account_id, int64_t movement, int64_t amount, int64_t at);
/* From one account to the other, an entry of its own. */
bool kit_move(int64_t from, int64_t to, int64_t movement, int64_t amount);
/* What is wrong, after all postings. */
enum audit_wrong kit_end(void);
/* What is wrong must be this. */
void kit_is(enum audit_wrong wrong, int64_t at, int64_t account_id);
void kit_figures(int64_t expected, int64_t found);
#endif
