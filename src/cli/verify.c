/* ringoff journal verify, ringoff ledger verify: is what is kept still what was recorded. Both read
 * the database themselves, so they work whether or not a server runs. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/installation.h"
#include "store/journal.h"

static error_t option(int key, char *argument, struct argp_state *state) {
    (void)argument;
    if (key == ARGP_KEY_INIT) {
        state->child_inputs[0] = state->input;
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

static const struct argp_child children[] = {{&common_argp, 0, NULL, 90}, {0}};
static const struct argp journal_argp = {
    .parser = option,
    .doc = "Recomputes the journal's hash chains and names the first entry that was changed, "
           "removed, swapped or added.\vThe hashes are keyed with the installation's key, and the "
           "end of each chain is kept apart. Exit code 1: an entry is broken.\n\n" EXIT_HELP,
    .children = children,
};
static const struct argp ledger_argp = {
    .parser = option,
    .doc = "Adds up the ledger: each account's balance must be the sum of its history, and each "
           "operator's accounts must sum to zero."
           "\vExit code 1: an account does not add up.\n\n" EXIT_HELP,
    .children = children,
};

/* Opens what both read; NULL (said) and *code when it cannot be. */
static struct store *verify_open(const struct command *command, const struct argp *argp, int argc,
                                 char **argv, struct common *common, struct house *house,
                                 int *code) {
    char why[INSTALLATION_WHY];
    common_open(common);
    *code = EXIT_USAGE;
    if (!command_parse(command, argp, argc, argv, common))
        return NULL;
    *code = EXIT_FAULT;
    struct store *store =
        installation_open(house, common->data, why) ? installation_reader(house, why) : NULL;
    if (!store)
        command_say("%s", why);
    return store;
}

static int verify_end(struct store *store, struct house *house, bool read, bool good) {
    if (!read)
        command_say("%s", house->engine->why(store));
    house->engine->close(store);
    installation_close(house);
    return !read ? EXIT_FAULT : good ? EXIT_DONE : EXIT_REFUSED;
}

int journal_verify_run(const struct command *command, int argc, char **argv) {
    struct common common;
    struct house house;
    struct journal_check check = {0};
    int code;
    struct store *store = verify_open(command, &journal_argp, argc, argv, &common, &house, &code);
    if (!store)
        return code;
    bool read = journal_verify(house.engine, store, &house.secrets, &check) == STORE_OK;
    if (read && common.json && check.seq)
        printf("{\"good\":false,\"entries\":%" PRId64 ",\"chain\":%" PRId64 ",\"entry\":%" PRId64
               ",\"id\":\"%" PRId64 "\",\"what\":\"%s\"}\n",
               check.entries, check.chain, check.seq, journal_id(check.chain, check.seq),
               check.what);
    else if (read && common.json)
        printf("{\"good\":true,\"entries\":%" PRId64 "}\n", check.entries);
    else if (read && check.seq)
        printf("broken: chain %" PRId64 ", entry %" PRId64 ": %s (%" PRId64 " good before it)\n",
               check.chain, check.seq, check.what, check.entries);
    else if (read)
        printf("good: %" PRId64 " entries\n", check.entries);
    return verify_end(store, &house, read, !check.seq);
}

enum { LEDGER_OPERATORS = 64 };

struct adding {
    const struct engine *engine;
    struct store *store;
    int64_t heads[CHAINS]; /* the last entry of each chain when it began */
    int64_t accounts, postings, last;
    int64_t sum, sum_then; /* of the account at hand; then: without what came since it began */
    struct {
        int64_t id;
        int64_t sum;
    } operators[LEDGER_OPERATORS];
    size_t operator_count;
    struct ledger_account account;
    bool bad, overflow;
    char what[160];
};

static bool posting_add(void *owner, const void *row) {
    struct adding *a = owner;
    const struct posting *posting = row;
    int64_t chain = posting->entry >> CHAIN_SHIFT & (CHAINS - 1);
    a->overflow |= __builtin_add_overflow(a->sum, posting->amount, &a->sum);
    if (posting->entry <= a->heads[chain]) {
        a->overflow |= __builtin_add_overflow(a->sum_then, posting->amount, &a->sum_then);
        a->postings++;
    }
    return !a->overflow;
}

static bool head_add(void *owner, const void *row) {
    struct adding *a = owner;
    const struct chain_row *head = row;
    if (head->id >= 0 && head->id < CHAINS && head->seq > 0)
        a->heads[head->id] = journal_id(head->id, head->seq);
    return true;
}

static bool account_next(void *owner, const void *row) {
    struct adding *a = owner;
    memcpy(&a->account, row, sizeof a->account);
    return false; /* one at a time: a second statement runs in between */
}

static bool operator_sum(struct adding *a, int64_t operator, int64_t amount) {
    size_t i = 0;
    while (i < a->operator_count && a->operators[i].id != operator)
        i++;
    if (i == LEDGER_OPERATORS)
        return false;
    if (i == a->operator_count)
        a->operators[a->operator_count++].id = operator;
    return !__builtin_add_overflow(a->operators[i].sum, amount, &a->operators[i].sum);
}

/* Reads the next account and its history; false when there is none or the store failed. A server
 * may write meanwhile, so a difference counts only when it stays. */
static bool account_read(struct adding *a, enum store_result *result) {
    struct key from = {.id = a->last};
    for (int i = 0; i < 5; i++) {
        a->account.id = 0;
        *result = a->engine->scan(a->store, LEDGER_SCAN, &from, account_next, a);
        if (*result != STORE_OK || !a->account.id)
            return false;
        int64_t before = a->postings;
        struct key of = {.id = a->account.id, .operator= a->account.operator};
        a->sum = a->sum_then = 0;
        *result = a->engine->scan(a->store, POSTINGS_OF_ACCOUNT, &of, posting_add, a);
        if (*result != STORE_OK)
            return false;
        if (a->overflow || !a->account.line || a->sum == a->account.balance)
            break; /* accounts that many share are summed, not stored */
        if (i < 4)
            a->postings = before;
    }
    return true;
}

static bool account_check(struct adding *a, enum store_result *result) {
    if (!account_read(a, result))
        return false;
    a->last = a->account.id;
    a->accounts++;
    a->bad = a->overflow || (a->account.line && a->sum != a->account.balance) ||
             !operator_sum(a, a->account.operator, a->sum_then);
    if (a->bad)
        snprintf(a->what, sizeof a->what,
                 "account %" PRId64 " says %" PRId64 ", its history sums to %" PRId64,
                 a->account.id, a->account.balance, a->sum);
    return !a->bad;
}

int ledger_verify_run(const struct command *command, int argc, char **argv) {
    struct common common;
    struct house house;
    struct adding adding = {0};
    struct key none = {0};
    int code;
    adding.store = verify_open(command, &ledger_argp, argc, argv, &common, &house, &code);
    if (!adding.store)
        return code;
    adding.engine = house.engine;
    enum store_result result =
        house.engine->scan(adding.store, CHAIN_LIST, &none, head_add, &adding);
    while (result == STORE_OK && account_check(&adding, &result))
        continue;
    for (size_t i = 0; !adding.bad && i < adding.operator_count; i++) {
        adding.bad = adding.operators[i].sum != 0;
        if (adding.bad)
            snprintf(adding.what, sizeof adding.what,
                     "the accounts of operator %" PRId64 " sum to %" PRId64 ", not to 0",
                     adding.operators[i].id, adding.operators[i].sum);
    }
    bool read = result == STORE_OK;
    if (read && common.json)
        printf("{\"good\":%s,\"accounts\":%" PRId64 ",\"postings\":%" PRId64 "%s%s%s}\n",
               adding.bad ? "false" : "true", adding.accounts, adding.postings,
               adding.bad ? ",\"what\":\"" : "", adding.what, adding.bad ? "\"" : "");
    else if (read && adding.bad)
        printf("broken: %s\n", adding.what);
    else if (read)
        printf("good: %" PRId64 " accounts, %" PRId64 " postings\n", adding.accounts,
               adding.postings);
    return verify_end(adding.store, &house, read, !adding.bad);
}
