/* The network, as an osmo-hlr knows it: whether a SIM may register, and which number it has.
 * Spoken over the HLR's CTRL interface (effects/ctrl.h), each operation one conversation of its
 * own under a total deadline. Every operation looks before it acts and reads back after it, so it
 * is safe to repeat from any step at which an earlier attempt was broken off, and it claims
 * nothing that the HLR has not shown. An HLR that is down, slow or talks nonsense gives RETRY. */
#ifndef RINGOFF_HLR_H
#define RINGOFF_HLR_H
#include <stdbool.h>
#include <stdint.h>

#include "effects/delivery.h"

enum { HLR_PORT = 4259 }; /* osmo-hlr 1.5 has no setting for another one */

struct hlr_settings {
    const char *address; /* IPv4 or IPv6; CTRL knows no password: loopback or a closed network */
    uint16_t port;
    int64_t limit; /* milliseconds for the whole conversation, positive */
};

struct hlr_subscriber {
    bool known;                  /* false: all the rest is empty */
    bool cs_enabled, ps_enabled; /* calls and SMS; data */
    char imsi[16], msisdn[16];   /* digits; msisdn empty: it has none */
};

/* Makes a subscriber with a number (demo, tests). Repeating it is fine; FAILED when the number is
 * another's or the IMSI has another number. A bar that is there stays. */
struct delivery hlr_create(const struct hlr_settings *settings, const char *imsi,
                           const char *msisdn);
/* Reads a subscriber. DELIVERED with subscriber->known false when the HLR has none such. */
struct delivery hlr_read(const struct hlr_settings *settings, const char *imsi,
                         struct hlr_subscriber *subscriber);
/* Suspends: CS and PS off, number and registration stay. Already barred is DELIVERED; FAILED when
 * the HLR has no such subscriber. */
struct delivery hlr_bar(const struct hlr_settings *settings, const char *imsi);
/* Reactivates: CS and PS on. FAILED when the HLR has no such subscriber. */
struct delivery hlr_unbar(const struct hlr_settings *settings, const char *imsi);
/* Closes: bars CS and PS, takes the number away, deletes, then reads back by IMSI and by MSISDN
 * that both are gone. Already gone is DELIVERED, and the evidence says that it was. FAILED, with
 * nothing touched, when the IMSI has another number or the number another IMSI: then the books
 * and the network disagree, and a person must look before somebody else's line is cut.
 * imsi: 6 to 15 digits; msisdn: E.164 with or without plus. */
struct delivery hlr_cut(const struct hlr_settings *settings, const char *imsi, const char *msisdn);
#endif
