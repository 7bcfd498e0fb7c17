/* Changing a password that is known. */
#include <string.h>

#include "commands/account_password.h"
#include "web/page.h"
#include "web/portal/closing.h"
#include "web/portal/form.h"
#include "web/portal/portal.h"

static void change_answer(struct request *request, enum refusal refusal, json_t *data) {
    if (refusal == REFUSED_SIGN_IN) {
        form_fault(data, "old_password", words(request->language, "This is not your password"));
    } else if (refusal == REFUSED_PASSWORD_WEAK) {
        password_fault(request, data);
    } else if (refusal != ACCEPTED) {
        form_fault_refusal(request, data, "", refusal);
    }
    form_answer(request, refusal, "portal/password.html", data);
}

static void changed(struct request *request, const struct job *job) {
    if (job->refusal == ACCEPTED) {
        response_redirect(request, "/account?password=new");
    } else if (job->refusal == REFUSED_NOT_SIGNED_IN) {
        page_refuse(request, job->refusal, NULL);
    } else {
        change_answer(request, job->refusal, json_object());
    }
}

/* A password as typed, when it can be one. */
static bool typed(struct request *request, const char *name, char *to, size_t room) {
    const char *password = request_form(request, name);
    bool fits = password && *password && strlen(password) < room;
    if (fits) {
        memcpy(to, password, strlen(password) + 1);
    }
    return fits;
}

void password_page(struct request *request) {
    static const char *const names[] = {"old_password", "password", NULL};
    if (!is_post(request)) {
        page_render(request, 200, "portal/password.html", NULL);
        return;
    }
    struct password_change *in = arena_take(&request->arena, sizeof *in);
    json_t *data = json_object();
    if (!in || !request_form_only(request, names)) {
        json_decref(data);
        page_refuse(request, in ? REFUSED_INPUT : REFUSED_BUSY, NULL);
        return;
    }
    if (!typed(request, "old_password", in->old_password, sizeof in->old_password)) {
        form_fault(data, "old_password", words(request->language, "Enter your password"));
    }
    if (!typed(request, "password", in->password, sizeof in->password)) {
        password_fault(request, data);
    }
    if (form_faulty(data)) {
        change_answer(request, ACCEPTED, data);
        return;
    }
    json_decref(data);
    request_submit(request, &password_change_verb, in, form_command_key(request), changed);
}
