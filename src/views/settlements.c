/* What is there of a closing or closed line's credit, what was chosen for it, what becomes or
 * became of it, and what can still be chosen: the same rules that the verbs ask. */
#include <string.h>

#include "rules/closure_secret.h"
#include "rules/credit_codes.h"
#include "rules/payee.h"
#include "rules/transfer.h"
#include "views/becomes.h"
#include "views/cases.h"

void want_chosen(struct load *load, int64_t closure, struct chosen_rows *to) {
    want_settlement(load, closure, &to->settlement);
    want_payee_of_settlement(load, closure, &to->payee);
    want_charge_of_settlement(load, closure, &to->charge);
    want_line_of_settlement(load, closure, &to->target);
}

struct chosen chosen_of(const struct chosen_rows *rows) {
    return settlement_chosen(&rows->settlement, &rows->payee, &rows->charge,
                             transfer_takes(&rows->target));
}

struct closing closing_shown(const struct line *line, const struct closure *closure,
                             struct ledger_account accounts[LEDGERS_A_LINE],
                             const struct chosen_rows *rows, const struct policy *policy,
                             int64_t now) {
    struct chosen chosen = chosen_of(rows);
    bool done = closure && closure->deregistered_at;
    struct balances left = line_balances(accounts);
    struct credit credit = closing_credit(line, left.paid, left.promotional);
    if (done) /* what was chosen has been done */
        credit = (struct credit){.paid_minor = closure->paid_minor,
                                 .promotional_minor = closure->promotional_minor};
    return closing_plan(line, closure, &credit, done ? NULL : &chosen, policy, now);
}

enum phase { PHASE_CHOOSE = 1, PHASE_EXECUTING, PHASE_CLAIM, PHASE_OVER, PHASE_ENDED };
static const char *const phases[] = {NULL,   "choose", "executing",    "claim",
                                     "over", "ended",  view_values_end};
static const char *const choices[] = {"none", "refund", "transfer", "leave", view_values_end};
static const char *const ways[] = {NULL,       "hkid_proxy", "fps_id", "bank",
                                   "original", "abroad",     "cash",   view_values_end};
static const char *const refund_states[] = {NULL,    "requested", "approved",
                                            "filed", "accepted",  "returned",
                                            "paid",  "rejected",  view_values_end};
static const char *const channels[] = {NULL,     "voucher", "counter",
                                       "online", "auto",    view_values_end};

struct way_view {
    int64_t way, fee_minor, arrives_minor;
};
struct payment_view {
    int64_t charge, paid_at, amount_minor, refundable_minor, channel;
};
struct asked_view {
    int64_t refund, state, amount_minor, fee_minor, requested_at, due_at, claimed;
    char reference[REFERENCE_SIZE];
};

struct settlement_view {
    int64_t closure, line, phase, currency_exponent, credit_minor, promotional_minor,
        unclaimed_minor;
    int64_t choice, chosen_at, changes, way, wait_until, leave_minor, not_taken;
    int64_t refund_minor, transfer_minor, fee_minor, left_minor;
    int64_t claim_until, kept, lapsed_at, lapsed_minor;
    int64_t refundable_minor, arrives_days, may_refund, may_leave, may_transfer, transfers_minor;
    int64_t transfer_fee_minor, payee_wait_hours, erased;
    char currency[4], target_masked[NUMBER_SIZE];
    const char *payee_masked;
    struct view_list becomes, ways, payments, refunds;
};

static const struct view_field way_fields[] = {
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, way_view, way), .help = "how it would be paid", .values = ways},
    {VIEW(VIEW_INT, VIEW_PUBLIC, way_view, fee_minor), .help = "what it costs, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, way_view, arrives_minor),
     .help = "what would arrive; for original at the most"},
    VIEW_END,
};
static const struct view_field payment_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, payment_view, charge), .help = "the top-up's id"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, payment_view, paid_at), .help = "when it was paid"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, payment_view, channel), .help = "how", .values = channels},
    {VIEW(VIEW_INT, VIEW_PUBLIC, payment_view, amount_minor), .help = "how much, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, payment_view, refundable_minor),
     .help = "of that not yet paid back"},
    VIEW_END,
};
static const struct view_field asked_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, asked_view, refund), .help = "the refund's id"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, asked_view, reference), .help = "its own reference"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, asked_view, state), .help = "its state",
     .values = refund_states},
    {VIEW(VIEW_INT, VIEW_PUBLIC, asked_view, amount_minor), .help = "what arrives, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, asked_view, fee_minor), .help = "what it costs"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, asked_view, requested_at), .help = "when it was asked for"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, asked_view, due_at), .help = "by when it arrives"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, asked_view, claimed), .help = "it was claimed after the closing"},
    VIEW_END,
};

static const struct view_field settlement_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, settlement_view, closure), .help = "the closure"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, settlement_view, line), .help = "its line"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, settlement_view, phase),
     .help = "choose: it can be chosen or changed (credit.choose); executing: it stays as it is; "
             "claim: what is unclaimed can be asked for (credit.claim); over: nothing is there; "
             "ended: the line was not closed",
     .values = phases},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, settlement_view, currency), .help = "ISO 4217"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, settlement_view, currency_exponent),
     .help = "decimal places of the currency"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, settlement_view, credit_minor),
     .help = "what can be chosen for or claimed now: the paid credit, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, settlement_view, promotional_minor),
     .help = "promotional credit, which ends"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, settlement_view, choice), .help = "what was chosen",
     .values = choices},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, settlement_view, chosen_at), .help = "when, the last time"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, settlement_view, changes), .help = "how often it was chosen"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, settlement_view, way), .help = "how a refund is paid",
     .values = ways},
    {VIEW(VIEW_WORDS, VIEW_PUBLIC, settlement_view, payee_masked),
     .help = "to which account, masked"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, settlement_view, wait_until),
     .help = "a payee that was changed is not paid before"},
    {VIEW(VIEW_TEXT, VIEW_MASKED, settlement_view, target_masked),
     .help = "the line it goes to, masked", .mask = MASK_NUMBER},
    {VIEW(VIEW_INT, VIEW_PUBLIC, settlement_view, leave_minor),
     .help = "the amount that the consent to leave it named"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, settlement_view, not_taken),
     .help = "what was chosen cannot be done (the other line is closed, it is below the minimum): "
             "it stays unclaimed"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, settlement_view, refund_minor),
     .help = "arrives as a refund: before closing what would, then what was asked for"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, settlement_view, transfer_minor),
     .help = "the other line gets, or got"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, settlement_view, fee_minor), .help = "what it costs, or cost"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, settlement_view, left_minor),
     .help = "the operator keeps, or kept, by consent"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, settlement_view, unclaimed_minor),
     .help = "stays unclaimed: before closing what would, then what is there now"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, settlement_view, claim_until),
     .help = "until when it can be claimed; not there where it can be for good"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, settlement_view, kept),
     .help = "what is not claimed is kept for the person and does not lapse"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, settlement_view, lapsed_at),
     .help = "when the rest lapsed to the operator"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, settlement_view, lapsed_minor), .help = "how much that was"},
    {VIEW(VIEW_LIST, VIEW_PUBLIC, settlement_view, becomes),
     .help = "what becomes of it, part by part; after closing []", .fields = becomes_fields},
    {VIEW(VIEW_INT, VIEW_PUBLIC, settlement_view, refundable_minor),
     .help = "what of it could be refunded, fees included"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, settlement_view, arrives_days),
     .help = "in how many days a refund arrives"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, settlement_view, payee_wait_hours),
     .help = "how long a changed payee, or one without a session, waits"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, settlement_view, may_refund),
     .help = "some way of `ways` is offered for it"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, settlement_view, may_transfer),
     .help = "it can go to another line"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, settlement_view, transfers_minor),
     .help = "how much would get there"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, settlement_view, transfer_fee_minor), .help = "what that costs"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, settlement_view, may_leave),
     .help = "it can be left to the operator, before closing"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, settlement_view, erased),
     .help = "the registration is erased: who it is can only be shown at a counter"},
    {VIEW(VIEW_LIST, VIEW_PUBLIC, settlement_view, ways), .help = "the ways a refund is offered by",
     .fields = way_fields},
    {VIEW(VIEW_LIST, VIEW_PUBLIC, settlement_view, payments),
     .help = "top-ups to which it can be paid back, the latest first", .fields = payment_fields},
    {VIEW(VIEW_LIST, VIEW_PUBLIC, settlement_view, refunds), .help = "refunds that were asked for",
     .fields = asked_fields},
    VIEW_END,
};

struct settlement_rows {
    struct closure closure;
    struct line line;
    struct ledger_account accounts[LEDGERS_A_LINE];
    struct subscriber subscriber;
    struct chosen_rows chosen;
    struct charge charges[CHARGES_PAID_A_LINE];
    struct refund refunds[REFUNDS_A_CLOSURE];
};
/* What the lists are made of, beside the view. */
struct lists {
    struct part_view becomes[BECOMES];
    struct way_view ways[REFUND_WAY_COUNT];
    struct payment_view payments[CHARGES_PAID_A_LINE];
    struct asked_view refunds[REFUNDS_A_CLOSURE];
};

static enum phase phase_of(const struct closure *closure, const struct policy *policy,
                           int64_t unclaimed, int64_t now) {
    switch (closure_derive(closure, policy).state) {
    case CLOSURE_SUBMITTED:
        return PHASE_CHOOSE;
    case CLOSURE_EXECUTING:
        return PHASE_EXECUTING;
    case CLOSURE_CLOSED:
        return closure_may_claim(closure, policy, unclaimed, now) == ACCEPTED ? PHASE_CLAIM
                                                                              : PHASE_OVER;
    default:
        return PHASE_ENDED;
    }
}

static size_t payments_fill(const struct settlement_rows *rows,
                            struct payment_view to[CHARGES_PAID_A_LINE], int64_t *most) {
    size_t count = 0;
    for (size_t i = 0; i < CHARGES_PAID_A_LINE && rows->charges[i].id; i++) {
        const struct charge *charge = &rows->charges[i];
        int64_t left = charge->amount_minor - charge->refunded_minor;
        if (charge->kind != CHARGE_TOP_UP || left <= 0)
            continue;
        if (left > *most)
            *most = left;
        to[count++] = (struct payment_view){.charge = charge->id,
                                            .paid_at = charge->at,
                                            .amount_minor = charge->amount_minor,
                                            .refundable_minor = left,
                                            .channel = charge->channel};
    }
    return count;
}

/* Asked of the rules: what is offered is what would be accepted. */
static void offer(struct settlement_view *view, struct lists *lists,
                  const struct settlement_rows *rows, const struct credit *credit,
                  const struct policy *policy) {
    size_t count = 0;
    int64_t most = 0;
    view->payments = (struct view_list){
        lists->payments, payments_fill(rows, lists->payments, &most), sizeof *lists->payments};
    for (int way = WAY_HKID_PROXY; way < REFUND_WAY_COUNT; way++) {
        struct chosen chosen = {
            .choice = CHOICE_REFUND, .way = (enum refund_way)way, .original_minor = most};
        if (settlement_may(credit, &chosen, policy) != ACCEPTED)
            continue;
        struct settled settled = settlement_of(credit, &chosen, policy);
        lists->ways[count++] = (struct way_view){way, settled.fee_minor, settled.refund_minor};
    }
    view->ways = (struct view_list){lists->ways, count, sizeof *lists->ways};
    view->may_refund = count > 0;
    struct chosen other = {.choice = CHOICE_TRANSFER, .target = true};
    view->may_transfer = settlement_may(credit, &other, policy) == ACCEPTED;
    view->transfers_minor = settlement_of(credit, &other, policy).transfer_minor;
    struct chosen leave = {.choice = CHOICE_LEAVE, .leave_minor = credit->paid_minor};
    view->may_leave =
        view->phase == PHASE_CHOOSE && settlement_may(credit, &leave, policy) == ACCEPTED;
    view->refundable_minor = settlement_refundable(credit, policy);
}

static size_t refunds_fill(const struct settlement_rows *rows,
                           struct asked_view to[REFUNDS_A_CLOSURE]) {
    size_t count = 0;
    for (; count < REFUNDS_A_CLOSURE && rows->refunds[count].id; count++) {
        const struct refund *refund = &rows->refunds[count];
        to[count] = (struct asked_view){.refund = refund->id,
                                        .state = refund->state,
                                        .amount_minor = refund->amount_minor,
                                        .fee_minor = refund->fee_minor,
                                        .requested_at = refund->requested_at,
                                        .due_at = refund->due_at,
                                        .claimed = refund->claimed};
        memcpy(to[count].reference, refund->reference, sizeof to[count].reference);
    }
    return count;
}

static void chosen_fill(struct view_context *context, struct settlement_view *view,
                        const struct chosen_rows *rows) {
    const struct settlement *s = &rows->settlement;
    view->choice = s->choice;
    view->chosen_at = s->chosen_at;
    view->changes = s->changes;
    view->wait_until = s->wait_until > context->now ? s->wait_until : 0;
    view->leave_minor = s->leave_minor;
    if (s->choice == CHOICE_REFUND) {
        view->way = rows->payee.way;
        view->payee_masked = payee_masked(context->arena, &rows->payee);
    }
    if (s->choice == CHOICE_TRANSFER)
        memcpy(view->target_masked, rows->target.number, sizeof view->target_masked);
}

/* The parts: as they would be, or as they were. */
static void parts_fill(struct settlement_view *view, struct lists *lists,
                       const struct settlement_rows *rows, const struct closing *plan,
                       const struct policy *policy) {
    const struct settlement *s = &rows->chosen.settlement;
    const struct closure *closure = &rows->closure;
    struct settled parts = plan->money;
    bool done = closure->deregistered_at != 0;
    if (done)
        parts = (struct settled){.refund_minor = s->refund_minor,
                                 .transfer_minor = s->transfer_minor,
                                 .fee_minor = s->fee_minor,
                                 .left_minor = s->left_minor,
                                 .unclaimed_minor = view->credit_minor};
    view->refund_minor = parts.refund_minor;
    view->transfer_minor = parts.transfer_minor;
    view->fee_minor = parts.fee_minor;
    view->left_minor = parts.left_minor;
    view->unclaimed_minor = parts.unclaimed_minor;
    view->not_taken = s->choice != CHOICE_NONE && (done || view->credit_minor) &&
                      !parts.refund_minor && !parts.transfer_minor && !parts.left_minor;
    view->kept = policy->after_claim == AFTER_CLAIM_KEEP;
    if (!view->kept && (view->unclaimed_minor || !done))
        view->claim_until = done ? closure->claim_until : plan->claim_until;
    enum refund_way way = (enum refund_way)view->way;
    view->becomes =
        (struct view_list){lists->becomes, done ? 0 : becomes_fill(&parts, way, lists->becomes),
                           sizeof *lists->becomes};
}

static json_t *settlement_json(struct view_context *context, struct settlement_rows *rows) {
    const struct closure *closure = &rows->closure;
    const struct policy *policy = closure_view_policy(context, closure);
    struct balances left = line_balances(rows->accounts);
    bool done = closure->deregistered_at != 0;
    /* A claim goes by what is offered when it is made; the closing by what was when it was asked.
     */
    const struct policy *money = done ? context->policy : policy;
    struct lists lists;
    struct settlement_view view = {.closure = closure->id,
                                   .line = closure->line,
                                   .currency_exponent = policy->currency_exponent,
                                   .credit_minor = done ? left.unclaimed : left.paid,
                                   .promotional_minor =
                                       done ? closure->promotional_minor : left.promotional,
                                   .arrives_days = money->refund_arrives_days,
                                   .payee_wait_hours = money->refund_payee_wait_hours,
                                   .transfer_fee_minor = money->transfer_fee_minor,
                                   .lapsed_at = closure->lapsed_at,
                                   .lapsed_minor = closure->lapsed_minor,
                                   .erased = !rows->subscriber.document[0]};
    view.phase = phase_of(closure, policy, left.unclaimed, context->now);
    if (view.phase == PHASE_ENDED) /* nothing becomes of the credit of a line that stays */
        view.credit_minor = view.promotional_minor = 0;
    memcpy(view.currency, policy->currency, sizeof view.currency);
    struct closing plan =
        closing_shown(&rows->line, closure, rows->accounts, &rows->chosen, policy, context->now);
    struct credit credit = closing_credit(&rows->line, view.credit_minor, view.promotional_minor);
    chosen_fill(context, &view, &rows->chosen);
    parts_fill(&view, &lists, rows, &plan, policy);
    offer(&view, &lists, rows, &credit, money);
    view.refunds =
        (struct view_list){lists.refunds, refunds_fill(rows, lists.refunds), sizeof *lists.refunds};
    return view_json(context, settlement_fields, &view);
}

/* Who may: as with the closure; who asked for the line without its SIM once the identity stands. */
static bool settlement_seen(struct view_context *context, const struct settlement_rows *rows) {
    const struct closure *closure = &rows->closure;
    if (!rows->line.id || closure->operator!= context->actor->operator)
        return false;
    if (view_line_mine(context, &rows->line))
        return true;
    bool asked = context->actor->kind == ACTOR_SUBSCRIBER && closure->account == context->actor->id;
    if (asked && closure->identity_at && view_claims(context, closure->account, rows->line.id))
        return true;
    bool secret =
        context->granted || closure_status_fits(context->secrets, closure, context->secret);
    return secret && closure_shows(closure, closure_view_policy(context, closure), context->now);
}

static void settlement_load(struct load *load, int64_t id, void *to) {
    struct settlement_rows *rows = to;
    want_closure(load, id, &rows->closure);
    want_closure_line(load, id, &rows->line);
    want_closure_ledgers(load, id, rows->accounts);
    want_chosen(load, id, &rows->chosen);
    want_refunds(load, id, rows->refunds);
}

static json_t *settlement_build(struct view_context *context, int64_t id) {
    struct settlement_rows own = {.line = {0}}, *rows = context->rows ? context->rows : &own;
    if (rows == &own) {
        struct load load = view_wants(context);
        settlement_load(&load, id, rows);
        view_fetch(context, &load);
    }
    if (context->down || !context->tenant || !context->policy || !settlement_seen(context, rows))
        return NULL;
    struct load load = view_wants(context); /* by the line, which is known only now */
    want_charges_paid(&load, rows->line.id, rows->charges);
    want_subscriber_of(&load, rows->line.id, &rows->subscriber);
    if (!view_fetch(context, &load))
        return NULL;
    return settlement_json(context, rows);
}

const struct view settlement_view = {
    .name = "settlement",
    .help = "What becomes, or became, of the credit of a closing line, and what can be chosen",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF,
    .scope = "closures:read",
    .fields = settlement_fields,
    .rows_size = sizeof(struct settlement_rows),
    .load = settlement_load,
    .build = settlement_build,
};
