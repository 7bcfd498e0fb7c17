/* Asks the operator's payment provider to pay a refund back to where a top-up came from, or to end
 * an auto-recharge mandate: one signed POST of JSON (doc/payment.md is what the provider must do).
 * It is signed as Standard Webhooks 1.0 have it: webhook-id is also the key under which the
 * provider does a thing once however often it is asked, and is the effect's, so that asking again
 * is safe. Nothing is claimed but what an answer says that names this key. */
#ifndef RINGOFF_PAYMENT_H
#define RINGOFF_PAYMENT_H
#include "effects/delivery.h"
#include "effects/http.h"
#include "rules/row.h"

enum { PAYMENT_KEY_LEAST = 24, PAYMENT_KEY_MOST = 64 }; /* bytes, as the standard has it */
enum { PAYMENT_ID = 32, PAYMENT_BODY = 1024 };

struct payment_settings {
    const char *url;
    const char *ca_file; /* PEM, for https; NULL: the system's */
    uint8_t key[PAYMENT_KEY_MOST];
    size_t key_length;
    int64_t connect_limit, total_limit; /* milliseconds, positive */
};

enum payment_type { PAYMENT_REFUND = 1, PAYMENT_MANDATE_END };

struct payment_order {
    enum payment_type type;
    int64_t effect;       /* whose id makes the key */
    int64_t at;           /* of this attempt, milliseconds */
    const char *operator; /* its code */
    const char *name;     /* the provider's, of the payment or the mandate */
    /* of a refund */
    int64_t amount_minor;
    const char *currency;  /* ISO 4217 */
    const char *reference; /* the refund's */
};

struct payment_request {
    char id[PAYMENT_ID], timestamp[24], signature[64];
    char body[PAYMENT_BODY];
};

struct payment_answer {
    /* DELIVERED: paid, or the mandate is no more. FAILED: see returned; when it is UNPAID_NONE it
     * is for the staff. */
    struct delivery delivery;
    /* UNPAID_ACCOUNT or UNPAID_PROVIDER: the provider will not pay it, and has not. */
    enum refund_reason returned;
};

/* Reads a secret as the standard writes it, whsec_ and base64 of 24 to 64 bytes; false when it is
 * none. */
bool payment_key_read(const char *text, struct payment_settings *settings);
/* The body and what is signed; false when the order does not fit or is not plain. Pure. */
bool payment_request_make(const struct payment_settings *settings,
                          const struct payment_order *order, struct payment_request *request);
/* What an answer means; body need not end in NUL. Pure. */
struct payment_answer payment_answer_read(const struct payment_order *order, long status,
                                          const char *body, size_t length);
/* Sends it by the link, or when it is NULL by a connection of its own. Only by https or to this
 * machine. Blocks up to total_limit; safe in several threads. */
struct payment_answer payment_send(struct http_link *link, const struct payment_settings *settings,
                                   const struct payment_order *order);
#endif
