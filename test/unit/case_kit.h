/* For tests of closures on a real SQLite file: the store kit with the demo operator's policy, a
 * registered person with two lines, an account with a session that was stepped up, and actors.
 * case_open makes it, case_close removes it. The clock is kit_now. */
#ifndef RINGOFF_CASE_KIT_H
#define RINGOFF_CASE_KIT_H
#include "commands/closure.h"
#include "commands/effect.h"
#include "commands/line_import.h"
#include "commands/network.h"
#include "commands/verbs.h"
#include "store_kit.h"

enum { CASE_OPERATOR = 4096, CASE_ACCOUNT = 501, CASE_SESSION = 502, CASE_STAFF = 503 };

struct case_kit {
    struct kit kit;
    int64_t line, other_line, contact;
    struct actor person, anyone, api, system, staff;
};

void case_open(struct case_kit *c);
void case_close(struct case_kit *c);
/* A good row for line.import; i makes number, SIM and document differ. */
struct line_import case_row(int i);
/* Runs a verb; its result or 0. *refusal may be NULL. */
int64_t case_run(struct case_kit *c, const struct verb *verb, const struct actor *actor,
                 void *input, enum refusal *refusal);
/* Submits a closure of c->line to the line (contact 0) or a contact. */
int64_t case_submit(struct case_kit *c, int64_t contact, enum refusal *refusal);
/* From now on the operator's policy asks for a document (identity `document`). */
void case_by_document(struct case_kit *c);
/* Sends a document (JPEG, 5000 bytes, a key of 43 times 'A') to the closure. */
enum refusal case_document(struct case_kit *c, const struct actor *actor, int64_t closure);
/* Confirms with the link. */
enum refusal case_confirm(struct case_kit *c, int64_t closure);
/* Reports that the waiting message with the confirmation was delivered. */
enum refusal case_delivered(struct case_kit *c, int64_t closure);
/* Advances once. */
enum refusal case_advance(struct case_kit *c, int64_t closure);
/* Reads one row by id. */
void case_read(struct case_kit *c, enum statement_id statement, int64_t id, void *to);
/* The waiting effect of the kind for a closure, or 0. */
int64_t case_effect(struct case_kit *c, int64_t target, enum effect_kind kind);
/* Confirmed, the undo window over, started: an executing closure of c->line. */
int64_t case_executing(struct case_kit *c);
#endif
