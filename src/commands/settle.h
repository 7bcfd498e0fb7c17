/* The movements of money when credit leaves a line for good: at its closing, and of its unclaimed
 * credit afterwards. What becomes of how much rules/settlement.h says; here it is moved, each part
 * between two accounts, so that together they are exactly what was there.
 * Used by network_finish.c and credit_claim.c. */
#ifndef RINGOFF_SETTLE_H
#define RINGOFF_SETTLE_H
#include "rules/closing.h"
#include "store/rows.h"

/* Where what was chosen goes; ids of 0: there is none. */
struct settle_rows {
    struct payee payee;
    struct charge charge; /* to which it is paid back */
    struct line target;   /* locked; its accounts */
    struct ledger_account target_ledgers[LEDGERS_A_LINE];
    struct account account;
};
/* Wants the line that the credit goes to and that the decision holds (outcome_hold). */
void settle_load_target(struct load *load, struct settle_rows *rows);

struct settle {
    const struct settle_rows *rows;
    const struct closure *closure;
    const struct settled *parts;
    struct line *line; /* its online_minor and transferred_at change; the caller puts it */
    struct ledger_account *from; /* its paid, or its unclaimed credit */
    int64_t account, wait_until; /* whose session asked, 0 = none; of a refund */
    int64_t asked_kind, asked_by;
    const char *contact, *language;
};
/* What came of it; ids of 0: none. */
struct settle_made {
    struct refund refund;
    int64_t transfer;
};
/* Moves all parts but what is unclaimed and what is promotional: refund and fee, transfer and fee,
 * what is left to the operator. Adds the refund or the transfer with their rows; whoever got a
 * transfer is told. */
struct settle_made settle_move(struct outcome *out, const struct settle *settle);
/* Moves to the line's unclaimed account, which is made where there is none. */
void settle_unclaimed(struct outcome *out, struct ledger_account ledgers[LEDGERS_A_LINE],
                      struct ledger_account *from, int64_t amount);
/* Where messages of a refund go: the contact that the confirmation went to, else the first of the
 * line's, else the address of the account, else "". */
const char *settle_contact(const struct closure *closure,
                           const struct contact contacts[CONTACTS_A_LINE],
                           const struct account *account);
#endif
