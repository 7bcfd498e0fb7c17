/* Sends one mail over SMTP by libcurl: text/plain in UTF-8, one recipient, STARTTLS and AUTH.
 * The same input makes the same message byte for byte: date and key come from the caller, so a
 * second attempt carries the same Message-ID and a mailbox can tell it is the same.
 * A line break or another control character in any field that goes into a header is refused. */
#ifndef RINGOFF_MAIL_H
#define RINGOFF_MAIL_H
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "effects/delivery.h"

enum { MAIL_CEILING = 512 * 1024, MAIL_TEXT_CEILING = 256 * 1024 };

/* STARTTLS: without exception, if the server offers it, never. Credentials go over a connection
 * that may be in clear only to this machine itself. */
enum mail_tls { MAIL_TLS_REQUIRED, MAIL_TLS_OPTIONAL, MAIL_TLS_OFF };

struct mail_settings {
    const char *host; /* name or address */
    uint16_t port;
    enum mail_tls tls;
    const char *ca_file;                /* PEM; NULL: the system's */
    const char *username, *password;    /* both NULL: no AUTH */
    const char *from_address;           /* envelope and header */
    const char *from_name;              /* UTF-8, shown with the address; NULL: none */
    int64_t connect_limit, total_limit; /* milliseconds, positive */
};

struct mail {
    const char *to;       /* one address, ASCII */
    const char *subject;  /* one line of UTF-8, at most 200 bytes */
    const char *text;     /* UTF-8, lines end in LF or CRLF */
    const char *language; /* BCP 47, for Content-Language; NULL: none */
    int64_t at;           /* for Date: when the effect was recorded, not when it is tried */
    const char *key;      /* letters, digits, . - _ : Message-ID is <key@domain of from_address> */
};

/* True for one address such as name@example.com: ASCII, no quoting, at most 254 characters. */
bool mail_address(const char *address);
/* Writes the whole message (headers, CRLF line ends, base64 body). False, with the reason in
 * *cause (a constant), when a field is refused; message is owned by the caller, opened before. */
bool mail_compose(const struct mail_settings *settings, const struct mail *mail,
                  struct buffer *message, const char **cause);
/* Composes and sends. DELIVERED means that the server took it (250 after the data). RETRY: server
 * down, slow, its certificate or our credentials refused, 4xx. FAILED: refused input, 5xx.
 * Blocks up to total_limit; safe in several threads. */
struct delivery mail_send(const struct mail_settings *settings, const struct mail *mail);
#endif
