/* credit.claim: what is unclaimed is its owner's to ask for, once, and nobody else's. */
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

static int setup(void **state) {
    if (choice_setup(state))
        return -1;
    close_line();
    return 0;
}

static void nobody_elses(void **state) {
    (void)state;
    struct credit_claim in = claiming("refund");
    memcpy(in.secret, "2222-2222-2222-2222", 20);
    assert_int_equal(claim(&kit.anyone, in), REFUSED_NOT_FOUND);
    assert_true(one("SELECT count(*) FROM budget WHERE scope = 'address' AND count = 1") == 1);
    in.secret[0] = '\0';
    assert_int_equal(claim(&kit.anyone, in), REFUSED_NOT_SIGNED_IN);
    in = claiming("refund");
    in.closure = 4711; /* the same answer, whether there is one or not */
    assert_int_equal(claim(&kit.anyone, in), REFUSED_NOT_FOUND);
    assert_int_equal(claim(&kit.api, in), REFUSED_NOT_FOUND);
    in = claiming("refund");
    memcpy(in.document, case_row(20).document, sizeof in.document);
    assert_int_equal(claim(&kit.anyone, in), REFUSED_IDENTITY);
    assert_true(one("SELECT count(*) FROM budget WHERE scope = 'identity' AND count = 1") >= 1);
    snprintf(in.document, sizeof in.document, "A1");
    assert_int_equal(claim(&kit.anyone, in), REFUSED_DOCUMENT_FORM);
    in = claiming("refund");
    in.secret[0] = '\0';
    put("UPDATE session SET stepped_up_at = 1");
    assert_int_equal(claim(&kit.person, in), REFUSED_STEP_UP);
    assert_int_equal(balance(LEDGER_UNCLAIMED, kit.line), CHOICE_PAID);
    assert_int_equal(one("SELECT count(*) FROM refund"), 0);
}

static void wrong_numbers_come_to_an_end(void **state) {
    (void)state;
    struct credit_claim in = claiming("refund");
    enum refusal no = REFUSED_IDENTITY;
    memcpy(in.document, case_row(20).document, sizeof in.document);
    for (int i = 0; i < 100 && no == REFUSED_IDENTITY; i++)
        no = claim(&kit.anyone, in);
    assert_int_equal(no, REFUSED_TOO_MANY);
    assert_int_equal(claim(&kit.anyone, claiming("refund")), REFUSED_TOO_MANY);
}

static void with_the_status_secret(void **state) {
    (void)state;
    assert_int_equal(claim(&kit.anyone, claiming("refund")), ACCEPTED);
    struct refund refund = refund_now();
    assert_int_equal(refund.claimed, 1);
    assert_int_equal(refund.amount_minor, CHOICE_PAID);
    assert_int_equal(refund.wait_until, kit_now + 48 * HOUR); /* who is told may object */
    assert_int_equal(refund.asked_kind, ACTOR_ANONYMOUS);
    assert_string_equal(refund.contact, "chan@example.com");
    assert_true(case_effect(&kit, refund.id, EFFECT_REFUND_REQUESTED) != 0);
    assert_int_equal(balance(LEDGER_UNCLAIMED, kit.line), 0);
    books_are_right();
    assert_int_equal(claim(&kit.anyone, claiming("refund")), REFUSED_CLAIM_OVER);
    assert_int_equal(one("SELECT count(*) FROM refund"), 1);
}

static void with_a_session(void **state) {
    (void)state;
    struct credit_claim in = claiming("refund");
    in.secret[0] = '\0';
    put("UPDATE session SET stepped_up_at = %lld", (long long)kit_now);
    put("UPDATE line SET online_minor = 640 WHERE id = %lld", (long long)kit.line);
    assert_int_equal(claim(&kit.person, in), ACCEPTED);
    assert_int_equal(refund_now().wait_until, 0);
    assert_int_equal(refund_now().account, CASE_ACCOUNT);
    assert_int_equal(refund_now().online_minor, 640);
    assert_int_equal(one("SELECT online_minor FROM line WHERE id = %lld", (long long)kit.line), 0);
    books_are_right();
}

/* Piece by piece, never more than there was. */
static void several_claims(void **state) {
    (void)state;
    struct credit_claim in = claiming("refund");
    in.to.charge = top_up(901, 5000, 1000);
    snprintf(in.to.way, sizeof in.to.way, "original");
    assert_int_equal(claim(&kit.api, in), ACCEPTED);
    assert_int_equal(refund_now().amount_minor, 4000);
    assert_int_equal(balance(LEDGER_UNCLAIMED, kit.line), CHOICE_PAID - 4000);
    assert_int_equal(claim(&kit.api, in), REFUSED_REFUND_WAY); /* it is paid back in full */
    assert_int_equal(claim(&kit.api, claiming("refund")), ACCEPTED);
    assert_int_equal(refund_now().amount_minor, CHOICE_PAID - 4000);
    assert_int_equal(claim(&kit.api, claiming("refund")), REFUSED_CLAIM_OVER);
    assert_int_equal(shared(LEDGER_PAYABLE), CHOICE_PAID);
    books_are_right();
}

/* It cannot be called back, so that it asks for more than what stands on a paper. */
static void to_another_line(void **state) {
    (void)state;
    struct credit_claim in = claiming("transfer");
    snprintf(in.at.target_number, NUMBER_SIZE, "+85261230011");
    memcpy(in.at.target_again, in.at.target_number, NUMBER_SIZE);
    put("UPDATE session SET stepped_up_at = %lld", (long long)kit_now);
    assert_int_equal(claim(&kit.anyone, in), REFUSED_NOT_SIGNED_IN);
    put("UPDATE ledger_account SET balance = %lld WHERE kind = 2 AND line = %lld",
        (long long)(INT64_MAX - 10), (long long)kit.other_line);
    assert_int_equal(claim(&kit.person, in), REFUSED_TRANSFER_TARGET); /* it is full */
    put("UPDATE ledger_account SET balance = %d WHERE kind = 2 AND line = %lld", CHOICE_PAID,
        (long long)kit.other_line);
    put("UPDATE line SET state = 4 WHERE id = %lld", (long long)kit.other_line);
    assert_int_equal(claim(&kit.person, in), REFUSED_TRANSFER_TARGET);
    put("UPDATE line SET state = 1 WHERE id = %lld", (long long)kit.other_line);
    assert_int_equal(claim(&kit.person, in), ACCEPTED);
    assert_int_equal(balance(LEDGER_PAID, kit.other_line), 2 * CHOICE_PAID);
    assert_int_equal(balance(LEDGER_UNCLAIMED, kit.line), 0);
    assert_int_equal(one("SELECT count(*) FROM transfer WHERE closure = %lld", (long long)closure),
                     1);
    books_are_right();
}

static void what_cannot_be_claimed(void **state) {
    (void)state;
    assert_int_equal(claim(&kit.api, claiming("leave")), REFUSED_INPUT);
    assert_int_equal(claim(&kit.api, claiming("none")), REFUSED_INPUT);
    struct credit_claim in = claiming("refund");
    snprintf(in.to.name, sizeof in.to.name, "WONG Siu Ming");
    assert_int_equal(claim(&kit.api, in), REFUSED_PAYEE_NAME);
    assert_int_equal(balance(LEDGER_UNCLAIMED, kit.line), CHOICE_PAID);
}

static void before_the_closing(void **state) {
    (void)state;
    assert_int_equal(claim(&kit.api, claiming("refund")), REFUSED_CLOSURE_STATE);
    assert_int_equal(balance(LEDGER_PAID, kit.line), CHOICE_PAID);
}

static void a_year_later_and_too_late(void **state) {
    struct closure row;
    (void)state;
    case_read(&kit, CLOSURE_BY_ID, closure, &row);
    kit_now = row.claim_until - 1;
    assert_int_equal(case_advance(&kit, closure), ACCEPTED); /* told late: a month is given */
    kit_now += 30 * DAY - 1;
    assert_int_equal(claim(&kit.api, claiming("refund")), ACCEPTED);
    kit_now += 1;
    assert_int_equal(claim(&kit.api, claiming("refund")), REFUSED_CLAIM_OVER);
    assert_int_equal(case_advance(&kit, closure), ACCEPTED);
    case_read(&kit, CLOSURE_BY_ID, closure, &row);
    assert_int_equal(row.lapsed_minor, 0); /* it was claimed */
    assert_int_equal(shared(LEDGER_BREAKAGE), 0);
    books_are_right();
}

/* Until when was promised at the closing; what it costs is what it costs now. */
static void by_the_rules_of_now(void **state) {
    (void)state;
    put("INSERT INTO policy SELECT id + 1, operator, version + 1, %lld, loaded_at, "
        "replace(replace(replace(text, '\"version\": 1', '\"version\": 2'), "
        "'\"minimum_minor\": 1, \"fee_minor\": 0', '\"minimum_minor\": 301, \"fee_minor\": 300'), "
        "'\"unclaimed_claim_months\": 84', '\"unclaimed_claim_months\": 12') FROM policy",
        (long long)kit_now);
    kit_restart(&kit.kit);
    kit_now += 400 * DAY; /* past the new policy's year */
    assert_int_equal(claim(&kit.api, claiming("refund")), ACCEPTED);
    assert_int_equal(refund_now().fee_minor, 300);
    assert_int_equal(refund_now().amount_minor, CHOICE_PAID - 300);
    books_are_right();
}

static void once_the_registration_is_erased(void **state) {
    struct subscriber person;
    struct actor staff = kit.staff;
    (void)state;
    int64_t id = one("SELECT subscriber FROM line WHERE id = %lld", (long long)kit.line);
    case_read(&kit, SUBSCRIBER_BY_ID, id, &person);
    memset(person.document, 0, sizeof person.document);
    kit_put(&kit.kit, SUBSCRIBER_PUT, &person);
    assert_int_equal(claim(&kit.anyone, claiming("refund")), REFUSED_PROOF);
    assert_int_equal(claim(&kit.api, claiming("refund")), REFUSED_PROOF);
    snprintf(staff.scopes, sizeof staff.scopes, "closures:write");
    struct credit_claim in = claiming("refund");
    snprintf(in.to.way, sizeof in.to.way, "cash");
    assert_int_equal(claim(&staff, in), ACCEPTED); /* with the person before them */
    books_are_right();
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, choice_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(nobody_elses),
        CASE(wrong_numbers_come_to_an_end),
        CASE(what_cannot_be_claimed),
        cmocka_unit_test_setup_teardown(before_the_closing, choice_setup, choice_teardown),
        CASE(with_the_status_secret),
        CASE(with_a_session),
        CASE(several_claims),
        CASE(to_another_line),
        CASE(a_year_later_and_too_late),
        CASE(by_the_rules_of_now),
        CASE(once_the_registration_is_erased),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
