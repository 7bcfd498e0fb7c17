#include "money_doubles.h"

/* The act was done just now: neither refused nor a retry. */
static bool done(const struct money_model *was, const struct money_act *act,
                 const struct money_answer *answer, enum money_deed deed) {
    return act->deed == deed && !answer->refusal && !was->key[act->key].given;
}

static struct money_line *line_of(struct money_double *d, const struct money_act *act) {
    return &d->model.line[act->line % MONEY_LINES];
}

static void fee_twice(struct money_double *d, const struct money_model *was,
                      const struct money_act *act, struct money_answer *answer) {
    if (done(was, act, answer, DO_TRANSFER)) {
        int64_t fee = d->model.limits->transfer_fee;
        line_of(d, act)->paid -= fee;
        d->model.fees += fee;
    }
}

static void unclaimed_lost(struct money_double *d, const struct money_model *was,
                           const struct money_act *act, struct money_answer *answer) {
    if (done(was, act, answer, DO_CUT))
        line_of(d, act)->unclaimed = line_of(d, act)->online = 0;
}

static void kept_in_silence(struct money_double *d, const struct money_model *was,
                            const struct money_act *act, struct money_answer *answer) {
    if (done(was, act, answer, DO_CUT)) {
        d->model.kept += line_of(d, act)->unclaimed;
        line_of(d, act)->unclaimed = line_of(d, act)->online = 0;
    }
}

static void replay_books(struct money_double *d, const struct money_model *was,
                         const struct money_act *act, struct money_answer *answer) {
    if (act->deed == DO_TOP_UP && was->key[act->key].given && !answer->refusal) {
        line_of(d, act)->promotional += act->amount;
        d->model.granted += act->amount;
    }
}

static void answered_otherwise(struct money_double *d, const struct money_model *was,
                               const struct money_act *act, struct money_answer *answer) {
    (void)d;
    if (was->key[act->key].given && !answer->refusal)
        answer->result++;
}

static void booked_twice(struct money_double *d, const struct money_model *was,
                         const struct money_act *act, struct money_answer *answer) {
    if (done(was, act, answer, DO_TOP_UP) && was->charge[act->transaction].amount) {
        int64_t *to = line_of(d, act)->stage == STAGE_CLOSED ? &line_of(d, act)->unclaimed
                                                             : &line_of(d, act)->paid;
        *to += act->amount;
        d->model.topped_up += act->amount;
    }
}

static void not_debited(struct money_double *d, const struct money_model *was,
                        const struct money_act *act, struct money_answer *answer) {
    if (done(was, act, answer, DO_TRANSFER))
        line_of(d, act)->paid += act->amount;
}

static void paid_twice(struct money_double *d, const struct money_model *was,
                       const struct money_act *act, struct money_answer *answer) {
    if (act->deed == DO_PAY && answer->refusal == REFUSED_REFUND_STATE &&
        was->refund[act->refund].state == REFUND_PAID) {
        d->extra[LEDGER_BANK] += was->refund[act->refund].amount;
        d->extra[LEDGER_IN_FLIGHT] -= was->refund[act->refund].amount;
        answer->refusal = ACCEPTED;
    }
}

static void below_zero(struct money_double *d, const struct money_model *was,
                       const struct money_act *act, struct money_answer *answer) {
    (void)was;
    if (act->deed == DO_SPEND && answer->refusal == REFUSED_CREDIT_SHORT &&
        act->amount < INT64_MAX / 2) {
        line_of(d, act)->paid -= act->amount;
        line_of(d, act)->online = 0;
        d->model.spent += act->amount;
        answer->refusal = ACCEPTED;
    }
}

static void fee_kept(struct money_double *d, const struct money_model *was,
                     const struct money_act *act, struct money_answer *answer) {
    if (done(was, act, answer, DO_REJECT)) {
        struct money_refund *refund = &d->model.refund[act->refund];
        d->model.line[refund->line].unclaimed -= refund->fee;
        d->model.fees += refund->fee;
    }
}

static void late_at_the_persons_charge(struct money_double *d, const struct money_model *was,
                                       const struct money_act *act, struct money_answer *answer) {
    struct money_line *line = line_of(d, act);
    if (done(was, act, answer, DO_SPEND) && line->stage == STAGE_CLOSED &&
        line->unclaimed - line->online >= act->amount && d->model.late >= act->amount) {
        line->unclaimed -= act->amount;
        d->model.late -= act->amount;
    }
}

static void refunded_while_open(struct money_double *d, const struct money_model *was,
                                const struct money_act *act, struct money_answer *answer) {
    struct money_line *line = line_of(d, act);
    if (done(was, act, answer, DO_CHOOSE) && act->choice == CHOICE_REFUND &&
        d->model.refunds < MONEY_REFUNDS && line->paid > line->online) {
        d->model.refund[d->model.refunds++] = (struct money_refund){
            .line = act->line, .state = REFUND_REQUESTED, .amount = line->paid - line->online};
        line->paid = line->online;
    }
}

static void left_on_a_shut_account(struct money_double *d, const struct money_model *was,
                                   const struct money_act *act, struct money_answer *answer) {
    if (done(was, act, answer, DO_CUT)) {
        line_of(d, act)->paid = line_of(d, act)->unclaimed;
        line_of(d, act)->unclaimed = line_of(d, act)->online = 0;
    }
}

static void online_forgotten(struct money_double *d, const struct money_model *was,
                             const struct money_act *act, struct money_answer *answer) {
    if (done(was, act, answer, DO_SPEND) && line_of(d, act)->stage != STAGE_CLOSED)
        line_of(d, act)->online = was->line[act->line].online;
}

static void refusal_moves(struct money_double *d, const struct money_model *was,
                          const struct money_act *act, struct money_answer *answer) {
    (void)was;
    if (act->deed == DO_TRANSFER && answer->refusal == REFUSED_TRANSFER_LIMIT &&
        act->amount <= line_of(d, act)->paid - line_of(d, act)->online) {
        line_of(d, act)->paid -= act->amount;
        d->model.line[act->target].paid += act->amount;
    }
}

static void anothers_refund(struct money_double *d, const struct money_model *was,
                            const struct money_act *act, struct money_answer *answer) {
    (void)d;
    (void)was;
    if (act->deed == DO_PAY && act->refund == MONEY_FOREIGN)
        answer->refusal = ACCEPTED;
}

static void held_on_the_way(struct money_double *d, const struct money_model *was,
                            const struct money_act *act, struct money_answer *answer) {
    if (done(was, act, answer, DO_TRANSFER)) {
        d->model.line[act->target] = was->line[act->target];
        d->extra[LEDGER_TRANSFERS] += act->amount;
    }
}

static void approved_and_owed(struct money_double *d, const struct money_model *was,
                              const struct money_act *act, struct money_answer *answer) {
    if (done(was, act, answer, DO_APPROVE) &&
        d->model.refund[act->refund].state == REFUND_APPROVED) {
        d->extra[LEDGER_PAYABLE] += d->model.refund[act->refund].amount;
        d->extra[LEDGER_IN_FLIGHT] -= d->model.refund[act->refund].amount;
    }
}

static void gift_becomes_paid(struct money_double *d, const struct money_model *was,
                              const struct money_act *act, struct money_answer *answer) {
    if (done(was, act, answer, DO_CUT)) {
        line_of(d, act)->unclaimed += was->line[act->line].promotional;
        d->model.expired -= was->line[act->line].promotional;
    }
}

static void claimed_and_still_there(struct money_double *d, const struct money_model *was,
                                    const struct money_act *act, struct money_answer *answer) {
    if (done(was, act, answer, DO_CLAIM) && act->choice == CHOICE_REFUND)
        line_of(d, act)->unclaimed = was->line[act->line].unclaimed;
}

static void lapsed_early(struct money_double *d, const struct money_model *was,
                         const struct money_act *act, struct money_answer *answer) {
    (void)was;
    if (act->deed == DO_TIMER && answer->refusal == REFUSED_UNCHANGED && act->line < MONEY_LINES) {
        d->model.kept += line_of(d, act)->unclaimed;
        line_of(d, act)->unclaimed = 0;
        line_of(d, act)->online =
            line_of(d, act)->stage == STAGE_CLOSED ? 0 : line_of(d, act)->online;
        answer->refusal = ACCEPTED;
    }
}

static void withdrawn_brings_it_back(struct money_double *d, const struct money_model *was,
                                     const struct money_act *act, struct money_answer *answer) {
    if (done(was, act, answer, DO_WITHDRAW)) {
        line_of(d, act)->paid += 5;
        d->model.opened += 5;
    }
}

static void stored_otherwise(struct money_double *d, const struct money_model *was,
                             const struct money_act *act, struct money_answer *answer) {
    if (done(was, act, answer, DO_GRANT)) {
        d->extra[LEDGER_PROMOTIONAL] += act->amount; /* posted once more than stored */
        d->extra[LEDGER_PROMOTIONS] -= act->amount;
    }
}

const struct money_fault money_faults[] = {
    {"a fee is taken twice", MONEY_FEE, fee_twice},
    {"unclaimed credit is lost", MONEY_WHOLE, unclaimed_lost},
    {"credit is kept in silence", MONEY_KEPT, kept_in_silence},
    {"a retry books again", MONEY_ANSWER, replay_books},
    {"a retry is answered otherwise", MONEY_ANSWER, answered_otherwise},
    {"a transaction is booked twice", MONEY_TWICE, booked_twice},
    {"a transfer without its debit", MONEY_BALANCED, not_debited},
    {"a refund is paid twice", MONEY_PAID_ONCE, paid_twice},
    {"more is used than there is", MONEY_LIMIT, below_zero},
    {"a rejected refund keeps its fee", MONEY_FEE, fee_kept},
    {"a late debit is at the person's charge", MONEY_LATE, late_at_the_persons_charge},
    {"an open line is refunded", MONEY_CLOSED, refunded_while_open},
    {"a closed line keeps paid credit", MONEY_SHUT, left_on_a_shut_account},
    {"what was topped up online is never used", MONEY_ONLINE, online_forgotten},
    {"a refusal moves money", MONEY_REFUSED, refusal_moves},
    {"another operator's refund is paid", MONEY_FOREIGN_IDS, anothers_refund},
    {"a transfer stays on the way", MONEY_PASSED_ON, held_on_the_way},
    {"what is approved is still owed", MONEY_OWED, approved_and_owed},
    {"promotional credit becomes paid", MONEY_WHOLE, gift_becomes_paid},
    {"what was claimed is still there", MONEY_BALANCED, claimed_and_still_there},
    {"unclaimed credit lapses early", MONEY_KEPT, lapsed_early},
    {"a withdrawal brings money", MONEY_WHOLE, withdrawn_brings_it_back},
    {"what is stored is not what was posted", MONEY_BALANCED, stored_otherwise},
};

size_t money_fault_count(void) {
    return sizeof money_faults / sizeof *money_faults;
}

struct money_answer double_do(struct money_double *machine, const struct money_act *act,
                              const struct money_fault *fault) {
    static struct money_model was;
    was = machine->model;
    bool again = was.key[act->key].given;
    bool booked = act->deed <= DO_GRANT && was.charge[act->transaction].amount;
    struct money_answer answer = {.refusal = model_do(&machine->model, act), .replayed = again};
    if (!answer.refusal)
        answer.result = again    ? machine->result[act->key]
                        : booked ? machine->booked[act->transaction]
                                 : ++machine->results;
    if (fault)
        fault->spoil(machine, &was, act, &answer);
    if (!again)
        machine->result[act->key] = answer.result;
    if (act->deed <= DO_GRANT && !answer.refusal)
        machine->booked[act->transaction] = answer.result;
    return answer;
}

void double_books(const struct money_double *machine, struct money_books *books) {
    model_books(&machine->model, books);
    for (int kind = 0; kind < LEDGER_KIND_COUNT; kind++)
        books->sum[kind] += machine->extra[kind];
    books->shut += machine->shut;
}
