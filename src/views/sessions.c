/* The views of sessions and of the ways to one: where an account is signed in, what an app is
 * given, and how far somebody is who registers, forgot the password or asks for a status. Tokens
 * are never read from anywhere: the verb that made them hands them out once, and they are shown
 * once. */
#include <string.h>

#include "views/views.h"

enum { SESSIONS_SHOWN = 20 };

static const char *const session_kinds[] = {
    NULL, [SESSION_BROWSER] = "browser", [SESSION_APP] = "app", view_values_end};

struct session_shown {
    int64_t id, kind, opened_at, used_at, ends_at, stepped_up_at, closed_at, current;
    char device[DEVICE_SIZE];
};

static const struct view_field session_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, session_shown, id), .help = "the session's id"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, session_shown, kind), .help = "a browser, or an app",
     .values = session_kinds},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, session_shown, device), .help = "what the app calls itself"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, session_shown, opened_at), .help = "since when"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, session_shown, used_at),
     .help = "when it was last opened, given a new token or the password"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, session_shown, ends_at), .help = "until when, at most"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, session_shown, stepped_up_at),
     .help = "when the password was last given again"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, session_shown, closed_at), .help = "when it was ended"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, session_shown, current), .help = "it is the one that asks"},
    VIEW_END,
};

static struct session_shown shown_of(const struct view_context *context,
                                     const struct session *row) {
    struct session_shown shown = {.id = row->id,
                                  .kind = row->kind,
                                  .opened_at = row->opened_at,
                                  .used_at = row->used_at ? row->used_at : row->opened_at,
                                  .ends_at = row->ends_at,
                                  .stepped_up_at = row->stepped_up_at,
                                  .closed_at = row->closed_at,
                                  .current = row->id == context->actor->session};
    memcpy(shown.device, row->device, sizeof shown.device);
    return shown;
}

/* --- sessions --- */

static json_t *sessions_build(struct view_context *context, int64_t id) {
    struct session rows[SESSIONS_SHOWN];
    struct session_shown shown[SESSIONS_SHOWN];
    struct key key = {.id = context->actor->id, .at = context->now};
    (void)id;
    size_t count = view_read(context, SESSIONS_OF_ACCOUNT, key, rows, SESSIONS_SHOWN);
    for (size_t i = 0; i < count; i++)
        shown[i] = shown_of(context, &rows[i]);
    context->own = true;
    return view_page(context, session_fields, shown, count, sizeof *shown, 0);
}

const struct view sessions_view = {
    .name = "sessions",
    .help = "Where the account is signed in",
    .who = ACTOR_SUBSCRIBER,
    .list = true,
    .fields = session_fields,
    .build = sessions_build,
};

/* --- session --- */

static bool session_read(struct view_context *context, int64_t id, struct session *to) {
    return view_read(context, SESSION_BY_ID, (struct key){.id = id}, to, 1) == 1;
}

static json_t *session_build(struct view_context *context, int64_t id) {
    struct session row;
    if (!session_read(context, id, &row) || row.account != context->actor->id)
        return NULL;
    struct session_shown shown = shown_of(context, &row);
    context->own = true;
    return view_json(context, session_fields, &shown);
}

const struct view session_view = {
    .name = "session",
    .help = "One of the account's sessions, also when it has ended",
    .who = ACTOR_SUBSCRIBER,
    .fields = session_fields,
    .build = session_build,
};

/* --- tokens --- */

struct tokens_shown {
    int64_t session, access_ends_at, ends_at;
    char access_token[TOKEN_TEXT * 3], refresh_token[TOKEN_TEXT * 3];
};

static const struct view_field tokens_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, tokens_shown, session), .help = "the session's id"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, tokens_shown, access_token),
     .help = "for Authorization: Bearer, with every request"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, tokens_shown, access_ends_at),
     .help = "until when the access token counts"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, tokens_shown, refresh_token),
     .help = "for the next two tokens; it counts once"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, tokens_shown, ends_at),
     .help = "until when the session can be refreshed"},
    VIEW_END,
};

/* "ACCESS REFRESH", as session.open_app and session.refresh hand them out. */
static bool handed_read(const char *handed, struct tokens_shown *to) {
    size_t access = handed ? strcspn(handed, " ") : 0;
    const char *rest = handed && handed[access] ? handed + access + 1 : "";
    if (!access || access >= sizeof to->access_token || !*rest ||
        strlen(rest) >= sizeof to->refresh_token)
        return false;
    memcpy(to->access_token, handed, access);
    memcpy(to->refresh_token, rest, strlen(rest));
    return true;
}

static json_t *tokens_build(struct view_context *context, int64_t id) {
    struct session row;
    struct tokens_shown shown = {.session = id};
    if (!handed_read(context->handed, &shown) || !session_read(context, id, &row))
        return NULL;
    shown.access_ends_at = row.access_ends_at;
    shown.ends_at = row.ends_at;
    return view_json(context, tokens_fields, &shown);
}

const struct view tokens_view = {
    .name = "tokens",
    .help = "An app's tokens, in the answer to what made them",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER,
    .answer = true,
    .fields = tokens_fields,
    .build = tokens_build,
};

/* --- challenge --- */

struct challenge_shown {
    int64_t id, ends_at;
    char holder[TOKEN_TEXT];
};

static const struct view_field challenge_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, challenge_shown, id), .help = "its id, for the next step's path"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, challenge_shown, holder),
     .help = "the secret that every further step wants; in the first answer only"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, challenge_shown, ends_at),
     .help = "until when the next step can be taken"},
    VIEW_END,
};

/* Whether its code went anywhere is in none of it. */
static json_t *challenge_build(struct view_context *context, int64_t id) {
    struct challenge row;
    const char *holder = context->handed ? context->handed : "";
    if (view_read(context, CHALLENGE_BY_ID, (struct key){.id = id}, &row, 1) != 1)
        return NULL;
    struct challenge_shown shown = {.id = id, .ends_at = row.expires_at};
    if (strlen(holder) >= sizeof shown.holder)
        return NULL;
    memcpy(shown.holder, holder, strlen(holder));
    return view_json(context, challenge_fields, &shown);
}

const struct view challenge_view = {
    .name = "challenge",
    .help = "How far one is, in the answer to each step",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER,
    .answer = true,
    .fields = challenge_fields,
    .build = challenge_build,
};

/* --- account_id, contact_id --- */

struct id_shown {
    int64_t account, contact;
};

static const struct view_field account_id_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, id_shown, account), .help = "the account's id"},
    VIEW_END,
};
static const struct view_field contact_id_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, id_shown, contact), .help = "the contact's id, as in the line"},
    VIEW_END,
};

static json_t *account_id_build(struct view_context *context, int64_t id) {
    const struct id_shown shown = {.account = id};
    return id ? view_json(context, account_id_fields, &shown) : NULL;
}

static json_t *contact_id_build(struct view_context *context, int64_t id) {
    const struct id_shown shown = {.contact = id};
    return id ? view_json(context, contact_id_fields, &shown) : NULL;
}

const struct view account_id_view = {
    .name = "account_id",
    .help = "Which account it was, in the answer to the last step",
    .who = ACTOR_ANONYMOUS,
    .answer = true,
    .fields = account_id_fields,
    .build = account_id_build,
};

const struct view contact_id_view = {
    .name = "contact_id",
    .help = "Which contact it was, in the answer to the code",
    .who = ACTOR_SUBSCRIBER,
    .answer = true,
    .fields = contact_id_fields,
    .build = contact_id_build,
};
