#include "web/page.h"

#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "base/mustache.h"
#include "web/present.h"
#include "web/session.h"

static const char *text_or(const char *text) {
    return text ? text : "";
}

static void set(json_t *object, const char *name, json_t *value) {
    if (json_object_get(object, name)) {
        json_decref(value); /* the handler's own wins */
        return;
    }
    json_object_set_new(object, name, value);
}

/* This page's address with another language, the rest of the query kept. */
static const char *tongue_url(struct request *request, enum language language) {
    struct arena *arena = &request->arena;
    bool get = request->route && (request->route->methods & METHOD_GET);
    const char *path = get ? request->path : "/"; /* a form's answer has no address of its own */
    const char *url =
        arena_format(arena, "%s%s?lang=%s", request->base, path, language_tag(language));
    for (size_t i = 0; get && url && i < request->query.count; i++) {
        const struct param *param = &request->query.all[i];
        if (strcmp(param->name, "lang") != 0) {
            url = arena_format(arena, "%s&%s=%s", url, text_or(percent_encode(arena, param->name)),
                               text_or(percent_encode(arena, param->value)));
        }
    }
    return text_or(url);
}

static json_t *tongues(struct request *request) {
    static const char *const names[LANGUAGE_COUNT] = {[LANGUAGE_EN] = "English",
                                                      [LANGUAGE_ZH_HANT] = "繁體中文",
                                                      [LANGUAGE_ZH_HANS] = "简体中文"};
    static const char *const shorts[LANGUAGE_COUNT] = {
        [LANGUAGE_EN] = "EN", [LANGUAGE_ZH_HANT] = "繁", [LANGUAGE_ZH_HANS] = "简"};
    json_t *list = json_array();
    const struct policy *policy = request->policy;
    size_t count = policy ? policy->language_count : LANGUAGE_COUNT;
    for (size_t i = 0; i < count; i++) {
        enum language language = policy ? policy->languages[i] : (enum language)i;
        const char *url = tongue_url(request, language);
        json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:s,s:s,s:b}", "tag",
                                              language_tag(language), "name", names[language],
                                              "short", shorts[language], "url", url, "page_url",
                                              url, "current", language == request->language));
    }
    return list;
}

static void add_operator(struct request *request, json_t *data) {
    const struct policy *policy = request->policy;
    if (!policy) {
        return;
    }
    set(data, "operator",
        json_pack("{s:s,s:s}", "code", policy->operator, "name", policy->name[request->language]));
    const char *number = policy->hotline_number;
    const char *shown = format_number(&request->arena, number);
    set(data, "hotline",
        json_pack("{s:s,s:s,s:s}", "number", shown ? shown : number, "tel", number, "hours",
                  policy->hotline_hours[request->language]));
}

static void add_common(struct request *request, json_t *data) {
    set(data, "language", json_string(language_tag(request->language)));
    set(data, "tongues", tongues(request));
    add_operator(request, data);
    set(data, "base", json_string(request->base));
    set(data, "base_path", json_string(request->base)); /* where an address starts with it */
    set(data, "path", json_string(request->path));
    set(data, "url",
        json_string(text_or(arena_format(&request->arena, "%s%s", request->base, request->path))));
    set(data, "signed_in", json_boolean(request->session.id != 0));
    set(data, "demo", json_boolean(request->site->demo));
    if (request->policy) {
        set(data, "policy", present_policy(request));
        set(data, "form", json_string(form_token(request)));
        set(data, "key", json_string(form_key(request)));
    }
}

void page_render(struct request *request, int status, const char *name, json_t *data) {
    json_t *all = data ? data : json_object();
    if (!all) {
        request->response.status = 0;
        return;
    }
    add_common(request, all);
    response_text(request, status, "text/html; charset=utf-8", "");
    response_header(request, "Content-Language", language_tag(request->language));
    if (!request->site->pages || !pages_render(request->site->pages, request->language, name, all,
                                               &request->response.body)) {
        request->response.status = 0; /* the server answers that it is broken */
    }
    json_decref(all);
}

const char *refusal_title(const struct request *request, enum refusal refusal) {
    return words(request->language, refusal_about(refusal)->title);
}

const char *refusal_sentence(const struct request *request, enum refusal refusal) {
    return words(request->language, refusal_about(refusal)->sentence);
}

static int refusal_status(const struct request *request, enum refusal refusal) {
    int instead = request->response.instead;
    return instead ? instead : refusal_about(refusal)->status;
}

static void retry_header(struct request *request, int status) {
    if (status == 429) {
        response_header(request, "Retry-After", "60");
    }
}

/* The page of a refusal where there is no template: an unknown operator has no look either. */
static void plain_refuse(struct request *request, int status, const char *title,
                         const char *sentence, const char *detail) {
    struct buffer *body = &request->response.body;
    response_text(request, status, "text/html; charset=utf-8", "<!DOCTYPE html>\n<html lang=\"");
    response_header(request, "Content-Language", language_tag(request->language));
    buffer_text(body, language_tag(request->language));
    buffer_text(body, "\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
                      "content=\"width=device-width\"><title>");
    template_escape(body, title, strlen(title));
    buffer_text(body, "</title><main><h1>");
    template_escape(body, title, strlen(title));
    buffer_text(body, "</h1><p>");
    template_escape(body, sentence, strlen(sentence));
    if (detail) {
        buffer_text(body, "</p><p>");
        template_escape(body, detail, strlen(detail));
    }
    buffer_text(body, "</p></main></html>\n");
}

void page_refuse(struct request *request, enum refusal refusal, const char *detail) {
    const struct refusal_about *about = refusal_about(refusal);
    uint32_t flags = request->route ? request->route->flags : 0;
    bool api = (flags & (ROUTE_API | ROUTE_JSON)) || request->local ||
               strncmp(request->path, "/api/", 5) == 0;
    if (api) {
        api_refuse(request, refusal, NULL, detail);
        return;
    }
    int status = refusal_status(request, refusal);
    const char *title = refusal_title(request, refusal);
    const char *sentence = refusal_sentence(request, refusal);
    retry_header(request, status);
    if (!request->policy || !request->site->pages ||
        !pages_has(request->site->pages, "refusal.html")) {
        plain_refuse(request, status, title, sentence, detail);
        return;
    }
    json_t *data = json_pack("{s:s,s:s,s:s,s:b,s:i}", "code", about->code, "title", title,
                             "sentence", sentence, "retry", status == 503, "status", status);
    if (data && detail) {
        json_object_set_new(data, "detail", json_string(detail));
    }
    page_render(request, status, "refusal.html", data);
}

void api_refuse(struct request *request, enum refusal refusal, const char *field,
                const char *detail) {
    const struct refusal_about *about = refusal_about(refusal);
    int status = refusal_status(request, refusal);
    const char *type = arena_format(&request->arena, "urn:ringoff:refusal:%s", about->code);
    json_t *problem =
        json_pack("{s:s,s:s,s:i,s:s,s:s}", "type", text_or(type), "title",
                  refusal_title(request, refusal), "status", status, "detail",
                  detail ? detail : refusal_sentence(request, refusal), "code", about->code);
    if (problem && field) {
        json_object_set_new(problem, "field", json_string(field));
    }
    retry_header(request, status);
    if (status == 401) {
        response_header(request, "WWW-Authenticate", "Bearer realm=\"ringoff\"");
    }
    response_json(request, status, "application/problem+json", problem);
    response_header(request, "Content-Language", language_tag(request->language));
}
