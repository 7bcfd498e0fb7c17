/* Check your answers before credit goes to another line, the sending itself, and what went. */
#include <string.h>

#include "base/format.h"
#include "commands/transfer.h"
#include "views/views.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/form.h"
#include "web/portal/transfer.h"
#include "web/present.h"

/* The number that was typed, or that of the own line, whole: it is the person's to check. */
static void add_target(struct request *request, json_t *data, const json_t *view,
                       const struct sending *sending) {
    json_t *target;
    size_t i;
    if (!sending->target) {
        json_object_set_new(data, "to_text",
                            json_string(format_number(&request->arena, sending->number)));
        return;
    }
    json_array_foreach(json_object_get(view, "targets"), i, target) {
        const char *line = json_string_value(json_object_get(target, "line"));
        int64_t id = 0;
        if (line && number_parse(line, false, &id) && id == sending->target) {
            json_object_set(data, "to_text", json_object_get(target, "number_text"));
            json_object_set_new(data, "to_own", json_true());
        }
    }
}

static json_t *check_data(struct request *request, json_t *view, const struct sending *sending) {
    int64_t fee = json_integer_value(json_object_get(view, "fee_minor"));
    int64_t paid = json_integer_value(json_object_get(view, "paid_minor"));
    int64_t left = paid - fee - sending->amount_minor;
    json_t *data =
        json_pack("{s:s,s:s,s:I}", "answers", sending_mark(request, sending), "amount_text",
                  present_money(request, sending->amount_minor), "fee_minor", (json_int_t)fee);
    const char *stays = left > 0 ? present_money(request, left) : "";
    json_object_set_new(data, "left_text", json_string(stays));
    add_target(request, data, view, sending);
    json_object_set_new(data, "transferring", view);
    return data;
}

static void check_answer(struct request *request, json_t *view, const struct sending *sending,
                         enum refusal refusal) {
    json_t *data = check_data(request, view, sending);
    if (refusal == ACCEPTED) {
        page_render(request, 200, "portal/transfer_check.html", data);
        return;
    }
    form_fault_refusal(request, data, "", refusal);
    form_answer(request, refusal, "portal/transfer_check.html", data);
}

/* The field of the form that a refusal belongs to; NULL when to none. */
static const char *field_of(enum refusal refusal, const struct sending *sending) {
    switch (refusal) {
    case REFUSED_TRANSFER_TARGET:
    case REFUSED_TRANSFER_SELF:
    case REFUSED_NUMBER_FORM:
        return sending->target ? "to" : "number";
    case REFUSED_NUMBERS_DIFFER:
        return "number_again";
    case REFUSED_AMOUNT:
    case REFUSED_TRANSFER_LIMIT:
    case REFUSED_CREDIT_SHORT:
        return "amount";
    default:
        return NULL;
    }
}

static void not_sent(struct request *request, enum refusal no, const struct sending *sending) {
    json_t *view = form_view(request, &transferring_view, sending->line);
    if (!view) {
        return;
    }
    const char *field = field_of(no, sending);
    if (field) {
        transfer_answer(request, view, sending, field, no);
    } else if (no == REFUSED_FEE || no == REFUSED_TOO_MANY || no == REFUSED_BUSY) {
        check_answer(request, view, sending, no);
    } else {
        transfer_stopped(request, view, no);
    }
}

static void sent(struct request *request, const struct job *job) {
    const struct sending *sending = request->own;
    switch (job->refusal) {
    case ACCEPTED:
        sending_end(request, sending->line);
        response_redirect(request,
                          arena_format(&request->arena, "/transfers/%lld", (long long)job->result));
        break;
    case REFUSED_STEP_UP:
        response_redirect(request,
                          arena_format(&request->arena, "/step-up?next=/lines/%lld/transfer/check",
                                       (long long)sending->line));
        break;
    case REFUSED_NOT_FOUND:
    case REFUSED_NOT_SIGNED_IN:
    case REFUSED_INPUT:
        page_refuse(request, job->refusal, NULL);
        break;
    default:
        not_sent(request, job->refusal, sending);
    }
}

static void send(struct request *request, const struct sending *sending, int64_t fee) {
    struct credit_transfer *in = arena_take(&request->arena, sizeof *in);
    struct sending *own = arena_take(&request->arena, sizeof *own);
    const char *language = language_tag(request->language);
    if (!in || !own) {
        return;
    }
    *own = *sending;
    request->own = own;
    in->line = sending->line;
    in->target = sending->target;
    in->amount_minor = sending->amount_minor;
    in->fee_minor = fee;
    memcpy(in->number, sending->number, sizeof in->number); /* typed twice on the form */
    memcpy(in->number_again, sending->number, sizeof in->number_again);
    memcpy(in->language, language, strlen(language) + 1);
    request_submit(request, &credit_transfer_verb, in, form_command_key(request), sent);
}

/* The fee goes with the form, so that what is taken is what was shown. */
static bool shown(struct request *request, const struct sending *sending, int64_t *fee) {
    static const char *const names[] = {"answers", "fee_minor", NULL};
    const char *mark = request_form(request, "answers");
    const char *typed = request_form(request, "fee_minor");
    return request_form_only(request, names) && mark && typed && number_parse(typed, false, fee) &&
           secret_equal(mark, sending_mark(request, sending));
}

/* A form that was sent twice comes to the verb twice, whose key answers it twice alike; so the line
 * is not looked at before. */
void transfer_check_page(struct request *request) {
    struct sending sending;
    int64_t id = request_capture_id(request, "line"), fee = 0;
    bool answered = sending_read(request, id, &sending);
    if (is_post(request) && answered && shown(request, &sending, &fee)) {
        send(request, &sending, fee);
        return;
    }
    json_t *view = form_view(request, &transferring_view, id);
    if (!view) {
        return;
    }
    if (!answered) {
        json_decref(view);
        response_redirect(request,
                          arena_format(&request->arena, "/lines/%lld/transfer", (long long)id));
    } else if (is_post(request)) { /* another tab changed the answers: look again */
        check_answer(request, view, &sending, REFUSED_FORM);
    } else if (transfer_stepped_up(request, id, "/check")) {
        check_answer(request, view, &sending, ACCEPTED);
    } else {
        json_decref(view);
    }
}

void transfer_done_page(struct request *request) {
    json_t *view = form_view(request, &transfer_view, request_capture_id(request, "transfer"));
    if (view) {
        page_render(request, 200, "portal/transfer_done.html",
                    json_pack("{s:o}", "transfer", view));
    }
}
