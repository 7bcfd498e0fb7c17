#include "store/drawer.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static void seal_context(const struct field *field, const void *row, char context[96]) {
    int64_t id;
    memcpy(&id, row, sizeof id);
    snprintf(context, 96, "%s:%lld", field->name, (long long)id);
}

size_t drawer_seal(const struct secrets *secrets, const struct field *field, const void *row,
                   uint8_t sealed[SEALED_ROOM]) {
    uint8_t clear[SEALED_MAX];
    uint8_t nonce[SEAL_NONCE_BYTES];
    char context[96];
    const char *text = (const char *)row + field->offset;
    size_t length = strnlen(text, field->size);
    size_t padded = (length / SEALED_STEP + 1) * SEALED_STEP;
    assert(field->kind == FIELD_SEALED && padded <= SEALED_MAX && length < field->size);
    memset(clear, 0, padded);
    memcpy(clear, text, length);
    secret_random(nonce, sizeof nonce);
    seal_context(field, row, context);
    secret_seal(secrets->seal, nonce, context, clear, padded, sealed);
    explicit_bzero(clear, padded);
    return padded + SEAL_EXTRA_BYTES;
}

bool drawer_open(const struct secrets *secrets, const struct field *field, void *row,
                 const uint8_t *sealed, size_t length) {
    uint8_t clear[SEALED_MAX];
    char context[96];
    seal_context(field, row, context);
    if (!length && field->min)
        return true; /* the row is older than the column */
    if (!sealed || length < SEAL_EXTRA_BYTES || length > SEALED_MAX ||
        !secret_open(secrets->seal, context, sealed, length, clear))
        return false;
    size_t size = strnlen((const char *)clear, length - SEAL_EXTRA_BYTES);
    bool fits = size < field->size;
    if (fits)
        memcpy((char *)row + field->offset, clear, size);
    explicit_bzero(clear, length);
    return fits;
}

/* Whose row it is: the statement says where its operator stands. */
static int64_t operator_of(const struct statement *about, const void *in) {
    int64_t operator= 0;
    const struct field *field = about->in;
    while (field->name && strcmp(field->name, "operator") != 0)
        field++;
    assert(field->name && field->size == sizeof operator);
    memcpy(&operator,(const char *) in + field->offset, sizeof operator);
    return operator;
}

/* The operator is in the hash, so that two operators' rows about one person do not show it. */
void drawer_lookup(const struct secrets *secrets, const struct statement *about,
                   const struct field *field, const void *in, uint8_t hash[HASH_BYTES]) {
    char both[640];
    int length = snprintf(both, sizeof both, "%lld:%s:%s", (long long)operator_of(about, in),
                          field->name, (const char *)in + field->offset);
    assert(field->kind == FIELD_LOOKUP && length > 0 && (size_t)length < sizeof both);
    secret_hash(secrets->lookup, both, (size_t)length, hash);
    explicit_bzero(both, sizeof both);
}
