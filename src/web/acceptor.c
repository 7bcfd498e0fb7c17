/* Takes connections and deals them out to the threads in turn. Left to themselves the first thread
 * that wakes takes all that wait, and then one serves nearly everything while the others idle. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "web/exchange.h"

enum { OUT_OF_FILES_MS = 50 };

/* Waits until there is room for one more; false: the server ends. */
static bool room_await(struct server *server) {
    pthread_mutex_lock(&server->lock);
    while (!server->closing && server->http_open >= server->site.settings.connections) {
        pthread_cond_wait(&server->room, &server->lock);
    }
    bool goes_on = !server->closing;
    pthread_mutex_unlock(&server->lock);
    return goes_on;
}

static void open_add(struct server *server, int change) {
    pthread_mutex_lock(&server->lock);
    server->http_open += (unsigned)change;
    pthread_mutex_unlock(&server->lock);
}

/* False when the listening socket was shut down. */
static bool take(struct server *server) {
    struct sockaddr_in peer = {0};
    socklen_t size = sizeof peer;
    int fd =
        accept4(server->http_fd, (struct sockaddr *)&peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        open_add(server, 1);
        /* It has closed it when it is one too many of its address. */
        if (MHD_add_connection(server->http, fd, (struct sockaddr *)&peer, size) != MHD_YES) {
            open_add(server, -1);
        }
        return true;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        poll(NULL, 0, OUT_OF_FILES_MS); /* it stays readable: do not spin */
    }
    return errno != EINVAL && errno != EBADF;
}

void *acceptor_run(void *context) {
    struct server *server = context;
    struct pollfd ready = {.fd = server->http_fd, .events = POLLIN};
    while (room_await(server)) {
        if (poll(&ready, 1, -1) > 0 && !take(server)) {
            break;
        }
    }
    return NULL;
}

void acceptor_stop(struct server *server) {
    pthread_mutex_lock(&server->lock);
    server->closing = true;
    pthread_cond_signal(&server->room);
    pthread_mutex_unlock(&server->lock);
    if (server->accepting) {
        pthread_join(server->acceptor, NULL);
        server->accepting = false;
    }
}
