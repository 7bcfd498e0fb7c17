#include "paying_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
/* cmocka needs those before it. */
#include <cmocka.h>

struct paying paying;

int paying_setup(void **state) {
    (void)state;
    case_open(&paying.kit);
    paying.settings = dispatch_settings(&paying.kit);
    paying.provider = provider_open(&paying.payment);
    paying.settings.payment = &paying.payment;
    return paying.provider ? 0 : -1;
}

int paying_teardown(void **state) {
    (void)state;
    provider_close(paying.provider);
    case_close(&paying.kit);
    return 0;
}

int64_t paying_number(const char *sql) {
    return kit_number(&paying.kit.kit, sql);
}

void paying_effect_make(int64_t id, enum effect_kind kind, int64_t target) {
    struct effect effect = {.id = id,
                            .operator= CASE_OPERATOR,
                            .kind = kind,
                            .target = target,
                            .line = paying.kit.line,
                            .state = EFFECT_WAITING,
                            .made_at = kit_now,
                            .next_at = kit_now,
                            .to = "payment"};
    kit_put(&paying.kit.kit, EFFECT_ADD, &effect);
    paying.settings.committer = paying.kit.kit.committer;
}

struct effect paying_effect_now(int64_t id) {
    struct effect effect;
    case_read(&paying.kit, EFFECT_BY_ID, id, &effect);
    return effect;
}

/* One look, when the effect is due. */
void paying_look(int64_t id) {
    struct effect effect = paying_effect_now(id);
    kit_now = effect.next_at > kit_now ? effect.next_at : kit_now;
    dispatcher_round(&paying.settings);
}

size_t paying_asked(void) {
    return provider_asked(paying.provider, NULL);
}

/* Every call was signed, under the effect's key and at its time. */
void paying_calls_are_good(int64_t id) {
    const struct provider_call *calls;
    char key[PAYMENT_ID];
    size_t count = provider_asked(paying.provider, &calls);
    snprintf(key, sizeof key, "ringoff-%lld", (long long)id);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        assert_true(calls[i].trusted);
        assert_string_equal(calls[i].id, key);
        assert_string_equal(calls[i].body, calls[0].body);
    }
}

int64_t paying_works_open(void) {
    return paying_number("SELECT count(*) FROM work WHERE done_at = 0");
}

int64_t paying_works(void) {
    return paying_number("SELECT count(*) FROM work");
}
