"""What is allowed where: the one table of the house's layers, homes and exceptions.

An exception is a line here with its reason, never a comment that switches a check off.
"""

# A file in a folder of src/ may include headers of these folders only.
LAYERS = {
    'base': {'base'},
    'rules': {'rules', 'base'},
    'store': {'store', 'rules', 'base'},  # rules: plain types of rows and refusals
    'commands': {'commands', 'rules', 'store', 'base'},
    'views': {'views', 'rules', 'store', 'base'},
    'effects': {'effects', 'store', 'rules', 'base'},
    'web': {'web', 'commands', 'views', 'rules', 'store', 'base'},
    'cli': {'cli', 'commands', 'views', 'rules', 'store', 'base'},
}

# These wire the house together and may include anything of it.
WIRING = r'src/(main\.c|cli/serve\w*\.[ch])'

# A library's header, and the files (below src/) that may see it, themselves or through a header.
HOMES = {
    r'sqlite3\.h': r'store/sqlite\w*\.[ch]',
    r'libpq-fe\.h': r'store/postgres\w*\.[ch]',
    r'curl/.*': r'(effects|cli)/.*',
    r'microhttpd\.h': r'web/.*|main\.c|cli/serve\w*\.[ch]',
    r'sodium(\.h|/.*)': r'base/secret\.c',
    r'(cairo.*|pango/.*|qrencode)\.h': r'base/paper\.c',
}

# Rules are pure: no clock, no I/O, no threads.
IMPURE_HEADERS = (r'time\.h|sys/.*|unistd\.h|fcntl\.h|pthread\.h|threads\.h|poll\.h|signal\.h|'
                  r'netinet/.*|arpa/.*|netdb\.h|dirent\.h|locale\.h|ini\.h|libintl\.h')
IMPURE_CALLS = (r'f?open|fdopen|freopen|fclose|fread|fwrite|fgets|fgetc|getc|getchar|getline|'
                r'v?f?printf|f?puts|f?putc|putchar|perror|remove|rename|getenv|setenv|setlocale|'
                r'secret_file_\w+|secret_password_\w+')

# Time and randomness are parameters here, so that a decision can be made again.
GIVEN_FOLDERS = ('rules', 'commands', 'views')
GIVEN_CALLS = r'clock_now|clock_steady|clock_shift|secret_random|getrandom|getentropy'

CLOCK_CALLS = r'clock_gettime|gettimeofday|time|timespec_get|ftime'
CLOCK_HOME = 'src/base/clock.c'
CLOCK_BENCH = 'bench/bench_clock.c'  # measuring needs finer than a decision ever does

BANNED_CALLS = (r'v?sprintf|strcpy|strncpy|stpcpy|strcat|strncat|gets|strtok|atoi|atol|atoll|atof|'
                r'rand|srand|rand_r|random|srandom|drand48|localtime|localtime_r|gmtime|ctime|'
                r'ctime_r|asctime|asctime_r|system|popen|mktemp|tmpnam|tempnam|alloca|setjmp|'
                r'longjmp|v?f?scanf')

# Variables that change and belong to no caller: 'file name' -> reason.
CHANGING = {
    'src/base/clock.c shift': 'the demo moves the clock of the whole process',
    'src/base/clock.c last': 'time never steps back within the process',
}

# SQL outside the catalogue: (file pattern, literal pattern, reason). Checked from the first letter.
SQL_ELSEWHERE = [
    (r'src/store/sqlite\w*\.c', r'(PRAGMA|BEGIN|COMMIT|ROLLBACK)\b',
     'the engine sets itself up, reads the settings back and marks transactions'),
    (r'src/store/postgres_(open|setup)\.c',
     r'(SELECT|UPDATE schema_version|BEGIN|COMMIT| FROM pg_stat_activity)\b',
     'the engine sets itself up, reads the settings back, and asks for its locks and its schema'),
    (r'src/store/postgres_text\.c', r'(SELECT|BEGIN|COMMIT|ROLLBACK|WITH changed AS)\b|'
     r'ARRAY\(SELECT found\.id| RETURNING\b|\) ORDER BY id FOR NO KEY UPDATE|'
     r'WHERE id = \$1 AND \+?operator = \$2',
     'array statements and locks are derived from the catalogue; transactions are marked; what is '
     'asked for by its id goes by the id'),
    (r'src/store/postgres(_pipe)?\.c', r'(BEGIN|COMMIT|ROLLBACK|DECLARE|FETCH|CLOSE)\b',
     'a scan is a cursor in a transaction of its own; a commit that was one says so'),
]

# Tables without the column operator: table -> reason.
TABLES_OF_ALL = {
    'operator': 'the operators themselves; the key is the operator',
    'installation': 'its one row: whose key file belongs to it, and whether it is a demo',
    'schema_version': 'how many migrations a database has had: nothing of anybody',
    'chain': 'the head of a committer\'s journal: a number and a hash, nothing of anybody',
    'checkpoint': 'the heads of all chains, and their hash: nothing of anybody',
    'rules_version': 'its one row: the entry that last changed operators or policies',
}

# Statements that name no operator although the table has one: name -> reason.
STATEMENTS_OF_ALL = {
    'CLOSURES_DUE': 'the clock of the house asks for all operators; no door reads by it',
    'REFUNDS_DUE': 'and of refunds',
    'SUSPENSIONS_DUE': 'so it does of the other cases that have a timer',
    'EFFECTS_DUE': 'the dispatcher delivers for all operators; no door reads by it',
    'EFFECTS_DUE_NETWORK': 'so do its other queues',
    'EFFECTS_DUE_PAYMENT': 'so do its other queues',
    'JOURNAL_ASTRAY': 'verifying looks for entries that stand in no chain',
    'JOURNAL_BY_ID': 'a commit in doubt, and what a checkpoint names; no door reads by it',
    'JOURNAL_SCAN': 'verifying reads the whole chain, in which operators alternate',
    'LEDGER_SCAN': 'verifying sums all accounts of the installation',
    'POSTING_SCAN': 'and reads every entry, in which operators alternate',
    'LINE_CREDIT_SCAN': 'and what stands beside the ledger',
    'CHARGE_SCAN': 'the same',
    'TRANSFER_SCAN': 'the same',
    'REFUND_SCAN': 'the same',
    'NUMBER_BY_ID': 'a number is unique in the installation; a verb checks whose it is',
    'NUMBER_TAKE': 'a number that rests no more may go to another operator; line.import checks',
    'POLICY_LIST': 'the server loads the rules of all operators at its start',
    'SIM_BY_ID': 'a SIM is issued once, whoever issued it; a verb checks whose it is',
    'SIM_BY_IMSI': 'so is an IMSI; a verb refuses it, whoever has it',
}
