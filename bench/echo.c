/* bench/echo: libmicrohttpd as the server uses it (threads, epoll, suspended nothing) and no more:
 * a POST is parsed as JSON and answered with it, which bounds what any endpoint can reach. With
 * --sms it answers as Kannel's sendsms does, so that messages have somewhere to go. One line of
 * JSON on stdout says the port; it ends when its stdin ends. */
#include <arpa/inet.h>
#include <jansson.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 511, BODY_MOST = 16 * 1024, MEMORY = 2 * (16 * 1024 + 2048) + 8192 };

struct body {
    size_t length;
    char text[BODY_MOST];
};

static enum MHD_Result respond(struct MHD_Connection *connection, unsigned status, void *text,
                               size_t length, enum MHD_ResponseMemoryMode mode) {
    struct MHD_Response *response = MHD_create_response_from_buffer(length, text, mode);
    MHD_add_response_header(response, "Content-Type", "application/json");
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result answer(struct MHD_Connection *connection, const struct body *body) {
    json_t *json = json_loadb(body->text, body->length, JSON_REJECT_DUPLICATES, NULL);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (!text)
        return respond(connection, 400, NULL, 0, MHD_RESPMEM_PERSISTENT);
    return respond(connection, 200, text, strlen(text), MHD_RESPMEM_MUST_FREE);
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *length, void **own) {
    struct body *body = *own;
    const bool *sms = context;
    (void)url;
    (void)method;
    (void)version;
    if (!body) {
        *own = body = malloc(sizeof *body);
        if (body)
            body->length = 0;
        return body ? MHD_YES : MHD_NO;
    }
    if (*length > 0) {
        if (body->length + *length > BODY_MOST)
            return MHD_NO;
        memcpy(body->text + body->length, data, *length);
        body->length += *length;
        *length = 0;
        return MHD_YES;
    }
    static char accepted[] = "0: Accepted for delivery";
    return *sms ? respond(connection, 202, accepted, sizeof accepted - 1, MHD_RESPMEM_PERSISTENT)
                : answer(connection, body);
}

static void done(void *context, struct MHD_Connection *connection, void **own,
                 enum MHD_RequestTerminationCode code) {
    (void)context;
    (void)connection;
    (void)code;
    free(*own);
}

int main(int argc, char **argv) {
    bool sms = argc > 1 && strcmp(argv[1], "--sms") == 0;
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    char byte;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, BACKLOG) != 0 || getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        return 1;
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC, 0, NULL, NULL,
        handle, &sms, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, 2u,
        MHD_OPTION_NOTIFY_COMPLETED, done, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY,
        MHD_OPTION_CONNECTION_LIMIT, 1024u, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (!daemon)
        return 1;
    printf("{\"event\":\"ready\",\"port\":%u}\n", ntohs(address.sin_port));
    fflush(stdout);
    while (read(0, &byte, 1) > 0)
        continue;
    MHD_stop_daemon(daemon);
    return 0;
}
