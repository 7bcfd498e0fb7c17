#include "store/journal.h"

#include <assert.h>
#include <string.h>

int64_t journal_id(int64_t chain, int64_t seq) {
    assert(chain >= 0 && chain < CHAINS && seq > 0 && seq < INT64_MAX >> SEQ_SHIFT);
    return seq << SEQ_SHIFT | chain << CHAIN_SHIFT;
}

static void number_write(int64_t number, uint8_t bytes[8]) {
    for (int k = 0; k < 8; k++)
        bytes[k] = (uint8_t)((uint64_t)number >> (8 * k));
}

/* Numbers as eight bytes each, texts at their full fixed size: no two entries share an encoding. */
void journal_hash(const struct secrets *secrets, const struct journal_entry *entry,
                  uint8_t hash[32]) {
    const int64_t numbers[] = {
        entry->id,    entry->chain,   entry->seq,   entry->at, entry->operator, entry->actor_kind,
        entry->actor, entry->subject, entry->result};
    uint8_t bytes[sizeof numbers + sizeof entry->verb + sizeof entry->refusal + 32];
    uint8_t *at = bytes;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++, at += 8)
        number_write(numbers[i], at);
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
    journal_hash(secrets, entry, entry->hash);
    head->seq = entry->seq;
    memcpy(head->hash, entry->hash, 32);
}

bool checkpoint_fill(const struct chain_row chains[CHAINS], int64_t own, struct checkpoint *row) {
    bool others = false;
    *row = (struct checkpoint){0};
    for (size_t i = 0; i < CHAINS; i++) {
        const struct chain_row *head = &chains[i];
        if (head->seq <= 0 || head->id < 0 || head->id >= CHAINS)
            continue;
        uint8_t *at = row->heads + head->id * HEAD_BYTES;
        number_write(head->seq, at);
        memcpy(at + 8, head->hash, sizeof head->hash);
        others |= head->id != own;
    }
    return others;
}

void checkpoint_head(const struct checkpoint *row, int64_t chain, struct chain_row *head) {
    assert(chain >= 0 && chain < CHAINS);
    const uint8_t *at = row->heads + chain * HEAD_BYTES;
    uint64_t seq = 0;
    for (int k = 0; k < 8; k++)
        seq |= (uint64_t)at[k] << (8 * k);
    *head = (struct chain_row){.id = chain, .seq = (int64_t)seq};
    memcpy(head->hash, at + 8, sizeof head->hash);
}

void checkpoint_seal(const struct secrets *secrets, struct checkpoint *row) {
    static const char purpose[] = "checkpoint"; /* no entry's encoding is as long */
    uint8_t bytes[sizeof purpose + 16 + sizeof row->heads];
    memcpy(bytes, purpose, sizeof purpose);
    number_write(row->id, bytes + sizeof purpose);
    number_write(row->at, bytes + sizeof purpose + 8);
    memcpy(bytes + sizeof purpose + 16, row->heads, sizeof row->heads);
    secret_hash(secrets->journal, bytes, sizeof bytes, row->hash);
}
