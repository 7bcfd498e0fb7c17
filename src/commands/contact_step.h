/* What adding and removing a contact share; only contact_*.c include this. */
#ifndef RINGOFF_CONTACT_STEP_H
#define RINGOFF_CONTACT_STEP_H
#include "commands/closure_shared.h"
#include "commands/contact.h"
#include "commands/identity_try.h"

/* Whose line it is, and whose contacts; every verb of a contact wants these. */
struct contact_rows {
    struct line line;
    struct session session;
    struct account account; /* whose session asks */
    struct account_line link;
    struct contact contacts[CONTACTS_A_LINE];
    struct suspension suspension; /* the open one */
};
/* Wants them; the line is locked. */
void want_contact_rows(struct load *load, int64_t line, struct contact_rows *to);
/* What the session proves of the line, and `more`, are they enough for the verb; and the line has
 * not been closed. REFUSED_NOT_FOUND for no such line as for another's. */
enum refusal contact_prove(const struct outcome *out, const struct contact_rows *r,
                           enum proof_verb verb, uint32_t more);

/* Reads line, contact and via of the challenge; a verb's prepare, whose input is contact_code. */
enum refusal contact_code_prepare(void *input, const struct actor *actor, struct store *reader,
                                  const struct engine *engine, const struct secrets *secrets);
/* What both verbs that take the code load. */
struct contact_code_rows {
    struct contact_rows of;
    struct challenge challenge;
    struct peer_budgets peer;
};
/* Wants them: the load of both. */
void contact_code_load(struct load *load, const void *input, void *rows);
/* The input's fields of both verbs that take the code. */
extern const struct field contact_code_input[];
/* Opens the challenge of the purpose for its account: REFUSED_NOT_FOUND (unknown, not held, another
 * account's or purpose's), else challenge_open's, or REFUSED_BUSY (not as prepared). */
enum refusal contact_challenge_open(struct outcome *out, const struct challenge *challenge,
                                    const struct contact_code *in, const char *purpose);
/* One more change of the line's contacts today. */
bool contact_change_spend(struct outcome *out, const struct budget *changes, int64_t line);
/* The change is made: the line remembers when, its challenge is used up, and all are told, the
 * contact itself only when it was removed. */
void contact_changed(struct outcome *out, const struct contact_rows *r, struct challenge *challenge,
                     const struct contact *contact);
#endif
