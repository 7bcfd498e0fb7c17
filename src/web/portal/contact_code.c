/* The code that adds or removes a contact, and the cookie that knows which. */
#include <string.h>

#include "base/clock.h"
#include "base/format.h"
#include "base/text.h"
#include "commands/contact.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/contacts.h"
#include "web/portal/form.h"

enum { CHANGE_LIFE = 60 * 60 };

static const char *cookie_of(struct request *request, int64_t line) {
    const char *name = arena_format(&request->arena, "contact%lld", (long long)line);
    return name ? name : "contact";
}

void change_write(struct request *request, const struct contact_change *change) {
    const char *text = arena_format(&request->arena, "%lld\n%lld\n%lld\n%lld\n%lld\n%lld\n%s\n%s",
                                    (long long)change->line, (long long)request->session.account,
                                    (long long)change->challenge, (long long)change->sent_at,
                                    (long long)change->removes, (long long)change->by_sms,
                                    change->holder, change->address);
    if (text) {
        form_cookie_seal(request, cookie_of(request, change->line), text, CHANGE_LIFE);
    }
}

void change_end(struct request *request, int64_t line) {
    form_cookie_end(request, cookie_of(request, line));
}

bool change_read(struct request *request, int64_t line, struct contact_change *change) {
    const char *text = form_cookie_open(request, cookie_of(request, line));
    int64_t account = 0;
    *change = (struct contact_change){0};
    return text && form_take_number(&text, &change->line) && form_take_number(&text, &account) &&
           form_take_number(&text, &change->challenge) &&
           form_take_number(&text, &change->sent_at) && form_take_number(&text, &change->removes) &&
           form_take_number(&text, &change->by_sms) &&
           form_take(&text, change->holder, sizeof change->holder) &&
           form_take(&text, change->address, sizeof change->address) && change->line == line &&
           account == request->session.account;
}

/* --- the page --- */

static json_t *code_data(struct request *request, const struct contact_change *change) {
    int64_t life = change->by_sms ? request->policy->code_life_minutes * MINUTE : HOUR;
    const char *until = format_clock(&request->arena, change->sent_at + life,
                                     (int)request->policy->utc_offset_minutes);
    const char *challenge = arena_format(&request->arena, "%lld", (long long)change->challenge);
    const char *line = arena_format(&request->arena, "%lld", (long long)change->line);
    json_t *data = json_pack("{s:s,s:s,s:b,s:b,s:s,s:s}", "line", line ? line : "", "challenge",
                             challenge ? challenge : "", "removes", change->removes != 0, "by_sms",
                             change->by_sms != 0, "address", change->address, "code_until_text",
                             until ? until : "");
    return data;
}

static void code_answer(struct request *request, const struct contact_change *change,
                        enum refusal refusal) {
    json_t *data = code_data(request, change);
    bool of_field = refusal == REFUSED_CODE_WRONG || refusal == REFUSED_CODE_EXPIRED;
    if (refusal == REFUSED_INPUT) {
        form_fault(data, "code", words(request->language, "Enter the eight digits of the code"));
    } else if (refusal == REFUSED_FORM) {
        form_fault(data, "code",
                   words(request->language,
                         "Another window of yours asked for a newer code. Enter the newest one."));
    } else {
        form_fault_refusal(request, data, of_field ? "code" : "", refusal);
    }
    form_answer(request, refusal, "portal/contact_code.html", data);
}

static void changed(struct request *request, const struct job *job) {
    const struct contact_change *change = request->own;
    if (contact_refused(request, job->refusal, contacts_path(request, change->line, "/code"))) {
        return;
    }
    if (job->refusal == ACCEPTED) {
        change_end(request, change->line);
        response_redirect(request,
                          contacts_path(request, change->line,
                                        change->removes ? "?done=removed" : "?done=added"));
        return;
    }
    code_answer(request, change, job->refusal);
}

static void code_post(struct request *request, struct contact_change *change) {
    static const char *const names[] = {"code", "challenge", NULL};
    struct contact_code *in = arena_take(&request->arena, sizeof *in);
    const char *challenge = request_form(request, "challenge");
    const char *code = form_code(request);
    int64_t shown = 0;
    if (!in || !request_form_only(request, names)) {
        page_refuse(request, in ? REFUSED_INPUT : REFUSED_BUSY, NULL);
        return;
    }
    if (!challenge || !number_parse(challenge, false, &shown) || shown != change->challenge) {
        code_answer(request, change, REFUSED_FORM);
        return;
    }
    if (!code) {
        code_answer(request, change, REFUSED_INPUT);
        return;
    }
    in->challenge = change->challenge;
    memcpy(in->holder, change->holder, sizeof in->holder);
    memcpy(in->code, code, strlen(code) + 1);
    request->own = change;
    request_submit(request, change->removes ? &contact_remove_verb : &contact_add_verb, in,
                   form_command_key(request), changed);
}

void contact_code_page(struct request *request) {
    int64_t line = request_capture_id(request, "line");
    struct contact_change *change = arena_take(&request->arena, sizeof *change);
    if (!change) {
        page_refuse(request, REFUSED_BUSY, NULL);
    } else if (!change_read(request, line, change)) {
        response_redirect(request, contacts_path(request, line, ""));
    } else if (is_post(request)) {
        code_post(request, change);
    } else {
        page_render(request, 200, "portal/contact_code.html", code_data(request, change));
    }
}
