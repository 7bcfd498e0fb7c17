#include "web/portal/flow.h"

#include <string.h>

#include "base/clock.h"
#include "base/format.h"
#include "web/portal/form.h"

static const char cookie[] = "registration";
/* As long as the challenge may live: an hour to prove and fill in, a day for the mail's code. */
enum { LIFE_SHORT = 3600, LIFE_MAIL = 24 * 3600 };

void flow_read(struct request *request, struct flow *flow) {
    const char *text = form_cookie_open(request, cookie);
    int64_t step = 0;
    *flow = (struct flow){0};
    if (!text) {
        return;
    }
    bool good = form_take_number(&text, &step) && form_take_number(&text, &flow->challenge) &&
                form_take_number(&text, &flow->sent_at) && form_take_number(&text, &flow->claims) &&
                form_take(&text, flow->holder, sizeof flow->holder) &&
                form_take(&text, flow->number, sizeof flow->number) &&
                form_take(&text, flow->email, sizeof flow->email);
    flow->step = good && step < FLOW_STEPS ? (enum flow_step)step : FLOW_NONE;
}

void flow_write(struct request *request, const struct flow *flow) {
    const char *text =
        arena_format(&request->arena, "%d\n%lld\n%lld\n%lld\n%s\n%s\n%s", (int)flow->step,
                     (long long)flow->challenge, (long long)flow->sent_at, (long long)flow->claims,
                     flow->holder, flow->number, flow->email);
    if (text) {
        form_cookie_seal(request, cookie, text, flow->step == FLOW_VERIFY ? LIFE_MAIL : LIFE_SHORT);
    }
}

const char *flow_path(enum flow_step step) {
    static const char *const paths[] = {
        [FLOW_NONE] = "/register",
        [FLOW_CODE] = "/register/code",
        [FLOW_CONTACT] = "/register/contact",
        [FLOW_VERIFY] = "/register/verify",
        [FLOW_DONE] = "/register/done",
        [FLOW_RESET_CODE] = "/forgotten/code",
        [FLOW_RESET_PASSWORD] = "/forgotten/password",
        [FLOW_STATUS_CODE] = "/status/code",
    };
    return paths[step];
}

bool flow_at(struct request *request, enum flow_step step, struct flow *flow) {
    flow_read(request, flow);
    bool back = flow->step == FLOW_VERIFY && step == FLOW_CONTACT; /* to correct the address */
    if (flow->step == step || back) {
        return true;
    }
    response_redirect(request, flow_path(flow->step));
    return false;
}

struct flow *flow_carry(struct request *request, const struct flow *flow) {
    struct flow *own = arena_take(&request->arena, sizeof *own);
    if (own) {
        *own = *flow;
    }
    request->own = own;
    return own;
}

json_t *flow_data(struct request *request, const struct flow *flow) {
    const struct policy *policy = request->policy;
    const char *number = format_number(&request->arena, flow->number);
    const char *until =
        format_clock(&request->arena, flow->sent_at + policy->code_life_minutes * MINUTE,
                     (int)policy->utc_offset_minutes);
    return json_pack("{s:s,s:s,s:s,s:b}", "number_text", number ? number : flow->number, "email",
                     flow->email, "code_until_text", until ? until : "", "claims",
                     flow->claims != 0);
}
