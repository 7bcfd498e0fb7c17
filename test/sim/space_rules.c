/* The rules, told again from the bare facts: nothing here asks src/rules what is right. */
#include <string.h>

#include "base/clock.h"
#include "space.h"

static bool of_person(const struct closure *c) {
    return c->basis == BASIS_PERSON || c->basis == BASIS_COMPANY || c->basis == BASIS_TRANSFER;
}

static bool over(const struct closure *c) {
    return c->deregistered_at || c->withdrawn_at || c->rejected_at || c->expired_at;
}

static int64_t latest(const struct step *s) {
    return s->after->due_at - s->space->policy.execution_margin_hours * HOUR;
}

static bool keeps_due(const struct step *s) {
    const struct closure *c = s->after;
    return c->due_at == c->submitted_at + 24 * HOUR &&
           (!s->before->due_at || s->before->due_at == c->due_at);
}

static bool stays(int64_t before, int64_t after) {
    return !before || before == after;
}

/* What the staff were called for was done; for what comes next they are called anew. */
static bool answers_call(const struct step *s) {
    return s->action == DO_IDENTIFY || s->action == DO_DELIVER || s->action == DO_CONFIRM_LINK ||
           s->action == DO_CONFIRM_CODE;
}

static bool keeps_facts(const struct step *s) {
    const struct closure *b = s->before, *a = s->after;
    return stays(b->submitted_at, a->submitted_at) && stays(b->identity_at, a->identity_at) &&
           stays(b->confirmed_at, a->confirmed_at) && stays(b->undo_until, a->undo_until) &&
           stays(b->executing_at, a->executing_at) && stays(b->cut_at, a->cut_at) &&
           stays(b->reminded_at, a->reminded_at) && a->confirm_issue >= b->confirm_issue &&
           (answers_call(s) || stays(b->escalated_at, a->escalated_at));
}

static bool refuses_softly(const struct step *s) {
    struct closure expected = *s->before;
    if (s->refusal == REFUSED_CODE_WRONG)
        expected.confirm_attempts++;
    return s->refusal == ACCEPTED || memcmp(&expected, s->after, sizeof expected) == 0;
}

static bool is_final(const struct step *s) {
    return !over(s->before) || s->refusal != ACCEPTED;
}

static bool waits_for_undo(const struct step *s) {
    const struct closure *c = s->after;
    int64_t window = s->space->policy.undo_window_minutes * MINUTE;
    if (c->executing_at && c->executing_at < c->undo_until)
        return false;
    return !c->confirmed_at || c->undo_until == c->confirmed_at + window ||
           (c->undo_until == latest(s) && c->confirmed_at + window > latest(s));
}

static bool fits(const struct step *s) {
    const struct closure *c = s->after;
    return c->undo_until <= latest(s) && c->confirm_expires_at <= latest(s) &&
           c->confirmed_at < latest(s) &&
           c->confirm_expires_at - c->confirm_issued_at <= s->space->policy.link_life_hours * HOUR;
}

static bool has_evidence(const struct step *s) {
    const struct closure *c = s->after;
    return !c->cut_at || (c->evidence[0] && (c->cut_how == CUT_ATTESTED) == (c->evidence_by != 0));
}

static bool withdraws_in_time(const struct step *s) {
    return !s->after->withdrawn_at || !s->after->executing_at;
}

static bool spares_the_operator(const struct step *s) {
    return !s->after->expired_at || !s->after->confirmed_at;
}

static bool spares_the_unreached(const struct step *s) {
    return !s->after->expired_at || !of_person(s->after) || s->after->confirm_delivered_at;
}

static bool has_patience(const struct step *s) {
    return !s->after->expired_at || s->after->expired_at >= latest(s);
}

/* When the timer has something to do, from the facts; 0 = not as they stand. */
static int64_t first_task(const struct closure *c, const struct policy *policy) {
    bool person = of_person(c), identified = !person || c->identity_at;
    int64_t end = c->due_at - policy->execution_margin_hours * HOUR;
    int64_t remind = c->submitted_at + policy->confirmation_reminder_hours * HOUR;
    int64_t call = c->due_at - policy->escalate_hours_before_due * HOUR, first = 0;
    bool unreached = person && !c->executing_at && !c->confirmed_at && !c->confirm_delivered_at;
    if (over(c))
        return 0;
    if (unreached)
        first = !c->reminded_at && !c->escalated_at && remind < end ? remind : 0;
    else if (!c->executing_at && person && !c->confirmed_at)
        first = !c->reminded_at && remind < end ? remind : end;
    else if (identified && !c->executing_at)
        first = c->undo_until;
    if ((c->executing_at || !identified || unreached) && !c->escalated_at &&
        (!first || call < first))
        first = call;
    return first;
}

static bool sets_timer(const struct step *s) {
    int64_t hours = s->space->policy.confirmation_reminder_hours;
    if (s->action == DO_REMIND && s->refusal == ACCEPTED &&
        (s->now < s->before->submitted_at + hours * HOUR || s->before->confirmed_at))
        return false;
    return s->after->next_at == first_task(s->after, &s->space->policy);
}

static bool calls_staff(const struct step *s) {
    const struct closure *b = s->before;
    int64_t call = b->due_at - s->space->policy.escalate_hours_before_due * HOUR;
    bool waits = b->submitted_at && !over(b) && !b->escalated_at &&
                 (b->executing_at || (of_person(b) && !b->identity_at) ||
                  (of_person(b) && !b->confirmed_at && !b->confirm_delivered_at));
    /* A closure whose person did not confirm in time expires instead. */
    if (!b->confirmed_at && of_person(b) && b->confirm_delivered_at && s->now >= latest(s))
        waits = false;
    if (s->action != DO_ESCALATE || !b->submitted_at)
        return true;
    return (s->refusal == ACCEPTED) == (waits && s->now >= call);
}

static bool waits_for_someone(const struct step *s) {
    enum closure_waits waits = s->space->moves->derive(s->after, &s->space->policy).waits;
    return over(s->after) == (waits == WAITS_NOBODY);
}

static bool counts_attempts(const struct step *s) {
    const struct closure *b = s->before, *a = s->after;
    const struct policy *policy = &s->space->policy;
    if (s->action == DO_CONFIRM_CODE && s->refusal == ACCEPTED &&
        b->confirm_attempts >= policy->code_attempts)
        return false;
    return a->confirm_attempts <= policy->code_attempts && a->confirm_sends <= policy->code_sends;
}

static bool ends_codes(const struct step *s) {
    const struct closure *b = s->before;
    if (s->refusal != ACCEPTED)
        return true;
    if (s->action == DO_CONFIRM_CODE && !b->contact &&
        s->now >= b->confirm_issued_at + s->space->policy.code_life_minutes * MINUTE)
        return false;
    return (s->action != DO_CONFIRM_CODE && s->action != DO_CONFIRM_LINK) ||
           s->now < b->confirm_expires_at;
}

static bool rests(const struct step *s) {
    const struct closure *c = s->after;
    if (!c->deregistered_at || c->basis == BASIS_PORT_OUT)
        return !c->quarantine_until;
    return c->quarantine_until >= c->deregistered_at + 45 * DAY;
}

static bool keeps_registration(const struct step *s) {
    const struct closure *c = s->after;
    return !c->deregistered_at || c->erase_after >= c->deregistered_at + 365 * DAY;
}

static bool keeps_money(const struct step *s) {
    const struct closure *c = s->after;
    return !c->deregistered_at ||
           (c->paid_minor == SPACE_PAID && c->promotional_minor == SPACE_PROMOTIONAL &&
            c->claim_until >= c->deregistered_at + 365 * DAY);
}

uint32_t space_judge(const struct step *s) {
    const struct closure *c = s->after;
    bool opened = c->submitted_at != 0, cuts = of_person(c) && c->executing_at;
    bool holds[RULE_COUNT] = {
        [RULE_DUE] = !opened || keeps_due(s),
        [RULE_ONCE] = keeps_facts(s),
        [RULE_REFUSAL] = refuses_softly(s),
        [RULE_FINAL] = is_final(s),
        [RULE_CONFIRMED] = !cuts || c->confirmed_at,
        [RULE_IDENTIFIED] = !cuts || c->identity_at,
        [RULE_UNDO] = waits_for_undo(s),
        [RULE_FITS] = !opened || fits(s),
        [RULE_CUT_FIRST] = !c->deregistered_at || (c->cut_at && c->cut_at <= c->deregistered_at),
        [RULE_EVIDENCE] = has_evidence(s),
        [RULE_NOT_LATE] = withdraws_in_time(s),
        [RULE_OPERATOR] = spares_the_operator(s),
        [RULE_DELIVERED] = spares_the_unreached(s),
        [RULE_PATIENCE] = has_patience(s),
        [RULE_TIMER] = !opened || sets_timer(s),
        [RULE_STAFF] = calls_staff(s),
        [RULE_WAITS] = !opened || waits_for_someone(s),
        [RULE_ATTEMPTS] = counts_attempts(s),
        [RULE_CODE_LIFE] = ends_codes(s),
        [RULE_QUARANTINE] = rests(s),
        [RULE_RETENTION] = keeps_registration(s),
        [RULE_MONEY] = keeps_money(s),
    };
    uint32_t broken = 0;
    for (int rule = 0; rule < RULE_COUNT; rule++)
        broken |= holds[rule] ? 0u : 1u << rule;
    return broken;
}
