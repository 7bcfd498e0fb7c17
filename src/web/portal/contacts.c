/* The contacts of a line, and adding one. */
#include "web/portal/contacts.h"

#include <string.h>

#include "commands/contact.h"
#include "commands/session.h"
#include "rules/contact.h"
#include "rules/identifier.h"
#include "views/views.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/form.h"

const char *contacts_path(struct request *request, int64_t line, const char *more) {
    const char *path =
        arena_format(&request->arena, "/lines/%lld/contacts%s", (long long)line, more);
    return path ? path : "/account";
}

json_t *contact_line(struct request *request, int64_t line) {
    json_t *view = form_view(request, &line_view, line);
    if (view && json_is_true(json_object_get(view, "claimed"))) {
        json_decref(view);
        page_refuse(request, REFUSED_NOT_FOUND, NULL);
        return NULL;
    }
    return view;
}

bool contact_stepped_up(struct request *request, const char *path) {
    if (session_stepped_up(&request->session, request->policy, request->now)) {
        return true;
    }
    response_redirect(request, arena_format(&request->arena, "/step-up?next=%s", path));
    return false;
}

bool contact_refused(struct request *request, enum refusal refusal, const char *path) {
    switch (refusal) {
    case REFUSED_STEP_UP:
        response_redirect(request, arena_format(&request->arena, "/step-up?next=%s", path));
        return true;
    case REFUSED_NOT_SIGNED_IN:
    case REFUSED_NOT_FOUND:
    case REFUSED_LINE_CLOSED:
        page_refuse(request, refusal, NULL);
        return true;
    default:
        return false;
    }
}

enum refusal contact_document(struct request *request, char type[CODE_SIZE],
                              char number[DOCUMENT_SIZE]) {
    const char *chosen = request_form(request, "document_type");
    const char *typed = form_text(request, "document", DOCUMENT_SIZE - 1);
    enum document_type kind = document_type_of(chosen ? chosen : "");
    const char *code = document_type_code(kind);
    struct document document;
    enum identifier_result result = document_normalise(kind, typed ? typed : "", &document);
    if (result != IDENTIFIER_OK) {
        return document_refusal(result);
    }
    memcpy(type, code, strlen(code) + 1);
    memcpy(number, document.number, sizeof document.number);
    return ACCEPTED;
}

const char *contact_field(enum refusal refusal) {
    switch (refusal) {
    case REFUSED_EMAIL_FORM:
    case REFUSED_UNCHANGED:
        return "email";
    case REFUSED_DOCUMENT_TYPE:
        return "document_type";
    case REFUSED_DOCUMENT_FORM:
    case REFUSED_DOCUMENT_CHECK:
    case REFUSED_IDENTITY:
        return "document";
    case REFUSED_CONTACT_YOUNG:
    case REFUSED_RESET_NEW:
    case REFUSED_ROUTE_SUSPENDED:
        return "via";
    default:
        return "";
    }
}

/* --- the list --- */

void contacts_page(struct request *request) {
    json_t *line = contact_line(request, request_capture_id(request, "line"));
    if (!line) {
        return;
    }
    const char *done = request_query(request, "done");
    const char *state = json_string_value(json_object_get(line, "state"));
    size_t count = json_array_size(json_object_get(line, "contacts"));
    bool open = !state || strcmp(state, "closed") != 0;
    json_t *data = json_pack("{s:b,s:b,s:b,s:b,s:b}", "can_change", open, "can_add",
                             open && count < CONTACTS_MOST, "full", open && count >= CONTACTS_MOST,
                             "added", done && strcmp(done, "added") == 0, "removed",
                             done && strcmp(done, "removed") == 0);
    json_object_set_new(data, "line", line);
    page_render(request, 200, "portal/contacts.html", data);
}

/* --- adding one --- */

static void add_answer(struct request *request, json_t *line, enum refusal refusal) {
    static const char *const kept[] = {"email", "document", NULL};
    const char *type = request_form(request, "document_type");
    json_t *data = json_object();
    if (!type) {
        type = json_string_value(json_object_get(line, "document_type"));
    }
    form_keep(request, data, kept);
    json_object_set_new(data, "documents", documents_json(request, type ? type : ""));
    json_object_set_new(data, "line", line);
    if (refusal == ACCEPTED) {
        page_render(request, 200, "portal/contact_add.html", data);
        return;
    }
    if (refusal == REFUSED_UNCHANGED) {
        form_fault(data, "email",
                   words(request->language, "This address is a contact of the line already"));
    } else if (refusal == REFUSED_EMAIL_FORM) {
        form_fault(
            data, "email",
            words(request->language, "Enter the new e-mail address, for example name@example.com"));
    } else if (refusal == REFUSED_RESET_NEW) {
        form_fault(data, "",
                   words(request->language,
                         "To protect you, no contact can be added for some days after a forgotten "
                         "password was set anew. If it cannot wait, come to a counter with your "
                         "identity document."));
    } else {
        form_fault_refusal(request, data, contact_field(refusal), refusal);
    }
    form_answer(request, refusal, "portal/contact_add.html", data);
}

static void asked(struct request *request, const struct job *job) {
    const struct contact_ask *in = job->input;
    if (contact_refused(request, job->refusal, contacts_path(request, in->line, "/add"))) {
        return;
    }
    if (job->refusal != ACCEPTED) {
        json_t *line = contact_line(request, in->line);
        if (line) {
            add_answer(request, line, job->refusal);
        }
        return;
    }
    struct contact_change change = {.line = in->line, .challenge = job->result, .sent_at = job->at};
    memcpy(change.address, in->email, sizeof change.address);
    memcpy(change.holder, job->secret, strlen(job->secret) + 1);
    change_write(request, &change);
    response_redirect(request, contacts_path(request, in->line, "/code"));
}

static void add_post(struct request *request, json_t *line) {
    static const char *const names[] = {"email", "document_type", "document", NULL};
    struct contact_ask *in = arena_take(&request->arena, sizeof *in);
    const char *email = form_text(request, "email", EMAIL_SIZE - 2);
    const char *language = language_tag(request->language);
    if (!in || !request_form_only(request, names)) {
        json_decref(line);
        page_refuse(request, in ? REFUSED_INPUT : REFUSED_BUSY, NULL);
        return;
    }
    enum refusal no = contact_document(request, in->document_type, in->document);
    if (!email || strlen(email) < 3 || strlen(email) >= sizeof in->email ||
        email_normalise(email, in->email) != IDENTIFIER_OK) {
        no = REFUSED_EMAIL_FORM;
    }
    if (no != ACCEPTED) {
        add_answer(request, line, no);
        return;
    }
    json_decref(line);
    in->line = request_capture_id(request, "line");
    memcpy(in->language, language, strlen(language) + 1);
    request_submit(request, &contact_ask_verb, in, form_command_key(request), asked);
}

void contact_add_page(struct request *request) {
    int64_t id = request_capture_id(request, "line");
    json_t *line = contact_line(request, id);
    if (!line) {
        return;
    }
    if (is_post(request)) {
        add_post(request, line);
    } else if (contact_stepped_up(request, contacts_path(request, id, "/add"))) {
        add_answer(request, line, ACCEPTED);
    } else {
        json_decref(line);
    }
}
