/* What the dispatcher has in hand: a slot an effect, from when it was found due until the store has
 * its report. A slot is queued, delivered by a worker, given to the committer, and done; what the
 * store did not take waits and is given again, not delivered again. Slots stand in lanes of limited
 * length, so that what cannot get on in one holds up nobody in another.
 * Everything here is done under the dispatcher's lock; a slot that is running or given is, but for
 * its state, its worker's or the committer's own. */
#ifndef RINGOFF_SLOTS_H
#define RINGOFF_SLOTS_H
#include "effects/dispatch.h"

enum { MESSAGE_SLOTS = 256, NETWORK_SLOTS = 64, PAYMENT_SLOTS = 64, ASIDE_SLOTS = 192 };
enum { SLOTS = MESSAGE_SLOTS + NETWORK_SLOTS + PAYMENT_SLOTS + ASIDE_SLOTS };
/* A network or a payment provider that hangs must not hold up the messages, nor one the other. */
enum { NETWORK_AT_ONCE = 2, PAYMENTS_AT_ONCE = 1 };

enum slot_state {
    SLOT_FREE,
    SLOT_QUEUED,     /* not begun */
    SLOT_RUNNING,    /* a worker delivers it */
    SLOT_GIVEN,      /* delivered; the committer has the report */
    SLOT_UNREPORTED, /* delivered; the store has not taken the report: it is given again */
    SLOT_DONE, /* still held: the finder may have read the effect as due just before its report */
    SLOT_STATES,
};

struct slot {
    enum slot_state state;
    enum lane lane;
    bool down;        /* not reported since the store is down, which is so for all others too */
    uint32_t reports; /* so often the report could not be recorded */
    int64_t again_at; /* of an unreported one, clock_steady */
    struct slot *next;
    struct dispatcher *dispatcher;
    struct effect effect;
    struct dispatch_answer answer;
    struct job job;
};

struct slots {
    struct slot all[SLOTS];
    int64_t ids[SLOTS];         /* of the effects; 0: free */
    struct slot *free, *done;   /* these, */
    struct slot *queued[LANES]; /* and the queued of a lane are lists, the first one first */
    struct slot **last[LANES];
    uint32_t counts[LANES][SLOT_STATES]; /* of those that are not free */
    uint32_t down;                       /* slots that are */
};

/* All are free; owner goes into each. */
void slots_open(struct slots *slots, struct dispatcher *owner);
/* The rows, in their order, into free slots of the lane but for those that have one; how many, from
 * the first on, are in a slot now. */
size_t slots_fill(struct slots *slots, enum lane lane, const struct effect *rows, size_t count);
/* How many rows are worth reading for the lane: none before a quarter of it is free, unless nothing
 * is under way in it. */
size_t slots_wanted(const struct slots *slots, enum lane lane);
/* Will some be, once what is done is freed? */
bool slots_worth(const struct slots *slots, enum lane lane);
/* The next one to be delivered, which is running now, or NULL. None while the store takes no
 * reports; of the network NETWORK_AT_ONCE, of a line there one at a time, and first; then payments,
 * PAYMENTS_AT_ONCE: the messages have the other workers. */
struct slot *slots_take(struct slots *slots);
/* A running one was delivered, or an unreported one's time has come: the committer gets it. */
void slot_give(struct slots *slots, struct slot *slot);
/* What came of giving it, or of a delivery that was none (RECORDED_UNCHANGED). What cannot be
 * recorded goes aside. */
void slot_settle(struct slots *slots, struct slot *slot, enum dispatch_recorded recorded);
/* An unreported one whose time has come, or NULL. */
struct slot *slots_again(struct slots *slots, int64_t now);
/* Frees what is done; before the next look: what was reported is not due in it. */
void slots_free(struct slots *slots);
/* Frees what was not begun: another server delivers it. */
void slots_drop(struct slots *slots);
/* How many reports the committer has. */
uint32_t slots_given(const struct slots *slots);
#endif
