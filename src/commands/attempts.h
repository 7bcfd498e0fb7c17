/* What the verbs that take codes and passwords share: attempt budgets as rows, the form of a typed
 * code, the holder's secret of a challenge.
 * A budget is asked and spent by its text (scope and subject), which is the same for what is known
 * and what is not: spending tells nobody anything. */
#ifndef RINGOFF_ATTEMPTS_H
#define RINGOFF_ATTEMPTS_H
#include "store/rows.h"

#define SCOPE_SMS "sms"     /* messages to a line or number; subject: the line's id, the number */
#define SCOPE_MAIL "mail"   /* messages to an address; subject: its lookup form */
#define SCOPE_START "start" /* registrations begun; subject: the peer's address */
#define SCOPE_SIGN_IN "sign_in"   /* failures; subject: the account's e-mail in its lookup form */
#define SCOPE_STEP_UP "step_up"   /* failures; subject: the account's id */
#define SCOPE_IDENTITY "identity" /* wrong ID numbers; subject: the line, and who asks */
#define SCOPE_ADDRESS "address"   /* failures of any kind; subject: the peer's address */
#define SCOPE_OVERALL "overall"   /* failures of any kind; subject: "" */

/* The budgets of the peer: its own and everybody's. */
struct peer_budgets {
    struct budget address, overall;
};

/* Loads the budget of the scope and subject, of the actor's operator. */
void want_attempts(struct load *load, const char *scope, const char *subject, struct budget *to);
void want_peer_budgets(struct load *load, struct peer_budgets *to);
/* True when the policy leaves at least one attempt of this kind now. */
bool attempts_left(const struct outcome *out, const struct budget *budget, enum budget_scope kind);
bool peer_left(const struct outcome *out, const struct peer_budgets *budgets);
/* Spends one and puts the row; false (nothing is put) when there is none left. */
bool attempts_spend(struct outcome *out, const struct budget *budget, enum budget_scope kind,
                    const char *scope, const char *subject);
/* The same with a limit and a window that are the verb's own. */
bool attempts_within(const struct outcome *out, const struct budget *budget, int64_t limit,
                     int64_t window);
bool attempts_take(struct outcome *out, const struct budget *budget, int64_t limit, int64_t window,
                   const char *scope, const char *subject);
/* The same of an amount, with an id as the subject: all of it or nothing. */
bool amount_take_of(struct outcome *out, const struct budget *budget, int64_t amount, int64_t limit,
                    int64_t window, const char *scope, int64_t subject);
/* The same with an id as the subject. */
void want_attempts_of(struct load *load, const char *scope, int64_t subject, struct budget *to);
bool attempts_spend_of(struct outcome *out, const struct budget *budget, enum budget_scope kind,
                       const char *scope, int64_t subject);
/* A failure: spends one of the peer's and one of everybody's. */
void peer_spend(struct outcome *out, const struct peer_budgets *budgets);
/* For a verb's prepare, before it does what is costly: was the budget of this scope and subject, or
 * with peer one of the actor's peer, spent when it asked (actor->at). decide asks again. False when
 * it cannot be read, the time is not told or no policy is in force: decide answers that. */
bool attempts_spent(struct store *reader, const struct engine *engine,
                    const struct secrets *secrets, const struct actor *actor,
                    enum budget_scope kind, const char *scope, const char *subject, bool peer);
/* Gives all attempts back, where any were spent. */
void attempts_clear(struct outcome *out, const struct budget *budget);

/* The eight digits of a typed code, half-width and without spaces and dashes; false when it is no
 * such code. */
bool code_fold(const char *typed, char code[CODE_DIGITS + 1]);
/* True when the holder secret is the challenge's; false for none (id 0). */
bool challenge_held(const struct secrets *secrets, const struct challenge *challenge,
                    const char *holder);
#endif
