/* What is written to people: one text per kind of effect and way, in their language, from the
 * templates in templates/messages. Every message says what happens next and by when, with the
 * number masked; codes and links are derived here, at delivery, and stand nowhere else.
 * Whether a message still has a sense, and where it goes, is decided here too, from rows as read.
 */
#ifndef RINGOFF_MESSAGE_H
#define RINGOFF_MESSAGE_H
#include <stdbool.h>

#include "base/pages.h"
#include "base/secret.h"
#include "rules/policy.h"
#include "rules/row.h"

/* The rows a message is made of; those it does not need are empty. */
struct message_facts {
    struct effect effect;
    struct line line;
    struct closure closure; /* target of RECEIPT … CLOSED, CREDIT_CHOSEN … UNCLAIMED_ENDS */
    struct settlement settlement; /* its, of CLOSED, CREDIT_CHOSEN, with payee, other and refund */
    struct suspension suspension; /* target of NETWORK_BAR … SUSPENSION_LATE */
    struct challenge challenge;   /* target of CODE_SMS, CODE_MAIL, ACCOUNT_EXISTS, RESET_CODE,
                                     STATUS_CODE, CONTACT_CODE, REMOVAL_CODE */
    struct account account; /* target of ACCOUNT_MADE, PASSWORD_SET; of a mail about a case without
                               a contact */
    struct ledger_account unclaimed; /* the line's, of LATE_TOP_UP and UNCLAIMED_ENDS */
    struct transfer transfer;        /* target of TRANSFER_SENT and _RECEIVED */
    struct line other;               /* of a transfer: the line that it does not go to */
    struct subscriber subscriber;    /* the line's, of what is told about a line */
    struct contact about;            /* target of CONTACT_ADDED and _REMOVED */
    struct refund refund;   /* target of REFUND_REQUESTED … REFUND_REJECTED, and its closure */
    struct payee payee;     /* to whom it is paid at present */
    struct contact contact; /* that it goes to */
    const struct policy *policy; /* the case's, else the present one */
    const struct secrets *secrets;
    const char *site; /* where the portal is: "https://host", no slash at the end */
    int64_t now;
};

enum { SUBJECT_SIZE = 300, TEXT_SIZE = MESSAGE_SIZE, WHY_SIZE = 160 };
struct message {
    char to[EMAIL_SIZE];        /* a number in E.164 or an e-mail address */
    char subject[SUBJECT_SIZE]; /* of a mail */
    char text[TEXT_SIZE];
    enum language language;
};

/* Why it must not be sent any more (a constant, without personal data), or NULL. An SMS goes only
 * to a line that still has its number and can be reached; a confirmation only while it can confirm.
 * A removed contact gets nothing but what tells of the change that removed it, or of one before
 * that. */
const char *message_dropped(const struct message_facts *facts);
/* Makes the message. False when there is no template for it or it does not fit (our fault). */
bool message_make(const struct pages *pages, const struct message_facts *facts,
                  struct message *message);
/* True for a message about a closure: its target is the closure's id. */
bool message_about_closure(int64_t kind);
/* About a transfer: its target is the transfer's id. */
bool message_about_transfer(int64_t kind);
/* The same about the credit of a closure. */
bool message_about_credit(int64_t kind);
/* The same about a refund. */
bool message_about_refund(int64_t kind);
/* The name of the template of an effect, e.g. "messages/receipt_sms.txt"; "" for one that is no
 * message. */
void message_template(const struct effect *effect, char name[64]);
#endif
