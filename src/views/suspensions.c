/* The view of a line's suspension: what suspending it would mean now, and the one that is open. The
 * terms are suspension_terms(), which the verb that suspends asks too. */
#include <string.h>

#include "rules/suspension.h"
#include "views/cases.h"

static const char *const states[] = {[SUSPENSION_NONE] = "none",
                                     [SUSPENSION_ASKED] = "asked",
                                     [SUSPENSION_ON] = "suspended",
                                     [SUSPENSION_OVER] = "over",
                                     [SUSPENSION_RETURNING] = "returning",
                                     [SUSPENSION_ENDED] = "ended",
                                     [SUSPENSION_STATE_COUNT] = view_values_end};
static const char *const hows[] = {NULL, [CUT_READ_BACK] = "read_back", [CUT_ATTESTED] = "attested",
                                   view_values_end};
static const char *const at_ends[] = {
    [AT_END_REACTIVATE] = "reactivate", [AT_END_STAY] = "stay", view_values_end};

struct suspension_view {
    int64_t line, suspension, state, can_suspend, can_reactivate;
    int64_t fee_minor, currency_exponent, until, remind_at, at_end, validity_runs, expires_at;
    int64_t asked_at, suspended_at, how, fee_taken_minor, returning_since, by_staff;
    char number[NUMBER_SIZE], currency[4];
};

static const struct view_field suspension_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, suspension_view, line), .help = "the line"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, suspension_view, number), .help = "its number, E.164",
     .mask = MASK_NUMBER},
    {VIEW(VIEW_ID, VIEW_PUBLIC, suspension_view, suspension),
     .help = "the suspension that is open, if one is"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, suspension_view, state),
     .help = "none; asked: the network has not confirmed it yet; suspended; over: its last day "
             "came and it stays; returning: the network has not confirmed yet that it works",
     .values = states},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, suspension_view, can_suspend), .help = "it can be suspended now"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, suspension_view, can_reactivate),
     .help = "it can be reactivated now"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, suspension_view, currency), .help = "ISO 4217"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, suspension_view, currency_exponent),
     .help = "decimal places of the currency"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, suspension_view, fee_minor),
     .help = "the most that it costs, from paid credit and never more than is there, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, suspension_view, fee_taken_minor),
     .help = "what was taken when it was suspended, minor units"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, suspension_view, until), .help = "until when, at the latest"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, suspension_view, remind_at),
     .help = "when the contacts are reminded of that"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, suspension_view, at_end),
     .help = "then it is reactivated by itself, or stays until it is asked for", .values = at_ends},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, suspension_view, validity_runs),
     .help = "its validity runs on meanwhile"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, suspension_view, expires_at),
     .help = "when its validity ends if it is suspended until then"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, suspension_view, asked_at), .help = "when it was asked for"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, suspension_view, suspended_at),
     .help = "since when the network has it barred"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, suspension_view, how),
     .help = "that was read back from the network, or attested by staff", .values = hows},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, suspension_view, returning_since),
     .help = "since when it is to work again"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, suspension_view, by_staff),
     .help = "the network did not do what is under way; the staff do it by hand"},
    VIEW_END,
};

struct suspension_rows {
    struct line line;
    struct account_line link;
    struct suspension open;
    struct ledger_account accounts[LEDGERS_A_LINE];
};

static const struct policy *policy_of(const struct view_context *context,
                                      const struct suspension *suspension) {
    const struct tenant *tenant = context->tenant;
    for (size_t i = 0; tenant && suspension->id && i < tenant->policy_count; i++)
        if (tenant->policies[i].id == suspension->policy)
            return &tenant->policies[i];
    return context->policy;
}

/* The promise stands as it was made; what is not open yet is promised as of now. */
static void terms_fill(const struct view_context *context, struct suspension_rows *rows,
                       struct suspension_view *view) {
    const struct suspension *open = &rows->open;
    const struct policy *policy = policy_of(context, open);
    int64_t paid = line_balances(rows->accounts).paid;
    int64_t from = open->barred_at ? open->barred_at : open->id ? open->asked_at : context->now;
    struct suspension_terms terms = suspension_terms(&rows->line, paid, policy, from);
    view->fee_minor = open->id ? open->fee_minor : terms.fee_minor;
    view->until = open->id ? open->until : terms.until;
    view->remind_at = view->until - policy->suspension_reminder_days * DAY;
    view->expires_at = terms.expires_at;
    view->at_end = policy->suspension_at_end;
    view->validity_runs = policy->suspension_validity_runs;
    view->can_suspend = suspension_may(&rows->line, open, &terms, terms.fee_minor) == ACCEPTED;
}

static json_t *suspension_build(struct view_context *context, int64_t id) {
    struct suspension_rows rows = {.line.id = 0};
    struct load load = view_wants(context);
    want_line_mine(context, &load, id, &rows.line, &rows.link);
    want_suspension_of(&load, id, &rows.open);
    want_ledgers(&load, id, rows.accounts);
    if (!context->policy || !view_fetch(context, &load) ||
        !view_line_held(context, &rows.line, &rows.link))
        return NULL;
    const struct suspension *open = &rows.open;
    struct suspension again = *open;
    const struct policy *policy = policy_of(context, open);
    struct suspension_view view = {
        .line = rows.line.id,
        .suspension = open->id,
        .state = suspension_derive(open),
        .can_reactivate = suspension_back(&again, BACK_ASKED, policy, context->now) == ACCEPTED,
        .currency_exponent = policy->currency_exponent,
        .asked_at = open->asked_at,
        .suspended_at = open->barred_at,
        .how = open->bar_how,
        .fee_taken_minor = open->fee_taken_minor,
        .returning_since = open->back_at,
        .by_staff = open->by_hand_at || open->escalated_at};
    context->own = context->actor->kind == ACTOR_SUBSCRIBER;
    memcpy(view.number, rows.line.number, sizeof view.number);
    memcpy(view.currency, policy->currency, sizeof view.currency);
    if (rows.line.state != LINE_CLOSED)
        terms_fill(context, &rows, &view);
    return view_json(context, suspension_fields, &view);
}

const struct view suspension_view = {
    .name = "suspension",
    .help = "Suspending a line: what it would mean, or where the suspension stands",
    .who = ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF,
    .scope = "lines:read",
    .fields = suspension_fields,
    .build = suspension_build,
};
