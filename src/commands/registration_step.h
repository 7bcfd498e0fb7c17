/* What the steps of a registration, of setting a password anew, of opening a status by e-mail and
 * of changing contacts share; only registration*.c, account_password*.c, status_open.c and
 * contact_*.c include this.
 * Each step opens the challenge (held, unused, in time), then tries a code or issues one.
 * Lives of codes: facts.md section 4 (NIST SP 800-63: ten minutes by SMS, a day by mail). */
#ifndef RINGOFF_REGISTRATION_STEP_H
#define RINGOFF_REGISTRATION_STEP_H
#include "base/clock.h"
#include "commands/attempts.h"

#define SMS_CODE_LIFE (10 * MINUTE) /* the most; a policy may say less (code_life_minutes) */
#define MAIL_CODE_LIFE (24 * HOUR)
#define PROOF_CODE_LIFE (1 * HOUR) /* of a code by mail that proves who one is */
#define FORM_LIFE (1 * HOUR)       /* to fill in address and password after the proof */

/* The e-mail that a pending account bears until its address is proved; no address can be it. */
void challenge_placeholder(int64_t challenge, char email[EMAIL_SIZE]);

/* Reads for prepare; false when the store failed, a zeroed row when there is none. */
bool challenge_read(const struct engine *engine, struct store *reader, const struct actor *actor,
                    int64_t id, struct challenge *challenge);
bool account_read(const struct engine *engine, struct store *reader, const struct actor *actor,
                  const char *email_key, struct account *account);
/* The id of the line that has the number now, 0 when none has; number fits struct key's text. */
bool line_read(const struct engine *engine, struct store *reader, const struct actor *actor,
               const char *number, int64_t *line);
/* ACCEPTED, or REFUSED_NOT_FOUND (unknown, not held, or of another purpose; purpose NULL: one
 * of a registration), else _CODE_USED, _CODE_EXPIRED. A code that sets a password anew must not
 * count as a registration's, nor the other way round: they are proved by different things. */
enum refusal challenge_open(const struct outcome *out, const struct challenge *challenge,
                            const char *holder, const char *purpose);
/* True for a challenge of a registration. */
bool challenge_registers(const struct challenge *challenge);
/* Compares a code: ACCEPTED; REFUSED_TOO_MANY; REFUSED_CODE_WRONG, for which an attempt of the
 * challenge, of the peer and of all is spent (nothing when it has not eight digits). */
enum refusal challenge_try(struct outcome *out, struct challenge *challenge, const char *typed,
                           const struct peer_budgets *budgets);
/* Begins one: the caller has filled what it is about (line, account, closure, contact, via: 0 when
 * there is none such); a code of the purpose goes to the address, and the holder's secret is handed
 * out. */
void challenge_begin(struct outcome *out, struct challenge *challenge, const char *purpose,
                     enum language language, const char *address);
/* The same without a code as yet: the caller sets the purpose and the end, and adds the row. */
void challenge_make(struct outcome *out, struct challenge *challenge, enum language language,
                    const char *address);
/* A new code of the purpose: changes the challenge (the caller puts it) and adds the effect. */
void challenge_issue(struct outcome *out, struct challenge *challenge, const char *purpose,
                     bool exists);
#endif
