/* Closing, before anything is typed: suspend or close, and what closing will do. */
#include <string.h>

#include "base/civil.h"
#include "commands/session.h"
#include "views/views.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/form.h"
#include "web/present.h"

bool is_post(const struct request *request) {
    return strcmp(request->method, "POST") == 0;
}

void close_stopped(struct request *request, json_t *line, enum refusal refusal) {
    json_t *data =
        json_pack("{s:o,s:s,s:s}", "line", line, "title", refusal_title(request, refusal),
                  "sentence", refusal_sentence(request, refusal));
    page_render(request, refusal_about(refusal)->status, "portal/close_stopped.html", data);
}

void number_shown(json_t *view) {
    json_t *masked = json_object_get(view, "number_masked_text");
    if (masked && !json_object_get(view, "number_text")) {
        json_object_set(view, "number_text", masked);
    }
}

json_t *line_to_close(struct request *request) {
    json_t *line = form_view(request, &line_view, request_capture_id(request, "line"));
    number_shown(line);
    if (!line || json_is_true(json_object_get(line, "can_close"))) {
        return line;
    }
    const char *state = json_string_value(json_object_get(line, "state"));
    bool closed = state && strcmp(state, "closed") == 0;
    close_stopped(request, line, closed ? REFUSED_LINE_CLOSED : REFUSED_LINE_CLOSING);
    return NULL;
}

bool close_stepped_up(struct request *request, int64_t line, const char *page) {
    if (session_stepped_up(&request->session, request->policy, request->now)) {
        return true;
    }
    response_redirect(request, arena_format(&request->arena, "/step-up?next=/lines/%lld/close/%s",
                                            (long long)line, page));
    return false;
}

/* --- suspend or close --- */

static void choice_answer(struct request *request, json_t *data) {
    const char *choice = request_form(request, "choice");
    const char *line = request_capture(request, "line");
    static const struct {
        const char *choice, *page;
    } ways[] = {{"close", "close/preview"}, {"suspend", "suspend"}, {"reactivate", "reactivate"}};
    for (size_t i = 0; choice && i < sizeof ways / sizeof *ways; i++) {
        if (strcmp(choice, ways[i].choice) == 0) {
            json_decref(data);
            response_redirect(request,
                              arena_format(&request->arena, "/lines/%s/%s", line, ways[i].page));
            return;
        }
    }
    form_fault(data, "choice", words(request->language, "Choose what you want to do"));
    form_answer(request, ACCEPTED, "portal/close_choice.html", data);
}

void close_choice_page(struct request *request) {
    json_t *line = line_to_close(request);
    if (!line) {
        return;
    }
    if (json_is_true(json_object_get(line, "claimed"))) { /* whose credit it is is not proved */
        json_decref(line);
        response_redirect(request, arena_format(&request->arena, "/lines/%s/close/identity",
                                                request_capture(request, "line")));
        return;
    }
    json_t *data = json_pack("{s:o}", "line", line);
    if (is_post(request)) {
        choice_answer(request, data);
        return;
    }
    page_render(request, 200, "portal/close_choice.html", data);
}

/* --- what will happen --- */

static void add_money(struct request *request, json_t *preview, const char *from, const char *to) {
    int64_t minor = json_integer_value(json_object_get(preview, from));
    if (minor > 0) {
        json_object_set_new(preview, to, json_string(present_money(request, minor)));
    }
}

void close_preview_page(struct request *request) {
    json_t *line = line_to_close(request);
    json_t *preview =
        line ? form_view(request, &preview_view, request_capture_id(request, "line")) : NULL;
    if (!preview) {
        json_decref(line);
        return;
    }
    add_money(request, preview, "paid_to_unclaimed", "paid_text");
    add_money(request, preview, "promotional_ended", "promotional_text");
    page_render(request, 200, "portal/close_preview.html",
                json_pack("{s:o,s:o}", "line", line, "preview", preview));
}
