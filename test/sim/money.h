/* Money, told a second time and much simpler: what each deed with it should answer and change, in
 * plain arrays without double entry, and the rules that must hold after each step. What is judged
 * is a machine: the program itself on a database (money_world.h), the model, or the model with a
 * fault, which shows that the judge sees it. */
#ifndef RINGOFF_MONEY_H
#define RINGOFF_MONEY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/refusal.h"
#include "rules/row.h"

enum { MONEY_LINES = 2, MONEY_REFUNDS = 8, MONEY_CHARGES = 96, MONEY_KEYS = 256 };
/* Besides the lines and refunds of one's own: another operator's. */
enum { MONEY_FOREIGN = 100 };

enum money_deed {
    DO_TOP_UP, /* of a closed line: a late one */
    DO_SPEND,  /* of a closed line: a late debit */
    DO_SPEND_PROMOTIONAL,
    DO_GRANT,
    DO_TRANSFER,
    DO_FEE,    /* suspended, read back, and working again */
    DO_SUBMIT, /* and confirmed */
    DO_CHOOSE,
    DO_WITHDRAW,
    DO_CUT, /* read back: everything is settled */
    DO_CLAIM,
    DO_TIMER, /* the undo window is over; the time to claim is over; the staff are called */
    DO_APPROVE,
    DO_REJECT,
    DO_PAY,
    DO_RETURN,
    DO_CORRECT,
    DEED_COUNT
};

struct money_act {
    enum money_deed deed;
    int line, target, refund; /* indexes, MONEY_FOREIGN; target: of a transfer */
    int64_t amount;           /* in minor units; of CHOICE_LEAVE what the consent names */
    enum credit_choice choice;
    bool online;     /* of a top-up */
    int who;         /* which of the two who approve, */
    int named;       /* and how often the payee had been named when they looked */
    int key;         /* 0 = one of its own; else that of an earlier act: a retry */
    int transaction; /* 0 = one of its own; else that of an earlier charge */
};

struct money_answer {
    enum refusal refusal;
    int64_t result; /* the machine's own; only compared with itself */
    bool replayed;  /* from what the key remembered */
};

enum money_stage { STAGE_OPEN, STAGE_SUBMITTED, STAGE_EXECUTING, STAGE_CLOSED };

/* What is there: as the model has it, and as it is read from a database. */
struct money_line {
    int64_t stage; /* enum money_stage */
    int64_t paid, promotional, unclaimed, online;
    int64_t choice, leave; /* while it closes: enum credit_choice, what the consent names */
};
struct money_refund {
    int64_t line, state, amount, fee, online; /* enum refund_state */
};
struct money_books {
    struct money_line line[MONEY_LINES];
    struct money_refund refund[MONEY_REFUNDS];
    size_t refunds;
    int64_t sum[LEDGER_KIND_COUNT]; /* of the operator's accounts, lines' included */
    int64_t shut;                   /* what is on accounts that are shut */
};

/* The figures of the policy that matter here. */
struct money_limits {
    bool refund_online, late_to_operator, lapses;
    int64_t refund_minimum, refund_fee, second;
    int64_t transfer_minimum, transfer_maximum, transfer_fee;
    int64_t suspension_fee;
    int64_t wait_ms; /* of a payee that was named anew */
    int claim_months, utc_offset_minutes;
};

enum money_rule {
    MONEY_BALANCED,  /* all accounts together are nothing */
    MONEY_LIMIT,     /* no account of a line, no refund and nothing payable is below 0 */
    MONEY_PASSED_ON, /* what goes from line to line arrives in the same entry */
    MONEY_OWED, /* refunds payable are those requested and returned, in flight those approved */
    MONEY_PAID_ONCE,   /* the bank paid what the paid refunds say, each once */
    MONEY_CLOSED,      /* nothing is refunded of an open line */
    MONEY_SHUT,        /* on accounts that are shut there is nothing */
    MONEY_ONLINE,      /* what was topped up online is never more than there is */
    MONEY_WHOLE,       /* a person's money is only ever spent, moved, refunded, unclaimed or kept */
    MONEY_KEPT,        /* the operator keeps only by consent, after the time to claim, or as fees */
    MONEY_FEE,         /* a fee is taken once, as it was shown, and given back with the amount */
    MONEY_LATE,        /* what is told too late is never at the person's charge */
    MONEY_ANSWER,      /* a key is answered once, and again the same, and nothing is done again */
    MONEY_TWICE,       /* a transaction is booked once */
    MONEY_REFUSED,     /* a refusal moves nothing */
    MONEY_FOREIGN_IDS, /* what is another operator's is unknown */
    MONEY_MODEL,       /* all is as the model says */
    MONEY_RULE_COUNT
};
/* A short name for messages. Static. */
const char *money_rule_name(enum money_rule rule);
const char *money_deed_name(enum money_deed deed);
/* Those of the house itself: without a key, so that again is anew. */
bool money_keyless(enum money_deed deed);

struct money_step {
    const struct money_limits *limits;
    const struct money_act *act;
    struct money_answer answer, first; /* first: what its key answered before, if retried */
    bool retried;
    bool booked_before; /* the transaction had been accepted, */
    int64_t booked;     /* with this result */
    const struct money_books *before, *after;
    int64_t now;
    int64_t claim_until, consent; /* of the act's line, before it: 0 = none; the amount named */
};
/* The bits of the rules that the step breaks, all but MONEY_MODEL. */
uint32_t money_judge(const struct money_step *step);
/* Are they the same, to the cent? */
bool money_same(const struct money_books *one, const struct money_books *other);
#endif
