#include "web/portal/settle.h"

#include <string.h>

#include "commands/session.h"
#include "views/views.h"
#include "web/page.h"
#include "web/portal/form.h"
#include "web/present.h"
#include "web/show.h"

enum { LIFE = 20 * 60 };

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
    return form_mark(request, text_of(request, answers));
}

bool settle_answers_read(struct request *request, int64_t closure, struct settle_answers *a) {
    const char *text = form_cookie_open(request, cookie_of(request, closure));
    int64_t account = 0;
    *a = (struct settle_answers){.closure = 0};
    bool good = text && form_take_number(&text, &a->closure) && form_take_number(&text, &account) &&
                form_take(&text, a->choice, sizeof a->choice) &&
                form_take(&text, a->to.way, sizeof a->to.way) &&
                form_take(&text, a->to.name, sizeof a->to.name) &&
                form_take(&text, a->to.bank, sizeof a->to.bank) &&
                form_take(&text, a->to.branch, sizeof a->to.branch) &&
                form_take(&text, a->to.number, sizeof a->to.number) &&
                form_take(&text, a->to.bic, sizeof a->to.bic) &&
                form_take(&text, a->to.country, sizeof a->to.country) &&
                form_take_number(&text, &a->to.charge) && form_take_number(&text, &a->at.target) &&
                form_take(&text, a->at.target_number, sizeof a->at.target_number) &&
                form_take(&text, a->at.target_again, sizeof a->at.target_again) &&
                a->closure == closure && account == request->session.account;
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
