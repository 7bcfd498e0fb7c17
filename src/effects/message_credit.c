#include "effects/message_credit.h"

#include <assert.h>

#include "base/format.h"
#include "rules/closure.h"
#include "rules/payee.h"
#include "rules/refund.h"

const char *credit_dropped(const struct message_facts *f) {
    const struct closure *c = &f->closure;
    assert(c->id);
    if (f->effect.kind == EFFECT_CREDIT_CHOSEN && (c->withdrawn_at || !f->settlement.id))
        return "the closure was called off";
    if (f->effect.kind == EFFECT_UNCLAIMED_ENDS && (!f->unclaimed.balance || c->lapsed_at))
        return "nothing is left to be claimed";
    return NULL;
}

static void put_true(struct texts *t, const char *name, bool so) {
    if (so)
        json_object_set_new(t->data, name, json_true());
}

/* As it was chosen; the account is shown so that only who knows it recognises it. */
static void put_chosen(struct texts *t, const struct message_facts *f) {
    const struct settlement *s = &f->settlement;
    put_true(t, "choice_none", s->choice == CHOICE_NONE);
    put_true(t, "choice_refund", s->choice == CHOICE_REFUND);
    put_true(t, "choice_transfer", s->choice == CHOICE_TRANSFER);
    put_true(t, "choice_leave", s->choice == CHOICE_LEAVE);
    put_time(t, "chosen", s->chosen_at);
    put_money(t, "leave", s->leave_minor);
    if (s->choice == CHOICE_REFUND && f->payee.id) {
        put_text(t, "way", words(t->language, refund_way_name(f->payee.way)));
        put_text(t, "payee", payee_masked(t->arena, &f->payee));
        if (s->wait_until > f->now)
            put_time(t, "wait_until", s->wait_until);
    }
    if (s->choice == CHOICE_TRANSFER && f->other.id)
        put_text(t, "other", format_number_masked(t->arena, f->other.number));
}

void put_credit_facts(struct texts *t, const struct message_facts *f) {
    const struct settlement *s = &f->settlement;
    bool done = s->settled_at != 0;
    assert(f->closure.id);
    put_chosen(t, f);
    put_money(t, "refund", s->refund_minor);
    put_text(t, "refund_reference", f->refund.reference);
    put_date(t, "refund_due", f->refund.due_at);
    put_money(t, "transfer", s->transfer_minor);
    put_money(t, "fee", s->fee_minor);
    put_money(t, "left", s->left_minor);
    put_true(t, "not_taken",
             done && s->choice != CHOICE_NONE && f->closure.paid_minor && !s->refund_minor &&
                 !s->transfer_minor && !s->left_minor);
    put_date(t, "lapses", closure_lapse_at(&f->closure, f->policy));
}
