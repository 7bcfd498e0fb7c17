#include <assert.h>
#include <string.h>

#include "store/rows.h"
#include "store/verb.h"

void want_one(struct load *load, enum statement_id statement, const struct key *key,
              int64_t primary, void *to) {
    assert(to && statement < STATEMENT_COUNT);
    struct key *copy = arena_take(load->arena, sizeof *copy);
    if (!copy || load->count == load->room) {
        load->failed = true;
        return;
    }
    *copy = *key;
    load->wants[load->count++] =
        (struct want){.statement = statement, .in = copy, .rows = to, .room = 1, .key = primary};
}

void want_many(struct load *load, enum statement_id statement, const struct key *key, void *rows,
               size_t room) {
    want_one(load, statement, key, 0, rows);
    if (!load->failed)
        load->wants[load->count - 1].room = room;
}

void want_lock(struct load *load) {
    if (!load->failed)
        load->wants[load->count - 1].lock = true;
}

int64_t outcome_id(struct outcome *out) {
    assert(out->entry);
    if (out->made + 1 == IDS_A_COMMAND) { /* the next one would be another entry's */
        out->failed = true;
        return out->entry + (int64_t)out->made;
    }
    return out->entry + (int64_t)++out->made;
}

void outcome_random(struct outcome *out, void *bytes, size_t length) {
    uint8_t *at = bytes;
    assert(length <= 4096);
    while (length) {
        uint8_t block[HASH_BYTES];
        size_t piece = length < sizeof block ? length : sizeof block;
        out->drawn++;
        secret_hash(out->seed, &out->drawn, sizeof out->drawn, block);
        memcpy(at, block, piece);
        at += piece;
        length -= piece;
    }
}

void outcome_put(struct outcome *out, enum statement_id statement, const void *row) {
    const struct statement *s = statement_of(statement);
    assert(!s->out);
    void *copy = out->count < out->room ? arena_take(out->arena, s->in_size) : NULL;
    if (!copy) {
        out->failed = true;
        return;
    }
    memcpy(copy, row, s->in_size);
    out->changes[out->count++] = (struct change){.statement = statement, .row = copy};
}

void outcome_effect(struct outcome *out, enum effect_kind kind, const char *to, int64_t target,
                    int64_t line, int64_t contact, int64_t due, int64_t expires) {
    assert(kind > 0 && kind < EFFECT_KIND_COUNT && strlen(to) < 16);
    struct effect effect = {.id = outcome_id(out),
                            .operator= out->actor->operator,
                            .kind = kind,
                            .target = target,
                            .line = line,
                            .contact = contact,
                            .state = EFFECT_WAITING,
                            .made_at = out->now,
                            .next_at = due ? due : out->now,
                            .expires_at = expires};
    memcpy(effect.to, to, strlen(to));
    outcome_put(out, EFFECT_ADD, &effect);
    out->effects = true;
}

enum refusal outcome_hold(struct outcome *out, int64_t line, int64_t subscriber) {
    assert(!out->count && !out->made);
    out->again = true;
    out->holds = (struct hold){line, subscriber};
    return REFUSED_BUSY;
}
