/* The one way in which a refund begins: at the closing of a line, or of its unclaimed credit
 * afterwards. It moves no money and tells nobody; who opens it does (paid or unclaimed credit to
 * the refunds payable and, beside it, to the fees). */
#ifndef RINGOFF_REFUND_OPEN_H
#define RINGOFF_REFUND_OPEN_H
#include "store/rows.h"

struct refund_asked {
    const struct closure *closure;
    const struct line *line;
    int64_t payee, account; /* account: whose session asked; 0 = none */
    int64_t amount_minor, fee_minor, online_minor, wait_until;
    bool claimed;
    const char *contact, *language; /* an address or ""; a BCP 47 tag */
    /* Who named the payee, when it is neither the account's holder nor, of a claim, the actor:
     * a member of staff or an integrator at the choice (enum actor_kind); 0: as above. */
    int64_t asked_kind, asked_by;
};

/* Fills *refund, with id, reference, secret's nonce and the day by which it arrives, and adds it.
 * Nobody approves what they asked for: noted is who named the payee, which at a closing is not the
 * actor that cut the line. Refuses nothing. */
void refund_open(struct outcome *out, const struct refund_asked *asked, struct refund *refund);
#endif
