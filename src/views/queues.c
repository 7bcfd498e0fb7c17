/* The views of what runs beside the cases: effects, work items, a line's journal, the demo's inbox.
 * They hold ids and codes; no address, number or name is in them but in the demo's inbox, which
 * does not exist on any other installation. */
#include <stdlib.h>
#include <string.h>

#include "views/cases.h"

enum { QUEUE = 100, EFFECTS_A_TARGET = 32 };

static const char *const effect_kinds[] = {
    NULL,
    [EFFECT_CODE_SMS] = "code_sms",
    [EFFECT_CODE_MAIL] = "code_mail",
    [EFFECT_ACCOUNT_EXISTS] = "account_exists",
    [EFFECT_RECEIPT] = "receipt",
    [EFFECT_CONFIRM] = "confirm",
    [EFFECT_REMIND] = "remind",
    [EFFECT_CONFIRMED] = "confirmed",
    [EFFECT_WITHDRAWN] = "withdrawn",
    [EFFECT_EXPIRED] = "expired",
    [EFFECT_CLOSED] = "closed",
    [EFFECT_NETWORK_CUT] = "network_cut",
    [EFFECT_ACCOUNT_MADE] = "account_made",
    [EFFECT_CONTACT_CHANGED] = "contact_changed",
    [EFFECT_SIM_CHANGED] = "sim_changed",
    [EFFECT_RESET_CODE] = "reset_code",
    [EFFECT_STATUS_CODE] = "status_code",
    [EFFECT_PASSWORD_SET] = "password_set",
    [EFFECT_SECOND_CHANGED] = "second_changed",
    [EFFECT_TOKEN_REUSED] = "token_reused",
    [EFFECT_CONTACT_CODE] = "contact_code",
    [EFFECT_REMOVAL_CODE] = "removal_code",
    [EFFECT_CONTACT_ADDED] = "contact_added",
    [EFFECT_CONTACT_REMOVED] = "contact_removed",
    [EFFECT_NETWORK_BAR] = "network_bar",
    [EFFECT_NETWORK_UNBAR] = "network_unbar",
    [EFFECT_SUSPENDED] = "suspended",
    [EFFECT_SUSPENSION_ENDS] = "suspension_ends",
    [EFFECT_SUSPENSION_OVER] = "suspension_over",
    [EFFECT_REACTIVATED] = "reactivated",
    [EFFECT_SUSPENSION_LATE] = "suspension_late",
    [EFFECT_DOCUMENT_WANTED] = "document_wanted",
    [EFFECT_DOCUMENT_REFUSED] = "document_refused",
    [EFFECT_IDENTITY_ACCEPTED] = "identity_accepted",
    [EFFECT_REJECTED] = "rejected",
    [EFFECT_LINE_CLAIMED] = "line_claimed",
    [EFFECT_LATE_TOP_UP] = "late_top_up",
    [EFFECT_TRANSFER_SENT] = "transfer_sent",
    [EFFECT_TRANSFER_RECEIVED] = "transfer_received",
    [EFFECT_PAYMENT] = "payment",
    [EFFECT_MANDATE_END] = "mandate_end",
    [EFFECT_REFUND_REQUESTED] = "refund_requested",
    [EFFECT_PAYEE_CHANGED] = "payee_changed",
    [EFFECT_REFUND_APPROVED] = "refund_approved",
    [EFFECT_REFUND_PAID] = "refund_paid",
    [EFFECT_REFUND_RETURNED] = "refund_returned",
    [EFFECT_REFUND_REJECTED] = "refund_rejected",
    [EFFECT_KIND_COUNT] = view_values_end,
};
static const char *const effect_states[] = {NULL,     "waiting", "done",
                                            "failed", "dropped", view_values_end};
static const char *const work_kinds[] = {
    NULL,
    [WORK_NETWORK_CUT] = "network_cut",
    [WORK_MESSAGE] = "message",
    [WORK_IDENTITY] = "identity",
    [WORK_NETWORK_BAR] = "network_bar",
    [WORK_NETWORK_UNBAR] = "network_unbar",
    [WORK_REFUND] = "refund",
    [WORK_MANDATE] = "mandate",
    [WORK_KIND_COUNT] = view_values_end,
};

static const struct view_field effect_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, effect, id), .help = "the effect's id"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, effect, kind), .help = "what it does", .values = effect_kinds},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, effect, to),
     .help = "by which way: sms, mail, network or payment"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, effect, state), .help = "waiting, done, failed or dropped",
     .values = effect_states},
    {VIEW(VIEW_ID, VIEW_PUBLIC, effect, target),
     .help = "what it is about: a closure, suspension, refund, mandate, challenge"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, effect, line), .help = "the line"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, effect, contact), .help = "the contact it goes to"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, effect, made_at), .help = "when it was recorded"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, effect, next_at),
     .help = "when it is tried next, or was last due"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, effect, expires_at), .help = "when it has no sense any more"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, effect, attempts), .help = "attempts so far"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, effect, done_at), .help = "when it ended"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, effect, cause),
     .help = "why the last attempt failed, or what a check showed"},
    VIEW_END,
};

static json_t *effect_build(struct view_context *context, int64_t id) {
    struct effect row;
    return read_effect(context, id, &row) ? view_json(context, effect_fields, &row) : NULL;
}

const struct view effect_view = {
    .name = "effect",
    .help = "Something that leaves the house, and what became of it",
    .who = ACTOR_API | ACTOR_STAFF,
    .scope = "effects:read",
    .fields = effect_fields,
    .build = effect_build,
};

static json_t *effects_build(struct view_context *context, int64_t id) {
    size_t count = 0;
    int64_t next = 0;
    (void)id;
    if (context->search[0]) {
        struct effect rows[EFFECTS_A_TARGET];
        struct key key = {.id = strtoll(context->search, NULL, 10)};
        count = view_read(context, EFFECTS_OF_TARGET, key, rows, EFFECTS_A_TARGET);
        return view_page(context, effect_fields, rows, count, sizeof *rows, 0);
    }
    const struct effect *rows = view_page_rows(context, EFFECT_PAGE, false, &count, &next);
    return rows ? view_page(context, effect_fields, rows, count, sizeof *rows, next) : NULL;
}

const struct view effects_view = {
    .name = "effects",
    .help = "The operator's effects; search takes the id of a closure or challenge",
    .who = ACTOR_API | ACTOR_STAFF,
    .scope = "effects:read",
    .list = true,
    .fields = effect_fields,
    .build = effects_build,
};

/* --- work --- */

static const struct view_field work_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, work, id), .help = "the work item's id"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, work, kind), .help = "what is to be done",
     .values = work_kinds},
    {VIEW(VIEW_ID, VIEW_PUBLIC, work, closure), .help = "the closure, or"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, work, suspension), .help = "the suspension, or"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, work, refund), .help = "the refund, or"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, work, mandate), .help = "the mandate that it is about"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, work, line), .help = "the line"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, work, opened_at), .help = "since when it waits"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, work, due_at), .help = "by when it must be done"},
    VIEW_END,
};

/* The most urgent ones; what is done leaves the queue, so there is no second page. */
static json_t *work_build(struct view_context *context, int64_t id) {
    struct work rows[QUEUE];
    struct key key = {.limit = QUEUE};
    (void)id;
    size_t count = view_read(context, WORK_OPEN, key, rows, QUEUE);
    return view_page(context, work_fields, rows, count, sizeof *rows, 0);
}

const struct view work_view = {
    .name = "work",
    .help = "Open work items, the most urgent first, 100 at most",
    .who = ACTOR_STAFF,
    .scope = "network:read",
    .list = true,
    .fields = work_fields,
    .build = work_build,
};

/* --- journal --- */

struct entry_view {
    int64_t id, at, actor, subject, result;
    const char *actor_kind;
    char verb[CODE_SIZE], refusal[CODE_SIZE];
};

static const struct view_field entry_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, entry_view, id), .help = "the entry's id"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, entry_view, at), .help = "when"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, entry_view, verb), .help = "what was asked"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, entry_view, refusal), .help = "why it was refused, if it was"},
    {VIEW(VIEW_WORDS, VIEW_PUBLIC, entry_view, actor_kind),
     .help = "anonymous, subscriber, api, staff or system"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, entry_view, actor), .help = "the account, key or staff member"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, entry_view, subject), .help = "the line"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, entry_view, result), .help = "the row that came of it"},
    VIEW_END,
};

static const char *actor_kind_code(int64_t kind) {
    switch (kind) {
    case ACTOR_ANONYMOUS:
        return "anonymous";
    case ACTOR_SUBSCRIBER:
        return "subscriber";
    case ACTOR_API:
        return "api";
    case ACTOR_STAFF:
        return "staff";
    default:
        return "system";
    }
}

static json_t *journal_build(struct view_context *context, int64_t id) {
    struct key key = {.id = id, .operator= context->actor->operator, .limit = QUEUE };
    struct journal_entry rows[QUEUE] = {{0}};
    struct entry_view shown[QUEUE];
    struct line line = {0};
    size_t count = 0;
    struct load load = view_wants(context);
    want_line(&load, id, &line);
    want_many(&load, JOURNAL_OF, &key, rows, QUEUE);
    if (!view_fetch(context, &load) || !line.id)
        return NULL;
    for (size_t i = 0; i < QUEUE && rows[i].id; i++, count++) {
        shown[i] = (struct entry_view){.id = rows[i].id,
                                       .at = rows[i].at,
                                       .actor = rows[i].actor,
                                       .subject = rows[i].subject,
                                       .result = rows[i].result,
                                       .actor_kind = actor_kind_code(rows[i].actor_kind)};
        memcpy(shown[i].verb, rows[i].verb, sizeof shown[i].verb);
        memcpy(shown[i].refusal, rows[i].refusal, sizeof shown[i].refusal);
    }
    return view_page(context, entry_fields, shown, count, sizeof *shown, 0);
}

const struct view journal_view = {
    .name = "journal",
    .help = "What was asked about a line, from the beginning, 100 entries at most",
    .who = ACTOR_STAFF,
    .scope = "journal:read",
    .list = true,
    .fields = entry_fields,
    .build = journal_build,
};

/* --- inbox --- */

static const struct view_field inbox_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, inbox_message, id), .help = "the message's id"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, inbox_message, at), .help = "when it was delivered here"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, inbox_message, effect), .help = "the effect"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, inbox_message, to), .help = "the number or address"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, inbox_message, via), .help = "sms or mail"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, inbox_message, subject), .help = "the subject of a mail"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, inbox_message, text), .help = "the message"},
    VIEW_END,
};

static json_t *inbox_build(struct view_context *context, int64_t id) {
    size_t count;
    int64_t next;
    (void)id;
    if (!context->demo)
        return NULL;
    const struct inbox_message *rows = view_page_rows(context, INBOX_PAGE, true, &count, &next);
    return rows ? view_page(context, inbox_fields, rows, count, sizeof *rows, next) : NULL;
}

const struct view inbox_view = {
    .name = "inbox",
    .help = "On a demo installation: what would have been sent, the newest first",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF,
    .list = true,
    .fields = inbox_fields,
    .build = inbox_build,
};
