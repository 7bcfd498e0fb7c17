/* Any bytes as a file: read in one run or in many it is the same file, its sealed pieces open to
 * what came, and nothing is kept of one with a fault. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/content.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t key[32] = {1}, digest_key[32] = {2};

static enum content_fault taken(struct content *content, const uint8_t *data, size_t size,
                                size_t run) {
    content_open(content, key, digest_key);
    for (size_t at = 0; at < size; at += run)
        content_add(content, data + at, run < size - at ? run : size - at);
    return content_end(content);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct content one, two;
    static uint8_t clear[CONTENT_CLEAR];
    if (!secret_start())
        return 0;
    size_t run = size ? 1 + data[0] % 61 : 1;
    enum content_fault fault = taken(&one, data, size, size ? size : 1);
    assert(taken(&two, data, size, run) == fault);
    assert((fault == CONTENT_FINE) == (one.sealed.length > 0));
    assert(one.sealed.length == two.sealed.length && (fault || one.size == (int64_t)size));
    assert(fault || memcmp(one.digest, two.digest, sizeof one.digest) == 0);
    for (int64_t i = 0; !fault && i < one.pieces; i++) {
        size_t length = content_open_piece(key, i, one.size,
                                           (uint8_t *)one.sealed.data + i * CONTENT_SEALED, clear);
        assert(length && memcmp(clear, data + i * CONTENT_CLEAR, length) == 0);
    }
    content_close(&one);
    content_close(&two);
    return 0;
}
