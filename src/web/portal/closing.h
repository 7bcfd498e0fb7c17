/* The portal's pages of lines and closures: the line, the closing step by step, the confirmation by
 * link or code, and the status with what can still be done. What somebody typed on the way stands
 * in a sealed cookie (answers_), what opens a status without an account in another (access_), so
 * that no address holds either and a page may be loaded again or read in another language. */
#ifndef RINGOFF_PORTAL_CLOSING_H
#define RINGOFF_PORTAL_CLOSING_H
#include <jansson.h>

#include "base/secret.h"
#include "rules/reference.h"
#include "views/view.h"
#include "web/request.h"

/* Ends with a route whose pattern is NULL. Give it to the site's routes. */
extern const struct route closing_routes[];

/* line.c */
void line_page(struct request *request);
/* close.c: suspend or close, what will happen. close_identity.c, close_check.c: the two forms. */
void close_choice_page(struct request *request);
void close_preview_page(struct request *request);
void close_identity_page(struct request *request);
void close_check_page(struct request *request);
/* confirm.c */
void confirm_page(struct request *request);
/* status.c, status_change.c */
void status_find_page(struct request *request);
void status_page(struct request *request);
/* A page that is not for this browser: whoever may have an account signs in and comes to the
 * status.
 */
void status_refuse(struct request *request, int64_t closure, enum refusal no);
/* Has the page loaded again by itself while something runs in the network, but never when the
 * reader said no: sets `refreshing` and `refresh_off`. */
void status_refresh(struct request *request, json_t *data, bool runs);
/* receipt.c */
void receipt_page(struct request *request);
void receipt_renew(struct request *request);
/* Lets this browser see the status secret of a closure that was submitted, or whose secret was made
 * anew, just now. */
void receipt_hand(struct request *request, int64_t closure);
/* status_ask.c: the reference and an address, the code. */
void status_ask_page(struct request *request);
void status_code_page(struct request *request);
/* certificate.c */
void certificate_page(struct request *request); /* a PDF */
void verify_page(struct request *request);
void signing_keys_page(struct request *request); /* JSON */
/* status_after.c */
void status_after_page(struct request *request);
/* document.c */
void document_page(struct request *request);
void document_post(struct request *request);
void status_resend(struct request *request);
void withdraw_page(struct request *request);

/* --- the closing's forms among themselves --- */

/* True for a form that was sent, false for a page that is looked at. */
bool is_post(const struct request *request);
/* The line's view, presented, while it can be closed; else NULL and answered: unknown, or a page
 * that says that it is closed or being closed. */
json_t *line_to_close(struct request *request);
/* The answer when it is not: where its closure stands. The view is used up. */
void close_stopped(struct request *request, json_t *line, enum refusal refusal);
/* Of a number that is shown masked only, number_text is its mask. */
void number_shown(json_t *view);
/* True when the password was given a short while ago; else the person was sent to give it and
 * comes back to the page of the line's closing ("identity", "check"). */
bool close_stepped_up(struct request *request, int64_t line, const char *page);

struct answers {
    int64_t line;
    char type[CODE_SIZE], document[DOCUMENT_SIZE], reason[REASON_SIZE];
    int64_t contact; /* 0: the line itself; CONTACT_NOWHERE */
};
enum { CONTACT_NOWHERE = 1 }; /* no message reaches the person; no contact has this id */
/* Reads what was answered for this line; false when there is nothing (any more). */
bool answers_read(struct request *request, int64_t line, struct answers *answers);
void answers_write(struct request *request, const struct answers *answers);
void answers_end(struct request *request, int64_t line);
/* A short hash of them: the check page's form carries it, so that what is submitted is what was
 * shown, whatever another tab did meanwhile. In the arena. */
const char *answers_mark(struct request *request, const struct answers *answers);
/* The name of a document type in the reader's language; NULL for none that is offered. */
const char *document_words(const struct request *request, const char *type);
/* The kinds of documents that are offered, for a <select>: a list of {code, text, chosen}. */
json_t *documents_json(const struct request *request, const char *chosen);
/* The identity page with these answers, and a fault beside its field when refusal is one. */
void identity_answer(struct request *request, json_t *line, const struct answers *answers,
                     const char *field, enum refusal refusal);

/* --- who may look at a closure (closing_access.c) --- */

enum access_by { ACCESS_NONE, ACCESS_STATUS, ACCESS_LINK, ACCESS_CODE };
struct access {
    int64_t closure;
    enum access_by by;       /* what this browser showed before; ACCESS_NONE for the owner */
    char secret[TOKEN_TEXT]; /* the link's secret, the code or the status secret */
    bool owner;              /* the signed-in account has the line */
};
/* Remembers for an hour in this browser that it showed a secret of the closure. */
void access_write(struct request *request, const struct access *access);
/* The closure's view, presented, for who proved just now that they may see it: a verb or a
 * comparison accepted the secret in access, or the cookie did, which is sealed. */
json_t *access_show(struct request *request, struct access *access, enum refusal *no);
/* The closure's view, presented, for whoever may see it: its owner, or a browser that showed a
 * secret of it. NULL and REFUSED_NOT_FOUND (one answer for all else) or REFUSED_BUSY in *no. */
json_t *access_open(struct request *request, int64_t closure, struct access *access,
                    enum refusal *no);
/* The status secret for the verbs of somebody who showed another secret of the same closure; the
 * view lets all of them see the same. False when the closure cannot be read. */
bool access_status_secret(struct request *request, const struct access *access,
                          char secret[STATUS_SECRET_SIZE]);
/* The closure of a typed reference, all zero when there is none. False when it cannot be read. */
bool closure_referred(struct request *request, const char *reference, struct closure *closure);
#endif
