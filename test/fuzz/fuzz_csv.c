/* Any bytes in any pieces: the reader ends, stays within its bounds, and answers the same. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t read_all(const uint8_t *data, size_t size, size_t step) {
    static struct csv csv;
    uint64_t sum = 0;
    size_t at = 0;
    csv_open(&csv);
    for (;;) {
        enum csv_result result = csv_next(&csv);
        if (result == CSV_END)
            return sum;
        if (result == CSV_MORE) {
            at += csv_feed(&csv, data + at, size - at < step ? size - at : step);
            continue;
        }
        sum = sum * 31 + (uint64_t)csv.line * 16 + csv.fault;
        assert(csv.count <= CSV_FIELDS_MAX && (result == CSV_ROW) == (csv.count > 0));
        for (size_t i = 0; i < csv.count; i++) {
            assert(csv.length[i] <= CSV_FIELD_MAX && strlen(csv.field[i]) == csv.length[i]);
            for (size_t j = 0; j < csv.length[i]; j++)
                sum = sum * 31 + (uint8_t)csv.field[i][j];
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t step = size ? 1 + data[0] : 1;
    uint64_t whole = read_all(data, size, 1 << 20);
    uint64_t pieces = read_all(data, size, step);
    assert(whole == pieces);
    return 0;
}
