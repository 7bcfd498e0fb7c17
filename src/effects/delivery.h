/* What became of one attempt to reach the outside: every adapter in effects/ answers with it.
 * The dispatcher asks again after RETRY, stops after FAILED (a person decides), and is done after
 * DELIVERED. Cause and evidence are this program's own words: they hold no number, no address, no
 * name and no password, so that they may be journalled and shown. */
#ifndef RINGOFF_DELIVERY_H
#define RINGOFF_DELIVERY_H
#include <stdbool.h>

enum delivery_outcome {
    RETRY, /* nothing is claimed; first on purpose, so that a zeroed struct claims nothing */
    DELIVERED,
    FAILED, /* asking again as it stands will not help */
};

struct delivery {
    enum delivery_outcome outcome;
    char cause[160];    /* why it was not delivered; empty when it was */
    char evidence[160]; /* what the peer confirmed; empty unless delivered */
};

/* Readies libcurl; once, before any thread starts. False when it cannot start. */
bool delivery_start(void);
/* Gives back what delivery_start took; after the last thread that delivers has ended. */
void delivery_stop(void);
/* Builds a result with a cause (RETRY, FAILED) or evidence (DELIVERED); long texts are cut. */
struct delivery delivery_of(enum delivery_outcome outcome, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* True for an E.164 number, with or without its plus: 6 to 15 digits and nothing else. */
bool delivery_number(const char *number);
/* True for 1 to maximum printable ASCII characters: what may stand in a header or a form. */
bool delivery_plain(const char *text, unsigned maximum);
/* True for localhost and for what is written as an address of the loopback. */
bool delivery_host_here(const char *host);
#endif
