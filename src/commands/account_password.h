/* The password of an account that is there: a forgotten one is set anew, a known one is changed.
 * Forgotten: a code to the account's e-mail address *and* the ID number that one of its lines is
 * registered with, never a code to a number (design, rule 6); who knows the address only, or the
 * number only, comes nowhere. An address that nobody has is answered and worked at like another.
 * All sessions end, and everybody who gets messages about the account's lines is told. */
#ifndef RINGOFF_ACCOUNT_PASSWORD_H
#define RINGOFF_ACCOUNT_PASSWORD_H
#include "commands/registration.h"

enum {
    PASSWORD_LINES = 32,      /* LINES_OF_ACCOUNT gives no more */
    PASSWORD_SUBSCRIBERS = 8, /* whose ID numbers are looked at: of the account's latest lines */
    PASSWORD_TOLD = 36,       /* most messages: what one command may change must do for them */
};

/* To whom it is told: a line by SMS (contact 0), or a contact of it by e-mail. */
struct password_told {
    int64_t line, contact;
};

struct password_ask {
    char email[EMAIL_SIZE], language[16];
    char key[EMAIL_SIZE]; /* filled by prepare: the form the address is looked up by */
};
struct password_prove {
    int64_t challenge;
    char holder[TOKEN_TEXT], code[CODE_TYPED];
    char document_type[CODE_SIZE], document[DOCUMENT_SIZE];
    /* filled by prepare */
    int64_t account, subscribers[PASSWORD_SUBSCRIBERS], lines[PASSWORD_LINES];
};
struct password_reset {
    int64_t challenge;
    char holder[TOKEN_TEXT], password[132];
    /* filled by prepare; the password above is wiped then */
    char hash[PASSWORD_TEXT], key[EMAIL_SIZE];
    int64_t points, account;
    struct password_told told[PASSWORD_TOLD];
};
struct password_change {
    char old_password[132], password[132];
    /* filled by prepare; the passwords above are wiped then */
    char hash[PASSWORD_TEXT];
    int64_t points, password_at, fits, locked;
    struct password_told told[PASSWORD_TOLD];
};

/* {email, language} -> result challenge, secret holder; a code by e-mail, good for an hour. */
extern const struct verb password_ask_verb;
/* {challenge, holder, code, document_type, document} -> result challenge; an hour for the rest. */
extern const struct verb password_prove_verb;
/* {challenge, holder, password} -> result account; its sessions are closed. For contact_age_days no
 * e-mail address confirms a closing that this account asks for (proof_route). */
extern const struct verb password_reset_verb;
/* {old_password, password} -> result account; its other sessions are closed. */
extern const struct verb password_change_verb;
#endif
