"""The mutants of what is chosen for credit and of closing; rows as in mutant_table.py."""
SETTLEMENT, SETTLE, FINISH = ('src/rules/settlement.c', 'src/commands/settle.c',
                              'src/commands/network_finish.c')
CLAIM, LAPSE = 'src/rules/closure.c', 'src/commands/closure_advance.c'

SETTLED = [
    (SETTLEMENT, '        gross = lesser(gross, chosen->original_minor);', '        gross = gross;',
     'settlement', 'the_original_gets', 'a payment gets back no more than it paid in'),
    (SETTLEMENT, 'settled->left_minor = lesser(credit->paid_minor, chosen->leave_minor);',
     'settled->left_minor = credit->paid_minor;',
     'settlement', 'no_more_is_left', 'no more is kept than the consent named'),
    (SETTLEMENT, 'settled->online_minor = gross - lesser(gross, otherwise);',
     'settled->online_minor = lesser(gross, credit->online_minor);',
     'settlement', 'a_refund_takes', 'of a refund what was topped up online is paid last'),
    (FINISH, '    if (r->settle.target.id != target_of(&r->settlement))\n'
     '        return outcome_hold(out, target_of(&r->settlement), 0);\n', '',
     'settle', 'another_line_gets_it', 'the other line is locked and read before it gets credit'),
    (FINISH, '    shut(out, paid);\n', '',
     'settle', 'a_refund_is_asked_for', "a closed line's account is shut"),
    (FINISH, '    end_mandates(out, r);\n', '    (void)end_mandates;\n',
     'settle', 'the_provider_is_told', 'who tops a line up by itself is told that it closed'),
    (FINISH, '!__builtin_add_overflow(balance_of(r->settle.target_ledgers, LEDGER_PAID), amount, '
     '&sum)', '(sum = amount) >= 0',
     'settle', 'a_full_line', 'credit that a line cannot hold stays the person\'s'),
    (SETTLE, '        put_charge(out, &charge);\n', '',
     'settle', 'the_original_payment', 'a top-up that was paid back is known as such'),
    (SETTLE, '    target.online_minor += lesser(parts->online_minor, parts->transfer_minor);',
     '    target.online_minor += 0;',
     'settle', 'another_line_gets_it', 'what was topped up online stays known as such'),
    (CLAIM, '    if (c->unclaimed_told_at)\n        at->lapse = lapse;\n    else\n',
     '    at->lapse = lapse;\n    if (!c->unclaimed_told_at)\n',
     'closing', 'unclaimed_credit_lapses', 'nothing lapses before people were told'),
    (CLAIM, 'return latest(closure->claim_until, '
     'closure->unclaimed_told_at + UNCLAIMED_ENDS_DAYS * DAY);',
     'return closure->claim_until;',
     'closing', 'unclaimed_credit_lapses', 'a month is given however late people were told'),
    (CLAIM, 'policy->after_claim == AFTER_CLAIM_KEEP || ', '',
     'closing', 'unclaimed_credit_is_kept', 'what the policy keeps for people does not lapse'),
    (LAPSE, '    bool good = outcome_move(out, &unclaimed, &breakage, MOVED_LAPSED, amount);',
     '    bool good = unclaimed.id && breakage.id;',
     'settle', 'what_nobody_claims', 'what lapsed is in the books'),
]
