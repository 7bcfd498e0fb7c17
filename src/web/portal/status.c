/* Where a closure stands: found by reference and status secret, or by the account that has it. */
#include <string.h>

#include "rules/closure_secret.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/form.h"
#include "web/portal/refund.h"
#include "web/portal/settle.h"

/* --- finding it --- */

static void find_answer(struct request *request, json_t *data, enum refusal refusal) {
    static const char *const kept[] = {"reference", NULL};
    form_keep(request, data, kept);
    form_answer(request, refusal, "portal/status_find.html", data);
}

/* A refund's reference and secret show the refund. */
static void find_refund(struct request *request, json_t *data, const char *reference,
                        const char *secret) {
    int64_t refund = 0;
    enum refusal no = refund_found(request, reference, secret, &refund);
    if (no == REFUSED_BUSY) {
        json_decref(data);
        page_refuse(request, no, NULL);
    } else if (no != ACCEPTED) {
        form_fault_refusal(request, data, "reference", no);
        find_answer(request, data, no);
    } else {
        json_decref(data);
        response_redirect(request,
                          arena_format(&request->arena, "/refunds/%lld", (long long)refund));
    }
}

static void find_post(struct request *request) {
    static const char *const names[] = {"reference", "status_secret", NULL};
    const char *typed = form_text(request, "reference", 39);
    const char *secret = form_text(request, "status_secret", 39);
    char reference[REFERENCE_SIZE], shown[STATUS_SECRET_SIZE];
    struct closure closure;
    json_t *data = json_object();
    if (!request_form_only(request, names)) {
        json_decref(data);
        page_refuse(request, REFUSED_INPUT, NULL);
        return;
    }
    bool refund = typed && refund_reference_read(typed, reference);
    if (!refund && (!typed || !reference_read(typed, reference))) {
        form_fault(data, "reference",
                   words(request->language, "Enter the reference as it stands on the receipt"));
    }
    if (!secret || !status_secret_read(secret, shown)) {
        form_fault(data, "status_secret",
                   words(request->language, "Enter the status secret as it stands on the receipt"));
    }
    if (form_faulty(data)) {
        find_answer(request, data, ACCEPTED);
        return;
    }
    if (refund) {
        find_refund(request, data, reference, shown);
        return;
    }
    if (!closure_referred(request, reference, &closure)) {
        json_decref(data);
        page_refuse(request, REFUSED_BUSY, NULL);
        return;
    }
    struct access access = {.closure = closure.id, .by = ACCESS_STATUS};
    enum refusal no = REFUSED_NOT_FOUND;
    bool fits = closure_status_fits(request->site->secrets, &closure, shown);
    json_decref(fits ? access_show(request, &access, &no) : NULL); /* is it shown any more */
    if (no != ACCEPTED) {
        form_fault_refusal(request, data, "reference", no);
        find_answer(request, data, no);
        return;
    }
    json_decref(data);
    memcpy(access.secret, shown, sizeof shown);
    access_write(request, &access);
    response_redirect(request,
                      arena_format(&request->arena, "/closures/%lld", (long long)closure.id));
}

void status_find_page(struct request *request) {
    if (is_post(request)) {
        find_post(request);
        return;
    }
    page_render(request, 200, "portal/status_find.html", NULL);
}

/* --- looking at it --- */

void status_refuse(struct request *request, int64_t closure, enum refusal no) {
    if (no == REFUSED_NOT_FOUND && !request->session.id && closure) {
        response_redirect(request, arena_format(&request->arena, "/sign-in?next=/closures/%lld",
                                                (long long)closure));
        return;
    }
    page_refuse(request, no, NULL);
}

void status_refresh(struct request *request, json_t *data, bool runs) {
    enum { EVERY_SECONDS = 15 };
    const char *asked = request_query(request, "refresh");
    bool off = asked && strcmp(asked, "off") == 0;
    json_object_set_new(data, "refreshing", json_boolean(runs && !off));
    json_object_set_new(data, "refresh_off", json_boolean(runs && off));
    if (runs && !off) {
        response_header(request, "Refresh", arena_format(&request->arena, "%d", EVERY_SECONDS));
    }
}

void status_page(struct request *request) {
    struct access access;
    enum refusal no;
    int64_t id = request_capture_id(request, "closure");
    json_t *view = access_open(request, id, &access, &no);
    if (!view) {
        status_refuse(request, id, no);
        return;
    }
    json_t *data = json_pack("{s:b}", "owner", access.owner);
    const char *state = json_string_value(json_object_get(view, "state"));
    status_refresh(request, data, state && strcmp(state, "executing") == 0);
    if (json_object_get(view, "closed_at")) {
        json_t *refunds = refunds_listed(request, id, access.owner);
        json_object_set_new(view, "refunds_some", json_boolean(json_array_size(refunds) > 0));
        json_object_set_new(view, "refunds", refunds);
    }
    json_object_set_new(data, "closure", view);
    json_object_set_new(data, "credit", settle_view(request, &access));
    page_render(request, 200, "portal/status.html", data);
}
