#include "commands/refund_open.h"

#include <assert.h>
#include <stdio.h>

#include "commands/closure_shared.h"
#include "rules/refund.h"

void refund_open(struct outcome *out, const struct refund_asked *asked, struct refund *refund) {
    uint8_t random[8];
    int64_t kind = asked->asked_kind, by = asked->asked_by;
    assert(asked->closure->id && asked->closure->line == asked->line->id);
    assert(asked->contact && asked->language && out->policy);
    if (!kind) {
        kind = asked->claimed || !asked->account ? out->actor->kind : ACTOR_SUBSCRIBER;
        by = asked->claimed || !asked->account ? out->actor->id : asked->account;
    }
    *refund = (struct refund){.id = outcome_id(out),
                              .operator= asked->line->operator,
                              .line = asked->line->id,
                              .closure = asked->closure->id,
                              .account = asked->account,
                              .payee = asked->payee,
                              .claimed = asked->claimed,
                              .amount_minor = asked->amount_minor,
                              .fee_minor = asked->fee_minor,
                              .online_minor = asked->online_minor,
                              .wait_until = asked->wait_until};
    outcome_random(out, random, sizeof random);
    refund_reference_make(random, refund->reference);
    outcome_random(out, refund->nonce, sizeof refund->nonce);
    snprintf(refund->contact, sizeof refund->contact, "%s", asked->contact);
    snprintf(refund->language, sizeof refund->language, "%s", asked->language);
    /* What was shown with the closure binds; of a claim, what is in force. */
    const struct policy *policy =
        asked->claimed ? out->policy : closure_policy(out, asked->closure);
    refund_request(refund, policy, kind, by, out->now);
    add_refund(out, refund);
}
