#include "space.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum { SLOTS = 1 << 20, ROOM = SLOTS / 4 * 3, FACTS = 30, TIMES = 64 };
#define START INT64_C(1795327380000)

static struct closing plan_of(const struct line *line, const struct closure *closure, int64_t paid,
                              int64_t promotional, const struct policy *policy, int64_t now) {
    struct credit credit = closing_credit(line, paid, promotional);
    return closing_plan(line, closure, &credit, NULL, policy, now);
}

const struct moves true_moves = {
    .open = closure_open,
    .confirm = closure_confirm,
    .cut = closure_cut,
    .finish = closure_finish,
    .plan = plan_of,
    .derive = closure_derive,
    .code_wrong = closure_code_wrong,
    .resend = closure_resend,
    .deliver = closure_delivered,
    .document = closure_document,
    .identify = closure_identify,
    .refuse = closure_refuse_document,
    .erase = closure_erase,
    .reject = closure_reject,
    .withdraw = closure_withdraw,
    .start = closure_start,
    .expire = closure_expire,
    .escalate = closure_escalate,
    .remind = closure_remind,
};

static const char *const rule_names[RULE_COUNT] = {
    "due",   "once",      "refusal",   "final",    "confirmed", "identified", "undo",
    "fits",  "cut_first", "evidence",  "not_late", "operator",  "delivered",  "patience",
    "timer", "staff",     "waits",     "attempts", "code_life", "quarantine", "retention",
    "money", "documents", "looked_at", "grace",    "original",  "erased",
};
const char *rule_name(enum rule rule) {
    return rule_names[rule];
}

/* A state: the closure's facts that may still differ, and the time. */
struct state {
    int64_t now;
    int64_t fact[FACTS];
};

/* The places of the facts in a closure. */
#define FACT(member) offsetof(struct closure, member)
static const size_t places[FACTS] = {
    FACT(submitted_at),
    FACT(due_at),
    FACT(identity_at),
    FACT(confirmed_at),
    FACT(undo_until),
    FACT(executing_at),
    FACT(cut_at),
    FACT(cut_how),
    FACT(deregistered_at),
    FACT(withdrawn_at),
    FACT(rejected_at),
    FACT(expired_at),
    FACT(reminded_at),
    FACT(escalated_at),
    FACT(confirm_issue),
    FACT(confirm_issued_at),
    FACT(confirm_expires_at),
    FACT(confirm_attempts),
    FACT(confirm_sends),
    FACT(next_at),
    FACT(confirm_delivered_at),
    FACT(identity_asked),
    FACT(identity_by),
    FACT(document),
    FACT(document_at),
    FACT(document_refused_at),
    FACT(document_reason),
    FACT(documents),
    FACT(document_erase_at),
    FACT(unreachable),
};

struct queue {
    struct state *states;
    size_t head, tail;
    uint32_t *slots; /* index + 1 into states, by hash */
};

static struct state pack(const struct closure *closure, int64_t now) {
    struct state state = {.now = now};
    for (size_t i = 0; i < FACTS; i++)
        memcpy(&state.fact[i], (const char *)closure + places[i], sizeof state.fact[i]);
    return state;
}

static struct closure unpack(const struct space *space, const struct state *state) {
    struct closure closure = {.id = 13, .basis = space->basis, .contact = space->contact};
    for (size_t i = 0; i < FACTS; i++)
        memcpy((char *)&closure + places[i], &state->fact[i], sizeof state->fact[i]);
    if (closure.submitted_at) {
        closure.line = 11;
        closure.operator= 3;
        closure.policy = space->policy.id;
    }
    if (closure.cut_at) {
        memcpy(closure.evidence, "gone", 5);
        closure.evidence_by = closure.cut_how == CUT_ATTESTED ? 8 : 0;
    }
    return closure;
}

static uint64_t hash_of(const struct state *state) {
    uint64_t hash = (uint64_t)state->now * UINT64_C(0x9E3779B97F4A7C15);
    for (size_t i = 0; i < FACTS; i++) {
        hash ^= (uint64_t)state->fact[i];
        hash *= UINT64_C(0xD6E8FEB86659FD93);
        hash ^= hash >> 32;
    }
    return hash;
}

static void enqueue(struct space *space, struct queue *queue, const struct closure *closure,
                    int64_t now) {
    struct state state = pack(closure, now);
    size_t slot = hash_of(&state) % SLOTS;
    while (queue->slots[slot]) {
        if (memcmp(&queue->states[queue->slots[slot] - 1], &state, sizeof state) == 0)
            return;
        slot = (slot + 1) % SLOTS;
    }
    if (queue->tail == ROOM) {
        space->full = true;
        return;
    }
    queue->states[queue->tail++] = state;
    queue->slots[slot] = (uint32_t)queue->tail;
}

static enum refusal act(struct step *step, struct closure *c, struct closing *plan) {
    const struct moves *m = step->space->moves;
    const struct policy *p = &step->space->policy;
    int64_t now = step->now;
    struct line line = {.id = 11, .operator= 3, .state = LINE_ACTIVE, .activated_at = 1};
    switch (step->action) {
    case DO_OPEN:
    case DO_OPEN_UNMATCHED:
        return m->open(c, &line, p, step->action == DO_OPEN, now);
    case DO_CONFIRM_LINK:
        return m->confirm(c, p, CONFIRM_BY_LINK, now);
    case DO_CONFIRM_CODE:
        return m->confirm(c, p, CONFIRM_BY_CODE, now);
    case DO_CODE_WRONG:
        return m->code_wrong(c, p, now);
    case DO_RESEND:
        return m->resend(c, p, now);
    case DO_DELIVER:
        return m->deliver(c, p, now);
    case DO_DOCUMENT:
        return m->document(c, p, 6, now);
    case DO_IDENTIFY:
        return m->identify(c, p, IDENTIFIED_DOCUMENT, now);
    case DO_IDENTIFY_ORIGINAL:
        return m->identify(c, p, IDENTIFIED_ORIGINAL, now);
    case DO_REFUSE_DOCUMENT:
        return m->refuse(c, p, REASON_CUT_OFF, now);
    case DO_REJECT:
        return m->reject(c, p, REASON_SOMEBODY_ELSES, now);
    case DO_WITHDRAW:
        return m->withdraw(c, p, now);
    case DO_START:
        return m->start(c, p, now);
    case DO_CUT:
        return m->cut(c, p, CUT_READ_BACK, "gone", 0, now);
    case DO_CUT_ATTESTED:
        return m->cut(c, p, CUT_ATTESTED, "gone", 8, now);
    case DO_CUT_WITHOUT_EVIDENCE:
        return m->cut(c, p, CUT_READ_BACK, "", 0, now);
    case DO_CUT_BY_NOBODY:
        return m->cut(c, p, CUT_ATTESTED, "gone", 0, now);
    case DO_FINISH:
        *plan = m->plan(&line, c, SPACE_PAID, SPACE_PROMOTIONAL, p, now);
        return m->finish(c, p, plan, now);
    case DO_EXPIRE:
        return m->expire(c, p, now);
    case DO_ESCALATE:
        return m->escalate(c, p, now);
    case DO_REMIND:
        return m->remind(c, p, now);
    case DO_ERASE:
        return m->erase(c, p, 0, now);
    case DO_COUNT:
    default:
        abort();
    }
}

/* Does the action; what it breaks is noted. False when the result need not be followed. */
static bool try(struct space *space, const struct closure *before, enum action action, int64_t now,
                struct closure *after) {
    struct closing plan = {0};
    struct step step = {space, before, after, action, ACCEPTED, now, &plan};
    *after = *before;
    step.refusal = act(&step, after, &plan);
    space->steps++;
    space->accepted += step.refusal == ACCEPTED;
    uint32_t broken = space_judge(&step);
    space->broken |= broken;
    return !broken && (step.refusal == ACCEPTED || step.refusal == REFUSED_CODE_WRONG);
}

/* When the timer looks, since next_at is reached, it has something to do: it never spins. */
static void check_timer(struct space *space, const struct closure *c, int64_t now) {
    bool due = c->next_at && c->next_at <= now;
    bool works = false;
    for (enum action action = DO_OPEN; action < DO_COUNT; action++) {
        struct closure copy = *c;
        struct closing plan;
        struct step step = {space, c, &copy, action, ACCEPTED, now, &plan};
        if (action == DO_START || action >= DO_EXPIRE)
            works |= act(&step, &copy, &plan) == ACCEPTED;
    }
    if (due && !works)
        space->broken |= 1u << RULE_TIMER;
}

/* Facts of which only "is there" is ever read again get one value, so that states meet; the steps
 * that set them were judged with the true times. */
static void forget(const struct space *space, struct closure *c) {
    if (c->identity_at)
        c->identity_at = START;
    if (c->document)
        c->document_at = START;
    if (c->document_refused_at && c->identity_at)
        c->document_refused_at = START;
    if (c->document_erase_at) { /* when they are erased is told by the ends and by the unit test */
        c->document_erase_at = c->due_at + space->policy.document_days * DAY;
        c->next_at = closure_next(c, &space->policy);
    }
    if (c->reminded_at)
        c->reminded_at = START;
    if (c->escalated_at)
        c->escalated_at = START;
    if (c->confirmed_at || c->confirm_delivered_at)
        c->confirm_delivered_at = START;
    if (c->confirmed_at) {
        c->confirm_issue = c->confirm_sends = 1;
        c->confirm_attempts = 0;
        c->confirm_issued_at = START;
        c->confirm_expires_at = START + 1;
    }
    if (c->executing_at && c->confirmed_at) {
        c->confirmed_at = START;
        c->undo_until = START + space->policy.undo_window_minutes * MINUTE;
    }
    if (c->executing_at)
        c->executing_at = c->undo_until;
    if (c->cut_at)
        c->cut_at = c->undo_until;
}

/* The instants that matter from here on: now, and each boundary with a millisecond either side. */
static size_t times_of(const struct space *space, const struct closure *c, int64_t now,
                       int64_t times[TIMES]) {
    const struct policy *p = &space->policy;
    enum { EDGES = 9 };
    int64_t edges[EDGES] = {
        c->submitted_at + p->confirmation_reminder_hours * HOUR,
        c->confirm_issued_at + p->code_life_minutes * MINUTE,
        c->confirm_expires_at,
        c->due_at - p->execution_margin_hours * HOUR,
        c->undo_until,
        c->due_at - p->escalate_hours_before_due * HOUR,
        c->due_at,
        c->document_refused_at + p->confirmation_reminder_hours * HOUR,
        c->document_refused_at + p->link_life_hours * HOUR,
    };
    int64_t end = c->due_at + 1;
    if (end < edges[EDGES - 1] + 1)
        end = edges[EDGES - 1] + 1;
    size_t count = 0;
    for (size_t i = 0; i < EDGES; i++)
        for (int64_t at = edges[i] - 1; at <= edges[i] + 1; at++)
            if (at > now && at <= end)
                times[count++] = at;
    assert(count <= TIMES);
    return count;
}

static void check_final(struct space *space, const struct closure *c, int64_t now) {
    struct closure after;
    const int64_t times[] = {now, c->due_at + 400 * DAY};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        for (enum action action = DO_CONFIRM_LINK; action < DO_COUNT; action++)
            try(space, c, action, times[i], &after);
}

static void expand(struct space *space, struct queue *queue, const struct state *state) {
    struct closure c = unpack(space, state), after;
    int64_t times[TIMES];
    check_timer(space, &c, state->now);
    for (enum action action = DO_CONFIRM_LINK; action < DO_COUNT; action++) {
        if (!try(space, &c, action, state->now, &after))
            continue;
        if (after.deregistered_at || after.withdrawn_at || after.rejected_at || after.expired_at) {
            check_final(space, &after, state->now);
            continue;
        }
        forget(space, &after);
        enqueue(space, queue, &after, state->now);
    }
    size_t count = times_of(space, &c, state->now, times);
    for (size_t i = 0; i < count; i++)
        enqueue(space, queue, &c, times[i]);
}

void space_explore(struct space *space) {
    struct queue queue = {.states = malloc(ROOM * sizeof *queue.states),
                          .slots = calloc(SLOTS, sizeof *queue.slots)};
    struct closure draft = {.id = 13,
                            .basis = space->basis,
                            .contact = space->contact,
                            .unreachable = space->unreachable,
                            /* so many came before: the space of all five is too large */
                            .documents = space->policy.identity ? DOCUMENTS_A_CLOSURE - 2 : 0},
                   opened;
    assert(queue.states && queue.slots);
    for (enum action action = DO_OPEN; action <= DO_OPEN_UNMATCHED; action++)
        if (try(space, &draft, action, START, &opened))
            enqueue(space, &queue, &opened, START);
    for (; queue.head < queue.tail; queue.head++) {
        struct state state = queue.states[queue.head];
        expand(space, &queue, &state);
    }
    space->states += queue.tail;
    free(queue.states);
    free(queue.slots);
}
