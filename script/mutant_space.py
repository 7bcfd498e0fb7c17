"""The mutants that the model of money sees (test/sim), one for each of its rules that the program
can break; rows as in mutant_table.py, which takes them in."""
LEDGER, SPEND = 'src/store/ledger.c', 'src/commands/credit_spend.c'
CHARGING, TRANSFER = 'src/commands/charging_shared.c', 'src/commands/credit_transfer.c'
SETTLE, FINISH = 'src/commands/settle.c', 'src/commands/network_finish.c'
STAFF = 'src/commands/refund_staff.c'

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
    (SPEND, 'return r->line.state == LINE_CLOSED ? late(out, &charge) : book(out, r, &charge);',
     'return r->line.id ? book(out, r, &charge) : late(out, &charge);',
     'money_space', 'long_histories', "what is told too late is at the operator's charge"),
    (SETTLE, '    move_shared(out, s->from, LEDGER_FEES, MOVED_REFUND_FEE, parts->fee_minor);\n',
     '',
     'money_space', 'long_histories',
     'unclaimed, refunded, moved and kept are what was there'),
    (FINISH, '        outcome_shut(out, account);', '        assert(out && account);',
     'money_space', 'long_histories', "a closed line's accounts are shut"),
    (STAFF, 'refund_move(out, LEDGER_IN_FLIGHT, LEDGER_BANK, MOVED_PAID_OUT,',
     'refund_move(out, LEDGER_BANK, LEDGER_IN_FLIGHT, MOVED_PAID_OUT,',
     'money_space', 'long_histories', 'the bank paid what the paid refunds say'),
    (STAFF, 'refund_move(out, LEDGER_PAYABLE, LEDGER_IN_FLIGHT, MOVED_APPROVED,',
     'refund_move(out, LEDGER_IN_FLIGHT, LEDGER_PAYABLE, MOVED_APPROVED,',
     'money_space', 'long_histories', 'what is approved is not owed any more'),
]
