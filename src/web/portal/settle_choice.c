/* What should happen to the credit; and the consent to leave it, which names the amount. */
#include <string.h>

#include "web/page.h"
#include "web/portal/form.h"
#include "web/portal/settle.h"
#include "commands/session.h"

static void choice_answer(struct request *request, struct settle_page *page, const char *chosen,
                          const char *fault) {
    json_t *data = settle_data(page);
    json_object_set_new(data, arena_format(&request->arena, "chosen_%s", chosen), json_true());
    if (!fault) {
        page_render(request, 200, "portal/settle_choice.html", data);
        return;
    }
    form_fault(data, "choice", fault);
    form_answer(request, ACCEPTED, "portal/settle_choice.html", data);
}

static bool may(const struct settle_page *page, const char *what) {
    return json_is_true(json_object_get(page->credit, what));
}

/* The page that a choice goes on to; NULL for one that is not offered. */
static const char *goes_to(const struct settle_page *page, const char *choice) {
    if (strcmp(choice, "refund") == 0 && may(page, "may_refund")) {
        return "/way";
    }
    if (strcmp(choice, "transfer") == 0 && may(page, "may_transfer")) {
        return "/line";
    }
    if (strcmp(choice, "leave") == 0 && may(page, "may_leave")) {
        return "/leave";
    }
    return strcmp(choice, "none") == 0 ? "/check" : NULL;
}

static void choice_post(struct request *request, struct settle_page *page) {
    static const char *const names[] = {"choice", NULL};
    struct settle_answers answers;
    const char *choice = request_form(request, "choice");
    if (!request_form_only(request, names)) {
        settle_close(page);
        page_refuse(request, REFUSED_INPUT, NULL);
        return;
    }
    const char *to = choice ? goes_to(page, choice) : NULL;
    if (!to) {
        choice_answer(request, page, "",
                      words(request->language, "Choose what should happen to your credit"));
        return;
    }
    settle_answers_read(request, page->closure, &answers);
    memcpy(answers.choice, choice, strlen(choice) + 1);
    settle_answers_write(request, &answers);
    bool later = page->claiming && strcmp(choice, "none") == 0; /* it is unclaimed already */
    const char *path =
        later ? arena_format(&request->arena, "/closures/%lld", (long long)page->closure)
              : settle_path(request, page->closure, to);
    settle_close(page);
    response_redirect(request, path);
}

void settle_choice_page(struct request *request) {
    struct settle_page page;
    struct settle_answers answers;
    if (!settle_open(request, "", &page)) {
        return;
    }
    if (is_post(request)) {
        choice_post(request, &page);
        return;
    }
    settle_answers_read(request, page.closure, &answers);
    choice_answer(request, &page, answers.choice[0] ? answers.choice : "nothing", NULL);
}

/* --- the consent --- */

static void leave_answer(struct request *request, struct settle_page *page, const char *field,
                         const char *fault, enum refusal refusal) {
    json_t *data = settle_data(page);
    if (!fault) {
        page_render(request, 200, "portal/settle_leave.html", data);
        return;
    }
    form_fault(data, field, fault);
    form_answer(request, refusal, "portal/settle_leave.html", data);
}

static void left(struct request *request, const struct job *job) {
    const struct credit_choose *in = job->input;
    struct settle_page page;
    if (job->refusal == ACCEPTED || job->refusal == REFUSED_UNCHANGED) {
        settle_answers_end(request, in->closure);
        response_redirect(request, settle_path(request, in->closure, "/done"));
        return;
    }
    if (job->refusal == REFUSED_STEP_UP) {
        response_redirect(request, arena_format(&request->arena, "/step-up?next=%s",
                                                settle_path(request, in->closure, "/leave")));
        return;
    }
    if (job->refusal != REFUSED_CONSENT && job->refusal != REFUSED_TOO_MANY) {
        page_refuse(request, job->refusal, NULL);
        return;
    }
    if (settle_open(request, "/leave", &page)) { /* with the amount as it is now */
        leave_answer(request, &page, "",
                     words(request->language, refusal_about(job->refusal)->sentence), job->refusal);
    }
}

static void leave_post(struct request *request, struct settle_page *page) {
    static const char *const names[] = {"agreed", "amount", NULL};
    const char *agreed = request_form(request, "agreed");
    const char *amount = request_form(request, "amount");
    struct credit_choose *in = arena_take(&request->arena, sizeof *in);
    if (!in || !request_form_only(request, names) || !amount ||
        !number_parse(amount, false, &in->leave_minor)) {
        settle_close(page);
        page_refuse(request, in ? REFUSED_INPUT : REFUSED_BUSY, NULL);
        return;
    }
    if (!agreed || strcmp(agreed, "yes") != 0) {
        leave_answer(request, page, "agreed",
                     words(request->language,
                           "Tick the box if you agree; if you do not, choose something else"),
                     ACCEPTED);
        return;
    }
    in->closure = page->closure;
    memcpy(in->choice, "leave", sizeof "leave");
    settle_close(page);
    request_submit(request, &credit_choose_verb, in, form_command_key(request), left);
}

void settle_leave_page(struct request *request) {
    struct settle_page page;
    if (!settle_open(request, "/leave", &page)) {
        return;
    }
    if (!may(&page, "may_leave")) {
        settle_close(&page);
        response_redirect(request, settle_path(request, page.closure, ""));
    } else if (is_post(request)) {
        leave_post(request, &page);
    } else {
        leave_answer(request, &page, "", NULL, ACCEPTED);
    }
}
