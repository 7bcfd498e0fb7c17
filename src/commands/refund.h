/* The verbs of a refund after it was asked for: the staff approve, pay, take back, reject it; the
 * person, or somebody for them, names another payee; the timer calls the staff when it is overdue.
 * Thin over rules/refund.h. Each moves the money with the state, in one entry: payable, in flight,
 * bank, or back to the line's unclaimed credit. All of them lock the line and the refund. */
#ifndef RINGOFF_REFUND_COMMANDS_H
#define RINGOFF_REFUND_COMMANDS_H
#include "commands/payee_take.h"
#include "rules/reference.h"
#include "store/internal.h"
#include "store/verb.h"

/* How their inputs begin. All but the refund is filled by prepare, and checked again. */
struct refund_target {
    int64_t refund, line, closure;
    int64_t charge; /* of the present payee */
};
struct refund_approve {
    int64_t refund, line, closure, charge;
    int64_t payee; /* that was looked at */
};
struct refund_pay {
    int64_t refund, line, closure, charge;
    char evidence[200];
    int64_t original; /* 1: cash was handed to who showed the original document */
};
struct refund_return {
    int64_t refund, line, closure, charge;
    char reason[CODE_SIZE]; /* rules/credit_codes.h */
};
struct refund_reject {
    int64_t refund, line, closure, charge;
    char reason[CODE_SIZE];
};
struct refund_correct {
    int64_t refund, line, closure, charge;
    char secret[STATUS_SECRET_SIZE + 24]; /* as typed; "" with a session or at another door */
    char document_type[CODE_SIZE], document[DOCUMENT_SIZE];
    struct payee_input to;
};

/* {refund} -> result refund: whom it is to be paid to, in clear, in this answer only; the journal
 * says who asked. Staff. */
extern const struct verb refund_payee_verb;
/* {refund, payee} -> result refund. Staff; the second of two where policy asks for two. */
extern const struct verb refund_approve_verb;
/* {refund, evidence, original} -> result refund. Staff: it was paid. */
extern const struct verb refund_pay_verb;
/* {refund, reason} -> result refund. Staff: it came back, and the person is asked what to do. */
extern const struct verb refund_return_verb;
/* {refund, reason} -> result refund. Staff: it is not paid; amount and fee are unclaimed again. */
extern const struct verb refund_reject_verb;
/* {refund, secret, document_type, document, way, name, bank, branch, number, bic, country, charge}
 * -> result refund. Session and fresh password, or the refund's secret; each with the registered ID
 * number. Everybody who is told has time to object before it is approved. */
extern const struct verb refund_correct_verb;
/* System -> result effect. The payment provider's answer: paid, came back, or for the staff. */
extern const struct verb refund_report_verb;
/* System: does the one step that is due, or REFUSED_UNCHANGED. */
extern const struct verb refund_advance_verb;
#endif
