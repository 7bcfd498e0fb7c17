#include "commands/attempts.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "rules/budget.h"
#include "rules/identifier.h"

enum { ID_TEXT = 24 };

void want_attempts(struct load *load, const char *scope, const char *subject, struct budget *to) {
    want_budget(load, budget_id(load->secrets, load->actor->operator, scope, subject), to);
}

void want_peer_budgets(struct load *load, struct peer_budgets *to) {
    want_attempts(load, SCOPE_ADDRESS, load->actor->address, &to->address);
    want_attempts(load, SCOPE_OVERALL, "", &to->overall);
}

bool attempts_left(const struct outcome *out, const struct budget *budget, enum budget_scope kind) {
    const struct policy_budget *allowed = &out->policy->attempts[kind];
    return attempts_within(out, budget, allowed->count, allowed->window_minutes * MINUTE);
}

bool attempts_within(const struct outcome *out, const struct budget *budget, int64_t limit,
                     int64_t window) {
    return budget_left(budget, limit, window, out->now) > 0;
}

bool peer_left(const struct outcome *out, const struct peer_budgets *budgets) {
    return attempts_left(out, &budgets->address, BUDGET_ADDRESS) &&
           attempts_left(out, &budgets->overall, BUDGET_OVERALL);
}

bool attempts_spend(struct outcome *out, const struct budget *budget, enum budget_scope kind,
                    const char *scope, const char *subject) {
    const struct policy_budget *allowed = &out->policy->attempts[kind];
    return attempts_take(out, budget, allowed->count, allowed->window_minutes * MINUTE, scope,
                         subject);
}

static bool take(struct outcome *out, const struct budget *budget, int64_t amount, int64_t limit,
                 int64_t window, const char *scope, const char *subject) {
    struct budget row = *budget;
    assert(strlen(scope) < sizeof row.scope);
    row.id = budget_id(out->secrets, out->actor->operator, scope, subject);
    row.operator= out->actor->operator;
    snprintf(row.scope, sizeof row.scope, "%s", scope);
    assert(!budget->id || budget->id == row.id);
    if (!budget_take(&row, amount, limit, window, out->now))
        return false;
    put_budget(out, &row);
    return true;
}

bool attempts_take(struct outcome *out, const struct budget *budget, int64_t limit, int64_t window,
                   const char *scope, const char *subject) {
    return take(out, budget, 1, limit, window, scope, subject);
}

bool amount_take_of(struct outcome *out, const struct budget *budget, int64_t amount, int64_t limit,
                    int64_t window, const char *scope, int64_t subject) {
    char text[ID_TEXT];
    snprintf(text, sizeof text, "%lld", (long long)subject);
    return take(out, budget, amount, limit, window, scope, text);
}

void want_attempts_of(struct load *load, const char *scope, int64_t subject, struct budget *to) {
    char text[ID_TEXT];
    snprintf(text, sizeof text, "%lld", (long long)subject);
    want_attempts(load, scope, text, to);
}

bool attempts_spend_of(struct outcome *out, const struct budget *budget, enum budget_scope kind,
                       const char *scope, int64_t subject) {
    char text[ID_TEXT];
    snprintf(text, sizeof text, "%lld", (long long)subject);
    return attempts_spend(out, budget, kind, scope, text);
}

void peer_spend(struct outcome *out, const struct peer_budgets *budgets) {
    attempts_spend(out, &budgets->address, BUDGET_ADDRESS, SCOPE_ADDRESS, out->actor->address);
    attempts_spend(out, &budgets->overall, BUDGET_OVERALL, SCOPE_OVERALL, "");
}

/* The rules in force for the actor's operator, read outside any transaction; NULL: none. To be
 * freed. */
static struct policy *policy_now(struct store *reader, const struct engine *engine,
                                 const struct actor *actor) {
    struct key key = {.operator= actor->operator, .at = actor->at };
    struct policy_row *row = calloc(1, sizeof *row);
    struct policy *policy = calloc(1, sizeof *policy);
    struct policy_faults *faults = calloc(1, sizeof *faults);
    struct want want = {.statement = POLICY_AT, .in = &key, .rows = row, .room = 1};
    bool good = row && policy && faults && engine->read(reader, &want, 1) == STORE_OK && row->id &&
                policy_read_stored(row->text, strlen(row->text), policy, faults);
    free(row);
    free(faults);
    if (good)
        return policy;
    free(policy);
    return NULL;
}

bool attempts_spent(struct store *reader, const struct engine *engine,
                    const struct secrets *secrets, const struct actor *actor,
                    enum budget_scope kind, const char *scope, const char *subject, bool peer) {
    const struct {
        enum budget_scope kind;
        const char *scope, *subject;
    } asked[] = {{kind, scope, subject},
                 {BUDGET_ADDRESS, SCOPE_ADDRESS, actor->address},
                 {BUDGET_OVERALL, SCOPE_OVERALL, ""}};
    int64_t now = actor->at;
    struct policy *policy = now ? policy_now(reader, engine, actor) : NULL;
    bool spent = false;
    for (size_t i = 0; policy && i < (peer ? 3 : 1); i++) {
        const struct policy_budget *allowed = &policy->attempts[asked[i].kind];
        struct budget row = {0};
        struct key key = {.id =
                              budget_id(secrets, actor->operator, asked[i].scope, asked[i].subject),
                          .operator= actor->operator};
        struct want want = {.statement = BUDGET_BY_ID, .in = &key, .rows = &row, .room = 1};
        spent |= engine->read(reader, &want, 1) == STORE_OK &&
                 !budget_left(&row, allowed->count, allowed->window_minutes * MINUTE, now);
    }
    free(policy);
    return spent;
}

void attempts_clear(struct outcome *out, const struct budget *budget) {
    struct budget row = *budget;
    if (!row.id || !row.count)
        return;
    row.step = -row.count; /* what others spend meanwhile stays spent */
    row.count = 0;
    put_budget(out, &row);
}

bool code_fold(const char *typed, char code[CODE_DIGITS + 1]) {
    char digits[FOLD_SIZE];
    memset(code, 0, CODE_DIGITS + 1);
    identifier_fold(typed, "-", digits); /* "" for what cannot be a code */
    if (strlen(digits) != CODE_DIGITS || !text_digits(digits))
        return false;
    memcpy(code, digits, CODE_DIGITS);
    return true;
}

bool challenge_held(const struct secrets *secrets, const struct challenge *challenge,
                    const char *holder) {
    char expected[TOKEN_TEXT];
    secret_link(secrets, "challenge", challenge->id, 0, challenge->nonce, expected);
    return secret_equal(holder, expected) && challenge->id;
}
