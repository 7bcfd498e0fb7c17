#include "commands/suspension_shared.h"

#include <assert.h>

#include "base/clock.h"
#include "rules/contact.h"

const struct policy *suspension_policy(const struct outcome *out,
                                       const struct suspension *suspension) {
    const struct tenant *tenant = out->tenant;
    assert(tenant && suspension->id);
    for (size_t i = 0; i < tenant->policy_count; i++)
        if (tenant->policies[i].id == suspension->policy)
            return &tenant->policies[i];
    assert(!"a suspension's policy is never taken away");
    return NULL;
}

bool suspension_fits(const struct suspension *suspension, const struct line *line) {
    return suspension->id && line->id && suspension->line == line->id;
}

void suspension_tell(struct outcome *out, enum effect_kind kind,
                     const struct suspension *suspension,
                     const struct contact contacts[CONTACTS_A_LINE], bool line_too) {
    bool any = false;
    int64_t line = suspension->line;
    if (line_too)
        outcome_effect(out, kind, "sms", suspension->id, line, 0, 0, 0);
    for (size_t i = 0; i < CONTACTS_A_LINE; i++) {
        if (!contact_hears(&contacts[i], out->now))
            continue;
        outcome_effect(out, kind, "mail", suspension->id, line, contacts[i].id, 0, 0);
        any = true;
    }
    if (!any && suspension->account)
        outcome_effect(out, kind, "mail", suspension->id, line, 0, 0, 0);
}

void suspension_ask(struct outcome *out, enum effect_kind kind,
                    const struct suspension *suspension) {
    assert(suspension_switch(suspension, kind) != SWITCH_NONE);
    outcome_effect(out, kind, "network", suspension->id, suspension->line, 0, 0, 0);
}

void suspension_work_open(struct outcome *out, const struct suspension *suspension,
                          const struct work works[WORKS_A_CLOSURE], const struct policy *policy) {
    enum work_kind kind = suspension->back_at ? WORK_NETWORK_UNBAR : WORK_NETWORK_BAR;
    for (size_t i = 0; i < WORKS_A_CLOSURE; i++)
        if (works[i].id && !works[i].done_at && works[i].kind == (int64_t)kind)
            return;
    struct work work = {.id = outcome_id(out),
                        .operator= suspension->operator,
                        .suspension = suspension->id,
                        .line = suspension->line,
                        .kind = kind,
                        .opened_at = out->now,
                        .due_at = out->now + policy->suspension_escalate_minutes * MINUTE};
    add_work(out, &work);
}
