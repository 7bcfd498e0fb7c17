/* The model with a fault in it, to see that the judge sees the fault and names the rule. */
#ifndef RINGOFF_MONEY_DOUBLES_H
#define RINGOFF_MONEY_DOUBLES_H
#include "money_history.h"

/* A machine that is a model, and what it has beside it on the operator's accounts. */
struct money_double {
    struct money_model model;
    int64_t extra[LEDGER_KIND_COUNT];
    int64_t shut;
    int64_t results; /* given so far */
    int64_t result[MONEY_KEYS], booked[MONEY_CHARGES];
};

struct money_fault {
    const char *name;
    enum money_rule rule; /* that it breaks, when it strikes first */
    /* Called after the act was done rightly; was: the model before it. */
    void (*spoil)(struct money_double *machine, const struct money_model *was,
                  const struct money_act *act, struct money_answer *answer);
};

extern const struct money_fault money_faults[];
size_t money_fault_count(void);

/* Does the act, with the fault (NULL: none). */
struct money_answer double_do(struct money_double *machine, const struct money_act *act,
                              const struct money_fault *fault);
void double_books(const struct money_double *machine, struct money_books *books);
#endif
