/* How a refund is to be paid instead, and to whom. The way is chosen first, so that only its own
 * fields are asked for; it takes the registered ID number, and of the owner the password again. */
#include <string.h>

#include "commands/refund.h"
#include "commands/session.h"
#include "rules/credit_codes.h"
#include "rules/payee.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/contacts.h"
#include "web/portal/form.h"
#include "web/portal/refund.h"
#include "web/present.h"

static const char *const kept[] = {"name", "bank",    "branch",   "number",
                                   "bic",  "country", "document", NULL};

static bool step_up_first(struct request *request, const struct refund_access *access) {
    if (!access->owner || session_stepped_up(&request->session, request->policy, request->now)) {
        return false;
    }
    response_redirect(request, arena_format(&request->arena, "/step-up?next=/refunds/%lld/correct",
                                            (long long)access->refund));
    return true;
}

/* The ways of the view but the one back to a top-up, which takes a top-up to choose; marks the
 * chosen one. NULL when it is none of them. */
static json_t *ways_marked(json_t *view, const char *chosen) {
    json_t *ways = json_object_get(view, "ways"), *found = NULL;
    for (size_t i = json_array_size(ways); i-- > 0;) {
        json_t *way = json_array_get(ways, i);
        const char *code = json_string_value(json_object_get(way, "way"));
        if (!code || strcmp(code, "original") == 0) {
            json_array_remove(ways, i);
        } else if (chosen && strcmp(code, chosen) == 0) {
            json_object_set_new(way, "chosen", json_true());
            found = way;
        }
    }
    return found;
}

static json_t *page_data(struct request *request, json_t *view) {
    const char *type = request_form(request, "document_type");
    const char *wait = present_time_near(
        request, request->now + request->policy->refund_payee_wait_hours * INT64_C(3600000));
    json_t *data =
        json_pack("{s:o,s:s,s:o}", "documents", documents_json(request, type ? type : ""),
                  "wait_text", wait, "refund", view);
    form_keep(request, data, kept);
    return data;
}

/* First which way, then its fields. The view is used up. */
static void correct_answer(struct request *request, json_t *view, const char *chosen,
                           const char *field, const char *fault, enum refusal refusal) {
    json_t *way = ways_marked(view, chosen);
    json_t *data = page_data(request, view);
    const char *page = way ? "portal/refund_payee.html" : "portal/refund_way.html";
    if (way) {
        json_object_set(data, "way", way);
        json_object_set_new(data, arena_format(&request->arena, "is_%s", chosen), json_true());
    } else if (chosen && !fault) {
        field = "way";
        fault = words(request->language, "Choose how it is to be paid");
    }
    if (!fault) {
        page_render(request, 200, page, data);
        return;
    }
    form_fault(data, field, fault);
    form_answer(request, refusal, page, data);
}

/* The field that a refusal belongs to; "" when to none. */
static const char *field_of(enum refusal refusal) {
    switch (refusal) {
    case REFUSED_PAYEE_FORM:
        return "number";
    case REFUSED_PAYEE_NAME:
        return "name";
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

static void corrected(struct request *request, const struct job *job) {
    const struct refund_correct *in = job->input;
    struct refund_access access;
    switch (job->refusal) {
    case ACCEPTED:
    case REFUSED_REFUND_STATE: /* it moved on meanwhile: where it stands is what counts */
        response_redirect(request,
                          arena_format(&request->arena, "/refunds/%lld", (long long)in->refund));
        return;
    case REFUSED_STEP_UP:
        response_redirect(request,
                          arena_format(&request->arena, "/step-up?next=/refunds/%lld/correct",
                                       (long long)in->refund));
        return;
    case REFUSED_NOT_FOUND:
    case REFUSED_NOT_SIGNED_IN:
    case REFUSED_INPUT:
        page_refuse(request, job->refusal, NULL);
        return;
    default:
        break;
    }
    json_t *view = refund_opened(request, in->refund, "/correct", &access);
    if (view) {
        correct_answer(request, view, in->to.way, field_of(job->refusal),
                       refusal_sentence(request, job->refusal), job->refusal);
    }
}

/* --- the form --- */

static void take(struct request *request, const char *name, char *to, size_t room) {
    const char *typed = request_form(request, name);
    const char *text = typed ? typed : "";
    size_t length = strlen(text) < room ? strlen(text) : 0;
    memcpy(to, text, length);
    to[length] = '\0';
}

static void take_payee(struct request *request, struct payee_input *to) {
    take(request, "way", to->way, sizeof to->way);
    take(request, "name", to->name, sizeof to->name);
    take(request, "bank", to->bank, sizeof to->bank);
    take(request, "branch", to->branch, sizeof to->branch);
    take(request, "number", to->number, sizeof to->number);
    take(request, "bic", to->bic, sizeof to->bic);
    take(request, "country", to->country, sizeof to->country);
}

/* What can be seen to be mistyped is said beside its field; whose name it must be only the verb
 * knows, so here the typed one is taken for it. */
static enum payee_fault misshapen(const struct request *request, const struct payee_input *typed) {
    struct payee payee;
    struct line line = {.id = 1, .operator= request->actor.operator};
    struct registered registered = {.subscriber = {.id = 1, .kind = SUBSCRIBER_PERSON}};
    struct payee_typed text = {.way = refund_way_of_code(typed->way),
                               .bank = typed->bank,
                               .branch = typed->branch,
                               .number = typed->number,
                               .bic = typed->bic,
                               .country = typed->country,
                               .name = typed->name};
    struct payee_whose whose = {
        .line = &line, .registered = &registered, .policy = request->policy, .now = request->now};
    memcpy(registered.subscriber.name, typed->name, sizeof registered.subscriber.name);
    enum payee_fault fault = payee_read(&text, &whose, &payee);
    return fault == PAYEE_NO_HKID || fault == PAYEE_NAME ? PAYEE_OK : fault;
}

static void correct_post(struct request *request, json_t *view,
                         const struct refund_access *access) {
    static const char *const names[] = {"way", "name",    "bank",          "branch",   "number",
                                        "bic", "country", "document_type", "document", NULL};
    struct refund_correct *in = arena_take(&request->arena, sizeof *in);
    if (!in || !request_form_only(request, names)) {
        json_decref(view);
        page_refuse(request, in ? REFUSED_INPUT : REFUSED_BUSY, NULL);
        return;
    }
    take_payee(request, &in->to);
    if (!ways_marked(view, in->to.way)) {
        correct_answer(request, view, in->to.way[0] ? in->to.way : "?", "", NULL, ACCEPTED);
        return;
    }
    enum payee_fault fault = misshapen(request, &in->to);
    enum refusal no = contact_document(request, in->document_type, in->document);
    if (fault) {
        correct_answer(request, view, in->to.way, payee_fault_field(fault),
                       words(request->language, payee_fault_sentence(fault)), ACCEPTED);
    } else if (no != ACCEPTED) {
        correct_answer(request, view, in->to.way, field_of(no), refusal_sentence(request, no), no);
    } else {
        json_decref(view);
        in->refund = access->refund;
        memcpy(in->secret, access->secret, strlen(access->secret) + 1);
        request_submit(request, &refund_correct_verb, in, form_command_key(request), corrected);
    }
}

void refund_correct_page(struct request *request) {
    static const char *const names[] = {"way", NULL};
    struct refund_access access;
    int64_t id = request_capture_id(request, "refund");
    json_t *view = refund_opened(request, id, "/correct", &access);
    if (!view) {
        return;
    }
    if (!json_is_true(json_object_get(json_object_get(view, "can"), "correct"))) {
        json_decref(view);
        response_redirect(request, arena_format(&request->arena, "/refunds/%lld", (long long)id));
    } else if (is_post(request)) {
        correct_post(request, view, &access);
    } else if (!request_query_only(request, names)) {
        json_decref(view);
        page_refuse(request, REFUSED_INPUT, NULL);
    } else if (step_up_first(request, &access)) {
        json_decref(view);
    } else {
        correct_answer(request, view, request_query(request, "way"), "", NULL, ACCEPTED);
    }
}
