"""The mutants of what is asked of the payment provider; rows as in mutant_table.py, which takes
them in."""
PAYMENT, SLOTS = 'src/effects/payment.c', 'src/effects/slots.c'
DISPATCH, MANDATE = 'src/effects/dispatch_payment.c', 'src/commands/mandate_report.c'
REPORT = 'src/commands/refund_report.c'

PAYMENTS = [
    (PAYMENT, 'request->timestamp, request->body);', 'request->timestamp, "");',
     'payment', 'a_request_says_all_and_signs_it', 'the signature covers the body'),
    (PAYMENT, 'if (strcmp(state, "accepted") == 0)\n        return answer_of(delivery_of(RETRY, '
     '"payment: the provider has not settled it yet"));',
     'if (strcmp(state, "accepted") == 0)\n'
     '        return answer_of(delivery_of(DELIVERED, "paid"));',
     'payment', 'only_paid_is_paid', 'accepted is not paid'),
    (PAYMENT, '!named || !state || strcmp(named, id) != 0', '!state',
     'payment', 'only_paid_is_paid', 'an answer counts only if it names what was asked'),
    (PAYMENT, '"ringoff-%lld", (long long)order->effect', '"ringoff-%lld", (long long)order->at',
     'payment', 'a_request_says_all_and_signs_it',
     'a payment is asked for under the name of its effect'),
    ('src/commands/effect.c', ' || strcmp(effect->to, "payment") == 0', '',
     'effects', 'a_payment_never_gives_up', 'a payment is asked for until it is answered'),
    (SLOTS, 's->counts[LANE_PAYMENTS][SLOT_RUNNING] < PAYMENTS_AT_ONCE', 'true',
     'slots', 'a_provider_that_hangs_holds_up_its_own_only', 'a provider holds up no message'),
    ('src/effects/dispatcher.c', '!http_url_safe(s->payment->url)', 'false',
     'dispatcher', 'payments_go_where_nobody_listens', 'a payment is asked for over https only'),
    (DISPATCH, ' ||\n        !is_newest(effect, f)', '',
     'payment_refund', 'only_the_newest_approval_is_asked_for',
     'a refund that was approved anew is paid once'),
    (DISPATCH, 'refund->state != REFUND_APPROVED || ', '',
     'payment_refund', 'a_refund_that_does_not_wait_is_not_asked_for',
     'nothing is asked for a refund that is not approved'),
    (DISPATCH, 'PAYMENT_REFUND,\n                                  .effect = effect->id,',
     'PAYMENT_REFUND,\n                                  .effect = effect->id + effect->attempts,',
     'payment_refund', 'a_refund_is_paid_once_it_is_said',
     'a refund is asked for again under the same key'),
    (REPORT, '    if (r->effect.state != EFFECT_WAITING)\n        return REFUSED_UNCHANGED;\n', '',
     'payment_refund', 'reports_of_a_refund_are_checked', 'what was paid is booked once'),
    (REPORT, '    if (!refund_in_flight(&refund))\n        return REFUSED_REFUND_STATE;\n'
     '    enum refusal', '    enum refusal',
     'payment_refund', 'what_is_paid_after_it_was_returned_is_for_the_staff',
     'a late answer takes nothing back that was paid by hand'),
    (REPORT, 'if (twice && refund_is_open(', 'if (false && refund_is_open(',
     'payment_refund', 'what_is_paid_after_it_was_returned_is_for_the_staff',
     'what was paid against what is written here is looked at'),
    (DISPATCH, '!mandate->ended_at || ', '',
     'payment_delivery', 'a_mandate_that_does_not_wait_is_not_asked_for',
     'no mandate is ended that the person still has'),
    (MANDATE, ' || r->effect.attempts + 1 >= EFFECT_ATTEMPTS', '',
     'payment_delivery', 'the_staff_are_called_and_it_is_asked_on',
     'the staff hear of a mandate that does not end'),
    (MANDATE, '    if (r->effect.state != EFFECT_WAITING)\n        return REFUSED_UNCHANGED;\n', '',
     'payment_delivery', 'reports_of_a_mandate_are_checked', 'a report counts once'),
]
