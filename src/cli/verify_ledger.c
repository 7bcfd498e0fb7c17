/* ringoff ledger verify: recomputes the ledger and names the first difference. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "cli/verify.h"
#include "store/ledger_verify.h"

static const struct argp ledger_argp = {
    .parser = verify_option,
    .doc =
        "Recomputes the ledger from its history and names the first difference: each entry must "
        "sum to zero and take no account below its limit, each account's balance must be the sum "
        "of its history, and refunds, transfers and charges must be the same money as their "
        "accounts.\vAll is read as of one moment, also while servers write. Exit code 1: "
        "something does not add up.\n\n" EXIT_HELP,
    .children = verify_children,
};

/* What is wrong, for the staff and, the code, for programs. figures: expected and found say it. */
static const struct {
    const char *code, *sentence;
    bool figures;
} wrongs[AUDIT_WRONG_COUNT] = {
    [AUDIT_POSTING_TWICE] = {"posting_twice", "two of its postings bear the same id", false},
    [AUDIT_POSTING_ASTRAY] = {"posting_astray", "its posting says that it is another entry's",
                              true},
    [AUDIT_ACCOUNT_UNKNOWN] = {"account_unknown", "it posts on an account that does not exist",
                               false},
    [AUDIT_OPERATOR] = {"operator", "it posts on an account of another operator", true},
    [AUDIT_AMOUNT] = {"amount", "it posts an amount of 0", false},
    [AUDIT_MOVEMENT] = {"movement", "what moved the amount is unknown", false},
    [AUDIT_ENTRY_SUM] = {"entry_sum", "its postings do not sum to 0", true},
    [AUDIT_ENTRY_TRANSFERS] = {"entry_transfers",
                               "what it takes from a line by transfer does not "
                               "arrive",
                               true},
    [AUDIT_SHUT_POSTED] = {"shut_posted", "it posts on an account that was shut before", true},
    [AUDIT_BELOW] = {"below_zero", "it takes an account below 0", true},
    [AUDIT_OVERFLOW] = {"overflow", "a sum is larger than an amount can be", false},
    [AUDIT_KIND] = {"kind", "the account is of no kind, or one that does not fit", false},
    [AUDIT_KIND_TWICE] = {"kind_twice", "there is another account of its kind", false},
    [AUDIT_CURRENCY] = {"currency", "its currency is not the operator's", false},
    [AUDIT_BALANCE] = {"balance", "its balance is not the sum of its history", true},
    [AUDIT_SHUT_BALANCE] = {"shut_balance", "it is shut, and something is left on it", true},
    [AUDIT_OWNER] = {"owner", "a refund, charge or transfer is of an operator without accounts",
                     false},
    [AUDIT_STATE] = {"state", "a refund's state or a charge's kind is unknown", false},
    [AUDIT_BOOK] = {"book", "it is not the sum of the rows that it stands for", true},
    [AUDIT_BOOK_COUNT] = {"book_count", "it has not one posting for each row that it stands for",
                          true},
    [AUDIT_PAID_BACK] = {"paid_back",
                         "more of a top-up was paid back than it paid in, or less "
                         "than nothing",
                         true},
    [AUDIT_TRANSFERRED] = {"transferred", "what arrived is not the sum of the transfers", true},
    [AUDIT_ONLINE] = {"online",
                      "more of the credit was topped up online than there is, or less "
                      "than nothing",
                      true},
};

/* One after the other, since none of the words is longer than its room. */
static void what_say(const struct ledger_check *check, char what[400]) {
    const struct audit_difference *d = &check->first;
    size_t length = 0;
    assert(d->wrong > AUDIT_GOOD && d->wrong < AUDIT_WRONG_COUNT);
    if (d->entry)
        length += (size_t)snprintf(what, 400, "entry %" PRId64 " (%s): ", d->entry,
                                   check->verb[0] ? check->verb : "not in the journal");
    if (d->account)
        length +=
            (size_t)snprintf(what + length, 400 - length, "account %" PRId64 ": ", d->account);
    if (d->operator&& !d->account)
        length +=
            (size_t)snprintf(what + length, 400 - length, "operator %" PRId64 ": ", d->operator);
    length += (size_t)snprintf(what + length, 400 - length, "%s", wrongs[d->wrong].sentence);
    if (wrongs[d->wrong].figures)
        snprintf(what + length, 400 - length, ": expected %" PRId64 ", found %" PRId64, d->expected,
                 d->found);
}

static void json_say(const struct ledger_check *check, const char *what) {
    const struct audit_difference *d = &check->first;
    printf("{\"good\":%s,\"accounts\":%" PRId64 ",\"postings\":%" PRId64,
           d->wrong ? "false" : "true", check->accounts, check->postings);
    if (d->wrong)
        printf(",\"what\":\"%s\",\"difference\":\"%s\",\"entry\":\"%" PRId64
               "\",\"verb\":\"%s\",\"account\":\"%" PRId64 "\",\"operator\":\"%" PRId64
               "\",\"line\":\"%" PRId64 "\",\"expected\":%" PRId64 ",\"found\":%" PRId64,
               what, wrongs[d->wrong].code, d->entry, check->verb, d->account, d->operator, d->line,
               d->expected, d->found);
    printf("}\n");
}

int ledger_verify_run(const struct command *command, int argc, char **argv) {
    struct common common;
    struct house house;
    struct ledger_check check;
    char what[400] = "";
    int code;
    struct store *store = verify_open(command, &ledger_argp, argc, argv, &common, &house, &code);
    if (!store)
        return code;
    bool read = ledger_verify(house.engine, store, LEDGER_MEMORY, &check) == STORE_OK;
    bool good = read && !check.full && !check.first.wrong;
    if (read && check.first.wrong)
        what_say(&check, what);
    if (read && check.full)
        command_say("there are more accounts than this program can hold in %d MB",
                    LEDGER_MEMORY / (1024 * 1024));
    else if (read && common.json)
        json_say(&check, what);
    else if (read && !good)
        printf("broken: %s\n", what);
    else if (read)
        printf("good: %" PRId64 " accounts, %" PRId64 " postings\n", check.accounts,
               check.postings);
    int ended = verify_end(store, &house, read, good);
    return read && check.full ? EXIT_FAULT : ended;
}
