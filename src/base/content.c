#include "base/content.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { CONTEXT_ROOM = 40 };

static void piece_context(int64_t number, uint8_t nonce[SEAL_NONCE_BYTES],
                          char context[CONTEXT_ROOM]) {
    memset(nonce, 0, SEAL_NONCE_BYTES);
    for (int i = 0; i < 8; i++)
        nonce[i] = (uint8_t)((uint64_t)number >> (8 * i));
    snprintf(context, CONTEXT_ROOM, "content:%lld", (long long)number);
}

void content_open(struct content *content, const uint8_t key[32], const uint8_t digest_key[32]) {
    memset(content, 0, sizeof *content);
    memcpy(content->key, key, 32);
    memcpy(content->digest_key, digest_key, 32);
    buffer_open(&content->sealed, (size_t)CONTENT_PIECES * CONTENT_SEALED);
}

static void fault(struct content *content, enum content_fault is) {
    content->fault = is;
    explicit_bzero(content->piece, sizeof content->piece);
    buffer_close(&content->sealed);
}

/* Seals the piece at hand, filled up with zeroes, and goes on with the next. */
static void piece_seal(struct content *content) {
    uint8_t nonce[SEAL_NONCE_BYTES], sealed[CONTENT_SEALED], both[2 * HASH_BYTES];
    char context[CONTEXT_ROOM];
    memset(content->piece + content->filled, 0, CONTENT_CLEAR - content->filled);
    piece_context(content->pieces, nonce, context);
    secret_seal(content->key, nonce, context, content->piece, CONTENT_CLEAR, sealed);
    buffer_add(&content->sealed, sealed, sizeof sealed);
    memcpy(both, content->digest, HASH_BYTES);
    secret_hash(content->digest_key, content->piece, CONTENT_CLEAR, both + HASH_BYTES);
    secret_hash(content->digest_key, both, sizeof both, content->digest);
    content->filled = 0;
    content->pieces++;
    if (content->sealed.full)
        fault(content, CONTENT_MEMORY);
}

void content_add(struct content *content, const void *bytes, size_t length) {
    const uint8_t *at = bytes;
    if (!content->fault && length > (uint64_t)CONTENT_MOST - (uint64_t)content->size)
        fault(content, CONTENT_LARGE);
    if (content->fault)
        return;
    content->size += (int64_t)length;
    content_scan(&content->scan, at, length);
    if (content->scan.broken) {
        fault(content, content->scan.type ? CONTENT_CUT : CONTENT_OTHER);
        return;
    }
    while (length && !content->fault) {
        size_t room = CONTENT_CLEAR - content->filled, run = length < room ? length : room;
        memcpy(content->piece + content->filled, at, run);
        content->filled += run;
        at += run;
        length -= run;
        if (content->filled == CONTENT_CLEAR)
            piece_seal(content);
    }
}

enum content_fault content_end(struct content *content) {
    if (!content->fault && content->size == 0)
        fault(content, CONTENT_EMPTY);
    else if (!content->fault && !content->scan.type)
        fault(content, CONTENT_OTHER);
    else if (!content->fault && !content->scan.whole)
        fault(content, CONTENT_CUT);
    if (!content->fault && content->filled)
        piece_seal(content);
    explicit_bzero(content->piece, sizeof content->piece);
    return content->fault;
}

void content_close(struct content *content) {
    buffer_close(&content->sealed);
    explicit_bzero(content, sizeof *content);
}

size_t content_open_piece(const uint8_t key[32], int64_t number, int64_t size,
                          const uint8_t sealed[CONTENT_SEALED], uint8_t clear[CONTENT_CLEAR]) {
    uint8_t nonce[SEAL_NONCE_BYTES];
    char context[CONTEXT_ROOM];
    if (number < 0 || number >= CONTENT_PIECES || size > CONTENT_MOST ||
        size <= number * CONTENT_CLEAR)
        return 0;
    piece_context(number, nonce, context);
    if (memcmp(sealed, nonce, sizeof nonce) != 0 ||
        !secret_open(key, context, sealed, CONTENT_SEALED, clear))
        return 0;
    int64_t left = size - number * CONTENT_CLEAR;
    return left < CONTENT_CLEAR ? (size_t)left : CONTENT_CLEAR;
}

static const char *const media[] = {
    [CONTENT_JPEG] = "image/jpeg", [CONTENT_PNG] = "image/png", [CONTENT_PDF] = "application/pdf"};
enum { TYPES = sizeof media / sizeof *media };

const char *content_media(enum content_type type) {
    return (unsigned)type < TYPES ? media[type] : NULL;
}

enum content_type content_type_of(const char *given) {
    size_t length = given ? strcspn(given, "; \t") : 0;
    for (int i = CONTENT_JPEG; i < TYPES; i++)
        if (strlen(media[i]) == length && strncasecmp(media[i], given, length) == 0)
            return (enum content_type)i;
    return CONTENT_NONE;
}
