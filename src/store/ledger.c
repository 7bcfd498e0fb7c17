/* What a decision does to the ledger: verb.h says it. */
#include <assert.h>
#include <string.h>

#include "store/rows.h"
#include "store/verb.h"

static bool post_fits(const struct ledger_account *account, int64_t amount, int64_t *balance) {
    if (account->shut_at || __builtin_add_overflow(account->balance, amount, balance))
        return false;
    return !account->line || *balance >= 0;
}

bool outcome_post(struct outcome *out, struct ledger_account *account, enum movement movement,
                  int64_t amount) {
    int64_t balance, sum;
    assert(account->id && account->operator== out->actor->operator);
    assert(movement > 0 && movement < MOVEMENT_COUNT);
    if (!post_fits(account, amount, &balance) || __builtin_add_overflow(out->balance, amount, &sum))
        return false;
    struct posting posting = {.id = outcome_id(out),
                              .operator= account->operator,
                              .account = account->id,
                              .amount = amount,
                              .at = out->now,
                              .entry = out->entry,
                              .movement = movement};
    outcome_put(out, POSTING_ADD, &posting);
    if (account->line) { /* accounts that many share are summed, not stored */
        account->balance = balance;
        outcome_put(out, LEDGER_PUT, account);
    }
    out->balance = sum;
    return true;
}

bool outcome_move(struct outcome *out, struct ledger_account *from, struct ledger_account *to,
                  enum movement movement, int64_t amount) {
    int64_t balance;
    assert(amount > 0 && from->id != to->id);
    if (!post_fits(from, -amount, &balance) || !post_fits(to, amount, &balance))
        return false;
    if (!outcome_post(out, from, movement, -amount))
        return false;
    return outcome_post(out, to, movement, amount);
}

struct ledger_account outcome_shared(const struct outcome *out, enum ledger_kind kind) {
    int64_t operator= out->actor->operator;
    assert(kind >= LEDGER_TOP_UPS && kind < LEDGER_KIND_COUNT && out->policy);
    struct ledger_account account = {
        .id = ledger_shared_id(operator, kind), .operator= operator, .kind = kind };
    memcpy(account.currency, out->policy->currency, sizeof account.currency);
    return account;
}

void outcome_shut(struct outcome *out, struct ledger_account *account) {
    assert(account->line && account->balance == 0 && !account->shut_at);
    account->shut_at = out->now;
    outcome_put(out, LEDGER_PUT, account);
}
