/* Suspending a line: what it means, in the figures that then bind, and the button; where it stands
 * afterwards; and the way to both for who lost the telephone. */
#include "web/portal/suspension.h"

#include <string.h>

#include "commands/suspension.h"
#include "views/views.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/form.h"

static const char *path_of(struct request *request, int64_t line, const char *page) {
    return arena_format(&request->arena, "/lines/%lld%s", (long long)line, page);
}

static bool state_is(const json_t *view, const char *state) {
    const char *is = json_string_value(json_object_get(view, "state"));
    return is && strcmp(is, state) == 0;
}

/* --- suspend --- */

/* Why a line that is not suspended cannot be: in the words of the verb. */
static void stopped(struct request *request, int64_t id, enum refusal refusal) {
    json_t *line = form_view(request, &line_view, id);
    if (line) {
        close_stopped(request, line, refusal);
    }
}

static void cannot(struct request *request, int64_t id) {
    json_t *line = form_view(request, &line_view, id);
    if (!line) {
        return;
    }
    close_stopped(request, line,
                  state_is(line, "closed")                   ? REFUSED_LINE_CLOSED
                  : json_object_get(line, "closure") != NULL ? REFUSED_LINE_CLOSING
                                                             : REFUSED_LINE_EXPIRED);
}

static void suspend_answer(struct request *request, int64_t line, enum refusal refusal) {
    json_t *view = form_view(request, &suspension_view, line);
    if (!view) {
        return;
    }
    if (!state_is(view, "none")) {
        json_decref(view);
        response_redirect(request, path_of(request, line, "/suspension"));
        return;
    }
    if (!json_is_true(json_object_get(view, "can_suspend"))) {
        json_decref(view);
        cannot(request, line);
        return;
    }
    json_t *data = json_pack("{s:o}", "suspension", view);
    if (refusal == ACCEPTED) {
        page_render(request, 200, "portal/suspend.html", data);
        return;
    }
    form_fault_refusal(request, data, "", refusal);
    form_answer(request, refusal, "portal/suspend.html", data);
}

static void suspended(struct request *request, const struct job *job) {
    const struct line_suspend *in = job->input;
    switch (job->refusal) {
    case ACCEPTED:
    case REFUSED_LINE_SUSPENDED: /* another tab was quicker: where it stands is what counts */
        response_redirect(request, path_of(request, in->line, "/suspension"));
        break;
    case REFUSED_STEP_UP:
        response_redirect(request,
                          arena_format(&request->arena, "/step-up?next=/lines/%lld/suspend",
                                       (long long)in->line));
        break;
    case REFUSED_LINE_CLOSED:
    case REFUSED_LINE_CLOSING:
    case REFUSED_LINE_EXPIRED:
        stopped(request, in->line, job->refusal);
        break;
    case REFUSED_NOT_FOUND:
    case REFUSED_NOT_SIGNED_IN:
        page_refuse(request, job->refusal, NULL);
        break;
    default:
        suspend_answer(request, in->line, job->refusal);
    }
}

/* The fee goes with the form, so that what is taken is what was shown. */
void suspend_page(struct request *request) {
    static const char *const names[] = {"fee_minor", NULL};
    int64_t line = request_capture_id(request, "line");
    if (!is_post(request)) {
        suspend_answer(request, line, ACCEPTED);
        return;
    }
    struct line_suspend *in = arena_take(&request->arena, sizeof *in);
    const char *fee = request_form(request, "fee_minor");
    const char *language = language_tag(request->language);
    if (!in || !request_form_only(request, names) || !fee ||
        !number_parse(fee, false, &in->fee_minor)) {
        page_refuse(request, in ? REFUSED_INPUT : REFUSED_BUSY, NULL);
        return;
    }
    in->line = line;
    memcpy(in->language, language, strlen(language) + 1);
    request_submit(request, &line_suspend_verb, in, form_command_key(request), suspended);
}

/* --- where it stands --- */

void suspension_page(struct request *request) {
    int64_t line = request_capture_id(request, "line");
    json_t *view = form_view(request, &suspension_view, line);
    if (!view) {
        return;
    }
    if (state_is(view, "none")) {
        json_decref(view);
        response_redirect(request, path_of(request, line, ""));
        return;
    }
    bool under_way = state_is(view, "asked") || state_is(view, "returning");
    json_t *data = json_pack("{s:o}", "suspension", view);
    status_refresh(request, data, under_way);
    page_render(request, 200, "portal/suspension.html", data);
}

/* --- the telephone is lost --- */

/* Who is signed in sees the lines that can be suspended; with one only, its page at once. */
void lost_page(struct request *request) {
    json_t *account = request->session.id ? form_view(request, &account_view, 0) : json_object();
    if (!account) {
        return;
    }
    json_t *line, *lines = json_array();
    const char *only = NULL;
    size_t i;
    json_array_foreach(json_object_get(account, "lines"), i, line) {
        if (state_is(line, "suspended") ||
            (state_is(line, "active") && !json_object_get(line, "closure"))) {
            json_array_append(lines, line);
            only = json_string_value(json_object_get(line, "id"));
        }
    }
    if (json_array_size(lines) == 1 && only) {
        response_redirect(request, arena_format(&request->arena, "/lines/%s/suspend", only));
        json_decref(lines);
        json_decref(account);
        return;
    }
    json_decref(account);
    json_t *data = json_pack("{s:b}", "lines_some", json_array_size(lines) > 0);
    json_object_set_new(data, "lines", lines);
    page_render(request, 200, "portal/lost.html", data);
}
