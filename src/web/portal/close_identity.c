/* Who asks: the registered document, where the confirmation goes, and if they like why. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "rules/identifier.h"
#include "views/views.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/form.h"

/* A reason is as long as its field lets one type, and so fits into the cookie in any script. */
enum { ANSWERS_LIFE = 20 * 60, REASON_POINTS = 100 };

static const struct {
    enum document_type type;
    const char *words;
} documents[] = {
    {DOCUMENT_HKID, N_("Hong Kong identity card")},
    {DOCUMENT_RESIDENT_ID, N_("Resident identity card of the Mainland")},
    {DOCUMENT_HOME_RETURN_PERMIT, N_("Home return permit")},
    {DOCUMENT_EXIT_ENTRY_PERMIT, N_("Exit-entry permit for Hong Kong and Macao")},
    {DOCUMENT_TAIWAN_PERMIT, N_("Mainland travel permit for Taiwan residents")},
    {DOCUMENT_PASSPORT, N_("Passport")},
    {DOCUMENT_OTHER, N_("Another document")},
};

const char *document_words(const struct request *request, const char *type) {
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        if (strcmp(document_type_code(documents[i].type), type) == 0) {
            return words(request->language, documents[i].words);
        }
    }
    return NULL;
}

/* --- the cookie --- */

static const char *cookie_of(struct request *request, int64_t line) {
    const char *name = arena_format(&request->arena, "closing%lld", (long long)line);
    return name ? name : "closing";
}

static const char *answers_text(struct request *request, const struct answers *answers) {
    const char *text =
        arena_format(&request->arena, "%lld\n%lld\n%lld\n%s\n%s\n%s", (long long)answers->line,
                     (long long)request->session.account, (long long)answers->contact,
                     answers->type, answers->document, answers->reason);
    return text ? text : "";
}

void answers_write(struct request *request, const struct answers *answers) {
    form_cookie_seal(request, cookie_of(request, answers->line), answers_text(request, answers),
                     ANSWERS_LIFE);
}

void answers_end(struct request *request, int64_t line) {
    form_cookie_end(request, cookie_of(request, line));
}

const char *answers_mark(struct request *request, const struct answers *answers) {
    return form_mark(request, answers_text(request, answers));
}

bool answers_read(struct request *request, int64_t line, struct answers *answers) {
    const char *text = form_cookie_open(request, cookie_of(request, line));
    int64_t account = 0;
    *answers = (struct answers){0};
    return text && form_take_number(&text, &answers->line) && form_take_number(&text, &account) &&
           form_take_number(&text, &answers->contact) &&
           form_take(&text, answers->type, sizeof answers->type) &&
           form_take(&text, answers->document, sizeof answers->document) &&
           form_take(&text, answers->reason, sizeof answers->reason) && answers->line == line &&
           account == request->session.account;
}

/* --- the page --- */

json_t *documents_json(const struct request *request, const char *chosen) {
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        const char *code = document_type_code(documents[i].type);
        json_array_append_new(list, json_pack("{s:s,s:s,s:b}", "code", code, "text",
                                              words(request->language, documents[i].words),
                                              "chosen", strcmp(code, chosen) == 0));
    }
    return list;
}

/* Marks where the confirmation goes: where it was chosen to, else the first way that is open. */
static void mark_route(json_t *line, const struct answers *answers, bool answered) {
    json_t *contact, *contacts = json_object_get(line, "contacts");
    bool open = json_is_true(json_object_get(line, "line_may_confirm"));
    bool chosen = open && (!answered || answers->contact == 0);
    json_object_set_new(line, "chosen", json_boolean(chosen));
    size_t i;
    json_array_foreach(contacts, i, contact) {
        const char *id = json_string_value(json_object_get(contact, "id"));
        bool may = json_is_true(json_object_get(contact, "may_confirm"));
        int64_t number = 0;
        bool same = id && number_parse(id, false, &number) && number == answers->contact;
        bool this = may && !chosen && (answered ? same : !open);
        json_object_set_new(contact, "chosen", json_boolean(this));
        chosen = chosen || this;
        open = open || may;
    }
    json_object_set_new(line, "no_route", json_boolean(!open));
    json_object_set_new(line, "nowhere_chosen",
                        json_boolean(answered && answers->contact == CONTACT_NOWHERE));
}

void identity_answer(struct request *request, json_t *line, const struct answers *answers,
                     const char *field, enum refusal refusal) {
    mark_route(line, answers, answers->type[0] != '\0');
    json_t *data =
        json_pack("{s:o,s:o,s:s,s:s}", "documents", documents_json(request, answers->type), "line",
                  line, "value_document", answers->document, "value_reason", answers->reason);
    if (refusal == ACCEPTED) {
        page_render(request, 200, "portal/close_identity.html", data);
        return;
    }
    form_fault_refusal(request, data, field, refusal);
    form_answer(request, refusal, "portal/close_identity.html", data);
}

/* --- the form --- */

static bool copy(char *to, size_t room, const char *text) {
    if (!text || strlen(text) >= room) {
        return false;
    }
    memcpy(to, text, strlen(text) + 1);
    return true;
}

/* Why is a person's own words: what they typed stays as wide or narrow as it was. */
static bool read_reason(struct request *request, struct answers *answers) {
    const char *typed = request_form(request, "reason");
    char *clean = NULL;
    if (!typed || !*typed) {
        return true;
    }
    return text_clean_wide(&request->arena, typed, strlen(typed), TEXT_ONE_LINE, 0, REASON_POINTS,
                           &clean) == TEXT_OK &&
           copy(answers->reason, sizeof answers->reason, clean);
}

/* Only a way that the page offers: another line's contact is as good as none. */
static enum refusal read_route(const struct request *request, const json_t *line,
                               struct answers *answers) {
    const char *chosen = request_form(request, "contact");
    if (json_is_true(json_object_get(line, "claimed"))) {
        return ACCEPTED; /* there is no choice: the rules know the way */
    }
    if (!chosen || !number_parse(chosen, false, &answers->contact)) {
        return REFUSED_INPUT;
    }
    if (answers->contact == CONTACT_NOWHERE) {
        return ACCEPTED;
    }
    if (answers->contact == 0) {
        return json_is_true(json_object_get(line, "line_may_confirm")) ? ACCEPTED
               : json_is_true(json_object_get(line, "reachable"))      ? REFUSED_PROOF
                                                                       : REFUSED_ROUTE_SUSPENDED;
    }
    size_t i;
    json_t *contact;
    json_array_foreach(json_object_get(line, "contacts"), i, contact) {
        const char *id = json_string_value(json_object_get(contact, "id"));
        if (id && strcmp(id, chosen) == 0) {
            return json_is_true(json_object_get(contact, "may_confirm")) ? ACCEPTED
                   : json_is_true(json_object_get(line, "password_set_lately"))
                       ? REFUSED_RESET_NEW
                       : REFUSED_CONTACT_YOUNG;
        }
    }
    answers->contact = 0;
    return REFUSED_INPUT;
}

/* What can be seen to be mistyped is said at once; whether it is the registered document only the
 * verb says, and only when it is submitted. */
static enum refusal read_document(struct request *request, struct answers *answers) {
    const char *type = request_form(request, "document_type");
    const char *number = form_text(request, "document", DOCUMENT_SIZE - 1);
    struct document document;
    enum document_type kind = document_type_of(type ? type : "");
    copy(answers->type, sizeof answers->type, document_type_code(kind));
    copy(answers->document, sizeof answers->document, number ? number : "");
    enum identifier_result result = document_normalise(kind, number ? number : "", &document);
    if (result == IDENTIFIER_OK) {
        copy(answers->document, sizeof answers->document, document.number);
        return ACCEPTED;
    }
    return document_refusal(result);
}

static void identity_post(struct request *request, json_t *line) {
    static const char *const names[] = {"document_type", "document", "contact", "reason", NULL};
    struct answers answers = {.line = request_capture_id(request, "line")};
    if (!request_form_only(request, names)) {
        json_decref(line);
        page_refuse(request, REFUSED_INPUT, NULL);
        return;
    }
    enum refusal document = read_document(request, &answers);
    enum refusal route = read_route(request, line, &answers);
    bool reason = read_reason(request, &answers);
    if (document != ACCEPTED) {
        bool type = document == REFUSED_DOCUMENT_TYPE;
        identity_answer(request, line, &answers, type ? "document_type" : "document", document);
    } else if (route != ACCEPTED) {
        identity_answer(request, line, &answers, "contact", route);
    } else if (!reason) {
        identity_answer(request, line, &answers, "reason", REFUSED_INPUT);
    } else {
        json_decref(line);
        answers_write(request, &answers);
        response_redirect(request, arena_format(&request->arena, "/lines/%lld/close/check",
                                                (long long)answers.line));
    }
}

void close_identity_page(struct request *request) {
    struct answers answers;
    json_t *line = line_to_close(request);
    int64_t id = request_capture_id(request, "line");
    if (!line) {
        return;
    }
    if (is_post(request)) {
        identity_post(request, line);
        return;
    }
    if (!close_stepped_up(request, id, "identity")) {
        json_decref(line);
        return;
    }
    answers_read(request, id, &answers);
    identity_answer(request, line, &answers, "", ACCEPTED);
}
