#include "effects/payment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/secret.h"

enum { SIGNED_BYTES = PAYMENT_ID + 24 + PAYMENT_BODY };

static const char key_prefix[] = "whsec_";

bool payment_key_read(const char *text, struct payment_settings *settings) {
    size_t length = sizeof key_prefix - 1;
    settings->key_length = 0;
    if (strncmp(text, key_prefix, length) == 0)
        settings->key_length =
            secret_base64_mime_read(text + length, settings->key, sizeof settings->key);
    return settings->key_length >= PAYMENT_KEY_LEAST;
}

/* --- the request --- */

static void id_make(const struct payment_order *order, char id[PAYMENT_ID]) {
    snprintf(id, PAYMENT_ID, "ringoff-%lld", (long long)order->effect);
}

static bool order_fits(const struct payment_order *order) {
    if (order->effect <= 0 || order->at <= 0 || !delivery_plain(order->operator, 64) ||
        !delivery_plain(order->name, TRANSACTION_SIZE - 1))
        return false;
    if (order->type != PAYMENT_REFUND)
        return order->type == PAYMENT_MANDATE_END;
    return order->amount_minor > 0 && delivery_plain(order->currency, 3) &&
           delivery_plain(order->reference, REFERENCE_SIZE - 1);
}

static bool body_make(const struct payment_order *order, const char *id, char body[PAYMENT_BODY]) {
    bool refund = order->type == PAYMENT_REFUND;
    json_t *json =
        json_pack("{s:s, s:s, s:s, s:s}", "id", id, "type", refund ? "refund" : "mandate_end",
                  "operator", order->operator, refund ? "payment" : "mandate", order->name);
    bool made = json != NULL;
    if (refund) {
        made =
            made && !json_object_set_new(json, "amount_minor", json_integer(order->amount_minor));
        made = made && !json_object_set_new(json, "currency", json_string(order->currency));
        made = made && !json_object_set_new(json, "reference", json_string(order->reference));
    }
    size_t length = made ? json_dumpb(json, body, PAYMENT_BODY - 1, JSON_COMPACT) : 0;
    json_decref(json);
    made = length > 0 && length < PAYMENT_BODY;
    body[made ? length : 0] = '\0';
    return made;
}

static void sign(const struct payment_settings *settings, struct payment_request *request) {
    char text[SIGNED_BYTES];
    uint8_t mac[32];
    int length =
        snprintf(text, sizeof text, "%s.%s.%s", request->id, request->timestamp, request->body);
    secret_hmac(settings->key, settings->key_length, text, (size_t)length, mac);
    memcpy(request->signature, "v1,", 3);
    secret_base64_mime(mac, sizeof mac, request->signature + 3);
}

bool payment_request_make(const struct payment_settings *settings,
                          const struct payment_order *order, struct payment_request *request) {
    *request = (struct payment_request){0};
    if (!order_fits(order))
        return false;
    id_make(order, request->id);
    snprintf(request->timestamp, sizeof request->timestamp, "%lld",
             (long long)(order->at / SECOND));
    if (!body_make(order, request->id, request->body))
        return false;
    sign(settings, request);
    return true;
}

/* --- the answer --- */

static struct payment_answer answer_of(struct delivery delivery) {
    return (struct payment_answer){.delivery = delivery};
}

static struct payment_answer refused(const char *reason) {
    bool account = reason && strcmp(reason, "account") == 0;
    return (struct payment_answer){
        .delivery = delivery_of(FAILED, account ? "payment: the provider says that the account "
                                                  "it came from takes nothing back"
                                                : "payment: the provider cannot pay it back"),
        .returned = account ? UNPAID_ACCOUNT : UNPAID_PROVIDER};
}

static struct payment_answer refund_judge(const char *state, const char *reason, const char *id) {
    if (strcmp(state, "paid") == 0)
        return answer_of(delivery_of(DELIVERED, "payment: paid by the provider as %s", id));
    if (strcmp(state, "accepted") == 0)
        return answer_of(delivery_of(RETRY, "payment: the provider has not settled it yet"));
    if (strcmp(state, "refused") == 0)
        return refused(reason);
    return answer_of(delivery_of(RETRY, "payment: the provider's answer is not understood"));
}

static struct payment_answer mandate_judge(const char *state, const char *id) {
    if (strcmp(state, "ended") == 0)
        return answer_of(delivery_of(DELIVERED, "payment: ended by the provider as %s", id));
    if (strcmp(state, "unknown") == 0)
        return answer_of(
            delivery_of(DELIVERED, "payment: the provider has no such mandate any more (%s)", id));
    if (strcmp(state, "accepted") == 0)
        return answer_of(delivery_of(RETRY, "payment: the provider has not ended it yet"));
    if (strcmp(state, "refused") == 0)
        return answer_of(delivery_of(FAILED, "payment: the provider refuses to end the mandate"));
    return answer_of(delivery_of(RETRY, "payment: the provider's answer is not understood"));
}

/* An answer that does not name what was asked, or is no JSON, may be anybody's. */
static struct payment_answer body_judge(const struct payment_order *order, const char *body,
                                        size_t length) {
    char id[PAYMENT_ID];
    id_make(order, id);
    json_t *json = json_loadb(body, length, JSON_REJECT_DUPLICATES, NULL);
    const char *named = json_string_value(json_object_get(json, "id"));
    const char *state = json_string_value(json_object_get(json, "state"));
    const char *reason = json_string_value(json_object_get(json, "reason"));
    struct payment_answer answer;
    if (!named || !state || strcmp(named, id) != 0)
        answer = answer_of(delivery_of(RETRY, "payment: the provider's answer is not understood"));
    else if (order->type == PAYMENT_REFUND)
        answer = refund_judge(state, reason, id);
    else
        answer = mandate_judge(state, id);
    json_decref(json);
    return answer;
}

struct payment_answer payment_answer_read(const struct payment_order *order, long status,
                                          const char *body, size_t length) {
    /* 409: it was asked under this key before, and the answer says what became of it. */
    if (status == 200 || status == 201 || status == 202 || status == 409)
        return body_judge(order, body, length);
    if (status == 401 || status == 403)
        return answer_of(
            delivery_of(RETRY, "payment: the provider refused our signature (%ld)", status));
    if (status == 408 || status == 425 || status == 429 || status >= 500)
        return answer_of(delivery_of(RETRY, "payment: the provider is busy (%ld)", status));
    if (status >= 400) /* an attempt before this one may have been carried out */
        return answer_of(delivery_of(FAILED,
                                     "payment: refused by the provider (%ld): ask it what became "
                                     "of ringoff-%lld",
                                     status, (long long)order->effect));
    return answer_of(
        delivery_of(RETRY, "payment: unexpected answer of the provider (%ld)", status));
}

/* --- sending --- */

static struct payment_answer request_post(struct http_link *link,
                                          const struct payment_settings *settings,
                                          const struct payment_order *order,
                                          const struct payment_request *request,
                                          const struct http_headers *headers) {
    char *room = malloc(HTTP_ANSWER);
    if (!room)
        return answer_of(delivery_of(RETRY, "payment: out of memory"));
    struct http_call call = {.url = settings->url,
                             .ca_file = settings->ca_file,
                             .headers = headers,
                             .body = request->body,
                             .body_length = strlen(request->body),
                             .answer = room,
                             .connect_limit = settings->connect_limit,
                             .total_limit = settings->total_limit};
    struct http_answered got = http_post(link, &call);
    struct payment_answer answer;
    if (got.result == HTTP_ANSWERED)
        answer = payment_answer_read(order, got.status, room, got.body_length);
    else if (got.result == HTTP_URL)
        answer = answer_of(delivery_of(FAILED, "payment: the provider's URL is not http or https"));
    else
        answer = answer_of(delivery_of(RETRY, "payment: provider not reached: %s", got.why));
    free(room);
    return answer;
}

struct payment_answer payment_send(struct http_link *link, const struct payment_settings *settings,
                                   const struct payment_order *order) {
    struct payment_request request;
    if (settings->connect_limit <= 0 || settings->total_limit <= 0 || !settings->url ||
        settings->key_length < PAYMENT_KEY_LEAST)
        return answer_of(delivery_of(FAILED, "payment: the provider's settings are not complete"));
    if (!http_url_safe(settings->url))
        return answer_of(
            delivery_of(FAILED, "payment: the provider's URL is neither https nor this machine"));
    if (!payment_request_make(settings, order, &request))
        return answer_of(delivery_of(FAILED, "payment: what is to be paid or ended is not plain"));
    struct http_headers *headers = NULL;
    bool made = http_header(&headers, "Content-Type", "application/json") &&
                http_header(&headers, "Accept", "application/json") &&
                http_header(&headers, "webhook-id", request.id) &&
                http_header(&headers, "webhook-timestamp", request.timestamp) &&
                http_header(&headers, "webhook-signature", request.signature);
    struct payment_answer answer = made ? request_post(link, settings, order, &request, headers)
                                        : answer_of(delivery_of(RETRY, "payment: out of memory"));
    http_headers_free(headers);
    return answer;
}
