/* What the files of the PostgreSQL engine share: a connection, the steps that were sent on it and
 * not answered yet, and how the catalogue's statements become array statements.
 * Everything after the set-up runs in libpq's pipeline mode, never blocks without a bound, and in
 * the binary format. Only src/store/postgres*.c includes this. */
#ifndef RINGOFF_POSTGRES_H
#define RINGOFF_POSTGRES_H
#include <libpq-fe.h>

#include "store/engine.h"
#include "store/journal.h"

enum {
    POSTGRES_MEMORY = 128 * 1024 * 1024, /* most that the parameters of one batch may take */
    POSTGRES_COLUMNS = 64,
    POSTGRES_SQL = 16 * 1024,
    POSTGRES_SECOND = 1000,
    POSTGRES_SETUP_MS = 10 * POSTGRES_SECOND,
    POSTGRES_READ_MS = 8 * POSTGRES_SECOND,   /* the statements themselves end after 5 s */
    POSTGRES_WRITE_MS = 20 * POSTGRES_SECOND, /* and after 10 s */
    POSTGRES_RENEW_MS = 60 * POSTGRES_SECOND,
    POSTGRES_LEASE = CHAINS, /* beside the chains, in the same lock space */
};

/* The shapes in which a statement of the catalogue is prepared. */
enum form {
    FORM_ROW,   /* for one row */
    FORM_ARRAY, /* for all elements of its array parameters at once */
    FORM_LOCK,  /* locks the rows of its table by their ids */
    FORM_FOUND, /* locks the rows that it finds, and those of a further parameter, by their ids */
    FORM_OWN,   /* the engine's own, see enum own */
    FORM_COUNT
};

enum own { OWN_RENEW, OWN_BEGIN, OWN_LOOKUPS, OWN_COMMIT, OWN_ROLLBACK, OWN_COUNT };

enum ready { READY_NOT, READY_SENT, READY_THERE };

struct parameters {
    int count;
    Oid types[POSTGRES_COLUMNS];
    const char *values[POSTGRES_COLUMNS];
    int lengths[POSTGRES_COLUMNS], formats[POSTGRES_COLUMNS];
};

/* Wants of one statement: order[first .. first + count) are their indexes. */
struct group {
    struct want *wants;
    const uint32_t *order;
    size_t count;
};

/* One message to the server whose answer is still to come. */
struct step {
    enum form form;
    int id; /* a statement_id or an own */
    bool prepares;
    struct group group; /* where rows go; wants NULL: nowhere */
};

struct store {
    PGconn *link; /* NULL: lost */
    char *where;
    struct secrets secrets;
    bool reading, begun, lost, leasing;
    bool moment; /* it reads of one moment, which another connection would not have */
    int chain, cursors, connections;
    int64_t session, deadline, retry_at;
    int64_t renew_at; /* clock_steady; when the plans are made anew */
    uint8_t ready[FORM_COUNT][STATEMENT_COUNT];
    struct arena arena; /* of one load, record or read */
    struct step *steps;
    size_t step_count, step_room;
    char why[256], warning[768];
};

extern const char *const postgres_migrations[];
extern const int postgres_migration_count;

/* postgres_open.c: engine.prepare, open, close, chain, over and lease, see store/engine.h. */
bool postgres_store_prepare(const char *where, const struct secrets *secrets, bool demo,
                            char why[256]);
struct store *postgres_store_open(const char *where, const struct secrets *secrets, bool reading,
                                  char why[256]);
void postgres_store_close(struct store *store);
bool postgres_over(struct store *store, int chain, int64_t session);
bool postgres_lease(struct store *store);
/* A reader whose connection was lost gets another one; false when there is none to be had. */
bool postgres_reconnect(struct store *store);

/* postgres_setup.c: sets a fresh connection up and reads every setting back; checks what this
 * program's promises rest on. False and store->why. */
bool postgres_setup(struct store *store);
/* Durability as the server does it: refused or warned about. */
bool postgres_durable(struct store *store, bool demo);

/* postgres_link.c: the connection. */

/* The result of one statement with text parameters (at most 8), waited for until the deadline in
 * ms; NULL and store->why when it failed or the connection is lost. The caller clears it. */
PGresult *postgres_ask(struct store *store, int ms, const char *sql, int count,
                       const char *const *values);
/* Runs SQL without parameters, several statements too; not in pipeline mode. */
bool postgres_run(struct store *store, int ms, const char *sql);
/* The same in pipeline mode and in binary, and the answer as it is, which may be a failure; NULL
 * when the connection is lost. */
PGresult *postgres_ask_binary(struct store *store, int ms, const char *sql,
                              const struct parameters *given);
/* Was the one statement that was just sent (not in pipeline mode) carried out? */
bool postgres_answered(struct store *store, int ms, const char *name);
/* Waits for the next answer; NULL: there is none (see libpq), or the connection is lost. */
PGresult *postgres_next(struct store *store);
/* What a failed answer means; keeps its reason in store->why without a value of any row. name: of
 * the statement. */
enum store_result postgres_failure(struct store *store, const PGresult *answer, const char *name);
/* The connection is of no use any more. */
void postgres_lose(struct store *store, const char *why);

/* postgres_pipe.c: steps, sent together and answered together. */

/* Begins a pipeline whose answers must be there after ms. */
void postgres_pipe_open(struct store *store, int ms);
/* Sends one step, and first what prepares it; false when the connection is lost. */
bool postgres_pipe_send(struct store *store, enum form form, int id, const struct parameters *given,
                        const struct group *group);
/* Ends the pipeline and takes all answers. commit: its last step commits. */
enum store_result postgres_pipe_close(struct store *store, bool commit);

/* postgres_text.c: the statement as it is prepared in a form; false when it does not fit. */
bool postgres_text(enum form form, int id, char sql[POSTGRES_SQL]);
/* Its name at the server. */
void postgres_name(enum form form, int id, char name[64]);

/* postgres_row.c: parameters and columns, both in binary. */

/* The parameters of one row, or with array those of all rows, each parameter an array. False when
 * memory is out. What it makes is in store->arena. */
bool postgres_parameters(struct store *store, const struct statement *about,
                         const void *const *rows, size_t count, bool array,
                         struct parameters *given);
/* Adds one parameter that is an array of numbers. */
bool postgres_numbers(struct store *store, const int64_t *numbers, size_t count,
                      struct parameters *given);
/* Row `at` of the answer, whose columns begin at `column`, into the struct. On false (store->why)
 * the struct is empty. */
bool postgres_row(struct store *store, const struct statement *about, const PGresult *answer,
                  int at, int column, void *row);
/* A number of the engine's own; false when it is none. */
bool postgres_number(const PGresult *answer, int at, int column, int64_t *number);
#endif
