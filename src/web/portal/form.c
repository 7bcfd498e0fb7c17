#include "web/portal/form.h"

#include <string.h>

#include "base/text.h"
#include "web/page.h"
#include "web/present.h"
#include "web/show.h"

enum { KEY_HASH = 12 /* bytes of the hash in a key */, HIDDEN_KEY = 22 };

const char *form_command_key(struct request *request) {
    const char *hidden = request_form(request, "key");
    uint8_t hash[HASH_BYTES];
    char text[HASH_BYTES];
    if (!hidden || strlen(hidden) != HIDDEN_KEY) {
        return "";
    }
    struct buffer typed;
    buffer_open(&typed, 1 << 17);
    for (size_t i = 0; i < request->form.count; i++) {
        const struct param *param = &request->form.all[i];
        if (strcmp(param->name, "form") != 0) { /* the hidden token changes with the hour */
            buffer_format(&typed, "%s=%zu:%s\n", param->name, strlen(param->value), param->value);
        }
    }
    if (request->content) { /* another file is another command */
        buffer_add(&typed, request->content->digest, sizeof request->content->digest);
    }
    secret_hash(request->site->secrets->idempotency, typed.data ? typed.data : "", typed.length,
                hash);
    buffer_close(&typed);
    secret_base64(hash, KEY_HASH, text);
    const char *key = arena_format(&request->arena, "%s:%s", hidden, text);
    return key ? key : "";
}

void form_fault(json_t *data, const char *field, const char *text) {
    json_t *errors = json_object_get(data, "errors");
    char wrong[64] = "wrong_";
    if (!errors) {
        errors = json_array();
        json_object_set_new(data, "errors", errors);
        json_object_set_new(data, "faulty", json_true());
    }
    json_array_append_new(errors, json_pack("{s:s,s:s}", "field", field, "text", text));
    if (*field && strlen(field) < sizeof wrong - sizeof "wrong_") {
        memcpy(wrong + sizeof "wrong_" - 1, field, strlen(field) + 1);
        json_object_set_new(data, wrong, json_string(text));
    }
}

void form_fault_refusal(const struct request *request, json_t *data, const char *field,
                        enum refusal refusal) {
    form_fault(data, field, refusal_sentence(request, refusal));
}

void password_fault(struct request *request, json_t *data) {
    const char *text = arena_format(
        &request->arena,
        words(request->language, "Choose another password: at least %lld characters, not your "
                                 "address and none that many people use"),
        (long long)request->policy->password_minimum);
    form_fault(data, "password", text ? text : "");
}

bool form_faulty(const json_t *data) {
    return json_object_get(data, "errors") != NULL;
}

void form_keep(const struct request *request, json_t *data, const char *const *names) {
    for (; *names; names++) {
        const char *value = request_form(request, *names);
        char name[64] = "value_";
        if (value && *value && strlen(*names) < sizeof name - sizeof "value_") {
            memcpy(name + sizeof "value_" - 1, *names, strlen(*names) + 1);
            json_object_set_new(data, name, json_string(value));
        }
    }
}

const char *form_text(struct request *request, const char *name, size_t most) {
    const char *typed = request_form(request, name);
    char *clean = NULL;
    if (!typed) {
        return "";
    }
    enum text_fault fault =
        text_clean(&request->arena, typed, strlen(typed), TEXT_ONE_LINE, 0, most, &clean);
    return fault == TEXT_OK ? clean : NULL;
}

const char *form_code(struct request *request) {
    enum { TYPED = 39 }; /* with room for blanks and dashes */
    const char *code = form_text(request, "code", TYPED);
    size_t digits = 0;
    for (const char *at = code ? code : ""; *at; at++) {
        digits += *at >= '0' && *at <= '9';
    }
    return digits == CODE_DIGITS ? code : NULL;
}

void form_answer(struct request *request, enum refusal refusal, const char *page, json_t *data) {
    int status = refusal == ACCEPTED ? 422 : refusal_about(refusal)->status;
    if (status == 429) {
        response_header(request, "Retry-After", "60");
    }
    page_render(request, status, page, data);
}

bool form_view_context(struct request *request, struct view_context *context) {
    bool good = show_context(request, context);
    if (!good) {
        page_refuse(request, REFUSED_BUSY, NULL);
    }
    return good;
}

json_t *form_view_in(struct request *request, const struct view *view, struct view_context *context,
                     int64_t id) {
    json_t *json = NULL;
    enum refusal refusal = view_show(view, context, id, &json);
    if (refusal != ACCEPTED) {
        page_refuse(request, refusal, NULL);
        return NULL;
    }
    present(request, view->fields, json);
    return json;
}

json_t *form_view(struct request *request, const struct view *view, int64_t id) {
    struct view_context context;
    return form_view_context(request, &context) ? form_view_in(request, view, &context, id) : NULL;
}

const char *form_next(const char *asked, const char *otherwise) {
    bool ours = asked && asked[0] == '/' && asked[1] != '/' && !strpbrk(asked, "\\#?%");
    for (const char *at = ours ? asked : ""; *at; at++) {
        ours = ours && (unsigned char)*at > ' ' && *at != 127;
    }
    return ours && strlen(asked) < 200 ? asked : otherwise;
}
