/* The status without the status secret: the reference and an address, then the code that went
 * there. What is answered does not tell whether there is such a request, or such an address. */
#include <string.h>

#include "base/clock.h"
#include "base/format.h"
#include "commands/status_open.h"
#include "rules/reference.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/flow.h"
#include "web/portal/form.h"

static void ask_answer(struct request *request, enum refusal refusal, json_t *data) {
    static const char *const kept[] = {"reference", "email", NULL};
    form_keep(request, data, kept);
    form_answer(request, refusal, "portal/status_ask.html", data);
}

static void address_fault(struct request *request, json_t *data) {
    form_fault(data, "email",
               words(request->language,
                     "Enter an e-mail address that was registered with the line, for example "
                     "name@example.com"));
}

static void begin_again(struct request *request) {
    json_t *data = json_object();
    form_fault(data, "",
               words(request->language,
                     "This code can no longer be used, and nothing was changed. Ask for a new "
                     "one."));
    form_answer(request, REFUSED_CODE_EXPIRED, "portal/status_ask.html", data);
}

static void asked(struct request *request, const struct job *job) {
    const struct status_ask *in = job->input;
    if (job->refusal != ACCEPTED) {
        json_t *data = json_object();
        if (job->refusal == REFUSED_EMAIL_FORM) {
            address_fault(request, data);
        } else {
            form_fault_refusal(request, data, "", job->refusal);
        }
        ask_answer(request, job->refusal, data);
        return;
    }
    struct flow flow = {.step = FLOW_STATUS_CODE, .challenge = job->result, .sent_at = job->at};
    memcpy(flow.holder, job->secret, strlen(job->secret) + 1);
    memcpy(flow.email, in->email, sizeof flow.email);
    flow_write(request, &flow);
    response_redirect(request, flow_path(FLOW_STATUS_CODE));
}

void status_ask_page(struct request *request) {
    static const char *const names[] = {"reference", "email", NULL};
    if (!is_post(request)) {
        page_render(request, 200, "portal/status_ask.html", NULL);
        return;
    }
    struct status_ask *in = arena_take(&request->arena, sizeof *in);
    const char *reference = form_text(request, "reference", 39);
    const char *email = form_text(request, "email", EMAIL_SIZE - 2);
    const char *language = language_tag(request->language);
    json_t *data = json_object();
    if (!in || !request_form_only(request, names)) {
        json_decref(data);
        page_refuse(request, in ? REFUSED_INPUT : REFUSED_BUSY, NULL);
        return;
    }
    if (!reference || !reference_read(reference, in->known)) {
        form_fault(data, "reference",
                   words(request->language, "Enter the reference as it stands on the receipt"));
    }
    if (!email || strlen(email) < 3 || strlen(email) >= sizeof in->email) {
        address_fault(request, data);
    }
    if (form_faulty(data)) {
        ask_answer(request, ACCEPTED, data);
        return;
    }
    json_decref(data);
    memcpy(in->reference, in->known, sizeof in->known);
    memcpy(in->email, email, strlen(email) + 1);
    memcpy(in->language, language, strlen(language) + 1);
    request_submit(request, &status_ask_verb, in, form_command_key(request), asked);
}

/* --- the code --- */

static json_t *code_data(struct request *request, const struct flow *flow) {
    const char *until = format_clock(&request->arena, flow->sent_at + HOUR,
                                     (int)request->policy->utc_offset_minutes);
    return json_pack("{s:s,s:s}", "email", flow->email, "code_until_text", until ? until : "");
}

static void code_answer(struct request *request, const struct flow *flow, enum refusal refusal) {
    json_t *data = code_data(request, flow);
    bool of_field = refusal == REFUSED_CODE_WRONG || refusal == REFUSED_CODE_EXPIRED;
    if (refusal == REFUSED_INPUT) {
        form_fault(data, "code", words(request->language, "Enter the eight digits of the code"));
    } else {
        form_fault_refusal(request, data, of_field ? "code" : "", refusal);
    }
    form_answer(request, refusal, "portal/status_code.html", data);
}

static void opened(struct request *request, const struct job *job) {
    const struct flow *flow = request->own;
    if (job->refusal == ACCEPTED) {
        struct access access = {.closure = job->result, .by = ACCESS_STATUS};
        flow_write(request, &(struct flow){.step = FLOW_NONE});
        access_write(request, &access);
        response_redirect(request,
                          arena_format(&request->arena, "/closures/%lld", (long long)job->result));
    } else if (job->refusal == REFUSED_NOT_FOUND || job->refusal == REFUSED_CODE_USED) {
        begin_again(request);
    } else {
        code_answer(request, flow, job->refusal);
    }
}

void status_code_page(struct request *request) {
    static const char *const names[] = {"code", NULL};
    struct flow flow;
    struct status_open *in = arena_take(&request->arena, sizeof *in);
    if (!in || !flow_at(request, FLOW_STATUS_CODE, &flow)) {
        return;
    }
    if (!is_post(request)) {
        page_render(request, 200, "portal/status_code.html", code_data(request, &flow));
        return;
    }
    const char *code = form_text(request, "code", CODE_TYPED - 1);
    if (!request_form_only(request, names)) {
        page_refuse(request, REFUSED_INPUT, NULL);
        return;
    }
    if (!code || strlen(code) < CODE_DIGITS || !flow_carry(request, &flow)) {
        code_answer(request, &flow, REFUSED_INPUT);
        return;
    }
    in->challenge = flow.challenge;
    memcpy(in->holder, flow.holder, sizeof in->holder);
    memcpy(in->code, code, strlen(code) + 1);
    request_submit(request, &status_open_verb, in, form_command_key(request), opened);
}
