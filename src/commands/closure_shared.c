#include "commands/closure_shared.h"

#include <assert.h>
#include <stdio.h>

enum { ID_TEXT = 24 };

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

bool closure_fits(const struct closure *closure, const struct line *line) {
    return closure->id && line->id && closure->line == line->id;
}

void closure_tell(struct outcome *out, enum effect_kind kind, const struct closure *closure,
                  const struct contact contacts[CONTACTS_A_LINE], bool line_too) {
    if (line_too)
        outcome_effect(out, kind, "sms", closure->id, closure->line, 0, 0, 0);
    for (size_t i = 0; i < CONTACTS_A_LINE; i++)
        if (contacts[i].id && !contacts[i].removed_at)
            outcome_effect(out, kind, "mail", closure->id, closure->line, contacts[i].id, 0, 0);
}

void closure_ask(struct outcome *out, enum effect_kind kind, const struct closure *closure) {
    outcome_effect(out, kind, closure->contact ? "mail" : "sms", closure->id, closure->line,
                   closure->contact, 0, closure->confirm_expires_at);
}

void closure_record(struct outcome *out, const struct closure *closure, const struct line *line,
                    const struct policy *policy) {
    put_closure(out, closure);
    if (!closure_is_open(closure, policy) && line->closure == closure->id) {
        struct line freed = *line;
        freed.closure = 0;
        put_line(out, &freed);
    }
}
