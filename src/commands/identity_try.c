#include "commands/identity_try.h"

#include "rules/match.h"

void want_identity_budgets(struct load *load, int64_t line, struct identity_budgets *to) {
    want_attempts_of(load, SCOPE_IDENTITY, line, &to->line);
    want_attempts_of(load, SCOPE_IDENTITY, load->actor->id, &to->actor);
    want_peer_budgets(load, &to->peer);
}

enum refusal identity_try(struct outcome *out, const struct identity_budgets *budgets,
                          const struct registered *registered, int64_t line, const char *type,
                          const char *number, int64_t *role) {
    bool nobody = out->actor->kind == ACTOR_ANONYMOUS;
    bool person = nobody || out->actor->kind == ACTOR_SUBSCRIBER;
    enum budget_scope actor = person ? BUDGET_ACCOUNT : BUDGET_OVERALL;
    bool left =
        nobody ? peer_left(out, &budgets->peer) : attempts_left(out, &budgets->actor, actor);
    if (!left || !attempts_left(out, &budgets->line, BUDGET_LINE))
        return REFUSED_TOO_MANY;
    enum refusal no = match_identity(registered, type, number, out->policy, out->now, role);
    if (no != REFUSED_IDENTITY)
        return no;
    attempts_spend_of(out, &budgets->line, BUDGET_LINE, SCOPE_IDENTITY, line);
    if (!nobody)
        attempts_spend_of(out, &budgets->actor, actor, SCOPE_IDENTITY, out->actor->id);
    if (person)
        peer_spend(out, &budgets->peer);
    return no;
}
