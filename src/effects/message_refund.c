#include "effects/message_refund.h"

#include <assert.h>
#include <string.h>

#include "base/words.h"
#include "rules/identifier.h"
#include "rules/payee.h"
#include "rules/refund.h"

/* What would be told has gone on since. That the payee was changed is told in any case. */
const char *refund_dropped(const struct message_facts *f) {
    const struct refund *r = &f->refund;
    bool so = true;
    assert(message_about_refund(f->effect.kind));
    if (!r->id)
        return "no such refund";
    if (f->effect.kind == EFFECT_REFUND_APPROVED)
        so = refund_in_flight(r) || r->state == REFUND_PAID;
    if (f->effect.kind == EFFECT_REFUND_PAID)
        so = r->state == REFUND_PAID;
    if (f->effect.kind == EFFECT_REFUND_RETURNED)
        so = r->state == REFUND_RETURNED;
    return so ? NULL : "the refund has gone on meanwhile";
}

const char *refund_address(const struct message_facts *f) {
    assert(message_about_refund(f->effect.kind));
    return f->effect.contact ? f->contact.address : f->refund.contact;
}

/* Does it go to the refund's own contact, be that a contact of the line as well. */
static bool to_its_own(const struct message_facts *f) {
    char own[EMAIL_SIZE], key[EMAIL_SIZE];
    assert(f->refund.id);
    email_key(f->refund.contact, own);
    email_key(f->contact.address, key);
    return !f->effect.contact || strcmp(own, key) == 0;
}

static void put_payee(struct texts *t, const struct message_facts *f) {
    const struct payee *payee = &f->payee;
    if (!payee->id)
        return;
    put_text(t, "way", words(t->language, refund_way_name(payee->way)));
    put_text(t, "payee", payee_masked(t->arena, payee));
    if (payee->way == WAY_CASH)
        json_object_set_new(t->data, "cash", json_true());
}

void put_refund_facts(struct texts *t, const struct message_facts *f) {
    const struct refund *r = &f->refund;
    char secret[STATUS_SECRET_SIZE];
    assert(r->id);
    put_text(t, "reference", r->reference);
    put_money(t, "amount", r->amount_minor);
    put_money(t, "whole", r->amount_minor + r->fee_minor);
    put_money(t, "fee", r->fee_minor);
    put_time(t, "changed", f->effect.made_at);
    if (r->wait_until > f->now)
        put_time(t, "wait_until", r->wait_until);
    put_date(t, "due", r->due_at);
    put_date(t, "paid", r->paid_at);
    put_date(t, "claim_until", f->closure.claim_until);
    put_text(t, "closure", f->closure.reference);
    put_text(t, "reason", words(t->language, refund_reason_sentence(r->reason)));
    put_payee(t, f);
    if (!to_its_own(f))
        return;
    refund_secret(f->secrets, r, secret);
    put_text(t, "secret", secret);
}
