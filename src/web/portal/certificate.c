/* Certificates of closure at the portal: the paper, the page that says what a paper's code stands
 * for, and the public keys. */
#include <string.h>

#include "rules/reference.h"
#include "views/certificates.h"
#include "web/certificate.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/form.h"
#include "web/present.h"
#include "web/show.h"

/* --- the paper --- */

static void refused(struct request *request, enum refusal no) {
    status_refuse(request, request_capture_id(request, "closure"), no);
}

/* For the account that asked for the closure, and for a browser that showed its status secret or a
 * code that went to a registered address. The link and code of a confirmation do not open it. */
void certificate_page(struct request *request) {
    struct access access;
    struct view_context context;
    enum refusal no;
    int64_t id = request_capture_id(request, "closure");
    json_t *view = access_open(request, id, &access, &no);
    json_decref(view);
    if (!view || !show_context(request, &context)) {
        refused(request, view ? REFUSED_BUSY : no);
        return;
    }
    if (access.by == ACCESS_STATUS && !access_status_secret(request, &access, context.secret)) {
        refused(request, REFUSED_BUSY);
        return;
    }
    certificate_answer(request, &context, id, NULL, refused);
}

/* --- is a paper genuine --- */

static void verify_answer(struct request *request, const char *reference, enum refusal no) {
    json_t *data = json_pack("{s:s}", "reference", reference);
    const char *sentence =
        no == REFUSED_NOT_FOUND
            ? words(request->language,
                    N_("There is no certificate with this reference and this check code. Compare "
                       "both with the paper, letter by letter; if they are right, it is not ours."))
            : words(request->language, N_("Enter the check code as it stands on the certificate"));
    if (no == REFUSED_BUSY) {
        json_decref(data);
        page_refuse(request, no, NULL);
        return;
    }
    form_fault(data, "code", sentence);
    form_answer(request, no == REFUSED_INPUT ? ACCEPTED : no, "portal/verify.html", data);
}

static void verify_post(struct request *request, const char *reference) {
    static const char *const names[] = {"code", "secret", NULL};
    char code[STATUS_SECRET_SIZE];
    struct view_context context;
    const char *secret = request_form(request, "secret");
    const char *typed = form_text(request, "code", 39);
    json_t *stated = NULL;
    if (!request_form_only(request, names)) {
        page_refuse(request, REFUSED_INPUT, NULL);
        return;
    }
    typed = secret && *secret ? secret : typed;
    if (!typed || !status_secret_read(typed, code)) {
        verify_answer(request, reference, REFUSED_INPUT);
        return;
    }
    enum refusal no = show_context(request, &context)
                          ? certificate_check(&context, reference, code, &stated)
                          : REFUSED_BUSY;
    if (no) {
        verify_answer(request, reference, no);
        return;
    }
    present(request, certificate_stated(), stated);
    page_render(request, 200, "portal/verified.html", json_pack("{s:o}", "stated", stated));
}

/* A GET shows the same form for every reference, and asks nothing. */
void verify_page(struct request *request) {
    char reference[REFERENCE_SIZE];
    const char *given = request_capture(request, "reference");
    if (!given || !reference_read(given, reference)) {
        page_refuse(request, REFUSED_NOT_FOUND, NULL);
    } else if (is_post(request)) {
        verify_post(request, reference);
    } else {
        page_render(request, 200, "portal/verify.html", json_pack("{s:s}", "reference", reference));
    }
}

/* --- the keys --- */

void signing_keys_page(struct request *request) {
    struct view_context context;
    json_t *keys = NULL;
    enum refusal no = REFUSED_INPUT;
    if (request_query_only(request, NULL)) {
        no = show_context(request, &context) ? view_show(&signing_keys_view, &context, 0, &keys)
                                             : REFUSED_BUSY;
    }
    if (no) {
        api_refuse(request, no, NULL, NULL);
        return;
    }
    response_json(request, 200, "application/json",
                  json_pack("{s:s,s:s,s:O}", "operator", request->tenant->code, "of",
                            "certificates of closure; these keys are the operator's own, no "
                            "certificate authority vouches for them",
                            "keys", json_object_get(keys, "items")));
    json_decref(keys);
}
