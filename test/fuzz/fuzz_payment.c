/* Any answer from the payment provider: paid, ended and refused are claimed of nothing that does
 * not name what was asked and say so. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "effects/payment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool holds(const uint8_t *data, size_t size, const char *text) {
    return memmem(data, size, text, strlen(text)) || memchr(data, '\\', size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const long statuses[] = {200, 201, 202, 409, 204, 302, 400, 401, 500};
    if (size < 1)
        return 0;
    struct payment_order order = {.type = data[0] & 1 ? PAYMENT_REFUND : PAYMENT_MANDATE_END,
                                  .effect = 17};
    long status = statuses[(data[0] >> 1) % (sizeof statuses / sizeof *statuses)];
    struct payment_answer answer =
        payment_answer_read(&order, status, (const char *)data + 1, size - 1);
    bool refund = order.type == PAYMENT_REFUND;
    bool named = holds(data + 1, size - 1, "ringoff-17") && holds(data + 1, size - 1, "state");
    if (answer.delivery.outcome == DELIVERED) {
        assert(named && (status == 409 || status < 203));
        assert(refund ? holds(data + 1, size - 1, "paid")
                      : holds(data + 1, size - 1, "ended") || holds(data + 1, size - 1, "unknown"));
    }
    if (answer.returned)
        assert(refund && answer.delivery.outcome == FAILED && named &&
               holds(data + 1, size - 1, "refused"));
    assert(strnlen(answer.delivery.cause, 160) < 160 &&
           strnlen(answer.delivery.evidence, 160) < 160);
    return 0;
}
