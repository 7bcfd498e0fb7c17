#include "provider_kit.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

struct provider_reply {
    unsigned status;
    const char *state, *reason;
};

struct provider {
    struct MHD_Daemon *daemon;
    char url[64];
    struct payment_settings settings;
    pthread_mutex_t lock;
    pthread_cond_t answers; /* it hangs no more */
    bool hangs;
    struct provider_reply replies[PROVIDER_CALLS];
    size_t reply_count, replied, asked;
    struct provider_call calls[PROVIDER_CALLS];
};

/* One request while it comes. */
struct coming {
    char body[PAYMENT_BODY];
    size_t length;
};

static void header_copy(struct MHD_Connection *connection, const char *name, char *to,
                        size_t room) {
    const char *value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
    snprintf(to, room, "%s", value ? value : "");
}

static bool is_trusted(const struct provider *p, const struct provider_call *call) {
    char text[2 * PAYMENT_BODY], right[64] = "v1,";
    uint8_t mac[32];
    int length = snprintf(text, sizeof text, "%s.%s.%s", call->id, call->timestamp, call->body);
    secret_hmac(p->settings.key, p->settings.key_length, text, (size_t)length, mac);
    secret_base64_mime(mac, sizeof mac, right + 3);
    return strcmp(right, call->signature) == 0;
}

static enum MHD_Result reply(struct provider *p, struct MHD_Connection *connection,
                             const struct coming *coming) {
    char text[256] = "{}";
    struct provider_reply next = {.status = 500};
    struct provider_call call = {.trusted = false};
    header_copy(connection, "webhook-id", call.id, sizeof call.id);
    header_copy(connection, "webhook-timestamp", call.timestamp, sizeof call.timestamp);
    header_copy(connection, "webhook-signature", call.signature, sizeof call.signature);
    memcpy(call.body, coming->body, sizeof call.body);
    call.trusted = is_trusted(p, &call);
    pthread_mutex_lock(&p->lock);
    if (p->replied < p->reply_count)
        next = p->replies[p->replied++];
    if (p->asked < PROVIDER_CALLS)
        p->calls[p->asked++] = call;
    while (p->hangs)
        pthread_cond_wait(&p->answers, &p->lock);
    pthread_mutex_unlock(&p->lock);
    if (next.state)
        snprintf(text, sizeof text, "{\"id\":\"%s\",\"state\":\"%s\",\"reason\":\"%s\"}", call.id,
                 next.state, next.reason ? next.reason : "");
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result = MHD_queue_response(connection, next.status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result take(void *owner, struct MHD_Connection *connection, const char *url,
                            const char *method, const char *version, const char *data,
                            size_t *length, void **context) {
    struct coming *coming = *context;
    (void)url, (void)method, (void)version;
    if (!coming) {
        *context = calloc(1, sizeof *coming);
        return *context ? MHD_YES : MHD_NO;
    }
    if (*length == 0)
        return reply(owner, connection, coming);
    if (*length >= sizeof coming->body - coming->length)
        return MHD_NO;
    memcpy(coming->body + coming->length, data, *length);
    coming->length += *length;
    *length = 0;
    return MHD_YES;
}

static void done(void *owner, struct MHD_Connection *connection, void **context,
                 enum MHD_RequestTerminationCode why) {
    (void)owner, (void)connection, (void)why;
    free(*context);
}

struct provider *provider_open(struct payment_settings *to) {
    struct provider *p = calloc(1, sizeof *p);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    if (!p)
        return NULL;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->answers, NULL);
    p->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, take, p,
                                 MHD_OPTION_SOCK_ADDR, &here, MHD_OPTION_NOTIFY_COMPLETED, done,
                                 NULL, MHD_OPTION_END);
    if (!p->daemon || !payment_key_read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &p->settings)) {
        provider_close(p);
        return NULL;
    }
    snprintf(p->url, sizeof p->url, "http://127.0.0.1:%u/",
             MHD_get_daemon_info(p->daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    p->settings.url = p->url;
    p->settings.connect_limit = 10000;
    p->settings.total_limit = 20000;
    *to = p->settings;
    return p;
}

void provider_close(struct provider *p) {
    provider_hang(p, false);
    if (p->daemon)
        MHD_stop_daemon(p->daemon);
    pthread_cond_destroy(&p->answers);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

void provider_answer(struct provider *p, unsigned status, const char *state, const char *reason) {
    pthread_mutex_lock(&p->lock);
    if (p->reply_count < PROVIDER_CALLS)
        p->replies[p->reply_count++] = (struct provider_reply){status, state, reason};
    pthread_mutex_unlock(&p->lock);
}

void provider_hang(struct provider *p, bool hangs) {
    pthread_mutex_lock(&p->lock);
    p->hangs = hangs;
    pthread_cond_broadcast(&p->answers);
    pthread_mutex_unlock(&p->lock);
}

size_t provider_asked(struct provider *p, const struct provider_call **calls) {
    pthread_mutex_lock(&p->lock);
    size_t asked = p->asked;
    if (calls)
        *calls = p->calls;
    pthread_mutex_unlock(&p->lock);
    return asked;
}
