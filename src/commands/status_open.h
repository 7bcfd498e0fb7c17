/* The status of a closure for somebody who has neither the account nor the status secret any more:
 * the reference, and a code to a contact of the line that was registered long enough ago and is
 * still one. Never a code to the number, which may be somebody else's by now (design, rule 6). An
 * unknown reference or address is answered and worked at like a known one. */
#ifndef RINGOFF_STATUS_OPEN_H
#define RINGOFF_STATUS_OPEN_H
#include "commands/registration.h"

#define SCOPE_STATUS "status" /* codes asked for; subject: the reference */

struct status_ask {
    char reference[REFERENCE_SIZE + 24]; /* as typed */
    char email[EMAIL_SIZE], language[16];
    /* filled by prepare: the one form of the reference, the address's lookup form, what it is */
    char known[REFERENCE_SIZE], key[EMAIL_SIZE];
    int64_t closure, line;
};
struct status_open {
    int64_t challenge;
    char holder[TOKEN_TEXT], code[CODE_TYPED];
};

/* {reference, email, language} -> result challenge, secret holder; a code by e-mail, good for an
 * hour. */
extern const struct verb status_ask_verb;
/* {challenge, holder, code} -> result closure, which the door may show to who gave it. */
extern const struct verb status_open_verb;
#endif
