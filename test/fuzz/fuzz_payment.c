/* Any answer from the payment provider, and any end of one that begins well: paid, ended and
 * refused are claimed of nothing that does not name what was asked and say so. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "effects/payment.h"

enum { BODY = 8192 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Or written with escapes, of which only JSON's reader knows what they say. */
static bool holds(const char *body, size_t length, const char *text) {
    return memmem(body, length, text, strlen(text)) || memchr(body, '\\', length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const long statuses[] = {200, 201, 202, 409, 204, 302, 400, 401, 500};
    static const char *const begun[] = {
        "", "{\"id\":", "{\"id\":\"ringoff-17\",\"state\":\"",
        "{\"id\":\"ringoff-17\",\"state\":\"refused\",\"reason\":\"", "{\"state\":\"paid\","};
    char body[BODY];
    if (size < 2 || size > BODY / 2)
        return 0;
    struct payment_order order = {.type = data[0] & 1 ? PAYMENT_REFUND : PAYMENT_MANDATE_END,
                                  .effect = 17};
    long status = statuses[(data[0] >> 1) % (sizeof statuses / sizeof *statuses)];
    const char *begin = begun[data[1] % (sizeof begun / sizeof *begun)];
    size_t length = strlen(begin);
    memcpy(body, begin, length);
    memcpy(body + length, data + 2, size - 2);
    length += size - 2;
    struct payment_answer answer = payment_answer_read(&order, status, body, length);
    bool refund = order.type == PAYMENT_REFUND;
    bool named = holds(body, length, "ringoff-17") && holds(body, length, "state");
    if (answer.delivery.outcome == DELIVERED) {
        assert(named && (status == 409 || status < 203));
        assert(refund ? holds(body, length, "paid")
                      : holds(body, length, "ended") || holds(body, length, "unknown"));
    }
    if (answer.returned)
        assert(refund && answer.delivery.outcome == FAILED && named &&
               holds(body, length, "refused"));
    assert(strnlen(answer.delivery.cause, 160) < 160 &&
           strnlen(answer.delivery.evidence, 160) < 160);
    return 0;
}
