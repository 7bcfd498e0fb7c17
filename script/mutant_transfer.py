"""The mutants of credit that goes from line to line, on mutant_money.py's list."""
TRANSFER, VERB = 'src/rules/transfer.c', 'src/commands/credit_transfer.c'

TRANSFERS = [
    (TRANSFER, '    if (amount_minor <= 0 ||', '    if (amount_minor == 0 ||',
     'transfer', 'what_is_no_amount', 'a transfer does not draw credit from the other line'),
    (TRANSFER, '    return whole > paid_minor ?', '    return amount_minor > paid_minor ?',
     'transfer', 'more_than_there_is', 'a transfer and its fee are not more than there is'),
    (TRANSFER, '    if (policy->transfer_fee_minor > fee_minor)\n        return REFUSED_FEE;\n', '',
     'transfer', 'a_dearer_fee_is_refused', 'a transfer costs no more than was shown'),
    (TRANSFER, '    if (!budget_left(count, policy->transfer_day_count, DAY, now))\n'
     '        return 0;\n', '',
     'transfer', 'so_many_and_so_much_a_day', 'a line sends so many transfers a day'),
    (TRANSFER, 'lesser(policy->transfer_maximum_minor, today)', 'policy->transfer_maximum_minor',
     'transfer', 'so_many_and_so_much_a_day', 'a line sends so much a day'),
    (TRANSFER, '        since = later(since, line->sim_since);\n', '        ;\n',
     'transfer', 'nothing_leaves_so_soon', 'who had the SIM changed does not empty the line'),
    (TRANSFER, '    if (line->contact_changed_at > line->activated_at)',
     '    if (line->contact_changed_at)',
     'transfer', 'nothing_leaves_so_soon', 'a first contact makes nobody wait'),
    (TRANSFER, '    if (line->closure)\n        return REFUSED_LINE_CLOSING;\n', '',
     'transfer', 'lines_that_send_nothing', "a closing line's credit is its closure's"),
    (TRANSFER, '    return there && !target->closure;', '    return there;',
     'transfer', 'lines_that_take_it', 'a line that closes takes no credit'),
    (TRANSFER, '    return lesser(online_minor, amount_minor);', '    return online_minor;',
     'transfer', 'what_was_topped_up_online', 'no more is topped up online than there is'),
    (VERB, '    if (!attempts_spend_of(out, &r->tried,', '    if (false && !attempts_spend_of(out, '
     '&r->tried,',
     'transfer_verb', 'trying_numbers_has_an_end', 'numbers are not tried without end'),
    (VERB, '        return strcmp(there->number, number) == 0;', '        return true;',
     'transfer_verb', 'a_target_that_closes_meanwhile',
     'credit goes to who has the number when it goes'),
    (VERB, '    return (proof_given(out, session, link, there) & PROOF_LINKED) != 0;',
     '    return there->id != 0;',
     'transfer_verb', 'nothing_tells_whose_it_is', 'by its id only a line of one\'s own is found'),
    (VERB, '    line.transferred_at = out->now;\n', '',
     'transfer_verb', 'it_waits_after_a_change', 'a transfer makes the next one wait'),
    (VERB, '    target.online_minor += transfer_online(line.online_minor, '
     'transfer->amount_minor);\n', '',
     'transfer_verb', 'what_goes_and_where', 'what was topped up online stays marked so'),
    (VERB, 'if (!outcome_move(out, &between, to, MOVED_TRANSFER, amount_minor))',
     'if (!outcome_move(out, &between, from, MOVED_TRANSFER, amount_minor))',
     'transfer_verb', 'what_goes_and_where', 'what leaves a line arrives at the other one'),
    (VERB, '    if (in->to != in->line)\n        want_line(load, in->to, &r->target);\n',
     '    if (in->to != in->line) {\n        struct key key = {.id = in->to, .operator= '
     'load->actor->operator};\n        want_one(load, LINE_BY_ID, &key, 0, &r->target);\n    }\n',
     'races-postgres', 'credit_goes_both_ways_at_once', 'both lines of a transfer are locked'),
]
