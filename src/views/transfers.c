/* The views of credit that goes from line to line: what a transfer would mean now, and one that was
 * made. Of the other line nothing is shown but what the sender typed, masked; its id only to whom
 * it belongs too. */
#include <stdio.h>
#include <string.h>

#include "rules/budget.h"
#include "rules/transfer.h"
#include "views/cases.h"

enum { TARGETS = 32, LINKS = 64 };

/* --- transferring --- */

struct target_view {
    int64_t line, takes;
    char number[NUMBER_SIZE], plan[PLAN_SIZE];
};

struct transferring_view {
    int64_t line, closure, offered, can_transfer, from;
    int64_t paid_minor, fee_minor, minimum_minor, maximum_minor, most_minor, currency_exponent;
    int64_t day_count, day_minor, count_left, minor_left, cooling_hours;
    char number[NUMBER_SIZE], currency[4];
    const char *refused;
    struct view_list targets;
};

static const struct view_field target_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, target_view, line), .help = "the line's id"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, target_view, number), .help = "its number, E.164",
     .mask = MASK_NUMBER},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, target_view, plan), .help = "the plan"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, target_view, takes), .help = "it can take credit now"},
    VIEW_END,
};

static const struct view_field transferring_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, transferring_view, line), .help = "the line whose credit goes"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, transferring_view, number), .help = "its number, E.164",
     .mask = MASK_NUMBER},
    {VIEW(VIEW_ID, VIEW_PUBLIC, transferring_view, closure),
     .help = "the closure that is open: what becomes of the credit is chosen with it"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, transferring_view, offered),
     .help = "this operator transfers credit"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, transferring_view, can_transfer),
     .help = "some of it can go now: most_minor"},
    {VIEW(VIEW_WORDS, VIEW_PUBLIC, transferring_view, refused),
     .help = "why none can: the code of the refusal that it would get"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, transferring_view, currency), .help = "ISO 4217"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, transferring_view, currency_exponent),
     .help = "decimal places of the currency"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, transferring_view, paid_minor),
     .help = "paid credit, minor units; promotional credit stays where it is"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, transferring_view, fee_minor),
     .help = "what it costs beside the amount, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, transferring_view, minimum_minor),
     .help = "the least at once, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, transferring_view, maximum_minor),
     .help = "the most at once, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, transferring_view, most_minor),
     .help = "the most that can go now, of what is there, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, transferring_view, day_count),
     .help = "how many transfers in 24 hours"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, transferring_view, count_left), .help = "how many are left"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, transferring_view, day_minor),
     .help = "the most in 24 hours, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, transferring_view, minor_left),
     .help = "what is left of it, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, transferring_view, cooling_hours),
     .help = "the waiting time after a transfer and after a change of SIM or contact"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, transferring_view, from), .help = "until when it runs or ran"},
    {VIEW(VIEW_LIST, VIEW_PUBLIC, transferring_view, targets),
     .help = "the other lines of the account whose SIM was proved", .fields = target_fields},
    VIEW_END,
};

struct transferring_rows {
    struct line line, lines[TARGETS];
    struct account_line link, links[LINKS];
    struct suspension open;
    struct ledger_account accounts[LEDGERS_A_LINE];
    struct budget count, sum;
};

static void want_of(const struct view_context *context, struct load *load, const char *scope,
                    int64_t line, struct budget *to) {
    char subject[24];
    snprintf(subject, sizeof subject, "%lld", (long long)line);
    want_budget(load, budget_id(context->secrets, context->actor->operator, scope, subject), to);
}

static void transferring_load(const struct view_context *context, struct load *load, int64_t id,
                              struct transferring_rows *rows) {
    struct key key = {.id = context->actor->id, .operator= context->actor->operator};
    want_line_mine(context, load, id, &rows->line, &rows->link);
    want_suspension_of(load, id, &rows->open);
    want_ledgers(load, id, rows->accounts);
    want_of(context, load, SCOPE_TRANSFERS, id, &rows->count);
    want_of(context, load, SCOPE_TRANSFERRED, id, &rows->sum);
    if (context->actor->kind != ACTOR_SUBSCRIBER)
        return;
    want_many(load, LINES_OF_ACCOUNT, &key, rows->lines, TARGETS);
    want_many(load, LINKS_OF_ACCOUNT, &key, rows->links, LINKS);
}

static size_t targets_fill(const struct view_context *context, const struct transferring_rows *rows,
                           struct target_view *to) {
    size_t count = 0;
    for (size_t i = 0; i < TARGETS && rows->lines[i].id; i++) {
        const struct line *line = &rows->lines[i];
        bool own = false;
        for (size_t k = 0; k < LINKS; k++)
            own |= view_line_held(context, line, &rows->links[k]);
        if (!own || line->id == rows->line.id || line->state == LINE_CLOSED)
            continue;
        to[count] = (struct target_view){.line = line->id, .takes = transfer_takes(line)};
        memcpy(to[count].number, line->number, sizeof to[count].number);
        memcpy(to[count].plan, line->plan, sizeof to[count].plan);
        count++;
    }
    return count;
}

/* What a transfer of the least that may go would be answered. */
static enum refusal refused(const struct view_context *context,
                            const struct transferring_rows *rows, int64_t paid) {
    const struct policy *policy = context->policy;
    enum refusal no = transfer_may(&rows->line, &rows->open, policy, context->now);
    return no ? no
              : transfer_amount_may(policy->transfer_minimum_minor, policy->transfer_fee_minor,
                                    paid, &rows->count, &rows->sum, policy, context->now);
}

static void transferring_fill(const struct view_context *context,
                              const struct transferring_rows *rows, int64_t paid,
                              struct transferring_view *view) {
    const struct policy *policy = context->policy;
    const struct line *line = &rows->line;
    enum refusal no = refused(context, rows, paid);
    struct transfer_terms terms =
        transfer_terms(line, paid, &rows->count, &rows->sum, policy, context->now);
    *view = (struct transferring_view){
        .line = line->id,
        .closure = line->closure,
        .offered = policy->transfer_offered,
        .can_transfer = !no,
        .from = terms.from,
        .paid_minor = paid,
        .fee_minor = terms.fee_minor,
        .minimum_minor = policy->transfer_minimum_minor,
        .maximum_minor = policy->transfer_maximum_minor,
        .most_minor = no ? 0 : terms.most_minor,
        .currency_exponent = policy->currency_exponent,
        .day_count = policy->transfer_day_count,
        .day_minor = policy->transfer_day_minor,
        .count_left = budget_left(&rows->count, policy->transfer_day_count, DAY, context->now),
        .minor_left = budget_left(&rows->sum, policy->transfer_day_minor, DAY, context->now),
        .cooling_hours = policy->transfer_cooling_hours,
        .refused = no ? refusal_about(no)->code : NULL,
    };
    memcpy(view->number, line->number, sizeof view->number);
    memcpy(view->currency, policy->currency, sizeof view->currency);
}

static json_t *transferring_build(struct view_context *context, int64_t id) {
    struct transferring_rows rows = {.line.id = 0};
    struct transferring_view view;
    struct target_view targets[TARGETS];
    struct load load = view_wants(context);
    transferring_load(context, &load, id, &rows);
    if (!context->policy || !view_fetch(context, &load) ||
        !view_line_held(context, &rows.line, &rows.link))
        return NULL;
    context->own = context->actor->kind == ACTOR_SUBSCRIBER;
    transferring_fill(context, &rows, line_balances(rows.accounts).paid, &view);
    view.targets =
        (struct view_list){targets, targets_fill(context, &rows, targets), sizeof *targets};
    return view_json(context, transferring_fields, &view);
}

const struct view transferring_view = {
    .name = "transferring",
    .help = "Transferring credit from the line: how much can go now, and what it costs",
    .who = ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF,
    .scope = "lines:read",
    .fields = transferring_fields,
    .build = transferring_build,
};

/* --- transfer --- */

struct transfer_view {
    int64_t id, line, target, closure, amount_minor, fee_minor, currency_exponent, at;
    char number[NUMBER_SIZE], to_number[NUMBER_SIZE], currency[4];
};

static const struct view_field transfer_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, transfer_view, id), .help = "the transfer's id"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, transfer_view, line), .help = "the line whose credit went"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, transfer_view, number), .help = "its number, E.164",
     .mask = MASK_NUMBER},
    {VIEW(VIEW_ID, VIEW_PUBLIC, transfer_view, target),
     .help = "the line that got it, where that is one's own"},
    {VIEW(VIEW_TEXT, VIEW_MASKED, transfer_view, to_number),
     .help = "the number that got it, masked", .mask = MASK_NUMBER},
    {VIEW(VIEW_ID, VIEW_PUBLIC, transfer_view, closure), .help = "the closure with which it went"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, transfer_view, currency), .help = "ISO 4217"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, transfer_view, currency_exponent),
     .help = "decimal places of the currency"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, transfer_view, amount_minor),
     .help = "what the other line got, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, transfer_view, fee_minor),
     .help = "what it cost beside, minor units"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, transfer_view, at), .help = "when it went"},
    VIEW_END,
};

static json_t *transfer_build(struct view_context *context, int64_t id) {
    struct transfer transfer;
    struct line line, target;
    struct account_line link, target_link;
    struct load load = view_wants(context);
    struct key key = {.id = id};
    if (!context->policy || !view_read(context, TRANSFER_BY_ID, key, &transfer, 1))
        return NULL;
    want_line_mine(context, &load, transfer.line, &line, &link);
    want_line_mine(context, &load, transfer.target, &target, &target_link);
    if (!view_fetch(context, &load) || !view_line_held(context, &line, &link))
        return NULL;
    context->own = context->actor->kind == ACTOR_SUBSCRIBER;
    bool own = view_line_held(context, &target, &target_link);
    struct transfer_view view = {.id = transfer.id,
                                 .line = line.id,
                                 .target = own ? target.id : 0,
                                 .closure = transfer.closure,
                                 .amount_minor = transfer.amount_minor,
                                 .fee_minor = transfer.fee_minor,
                                 .currency_exponent = context->policy->currency_exponent,
                                 .at = transfer.at};
    memcpy(view.number, line.number, sizeof view.number);
    memcpy(view.to_number, target.number, sizeof view.to_number);
    memcpy(view.currency, context->policy->currency, sizeof view.currency);
    return view_json(context, transfer_fields, &view);
}

const struct view transfer_view = {
    .name = "transfer",
    .help = "Credit that went from a line to another one",
    .who = ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF,
    .scope = "lines:read",
    .fields = transfer_fields,
    .build = transfer_build,
};
