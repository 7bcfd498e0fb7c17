"""The mutants of what the charging system tells, on mutant_money.py's list."""
SHARED, TOP_UP, SPEND, GRANT, MANDATE = (f'src/commands/{name}.c' for name in (
    'charging_shared', 'credit_top_up', 'credit_spend', 'credit_grant', 'mandate'))
VIEW = 'src/views/credit.c'

CHARGES = [
    (SHARED, '    if (rows->known.id) {', '    if (false) {',
     'charging', 'booked_once', 'a transaction is booked once'),
    (SHARED, '        if (!told_alike(&rows->known, charge))\n'
     '            return REFUSED_CHARGE_DIFFERS;\n', '',
     'charging', 'told_otherwise', 'a transaction is told in one way only'),
    (SHARED, '    if (told->amount_minor <= 0 ||', '    if (told->amount_minor == 0 ||',
     'charging', 'bad_top_ups', 'no charge is negative'),
    (TOP_UP, '    charge->late = line.state == LINE_CLOSED;', '    charge->late = false;',
     'charging', 'late_top_ups', 'a top-up of a closed line is unclaimed credit'),
    (TOP_UP, '    closure_tell(out, EFFECT_LATE_TOP_UP, &closure, r->contacts, false);\n', '',
     'charging', 'late_top_ups', 'a late top-up is told'),
    (TOP_UP, ' || charge->channel == CHANNEL_AUTO)', ')',
     'charging', 'what_was_online', 'an auto-recharge counts as topped up online'),
    (SPEND, '    return r->line.state == LINE_CLOSED ? late(out, &charge) :',
     '    return r->line.state == LINE_EXPIRED ? late(out, &charge) :',
     'charging', 'late_debits', 'nothing is used of a closed line'),
    (SPEND, '    if (out->policy->late_debit == LATE_DEBIT_REFUSE)\n'
     '        return REFUSED_LINE_CLOSED;\n', '',
     'charging', 'late_debits', 'a policy refuses late debits'),
    (GRANT, '    if (r->line.state == LINE_CLOSED)\n        return REFUSED_LINE_CLOSED;\n', '',
     'charging', 'late_debits', 'nothing is given to a closed line'),
    (MANDATE, '    if (r->line.state == LINE_CLOSED)\n        return REFUSED_LINE_CLOSED;\n', '',
     'charging', 'mandates', 'no mandate is made for a closed line'),
    ('src/commands/line_import.c', '        line.online_minor = in->paid_minor;\n', '        ;\n',
     'charging', 'what_was_online', 'no more was topped up online than there is'),
    ('src/commands/network_switch.c',
     'settlement_online_after(line.online_minor, fee);', 'line.online_minor;',
     'suspension_verbs', 'there_and_back', 'no more was topped up online than there is'),
    (VIEW, 'return one->at != other->at ? one->at > other->at : one->id > other->id;',
     'return one->id > other->id;',
     'views_credit', 'by_time', 'movements are read by time over all chains'),
    (VIEW, '    return context->policy && view_fetch(context, &load) &&\n'
     '           view_line_held(context, &rows->line, &rows->link);',
     '    return context->policy && view_fetch(context, &load) && rows->line.id;',
     'views_credit', 'whose_it_is', "nobody sees another's credit"),
]
