/* The one decision that bars or unbars a line, whoever did it in the network: the line's state, the
 * fee, the messages, and what follows. Read back by the adapter (network.switch) or attested by the
 * staff (network.done); whichever comes first counts.
 * Shared by the verbs network.switch and network.done only. */
#ifndef RINGOFF_NETWORK_SWITCH_H
#define RINGOFF_NETWORK_SWITCH_H
#include "commands/suspension_shared.h"
#include "store/rows.h"

struct switch_rows {
    struct suspension suspension;
    struct line line;
    struct effect effect; /* the newest for the network; locked */
    struct ledger_account ledgers[LEDGERS_A_LINE], shared[LEDGERS_A_LINE];
    struct contact contacts[CONTACTS_A_LINE];
    struct work works[WORKS_A_CLOSURE];
};

/* Wants them all, by the line and the suspension; effect 0: none is known. */
void switch_load(struct load *load, int64_t suspension, int64_t line, int64_t effect,
                 struct switch_rows *rows);
/* The staff attest what the work item of that kind asked for. REFUSED_NOT_FOUND when the rows do
 * not belong together, REFUSED_EVIDENCE without any, REFUSED_UNCHANGED when nothing waits for it.
 */
enum refusal switch_attested(struct outcome *out, const struct switch_rows *rows,
                             enum work_kind kind, const char *evidence, int64_t by);
#endif
