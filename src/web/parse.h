/* What a client sent, taken apart strictly: percent encoding, queries and forms, cookies,
 * addresses. Pure functions over bytes; what is not well-formed is refused and never repaired.
 * Everything that comes out is valid UTF-8 without NUL in the given arena. */
#ifndef RINGOFF_WEB_PARSE_H
#define RINGOFF_WEB_PARSE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum { PARAMS_MAX = 128 };

struct param {
    const char *name, *value;
};
struct params {
    const struct param *all;
    size_t count;
};

/* The value of a name, or NULL. */
const char *params_value(const struct params *params, const char *name);
/* Decodes %XX (and + as a space, when plus is true). NULL for a bad escape, invalid UTF-8, NUL or a
 * full arena. */
char *percent_decode(struct arena *arena, const char *text, size_t length, bool plus);
/* Encodes all but unreserved characters (RFC 3986) for use in a path segment or query. */
char *percent_encode(struct arena *arena, const char *text);
/* Reads name=value&name=value (application/x-www-form-urlencoded). False for a bad escape, invalid
 * UTF-8, an empty name, a name that stands twice, or more than PARAMS_MAX. */
bool params_parse(struct arena *arena, const char *text, size_t length, struct params *params);
/* Reads a Cookie header. What is not name=value is skipped, and of a name that stands twice neither
 * counts: a cookie planted beside ours must not win. */
void cookies_parse(struct arena *arena, const char *header, struct params *cookies);
/* Decodes and checks a path: begins with a slash, no empty, "." or ".." segment (one slash at the
 * end is allowed), no backslash, no encoded slash, no control character. NULL when it is refused.
 */
char *path_parse(struct arena *arena, const char *text, size_t length);
/* The address as the attempt budgets know it: IPv4 as it is, IPv6 cut to its /64, IPv4 in IPv6 as
 * IPv4. False (and "" in out) when text is no address. */
bool address_network(const char *text, char out[48]);
/* The last entry of an X-Forwarded-For header as address_network gives it; false when there is
 * none. */
bool address_forwarded(const char *header, char out[48]);
/* The host of a Host header: lower case, no port, no brackets, no dot at the end; NULL when it is
 * not well-formed. */
char *host_parse(struct arena *arena, const char *header);
/* A plain decimal number of 1 to 19 digits up to 2^63-1, with "-" in front when negative is
 * allowed. */
bool number_parse(const char *text, bool negative, int64_t *value);
#endif
