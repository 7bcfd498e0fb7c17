"""The mutants of what moves money; rows as in mutant_table.py, which takes them in."""
CODES, AMOUNT = 'src/rules/credit_codes.c', 'src/base/amount.c'

MONEY = [
    (CODES, '[CHANNEL_AUTO] = "auto"', '[CHANNEL_AUTO] = "online"',
     'credit_codes', 'each_is_the_contracts', 'each value has a code of its own'),
    (AMOUNT, '    if (decimals > places)\n        return AMOUNT_DECIMALS;\n', '',
     'amount', 'too_fine_and_too_large', 'no digit of an amount is dropped'),
    (AMOUNT, '    return *value <= AMOUNT_MOST;', '    return true;',
     'amount', 'too_fine_and_too_large', 'an amount is not so large that sums overflow'),
    (AMOUNT, '        if (digits_at(from + 1) < 3)\n            return AMOUNT_COMMA;\n', '',
     'amount', 'what_can_be_read_in_two_ways', 'a comma is not taken for a point or for nothing'),
    (AMOUNT, '(groups == 1 && exponent == 3 && !text[whole])', 'false',
     'amount', 'what_can_be_read_in_two_ways', 'three digits after a comma may be decimals'),
    (AMOUNT, '? AMOUNT_CURRENCY : AMOUNT_NO_NUMBER;', '? AMOUNT_OK : AMOUNT_NO_NUMBER;',
     'amount', 'another_currency', 'an amount of another currency is none'),
]
