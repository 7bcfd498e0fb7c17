#include "effects/sms.h"

#include <stdio.h>
#include <string.h>

#include <curl/curl.h>

#include "base/text.h"

enum { HEADER_BYTES = 256, ANSWER_CEILING = 16 * 1024 };

/* The basic table beyond ASCII (3GPP TS 23.038, 6.2.1). Of ASCII it lacks ` ^ { } [ ] ~ | and \. */
static const uint16_t gsm_points[] = {
    0xa1, 0xa3, 0xa4, 0xa5,  0xa7,  0xbf,  0xc4,  0xc5,  0xc6,  0xc7,  0xc9,  0xd1,  0xd6,
    0xd8, 0xdc, 0xdf, 0xe0,  0xe4,  0xe5,  0xe6,  0xe8,  0xe9,  0xec,  0xf1,  0xf2,  0xf6,
    0xf8, 0xf9, 0xfc, 0x393, 0x394, 0x398, 0x39b, 0x39e, 0x3a0, 0x3a3, 0x3a6, 0x3a8, 0x3a9,
};

static bool point_latin(uint32_t point) {
    if (point < 0x80)
        return point == '\n' || point == '\r' ||
               (point >= 0x20 && point < 0x7f && !strchr("`^{}[]~|\\", (int)point));
    for (size_t i = 0; i < sizeof gsm_points / sizeof *gsm_points; i++)
        if (gsm_points[i] == point)
            return true;
    return false;
}

bool sms_latin(const char *text) {
    size_t length = strlen(text), step;
    for (size_t at = 0; at < length; at += step) {
        uint32_t point = 0;
        step = text_decode(text + at, length - at, &point);
        if (step == 0 || !point_latin(point))
            return false;
    }
    return true;
}

/* UTF-16 units, which is what a message in UCS-2 is counted in; 0 when it is not UTF-8. */
static size_t text_units(const char *text, size_t length) {
    size_t units = 0, step;
    for (size_t at = 0; at < length; at += step) {
        uint32_t point = 0;
        step = text_decode(text + at, length - at, &point);
        if (step == 0)
            return 0;
        units += point > 0xffff ? 2 : 1;
    }
    return units;
}

/* Adds one header; false when memory is out. Values are printable ASCII, so none ends a header. */
static bool header_add(struct curl_slist **headers, const char *name, const char *value) {
    char header[HEADER_BYTES];
    int length = snprintf(header, sizeof header, "%s: %s", name, value);
    struct curl_slist *longer =
        length < (int)sizeof header ? curl_slist_append(*headers, header) : NULL;
    explicit_bzero(header, sizeof header);
    if (longer)
        *headers = longer;
    return longer != NULL;
}

static void headers_free(struct curl_slist *headers) {
    for (struct curl_slist *each = headers; each; each = each->next)
        explicit_bzero(each->data, strlen(each->data)); /* one of them is the password */
    curl_slist_free_all(headers);
}

/* The answer's text is not kept: some gateways repeat the number in it. */
static size_t answer_drop(char *bytes, size_t size, size_t count, void *context) {
    (void)bytes;
    size_t *seen = context;
    *seen += size * count;
    return *seen > ANSWER_CEILING ? 0 : size * count;
}

static struct delivery answer_judge(CURLcode result, long status) {
    if (result == CURLE_URL_MALFORMAT || result == CURLE_UNSUPPORTED_PROTOCOL)
        return delivery_of(FAILED, "sms: the gateway's URL is not http or https");
    if (result != CURLE_OK)
        return delivery_of(RETRY, "sms: gateway not reached: %s", curl_easy_strerror(result));
    if (status == 202) /* and no other: any web server says 200 */
        return delivery_of(DELIVERED, "sms: accepted by the gateway (%ld)", status);
    if (status == 401 || status == 403)
        return delivery_of(RETRY, "sms: the gateway refused our credentials (%ld)", status);
    if (status == 408 || status == 429 || status >= 500)
        return delivery_of(RETRY, "sms: the gateway is busy (%ld)", status);
    if (status >= 400)
        return delivery_of(FAILED, "sms: refused by the gateway (%ld)", status);
    return delivery_of(RETRY, "sms: unexpected answer of the gateway (%ld)", status);
}

static struct delivery text_post(CURL *curl, const struct sms_settings *settings,
                                 const struct curl_slist *headers, const char *text) {
    size_t seen = 0;
    bool set = curl_easy_setopt(curl, CURLOPT_URL, settings->url) == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK; /* not by the environment */
    set &= curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)settings->connect_limit) ==
           CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)settings->total_limit) == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(text)) == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text) == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, answer_drop) == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_WRITEDATA, &seen) == CURLE_OK;
    if (settings->ca_file)
        set &= curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca_file) == CURLE_OK;
    if (!set)
        return delivery_of(RETRY, "sms: out of memory");
    CURLcode result = curl_easy_perform(curl);
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return answer_judge(result, status);
}

/* The link is libcurl's easy handle: reset, it keeps its connections and nothing of the message. */
struct sms_link *sms_link_open(void) {
    return (struct sms_link *)curl_easy_init();
}

void sms_link_close(struct sms_link *link) {
    if (link)
        curl_easy_cleanup((CURL *)link);
}

struct delivery sms_send(struct sms_link *link, const struct sms_settings *settings, const char *to,
                         const char *text, const char *key) {
    if (settings->connect_limit <= 0 || settings->total_limit <= 0 || !settings->url ||
        !delivery_plain(settings->username, 64) || !delivery_plain(settings->password, 128) ||
        !delivery_plain(settings->from, 16))
        return delivery_of(FAILED, "sms: the gateway's settings are not complete");
    if (!delivery_number(to))
        return delivery_of(FAILED, "sms: the recipient is not a number in E.164");
    if (!delivery_plain(key, 64))
        return delivery_of(FAILED, "sms: the key is not plain text");
    size_t length = strlen(text);
    size_t units = text_units(text, length);
    if (units == 0)
        return delivery_of(FAILED, "sms: the text is empty or not UTF-8");
    bool latin = sms_latin(text);
    if (units > (latin ? SMS_POINTS_LATIN : SMS_POINTS_UCS2))
        return delivery_of(FAILED, "sms: the text is longer than %d parts", SMS_PARTS);
    CURL *curl = link ? (CURL *)link : curl_easy_init();
    struct curl_slist *headers = NULL;
    bool made = curl && header_add(&headers, "Content-Type", "text/plain; charset=UTF-8") &&
                header_add(&headers, "X-Kannel-Username", settings->username) &&
                header_add(&headers, "X-Kannel-Password", settings->password) &&
                header_add(&headers, "X-Kannel-From", settings->from) &&
                header_add(&headers, "X-Kannel-To", to) &&
                header_add(&headers, "X-Kannel-Coding", latin ? "0" : "2") &&
                header_add(&headers, "X-Kannel-Account", key);
    struct delivery delivery =
        made ? text_post(curl, settings, headers, text) : delivery_of(RETRY, "sms: out of memory");
    if (link)
        curl_easy_reset(curl);
    else if (curl)
        curl_easy_cleanup(curl);
    headers_free(headers);
    return delivery;
}
