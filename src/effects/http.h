/* One POST over HTTP or HTTPS by libcurl, for the adapters that speak it: within a total deadline,
 * without redirects, without a proxy that the environment names, and with an answer of bounded
 * length. What a status means is the adapter's. */
#ifndef RINGOFF_HTTP_H
#define RINGOFF_HTTP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HTTP_ANSWER = 16 * 1024 }; /* a longer answer is none */

/* Connections that are kept from call to call; one thread's at a time. */
struct http_link;
/* NULL when it cannot be had; nothing is connected yet. */
struct http_link *http_link_open(void);
void http_link_close(struct http_link *link);

struct http_headers; /* NULL: none */
/* Adds one, of at most 255 bytes in all; false when it is longer or memory is out. The value is
 * printable ASCII, so that none ends a header. */
bool http_header(struct http_headers **headers, const char *name, const char *value);
/* Wipes and frees: passwords and signatures stand in them. */
void http_headers_free(struct http_headers *headers);

struct http_call {
    const char *url;
    const char *ca_file; /* PEM, for https; NULL: the system's */
    const struct http_headers *headers;
    const char *body;
    size_t body_length;
    char *answer;                       /* room for HTTP_ANSWER bytes; NULL: it is not kept */
    int64_t connect_limit, total_limit; /* milliseconds, positive */
};

enum http_result {
    HTTP_NONE, /* no answer, or not a whole one */
    HTTP_ANSWERED,
    HTTP_URL, /* the URL is none, or neither http nor https */
};

struct http_answered {
    enum http_result result;
    const char *why;    /* of HTTP_NONE; nothing of the peer's */
    long status;        /* of HTTP_ANSWERED */
    size_t body_length; /* of answer */
};

/* Posts by the link or, when it is NULL, by a connection of its own. Blocks up to total_limit; safe
 * in several threads. A kept connection that turns out to be closed is replaced, so what is posted
 * may arrive twice. */
struct http_answered http_post(struct http_link *link, const struct http_call *call);
/* Is it a URL of this machine: a loopback address or localhost, and no user name in it? */
bool http_url_here(const char *url);
/* May what is secret or moves money go there: https, or this machine. */
bool http_url_safe(const char *url);
#endif
