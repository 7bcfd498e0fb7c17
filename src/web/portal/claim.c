/* Closing without the SIM begins here: the number and the ID number that it is registered with.
 * What is answered does not tell whether they fit; the address that is given next learns it. */
#include <string.h>

#include "commands/registration.h"
#include "rules/identifier.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/contacts.h"
#include "web/portal/flow.h"
#include "web/portal/form.h"
#include "web/portal/portal.h"

static json_t *claim_data(struct request *request) {
    static const char *const kept[] = {"number", "document", NULL};
    const char *type = request_form(request, "document_type");
    json_t *data = json_pack("{s:o,s:b}", "documents", documents_json(request, type ? type : ""),
                             "by_contact", request->policy->without_sim == WITHOUT_SIM_CONTACT);
    form_keep(request, data, kept);
    return data;
}

static void claim_answer(struct request *request, enum refusal refusal, json_t *data) {
    form_answer(request, refusal, "portal/claim.html", data);
}

static void claim_begun(struct request *request, const struct job *job) {
    const struct registration_claim *in = job->input;
    if (job->refusal != ACCEPTED) {
        json_t *data = claim_data(request);
        form_fault_refusal(request, data, contact_field(job->refusal), job->refusal);
        claim_answer(request, job->refusal, data);
        return;
    }
    struct flow flow = {
        .step = FLOW_CONTACT, .challenge = job->result, .sent_at = job->at, .claims = 1};
    memcpy(flow.holder, job->secret, strlen(job->secret) + 1);
    memcpy(flow.number, in->number, sizeof flow.number);
    flow_write(request, &flow);
    response_redirect(request, flow_path(FLOW_CONTACT));
}

void claim_page(struct request *request) {
    static const char *const names[] = {"number", "document_type", "document", NULL};
    if (!is_post(request)) {
        page_render(request, 200, "portal/claim.html", claim_data(request));
        return;
    }
    const struct policy *policy = request->policy;
    struct registration_claim *in = arena_take(&request->arena, sizeof *in);
    const char *number = form_text(request, "number", 40);
    const char *language = language_tag(request->language);
    if (!in || !request_form_only(request, names)) {
        page_refuse(request, in ? REFUSED_INPUT : REFUSED_BUSY, NULL);
        return;
    }
    json_t *data = claim_data(request);
    if (!number || msisdn_normalise(number, policy->country_code, policy->national_digits,
                                    in->number) != IDENTIFIER_OK) {
        form_fault(data, "number",
                   words(request->language,
                         "Enter the telephone number of the line, for example 6123 4567"));
    }
    enum refusal no = contact_document(request, in->document_type, in->document);
    if (no != ACCEPTED) {
        form_fault_refusal(request, data, contact_field(no), no);
    }
    if (form_faulty(data)) {
        claim_answer(request, no, data);
        return;
    }
    json_decref(data);
    memcpy(in->language, language, strlen(language) + 1);
    request_submit(request, &registration_claim_verb, in, form_command_key(request), claim_begun);
}
