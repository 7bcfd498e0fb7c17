#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "effects/dispatch.h"

enum { EFFECTS_OF_ONE = 32 };

/* What the effect is about. */
struct facts {
    struct refund refund;
    struct payee payee;
    struct charge charge;
    struct mandate mandate;
    struct effect asked[EFFECTS_OF_ONE]; /* what is about the same */
    size_t asked_count;
    const struct tenant *tenant;
    const struct policy *policy;
};

/* Until it is recorded the provider is asked again, under the same key, and answers the same. */
static struct dispatch_answer refund_report(const struct effect *effect, const struct facts *f,
                                            enum refund_outcome outcome, enum refund_reason reason,
                                            const char *text) {
    struct dispatch_answer answer = {.verb = "refund.report"};
    struct refund_report *in = &answer.input.refund;
    *in = (struct refund_report){.refund = f->refund.id,
                                 .line = f->refund.line,
                                 .closure = f->refund.closure,
                                 .charge = f->charge.id,
                                 .effect = effect->id,
                                 .outcome = outcome,
                                 .reason = reason};
    snprintf(in->evidence, sizeof in->evidence, "%s", text);
    return answer;
}

static struct dispatch_answer mandate_report(const struct effect *effect,
                                             enum effect_outcome outcome, const char *text) {
    struct dispatch_answer answer = {.verb = "mandate.report"};
    struct mandate_report *in = &answer.input.mandate;
    *in = (struct mandate_report){
        .mandate = effect->target, .line = effect->line, .effect = effect->id, .outcome = outcome};
    snprintf(in->text, sizeof in->text, "%s", text);
    return answer;
}

/* --- a refund --- */

static bool is_later(const struct effect *one, const struct effect *other) {
    return one->made_at != other->made_at ? one->made_at > other->made_at : one->id > other->id;
}

/* Each approval asks anew, under a name of its own: who tries an older one again, after what it
 * asked for came back, must not have the refund paid a second time. By time: the order of the ids
 * is each committer's own. */
static bool is_newest(const struct effect *effect, const struct facts *f) {
    for (size_t i = 0; i < f->asked_count; i++)
        if (f->asked[i].kind == EFFECT_PAYMENT && is_later(&f->asked[i], effect))
            return false;
    return true;
}

static struct dispatch_answer refund_ask(const struct dispatch *d, const struct effect *effect,
                                         const struct facts *f) {
    const struct refund *refund = &f->refund;
    if (!refund->id || refund->state != REFUND_APPROVED || f->payee.way != WAY_ORIGINAL ||
        !is_newest(effect, f))
        return dispatch_report(effect, OUTCOME_DROPPED, "the refund does not wait for it");
    if (!d->settings->payment)
        return refund_report(effect, f, REFUND_BY_HAND, UNPAID_NONE, "no payment provider is set");
    if (f->charge.line != refund->line || !f->charge.payment[0])
        return refund_report(effect, f, REFUND_BY_HAND, UNPAID_NONE,
                             "it is not known which payment it goes back to");
    struct payment_order order = {.type = PAYMENT_REFUND,
                                  .effect = effect->id,
                                  .at = d->settings->now(),
                                  .operator= f->tenant->code,
                                  .name = f->charge.payment,
                                  .amount_minor = refund->amount_minor,
                                  .currency = f->policy->currency,
                                  .reference = refund->reference};
    struct payment_answer answer = payment_send(d->http, d->settings->payment, &order);
    const struct delivery *delivery = &answer.delivery;
    if (delivery->outcome == DELIVERED)
        return refund_report(effect, f, REFUND_WAS_PAID, UNPAID_NONE, delivery->evidence);
    if (delivery->outcome == RETRY)
        return dispatch_report(effect, OUTCOME_RETRY, delivery->cause);
    return refund_report(effect, f, answer.returned ? REFUND_CAME_BACK : REFUND_BY_HAND,
                         answer.returned, delivery->cause);
}

/* --- a mandate --- */

static struct dispatch_answer mandate_ask(const struct dispatch *d, const struct effect *effect,
                                          const struct facts *f) {
    static const enum effect_outcome outcomes[] = {
        [DELIVERED] = OUTCOME_DELIVERED, [RETRY] = OUTCOME_RETRY, [FAILED] = OUTCOME_FAILED};
    const struct mandate *mandate = &f->mandate;
    if (!mandate->id || !mandate->ended_at || mandate->told_at)
        return dispatch_report(effect, OUTCOME_DROPPED, "the mandate does not wait for it");
    if (!d->settings->payment)
        return mandate_report(effect, OUTCOME_FAILED, "no payment provider is set");
    struct payment_order order = {.type = PAYMENT_MANDATE_END,
                                  .effect = effect->id,
                                  .at = d->settings->now(),
                                  .operator= f->tenant->code,
                                  .name = mandate->reference};
    struct delivery delivery = payment_send(d->http, d->settings->payment, &order).delivery;
    return mandate_report(effect, outcomes[delivery.outcome],
                          delivery.outcome == DELIVERED ? delivery.evidence : delivery.cause);
}

/* --- both --- */

static enum store_result facts_read(const struct dispatch *d, const struct effect *effect,
                                    struct facts *f) {
    const struct engine *engine = d->settings->engine;
    int64_t operator= effect->operator;
    struct key about = {.id = effect->target, .operator= operator}, charge;
    struct want of_refund[] = {
        {.statement = REFUND_BY_ID, .in = &about, .rows = &f->refund, .room = 1},
        {.statement = PAYEE_OF_REFUND, .in = &about, .rows = &f->payee, .room = 1},
        {.statement = EFFECTS_OF_TARGET, .in = &about, .rows = f->asked, .room = EFFECTS_OF_ONE},
    };
    struct want of_mandate = {
        .statement = MANDATE_BY_ID, .in = &about, .rows = &f->mandate, .room = 1};
    if (effect->kind == EFFECT_MANDATE_END)
        return engine->read(d->reader, &of_mandate, 1);
    enum store_result result = engine->read(d->reader, of_refund, 3);
    f->asked_count = of_refund[2].count;
    if (result != STORE_OK || !f->payee.charge)
        return result;
    charge = (struct key){.id = f->payee.charge, .operator= operator};
    struct want paid = {.statement = CHARGE_BY_ID, .in = &charge, .rows = &f->charge, .room = 1};
    return engine->read(d->reader, &paid, 1);
}

bool dispatch_payment(const struct dispatch *d, const struct effect *effect,
                      struct dispatch_answer *answer) {
    struct facts f = {0};
    assert(effect->kind == EFFECT_PAYMENT || effect->kind == EFFECT_MANDATE_END);
    enum store_result result = facts_read(d, effect, &f);
    if (result == STORE_BROKEN)
        *answer = dispatch_report(effect, OUTCOME_RETRY, "its rows cannot be read");
    if (result != STORE_OK)
        return result == STORE_BROKEN;
    const struct tenants *tenants = committer_tenants(d->settings->committer);
    f.tenant = tenant_find(tenants, effect->operator);
    f.policy =
        f.tenant ? policy_effective(f.tenant->policies, f.tenant->policy_count, d->settings->now())
                 : NULL;
    if (!f.policy)
        *answer = dispatch_report(effect, OUTCOME_RETRY, "the operator has no policy in force");
    else if (effect->kind == EFFECT_PAYMENT)
        *answer = refund_ask(d, effect, &f);
    else
        *answer = mandate_ask(d, effect, &f);
    committer_tenants_release(d->settings->committer, tenants);
    return true;
}
