#include "effects/slots.h"

#include <assert.h>

#include "base/clock.h"

enum { AGAIN_DOUBLINGS = 9 }; /* from a second to some nine minutes */

static const uint32_t limits[LANES] = {[LANE_MESSAGES] = MESSAGE_SLOTS,
                                       [LANE_NETWORK] = NETWORK_SLOTS,
                                       [LANE_PAYMENTS] = PAYMENT_SLOTS,
                                       [LANE_ASIDE] = ASIDE_SLOTS};

static uint32_t lane_room(const struct slots *s, enum lane lane) {
    uint32_t held = 0;
    for (enum slot_state state = 0; state < SLOT_STATES; state++)
        held += s->counts[lane][state];
    return limits[lane] - held;
}

/* Every change goes through here. */
static void slot_move(struct slots *s, struct slot *slot, enum lane lane, enum slot_state state) {
    if (slot->state != SLOT_FREE)
        s->counts[slot->lane][slot->state]--;
    slot->lane = lane;
    slot->state = state;
    if (state != SLOT_FREE)
        s->counts[lane][state]++;
}

static void slot_free(struct slots *s, struct slot *slot) {
    slot_move(s, slot, slot->lane, SLOT_FREE);
    s->ids[slot - s->all] = 0;
    slot->next = s->free;
    s->free = slot;
}

static void slot_down(struct slots *s, struct slot *slot, bool down) {
    s->down += (uint32_t)down - (uint32_t)slot->down;
    slot->down = down;
}

void slots_open(struct slots *s, struct dispatcher *owner) {
    for (enum lane lane = 0; lane < LANES; lane++)
        s->last[lane] = &s->queued[lane];
    for (size_t i = SLOTS; i > 0; i--) {
        s->all[i - 1].dispatcher = owner;
        s->all[i - 1].next = s->free;
        s->free = &s->all[i - 1];
    }
}

static bool is_held(const struct slots *s, int64_t id) {
    for (size_t i = 0; i < SLOTS; i++)
        if (s->ids[i] == id)
            return true;
    return false;
}

size_t slots_fill(struct slots *s, enum lane lane, const struct effect *rows, size_t count) {
    size_t i = 0;
    for (; i < count; i++) {
        if (is_held(s, rows[i].id))
            continue;
        if (lane_room(s, lane) == 0)
            break;
        struct slot *slot = s->free;
        assert(slot && slot->state == SLOT_FREE);
        s->free = slot->next;
        slot->next = NULL;
        s->ids[slot - s->all] = rows[i].id;
        slot->effect = rows[i];
        slot->reports = 0;
        slot_move(s, slot, lane, SLOT_QUEUED);
        *s->last[lane] = slot;
        s->last[lane] = &slot->next;
    }
    return i;
}

/* Is so much room enough for a look at what is due? */
static bool is_worth(const struct slots *s, enum lane lane, uint32_t room) {
    const uint32_t *counts = s->counts[lane];
    bool idle = counts[SLOT_QUEUED] + counts[SLOT_RUNNING] + counts[SLOT_GIVEN] == 0;
    return room >= limits[lane] / 4 || (idle && room > 0);
}

size_t slots_wanted(const struct slots *s, enum lane lane) {
    uint32_t room = lane_room(s, lane), quarter = limits[lane] / 4;
    if (!is_worth(s, lane, room))
        return 0;
    return room > quarter ? room : quarter;
}

bool slots_worth(const struct slots *s, enum lane lane) {
    return is_worth(s, lane, lane_room(s, lane) + s->counts[lane][SLOT_DONE]);
}

static struct slot *queued_take(struct slots *s, enum lane lane) {
    struct slot *slot = s->queued[lane];
    if (!slot)
        return NULL;
    s->queued[lane] = slot->next;
    if (!slot->next)
        s->last[lane] = &s->queued[lane];
    return slot;
}

/* Is something of this line being done in the network. */
static bool line_runs(const struct slots *s, int64_t line) {
    for (size_t i = 0; i < SLOTS; i++)
        if (s->all[i].state == SLOT_RUNNING && s->all[i].lane == LANE_NETWORK &&
            s->all[i].effect.line == line)
            return true;
    return false;
}

/* The first one whose line is not being worked on: of a line one after the other, or the network
 * would end up as whichever came last. */
static struct slot *network_take(struct slots *s) {
    for (struct slot **at = &s->queued[LANE_NETWORK]; *at; at = &(*at)->next) {
        struct slot *slot = *at;
        if (line_runs(s, slot->effect.line))
            continue;
        *at = slot->next;
        if (s->last[LANE_NETWORK] == &slot->next)
            s->last[LANE_NETWORK] = at;
        return slot;
    }
    return NULL;
}

struct slot *slots_take(struct slots *s) {
    struct slot *slot = NULL;
    if (s->down)
        return NULL;
    if (s->counts[LANE_NETWORK][SLOT_RUNNING] < NETWORK_AT_ONCE)
        slot = network_take(s);
    if (!slot && s->counts[LANE_PAYMENTS][SLOT_RUNNING] < PAYMENTS_AT_ONCE)
        slot = queued_take(s, LANE_PAYMENTS);
    if (!slot)
        slot = queued_take(s, LANE_MESSAGES);
    if (slot)
        slot_move(s, slot, slot->lane, SLOT_RUNNING);
    return slot;
}

void slot_give(struct slots *s, struct slot *slot) {
    assert(slot->state == SLOT_RUNNING || slot->state == SLOT_UNREPORTED);
    slot_move(s, slot, slot->lane, SLOT_GIVEN);
}

void slot_settle(struct slots *s, struct slot *slot, enum dispatch_recorded recorded) {
    assert(slot->state == SLOT_RUNNING || slot->state == SLOT_GIVEN);
    slot_down(s, slot, recorded == RECORDED_DOWN);
    if (recorded == RECORDED || recorded == RECORDED_UNCHANGED) {
        slot_move(s, slot, slot->lane, SLOT_DONE);
        slot->next = s->done;
        s->done = slot;
        return;
    }
    enum lane lane = slot->lane;
    slot->again_at = clock_steady() + SECOND;
    if (recorded == RECORDED_BROKEN) {
        slot->again_at = clock_steady() + (SECOND << slot->reports);
        slot->reports += slot->reports < AGAIN_DOUBLINGS;
        lane = lane_room(s, LANE_ASIDE) > 0 ? LANE_ASIDE : lane;
    }
    slot_move(s, slot, lane, SLOT_UNREPORTED);
}

struct slot *slots_again(struct slots *s, int64_t now) {
    uint32_t waiting = 0;
    for (enum lane lane = 0; lane < LANES; lane++)
        waiting += s->counts[lane][SLOT_UNREPORTED];
    if (!waiting)
        return NULL;
    for (size_t i = 0; i < SLOTS; i++)
        if (s->all[i].state == SLOT_UNREPORTED && s->all[i].again_at <= now)
            return &s->all[i];
    return NULL;
}

void slots_free(struct slots *s) {
    while (s->done) {
        struct slot *slot = s->done;
        s->done = slot->next;
        slot_free(s, slot);
    }
}

void slots_drop(struct slots *s) {
    for (enum lane lane = 0; lane < LANES; lane++)
        for (struct slot *slot; (slot = queued_take(s, lane));)
            slot_free(s, slot);
}

uint32_t slots_given(const struct slots *s) {
    uint32_t given = 0;
    for (enum lane lane = 0; lane < LANES; lane++)
        given += s->counts[lane][SLOT_GIVEN];
    return given;
}
