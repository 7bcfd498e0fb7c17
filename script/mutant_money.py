"""The mutants of what moves money; rows as in mutant_table.py, which takes them in."""
CODES = 'src/rules/credit_codes.c'

MONEY = [
    (CODES, '[CHANNEL_AUTO] = "auto"', '[CHANNEL_AUTO] = "online"',
     'credit_codes', 'each_is_the_contracts', 'each value has a code of its own'),
]
