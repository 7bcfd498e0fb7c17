#include "effects/sms.h"

#include <string.h>

#include "base/text.h"

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

static struct delivery answer_judge(const struct http_answered *answered) {
    long status = answered->status;
    if (answered->result == HTTP_URL)
        return delivery_of(FAILED, "sms: the gateway's URL is not http or https");
    if (answered->result != HTTP_ANSWERED)
        return delivery_of(RETRY, "sms: gateway not reached: %s", answered->why);
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

/* The answer's text is not kept: some gateways repeat the number in it. */
static struct delivery text_post(struct http_link *link, const struct sms_settings *settings,
                                 const struct http_headers *headers, const char *text) {
    struct http_call call = {.url = settings->url,
                             .ca_file = settings->ca_file,
                             .headers = headers,
                             .body = text,
                             .body_length = strlen(text),
                             .connect_limit = settings->connect_limit,
                             .total_limit = settings->total_limit};
    struct http_answered answered = http_post(link, &call);
    return answer_judge(&answered);
}

struct delivery sms_send(struct http_link *link, const struct sms_settings *settings,
                         const char *to, const char *text, const char *key) {
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
    struct http_headers *headers = NULL;
    bool made = http_header(&headers, "Content-Type", "text/plain; charset=UTF-8") &&
                http_header(&headers, "X-Kannel-Username", settings->username) &&
                http_header(&headers, "X-Kannel-Password", settings->password) &&
                http_header(&headers, "X-Kannel-From", settings->from) &&
                http_header(&headers, "X-Kannel-To", to) &&
                http_header(&headers, "X-Kannel-Coding", latin ? "0" : "2") &&
                http_header(&headers, "X-Kannel-Account", key);
    struct delivery delivery =
        made ? text_post(link, settings, headers, text) : delivery_of(RETRY, "sms: out of memory");
    http_headers_free(headers);
    return delivery;
}
