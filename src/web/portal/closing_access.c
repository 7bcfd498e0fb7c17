/* Who may look at a closure in the portal, and how this browser showed it. */
#include <string.h>

#include "rules/closure_secret.h"
#include "views/views.h"
#include "web/portal/closing.h"
#include "web/portal/form.h"
#include "web/present.h"
#include "web/show.h"

static const char cookie[] = "closure";
enum { ACCESS_LIFE = 60 * 60 };

void access_write(struct request *request, const struct access *access) {
    const char *text = arena_format(&request->arena, "%lld\n%d\n%s", (long long)access->closure,
                                    (int)access->by, access->secret);
    if (text) {
        form_cookie_seal(request, cookie, text, ACCESS_LIFE);
    }
}

/* What this browser showed of the closure before; ACCESS_NONE when nothing, or of another one. */
static void access_read(struct request *request, int64_t closure, struct access *access) {
    const char *text = form_cookie_open(request, cookie);
    const char *by = text ? strchr(text, '\n') : NULL;
    const char *secret = by ? strchr(by + 1, '\n') : NULL;
    int64_t id = 0;
    *access = (struct access){.closure = closure};
    if (!secret || strlen(secret + 1) >= sizeof access->secret) {
        return;
    }
    const char *digits = arena_text(&request->arena, text, (size_t)(by - text));
    if (digits && number_parse(digits, false, &id) && id == closure && by[1] >= '1' &&
        by[1] <= '3') {
        access->by = (enum access_by)(by[1] - '0');
        memcpy(access->secret, secret + 1, strlen(secret + 1) + 1);
    }
}

/* False when the closure cannot be read; all zero when there is none. */
static bool closure_read(struct request *request, int64_t id, struct closure *closure) {
    struct view_context context;
    *closure = (struct closure){0};
    if (!show_context(request, &context)) {
        return false;
    }
    read_closure(&context, id, closure);
    return !context.down;
}

bool closure_referred(struct request *request, const char *reference, struct closure *closure) {
    struct view_context context;
    *closure = (struct closure){0};
    if (!show_context(request, &context)) {
        return false;
    }
    read_closure_by_reference(&context, reference, closure);
    return !context.down;
}

bool access_status_secret(struct request *request, const struct access *access,
                          char secret[STATUS_SECRET_SIZE]) {
    struct closure closure;
    secret[0] = '\0';
    if (access->by == ACCESS_NONE) {
        return true;
    }
    if (!closure_read(request, access->closure, &closure)) {
        return false;
    }
    if (closure.id) {
        closure_status_secret(request->site->secrets, &closure, secret);
    }
    return true;
}

static enum refusal show(struct request *request, int64_t id, const char *secret, json_t **json) {
    struct view_context context;
    if (!show_context(request, &context)) {
        return REFUSED_BUSY;
    }
    memcpy(context.secret, secret, strlen(secret) + 1);
    return view_show(&closure_view, &context, id, json);
}

json_t *access_show(struct request *request, struct access *access, enum refusal *no) {
    json_t *json = NULL;
    char secret[STATUS_SECRET_SIZE];
    *no = show(request, access->closure, "", &json);
    access->owner = *no == ACCEPTED;
    if (*no == REFUSED_NOT_FOUND && access->by != ACCESS_NONE) {
        bool read = access_status_secret(request, access, secret);
        *no = read ? show(request, access->closure, secret, &json) : REFUSED_BUSY;
        if (access->by != ACCESS_STATUS) { /* name and number are not for whoever had the message */
            json_object_set_new(json_object_get(json, "can"), "certificate", json_false());
        }
    }
    if (*no == ACCEPTED) {
        present(request, closure_view.fields, json);
        number_shown(json);
    }
    return json;
}

json_t *access_open(struct request *request, int64_t closure, struct access *access,
                    enum refusal *no) {
    access_read(request, closure, access);
    return access_show(request, access, no);
}
