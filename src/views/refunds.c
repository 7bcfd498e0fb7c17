/* The views of refunds: one, for who owns it, who holds its secret, and the operator's people; and
 * the list of those that are open, by when they are to arrive. A payee is masked in both. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "rules/credit_codes.h"
#include "rules/payee.h"
#include "rules/refund.h"
#include "rules/settlement.h"
#include "views/cases.h"

enum { QUEUE = 100 };

static const char *const states[] = {NULL,    "requested", "approved",
                                     "filed", "accepted",  "returned",
                                     "paid",  "rejected",  view_values_end};
static const char *const ways[] = {NULL,       "hkid_proxy", "fps_id", "bank",
                                   "original", "abroad",     "cash",   view_values_end};
static const char *const reasons[] = {NULL,       "not_registered", "name",  "account",
                                      "provider", "bank",           "fraud", view_values_end};
_Static_assert(sizeof states / sizeof *states == REFUND_STATE_COUNT + 1 &&
                   sizeof ways / sizeof *ways == REFUND_WAY_COUNT + 1 &&
                   sizeof reasons / sizeof *reasons == REFUND_REASON_COUNT + 1,
               "as in rules/credit_codes.h");

struct way_view {
    int64_t way, fee_minor, amount_minor;
    char currency[4];
};
struct can_view {
    int64_t known, correct, approve, pay, take_back, reject;
};
struct refund_view {
    int64_t id, closure, line, state, claimed, overdue, payee, way, unverified;
    int64_t amount_minor, fee_minor, currency_exponent;
    int64_t requested_at, wait_until, due_at, corrected_at, checked_at, approved_at, paid_at;
    int64_t returned_at, returns, rejected_at, reason, claim_until, needs_second, by_hand;
    char reference[REFERENCE_SIZE], closure_reference[REFERENCE_SIZE], currency[4], language[16];
    char number_masked[NUMBER_SIZE], contact[EMAIL_SIZE], payee_name[NAME_SIZE], country[4];
    char evidence[200], secret[STATUS_SECRET_SIZE];
    const char *payee_number;
    struct view_list ways;
    struct can_view can;
};

static const struct view_field way_fields[] = {
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, way_view, way), .help = "a way in which it can be paid instead",
     .values = ways},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, way_view, currency), .help = "ISO 4217"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, way_view, fee_minor), .help = "what it costs, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, way_view, amount_minor), .help = "what arrives then, minor units"},
    VIEW_END,
};

static const struct view_field can_fields[] = {
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, can_view, correct), .help = "another payee can be named"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, can_view, approve), .help = "the staff can approve it now"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, can_view, pay), .help = "it can be noted as paid"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, can_view, take_back), .help = "it can be noted as returned"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, can_view, reject), .help = "it can be rejected"},
    VIEW_END,
};

static const struct view_field refund_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, refund_view, id), .help = "the refund's id"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, refund_view, reference), .help = "what people read out"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, refund_view, secret),
     .help = "with the reference it shows the refund; only in the answer to who asked for it"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, refund_view, closure), .help = "the closure that it comes from"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, refund_view, closure_reference), .help = "its reference"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, refund_view, line), .help = "the line, which is closed"},
    {VIEW(VIEW_TEXT, VIEW_MASKED, refund_view, number_masked), .help = "its number, masked",
     .mask = MASK_NUMBER},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, refund_view, state),
     .help = "requested; approved; filed and accepted: in a bank's file; returned: it came back; "
             "paid; rejected",
     .values = states},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, refund_view, overdue),
     .help = "it should have arrived by now, and is neither paid nor rejected"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, refund_view, claimed),
     .help = "of credit that was unclaimed at first"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, refund_view, currency), .help = "ISO 4217"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, refund_view, currency_exponent),
     .help = "decimal places of the currency"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, refund_view, amount_minor), .help = "what arrives, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, refund_view, fee_minor),
     .help = "what was taken beside it, minor units"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, refund_view, payee),
     .help = "the present payee, whom refund.approve names"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, refund_view, way), .help = "how it is paid", .values = ways},
    {VIEW(VIEW_WORDS, VIEW_PUBLIC, refund_view, payee_number), .help = "the account, masked"},
    {VIEW(VIEW_TEXT, VIEW_MASKED, refund_view, payee_name), .help = "its holder, masked",
     .mask = MASK_NAME},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, refund_view, country), .help = "its country, when abroad"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, refund_view, unverified),
     .help = "nothing ties the account to the person"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, refund_view, needs_second), .help = "two people approve it"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, refund_view, by_hand),
     .help = "the staff were called: it is paid by hand, or overdue"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, refund_view, requested_at), .help = "when it was asked for"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, refund_view, corrected_at),
     .help = "when another payee was named"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, refund_view, wait_until),
     .help = "it is not approved before, so that who is told of a change can object"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, refund_view, due_at), .help = "by when it arrives"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, refund_view, checked_at),
     .help = "when the first of two approved it"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, refund_view, approved_at), .help = "when it was approved"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, refund_view, paid_at), .help = "when it was paid"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, refund_view, returned_at), .help = "when it last came back"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, refund_view, returns), .help = "how often it came back"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, refund_view, rejected_at), .help = "when it was rejected"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, refund_view, reason),
     .help = "why it came back or was rejected", .values = reasons},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, refund_view, claim_until),
     .help = "rejected: until when the credit can be claimed, which it is again"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, refund_view, evidence),
     .help = "by what it was paid, in the staff's own words; for staff"},
    {VIEW(VIEW_TEXT, VIEW_MASKED, refund_view, contact), .help = "where its messages go, masked",
     .mask = MASK_EMAIL},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, refund_view, language), .help = "language of the messages"},
    {VIEW(VIEW_LIST, VIEW_PUBLIC, refund_view, ways),
     .help = "how it can be paid instead, while another payee can be named", .fields = way_fields},
    {VIEW(VIEW_OBJECT, VIEW_PUBLIC, refund_view, can), .help = "what can be done with it now",
     .fields = can_fields},
    VIEW_END,
};

struct refund_rows {
    struct refund refund;
    struct line line;
    struct account_line link;
    struct closure closure;
    struct payee payee;
};

static const struct policy *policy_of(const struct view_context *context,
                                      const struct refund *refund) {
    const struct tenant *tenant = context->tenant;
    for (size_t i = 0; tenant && i < tenant->policy_count; i++)
        if (tenant->policies[i].id == refund->policy)
            return &tenant->policies[i];
    return context->policy;
}

/* Asked of the rules by trying on a copy: what is offered is what would be accepted, by somebody
 * who did not ask for it and was not the first to approve it. */
static struct can_view can_of(const struct view_context *context, const struct refund_rows *rows) {
    struct refund one = rows->refund, two = one, three = one, four = one;
    int64_t now = context->now;
    bool unverified = payee_unverified(&rows->payee);
    return (struct can_view){.known = 1,
                             .correct = refund_correctable(&one) == ACCEPTED,
                             .approve = refund_approve(&one, context->policy, unverified,
                                                       ACTOR_SYSTEM, -1, now) == ACCEPTED,
                             .pay = refund_pay(&two, 0, now) == ACCEPTED,
                             .take_back = refund_return(&three, UNPAID_BANK, 0, now) == ACCEPTED,
                             .reject = refund_reject(&four, UNPAID_BANK, 0, now) == ACCEPTED};
}

/* What each way that is offered costs, and leaves. */
static struct view_list ways_of(const struct view_context *context, const struct refund *refund,
                                const struct payee *payee, struct way_view to[REFUND_WAY_COUNT]) {
    const struct policy *policy = policy_of(context, refund);
    size_t count = 0;
    if (refund_correctable(refund) != ACCEPTED)
        return (struct view_list){to, 0, sizeof *to};
    for (int64_t way = 1; way < REFUND_WAY_COUNT; way++) {
        struct refund other = *refund;
        int64_t former = settlement_fee((enum refund_way)payee->way, policy);
        if (!payee_allows(way, context->policy) ||
            !refund_refit(&other, former, settlement_fee((enum refund_way)way, policy)))
            continue;
        to[count] = (struct way_view){
            .way = way, .fee_minor = other.fee_minor, .amount_minor = other.amount_minor};
        memcpy(to[count++].currency, context->policy->currency, sizeof to->currency);
    }
    return (struct view_list){to, count, sizeof *to};
}

static struct refund_view view_of_refund(const struct view_context *context,
                                         const struct refund_rows *rows) {
    const struct refund *r = &rows->refund;
    const struct policy *policy = context->policy;
    struct refund_view view = {
        .id = r->id,
        .closure = r->closure,
        .line = r->line,
        .state = r->state,
        .claimed = r->claimed,
        .overdue = refund_overdue(r, context->now),
        .payee = r->payee,
        .way = rows->payee.way,
        .unverified = payee_unverified(&rows->payee),
        .needs_second = refund_needs_second(r, policy, payee_unverified(&rows->payee)),
        .by_hand = r->escalated_at != 0,
        .amount_minor = r->amount_minor,
        .fee_minor = r->fee_minor,
        .currency_exponent = policy->currency_exponent,
        .requested_at = r->requested_at,
        .wait_until = r->wait_until > context->now ? r->wait_until : 0,
        .due_at = refund_is_open(r) ? r->due_at : 0,
        .corrected_at = r->corrected_at,
        .checked_at = r->checked_at,
        .approved_at = r->approved_at,
        .paid_at = r->paid_at,
        .returned_at = r->returned_at,
        .returns = r->returns,
        .rejected_at = r->rejected_at,
        .reason = r->reason,
        .claim_until = r->rejected_at ? rows->closure.claim_until : 0,
        .payee_number = payee_masked(context->arena, &rows->payee),
    };
    memcpy(view.reference, r->reference, sizeof view.reference);
    memcpy(view.closure_reference, rows->closure.reference, sizeof view.closure_reference);
    memcpy(view.currency, policy->currency, sizeof view.currency);
    memcpy(view.language, r->language, sizeof view.language);
    memcpy(view.number_masked, rows->line.number, sizeof view.number_masked);
    memcpy(view.contact, r->contact, sizeof view.contact);
    memcpy(view.payee_name, rows->payee.name, sizeof view.payee_name);
    memcpy(view.country, rows->payee.country, sizeof view.country);
    return view;
}

static void refund_load(struct load *load, int64_t id, struct refund_rows *rows) {
    want_refund(load, id, &rows->refund);
    want_payee_of_refund(load, id, &rows->payee);
}

/* Who may: the line's account, integrators and staff of the operator, and who holds the secret. */
static bool refund_mine(struct view_context *context, const struct refund_rows *rows, bool *held) {
    const struct refund *refund = &rows->refund;
    bool secret = refund_secret_fits(context->secrets, refund, context->secret);
    *held = view_line_held(context, &rows->line, &rows->link);
    if (!refund->id || !rows->line.id || !rows->payee.id ||
        refund->operator!= context->actor->operator)
        return false;
    return *held || secret || context->granted;
}

static json_t *refund_build(struct view_context *context, int64_t id) {
    struct refund_rows rows = {.refund.id = 0};
    struct way_view offered[REFUND_WAY_COUNT];
    bool held;
    struct load load = view_wants(context);
    refund_load(&load, id, &rows);
    if (!context->policy || !view_fetch(context, &load))
        return NULL;
    load = view_wants(context);
    want_line_mine(context, &load, rows.refund.line, &rows.line, &rows.link);
    want_closure(&load, rows.refund.closure, &rows.closure);
    if (!view_fetch(context, &load) || !refund_mine(context, &rows, &held))
        return NULL;
    struct refund_view view = view_of_refund(context, &rows);
    context->own = held && context->actor->kind == ACTOR_SUBSCRIBER;
    if (context->actor->kind == ACTOR_STAFF)
        memcpy(view.evidence, rows.refund.evidence, sizeof view.evidence);
    if (context->once) { /* to who just asked for it, at whatever door */
        context->own = true;
        refund_secret(context->secrets, &rows.refund, view.secret);
    }
    view.ways = ways_of(context, &rows.refund, &rows.payee, offered);
    view.can = can_of(context, &rows);
    return view_json(context, refund_fields, &view);
}

const struct view refund_view = {
    .name = "refund",
    .help = "A refund: where it stands, by when it arrives, what to do",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF,
    .scope = "refunds:read",
    .fields = refund_fields,
    .build = refund_build,
};

/* --- the list --- */

struct item_view {
    int64_t id, closure, line, state, way, amount_minor, currency_exponent;
    int64_t requested_at, wait_until, due_at, overdue, checked_at, returns;
    char reference[REFERENCE_SIZE], currency[4];
};

static const struct view_field item_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, item_view, id), .help = "the refund's id"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, item_view, reference), .help = "what people read out"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, item_view, state), .help = "where it stands", .values = states},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, item_view, due_at), .help = "by when it arrives"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, item_view, overdue), .help = "it should have arrived by now"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, item_view, way), .help = "how it is paid", .values = ways},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, item_view, currency), .help = "ISO 4217"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, item_view, currency_exponent),
     .help = "decimal places of the currency"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, item_view, amount_minor), .help = "what arrives, minor units"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, item_view, requested_at), .help = "when it was asked for"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, item_view, wait_until), .help = "it is not approved before"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, item_view, checked_at),
     .help = "when the first of two approved it"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, item_view, returns), .help = "how often it came back"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, item_view, closure), .help = "the closure that it comes from"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, item_view, line), .help = "the line"},
    VIEW_END,
};

static struct item_view item_of(const struct view_context *context, const struct refund *r,
                                const struct payee *payee) {
    struct item_view item = {.id = r->id,
                             .closure = r->closure,
                             .line = r->line,
                             .state = r->state,
                             .way = payee->way,
                             .amount_minor = r->amount_minor,
                             .currency_exponent = context->policy->currency_exponent,
                             .requested_at = r->requested_at,
                             .wait_until = r->wait_until > context->now ? r->wait_until : 0,
                             .due_at = refund_is_open(r) ? r->due_at : 0,
                             .overdue = refund_overdue(r, context->now),
                             .checked_at = r->checked_at,
                             .returns = r->returns};
    memcpy(item.reference, r->reference, sizeof item.reference);
    memcpy(item.currency, context->policy->currency, sizeof item.currency);
    return item;
}

/* The payees of some refunds, VIEW_WANTS in one round trip; false when they cannot be read. */
static bool payees_of(struct view_context *context, const struct refund *refunds, size_t count,
                      struct payee *payees) {
    for (size_t at = 0; at < count; at += VIEW_WANTS) {
        struct load load = view_wants(context);
        for (size_t i = at; i < count && i < at + VIEW_WANTS; i++)
            want_payee(&load, refunds[i].payee, &payees[i]);
        if (!view_fetch(context, &load))
            return false;
    }
    return true;
}

/* The one of a reference, else those that are open, the overdue ones first: what is paid or
 * rejected leaves the list, so there is no second page. */
static size_t refunds_found(struct view_context *context, struct refund rows[QUEUE]) {
    struct key key = {.limit = QUEUE};
    if (!context->search[0])
        return view_read(context, REFUNDS_OPEN, key, rows, QUEUE);
    if (!refund_reference_read(context->search, key.text))
        return 0;
    return view_read(context, REFUND_BY_REFERENCE, key, rows, 1);
}

static json_t *refunds_build(struct view_context *context, int64_t id) {
    struct refund *rows = arena_take(context->arena, QUEUE * sizeof *rows);
    (void)id;
    if (!context->policy)
        return NULL;
    size_t count = rows ? refunds_found(context, rows) : 0;
    struct payee *payees = arena_take(context->arena, (count + 1) * sizeof *payees);
    struct item_view *items = arena_take(context->arena, (count + 1) * sizeof *items);
    if (!rows || !payees || !items || context->down || !payees_of(context, rows, count, payees)) {
        context->down = true;
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        items[i] = item_of(context, &rows[i], &payees[i]);
    return view_page(context, item_fields, items, count, sizeof *items, 0);
}

const struct view refunds_view = {
    .name = "refunds",
    .help = "Open refunds, the overdue ones first, 100 at most; search takes a whole reference",
    .who = ACTOR_API | ACTOR_STAFF,
    .scope = "refunds:read",
    .list = true,
    .fields = item_fields,
    .build = refunds_build,
};
