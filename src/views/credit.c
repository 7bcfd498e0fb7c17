/* The views of a line's credit: what is there, what each becomes when the line is closed and by
 * which rule of the operator's, the ways in which it could be paid out, the mandates that top it
 * up, and every movement. What becomes of it is settlement_of(), which the closing asks too. An
 * account that came to the line without its SIM sees none of it. */
#include <string.h>

#include "rules/credit_codes.h"
#include "rules/settlement.h"
#include "rules/transfer.h"
#include "views/cases.h"

enum { ACCOUNTS = 3, FATES = 8 };

static const char *const credits[] = {[LEDGER_PAID] = "paid",
                                      [LEDGER_PROMOTIONAL] = "promotional",
                                      [LEDGER_UNCLAIMED] = "unclaimed",
                                      view_values_end};

/* What can become of it. */
enum fate {
    FATE_REFUND = 1,
    FATE_NOT_REFUNDED,
    FATE_TRANSFER,
    FATE_LEAVE,
    FATE_UNCLAIMED,
    FATE_ENDS,
    FATE_CLAIM,
    FATE_STAYS,
    FATE_LAPSES,
};
static const char *const fates[] = {
    [FATE_REFUND] = "refund",       [FATE_NOT_REFUNDED] = "not_refunded",
    [FATE_TRANSFER] = "transfer",   [FATE_LEAVE] = "leave",
    [FATE_UNCLAIMED] = "unclaimed", [FATE_ENDS] = "ends",
    [FATE_CLAIM] = "claim",         [FATE_STAYS] = "stays",
    [FATE_LAPSES] = "lapses",       view_values_end};
static const char *const ways[] = {NULL,
                                   [WAY_HKID_PROXY] = "hkid_proxy",
                                   [WAY_FPS_ID] = "fps_id",
                                   [WAY_BANK] = "bank",
                                   [WAY_ORIGINAL] = "original",
                                   [WAY_ABROAD] = "abroad",
                                   [WAY_CASH] = "cash",
                                   [REFUND_WAY_COUNT] = view_values_end};
static const char *const movements[] = {NULL,
                                        [MOVED_OPENING] = "opening",
                                        [MOVED_TOP_UP] = "top_up",
                                        [MOVED_GRANT] = "grant",
                                        [MOVED_SPENT] = "spent",
                                        [MOVED_SUSPENSION_FEE] = "suspension_fee",
                                        [MOVED_TRANSFER] = "transfer",
                                        [MOVED_TRANSFER_FEE] = "transfer_fee",
                                        [MOVED_UNCLAIMED] = "unclaimed",
                                        [MOVED_ENDED] = "ended",
                                        [MOVED_REFUND] = "refund",
                                        [MOVED_REFUND_FEE] = "refund_fee",
                                        [MOVED_APPROVED] = "approved",
                                        [MOVED_PAID_OUT] = "paid_out",
                                        [MOVED_RETURNED] = "returned",
                                        [MOVED_REJECTED] = "rejected",
                                        [MOVED_LEFT] = "left",
                                        [MOVED_LAPSED] = "lapsed",
                                        [MOVED_LATE_DEBIT] = "late_debit",
                                        [MOVEMENT_COUNT] = view_values_end};
static const char *const kinds[] = {
    NULL, [CHARGE_TOP_UP] = "top_up", [CHARGE_SPENT] = "spent", [CHARGE_GRANT] = "grant",
    [CHARGE_KIND_COUNT] = view_values_end};
static const char *const channels[] = {NULL,
                                       [CHANNEL_VOUCHER] = "voucher",
                                       [CHANNEL_COUNTER] = "counter",
                                       [CHANNEL_ONLINE] = "online",
                                       [CHANNEL_AUTO] = "auto",
                                       [CHANNEL_COUNT] = view_values_end};

/* --- charge --- */

static const struct view_field charge_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, charge, id), .help = "the charge's id"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, charge, line), .help = "the line"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, charge, kind), .help = "top_up, spent or grant",
     .values = kinds},
    {"credit", VIEW_CHOICE, VIEW_PUBLIC, VIEW_PLACE(charge, account),
     .help = "of which credit it was told", .values = credits},
    {VIEW(VIEW_INT, VIEW_PUBLIC, charge, amount_minor), .help = "the amount, minor units"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, charge, at), .help = "when it happened, as it was told"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, charge, booked_at), .help = "when it was booked"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, charge, channel), .help = "how a top-up was paid",
     .values = channels},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, charge, late),
     .help = "the line was closed: a top-up became unclaimed credit, what was used is the "
             "operator's loss"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, charge, refunded_minor),
     .help = "of a top-up: paid back to where it came from, minor units"},
    {"transaction", VIEW_TEXT, VIEW_PUBLIC, VIEW_PLACE(charge, transaction_id),
     .help = "the operator's own name of the transaction"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, charge, payment), .help = "the payment provider's name of it"},
    VIEW_END,
};

static json_t *charge_build(struct view_context *context, int64_t id) {
    struct charge charge;
    if (view_read(context, CHARGE_BY_ID, (struct key){.id = id}, &charge, 1) != 1)
        return NULL;
    return view_json(context, charge_fields, &charge);
}

const struct view charge_view = {
    .name = "charge",
    .help = "What the charging system told once: a top-up, what was used, promotional credit",
    .who = ACTOR_API | ACTOR_STAFF,
    .scope = "credit:write",
    .fields = charge_fields,
    .build = charge_build,
};

/* --- mandate --- */

static const struct view_field mandate_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, mandate, id), .help = "the mandate's id"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, mandate, line), .help = "the line that it tops up"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, mandate, reference),
     .help = "the payment provider's name of the mandate"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, mandate, method),
     .help = "how the provider pays it, masked; shown to its holder only"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, mandate, amount_minor),
     .help = "what it tops up each time, minor units; 0: not known"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, mandate, made_at), .help = "when it was told"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, mandate, ended_at), .help = "when it ended"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, mandate, told_at),
     .help = "when the payment provider knew of the end"},
    VIEW_END,
};

static json_t *mandate_build(struct view_context *context, int64_t id) {
    struct mandate mandate;
    if (view_read(context, MANDATE_BY_ID, (struct key){.id = id}, &mandate, 1) != 1)
        return NULL;
    return view_json(context, mandate_fields, &mandate);
}

const struct view mandate_view = {
    .name = "mandate",
    .help = "An auto-recharge mandate at the payment provider",
    .who = ACTOR_API | ACTOR_STAFF,
    .scope = "credit:write",
    .fields = mandate_fields,
    .build = mandate_build,
};

/* --- credit --- */

struct fate_item {
    int64_t credit, becomes, amount_minor;
    char rule[40];
};
struct way_item {
    int64_t way, fee_minor, minimum_minor, arrives_minor, possible;
};
struct credit_view {
    int64_t line, closure, currency_exponent, closed_at, claim_until;
    int64_t paid_minor, online_minor, promotional_minor, unclaimed_minor, refundable_minor;
    int64_t arrives_days, can_transfer;
    char number[NUMBER_SIZE], currency[4];
    struct view_list becomes, ways, mandates;
};

static const struct view_field fate_fields[] = {
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, fate_item, credit), .help = "which credit", .values = credits},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, fate_item, becomes),
     .help = "refund, transfer, leave: if it is chosen; unclaimed: if nothing is; not_refunded, "
             "ends: in any case. Of a closed line claim: it can be asked for; then it stays or "
             "lapses",
     .values = fates},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, fate_item, rule), .help = "the field of the policy that says so"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, fate_item, amount_minor),
     .help = "how much of what is there now, fees included, minor units"},
    VIEW_END,
};
static const struct view_field way_fields[] = {
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, way_item, way), .help = "how it is paid", .values = ways},
    {VIEW(VIEW_INT, VIEW_PUBLIC, way_item, fee_minor), .help = "what it costs, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, way_item, minimum_minor),
     .help = "from how much on it is paid, fee included, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, way_item, arrives_minor),
     .help = "what would arrive of what is there now, minor units"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, way_item, possible), .help = "it would be taken now"},
    VIEW_END,
};
static const struct view_field credit_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, credit_view, line), .help = "the line"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, credit_view, number), .help = "its number, E.164",
     .mask = MASK_NUMBER},
    {VIEW(VIEW_ID, VIEW_PUBLIC, credit_view, closure),
     .help = "the closure that is open, or that closed it"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, credit_view, closed_at), .help = "when it was closed"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, credit_view, currency), .help = "ISO 4217"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, credit_view, currency_exponent),
     .help = "decimal places of the currency"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, credit_view, paid_minor), .help = "paid credit, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, credit_view, online_minor),
     .help = "of the paid (closed: unclaimed) credit, what was topped up online, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, credit_view, promotional_minor),
     .help = "promotional credit, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, credit_view, unclaimed_minor),
     .help = "of a closed line, what can still be claimed, minor units"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, credit_view, claim_until), .help = "until when"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, credit_view, refundable_minor),
     .help = "what of it could be refunded by policy, fee included, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, credit_view, arrives_days),
     .help = "in how many days a refund arrives"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, credit_view, can_transfer),
     .help = "credit can go to another line now, within the limits"},
    {VIEW(VIEW_LIST, VIEW_PUBLIC, credit_view, becomes), .help = "what each becomes, by which rule",
     .fields = fate_fields},
    {VIEW(VIEW_LIST, VIEW_PUBLIC, credit_view, ways),
     .help = "how the operator refunds, with what it costs", .fields = way_fields},
    {VIEW(VIEW_LIST, VIEW_PUBLIC, credit_view, mandates),
     .help = "who may top it up by themselves; ended with the line", .fields = mandate_fields},
    VIEW_END,
};

struct credit_rows {
    struct line line;
    struct account_line link;
    struct closure closure;
    struct suspension open;
    struct ledger_account accounts[LEDGERS_A_LINE];
    struct mandate mandates[MANDATES_A_LINE];
    struct charge paid[CHARGES_PAID_A_LINE];
};

struct fate_list {
    struct fate_item items[FATES];
    size_t count;
};

static void fate_add(struct fate_list *list, enum ledger_kind credit, enum fate becomes,
                     const char *rule, int64_t amount) {
    if (!amount || list->count == FATES)
        return;
    struct fate_item *item = &list->items[list->count++];
    *item = (struct fate_item){.credit = credit, .becomes = becomes, .amount_minor = amount};
    memcpy(item->rule, rule, strlen(rule));
}

/* The most that any way takes, fee included. */
static int64_t refund_most(const struct credit *credit, int64_t original,
                           const struct policy *policy) {
    int64_t most = 0;
    for (enum refund_way way = WAY_HKID_PROXY; way < REFUND_WAY_COUNT; way++) {
        struct chosen chosen = {.choice = CHOICE_REFUND, .way = way, .original_minor = original};
        struct settled s = settlement_of(credit, &chosen, policy);
        most = s.refund_minor + s.fee_minor > most ? s.refund_minor + s.fee_minor : most;
    }
    return most;
}

/* Of the paid credit of a line that is open, and of what is unclaimed of one that is closed. */
static void fates_of_paid(struct fate_list *list, const struct credit *credit, int64_t original,
                          enum ledger_kind which, const struct policy *policy) {
    const struct chosen transfer = {.choice = CHOICE_TRANSFER, .target = true};
    int64_t refundable = settlement_refundable(credit, policy);
    int64_t most = refund_most(credit, original, policy);
    struct settled sent = settlement_of(credit, &transfer, policy);
    fate_add(list, which, FATE_REFUND, "refund.offered", most);
    fate_add(list, which, FATE_NOT_REFUNDED,
             policy->refund_offered ? "refund.online" : "refund.offered",
             credit->paid_minor - refundable);
    fate_add(list, which, FATE_NOT_REFUNDED, most ? "refund.ways" : "refund.minimum_minor",
             refundable - most);
    fate_add(list, which, FATE_TRANSFER, "transfer.offered", sent.transfer_minor + sent.fee_minor);
    fate_add(list, which, FATE_LEAVE, "credit.leave", policy->leave ? credit->paid_minor : 0);
}

/* over: the time to claim has ended. A claim goes by what is offered now, its end by what was
 * promised. */
static void fates_fill(struct fate_list *list, const struct credit *credit, int64_t original,
                       bool closed, bool over, const struct policy *policy,
                       const struct policy *promised) {
    enum ledger_kind which = closed ? LEDGER_UNCLAIMED : LEDGER_PAID;
    if (closed && !over)
        fate_add(list, which, FATE_CLAIM, "credit.unclaimed_claim_months", credit->paid_minor);
    if (!over)
        fates_of_paid(list, credit, original, which, policy);
    if (closed && promised->after_claim == AFTER_CLAIM_BREAKAGE)
        fate_add(list, which, FATE_LAPSES, "credit.after_claim", credit->paid_minor);
    else if (closed)
        fate_add(list, which, FATE_STAYS, "credit.after_claim", credit->paid_minor);
    else
        fate_add(list, which, FATE_UNCLAIMED, "credit.paid", credit->paid_minor);
    fate_add(list, LEDGER_PROMOTIONAL, FATE_ENDS, "credit.promotional", credit->promotional_minor);
}

/* The most that one payment can have back. */
static int64_t original_most(const struct charge paid[CHARGES_PAID_A_LINE]) {
    int64_t most = 0;
    for (size_t i = 0; i < CHARGES_PAID_A_LINE && paid[i].id; i++) {
        int64_t left = paid[i].amount_minor - paid[i].refunded_minor;
        most = left > most ? left : most;
    }
    return most;
}

static size_t ways_fill(struct way_item to[REFUND_WAY_COUNT], const struct credit *credit,
                        int64_t original, const struct policy *policy) {
    size_t count = 0;
    for (enum refund_way way = WAY_HKID_PROXY; way < REFUND_WAY_COUNT; way++) {
        struct chosen chosen = {.choice = CHOICE_REFUND, .way = way, .original_minor = original};
        if (!policy->refund_offered || !policy->refund_ways[way])
            continue;
        to[count++] =
            (struct way_item){.way = way,
                              .fee_minor = settlement_fee(way, policy),
                              .minimum_minor = policy->refund_minimum_minor,
                              .arrives_minor = settlement_of(credit, &chosen, policy).refund_minor,
                              .possible = settlement_may(credit, &chosen, policy) == ACCEPTED};
    }
    return count;
}

static bool credit_read(struct view_context *context, int64_t id, struct credit_rows *rows) {
    struct load load = view_wants(context);
    *rows = (struct credit_rows){.line.id = 0};
    want_line_mine(context, &load, id, &rows->line, &rows->link);
    want_closure_of(&load, id, &rows->closure);
    want_suspension_of(&load, id, &rows->open);
    want_ledgers(&load, id, rows->accounts);
    want_mandates(&load, id, rows->mandates);
    want_charges_paid(&load, id, rows->paid);
    return context->policy && view_fetch(context, &load) &&
           view_line_held(context, &rows->line, &rows->link);
}

static int64_t unclaimed_of(struct ledger_account accounts[LEDGERS_A_LINE]) {
    const struct ledger_account *account = ledger_find(accounts, LEDGER_UNCLAIMED);
    return account ? account->balance : 0;
}

/* By what is in force, as the verb will ask; the day's limits are the view transferring's. */
static bool can_transfer(const struct view_context *context, const struct credit_rows *rows,
                         int64_t paid) {
    const struct policy *policy = context->policy;
    return transfer_may(&rows->line, &rows->open, policy, context->now) == ACCEPTED &&
           paid - policy->transfer_fee_minor >= policy->transfer_minimum_minor;
}

static json_t *credit_build(struct view_context *context, int64_t id) {
    struct credit_rows rows;
    struct fate_list list = {.count = 0};
    struct way_item offered[REFUND_WAY_COUNT];
    size_t mandates = 0;
    if (!credit_read(context, id, &rows))
        return NULL;
    bool closed = rows.line.state == LINE_CLOSED;
    bool over = closed && rows.closure.claim_until <= context->now;
    const struct policy *promised = closure_view_policy(context, &rows.closure);
    const struct policy *policy = closed ? context->policy : promised;
    struct balances left = line_balances(rows.accounts);
    int64_t unclaimed = unclaimed_of(rows.accounts);
    struct credit credit = {.paid_minor = closed ? unclaimed : left.paid,
                            .promotional_minor = left.promotional};
    credit.online_minor =
        rows.line.online_minor < credit.paid_minor ? rows.line.online_minor : credit.paid_minor;
    struct credit_view view = {.line = rows.line.id,
                               .closure = rows.line.closure,
                               .closed_at = rows.line.closed_at,
                               .currency_exponent = policy->currency_exponent,
                               .claim_until = closed ? rows.closure.claim_until : 0,
                               .paid_minor = left.paid,
                               .online_minor = credit.online_minor,
                               .promotional_minor = left.promotional,
                               .unclaimed_minor = unclaimed,
                               .refundable_minor =
                                   over ? 0 : settlement_refundable(&credit, policy),
                               .arrives_days = policy->refund_arrives_days,
                               .can_transfer = can_transfer(context, &rows, left.paid)};
    context->own = context->actor->kind == ACTOR_SUBSCRIBER;
    memcpy(view.number, rows.line.number, sizeof view.number);
    memcpy(view.currency, policy->currency, sizeof view.currency);
    int64_t original = original_most(rows.paid);
    fates_fill(&list, &credit, original, closed, over, policy, promised);
    size_t count = over ? 0 : ways_fill(offered, &credit, original, policy);
    while (mandates < MANDATES_A_LINE && rows.mandates[mandates].id)
        mandates++;
    view.becomes = (struct view_list){list.items, list.count, sizeof *list.items};
    view.ways = (struct view_list){offered, count, sizeof *offered};
    view.mandates = (struct view_list){rows.mandates, mandates, sizeof *rows.mandates};
    return view_json(context, credit_fields, &view);
}

const struct view credit_view = {
    .name = "credit",
    .help = "A line's credit: what is there, what becomes of it on closing, and by which rule",
    .who = ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF,
    .scope = "lines:read",
    .fields = credit_fields,
    .build = credit_build,
};

/* --- movements --- */

struct movement_item {
    int64_t id, at, movement, credit, amount_minor;
};

static const struct view_field movement_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, movement_item, id), .help = "the posting's id"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, movement_item, at), .help = "when it was booked"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, movement_item, movement), .help = "what moved it",
     .values = movements},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, movement_item, credit), .help = "which credit",
     .values = credits},
    {VIEW(VIEW_INT, VIEW_PUBLIC, movement_item, amount_minor),
     .help = "what came (or, negative, went), minor units"},
    VIEW_END,
};

/* The latest postings of each account before the cursor's, `room` of each. */
static bool postings_read(struct view_context *context, const struct ledger_account *accounts,
                          size_t room, struct posting *pages[ACCOUNTS]) {
    struct posting before = {.id = INT64_MAX, .at = INT64_MAX};
    if (context->after &&
        view_read(context, POSTING_BY_ID, (struct key){.id = context->after}, &before, 1) != 1)
        return !context->down; /* no page comes after one that is not there */
    struct load load = view_wants(context);
    size_t count = 0;
    for (size_t i = 0; i < LEDGERS_A_LINE && accounts[i].id && count < ACCOUNTS; i++) {
        struct key key = {.operator= context->actor->operator,
                          .id = accounts[i].id,
                          .at = before.at,
                          .other = before.id,
                          .limit = (int64_t)room};
        pages[count] = arena_take(context->arena, (room + 1) * sizeof **pages);
        if (!pages[count])
            return false;
        pages[count][room] = (struct posting){.id = 0};
        want_many(&load, POSTING_PAGE, &key, pages[count++], room);
    }
    return !count || view_fetch(context, &load);
}

static bool is_later(const struct posting *one, const struct posting *other) {
    return one->at != other->at ? one->at > other->at : one->id > other->id;
}

/* The newest of what is left of the pages, or NULL. */
static const struct posting *newest(struct posting *pages[ACCOUNTS], size_t *which) {
    const struct posting *found = NULL;
    for (size_t i = 0; i < ACCOUNTS; i++)
        if (pages[i] && pages[i]->id && (!found || is_later(pages[i], found))) {
            found = pages[i];
            *which = i;
        }
    return found;
}

static json_t *movements_build(struct view_context *context, int64_t id) {
    struct line line;
    struct account_line link;
    struct ledger_account accounts[LEDGERS_A_LINE] = {{0}};
    struct posting *pages[ACCOUNTS] = {NULL};
    size_t limit = (size_t)view_limit(context), count = 0, which;
    int64_t next = 0;
    struct movement_item *items = arena_take(context->arena, limit * sizeof *items);
    struct load load = view_wants(context);
    want_line_mine(context, &load, id, &line, &link);
    want_ledgers(&load, id, accounts);
    if (!context->policy || !view_fetch(context, &load) || !view_line_held(context, &line, &link))
        return NULL;
    if (!items || !postings_read(context, accounts, limit + 1, pages)) {
        context->down = true;
        return NULL;
    }
    for (const struct posting *at; (at = newest(pages, &which)); pages[which]++) {
        if (count == limit) {
            next = items[count - 1].id;
            break;
        }
        items[count++] = (struct movement_item){.id = at->id,
                                                .at = at->at,
                                                .movement = at->movement,
                                                .credit = accounts[which].kind,
                                                .amount_minor = at->amount};
    }
    return view_page(context, movement_fields, items, count, sizeof *items, next);
}

const struct view movements_view = {
    .name = "movements",
    .help = "All that moved a line's credit, the newest first",
    .who = ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF,
    .scope = "lines:read",
    .list = true,
    .fields = movement_fields,
    .build = movements_build,
};
