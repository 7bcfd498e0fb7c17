/* Sessions: signing in and out, and giving the password again before what matters.
 * The token is handed out once and kept as a keyed hash. Failures spend budgets per account, per
 * address and overall that live in the database; a spent one answers known and unknown alike. */
#ifndef RINGOFF_SESSION_H
#define RINGOFF_SESSION_H
#include "store/verb.h"

enum { SESSIONS_AN_ACCOUNT = 20 }; /* the oldest is closed when another would be too many */

struct session_open {
    char email[EMAIL_SIZE], password[132];
    /* filled by prepare; the password above is wiped then */
    char key[EMAIL_SIZE];         /* the form the address is looked up by */
    int64_t account, password_at; /* what the check was made against, 0 = no such account */
    int64_t fits;                 /* the password is the account's */
    int64_t locked;               /* attempts were spent, so the password was not looked at */
};
struct session_step_up {
    char password[132];
    int64_t password_at, fits, locked; /* filled by prepare */
};
struct session_close {
    int64_t none;
};
struct session_close_all {
    int64_t none;
};

/* The hash under which a session is kept (statement SESSION_BY_TOKEN) of the token's text. */
void session_token_hash(const struct secrets *secrets, const char *token, uint8_t hash[HASH_BYTES]);
/* True while the session may be used. */
bool session_live(const struct session *session, int64_t now);
/* True while the password was given recently enough (policy: step_up_minutes). */
bool session_stepped_up(const struct session *session, const struct policy *policy, int64_t now);

extern const struct verb session_open_verb;      /* -> result session, secret token */
extern const struct verb session_step_up_verb;   /* -> result session */
extern const struct verb session_close_verb;     /* -> result session */
extern const struct verb session_close_all_verb; /* -> result account */
#endif
