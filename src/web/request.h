/* One request: what was asked, by whom, at which operator, in which language, and the response.
 * A handler reads it, and either fills the response or submits a command and fills the response in
 * `then`, once the command is durable. All text of a request is valid UTF-8 without NUL, lives in
 * its arena and dies with it; handlers run on an HTTP thread and must not wait. */
#ifndef RINGOFF_WEB_REQUEST_H
#define RINGOFF_WEB_REQUEST_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/content.h"
#include "base/words.h"
#include "rules/policy.h"
#include "rules/row.h"
#include "store/committer.h"
#include "web/parse.h"
#include "web/router.h"
#include "web/server.h"

enum { RESPONSE_HEADERS = 32 };

struct response {
    int status;  /* 0: nobody answered yet */
    int instead; /* the status of a refusal instead of its own; 0: its own */
    const char *type;
    struct param headers[RESPONSE_HEADERS];
    size_t header_count;
    struct buffer body;
    const void *bytes; /* a static body instead of the buffer (assets) */
    size_t length;
    bool keep; /* may be cached: Cache-Control is set by the handler */
};

struct request {
    struct arena arena;
    const struct site *site;
    const struct route *route; /* NULL when none fits */
    const char *method;        /* "GET" also for HEAD */
    bool head;
    const char *path; /* decoded, below base: "/lines/17/close" */
    const char *base; /* "" or "/kestrel": goes in front of every link on a page */
    const char *captures[ROUTE_CAPTURES];
    struct params query, form, cookies;
    const char *body; /* as it was sent; length bytes and a NUL */
    size_t body_length;
    struct content
        *content; /* of a ROUTE_CONTENT route: what was sent, and what is wrong with it */
    json_t *json; /* the decoded body of a ROUTE_JSON route; owned by the request */
    int64_t now;  /* of this request; a job has its own time */
    /* who */
    bool local;     /* over the terminal's Unix socket */
    uid_t peer_uid; /* of the terminal's user; only when local */
    struct actor actor;
    struct session session; /* id 0: nobody is signed in */
    const char *token;      /* the session's, or NULL */
    /* Reads the API key that the actor bears, which so far is only known from an earlier request:
     * whoever answers by it reads it along; of a command the committer looks. NULL: it was read. */
    struct want *unchecked;
    const char *browser; /* the anonymous cookie's, or NULL until a form needs it */
    /* where */
    const struct tenants *tenants;
    const struct tenant *tenant; /* NULL only for ROUTE_ANY and the terminal */
    const struct policy
        *policy; /* in force now; NULL when there is no tenant or none is in force */
    enum language language;
    struct response response;
    void *own; /* the handler's, to carry something to `then` */
};

/* msgid: what is wrong with a file that was sent and what to do; NULL for none, and for memory. */
const char *content_fault_text(enum content_fault fault);

/* The value of a name in the query, the form or the captured path; NULL when it is not there. */
const char *request_query(const struct request *request, const char *name);
const char *request_form(const struct request *request, const char *name);
const char *request_capture(const struct request *request, const char *name);
const char *request_cookie(const struct request *request, const char *name);
/* The value of a header (any case); NULL when it is not there. */
const char *request_header(const struct request *request, const char *name);
/* A captured id: 1 to 2^63-1 in plain digits, else 0. */
int64_t request_capture_id(const struct request *request, const char *name);
/* True when every name of the form (the query) is in the list, which ends with NULL; `form` and
 * `key` of a form and `lang` of a query are always allowed. The handler answers REFUSED_INPUT else.
 */
bool request_form_only(const struct request *request, const char *const *names);
bool request_query_only(const struct request *request, const char *const *names);

/* A database connection for reading, borrowed until the handler returns (or submits); the same one
 * when asked again. NULL when all are taken or the database cannot be opened: answer REFUSED_BUSY.
 */
struct store *request_reader(struct request *request);
/* Reads wants on it. STORE_DOWN when there is no reader. */
enum store_result request_read(struct request *request, struct want *wants, size_t count);

/* An API key (operator and hash) as it was when it was last read and good, by any request; false
 * when it was not. To be looked at again before anything is shown or done by it. */
bool request_key_known(struct request *request, const struct key *asked, struct api_key *row);
void request_key_keep(struct request *request, const struct api_key *row);
/* There is none that is good: forgets it. */
void request_key_gone(struct request *request, const struct key *asked);

/* Gives a command: prepare runs on a worker, then the committer decides and records it, then `then`
 * is called on an HTTP thread and fills the response (or submits another command). input is the
 * verb's struct in the request's arena; key is the idempotency key ("" only where the verb keeps
 * none; at most 79 bytes, else the answer is REFUSED_INPUT). The actor is request->actor of this
 * moment. When the server cannot take it now, `then` gets a job with refusal REFUSED_BUSY and
 * nothing was changed; when the database is down, the same as job->down says. The client may be
 * gone by then: that is nobody's concern. At most once per handler or `then`; the handler must
 * return after it and leave the response alone. */
void request_submit(struct request *request, const struct verb *verb, void *input, const char *key,
                    void (*then)(struct request *request, const struct job *job));

/* Gives a command that was refused at the door already, so that the refusal is in the journal (of
 * nobody it is counted): nothing is prepared, loaded or decided, and `then` gets the job with the
 * refusal, or REFUSED_BUSY when it could not be written down. The rest as request_submit. */
void request_refused(struct request *request, const struct verb *verb, enum refusal refusal,
                     void (*then)(struct request *request, const struct job *job));
/* The same, answered with page_refuse, or with api_refuse where a field is named (web/page.h).
 * Nobody's refusal and REFUSED_BUSY are answered at once. field and detail are static or live in
 * the request's arena. */
void request_refuse(struct request *request, const struct verb *verb, enum refusal refusal,
                    const char *field, const char *detail);

/* Does slow work that needs no database (drawing a paper) on a preparer's thread, so that no HTTP
 * thread waits for it; then `then` is called on an HTTP thread. done is false, and nothing was
 * done, when too much waits already: answer REFUSED_BUSY. Both have the request to themselves
 * meanwhile. At most once per handler, and not beside a command; the handler must return after it.
 */
void request_aside(struct request *request, void (*work)(struct request *request),
                   void (*then)(struct request *request, bool done));

/* The response. Text is copied; a later call replaces an earlier one, headers are added. */
void response_text(struct request *request, int status, const char *type, const char *text);
void response_bytes(struct request *request, int status, const char *type, const void *bytes,
                    size_t length);
/* Takes over the reference of value; NULL (memory) becomes a 500. */
void response_json(struct request *request, int status, const char *type, json_t *value);
/* 303 to a path of this site, e.g. "/lines/17"; the base is put in front. The path must begin with
 * one slash and hold no control character, else it becomes "/". */
void response_redirect(struct request *request, const char *path);
/* Adds a header; name is static. Dropped when the value holds a control character. */
void response_header(struct request *request, const char *name, const char *value);
#endif
