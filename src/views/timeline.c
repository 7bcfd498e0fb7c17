#include "views/timeline.h"

enum step_code {
    STEP_CODE_SUBMITTED,
    STEP_CODE_IDENTITY,
    STEP_CODE_CONFIRMATION,
    STEP_CODE_UNDO,
    STEP_CODE_CUT,
    STEP_CODE_DEREGISTERED,
    STEP_CODE_NUMBER,
    STEP_CODE_ERASURE,
    STEP_CODE_WITHDRAWN,
    STEP_CODE_REJECTED,
    STEP_CODE_EXPIRED
};
static const char *const step_codes[] = {
    "submitted",   "identity",     "confirmation",  "undo_window",
    "network_cut", "deregistered", "number_rested", "registration_erased",
    "withdrawn",   "rejected",     "expired",       view_values_end};
static const char *const step_states[] = {"done", "now", "later", view_values_end};
static const char *const actors[] = {"person", "operator", "staff", "network", view_values_end};
enum { STEP_DONE, STEP_NOW, STEP_LATER };
enum { BY_PERSON, BY_OPERATOR, BY_STAFF, BY_NETWORK };

const struct view_field timeline_fields[] = {
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, step_view, code), .help = "what happens", .values = step_codes},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, step_view, at),
     .help = "when it happened; of what is to come, by when or from when"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, step_view, state), .help = "done, now or later",
     .values = step_states},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, step_view, by), .help = "who does it", .values = actors},
    VIEW_END,
};

static void step_add(struct timeline *t, enum step_code code, int64_t done, int64_t expected,
                     int64_t by) {
    if (t->count == TIMELINE)
        return;
    int64_t state = done ? STEP_DONE : t->over ? STEP_LATER : STEP_NOW;
    t->over = t->over || !done;
    t->steps[t->count++] =
        (struct step_view){.code = code, .at = done ? done : expected, .state = state, .by = by};
}

/* The steps of a closure that runs or is closed, in the order in which they happen. */
static void steps_of(struct timeline *t, const struct closure *c, const struct closing *plan,
                     int64_t now) {
    struct closure_gates gates = closure_gates((enum closure_basis)c->basis);
    int64_t undone = c->executing_at ? c->undo_until : 0;
    int64_t by = c->cut_how == CUT_ATTESTED || c->escalated_at ? BY_STAFF : BY_NETWORK;
    if (gates.identity)
        step_add(t, STEP_CODE_IDENTITY, c->identity_at, c->due_at,
                 c->document && !c->document_refused_at ? BY_OPERATOR : BY_PERSON);
    if (gates.confirmation) {
        step_add(t, STEP_CODE_CONFIRMATION, c->confirmed_at, c->confirm_expires_at, BY_PERSON);
        step_add(t, STEP_CODE_UNDO, undone, plan->execute_at, BY_PERSON);
    }
    step_add(t, STEP_CODE_CUT, c->cut_at, c->due_at, by);
    step_add(t, STEP_CODE_DEREGISTERED, c->deregistered_at, c->due_at, BY_OPERATOR);
    bool rested = plan->number_until && c->deregistered_at && plan->number_until <= now;
    if (plan->number_until)
        step_add(t, STEP_CODE_NUMBER, rested ? plan->number_until : 0, plan->number_until,
                 BY_OPERATOR);
    t->over = t->over || c->deregistered_at; /* what the law keeps is not a thing to wait for */
    step_add(t, STEP_CODE_ERASURE, 0, plan->registration_erase_after, BY_OPERATOR);
}

void timeline_fill(struct timeline *t, const struct closure *c, const struct closing *plan,
                   int64_t now) {
    *t = (struct timeline){0};
    step_add(t, STEP_CODE_SUBMITTED, c->submitted_at, 0, BY_PERSON);
    if (c->withdrawn_at || c->rejected_at || c->expired_at) {
        if (c->identity_at)
            step_add(t, STEP_CODE_IDENTITY, c->identity_at, 0, BY_PERSON);
        if (c->confirmed_at)
            step_add(t, STEP_CODE_CONFIRMATION, c->confirmed_at, 0, BY_PERSON);
        if (c->withdrawn_at)
            step_add(t, STEP_CODE_WITHDRAWN, c->withdrawn_at, 0, BY_PERSON);
        else if (c->rejected_at)
            step_add(t, STEP_CODE_REJECTED, c->rejected_at, 0, BY_OPERATOR);
        else
            step_add(t, STEP_CODE_EXPIRED, c->expired_at, 0, BY_PERSON);
        return;
    }
    steps_of(t, c, plan, now);
}
