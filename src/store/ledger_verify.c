#include "store/ledger_verify.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/journal.h"

_Static_assert((int)AUDIT_CHAIN_SHIFT == (int)CHAIN_SHIFT && AUDIT_ENTRY_IDS == 1 << CHAIN_SHIFT,
               "of ids");

struct verifying {
    const struct engine *engine;
    struct store *store;
    struct audit audit;
    int64_t chains;
    const struct audit_account *account; /* whose history is read in the order of time */
    struct audit_time time;
};

static const struct key all = {.id = INT64_MIN};

static bool chain_row(void *owner, const void *row) {
    struct verifying *v = owner;
    v->chains += ((const struct chain_row *)row)->seq > 0;
    return true;
}

static bool account_row(void *owner, const void *row) {
    return audit_account(&((struct verifying *)owner)->audit, row);
}

static bool posting_row(void *owner, const void *row) {
    return audit_posting(&((struct verifying *)owner)->audit, row);
}

static bool history_row(void *owner, const void *row) {
    struct verifying *v = owner;
    return audit_in_time(&v->audit, v->account, &v->time, row);
}

static bool line_row(void *owner, const void *row) {
    return audit_line(&((struct verifying *)owner)->audit, row);
}

static bool refund_row(void *owner, const void *row) {
    return audit_refund(&((struct verifying *)owner)->audit, row);
}

static bool charge_row(void *owner, const void *row) {
    return audit_charge(&((struct verifying *)owner)->audit, row);
}

static bool transfer_row(void *owner, const void *row) {
    return audit_transfer(&((struct verifying *)owner)->audit, row);
}

/* Accounts that seem to fall below 0 in the order of ids are looked at in that of time. */
static enum store_result histories(struct verifying *v) {
    enum store_result result = STORE_OK;
    size_t at = 0;
    while (result == STORE_OK && (v->account = audit_doubtful(&v->audit, &at))) {
        struct key of = {.id = v->account->id,
                         .operator= v->audit.operators[v->account->operator].id };
        v->time = (struct audit_time){.chain = 0};
        result = v->engine->scan(v->store, POSTINGS_OF_ACCOUNT, &of, history_row, v);
        audit_time_end(&v->audit, v->account, &v->time);
    }
    return result;
}

static enum store_result books(struct verifying *v) {
    static const struct {
        enum statement_id statement;
        bool (*row)(void *owner, const void *row);
    } parts[] = {{REFUND_SCAN, refund_row},
                 {CHARGE_SCAN, charge_row},
                 {TRANSFER_SCAN, transfer_row},
                 {LINE_CREDIT_SCAN, line_row}};
    enum store_result result = STORE_OK;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (result == STORE_OK && !v->audit.first.wrong)
            result = v->engine->scan(v->store, parts[i].statement, &all, parts[i].row, v);
    if (result == STORE_OK && !v->audit.first.wrong)
        audit_books_end(&v->audit);
    return result;
}

static enum store_result verify(struct verifying *v, size_t memory) {
    enum store_result result = v->engine->scan(v->store, CHAIN_LIST, &all, chain_row, v);
    if (result != STORE_OK)
        return result;
    audit_open(&v->audit, v->chains > 1, memory);
    result = v->engine->scan(v->store, LEDGER_SCAN, &all, account_row, v);
    if (result != STORE_OK || !audit_ready(&v->audit))
        return result;
    result = v->engine->scan(v->store, POSTING_SCAN, &all, posting_row, v);
    if (result != STORE_OK)
        return result;
    audit_entries_end(&v->audit);
    result = histories(v);
    if (result == STORE_OK && !v->audit.first.wrong && audit_accounts(&v->audit))
        result = books(v);
    return result;
}

/* What the journal says of the entry. */
static enum store_result entry_name(struct verifying *v, struct ledger_check *check) {
    struct key key = {.id = check->first.entry};
    struct journal_entry entry = {0};
    struct want want = {.statement = JOURNAL_BY_ID, .in = &key, .rows = &entry, .room = 1};
    enum store_result result = STORE_OK;
    if (key.id)
        result = v->engine->read(v->store, &want, 1);
    snprintf(check->verb, sizeof check->verb, "%s", entry.verb);
    return result == STORE_BROKEN ? STORE_OK : result; /* the journal's own affair */
}

enum store_result ledger_verify(const struct engine *engine, struct store *store, size_t memory,
                                struct ledger_check *check) {
    struct verifying *v = calloc(1, sizeof *v);
    *check = (struct ledger_check){0};
    if (!v)
        return STORE_DOWN;
    v->engine = engine;
    v->store = store;
    enum store_result result = engine->snapshot(store, true);
    if (result == STORE_OK) {
        result = verify(v, memory);
        check->first = v->audit.first;
        check->accounts = (int64_t)v->audit.count;
        check->postings = v->audit.postings;
        check->full = v->audit.full;
        if (result == STORE_OK && check->first.wrong)
            result = entry_name(v, check);
        enum store_result end = engine->snapshot(store, false);
        result = result == STORE_OK ? end : result;
    }
    audit_close(&v->audit);
    free(v);
    return result;
}
