/* What a person chooses for the credit of a line that closes, and claims of it afterwards. Both say
 * in the same fields where it is to go; what of it goes there rules/settlement.h says. A choice is
 * carried out with the closing (commands/network_finish.c), a claim at once. */
#ifndef RINGOFF_SETTLEMENT_COMMANDS_H
#define RINGOFF_SETTLEMENT_COMMANDS_H
#include "commands/payee_take.h"
#include "rules/closure_secret.h"
#include "store/internal.h"

/* Another line: of one's own by its id, or a number that was typed twice. */
struct credit_target {
    int64_t target;
    char target_number[NUMBER_SIZE], target_again[NUMBER_SIZE];
    int64_t found; /* set by prepare: the line, else an id that is nobody's; 0: none was named */
};
/* How the inputs of both begin. */
struct credit_where {
    int64_t closure, line; /* line: set by prepare */
    char choice[CODE_SIZE];
    struct payee_input to; /* of a refund */
    struct credit_target at;
};

struct credit_choose {
    int64_t closure, line;
    char choice[CODE_SIZE];
    struct payee_input to;
    struct credit_target at;
    int64_t leave_minor;
};
struct credit_claim {
    int64_t closure, line;
    char choice[CODE_SIZE];
    struct payee_input to;
    struct credit_target at;
    char secret[80];
    char document_type[CODE_SIZE], document[DOCUMENT_SIZE], language[16];
};

/* {closure, choice, …} -> result closure: none, refund, transfer or leave; the last choice before
 * the line is cut counts. Subscriber with a fresh password (who has not proved the SIM once the
 * identity is accepted), API or staff. A payee that differs from the one named before waits. */
extern const struct verb credit_choose_verb;
/* {closure, secret, document_type, document, choice, …} -> result closure: unclaimed credit, after
 * the closing. By the status secret or a session, each with the registered ID number; API; staff.
 */
extern const struct verb credit_claim_verb;
#endif
