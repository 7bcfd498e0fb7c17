/* Where a refund stands, and who may look at it. */
#include "web/portal/refund.h"

#include <string.h>

#include "rules/credit_codes.h"
#include "rules/refund.h"
#include "views/views.h"
#include "web/page.h"
#include "web/portal/form.h"
#include "web/present.h"
#include "web/show.h"

static const char cookie[] = "refund";
enum { ACCESS_LIFE = 60 * 60 };

/* --- who may --- */

static void access_keep(struct request *request, int64_t refund, const char *secret) {
    const char *text = arena_format(&request->arena, "%lld\n%s", (long long)refund, secret);
    if (text) {
        form_cookie_seal(request, cookie, text, ACCESS_LIFE);
    }
}

/* The secret that this browser showed of the refund; "" when none, or of another one. */
static void access_kept(struct request *request, struct refund_access *access) {
    const char *text = form_cookie_open(request, cookie);
    const char *secret = text ? strchr(text, '\n') : NULL;
    int64_t id = 0;
    if (!secret || strlen(secret + 1) >= sizeof access->secret) {
        return;
    }
    const char *digits = arena_text(&request->arena, text, (size_t)(secret - text));
    if (digits && number_parse(digits, false, &id) && id == access->refund) {
        memcpy(access->secret, secret + 1, strlen(secret + 1) + 1);
    }
}

static enum refusal show(struct request *request, int64_t id, const char *secret, json_t **json) {
    struct view_context context;
    *json = NULL;
    if (!show_context(request, &context)) {
        return REFUSED_BUSY;
    }
    memcpy(context.secret, secret, strlen(secret) + 1);
    return view_show(&refund_view, &context, id, json);
}

enum refusal refund_found(struct request *request, const char *reference, const char *secret,
                          int64_t *id) {
    struct view_context context;
    struct refund refund = {0};
    json_t *view = NULL;
    if (!show_context(request, &context)) {
        return REFUSED_BUSY;
    }
    read_refund_by_reference(&context, reference, &refund);
    if (context.down) {
        return REFUSED_BUSY;
    }
    bool fits = refund_secret_fits(request->site->secrets, &refund, secret);
    enum refusal no = fits ? show(request, refund.id, secret, &view) : REFUSED_NOT_FOUND;
    json_decref(view);
    if (no == ACCEPTED) {
        access_keep(request, refund.id, secret);
        *id = refund.id;
    }
    return no;
}

json_t *refund_opened(struct request *request, int64_t refund, const char *page,
                      struct refund_access *access) {
    json_t *view;
    *access = (struct refund_access){.refund = refund};
    enum refusal no = show(request, refund, "", &view);
    access->owner = no == ACCEPTED;
    if (no == REFUSED_NOT_FOUND) {
        access_kept(request, access);
        no = show(request, refund, access->secret, &view);
    }
    if (no == ACCEPTED) {
        present(request, refund_view.fields, view);
        return view;
    }
    if (no == REFUSED_NOT_FOUND && !request->session.id && refund) {
        response_redirect(request, arena_format(&request->arena, "/sign-in?next=/refunds/%lld%s",
                                                (long long)refund, page));
    } else {
        page_refuse(request, no, NULL);
    }
    return NULL;
}

json_t *refunds_listed(struct request *request, int64_t closure, bool owner) {
    struct view_context context;
    struct refund rows[REFUNDS_A_CLOSURE] = {{0}};
    json_t *list = json_array();
    if (!list || !show_context(request, &context)) {
        return list;
    }
    struct load load = view_wants(&context);
    want_refunds(&load, closure, rows);
    if (!view_fetch(&context, &load)) {
        return list;
    }
    for (size_t i = 0; i < REFUNDS_A_CLOSURE && rows[i].id; i++) {
        const char *state =
            present_word(request, "state", refund_state_code((enum refund_state)rows[i].state));
        json_t *item = json_pack("{s:s,s:s,s:s,s:b}", "reference", rows[i].reference, "amount_text",
                                 present_money(request, rows[i].amount_minor), "state_text",
                                 state ? state : "", "returned", rows[i].state == REFUND_RETURNED);
        if (owner) {
            json_object_set_new(item, "refund", json_integer((json_int_t)rows[i].id));
        }
        json_array_append_new(list, item);
    }
    return list;
}

/* --- what happened, and what comes --- */

static const char *text_of(const json_t *view, const char *name) {
    const char *text = json_string_value(json_object_get(view, name));
    return text ? text : "";
}

static bool is(const json_t *view, const char *state) {
    return strcmp(text_of(view, "state"), state) == 0;
}

/* A step with its time, when it happened; `now`: it is what is waited for; else it is to come. */
static void step(json_t *steps, const json_t *view, const char *code, const char *at, bool now) {
    const char *when = at ? text_of(view, at) : "";
    json_t *item = json_pack("{s:s}", "at_text", when);
    json_object_set_new(item, code, json_true());
    json_object_set_new(item, "done", json_boolean(*when != '\0'));
    json_object_set_new(item, "now", json_boolean(!*when && now));
    json_array_append_new(steps, item);
}

/* RFC 3339 texts of one form: the later one is the greater. */
static bool is_later(const json_t *view, const char *one, const char *other) {
    return strcmp(text_of(view, one), text_of(view, other)) > 0;
}

static json_t *steps_of(const json_t *view) {
    json_t *steps = json_array();
    bool back = json_object_get(view, "returned_at") != NULL;
    bool changed = json_object_get(view, "corrected_at") != NULL;
    bool rejected = is(view, "rejected"), returned = is(view, "returned");
    bool asked = is(view, "requested"), gone = !asked && !returned && !rejected;
    step(steps, view, "is_requested", "requested_at_near_text", false);
    if (changed && is_later(view, "returned_at", "corrected_at")) {
        step(steps, view, "is_corrected", "corrected_at_near_text", false);
    }
    if (back) {
        step(steps, view, "is_returned", "returned_at_near_text", false);
    }
    if (changed && !is_later(view, "returned_at", "corrected_at")) {
        step(steps, view, "is_corrected", "corrected_at_near_text", false);
    }
    if (rejected) {
        step(steps, view, "is_rejected", "rejected_at_near_text", false);
        return steps;
    }
    if (returned) {
        step(steps, view, "is_asking", NULL, true);
    }
    step(steps, view, "is_approved", gone ? "approved_at_near_text" : NULL, asked);
    step(steps, view, "is_paid", is(view, "paid") ? "paid_at_near_text" : NULL, gone);
    return steps;
}

void refund_page(struct request *request) {
    struct refund_access access;
    json_t *view = refund_opened(request, request_capture_id(request, "refund"), "", &access);
    if (!view) {
        return;
    }
    json_t *data = json_pack("{s:b,s:o}", "owner", access.owner, "steps", steps_of(view));
    json_object_set_new(data, "refund", view);
    page_render(request, 200, "portal/refund.html", data);
}
