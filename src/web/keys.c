#include <string.h>

#include "web/exchange.h"

static struct api_key *slot_of(struct keys *keys, const struct key *asked) {
    size_t place;
    memcpy(&place, asked->hash, sizeof place);
    return &keys->known[place % KEYS_KNOWN];
}

/* Under the lock. */
static bool is_same(const struct api_key *known, const struct key *asked) {
    return known->id && known->operator== asked->operator&&
                            memcmp(known->hash, asked->hash, sizeof known->hash) == 0;
}

void keys_open(struct keys *keys) {
    pthread_mutex_init(&keys->lock, NULL);
}

void keys_close(struct keys *keys) {
    pthread_mutex_destroy(&keys->lock);
}

bool request_key_known(struct request *request, const struct key *asked, struct api_key *row) {
    struct keys *keys = &exchange_of(request)->server->keys;
    struct api_key *known = slot_of(keys, asked);
    pthread_mutex_lock(&keys->lock);
    bool same = is_same(known, asked);
    if (same) {
        *row = *known;
    }
    pthread_mutex_unlock(&keys->lock);
    return same;
}

void request_key_keep(struct request *request, const struct api_key *row) {
    struct keys *keys = &exchange_of(request)->server->keys;
    struct key asked = {.operator= row->operator};
    memcpy(asked.hash, row->hash, sizeof row->hash);
    pthread_mutex_lock(&keys->lock);
    *slot_of(keys, &asked) = *row;
    pthread_mutex_unlock(&keys->lock);
}

void request_key_gone(struct request *request, const struct key *asked) {
    struct keys *keys = &exchange_of(request)->server->keys;
    struct api_key *known = slot_of(keys, asked);
    pthread_mutex_lock(&keys->lock);
    if (is_same(known, asked)) {
        known->id = 0;
    }
    pthread_mutex_unlock(&keys->lock);
}
