/* What a password must be: long enough, and not what is tried first. No composition rules.
 * Passwords exist in prepare only; decide sees what came of them. */
#ifndef RINGOFF_PASSWORD_H
#define RINGOFF_PASSWORD_H
#include <stdbool.h>
#include <stdint.h>

enum { PASSWORD_BYTES = 128, PASSWORD_LEAST = 10 };

/* The characters of the password; 0 when it is too short or too long, not UTF-8, the e-mail address
 * (its lookup form, or the part before the @) or one of the commonest. */
int64_t password_points(const char *password, const char *email_key);
/* Argon2id of nothing in particular, of the same cost as secret_password_hash: what an unknown
 * account's password is checked against. */
extern const char password_dummy[];
#endif
