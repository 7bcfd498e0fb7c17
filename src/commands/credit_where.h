/* Where credit is to go, as the verbs in which it is chosen and claimed take it: a payee, or
 * another line. Used by credit_choose.c and credit_claim.c. */
#ifndef RINGOFF_CREDIT_WHERE_H
#define RINGOFF_CREDIT_WHERE_H
#include "commands/settlement.h"
#include "rules/settlement.h"

/* The rows of their field tables. */
#define WHERE_FIELDS(type, choices)                                                                \
    {"choice", FIELD_TEXT, offsetof(struct type, choice), CODE_SIZE, 1, CODE_SIZE - 1, choices},   \
        PAYEE_FIELDS(type, 0),                                                                     \
        {"target",                                                                                 \
         FIELD_ID,                                                                                 \
         offsetof(struct type, at.target),                                                         \
         sizeof(int64_t),                                                                          \
         0,                                                                                        \
         INT64_MAX,                                                                                \
         "The line of one's own that gets it; 0: the number does"},                                \
        {"target_number",                                                                          \
         FIELD_TEXT,                                                                               \
         offsetof(struct type, at.target_number),                                                  \
         NUMBER_SIZE,                                                                              \
         0,                                                                                        \
         NUMBER_SIZE - 1,                                                                          \
         "The number that gets it, E.164 with +, of the same operator"},                           \
    {                                                                                              \
        "target_again", FIELD_TEXT, offsetof(struct type, at.target_again), NUMBER_SIZE, 0,        \
            NUMBER_SIZE - 1, "The same number, typed a second time"                                \
    }

struct where_rows {
    struct closure closure;
    struct line line;
    struct registered registered;
    struct session session;
    struct account_line link;
    struct ledger_account ledgers[LEDGERS_A_LINE];
    struct contact contacts[CONTACTS_A_LINE];
    struct settlement settlement;
    struct payee former; /* that was named before */
    struct payee_rows payee;
    struct line target;
    struct account_line target_link;
    struct ledger_account target_ledgers[LEDGERS_A_LINE];
    struct budget tried; /* numbers, right or wrong */
};

/* A verb's prepare: finds the closure's line, and the line of the number. */
enum refusal where_prepare(void *input, const struct actor *actor, struct store *reader,
                           const struct engine *engine, const struct secrets *secrets);
void where_load(struct load *load, const struct credit_where *in, struct where_rows *rows);
/* Reads what was typed into *chosen and, of a refund, *payee (without an id), and asks the rules
 * whether it may be with this credit; a number that was tried costs an attempt. Of a transfer
 * REFUSED_TRANSFER_COOLING, _SELF, _TARGET, REFUSED_NUMBER_FORM, REFUSED_NUMBERS_DIFFER; of a
 * refund those of payee_take; and those of settlement_may. */
enum refusal where_take(struct outcome *out, const struct credit_where *in,
                        const struct where_rows *rows, const struct credit *credit,
                        const struct policy *policy, struct chosen *chosen, struct payee *payee);
/* "none", "refund", "transfer", "leave"; CHOICE_COUNT for any other text. */
enum credit_choice where_choice(const char *code);
#endif
