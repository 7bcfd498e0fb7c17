/* The rules of a refund: who approves it, what is refused in which state, when the staff are
 * called. What is refused comes first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "rules/refund.h"
#include "rules_kit.h"

enum { PERSON = 2, STAFF = 8, ADA = 31, BEN = 32, OWNER = 9 };

static struct refund asked(int64_t amount) {
    struct refund r = {.id = 41, .payee = 51, .amount_minor = amount, .fee_minor = 50};
    struct policy policy = kit_policy();
    refund_request(&r, &policy, PERSON, OWNER, KIT_NOW);
    return r;
}

static struct refund in_state(int64_t state) {
    struct refund r = asked(8000);
    if (state != REFUND_REQUESTED)
        r.approved_at = KIT_NOW;
    r.paid_at = state == REFUND_PAID ? KIT_NOW : 0;
    r.state = state;
    return r;
}

/* One transition in a state, and that a refusal changes nothing. */
enum act { APPROVE, PAY, RETURN, REJECT, CORRECT, ACTS };
static enum refusal act(struct refund *r, enum act act) {
    struct policy policy = kit_policy();
    struct refund before = *r;
    enum refusal no = ACCEPTED;
    if (act == APPROVE)
        no = refund_approve(r, &policy, false, STAFF, ADA, KIT_NOW);
    if (act == PAY)
        no = refund_pay(r, ADA, KIT_NOW);
    if (act == RETURN)
        no = refund_return(r, UNPAID_BANK, ADA, KIT_NOW);
    if (act == REJECT)
        no = refund_reject(r, UNPAID_FRAUD, ADA, KIT_NOW);
    if (act == CORRECT)
        no = refund_correct(r, 52, 0, &policy, PERSON, OWNER, KIT_NOW);
    if (no)
        assert_memory_equal(&before, r, sizeof before);
    return no;
}

static void each_state_allows(void **state) {
    (void)state;
    static const bool allowed[REFUND_STATE_COUNT][ACTS] = {
        [REFUND_REQUESTED] = {[APPROVE] = true, [REJECT] = true, [CORRECT] = true},
        [REFUND_APPROVED] = {[PAY] = true, [RETURN] = true},
        [REFUND_FILED] = {[PAY] = true, [RETURN] = true},
        [REFUND_ACCEPTED] = {[PAY] = true, [RETURN] = true},
        [REFUND_RETURNED] = {[REJECT] = true, [CORRECT] = true},
        [REFUND_PAID] = {[RETURN] = true},
    };
    for (int s = REFUND_REQUESTED; s < REFUND_STATE_COUNT; s++)
        for (int a = 0; a < ACTS; a++) {
            struct refund r = in_state(s), none = in_state(s);
            none.id = 0;
            assert_int_equal(act(&none, (enum act)a), REFUSED_REFUND_STATE);
            if (act(&r, (enum act)a) != (allowed[s][a] ? ACCEPTED : REFUSED_REFUND_STATE))
                fail_msg("state %d act %d", s, a);
        }
}

static void what_is_open_and_in_flight(void **state) {
    (void)state;
    for (int s = REFUND_REQUESTED; s < REFUND_STATE_COUNT; s++) {
        struct refund r = in_state(s);
        assert_int_equal(refund_is_open(&r), s < REFUND_PAID);
        assert_int_equal(refund_in_flight(&r),
                         s == REFUND_APPROVED || s == REFUND_FILED || s == REFUND_ACCEPTED);
        assert_int_equal(refund_correctable(&r), s == REFUND_REQUESTED || s == REFUND_RETURNED
                                                     ? ACCEPTED
                                                     : REFUSED_REFUND_STATE);
        for (int way = WAY_HKID_PROXY; way < REFUND_WAY_COUNT; way++) {
            bool there = way == WAY_ORIGINAL && s == REFUND_APPROVED;
            struct refund handed = r;
            handed.escalated_at = 0;
            assert_int_equal(refund_with_provider(&handed, way), there);
            handed.escalated_at = KIT_NOW; /* the staff have it */
            assert_false(refund_with_provider(&handed, way));
        }
        assert_false(refund_overdue(&r, r.due_at - 1));
        assert_int_equal(refund_overdue(&r, r.due_at), s < REFUND_PAID);
        r.id = 0;
        assert_false(refund_is_open(&r) || refund_in_flight(&r) || refund_overdue(&r, r.due_at));
    }
}

static void nobody_approves_their_own(void **state) {
    (void)state;
    struct policy policy = kit_policy();
    struct refund r = asked(8000);
    r.asked_kind = STAFF;
    r.asked_by = ADA;
    assert_int_equal(refund_approve(&r, &policy, false, STAFF, ADA, KIT_NOW), REFUSED_SECOND_ACTOR);
    assert_int_equal(r.checked_at, 0);
    struct refund colleagues = r;
    assert_int_equal(refund_approve(&colleagues, &policy, false, STAFF, BEN, KIT_NOW), ACCEPTED);
    r.asked_kind = PERSON; /* an account of the same id is somebody else */
    assert_int_equal(refund_approve(&r, &policy, false, STAFF, ADA, KIT_NOW), ACCEPTED);
    assert_int_equal(r.state, REFUND_APPROVED);
    assert_int_equal(r.approved_by, ADA);
}

static void two_approve_above_the_sum(void **state) {
    (void)state;
    static const struct {
        int64_t amount;
        bool unverified, two;
    } cases[] = {{40000, false, false}, {40001, false, true}, {9000, true, false},
                 {9001, true, true},    {9001, false, false}, {40001, true, true}};
    struct policy policy = kit_policy();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct refund r = asked(cases[i].amount);
        bool unverified = cases[i].unverified;
        assert_int_equal(refund_needs_second(&r, &policy, unverified), cases[i].two);
        assert_int_equal(refund_approve(&r, &policy, unverified, STAFF, ADA, KIT_NOW), ACCEPTED);
        assert_int_equal(r.state, cases[i].two ? REFUND_REQUESTED : REFUND_APPROVED);
        if (!cases[i].two)
            continue;
        assert_int_equal(r.checked_by, ADA);
        assert_int_equal(r.approved_at, 0);
        assert_int_equal(refund_approve(&r, &policy, unverified, STAFF, ADA, KIT_NOW + 1),
                         REFUSED_SECOND_ACTOR);
        assert_int_equal(refund_approve(&r, &policy, unverified, STAFF, BEN, KIT_NOW + 2),
                         ACCEPTED);
        assert_int_equal(r.state, REFUND_APPROVED);
        assert_int_equal(r.approved_by, BEN);
        assert_int_equal(r.approved_at, KIT_NOW + 2);
    }
}

static void a_changed_payee_waits_and_is_approved_anew(void **state) {
    (void)state;
    struct policy policy = kit_policy();
    struct refund r = asked(50000);
    assert_int_equal(refund_approve(&r, &policy, false, STAFF, ADA, KIT_NOW), ACCEPTED);
    int64_t wait = KIT_NOW + 48 * HOUR;
    assert_int_equal(refund_correct(&r, 52, wait, &policy, STAFF, BEN, KIT_NOW + 5), ACCEPTED);
    assert_int_equal(r.payee, 52);
    assert_int_equal(r.checked_at, 0);
    assert_int_equal(r.checked_by, 0);
    assert_int_equal(r.due_at, KIT_NOW + 5 + 12 * DAY);
    assert_int_equal(r.next_at, r.due_at);
    assert_int_equal(refund_approve(&r, &policy, false, STAFF, ADA, wait - 1),
                     REFUSED_REFUND_WAITING);
    assert_int_equal(refund_approve(&r, &policy, false, STAFF, BEN, wait), REFUSED_SECOND_ACTOR);
    assert_int_equal(refund_correct(&r, 53, 0, &policy, PERSON, OWNER, KIT_NOW + 6), ACCEPTED);
    assert_int_equal(r.wait_until, wait); /* the longer one stays */
    assert_int_equal(refund_approve(&r, &policy, false, STAFF, ADA, wait), ACCEPTED);
    assert_int_equal(refund_approve(&r, &policy, false, STAFF, BEN, wait), ACCEPTED);
    assert_int_equal(r.state, REFUND_APPROVED);
}

/* What was taken in all stays the same, whatever the way costs. */
static void another_way_costs_what_it_costs(void **state) {
    (void)state;
    static const struct {
        int64_t former, fee, amount, left;
    } cases[] = {{50, 50, 8000, 50}, {50, 750, 7300, 750}, {750, 50, 8050, 0}, {50, 0, 8050, 0},
                 {30, 0, 8030, 20},  {50, 8049, 1, 8049},  {0, 0, 8000, 50}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct refund r = asked(8000);
        assert_true(refund_refit(&r, cases[i].former, cases[i].fee));
        assert_int_equal(r.amount_minor, cases[i].amount);
        assert_int_equal(r.fee_minor, cases[i].left);
    }
    struct refund r = asked(8000);
    assert_false(refund_refit(&r, 50, 8050));
    assert_false(refund_refit(&r, 0, INT64_MAX));
    assert_int_equal(r.amount_minor, 8000);
    assert_int_equal(r.fee_minor, 50);
}

static void there_and_back(void **state) {
    (void)state;
    struct policy policy = kit_policy();
    struct refund r = asked(8000);
    assert_int_equal(r.state, REFUND_REQUESTED);
    assert_int_equal(r.policy, policy.id);
    assert_int_equal(r.due_at, KIT_NOW + 12 * DAY);
    assert_int_equal(r.next_at, r.due_at);
    assert_int_equal(act(&r, APPROVE), ACCEPTED);
    assert_int_equal(refund_pay(&r, BEN, KIT_NOW + 1), ACCEPTED);
    assert_int_equal(r.paid_at, KIT_NOW + 1);
    assert_int_equal(r.paid_by, BEN);
    assert_int_equal(r.next_at, 0);
    memcpy(r.evidence, "FT1", 4);
    assert_int_equal(refund_return(&r, UNPAID_NOT_REGISTERED, ADA, KIT_NOW + 2), ACCEPTED);
    assert_int_equal(r.state, REFUND_RETURNED);
    assert_int_equal(r.reason, UNPAID_NOT_REGISTERED);
    assert_int_equal(r.returns, 1);
    assert_int_equal(r.returned_by, ADA);
    assert_int_equal(r.returned_at, KIT_NOW + 2);
    assert_int_equal(r.paid_at + r.paid_by + r.approved_at + r.approved_by, 0);
    assert_string_equal(r.evidence, "");
    assert_int_equal(r.next_at, r.due_at);
    assert_int_equal(act(&r, CORRECT), ACCEPTED);
    assert_int_equal(r.reason, UNPAID_NONE);
    assert_int_equal(r.corrected_at, KIT_NOW);
    assert_int_equal(act(&r, APPROVE), ACCEPTED);
    assert_int_equal(act(&r, RETURN), ACCEPTED); /* before anybody held it for paid */
    assert_int_equal(r.returns, 2);
    assert_int_equal(refund_reject(&r, UNPAID_NAME, BEN, KIT_NOW + 3), ACCEPTED);
    assert_int_equal(r.state, REFUND_REJECTED);
    assert_int_equal(r.rejected_at, KIT_NOW + 3);
    assert_int_equal(r.rejected_by, BEN);
    assert_int_equal(r.reason, UNPAID_NAME);
    assert_int_equal(r.next_at, 0);
}

static void reasons(void **state) {
    (void)state;
    for (int reason = -1; reason <= REFUND_REASON_COUNT; reason++) {
        struct refund back = in_state(REFUND_APPROVED), out = in_state(REFUND_REQUESTED);
        bool some = reason > UNPAID_NONE && reason < REFUND_REASON_COUNT;
        assert_int_equal(refund_return(&back, (enum refund_reason)reason, ADA, KIT_NOW),
                         some && reason != UNPAID_FRAUD ? ACCEPTED : REFUSED_REFUND_REASON);
        assert_int_equal(refund_reject(&out, (enum refund_reason)reason, ADA, KIT_NOW),
                         some ? ACCEPTED : REFUSED_REFUND_REASON);
    }
}

static void the_staff_are_called_once(void **state) {
    (void)state;
    struct refund r = asked(8000);
    assert_int_equal(refund_escalate(&r, r.due_at - 1), REFUSED_UNCHANGED);
    assert_int_equal(refund_escalate(&r, r.due_at), ACCEPTED);
    assert_int_equal(r.escalated_at, r.due_at);
    assert_int_equal(r.next_at, 0);
    assert_int_equal(refund_escalate(&r, r.due_at + DAY), REFUSED_UNCHANGED);
    assert_int_equal(act(&r, APPROVE), ACCEPTED);
    assert_int_equal(r.next_at, 0);
    refund_by_hand(&r, KIT_NOW + 9);
    assert_int_equal(r.escalated_at, r.due_at); /* they have it already */
    assert_int_equal(act(&r, RETURN), ACCEPTED);
    assert_int_equal(r.next_at, r.due_at); /* once more, since it is another try */
    assert_int_equal(act(&r, CORRECT), ACCEPTED);
    assert_int_equal(act(&r, APPROVE), ACCEPTED);
    refund_by_hand(&r, KIT_NOW + 9);
    assert_int_equal(r.escalated_at, KIT_NOW + 9);
    assert_int_equal(r.next_at, 0);
}

static void the_secret(void **state) {
    (void)state;
    static const uint8_t master[32] = {3};
    struct secrets secrets;
    struct refund r = asked(8000), other = asked(8000);
    struct refund none = {.id = 0};
    char secret[STATUS_SECRET_SIZE], another[STATUS_SECRET_SIZE];
    secret_derive(master, &secrets);
    other.id++; /* of another refund, whatever it drew */
    refund_secret(&secrets, &r, secret);
    refund_secret(&secrets, &other, another);
    assert_string_not_equal(secret, another);
    other.id--;
    other.nonce[3] = 1;
    refund_secret(&secrets, &r, secret);
    refund_secret(&secrets, &other, another);
    assert_string_not_equal(secret, another);
    assert_true(refund_secret_fits(&secrets, &r, secret));
    assert_false(refund_secret_fits(&secrets, &r, another));
    assert_false(refund_secret_fits(&secrets, &r, "?"));
    assert_false(refund_secret_fits(&secrets, &r, ""));
    refund_secret(&secrets, &none, secret);
    assert_false(refund_secret_fits(&secrets, &none, secret));
}

/* People read a sentence for each, and nothing for what is none. */
static void each_way_and_reason_is_told(void **state) {
    (void)state;
    for (int64_t way = -1; way <= REFUND_WAY_COUNT; way++)
        assert_int_equal(refund_way_name(way)[0] != '\0', way > 0 && way < REFUND_WAY_COUNT);
    for (int64_t reason = -1; reason <= REFUND_REASON_COUNT; reason++)
        assert_int_equal(refund_reason_sentence(reason)[0] != '\0',
                         reason > UNPAID_NONE && reason < REFUND_REASON_COUNT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_state_allows),
        cmocka_unit_test(what_is_open_and_in_flight),
        cmocka_unit_test(nobody_approves_their_own),
        cmocka_unit_test(two_approve_above_the_sum),
        cmocka_unit_test(a_changed_payee_waits_and_is_approved_anew),
        cmocka_unit_test(another_way_costs_what_it_costs),
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(reasons),
        cmocka_unit_test(the_staff_are_called_once),
        cmocka_unit_test(the_secret),
        cmocka_unit_test(each_way_and_reason_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
