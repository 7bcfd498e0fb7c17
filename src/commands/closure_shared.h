/* What the verbs of closures share: whose policy counts, what the actor has proved, whom to tell.
 * Nothing here decides what may happen; that is rules/closure.h and rules/proof.h.
 * Used by the verbs closure.* and network.* only. */
#ifndef RINGOFF_CLOSURE_SHARED_H
#define RINGOFF_CLOSURE_SHARED_H
#include "commands/attempts.h"
#include "rules/closure.h"
#include "rules/proof.h"
#include "store/rows.h"

#define SCOPE_IDENTITY "identity" /* wrong ID numbers; subject: the line, and who asks */
#define SCOPE_CODE "code"         /* wrong confirmation codes; subject: the line */

/* attempts.h with an id as the subject. */
void want_attempts_of(struct load *load, const char *scope, int64_t subject, struct budget *to);
bool attempts_spend_of(struct outcome *out, const struct budget *budget, enum budget_scope kind,
                       const char *scope, int64_t subject);

/* How the inputs of verbs on a closure begin. */
struct closure_target {
    int64_t closure, line;
};
/* A verb's prepare: fills line from the closure when the caller did not. An unknown closure leaves
 * it 0, and decide answers. REFUSED_BUSY when the store does not answer. */
enum refusal closure_prepare(void *input, const struct actor *actor, struct store *reader,
                             const struct engine *engine, const struct secrets *secrets);

/* The policy under which the closure was submitted (it was loaded once, so it is there). */
const struct policy *closure_policy(const struct outcome *out, const struct closure *closure);
/* The proof bits that the actor brings: of a session, or of a key or staff member with the scope.
 */
uint32_t proof_given(const struct outcome *out, const struct session *session,
                     const struct account_line *link, const struct line *line);
/* True when both rows are there and belong together. */
bool closure_fits(const struct closure *closure, const struct line *line);

/* A message to each contact of the line, and by SMS to the line itself when it is told too. */
void closure_tell(struct outcome *out, enum effect_kind kind, const struct closure *closure,
                  const struct contact contacts[CONTACTS_A_LINE], bool line_too);
/* A message where the confirmation goes; it is dropped once the confirmation has expired. */
void closure_ask(struct outcome *out, enum effect_kind kind, const struct closure *closure);
/* Records the closure and, when it no longer is open, frees the line for another one. */
void closure_record(struct outcome *out, const struct closure *closure, const struct line *line,
                    const struct policy *policy);
#endif
