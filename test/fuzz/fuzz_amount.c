/* Any text as an amount: what is read is more than nothing and no more than may be, and is read
 * again from how it is shown. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/amount.h"
#include "base/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
    const char *currency;
    int exponent;
} currencies[] = {{"HKD", 2}, {"JPY", 0}, {"KWD", 3}, {"XAU", 2}};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char text[600];
    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    for (size_t i = 0; i < sizeof currencies / sizeof *currencies; i++) {
        const char *currency = currencies[i].currency;
        int exponent = currencies[i].exponent;
        int64_t exact, typed, again;
        enum amount_fault plain = amount_exact(text, exponent, &exact);
        enum amount_fault fault = amount_read(text, currency, exponent, &typed);
        assert((fault == AMOUNT_OK) == (typed > 0) && typed <= AMOUNT_MOST);
        assert(plain != AMOUNT_OK || size >= 64 || (fault == AMOUNT_OK && typed == exact));
        if (fault != AMOUNT_OK)
            continue;
        struct arena arena;
        arena_open(&arena, 4096);
        const char *shown = format_money(&arena, LANGUAGE_EN, typed, currency);
        assert(shown && amount_read(shown, currency, exponent, &again) == AMOUNT_OK);
        assert(again == typed);
        arena_close(&arena);
    }
    return 0;
}
