#include "effects/mail.h"

#include <stdio.h>
#include <string.h>

#include <curl/curl.h>

struct reader {
    const struct buffer *message;
    size_t at;
};

static size_t message_read(char *bytes, size_t size, size_t count, void *context) {
    struct reader *reader = context;
    size_t left = reader->message->length - reader->at;
    size_t length = size * count < left ? size * count : left;
    memcpy(bytes, reader->message->data + reader->at, length);
    reader->at += length;
    return length;
}

/* What the server says is not kept: it often repeats the address. */
static struct delivery answer_judge(CURLcode result, long reply) {
    if (result == CURLE_OK)
        return delivery_of(DELIVERED, "mail: accepted by the server (%ld)", reply);
    bool ours = reply == 530 || reply == 534 || reply == 535 || reply == 538;
    if (result == CURLE_LOGIN_DENIED || ours)
        return delivery_of(RETRY, "mail: the server refused our credentials (%ld)", reply);
    bool answered = result == CURLE_SEND_ERROR || result == CURLE_RECV_ERROR ||
                    result == CURLE_WEIRD_SERVER_REPLY;
    if (answered && reply >= 500 && reply <= 599)
        return delivery_of(FAILED, "mail: refused by the server (%ld)", reply);
    if (answered && reply >= 400 && reply <= 499)
        return delivery_of(RETRY, "mail: put off by the server (%ld)", reply);
    if (result == CURLE_USE_SSL_FAILED)
        return delivery_of(RETRY, "mail: the server offers no STARTTLS");
    return delivery_of(RETRY, "mail: server not reached: %s", curl_easy_strerror(result));
}

static bool host_local(const char *host) {
    return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
           (strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == strlen(host));
}

static const char *settings_fault(const struct mail_settings *settings) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    if (settings->connect_limit <= 0 || settings->total_limit <= 0 || settings->port == 0)
        return "mail: the server's settings are not complete";
    if (!delivery_plain(settings->host, 253))
        return "mail: the server's name is refused";
    for (const char *at = settings->host; *at != '\0'; at++)
        if (!strchr(letters, *at) && !strchr(".-:", *at))
            return "mail: the server's name is refused";
    if (!settings->username != !settings->password)
        return "mail: user name and password belong together";
    if (!settings->username)
        return NULL;
    if (!delivery_plain(settings->username, 254) || !delivery_plain(settings->password, 254))
        return "mail: user name or password is refused";
    if (settings->tls != MAIL_TLS_REQUIRED && !host_local(settings->host))
        return "mail: credentials to another machine need STARTTLS required";
    return NULL;
}

static bool connection_set(CURL *curl, const struct mail_settings *settings) {
    static const long ssl[] = {CURLUSESSL_ALL, CURLUSESSL_TRY, CURLUSESSL_NONE};
    char url[640];
    bool colon = strchr(settings->host, ':') != NULL;
    /* The path is the name that EHLO gives. */
    snprintf(url, sizeof url, "smtp://%s%s%s:%u/%s", colon ? "[" : "", settings->host,
             colon ? "]" : "", (unsigned)settings->port, strchr(settings->from_address, '@') + 1);
    bool set = curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp") == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK; /* not by the environment */
    set &= curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_USE_SSL, ssl[settings->tls]) == CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)settings->connect_limit) ==
           CURLE_OK;
    set &= curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)settings->total_limit) == CURLE_OK;
    if (settings->ca_file)
        set &= curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca_file) == CURLE_OK;
    if (settings->username) {
        set &= curl_easy_setopt(curl, CURLOPT_USERNAME, settings->username) == CURLE_OK;
        set &= curl_easy_setopt(curl, CURLOPT_PASSWORD, settings->password) == CURLE_OK;
    }
    return set;
}

static struct delivery message_post(CURL *curl, const struct mail_settings *settings,
                                    const struct mail *mail, const struct buffer *message) {
    struct reader reader = {.message = message};
    struct curl_slist *to = curl_slist_append(NULL, mail->to);
    bool set = to && connection_set(curl, settings);
    set = set && curl_easy_setopt(curl, CURLOPT_MAIL_FROM, settings->from_address) == CURLE_OK;
    set = set && curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to) == CURLE_OK;
    set = set && curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L) == CURLE_OK;
    set = set && curl_easy_setopt(curl, CURLOPT_READFUNCTION, message_read) == CURLE_OK;
    set = set && curl_easy_setopt(curl, CURLOPT_READDATA, &reader) == CURLE_OK;
    set = set &&
          curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message->length) == CURLE_OK;
    struct delivery delivery = delivery_of(RETRY, "mail: out of memory");
    if (set) {
        CURLcode result = curl_easy_perform(curl);
        long reply = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
        delivery = answer_judge(result, reply);
    }
    curl_slist_free_all(to);
    return delivery;
}

struct delivery mail_send(const struct mail_settings *settings, const struct mail *mail) {
    const char *cause = settings_fault(settings);
    if (cause)
        return delivery_of(FAILED, "%s", cause);
    struct buffer message;
    buffer_open(&message, MAIL_CEILING);
    struct delivery delivery;
    CURL *curl = NULL;
    if (!mail_compose(settings, mail, &message, &cause))
        delivery = delivery_of(FAILED, "%s", cause);
    else if (!(curl = curl_easy_init()))
        delivery = delivery_of(RETRY, "mail: out of memory");
    else
        delivery = message_post(curl, settings, mail, &message);
    if (curl)
        curl_easy_cleanup(curl);
    buffer_close(&message);
    return delivery;
}
