/* The dispatcher's slots: who comes next, what holds up whom, and what is never lost or twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "effects/slots.h"

static struct slots *slots;
static struct effect rows[2 * MESSAGE_SLOTS];

static int setup(void **state) {
    (void)state;
    slots = calloc(1, sizeof *slots);
    for (int64_t i = 0; slots && i < 2 * MESSAGE_SLOTS; i++)
        rows[i].id = rows[i].line = i + 1;
    if (slots)
        slots_open(slots, NULL);
    return slots ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    free(slots);
    return 0;
}

/* The next one, delivered and given to the committer. */
static struct slot *give(void) {
    struct slot *slot = slots_take(slots);
    assert_non_null(slot);
    slot_give(slots, slot);
    return slot;
}

static void first_come_first_served_and_once(void **state) {
    (void)state;
    assert_int_equal(slots_wanted(slots, LANE_MESSAGES), MESSAGE_SLOTS);
    assert_int_equal(slots_fill(slots, LANE_MESSAGES, rows, 3), 3);
    assert_int_equal(slots_fill(slots, LANE_MESSAGES, rows, 5), 5); /* those are held already */
    for (int64_t id = 1; id <= 5; id++)
        assert_int_equal(give()->effect.id, id);
    assert_null(slots_take(slots));
    assert_int_equal(slots_given(slots), 5);
}

static void what_was_reported_is_held_until_the_next_look(void **state) {
    (void)state;
    slots_fill(slots, LANE_MESSAGES, rows, 1);
    struct slot *slot = give();
    slot_settle(slots, slot, RECORDED);
    assert_int_equal(slots_given(slots), 0);
    slots_fill(slots, LANE_MESSAGES, rows, 1); /* as it was read before the report */
    assert_null(slots_take(slots));
    slots_free(slots);
    slots_fill(slots, LANE_MESSAGES, rows, 1); /* due again */
    assert_non_null(slots_take(slots));
}

static void a_full_lane_is_looked_at_again_when_it_pays(void **state) {
    struct slot *given[MESSAGE_SLOTS];
    (void)state;
    assert_int_equal(slots_fill(slots, LANE_MESSAGES, rows, 2 * MESSAGE_SLOTS), MESSAGE_SLOTS);
    assert_int_equal(slots_wanted(slots, LANE_MESSAGES), 0);
    assert_int_equal(slots_wanted(slots, LANE_NETWORK), NETWORK_SLOTS);
    for (int i = 0; i < MESSAGE_SLOTS; i++)
        given[i] = give();
    for (int i = 0; i < MESSAGE_SLOTS / 4; i++) {
        assert_false(slots_worth(slots, LANE_MESSAGES));
        slot_settle(slots, given[i], RECORDED);
    }
    assert_true(slots_worth(slots, LANE_MESSAGES));
    slots_free(slots);
    assert_int_equal(slots_wanted(slots, LANE_MESSAGES), MESSAGE_SLOTS / 4);
}

static void a_network_that_hangs_leaves_workers_to_the_messages(void **state) {
    (void)state;
    slots_fill(slots, LANE_NETWORK, rows, 5);
    slots_fill(slots, LANE_MESSAGES, rows + 5, 5);
    struct slot *first = slots_take(slots), *second = slots_take(slots);
    assert_int_equal(first->lane, LANE_NETWORK);
    assert_int_equal(second->lane, LANE_NETWORK);
    for (int i = 0; i < 5; i++)
        assert_int_equal(slots_take(slots)->lane, LANE_MESSAGES);
    assert_null(slots_take(slots));
    slot_give(slots, first); /* its report holds up no other */
    assert_int_equal(slots_take(slots)->lane, LANE_NETWORK);
}

static void a_provider_that_hangs_holds_up_its_own_only(void **state) {
    (void)state;
    slots_fill(slots, LANE_PAYMENTS, rows, 5);
    slots_fill(slots, LANE_NETWORK, rows + 5, 5);
    slots_fill(slots, LANE_MESSAGES, rows + 10, 5);
    assert_int_equal(slots_take(slots)->lane, LANE_NETWORK);
    assert_int_equal(slots_take(slots)->lane, LANE_NETWORK);
    struct slot *payment = slots_take(slots);
    assert_int_equal(payment->effect.id, 1);
    for (int i = 0; i < 5; i++)
        assert_int_equal(slots_take(slots)->lane, LANE_MESSAGES);
    assert_null(slots_take(slots));
    slot_give(slots, payment);
    assert_int_equal(slots_take(slots)->effect.id, 2);
    assert_null(slots_take(slots));
}

/* What is done to a line in the network is done one after the other, in its order; another line's
 * goes on meanwhile. */
static void of_a_line_one_at_a_time(void **state) {
    (void)state;
    rows[1].line = rows[2].line = rows[0].line;
    slots_fill(slots, LANE_NETWORK, rows, 4);
    struct slot *first = slots_take(slots), *other = slots_take(slots);
    assert_int_equal(first->effect.id, 1);
    assert_int_equal(other->effect.id, 4);
    slot_give(slots, other);
    assert_null(slots_take(slots));
    slot_give(slots, first);
    struct slot *second = slots_take(slots);
    assert_int_equal(second->effect.id, 2);
    slots_fill(slots, LANE_NETWORK, rows + 4, 1); /* behind the one that waits */
    assert_int_equal(slots_take(slots)->effect.id, 5);
    slot_give(slots, second);
    assert_int_equal(slots_take(slots)->effect.id, 3);
    rows[1].line = 2;
    rows[2].line = 3;
}

static void nothing_new_while_the_store_is_down(void **state) {
    (void)state;
    slots_fill(slots, LANE_MESSAGES, rows, 4);
    struct slot *slot = give(), *other = give();
    slot_settle(slots, slot, RECORDED_DOWN);
    assert_null(slots_take(slots));
    assert_null(slots_again(slots, clock_steady() - 1));
    assert_ptr_equal(slots_again(slots, clock_steady() + SECOND), slot);
    slot_give(slots, slot);
    assert_null(slots_take(slots));
    slot_settle(slots, other, RECORDED_DOWN);
    slot_settle(slots, slot, RECORDED);
    assert_null(slots_take(slots));
    slot_give(slots, other);
    slot_settle(slots, other, RECORDED);
    assert_int_equal(slots_take(slots)->effect.id, 3);
}

static void what_cannot_be_recorded_goes_aside(void **state) {
    (void)state;
    for (int i = 0; i < ASIDE_SLOTS; i++) {
        slots_fill(slots, LANE_MESSAGES, rows, 2 * MESSAGE_SLOTS);
        struct slot *slot = give();
        slot_settle(slots, slot, RECORDED_BROKEN);
        assert_int_equal(slot->lane, LANE_ASIDE);
    }
    slots_fill(slots, LANE_MESSAGES, rows, 2 * MESSAGE_SLOTS);
    struct slot *slot = give(); /* others are not held up, and no more of them fit */
    slot_settle(slots, slot, RECORDED_BROKEN);
    assert_int_equal(slot->lane, LANE_MESSAGES);
    assert_int_equal(slots_fill(slots, LANE_MESSAGES, rows, 2 * MESSAGE_SLOTS),
                     ASIDE_SLOTS + MESSAGE_SLOTS);
    /* it is given again less and less often */
    assert_null(slots_again(slots, clock_steady()));
    slot = slots_again(slots, clock_steady() + SECOND);
    slot_give(slots, slot);
    slot_settle(slots, slot, RECORDED_BROKEN);
    assert_true(slot->again_at > clock_steady() + SECOND);
}

static void another_server_gets_what_was_not_begun(void **state) {
    (void)state;
    slots_fill(slots, LANE_MESSAGES, rows, 3);
    slots_fill(slots, LANE_NETWORK, rows + 3, 1);
    struct slot *slot = slots_take(slots);
    assert_int_equal(slot->lane, LANE_NETWORK);
    slots_drop(slots);
    assert_null(slots_take(slots));
    slot_give(slots, slot);
    slot_settle(slots, slot, RECORDED_UNCHANGED);
    slots_free(slots);
    assert_int_equal(slots_wanted(slots, LANE_MESSAGES), MESSAGE_SLOTS);
    assert_int_equal(slots_wanted(slots, LANE_NETWORK), NETWORK_SLOTS);
    slots_fill(slots, LANE_MESSAGES, rows, 1);
    assert_int_equal(slots_take(slots)->effect.id, 1);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(first_come_first_served_and_once),
        TEST(what_was_reported_is_held_until_the_next_look),
        TEST(a_full_lane_is_looked_at_again_when_it_pays),
        TEST(a_network_that_hangs_leaves_workers_to_the_messages),
        TEST(a_provider_that_hangs_holds_up_its_own_only),
        TEST(of_a_line_one_at_a_time),
        TEST(nothing_new_while_the_store_is_down),
        TEST(what_cannot_be_recorded_goes_aside),
        TEST(another_server_gets_what_was_not_begun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
