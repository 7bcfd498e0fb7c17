#include "web/portal/line_credit.h"

#include "views/views.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/form.h"

enum { MOVEMENTS = 20 };

/* The address names the movement after which the page goes on; the credit itself stands on the
 * first page only. */
void line_credit_page(struct request *request) {
    static const char *const names[] = {"after", NULL};
    int64_t line = request_capture_id(request, "line");
    const char *after = request_query(request, "after");
    struct view_context context;
    int64_t from = 0;
    if (!request_query_only(request, names) ||
        (after && (!number_parse(after, false, &from) || from < 1))) {
        page_refuse(request, REFUSED_NOT_FOUND, NULL);
        return;
    }
    json_t *credit = form_view(request, &credit_view, line);
    if (!credit) {
        return;
    }
    if (!form_view_context(request, &context)) {
        json_decref(credit);
        return;
    }
    context.after = from;
    context.limit = MOVEMENTS;
    json_t *movements = form_view_in(request, &movements_view, &context, line);
    if (!movements) {
        json_decref(credit);
        return;
    }
    json_object_set_new(movements, "items_some",
                        json_boolean(json_array_size(json_object_get(movements, "items")) > 0));
    json_t *data =
        json_pack("{s:o,s:o,s:b}", "credit", credit, "movements", movements, "first", from == 0);
    page_render(request, 200, "portal/credit.html", data);
}
