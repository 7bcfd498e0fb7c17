/* Inside the server: a connection, a request on it with what the server keeps beside it, and the
 * server itself. Nobody outside src/web's own core includes this.
 * An exchange belongs to one HTTP thread at a time; while it is suspended, to the command. */
#ifndef RINGOFF_WEB_EXCHANGE_H
#define RINGOFF_WEB_EXCHANGE_H
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "web/request.h"

/* One connection. The sweep closes it when the deadline (clock_steady) has passed; 0: none. */
struct link {
    struct link *next, *previous;
    int fd;
    _Atomic int64_t deadline;
    bool local, loopback, kept; /* kept: an earlier request was answered on it */
    uid_t uid;
    char peer[48];
};

enum exchange_state {
    EXCHANGE_LINE,     /* the request line is there */
    EXCHANGE_BODY,     /* the headers are there; the body comes */
    EXCHANGE_HELD,     /* suspended until the database can be read, or for so long as may be */
    EXCHANGE_READY,    /* held no more; it is run */
    EXCHANGE_WAITING,  /* suspended for a command */
    EXCHANGE_ANSWERED, /* the command has been answered; `then` is next */
    EXCHANGE_SENT,
};

struct exchange {
    struct request request;
    struct server *server;
    struct MHD_Connection *connection;
    struct link *link;
    enum exchange_state state;
    const char *uri; /* as it was sent; the path only, or NULL, when it is too long */
    bool uri_long;
    bool counted; /* among the server's busy ones */
    bool dropped; /* more body than may be; the rest is thrown away */
    enum refusal early;
    size_t thrown;
    struct buffer body;
    struct upload *upload; /* of a ROUTE_CONTENT route, once its sender may */
    int64_t started;       /* clock_steady */
    struct store *reader;
    bool held;          /* once already: not again */
    int64_t held_until; /* clock_steady */
    size_t headers;     /* of the response, and its status of a refusal, before it was run */
    int instead;
    /* the command */
    bool submitted;
    struct job *job;
    void (*then)(struct request *request, const struct job *job);
    /* or work without one; work is NULL again when it is done */
    void (*work)(struct request *request);
    void (*after)(struct request *request, bool done);
    struct exchange *next; /* in the queue for prepare, or among those held */
};

struct readers {
    pthread_mutex_t lock;
    pthread_cond_t freed;
    struct store **idle;
    unsigned idle_count, opened, limit;
    /* The database could not be read: until the mender could, nobody gets a reader, or every thread
     * would wait for a server that does not answer. */
    bool broken;
    struct exchange *held; /* meanwhile */
    const struct site *site;
    pthread_cond_t mend;
    pthread_t mender;
    bool mending, ending;
};

struct preparers {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct exchange *first, **last;
    unsigned waiting, limit;
    bool stopping;
    pthread_t *threads;
    unsigned count;
};

/* API keys as they were last read, so that not each request needs a read of its own to learn whose
 * key it bears. Nothing is answered and nothing done by what stands here alone. */
enum { KEYS_KNOWN = 64 };

struct keys {
    pthread_mutex_t lock;
    struct api_key known[KEYS_KNOWN]; /* id 0: none */
};

struct server {
    struct site site;
    struct MHD_Daemon *http, *terminal;
    int http_fd, terminal_fd; /* -1: given to nobody */
    uint16_t port;
    const struct route *own[4];
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t quiet, sweep, room;
    struct link *links;
    unsigned http_open; /* connections of the HTTP door, also those no thread has begun yet */
    bool closing;       /* no connection is accepted any more */
    unsigned busy;
    unsigned uploads;     /* files that are being taken */
    atomic_bool stopping; /* no request is accepted any more */
    bool sweeping, swept, accepting;
    pthread_t sweeper, acceptor;
    struct readers readers;
    struct preparers preparers;
    struct keys keys;
};

/* connection.c: deadlines. */
void connection_notify(void *server, struct MHD_Connection *connection, void **context,
                       enum MHD_ConnectionNotificationCode code);
void link_deadline(struct link *link, int64_t within);
/* The time so many milliseconds from now, for a wait on a condition of the steady clock. */
struct timespec steady_after(int64_t milliseconds);
void *connections_sweep(void *server);

/* acceptor.c: the HTTP door's thread, which begins once server->http is there; stop comes after the
 * listening socket was shut down. */
void *acceptor_run(void *server);
void acceptor_stop(struct server *server);

/* exchange.c: the three ends that libmicrohttpd calls. */
void *exchange_open(void *server, const char *uri, struct MHD_Connection *connection);
enum MHD_Result exchange_handle(void *server, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *data,
                                size_t *length, void **context);
void exchange_close(void *server, struct MHD_Connection *connection, void **context,
                    enum MHD_RequestTerminationCode code);

/* accept.c: what must hold before a handler runs. */
/* With the headers: reads path, query, operator, language, route. Sets exchange->early. */
void exchange_read(struct exchange *exchange, const char *method);
/* With the body: form or JSON, session, actor, hidden token. ACCEPTED: the handler may run. */
enum refusal exchange_admit(struct exchange *exchange);

/* Who asks; needs the headers only. */
enum refusal exchange_who(struct exchange *exchange);

/* upload.c: a file, as it arrives. */
/* With the headers, when its sender may: takes one of the places for files. REFUSED_BUSY when there
 * is none or memory is out, REFUSED_INPUT when the body is no form that has files. */
enum refusal upload_begin(struct exchange *exchange);
/* The next bytes of the body; false when they are more than the route takes. */
bool upload_take(struct exchange *exchange, const char *data, size_t length);
/* The body is there: fills the request's form and content. REFUSED_INPUT: not well-formed. */
enum refusal upload_end(struct exchange *exchange);
/* Wipes it and gives the place back. */
void upload_close(struct exchange *exchange);

/* respond.c: from request->response to libmicrohttpd, with the headers of every response. */
enum MHD_Result exchange_respond(struct exchange *exchange);
void exchange_log(const struct exchange *exchange);

/* submit.c: hands the command (or the work) over; the connection is suspended already. */
void exchange_submit(struct exchange *exchange);
bool preparers_start(struct preparers *preparers, unsigned count, unsigned limit);
void preparers_stop(struct preparers *preparers);

/* readers.c: database connections for reading. They keep site. take: NULL when none came free in
 * time or the database cannot be read. give: one that was taken; failed: what was asked of it could
 * not be read. */
bool readers_open(struct readers *readers, const struct site *site, char why[SERVER_WHY]);
struct store *readers_take(struct readers *readers);
void readers_give(struct readers *readers, struct store *store, bool failed);
/* Suspends the exchange while the database cannot be read; false when it can, or has waited before.
 * Then it belongs to readers_release. */
bool readers_hold(struct readers *readers, struct exchange *exchange);
/* Lets those go on whose patience is over; all when the server ends: then none is held again. */
void readers_release(struct readers *readers, bool all);
void readers_close(struct readers *readers);

/* keys.c; the rest of it is in request.h. */
void keys_open(struct keys *keys);
void keys_close(struct keys *keys);

/* assets.c: /assets/ and /healthz. */
extern const struct route server_routes[];

/* The exchange around a request. */
struct exchange *exchange_of(struct request *request);
#endif
