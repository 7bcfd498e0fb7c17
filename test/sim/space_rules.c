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
    return s->action == DO_IDENTIFY || s->action == DO_IDENTIFY_ORIGINAL ||
           s->action == DO_REFUSE_DOCUMENT || s->action == DO_DELIVER ||
           s->action == DO_CONFIRM_LINK || s->action == DO_CONFIRM_CODE;
}

static bool keeps_facts(const struct step *s) {
    const struct closure *b = s->before, *a = s->after;
    return stays(b->submitted_at, a->submitted_at) && stays(b->identity_at, a->identity_at) &&
           stays(b->confirmed_at, a->confirmed_at) && stays(b->undo_until, a->undo_until) &&
           stays(b->executing_at, a->executing_at) && stays(b->cut_at, a->cut_at) &&
           (s->action == DO_REFUSE_DOCUMENT || stays(b->reminded_at, a->reminded_at)) &&
           a->documents >= b->documents && a->confirm_issue >= b->confirm_issue &&
           (answers_call(s) || stays(b->escalated_at, a->escalated_at));
}

static bool refuses_softly(const struct step *s) {
    struct closure expected = *s->before;
    if (s->refusal == REFUSED_CODE_WRONG)
        expected.confirm_attempts++;
    return s->refusal == ACCEPTED || memcmp(&expected, s->after, sizeof expected) == 0;
}

/* An end stays; what is kept about it is erased in its time. */
static bool is_final(const struct step *s) {
    return !over(s->before) || s->refusal != ACCEPTED || s->action == DO_ERASE;
}

/* A document that nobody has looked at, of a case that still runs. */
static bool lies_there(const struct closure *c) {
    return c->document && !c->document_refused_at && !c->identity_at && !over(c) && of_person(c) &&
           !c->executing_at;
}

/* Confirmed at a counter: perhaps late, the face-to-face fallback always stands. */
static bool in_person(const struct step *s) {
    return s->after->identity_by == IDENTIFIED_ORIGINAL && s->after->confirmed_at;
}

static bool waits_for_undo(const struct step *s) {
    const struct closure *c = s->after;
    int64_t window = s->space->policy.undo_window_minutes * MINUTE;
    if (c->executing_at && c->executing_at < c->undo_until)
        return false;
    if (in_person(s) && c->confirmed_at >= latest(s)) /* late: nobody has to think again */
        return c->undo_until == c->confirmed_at;
    return !c->confirmed_at || c->undo_until == c->confirmed_at + window ||
           (c->undo_until == latest(s) && c->confirmed_at + window > latest(s));
}

static bool fits(const struct step *s) {
    const struct closure *c = s->after;
    bool late = in_person(s) && c->confirmed_at >= latest(s);
    return (late || (c->undo_until <= latest(s) && c->confirmed_at < latest(s))) &&
           c->confirm_expires_at <= latest(s) &&
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
    return !s->after->expired_at || !s->after->confirmed_at || !lies_there(s->before);
}

static bool spares_the_unreached(const struct step *s) {
    return !s->after->expired_at || !of_person(s->after) || s->after->confirmed_at ||
           s->after->confirm_delivered_at;
}

static bool has_patience(const struct step *s) {
    return !s->after->expired_at || s->after->expired_at >= latest(s);
}

/* Until when a document can come. */
static int64_t grace(const struct closure *c, const struct policy *policy) {
    int64_t end = c->due_at - policy->execution_margin_hours * HOUR;
    int64_t again = c->document_refused_at + policy->link_life_hours * HOUR;
    return c->document_refused_at && again > end ? again : end;
}

static int64_t sooner(int64_t one, int64_t other) {
    return !one || (other && other < one) ? other : one;
}

/* When the timer has something to do, from the facts; 0 = not as they stand. */
static int64_t first_task(const struct closure *c, const struct policy *policy) {
    bool person = of_person(c), identified = !person || c->identity_at;
    bool unreached = person && !c->confirmed_at && !c->confirm_delivered_at;
    int64_t end = c->due_at - policy->execution_margin_hours * HOUR;
    int64_t asked = c->document_refused_at ? c->document_refused_at : c->submitted_at;
    int64_t remind = asked + policy->confirmation_reminder_hours * HOUR;
    int64_t call = c->due_at - policy->escalate_hours_before_due * HOUR, first = 0;
    if (over(c))
        return c->document_erase_at;
    if (!c->executing_at && person && c->confirmed_at && !identified)
        end = grace(c, policy);
    remind = !c->reminded_at && remind < end ? remind : 0;
    if (c->executing_at)
        first = 0;
    else if (unreached)
        first = c->escalated_at ? 0 : remind;
    else if (person && !c->confirmed_at)
        first = remind ? remind : end;
    else if (identified)
        first = c->undo_until;
    else if (!lies_there(c))
        first = remind ? remind : end;
    if ((c->executing_at || lies_there(c) || unreached) && !c->escalated_at)
        first = sooner(first, call);
    return sooner(first, c->document_erase_at);
}

static bool sets_timer(const struct step *s) {
    int64_t hours = s->space->policy.confirmation_reminder_hours;
    const struct closure *b = s->before;
    bool nothing = b->confirmed_at && (b->identity_at || lies_there(b));
    if (s->action == DO_REMIND && s->refusal == ACCEPTED &&
        (s->now < b->submitted_at + hours * HOUR || nothing))
        return false;
    return s->after->next_at == first_task(s->after, &s->space->policy);
}

static bool calls_staff(const struct step *s) {
    const struct closure *b = s->before;
    int64_t call = b->due_at - s->space->policy.escalate_hours_before_due * HOUR;
    bool waits = b->submitted_at && !over(b) && !b->escalated_at &&
                 (b->executing_at || lies_there(b) ||
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

static bool counts_documents(const struct step *s) {
    const struct closure *b = s->before, *a = s->after;
    if (s->action != DO_DOCUMENT || s->refusal != ACCEPTED)
        return a->documents == b->documents;
    return !lies_there(b) && !b->identity_at && !over(b) && !b->executing_at &&
           a->identity_asked == IDENTITY_DOCUMENT && a->documents == b->documents + 1 &&
           a->documents <= 5;
}

static bool looks_first(const struct step *s) {
    const struct closure *b = s->before, *a = s->after;
    bool came = a->identity_at && !b->identity_at;
    if (s->action == DO_OPEN)
        return came == (of_person(a) && a->identity_asked == IDENTITY_MATCH);
    if (s->action == DO_IDENTIFY && s->refusal == ACCEPTED)
        return lies_there(b) && came && a->identity_by == IDENTIFIED_DOCUMENT;
    if (s->action == DO_REFUSE_DOCUMENT && s->refusal == ACCEPTED)
        return lies_there(b) && !lies_there(a) && !a->identity_at;
    return s->action == DO_IDENTIFY_ORIGINAL || !came;
}

static bool gives_time(const struct step *s) {
    const struct closure *b = s->before, *a = s->after;
    return !a->expired_at || b->expired_at || !b->confirmed_at ||
           s->now >= grace(b, &s->space->policy);
}

/* Before the cut begins nobody who is there with the original is sent away. */
static bool takes_the_original(const struct step *s) {
    const struct closure *b = s->before, *a = s->after;
    if (s->action != DO_IDENTIFY_ORIGINAL || !b->submitted_at)
        return true;
    bool open =
        of_person(b) && !over(b) && !b->executing_at && !(b->identity_at && b->confirmed_at);
    return (s->refusal == ACCEPTED) == open &&
           (!open || (a->identity_at && a->confirmed_at && a->identity_by == IDENTIFIED_ORIGINAL));
}

static bool dates_erasure(const struct step *s) {
    const struct closure *b = s->before, *a = s->after;
    int64_t days = s->space->policy.document_days * DAY;
    if (s->action == DO_ERASE && s->refusal == ACCEPTED)
        return b->document_erase_at && s->now >= b->document_erase_at && !a->document_erase_at;
    if (lies_there(b) && !lies_there(a) && !b->document_erase_at)
        return a->document_erase_at == s->now + days;
    return a->document_erase_at == b->document_erase_at;
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
        [RULE_DOCUMENTS] = counts_documents(s),
        [RULE_LOOKED_AT] = looks_first(s),
        [RULE_GRACE] = gives_time(s),
        [RULE_ORIGINAL] = takes_the_original(s),
        [RULE_ERASED] = dates_erasure(s),
    };
    uint32_t broken = 0;
    for (int rule = 0; rule < RULE_COUNT; rule++)
        broken |= holds[rule] ? 0u : 1u << rule;
    return broken;
}
