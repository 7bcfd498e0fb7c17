/* The space after the closing: every state of unclaimed credit that can be reached, at every
 * instant around every boundary. What holds is told again from the bare facts: nothing lapses
 * before its date, nor before people were told a month before; what comes later opens it anew; and
 * the timer looks exactly when there is something to do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../unit/rules_kit.h"
#include "rules/closing.h"
#include "rules/closure.h"

enum { ROOM = 1 << 14, MONEY = 700 };
#define MONTH (30 * DAY)

enum action { DO_TELL, DO_LAPSE, DO_MORE, DO_CLAIM, DO_COUNT };
enum broken {
    NOT_BROKEN,
    LAPSES_EARLY,
    LAPSES_UNTOLD,
    TOLD_TWICE,
    SPINS,
    SLEEPS,
    SHUTS_EARLY,
    SHUTS_LATE
};

struct moves {
    enum refusal (*tell)(struct closure *, const struct policy *, int64_t now);
    enum refusal (*lapse)(struct closure *, const struct policy *, int64_t unclaimed, int64_t now);
    enum refusal (*more)(struct closure *, const struct policy *, int64_t now);
    enum refusal (*claimable)(const struct closure *, const struct policy *, int64_t unclaimed,
                              int64_t now);
};
static const struct moves true_moves = {closure_unclaimed_ends, closure_lapse,
                                        closure_unclaimed_more, closure_may_claim};

struct state {
    struct closure closure;
    int64_t now, unclaimed;
    int more;
};
struct space {
    const struct moves *moves;
    struct policy policy;
    enum broken broken;
    struct state states[ROOM];
    size_t head, tail;
};

static void enqueue(struct space *space, const struct state *state) {
    for (size_t i = 0; i < space->tail; i++)
        if (memcmp(&space->states[i], state, sizeof *state) == 0)
            return;
    assert_true(space->tail < ROOM);
    space->states[space->tail++] = *state;
}

static void note(struct space *space, bool broken, enum broken what) {
    if (broken && !space->broken)
        space->broken = what;
}

/* An accepted step, by what it was told when. */
static void judge(struct space *space, enum action action, const struct state *b) {
    const struct closure *c = &b->closure;
    bool keeps = space->policy.after_claim == AFTER_CLAIM_KEEP;
    if (action == DO_LAPSE) {
        note(space, keeps || b->now < c->claim_until, LAPSES_EARLY);
        note(space, !c->unclaimed_told_at || b->now < c->unclaimed_told_at + MONTH, LAPSES_UNTOLD);
    }
    if (action == DO_TELL)
        note(space, keeps || c->unclaimed_told_at || b->now < c->claim_until - MONTH, TOLD_TWICE);
}

static bool act(struct space *space, enum action action, struct state *s) {
    const struct moves *m = space->moves;
    struct closure *c = &s->closure;
    switch (action) {
    case DO_TELL:
        return m->tell(c, &space->policy, s->now) == ACCEPTED;
    case DO_LAPSE:
        if (m->lapse(c, &space->policy, s->unclaimed, s->now) != ACCEPTED)
            return false;
        s->unclaimed = 0;
        return true;
    case DO_MORE: /* a refund is rejected, a late top-up comes; twice is enough */
        if (s->more == 2 || m->more(c, &space->policy, s->now) != ACCEPTED)
            return false;
        s->more++;
        s->unclaimed = MONEY;
        return true;
    default:
        if (m->claimable(c, &space->policy, s->unclaimed, s->now) != ACCEPTED)
            return false;
        s->unclaimed = 0;
        return true;
    }
}

/* What must hold of a state as it is. */
static void look(struct space *space, const struct state *s) {
    const struct closure *c = &s->closure;
    bool keeps = space->policy.after_claim == AFTER_CLAIM_KEEP, works = false;
    for (enum action action = DO_TELL; action <= DO_LAPSE; action++) {
        struct state copy = *s;
        works |= act(space, action, &copy);
    }
    bool looks = c->next_at && c->next_at <= s->now;
    note(space, looks && !works, SPINS);
    note(space, !looks && works, SLEEPS);
    bool open = space->moves->claimable(c, &space->policy, MONEY, s->now) == ACCEPTED;
    bool told = c->unclaimed_told_at && s->now >= c->unclaimed_told_at + MONTH;
    note(space, !open && (keeps || (s->now < c->claim_until && !c->lapsed_at)), SHUTS_EARLY);
    note(space, open && !keeps && s->now >= c->claim_until && told, SHUTS_LATE);
}

static void expand(struct space *space, const struct state *state) {
    const struct closure *c = &state->closure;
    look(space, state);
    for (enum action action = DO_TELL; action < DO_COUNT; action++) {
        struct state after = *state;
        if (!act(space, action, &after))
            continue;
        judge(space, action, state);
        enqueue(space, &after);
    }
    int64_t edges[] = {c->claim_until - MONTH, c->claim_until, c->unclaimed_told_at + MONTH};
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
        for (int64_t at = edges[i] - 1; at <= edges[i] + 1; at++) {
            struct state later = *state;
            later.now = at;
            if (at > state->now)
                enqueue(space, &later);
        }
}

static void explore(struct space *space, enum policy_after_claim after) {
    struct line line = kit_line();
    space->policy = kit_policy();
    space->policy.after_claim = after;
    struct state first = {.closure = kit_closure(BASIS_REGULATOR), .now = KIT_NOW};
    first.unclaimed = MONEY;
    struct closure *c = &first.closure;
    assert_int_equal(closure_open(c, &line, &space->policy, true, KIT_NOW), ACCEPTED);
    assert_int_equal(closure_start(c, &space->policy, KIT_NOW), ACCEPTED);
    assert_int_equal(closure_cut(c, &space->policy, CUT_READ_BACK, "gone", 0, KIT_NOW), ACCEPTED);
    struct closing plan = kit_plan(&line, c, MONEY, 0, &space->policy, KIT_NOW);
    assert_int_equal(closure_finish(c, &space->policy, &plan, KIT_NOW), ACCEPTED);
    enqueue(space, &first);
    for (; space->head < space->tail && !space->broken; space->head++) {
        struct state state = space->states[space->head];
        expand(space, &state);
    }
}

static struct space space;

static void nothing_lapses_before_its_time(void **state) {
    (void)state;
    for (int after = AFTER_CLAIM_KEEP; after <= AFTER_CLAIM_BREAKAGE; after++) {
        space = (struct space){.moves = &true_moves};
        explore(&space, (enum policy_after_claim)after);
        assert_int_equal(space.broken, NOT_BROKEN);
        print_message("explored %zu states\n", space.tail);
        assert_true(space.tail > (after ? 300 : 20)); /* a space that shrinks is no proof */
    }
}

/* --- broken ones, each seen --- */

static enum refusal let(struct closure *c, const struct policy *policy) {
    c->next_at = closure_next(c, policy);
    return ACCEPTED;
}

static enum refusal lapse_early(struct closure *c, const struct policy *policy, int64_t unclaimed,
                                int64_t now) {
    (void)unclaimed;
    if (!c->unclaimed_told_at || c->lapsed_at || now < c->claim_until - 1)
        return REFUSED_CLOSURE_STATE;
    c->lapsed_at = now;
    return let(c, policy);
}

static enum refusal lapse_untold(struct closure *c, const struct policy *policy, int64_t unclaimed,
                                 int64_t now) {
    (void)unclaimed;
    if (c->lapsed_at || now < c->claim_until)
        return REFUSED_CLOSURE_STATE;
    c->lapsed_at = now;
    return let(c, policy);
}

static enum refusal tell_early(struct closure *c, const struct policy *policy, int64_t now) {
    if (c->unclaimed_told_at || now < c->claim_until - MONTH - 1)
        return REFUSED_CLOSURE_STATE;
    c->unclaimed_told_at = now;
    return let(c, policy);
}

static enum refusal tell_and_spin(struct closure *c, const struct policy *policy, int64_t now) {
    int64_t next = c->next_at;
    enum refusal no = closure_unclaimed_ends(c, policy, now);
    c->next_at = next;
    return no;
}

static enum refusal more_asleep(struct closure *c, const struct policy *policy, int64_t now) {
    enum refusal no = closure_unclaimed_more(c, policy, now);
    c->next_at = 0;
    return no;
}

static enum refusal claimable_less(const struct closure *c, const struct policy *policy,
                                   int64_t unclaimed, int64_t now) {
    return now >= c->claim_until - 1 ? REFUSED_CLAIM_OVER
                                     : closure_may_claim(c, policy, unclaimed, now);
}

static enum refusal claimable_more(const struct closure *c, const struct policy *policy,
                                   int64_t unclaimed, int64_t now) {
    enum refusal no = closure_may_claim(c, policy, unclaimed, now);
    return no == REFUSED_CLAIM_OVER ? ACCEPTED : no;
}

static void every_mutant_is_seen(void **state) {
    (void)state;
    static const struct {
        enum broken broken;
        struct moves moves;
    } mutants[] = {
        {LAPSES_EARLY, {NULL, lapse_early, NULL, NULL}},
        {LAPSES_UNTOLD, {NULL, lapse_untold, NULL, NULL}},
        {TOLD_TWICE, {tell_early, NULL, NULL, NULL}},
        {SPINS, {tell_and_spin, NULL, NULL, NULL}},
        {SLEEPS, {NULL, NULL, more_asleep, NULL}},
        {SHUTS_EARLY, {NULL, NULL, NULL, claimable_less}},
        {SHUTS_LATE, {NULL, NULL, NULL, claimable_more}},
    };
    for (size_t i = 0; i < sizeof mutants / sizeof *mutants; i++) {
        struct moves moves = true_moves;
        moves.tell = mutants[i].moves.tell ? mutants[i].moves.tell : moves.tell;
        moves.lapse = mutants[i].moves.lapse ? mutants[i].moves.lapse : moves.lapse;
        moves.more = mutants[i].moves.more ? mutants[i].moves.more : moves.more;
        if (mutants[i].moves.claimable)
            moves.claimable = mutants[i].moves.claimable;
        space = (struct space){.moves = &moves};
        explore(&space, AFTER_CLAIM_BREAKAGE);
        if (!space.broken)
            fail_msg("mutant %zu is not seen", i);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_lapses_before_its_time),
        cmocka_unit_test(every_mutant_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
