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

/* The entry: the amount from one line's account by the operator's account of transfers to the
 * other's, the fee to the operator. The first account holds both (an assertion). False, with
 * nothing recorded, when the second cannot take it (overflow, or shut). */
bool transfer_move(struct outcome *out, struct ledger_account *from, struct ledger_account *to,
                   int64_t amount_minor, int64_t fee_minor);
#endif
