#include "web/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "web/exchange.h"

enum { BACKLOG = 511 };

static unsigned count_or(unsigned given, unsigned usual) {
    return given ? given : usual;
}

static size_t size_or(size_t given, size_t usual) {
    return given ? given : usual;
}

static int64_t time_or(int64_t given, int64_t usual) {
    return given > 0 ? given : usual;
}

/* A read of a database that is another program waits for it, and the thread with it: more of them.
 * Not two: libmicrohttpd takes 128 events at once, and when there are exactly as many it waits for
 * more before it works on them, as 256 busy connections on two threads would have it. */
static void settings_default(struct server_settings *s, const struct engine *engine) {
    s->threads = count_or(s->threads, engine && engine->writers > 1 ? 4 : 3);
    s->preparers = count_or(s->preparers, 2);
    s->prepare_queue = count_or(s->prepare_queue, 64);
    s->readers = count_or(s->readers, 8);
    s->connections = count_or(s->connections, 1024);
    s->header_count = count_or(s->header_count, 64);
    s->header_bytes = size_or(s->header_bytes, 16 * 1024);
    s->uri_bytes = size_or(s->uri_bytes, 2048);
    s->body_bytes = size_or(s->body_bytes, 64 * 1024);
    s->uploads = count_or(s->uploads, 8);
    s->upload_step = size_or(s->upload_step, 512 * 1024);
    s->arena_bytes = size_or(s->arena_bytes, 1024 * 1024);
    s->page_bytes = size_or(s->page_bytes, 4 * 1024 * 1024);
    s->headers_within = time_or(s->headers_within, 10 * SECOND);
    s->body_within = time_or(s->body_within, 30 * SECOND);
    s->answer_within = time_or(s->answer_within, 60 * SECOND);
    s->idle_within = time_or(s->idle_within, 15 * SECOND);
    s->reader_within = time_or(s->reader_within, 2 * SECOND);
}

static int listen_http(uint16_t port, uint16_t *bound, char why[SERVER_WHY]) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t size = sizeof address;
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        snprintf(why, SERVER_WHY, "cannot listen on 127.0.0.1:%u: %s", port, strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    *bound = ntohs(address.sin_port);
    return fd;
}

/* A socket file that nobody listens on is left from a crash and goes; one that answers is another
 * server's and stays. */
static bool socket_stale(const struct sockaddr_un *address) {
    struct stat about;
    if (lstat(address->sun_path, &about) != 0) {
        return true;
    }
    int fd = S_ISSOCK(about.st_mode) ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
    if (fd < 0) {
        return false;
    }
    bool alive = connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 ||
                 errno != ECONNREFUSED;
    close(fd);
    return !alive && unlink(address->sun_path) == 0;
}

static int listen_terminal(const char *path, char why[SERVER_WHY]) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        snprintf(why, SERVER_WHY, "the socket's path is longer than %zu bytes",
                 sizeof address.sun_path - 1);
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    if (!socket_stale(&address)) {
        snprintf(why, SERVER_WHY, "%s is in use by another server, or no socket", path);
        return -1;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        chmod(path, 0666) != 0 || listen(fd, BACKLOG) != 0) {
        snprintf(why, SERVER_WHY, "cannot listen on %s: %s", path, strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    return fd;
}

/* libmicrohttpd would decode paths and queries leniently; parse.c does it strictly, from the raw
 * text, so here nothing is decoded. */
static size_t leave_as_is(void *context, struct MHD_Connection *connection, char *text) {
    (void)context;
    (void)connection;
    return strlen(text);
}

/* What libmicrohttpd would print may quote the client; what matters is counted by status. */
__attribute__((format(printf, 2, 0))) static void no_log(void *context, const char *format,
                                                         va_list args) {
    (void)context;
    (void)format;
    (void)args;
}

/* fd -1: connections are given to it, see acceptor.c. */
static struct MHD_Daemon *daemon_start(struct server *server, int fd, unsigned threads) {
    const struct server_settings *settings = &server->site.settings;
    /* Request line and headers twice over: as they came, and as the library's tables. */
    size_t memory = 2 * (settings->header_bytes + settings->uri_bytes) + 8192;
    struct MHD_OptionItem some[3];
    size_t count = 0;
    if (threads > 1) { /* a pool is given for more than one thread only */
        some[count++] =
            (struct MHD_OptionItem){MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)threads, NULL};
    }
    if (fd >= 0) {
        some[count++] = (struct MHD_OptionItem){MHD_OPTION_LISTEN_SOCKET, fd, NULL};
    }
    some[count] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    unsigned flags = fd < 0 ? MHD_USE_NO_LISTEN_SOCKET : 0, most = settings->connections;
    if (fd < 0) {
        /* The acceptor keeps to the number. Here it must never be reached: libmicrohttpd 0.9.75
         * locks a thread of a pool for ever when a connection that was given to it is too many; it
         * divides the number among the threads. */
        most = most < (unsigned)INT32_MAX / (threads + 1) ? most * (threads + 1) : INT32_MAX;
    }
    return MHD_start_daemon(flags | MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
                                MHD_USE_ITC | MHD_USE_ERROR_LOG,
                            0, NULL, NULL, exchange_handle, server, MHD_OPTION_EXTERNAL_LOGGER,
                            no_log, NULL, MHD_OPTION_ARRAY, some, MHD_OPTION_URI_LOG_CALLBACK,
                            exchange_open, server, MHD_OPTION_NOTIFY_COMPLETED, exchange_close,
                            server, MHD_OPTION_NOTIFY_CONNECTION, connection_notify, server,
                            MHD_OPTION_UNESCAPE_CALLBACK, leave_as_is, NULL,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, memory, MHD_OPTION_CONNECTION_LIMIT,
                            most, MHD_OPTION_PER_IP_CONNECTION_LIMIT, settings->connections_ip,
                            MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
}

static bool server_open(struct server *server, char why[SERVER_WHY]) {
    const struct server_settings *settings = &server->site.settings;
    server->http_fd = listen_http(settings->port, &server->port, why);
    if (server->http_fd < 0) {
        return false;
    }
    if (settings->socket_path) {
        server->terminal_fd = listen_terminal(settings->socket_path, why);
        if (server->terminal_fd < 0) {
            return false;
        }
    }
    if (!readers_open(&server->readers, &server->site, why)) {
        return false;
    }
    snprintf(why, SERVER_WHY, "cannot start a thread: %s", strerror(errno));
    if (!preparers_start(&server->preparers, settings->preparers, settings->prepare_queue) ||
        pthread_create(&server->sweeper, NULL, connections_sweep, server) != 0) {
        return false;
    }
    server->sweeping = true;
    server->http = daemon_start(server, -1, settings->threads);
    server->accepting =
        server->http && pthread_create(&server->acceptor, NULL, acceptor_run, server) == 0;
    if (server->accepting && server->terminal_fd >= 0) {
        server->terminal = daemon_start(server, server->terminal_fd, 1);
    }
    return server->accepting && (server->terminal || server->terminal_fd < 0);
}

struct server *server_start(const struct site *site, char why[SERVER_WHY]) {
    struct server *server = calloc(1, sizeof *server);
    pthread_condattr_t steady;
    if (!server) {
        snprintf(why, SERVER_WHY, "memory is out");
        return NULL;
    }
    server->site = *site;
    settings_default(&server->site.settings, site->engine);
    if (!server->site.now) {
        server->site.now = clock_now;
    }
    server->own[0] = server_routes;
    server->http_fd = server->terminal_fd = -1;
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->quiet, &steady);
    pthread_cond_init(&server->sweep, &steady);
    pthread_cond_init(&server->room, NULL);
    pthread_condattr_destroy(&steady);
    keys_open(&server->keys);
    if (!server_open(server, why)) {
        server_stop(server);
        return NULL;
    }
    return server;
}

uint16_t server_port(const struct server *server) {
    return server->port;
}

/* The descriptor is shut here, so that clients are refused at once, and closed only when the
 * threads that may still name it to epoll have ended. */
static void quiesce(struct MHD_Daemon *daemon, int fd) {
    if (daemon) {
        MHD_quiesce_daemon(daemon);
    }
    if (fd >= 0) {
        shutdown(fd, SHUT_RDWR);
    }
}

static void finish(struct MHD_Daemon *daemon, int fd) {
    if (daemon) {
        MHD_stop_daemon(daemon);
    }
    if (fd >= 0) {
        close(fd);
    }
}

/* Waits for what was accepted. Clients are bounded by their deadlines, commands by the committer.
 */
static void server_drain(struct server *server) {
    pthread_mutex_lock(&server->lock);
    readers_release(&server->readers, true);
    while (server->busy > 0) {
        pthread_cond_wait(&server->quiet, &server->lock);
    }
    pthread_mutex_unlock(&server->lock);
}

static void sweeper_stop(struct server *server) {
    pthread_mutex_lock(&server->lock);
    server->swept = true;
    pthread_cond_signal(&server->sweep);
    pthread_mutex_unlock(&server->lock);
    if (server->sweeping) {
        pthread_join(server->sweeper, NULL);
    }
}

void server_stop(struct server *server) {
    /* First of all: who finds that nobody listens any more must not be answered on a connection
     * that was kept. */
    atomic_store(&server->stopping, true);
    quiesce(NULL, server->http_fd);
    acceptor_stop(server);
    quiesce(server->terminal, server->terminal_fd);
    if (server->terminal_fd >= 0) {
        unlink(server->site.settings.socket_path);
    }
    server_drain(server);
    finish(server->http, server->http_fd);
    finish(server->terminal, server->terminal_fd);
    sweeper_stop(server);
    preparers_stop(&server->preparers);
    readers_close(&server->readers);
    keys_close(&server->keys);
    pthread_cond_destroy(&server->quiet);
    pthread_cond_destroy(&server->sweep);
    pthread_cond_destroy(&server->room);
    pthread_mutex_destroy(&server->lock);
    free(server);
}
