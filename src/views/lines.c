/* The views of lines: one with its credit and contacts, what closing it would do, and the list.
 * The preview is closing_plan(), the same decision that will be recorded; nothing in it is worked
 * out here. */
#include <string.h>

#include "rules/closing.h"
#include "rules/proof.h"
#include "rules/suspension.h"
#include "views/becomes.h"
#include "views/cases.h"

static const char *const line_states[] = {NULL,      "active", "suspended",
                                          "expired", "closed", view_values_end};
static const char *const subscriber_kinds[] = {NULL, "person", "company", view_values_end};
static const char *const second_roles[] = {NULL, "endorsing_adult", "responsible_person",
                                           view_values_end};
static const char *const contact_kinds[] = {NULL, "email", view_values_end};

struct balances line_balances(struct ledger_account accounts[LEDGERS_A_LINE]) {
    const struct ledger_account *paid = ledger_find(accounts, LEDGER_PAID),
                                *promotional = ledger_find(accounts, LEDGER_PROMOTIONAL),
                                *unclaimed = ledger_find(accounts, LEDGER_UNCLAIMED);
    return (struct balances){.paid = paid ? paid->balance : 0,
                             .promotional = promotional ? promotional->balance : 0,
                             .unclaimed = unclaimed ? unclaimed->balance : 0};
}

const struct policy *closure_view_policy(const struct view_context *context,
                                         const struct closure *closure) {
    const struct tenant *tenant = context->tenant;
    for (size_t i = 0; tenant && closure->id && i < tenant->policy_count; i++)
        if (tenant->policies[i].id == closure->policy)
            return &tenant->policies[i];
    return context->policy;
}

/* --- line --- */

struct contact_view {
    int64_t id, kind, since, may_confirm, confirms_from;
    char address[EMAIL_SIZE];
};

struct line_view {
    int64_t id, state, closure, activated_at, expires_at, sim_since, closed_at;
    int64_t paid_minor, promotional_minor, unclaimed_minor, currency_exponent;
    int64_t kind, second_role, line_may_confirm, reachable, can_close, password_set_lately;
    int64_t claimed, contact_confirms;
    char number[NUMBER_SIZE], number_masked[NUMBER_SIZE], iccid[ICCID_SIZE], plan[PLAN_SIZE];
    char currency[4], name[NAME_SIZE], name_zh[NAME_SIZE], document_type[CODE_SIZE];
    char second_name[NAME_SIZE], second_name_zh[NAME_SIZE], second_document_type[CODE_SIZE];
    struct view_list contacts;
};

static const struct view_field contact_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, contact_view, id), .help = "the contact's id"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, contact_view, kind), .help = "email", .values = contact_kinds},
    {VIEW(VIEW_TEXT, VIEW_MASKED, contact_view, address), .help = "the address, masked",
     .mask = MASK_EMAIL},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, contact_view, since), .help = "since when it is registered"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, contact_view, may_confirm),
     .help = "it may receive a confirmation now"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, contact_view, confirms_from),
     .help = "from when on it may receive one"},
    VIEW_END,
};

static const struct view_field line_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, line_view, id), .help = "the line's id"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, line_view, number), .help = "its number, E.164",
     .mask = MASK_NUMBER},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, line_view, claimed),
     .help = "the account asked for it without its SIM: of what it is only what follows is shown"},
    {VIEW(VIEW_TEXT, VIEW_MASKED, line_view, number_masked), .help = "then its number, masked",
     .mask = MASK_NUMBER},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, line_view, contact_confirms),
     .help = "then a confirmation can go to the account's own address, a registered contact"},
    {VIEW(VIEW_TEXT, VIEW_MASKED, line_view, iccid), .help = "its SIM, the last digits",
     .mask = MASK_ICCID},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, line_view, plan), .help = "the plan"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, line_view, state),
     .help = "active, suspended, expired or closed", .values = line_states},
    {VIEW(VIEW_ID, VIEW_PUBLIC, line_view, closure),
     .help = "the closure that is open, or that closed it"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, line_view, can_close),
     .help = "it is neither closed nor being closed"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, line_view, activated_at), .help = "since when it is there"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, line_view, expires_at), .help = "when its validity ends"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, line_view, sim_since), .help = "since when it has this SIM"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, line_view, closed_at), .help = "when it was closed"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, line_view, currency), .help = "ISO 4217"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, line_view, currency_exponent),
     .help = "decimal places of the currency"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, line_view, paid_minor), .help = "paid credit, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, line_view, promotional_minor),
     .help = "promotional credit, minor units"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, line_view, unclaimed_minor),
     .help = "credit of the closed line that is still its owner's, minor units"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, line_view, kind),
     .help = "registered for a person or a company; not told to a subscriber",
     .values = subscriber_kinds},
    {VIEW(VIEW_TEXT, VIEW_MASKED, line_view, name), .help = "the registered name, masked",
     .mask = MASK_NAME},
    {VIEW(VIEW_TEXT, VIEW_MASKED, line_view, name_zh), .help = "the Chinese name, masked",
     .mask = MASK_NAME},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, line_view, document_type),
     .help = "the kind of the registered document; not told to a subscriber"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, line_view, second_role),
     .help = "who stands beside the registered person: an endorsing adult, or a company's "
             "responsible person; with what follows not told to a subscriber",
     .values = second_roles},
    {VIEW(VIEW_TEXT, VIEW_MASKED, line_view, second_name), .help = "their name, masked",
     .mask = MASK_NAME},
    {VIEW(VIEW_TEXT, VIEW_MASKED, line_view, second_name_zh), .help = "their Chinese name, masked",
     .mask = MASK_NAME},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, line_view, second_document_type),
     .help = "the kind of their document"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, line_view, line_may_confirm),
     .help = "a confirmation may go to the line itself; false after a recent change of SIM, and "
             "while the line is suspended"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, line_view, reachable),
     .help = "messages reach it: it is neither suspended nor about to be"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, line_view, password_set_lately),
     .help = "a forgotten password was set anew: for some days only the line may confirm"},
    {VIEW(VIEW_LIST, VIEW_PUBLIC, line_view, contacts), .help = "the registered contacts",
     .fields = contact_fields},
    VIEW_END,
};

/* What a line's view is made of. */
struct line_rows {
    struct line line;
    struct account_line link;
    struct account account; /* whose session asks */
    struct registered registered;
    struct ledger_account accounts[LEDGERS_A_LINE];
    struct contact contacts[CONTACTS_PRESENT];
    struct suspension open;
};

static int64_t later(int64_t one, int64_t other) {
    return one > other ? one : other;
}

static size_t contacts_fill(const struct view_context *context, const struct contact *rows,
                            const struct account *account,
                            struct contact_view to[CONTACTS_PRESENT]) {
    size_t count = 0;
    for (size_t i = 0; i < CONTACTS_PRESENT && rows[i].id; i++) {
        to[count++] = (struct contact_view){
            .id = rows[i].id,
            .kind = rows[i].kind,
            .since = rows[i].since,
            .may_confirm = contact_may_confirm(&rows[i], context->policy, context->now) &&
                           !proof_reset_is_new(account, context->policy, context->now),
            .confirms_from =
                later(rows[i].since, account->reset_at) + context->policy->contact_age_days * DAY};
        memcpy(to[i].address, rows[i].address, sizeof to[i].address);
    }
    return count;
}

static void line_fill(const struct view_context *context, struct line_rows *rows,
                      struct line_view *view) {
    const struct line *line = &rows->line;
    const struct subscriber *subscriber = &rows->registered.subscriber;
    *view = (struct line_view){.id = line->id,
                               .state = line->state,
                               .closure = line->closure,
                               .activated_at = line->activated_at,
                               .expires_at = line->expires_at,
                               .sim_since = line->sim_since,
                               .closed_at = line->closed_at,
                               .currency_exponent = context->policy->currency_exponent,
                               .can_close = line->state != LINE_CLOSED && !line->closure};
    memcpy(view->number, line->number, sizeof view->number);
    memcpy(view->iccid, line->iccid, sizeof view->iccid);
    memcpy(view->plan, line->plan, sizeof view->plan);
    memcpy(view->currency, context->policy->currency, sizeof view->currency);
    const struct ledger_account *paid = ledger_find(rows->accounts, LEDGER_PAID);
    const struct ledger_account *promotional = ledger_find(rows->accounts, LEDGER_PROMOTIONAL);
    const struct ledger_account *unclaimed = ledger_find(rows->accounts, LEDGER_UNCLAIMED);
    view->paid_minor = paid ? paid->balance : 0;
    view->promotional_minor = promotional ? promotional->balance : 0;
    view->unclaimed_minor = unclaimed ? unclaimed->balance : 0;
    memcpy(view->name, subscriber->name, sizeof view->name);
    memcpy(view->name_zh, subscriber->name_zh, sizeof view->name_zh);
}

/* Whose line it is, for who works with it. An account has only proved to hold the SIM: it is not
 * told whose document would prove the rest. */
static void registered_fill(const struct registered *registered, struct line_view *view) {
    const struct subscriber *subscriber = &registered->subscriber;
    const struct second_person *second = &registered->second;
    view->kind = subscriber->kind;
    view->second_role = second->role;
    memcpy(view->document_type, subscriber->document_type, sizeof view->document_type);
    memcpy(view->second_name, second->name, sizeof view->second_name);
    memcpy(view->second_name_zh, second->name_zh, sizeof view->second_name_zh);
    memcpy(view->second_document_type, second->document_type, sizeof view->second_document_type);
}

/* For who has not proved the SIM: that it can be closed, and their own closure of it. */
static json_t *claimed_json(struct view_context *context, const struct line_rows *rows) {
    const struct line *line = &rows->line;
    struct closure closure = {0};
    if (line->closure)
        read_closure(context, line->closure, &closure);
    if (context->down)
        return NULL;
    bool own = closure.id && closure.account == context->actor->id;
    struct line_view view = {.id = line->id,
                             .claimed = 1,
                             .state = line->state == LINE_CLOSED ? line->state : 0,
                             .closure = own ? closure.id : 0,
                             .can_close = line->state != LINE_CLOSED && !line->closure,
                             .contact_confirms =
                                 proof_without_sim(line, rows->contacts, CONTACTS_PRESENT,
                                                   &rows->account, &rows->link, context->policy,
                                                   context->now) != NULL};
    memcpy(view.number_masked, line->number, sizeof view.number_masked);
    context->own = true;
    return view_json(context, line_fields, &view);
}

static json_t *line_build(struct view_context *context, int64_t id) {
    struct line_rows rows = {.line.id = 0};
    struct line_view view;
    struct contact_view contacts[CONTACTS_PRESENT];
    struct key key = {.id = id, .operator= context->actor->operator};
    struct load load = view_wants(context);
    want_line_mine(context, &load, id, &rows.line, &rows.link);
    want_ledgers(&load, id, rows.accounts);
    want_registered_of(&load, id, &rows.registered);
    want_many(&load, CONTACTS_OF_LINE, &key, rows.contacts, CONTACTS_PRESENT);
    want_suspension_of(&load, id, &rows.open);
    if (context->actor->kind == ACTOR_SUBSCRIBER)
        want_account(&load, context->actor->id, &rows.account);
    if (!context->policy || !view_fetch(context, &load))
        return NULL;
    if (view_line_claimed(context, &rows.line, &rows.link))
        return claimed_json(context, &rows);
    if (!view_line_held(context, &rows.line, &rows.link))
        return NULL;
    context->own = context->actor->kind == ACTOR_SUBSCRIBER;
    line_fill(context, &rows, &view);
    if (!context->own)
        registered_fill(&rows.registered, &view);
    view.reachable = suspension_reaches(&rows.line, &rows.open);
    view.line_may_confirm =
        view.reachable && !proof_sim_is_new(&rows.line, context->policy, context->now);
    view.password_set_lately = proof_reset_is_new(&rows.account, context->policy, context->now);
    size_t count = contacts_fill(context, rows.contacts, &rows.account, contacts);
    view.contacts = (struct view_list){contacts, count, sizeof *contacts};
    return view_json(context, line_fields, &view);
}

const struct view line_view = {
    .name = "line",
    .help = "A line: state, credit, SIM, registration and contacts, masked",
    .who = ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF,
    .scope = "lines:read",
    .fields = line_fields,
    .build = line_build,
};

/* --- lines --- */

struct line_item {
    int64_t id, state, closure, activated_at, closed_at;
    char number[NUMBER_SIZE], iccid[ICCID_SIZE], plan[PLAN_SIZE];
};

static const struct view_field item_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, line_item, id), .help = "the line's id"},
    {VIEW(VIEW_TEXT, VIEW_MASKED, line_item, number), .help = "its number, masked",
     .mask = MASK_NUMBER},
    {VIEW(VIEW_TEXT, VIEW_MASKED, line_item, iccid), .help = "its SIM, the last digits",
     .mask = MASK_ICCID},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, line_item, plan), .help = "the plan"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, line_item, state),
     .help = "active, suspended, expired or closed", .values = line_states},
    {VIEW(VIEW_ID, VIEW_PUBLIC, line_item, closure),
     .help = "the closure that is open, or that closed it"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, line_item, activated_at), .help = "since when it is there"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, line_item, closed_at), .help = "when it was closed"},
    VIEW_END,
};

static json_t *items_json(struct view_context *context, const struct line *rows, size_t count,
                          int64_t next) {
    struct line_item *items = arena_take(context->arena, (count + 1) * sizeof *items);
    if (!items) {
        context->down = true;
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        items[i] = (struct line_item){.id = rows[i].id,
                                      .state = rows[i].state,
                                      .closure = rows[i].closure,
                                      .activated_at = rows[i].activated_at,
                                      .closed_at = rows[i].closed_at};
        memcpy(items[i].number, rows[i].number, sizeof items[i].number);
        memcpy(items[i].iccid, rows[i].iccid, sizeof items[i].iccid);
        memcpy(items[i].plan, rows[i].plan, sizeof items[i].plan);
    }
    return view_page(context, item_fields, items, count, sizeof *items, next);
}

static json_t *lines_build(struct view_context *context, int64_t id) {
    struct line found;
    size_t count;
    int64_t next;
    (void)id;
    if (context->search[0] == '+') {
        count = read_line_by_number(context, context->search, &found);
        return items_json(context, &found, count, 0);
    }
    if (context->search[0]) {
        count = read_line_by_iccid(context, context->search, &found);
        return items_json(context, &found, count, 0);
    }
    const struct line *rows = view_page_rows(context, LINE_PAGE, false, &count, &next);
    return rows ? items_json(context, rows, count, next) : NULL;
}

const struct view lines_view = {
    .name = "lines",
    .help =
        "The operator's lines; search takes a whole number (E.164, open lines) or a whole ICCID",
    .who = ACTOR_API | ACTOR_STAFF,
    .scope = "lines:read",
    .list = true,
    .fields = item_fields,
    .build = lines_build,
};

/* --- preview --- */

struct preview_view {
    int64_t line, closure, due_at, execute_at, closed_at;
    int64_t paid_to_unclaimed, claim_until, promotional_ended, currency_exponent;
    int64_t number_until, reclaim_until, registration_erase_after;
    int64_t undo_window_minutes, bindings_known, records_kept;
    char number[NUMBER_SIZE], currency[4];
    struct view_list becomes;
};

static const struct view_field preview_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, preview_view, line), .help = "the line"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, preview_view, closure),
     .help = "the closure that runs already, if one does"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, preview_view, number), .help = "its number, E.164",
     .mask = MASK_NUMBER},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, preview_view, due_at),
     .help = "by when it is deregistered: 24 hours after it is submitted"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, preview_view, execute_at),
     .help = "the earliest cut when it is confirmed at once"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, preview_view, undo_window_minutes),
     .help = "how long it can be called off after it was confirmed"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, preview_view, closed_at),
     .help = "the time from which the dates below count"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, preview_view, currency), .help = "ISO 4217"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, preview_view, currency_exponent),
     .help = "decimal places of the currency"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, preview_view, paid_to_unclaimed),
     .help = "paid credit that stays the person's and can be claimed, minor units"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, preview_view, claim_until), .help = "until when"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, preview_view, promotional_ended),
     .help = "promotional credit that ends, minor units"},
    {VIEW(VIEW_LIST, VIEW_PUBLIC, preview_view, becomes),
     .help = "what becomes of the credit, part by part, as it is chosen now",
     .fields = becomes_fields},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, preview_view, number_until),
     .help = "until when the number rests; nobody else has it before"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, preview_view, reclaim_until),
     .help = "until when the person can have the number back"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, preview_view, registration_erase_after),
     .help = "until when the registration is kept, by law"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, preview_view, bindings_known),
     .help = "services known to use this number; Ringoff knows of none it was not told"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, preview_view, records_kept),
     .help = "Ringoff keeps records of calls, messages or data of this line"},
    VIEW_END,
};

static json_t *preview_build(struct view_context *context, int64_t id) {
    struct line line;
    struct account_line link;
    struct closure closure = {0};
    struct ledger_account accounts[LEDGERS_A_LINE] = {{0}};
    struct load load = view_wants(context);
    want_line_mine(context, &load, id, &line, &link);
    want_closure_of(&load, id, &closure);
    want_ledgers(&load, id, accounts);
    if (!context->policy || !view_fetch(context, &load) || !view_line_held(context, &line, &link) ||
        line.state == LINE_CLOSED)
        return NULL;
    context->own = context->actor->kind == ACTOR_SUBSCRIBER;
    const struct policy *policy = closure_view_policy(context, &closure);
    struct chosen_rows chosen = {.settlement = {0}};
    struct load more = view_wants(context);
    want_chosen(&more, closure.id, &chosen);
    if (closure.id && !view_fetch(context, &more))
        return NULL;
    struct closing plan =
        closing_shown(&line, closure.id ? &closure : NULL, accounts, &chosen, policy, context->now);
    struct part_view parts[BECOMES];
    size_t count = becomes_fill(&plan.money, (enum refund_way)chosen.payee.way, parts);
    struct preview_view view = {.line = line.id,
                                .closure = closure.id,
                                .due_at = plan.due_at,
                                .execute_at = plan.execute_at,
                                .closed_at = plan.closed_at,
                                .paid_to_unclaimed = plan.money.unclaimed_minor,
                                .claim_until = plan.claim_until,
                                .promotional_ended = plan.money.promotional_minor,
                                .currency_exponent = policy->currency_exponent,
                                .number_until = plan.number_until,
                                .reclaim_until = plan.reclaim_until,
                                .registration_erase_after = plan.registration_erase_after,
                                .undo_window_minutes = policy->undo_window_minutes,
                                .becomes = {parts, count, sizeof *parts}};
    memcpy(view.number, line.number, sizeof view.number);
    memcpy(view.currency, policy->currency, sizeof view.currency);
    return view_json(context, preview_fields, &view);
}

const struct view preview_view = {
    .name = "preview",
    .help = "What closing the line will do: credit, number, data, with dates",
    .who = ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF,
    .scope = "lines:read",
    .fields = preview_fields,
    .build = preview_build,
};
