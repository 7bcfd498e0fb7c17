/* The pages of a line's contacts: the list, adding one, removing one, and the code between. What
 * was begun stands in a sealed cookie of the line; the form of the code names its challenge, so
 * that a tab that was overtaken by another spends no attempt of the other's code. */
#ifndef RINGOFF_PORTAL_CONTACTS_H
#define RINGOFF_PORTAL_CONTACTS_H
#include <jansson.h>

#include "base/secret.h"
#include "rules/row.h"
#include "web/request.h"

/* contacts.c */
void contacts_page(struct request *request);
void contact_add_page(struct request *request);
/* contact_remove.c */
void contact_remove_page(struct request *request);
/* contact_code.c */
void contact_code_page(struct request *request);

/* A change that waits for its code. */
struct contact_change {
    int64_t line, challenge, sent_at;
    int64_t removes;          /* the contact that is to go; 0: one is added */
    int64_t by_sms;           /* the code went to the line */
    char address[EMAIL_SIZE]; /* that is to be added; of a removal, masked */
    char holder[TOKEN_TEXT];
};
/* Keeps it in this browser for an hour. */
void change_write(struct request *request, const struct contact_change *change);
/* False when there is none for this line and account. */
bool change_read(struct request *request, int64_t line, struct contact_change *change);
/* Forgets it. */
void change_end(struct request *request, int64_t line);
/* The line's view for who proved its SIM; NULL and answered as if there were none for everybody
 * else, also for who asked for it without. */
json_t *contact_line(struct request *request, int64_t line);
/* True when the password was given a short while ago; else the person was sent to give it and
 * comes back to the path. */
bool contact_stepped_up(struct request *request, const char *path);
/* Answers what every step has in common: signed out, the password again, not found, closed. False
 * for other refusals, which the page shows. */
bool contact_refused(struct request *request, enum refusal refusal, const char *path);
/* The ID number's fields as typed, in the normalised form; its refusal when it is mistyped. */
enum refusal contact_document(struct request *request, char type[CODE_SIZE],
                              char number[DOCUMENT_SIZE]);
/* The field that a refusal is shown beside: "email", "document_type", "document", "via", "". */
const char *contact_field(enum refusal refusal);
/* The path of the line's contacts, with more behind it; in the arena. */
const char *contacts_path(struct request *request, int64_t line, const char *more);
#endif
