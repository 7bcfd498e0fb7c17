#include "rules/closure_secret.h"

#include <assert.h>
#include <string.h>

#include "rules/identifier.h"

enum { ISSUES = 64 }; /* more than any policy's code_sends */

void closure_code(const struct secrets *secrets, const struct closure *closure,
                  char code[CODE_DIGITS + 1]) {
    assert(secrets && closure);
    secret_code(secrets, "confirm", closure->id, closure->confirm_issue, closure->nonce, code);
}

void closure_link(const struct secrets *secrets, const struct closure *closure, int64_t issue,
                  char link[TOKEN_TEXT]) {
    assert(secrets && closure);
    secret_link(secrets, "confirm", closure->id, issue, closure->nonce, link);
}

void closure_status_secret(const struct secrets *secrets, const struct closure *closure,
                           char secret[STATUS_SECRET_SIZE]) {
    char link[TOKEN_TEXT];
    uint8_t hash[HASH_BYTES];
    assert(secrets && closure);
    secret_link(secrets, "status", closure->id, closure->status_issue, closure->nonce, link);
    secret_hash(secrets->code, link, strlen(link), hash); /* letters people can read out */
    status_secret_make(hash, secret);
}

bool closure_code_fits(const struct secrets *secrets, const struct closure *closure,
                       const char *typed) {
    char digits[FOLD_SIZE], code[CODE_DIGITS + 1];
    identifier_fold(typed, "-", digits); /* "" for what cannot be a code */
    closure_code(secrets, closure, code);
    return secret_equal(digits, code) && closure->id && closure->confirm_issue;
}

int64_t closure_link_fits(const struct secrets *secrets, const struct closure *closure,
                          const char *given) {
    int64_t issues = closure->confirm_issue < ISSUES ? closure->confirm_issue : ISSUES, found = 0;
    char link[TOKEN_TEXT];
    closure_link(secrets, closure, 0, link); /* work for an unknown closure too */
    for (int64_t issue = 1; issue <= issues; issue++) {
        closure_link(secrets, closure, issue, link);
        if (secret_equal(given, link))
            found = issue;
    }
    return closure->id ? found : 0;
}

bool closure_status_fits(const struct secrets *secrets, const struct closure *closure,
                         const char *typed) {
    char given[STATUS_SECRET_SIZE], right[STATUS_SECRET_SIZE];
    bool formed = status_secret_read(typed, given);
    closure_status_secret(secrets, closure, right);
    return formed && secret_equal(given, right) && closure->id;
}
