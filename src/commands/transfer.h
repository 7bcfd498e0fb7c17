/* Credit from line to line: the verb by which a person transfers it, and what the closing of a line
 * shares with it, the entry in the ledger. */
#ifndef RINGOFF_TRANSFER_COMMANDS_H
#define RINGOFF_TRANSFER_COMMANDS_H
#include "store/verb.h"

/* To a line of one's own by its id, or to a number that was typed twice. */
struct credit_transfer {
    int64_t line, target;
    char number[NUMBER_SIZE], number_again[NUMBER_SIZE];
    int64_t amount_minor;
    int64_t fee_minor; /* the most that it may cost beside the amount: what was shown */
    char language[16];
    int64_t to; /* set by prepare: the line that has the number, else an id that is nobody's */
};

/* {line, target or number twice, amount_minor, fee_minor, language} -> result transfer. Subscriber
 * with a fresh password, API or staff. Both lines are locked. Of a number that takes no credit it
 * is not said why, and a number costs an attempt whoever has it. */
extern const struct verb credit_transfer_verb;

/* Is it said in one way where it goes (a line's id, or its number typed twice); whose it is is not
 * asked yet. REFUSED_INPUT, REFUSED_TRANSFER_SELF, REFUSED_NUMBER_FORM, REFUSED_NUMBERS_DIFFER. */
enum refusal transfer_named(const struct outcome *out, int64_t target, const char *number,
                            const char *again, const struct line *line);
/* Does the line that was found take it. By its id only a line of one's own: who works for the
 * operator has all of its lines. link: of the session's account to that line. */
bool transfer_may_reach(const struct outcome *out, int64_t target, const char *number,
                        const struct line *there, const struct session *session,
                        const struct account_line *link, const struct line *line);
/* The entry: the amount from one line's account by the operator's account of transfers to the
 * other's, the fee to the operator. The first account holds both (an assertion). False, with
 * nothing recorded, when the second cannot take it (overflow, or shut). */
bool transfer_move(struct outcome *out, struct ledger_account *from, struct ledger_account *to,
                   int64_t amount_minor, int64_t fee_minor);
#endif
