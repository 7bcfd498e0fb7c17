/* Check your answers, the choice or claim itself, and what it came to. */
#include <string.h>

#include "base/format.h"
#include "commands/session.h"
#include "rules/credit_codes.h"
#include "views/views.h"
#include "web/page.h"
#include "web/portal/contacts.h"
#include "web/portal/form.h"
#include "web/portal/settle.h"
#include "web/present.h"

/* What the way, or the other line, brings and costs. */
static void add_amounts(json_t *data, const struct settle_answers *a) {
    const json_t *credit = json_object_get(data, "credit");
    size_t i;
    json_t *way;
    json_array_foreach(json_object_get(credit, "ways"), i, way) {
        const char *code = json_string_value(json_object_get(way, "way"));
        if (code && strcmp(code, a->to.way) == 0) {
            json_object_set(data, "way", way);
        }
    }
}

static json_t *check_data(struct request *request, struct settle_page *page,
                          const struct settle_answers *a) {
    const char *type = request_form(request, "document_type");
    const char *number =
        a->at.target_number[0] ? format_number(&request->arena, a->at.target_number) : NULL;
    json_t *data = settle_data(page);
    json_object_set_new(data, arena_format(&request->arena, "choice_is_%s", a->choice),
                        json_true());
    json_object_set_new(data, arena_format(&request->arena, "way_is_%s", a->to.way), json_true());
    json_t *more = json_pack(
        "{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:o}", "answers", settle_mark(request, a), "name",
        a->to.name, "bank", a->to.bank, "branch", a->to.branch, "number", a->to.number, "bic",
        a->to.bic, "country", a->to.country, "target_text", number ? number : a->at.target_number,
        "documents", documents_json(request, type ? type : ""));
    json_object_update(data, more);
    json_decref(more);
    add_amounts(data, a);
    if (a->at.target) {
        json_t *line = form_view(request, &line_view, a->at.target);
        json_object_set(data, "target_text", json_object_get(line, "number_text"));
        json_decref(line);
    }
    return data;
}

static void check_answer(struct request *request, struct settle_page *page,
                         const struct settle_answers *a, const char *field, enum refusal refusal) {
    static const char *const kept[] = {"document", NULL};
    json_t *data = check_data(request, page, a);
    form_keep(request, data, kept);
    if (refusal == ACCEPTED) {
        page_render(request, 200, "portal/settle_check.html", data);
        return;
    }
    form_fault_refusal(request, data, field, refusal);
    form_answer(request, refusal, "portal/settle_check.html", data);
}

/* The page with a fault: that of the answer that it is about. */
static void refused(struct request *request, const struct settle_answers *a, enum refusal no) {
    struct settle_page page;
    const char *text = words(request->language, refusal_about(no)->sentence);
    if (!settle_open(request, "/check", &page)) {
        return;
    }
    switch (no) {
    case REFUSED_PAYEE_NAME:
        settle_payee_answer(request, &page, a, "name", text, no);
        break;
    case REFUSED_PAYEE_FORM:
    case REFUSED_PAYEE_VELOCITY:
        settle_payee_answer(request, &page, a, "number", text, no);
        break;
    case REFUSED_TRANSFER_TARGET:
    case REFUSED_TRANSFER_SELF:
    case REFUSED_NUMBER_FORM:
    case REFUSED_NUMBERS_DIFFER:
        settle_line_answer(request, &page, a, a->at.target ? "target" : "number", text, no);
        break;
    case REFUSED_IDENTITY:
    case REFUSED_DOCUMENT_FORM:
    case REFUSED_DOCUMENT_CHECK:
        check_answer(request, &page, a, "document", no);
        break;
    case REFUSED_DOCUMENT_TYPE:
        check_answer(request, &page, a, "document_type", no);
        break;
    default:
        check_answer(request, &page, a, "", no);
    }
}

static void settled(struct request *request, const struct job *job) {
    const struct settle_answers *answers = request->own;
    switch (job->refusal) {
    case ACCEPTED:
    case REFUSED_UNCHANGED:
        settle_answers_end(request, answers->closure);
        response_redirect(request, settle_path(request, answers->closure, "/done"));
        break;
    case REFUSED_STEP_UP:
        response_redirect(request, arena_format(&request->arena, "/step-up?next=%s",
                                                settle_path(request, answers->closure, "/check")));
        break;
    case REFUSED_NOT_FOUND:
    case REFUSED_NOT_SIGNED_IN:
    case REFUSED_TOO_LATE:
    case REFUSED_CLOSURE_STATE:
    case REFUSED_CLAIM_OVER:
        page_refuse(request, job->refusal, NULL);
        break;
    default:
        refused(request, answers, job->refusal);
    }
}

static void choose(struct request *request, const struct settle_answers *a) {
    struct credit_choose *in = arena_take(&request->arena, sizeof *in);
    if (!in) {
        return;
    }
    *in = (struct credit_choose){.closure = a->closure};
    memcpy(in->choice, a->choice, sizeof in->choice);
    if (strcmp(a->choice, "refund") == 0) {
        in->to = a->to;
    }
    if (strcmp(a->choice, "transfer") == 0) {
        in->at = a->at;
    }
    request_submit(request, &credit_choose_verb, in, form_command_key(request), settled);
}

static void claim(struct request *request, struct settle_page *page,
                  const struct settle_answers *a) {
    struct credit_claim *in = arena_take(&request->arena, sizeof *in);
    const char *language = language_tag(request->language);
    if (!in) {
        settle_close(page);
        return;
    }
    *in = (struct credit_claim){.closure = a->closure};
    enum refusal no = contact_document(request, in->document_type, in->document);
    if (no != ACCEPTED) {
        check_answer(request, page, a, no == REFUSED_DOCUMENT_TYPE ? "document_type" : "document",
                     no);
        return;
    }
    memcpy(in->choice, a->choice, sizeof in->choice);
    memcpy(in->secret, page->secret, strlen(page->secret) + 1);
    memcpy(in->language, language, strlen(language) + 1);
    if (strcmp(a->choice, "refund") == 0) {
        in->to = a->to;
    } else {
        in->at = a->at;
    }
    settle_close(page);
    request_submit(request, &credit_claim_verb, in, form_command_key(request), settled);
}

/* What was answered last is what is shown: another tab may have answered otherwise meanwhile. */
static void check_post(struct request *request, struct settle_page *page,
                       const struct settle_answers *answers) {
    static const char *const names[] = {"answers", "document_type", "document", NULL};
    const char *mark = request_form(request, "answers");
    struct settle_answers *own = arena_take(&request->arena, sizeof *own);
    if (!own || !request_form_only(request, names)) {
        settle_close(page);
        page_refuse(request, own ? REFUSED_INPUT : REFUSED_BUSY, NULL);
        return;
    }
    if (!mark || !secret_equal(mark, settle_mark(request, answers))) {
        check_answer(request, page, answers, "", REFUSED_FORM);
        return;
    }
    *own = *answers;
    request->own = own;
    if (page->claiming) {
        claim(request, page, own);
    } else {
        settle_close(page);
        choose(request, own);
    }
}

/* A form that was sent twice: the first one took the answers away, and there is what came of it. */
void settle_check_page(struct request *request) {
    struct settle_page page;
    struct settle_answers answers;
    int64_t closure = request_capture_id(request, "closure");
    bool answered = settle_answers_read(request, closure, &answers);
    if (!answered && is_post(request)) {
        response_redirect(request, settle_path(request, closure, "/done"));
        return;
    }
    if (!settle_open(request, "/check", &page)) {
        return;
    }
    bool none = page.claiming && strcmp(answers.choice, "none") == 0;
    if (!answered || none || !answers.choice[0] || strcmp(answers.choice, "leave") == 0) {
        settle_close(&page);
        response_redirect(request, settle_path(request, closure, ""));
    } else if (is_post(request)) {
        check_post(request, &page, &answers);
    } else {
        check_answer(request, &page, &answers, "", ACCEPTED);
    }
}

void settle_done_page(struct request *request) {
    struct access access;
    enum refusal no;
    int64_t id = request_capture_id(request, "closure");
    json_t *shown = access_open(request, id, &access, &no);
    json_t *credit = shown ? settle_view(request, &access) : NULL;
    if (!credit) {
        json_decref(shown);
        status_refuse(request, id, shown ? REFUSED_NOT_FOUND : no);
        return;
    }
    json_t *first = json_array_get(json_object_get(credit, "refunds"), 0);
    json_object_set_new(first, "newest", json_true());
    page_render(
        request, 200, "portal/settle_done.html",
        json_pack("{s:o,s:o,s:b}", "credit", credit, "closure", shown, "owner", access.owner));
}
