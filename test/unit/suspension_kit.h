/* For tests of suspensions on a real store: the case kit, where suspending costs something, and one
 * call for each thing that can be asked, reported or done. */
#ifndef RINGOFF_SUSPENSION_KIT_H
#define RINGOFF_SUSPENSION_KIT_H
#include "case_kit.h"
#include "commands/suspension.h"

enum { FEE = 2000, SUSPENSIONS = 5 };

extern struct case_kit kit;
extern struct actor desk, integrator; /* staff and an API key that may suspend */
int suspension_setup(void **state);
int suspension_teardown(void **state);
/* The number that the SQL finds. */
int64_t one(const char *sql);
/* Runs it. */
void sql(const char *text);
/* Asks for it, at most for the fee. */
enum refusal suspend_as(const struct actor *actor, int64_t line, int64_t fee);
/* The person, of kit.line, for FEE. */
enum refusal suspend(void);
/* Asks for its end with an ID number; NULL: the right one. */
enum refusal reactivate_as(const struct actor *actor, int64_t line, const char *document);
/* The person, with the right one. */
enum refusal reactivate(void);
/* The newest suspension. */
void read_open(struct suspension *s);
/* What the network says of the waiting effect of the kind. */
enum refusal report(enum effect_kind kind, enum switch_outcome outcome, const char *text);
/* The timer. */
enum refusal advance(void);
/* The staff attest a work item. */
enum refusal done(int64_t work, const char *evidence);
/* Of the kind, of kit.line and of those that all lines share. */
int64_t balance(enum ledger_kind kind);
/* Of kit.line. */
int64_t line_state(void);
/* What SQL finds that ends in the number of a kind. */
int64_t of_kind(const char *text, int kind);
/* How many of the kind were recorded; of these by mail. */
int64_t effects(enum effect_kind kind);
int64_t mails(enum effect_kind kind);
/* All accounts sum to their history, all together to nothing. */
void money_is_whole(void);
/* Asked for and read back. */
void suspended(void);
#endif
