/* For tests of what is asked of the payment provider: a case_kit's demo, the dispatcher's settings
 * and a provider on this machine. Setup and teardown are a test's. */
#ifndef RINGOFF_PAYING_KIT_H
#define RINGOFF_PAYING_KIT_H
#include "dispatch_kit.h"
#include "provider_kit.h"

struct paying {
    struct case_kit kit;
    struct dispatcher_settings settings;
    struct payment_settings payment;
    struct provider *provider;
};
extern struct paying paying;

int paying_setup(void **state);
int paying_teardown(void **state);
int64_t paying_number(const char *sql);
/* An effect for the provider, due now. */
void paying_effect_make(int64_t id, enum effect_kind kind, int64_t target);
struct effect paying_effect_now(int64_t id);
/* One look, when the effect is due. */
void paying_look(int64_t id);
/* How often the provider was asked. */
size_t paying_asked(void);
/* It was, and every call was signed, under the effect's key, with the same body. */
void paying_calls_are_good(int64_t id);
int64_t paying_works_open(void);
int64_t paying_works(void);
#endif
