/* The views of people: an account and its lines, staff, API keys. A line that was
 * closed shows that it is closed and what it was, never who has its number now. */
#include <string.h>

#include "views/views.h"

enum { LINES_AN_ACCOUNT = 32, LINKS_AN_ACCOUNT = 64 };

static const char *const line_states[] = {NULL,      "active", "suspended",
                                          "expired", "closed", view_values_end};
static const char *const account_states[] = {NULL, "pending", "active", "closed", view_values_end};

/* --- account --- */

struct account_line_view {
    int64_t id, state, closure, sim_since, closed_at, claimed;
    char number[NUMBER_SIZE], number_masked[NUMBER_SIZE], plan[PLAN_SIZE];
};

struct account_view {
    int64_t id, state, made_at;
    char email[EMAIL_SIZE], language[16];
    struct view_list lines;
};

static const struct view_field account_line_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, account_line_view, id), .help = "the line's id"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, account_line_view, number), .help = "its number, E.164",
     .mask = MASK_NUMBER},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, account_line_view, claimed),
     .help = "it was asked for without its SIM, and only its number is shown, masked"},
    {VIEW(VIEW_TEXT, VIEW_MASKED, account_line_view, number_masked), .help = "then its number",
     .mask = MASK_NUMBER},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, account_line_view, state),
     .help = "active, suspended, expired or closed", .values = line_states},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, account_line_view, plan), .help = "the plan"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, account_line_view, closure),
     .help = "the closure that is open, or that closed it"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, account_line_view, closed_at), .help = "when it was closed"},
    VIEW_END,
};

static const struct view_field account_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, account_view, id), .help = "the account's id"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, account_view, email), .help = "its name, an e-mail address",
     .mask = MASK_EMAIL},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, account_view, state), .help = "pending, active or closed",
     .values = account_states},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, account_view, made_at), .help = "when it was made"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, account_view, language), .help = "BCP 47 tag"},
    {VIEW(VIEW_LIST, VIEW_PUBLIC, account_view, lines),
     .help = "the lines whose SIM its holder proved to hold, or that they asked for without it",
     .fields = account_line_fields},
    VIEW_END,
};

static bool is_claimed(const struct account_line *links, const struct line *line) {
    for (size_t i = 0; i < LINKS_AN_ACCOUNT; i++)
        if (links[i].line == line->id && links[i].how == LINK_SIM)
            return false;
    return true;
}

static void account_line_fill(struct account_line_view *to, const struct line *line,
                              const struct account_line *links) {
    if (is_claimed(links, line)) {
        *to = (struct account_line_view){.id = line->id, .claimed = 1};
        memcpy(to->number_masked, line->number, sizeof to->number_masked);
        return;
    }
    *to = (struct account_line_view){.id = line->id,
                                     .state = line->state,
                                     .closure = line->closure,
                                     .closed_at = line->closed_at,
                                     .sim_since = line->sim_since};
    memcpy(to->number, line->number, sizeof to->number);
    memcpy(to->plan, line->plan, sizeof to->plan);
}

/* The actor's own account; id is not asked. */
static json_t *account_build(struct view_context *context, int64_t id) {
    struct account account = {0};
    struct line lines[LINES_AN_ACCOUNT] = {{0}};
    struct account_line links[LINKS_AN_ACCOUNT] = {{0}};
    struct load load = view_wants(context);
    struct key key = {.id = context->actor->id, .operator= context->actor->operator};
    size_t count = 0;
    struct account_line_view *shown = arena_take(context->arena, LINES_AN_ACCOUNT * sizeof *shown);
    (void)id;
    if (!shown) {
        context->down = true;
        return NULL;
    }
    want_account(&load, key.id, &account);
    want_many(&load, LINES_OF_ACCOUNT, &key, lines, LINES_AN_ACCOUNT);
    want_many(&load, LINKS_OF_ACCOUNT, &key, links, LINKS_AN_ACCOUNT);
    if (!view_fetch(context, &load) || !account.id)
        return NULL;
    context->own = true;
    for (; count < LINES_AN_ACCOUNT && lines[count].id; count++)
        account_line_fill(&shown[count], &lines[count], links);
    struct account_view view = {.id = account.id,
                                .state = account.state,
                                .made_at = account.made_at,
                                .lines = {shown, count, sizeof *shown}};
    memcpy(view.email, account.email, sizeof view.email);
    memcpy(view.language, account.language, sizeof view.language);
    return view_json(context, account_fields, &view);
}

const struct view account_view = {
    .name = "account",
    .help = "The signed-in account and its lines",
    .who = ACTOR_SUBSCRIBER,
    .fields = account_fields,
    .build = account_build,
};

/* --- staff --- */

static const struct view_field staff_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, staff, id), .help = "the staff member's id"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, staff, name), .help = "the name"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, staff, system_user), .help = "the user on this machine"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, staff, roles), .help = "scopes; root stands for all"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, staff, added_at), .help = "since when"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, staff, removed_at), .help = "until when"},
    VIEW_END,
};

static json_t *staff_build(struct view_context *context, int64_t id) {
    size_t count;
    int64_t next;
    (void)id;
    const struct staff *rows = view_page_rows(context, STAFF_PAGE, false, &count, &next);
    return view_page(context, staff_fields, rows, count, sizeof *rows, next);
}

const struct view staff_view = {
    .name = "staff",
    .help = "The people who work at the terminal",
    .who = ACTOR_STAFF | ACTOR_SYSTEM,
    .scope = "staff:read",
    .list = true,
    .fields = staff_fields,
    .build = staff_build,
};

/* --- API keys --- */

static const struct view_field api_key_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, api_key, id), .help = "the key's id"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, api_key, name), .help = "what it is for"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, api_key, scopes), .help = "what it may do"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, api_key, made_at), .help = "since when"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, api_key, revoked_at), .help = "when it was ended"},
    VIEW_END,
};

static json_t *api_keys_build(struct view_context *context, int64_t id) {
    size_t count;
    int64_t next;
    (void)id;
    const struct api_key *rows = view_page_rows(context, API_KEY_PAGE, false, &count, &next);
    return view_page(context, api_key_fields, rows, count, sizeof *rows, next);
}

const struct view api_keys_view = {
    .name = "api_keys",
    .help = "The integrators' keys; the keys themselves are not kept",
    .who = ACTOR_STAFF | ACTOR_SYSTEM,
    .scope = "api_keys:read",
    .list = true,
    .fields = api_key_fields,
    .build = api_keys_build,
};
