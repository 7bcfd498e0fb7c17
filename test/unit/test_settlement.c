/* What becomes of the credit: small values, all of them, and each limit from both sides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rules/settlement.h"
#include "rules_kit.h"

static struct settled refunded(int64_t paid, int64_t online, enum refund_way way,
                               const struct policy *policy) {
    struct credit credit = {.paid_minor = paid, .online_minor = online};
    struct chosen chosen = {.choice = CHOICE_REFUND, .way = way, .original_minor = paid};
    return settlement_of(&credit, &chosen, policy);
}

static enum refusal may(int64_t paid, int64_t online, struct chosen chosen,
                        const struct policy *policy) {
    struct credit credit = {.paid_minor = paid, .online_minor = online};
    return settlement_may(&credit, &chosen, policy);
}

/* Each part is what it should be, and together they are what was there. */
static void check_parts(const struct credit *credit, const struct chosen *chosen,
                        const struct policy *policy) {
    struct settled s = settlement_of(credit, chosen, policy);
    int64_t gone = s.refund_minor + s.transfer_minor + s.fee_minor + s.left_minor;
    assert_int_equal(gone + s.unclaimed_minor, credit->paid_minor);
    assert_int_equal(s.promotional_minor, credit->promotional_minor);
    assert_true(s.refund_minor >= 0 && s.transfer_minor >= 0 && s.fee_minor >= 0);
    assert_true(s.left_minor >= 0 && s.unclaimed_minor >= 0);
    /* What was topped up online is part of what went, and the rest of what stays. */
    assert_true(s.online_minor >= 0 && s.online_minor <= gone);
    assert_true(credit->online_minor - s.online_minor >= 0);
    assert_true(credit->online_minor - s.online_minor <= s.unclaimed_minor);
    /* Only what was chosen; a fee only with what it is for, and never all of it. */
    assert_true(!s.refund_minor || chosen->choice == CHOICE_REFUND);
    assert_true(!s.transfer_minor || (chosen->choice == CHOICE_TRANSFER && chosen->target));
    assert_true(!s.left_minor || (chosen->choice == CHOICE_LEAVE && policy->leave));
    assert_true(s.left_minor <= chosen->leave_minor);
    assert_true(!s.fee_minor || s.refund_minor || s.transfer_minor);
    if (s.refund_minor)
        assert_true(s.refund_minor + s.fee_minor <= settlement_refundable(credit, policy));
    if (s.refund_minor && chosen->way == WAY_ORIGINAL)
        assert_true(s.refund_minor + s.fee_minor <= chosen->original_minor);
    assert_true(s.transfer_minor <= policy->transfer_maximum_minor);
    /* What may be chosen brings something that way; what may not, nothing. */
    enum refusal no = settlement_may(credit, chosen, policy);
    bool some = s.refund_minor || s.transfer_minor || s.left_minor;
    if (chosen->choice == CHOICE_NONE)
        assert_true(!no && !some);
    else if (!no)
        assert_true(some);
    else if (chosen->choice != CHOICE_LEAVE) /* the consent named less, or more, than is there */
        assert_true(!some);
}

static void check_choices(const struct credit *credit, const struct policy *policy) {
    static const int64_t amounts[] = {0, 1, 3, 6};
    for (int choice = CHOICE_NONE; choice < CHOICE_COUNT; choice++)
        for (int way = choice == CHOICE_REFUND ? 1 : 0;
             way < (choice == CHOICE_REFUND ? REFUND_WAY_COUNT : 1); way++)
            for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++)
                for (int target = 0; target < 2; target++) {
                    struct chosen chosen = {.choice = (enum credit_choice)choice,
                                            .way = (enum refund_way)way,
                                            .original_minor = amounts[i],
                                            .target = target != 0,
                                            .leave_minor = amounts[i]};
                    check_parts(credit, &chosen, policy);
                }
}

static void the_parts_are_what_was_there(void **state) {
    (void)state;
    struct policy policy = kit_policy();
    for (int bits = 0; bits < 32; bits++)
        for (int64_t fee = 0; fee < 3; fee++)
            for (int64_t least = 1; least < 6; least += 2)
                for (int64_t paid = 0; paid < 7; paid++)
                    for (int64_t online = 0; online <= paid; online++) {
                        struct credit credit = {paid, online, paid + 1};
                        policy.refund_offered = bits & 1;
                        policy.refund_online = bits & 2;
                        policy.transfer_offered = bits & 4;
                        policy.leave = bits & 8;
                        policy.refund_ways[WAY_BANK] = bits & 16;
                        policy.refund_fee_minor = policy.transfer_fee_minor = fee;
                        policy.refund_abroad_fee_minor = 2;
                        policy.refund_minimum_minor = least;
                        policy.transfer_maximum_minor = least + 1;
                        check_choices(&credit, &policy);
                    }
}

static void nothing_chosen_is_unclaimed(void **state) {
    (void)state;
    struct policy policy = kit_policy();
    struct credit credit = {8640, 500, 1200};
    struct chosen chosen = {.choice = CHOICE_NONE, .way = WAY_BANK, .target = true};
    struct settled s = settlement_of(&credit, &chosen, &policy);
    assert_int_equal(s.unclaimed_minor, 8640);
    assert_int_equal(s.promotional_minor, 1200);
    assert_int_equal(s.fee_minor, 0);
    assert_int_equal(may(8640, 0, chosen, &policy), ACCEPTED);
}

static void a_refund_takes_all_but_its_fee(void **state) {
    (void)state;
    struct policy policy = kit_policy();
    struct settled s = refunded(8640, 1000, WAY_BANK, &policy);
    assert_int_equal(s.refund_minor, 8590);
    assert_int_equal(s.fee_minor, 50);
    assert_int_equal(s.online_minor, 1000);
    assert_int_equal(s.unclaimed_minor, 0);
    s = refunded(8640, 0, WAY_ABROAD, &policy); /* its own fee beside the other */
    assert_int_equal(s.fee_minor, 750);
    assert_int_equal(s.refund_minor, 7890);
    policy.refund_online = false; /* what was topped up online stays, to be used otherwise */
    s = refunded(8640, 1000, WAY_BANK, &policy);
    assert_int_equal(s.refund_minor + s.fee_minor, 7640);
    assert_int_equal(s.online_minor, 0);
    assert_int_equal(s.unclaimed_minor, 1000);
}

static void a_refund_is_refused(void **state) {
    (void)state;
    struct policy policy = kit_policy();
    struct chosen bank = {.choice = CHOICE_REFUND, .way = WAY_BANK};
    assert_int_equal(may(0, 0, bank, &policy), REFUSED_REFUND_MINIMUM); /* there is nothing */
    assert_int_equal(may(99, 0, bank, &policy), REFUSED_REFUND_MINIMUM);
    assert_int_equal(may(100, 0, bank, &policy), ACCEPTED);
    assert_int_equal(refunded(99, 0, WAY_BANK, &policy).unclaimed_minor, 99);
    assert_int_equal(refunded(100, 0, WAY_BANK, &policy).refund_minor, 50);
    policy.refund_fee_minor = 100; /* nothing would arrive */
    assert_int_equal(may(100, 0, bank, &policy), REFUSED_REFUND_MINIMUM);
    assert_int_equal(may(101, 0, bank, &policy), ACCEPTED);
    policy.refund_ways[WAY_BANK] = false;
    assert_int_equal(may(500, 0, bank, &policy), REFUSED_REFUND_WAY);
    assert_int_equal(refunded(500, 0, WAY_BANK, &policy).unclaimed_minor, 500);
    struct chosen no_way = {.choice = CHOICE_REFUND};
    assert_int_equal(may(500, 0, no_way, &policy), REFUSED_REFUND_WAY);
    policy.refund_online = false;
    assert_int_equal(may(500, 500, bank, &policy), REFUSED_REFUND_OFF); /* all of it was online */
    policy.refund_offered = false;
    assert_int_equal(may(500, 0, bank, &policy), REFUSED_REFUND_OFF);
    assert_int_equal(may(0, 0, bank, &policy), REFUSED_REFUND_OFF);
}

static void the_original_gets_no_more_than_it_paid_in(void **state) {
    (void)state;
    struct policy policy = kit_policy();
    struct chosen chosen = {.choice = CHOICE_REFUND, .way = WAY_ORIGINAL, .original_minor = 5000};
    struct credit credit = {8640, 6000, 0};
    struct settled s = settlement_of(&credit, &chosen, &policy);
    assert_int_equal(s.refund_minor + s.fee_minor, 5000);
    assert_int_equal(s.unclaimed_minor, 3640);
    assert_int_equal(s.online_minor, 2360); /* the other 2640 were paid otherwise */
    chosen.original_minor = 99;
    assert_int_equal(settlement_may(&credit, &chosen, &policy), REFUSED_REFUND_MINIMUM);
}

static void a_transfer_takes_what_fits(void **state) {
    (void)state;
    struct policy policy = kit_policy();
    struct credit credit = {70000, 600, 0};
    struct chosen chosen = {.choice = CHOICE_TRANSFER, .target = true};
    struct settled s = settlement_of(&credit, &chosen, &policy);
    assert_int_equal(s.transfer_minor, 60000);
    assert_int_equal(s.fee_minor, 30);
    assert_int_equal(s.online_minor, 600);
    assert_int_equal(s.unclaimed_minor, 9970);
    credit.paid_minor = 30; /* the fee would take it all */
    credit.online_minor = 0;
    assert_int_equal(settlement_may(&credit, &chosen, &policy), REFUSED_CREDIT_SHORT);
    assert_int_equal(settlement_of(&credit, &chosen, &policy).unclaimed_minor, 30);
    credit.paid_minor = 31;
    assert_int_equal(settlement_may(&credit, &chosen, &policy), ACCEPTED);
    assert_int_equal(settlement_of(&credit, &chosen, &policy).transfer_minor, 1);
    chosen.target = false; /* closed meanwhile */
    assert_int_equal(settlement_may(&credit, &chosen, &policy), REFUSED_TRANSFER_TARGET);
    assert_int_equal(settlement_of(&credit, &chosen, &policy).unclaimed_minor, 31);
    policy.transfer_offered = false;
    chosen.target = true;
    assert_int_equal(settlement_may(&credit, &chosen, &policy), REFUSED_TRANSFER_OFF);
    assert_int_equal(settlement_of(&credit, &chosen, &policy).unclaimed_minor, 31);
}

static void no_more_is_left_than_was_named(void **state) {
    (void)state;
    struct policy policy = kit_policy();
    struct chosen chosen = {.choice = CHOICE_LEAVE, .leave_minor = 500};
    struct credit credit = {500, 200, 0};
    assert_int_equal(settlement_may(&credit, &chosen, &policy), ACCEPTED);
    credit.paid_minor = 501;
    assert_int_equal(settlement_may(&credit, &chosen, &policy), REFUSED_CONSENT);
    struct settled s = settlement_of(&credit, &chosen, &policy); /* a top-up came afterwards */
    assert_int_equal(s.left_minor, 500);
    assert_int_equal(s.unclaimed_minor, 1);
    assert_int_equal(s.online_minor, 200);
    credit.paid_minor = 499;
    assert_int_equal(settlement_may(&credit, &chosen, &policy), REFUSED_CONSENT);
    assert_int_equal(settlement_of(&credit, &chosen, &policy).left_minor, 499);
    assert_int_equal(may(0, 0, (struct chosen){.choice = CHOICE_LEAVE}, &policy), REFUSED_CONSENT);
    policy.leave = false;
    assert_int_equal(settlement_may(&credit, &chosen, &policy), REFUSED_LEAVE_OFF);
    assert_int_equal(settlement_of(&credit, &chosen, &policy).unclaimed_minor, 499);
}

static void the_rows_say_what_was_chosen(void **state) {
    (void)state;
    struct settlement settlement = {.choice = CHOICE_REFUND, .leave_minor = 7};
    struct payee payee = {.id = 3, .way = WAY_ORIGINAL, .charge = 4};
    struct charge charge = {.id = 4, .amount_minor = 5000, .refunded_minor = 1200};
    struct charge none = {.id = 0};
    struct chosen chosen = settlement_chosen(&settlement, &payee, &charge, true);
    assert_int_equal(chosen.choice, CHOICE_REFUND);
    assert_int_equal(chosen.way, WAY_ORIGINAL);
    assert_int_equal(chosen.original_minor, 3800);
    assert_int_equal(chosen.leave_minor, 7);
    assert_true(chosen.target);
    chosen = settlement_chosen(&settlement, &payee, &none, false);
    assert_int_equal(chosen.original_minor, 0);
    assert_false(chosen.target);
}

static void online_credit_is_used_first(void **state) {
    (void)state;
    assert_int_equal(settlement_online_after(500, 300), 200);
    assert_int_equal(settlement_online_after(500, 500), 0);
    assert_int_equal(settlement_online_after(500, 501), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_parts_are_what_was_there),
        cmocka_unit_test(nothing_chosen_is_unclaimed),
        cmocka_unit_test(a_refund_takes_all_but_its_fee),
        cmocka_unit_test(a_refund_is_refused),
        cmocka_unit_test(the_original_gets_no_more_than_it_paid_in),
        cmocka_unit_test(a_transfer_takes_what_fits),
        cmocka_unit_test(no_more_is_left_than_was_named),
        cmocka_unit_test(the_rows_say_what_was_chosen),
        cmocka_unit_test(online_credit_is_used_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
