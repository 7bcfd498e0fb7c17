/* Long walks through the life of suspended lines: people, the timer, the network, the staff and a
 * closing act in any order at any time, the network hangs, half succeeds and loses reports, and
 * after each step the rules are looked at: the line ends up as it was last asked for, nothing is
 * given up silently, no more is taken than was shown or is there. What the verbs record for the
 * network is modelled here; what may be and what follows is src/rules/suspension.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/clock.h"
#include "rules/suspension.h"

enum { WALKS = 20000, STEPS = 60, BEGIN = 1000000000, PAID = 3000, FEE = 2000 };

enum action {
    DO_TIME,
    DO_SUSPEND,
    DO_BACK,
    DO_TIMER,
    DO_DELIVER,
    DO_REPORT,
    DO_ATTEST,
    DO_CLOSE,
    DO_COUNT
};

/* What the network did of an effect, and has not said yet. */
struct flight {
    enum effect_kind kind; /* 0: nothing is in the network's hands */
    enum { DONE, AGAIN, STAFF, SKIPPED } outcome;
};

struct world {
    struct policy policy;
    struct suspension s, promised;
    struct line line;
    struct flight flight;
    int64_t now, paid, taken, credit; /* credit: when it was asked for */
    bool barred;                      /* in the network */
    bool bar_waits, unbar_waits;      /* effects */
    bool bar_work, unbar_work;        /* of the staff, open */
    bool called_off;                  /* before it was done */
    uint64_t random;
};

static uint64_t draw(struct world *w, uint64_t below) {
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return w->random % below;
}

static bool under_way(const struct world *w) {
    enum suspension_state state = suspension_derive(&w->s);
    return state == SUSPENSION_ASKED || state == SUSPENSION_RETURNING;
}

static bool has_sense(const struct world *w, enum effect_kind kind) {
    return suspension_switch(&w->s, kind) != SWITCH_NONE;
}

/* --- what happens --- */

static void pass(struct world *w) {
    if (w->flight.kind) /* a conversation is short */
        return;
    const int64_t to[] = {w->now + 1, w->now + MINUTE, w->s.next_at, w->s.next_at - 1, w->s.until};
    int64_t then = to[draw(w, sizeof to / sizeof *to)];
    w->now = then > w->now ? then : w->now + 1;
    if (draw(w, 4) == 0) /* credit is spent in the network, or is there anew */
        w->paid = (int64_t)draw(w, PAID);
}

static void suspend(struct world *w) {
    static const struct suspension none;
    struct suspension_terms terms = suspension_terms(&w->line, w->paid, &w->policy, w->now);
    const struct suspension *open = w->s.id && !w->s.ended_at ? &w->s : &none;
    if (w->flight.kind || suspension_may(&w->line, open, &terms, terms.fee_minor) != ACCEPTED)
        return;
    w->s = (struct suspension){.id = w->s.id + 1};
    suspension_open(&w->s, &w->line, &terms, &w->policy, w->now);
    w->promised = w->s;
    w->taken = 0;
    w->credit = w->paid;
    w->bar_waits = true;
    w->called_off = false;
}

static void back(struct world *w) {
    bool early = suspension_derive(&w->s) == SUSPENSION_ASKED;
    if (suspension_back(&w->s, BACK_ASKED, &w->policy, w->now) != ACCEPTED)
        return;
    w->called_off = early;
    w->bar_work = w->unbar_work = false;
    w->unbar_waits = w->unbar_waits || w->s.unbar_at;
}

static void call_staff(struct world *w) {
    *(w->s.back_at ? &w->unbar_work : &w->bar_work) = true;
}

static void timer(struct world *w) {
    switch (suspension_step(&w->s, &w->policy, w->now)) {
    case SUSPEND_NONE:
        assert_true(!w->s.next_at || w->s.next_at > w->now);
        break;
    case SUSPEND_REMIND:
        assert_int_equal(suspension_remind(&w->s, &w->policy, w->now), ACCEPTED);
        break;
    case SUSPEND_END:
        assert_true(w->now >= w->s.until);
        assert_int_equal(suspension_last_day(&w->s, &w->policy, w->now), ACCEPTED);
        w->unbar_waits = w->unbar_waits || w->s.unbar_at;
        break;
    case SUSPEND_ESCALATE:
        assert_int_equal(suspension_escalate(&w->s, &w->policy, w->now), ACCEPTED);
        call_staff(w);
        break;
    }
}

/* Of a line one thing at a time; what it does is asked of the rules as it begins. */
static void deliver(struct world *w) {
    bool *waits = draw(w, 2) ? &w->bar_waits : &w->unbar_waits;
    enum effect_kind kind = waits == &w->bar_waits ? EFFECT_NETWORK_BAR : EFFECT_NETWORK_UNBAR;
    if (w->flight.kind || !*waits)
        return;
    enum suspension_switch wanted = suspension_switch(&w->s, kind);
    if (wanted == SWITCH_NONE) {
        *waits = false; /* dropped */
        return;
    }
    w->flight = (struct flight){kind, wanted == SWITCH_SKIP ? SKIPPED : (int)draw(w, 3)};
    bool half = w->flight.outcome != DONE && draw(w, 2);
    if (wanted != SWITCH_SKIP && (w->flight.outcome == DONE || half))
        w->barred = wanted == SWITCH_BAR;
}

static void barred(struct world *w, enum cut_how how) {
    int64_t fee = -1;
    if (suspension_barred(&w->s, &w->line, w->paid, how, &w->policy, w->now, &fee) != ACCEPTED)
        return;
    assert_true(fee >= 0 && fee <= w->paid && fee <= w->promised.fee_minor);
    w->paid -= fee;
    w->taken += fee;
    w->bar_work = false;
    w->unbar_waits = w->unbar_waits || w->s.unbar_at;
}

static void unbarred(struct world *w, enum cut_how how) {
    if (suspension_switch(&w->s, EFFECT_NETWORK_BAR) == SWITCH_SKIP)
        (void)suspension_skipped(&w->s, &w->policy, w->now);
    if (suspension_unbarred(&w->s, &w->line, how, &w->policy, w->now) == ACCEPTED)
        w->unbar_work = false;
}

/* The report may be lost: then the effect is due again as it was. */
static void report(struct world *w) {
    struct flight flight = w->flight;
    bool bar = flight.kind == EFFECT_NETWORK_BAR;
    bool *waits = bar ? &w->bar_waits : &w->unbar_waits;
    w->flight.kind = 0;
    if (!flight.kind || flight.outcome == AGAIN || draw(w, 4) == 0 || !*waits)
        return;
    *waits = false;
    if (flight.outcome == DONE && bar)
        barred(w, CUT_READ_BACK);
    else if (flight.outcome == DONE)
        unbarred(w, CUT_READ_BACK);
    else if (bar && suspension_skipped(&w->s, &w->policy, w->now) == ACCEPTED)
        w->unbar_waits = true;
    else if (has_sense(w, flight.kind) && suspension_by_hand(&w->s, &w->policy, w->now) == ACCEPTED)
        call_staff(w);
}

/* They do it, and say so. */
static void attest(struct world *w) {
    if (w->bar_work && suspension_derive(&w->s) == SUSPENSION_ASKED) {
        w->barred = true;
        w->bar_waits = false;
        barred(w, CUT_ATTESTED);
    } else if (w->unbar_work) {
        w->barred = false;
        w->unbar_waits = false;
        unbarred(w, CUT_ATTESTED);
    }
}

static void close_line(struct world *w) {
    if (!w->s.id || w->s.ended_at || draw(w, 4))
        return;
    suspension_close(&w->s, w->now);
    w->bar_work = w->unbar_work = false;
    w->line.closure = 9;
}

/* --- what must hold --- */

static void check(const struct world *w) {
    enum suspension_state state = suspension_derive(&w->s);
    bool bar = has_sense(w, EFFECT_NETWORK_BAR), unbar = has_sense(w, EFFECT_NETWORK_UNBAR);
    assert_false(bar && unbar); /* what waited never overtakes what came after it */
    if (w->s.id && !w->s.ended_at)
        assert_int_equal(w->s.next_at, suspension_next(&w->s, &w->policy));
    /* Never given up silently: somebody still has it, the network or a person. */
    if (under_way(w))
        assert_true((bar && w->bar_waits) || (unbar && w->unbar_waits) || w->bar_work ||
                    w->unbar_work);
    /* The promise. */
    assert_int_equal(w->s.until, w->promised.until);
    assert_int_equal(w->s.fee_minor, w->promised.fee_minor);
    assert_int_equal(w->s.fee_taken_minor, w->taken);
    assert_true(w->paid >= 0 && w->taken <= w->promised.fee_minor && w->taken <= w->credit);
    if (w->called_off)
        assert_int_equal(w->taken, 0);
    /* The line says what was read back, and the network is as was last asked for. */
    bool suspended = state == SUSPENSION_ON || state == SUSPENSION_OVER;
    if (!w->line.closure)
        assert_int_equal(w->line.state == LINE_SUSPENDED,
                         suspended || (state == SUSPENSION_RETURNING && w->s.barred_at));
    if (w->flight.kind)
        return;
    if (suspended)
        assert_true(w->barred);
    if (state == SUSPENSION_ENDED && w->s.end_how == END_REACTIVATED) {
        assert_false(w->barred);
        assert_false(w->line.expires_at && w->line.expires_at < BEGIN + DAY);
    }
    if (state == SUSPENSION_ENDED)
        assert_false(bar || unbar); /* nothing after a cut */
}

static void act(struct world *w, enum action action) {
    static void (*const acts[DO_COUNT])(struct world *) = {
        [DO_TIME] = pass,     [DO_SUSPEND] = suspend,  [DO_BACK] = back,
        [DO_TIMER] = timer,   [DO_DELIVER] = deliver,  [DO_REPORT] = report,
        [DO_ATTEST] = attest, [DO_CLOSE] = close_line,
    };
    acts[action](w);
}

static void walks(void **state) {
    uint64_t seen[SUSPENSION_STATE_COUNT] = {0};
    (void)state;
    for (uint64_t walk = 1; walk <= WALKS; walk++) {
        struct world w = {
            .policy = {.id = 7,
                       .suspension_maximum_days = 90,
                       .suspension_fee_minor = FEE,
                       .suspension_reminder_days = 7,
                       .suspension_escalate_minutes = 30,
                       .suspension_validity_runs = walk % 2,
                       .suspension_at_end = walk % 3 ? AT_END_STAY : AT_END_REACTIVATE},
            .line = {.id = 11, .operator= 3, .state = LINE_ACTIVE},
            .now = BEGIN,
            .paid = walk % 5 ? PAID : 0,
            .random = walk * UINT64_C(0x9E3779B97F4A7C15)};
        w.line.expires_at = walk % 7 ? BEGIN + 1000 * DAY : 0;
        for (int step = 0; step < STEPS; step++) {
            act(&w, (enum action)draw(&w, DO_COUNT));
            check(&w);
            seen[suspension_derive(&w.s)]++;
        }
    }
    for (int i = 0; i < SUSPENSION_STATE_COUNT; i++)
        assert_true(seen[i] > WALKS / 20); /* every state was gone through, often */
}

/* Whatever happened: once the network answers and the person wants the line, it works. */
static void it_always_comes_back(void **state) {
    (void)state;
    for (uint64_t walk = 1; walk <= WALKS; walk++) {
        struct world w = {.policy = {.id = 7,
                                     .suspension_maximum_days = 90,
                                     .suspension_reminder_days = 7,
                                     .suspension_escalate_minutes = 30},
                          .line = {.id = 11, .operator= 3, .state = LINE_ACTIVE},
                          .now = BEGIN,
                          .random = walk * UINT64_C(0xD1B54A32D192ED03)};
        suspend(&w);
        for (int step = 0; step < STEPS / 2; step++)
            act(&w, (enum action)draw(&w, DO_CLOSE)); /* all but closing */
        back(&w);
        for (int tries = 0; tries < 2000 && under_way(&w); tries++) {
            deliver(&w);
            report(&w);
            if (tries > 1000)
                attest(&w);
        }
        assert_false(under_way(&w));
        if (w.s.id && w.s.ended_at)
            assert_false(w.barred);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks),
        cmocka_unit_test(it_always_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
