/* For tests on a real PostgreSQL cluster, the one of RINGOFF_TEST_POSTGRES: a database of its own,
 * prepared as an installation, and a way to ask it behind the engine's back.
 * cluster_kit_open makes it and cluster_kit_close drops it with whatever is still connected. */
#ifndef RINGOFF_POSTGRES_KIT_H
#define RINGOFF_POSTGRES_KIT_H
#include <libpq-fe.h>

#include "store/engine.h"

struct cluster_kit {
    char name[64], where[512];
    struct secrets secrets;
    PGconn *beside;      /* to the same database, as a superuser would */
    struct store *store; /* a writer */
    struct store *reader;
};

/* Is there a cluster? Says how to get one when there is none. */
bool cluster_there(void);
void cluster_kit_open(struct cluster_kit *kit);
void cluster_kit_close(struct cluster_kit *kit);
/* The connection string of another database of the cluster, or with more words behind it. */
void cluster_where(const struct cluster_kit *kit, const char *more, char where[640]);
/* Runs SQL behind the engine's back; the second one in the database the cluster began with. */
void cluster_sql(struct cluster_kit *kit, const char *sql);
void cluster_sql_outside(const char *sql);
/* The first column of the first row, as a number or a text. */
int64_t cluster_number(struct cluster_kit *kit, const char *sql);
void cluster_text(struct cluster_kit *kit, const char *sql, char text[128]);
/* Reads one row with the store; what read() answered. */
enum store_result cluster_read(struct store *store, enum statement_id id, const struct key *key,
                               void *row, size_t *count);
/* Loads nothing, records the changes. */
enum store_result cluster_record(struct store *store, const struct change *changes, size_t count);
/* Ends the server's side of a writer's connection and waits until it is gone. */
void cluster_kill(struct cluster_kit *kit, int64_t session);
#endif
