/* For tests of what is chosen for credit and claimed of it, on a case kit: inputs, books, rows. */
#ifndef RINGOFF_CHOICE_KIT_H
#define RINGOFF_CHOICE_KIT_H
#include "case_kit.h"
#include "commands/settlement.h"

enum { CHOICE_PAID = 8640 };

extern struct case_kit kit;
extern int64_t closure; /* of kit.line */

int choice_setup(void **state);
int choice_teardown(void **state);

/* The first column of the first row, as a number. */
int64_t one(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Runs SQL, and the program anew, since policies and tables may differ. */
void put(const char *format, ...) __attribute__((format(printf, 1, 2)));
int64_t balance(enum ledger_kind kind, int64_t line);
int64_t shared(enum ledger_kind kind);
/* Balanced entries, balances that are their history, transfers at 0, refunds payable as the rows
 * say, no line below 0, online credit within its balance. */
void books_are_right(void);
/* A choice of that code, with an account that is right. */
struct credit_choose choosing(const char *choice);
enum refusal choose(struct credit_choose in);
/* A claim that is right in every respect, by a session or the status secret. */
struct credit_claim claiming(const char *choice);
enum refusal claim(const struct actor *actor, struct credit_claim in);
/* Carries the closure out: confirms, waits, cuts. */
void close_line(void);
struct settlement settled(void);
/* The latest refund of the closure. */
struct refund refund_now(void);
/* A top-up that can be paid back; gives its id. */
int64_t top_up(int64_t id, int64_t amount_minor, int64_t refunded_minor);
#endif
