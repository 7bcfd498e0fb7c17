/* For tests on a real SQLite file: a directory of its own, a key, a committer, a clock that stands.
 * kit_open makes all of it, kit_close removes it; kit_restart stops the committer and starts it
 * again on the same file, as after a crash or an update. */
#ifndef RINGOFF_STORE_KIT_H
#define RINGOFF_STORE_KIT_H
#include "store/committer.h"
#include "store/rows.h"

struct kit {
    char folder[256], path[288];
    struct secrets secrets;
    struct committer *committer;
    struct store *reader;
};

/* The kit's clock: set it, never let it run. */
extern int64_t kit_now;

void kit_open(struct kit *kit);
void kit_restart(struct kit *kit);
void kit_close(struct kit *kit);
/* Runs one verb through the committer; key NULL: none. The answer. */
enum refusal kit_run(struct kit *kit, const struct verb *verb, const struct actor *actor,
                     void *input, const char *key, struct job *answer);
/* Writes one row by its statement, sealed and looked up as the program does; the committer is
 * started anew around it. */
void kit_put(struct kit *kit, enum statement_id statement, const void *row);
/* Runs SQL on the file behind Ringoff's back, as an attacker or a fault would. */
void kit_sql(struct kit *kit, const char *sql);
/* The first column of the first row, as a number. */
int64_t kit_number(struct kit *kit, const char *sql);
/* An operator and its policy as rows, added directly: its id is 4096. */
void kit_operator(struct kit *kit, const char *policy_file);
#endif
