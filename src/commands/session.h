/* Sessions: signing in and out, and giving the password again before what matters.
 * Tokens are handed out once and kept as keyed hashes. Failures spend budgets per account, per
 * address and overall that live in the database, the same from a browser and from an app; a spent
 * one answers known and unknown alike.
 * An app gets an access token that lives for minutes, and a refresh token that is used once and
 * gives the next two. Who uses an old refresh token again, or the owner after him, ends the
 * session: one of the two has stolen it, and nothing tells which (RFC 9700 section 4.14.2). */
#ifndef RINGOFF_SESSION_H
#define RINGOFF_SESSION_H
#include "store/verb.h"

enum { SESSIONS_AN_ACCOUNT = 20 }; /* the oldest is closed when another would be too many */

/* How a token begins, so that a leaked one is recognised where secrets are searched for, and so
 * that each of them counts only where it is meant to. */
#define ACCESS_MARK "ringoff_access_"
#define REFRESH_MARK "ringoff_refresh_"
enum {
    ACCESS_LENGTH = sizeof ACCESS_MARK - 1 + TOKEN_TEXT - 1,
    FAMILY_BYTES = 16,
    FAMILY_LENGTH = sizeof REFRESH_MARK - 1 + 22, /* what all of a session's begin with */
    REFRESH_LENGTH = FAMILY_LENGTH + TOKEN_TEXT - 1,
    DEVICE_MOST = 60, /* characters */
};

struct session_open {
    char email[EMAIL_SIZE], password[132];
    char device[DEVICE_SIZE]; /* of an app */
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
struct session_refresh {
    char refresh_token[REFRESH_LENGTH + 1];
    int64_t session, account; /* filled by prepare, and checked again */
};
struct session_end {
    int64_t session;
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
/* True while an app's access token may be used. */
bool session_access_live(const struct session *session, int64_t now);
/* True for a text that has the form of an access token, or of a refresh token. */
bool session_is_access(const char *token);
bool session_is_refresh(const char *token);
/* The hash under which the common part of a session's refresh tokens is kept. */
void session_family_hash(const struct secrets *secrets, const char *token,
                         uint8_t hash[HASH_BYTES]);
/* New tokens of the session, which is an app's: sets their hashes and ends, and hands them out
 * ("ACCESS REFRESH"). family: the common part; NULL: a new one. */
void session_tokens(struct outcome *out, struct session *session, const char *family);
/* True while the password was given recently enough (policy: step_up_minutes). */
bool session_stepped_up(const struct session *session, const struct policy *policy, int64_t now);

extern const struct verb session_open_verb;      /* -> result session, secret token */
extern const struct verb session_open_app_verb;  /* -> result session, secret "ACCESS REFRESH" */
extern const struct verb session_refresh_verb;   /* -> the same */
extern const struct verb session_end_verb;       /* one of the account's -> result session */
extern const struct verb session_step_up_verb;   /* -> result session */
extern const struct verb session_close_verb;     /* -> result session */
extern const struct verb session_close_all_verb; /* -> result account */
#endif
