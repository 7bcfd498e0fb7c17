/* Removing a contact: where the code goes, and the ID number. */
#include <string.h>

#include "base/text.h"
#include "commands/contact.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/contacts.h"
#include "web/portal/form.h"

/* The contact of that id among the line's; NULL when it is none (any more). Borrowed. */
static json_t *contact_named(const json_t *line, int64_t id) {
    size_t i;
    json_t *contact;
    json_array_foreach(json_object_get(line, "contacts"), i, contact) {
        const char *text = json_string_value(json_object_get(contact, "id"));
        int64_t number = 0;
        if (text && number_parse(text, false, &number) && number == id) {
            return contact;
        }
    }
    return NULL;
}

static const char *path_of(struct request *request) {
    const char *more = arena_format(&request->arena, "/%lld/remove",
                                    (long long)request_capture_id(request, "contact"));
    return contacts_path(request, request_capture_id(request, "line"), more ? more : "");
}

/* Marks where the code goes: as chosen, else the first way that is open. */
static void mark_ways(const struct request *request, json_t *line) {
    const char *chosen = request_form(request, "via");
    bool by_line = json_is_true(json_object_get(line, "line_may_confirm")), marked = false,
         any = by_line;
    size_t i;
    json_t *contact;
    marked = by_line && (!chosen || strcmp(chosen, "0") == 0);
    json_object_set_new(line, "chosen", json_boolean(marked));
    json_array_foreach(json_object_get(line, "contacts"), i, contact) {
        const char *id = json_string_value(json_object_get(contact, "id"));
        bool may = json_is_true(json_object_get(contact, "may_confirm"));
        bool this = may && !marked && (chosen ? id && strcmp(chosen, id) == 0 : true);
        json_object_set_new(contact, "chosen", json_boolean(this));
        marked = marked || this;
        any = any || may;
    }
    json_object_set_new(line, "no_way", json_boolean(!any));
}

static void remove_answer(struct request *request, json_t *line, json_t *contact,
                          enum refusal refusal) {
    static const char *const kept[] = {"document", NULL};
    const char *type = request_form(request, "document_type");
    json_t *data = json_object();
    if (!type) {
        type = json_string_value(json_object_get(line, "document_type"));
    }
    mark_ways(request, line);
    form_keep(request, data, kept);
    json_object_set_new(data, "documents", documents_json(request, type ? type : ""));
    json_object_set(data, "contact", contact);
    json_object_set_new(data, "last",
                        json_boolean(json_array_size(json_object_get(line, "contacts")) == 1));
    json_object_set_new(data, "line", line);
    if (refusal == ACCEPTED) {
        page_render(request, 200, "portal/contact_remove.html", data);
        return;
    }
    if (refusal == REFUSED_INPUT) {
        form_fault(data, "via", words(request->language, "Choose where the code goes"));
    } else {
        form_fault_refusal(request, data, contact_field(refusal), refusal);
    }
    form_answer(request, refusal, "portal/contact_remove.html", data);
}

static void asked(struct request *request, const struct job *job) {
    const struct contact_ask_removal *in = job->input;
    if (contact_refused(request, job->refusal, path_of(request))) {
        return;
    }
    json_t *line = contact_line(request, in->line);
    json_t *contact = line ? contact_named(line, in->contact) : NULL;
    if (!line) {
        return;
    }
    if (!contact) { /* another tab was quicker */
        json_decref(line);
        page_refuse(request, REFUSED_NOT_FOUND, NULL);
        return;
    }
    if (job->refusal != ACCEPTED) {
        remove_answer(request, line, contact, job->refusal);
        return;
    }
    const json_t *way = in->via ? contact_named(line, in->via) : NULL;
    const char *address = json_string_value(json_object_get(way, "address_text"));
    const char *number = json_string_value(json_object_get(line, "number_text"));
    const char *to = in->via ? address : number;
    struct contact_change change = {.line = in->line,
                                    .challenge = job->result,
                                    .sent_at = job->at,
                                    .removes = in->contact,
                                    .by_sms = !in->via};
    size_t length = to ? strlen(to) : 0;
    if (to && length < sizeof change.address) {
        memcpy(change.address, to, length + 1);
    }
    memcpy(change.holder, job->secret, strlen(job->secret) + 1);
    json_decref(line);
    change_write(request, &change);
    response_redirect(request, contacts_path(request, change.line, "/code"));
}

static void remove_post(struct request *request, json_t *line, json_t *contact) {
    static const char *const names[] = {"via", "document_type", "document", NULL};
    struct contact_ask_removal *in = arena_take(&request->arena, sizeof *in);
    const char *via = request_form(request, "via");
    const char *language = language_tag(request->language);
    if (!in || !request_form_only(request, names)) {
        json_decref(line);
        page_refuse(request, in ? REFUSED_INPUT : REFUSED_BUSY, NULL);
        return;
    }
    enum refusal no = contact_document(request, in->document_type, in->document);
    if (!via || !number_parse(via, false, &in->via)) {
        no = REFUSED_INPUT;
    }
    if (no != ACCEPTED) {
        remove_answer(request, line, contact, no);
        return;
    }
    json_decref(line);
    in->line = request_capture_id(request, "line");
    in->contact = request_capture_id(request, "contact");
    memcpy(in->language, language, strlen(language) + 1);
    request_submit(request, &contact_ask_removal_verb, in, form_command_key(request), asked);
}

void contact_remove_page(struct request *request) {
    json_t *line = contact_line(request, request_capture_id(request, "line"));
    json_t *contact = line ? contact_named(line, request_capture_id(request, "contact")) : NULL;
    if (!line) {
        return;
    }
    if (!contact) {
        json_decref(line);
        page_refuse(request, REFUSED_NOT_FOUND, NULL);
    } else if (is_post(request)) {
        remove_post(request, line, contact);
    } else if (contact_stepped_up(request, path_of(request))) {
        remove_answer(request, line, contact, ACCEPTED);
    } else {
        json_decref(line);
    }
}
