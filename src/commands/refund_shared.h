/* What the verbs of refunds share: their rows, whose policy counts, the movements, whom to tell,
 * the staff's work. Nothing here decides what may happen; that is rules/refund.h. refund_tell is
 * for who opens a refund, too. */
#ifndef RINGOFF_REFUND_SHARED_H
#define RINGOFF_REFUND_SHARED_H
#include "commands/closure_shared.h"
#include "commands/refund.h"
#include "rules/refund.h"

struct refund_rows {
    struct refund refund;
    struct line line;
    struct closure closure;
    struct payee payee;
    struct charge charge; /* of WAY_ORIGINAL */
    struct contact contacts[CONTACTS_A_LINE];
    struct work works[WORKS_A_CLOSURE];
};

/* A verb's prepare: fills the target from the refund where the caller did not. An unknown refund
 * leaves it 0, and decide answers. REFUSED_BUSY when the store does not answer. */
enum refusal refund_prepare(void *input, const struct actor *actor, struct store *reader,
                            const struct engine *engine, const struct secrets *secrets);
void refund_load(struct load *load, const struct refund_target *target, struct refund_rows *rows);
/* ACCEPTED when the rows are there and belong together: REFUSED_NOT_FOUND; REFUSED_REFUND_STATE
 * when another payee was named since they were looked for, or the line is not closed: nothing is
 * paid for an open line. */
enum refusal refund_fits(const struct refund_rows *rows);

/* Moves between two of the operator's accounts. */
void refund_move(struct outcome *out, enum ledger_kind from, enum ledger_kind to,
                 enum movement movement, int64_t amount);
/* A mail to the refund's own contact, and with all to each contact of the line that hears of it and
 * is another address. The line itself has no messages any more. */
void refund_tell(struct outcome *out, enum effect_kind kind, const struct refund *refund,
                 const struct contact contacts[CONTACTS_A_LINE], bool all);
/* Opens the refund's work item, due when the refund is, unless one is open. */
void refund_work_open(struct outcome *out, const struct refund *refund,
                      const struct work works[WORKS_A_CLOSURE]);
/* Of WAY_ORIGINAL: so much of what the top-up paid in does, or does not, go back to where it came
 * from: it is paid back only once. Nothing for other ways. */
void refund_charge_take(struct outcome *out, const struct payee *payee, const struct charge *charge,
                        int64_t amount_minor);
void refund_charge_give(struct outcome *out, const struct payee *payee, const struct charge *charge,
                        int64_t amount_minor);
#endif
