"""The mutants that the model of money sees (test/sim), one for each of its rules that the program
can break; rows as in mutant_table.py, which takes them in."""
LEDGER, SPEND = 'src/store/ledger.c', 'src/commands/credit_spend.c'
CHARGING, TRANSFER = 'src/commands/charging_shared.c', 'src/commands/credit_transfer.c'

SPACE = [
    (LEDGER, '    return !account->line || *balance >= 0;', '    return true;',
     'money_space', 'long_histories', 'no account of a line falls below 0'),
    (LEDGER, '        account->balance = balance;\n        outcome_put', '        outcome_put',
     'money_space', 'long_histories', 'what is stored is what was posted'),
    (SPEND, 'if (charge->account == LEDGER_PAID && line.online_minor) {', 'if (false) {',
     'money_space', 'long_histories', 'what was topped up online is never more than there is'),
    (SPEND, '    if (!outcome_move(out, from, &usage, MOVED_SPENT, charge->amount_minor))\n',
     '    if (from->balance < charge->amount_minor ||\n'
     '        !outcome_move(out, &usage, from, MOVED_SPENT, charge->amount_minor))\n',
     'money_space', 'long_histories', 'what is used is taken from who used it'),
    (CHARGING, '        *known = true;\n', '',
     'money_space', 'long_histories', 'a transaction is booked once'),
    (TRANSFER, '    bool good = outcome_move(out, from, &between, MOVED_TRANSFER, amount_minor);',
     '    bool good = true;',
     'money_space', 'long_histories', 'what goes from line to line leaves the one'),
    (TRANSFER, '(!fee_minor || outcome_move(out, from, &fees, MOVED_TRANSFER_FEE, fee_minor));',
     '(fee_minor >= 0 || outcome_move(out, from, &fees, MOVED_TRANSFER_FEE, fee_minor));',
     'money_space', 'long_histories', 'a fee is taken once, as it was shown'),
    (TRANSFER, 'settlement_online_after(line.online_minor, whole);', 
     'settlement_online_after(line.online_minor, whole - transfer->amount_minor);',
     'money_space', 'long_histories', 'what was topped up online goes with what is transferred'),
]
