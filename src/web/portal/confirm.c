/* The address of the message's link: a GET shows a form, the same for every reference; only the
 * POST confirms. The link's secret stands behind the # and never comes here by itself: a script
 * moves it into the form, without a script the person types the code. */
#include <string.h>

#include "commands/closure.h"
#include "rules/reference.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/form.h"

static json_t *confirm_data(const char *reference) {
    return json_pack("{s:s}", "reference", reference);
}

/* What was typed did not fit. Whether there is a closure of that reference makes no difference. */
static void confirm_fault(struct request *request, const char *reference, const char *field,
                          enum refusal refusal) {
    json_t *data = confirm_data(reference);
    form_fault_refusal(request, data, field, refusal);
    form_answer(request, refusal, "portal/confirm.html", data);
}

/* The secret was right, but it is confirmed already, too late, or over: say where it stands, and
 * what can still be done. */
static void confirm_late(struct request *request, const char *reference, struct access *access,
                         enum refusal refusal) {
    enum refusal no;
    json_t *view = access_show(request, access, &no);
    if (!view) {
        page_refuse(request, no, NULL);
        return;
    }
    json_t *data = json_pack("{s:s,s:s,s:s,s:o}", "reference", reference, "title",
                             refusal_title(request, refusal), "sentence",
                             refusal_sentence(request, refusal), "closure", view);
    page_render(request, refusal_about(refusal)->status, "portal/confirm_late.html", data);
}

/* The right secret opens the status in this browser from now on. */
static struct access remember(struct request *request, int64_t closure) {
    const char *secret = request_form(request, "secret");
    bool link = secret && *secret;
    const char *shown = link ? secret : form_text(request, "code", CONFIRM_CODE_SIZE - 1);
    struct access access = {.closure = closure, .by = link ? ACCESS_LINK : ACCESS_CODE};
    if (shown && strlen(shown) < sizeof access.secret) {
        memcpy(access.secret, shown, strlen(shown) + 1);
        access_write(request, &access);
    }
    return access;
}

static void confirmed(struct request *request, const struct job *job) {
    const char *reference = request->own;
    struct access access;
    switch (job->refusal) {
    case ACCEPTED:
        remember(request, job->result);
        response_redirect(request,
                          arena_format(&request->arena, "/closures/%lld", (long long)job->result));
        return;
    case REFUSED_CODE_USED:
    case REFUSED_CODE_EXPIRED:
    case REFUSED_CLOSURE_STATE:
        if (job->result) {
            access = remember(request, job->result);
            confirm_late(request, reference, &access, job->refusal);
            return;
        }
        confirm_fault(request, reference, "code", REFUSED_CODE_WRONG);
        return;
    case REFUSED_NOT_FOUND:
    case REFUSED_CODE_WRONG:
        confirm_fault(request, reference, "code", REFUSED_CODE_WRONG);
        return;
    default:
        confirm_fault(request, reference, "", job->refusal);
    }
}

static void confirm_post(struct request *request, const char *reference) {
    static const char *const names[] = {"code", "secret", NULL};
    struct closure_confirm *in = arena_take(&request->arena, sizeof *in);
    const char *code = form_text(request, "code", CONFIRM_CODE_SIZE / 2);
    const char *secret = request_form(request, "secret");
    struct closure closure;
    if (!request_form_only(request, names) || !in) {
        request_refuse(request, &closure_confirm_verb, REFUSED_INPUT, NULL, NULL);
        return;
    }
    bool link = secret && *secret;
    if (link ? strlen(secret) >= sizeof in->secret : !code || strlen(code) >= sizeof in->code) {
        confirm_fault(request, reference, "code", REFUSED_CODE_WRONG);
        return;
    }
    if (!link && !*code) {
        json_t *data = confirm_data(reference);
        form_fault(data, "code", words(request->language, "Enter the eight digits of the code"));
        form_answer(request, ACCEPTED, "portal/confirm.html", data);
        return;
    }
    if (!closure_referred(request, reference, &closure)) {
        page_refuse(request, REFUSED_BUSY, NULL);
        return;
    }
    in->closure = closure.id; /* 0: the verb does the same work and refuses */
    memcpy(in->reference, reference, strlen(reference) + 1);
    if (link) {
        memcpy(in->secret, secret, strlen(secret) + 1);
    } else {
        memcpy(in->code, code, strlen(code) + 1);
    }
    request->own = arena_copy(&request->arena, reference);
    request_submit(request, &closure_confirm_verb, in, form_command_key(request), confirmed);
}

/* Whoever may see the closure anyway sees where it stands once there is nothing to confirm. */
static bool confirm_over(struct request *request, const char *reference) {
    struct closure closure;
    struct access access;
    enum refusal no;
    if (!closure_referred(request, reference, &closure)) {
        return false;
    }
    json_t *view = access_open(request, closure.id, &access, &no);
    bool over = view && !json_is_true(json_object_get(json_object_get(view, "can"), "confirm"));
    json_decref(view);
    if (over) {
        response_redirect(request,
                          arena_format(&request->arena, "/closures/%lld", (long long)closure.id));
    }
    return over;
}

void confirm_page(struct request *request) {
    char reference[REFERENCE_SIZE];
    const char *given = request_capture(request, "reference");
    if (!given || !reference_read(given, reference)) {
        page_refuse(request, REFUSED_NOT_FOUND, NULL);
        return;
    }
    if (is_post(request)) {
        confirm_post(request, reference);
    } else if (!confirm_over(request, reference)) {
        page_render(request, 200, "portal/confirm.html", confirm_data(reference));
    }
}
