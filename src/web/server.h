/* The server: one HTTP door on 127.0.0.1 (nginx in front in production) and one on a Unix socket
 * for the terminal, with the same handler behind both.
 * A few threads with epoll serve all connections; a command suspends its connection until the
 * committer has answered. Sizes, numbers and total times of everything a client sends are bounded.
 */
#ifndef RINGOFF_WEB_SERVER_H
#define RINGOFF_WEB_SERVER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pages.h"
#include "base/secret.h"
#include "rules/refusal.h"
#include "store/committer.h"
#include "store/engine.h"

struct request;
struct route;

enum { SERVER_WHY = 256 };

/* What the installation's settings say. A number that is 0 takes the default in brackets. */
struct server_settings {
    uint16_t port;           /* 0: any free one; see server_port. Always on 127.0.0.1 */
    const char *socket_path; /* the terminal's Unix socket; NULL: none. Made with mode 0666: who the
                              * peer is is asked of the kernel, not of the file's mode */
    bool https;              /* the world reaches us over https: Secure cookies and HSTS */
    bool trust_proxy;        /* believe X-Forwarded-For's last entry when the peer is 127.0.0.1 */
    bool prefixes;           /* operators are also told apart by a path prefix (demo) */
    bool log;                /* one JSON line a request to stderr */
    unsigned threads;        /* [3; 4 with several committers] that serve HTTP */
    unsigned preparers;      /* [2] that run prepare (Argon2id: 64 MiB each) */
    unsigned prepare_queue;  /* [64] */
    unsigned readers;        /* [8] database connections for the views */
    unsigned connections;    /* [1024] in all */
    unsigned connections_ip; /* [0: no limit, as all come from the proxy] of one address */
    size_t header_bytes;     /* [16 KiB] request line and headers */
    unsigned header_count;   /* [64] */
    size_t uri_bytes;        /* [2 KiB] */
    size_t body_bytes;       /* [64 KiB] unless the route says otherwise */
    unsigned uploads;   /* [8] files that are being taken at once; each up to 10 MB of memory */
    size_t upload_step; /* [512 KiB] of a file within each body_within, or it is cut */
    size_t arena_bytes; /* [1 MiB] what one request may take */
    size_t page_bytes;  /* [4 MiB] of one response */
    /* Milliseconds. Each is a total, not an idle time: a client that sends a byte now and then
     * is cut all the same. */
    int64_t headers_within; /* [10 s] */
    int64_t body_within;    /* [30 s] */
    int64_t answer_within;  /* [60 s] for the client to take the response */
    int64_t idle_within;    /* [15 s] between two requests on a kept connection */
    int64_t reader_within;  /* [2 s] to wait for a database connection, then 503 */
    int64_t patience;       /* 0: none. So long a request waits for a database that has gone */
};

/* Everything the doors share; belongs to the caller, never changes while the server runs. */
struct site {
    struct server_settings settings;
    const struct engine *engine;
    const char *where; /* the database, for the readers */
    const struct secrets *secrets;
    struct committer *committer;
    const struct pages *pages;
    bool demo;
    /* Tables of routes, each ending with a route whose pattern is NULL; the list ends with NULL.
     * The server adds /assets/ and /healthz itself. The first that fits is taken. */
    const struct route *const *routes;
    /* Who asks at the API (ROUTE_API) and at the terminal (request->local): sets request->actor or
     * answers a refusal. NULL: nobody may. */
    enum refusal (*api_actor)(struct request *request);
    enum refusal (*local_actor)(struct request *request);
    int64_t (*now)(void); /* clock_now, or a test's */
};

struct server;

/* Binds, opens one reader and starts the threads; NULL and a sentence in why when it cannot. */
struct server *server_start(const struct site *site, char why[SERVER_WHY]);
/* The port that was bound. */
uint16_t server_port(const struct server *server);
/* Accepts no more connections, answers what was accepted (each with "Connection: close"), ends
 * the threads, frees the server and removes the Unix socket. The committer must still run. */
void server_stop(struct server *server);
#endif
