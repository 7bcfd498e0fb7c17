/* Signing in and out, the password again, and the account's page. */
#include <string.h>

#include "commands/session.h"
#include "views/views.h"
#include "web/page.h"
#include "web/portal/form.h"
#include "web/portal/portal.h"
#include "web/session.h"

static bool is_post(const struct request *request) {
    return strcmp(request->method, "POST") == 0;
}

/* Where to go on: from the form after a POST, else from the query. */
static const char *next_of(const struct request *request) {
    const char *asked =
        is_post(request) ? request_form(request, "next") : request_query(request, "next");
    return form_next(asked, "/account");
}

/* A password as typed, when it can be one; else NULL. */
static const char *password_of(const struct request *request, size_t room) {
    const char *password = request_form(request, "password");
    return password && *password && strlen(password) < room ? password : NULL;
}

/* --- sign in --- */

static void sign_in_answer(struct request *request, enum refusal refusal, json_t *data) {
    static const char *const kept[] = {"email", NULL};
    form_keep(request, data, kept);
    json_object_set_new(data, "next", json_string(next_of(request)));
    form_answer(request, refusal, "portal/sign-in.html", data);
}

static void signed_in(struct request *request, const struct job *job) {
    if (job->refusal != ACCEPTED) {
        json_t *data = json_object();
        if (job->refusal == REFUSED_SIGN_IN || job->refusal == REFUSED_EMAIL_FORM) {
            form_fault(data, "email",
                       words(request->language,
                             "E-mail and password do not fit together. Check both and try again"));
        } else {
            form_fault_refusal(request, data, "", job->refusal);
        }
        sign_in_answer(request, job->refusal, data);
        return;
    }
    session_begin(request, job->secret);
    response_redirect(request, next_of(request));
}

void sign_in_page(struct request *request) {
    if (request->session.id) {
        response_redirect(request, next_of(request));
        return;
    }
    json_t *data = json_object();
    if (!is_post(request)) {
        json_object_set_new(data, "next", json_string(next_of(request)));
        json_object_set_new(data, "asked", json_boolean(request_query(request, "next") != NULL));
        json_object_set_new(data, "password_new",
                            json_boolean(request_query(request, "password") != NULL));
        page_render(request, 200, "portal/sign-in.html", data);
        return;
    }
    struct session_open *in = arena_take(&request->arena, sizeof *in);
    const char *email = form_text(request, "email", EMAIL_SIZE - 2);
    const char *password = password_of(request, sizeof in->password);
    if (!in) {
        json_decref(data);
        return;
    }
    if (!email || !*email || strlen(email) >= sizeof in->email) {
        form_fault(data, "email", words(request->language, "Enter your e-mail address"));
    }
    if (!password) {
        form_fault(data, "password", words(request->language, "Enter your password"));
    }
    if (form_faulty(data)) {
        sign_in_answer(request, ACCEPTED, data);
        return;
    }
    json_decref(data);
    memcpy(in->email, email, strlen(email) + 1);
    memcpy(in->password, password, strlen(password) + 1);
    request_submit(request, &session_open_verb, in, form_command_key(request), signed_in);
}

/* --- sign out --- */

/* Whatever the command answers, this browser is signed out. */
static void signed_out(struct request *request, const struct job *job) {
    (void)job;
    session_end(request);
    response_redirect(request, "/");
}

static void close_session(struct request *request, const struct verb *verb) {
    struct session_close *in = arena_take(&request->arena, sizeof *in);
    if (request->session.id && in) {
        request_submit(request, verb, in, form_command_key(request), signed_out);
        return;
    }
    signed_out(request, NULL);
}

void sign_out(struct request *request) {
    close_session(request, &session_close_verb);
}

void sign_out_everywhere(struct request *request) {
    close_session(request, &session_close_all_verb);
}

/* --- the password again --- */

static void step_up_answer(struct request *request, enum refusal refusal, json_t *data) {
    json_object_set_new(data, "next", json_string(next_of(request)));
    form_answer(request, refusal, "portal/step-up.html", data);
}

static void stepped_up(struct request *request, const struct job *job) {
    if (job->refusal == ACCEPTED) {
        response_redirect(request, next_of(request));
        return;
    }
    if (job->refusal == REFUSED_NOT_SIGNED_IN) {
        page_refuse(request, job->refusal, NULL);
        return;
    }
    json_t *data = json_object();
    if (job->refusal == REFUSED_INPUT) {
        form_fault(data, "password", words(request->language, "Enter your password"));
    } else if (job->refusal == REFUSED_SIGN_IN) {
        form_fault(data, "password", words(request->language, "This is not your password"));
    } else {
        form_fault_refusal(request, data, "", job->refusal);
    }
    step_up_answer(request, job->refusal, data);
}

void step_up_page(struct request *request) {
    json_t *data = json_object();
    if (!is_post(request)) {
        json_object_set_new(data, "next", json_string(next_of(request)));
        page_render(request, 200, "portal/step-up.html", data);
        return;
    }
    struct session_step_up *in = arena_take(&request->arena, sizeof *in);
    const char *password = password_of(request, sizeof in->password);
    json_decref(data);
    if (!password) {
        request_refused(request, &session_step_up_verb, REFUSED_INPUT, stepped_up);
        return;
    }
    if (in) {
        memcpy(in->password, password, strlen(password) + 1);
        request_submit(request, &session_step_up_verb, in, form_command_key(request), stepped_up);
    }
}

/* --- the account --- */

void account_page(struct request *request) {
    json_t *account = form_view(request, &account_view, 0);
    json_t *sessions = account ? form_view(request, &sessions_view, 0) : NULL;
    if (!sessions) {
        json_decref(account);
        return;
    }
    page_render(request, 200, "portal/account.html",
                json_pack("{s:o,s:o,s:b,s:b}", "account", account, "sessions", sessions,
                          "password_new", request_query(request, "password") != NULL, "ended",
                          request_query(request, "ended") != NULL));
}

/* One that has ended meanwhile is what was wanted. */
static void session_ended(struct request *request, const struct job *job) {
    if (job->refusal == ACCEPTED || job->refusal == REFUSED_UNCHANGED) {
        response_redirect(request, "/account?ended=1");
    } else {
        page_refuse(request, job->refusal, NULL);
    }
}

void account_session_end(struct request *request) {
    static const char *const names[] = {"session", NULL};
    struct session_end *in = arena_take(&request->arena, sizeof *in);
    const char *typed = request_form(request, "session");
    if (!in) {
        return;
    }
    if (!request_form_only(request, names) || !typed || !number_parse(typed, false, &in->session) ||
        in->session < 1) {
        request_refused(request, &session_end_verb, REFUSED_INPUT, session_ended);
        return;
    }
    request_submit(request, &session_end_verb, in, form_command_key(request), session_ended);
}
