/* Reactivating a suspended line: the password again and the number of the registered document, for
 * whoever found the telephone may know its screen. */
#include <string.h>

#include "commands/session.h"
#include "commands/suspension.h"
#include "views/views.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/contacts.h"
#include "web/portal/form.h"
#include "web/portal/suspension.h"

static const char *path_of(struct request *request, int64_t line, const char *page) {
    return arena_format(&request->arena, "/lines/%lld%s", (long long)line, page);
}

static void step_up_first(struct request *request, int64_t line) {
    response_redirect(request, arena_format(&request->arena, "/step-up?next=/lines/%lld/reactivate",
                                            (long long)line));
}

/* The form, while there is something to reactivate; else where the line stands. */
static void reactivate_answer(struct request *request, int64_t line, enum refusal refusal) {
    static const char *const kept[] = {"document", NULL};
    json_t *view = form_view(request, &suspension_view, line);
    if (!view) {
        return;
    }
    if (!json_is_true(json_object_get(view, "can_reactivate"))) {
        json_decref(view);
        response_redirect(request, path_of(request, line, "/suspension"));
        return;
    }
    const char *type = request_form(request, "document_type");
    json_t *data = json_pack("{s:o,s:o}", "suspension", view, "documents",
                             documents_json(request, type ? type : ""));
    form_keep(request, data, kept);
    if (refusal == ACCEPTED) {
        page_render(request, 200, "portal/reactivate.html", data);
        return;
    }
    form_fault_refusal(request, data, contact_field(refusal), refusal);
    form_answer(request, refusal, "portal/reactivate.html", data);
}

static void reactivated(struct request *request, const struct job *job) {
    const struct line_reactivate *in = job->input;
    switch (job->refusal) {
    case ACCEPTED:
    case REFUSED_UNCHANGED: /* another tab was quicker */
    case REFUSED_NOT_SUSPENDED:
        response_redirect(request, path_of(request, in->line, "/suspension"));
        break;
    case REFUSED_STEP_UP:
        step_up_first(request, in->line);
        break;
    case REFUSED_LINE_CLOSED:
    case REFUSED_LINE_CLOSING:
        response_redirect(request, path_of(request, in->line, ""));
        break;
    case REFUSED_NOT_FOUND:
    case REFUSED_NOT_SIGNED_IN:
        page_refuse(request, job->refusal, NULL);
        break;
    default:
        reactivate_answer(request, in->line, job->refusal);
    }
}

void reactivate_page(struct request *request) {
    static const char *const names[] = {"document_type", "document", NULL};
    int64_t line = request_capture_id(request, "line");
    if (!is_post(request)) {
        if (session_stepped_up(&request->session, request->policy, request->now)) {
            reactivate_answer(request, line, ACCEPTED);
        } else {
            step_up_first(request, line);
        }
        return;
    }
    struct line_reactivate *in = arena_take(&request->arena, sizeof *in);
    if (!in || !request_form_only(request, names)) {
        page_refuse(request, in ? REFUSED_INPUT : REFUSED_BUSY, NULL);
        return;
    }
    enum refusal no = contact_document(request, in->document_type, in->document);
    if (no != ACCEPTED) {
        reactivate_answer(request, line, no);
        return;
    }
    in->line = line;
    request_submit(request, &line_reactivate_verb, in, form_command_key(request), reactivated);
}
