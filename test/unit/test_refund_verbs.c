/* What the operator's finance does with a refund, on a real store: who may, in which state, twice
 * and at once. What is refused comes first. */
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

static void only_the_operators_finance(void **state) {
    struct actor elsewhere = ada, clerk = ada, gone = ada;
    (void)state;
    int64_t id = refund_asked(CREDIT);
    elsewhere.operator= 8192;
    snprintf(clerk.scopes, sizeof clerk.scopes, "refunds:read closures:write network:write");
    gone.id = 4711;
    const struct actor *wrong[] = {&clerk,      &kit.person, &kit.anyone,
                                   &integrator, &elsewhere,  &gone};
    static const enum refusal refusals[] = {REFUSED_NOT_ALLOWED,   REFUSED_NOT_ALLOWED,
                                            REFUSED_NOT_SIGNED_IN, REFUSED_NOT_ALLOWED,
                                            REFUSED_NOT_ALLOWED,   REFUSED_NOT_ALLOWED};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(approve(wrong[i], id), refusals[i]);
        assert_int_equal(pay(wrong[i], id), refusals[i]);
        assert_int_equal(take_back(wrong[i], id, "bank"), refusals[i]);
        assert_int_equal(reject(wrong[i], id, "bank"), refusals[i]);
    }
    assert_int_equal(refund_now(id).state, REFUND_REQUESTED);
    assert_int_equal(balance(LEDGER_PAYABLE), CREDIT);
    money_is_whole();
}

/* Somebody of another operator's finance, by the right id. */
static void another_operators_refund_is_unknown(void **state) {
    struct staff other = {.id = 600,
                          .operator= 8192,
                          .added_at = 1,
                          .name = "Eve",
                          .system_user = "eve",
                          .roles = "refunds:write"};
    (void)state;
    int64_t id = refund_asked(CREDIT);
    struct refund_pay in = {.refund = id, .evidence = "item 3"};
    sql("INSERT INTO operator (id, code, added_at) VALUES (8192, 'other', 1)");
    sql("INSERT INTO policy (id, operator, version, effective_at, loaded_at, text) SELECT 8193, "
        "8192, version, effective_at, loaded_at, replace(replace(text, '\"harbour\"', "
        "'\"other\"'), "
        "'harbour.', 'other.') FROM policy");
    kit_put(&kit.kit, STAFF_ADD, &other);
    struct actor eve = ada;
    eve.operator= 8192;
    eve.id = 600;
    enum refusal no;
    case_run(&kit, &refund_pay_verb, &eve, &in, &no);
    assert_int_equal(no, REFUSED_NOT_FOUND);
    struct refund_approve approval = {.refund = id, .payee = refund_now(id).payee};
    case_run(&kit, &refund_approve_verb, &eve, &approval, &no);
    assert_int_equal(no, REFUSED_NOT_FOUND);
    assert_int_equal(approve(&ada, 4711), REFUSED_NOT_FOUND);
    assert_int_equal(refund_now(id).state, REFUND_REQUESTED);
}

static void each_state_refuses_the_rest(void **state) {
    (void)state;
    int64_t id = refund_asked(CREDIT);
    assert_int_equal(pay(&ada, id), REFUSED_REFUND_STATE);
    assert_int_equal(take_back(&ada, id, "bank"), REFUSED_REFUND_STATE);
    assert_int_equal(approve(&ada, id), ACCEPTED);
    assert_int_equal(approve(&ada, id), REFUSED_REFUND_STATE);
    assert_int_equal(reject(&ada, id, "fraud"), REFUSED_REFUND_STATE); /* maybe on its way */
    assert_int_equal(pay(&ada, id), ACCEPTED);
    assert_int_equal(pay(&ben, id), REFUSED_REFUND_STATE);
    assert_int_equal(approve(&ben, id), REFUSED_REFUND_STATE);
    assert_int_equal(reject(&ben, id, "fraud"), REFUSED_REFUND_STATE);
    assert_int_equal(balance(LEDGER_BANK), CREDIT);
    assert_int_equal(take_back(&ada, id, "account"), ACCEPTED);
    assert_int_equal(take_back(&ada, id, "account"), REFUSED_REFUND_STATE);
    assert_int_equal(pay(&ada, id), REFUSED_REFUND_STATE);
    assert_int_equal(approve(&ada, id), REFUSED_REFUND_STATE);
    assert_int_equal(reject(&ada, id, "account"), ACCEPTED);
    assert_int_equal(reject(&ada, id, "account"), REFUSED_REFUND_STATE);
    assert_int_equal(take_back(&ada, id, "account"), REFUSED_REFUND_STATE);
    assert_int_equal(approve(&ada, id), REFUSED_REFUND_STATE);
    money_is_whole();
}

static void what_is_said_must_be_well_formed(void **state) {
    struct refund_pay in = {.evidence = ""};
    struct refund_approve approval;
    enum refusal no;
    (void)state;
    int64_t id = refund_asked(CREDIT);
    approval = (struct refund_approve){.refund = id, .payee = refund_now(id).payee + 1};
    case_run(&kit, &refund_approve_verb, &ada, &approval, &no);
    assert_int_equal(no, REFUSED_REFUND_STATE);
    assert_int_equal(approve(&ada, id), ACCEPTED);
    in.refund = id;
    case_run(&kit, &refund_pay_verb, &ada, &in, &no);
    assert_int_equal(no, REFUSED_EVIDENCE);
    snprintf(in.evidence, sizeof in.evidence, "to 012-345-678901");
    case_run(&kit, &refund_pay_verb, &ada, &in, &no);
    assert_int_equal(no, REFUSED_EVIDENCE_PERSONAL);
    assert_int_equal(take_back(&ada, id, "fraud"), REFUSED_REFUND_REASON);
    assert_int_equal(take_back(&ada, id, "nonsense"), REFUSED_REFUND_REASON);
    assert_int_equal(take_back(&ada, id, "bank"), ACCEPTED);
    assert_int_equal(reject(&ada, id, "nonsense"), REFUSED_REFUND_REASON);
    assert_int_equal(refund_now(id).state, REFUND_RETURNED);
    money_is_whole();
}

static void nobody_approves_their_own(void **state) {
    struct payee_input to = payee_of("hkid_proxy");
    enum refusal no;
    (void)state;
    int64_t id = refund_ask(&ada, &to, 1000, 0, &no); /* for a person at a counter */
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(refund_now(id).asked_kind, ACTOR_STAFF);
    assert_int_equal(approve(&ada, id), REFUSED_SECOND_ACTOR);
    assert_int_equal(balance(LEDGER_IN_FLIGHT), 0);
    assert_int_equal(approve(&ben, id), ACCEPTED);
    money_is_whole();
}

static void above_a_sum_two_approve(void **state) {
    struct payee_input fps = payee_of("fps_id");
    (void)state;
    policy_say("\"unverified_second_minor\": 10000", "\"unverified_second_minor\": 1000");
    policy_say("\"second_minor\": 50000", "\"second_minor\": 5000");
    int64_t small = refund_asked(5000), big = refund_asked(2000), unverified;
    sql("UPDATE refund SET amount_minor = amount_minor + 1 WHERE id = %lld", (long long)small);
    assert_int_equal(approve(&ada, small), ACCEPTED);
    struct refund r = refund_now(small);
    assert_int_equal(r.state, REFUND_REQUESTED);
    assert_int_equal(r.checked_by, ada.id);
    assert_int_equal(effects(EFFECT_REFUND_APPROVED), 0);
    assert_int_equal(approve(&ada, small), REFUSED_SECOND_ACTOR);
    assert_int_equal(pay(&ada, small), REFUSED_REFUND_STATE);
    sql("UPDATE refund SET amount_minor = amount_minor - 1 WHERE id = %lld", (long long)small);
    assert_int_equal(approve(&ada, big), ACCEPTED); /* 2000 to a bank account: one is enough */
    assert_int_equal(refund_now(big).state, REFUND_APPROVED);
    assert_int_equal(approve(&ben, small), ACCEPTED);
    assert_int_equal(refund_now(small).state, REFUND_APPROVED);
    unverified = refund_ask(&kit.person, &fps, 1001, 0, NULL);
    assert_int_equal(approve(&ada, unverified), ACCEPTED);
    assert_int_equal(refund_now(unverified).state, REFUND_REQUESTED);
    assert_int_equal(approve(&ada, unverified), REFUSED_SECOND_ACTOR);
    assert_int_equal(approve(&ben, unverified), ACCEPTED);
    assert_int_equal(refund_now(unverified).state, REFUND_APPROVED);
    money_is_whole();
}

/* A retry is the same command: the key is kept for ever. */
static void a_lost_answer_is_asked_for_again(void **state) {
    struct job first, second;
    (void)state;
    int64_t id = refund_asked(CREDIT);
    assert_int_equal(approve(&ada, id), ACCEPTED);
    struct refund_pay in = {.refund = id, .evidence = "payout, item 3"}, again = in;
    assert_int_equal(kit_run(&kit.kit, &refund_pay_verb, &ada, &in, "the same key", &first),
                     ACCEPTED);
    kit_now += 400 * DAY;
    assert_int_equal(kit_run(&kit.kit, &refund_pay_verb, &ada, &again, "the same key", &second),
                     ACCEPTED);
    assert_true(second.replayed);
    assert_int_equal(second.result, id);
    assert_int_equal(balance(LEDGER_BANK), CREDIT);
    assert_int_equal(effects(EFFECT_REFUND_PAID), 1);
    money_is_whole();
}

static void cash_is_for_the_original_document(void **state) {
    struct payee_input to = payee_of("cash");
    (void)state;
    int64_t id = refund_ask(&kit.person, &to, CREDIT, 0, NULL);
    assert_int_equal(approve(&ada, id), ACCEPTED);
    assert_int_equal(pay(&ada, id), REFUSED_ORIGINAL);
    assert_int_equal(refund_now(id).state, REFUND_APPROVED);
    struct refund_pay in = {.refund = id, .evidence = "at the counter", .original = 1};
    enum refusal no;
    case_run(&kit, &refund_pay_verb, &ada, &in, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(refund_now(id).state, REFUND_PAID);
    money_is_whole();
}

static void nothing_is_paid_for_an_open_line(void **state) {
    (void)state;
    int64_t id = refund_asked(CREDIT);
    sql("UPDATE line SET state = 1 WHERE id = %lld", (long long)kit.line);
    assert_int_equal(approve(&ada, id), REFUSED_REFUND_STATE);
    sql("UPDATE line SET state = 4 WHERE id = %lld", (long long)kit.line);
    assert_int_equal(approve(&ada, id), ACCEPTED);
    sql("UPDATE line SET state = 1 WHERE id = %lld", (long long)kit.line);
    assert_int_equal(pay(&ada, id), REFUSED_REFUND_STATE);
    assert_int_equal(balance(LEDGER_BANK), 0);
    money_is_whole();
}

static void rejected_it_is_unclaimed_again(void **state) {
    struct payee_input to = payee_of("bank");
    struct closure closure;
    struct line line;
    (void)state;
    sql("UPDATE line SET online_minor = 3000 WHERE id = %lld", (long long)kit.line);
    int64_t id = refund_ask(&kit.person, &to, 8000, 640, NULL);
    assert_int_equal(balance(LEDGER_UNCLAIMED), 0);
    assert_int_equal(balance(LEDGER_FEES), 640);
    assert_int_equal(reject(&ben, id, "fraud"), ACCEPTED);
    assert_int_equal(balance(LEDGER_UNCLAIMED), CREDIT);
    assert_int_equal(balance(LEDGER_FEES), 0);
    case_read(&kit, LINE_BY_ID, kit.line, &line);
    case_read(&kit, CLOSURE_BY_ID, line.closure, &closure);
    assert_int_equal(line.online_minor, 3000);
    assert_true(closure.claim_until > kit_now);
    struct refund r = refund_now(id);
    assert_int_equal(r.state, REFUND_REJECTED);
    assert_int_equal(r.reason, UNPAID_FRAUD);
    assert_int_equal(r.rejected_by, ben.id);
    assert_int_equal(effects(EFFECT_REFUND_REJECTED), 1);
    money_is_whole();
}

/* Of a line whose credit was all refunded at closing there is no unclaimed account yet. */
static void the_unclaimed_account_is_made_where_there_is_none(void **state) {
    (void)state;
    int64_t id = refund_asked(CREDIT);
    sql("UPDATE ledger_account SET line = %lld WHERE kind = %d", (long long)kit.other_line,
        LEDGER_UNCLAIMED);
    sql("UPDATE closure SET claim_until = 0");
    assert_int_equal(reject(&ada, id, "name"), ACCEPTED);
    assert_in_range(one("SELECT claim_until FROM closure"), kit_now + 300 * DAY,
                    kit_now + 3000 * DAY);
    assert_int_equal(one("SELECT count(*) FROM ledger_account WHERE kind = 4"), 2);
    assert_int_equal(balance(LEDGER_UNCLAIMED), CREDIT);
    assert_int_equal(one("SELECT count(*) FROM ledger_account WHERE kind = 4 AND currency = 'HKD'"),
                     2);
}

/* All of it went, so that its account was shut, and nothing could be claimed any more: what is
 * rejected can be, for a whole period. */
static void what_is_rejected_can_be_claimed(void **state) {
    static const char *const before[] = {"0", "1"}; /* never; until long ago */
    struct closure closure;
    struct line line;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        int64_t id = refund_asked(CREDIT);
        case_read(&kit, LINE_BY_ID, kit.line, &line);
        sql("UPDATE ledger_account SET shut_at = 1 WHERE kind = 4 AND line = %lld",
            (long long)kit.line);
        char text[100];
        snprintf(text, sizeof text, "UPDATE closure SET claim_until = %s", before[i]);
        kit_sql(&kit.kit, text);
        assert_int_equal(reject(&ada, id, "name"), ACCEPTED);
        assert_int_equal(balance(LEDGER_UNCLAIMED), CREDIT);
        assert_int_equal(one("SELECT count(*) FROM ledger_account WHERE kind = 4 AND shut_at <> 0"),
                         0);
        case_read(&kit, CLOSURE_BY_ID, line.closure, &closure);
        assert_true(closure.claim_until > kit_now + 300 * DAY);
        money_is_whole();
    }
}

static void a_top_up_is_paid_back_once(void **state) {
    struct payee_input to = payee_of("original");
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
    (void)state;
    kit_put(&kit.kit, CHARGE_ADD, &charge);
    to.charge = charge.id;
    int64_t id = refund_ask(&kit.person, &to, 5000, 0, NULL);
    assert_int_equal(one("SELECT refunded_minor FROM charge"), 5000);
    enum refusal no;
    assert_int_equal(refund_ask(&kit.person, &to, 1, 0, &no), 0);
    assert_int_equal(no, REFUSED_REFUND_WAY);
    assert_int_equal(approve(&ada, id), ACCEPTED);
    assert_int_equal(effects(EFFECT_PAYMENT), 1);
    assert_int_equal(one("SELECT count(*) FROM effect WHERE door = 'payment'"), 1);
    /* it may still be paid there */
    assert_int_equal(take_back(&ada, id, "provider"), REFUSED_REFUND_PROVIDER);
    assert_int_equal(pay(&ada, id), REFUSED_REFUND_PROVIDER);
    kit_now = refund_now(id).due_at; /* overdue: the staff look into it */
    assert_int_equal(refund_timer(id), ACCEPTED);
    assert_int_equal(take_back(&ada, id, "provider"), ACCEPTED);
    assert_int_equal(one("SELECT refunded_minor FROM charge"), 5000); /* until it goes elsewhere */
    assert_int_equal(reject(&ada, id, "provider"), ACCEPTED);
    assert_int_equal(one("SELECT refunded_minor FROM charge"), 0);
    money_is_whole();
}

static void a_transfer_abroad_is_finances_work(void **state) {
    struct payee_input to = payee_of("abroad");
    (void)state;
    int64_t id = refund_ask(&kit.person, &to, CREDIT, 0, NULL);
    assert_int_equal(works_open(), 0);
    assert_int_equal(approve(&ada, id), ACCEPTED);
    assert_int_equal(works_open(), 1);
    struct refund r = refund_now(id);
    assert_int_equal(one("SELECT due_at FROM work WHERE refund <> 0"), r.due_at);
    assert_int_equal(r.next_at, 0);
    struct network_done done = {.work = one("SELECT id FROM work WHERE refund <> 0"),
                                .evidence = "cut"};
    enum refusal no;
    case_run(&kit, &network_done_verb, &ada, &done, &no); /* it is none of the network's */
    assert_int_equal(no, REFUSED_NOT_FOUND);
    assert_int_equal(pay(&ada, id), ACCEPTED);
    assert_int_equal(works_open(), 0);
    money_is_whole();
}

static void an_overdue_one_calls_the_staff_once(void **state) {
    (void)state;
    int64_t id = refund_asked(CREDIT), due = refund_now(id).due_at;
    assert_int_equal(due, kit_now + 10 * DAY);
    assert_int_equal(refund_timer(4711), REFUSED_NOT_FOUND);
    kit_now = due - 1;
    assert_int_equal(refund_timer(id), REFUSED_UNCHANGED);
    kit_now = due;
    assert_int_equal(refund_timer(id), ACCEPTED);
    assert_int_equal(works_open(), 1);
    kit_now += DAY;
    assert_int_equal(refund_timer(id), REFUSED_UNCHANGED);
    assert_int_equal(works_open(), 1);
    assert_int_equal(approve(&ada, id), ACCEPTED);
    assert_int_equal(works_open(), 1); /* until it is paid */
    assert_int_equal(pay(&ada, id), ACCEPTED);
    assert_int_equal(works_open(), 0);
    assert_int_equal(refund_timer(id), REFUSED_UNCHANGED);
}

static void who_is_told(void **state) {
    (void)state;
    int64_t id = refund_asked(CREDIT);
    assert_int_equal(effects(EFFECT_REFUND_REQUESTED), 0); /* by who asks */
    assert_int_equal(approve(&ada, id), ACCEPTED);
    assert_int_equal(pay(&ada, id), ACCEPTED);
    assert_int_equal(take_back(&ada, id, "not_registered"), ACCEPTED);
    assert_int_equal(effects(EFFECT_REFUND_APPROVED), 1);
    assert_int_equal(effects(EFFECT_REFUND_PAID), 1);
    assert_int_equal(effects(EFFECT_REFUND_RETURNED), 1);
    assert_int_equal(one("SELECT count(*) FROM effect e JOIN refund r ON r.id = e.target WHERE "
                         "e.contact = 0 AND door = 'mail'"),
                     3);
    assert_int_equal(one("SELECT count(*) FROM effect e JOIN refund r ON r.id = e.target"), 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, refund_setup, refund_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(only_the_operators_finance),
        TEST(another_operators_refund_is_unknown),
        TEST(each_state_refuses_the_rest),
        TEST(what_is_said_must_be_well_formed),
        TEST(nobody_approves_their_own),
        TEST(above_a_sum_two_approve),
        TEST(a_lost_answer_is_asked_for_again),
        TEST(cash_is_for_the_original_document),
        TEST(nothing_is_paid_for_an_open_line),
        TEST(rejected_it_is_unclaimed_again),
        TEST(what_is_rejected_can_be_claimed),
        TEST(the_unclaimed_account_is_made_where_there_is_none),
        TEST(a_top_up_is_paid_back_once),
        TEST(a_transfer_abroad_is_finances_work),
        TEST(an_overdue_one_calls_the_staff_once),
        TEST(who_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
