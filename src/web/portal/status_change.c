/* What can be done with a closure from its status: send the confirmation again, call it off. */
#include <string.h>

#include "commands/closure.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/form.h"

static const char *status_path(struct request *request, int64_t closure) {
    return arena_format(&request->arena, "/closures/%lld", (long long)closure);
}

/* --- send it again --- */

static void resent(struct request *request, const struct job *job) {
    const struct closure_resend *in = job->input;
    struct access access;
    enum refusal no;
    json_t *view = access_open(request, in->closure, &access, &no);
    if (!view) {
        page_refuse(request, no, NULL);
        return;
    }
    json_t *data = json_pack("{s:b,s:b,s:o}", "owner", access.owner, "resent",
                             job->refusal == ACCEPTED, "closure", view);
    if (job->refusal == ACCEPTED) {
        page_render(request, 200, "portal/status.html", data);
        return;
    }
    form_fault_refusal(request, data, "resend", job->refusal);
    form_answer(request, job->refusal, "portal/status.html", data);
}

void status_resend(struct request *request) {
    struct closure_resend *in = arena_take(&request->arena, sizeof *in);
    struct access access;
    enum refusal no;
    char secret[STATUS_SECRET_SIZE];
    int64_t id = request_capture_id(request, "closure");
    json_t *view = access_open(request, id, &access, &no);
    json_decref(view);
    if (!view || !in) {
        request_refuse(request, &closure_resend_verb, view ? REFUSED_BUSY : no, NULL, NULL);
        return;
    }
    if (!access.owner) {
        if (!access_status_secret(request, &access, secret)) {
            page_refuse(request, REFUSED_BUSY, NULL);
            return;
        }
        memcpy(in->status_secret, secret, sizeof secret);
    }
    in->closure = id;
    request_submit(request, &closure_resend_verb, in, form_command_key(request), resent);
}

/* --- call it off --- */

/* The status secret shows a status and no more: whoever came with it gives the code as well. */
static bool code_wanted(const struct access *access) {
    return !access->owner && access->by == ACCESS_STATUS;
}

static void withdraw_answer(struct request *request, json_t *view, const struct access *access,
                            const char *field, enum refusal refusal) {
    json_t *data = json_pack("{s:o,s:b}", "closure", view, "code_wanted", code_wanted(access));
    if (refusal == ACCEPTED) {
        page_render(request, 200, "portal/withdraw.html", data);
        return;
    }
    form_fault_refusal(request, data, field, refusal);
    form_answer(request, refusal, "portal/withdraw.html", data);
}

static void withdrawn(struct request *request, const struct job *job) {
    const struct closure_withdraw *in = job->input;
    struct access access;
    enum refusal no;
    if (job->refusal == ACCEPTED || job->refusal == REFUSED_UNCHANGED) {
        response_redirect(request, status_path(request, in->closure));
        return;
    }
    if (job->refusal == REFUSED_STEP_UP) {
        response_redirect(request,
                          arena_format(&request->arena, "/step-up?next=/closures/%lld/withdraw",
                                       (long long)in->closure));
        return;
    }
    json_t *view = access_open(request, in->closure, &access, &no);
    if (!view) {
        page_refuse(request, no, NULL);
        return;
    }
    bool code = job->refusal == REFUSED_CODE_WRONG || job->refusal == REFUSED_NOT_FOUND;
    bool typed = code && code_wanted(&access);
    withdraw_answer(request, view, &access, typed ? "code" : "",
                    typed ? REFUSED_CODE_WRONG : job->refusal);
}

/* What proves that it may be called off: the session alone, or what this browser showed before. */
static bool withdraw_proof(struct request *request, const struct access *access,
                           struct closure_withdraw *in) {
    const char *code = form_text(request, "code", CONFIRM_CODE_SIZE / 2);
    if (access->owner) {
        return true;
    }
    if (access->by == ACCESS_LINK) {
        memcpy(in->secret, access->secret, sizeof in->secret);
        return true;
    }
    code = access->by == ACCESS_CODE ? access->secret : code;
    if (!code || !*code || strlen(code) >= sizeof in->code) {
        return false;
    }
    memcpy(in->code, code, strlen(code) + 1);
    return true;
}

static void withdraw_post(struct request *request, const struct access *access, json_t *view) {
    static const char *const names[] = {"code", NULL};
    struct closure_withdraw *in = arena_take(&request->arena, sizeof *in);
    if (!request_form_only(request, names) || !in) {
        json_decref(view);
        request_refuse(request, &closure_withdraw_verb, REFUSED_INPUT, NULL, NULL);
        return;
    }
    if (!withdraw_proof(request, access, in)) {
        json_t *data = json_pack("{s:o,s:b}", "closure", view, "code_wanted", true);
        form_fault(data, "code", words(request->language, "Enter the eight digits of the code"));
        form_answer(request, ACCEPTED, "portal/withdraw.html", data);
        return;
    }
    json_decref(view);
    in->closure = access->closure;
    request_submit(request, &closure_withdraw_verb, in, form_command_key(request), withdrawn);
}

void withdraw_page(struct request *request) {
    struct access access;
    enum refusal no;
    int64_t id = request_capture_id(request, "closure");
    json_t *view = access_open(request, id, &access, &no);
    if (!view && is_post(request)) {
        request_refuse(request, &closure_withdraw_verb, no, NULL, NULL);
        return;
    }
    if (!view) {
        page_refuse(request, no, NULL);
        return;
    }
    if (is_post(request)) {
        withdraw_post(request, &access, view);
        return;
    }
    if (!json_is_true(json_object_get(json_object_get(view, "can"), "withdraw"))) {
        json_decref(view);
        response_redirect(request, status_path(request, id));
        return;
    }
    withdraw_answer(request, view, &access, "", ACCEPTED);
}
