/* The pages that anybody may open, and on a demo the inbox. All figures come from the policy. */
#include <string.h>

#include "views/views.h"
#include "web/page.h"
#include "web/portal/form.h"
#include "web/portal/portal.h"

/* A demo serves several operators on one address and tells them apart by a path prefix; without one
 * it says which there are. Elsewhere an unknown operator is not found. */
static void operators_page(struct request *request) {
    json_t *list = json_array();
    for (size_t i = 0; request->site->demo && i < request->tenants->count; i++) {
        const struct tenant *tenant = &request->tenants->tenants[i];
        const struct policy *policy =
            policy_effective(tenant->policies, tenant->policy_count, request->now);
        if (policy)
            json_array_append_new(list,
                                  json_pack("{s:s,s:s}", "base_path",
                                            arena_format(&request->arena, "/%s", tenant->code),
                                            "name", policy->name[request->language]));
    }
    if (json_array_size(list) == 0) {
        json_decref(list);
        page_refuse(request, REFUSED_NOT_FOUND, NULL);
        return;
    }
    page_render(request, 200, "portal/operators.html", json_pack("{s:o}", "operators", list));
}

void start_page(struct request *request) {
    if (!request->policy) {
        operators_page(request);
        return;
    }
    page_render(request, 200, "portal/start.html", NULL);
}

/* Which way in: most people close a line once in their life and have no account. */
void begin_page(struct request *request) {
    if (request->session.id) {
        response_redirect(request, "/account");
        return;
    }
    page_render(request, 200, "portal/begin.html", NULL);
}

void help_page(struct request *request) {
    page_render(request, 200, "portal/help.html", NULL);
}

void privacy_page(struct request *request) {
    page_render(request, 200, "portal/privacy.html", NULL);
}

/* --- the demo's inbox --- */

static void piece(json_t *pieces, const char *name, const char *text, size_t length) {
    if (length > 0) {
        json_t *one = json_pack("{s:s,s:s}", "text", "", "link_url", "");
        json_object_set_new(one, name, json_stringn(text, length));
        json_array_append_new(pieces, one);
    }
}

/* The text cut into plain pieces and addresses that can be followed. */
static json_t *pieces_of(const char *text) {
    json_t *pieces = json_array();
    const char *from = text;
    for (const char *at = text; *at;) {
        bool link = strncmp(at, "http://", 7) == 0 || strncmp(at, "https://", 8) == 0;
        if (!link) {
            at++;
            continue;
        }
        size_t length = strcspn(at, " \t\r\n\"<>\\^`{|}");
        piece(pieces, "text", from, (size_t)(at - from));
        piece(pieces, "link_url", at, length);
        at += length;
        from = at;
    }
    piece(pieces, "text", from, strlen(from));
    return pieces;
}

void inbox_page(struct request *request) {
    struct view_context context;
    json_t *inbox = NULL;
    if (!form_view_context(request, &context)) {
        return;
    }
    const char *after = request_query(request, "after");
    if (after && !number_parse(after, false, &context.after)) {
        page_refuse(request, REFUSED_NOT_FOUND, NULL);
        return;
    }
    inbox = form_view_in(request, &inbox_view, &context, 0);
    if (!inbox) {
        return;
    }
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(inbox, "items"), i, item) {
        const char *text = json_string_value(json_object_get(item, "text"));
        json_object_set_new(item, "pieces", pieces_of(text ? text : ""));
    }
    page_render(request, 200, "portal/inbox.html", json_pack("{s:o}", "inbox", inbox));
}
