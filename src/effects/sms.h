/* Sends one SMS over HTTP to Kannel's sendsms (smsbox), by libcurl.
 * It is Kannel's POST: the text is the body, all else stands in X-Kannel headers (a body in form
 * encoding is refused by Kannel 1.4.5), so the password stands in no URL and in no access log.
 * A gateway knows no idempotency key: after an answer that was lost the message may arrive twice,
 * never not at all. */
#ifndef RINGOFF_SMS_H
#define RINGOFF_SMS_H
#include <stdbool.h>
#include <stdint.h>

#include "effects/delivery.h"
#include "effects/http.h"

enum {
    SMS_PARTS = 10,          /* of a long message, as the gateway's max-messages must allow */
    SMS_POINTS_LATIN = 1530, /* 153 characters a part */
    SMS_POINTS_UCS2 = 670,   /* 67 UTF-16 units a part */
};

struct sms_settings {
    const char *url;      /* such as http://127.0.0.1:13013/cgi-bin/sendsms */
    const char *ca_file;  /* PEM, for https; NULL: the system's */
    const char *username; /* printable ASCII */
    const char *password; /* printable ASCII */
    const char *from;     /* registered sender id, "#" and at most 10 more, or a number */
    int64_t connect_limit, total_limit; /* milliseconds, positive */
};

/* True when every character is in the basic table of GSM 03.38, so that one takes seven bits. */
bool sms_latin(const char *text);
/* Sends text (UTF-8, 1 to SMS_PARTS parts) to a number in E.164, by the link or, when it is NULL,
 * by a connection of its own. What is beyond the basic table
 * goes as UCS-2. The key (printable ASCII, at most 64) goes along as the gateway's "account", to
 * match its records. DELIVERED means that the gateway answered 202, not that a phone has it.
 * RETRY: gateway down, slow, busy, or our credentials refused. FAILED: refused input, or refused
 * by the gateway. Blocks up to total_limit; safe in several threads. */
struct delivery sms_send(struct http_link *link, const struct sms_settings *settings,
                         const char *to, const char *text, const char *key);
#endif
