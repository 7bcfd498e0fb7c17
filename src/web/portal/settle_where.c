/* Where the credit is to go: the way of a refund with its cost, whom it is paid to, another line.
 * The shape of what was typed is said at once; whose account it is only the verb says. */
#include <stdio.h>
#include <string.h>

#include "rules/credit_codes.h"
#include "rules/identifier.h"
#include "views/views.h"
#include "web/page.h"
#include "web/portal/form.h"
#include "web/portal/settle.h"

static bool same_text(const json_t *object, const char *name, const char *text) {
    const char *value = json_string_value(json_object_get(object, name));
    return value && strcmp(value, text) == 0;
}

bool settle_way_bare(const char *way) {
    return strcmp(way, "hkid_proxy") == 0 || strcmp(way, "cash") == 0;
}

/* Sends the browser back to where something is still to be answered. */
static void back_to(struct request *request, struct settle_page *page, const char *to) {
    int64_t closure = page->closure;
    settle_close(page);
    response_redirect(request, settle_path(request, closure, to));
}

/* The item of a list in which the field has this text; NULL: none. */
static json_t *item_of(const json_t *list, const char *field, const char *text) {
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) {
        if (same_text(item, field, text)) {
            return item;
        }
    }
    return NULL;
}

/* --- the way --- */

static void way_answer(struct request *request, struct settle_page *page, const char *chosen,
                       const char *fault) {
    json_t *way = item_of(json_object_get(page->credit, "ways"), "way", chosen);
    json_object_set_new(way, "chosen", json_true());
    json_t *first = json_array_get(json_object_get(page->credit, "ways"), 0);
    json_object_set_new(first, "first", json_true());
    json_t *data = settle_data(page);
    if (!fault) {
        page_render(request, 200, "portal/settle_way.html", data);
        return;
    }
    form_fault(data, "way", fault);
    form_answer(request, ACCEPTED, "portal/settle_way.html", data);
}

void settle_way_page(struct request *request) {
    static const char *const names[] = {"way", NULL};
    struct settle_page page;
    struct settle_answers answers;
    if (!settle_open(request, "/way", &page)) {
        return;
    }
    settle_answers_read(request, page.closure, &answers);
    const char *way = request_form(request, "way");
    if (!json_is_true(json_object_get(page.credit, "may_refund"))) {
        back_to(request, &page, "");
    } else if (!is_post(request)) {
        way_answer(request, &page, answers.to.way, NULL);
    } else if (!request_form_only(request, names)) {
        settle_close(&page);
        page_refuse(request, REFUSED_INPUT, NULL);
    } else if (!way || !item_of(json_object_get(page.credit, "ways"), "way", way)) {
        way_answer(request, &page, "",
                   words(request->language, "Choose how the refund is to be paid"));
    } else {
        if (strcmp(answers.to.way, way) != 0) {
            answers.to = (struct payee_input){.charge = 0};
        }
        memcpy(answers.choice, "refund", sizeof "refund");
        memcpy(answers.to.way, way, strlen(way) + 1);
        settle_answers_write(request, &answers);
        back_to(request, &page, settle_way_bare(way) ? "/check" : "/payee");
    }
}

/* --- the payee --- */

void settle_payee_answer(struct request *request, struct settle_page *page,
                         const struct settle_answers *a, const char *field, const char *text,
                         enum refusal refusal) {
    char charge[24];
    snprintf(charge, sizeof charge, "%lld", (long long)a->to.charge);
    json_t *payments = json_object_get(page->credit, "payments");
    json_object_set_new(item_of(payments, "charge", charge), "chosen", json_true());
    json_object_set_new(json_array_get(payments, 0), "first", json_true());
    json_t *way = item_of(json_object_get(page->credit, "ways"), "way", a->to.way);
    json_incref(way);
    json_t *data = settle_data(page);
    json_object_set_new(data, "way", way ? way : json_null());
    json_object_set_new(data, arena_format(&request->arena, "way_is_%s", a->to.way), json_true());
    json_t *values =
        json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "value_name", a->to.name, "value_bank", a->to.bank,
                  "value_branch", a->to.branch, "value_number", a->to.number, "value_bic",
                  a->to.bic, "value_country", a->to.country);
    json_object_update(data, values);
    json_decref(values);
    if (!text) {
        page_render(request, 200, "portal/settle_payee.html", data);
        return;
    }
    form_fault(data, field, text);
    form_answer(request, refusal, "portal/settle_payee.html", data);
}

static void typed(struct request *request, const char *name, char *to, size_t room) {
    const char *text = form_text(request, name, room / 4 > 40 ? room / 4 : room - 1);
    size_t length = text ? strlen(text) : 0;
    to[0] = '\0';
    if (length && length < room) {
        memcpy(to, text, length + 1);
    }
}

/* Is it shaped as the way wants it: everybody's name fits here, and every top-up. */
static enum payee_fault shape_of(const struct request *request, const struct settle_answers *a) {
    struct payee_typed as = {.way = refund_way_of_code(a->to.way),
                             .bank = a->to.bank,
                             .branch = a->to.branch,
                             .number = a->to.number,
                             .bic = a->to.bic,
                             .country = a->to.country,
                             .name = a->to.name};
    struct line line = {.id = 1, .operator= 1 };
    struct registered registered = {.subscriber = {.id = 1, .kind = SUBSCRIBER_PERSON}};
    struct charge charge = {.id = a->to.charge,
                            .operator= 1,
                            .line = 1,
                            .kind = CHARGE_TOP_UP,
                            .amount_minor = 1,
                            .payment = "any"};
    struct payee payee;
    memcpy(registered.subscriber.name, a->to.name, sizeof registered.subscriber.name);
    memcpy(registered.subscriber.document_type, "hkid", sizeof "hkid");
    struct payee_whose whose = {&line, &registered, &charge, request->policy, request->now};
    return payee_read(&as, &whose, &payee);
}

static void payee_post(struct request *request, struct settle_page *page,
                       struct settle_answers *a) {
    static const char *const names[] = {"name", "bank",    "branch", "number",
                                        "bic",  "country", "charge", NULL};
    const char *charge = request_form(request, "charge");
    if (!request_form_only(request, names) ||
        (charge && !number_parse(charge, false, &a->to.charge))) {
        settle_close(page);
        page_refuse(request, REFUSED_INPUT, NULL);
        return;
    }
    typed(request, "name", a->to.name, sizeof a->to.name);
    typed(request, "bank", a->to.bank, sizeof a->to.bank);
    typed(request, "branch", a->to.branch, sizeof a->to.branch);
    typed(request, "number", a->to.number, sizeof a->to.number);
    typed(request, "bic", a->to.bic, sizeof a->to.bic);
    typed(request, "country", a->to.country, sizeof a->to.country);
    enum payee_fault fault = shape_of(request, a);
    if (fault) {
        settle_payee_answer(request, page, a, payee_fault_field(fault),
                            words(request->language, payee_fault_sentence(fault)), ACCEPTED);
        return;
    }
    settle_answers_write(request, a);
    back_to(request, page, "/check");
}

void settle_payee_page(struct request *request) {
    struct settle_page page;
    struct settle_answers answers;
    if (!settle_open(request, "/payee", &page)) {
        return;
    }
    settle_answers_read(request, page.closure, &answers);
    const json_t *ways = json_object_get(page.credit, "ways");
    if (!item_of(ways, "way", answers.to.way) || settle_way_bare(answers.to.way)) {
        back_to(request, &page, "/way");
    } else if (is_post(request)) {
        payee_post(request, &page, &answers);
    } else {
        settle_payee_answer(request, &page, &answers, "", NULL, ACCEPTED);
    }
}

/* --- another line --- */

/* The account's other lines that take credit. */
static json_t *own_lines(struct request *request, const struct settle_page *page,
                         const struct settle_answers *a) {
    json_t *list = json_array(),
           *account =
               page->owner ? form_view(request, &account_view, request->session.account) : NULL;
    const char *line = json_string_value(json_object_get(page->credit, "line"));
    char chosen[24];
    size_t i;
    json_t *item;
    snprintf(chosen, sizeof chosen, "%lld", (long long)a->at.target);
    json_array_foreach(json_object_get(account, "lines"), i, item) {
        const char *id = json_string_value(json_object_get(item, "id"));
        bool takes = same_text(item, "state", "active") || same_text(item, "state", "suspended");
        if (!id || !line || strcmp(id, line) == 0 || !takes || json_object_get(item, "closure") ||
            json_is_true(json_object_get(item, "claimed"))) {
            continue;
        }
        json_object_set_new(item, "chosen", json_boolean(strcmp(id, chosen) == 0));
        json_array_append(list, item);
    }
    json_decref(account);
    return list;
}

void settle_line_answer(struct request *request, struct settle_page *page,
                        const struct settle_answers *a, const char *field, const char *text,
                        enum refusal refusal) {
    json_t *lines = own_lines(request, page, a);
    json_t *data = settle_data(page);
    json_object_set_new(data, "lines_some", json_boolean(json_array_size(lines) > 0));
    json_object_set_new(data, "lines", lines);
    json_object_set_new(data, "value_number", json_string(a->at.target_number));
    json_object_set_new(data, "value_again", json_string(a->at.target_again));
    json_object_set_new(data, "by_number", json_boolean(!a->at.target && a->at.target_number[0]));
    if (!text) {
        page_render(request, 200, "portal/settle_line.html", data);
        return;
    }
    form_fault(data, field, text);
    form_answer(request, refusal, "portal/settle_line.html", data);
}

/* A number in any writing of it, as E.164; what is none stays as it was typed. */
static bool number_typed(struct request *request, const char *name, char to[NUMBER_SIZE]) {
    const struct policy *policy = request->policy;
    const char *text = form_text(request, name, NUMBER_SIZE - 1);
    if (msisdn_normalise(text ? text : "", policy->country_code, policy->national_digits, to) ==
        IDENTIFIER_OK) {
        return true;
    }
    snprintf(to, NUMBER_SIZE, "%s", text ? text : "");
    return false;
}

static void line_post(struct request *request, struct settle_page *page, struct settle_answers *a) {
    static const char *const names[] = {"target", "number", "again", NULL};
    const char *target = request_form(request, "target");
    a->at = (struct credit_target){.target = 0};
    if (!request_form_only(request, names) ||
        (target && *target && !number_parse(target, false, &a->at.target))) {
        settle_close(page);
        page_refuse(request, REFUSED_INPUT, NULL);
        return;
    }
    const char *fault = NULL, *field = "number";
    if (!a->at.target) {
        bool good = number_typed(request, "number", a->at.target_number);
        bool again = number_typed(request, "again", a->at.target_again);
        if (!good) {
            fault = refusal_about(REFUSED_NUMBER_FORM)->sentence;
        } else if (!again || strcmp(a->at.target_number, a->at.target_again) != 0) {
            fault = refusal_about(REFUSED_NUMBERS_DIFFER)->sentence;
            field = "again";
        }
    }
    if (fault) {
        settle_line_answer(request, page, a, field, words(request->language, fault), ACCEPTED);
        return;
    }
    memcpy(a->choice, "transfer", sizeof "transfer");
    settle_answers_write(request, a);
    back_to(request, page, "/check");
}

void settle_line_page(struct request *request) {
    struct settle_page page;
    struct settle_answers answers;
    if (!settle_open(request, "/line", &page)) {
        return;
    }
    settle_answers_read(request, page.closure, &answers);
    bool may = json_is_true(json_object_get(page.credit, "may_transfer"));
    if (!may || (page.claiming && !page.owner)) { /* it cannot be called back: only signed in */
        back_to(request, &page, "");
    } else if (is_post(request)) {
        line_post(request, &page, &answers);
    } else {
        settle_line_answer(request, &page, &answers, "", NULL, ACCEPTED);
    }
}
