/* After the closing: what still runs, the card, who should learn the new number, what is held. */
#include <string.h>

#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/form.h"
#include "web/portal/settle.h"

/* A list for everybody: which services know this very number, nobody has told us. */
static const char *const services[] = {
    N_("Banks and credit cards"),
    N_("Electronic wallets, FPS and payment apps"),
    N_("WhatsApp, WeChat, Signal, Telegram and other messengers: change the number in the app"),
    N_("Government services: iAM Smart, tax, health, immigration"),
    N_("E-mail, Apple, Google and Microsoft accounts: the number for recovery"),
    N_("Social networks and online shops"),
    N_("Employer, school, landlord"),
    N_("Doctors, hospitals, insurance, pension (MPF)"),
    N_("Electricity, gas, water, internet, property management"),
    N_("Deliveries, taxis, airlines and loyalty cards"),
    N_("Family and friends"),
};

static json_t *services_json(const struct request *request) {
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        json_array_append_new(list, json_pack("{s:i,s:s}", "n", (int)i + 1, "text",
                                              words(request->language, services[i])));
    }
    return list;
}

void status_after_page(struct request *request) {
    struct access access;
    enum refusal no;
    int64_t id = request_capture_id(request, "closure");
    json_t *view = access_open(request, id, &access, &no);
    if (!view) {
        status_refuse(request, id, no);
        return;
    }
    const char *state = json_string_value(json_object_get(view, "state"));
    if (!state || strcmp(state, "closed") != 0) { /* nothing is over yet */
        json_decref(view);
        response_redirect(request, arena_format(&request->arena, "/closures/%lld", (long long)id));
        return;
    }
    json_t *data = json_pack("{s:o,s:o}", "closure", view, "services", services_json(request));
    json_object_set_new(data, "credit", settle_view(request, &access));
    page_render(request, 200, "portal/after.html", data);
}
