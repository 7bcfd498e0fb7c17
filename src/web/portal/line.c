/* The page of a line: what it is, what can be done with it, where its closing stands. */
#include <string.h>

#include "views/views.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/form.h"

/* When the document's type is one with a name, the name. */
static void add_document(const struct request *request, json_t *line) {
    const char *type = json_string_value(json_object_get(line, "document_type"));
    const char *words_of = type ? document_words(request, type) : NULL;
    if (words_of) {
        json_object_set_new(line, "document_type_text", json_string(words_of));
    }
}

void line_page(struct request *request) {
    json_t *line = form_view(request, &line_view, request_capture_id(request, "line"));
    if (!line) {
        return;
    }
    add_document(request, line);
    page_render(request, 200, "portal/line.html", json_pack("{s:o}", "line", line));
}
