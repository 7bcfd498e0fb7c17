/* The rows of money: the ledger, what the charging system told, transfers, what was chosen,
 * refunds. A part of row.h, which says what holds for every row; include that. Amounts are minor
 * units of the operator's one currency. */
#ifndef RINGOFF_ROW_MONEY_H
#define RINGOFF_ROW_MONEY_H
#include <stdint.h>

#include "rules/row_size.h"

enum ledger_kind {
    LEDGER_OPENING = 1,
    LEDGER_PAID,
    LEDGER_PROMOTIONAL,
    LEDGER_UNCLAIMED,
    LEDGER_EXPIRED_PROMOTION,
    LEDGER_SUSPENSION_FEE, /* the operator's, of all its lines */
    /* From here on all are the operator's, and their ids are computed (outcome_shared). */
    LEDGER_TOP_UPS,     /* what came in, as the charging system says */
    LEDGER_USAGE,       /* what was used */
    LEDGER_PROMOTIONS,  /* promotional credit that was given */
    LEDGER_TRANSFERS,   /* from line to line: 0 after each entry */
    LEDGER_PAYABLE,     /* refunds that are asked for, or came back */
    LEDGER_IN_FLIGHT,   /* refunds that are approved */
    LEDGER_BANK,        /* refunds that are paid */
    LEDGER_BREAKAGE,    /* what the operator keeps: by consent, or not claimed in time */
    LEDGER_FEES,        /* of refunds and transfers */
    LEDGER_LATE_DEBITS, /* what a closed line used before it was cut, and was told too late */
    LEDGER_KIND_COUNT
};
/* What moved an amount, as people are told; on both accounts of a pair the same. */
enum movement {
    MOVED_OPENING = 1,
    MOVED_TOP_UP,
    MOVED_GRANT, /* promotional credit given */
    MOVED_SPENT,
    MOVED_SUSPENSION_FEE,
    MOVED_TRANSFER,
    MOVED_TRANSFER_FEE,
    MOVED_UNCLAIMED,  /* paid credit that nothing was chosen for; later top-ups */
    MOVED_ENDED,      /* promotional credit, at closing */
    MOVED_REFUND,     /* asked for: to the operator's refunds payable */
    MOVED_REFUND_FEE, /* and back when the refund is rejected */
    MOVED_APPROVED,   /* to the refunds in flight */
    MOVED_PAID_OUT,   /* to the bank */
    MOVED_RETURNED,   /* to the refunds payable again */
    MOVED_REJECTED,   /* to the line's unclaimed credit */
    MOVED_LEFT,       /* kept by the operator, by consent */
    MOVED_LAPSED,     /* kept by the operator, not claimed in time */
    MOVED_LATE_DEBIT, /* at the operator's charge */
    MOVEMENT_COUNT
};
/* What the charging system tells. */
enum charge_kind { CHARGE_TOP_UP = 1, CHARGE_SPENT, CHARGE_GRANT, CHARGE_KIND_COUNT };
/* How a top-up was paid. AUTO is an auto-recharge; both it and ONLINE count as topped up online. */
enum top_up_channel {
    CHANNEL_VOUCHER = 1,
    CHANNEL_COUNTER,
    CHANNEL_ONLINE,
    CHANNEL_AUTO,
    CHANNEL_COUNT
};
/* What is to become of the paid credit when the line closes. */
enum credit_choice { CHOICE_NONE, CHOICE_REFUND, CHOICE_TRANSFER, CHOICE_LEAVE, CHOICE_COUNT };
/* How a refund is paid. */
enum refund_way {
    WAY_HKID_PROXY = 1, /* FPS, to who holds the registered HKID number */
    WAY_FPS_ID,         /* FPS, 7 or 9 digits; whose it is cannot be known: unverified */
    WAY_BANK,           /* bank code, branch, account */
    WAY_ORIGINAL,       /* back to the payment of a top-up, up to what it paid in */
    WAY_ABROAD,         /* by hand: IBAN or account number, BIC, country */
    WAY_CASH,           /* at a counter, to who shows the original document */
    REFUND_WAY_COUNT
};
/* In this order, so that what is not ended is below REFUND_PAID. FILED and ACCEPTED are a bank
 * file's; nothing sets them yet. */
enum refund_state {
    REFUND_REQUESTED = 1,
    REFUND_APPROVED,
    REFUND_FILED,
    REFUND_ACCEPTED,
    REFUND_RETURNED,
    REFUND_PAID,
    REFUND_REJECTED,
    REFUND_STATE_COUNT
};
/* Why a refund came back or is refused. */
enum refund_reason {
    UNPAID_NONE,
    UNPAID_NOT_REGISTERED, /* the proxy or FPS id is not registered */
    UNPAID_NAME,           /* the account is in another name */
    UNPAID_ACCOUNT,        /* no such account, or closed */
    UNPAID_PROVIDER,       /* the payment provider cannot pay it back */
    UNPAID_BANK,           /* another reason of the bank's */
    UNPAID_FRAUD,          /* only to reject: it must be cleared up in person */
    REFUND_REASON_COUNT
};

struct ledger_account {
    int64_t id, operator, line, kind, balance;
    int64_t shut_at; /* a line's, once it is closed: nothing is posted any more; 0 = open */
    char currency[4];
};
/* Never changed and never removed. */
struct posting {
    int64_t id, operator, account, amount, at, entry, movement;
};

enum { TRANSACTION_SIZE = 68 }; /* what other systems call a thing: 64 printable ASCII */

/* What the charging system told of a line, once: the id is a keyed hash of operator and transaction
 * (charge_id), the operator's own name for it. */
struct charge {
    int64_t id, operator, line, kind, account; /* enum charge_kind; LEDGER_PAID or _PROMOTIONAL */
    int64_t amount_minor, at, booked_at;       /* at: as it says */
    int64_t channel;                           /* of a top-up */
    int64_t refunded_minor;                    /* of a top-up: paid back to where it came from */
    int64_t late;                              /* 1: the line was closed */
    char transaction_id[TRANSACTION_SIZE];
    char payment[TRANSACTION_SIZE]; /* the payment provider's name for the payment, or "" */
};

/* The payment provider may charge the person to top this line up. The id is a keyed hash of
 * operator and reference (mandate_id). Ended with the line; told_at: the provider knows. */
struct mandate {
    int64_t id, operator, line, made_at, ended_at, told_at;
    int64_t amount_minor; /* each time, 0 = not known */
    char reference[TRANSACTION_SIZE];
    char method[64]; /* sealed, as the provider masks it: "Visa •••• 4321" */
};

/* Credit that went from line to line. */
struct transfer {
    int64_t id, operator, line, target, closure; /* closure: with which it came, 0 = of itself */
    int64_t amount_minor, fee_minor, at; /* the fee is beside the amount: both left the line */
    int64_t account;                     /* whose session asked; 0 = none */
    char language[16];
};

/* To whom a refund is paid. Never changed: another payee is another row. */
struct payee {
    int64_t id, operator, line, closure, way, made_at;
    int64_t charge; /* WAY_ORIGINAL: the top-up */
    /* Sealed, all of them: where somebody banks is personal, too. */
    char bank[8], branch[8], bic[12], country[4];
    char number[40];      /* account number, FPS id, IBAN */
    char name[NAME_SIZE]; /* the holder, as it is to be told to the bank */
};

/* What the person chose for the credit of a closure, whose id it bears, and what became of it. */
struct settlement {
    int64_t id, operator, line, choice, chosen_at, changes; /* changes: how often it was chosen */
    int64_t payee, target;        /* CHOICE_REFUND; CHOICE_TRANSFER: the line */
    int64_t leave_minor;          /* CHOICE_LEAVE: the amount that the consent named, and no more */
    int64_t wait_until;           /* a payee that was changed is not paid before */
    int64_t account;              /* whose session chose; 0 = none */
    int64_t asked_kind, asked_by; /* enum actor_kind: who chose, and named the payee */
    /* at closing; they and closure.paid_minor (unclaimed) are together what was there */
    int64_t settled_at, refund, transfer; /* refund.id, transfer.id; 0 = none */
    int64_t refund_minor, fee_minor, transfer_minor, left_minor; /* fee: of either */
};

/* A refund; rules/refund.h changes it. It has its own reference, contact and secret, since it
 * outlives the line. amount_minor is what arrives; the fee was taken beside it. */
struct refund {
    int64_t id, operator, line, closure, account, payee, state;
    int64_t claimed; /* 1: of unclaimed credit, after the closing */
    int64_t amount_minor, fee_minor;
    int64_t online_minor;                     /* of both, what was topped up online */
    int64_t requested_at, wait_until, due_at; /* not approved before; arrives by */
    int64_t asked_kind, asked_by;             /* enum actor_kind: who named the present payee */
    int64_t checked_at, checked_by;           /* the first of two approvals */
    int64_t approved_at, approved_by, filed_at, accepted_at, paid_at, paid_by;
    int64_t rejected_at, rejected_by, returned_at, returned_by, returns, corrected_at;
    int64_t reason;       /* enum refund_reason, of the last return or the rejection */
    int64_t escalated_at; /* the staff were called, once: overdue, or by hand */
    int64_t next_at;      /* when refund.advance must look at it; 0 = never */
    int64_t policy;       /* policy_row.id under which it was asked for */
    uint8_t nonce[16];
    char reference[REFERENCE_SIZE]; /* "RF-7K3F-92QX" */
    char contact[EMAIL_SIZE];       /* sealed: where its messages go; "" = nowhere but its page */
    char language[16];
    char evidence[200]; /* of what was paid; no personal data */
};

#endif
