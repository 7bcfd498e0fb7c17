/* Closing as one atomic chain: all credit goes where it was chosen to go, both accounts are shut,
 * and whatever cannot go there is still the person's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "case_kit.h"
#include "rules/certificate.h"
#include "rules/closing.h"

static struct case_kit kit;
static int64_t closure;

enum { PAID = 8640, PROMOTIONAL = 500, PAYEE = 900, CHARGE = 901 };

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    case_close(&kit);
    return 0;
}

static int64_t one(const char *sql) {
    return kit_number(&kit.kit, sql);
}

static int64_t of_line(const char *sql, int64_t line) {
    char text[300];
    snprintf(text, sizeof text, "%s %lld", sql, (long long)line);
    return one(text);
}

static int64_t balance(enum ledger_kind kind, int64_t line) {
    char sql[160];
    snprintf(sql, sizeof sql,
             "SELECT coalesce(sum(balance), 0) FROM ledger_account WHERE line = %lld AND kind = %d",
             (long long)line, (int)kind);
    return one(sql);
}

static int64_t shared(enum ledger_kind kind) {
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT coalesce(sum(amount), 0) FROM posting WHERE account = %lld",
             (long long)ledger_shared_id(CASE_OPERATOR, kind));
    return one(sql);
}

static void put(const char *sql) {
    kit_sql(&kit.kit, sql);
    kit_restart(&kit.kit);
}

/* The invariants of the books, and that nothing is left on the closed line but what is unclaimed.
 */
static void books_are_right(void) {
    assert_int_equal(one("SELECT coalesce(sum(amount), 0) FROM posting"), 0);
    assert_int_equal(one("SELECT count(*) FROM (SELECT entry FROM posting GROUP BY entry HAVING "
                         "sum(amount) <> 0) AS x"),
                     0);
    assert_int_equal(one("SELECT count(*) FROM ledger_account a WHERE line <> 0 AND balance <> "
                         "(SELECT coalesce(sum(amount), 0) FROM posting WHERE account = a.id)"),
                     0);
    assert_int_equal(shared(LEDGER_TRANSFERS), 0);
    assert_int_equal(shared(LEDGER_PAYABLE),
                     one("SELECT coalesce(sum(amount_minor), 0) FROM refund WHERE state = 1"));
    assert_int_equal(one("SELECT count(*) FROM line WHERE online_minor < 0"), 0);
    assert_int_equal(balance(LEDGER_PAID, kit.line), 0);
    assert_int_equal(balance(LEDGER_PROMOTIONAL, kit.line), 0);
    assert_int_equal(of_line("SELECT count(*) FROM ledger_account WHERE kind IN (2, 3) AND shut_at "
                             "= 0 AND line =",
                             kit.line),
                     0);
    int64_t gone = shared(LEDGER_PAYABLE) + shared(LEDGER_FEES) + shared(LEDGER_BREAKAGE);
    gone += balance(LEDGER_UNCLAIMED, kit.line) + balance(LEDGER_PAID, kit.other_line) - PAID;
    assert_int_equal(gone, PAID); /* unclaimed, refunded, transferred and kept: what was there */
}

static struct settlement choose(int64_t id, struct settlement settlement) {
    settlement.id = id;
    settlement.operator= CASE_OPERATOR;
    settlement.line = kit.line;
    settlement.chosen_at = kit_now;
    settlement.changes = 1;
    settlement.account = CASE_ACCOUNT;
    settlement.asked_kind = ACTOR_SUBSCRIBER;
    settlement.asked_by = CASE_ACCOUNT;
    kit_put(&kit.kit, SETTLEMENT_ADD, &settlement);
    return settlement;
}

static void payee(enum refund_way way, int64_t charge) {
    struct payee row = {.id = PAYEE,
                        .operator= CASE_OPERATOR,
                        .line = kit.line,
                        .closure = closure,
                        .way = way,
                        .made_at = kit_now,
                        .charge = charge,
                        .bank = "012",
                        .branch = "345",
                        .number = "678901234",
                        .name = "CHAN Tai Man"};
    kit_put(&kit.kit, PAYEE_ADD, &row);
}

static enum refusal cut(void) {
    struct network_cut in = {.closure = closure,
                             .line = kit.line,
                             .effect = case_effect(&kit, closure, EFFECT_NETWORK_CUT),
                             .evidence = "no subscriber with this IMSI"};
    enum refusal no;
    case_run(&kit, &network_cut_verb, &kit.system, &in, &no);
    return no;
}

static struct settlement settled(void) {
    struct settlement row;
    case_read(&kit, SETTLEMENT_BY_ID, closure, &row);
    return row;
}

static void a_refund_is_asked_for(void **state) {
    struct settlement s;
    struct refund refund;
    struct closure row;
    struct certificate paper;
    struct certificate_facts facts;
    (void)state;
    closure = case_executing(&kit);
    payee(WAY_ABROAD, 0);
    put("UPDATE policy SET text = replace(text, '\"abroad_fee_minor\": 15000', "
        "'\"abroad_fee_minor\": 150')");
    put("UPDATE line SET online_minor = 640");
    choose(closure, (struct settlement){
                        .choice = CHOICE_REFUND, .payee = PAYEE, .wait_until = kit_now + HOUR});
    assert_int_equal(cut(), ACCEPTED);
    s = settled();
    assert_int_equal(s.settled_at, kit_now);
    assert_int_equal(s.refund_minor, PAID - 150);
    assert_int_equal(s.fee_minor, 150);
    assert_int_equal(s.transfer_minor + s.left_minor + s.transfer, 0);
    case_read(&kit, REFUND_BY_ID, s.refund, &refund);
    assert_int_equal(refund.amount_minor, PAID - 150);
    assert_int_equal(refund.fee_minor, 150);
    assert_int_equal(refund.online_minor, 640);
    assert_int_equal(refund.payee, PAYEE);
    assert_int_equal(refund.claimed, 0);
    assert_int_equal(refund.wait_until, kit_now + HOUR);
    assert_int_equal(refund.asked_kind, ACTOR_SUBSCRIBER);
    assert_int_equal(refund.asked_by, CASE_ACCOUNT);
    assert_string_equal(refund.contact, "chan@example.com");
    assert_int_equal(of_line("SELECT online_minor FROM line WHERE id =", kit.line), 0);
    assert_int_equal(shared(LEDGER_FEES), 150);
    case_read(&kit, CLOSURE_BY_ID, closure, &row);
    assert_int_equal(row.paid_minor, 0);
    assert_int_equal(row.promotional_minor, PROMOTIONAL);
    assert_int_equal(row.claim_until, 0);
    case_read(&kit, CERTIFICATE_BY_ID, closure, &paper);
    assert_true(certificate_read(paper.statement, &facts));
    assert_int_equal(facts.refund_minor, PAID - 150);
    assert_int_equal(facts.paid_minor, 0);
    assert_string_equal(facts.refund, refund.reference);
    assert_int_equal(facts.refund_by / 1000, refund.due_at / 1000);
    books_are_right();
    assert_int_equal(cut(), REFUSED_UNCHANGED); /* never a second time */
    books_are_right();
}

static void the_original_payment_gets_what_it_paid_in(void **state) {
    struct charge charge = {.id = CHARGE,
                            .operator= CASE_OPERATOR,
                            .kind = CHARGE_TOP_UP,
                            .account = LEDGER_PAID,
                            .amount_minor = 5000,
                            .refunded_minor = 1000,
                            .at = 1,
                            .booked_at = 1,
                            .channel = CHANNEL_ONLINE,
                            .transaction_id = "t1",
                            .payment = "p1"};
    (void)state;
    closure = case_executing(&kit);
    charge.line = kit.line;
    kit_put(&kit.kit, CHARGE_ADD, &charge);
    payee(WAY_ORIGINAL, CHARGE);
    choose(closure, (struct settlement){.choice = CHOICE_REFUND, .payee = PAYEE});
    assert_int_equal(cut(), ACCEPTED);
    assert_int_equal(settled().refund_minor, 4000);
    assert_int_equal(balance(LEDGER_UNCLAIMED, kit.line), PAID - 4000);
    assert_int_equal(one("SELECT refunded_minor FROM charge"), 5000);
    books_are_right();
}

static void another_line_gets_it(void **state) {
    struct transfer transfer;
    (void)state;
    closure = case_executing(&kit);
    put("UPDATE line SET online_minor = 640");
    put("UPDATE policy SET text = replace(text, '\"maximum_minor\": 200000, \"fee_minor\": 0', "
        "'\"maximum_minor\": 200000, \"fee_minor\": 40')");
    choose(closure, (struct settlement){.choice = CHOICE_TRANSFER, .target = kit.other_line});
    assert_int_equal(cut(), ACCEPTED);
    assert_int_equal(balance(LEDGER_PAID, kit.other_line), PAID + PAID - 40);
    assert_int_equal(balance(LEDGER_UNCLAIMED, kit.line), 0);
    assert_int_equal(shared(LEDGER_FEES), 40);
    assert_int_equal(of_line("SELECT online_minor FROM line WHERE id =", kit.other_line), 1280);
    assert_int_equal(of_line("SELECT online_minor FROM line WHERE id =", kit.line), 0);
    case_read(&kit, TRANSFER_BY_ID, settled().transfer, &transfer);
    assert_int_equal(transfer.amount_minor, PAID - 40);
    assert_int_equal(transfer.fee_minor, 40);
    assert_int_equal(transfer.target, kit.other_line);
    assert_int_equal(transfer.closure, closure);
    books_are_right();
}

static void the_other_line_closed_meanwhile(void **state) {
    static const char *const sets[] = {"state = 4", "state = 3", "closure = 7"};
    char sql[128];
    (void)state;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        if (i) {
            case_close(&kit);
            case_open(&kit);
        }
        closure = case_executing(&kit);
        snprintf(sql, sizeof sql, "UPDATE line SET %s WHERE id = %lld", sets[i],
                 (long long)kit.other_line);
        put(sql);
        choose(closure, (struct settlement){.choice = CHOICE_TRANSFER, .target = kit.other_line});
        assert_int_equal(cut(), ACCEPTED);
        assert_int_equal(balance(LEDGER_PAID, kit.other_line), PAID);
        assert_int_equal(balance(LEDGER_UNCLAIMED, kit.line), PAID);
        assert_int_equal(settled().settled_at, kit_now);
        assert_int_equal(settled().transfer, 0);
        assert_true(of_line("SELECT claim_until FROM closure WHERE id =", closure) > kit_now);
        books_are_right();
    }
}

static void a_full_line_takes_nothing(void **state) {
    char sql[160];
    (void)state;
    closure = case_executing(&kit);
    snprintf(sql, sizeof sql,
             "UPDATE ledger_account SET balance = %lld WHERE kind = 2 AND line = %lld",
             (long long)(INT64_MAX - 10), (long long)kit.other_line);
    put(sql);
    choose(closure, (struct settlement){.choice = CHOICE_TRANSFER, .target = kit.other_line});
    assert_int_equal(cut(), ACCEPTED);
    assert_int_equal(balance(LEDGER_UNCLAIMED, kit.line), PAID);
}

static void no_more_is_kept_than_was_agreed_to(void **state) {
    (void)state;
    closure = case_executing(&kit);
    choose(closure, (struct settlement){.choice = CHOICE_LEAVE, .leave_minor = PAID - 1});
    assert_int_equal(cut(), ACCEPTED); /* a top-up of one cent came after the consent */
    assert_int_equal(settled().left_minor, PAID - 1);
    assert_int_equal(shared(LEDGER_BREAKAGE), PAID - 1);
    assert_int_equal(balance(LEDGER_UNCLAIMED, kit.line), 1);
    books_are_right();
}

static void the_provider_is_told_to_charge_no_more(void **state) {
    struct mandate mandate = {.id = 950,
                              .operator= CASE_OPERATOR,
                              .made_at = 1,
                              .reference = "m1",
                              .method = "Visa 4321"};
    (void)state;
    closure = case_executing(&kit);
    mandate.line = kit.line;
    kit_put(&kit.kit, MANDATE_ADD, &mandate);
    mandate.id = 951;
    mandate.line = kit.other_line; /* is not concerned */
    kit_put(&kit.kit, MANDATE_ADD, &mandate);
    assert_int_equal(cut(), ACCEPTED);
    assert_int_equal(one("SELECT ended_at FROM mandate WHERE id = 950"), kit_now);
    assert_int_equal(one("SELECT ended_at FROM mandate WHERE id = 951"), 0);
    assert_int_equal(one("SELECT count(*) FROM effect WHERE door = 'payment' AND target = 950"), 1);
    assert_int_equal(one("SELECT count(*) FROM effect WHERE door = 'payment'"), 1);
}

/* Called off and closed again: what was chosen for the first one brings nothing, then or later. */
static void a_choice_dies_with_its_closure(void **state) {
    struct closure_withdraw in = {0};
    struct closure row;
    enum refusal no;
    (void)state;
    int64_t first = case_submit(&kit, 0, NULL);
    closure = first;
    payee(WAY_BANK, 0);
    choose(first, (struct settlement){.choice = CHOICE_REFUND, .payee = PAYEE});
    in.closure = first;
    case_run(&kit, &closure_withdraw_verb, &kit.person, &in, &no);
    assert_int_equal(no, ACCEPTED);
    closure = case_submit(&kit, 0, NULL);
    choose(closure, (struct settlement){.choice = CHOICE_LEAVE, .leave_minor = 40});
    assert_int_equal(case_confirm(&kit, closure), ACCEPTED);
    case_read(&kit, CLOSURE_BY_ID, closure, &row);
    kit_now = row.undo_until;
    assert_int_equal(case_advance(&kit, closure), ACCEPTED);
    assert_int_equal(cut(), ACCEPTED);
    assert_int_equal(one("SELECT count(*) FROM refund"), 0);
    assert_int_equal(balance(LEDGER_UNCLAIMED, kit.line), PAID - 40);
    assert_int_equal(of_line("SELECT settled_at FROM settlement WHERE id =", first), 0);
    books_are_right();
}

static void what_nobody_claims_lapses(void **state) {
    struct closure row;
    (void)state;
    closure = case_executing(&kit);
    assert_int_equal(cut(), ACCEPTED);
    case_read(&kit, CLOSURE_BY_ID, closure, &row);
    assert_int_equal(row.next_at, row.claim_until - 30 * DAY);
    kit_now = row.next_at - 1;
    assert_int_equal(case_advance(&kit, closure), REFUSED_UNCHANGED);
    kit_now = row.next_at;
    assert_int_equal(case_advance(&kit, closure), ACCEPTED);
    assert_true(case_effect(&kit, closure, EFFECT_UNCLAIMED_ENDS) != 0);
    kit_now = row.claim_until - 1;
    assert_int_equal(case_advance(&kit, closure), REFUSED_UNCHANGED);
    kit_now = row.claim_until;
    assert_int_equal(case_advance(&kit, closure), ACCEPTED);
    case_read(&kit, CLOSURE_BY_ID, closure, &row);
    assert_int_equal(row.lapsed_at, kit_now);
    assert_int_equal(row.lapsed_minor, PAID);
    assert_int_equal(row.next_at, 0);
    assert_int_equal(balance(LEDGER_UNCLAIMED, kit.line), 0);
    assert_int_equal(shared(LEDGER_BREAKAGE), PAID);
    assert_int_equal(of_line("SELECT closure FROM line WHERE id =", kit.line), closure);
    books_are_right();
    assert_int_equal(case_advance(&kit, closure), REFUSED_UNCHANGED);
}

static void what_is_kept_for_good_never_lapses(void **state) {
    struct closure row;
    (void)state;
    put("UPDATE policy SET text = replace(text, '\"breakage\"', '\"keep\"')");
    closure = case_executing(&kit);
    assert_int_equal(cut(), ACCEPTED);
    case_read(&kit, CLOSURE_BY_ID, closure, &row);
    assert_int_equal(row.next_at, 0);
    kit_now = row.claim_until + 1000 * DAY;
    assert_int_equal(case_advance(&kit, closure), REFUSED_UNCHANGED);
    assert_int_equal(balance(LEDGER_UNCLAIMED, kit.line), PAID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_other_line_closed_meanwhile, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_line_takes_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(no_more_is_kept_than_was_agreed_to, setup, teardown),
        cmocka_unit_test_setup_teardown(a_choice_dies_with_its_closure, setup, teardown),
        cmocka_unit_test_setup_teardown(a_refund_is_asked_for, setup, teardown),
        cmocka_unit_test_setup_teardown(the_original_payment_gets_what_it_paid_in, setup, teardown),
        cmocka_unit_test_setup_teardown(another_line_gets_it, setup, teardown),
        cmocka_unit_test_setup_teardown(the_provider_is_told_to_charge_no_more, setup, teardown),
        cmocka_unit_test_setup_teardown(what_nobody_claims_lapses, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_kept_for_good_never_lapses, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
