/* Registering: one step a page. Each form gives one verb; what it answers decides the next page. */
#include <string.h>

#include "commands/registration.h"
#include "rules/identifier.h"
#include "web/page.h"
#include "web/portal/flow.h"
#include "web/portal/form.h"
#include "web/portal/portal.h"

static bool is_post(const struct request *request) {
    return strcmp(request->method, "POST") == 0;
}

static void copy(char *to, size_t room, const char *text) {
    size_t length = strlen(text);
    if (length < room) {
        memcpy(to, text, length + 1);
    }
}

/* A challenge that is gone cannot be gone on with: say so where one begins. */
static void begin_again(struct request *request) {
    json_t *data = json_object();
    form_fault(data, "",
               words(request->language,
                     "This registration has ended. Nothing was changed; please begin again."));
    form_answer(request, REFUSED_CODE_EXPIRED, "portal/register.html", data);
}

/* --- number and SIM --- */

static void register_answer(struct request *request, enum refusal refusal, json_t *data) {
    static const char *const kept[] = {"number", "iccid", NULL};
    form_keep(request, data, kept);
    form_answer(request, refusal, "portal/register.html", data);
}

static void register_started(struct request *request, const struct job *job) {
    const struct registration_start *in = job->input;
    if (job->refusal != ACCEPTED) {
        json_t *data = json_object();
        form_fault_refusal(request, data, "", job->refusal);
        register_answer(request, job->refusal, data);
        return;
    }
    struct flow flow = {.step = FLOW_CODE, .challenge = job->result, .sent_at = job->at};
    copy(flow.holder, sizeof flow.holder, job->secret);
    copy(flow.number, sizeof flow.number, in->number);
    flow_write(request, &flow);
    response_redirect(request, flow_path(FLOW_CODE));
}

/* The last digits of the ICCID, or of the whole of it; false when they are none. */
static bool tail_read(const char *typed, char tail[12]) {
    char digits[24];
    size_t count = 0;
    for (; *typed; typed++) {
        if (*typed == ' ' || *typed == '-') {
            continue;
        }
        if (*typed < '0' || *typed > '9' || count == 22) {
            return false;
        }
        digits[count++] = *typed;
    }
    size_t take = count < 8 ? count : 8;
    memcpy(tail, digits + count - take, take);
    tail[take] = '\0';
    return count >= 4;
}

void register_page(struct request *request) {
    if (!is_post(request)) {
        page_render(request, 200, "portal/register.html", NULL);
        return;
    }
    const struct policy *policy = request->policy;
    struct registration_start *in = arena_take(&request->arena, sizeof *in);
    const char *number = form_text(request, "number", 40);
    const char *iccid = form_text(request, "iccid", 40);
    json_t *data = json_object();
    if (!in || !data) {
        json_decref(data);
        return;
    }
    if (!number || msisdn_normalise(number, policy->country_code, policy->national_digits,
                                    in->number) != IDENTIFIER_OK) {
        form_fault(data, "number",
                   words(request->language,
                         "Enter the telephone number of the line, for example 6123 4567"));
    }
    if (!iccid || !tail_read(iccid, in->iccid_tail)) {
        form_fault(
            data, "iccid",
            words(request->language, "Enter the last 4 to 8 digits printed on the SIM card"));
    }
    if (form_faulty(data)) {
        register_answer(request, ACCEPTED, data);
        return;
    }
    json_decref(data);
    copy(in->language, sizeof in->language, language_tag(request->language));
    request_submit(request, &registration_start_verb, in, form_command_key(request),
                   register_started);
}

/* --- the code by SMS, and the code by e-mail --- */

static void code_show(struct request *request, const char *page, const struct flow *flow) {
    json_t *data = flow_data(request, flow);
    json_object_set_new(data, "again", json_boolean(request_query(request, "again") != NULL));
    page_render(request, 200, page, data);
}

static void code_answer(struct request *request, const struct flow *flow, enum refusal refusal) {
    json_t *data = flow_data(request, flow);
    const char *page =
        flow->step == FLOW_VERIFY ? "portal/register-verify.html" : "portal/register-code.html";
    bool of_field = refusal == REFUSED_CODE_WRONG || refusal == REFUSED_INPUT ||
                    refusal == REFUSED_CODE_EXPIRED;
    if (refusal == REFUSED_INPUT) {
        form_fault(data, "code", words(request->language, "Enter the eight digits of the code"));
    } else {
        form_fault_refusal(request, data, of_field ? "code" : "", refusal);
    }
    form_answer(request, refusal, page, data);
}

/* Common to both codes: the verb's answer, and the step that comes next. */
static void code_answered(struct request *request, const struct job *job, enum flow_step next) {
    struct flow *flow = request->own;
    if (job->refusal == ACCEPTED || job->refusal == REFUSED_CODE_USED) {
        flow->step = next;
        if (next == FLOW_DONE) {
            memset(flow->holder, 0, sizeof flow->holder);
        }
        flow_write(request, flow);
        response_redirect(request, flow_path(next));
    } else if (job->refusal == REFUSED_NOT_FOUND) {
        begin_again(request);
    } else {
        code_answer(request, flow, job->refusal);
    }
}

static void code_proved(struct request *request, const struct job *job) {
    code_answered(request, job, FLOW_CONTACT);
}

static void code_verified(struct request *request, const struct job *job) {
    code_answered(request, job, FLOW_DONE);
}

/* The typed code when it has the form of one; NULL and answered else. */
static const char *code_typed(struct request *request, const struct flow *flow) {
    const char *code = form_code(request);
    if (!code) {
        code_answer(request, flow, REFUSED_INPUT);
    }
    return code;
}

void register_code_page(struct request *request) {
    struct flow flow;
    if (!flow_at(request, FLOW_CODE, &flow)) {
        return;
    }
    if (!is_post(request)) {
        code_show(request, "portal/register-code.html", &flow);
        return;
    }
    const char *code = code_typed(request, &flow);
    struct registration_prove *in = arena_take(&request->arena, sizeof *in);
    if (!code || !in || !flow_carry(request, &flow)) {
        return;
    }
    in->challenge = flow.challenge;
    copy(in->holder, sizeof in->holder, flow.holder);
    copy(in->code, sizeof in->code, code);
    request_submit(request, &registration_prove_verb, in, form_command_key(request), code_proved);
}

void register_verify_page(struct request *request) {
    struct flow flow;
    if (!flow_at(request, FLOW_VERIFY, &flow)) {
        return;
    }
    if (!is_post(request)) {
        code_show(request, "portal/register-verify.html", &flow);
        return;
    }
    const char *code = code_typed(request, &flow);
    struct registration_verify *in = arena_take(&request->arena, sizeof *in);
    if (!code || !in || !flow_carry(request, &flow)) {
        return;
    }
    in->challenge = flow.challenge;
    copy(in->holder, sizeof in->holder, flow.holder);
    copy(in->code, sizeof in->code, code);
    request_submit(request, &registration_verify_verb, in, form_command_key(request),
                   code_verified);
}

/* --- a new code --- */

static void register_resent(struct request *request, const struct job *job) {
    struct flow *flow = request->own;
    if (job->refusal == ACCEPTED) {
        flow->sent_at = job->at;
        flow_write(request, flow);
        response_redirect(request,
                          arena_format(&request->arena, "%s?again=1", flow_path(flow->step)));
    } else if (job->refusal == REFUSED_NOT_FOUND || job->refusal == REFUSED_CODE_EXPIRED) {
        begin_again(request);
    } else {
        code_answer(request, flow, job->refusal);
    }
}

void register_resend(struct request *request) {
    struct flow flow;
    flow_read(request, &flow);
    struct registration_resend *in = arena_take(&request->arena, sizeof *in);
    if ((flow.step != FLOW_CODE && flow.step != FLOW_VERIFY) || !in ||
        !flow_carry(request, &flow)) {
        response_redirect(request, flow_path(flow.step));
        return;
    }
    in->challenge = flow.challenge;
    copy(in->holder, sizeof in->holder, flow.holder);
    request_submit(request, &registration_resend_verb, in, form_command_key(request),
                   register_resent);
}

/* --- e-mail and password --- */

static void contact_answer(struct request *request, const struct flow *flow, enum refusal refusal,
                           json_t *data) {
    static const char *const kept[] = {"email", NULL};
    json_t *shown = flow_data(request, flow);
    json_object_update_missing(data, shown);
    json_decref(shown);
    form_keep(request, data, kept);
    form_answer(request, refusal, "portal/register-contact.html", data);
}

static void contact_given(struct request *request, const struct job *job) {
    const struct registration_contact *in = job->input;
    struct flow *flow = request->own;
    if (job->refusal == ACCEPTED) {
        flow->step = FLOW_VERIFY;
        flow->sent_at = job->at;
        copy(flow->email, sizeof flow->email, in->email);
        flow_write(request, flow);
        response_redirect(request, flow_path(FLOW_VERIFY));
        return;
    }
    if (job->refusal == REFUSED_NOT_FOUND || job->refusal == REFUSED_CODE_EXPIRED) {
        begin_again(request);
        return;
    }
    json_t *data = json_object();
    if (job->refusal == REFUSED_PASSWORD_WEAK) {
        password_fault(request, data);
    } else {
        form_fault_refusal(request, data, job->refusal == REFUSED_EMAIL_FORM ? "email" : "",
                           job->refusal);
    }
    contact_answer(request, flow, job->refusal, data);
}

/* Fills the input or says what is wrong with it. */
static void contact_read(struct request *request, struct registration_contact *in, json_t *data) {
    const char *email = form_text(request, "email", EMAIL_SIZE - 2);
    const char *password = request_form(request, "password");
    char address[EMAIL_SIZE];
    if (!email || strlen(email) >= sizeof in->email ||
        email_normalise(email, address) != IDENTIFIER_OK) {
        form_fault(data, "email",
                   words(request->language, "Enter an e-mail address that you can read now, for "
                                            "example name@example.com"));
    } else {
        copy(in->email, sizeof in->email, email);
    }
    if (!password || !*password || strlen(password) >= sizeof in->password) {
        password_fault(request, data);
    } else {
        copy(in->password, sizeof in->password, password);
    }
}

void register_contact_page(struct request *request) {
    struct flow flow;
    if (!flow_at(request, FLOW_CONTACT, &flow)) {
        return;
    }
    if (!is_post(request)) {
        json_t *data = flow_data(request, &flow);
        json_object_set_new(data, "value_email", json_string(flow.email));
        page_render(request, 200, "portal/register-contact.html", data);
        return;
    }
    struct registration_contact *in = arena_take(&request->arena, sizeof *in);
    json_t *data = json_object();
    if (!in || !flow_carry(request, &flow)) {
        json_decref(data);
        return;
    }
    contact_read(request, in, data);
    if (form_faulty(data)) {
        contact_answer(request, &flow, ACCEPTED, data);
        return;
    }
    json_decref(data);
    in->challenge = flow.challenge;
    copy(in->holder, sizeof in->holder, flow.holder);
    request_submit(request, &registration_contact_verb, in, form_command_key(request),
                   contact_given);
}

void register_done_page(struct request *request) {
    struct flow flow;
    if (flow_at(request, FLOW_DONE, &flow)) {
        page_render(request, 200, "portal/register-done.html", flow_data(request, &flow));
    }
}
