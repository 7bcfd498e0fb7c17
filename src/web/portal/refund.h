/* The pages of a refund: where it stands, and after it came back, or before it is paid, to whom it
 * is to be paid instead. It outlives line and account, so whoever has its reference and its secret
 * sees it; the secret stands in a sealed cookie of the browser that showed it, and in no address.
 */
#ifndef RINGOFF_PORTAL_REFUND_H
#define RINGOFF_PORTAL_REFUND_H
#include <jansson.h>

#include "rules/reference.h"
#include "web/request.h"

/* refund.c: where it stands */
void refund_page(struct request *request);
/* refund_correct.c: how it is to be paid, then to whom */
void refund_correct_page(struct request *request);

struct refund_access {
    int64_t refund;
    char secret[STATUS_SECRET_SIZE]; /* that this browser showed; "" for the owner */
    bool owner;                      /* the signed-in account has the line */
};
/* Somebody typed reference and secret: ACCEPTED, and this browser may see the refund for an hour;
 * REFUSED_NOT_FOUND for all that does not fit; REFUSED_BUSY. */
enum refusal refund_found(struct request *request, const char *reference, const char *secret,
                          int64_t *refund);
/* The refund's view, presented, for whoever may see it: its owner, or a browser that showed the
 * secret. NULL and answered else: who may have an account signs in and comes to the page ("",
 * "/correct"). */
json_t *refund_opened(struct request *request, int64_t refund, const char *page,
                      struct refund_access *access);
/* Those of a closure, presented, the newest first; owner: with the id that leads to the page. A new
 * list; empty when there are none or they cannot be read. */
json_t *refunds_listed(struct request *request, int64_t closure, bool owner);
#endif
