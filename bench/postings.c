/* bench/postings FOLDER --postings N: adds so many postings to a filled installation, in entries of
 * two, over the paid accounts of all its lines in scattered order: three times something comes from
 * the operator's opening account, then something goes back to it. What `ringoff ledger verify` asks
 * for holds; the journal knows nothing of them. Prints JSON. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "bench/bench.h"
#include "store/journal.h"

enum { A_TRANSACTION = 8192, FIRST_SEQ = 1 << 30, STRIDE = 104729, ROUNDS = 4 };

struct adding {
    const struct bench_house *house;
    struct store *store;
    struct ledger_account *accounts, opening; /* those of the lines */
    size_t count, room;
    struct posting rows[A_TRANSACTION];
    struct change changes[A_TRANSACTION];
    size_t row_count;
    bool failed;
};

static bool account_note(void *owner, const void *row) {
    struct adding *a = owner;
    const struct ledger_account *account = row;
    if (account->kind == LEDGER_OPENING)
        a->opening = *account;
    if (account->kind != LEDGER_PAID)
        return true;
    if (a->count == a->room) {
        a->room = a->room ? 2 * a->room : 4096;
        a->accounts = realloc(a->accounts, a->room * sizeof *a->accounts);
        assert(a->accounts);
    }
    a->accounts[a->count++] = *account;
    return true;
}

static void write_out(struct adding *a, size_t count) {
    const struct engine *engine = a->house->engine;
    enum store_result result = engine->load(a->store, NULL, 0);
    if (result == STORE_OK)
        result = engine->record(a->store, a->changes, count);
    a->failed |= result != STORE_OK;
    if (result != STORE_OK)
        fprintf(stderr, "postings: %s\n", engine->why(a->store));
    a->row_count = 0;
}

static void post(struct adding *a, int64_t entry, int64_t n, const struct ledger_account *account,
                 int64_t amount, int64_t now) {
    struct posting *row = &a->rows[a->row_count];
    *row = (struct posting){.id = entry + n,
                            .operator= account->operator,
                            .account = account->id,
                            .amount = amount,
                            .at = now,
                            .entry = entry,
                            .movement = MOVED_OPENING};
    a->changes[a->row_count++] = (struct change){POSTING_ADD, row};
}

static void postings_add(struct adding *a, int64_t postings) {
    int64_t now = clock_now();
    for (int64_t i = 0; i < postings / 2 && !a->failed; i++) {
        int64_t entry = journal_id(0, FIRST_SEQ + i), round = i / (int64_t)a->count;
        struct ledger_account *account = &a->accounts[(uint64_t)i * STRIDE % a->count];
        int64_t amount = round % ROUNDS == ROUNDS - 1 ? -1 : 1;
        post(a, entry, 1, &a->opening, -amount, now);
        post(a, entry, 2, account, amount, now);
        account->balance += amount;
        if (a->row_count == A_TRANSACTION)
            write_out(a, a->row_count);
    }
    if (a->row_count && !a->failed)
        write_out(a, a->row_count);
}

static void balances_put(struct adding *a) {
    for (size_t i = 0, n = 0; i < a->count && !a->failed; i++) {
        a->changes[n++] = (struct change){LEDGER_PUT, &a->accounts[i]};
        if (n == A_TRANSACTION || i + 1 == a->count) {
            write_out(a, n);
            n = 0;
        }
    }
}

int main(int argc, char **argv) {
    struct bench_house house;
    struct adding *a = calloc(1, sizeof *a);
    struct key all = {.id = INT64_MIN};
    int64_t postings = bench_number(argc, argv, "--postings", 1000000);
    char why[256] = "";
    if (argc < 2 || !a || !bench_house_open(argv[1], &house))
        return 2;
    a->house = &house;
    bench_wide();
    a->store = house.engine->open(house.where, &house.secrets, false, why);
    if (!a->store) {
        fprintf(stderr, "postings: %s\n", why);
        return 1;
    }
    bench_widen(house.engine);
    int64_t from = clock_steady();
    if (house.engine->scan(a->store, LEDGER_SCAN, &all, account_note, a) != STORE_OK || !a->count ||
        a->count % STRIDE == 0) {
        fprintf(stderr, "postings: no lines to post on\n");
        return 1;
    }
    postings_add(a, postings);
    balances_put(a);
    house.engine->close(a->store);
    printf("{\"postings\": %" PRId64 ", \"accounts\": %zu, \"milliseconds\": %" PRId64 "}\n",
           postings / 2 * 2, a->count, clock_steady() - from);
    int code = a->failed;
    free(a->accounts);
    free(a);
    return code;
}
