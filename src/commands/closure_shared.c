#include "commands/closure_shared.h"

#include <assert.h>
#include <stdio.h>

#include "base/clock.h"
#include "rules/closing.h"
#include "rules/contact.h"

enum { ID_TEXT = 24 };

enum refusal closure_prepare(void *input, const struct actor *actor, struct store *reader,
                             const struct engine *engine, const struct secrets *secrets) {
    struct closure_target *target = input;
    struct key key = {.id = target->closure, .operator= actor->operator};
    struct closure closure = {0};
    struct want want = {.statement = CLOSURE_BY_ID, .in = &key, .rows = &closure, .room = 1};
    (void)secrets;
    if (target->line)
        return ACCEPTED;
    if (engine->read(reader, &want, 1) != STORE_OK)
        return REFUSED_BUSY;
    target->line = closure.line;
    return ACCEPTED;
}

/* What a closure is counted under. */
static void guess_subject(const struct closure_target *target, const char *reference,
                          char text[ID_TEXT]) {
    if (target->line)
        snprintf(text, ID_TEXT, "%lld", (long long)target->line);
    else if (reference[0])
        snprintf(text, ID_TEXT, "?%s", reference);
    else
        snprintf(text, ID_TEXT, "?%lld", (long long)target->closure);
}

void want_guesses(struct load *load, const struct closure_target *target, const char *reference,
                  struct guesses *to) {
    char text[ID_TEXT];
    guess_subject(target, reference, text);
    want_attempts(load, SCOPE_CODE, text, &to->line);
    want_attempts(load, SCOPE_GUESS, text, &to->unknown);
    want_peer_budgets(load, &to->peer);
}

bool guesses_left(const struct outcome *out, const struct guesses *guesses,
                  const struct closure *closure, const struct policy *policy, bool trusted) {
    int64_t window = policy->link_life_hours * HOUR;
    bool own = closure->id ? closure->confirm_attempts < policy->code_attempts
                           : attempts_within(out, &guesses->unknown, policy->code_attempts, window);
    return own && attempts_left(out, &guesses->line, BUDGET_LINE) &&
           (trusted || peer_left(out, &guesses->peer));
}

enum refusal guesses_spend(struct outcome *out, const struct guesses *guesses,
                           const struct closure_target *target, const char *reference,
                           struct closure *closure, const struct policy *policy) {
    int64_t window = policy->link_life_hours * HOUR;
    char text[ID_TEXT];
    guess_subject(target, reference, text);
    attempts_spend(out, &guesses->line, BUDGET_LINE, SCOPE_CODE, text);
    if (!closure->id)
        attempts_take(out, &guesses->unknown, policy->code_attempts, window, SCOPE_GUESS, text);
    else if (closure_code_wrong(closure, policy, out->now) == REFUSED_CODE_WRONG)
        put_closure(out, closure);
    peer_spend(out, &guesses->peer);
    return REFUSED_CODE_WRONG;
}

void want_asking_account(struct load *load, struct account *to) {
    struct key key = {.id = load->actor->id, .operator= load->actor->operator};
    if (load->actor->kind == ACTOR_SUBSCRIBER)
        want_one(load, ACCOUNT_BY_ID, &key, 0, to);
}

bool closure_trusted(const struct outcome *out, const struct session *session,
                     const struct account_line *link, const struct line *line) {
    const uint32_t own = PROOF_SESSION | PROOF_LINKED;
    return line->id && (proof_given(out, session, link, line) & own) == own;
}

const struct policy *closure_policy(const struct outcome *out, const struct closure *closure) {
    const struct tenant *tenant = out->tenant;
    assert(tenant && closure->id);
    for (size_t i = 0; i < tenant->policy_count; i++)
        if (tenant->policies[i].id == closure->policy)
            return &tenant->policies[i];
    assert(!"a closure's policy is never taken away");
    return NULL;
}

uint32_t proof_given(const struct outcome *out, const struct session *session,
                     const struct account_line *link, const struct line *line) {
    switch (out->actor->kind) {
    case ACTOR_SUBSCRIBER:
        return proof_of_session(session, link, line, out->policy, out->now);
    case ACTOR_API:
    case ACTOR_STAFF:
        return PROOF_SESSION | PROOF_LINKED | PROOF_STEP_UP;
    default:
        return 0;
    }
}

uint32_t closure_given(const struct outcome *out, const struct session *session,
                       const struct account_line *link, const struct line *line,
                       const struct closure *closure) {
    int64_t account = out->actor->kind == ACTOR_SUBSCRIBER ? out->actor->id : 0;
    return proof_of_claim(proof_given(out, session, link, line), closure, account);
}

bool closure_fits(const struct closure *closure, const struct line *line) {
    return closure->id && line->id && closure->line == line->id;
}

void closure_work_open(struct outcome *out, const struct closure *closure,
                       const struct work works[WORKS_A_CLOSURE], enum work_kind kind,
                       int64_t due_at) {
    for (size_t i = 0; i < WORKS_A_CLOSURE; i++)
        if (works[i].id && !works[i].done_at && works[i].kind == (int64_t)kind)
            return;
    struct work work = {.id = outcome_id(out),
                        .operator= closure->operator,
                        .closure = closure->id,
                        .line = closure->line,
                        .kind = kind,
                        .opened_at = out->now,
                        .due_at = due_at};
    add_work(out, &work);
}

void closure_works_end(struct outcome *out, const struct work works[WORKS_A_CLOSURE],
                       enum work_kind kind, const char *evidence, int64_t by) {
    for (size_t i = 0; i < WORKS_A_CLOSURE; i++) {
        struct work work = works[i];
        if (!work.id || work.done_at || (kind && work.kind != (int64_t)kind))
            continue;
        work.done_at = out->now;
        work.done_by = by;
        snprintf(work.evidence, sizeof work.evidence, "%s", evidence);
        put_work(out, &work);
    }
}

void closure_claim_again(struct outcome *out, struct closure *closure) {
    const struct policy *policy = closure_policy(out, closure);
    enum refusal no = closure_unclaimed_more(closure, policy, out->now);
    assert(!no && closure->claim_until > out->now);
    (void)no;
    put_closure(out, closure);
}

void closure_tell(struct outcome *out, enum effect_kind kind, const struct closure *closure,
                  const struct contact contacts[CONTACTS_A_LINE], bool line_too) {
    if (line_too)
        outcome_effect(out, kind, "sms", closure->id, closure->line, 0, 0, 0);
    for (size_t i = 0; i < CONTACTS_A_LINE; i++)
        if (contact_hears(&contacts[i], out->now))
            outcome_effect(out, kind, "mail", closure->id, closure->line, contacts[i].id, 0, 0);
    if (closure->unreachable && closure->account) /* who asked reads none of these */
        outcome_effect(out, kind, "mail", closure->id, closure->line, 0, 0, 0);
}

void closure_tell_account(struct outcome *out, enum effect_kind kind, const struct closure *closure,
                          const struct contact contacts[CONTACTS_A_LINE]) {
    bool any = false;
    assert(closure->id);
    for (size_t i = 0; i < CONTACTS_A_LINE; i++)
        any |= contact_hears(&contacts[i], out->now);
    if (!any && closure->account && !closure->unreachable)
        outcome_effect(out, kind, "mail", closure->id, closure->line, 0, 0, 0);
}

void closure_ask(struct outcome *out, enum effect_kind kind, const struct closure *closure) {
    outcome_effect(out, kind, closure->contact ? "mail" : "sms", closure->id, closure->line,
                   closure->contact, 0, closure->confirm_expires_at);
}

void closure_record(struct outcome *out, const struct closure *closure, const struct line *line,
                    const struct policy *policy) {
    put_closure(out, closure);
    if (!closure_is_open(closure, policy) && !closure->deregistered_at &&
        line->closure == closure->id) {
        struct line freed = *line;
        freed.closure = 0;
        put_line(out, &freed);
    }
}
