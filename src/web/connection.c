#include <errno.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "web/exchange.h"

void link_deadline(struct link *link, int64_t within) {
    if (link) {
        atomic_store(&link->deadline, within > 0 ? clock_steady() + within : 0);
    }
}

static void link_peer(struct link *link, const struct sockaddr *address) {
    char text[INET6_ADDRSTRLEN] = "";
    if (!address || address->sa_family == AF_UNIX) {
        struct ucred peer = {0, (uid_t)-1, (gid_t)-1};
        socklen_t size = sizeof peer;
        link->local = getsockopt(link->fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
                      peer.uid != (uid_t)-1;
        link->uid = peer.uid;
    } else if (address->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)address;
        link->loopback = (ntohl(four->sin_addr.s_addr) >> 24) == 127;
        inet_ntop(AF_INET, &four->sin_addr, text, sizeof text);
        address_network(text, link->peer);
    }
}

static struct link *link_make(struct server *server, struct MHD_Connection *connection) {
    struct link *link = calloc(1, sizeof *link);
    const union MHD_ConnectionInfo *fd =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    const union MHD_ConnectionInfo *address =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (!link || !fd) {
        free(link);
        return NULL;
    }
    link->fd = fd->connect_fd;
    link_peer(link, address ? address->client_addr : NULL);
    link_deadline(link, server->site.settings.headers_within);
    return link;
}

void connection_notify(void *context, struct MHD_Connection *connection, void **own,
                       enum MHD_ConnectionNotificationCode code) {
    struct server *server = context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        struct link *link = link_make(server, connection);
        *own = link;
        if (!link) {
            return;
        }
        pthread_mutex_lock(&server->lock);
        link->next = server->links;
        if (link->next) {
            link->next->previous = link;
        }
        server->links = link;
        pthread_mutex_unlock(&server->lock);
        return;
    }
    struct link *link = *own;
    if (!link) {
        return;
    }
    /* The descriptor is closed after this, so the sweep never meets one that is another's by now.
     */
    pthread_mutex_lock(&server->lock);
    if (link->next) {
        link->next->previous = link->previous;
    }
    if (link->previous) {
        link->previous->next = link->next;
    } else {
        server->links = link->next;
    }
    server->http_open -= !link->local;
    pthread_cond_signal(&server->room);
    pthread_mutex_unlock(&server->lock);
    free(link);
    *own = NULL;
}

struct timespec steady_after(int64_t milliseconds) {
    int64_t at = clock_steady() + milliseconds;
    return (struct timespec){.tv_sec = at / 1000, .tv_nsec = at % 1000 * 1000000};
}

static int64_t smaller(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* How often the sweep looks: a quarter of the shortest deadline, 20 to 500 ms. */
static int64_t sweep_period(const struct server_settings *settings) {
    int64_t shortest = smaller(smaller(settings->headers_within, settings->body_within),
                               smaller(settings->answer_within, settings->idle_within));
    return shortest / 4 < 20 ? 20 : smaller(shortest / 4, 500);
}

static void sweep_once(struct server *server) {
    int64_t now = clock_steady();
    for (struct link *link = server->links; link; link = link->next) {
        int64_t deadline = atomic_load(&link->deadline);
        if (deadline != 0 && now >= deadline) {
            /* libmicrohttpd sees the end of the stream and closes; its own timeout knows only
             * idleness, so a byte a second would hold a connection for ever. */
            shutdown(link->fd, SHUT_RDWR);
            atomic_store(&link->deadline, 0);
        }
    }
}

void *connections_sweep(void *context) {
    struct server *server = context;
    int64_t period = sweep_period(&server->site.settings);
    pthread_mutex_lock(&server->lock);
    while (!server->swept) {
        struct timespec until = steady_after(period);
        pthread_cond_timedwait(&server->sweep, &server->lock, &until);
        sweep_once(server);
        readers_release(&server->readers, false);
    }
    pthread_mutex_unlock(&server->lock);
    return NULL;
}
