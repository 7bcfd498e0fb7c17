/* The page of a line: what it is, what can be done with it, where its closing stands. */
#include "views/views.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/form.h"

void line_page(struct request *request) {
    json_t *line = form_view(request, &line_view, request_capture_id(request, "line"));
    if (!line) {
        return;
    }
    bool claimed = json_is_true(json_object_get(line, "claimed"));
    number_shown(line);
    page_render(request, 200, claimed ? "portal/line_claimed.html" : "portal/line.html",
                json_pack("{s:o}", "line", line));
}
