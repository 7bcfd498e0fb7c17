/* The one decision that ends a line, whoever cut it: exactly what closing_plan says, which is what
 * the preview showed. All credit is moved to where it was chosen to go (commands/settle.h), both
 * accounts are shut, and who may top the line up by itself is told to end that; the number rests;
 * the line is closed; the registration's last day is set when it was the last line; its certificate
 * is made; work that waited for the cut is done, and so is the effect, but after an attestation it
 * runs on: the network is asked whether it is true. Shared by the verbs network.cut and
 * network.done only. */
#ifndef RINGOFF_NETWORK_FINISH_H
#define RINGOFF_NETWORK_FINISH_H
#include "commands/certificate.h"
#include "commands/settle.h"
#include "store/rows.h"

enum { CUTS_A_CLOSURE = 4 };

struct finish_rows {
    struct closure closure;
    struct line line;
    struct line beside; /* another line of the subscriber that is not closed; id 0: none */
    struct subscriber subscriber;
    struct number number;
    struct ledger_account ledgers[LEDGERS_A_LINE], shared[LEDGERS_A_LINE];
    struct contact contacts[CONTACTS_A_LINE];
    struct work works[WORKS_A_CLOSURE];
    struct effect cuts[CUTS_A_CLOSURE]; /* the effects for the network, the newest first */
    struct settlement settlement;       /* what was chosen for the credit; id 0: nothing was */
    struct settle_rows settle;
    struct mandate mandates[MANDATES_A_LINE];
    struct signing_key key; /* that signs the certificate; id 0: the first is made */
    struct effect cut;      /* the one that was known before, so that it is locked */
};

/* Wants them all, by the line and the closure. cut: the closure's effect for the network, whose
 * report must not be decided on meanwhile; 0: none is known. */
void finish_load(struct load *load, int64_t closure, int64_t line, int64_t cut,
                 struct finish_rows *rows);
/* Cuts (how, evidence, by: see closure_cut) and finishes. Refuses as closure_cut, and
 * REFUSED_NOT_FOUND when the rows do not belong together; then nothing is changed. */
enum refusal finish_decide(struct outcome *out, const struct finish_rows *rows, enum cut_how how,
                           const char *evidence, int64_t by);
#endif
