/* Check your answers, and the submission itself. */
#include <string.h>

#include "base/clock.h"
#include "commands/closure.h"
#include "views/views.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/form.h"
#include "web/present.h"

/* Where the confirmation goes, masked, as the line's view says it. */
static void add_route(json_t *data, const json_t *line, int64_t chosen) {
    size_t i;
    json_t *contact;
    json_array_foreach(json_object_get(line, "contacts"), i, contact) {
        const char *id = json_string_value(json_object_get(contact, "id"));
        int64_t number = 0;
        if (id && number_parse(id, false, &number) && number == chosen) {
            json_object_set(data, "to_address", json_object_get(contact, "address"));
        }
    }
    bool claimed = json_is_true(json_object_get(line, "claimed"));
    bool confirms = json_is_true(json_object_get(line, "contact_confirms"));
    json_object_set_new(data, "to_line", json_boolean(chosen == 0 && !claimed));
    json_object_set_new(data, "to_own", json_boolean(claimed && confirms));
    json_object_set_new(data, "nowhere",
                        json_boolean(chosen == CONTACT_NOWHERE || (claimed && !confirms)));
}

/* Until when the link will be good, as closure_open() reckons it. */
static int64_t confirm_by(const struct request *request, int64_t latest) {
    int64_t life = request->now + request->policy->link_life_hours * HOUR;
    return life < latest ? life : latest;
}

static json_t *check_data(struct request *request, json_t *line, const struct answers *answers) {
    int64_t due = request->now + POLICY_DUE_HOURS * HOUR;
    int64_t latest = due - request->policy->execution_margin_hours * HOUR; /* for a document too */
    const char *type = document_words(request, answers->type);
    json_t *data =
        json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "document_type_text", type ? type : "",
                  "document", answers->document, "reason", answers->reason, "answers",
                  answers_mark(request, answers), "due_text", present_time_near(request, due),
                  "confirm_by_text", present_time_near(request, confirm_by(request, latest)),
                  "document_by_text", present_time_near(request, latest));
    add_route(data, line, answers->contact);
    bool photo = request->policy->identity == IDENTITY_DOCUMENT || /* or the SIM was not proved */
                 json_is_true(json_object_get(data, "to_own"));
    json_object_set_new(data, "photo", json_boolean(photo));
    json_object_set_new(data, "line", line);
    return data;
}

static void check_answer(struct request *request, json_t *line, const struct answers *answers,
                         enum refusal refusal) {
    json_t *data = check_data(request, line, answers);
    if (refusal == ACCEPTED) {
        page_render(request, 200, "portal/close_check.html", data);
        return;
    }
    form_fault_refusal(request, data, "", refusal);
    form_answer(request, refusal, "portal/close_check.html", data);
}

/* The field of the identity page that a refusal belongs to; NULL when to none. */
static const char *field_of(enum refusal refusal) {
    switch (refusal) {
    case REFUSED_DOCUMENT_TYPE:
        return "document_type";
    case REFUSED_DOCUMENT_FORM:
    case REFUSED_DOCUMENT_CHECK:
    case REFUSED_IDENTITY:
        return "document";
    case REFUSED_CONTACT_YOUNG:
    case REFUSED_RESET_NEW:
    case REFUSED_PROOF:
    case REFUSED_ROUTE_SUSPENDED:
        return "contact";
    default:
        return NULL;
    }
}

static void submitted(struct request *request, const struct job *job) {
    const struct answers *answers = request->own;
    if (job->refusal == ACCEPTED) {
        answers_end(request, answers->line);
        receipt_hand(request, job->result);
        response_redirect(request, arena_format(&request->arena, "/closures/%lld/receipt",
                                                (long long)job->result));
        return;
    }
    if (job->refusal == REFUSED_STEP_UP) {
        response_redirect(request,
                          arena_format(&request->arena, "/step-up?next=/lines/%lld/close/check",
                                       (long long)answers->line));
        return;
    }
    json_t *line = form_view(request, &line_view, answers->line);
    if (!line) {
        return;
    }
    number_shown(line);
    if (job->refusal == REFUSED_LINE_CLOSED || job->refusal == REFUSED_LINE_CLOSING) {
        close_stopped(request, line, job->refusal);
    } else if (job->refusal == REFUSED_NOT_FOUND || job->refusal == REFUSED_NOT_SIGNED_IN) {
        json_decref(line);
        page_refuse(request, job->refusal, NULL);
    } else if (field_of(job->refusal)) {
        identity_answer(request, line, answers, field_of(job->refusal), job->refusal);
    } else {
        check_answer(request, line, answers, job->refusal);
    }
}

static void submit(struct request *request, const struct answers *answers) {
    struct closure_submit *in = arena_take(&request->arena, sizeof *in);
    struct answers *own = arena_take(&request->arena, sizeof *own);
    const char *language = language_tag(request->language);
    if (!in || !own) {
        return;
    }
    *own = *answers;
    request->own = own;
    in->line = answers->line;
    in->nowhere = answers->contact == CONTACT_NOWHERE;
    in->contact = in->nowhere ? 0 : answers->contact;
    memcpy(in->document_type, answers->type, sizeof in->document_type);
    memcpy(in->document, answers->document, sizeof in->document);
    memcpy(in->reason, answers->reason, sizeof in->reason);
    memcpy(in->language, language, strlen(language) + 1);
    request_submit(request, &closure_submit_verb, in, form_command_key(request), submitted);
}

static bool answers_shown(struct request *request, const struct answers *answers) {
    static const char *const names[] = {"answers", NULL};
    const char *mark = request_form(request, "answers");
    return request_form_only(request, names) && mark &&
           secret_equal(mark, answers_mark(request, answers));
}

/* A form that was sent twice comes to the verb twice, whose key answers it twice alike; so the line
 * is not looked at before. */
void close_check_page(struct request *request) {
    struct answers answers;
    int64_t id = request_capture_id(request, "line");
    bool answered = answers_read(request, id, &answers);
    if (is_post(request) && answered && answers_shown(request, &answers)) {
        submit(request, &answers);
        return;
    }
    json_t *line = line_to_close(request);
    if (!line) {
        return;
    }
    if (!answered) {
        json_decref(line);
        response_redirect(
            request, arena_format(&request->arena, "/lines/%lld/close/identity", (long long)id));
    } else if (is_post(request)) { /* another tab changed the answers: look again */
        check_answer(request, line, &answers, REFUSED_FORM);
    } else if (close_stepped_up(request, id, "check")) {
        check_answer(request, line, &answers, ACCEPTED);
    } else {
        json_decref(line);
    }
}
