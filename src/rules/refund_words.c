/* What people read of a refund in place of its codes. */
#include <stddef.h>

#include "base/words.h"
#include "rules/refund.h"

static const char *const way_names[REFUND_WAY_COUNT] = {
    "",
    [WAY_HKID_PROXY] = N_("FPS, by your Hong Kong identity card number"),
    [WAY_FPS_ID] = N_("FPS, by an FPS identifier"),
    [WAY_BANK] = N_("To a bank account"),
    [WAY_ORIGINAL] = N_("Back to the payment it came from"),
    [WAY_ABROAD] = N_("To a bank account abroad"),
    [WAY_CASH] = N_("In cash at a counter"),
};

static const char *const reason_sentences[REFUND_REASON_COUNT] = {
    "",
    [UNPAID_NOT_REGISTERED] = N_("No account is registered with FPS under that number. Register "
                                 "it with your bank, or choose another way."),
    [UNPAID_NAME] = N_("The account is in another name. We pay only to the person the line was "
                       "registered with."),
    [UNPAID_ACCOUNT] = N_("There is no such account, or it is closed. Compare the number with "
                          "what your bank shows."),
    [UNPAID_PROVIDER] = N_("It could not be paid back to where the top-up came from. Choose "
                           "another way."),
    [UNPAID_BANK] = N_("The bank did not accept the payment. Choose another account or way."),
    [UNPAID_FRAUD] = N_("It has to be cleared up in person first. Please come to a counter with "
                        "your identity document."),
};

const char *refund_way_name(int64_t way) {
    bool known = way > 0 && way < REFUND_WAY_COUNT;
    return way_names[known ? way : 0];
}

const char *refund_reason_sentence(int64_t reason) {
    bool known = reason > UNPAID_NONE && reason < REFUND_REASON_COUNT;
    return reason_sentences[known ? reason : UNPAID_NONE];
}
