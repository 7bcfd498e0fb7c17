/* Where credit goes, and how much of it. What can be seen to be wrong is said here; whether the
 * other line takes it only the verb says, and only when it is sent. */
#include "web/portal/transfer.h"

#include <string.h>

#include "base/amount.h"
#include "commands/session.h"
#include "rules/identifier.h"
#include "views/views.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/form.h"
#include "web/present.h"

enum { SENDING_LIFE = 20 * 60, AMOUNT_TYPED = 40, NUMBER_TYPED = 40 };

bool transfer_stepped_up(struct request *request, int64_t line, const char *page) {
    if (session_stepped_up(&request->session, request->policy, request->now)) {
        return true;
    }
    response_redirect(request, arena_format(&request->arena, "/step-up?next=/lines/%lld/transfer%s",
                                            (long long)line, page));
    return false;
}

/* --- the cookie --- */

static const char *cookie_of(struct request *request, int64_t line) {
    const char *name = arena_format(&request->arena, "transfer%lld", (long long)line);
    return name ? name : "transfer";
}

static const char *sending_text(struct request *request, const struct sending *sending) {
    const char *text =
        arena_format(&request->arena, "%lld\n%lld\n%lld\n%lld\n%s", (long long)sending->line,
                     (long long)request->session.account, (long long)sending->target,
                     (long long)sending->amount_minor, sending->number);
    return text ? text : "";
}

void sending_write(struct request *request, const struct sending *sending) {
    form_cookie_seal(request, cookie_of(request, sending->line), sending_text(request, sending),
                     SENDING_LIFE);
}

void sending_end(struct request *request, int64_t line) {
    form_cookie_end(request, cookie_of(request, line));
}

const char *sending_mark(struct request *request, const struct sending *sending) {
    return form_mark(request, sending_text(request, sending));
}

bool sending_read(struct request *request, int64_t line, struct sending *sending) {
    const char *text = form_cookie_open(request, cookie_of(request, line));
    int64_t account = 0;
    *sending = (struct sending){0};
    if (!text || !form_take_number(&text, &sending->line) || !form_take_number(&text, &account) ||
        !form_take_number(&text, &sending->target) ||
        !form_take_number(&text, &sending->amount_minor) ||
        strlen(text) >= sizeof sending->number || sending->line != line ||
        account != request->session.account) {
        return false;
    }
    memcpy(sending->number, text, strlen(text) + 1);
    return true;
}

/* --- the page --- */

void transfer_stopped(struct request *request, json_t *view, enum refusal refusal) {
    json_t *data =
        json_pack("{s:o,s:s,s:s}", "transferring", view, "title", refusal_title(request, refusal),
                  "sentence", refusal_sentence(request, refusal));
    bool limit = refusal == REFUSED_TRANSFER_LIMIT, little = refusal == REFUSED_CREDIT_SHORT;
    json_object_set_new(data, "cooling", json_boolean(refusal == REFUSED_TRANSFER_COOLING));
    json_object_set_new(data, "limit", json_boolean(limit));
    json_object_set_new(data, "short", json_boolean(little));
    json_object_set_new(data, "limits", json_boolean(limit || little));
    page_render(request, refusal_about(refusal)->status, "portal/transfer_stopped.html", data);
}

static bool is_chosen(const char *chosen, const char *code) {
    return chosen && strcmp(chosen, code) == 0;
}

/* Marks the line that was chosen, or the other number; the only line there is stands chosen. */
static void mark_target(struct request *request, json_t *view, const struct sending *sending) {
    const char *chosen = request_form(request, "to");
    json_t *target, *targets = json_object_get(view, "targets");
    size_t i;
    bool none = json_array_size(targets) == 0;
    if (!chosen && sending) {
        chosen = sending->target ? arena_format(&request->arena, "%lld", (long long)sending->target)
                                 : "other";
    }
    json_array_foreach(targets, i, target) {
        const char *line = json_string_value(json_object_get(target, "line"));
        json_object_set_new(target, "chosen", json_boolean(line && is_chosen(chosen, line)));
    }
    json_object_set_new(view, "targets_some", json_boolean(!none));
    json_object_set_new(view, "other_chosen", json_boolean(none || is_chosen(chosen, "other")));
}

/* What was typed, else what was answered before. The amount is said in the reader's form. */
static void keep(struct request *request, json_t *data, const struct sending *sending) {
    static const char *const kept[] = {"number", "number_again", "amount", NULL};
    const char *how = request_form(request, "how");
    if (is_post(request) && how) {
        form_keep(request, data, kept);
        json_object_set_new(data, "all_chosen", json_boolean(is_chosen(how, "all")));
    } else if (sending) {
        const char *amount = present_money(request, sending->amount_minor);
        json_object_set_new(data, "value_number", json_string(sending->number));
        json_object_set_new(data, "value_number_again", json_string(sending->number));
        json_object_set_new(data, "value_amount", json_string(amount));
    }
}

static json_t *form_data(struct request *request, json_t *view, const struct sending *sending) {
    mark_target(request, view, sending);
    json_t *data = json_pack("{s:o}", "transferring", view);
    keep(request, data, sending);
    return data;
}

static enum refusal refused_of(const json_t *view) {
    const char *code = json_string_value(json_object_get(view, "refused"));
    return code ? refusal_of(code) : ACCEPTED;
}

void transfer_answer(struct request *request, json_t *view, const struct sending *sending,
                     const char *field, enum refusal refusal) {
    enum refusal no = refused_of(view);
    if (no) {
        transfer_stopped(request, view, no);
        return;
    }
    json_t *data = form_data(request, view, sending);
    if (refusal == ACCEPTED) {
        page_render(request, 200, "portal/transfer.html", data);
        return;
    }
    form_fault_refusal(request, data, field, refusal);
    form_answer(request, refusal, "portal/transfer.html", data);
}

/* --- the form --- */

static int64_t figure(const json_t *view, const char *name) {
    return json_integer_value(json_object_get(view, name));
}

static bool read_number(struct request *request, const char *name, char number[NUMBER_SIZE]) {
    const struct policy *policy = request->policy;
    const char *typed = form_text(request, name, NUMBER_TYPED);
    return typed && msisdn_normalise(typed, policy->country_code, policy->national_digits,
                                     number) == IDENTIFIER_OK;
}

static void read_other(struct request *request, json_t *data, const json_t *view,
                       struct sending *sending) {
    char again[NUMBER_SIZE] = "";
    const char *own = json_string_value(json_object_get(view, "number"));
    if (!read_number(request, "number", sending->number)) {
        form_fault(data, "number",
                   words(request->language,
                         "Enter the telephone number of the line, for example 6123 4567"));
    } else if (own && strcmp(own, sending->number) == 0) {
        form_fault_refusal(request, data, "number", REFUSED_TRANSFER_SELF);
    } else if (!read_number(request, "number_again", again) ||
               strcmp(again, sending->number) != 0) {
        form_fault_refusal(request, data, "number_again", REFUSED_NUMBERS_DIFFER);
    }
}

/* Only a line that the page offers, else the other number. */
static void read_target(struct request *request, json_t *data, const json_t *view,
                        struct sending *sending) {
    json_t *target, *targets = json_object_get(view, "targets");
    const char *chosen = json_array_size(targets) ? request_form(request, "to") : "other";
    size_t i;
    if (is_chosen(chosen, "other")) {
        read_other(request, data, view, sending);
        return;
    }
    json_array_foreach(targets, i, target) {
        const char *line = json_string_value(json_object_get(target, "line"));
        if (line && is_chosen(chosen, line)) {
            number_parse(line, false, &sending->target);
            return;
        }
    }
    form_fault(data, "to", words(request->language, "Choose where the credit goes"));
}

static enum refusal amount_fits(const json_t *view, int64_t minor) {
    if (minor < figure(view, "minimum_minor") || minor > figure(view, "maximum_minor") ||
        minor > figure(view, "minor_left")) {
        return REFUSED_TRANSFER_LIMIT;
    }
    return minor > figure(view, "most_minor") ? REFUSED_CREDIT_SHORT : ACCEPTED;
}

static void read_amount(struct request *request, json_t *data, const json_t *view,
                        struct sending *sending) {
    const struct policy *policy = request->policy;
    const char *how = request_form(request, "how");
    if (is_chosen(how, "all")) {
        sending->amount_minor = figure(view, "most_minor");
        return;
    }
    if (!is_chosen(how, "some")) {
        form_fault(data, "how", words(request->language, "Choose how much goes"));
        return;
    }
    const char *typed = form_text(request, "amount", AMOUNT_TYPED);
    enum amount_fault fault = amount_read(typed ? typed : "?", policy->currency,
                                          (int)policy->currency_exponent, &sending->amount_minor);
    if (fault) {
        form_fault(data, "amount", words(request->language, amount_fault_sentence(fault)));
        return;
    }
    enum refusal no = amount_fits(view, sending->amount_minor);
    if (no) {
        form_fault_refusal(request, data, "amount", no);
    }
}

static void transfer_post(struct request *request, json_t *view) {
    static const char *const names[] = {"to", "number", "number_again", "how", "amount", NULL};
    struct sending sending = {.line = request_capture_id(request, "line")};
    if (!request_form_only(request, names)) {
        json_decref(view);
        page_refuse(request, REFUSED_INPUT, NULL);
        return;
    }
    if (refused_of(view)) {
        transfer_answer(request, view, NULL, "", ACCEPTED);
        return;
    }
    json_t *data = form_data(request, view, NULL);
    read_target(request, data, view, &sending);
    read_amount(request, data, view, &sending);
    if (form_faulty(data)) {
        form_answer(request, ACCEPTED, "portal/transfer.html", data);
        return;
    }
    json_decref(data);
    sending_write(request, &sending);
    response_redirect(request, arena_format(&request->arena, "/lines/%lld/transfer/check",
                                            (long long)sending.line));
}

void transfer_page(struct request *request) {
    struct sending sending;
    int64_t line = request_capture_id(request, "line");
    json_t *view = form_view(request, &transferring_view, line);
    if (!view) {
        return;
    }
    if (is_post(request)) {
        transfer_post(request, view);
    } else if (refused_of(view)) {
        transfer_answer(request, view, NULL, "", ACCEPTED);
    } else if (transfer_stepped_up(request, line, "")) {
        bool answered = sending_read(request, line, &sending);
        transfer_answer(request, view, answered ? &sending : NULL, "", ACCEPTED);
    } else {
        json_decref(view);
    }
}
