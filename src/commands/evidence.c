#include "commands/evidence.h"

#include <assert.h>
#include <stddef.h>

enum { EVIDENCE_DIGITS = 6 };

bool evidence_personal(const char *text) {
    size_t digits = 0;
    assert(text);
    for (; *text && *text != '@' && digits < EVIDENCE_DIGITS; text++)
        digits = *text >= '0' && *text <= '9' ? digits + 1 : 0;
    assert(digits <= EVIDENCE_DIGITS);
    return *text == '@' || digits == EVIDENCE_DIGITS;
}
