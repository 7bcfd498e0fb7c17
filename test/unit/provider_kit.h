/* For tests of the dispatcher: a payment provider on this machine, over HTTP, in a thread of its
 * own. It answers what it was told to, in that order, and keeps what it was asked. */
#ifndef RINGOFF_PROVIDER_KIT_H
#define RINGOFF_PROVIDER_KIT_H
#include "effects/payment.h"

enum { PROVIDER_CALLS = 32 };

struct provider_call {
    char id[PAYMENT_ID], timestamp[24], signature[64];
    char body[PAYMENT_BODY];
    bool trusted; /* it was signed as it should be */
};

struct provider;
/* Listens; *to is how it is reached. NULL when it cannot. */
struct provider *provider_open(struct payment_settings *to);
void provider_close(struct provider *provider);
/* The next call is answered so; state NULL: with a body that means nothing. To a call for which
 * nothing was set the answer is 500. */
void provider_answer(struct provider *provider, unsigned status, const char *state,
                     const char *reason);
/* From now on, and until it is told otherwise, it takes calls and answers none. */
void provider_hang(struct provider *provider, bool hangs);
/* How often it was asked, and the calls from the first on; not while it may be asked. */
size_t provider_asked(struct provider *provider, const struct provider_call **calls);
#endif
