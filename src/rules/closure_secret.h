/* The secrets of a closure: the code and the link that confirm it, and the secret that shows its
 * status. None is stored: each is derived from the installation's key, the closure's id, the issue
 * and a stored nonce, when a message is written, when one comes back, and on the owner's screen. */
#ifndef RINGOFF_CLOSURE_SECRET_H
#define RINGOFF_CLOSURE_SECRET_H
#include <stdbool.h>

#include "base/secret.h"
#include "rules/reference.h"
#include "rules/row.h"

/* The eight digits of the present issue. */
void closure_code(const struct secrets *secrets, const struct closure *closure,
                  char code[CODE_DIGITS + 1]);
/* The link's secret (what stands behind the #) of an issue from 1 to closure->confirm_issue. */
void closure_link(const struct secrets *secrets, const struct closure *closure, int64_t issue,
                  char link[TOKEN_TEXT]);
/* The status secret, "7K3F-92QX-HM4D-8VBW"; it stays the same until another is made
 * (closure->status_issue). */
void closure_status_secret(const struct secrets *secrets, const struct closure *closure,
                           char secret[STATUS_SECRET_SIZE]);

/* True when a typed code is the present one; blanks and dashes do not count, nor does width. */
bool closure_code_fits(const struct secrets *secrets, const struct closure *closure,
                       const char *typed);
/* The issue whose link secret this is, looked for among all that were sent; 0 when none. */
int64_t closure_link_fits(const struct secrets *secrets, const struct closure *closure,
                          const char *given);
/* True when a typed status secret is the closure's; false for one with id 0. */
bool closure_status_fits(const struct secrets *secrets, const struct closure *closure,
                         const char *typed);
#endif
