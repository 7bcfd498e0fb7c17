#include "effects/http.h"

#include <stdio.h>
#include <string.h>

#include <curl/curl.h>

#include "effects/delivery.h"

enum { HEADER_BYTES = 256 };

bool http_header(struct http_headers **headers, const char *name, const char *value) {
    char header[HEADER_BYTES];
    int length = snprintf(header, sizeof header, "%s: %s", name, value);
    struct curl_slist *longer = length < (int)sizeof header
                                    ? curl_slist_append((struct curl_slist *)*headers, header)
                                    : NULL;
    explicit_bzero(header, sizeof header);
    if (longer)
        *headers = (struct http_headers *)longer;
    return longer != NULL;
}

void http_headers_free(struct http_headers *headers) {
    struct curl_slist *list = (struct curl_slist *)headers;
    for (struct curl_slist *each = list; each; each = each->next)
        explicit_bzero(each->data, strlen(each->data));
    curl_slist_free_all(list);
}

/* The link is libcurl's easy handle: reset, it keeps its connections and nothing of the call. */
struct http_link *http_link_open(void) {
    return (struct http_link *)curl_easy_init();
}

void http_link_close(struct http_link *link) {
    if (link)
        curl_easy_cleanup((CURL *)link);
}

struct taken {
    char *answer;
    size_t length;
};

static size_t answer_take(char *bytes, size_t size, size_t count, void *context) {
    struct taken *taken = context;
    size_t length = size * count;
    if (length > HTTP_ANSWER - taken->length)
        return 0;
    if (taken->answer)
        memcpy(taken->answer + taken->length, bytes, length);
    taken->length += length;
    return length;
}

static bool call_set(CURL *curl, const struct http_call *call, struct taken *taken) {
    bool set = curl_easy_setopt(curl, CURLOPT_URL, call->url) == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK; /* not by the environment */
    set &= curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)call->connect_limit) == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)call->total_limit) == CURLE_OK;
    set &=
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, (struct curl_slist *)call->headers) == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)call->body_length) == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call->body) == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, answer_take) == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_WRITEDATA, taken) == CURLE_OK;
    if (call->ca_file)
        set &= curl_easy_setopt(curl, CURLOPT_CAINFO, call->ca_file) == CURLE_OK;
    return set;
}

struct http_answered http_post(struct http_link *link, const struct http_call *call) {
    struct taken taken = {.answer = call->answer};
    struct http_answered answered = {.result = HTTP_NONE, .why = "out of memory"};
    CURL *curl = link ? (CURL *)link : curl_easy_init();
    if (curl && call_set(curl, call, &taken)) {
        CURLcode result = curl_easy_perform(curl);
        answered.why = curl_easy_strerror(result);
        if (result == CURLE_URL_MALFORMAT || result == CURLE_UNSUPPORTED_PROTOCOL)
            answered.result = HTTP_URL;
        else if (result == CURLE_OK)
            answered.result = HTTP_ANSWERED;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answered.status);
        answered.body_length = taken.length;
    }
    if (link)
        curl_easy_reset(curl);
    else if (curl)
        curl_easy_cleanup(curl);
    return answered;
}

/* --- where a URL leads, as libcurl reads it --- */

struct parts {
    bool https, here;
};

static struct parts url_read(const char *url) {
    struct parts parts = {0};
    char *scheme = NULL, *host = NULL, *user = NULL;
    CURLU *read = curl_url();
    if (read && curl_url_set(read, CURLUPART_URL, url, 0) == CURLUE_OK &&
        curl_url_get(read, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
        curl_url_get(read, CURLUPART_HOST, &host, 0) == CURLUE_OK) {
        bool named = curl_url_get(read, CURLUPART_USER, &user, 0) == CURLUE_OK;
        parts.https = strcmp(scheme, "https") == 0;
        parts.here = !named && delivery_host_here(host);
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(user);
    curl_url_cleanup(read);
    return parts;
}

bool http_url_here(const char *url) {
    return url_read(url).here;
}

bool http_url_safe(const char *url) {
    struct parts parts = url_read(url);
    return parts.https || parts.here;
}
