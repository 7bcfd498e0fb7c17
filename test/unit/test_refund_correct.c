/* Naming another payee of a refund, on a real store: what must be proved at each door, what cannot
 * be paid to, how often, who is told, and what it changes. What is refused comes first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "refund_kit.h"
#include "rules/refund.h"

static void unchanged(int64_t id, int64_t payee) {
    struct refund r = refund_now(id);
    assert_int_equal(r.payee, payee);
    assert_int_equal(r.state, REFUND_REQUESTED);
    assert_int_equal(r.corrected_at, 0);
    assert_int_equal(effects(EFFECT_PAYEE_CHANGED), 0);
    money_is_whole();
}

static void what_must_be_proved(void **state) {
    struct payee_input to = payee_of("hkid_proxy");
    struct actor other = kit.person, clerk = ben, reader = integrator;
    (void)state;
    int64_t id = refund_asked(CREDIT), payee = refund_now(id).payee;
    struct refund_correct in = correction(id, &to, false), wrong = in, secret;
    other.session = 4711;
    snprintf(reader.scopes, sizeof reader.scopes, "refunds:read");
    assert_int_equal(correct(&kit.anyone, &in), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(correct(&other, &in), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(correct(&clerk, &in), REFUSED_NOT_ALLOWED);
    assert_int_equal(correct(&reader, &in), REFUSED_NOT_ALLOWED);
    snprintf(wrong.document, sizeof wrong.document, "A1234563");
    assert_int_equal(correct(&kit.person, &wrong), REFUSED_IDENTITY);
    assert_int_equal(correct(&integrator, &wrong), REFUSED_IDENTITY);
    assert_int_equal(correct(&ada, &wrong), REFUSED_IDENTITY);
    secret = correction(id, &to, true);
    snprintf(secret.document, sizeof secret.document, "A1234563");
    assert_int_equal(correct(&kit.anyone, &secret), REFUSED_IDENTITY);
    snprintf(secret.secret, sizeof secret.secret, "2222-2222-2222-2222");
    memcpy(secret.document, in.document, sizeof in.document);
    assert_int_equal(correct(&kit.anyone, &secret), REFUSED_NOT_FOUND);
    assert_int_equal(correct(&kit.person, &secret), REFUSED_NOT_FOUND);
    sql("UPDATE account_line SET how = 3"); /* without the SIM */
    assert_int_equal(correct(&kit.person, &in), REFUSED_NOT_FOUND);
    sql("UPDATE account_line SET how = 1");
    sql("UPDATE session SET stepped_up_at = 0");
    assert_int_equal(correct(&kit.person, &in), REFUSED_STEP_UP);
    unchanged(id, payee);
    in = correction(id, &to, true); /* whoever knows the secret needs no account */
    assert_int_equal(correct(&kit.anyone, &in), ACCEPTED);
    assert_int_equal(refund_now(id).asked_kind, ACTOR_ANONYMOUS);
}

static void each_door_takes_it(void **state) {
    static const struct actor *const doors[] = {&kit.person, &kit.anyone, &integrator, &ada};
    struct payee_input to = payee_of("hkid_proxy");
    (void)state;
    int64_t id = refund_asked(CREDIT);
    for (size_t i = 0; i < sizeof doors / sizeof *doors; i++) {
        struct refund_correct in = correction(id, &to, doors[i] == &kit.anyone);
        assert_int_equal(correct(doors[i], &in), ACCEPTED);
        assert_int_equal(refund_now(id).asked_kind, doors[i]->kind);
        assert_int_equal(refund_now(id).asked_by, doors[i]->id);
    }
    kit_now += 49 * HOUR;
    assert_int_equal(approve(&ada, id), REFUSED_SECOND_ACTOR); /* she named the payee */
    assert_int_equal(approve(&ben, id), ACCEPTED);
    money_is_whole();
}

static void wrong_secrets_and_numbers_are_counted(void **state) {
    struct payee_input to = payee_of("hkid_proxy");
    enum refusal no = ACCEPTED;
    (void)state;
    int64_t id = refund_asked(CREDIT), payee = refund_now(id).payee;
    struct refund_correct right = correction(id, &to, true), wrong = right, unknown;
    snprintf(wrong.secret, sizeof wrong.secret, "2222-2222-2222-2222");
    int known_tries = 0, unknown_tries = 0;
    while ((no = correct(&kit.anyone, &wrong)) == REFUSED_NOT_FOUND && known_tries < 60)
        known_tries++;
    assert_int_equal(no, REFUSED_TOO_MANY);
    assert_int_equal(correct(&kit.anyone, &right), REFUSED_TOO_MANY);
    struct actor elsewhere = kit.anyone;
    snprintf(elsewhere.address, sizeof elsewhere.address, "198.51.100.7");
    unknown = wrong;
    unknown.refund = 4711;
    while ((no = correct(&elsewhere, &unknown)) == REFUSED_NOT_FOUND && unknown_tries < 60)
        unknown_tries++;
    assert_int_equal(no, REFUSED_TOO_MANY);
    assert_int_equal(known_tries, unknown_tries); /* nobody learns which there are */
    unchanged(id, payee);
    wrong = correction(id, &to, false);
    snprintf(wrong.document, sizeof wrong.document, "A1234563");
    for (int i = 0; i < 60 && no != ACCEPTED; i++)
        if ((no = correct(&kit.person, &wrong)) == REFUSED_TOO_MANY)
            break;
    assert_int_equal(no, REFUSED_TOO_MANY);
    right.secret[0] = '\0';
    assert_int_equal(correct(&kit.person, &right), REFUSED_TOO_MANY);
    unchanged(id, payee);
}

/* A stranger who knows the secret does not find the ID number by trying. */
static void numbers_with_a_secret_are_counted(void **state) {
    struct payee_input to = payee_of("hkid_proxy");
    enum refusal no = ACCEPTED;
    int tries = 0;
    (void)state;
    int64_t id = refund_asked(CREDIT);
    struct refund_correct in = correction(id, &to, true);
    snprintf(in.document, sizeof in.document, "A1234563");
    while ((no = correct(&kit.anyone, &in)) == REFUSED_IDENTITY && tries < 60)
        tries++;
    assert_int_equal(no, REFUSED_TOO_MANY);
    assert_in_range(tries, 1, 20);
    in = correction(id, &to, true);
    assert_int_equal(correct(&kit.anyone, &in), REFUSED_TOO_MANY);
}

static void payees_that_are_none(void **state) {
    static const struct {
        const char *way, *number, *name;
        enum refusal refusal;
    } cases[] = {
        {"fps_id", "12345678", "Chan Tai Man", REFUSED_PAYEE_FORM},
        {"fps_id", "61230010", "Chan Tai Man", REFUSED_PAYEE_FORM},
        {"fps_id", "1234567", "Chan Tai Yan", REFUSED_PAYEE_NAME},
        {"fps_id", "1234567", "", REFUSED_PAYEE_FORM},
        {"bank", "012-345-678901", "Mallory", REFUSED_PAYEE_NAME},
        {"bank", "012-345", "Chan Tai Man", REFUSED_PAYEE_FORM},
        {"bank", "", "Chan Tai Man", REFUSED_PAYEE_FORM},
        {"abroad", "DE89370400440532013000", "Chan Tai Man", REFUSED_PAYEE_FORM},
        {"original", "", "", REFUSED_REFUND_WAY},
        {"mobile_proxy", "61230010", "Chan Tai Man", REFUSED_REFUND_WAY},
        {"none", "", "", REFUSED_REFUND_WAY},
    };
    (void)state;
    int64_t id = refund_asked(CREDIT), payee = refund_now(id).payee;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct payee_input to = {.charge = 4711};
        snprintf(to.way, sizeof to.way, "%s", cases[i].way);
        snprintf(to.number, sizeof to.number, "%s", cases[i].number);
        snprintf(to.name, sizeof to.name, "%s", cases[i].name);
        struct refund_correct in = correction(id, &to, false);
        if (correct(&kit.person, &in) != cases[i].refusal)
            fail_msg("%s %s %s", cases[i].way, cases[i].number, cases[i].name);
    }
    unchanged(id, payee);
    policy_say("\"hkid_proxy\": true", "\"hkid_proxy\": false");
    struct payee_input off = payee_of("hkid_proxy"), wide = payee_of("fps_id");
    struct refund_correct in = correction(id, &off, false);
    assert_int_equal(correct(&kit.person, &in), REFUSED_REFUND_WAY);
    snprintf(wide.number, sizeof wide.number, "１２３ ４５６７"); /* full-width is the same */
    in = correction(id, &wide, false);
    assert_int_equal(correct(&kit.person, &in), ACCEPTED);
    struct payee read;
    case_read(&kit, PAYEE_BY_ID, refund_now(id).payee, &read);
    assert_string_equal(read.number, "1234567");
    assert_int_equal(kit_holding(&kit.kit, "payee", "number", "1234567"), 0);
    assert_int_equal(kit_holding(&kit.kit, "payee", "name", "Chan"), 0);
}

static void which_states_allow_it(void **state) {
    struct payee_input to = payee_of("hkid_proxy");
    (void)state;
    int64_t id = refund_asked(CREDIT);
    struct refund_correct in = correction(id, &to, false);
    assert_int_equal(approve(&ada, id), ACCEPTED);
    assert_int_equal(correct(&kit.person, &in), REFUSED_REFUND_STATE);
    assert_int_equal(pay(&ada, id), ACCEPTED);
    assert_int_equal(correct(&kit.person, &in), REFUSED_REFUND_STATE);
    assert_int_equal(take_back(&ada, id, "account"), ACCEPTED);
    assert_int_equal(correct(&kit.person, &in), ACCEPTED);
    struct refund r = refund_now(id);
    assert_int_equal(r.state, REFUND_REQUESTED);
    assert_int_equal(r.wait_until, kit_now + 48 * HOUR);
    assert_int_equal(r.due_at, kit_now + 10 * DAY);
    assert_int_equal(approve(&ada, id), REFUSED_REFUND_WAITING);
    kit_now = r.wait_until;
    assert_int_equal(approve(&ada, id), ACCEPTED);
    assert_int_equal(pay(&ada, id), ACCEPTED);
    assert_int_equal(refund_now(id).returns, 1);
    assert_int_equal(take_back(&ada, id, "account"), ACCEPTED);
    assert_int_equal(reject(&ada, id, "account"), ACCEPTED);
    in = correction(id, &to, false);
    assert_int_equal(correct(&kit.person, &in), REFUSED_STEP_UP); /* two days later */
    sql("UPDATE session SET stepped_up_at = %lld", (long long)kit_now);
    assert_int_equal(correct(&kit.person, &in), REFUSED_REFUND_STATE);
    money_is_whole();
}

static void everybody_is_told(void **state) {
    struct payee_input to = payee_of("hkid_proxy");
    (void)state;
    int64_t id = refund_asked(CREDIT);
    struct refund_correct in = correction(id, &to, false);
    assert_int_equal(correct(&kit.person, &in), ACCEPTED);
    assert_int_equal(effects(EFFECT_PAYEE_CHANGED), 2); /* the refund's contact and the line's */
    assert_int_equal(one("SELECT count(*) FROM effect e JOIN refund r ON r.id = e.target WHERE "
                         "e.contact = 0"),
                     1);
    sql("UPDATE contact SET removed_at = %lld, told_until = %lld", (long long)kit_now - 1,
        (long long)(kit_now + DAY)); /* removed by whoever did it: it hears all the same */
    in = correction(id, &to, false);
    assert_int_equal(correct(&kit.person, &in), ACCEPTED);
    assert_int_equal(effects(EFFECT_PAYEE_CHANGED), 4);
}

/* One account for many people's refunds. */
static void so_many_to_one_payee(void **state) {
    struct payee_input bank = payee_of("bank"), typed = bank, hkid = payee_of("hkid_proxy");
    enum refusal no;
    (void)state;
    int64_t first = refund_ask(&kit.person, &bank, 100, 0, &no);
    assert_int_equal(no, ACCEPTED);
    snprintf(typed.bank, sizeof typed.bank, "012");
    snprintf(typed.branch, sizeof typed.branch, "345");
    snprintf(typed.number, sizeof typed.number, "678901");
    int64_t second = refund_ask(&kit.person, &typed, 100, 0, &no); /* the same, otherwise typed */
    assert_int_equal(no, ACCEPTED);
    int64_t third = refund_ask(&kit.person, &hkid, 100, 0, &no);
    assert_int_equal(no, ACCEPTED);
    struct refund_correct in = correction(third, &bank, false);
    assert_int_equal(correct(&kit.person, &in), ACCEPTED); /* the third */
    refund_ask(&kit.person, &bank, 100, 0, &no);
    assert_int_equal(no, REFUSED_PAYEE_VELOCITY);
    int64_t fourth = refund_ask(&kit.person, &hkid, 100, 0, &no);
    in = correction(fourth, &typed, false);
    assert_int_equal(correct(&kit.person, &in), REFUSED_PAYEE_VELOCITY);
    assert_int_equal(refund_now(fourth).corrected_at, 0);
    in = correction(first, &bank, false); /* to the same once more is not another refund */
    assert_int_equal(correct(&kit.person, &in), ACCEPTED);
    assert_true(second != 0);
    kit_now += 31 * DAY;
    refund_ask(&kit.person, &bank, 100, 0, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(one("SELECT count(*) FROM budget WHERE scope = 'payee'"), 1);
    money_is_whole();
}

static void so_many_a_day(void **state) {
    struct payee_input to = payee_of("hkid_proxy"), cash = payee_of("cash");
    int times = 0;
    (void)state;
    int64_t id = refund_asked(CREDIT);
    struct refund_correct in = correction(id, &to, false);
    while (times < 40 && correct(&kit.person, &in) == ACCEPTED) {
        in = correction(id, times % 2 ? &to : &cash, false);
        times++;
    }
    assert_int_equal(times, 5);
    assert_int_equal(correct(&kit.person, &in), REFUSED_TOO_MANY);
    money_is_whole();
}

static void abroad_costs_its_fee(void **state) {
    struct payee_input to = payee_of("abroad"), bank = payee_of("bank");
    struct refund_correct in;
    (void)state;
    int64_t id = refund_asked(CREDIT);
    in = correction(id, &to, false); /* 150 dollars, of 86.40 */
    assert_int_equal(correct(&kit.person, &in), REFUSED_REFUND_MINIMUM);
    assert_int_equal(refund_now(id).amount_minor, CREDIT);
    policy_say("\"abroad_fee_minor\": 15000", "\"abroad_fee_minor\": 1500");
    assert_int_equal(correct(&kit.person, &in), ACCEPTED);
    assert_int_equal(refund_now(id).amount_minor, CREDIT - 1500);
    assert_int_equal(refund_now(id).fee_minor, 1500);
    money_is_whole();
    in = correction(id, &bank, false);
    assert_int_equal(correct(&kit.person, &in), ACCEPTED);
    assert_int_equal(refund_now(id).amount_minor, CREDIT);
    assert_int_equal(refund_now(id).fee_minor, 0);
    assert_int_equal(balance(LEDGER_FEES), 0);
    money_is_whole();
}

static void a_top_up_takes_no_more_than_it_paid(void **state) {
    struct payee_input to = payee_of("original"), bank = payee_of("bank");
    struct charge charge = {.id = 9001,
                            .operator= CASE_OPERATOR,
                            .line = kit.line,
                            .kind = CHARGE_TOP_UP,
                            .account = LEDGER_PAID,
                            .amount_minor = 5000,
                            .at = 1,
                            .booked_at = 1,
                            .channel = CHANNEL_ONLINE,
                            .transaction_id = "t1",
                            .payment = "pay_1"};
    struct refund_correct in;
    (void)state;
    kit_put(&kit.kit, CHARGE_ADD, &charge);
    to.charge = charge.id;
    int64_t big = refund_asked(5001), fits = refund_asked(3000);
    in = correction(big, &to, false);
    assert_int_equal(correct(&kit.person, &in), REFUSED_REFUND_WAY);
    in = correction(fits, &to, false);
    assert_int_equal(correct(&kit.person, &in), ACCEPTED);
    assert_int_equal(one("SELECT refunded_minor FROM charge"), 3000);
    in = correction(fits, &to, false); /* to the same: counted once */
    assert_int_equal(correct(&kit.person, &in), ACCEPTED);
    assert_int_equal(one("SELECT refunded_minor FROM charge"), 3000);
    in = correction(fits, &bank, false);
    assert_int_equal(correct(&kit.person, &in), ACCEPTED);
    assert_int_equal(one("SELECT refunded_minor FROM charge"), 0);
    money_is_whole();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, refund_setup, refund_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_must_be_proved),
        TEST(each_door_takes_it),
        TEST(wrong_secrets_and_numbers_are_counted),
        TEST(numbers_with_a_secret_are_counted),
        TEST(payees_that_are_none),
        TEST(which_states_allow_it),
        TEST(everybody_is_told),
        TEST(so_many_to_one_payee),
        TEST(so_many_a_day),
        TEST(abroad_costs_its_fee),
        TEST(a_top_up_takes_no_more_than_it_paid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
