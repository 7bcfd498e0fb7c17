/* A picture of the identity document, for a closure that asks for one. */
#include <string.h>

#include "commands/closure.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/form.h"

static const char page[] = "portal/document.html";

/* The closure's view for its owner; NULL and answered. */
static json_t *owned(struct request *request, const struct verb *verb) {
    struct access access;
    enum refusal no;
    int64_t id = request_capture_id(request, "closure");
    json_t *view = access_open(request, id, &access, &no);
    if (view && !access.owner) {
        json_decref(view);
        view = NULL;
        no = REFUSED_NOT_FOUND;
    }
    if (!view && verb)
        request_refuse(request, verb, no, NULL, NULL);
    else if (!view)
        page_refuse(request, no, NULL);
    return view;
}

static void to_status(struct request *request) {
    response_redirect(request, arena_format(&request->arena, "/closures/%lld",
                                            (long long)request_capture_id(request, "closure")));
}

void document_page(struct request *request) {
    json_t *view = owned(request, NULL);
    if (!view)
        return;
    if (!json_is_true(json_object_get(json_object_get(view, "can"), "document"))) {
        json_decref(view);
        to_status(request);
        return;
    }
    page_render(request, 200, page, json_pack("{s:o}", "closure", view));
}

static void faulty(struct request *request, const char *text, enum refusal refusal) {
    json_t *view = owned(request, NULL);
    if (!view)
        return;
    json_t *data = json_pack("{s:o}", "closure", view);
    if (text)
        form_fault(data, "file", words(request->language, text));
    else
        form_fault_refusal(request, data, "", refusal);
    form_answer(request, refusal, page, data);
}

static void sent(struct request *request, const struct job *job) {
    if (job->refusal == ACCEPTED || job->refusal == REFUSED_DOCUMENT_WAITING) {
        to_status(request); /* it is there, from this form or another tab's */
        return;
    }
    faulty(request, NULL, job->refusal);
}

void document_post(struct request *request) {
    static const char *const names[] = {NULL};
    struct closure_document *in = arena_take(&request->arena, sizeof *in);
    const struct content *content = request->content;
    const char *text = content_fault_text(content->fault);
    if (!request_form_only(request, names)) {
        request_refuse(request, &closure_document_verb, REFUSED_INPUT, NULL, NULL);
        return;
    }
    if (text) {
        faulty(request, text, ACCEPTED);
        return;
    }
    if (!in || content->fault) {
        page_refuse(request, REFUSED_BUSY, NULL);
        return;
    }
    json_t *view = owned(request, &closure_document_verb);
    if (!view)
        return;
    json_decref(view);
    closure_document_fill(in, request_capture_id(request, "closure"), content);
    request_submit(request, &closure_document_verb, in, form_command_key(request), sent);
}
