#include "store/journal.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

int64_t journal_id(int64_t chain, int64_t seq) {
    assert(chain >= 0 && chain < CHAINS && seq > 0 && seq < INT64_MAX >> SEQ_SHIFT);
    return seq << SEQ_SHIFT | chain << CHAIN_SHIFT;
}

/* Numbers as eight bytes each, texts at their full fixed size: no two entries share an encoding. */
static void entry_hash(const struct secrets *secrets, const struct journal_entry *entry,
                       uint8_t hash[32]) {
    const int64_t numbers[] = {
        entry->id,    entry->chain,   entry->seq,   entry->at, entry->operator, entry->actor_kind,
        entry->actor, entry->subject, entry->result};
    uint8_t bytes[sizeof numbers + sizeof entry->verb + sizeof entry->refusal + 32];
    uint8_t *at = bytes;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        for (int k = 0; k < 8; k++)
            *at++ = (uint8_t)((uint64_t)numbers[i] >> (8 * k));
    memset(at, 0, sizeof entry->verb + sizeof entry->refusal);
    memcpy(at, entry->verb, strnlen(entry->verb, sizeof entry->verb));
    at += sizeof entry->verb;
    memcpy(at, entry->refusal, strnlen(entry->refusal, sizeof entry->refusal));
    at += sizeof entry->refusal;
    memcpy(at, entry->previous, 32);
    secret_hash(secrets->journal, bytes, sizeof bytes, hash);
}

void journal_append(const struct secrets *secrets, struct chain_row *head,
                    struct journal_entry *entry) {
    assert(entry->chain == head->id && entry->seq == head->seq + 1);
    memcpy(entry->previous, head->hash, 32);
    entry_hash(secrets, entry, entry->hash);
    head->seq = entry->seq;
    memcpy(head->hash, entry->hash, 32);
}

struct verifying {
    const struct secrets *secrets;
    struct journal_check *check;
    struct chain_row head; /* as it stood before the chain was read */
    bool head_fits;
    int64_t seq;
    uint8_t previous[32];
};

static bool broken(struct journal_check *check, int64_t chain, int64_t seq, const char *what) {
    check->chain = chain;
    check->seq = seq;
    snprintf(check->what, sizeof check->what, "%s", what);
    return false;
}

static bool verify_entry(void *owner, const void *row) {
    struct verifying *v = owner;
    const struct journal_entry *entry = row;
    uint8_t hash[32];
    if (entry->seq != v->seq + 1)
        return broken(v->check, entry->chain, v->seq + 1, "the entry is missing");
    if (entry->id != journal_id(entry->chain, entry->seq))
        return broken(v->check, entry->chain, entry->seq, "the entry bears another's id");
    if (memcmp(entry->previous, v->previous, 32) != 0)
        return broken(v->check, entry->chain, entry->seq, "it does not follow the one before it");
    entry_hash(v->secrets, entry, hash);
    if (memcmp(entry->hash, hash, 32) != 0)
        return broken(v->check, entry->chain, entry->seq, "it was changed");
    v->seq = entry->seq;
    memcpy(v->previous, hash, 32);
    v->head_fits |= v->seq == v->head.seq && memcmp(hash, v->head.hash, sizeof hash) == 0;
    v->check->entries++;
    return true;
}

static enum store_result head_read(const struct engine *engine, struct store *store, int64_t chain,
                                   struct chain_row *head) {
    struct key key = {.id = chain};
    struct want want = {.statement = CHAIN_BY_ID, .in = &key, .rows = head, .room = 1};
    *head = (struct chain_row){0};
    return engine->read(store, &want, 1);
}

/* The head is read first: a server may be writing, and an entry stands together with its head. What
 * stands behind the first head must therefore be covered by a second one. */
static enum store_result verify_chain(const struct engine *engine, struct store *store,
                                      const struct secrets *secrets, int64_t chain,
                                      struct journal_check *check) {
    struct verifying v = {.secrets = secrets, .check = check};
    struct key key = {.id = chain, .other = INT64_MIN};
    struct chain_row later;
    enum store_result result = head_read(engine, store, chain, &v.head);
    if (result != STORE_OK)
        return result;
    v.head_fits = !v.head.seq && memcmp(v.head.hash, v.previous, sizeof v.previous) == 0;
    result = engine->scan(store, JOURNAL_SCAN, &key, verify_entry, &v);
    if (result == STORE_BROKEN) { /* a hash of another length, a text too long */
        broken(check, chain, v.seq + 1, "it cannot be read");
        return STORE_OK;
    }
    if (result != STORE_OK || check->seq)
        return result;
    if (v.seq < v.head.seq) {
        broken(check, chain, v.seq + 1, "the chain's end is missing");
        return STORE_OK;
    }
    result = head_read(engine, store, chain, &later);
    if (result == STORE_OK && (!v.head_fits || later.seq < v.seq))
        broken(check, chain, (v.head.seq > 0 ? v.head.seq : 0) + 1,
               "it stands behind the chain's end");
    return result;
}

static bool astray(void *owner, const void *row) {
    const struct journal_entry *entry = row;
    return broken(owner, entry->chain, entry->seq ? entry->seq : 1, "it stands in no chain");
}

enum store_result journal_verify(const struct engine *engine, struct store *store,
                                 const struct secrets *secrets, struct journal_check *check) {
    struct key ends = {.id = 0, .other = CHAINS - 1};
    *check = (struct journal_check){0};
    enum store_result result = STORE_OK;
    for (int64_t chain = 0; chain < CHAINS && result == STORE_OK && !check->seq; chain++)
        result = verify_chain(engine, store, secrets, chain, check);
    if (result == STORE_OK && !check->seq)
        result = engine->scan(store, JOURNAL_ASTRAY, &ends, astray, check);
    return result;
}
