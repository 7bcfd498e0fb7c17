#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/journal.h"

struct verifying {
    const struct engine *engine;
    struct store *store;
    const struct secrets *secrets;
    struct journal_check *check;
    struct chain_row head; /* as it stood before the chain was read */
    bool head_fits;
    int64_t seq;
    uint8_t previous[32];
    enum store_result result; /* of what was read beside the chain */
};

static bool broken(struct journal_check *check, int64_t chain, int64_t seq, const char *what) {
    check->chain = chain;
    check->seq = seq;
    snprintf(check->what, sizeof check->what, "%s", what);
    return false;
}

/* A checkpoint's entry has its row: both were written in one commit. */
static bool verify_checkpoint_of(struct verifying *v, const struct journal_entry *entry) {
    struct key key = {.id = entry->id};
    struct checkpoint row = {0};
    struct want want = {.statement = CHECKPOINT_BY_ID, .in = &key, .rows = &row, .room = 1};
    if (strcmp(entry->verb, CHECKPOINT_VERB) != 0)
        return true;
    v->result = v->engine->read(v->store, &want, 1);
    if (v->result == STORE_BROKEN) { /* heads or a hash of another length */
        v->result = STORE_OK;
        return broken(v->check, entry->chain, entry->seq, "its checkpoint cannot be read");
    }
    if (v->result == STORE_OK && !want.count)
        return broken(v->check, entry->chain, entry->seq, "its checkpoint is missing");
    return v->result == STORE_OK;
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
    journal_hash(v->secrets, entry, hash);
    if (memcmp(entry->hash, hash, 32) != 0)
        return broken(v->check, entry->chain, entry->seq, "it was changed");
    v->seq = entry->seq;
    memcpy(v->previous, hash, 32);
    v->head_fits |= v->seq == v->head.seq && memcmp(hash, v->head.hash, sizeof hash) == 0;
    v->check->entries++;
    return verify_checkpoint_of(v, entry);
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
    struct verifying v = {
        .engine = engine, .store = store, .secrets = secrets, .check = check, .result = STORE_OK};
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
    if (result == STORE_OK)
        result = v.result;
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

/* What a row names: its own entry, then the heads. */
struct naming {
    struct key keys[CHAINS + 1];
    struct journal_entry entries[CHAINS + 1];
    struct want wants[CHAINS + 1];
    struct chain_row heads[CHAINS + 1];
    size_t count;
};

static void name_add(struct naming *naming, int64_t id, const struct chain_row *head) {
    size_t i = naming->count++;
    naming->keys[i] = (struct key){.id = id};
    naming->entries[i] = (struct journal_entry){0};
    naming->heads[i] = *head;
    naming->wants[i] = (struct want){
        .statement = JOURNAL_BY_ID, .in = &naming->keys[i], .rows = &naming->entries[i], .room = 1};
}

struct checkpoints {
    struct verifying v;
    struct naming naming;
};

/* Every row has its entry, and every head that it names is an entry with that hash. What it names
 * was there before it, so a server that writes meanwhile raises no alarm. */
static bool verify_checkpoint(void *owner, const void *row) {
    struct checkpoints *c = owner;
    struct naming *naming = &c->naming;
    struct journal_check *check = c->v.check;
    struct checkpoint sealed = *(const struct checkpoint *)row;
    int64_t chain = sealed.id >> CHAIN_SHIFT & (CHAINS - 1), seq = sealed.id >> SEQ_SHIFT;
    seq = seq > 0 ? seq : 1;
    checkpoint_seal(c->v.secrets, &sealed);
    if (memcmp(sealed.hash, ((const struct checkpoint *)row)->hash, sizeof sealed.hash) != 0)
        return broken(check, chain, seq, "its checkpoint was changed");
    naming->count = 0;
    name_add(naming, sealed.id, &(struct chain_row){.id = chain, .seq = seq});
    for (int64_t i = 0; i < CHAINS; i++) {
        struct chain_row head;
        checkpoint_head(&sealed, i, &head);
        if (head.seq > 0 && head.seq < INT64_MAX >> SEQ_SHIFT)
            name_add(naming, journal_id(i, head.seq), &head);
    }
    c->v.result = c->v.engine->read(c->v.store, naming->wants, naming->count);
    if (c->v.result != STORE_OK)
        return false;
    if (!naming->wants[0].count || strcmp(naming->entries[0].verb, CHECKPOINT_VERB) != 0 ||
        naming->entries[0].at != sealed.at)
        return broken(check, chain, seq, "its checkpoint belongs to no entry");
    for (size_t i = 1; i < naming->count; i++)
        if (!naming->wants[i].count || memcmp(naming->entries[i].hash, naming->heads[i].hash,
                                              sizeof naming->heads[i].hash) != 0)
            return broken(check, naming->heads[i].id, naming->heads[i].seq,
                          "a checkpoint names it, and it is not there");
    check->checkpoints++;
    return true;
}

static enum store_result verify_checkpoints(const struct engine *engine, struct store *store,
                                            const struct secrets *secrets,
                                            struct journal_check *check) {
    struct key all = {.id = INT64_MIN};
    struct checkpoints *c = calloc(1, sizeof *c);
    if (!c)
        return STORE_DOWN;
    c->v = (struct verifying){.engine = engine, .store = store, .secrets = secrets, .check = check};
    enum store_result result = engine->scan(store, CHECKPOINT_SCAN, &all, verify_checkpoint, c);
    if (result == STORE_OK)
        result = c->v.result;
    free(c);
    if (result == STORE_BROKEN) {
        broken(check, 0, 1, "a checkpoint, or an entry that it names, cannot be read");
        result = STORE_OK;
    }
    return result;
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
    if (result == STORE_OK && !check->seq)
        result = verify_checkpoints(engine, store, secrets, check);
    return result;
}
