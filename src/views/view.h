/* Views: what can be seen, each a plain struct filled from reads, described by a field table and
 * made into JSON by it. From the same table come the OpenAPI response and the masking: a field is
 * public, masked, or personal (in clear only for the person it belongs to, else masked or left
 * out). No view writes, and none answers differently for "unknown", "not yours" and "another
 * operator's": all are REFUSED_NOT_FOUND. */
#ifndef RINGOFF_VIEW_H
#define RINGOFF_VIEW_H
#include <jansson.h>

#include "base/buffer.h"
#include "store/rows.h"

enum view_class {
    VIEW_PUBLIC,   /* whoever may see the view sees it */
    VIEW_MASKED,   /* always shown by its mask only */
    VIEW_PERSONAL, /* in clear when context->own, else by its mask; without a mask left out */
};

/* How the struct's member becomes JSON. Except for VIEW_INT and VIEW_BOOL an empty value (0, "", a
 * list that is not there) leaves the field out. */
enum view_kind {
    VIEW_INT,    /* int64_t -> number */
    VIEW_ID,     /* int64_t -> text of digits */
    VIEW_TIME,   /* int64_t -> RFC 3339 */
    VIEW_BOOL,   /* int64_t -> true, false */
    VIEW_TEXT,   /* char[size] -> text */
    VIEW_WORDS,  /* const char * -> text */
    VIEW_CHOICE, /* int64_t -> the values' text at that index; NULL or "" there leaves it out */
    VIEW_OBJECT, /* a struct inside, by `fields`; left out when its first 8 bytes are 0 */
    VIEW_LIST,   /* struct view_list of structs, by `fields`; [] when empty */
    VIEW_NAMES,  /* struct view_list of const char * -> list of texts */
};

enum view_mask { MASK_NONE, MASK_NUMBER, MASK_EMAIL, MASK_NAME, MASK_ICCID };

struct view_list {
    const void *items;
    size_t count, size; /* how many, and how big each is */
};

struct view_field {
    const char *name;
    enum view_kind kind;
    enum view_class class;
    uint16_t offset;
    uint16_t size;
    const char *help;
    enum view_mask mask;
    const struct view_field *fields; /* VIEW_OBJECT, VIEW_LIST */
    const char *const *values;       /* VIEW_CHOICE: ends with VIEW_VALUES_END */
};

#define VIEW_PLACE(type, member) offsetof(struct type, member), sizeof(((struct type *)0)->member)
/* { VIEW(VIEW_TIME, VIEW_PUBLIC, line_view, closed_at), "when it was closed" }, … */
#define VIEW(kind, class, type, member) #member, kind, class, VIEW_PLACE(type, member)
#define VIEW_END                                                                                   \
    { NULL, VIEW_INT, VIEW_PUBLIC, 0, 0, NULL, MASK_NONE, NULL, NULL }
/* Ends a list of values, in which NULL may stand for "nothing". */
extern const char view_values_end[];

enum { VIEW_PAGE_MOST = 100, VIEW_PAGE_USUAL = 25 };

struct view_context {
    const struct engine *engine;
    struct store *reader; /* a connection of the asking thread */
    const struct actor *actor;
    const struct tenant *tenant; /* of actor->operator; NULL when unknown */
    const struct policy *policy; /* effective now; NULL when the operator has none */
    const struct secrets *secrets;
    struct arena *arena;
    int64_t now;
    bool demo;
    /* lists */
    int64_t after;           /* the cursor: the id that ended the page before, 0 = from the start */
    int64_t limit;           /* wished items; 0 = the usual */
    char search[128];        /* what is looked for, "" = everything; each view says in what form */
    char secret[TOKEN_TEXT]; /* a status secret, where a view takes one */
    /* Where the JSON goes as text instead of into a tree: then a build gives json_true() for it.
     * What is in the buffer counts only when the view was shown. NULL: a tree is wanted. */
    struct buffer *text;
    /* Read together with the first rows that are read, and set to NULL then; NULL: nothing. */
    struct want *also;
    void *rows; /* what the view's load named, read already; NULL: build reads */
    /* set meanwhile */
    bool own;  /* the view shows the actor's own: personal fields in clear */
    bool down; /* the store could not be read: 503 */
    /* It is the answer to what made it: a secret that is shown once is in it. */
    bool once;
    bool granted;       /* a verb just accepted the proof that this one may see the row */
    const char *handed; /* what the verb handed out, for a view that is its answer; else NULL */
};

struct view {
    const char *name; /* "closure", "closures" */
    const char *help;
    uint32_t who;      /* actor kinds that may see it */
    const char *scope; /* of an integrator or staff, NULL = none */
    bool answer;       /* of a verb over REST only: nobody can ask for it by itself */
    bool list;         /* {"items": [...], "next": cursor} of `fields`; else one object */
    const struct view_field *fields;
    const char *file; /* REST answers it as a file of this media type, which the door makes */
    /* A view of one row that may be read by somebody else, who was asked to do so with load: its
     * rows (zeroed, rows_size bytes) then stand in context->rows. NULL: build reads. */
    uint16_t rows_size;
    void (*load)(struct load *load, int64_t id, void *rows);
    /* A new reference; NULL when there is nothing to see (REFUSED_NOT_FOUND) or context->down. The
     * id is that of the row; views of the operator or the actor itself take 0. */
    json_t *(*build)(struct view_context *context, int64_t id);
};

/* May the actor see it, and what is there: ACCEPTED and *json (owned by the caller), or
 * REFUSED_NOT_SIGNED_IN, _NOT_ALLOWED, _NOT_FOUND, _BUSY with *json NULL. */
enum refusal view_show(const struct view *view, struct view_context *context, int64_t id,
                       json_t **json);

/* The JSON of a struct by its table, masked as context->own says; a new reference. A build makes
 * one such struct or page, as its last step. */
json_t *view_json(const struct view_context *context, const struct view_field *fields,
                  const void *from);
/* The JSON of a page: count structs of the size at items; next 0 = no further page. */
json_t *view_page(const struct view_context *context, const struct view_field *fields,
                  const void *items, size_t count, size_t size, int64_t next);
/* How many items the page may have (1 to VIEW_PAGE_MOST). */
int64_t view_limit(const struct view_context *context);
/* The wanted rows of a page and where the next one starts: reads limit + 1 rows of a PAGE statement
 * (key: operator, other = the cursor, limit), gives at most limit; *next is the last one's id when
 * there are more. descending: the newest first. The rows belong to the arena. */
void *view_page_rows(struct view_context *context, enum statement_id statement, bool descending,
                     size_t *count, int64_t *next);

/* Several rows in one round trip: view_wants gives an empty load, the wants of store/rows.h go into
 * it (at most VIEW_WANTS; nothing is locked), view_fetch reads them all. Rows that are not there
 * are zeroed. False when they could not be read: context->down is set. */
enum { VIEW_WANTS = 8 };
struct load view_wants(struct view_context *context);
bool view_fetch(struct view_context *context, struct load *load);
/* Reads the rows of a statement, at most room; how many there are. A failure sets context->down and
 * answers 0. The key's operator is always the actor's. */
size_t view_read(struct view_context *context, enum statement_id statement, struct key key,
                 void *rows, size_t room);
/* One row by id; false when there is none. */
bool read_line(struct view_context *context, int64_t id, struct line *to);
bool read_closure(struct view_context *context, int64_t id, struct closure *to);
bool read_effect(struct view_context *context, int64_t id, struct effect *to);
/* By what hangs on it. */
bool read_line_by_number(struct view_context *context, const char *number, struct line *to);
bool read_line_by_iccid(struct view_context *context, const char *iccid, struct line *to);
bool read_closure_by_reference(struct view_context *context, const char *reference,
                               struct closure *to);
bool read_refund_by_reference(struct view_context *context, const char *reference,
                              struct refund *to);
bool read_account_line(struct view_context *context, int64_t account, int64_t line,
                       struct account_line *to);
/* Wants a line and what says whether it is the actor's; then view_line_held answers that. Rows that
 * are not asked for are zeroed. */
void want_line_mine(const struct view_context *context, struct load *load, int64_t id,
                    struct line *line, struct account_line *link);
bool view_line_held(const struct view_context *context, const struct line *line,
                    const struct account_line *link);
/* True for a subscriber who asked for the line without its SIM (link: want_line_mine): they see
 * that it is there, and their own closure of it. */
bool view_line_claimed(const struct view_context *context, const struct line *line,
                       const struct account_line *link);
/* True when the account (0: none) came to the line without its SIM. */
bool view_claims(struct view_context *context, int64_t account, int64_t line);
/* May the actor see this line: a subscriber by account_line, staff and integrators by operator. */
bool view_line_mine(struct view_context *context, const struct line *line);
#endif
