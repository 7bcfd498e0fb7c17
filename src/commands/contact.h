/* The contacts of a line, changed by who holds the line's account: one is added with a code to it,
 * removed with a code to the line or to a contact of age; both take the password again and the
 * registered ID number (rules/proof.h). Changing one is adding the new and removing the old. The
 * line and every other contact are told at once, an added one gets copies only until it is of age,
 * and a removed one hears of the line for some days more (rules/contact.h). */
#ifndef RINGOFF_CONTACT_VERBS_H
#define RINGOFF_CONTACT_VERBS_H
#include "commands/registration.h"

#define SCOPE_CONTACT "contact"      /* changes asked for; subject: the line */
enum { CONTACT_CHANGES_A_DAY = 10 }; /* of a line: each brings messages to everybody who is told */

struct contact_ask {
    int64_t line;
    char email[EMAIL_SIZE], document_type[CODE_SIZE], document[DOCUMENT_SIZE], language[16];
    char key[EMAIL_SIZE]; /* filled by prepare: the form the address is looked up by */
};
struct contact_ask_removal {
    int64_t line, contact, via; /* via 0: the code goes to the line */
    char document_type[CODE_SIZE], document[DOCUMENT_SIZE], language[16];
    char key[EMAIL_SIZE]; /* filled by prepare: of the contact that gets the code */
};
struct contact_code {
    int64_t challenge;
    char holder[TOKEN_TEXT], code[CODE_TYPED];
    int64_t line, contact, via; /* filled by prepare, and checked again */
};

/* {line, email, document_type, document, language} -> result challenge, secret holder; a code to
 * the new address, good for an hour. */
extern const struct verb contact_ask_verb;
/* {challenge, holder, code} -> result contact, which is registered from now on. */
extern const struct verb contact_add_verb;
/* {line, contact, via, document_type, document, language} -> result challenge, secret holder; a
 * code to the line (ten minutes) or to the contact `via` (an hour). */
extern const struct verb contact_ask_removal_verb;
/* {challenge, holder, code} -> result contact, which is removed. */
extern const struct verb contact_remove_verb;
#endif
