/* The model: see money.h. It knows no accounts and no entries, only what everybody has. */
#ifndef RINGOFF_MONEY_MODEL_H
#define RINGOFF_MONEY_MODEL_H
#include "money.h"

/* So many in a day, from the first of them on. */
struct money_count {
    int64_t since;
    int count;
};

struct money_model {
    const struct money_limits *limits;
    int64_t now; /* set by who asks, before each act */
    struct money_line line[MONEY_LINES];
    struct {
        enum credit_choice choice;
        int target;
        int64_t leave, claim_until;
        int64_t told_at; /* that the time to claim is nearly over; 0 = not yet */
        bool lapsed;
        int64_t escalate_at; /* the staff are called, once; 0 = they were */
        bool asked;          /* there is or was a closure */
        struct money_count choices, corrections;
    } closing[MONEY_LINES];
    struct money_refund refund[MONEY_REFUNDS];
    struct {
        int64_t wait_until;
        int checked_by; /* who approved first, + 1 */
        int named;      /* how often another payee was */
    } approval[MONEY_REFUNDS];
    size_t refunds;
    struct {
        int line;
        enum money_deed deed;
        int64_t amount;
        bool online;
    } charge[MONEY_CHARGES];
    struct {
        bool given;
        enum refusal answer;
    } key[MONEY_KEYS];
    /* where what is on no line and in no refund came from, or went */
    int64_t opened, topped_up, granted, spent, expired, kept, fees, suspended, late;
};

/* Lines that are open, with what an import opened them. */
void model_open(struct money_model *model, const struct money_limits *limits, int64_t paid,
                int64_t promotional);
/* Does it, if it may be done. */
enum refusal model_do(struct money_model *model, const struct money_act *act);
void model_books(const struct money_model *model, struct money_books *books);
#endif
