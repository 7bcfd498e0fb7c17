/* Certificates of closure at the portal's door: the public keys with which they are checked. */
#include "views/views.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/show.h"

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
