/* Registration: from a number in the hand to an account with an e-mail address and a password.
 * It proves possession of a SIM now and nothing else, and tells nobody which numbers or addresses
 * are known: known and unknown cause the same wants, rows, effects and password hashes.
 * A challenge is anonymous; its `holder` secret is handed out once by registration.start, kept by
 * the browser, and asked for by every later step (wrong: REFUSED_NOT_FOUND).
 *
 * The code of a challenge is secret_code(secrets, challenge.purpose, challenge.id, challenge.issue,
 * challenge.nonce); purpose is REGISTRATION_SMS while the line is being proved (challenge.address
 * then holds the number asked for) and REGISTRATION_MAIL once an address is (challenge.address).
 * A challenge whose line is 0 is one for a number nobody has: its message is dropped. */
#ifndef RINGOFF_REGISTRATION_H
#define RINGOFF_REGISTRATION_H
#include "store/verb.h"

#define REGISTRATION_SMS "register"
#define REGISTRATION_MAIL "verify"
#define REGISTRATION_CLAIM "claim" /* without the SIM, before an address is given */
#define PASSWORD_RESET "reset"     /* commands/account_password.h */
#define STATUS_OPEN "status"       /* commands/status_open.h */
#define CONTACT_ADDING "contact"   /* commands/contact.h */
#define CONTACT_REMOVING "removal"

/* A code as typed: "12345678", "1234 5678" and "1234-5678" are the same. */
enum { CODE_TYPED = 40 };

struct registration_start {
    char number[NUMBER_SIZE]; /* E.164, normalised by the door */
    char iccid_tail[12];      /* the last 4 to 8 digits printed on the SIM */
    char language[16];
    int64_t line; /* filled by prepare: who has the number, 0 = nobody */
};
struct registration_claim {
    char number[NUMBER_SIZE]; /* E.164, normalised by the door */
    char document_type[CODE_SIZE], document[DOCUMENT_SIZE], language[16];
    int64_t line; /* filled by prepare: who has the number, 0 = nobody */
};
struct registration_prove {
    int64_t challenge;
    char holder[TOKEN_TEXT], code[CODE_TYPED];
};
struct registration_contact {
    int64_t challenge;
    char holder[TOKEN_TEXT], email[EMAIL_SIZE], password[132];
    /* filled by prepare; the password above is wiped then */
    char hash[PASSWORD_TEXT], key[EMAIL_SIZE];
    int64_t points; /* characters of the password */
};
struct registration_verify {
    int64_t challenge;
    char holder[TOKEN_TEXT], code[CODE_TYPED];
    /* filled by prepare, and checked again */
    int64_t line, account;
    char address[EMAIL_SIZE];
};
struct registration_resend {
    int64_t challenge;
    char holder[TOKEN_TEXT];
    /* filled by prepare, and checked again */
    char address[EMAIL_SIZE];
};

/* {number, iccid_tail, language} -> result challenge, secret holder; a code by SMS. */
extern const struct verb registration_start_verb;
/* Without the SIM: {number, document_type, document, language} -> result challenge, secret holder;
 * then registration.contact and registration.verify. Right or wrong it is answered, counted and
 * recorded alike; only who proved an address afterwards learns that it does not fit
 * (registration.verify: REFUSED_IDENTITY), and the line and its contacts hear of it when it does.
 */
extern const struct verb registration_claim_verb;
/* {challenge, holder, code} -> result challenge; the code lives 10 minutes, counts once. */
extern const struct verb registration_prove_verb;
/* {challenge, holder, email, password} -> result challenge; a code by e-mail that lives 24 h. May
 * be given again with another address until the code is used. */
extern const struct verb registration_contact_verb;
/* {challenge, holder, code} -> result account, which now has the line. An account that there was
 * keeps its password. */
extern const struct verb registration_verify_verb;
/* {challenge, holder} -> result challenge; a new code, the old one is void. */
extern const struct verb registration_resend_verb;
#endif
