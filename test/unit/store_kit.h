/* For tests on a real database: one of its own, a key, a committer, a clock that stands. kit_open
 * makes all of it, kit_close removes it; kit_restart stops the committer and starts it again on
 * the same database, as after a crash or an update. The engine is SQLite, or PostgreSQL when
 * RINGOFF_TEST_POSTGRES names a cluster (script/cluster run); tests say the same on both. */
#ifndef RINGOFF_STORE_KIT_H
#define RINGOFF_STORE_KIT_H
#include "store/committer.h"
#include "store/rows.h"

struct kit {
    const struct engine *engine;
    char folder[256], where[512]; /* the folder is for what a test likes to keep in files */
    struct secrets secrets;
    struct committer *committer;
    struct store *reader;
};

/* 32 bytes of nothing, as an SQL literal; kit_sql takes x'...' on both engines. */
#define KIT_ZEROS "x'0000000000000000000000000000000000000000000000000000000000000000'"

/* The kit's clock: set it, never let it run. */
extern int64_t kit_now;

void kit_open(struct kit *kit);
void kit_restart(struct kit *kit);
void kit_close(struct kit *kit);
/* A place without a database yet, for the engine's prepare: engine, folder and where. */
void kit_place(struct kit *kit);
/* Removes the place and what is in it; every connection must be closed. */
void kit_remove(struct kit *kit);
/* Waits until what closed or killed connections were doing is over. */
void kit_settle(struct kit *kit);
/* Runs one verb through the committer; key NULL: none. The answer. */
enum refusal kit_run(struct kit *kit, const struct verb *verb, const struct actor *actor,
                     void *input, const char *key, struct job *answer);
/* Writes one row by its statement, sealed and looked up as the program does; the committer is
 * started anew around it. */
void kit_put(struct kit *kit, enum statement_id statement, const void *row);
/* The same for several rows in one transaction. */
void kit_put_all(struct kit *kit, const struct change *changes, size_t count);
/* Runs SQL on the database behind Ringoff's back, as an attacker or a fault would. */
void kit_sql(struct kit *kit, const char *sql);
/* The same for SQL that the database must refuse: did it? */
bool kit_refused(struct kit *kit, const char *sql);
/* The same behind the triggers, which keep history as it is. */
void kit_damage(struct kit *kit, const char *sql);
/* The first column of the first row, as a number; 0 when it is NULL. */
int64_t kit_number(struct kit *kit, const char *sql);
/* All columns of all rows, row by row, as numbers: how many there are, at most room. */
size_t kit_numbers(struct kit *kit, const char *sql, int columns, int64_t *to, size_t room);
/* Makes the database say that its schema is this old or new. */
void kit_version(struct kit *kit, int version);
/* In how many rows of the table the column's bytes hold the text in clear. */
int64_t kit_holding(struct kit *kit, const char *table, const char *column, const char *text);
/* An operator and its policy as rows, added directly: its id is 4096. */
void kit_operator(struct kit *kit, const char *policy_file);
#endif
