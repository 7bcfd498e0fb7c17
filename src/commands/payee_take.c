#include "commands/payee_take.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "rules/credit_codes.h"

static struct payee_typed typed_of(const struct payee_input *in) {
    return (struct payee_typed){.way = refund_way_of_code(in->way),
                                .bank = in->bank,
                                .branch = in->branch,
                                .number = in->number,
                                .bic = in->bic,
                                .country = in->country,
                                .name = in->name};
}

/* The account's one text before anything else is known: its form depends on nothing but what was
 * typed. Everything is allowed and everybody's name fits; whether it may be is decided later. */
static void key_typed(const struct payee_input *in, char key[PAYEE_KEY_SIZE]) {
    struct payee_typed typed = typed_of(in);
    struct policy policy = {.country_code = "999", .national_digits = 8}; /* nobody's own */
    struct line line = {.id = 0};
    struct registered registered = {.subscriber.kind = SUBSCRIBER_PERSON};
    struct payee_whose whose = {&line, &registered, NULL, &policy, 1};
    struct payee payee;
    for (size_t way = 1; way < REFUND_WAY_COUNT; way++)
        policy.refund_ways[way] = true;
    typed.name = "X";
    snprintf(registered.subscriber.name, sizeof registered.subscriber.name, "X");
    (void)payee_read(&typed, &whose, &payee);
    payee_key(&payee, key);
}

void want_payee_rows(struct load *load, const struct payee_input *in, struct payee_rows *to) {
    char key[PAYEE_KEY_SIZE];
    assert(in && to);
    key_typed(in, key);
    want_attempts(load, SCOPE_PAYEE, key, &to->counted);
    want_charge(load, in->charge, &to->charge);
}

/* What is counted: nothing for ways that are of one person or payment, nor for the account that it
 * was to be paid to anyhow. */
static bool counted(const struct payee *payee, const struct payee *former,
                    char key[PAYEE_KEY_SIZE]) {
    char before[PAYEE_KEY_SIZE] = "";
    payee_key(payee, key);
    if (former && former->id)
        payee_key(former, before);
    return key[0] && strcmp(key, before) != 0;
}

enum refusal payee_take(struct outcome *out, const struct payee_input *in,
                        const struct payee_rows *rows, const struct line *line,
                        const struct registered *registered, const struct payee *former,
                        struct payee *payee, enum payee_fault *fault) {
    const struct policy *policy = out->policy;
    struct payee_typed typed = typed_of(in);
    struct payee_whose whose = {line, registered, &rows->charge, policy, out->now};
    char key[PAYEE_KEY_SIZE];
    assert(policy && line->id && registered->subscriber.id);
    enum payee_fault found = payee_read(&typed, &whose, payee);
    if (fault)
        *fault = found;
    if (found)
        return payee_refusal(found);
    if (counted(payee, former, key) &&
        !attempts_within(out, &rows->counted, policy->refund_payee_count,
                         policy->refund_payee_window_days * DAY))
        return REFUSED_PAYEE_VELOCITY;
    return ACCEPTED;
}

void payee_keep(struct outcome *out, const struct payee_rows *rows, const struct payee *former,
                int64_t closure, struct payee *payee) {
    const struct policy *policy = out->policy;
    char key[PAYEE_KEY_SIZE];
    assert(payee->way && !payee->id && closure);
    if (counted(payee, former, key)) {
        bool left = attempts_take(out, &rows->counted, policy->refund_payee_count,
                                  policy->refund_payee_window_days * DAY, SCOPE_PAYEE, key);
        assert(left); /* payee_take asked */
        (void)left;
    }
    payee->id = outcome_id(out);
    payee->closure = closure;
    payee->made_at = out->now;
    add_payee(out, payee);
}
