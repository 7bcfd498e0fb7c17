#include "web/portal/settle.h"

#include <string.h>

#include "commands/session.h"
#include "views/views.h"
#include "web/page.h"
#include "web/portal/form.h"
#include "web/present.h"
#include "web/show.h"

enum { LIFE = 20 * 60, MARK_BYTES = 12 };

const char *settle_path(struct request *request, int64_t closure, const char *page) {
    const char *path =
        arena_format(&request->arena, "/closures/%lld/credit%s", (long long)closure, page);
    return path ? path : "/";
}

/* --- the cookie --- */

static const char *cookie_of(struct request *request, int64_t closure) {
    const char *name = arena_format(&request->arena, "credit%lld", (long long)closure);
    return name ? name : "credit";
}

static const char *text_of(struct request *request, const struct settle_answers *a) {
    const char *text = arena_format(
        &request->arena, "%lld\n%lld\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n%lld\n%lld\n%s\n%s",
        (long long)a->closure, (long long)request->session.account, a->choice, a->to.way,
        a->to.name, a->to.bank, a->to.branch, a->to.number, a->to.bic, a->to.country,
        (long long)a->to.charge, (long long)a->at.target, a->at.target_number, a->at.target_again);
    return text ? text : "";
}

void settle_answers_write(struct request *request, const struct settle_answers *answers) {
    form_cookie_seal(request, cookie_of(request, answers->closure), text_of(request, answers),
                     LIFE);
}

void settle_answers_end(struct request *request, int64_t closure) {
    form_cookie_end(request, cookie_of(request, closure));
}

const char *settle_mark(struct request *request, const struct settle_answers *answers) {
    uint8_t hash[HASH_BYTES];
    char text[2 * HASH_BYTES];
    const char *whole = text_of(request, answers);
    secret_hash(request->site->secrets->token, whole, strlen(whole), hash);
    secret_base64(hash, MARK_BYTES, text);
    const char *mark = arena_copy(&request->arena, text);
    return mark ? mark : "";
}

/* Takes one line off; false when it does not fit. */
static bool take(const char **text, char *to, size_t room) {
    size_t length = strcspn(*text, "\n");
    if (length >= room) {
        return false;
    }
    memcpy(to, *text, length);
    to[length] = '\0';
    *text += length + ((*text)[length] == '\n');
    return true;
}

static bool take_number(const char **text, int64_t *to) {
    char digits[24];
    return take(text, digits, sizeof digits) && number_parse(digits, false, to);
}

bool settle_answers_read(struct request *request, int64_t closure, struct settle_answers *a) {
    const char *text = form_cookie_open(request, cookie_of(request, closure));
    int64_t account = 0;
    *a = (struct settle_answers){.closure = 0};
    bool good =
        text && take_number(&text, &a->closure) && take_number(&text, &account) &&
        take(&text, a->choice, sizeof a->choice) && take(&text, a->to.way, sizeof a->to.way) &&
        take(&text, a->to.name, sizeof a->to.name) && take(&text, a->to.bank, sizeof a->to.bank) &&
        take(&text, a->to.branch, sizeof a->to.branch) &&
        take(&text, a->to.number, sizeof a->to.number) &&
        take(&text, a->to.bic, sizeof a->to.bic) &&
        take(&text, a->to.country, sizeof a->to.country) && take_number(&text, &a->to.charge) &&
        take_number(&text, &a->at.target) &&
        take(&text, a->at.target_number, sizeof a->at.target_number) &&
        take(&text, a->at.target_again, sizeof a->at.target_again) && a->closure == closure &&
        account == request->session.account;
    if (!good) {
        *a = (struct settle_answers){.closure = closure};
    }
    return good;
}

/* --- who may --- */

json_t *settle_view(struct request *request, const struct access *access) {
    struct view_context context;
    json_t *json = NULL;
    char secret[STATUS_SECRET_SIZE];
    if (!show_context(request, &context)) {
        return NULL;
    }
    bool by_secret = !access->owner && access->by == ACCESS_STATUS;
    if (by_secret && access_status_secret(request, access, secret)) {
        memcpy(context.secret, secret, strlen(secret) + 1);
    }
    if (view_show(&settlement_view, &context, access->closure, &json) != ACCEPTED) {
        return NULL;
    }
    present(request, settlement_view.fields, json);
    bool some = json_object_get(json, "credit_minor_some") != NULL;
    bool chosen = json_object_get(json, "chosen_at") != NULL;
    bool was = json_object_get(json, "refunds_some") ||
               json_object_get(json, "lapsed_minor_some") ||
               (chosen && !json_is_true(json_object_get(json, "not_taken")));
    json_object_set_new(json, "chosen_or_some", json_boolean(some || chosen));
    json_object_set_new(json, "nothing", json_boolean(!some && !was));
    return json;
}

static bool phase_is(const struct settle_page *page, const char *phase) {
    const char *now = json_string_value(json_object_get(page->credit, "phase"));
    return now && strcmp(now, phase) == 0;
}

void settle_close(struct settle_page *page) {
    json_decref(page->credit);
    json_decref(page->shown);
    page->credit = page->shown = NULL;
}

/* Where who may not goes on; NULL: may. */
static const char *elsewhere(struct request *request, const char *name,
                             const struct settle_page *page, const struct access *access) {
    struct request *r = request;
    const char *own = settle_path(r, page->closure, name);
    if (!page->credit || (!phase_is(page, "choose") && !phase_is(page, "claim"))) {
        return arena_format(&r->arena, "/closures/%lld", (long long)page->closure);
    }
    if (page->owner) {
        return session_stepped_up(&r->session, r->policy, r->now)
                   ? NULL
                   : arena_format(&r->arena, "/step-up?next=%s", own);
    }
    if (page->claiming && access->by == ACCESS_STATUS) {
        return NULL;
    }
    return arena_format(&r->arena, "/sign-in?next=%s", own);
}

bool settle_open(struct request *request, const char *page, struct settle_page *to) {
    struct access access;
    enum refusal no;
    *to = (struct settle_page){.closure = request_capture_id(request, "closure")};
    to->shown = access_open(request, to->closure, &access, &no);
    if (!to->shown) {
        status_refuse(request, to->closure, no);
        return false;
    }
    to->owner = access.owner;
    to->credit = settle_view(request, &access);
    to->claiming = phase_is(to, "claim");
    if (!to->owner) {
        access_status_secret(request, &access, to->secret);
    }
    const char *go = elsewhere(request, page, to, &access);
    if (!go) {
        return true;
    }
    settle_close(to);
    response_redirect(request, go);
    return false;
}

json_t *settle_data(struct settle_page *page) {
    json_t *data = json_pack("{s:b,s:b,s:b,s:O,s:O}", "claiming", page->claiming, "owner",
                             page->owner, "by_paper", page->claiming && !page->owner, "credit",
                             page->credit, "closure", page->shown);
    json_object_set(data, "number_text", json_object_get(page->shown, "number_text"));
    settle_close(page);
    return data;
}
