/* credit.choose: what cannot be chosen, who may, what a change costs, and that the last choice
 * before the cut is what comes about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "choice_kit.h"

static enum refusal by(const struct actor *actor, struct credit_choose in) {
    enum refusal no;
    case_run(&kit, &credit_choose_verb, actor, &in, &no);
    return no;
}

static void what_cannot_be_a_refund(void **state) {
    (void)state;
    struct credit_choose in = choosing("refund");
    snprintf(in.to.way, sizeof in.to.way, "mobile");
    assert_int_equal(choose(in), REFUSED_REFUND_WAY);
    in = choosing("refund");
    snprintf(in.to.number, sizeof in.to.number, "12");
    assert_int_equal(choose(in), REFUSED_PAYEE_FORM);
    in = choosing("refund");
    snprintf(in.to.name, sizeof in.to.name, "WONG Siu Ming");
    assert_int_equal(choose(in), REFUSED_PAYEE_NAME);
    in = choosing("refund");
    snprintf(in.to.way, sizeof in.to.way, "original");
    assert_int_equal(choose(in), REFUSED_REFUND_WAY); /* there is no top-up to pay it back to */
    put("UPDATE policy SET text = replace(text, '\"minimum_minor\": 1, \"fee', "
        "'\"minimum_minor\": 9000, \"fee')");
    closure = one("SELECT id FROM closure");
    assert_int_equal(choose(choosing("refund")), REFUSED_REFUND_MINIMUM);
    put("UPDATE policy SET text = replace(text, '\"offered\": true, \"online\"', '\"offered\": "
        "false, \"online\"')");
    assert_int_equal(choose(choosing("refund")), REFUSED_REFUND_OFF);
    assert_int_equal(one("SELECT count(*) FROM settlement"), 0);
    assert_int_equal(one("SELECT count(*) FROM payee"), 0);
}

static void what_cannot_be_a_transfer(void **state) {
    (void)state;
    struct credit_choose in = choosing("transfer");
    assert_int_equal(choose(in), REFUSED_INPUT); /* to nobody */
    in.at.target = kit.line;
    assert_int_equal(choose(in), REFUSED_TRANSFER_SELF);
    in.at.target = kit.other_line; /* of the same person, but not proved by this account */
    assert_int_equal(choose(in), REFUSED_TRANSFER_TARGET);
    snprintf(in.at.target_number, NUMBER_SIZE, "+85261230011");
    assert_int_equal(choose(in), REFUSED_INPUT); /* in two ways */
    in.at.target = 0;
    assert_int_equal(choose(in), REFUSED_NUMBERS_DIFFER); /* typed once */
    snprintf(in.at.target_again, NUMBER_SIZE, "+85261230012");
    assert_int_equal(choose(in), REFUSED_NUMBERS_DIFFER);
    snprintf(in.at.target_number, NUMBER_SIZE, "61230011");
    assert_int_equal(choose(in), REFUSED_NUMBER_FORM);
    snprintf(in.at.target_number, NUMBER_SIZE, "+85261230010");
    memcpy(in.at.target_again, in.at.target_number, NUMBER_SIZE);
    assert_int_equal(choose(in), REFUSED_TRANSFER_SELF);
    snprintf(in.at.target_number, NUMBER_SIZE, "+85261230099"); /* nobody's */
    memcpy(in.at.target_again, in.at.target_number, NUMBER_SIZE);
    assert_int_equal(choose(in), REFUSED_TRANSFER_TARGET);
    put("UPDATE line SET sim_since = %lld WHERE id = %lld", (long long)kit_now - 1,
        (long long)kit.line);
    assert_int_equal(choose(in), REFUSED_TRANSFER_COOLING);
    put("UPDATE policy SET text = replace(text, '\"offered\": true, \"minimum', '\"offered\": "
        "false, \"minimum')");
    assert_int_equal(choose(in), REFUSED_TRANSFER_OFF);
    assert_int_equal(one("SELECT count(*) FROM settlement"), 0);
}

static void what_cannot_be_left(void **state) {
    (void)state;
    struct credit_choose in = choosing("leave");
    in.leave_minor = CHOICE_PAID - 1;
    assert_int_equal(choose(in), REFUSED_CONSENT);
    in.leave_minor = CHOICE_PAID + 1;
    assert_int_equal(choose(in), REFUSED_CONSENT);
    in.leave_minor = 0;
    assert_int_equal(choose(in), REFUSED_CONSENT);
    put("UPDATE policy SET text = replace(text, '\"leave\": true', '\"leave\": false')");
    assert_int_equal(choose(choosing("leave")), REFUSED_LEAVE_OFF);
    assert_int_equal(choose(choosing("give")), REFUSED_INPUT);
    assert_int_equal(one("SELECT count(*) FROM settlement"), 0);
}

static void who_may_choose(void **state) {
    (void)state;
    struct actor other = kit.person, staff = kit.staff;
    struct credit_choose in = choosing("none");
    in.closure = 4711;
    assert_int_equal(choose(in), REFUSED_NOT_FOUND);
    other.id = 777;
    assert_int_equal(by(&other, choosing("none")), REFUSED_NOT_FOUND);
    other = kit.person;
    other.session = 0;
    assert_int_equal(by(&other, choosing("none")), REFUSED_NOT_SIGNED_IN);
    put("UPDATE session SET stepped_up_at = %lld", (long long)(kit_now - HOUR));
    assert_int_equal(choose(choosing("refund")), REFUSED_STEP_UP);
    assert_int_equal(by(&kit.api, choosing("refund")), ACCEPTED);
    assert_int_equal(settled().asked_kind, ACTOR_API);
    assert_int_equal(settled().account, 0);
    snprintf(staff.scopes, sizeof staff.scopes, "closures:write");
    assert_int_equal(by(&staff, choosing("leave")), ACCEPTED);
    assert_int_equal(settled().asked_kind, ACTOR_STAFF);
    assert_int_equal(settled().asked_by, CASE_STAFF);
}

/* Who asked for the line without its SIM: once the identity stands, and of no other closure. */
static void without_the_sim(void **state) {
    (void)state;
    put("UPDATE account_line SET how = %d", LINK_CLAIMED);
    put("UPDATE closure SET identity_at = 0");
    assert_int_equal(choose(choosing("leave")), REFUSED_PROOF);
    put("UPDATE closure SET identity_at = %lld", (long long)kit_now);
    assert_int_equal(choose(choosing("leave")), ACCEPTED);
    put("UPDATE closure SET account = 999");
    assert_int_equal(choose(choosing("none")), REFUSED_NOT_FOUND);
}

static void too_late_and_not_at_all(void **state) {
    (void)state;
    put("UPDATE closure SET executing_at = %lld", (long long)kit_now);
    assert_int_equal(choose(choosing("refund")), REFUSED_TOO_LATE); /* it is being cut */
    put("UPDATE session SET stepped_up_at = %lld", (long long)kit_now);
    put("UPDATE closure SET executing_at = 0, withdrawn_at = %lld", (long long)kit_now);
    assert_int_equal(choose(choosing("refund")), REFUSED_CLOSURE_STATE);
    put("UPDATE closure SET withdrawn_at = 0");
    close_line();
    put("UPDATE session SET stepped_up_at = %lld", (long long)kit_now);
    assert_int_equal(choose(choosing("refund")), REFUSED_TOO_LATE);
    assert_int_equal(balance(LEDGER_UNCLAIMED, kit.line), CHOICE_PAID);
}

/* The first payee waits for nothing; another one is told to everybody and waits; the wait stays. */
static void a_changed_payee_waits(void **state) {
    (void)state;
    assert_int_equal(choose(choosing("refund")), ACCEPTED);
    assert_int_equal(settled().wait_until, 0);
    assert_int_equal(choose(choosing("refund")), REFUSED_UNCHANGED);
    struct credit_choose in = choosing("refund");
    snprintf(in.to.number, sizeof in.to.number, "678-901-235");
    assert_int_equal(choose(in), ACCEPTED);
    int64_t until = settled().wait_until;
    assert_int_equal(until, kit_now + 48 * HOUR);
    assert_int_equal(settled().changes, 2);
    assert_int_equal(one("SELECT count(*) FROM payee"), 2);
    kit_now += MINUTE;
    assert_int_equal(choose(choosing("none")),
                     ACCEPTED); /* in between something else: no way round */
    assert_int_equal(choose(choosing("none")), REFUSED_UNCHANGED);
    assert_int_equal(settled().wait_until, until);
    assert_int_equal(choose(in), ACCEPTED);
    assert_int_equal(settled().wait_until, until);
    assert_int_equal(one("SELECT count(*) FROM payee"), 2);
    close_line();
    assert_int_equal(refund_now().wait_until, until);
    assert_int_equal(refund_now().payee, settled().payee);
}

static void everybody_is_told(void **state) {
    (void)state;
    int64_t mails =
        one("SELECT count(*) FROM effect WHERE kind = %d AND door = 'mail'", EFFECT_CREDIT_CHOSEN);
    assert_int_equal(mails, 0);
    assert_int_equal(choose(choosing("leave")), ACCEPTED);
    assert_int_equal(
        one("SELECT count(*) FROM effect WHERE kind = %d AND door = 'mail'", EFFECT_CREDIT_CHOSEN),
        1);
    assert_int_equal(
        one("SELECT count(*) FROM effect WHERE kind = %d AND door = 'sms'", EFFECT_CREDIT_CHOSEN),
        1);
}

static void no_end_of_messages(void **state) {
    (void)state;
    for (int i = 0; i < 10; i++)
        assert_int_equal(choose(choosing(i % 2 ? "none" : "leave")), ACCEPTED);
    assert_int_equal(choose(choosing("leave")), REFUSED_TOO_MANY);
    kit_now += 25 * HOUR;
    put("UPDATE session SET stepped_up_at = %lld", (long long)kit_now);
    put("UPDATE closure SET next_at = 0");
    assert_int_equal(choose(choosing("leave")), ACCEPTED);
}

/* One account, many lines: it is counted over all of them. */
static void one_account_is_not_paid_for_many(void **state) {
    (void)state;
    struct credit_choose in = choosing("refund");
    for (int i = 0; i < 3; i++) {
        snprintf(in.to.number, sizeof in.to.number, "67890%d234", i);
        assert_int_equal(choose(in), ACCEPTED);
    }
    put("UPDATE budget SET count = 3 WHERE scope = 'payee'");
    snprintf(in.to.number, sizeof in.to.number, "678901234");
    assert_int_equal(choose(in), REFUSED_PAYEE_VELOCITY);
    assert_int_equal(one("SELECT count(*) FROM payee"), 3);
}

static void the_last_choice_comes_about(void **state) {
    (void)state;
    struct credit_choose in = choosing("transfer");
    assert_int_equal(choose(choosing("refund")), ACCEPTED);
    assert_int_equal(choose(choosing("leave")), ACCEPTED);
    snprintf(in.at.target_number, NUMBER_SIZE, "+85261230011");
    memcpy(in.at.target_again, in.at.target_number, NUMBER_SIZE);
    assert_int_equal(choose(in), ACCEPTED);
    assert_int_equal(settled().target, kit.other_line);
    assert_int_equal(settled().leave_minor, 0);
    close_line();
    assert_int_equal(balance(LEDGER_PAID, kit.other_line), 2 * CHOICE_PAID);
    assert_int_equal(balance(LEDGER_UNCLAIMED, kit.line), 0);
    assert_int_equal(one("SELECT count(*) FROM refund"), 0);
    assert_int_equal(shared(LEDGER_BREAKAGE), 0);
}

/* Called off after it was chosen, then closed again with nothing chosen: nothing is paid. */
static void withdrawn_it_brings_nothing(void **state) {
    struct closure_withdraw in = {.closure = closure};
    enum refusal no;
    (void)state;
    assert_int_equal(choose(choosing("refund")), ACCEPTED);
    case_run(&kit, &closure_withdraw_verb, &kit.person, &in, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(choose(choosing("leave")), REFUSED_CLOSURE_STATE);
    closure = case_submit(&kit, 0, NULL);
    close_line();
    assert_int_equal(one("SELECT count(*) FROM refund"), 0);
    assert_int_equal(balance(LEDGER_UNCLAIMED, kit.line), CHOICE_PAID);
}

static void the_same_key_is_one_choice(void **state) {
    struct credit_choose in = choosing("leave"), other = choosing("none");
    struct job job;
    (void)state;
    assert_int_equal(kit_run(&kit.kit, &credit_choose_verb, &kit.person, &in, "form 1", &job),
                     ACCEPTED);
    assert_int_equal(kit_run(&kit.kit, &credit_choose_verb, &kit.person, &in, "form 1", &job),
                     ACCEPTED);
    assert_int_equal(settled().changes, 1);
    assert_int_equal(kit_run(&kit.kit, &credit_choose_verb, &kit.person, &other, "form 1", &job),
                     REFUSED_KEY_REUSED);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, choice_setup, choice_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(what_cannot_be_a_refund),
        CASE(what_cannot_be_a_transfer),
        CASE(what_cannot_be_left),
        CASE(who_may_choose),
        CASE(without_the_sim),
        CASE(too_late_and_not_at_all),
        CASE(a_changed_payee_waits),
        CASE(everybody_is_told),
        CASE(no_end_of_messages),
        CASE(one_account_is_not_paid_for_many),
        CASE(the_last_choice_comes_about),
        CASE(withdrawn_it_brings_nothing),
        CASE(the_same_key_is_one_choice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
