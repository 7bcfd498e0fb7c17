/* The receipt. Its status secret is shown in the browser that submitted the request, for an hour;
 * after that, or elsewhere, another one can be made, and the old one is void. */
#include <string.h>

#include "commands/closure.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/form.h"
#include "web/portal/settle.h"

static const char cookie[] = "receipt";
enum { RECEIPT_LIFE = 60 * 60 };

/* The present secret; false when the closure cannot be read. */
static bool secret_now(struct request *request, int64_t closure, char secret[STATUS_SECRET_SIZE]) {
    struct access access = {.closure = closure, .by = ACCESS_STATUS};
    return access_status_secret(request, &access, secret) && secret[0];
}

void receipt_hand(struct request *request, int64_t closure) {
    char secret[STATUS_SECRET_SIZE];
    if (secret_now(request, closure, secret)) {
        const char *text = arena_format(&request->arena, "%lld\n%s", (long long)closure, secret);
        form_cookie_seal(request, cookie, text ? text : "", RECEIPT_LIFE);
    }
}

/* Adds the secret when this browser was handed it and it still is the present one. */
static void add_secret(struct request *request, int64_t closure, json_t *view) {
    char secret[STATUS_SECRET_SIZE];
    const char *text = form_cookie_open(request, cookie);
    if (!text || !secret_now(request, closure, secret)) {
        return;
    }
    const char *expected = arena_format(&request->arena, "%lld\n%s", (long long)closure, secret);
    if (expected && secret_equal(text, expected)) {
        json_object_set_new(view, "status_secret", json_string(secret));
    }
}

static void receipt_answer(struct request *request, int64_t closure, enum refusal refusal) {
    struct access access;
    enum refusal no;
    json_t *view = access_open(request, closure, &access, &no);
    if (!view) {
        page_refuse(request, no, NULL);
        return;
    }
    if (!json_is_true(json_object_get(json_object_get(view, "can"), "renew_secret"))) {
        json_decref(view); /* somebody else's request for the same line */
        response_redirect(request,
                          arena_format(&request->arena, "/closures/%lld", (long long)closure));
        return;
    }
    add_secret(request, closure, view);
    json_t *data = json_pack("{s:o}", "closure", view);
    json_object_set_new(data, "credit", settle_view(request, &access));
    if (refusal == ACCEPTED) {
        page_render(request, 200, "portal/receipt.html", data);
        return;
    }
    form_fault_refusal(request, data, "renew", refusal);
    form_answer(request, refusal, "portal/receipt.html", data);
}

void receipt_page(struct request *request) {
    receipt_answer(request, request_capture_id(request, "closure"), ACCEPTED);
}

static void renewed(struct request *request, const struct job *job) {
    const struct closure_renew_secret *in = job->input;
    const char *receipt =
        arena_format(&request->arena, "/closures/%lld/receipt", (long long)in->closure);
    if (job->refusal == ACCEPTED) {
        receipt_hand(request, job->result);
        response_redirect(request, receipt);
    } else if (job->refusal == REFUSED_STEP_UP) {
        response_redirect(request, arena_format(&request->arena, "/step-up?next=%s", receipt));
    } else if (job->refusal == REFUSED_NOT_FOUND || job->refusal == REFUSED_NOT_SIGNED_IN) {
        page_refuse(request, job->refusal, NULL);
    } else {
        receipt_answer(request, in->closure, job->refusal);
    }
}

void receipt_renew(struct request *request) {
    struct closure_renew_secret *in = arena_take(&request->arena, sizeof *in);
    if (!in || !request_form_only(request, NULL)) {
        page_refuse(request, in ? REFUSED_INPUT : REFUSED_BUSY, NULL);
        return;
    }
    in->closure = request_capture_id(request, "closure");
    if (!in->closure) {
        page_refuse(request, REFUSED_NOT_FOUND, NULL);
        return;
    }
    request_submit(request, &closure_renew_secret_verb, in, form_command_key(request), renewed);
}
