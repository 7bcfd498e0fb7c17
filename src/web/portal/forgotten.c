/* A forgotten password: the account's address, the code and the ID number, the new password. What
 * is answered does not tell whether there is such an account: its mailbox does. */
#include <string.h>

#include "base/clock.h"
#include "base/format.h"
#include "commands/account_password.h"
#include "rules/identifier.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/flow.h"
#include "web/portal/form.h"
#include "web/portal/portal.h"

static void copy(char *to, size_t room, const char *text) {
    size_t length = strlen(text);
    if (length < room) {
        memcpy(to, text, length + 1);
    }
}

/* --- the address --- */

static void ask_answer(struct request *request, enum refusal refusal, json_t *data) {
    static const char *const kept[] = {"email", NULL};
    form_keep(request, data, kept);
    form_answer(request, refusal, "portal/forgotten.html", data);
}

static void address_fault(struct request *request, json_t *data) {
    form_fault(data, "email",
               words(request->language, "Enter the e-mail address that you sign in with"));
}

/* What was begun cannot be gone on with: say so where one begins. */
static void begin_again(struct request *request) {
    json_t *data = json_object();
    form_fault(data, "",
               words(request->language,
                     "This has ended, and your password is as it was. Please begin again."));
    form_answer(request, REFUSED_CODE_EXPIRED, "portal/forgotten.html", data);
}

static void asked(struct request *request, const struct job *job) {
    const struct password_ask *in = job->input;
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
    struct flow flow = {.step = FLOW_RESET_CODE, .challenge = job->result, .sent_at = job->at};
    copy(flow.holder, sizeof flow.holder, job->secret);
    copy(flow.email, sizeof flow.email, in->email);
    flow_write(request, &flow);
    response_redirect(request, flow_path(FLOW_RESET_CODE));
}

void forgotten_page(struct request *request) {
    static const char *const names[] = {"email", NULL};
    if (!is_post(request)) {
        page_render(request, 200, "portal/forgotten.html", NULL);
        return;
    }
    struct password_ask *in = arena_take(&request->arena, sizeof *in);
    const char *email = form_text(request, "email", EMAIL_SIZE - 2);
    if (!in) {
        return;
    }
    if (!request_form_only(request, names)) {
        page_refuse(request, REFUSED_INPUT, NULL);
        return;
    }
    if (!email || strlen(email) < 3 || strlen(email) >= sizeof in->email) {
        json_t *data = json_object();
        address_fault(request, data);
        ask_answer(request, ACCEPTED, data);
        return;
    }
    copy(in->email, sizeof in->email, email);
    copy(in->language, sizeof in->language, language_tag(request->language));
    request_submit(request, &password_ask_verb, in, form_command_key(request), asked);
}

/* --- the code and the ID number --- */

static json_t *code_data(struct request *request, const struct flow *flow) {
    const char *type = request_form(request, "document_type");
    const char *number = request_form(request, "document");
    const char *until = format_clock(&request->arena, flow->sent_at + HOUR,
                                     (int)request->policy->utc_offset_minutes);
    return json_pack("{s:s,s:s,s:o,s:s}", "email", flow->email, "code_until_text",
                     until ? until : "", "documents", documents_json(request, type ? type : ""),
                     "value_document", number ? number : "");
}

static const char *field_of(enum refusal refusal) {
    switch (refusal) {
    case REFUSED_CODE_WRONG:
    case REFUSED_CODE_EXPIRED:
        return "code";
    case REFUSED_DOCUMENT_TYPE:
        return "document_type";
    case REFUSED_DOCUMENT_FORM:
    case REFUSED_DOCUMENT_CHECK:
    case REFUSED_IDENTITY:
        return "document";
    default:
        return "";
    }
}

static void code_answer(struct request *request, const struct flow *flow, enum refusal refusal) {
    json_t *data = code_data(request, flow);
    if (refusal == REFUSED_INPUT) {
        form_fault(data, "code", words(request->language, "Enter the eight digits of the code"));
    } else {
        form_fault_refusal(request, data, field_of(refusal), refusal);
    }
    form_answer(request, refusal, "portal/forgotten-code.html", data);
}

static void proved(struct request *request, const struct job *job) {
    struct flow *flow = request->own;
    if (job->refusal == ACCEPTED || job->refusal == REFUSED_CODE_USED) {
        flow->step = FLOW_RESET_PASSWORD;
        flow_write(request, flow);
        response_redirect(request, flow_path(FLOW_RESET_PASSWORD));
    } else if (job->refusal == REFUSED_NOT_FOUND) {
        begin_again(request);
    } else {
        code_answer(request, flow, job->refusal);
    }
}

/* What can be seen to be mistyped is said at once; the rest only the verb says. */
static enum refusal code_read(struct request *request, struct password_prove *in) {
    const char *code = form_code(request);
    const char *type = request_form(request, "document_type");
    const char *number = form_text(request, "document", DOCUMENT_SIZE - 1);
    enum document_type kind = document_type_of(type ? type : "");
    struct document document;
    if (!code) {
        return REFUSED_INPUT;
    }
    enum identifier_result result = document_normalise(kind, number ? number : "", &document);
    if (result != IDENTIFIER_OK) {
        return document_refusal(result);
    }
    copy(in->code, sizeof in->code, code);
    copy(in->document_type, sizeof in->document_type, document_type_code(kind));
    copy(in->document, sizeof in->document, document.number);
    return ACCEPTED;
}

void forgotten_code_page(struct request *request) {
    static const char *const names[] = {"code", "document_type", "document", NULL};
    struct flow flow;
    struct password_prove *in = arena_take(&request->arena, sizeof *in);
    if (!in || !flow_at(request, FLOW_RESET_CODE, &flow)) {
        return;
    }
    if (!is_post(request)) {
        page_render(request, 200, "portal/forgotten-code.html", code_data(request, &flow));
        return;
    }
    if (!request_form_only(request, names)) {
        page_refuse(request, REFUSED_INPUT, NULL);
        return;
    }
    enum refusal no = code_read(request, in);
    if (no) {
        code_answer(request, &flow, no);
        return;
    }
    in->challenge = flow.challenge;
    copy(in->holder, sizeof in->holder, flow.holder);
    if (flow_carry(request, &flow)) {
        request_submit(request, &password_prove_verb, in, form_command_key(request), proved);
    }
}

/* --- the new password --- */

static void password_answer(struct request *request, enum refusal refusal) {
    json_t *data = json_object();
    if (refusal == ACCEPTED || refusal == REFUSED_PASSWORD_WEAK) {
        password_fault(request, data);
    } else {
        form_fault_refusal(request, data, "", refusal);
    }
    form_answer(request, refusal, "portal/forgotten-password.html", data);
}

/* Signed out here too: whoever forgot it signs in with the new one. */
static void reset(struct request *request, const struct job *job) {
    if (job->refusal == ACCEPTED || job->refusal == REFUSED_CODE_USED) {
        flow_write(request, &(struct flow){.step = FLOW_NONE});
        response_redirect(request, "/sign-in?password=new");
    } else if (job->refusal == REFUSED_NOT_FOUND || job->refusal == REFUSED_CODE_EXPIRED ||
               job->refusal == REFUSED_PROOF) {
        begin_again(request);
    } else {
        password_answer(request, job->refusal);
    }
}

void forgotten_password_page(struct request *request) {
    static const char *const names[] = {"password", NULL};
    struct flow flow;
    struct password_reset *in = arena_take(&request->arena, sizeof *in);
    if (!in || !flow_at(request, FLOW_RESET_PASSWORD, &flow)) {
        return;
    }
    if (!is_post(request)) {
        page_render(request, 200, "portal/forgotten-password.html", NULL);
        return;
    }
    const char *password = request_form(request, "password");
    if (!request_form_only(request, names)) {
        page_refuse(request, REFUSED_INPUT, NULL);
        return;
    }
    if (!password || !*password || strlen(password) >= sizeof in->password) {
        password_answer(request, ACCEPTED);
        return;
    }
    in->challenge = flow.challenge;
    copy(in->holder, sizeof in->holder, flow.holder);
    copy(in->password, sizeof in->password, password);
    request_submit(request, &password_reset_verb, in, form_command_key(request), reset);
}
