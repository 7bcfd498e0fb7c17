#include "cli/client.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

enum { ANSWER_CEILING = 12 * 1024 * 1024, ASK_SECONDS = 120, HEADER = 600 };

static size_t keep(char *bytes, size_t size, size_t count, void *owner) {
    struct buffer *buffer = owner;
    buffer_add(buffer, bytes, size * count);
    return buffer->full ? 0 : size * count;
}

static bool header(struct curl_slist **list, const char *name, const char *value) {
    char line[HEADER];
    int length = snprintf(line, sizeof line, "%s: %s", name, value);
    struct curl_slist *more = length > 0 && length < HEADER ? curl_slist_append(*list, line) : NULL;
    explicit_bzero(line, sizeof line);
    if (more)
        *list = more;
    return more != NULL;
}

/* The integrator's key out of its file. */
static bool key_header(struct curl_slist **list, const char *path, char why[512]) {
    size_t length;
    char reason[256] = "is no key", bearer[300] = "Bearer ";
    char *text = file_read(path, 200, &length, reason);
    if (text)
        text[strcspn(text, "\r\n")] = '\0';
    bool good = text && *text;
    if (good)
        memcpy(bearer + 7, text, strlen(text) + 1);
    good = good && header(list, "Authorization", bearer);
    if (!good)
        snprintf(why, 512, "%s", reason);
    if (text)
        explicit_bzero(text, length);
    explicit_bzero(bearer, sizeof bearer);
    free(text);
    return good;
}

static bool headers_make(const struct ask *ask, struct curl_slist **list, char why[512]) {
    snprintf(why, 512, "a value is too long");
    return header(list, "Accept", "application/json") && header(list, "Accept-Language", "en") &&
           header(list, "Expect", "") &&
           (!ask->body || header(list, "Content-Type", "application/json")) &&
           (!ask->key || header(list, "Idempotency-Key", ask->key)) &&
           (!ask->operator_code || header(list, "Ringoff-Operator", ask->operator_code)) &&
           (!ask->status_secret || header(list, "Ringoff-Status-Secret", ask->status_secret)) &&
           (!ask->api_key_file || key_header(list, ask->api_key_file, why));
}

static void text_take(const json_t *problem, const char *name, char *to, size_t size) {
    const char *text = json_string_value(json_object_get(problem, name));
    if (text)
        snprintf(to, size, "%s", text);
}

static void answer_read(struct answer *answer, struct buffer *body, long status,
                        const char *media) {
    answer->status = (int)status;
    if (status == 200 && media && !strstr(media, "json")) {
        snprintf(answer->media, sizeof answer->media, "%.*s", (int)strcspn(media, "; "), media);
        answer->bytes = *body;
        buffer_open(body, ANSWER_CEILING);
        answer->code = EXIT_DONE;
        return;
    }
    answer->json = body->data ? json_loadb(body->data, body->length, 0, NULL) : NULL;
    if (status >= 200 && status < 300 && answer->json) {
        answer->code = EXIT_DONE;
        return;
    }
    answer->code = status == 503                   ? EXIT_BUSY
                   : status >= 400 && status < 500 ? EXIT_REFUSED
                                                   : EXIT_FAULT;
    snprintf(answer->why, sizeof answer->why, "the server answered %ld", status);
    text_take(answer->json, "detail", answer->why, sizeof answer->why);
    text_take(answer->json, "code", answer->refusal, sizeof answer->refusal);
    text_take(answer->json, "field", answer->field, sizeof answer->field);
}

static CURLcode perform(CURL *curl, const struct ask *ask, struct curl_slist *list,
                        const char *body, struct buffer *into) {
    char url[2048];
    snprintf(url, sizeof url, "http://localhost%s", ask->path);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, ask->socket);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)ASK_SECONDS);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, into);
    if (body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    }
    return curl_easy_perform(curl);
}

void client_ask(const struct ask *ask, struct answer *answer) {
    struct curl_slist *list = NULL;
    struct buffer body;
    *answer = (struct answer){.code = EXIT_FAULT, .why = "out of memory"};
    buffer_open(&body, ANSWER_CEILING);
    char *text = ask->body ? json_dumps(ask->body, JSON_COMPACT) : NULL;
    CURL *curl = curl_easy_init();
    if (strlen(ask->socket) >= 108) {
        answer->code = EXIT_USAGE;
        snprintf(answer->why, sizeof answer->why, "%.300s is too long for a socket's name",
                 ask->socket);
    } else if (curl && (!ask->body || text) && !headers_make(ask, &list, answer->why)) {
        answer->code = EXIT_USAGE;
    } else if (curl && (!ask->body || text)) {
        long status = 0;
        char *media = NULL;
        CURLcode result = perform(curl, ask, list, text, &body);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &media);
        if (result == CURLE_OK) {
            answer_read(answer, &body, status, media);
        } else {
            answer->code = EXIT_BUSY;
            snprintf(answer->why, sizeof answer->why, "no server answers at %.300s: %s%s",
                     ask->socket, curl_easy_strerror(result),
                     result == CURLE_COULDNT_CONNECT ? " (is ringoff serve running?)" : "");
        }
    }
    curl_easy_cleanup(curl);
    curl_slist_free_all(list);
    buffer_close(&body);
    if (text)
        explicit_bzero(text, strlen(text));
    free(text);
}

void client_answer_close(struct answer *answer) {
    json_decref(answer->json);
    buffer_close(&answer->bytes);
}

bool client_query(char *path, size_t size, const char *name, const char *value) {
    char *encoded = curl_easy_escape(NULL, value, 0);
    size_t length = strlen(path);
    int more = encoded ? snprintf(path + length, size - length, "%c%s=%s",
                                  strchr(path, '?') ? '&' : '?', name, encoded)
                       : -1;
    curl_free(encoded);
    return more > 0 && (size_t)more < size - length;
}
