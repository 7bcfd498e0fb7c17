/* For tests of refunds on a real store: the case kit with a line that was closed and whose paid
 * credit is unclaimed; two members of the operator's finance; one call for each thing that can be
 * asked or done. refund_ask opens a refund of that credit as a claim does. */
#ifndef RINGOFF_REFUND_KIT_H
#define RINGOFF_REFUND_KIT_H
#include "case_kit.h"
#include "commands/refund.h"

enum { CREDIT = 8640 };

extern struct case_kit kit;
extern struct actor ada, ben, integrator; /* finance; a key with closures:write */
/* The world with its people; then the line is closed. refund_setup does both. */
void refund_open_world(void);
void refund_close_line(void);
int refund_setup(void **state);
int refund_teardown(void **state);
/* The number that the SQL finds; runs it; with one number in the text. */
int64_t one(const char *sql);
void sql(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* In the policy's text one piece instead of another; in force at once. */
void policy_say(const char *from, const char *to);
/* A payee in the registered name: "bank" is 012-345-678901, "fps_id" 1234567, "abroad" a German
 * IBAN; others need nothing. */
struct payee_input payee_of(const char *way);
/* Asks for a refund of so much of the unclaimed credit, fee beside it; its id, or 0. */
int64_t refund_ask(const struct actor *actor, const struct payee_input *to, int64_t amount,
                   int64_t fee, enum refusal *refusal);
/* The same by the person, accepted, to the bank. */
int64_t refund_asked(int64_t amount);
struct refund refund_now(int64_t id);
enum refusal approve(const struct actor *actor, int64_t id); /* the payee that there is */
enum refusal pay(const struct actor *actor, int64_t id);
enum refusal take_back(const struct actor *actor, int64_t id, const char *reason);
enum refusal reject(const struct actor *actor, int64_t id, const char *reason);
/* With the registered ID number; secret: the refund's own. */
struct refund_correct correction(int64_t id, const struct payee_input *to, bool secret);
enum refusal correct(const struct actor *actor, struct refund_correct *in);
enum refusal refund_timer(int64_t id);
/* Of the line and of what all share, by their history. */
int64_t balance(enum ledger_kind kind);
int64_t effects(enum effect_kind kind);
int64_t works_open(void);
/* All accounts sum to their history, all together to nothing; and what refunds say is what the
 * operator's accounts say. */
void money_is_whole(void);
#endif
