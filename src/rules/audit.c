#include "rules/audit.h"

#include <assert.h>
#include <string.h>

enum { BLOCK = 4096 }; /* accounts */

static struct audit_account *account_at(const struct audit *audit, size_t place) {
    assert(place < audit->count);
    return &audit->blocks[place / BLOCK][place % BLOCK];
}

static size_t hash_of(int64_t id, int64_t kind) {
    uint64_t hash = ((uint64_t)id * 32 + (uint64_t)kind) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(hash ^ hash >> 32);
}

void audit_open(struct audit *audit, bool several, size_t ceiling) {
    *audit = (struct audit){.apart = several ? AUDIT_APART_MS : 0, .id = INT64_MIN};
    arena_open(&audit->arena, ceiling);
    audit->operators = arena_take(&audit->arena, AUDIT_OPERATORS * sizeof *audit->operators);
    /* the arena is full before they are */
    audit->blocks = arena_take(&audit->arena, (ceiling / (BLOCK * sizeof **audit->blocks) + 1) *
                                                  sizeof *audit->blocks);
    audit->full = audit->arena.failed;
}

void audit_close(struct audit *audit) {
    arena_close(&audit->arena);
}

void audit_differ(struct audit *audit, const struct audit_difference *difference) {
    assert(difference->wrong > AUDIT_GOOD && difference->wrong < AUDIT_WRONG_COUNT);
    if (!audit->first.wrong || difference->entry < audit->first.entry)
        audit->first = *difference;
}

/* --- the accounts, as they are told --- */

/* Of those that are wrong in themselves the first one is named, after the entries. */
static void account_differ(struct audit *audit, enum audit_wrong wrong, int64_t operator,
                           const struct audit_account * account) {
    assert(wrong == AUDIT_KIND || wrong == AUDIT_CURRENCY || wrong == AUDIT_KIND_TWICE);
    if (!audit->account.wrong || account->id < audit->account.account)
        audit->account = (struct audit_difference){.wrong = wrong,
                                                   .account = account->id,
                                                   .operator= operator,
                                                   .line = account->line,
                                                   .kind = account->kind};
}

struct audit_operator *audit_operator_of(struct audit *audit, int64_t operator) {
    for (size_t i = 0; i < audit->operator_count; i++)
        if (audit->operators[i].id == operator)
            return &audit->operators[i];
    return NULL;
}

/* Made with the currency of its first account; NULL: there are too many. */
static struct audit_operator *operator_take(struct audit *audit, const struct ledger_account *row) {
    struct audit_operator *found = audit_operator_of(audit, row->operator);
    if (found || audit->operator_count == AUDIT_OPERATORS)
        return found;
    found = &audit->operators[audit->operator_count++];
    found->id = row->operator;
    memcpy(found->currency, row->currency, sizeof found->currency);
    return found;
}

static bool kind_fits(const struct ledger_account *row) {
    bool lines = row->kind == LEDGER_PAID || row->kind == LEDGER_PROMOTIONAL ||
                 row->kind == LEDGER_UNCLAIMED;
    return row->kind >= LEDGER_OPENING && row->kind < LEDGER_KIND_COUNT &&
           lines == (row->line != 0);
}

bool audit_account(struct audit *audit, const struct ledger_account *row) {
    assert(!audit->by_id && !audit->first.wrong);
    struct audit_operator *owner = audit->full ? NULL : operator_take(audit, row);
    if (owner && audit->count % BLOCK == 0)
        audit->blocks[audit->count / BLOCK] =
            arena_take(&audit->arena, BLOCK * sizeof **audit->blocks);
    audit->full = !owner || audit->arena.failed;
    if (audit->full)
        return false;
    struct audit_account *account = account_at(audit, audit->count++);
    *account = (struct audit_account){.id = row->id,
                                      .line = row->line,
                                      .stored = row->balance,
                                      .shut_at = row->shut_at,
                                      .operator=(uint16_t)(owner - audit->operators),
                                      .kind = kind_fits(row) ? (uint8_t)row->kind : 0};
    if (!account->kind)
        account_differ(audit, AUDIT_KIND, owner->id, account);
    else if (memcmp(row->currency, owner->currency, sizeof row->currency) != 0)
        account_differ(audit, AUDIT_CURRENCY, owner->id, account);
    return true;
}

static int64_t owner_of(const struct audit *audit, const struct audit_account *account) {
    assert(account->operator<audit->operator_count);
    return audit->operators[account->operator].id;
}

static int64_t holder_of(int64_t line, int64_t operator) {
    return line ? line : operator;
}

static struct audit_account *find_id(const struct audit *audit, int64_t id) {
    for (size_t at = hash_of(id, 0) & audit->mask; audit->by_id[at]; at = (at + 1) & audit->mask) {
        struct audit_account *account = account_at(audit, audit->by_id[at] - 1);
        if (account->id == id)
            return account;
    }
    return NULL;
}

/* Where in the index by kind the account is, or is to be. */
static size_t kind_place(const struct audit *audit, int64_t line, int64_t operator, int64_t kind) {
    size_t at = hash_of(holder_of(line, operator), kind) & audit->mask;
    for (; audit->by_kind[at]; at = (at + 1) & audit->mask) {
        const struct audit_account *account = account_at(audit, audit->by_kind[at] - 1);
        if (account->kind == kind && account->line == line && owner_of(audit, account) == operator)
            break;
    }
    return at;
}

const struct audit_account *audit_find(const struct audit *audit, int64_t line, int64_t operator,
                                       int64_t kind) {
    uint32_t place = audit->by_kind[kind_place(audit, line, operator, kind)];
    return place ? account_at(audit, place - 1) : NULL;
}

bool audit_ready(struct audit *audit) {
    assert(!audit->by_id && !audit->postings);
    size_t room = 64;
    while (room < 2 * audit->count)
        room *= 2;
    if (!audit->full) {
        audit->by_id = arena_take(&audit->arena, room * sizeof *audit->by_id);
        audit->by_kind = arena_take(&audit->arena, room * sizeof *audit->by_kind);
    }
    audit->full |= audit->arena.failed;
    audit->mask = room - 1;
    for (size_t i = 0; !audit->full && i < audit->count; i++) {
        struct audit_account *account = account_at(audit, i);
        int64_t operator= owner_of(audit, account);
        size_t at = hash_of(account->id, 0) & audit->mask;
        while (audit->by_id[at])
            at = (at + 1) & audit->mask;
        audit->by_id[at] = (uint32_t)i + 1;
        at = kind_place(audit, account->line, operator, account->kind);
        if (!audit->by_kind[at])
            audit->by_kind[at] = (uint32_t)i + 1;
        else if (account->kind)
            account_differ(audit, AUDIT_KIND_TWICE, operator, account);
    }
    return !audit->full;
}

/* --- the entries --- */

static int64_t entry_of(int64_t id) {
    return id & ~(int64_t)(AUDIT_ENTRY_IDS - 1);
}

static bool entry_differ(struct audit *audit, enum audit_wrong wrong, const struct posting *row,
                         int64_t expected, int64_t found) {
    const struct audit_account *account = find_id(audit, row->account);
    audit_differ(audit, &(struct audit_difference){.wrong = wrong,
                                                   .entry = entry_of(row->id),
                                                   .account = row->account,
                                                   .operator= row->operator,
                                                   .line = account ? account->line : 0,
                                                   .kind = account ? account->kind : 0,
                                                   .expected = expected,
                                                   .found = found});
    return false;
}

/* By more than the bound; whatever the times are. */
static bool is_later(int64_t at, int64_t than, int64_t bound) {
    return at > than && (uint64_t)at - (uint64_t)than > (uint64_t)bound;
}

/* What a posting is by itself. */
static bool row_check(struct audit *audit, const struct posting *row,
                      const struct audit_account *account) {
    if (row->entry != entry_of(row->id))
        return entry_differ(audit, AUDIT_POSTING_ASTRAY, row, entry_of(row->id), row->entry);
    if (!account)
        return entry_differ(audit, AUDIT_ACCOUNT_UNKNOWN, row, 0, row->amount);
    if (owner_of(audit, account) != row->operator)
        return entry_differ(audit, AUDIT_OPERATOR, row, owner_of(audit, account), row->operator);
    if (row->amount == 0)
        return entry_differ(audit, AUDIT_AMOUNT, row, 0, 0);
    if (row->movement < MOVED_OPENING || row->movement >= MOVEMENT_COUNT)
        return entry_differ(audit, AUDIT_MOVEMENT, row, 0, row->movement);
    if (account->shut_at && is_later(row->at, account->shut_at, audit->apart))
        return entry_differ(audit, AUDIT_SHUT_POSTED, row, account->shut_at, row->at);
    return true;
}

/* Are the entry's postings of the operator of row `from` together 0, and those on its transfers?
 * What stands on the transfers is noted as having arrived. */
static bool sum_check(struct audit *audit, struct audit_account *const accounts[], size_t from) {
    const struct posting *first = &audit->rows[from];
    struct audit_operator *owner = &audit->operators[accounts[from]->operator];
    int64_t sum = 0, through = 0;
    bool over = false;
    for (size_t i = from; i < audit->row_count; i++) {
        if (accounts[i]->operator!= accounts[from]->operator)
            continue;
        int64_t amount = audit->rows[i].amount;
        over |= __builtin_add_overflow(sum, amount, &sum);
        if (accounts[i]->kind != LEDGER_TRANSFERS)
            continue;
        over |= __builtin_add_overflow(through, amount, &through);
        over |= amount > 0 && __builtin_add_overflow(owner->arrived, amount, &owner->arrived);
    }
    if (over)
        return entry_differ(audit, AUDIT_OVERFLOW, first, 0, 0);
    if (sum != 0)
        return entry_differ(audit, AUDIT_ENTRY_SUM, first, 0, sum);
    if (through != 0)
        return entry_differ(audit, AUDIT_ENTRY_TRANSFERS, first, 0, through);
    return true;
}

static bool is_operators_first(struct audit_account *const accounts[], size_t at) {
    for (size_t i = 0; i < at; i++)
        if (accounts[i]->operator== accounts[at]->operator)
            return false;
    return true;
}

/* May it not fall below 0? */
static bool is_bounded(const struct audit_account *account) {
    return account->line || account->kind == LEDGER_PAYABLE || account->kind == LEDGER_IN_FLIGHT ||
           account->kind == LEDGER_BANK;
}

static bool row_post(struct audit *audit, const struct posting *row,
                     struct audit_account *account) {
    if (__builtin_add_overflow(account->sum, row->amount, &account->sum))
        return entry_differ(audit, AUDIT_OVERFLOW, row, 0, 0);
    account->last = row->entry;
    account->postings++;
    if (account->sum >= 0 || !is_bounded(account))
        return true;
    if (!audit->apart)
        return entry_differ(audit, AUDIT_BELOW, row, 0, account->sum);
    account->doubtful = true;
    return true;
}

static bool entry_check(struct audit *audit) {
    struct audit_account *accounts[AUDIT_ENTRY_IDS];
    bool good = true;
    for (size_t i = 0; i < audit->row_count && good; i++) {
        accounts[i] = find_id(audit, audit->rows[i].account);
        good = row_check(audit, &audit->rows[i], accounts[i]);
    }
    for (size_t i = 0; i < audit->row_count && good; i++)
        if (is_operators_first(accounts, i))
            good = sum_check(audit, accounts, i);
    for (size_t i = 0; i < audit->row_count && good; i++)
        good = row_post(audit, &audit->rows[i], accounts[i]);
    audit->row_count = 0;
    return good;
}

bool audit_posting(struct audit *audit, const struct posting *row) {
    assert(audit->by_id && row->id >= audit->id && audit->row_count < AUDIT_ENTRY_IDS);
    if (row->id == audit->id) {
        audit->row_count = 0;
        return entry_differ(audit, AUDIT_POSTING_TWICE, row, 0, row->id);
    }
    bool next = audit->row_count && entry_of(audit->id) != entry_of(row->id);
    if (next && !entry_check(audit))
        return false;
    audit->rows[audit->row_count++] = *row;
    audit->id = row->id;
    audit->postings++;
    return true;
}

void audit_entries_end(struct audit *audit) {
    assert(audit->row_count <= AUDIT_ENTRY_IDS);
    if (!audit->first.wrong)
        entry_check(audit);
}

bool audit_accounts(struct audit *audit) {
    assert(audit->row_count == 0);
    for (size_t i = 0; i < audit->count && !audit->first.wrong; i++) {
        const struct audit_account *account = account_at(audit, i);
        int64_t sum = account->line ? account->sum : 0; /* others are summed, not stored */
        struct audit_difference difference = {.entry = account->last,
                                              .account = account->id,
                                              .operator= owner_of(audit, account),
                                              .line = account->line,
                                              .kind = account->kind,
                                              .expected = sum,
                                              .found = account->stored};
        if (audit->account.wrong && audit->account.account == account->id) {
            difference = audit->account;
        } else if (account->stored != sum) {
            difference.wrong = AUDIT_BALANCE;
        } else if (account->shut_at && account->sum != 0) {
            difference.wrong = AUDIT_SHUT_BALANCE;
            difference.expected = 0;
            difference.found = account->sum;
        }
        if (difference.wrong)
            audit_differ(audit, &difference);
    }
    return !audit->first.wrong;
}

/* --- histories in the order of time --- */

const struct audit_account *audit_doubtful(const struct audit *audit, size_t *at) {
    while (*at < audit->count) {
        const struct audit_account *account = account_at(audit, (*at)++);
        if (account->doubtful)
            return account;
    }
    return NULL;
}

void audit_time_end(struct audit *audit, const struct audit_account *account,
                    struct audit_time *time) {
    int64_t entry = time->chain >= 0 ? time->dip : time->below;
    assert(!time->below || time->dip);
    if (entry)
        audit_differ(audit, &(struct audit_difference){
                                .wrong = AUDIT_BELOW,
                                .entry = entry,
                                .account = account->id,
                                .operator= owner_of(audit, account),
                                .line = account->line,
                                .kind = account->kind,
                                .found = time->chain >= 0 ? time->dip_found : time->below_found});
    time->dip = time->below = 0;
}

bool audit_in_time(struct audit *audit, const struct audit_account *account,
                   struct audit_time *time, const struct posting *row) {
    int64_t chain = row->id >> AUDIT_CHAIN_SHIFT & (CHAINS - 1);
    assert(row->account == account->id && (!time->began || row->at >= time->at));
    if (!time->began || is_later(row->at, time->at, audit->apart)) {
        audit_time_end(audit, account, time);
        time->chain = chain;
    } else if (time->chain != chain) {
        time->chain = -1;
    }
    time->began = true;
    time->at = row->at;
    if (__builtin_add_overflow(time->balance, row->amount, &time->balance)) {
        time->dip = time->below = 0;
        return entry_differ(audit, AUDIT_OVERFLOW, row, 0, 0);
    }
    if (time->balance < 0 && !time->dip) {
        time->dip = row->entry;
        time->dip_found = time->balance;
    }
    if (time->balance < 0 && !time->below) {
        time->below = row->entry;
        time->below_found = time->balance;
    }
    if (time->balance >= 0)
        time->below = 0;
    return true;
}
