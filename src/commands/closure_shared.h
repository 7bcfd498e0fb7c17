/* What the verbs of closures share: whose policy counts, what the actor has proved, whom to tell.
 * Nothing here decides what may happen; that is rules/closure.h and rules/proof.h.
 * Used by the verbs closure.* and network.*, and by status.ask. */
#ifndef RINGOFF_CLOSURE_SHARED_H
#define RINGOFF_CLOSURE_SHARED_H
#include "commands/attempts.h"
#include "rules/closure.h"
#include "rules/proof.h"
#include "store/rows.h"

#define SCOPE_CODE "code" /* wrong confirmation codes; subject: the line */

#define SCOPE_GUESS "guess"   /* the same of a closure that there is not */
#define SCOPE_SUBMIT "submit" /* closures asked for; subject: the line */

enum { CLOSURES_A_DAY = 10 }; /* of a line: each brings messages to everybody who is told */

/* How the inputs of verbs on a closure begin. */
struct closure_target {
    int64_t closure, line;
};
/* A verb's prepare: fills line from the closure when the caller did not. An unknown closure leaves
 * it 0, and decide answers. REFUSED_BUSY when the store does not answer. */
enum refusal closure_prepare(void *input, const struct actor *actor, struct store *reader,
                             const struct engine *engine, const struct secrets *secrets);

/* Guessing codes: the line's budget, the closure's own count, the peer's. A closure that there is
 * not is counted under what it was called by (its reference, else its id), in as many rows and to
 * the same limits, so that nobody learns which there are. */
struct guesses {
    struct budget line, unknown;
    struct peer_budgets peer;
};
/* Wants them; reference: what was typed at the door, or "". */
void want_guesses(struct load *load, const struct closure_target *target, const char *reference,
                  struct guesses *to);
/* May another code be looked at. closure id 0: there is none such. trusted: closure_trusted. */
bool guesses_left(const struct outcome *out, const struct guesses *guesses,
                  const struct closure *closure, const struct policy *policy, bool trusted);
/* A wrong one: spends of all, and counts it in the closure. Always REFUSED_CODE_WRONG. */
enum refusal guesses_spend(struct outcome *out, const struct guesses *guesses,
                           const struct closure_target *target, const char *reference,
                           struct closure *closure, const struct policy *policy);

/* The account of a subscriber, for proof_route; read and not locked: a password that is set anew at
 * this very moment counts from the next command on. An empty one for everybody else. */
void want_asking_account(struct load *load, struct account *to);

/* True for an integrator and for the live session of an account that proved this line: what others
 * failed at from the same address, or anywhere, is not held against them. */
bool closure_trusted(const struct outcome *out, const struct session *session,
                     const struct account_line *link, const struct line *line);

/* The policy under which the closure was submitted (it was loaded once, so it is there). */
const struct policy *closure_policy(const struct outcome *out, const struct closure *closure);
/* The proof bits that the actor brings: of a session, or of a key or staff member with the scope.
 */
uint32_t proof_given(const struct outcome *out, const struct session *session,
                     const struct account_line *link, const struct line *line);
/* The same of a closure of the line: who asked for it without the SIM may do with it, and with no
 * other, what its line's holder may (rules/proof.h: proof_of_claim). */
uint32_t closure_given(const struct outcome *out, const struct session *session,
                       const struct account_line *link, const struct line *line,
                       const struct closure *closure);
/* True when both rows are there and belong together. */
bool closure_fits(const struct closure *closure, const struct line *line);

/* Opens the closure's work item of that kind, unless one is open. */
void closure_work_open(struct outcome *out, const struct closure *closure,
                       const struct work works[WORKS_A_CLOSURE], enum work_kind kind,
                       int64_t due_at);
/* Ends the open work items of a kind, 0 = all; by: staff, 0 = it came about by itself. */
void closure_works_end(struct outcome *out, const struct work works[WORKS_A_CLOSURE],
                       enum work_kind kind, const char *evidence, int64_t by);

/* Credit came to the unclaimed credit of a line that is closed: it can be claimed for as long from
 * now on as what was there at the closing could from then on. Records the closure. */
void closure_claim_again(struct outcome *out, struct closure *closure);
/* A message to each contact of the line that hears of it, and by SMS to the line itself when it is
 * told too. */
void closure_tell(struct outcome *out, enum effect_kind kind, const struct closure *closure,
                  const struct contact contacts[CONTACTS_A_LINE], bool line_too);
/* The same to the account that asked for it, by mail, where no contact hears of it: the line has no
 * messages any more. */
void closure_tell_account(struct outcome *out, enum effect_kind kind, const struct closure *closure,
                          const struct contact contacts[CONTACTS_A_LINE]);
/* A message where the confirmation goes; it is dropped once the confirmation has expired. */
void closure_ask(struct outcome *out, enum effect_kind kind, const struct closure *closure);
/* Records the closure and, when it ended with the line still there, frees that for another one. */
void closure_record(struct outcome *out, const struct closure *closure, const struct line *line,
                    const struct policy *policy);
#endif
