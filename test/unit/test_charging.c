/* What the charging system and the payment provider tell, on a real store: booked once whoever
 * tells it and how often, refused when it is told otherwise, and of a closed line never lost and
 * never at the person's charge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/amount.h"
#include "base/clock.h"
#include "case_kit.h"
#include "commands/charging.h"

enum { PAID = 8640, PROMOTIONAL = 500 }; /* of each line of the kit */

static struct case_kit kit;
static struct actor charging, second, desk;

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    charging = kit.api;
    snprintf(charging.scopes, sizeof charging.scopes, "credit:write");
    second = charging;
    second.id = 701;
    desk = kit.staff;
    snprintf(desk.scopes, sizeof desk.scopes, "credit:write network:write");
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

static int64_t balance_of(int64_t line, enum ledger_kind kind) {
    char sql[240];
    snprintf(sql, sizeof sql,
             "SELECT coalesce(sum(amount), 0) FROM posting WHERE account IN (SELECT id FROM "
             "ledger_account WHERE kind = %d AND line = %lld)",
             (int)kind, (long long)line);
    return one(sql);
}

/* Of the line, or of all lines together. */
static int64_t balance(enum ledger_kind kind) {
    char sql[120];
    if (kind < LEDGER_TOP_UPS)
        return balance_of(kind <= LEDGER_UNCLAIMED && kind >= LEDGER_PAID ? kit.line : 0, kind);
    snprintf(sql, sizeof sql, "SELECT coalesce(sum(amount), 0) FROM posting WHERE account = %lld",
             (long long)ledger_shared_id(CASE_OPERATOR, kind));
    return one(sql);
}

static int64_t online(void) {
    struct line line;
    case_read(&kit, LINE_BY_ID, kit.line, &line);
    return line.online_minor;
}

static void money_is_whole(void) {
    assert_int_equal(one("SELECT coalesce(sum(amount), 0) FROM posting"), 0);
    assert_int_equal(one("SELECT count(*) FROM ledger_account a WHERE line <> 0 AND balance <> "
                         "(SELECT coalesce(sum(amount), 0) FROM posting WHERE account = a.id)"),
                     0);
    assert_int_equal(one("SELECT count(*) FROM ledger_account WHERE line <> 0 AND balance < 0"), 0);
    assert_true(online() >= 0 && online() <= balance(LEDGER_PAID) + balance(LEDGER_UNCLAIMED));
}

static struct credit_top_up top_up_of(const char *transaction, int64_t amount,
                                      const char *channel) {
    struct credit_top_up in = {
        .line = kit.line, .amount_minor = amount, .at = kit_now - 1000, .currency = "HKD"};
    snprintf(in.transaction, sizeof in.transaction, "%s", transaction);
    snprintf(in.channel, sizeof in.channel, "%s", channel);
    return in;
}

static struct credit_spend spend_of(const char *transaction, int64_t amount, const char *credit) {
    struct credit_spend in = {
        .line = kit.line, .amount_minor = amount, .at = kit_now - 1000, .currency = "HKD"};
    snprintf(in.transaction, sizeof in.transaction, "%s", transaction);
    snprintf(in.credit, sizeof in.credit, "%s", credit);
    return in;
}

static struct credit_grant grant_of(const char *transaction, int64_t amount) {
    struct credit_grant in = {
        .line = kit.line, .amount_minor = amount, .at = kit_now - 1000, .currency = "HKD"};
    snprintf(in.transaction, sizeof in.transaction, "%s", transaction);
    return in;
}

static enum refusal told(const struct verb *verb, const struct actor *actor, void *input,
                         int64_t *result) {
    enum refusal no;
    int64_t id = case_run(&kit, verb, actor, input, &no);
    if (result)
        *result = id;
    return no;
}

static enum refusal top_up(const char *transaction, int64_t amount, const char *channel) {
    struct credit_top_up in = top_up_of(transaction, amount, channel);
    return told(&credit_top_up_verb, &charging, &in, NULL);
}

static enum refusal spend(const char *transaction, int64_t amount, const char *credit) {
    struct credit_spend in = spend_of(transaction, amount, credit);
    return told(&credit_spend_verb, &charging, &in, NULL);
}

static enum refusal grant(const char *transaction, int64_t amount) {
    struct credit_grant in = grant_of(transaction, amount);
    return told(&credit_grant_verb, &charging, &in, NULL);
}

/* The line is closed, read back. */
static int64_t closed(void) {
    int64_t id = case_executing(&kit);
    struct network_cut cut = {.closure = id, .line = kit.line, .effect = 1, .evidence = "gone"};
    assert_int_equal(told(&network_cut_verb, &kit.system, &cut, NULL), ACCEPTED);
    assert_int_equal(one("SELECT count(*) FROM line WHERE state = 4"), 1);
    return id;
}

static void booked_once(void **state) {
    struct credit_top_up in = top_up_of("T-1", 5000, "online");
    int64_t first, again;
    (void)state;
    assert_int_equal(told(&credit_top_up_verb, &charging, &in, &first), ACCEPTED);
    assert_int_not_equal(first, 0);
    assert_int_equal(balance(LEDGER_PAID), PAID + 5000);
    assert_int_equal(balance(LEDGER_TOP_UPS), -5000);
    assert_int_equal(online(), 5000);
    /* Another key of the command, another actor, later: the answer of the first time. */
    kit_now += DAY;
    const struct actor *again_by[] = {&charging, &second, &desk};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(told(&credit_top_up_verb, again_by[i], &in, &again), ACCEPTED);
        assert_int_equal(again, first);
    }
    assert_int_equal(told(&credit_top_up_verb, &kit.system, &in, NULL), REFUSED_UNCHANGED);
    assert_int_equal(balance(LEDGER_PAID), PAID + 5000);
    assert_int_equal(one("SELECT count(*) FROM charge"), 1);
    assert_int_equal(online(), 5000);
    money_is_whole();
}

static enum refusal otherwise(void (*change)(struct credit_top_up *)) {
    struct credit_top_up in = top_up_of("T-1", 5000, "counter");
    change(&in);
    return told(&credit_top_up_verb, &second, &in, NULL);
}

static void other_line(struct credit_top_up *in) {
    in->line = kit.other_line;
}
static void other_amount(struct credit_top_up *in) {
    in->amount_minor++;
}
static void other_time(struct credit_top_up *in) {
    in->at++;
}
static void other_channel(struct credit_top_up *in) {
    snprintf(in->channel, sizeof in->channel, "online");
}
static void other_payment(struct credit_top_up *in) {
    snprintf(in->payment, sizeof in->payment, "PSP-1");
}

static void told_otherwise(void **state) {
    struct credit_spend spent = spend_of("T-1", 5000, "paid");
    struct credit_grant given = grant_of("T-1", 5000);
    (void)state;
    assert_int_equal(top_up("T-1", 5000, "counter"), ACCEPTED);
    assert_int_equal(otherwise(other_line), REFUSED_CHARGE_DIFFERS);
    assert_int_equal(otherwise(other_amount), REFUSED_CHARGE_DIFFERS);
    assert_int_equal(otherwise(other_time), REFUSED_CHARGE_DIFFERS);
    assert_int_equal(otherwise(other_channel), REFUSED_CHARGE_DIFFERS);
    assert_int_equal(otherwise(other_payment), REFUSED_CHARGE_DIFFERS);
    assert_int_equal(told(&credit_spend_verb, &charging, &spent, NULL), REFUSED_CHARGE_DIFFERS);
    assert_int_equal(told(&credit_grant_verb, &charging, &given, NULL), REFUSED_CHARGE_DIFFERS);
    assert_int_equal(spend("T-2", 100, "paid"), ACCEPTED);
    assert_int_equal(spend("T-2", 100, "promotional"), REFUSED_CHARGE_DIFFERS);
    assert_int_equal(balance(LEDGER_PAID), PAID + 4900);
    assert_int_equal(balance(LEDGER_PROMOTIONAL), PROMOTIONAL);
    assert_int_equal(one("SELECT count(*) FROM charge"), 2);
    money_is_whole();
}

static void bad_top_ups(void **state) {
    struct credit_top_up in = top_up_of("T-1", 5000, "online");
    (void)state;
    assert_int_equal(top_up("T-1", 0, "online"), REFUSED_AMOUNT);
    assert_int_equal(top_up("T-1", -1, "online"), REFUSED_AMOUNT);
    assert_int_equal(top_up("T-1", INT64_MIN, "online"), REFUSED_AMOUNT);
    assert_int_equal(top_up("T-1", INT64_MAX, "online"), REFUSED_AMOUNT);
    assert_int_equal(top_up("T-1", AMOUNT_MOST + 1, "online"), REFUSED_AMOUNT); /* of all lines */
    assert_int_equal(top_up("T 1", 5000, "online"), REFUSED_INPUT);
    assert_int_equal(top_up("T\n1", 5000, "online"), REFUSED_INPUT);
    assert_int_equal(top_up("", 5000, "online"), REFUSED_INPUT);
    assert_int_equal(top_up("T-１", 5000, "online"), REFUSED_INPUT); /* full-width */
    assert_int_equal(top_up("T-1", 5000, "cheque"), REFUSED_INPUT);
    assert_int_equal(top_up("T-1", 5000, ""), REFUSED_INPUT);
    memset(in.transaction, 'x', 65);
    assert_int_equal(told(&credit_top_up_verb, &charging, &in, NULL), REFUSED_INPUT);
    in = top_up_of("T-1", 5000, "online");
    snprintf(in.payment, sizeof in.payment, "PSP 1");
    assert_int_equal(told(&credit_top_up_verb, &charging, &in, NULL), REFUSED_INPUT);
    in = top_up_of("T-1", 5000, "online");
    snprintf(in.currency, sizeof in.currency, "USD");
    assert_int_equal(told(&credit_top_up_verb, &charging, &in, NULL), REFUSED_CURRENCY);
    snprintf(in.currency, sizeof in.currency, "hkd");
    assert_int_equal(told(&credit_top_up_verb, &charging, &in, NULL), REFUSED_CURRENCY);
    in = top_up_of("T-1", 5000, "online");
    in.line = 4711;
    assert_int_equal(told(&credit_top_up_verb, &charging, &in, NULL), REFUSED_NOT_FOUND);
    struct actor elsewhere = charging;
    elsewhere.operator= 8192;
    in.line = kit.line;
    assert_int_equal(told(&credit_top_up_verb, &elsewhere, &in, NULL), REFUSED_NOT_FOUND);
    assert_int_equal(verb_allowed(&credit_top_up_verb, &kit.person), REFUSED_NOT_ALLOWED);
    assert_int_equal(verb_allowed(&credit_top_up_verb, &kit.anyone), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(verb_allowed(&credit_top_up_verb, &kit.api), REFUSED_NOT_ALLOWED);
    assert_int_equal(one("SELECT count(*) FROM charge"), 0);
    assert_int_equal(balance(LEDGER_PAID), PAID);
    assert_int_equal(online(), 0);
    assert_int_equal(top_up("T-1", AMOUNT_MOST, "voucher"), ACCEPTED); /* the very most */
    money_is_whole();
}

/* The operator's accounts are sums over all lines: what each line's balance could hold, theirs
 * could not, and a sum that is no amount could never be verified again. */
static void large_amounts_still_add_up(void **state) {
    struct credit_top_up in = top_up_of("T-1", INT64_MAX - PAID, "voucher");
    (void)state;
    assert_int_equal(told(&credit_top_up_verb, &charging, &in, NULL), REFUSED_AMOUNT);
    in = top_up_of("T-2", INT64_MAX - PAID, "voucher");
    in.line = kit.other_line;
    assert_int_equal(told(&credit_top_up_verb, &charging, &in, NULL), REFUSED_AMOUNT);
    assert_int_equal(grant("G-1", AMOUNT_MOST + 1), REFUSED_AMOUNT);
    closed();
    assert_int_equal(spend("S-1", AMOUNT_MOST + 1, "paid"), REFUSED_AMOUNT);
    assert_int_equal(top_up("T-3", AMOUNT_MOST + 1, "voucher"), REFUSED_AMOUNT);
    assert_int_equal(one("SELECT count(*) FROM charge"), 0);
    assert_int_equal(spend("S-2", AMOUNT_MOST, "paid"), ACCEPTED);
    assert_int_equal(top_up("T-4", AMOUNT_MOST, "voucher"), ACCEPTED);
    money_is_whole();
}

/* A line that holds as much as can be takes no more. */
static void a_full_line_takes_no_more(void **state) {
    (void)state;
    kit_sql(&kit.kit, "UPDATE ledger_account SET balance = 9223372036854775000 WHERE kind IN (2, "
                      "3)");
    assert_int_equal(top_up("T-1", 808, "online"), REFUSED_AMOUNT);
    assert_int_equal(grant("G-1", 808), REFUSED_AMOUNT);
    assert_int_equal(one("SELECT count(*) FROM charge"), 0);
    assert_int_equal(top_up("T-1", 807, "online"), ACCEPTED);
    assert_int_equal(grant("G-1", 807), ACCEPTED);
}

static void used(void **state) {
    (void)state;
    assert_int_equal(spend("S-1", 0, "paid"), REFUSED_AMOUNT);
    assert_int_equal(spend("S-1", -5, "paid"), REFUSED_AMOUNT);
    assert_int_equal(spend("S-1", AMOUNT_MOST + 1, "paid"), REFUSED_AMOUNT);
    assert_int_equal(spend("S-1", PAID + 1, "paid"), REFUSED_CREDIT_SHORT);
    assert_int_equal(spend("S-1", PROMOTIONAL + 1, "promotional"), REFUSED_CREDIT_SHORT);
    assert_int_equal(spend("S-1", 100, "unclaimed"), REFUSED_INPUT);
    assert_int_equal(spend("S-1", 100, ""), REFUSED_INPUT);
    assert_int_equal(one("SELECT count(*) FROM charge"), 0);
    assert_int_equal(spend("S-1", 100, "paid"), ACCEPTED); /* what was refused was not told */
    assert_int_equal(spend("S-2", PROMOTIONAL, "promotional"), ACCEPTED);
    assert_int_equal(balance(LEDGER_PAID), PAID - 100);
    assert_int_equal(balance(LEDGER_PROMOTIONAL), 0);
    assert_int_equal(balance(LEDGER_USAGE), 100 + PROMOTIONAL);
    assert_int_equal(grant("G-1", 0), REFUSED_AMOUNT);
    assert_int_equal(grant("G-1", 700), ACCEPTED);
    assert_int_equal(grant("G-1", 700), ACCEPTED);
    assert_int_equal(grant("G-2", INT64_MAX), REFUSED_AMOUNT);
    assert_int_equal(balance(LEDGER_PROMOTIONAL), 700);
    assert_int_equal(balance(LEDGER_PROMOTIONS), -700);
    money_is_whole();
}

/* What was topped up online is used first, so that more of it can be refunded. */
static void what_was_online(void **state) {
    (void)state;
    assert_int_equal(top_up("T-1", 1000, "online"), ACCEPTED);
    assert_int_equal(top_up("T-2", 500, "auto"), ACCEPTED);
    assert_int_equal(top_up("T-3", 200, "voucher"), ACCEPTED);
    assert_int_equal(top_up("T-4", 200, "counter"), ACCEPTED);
    assert_int_equal(online(), 1500);
    assert_int_equal(spend("S-1", 300, "promotional"), ACCEPTED);
    assert_int_equal(online(), 1500);
    assert_int_equal(spend("S-2", 600, "paid"), ACCEPTED);
    assert_int_equal(online(), 900);
    assert_int_equal(spend("S-3", 5000, "paid"), ACCEPTED);
    assert_int_equal(online(), 0);
    money_is_whole();
    assert_int_equal(top_up("T-5", 1000, "online"), ACCEPTED);
    struct line_import row = case_row(10); /* the import knows less of it */
    row.paid_minor = 400;
    assert_int_equal(told(&line_import_verb, &kit.system, &row, NULL), ACCEPTED);
    assert_int_equal(online(), 400);
    money_is_whole();
}

static void while_it_closes(void **state) {
    int64_t id = case_executing(&kit);
    (void)state;
    assert_int_equal(top_up("T-1", 1000, "online"), ACCEPTED);
    assert_int_equal(spend("S-1", 40, "paid"), ACCEPTED);
    assert_int_equal(grant("G-1", 5), ACCEPTED);
    struct network_cut cut = {.closure = id, .line = kit.line, .effect = 1, .evidence = "gone"};
    assert_int_equal(told(&network_cut_verb, &kit.system, &cut, NULL), ACCEPTED);
    assert_int_equal(balance(LEDGER_UNCLAIMED), PAID + 960);
    assert_int_equal(balance(LEDGER_EXPIRED_PROMOTION), PROMOTIONAL + 5);
    assert_int_equal(one("SELECT sum(late) FROM charge"), 0);
    money_is_whole();
}

static void late_debits(void **state) {
    (void)state;
    assert_int_equal(spend("S-0", 10, "paid"), ACCEPTED);
    closed();
    assert_int_equal(grant("G-1", 5), REFUSED_LINE_CLOSED);
    kit_sql(&kit.kit, "UPDATE policy SET text = replace(text, '\"late_debit\": \"operator\"', "
                      "'\"late_debit\": \"refuse\"')");
    kit_restart(&kit.kit);
    assert_int_equal(spend("S-1", 100, "paid"), REFUSED_LINE_CLOSED);
    assert_int_equal(one("SELECT count(*) FROM charge"), 1);
    assert_int_equal(spend("S-0", 10, "paid"), REFUSED_CHARGE_DIFFERS); /* another time: not it */
    kit_sql(&kit.kit, "UPDATE policy SET text = replace(text, '\"late_debit\": \"refuse\"', "
                      "'\"late_debit\": \"operator\"')");
    kit_restart(&kit.kit);
    assert_int_equal(spend("S-1", 99999, "paid"), ACCEPTED);
    assert_int_equal(spend("S-1", 99999, "paid"), ACCEPTED);
    assert_int_equal(spend("S-2", 1, "promotional"), ACCEPTED);
    assert_int_equal(balance(LEDGER_LATE_DEBITS), -100000);
    assert_int_equal(balance(LEDGER_USAGE), 100010);
    assert_int_equal(balance(LEDGER_UNCLAIMED), PAID - 10); /* not the person's */
    assert_int_equal(one("SELECT sum(late) FROM charge"), 2);
    assert_int_equal(one("SELECT count(*) FROM effect WHERE kind = 56"), 0);
    money_is_whole();
}

static int64_t mails(enum effect_kind kind) {
    char sql[120];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM effect WHERE door = 'mail' AND kind = %d",
             (int)kind);
    return one(sql);
}

static void late_top_ups(void **state) {
    struct closure before, after;
    struct credit_top_up sent = top_up_of("T-0", 100, "voucher"), late;
    (void)state;
    assert_int_equal(told(&credit_top_up_verb, &charging, &sent, NULL), ACCEPTED);
    int64_t id = closed();
    case_read(&kit, CLOSURE_BY_ID, id, &before);
    assert_int_equal(told(&credit_top_up_verb, &second, &sent, NULL), ACCEPTED); /* told again */
    assert_int_equal(balance(LEDGER_UNCLAIMED), PAID + 100);
    assert_int_equal(mails(EFFECT_LATE_TOP_UP), 0);
    kit_now += 90 * DAY;
    late = top_up_of("T-1", 2500, "auto");
    assert_int_equal(told(&credit_top_up_verb, &charging, &late, NULL), ACCEPTED);
    assert_int_equal(told(&credit_top_up_verb, &charging, &late, NULL), ACCEPTED);
    assert_int_equal(balance(LEDGER_UNCLAIMED), PAID + 2600);
    assert_int_equal(balance(LEDGER_PAID), 0);
    assert_int_equal(online(), 2500);
    assert_int_equal(mails(EFFECT_LATE_TOP_UP), 1);
    case_read(&kit, CLOSURE_BY_ID, id, &after);
    assert_true(after.claim_until >= before.claim_until + 88 * DAY); /* a whole period for it */
    assert_int_equal(after.paid_minor, before.paid_minor); /* what was left at the closing */
    assert_int_equal(one("SELECT late FROM charge WHERE transaction_id = 'T-1'"), 1);
    assert_int_equal(top_up("T-2", INT64_MAX, "counter"), REFUSED_AMOUNT);
    money_is_whole();
}

/* Nothing was left when it closed, so there is no account yet; and one that all went out of. */
static void late_without_an_account(void **state) {
    struct closure closure;
    (void)state;
    assert_int_equal(spend("S-1", PAID, "paid"), ACCEPTED);
    int64_t id = closed();
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    assert_int_equal(closure.claim_until, 0);
    assert_int_equal(top_up("T-1", 300, "online"), ACCEPTED);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    assert_true(closure.claim_until > kit_now + 300 * DAY);
    assert_int_equal(balance(LEDGER_UNCLAIMED), 300);
    kit_sql(&kit.kit, "UPDATE ledger_account SET shut_at = 1 WHERE kind = 4");
    kit_now = closure.claim_until + DAY; /* the time to claim it is over */
    assert_int_equal(top_up("T-2", 40, "counter"), ACCEPTED);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    assert_true(closure.claim_until > kit_now + 300 * DAY);
    assert_int_equal(balance(LEDGER_UNCLAIMED), 340);
    assert_int_equal(one("SELECT count(*) FROM ledger_account WHERE kind = 4"), 1);
    assert_int_equal(one("SELECT shut_at FROM ledger_account WHERE kind = 4"), 0);
    kit_sql(&kit.kit, "UPDATE line SET closure = 0 WHERE state = 4"); /* its closure is gone */
    assert_int_equal(top_up("T-3", 2, "counter"), ACCEPTED);
    assert_int_equal(balance(LEDGER_UNCLAIMED), 342);
    money_is_whole();
}

static struct mandate_add mandate_of(const char *reference, const char *method) {
    struct mandate_add in = {.line = kit.line, .amount_minor = 5000};
    snprintf(in.reference, sizeof in.reference, "%s", reference);
    snprintf(in.method, sizeof in.method, "%s", method);
    return in;
}

static enum refusal mandate(const char *reference, const char *method, int64_t *id) {
    struct mandate_add in = mandate_of(reference, method);
    return told(&mandate_add_verb, &charging, &in, id);
}

static void mandates(void **state) {
    struct mandate_add in = mandate_of("M-1", "Visa •••• 4321");
    struct mandate_end end = {.mandate = 0};
    struct mandate row;
    char name[16];
    int64_t first, again;
    (void)state;
    assert_int_equal(mandate("M 1", "", NULL), REFUSED_INPUT);
    assert_int_equal(mandate("M-1", "4321 4321 4321 4321", NULL), REFUSED_INPUT); /* a card */
    assert_int_equal(mandate("M-1", "4321-432", NULL), REFUSED_INPUT);
    in.amount_minor = -1;
    assert_int_equal(told(&mandate_add_verb, &charging, &in, NULL), REFUSED_AMOUNT);
    in.amount_minor = AMOUNT_MOST + 1;
    assert_int_equal(told(&mandate_add_verb, &charging, &in, NULL), REFUSED_AMOUNT);
    in.amount_minor = 5000;
    in.line = 4711;
    assert_int_equal(told(&mandate_add_verb, &charging, &in, NULL), REFUSED_NOT_FOUND);
    assert_int_equal(one("SELECT count(*) FROM mandate"), 0);
    assert_int_equal(mandate("M-1", "Visa 432143••••••4321", &first), ACCEPTED);
    assert_int_equal(mandate("M-1", "Visa 432143••••••4321", &again), ACCEPTED);
    assert_int_equal(again, first);
    assert_int_equal(mandate("M-1", "Visa •••• 1111", NULL), REFUSED_CHARGE_DIFFERS);
    in.line = kit.other_line;
    assert_int_equal(told(&mandate_add_verb, &charging, &in, NULL), REFUSED_CHARGE_DIFFERS);
    assert_int_equal(kit_holding(&kit.kit, "mandate", "method", "432143"), 0); /* sealed */
    for (int i = 2; i <= MANDATES_A_LINE; i++) {
        snprintf(name, sizeof name, "M-%d", i);
        assert_int_equal(mandate(name, "", NULL), ACCEPTED);
    }
    assert_int_equal(mandate("M-9", "", NULL), REFUSED_MANDATES_FULL);
    assert_int_equal(told(&mandate_end_verb, &charging, &end, NULL), REFUSED_NOT_FOUND);
    end.mandate = first;
    snprintf(end.reference, sizeof end.reference, "M-2");
    assert_int_equal(told(&mandate_end_verb, &charging, &end, NULL), REFUSED_NOT_FOUND);
    end = (struct mandate_end){.reference = "M-1"};
    assert_int_equal(told(&mandate_end_verb, &charging, &end, &again), ACCEPTED);
    assert_int_equal(again, first);
    case_read(&kit, MANDATE_BY_ID, first, &row);
    assert_int_equal(row.ended_at, kit_now);
    assert_int_equal(row.told_at, kit_now);
    kit_now += 1000;
    end = (struct mandate_end){.mandate = first};
    assert_int_equal(told(&mandate_end_verb, &second, &end, &again), ACCEPTED);
    case_read(&kit, MANDATE_BY_ID, first, &row);
    assert_int_equal(row.ended_at, kit_now - 1000);
    assert_int_equal(mandate("M-9", "", NULL), ACCEPTED); /* one place is free */
    closed();
    assert_int_equal(mandate("M-10", "", NULL), REFUSED_LINE_CLOSED);
    assert_int_equal(mandate("M-1", "Visa 432143••••••4321", &again), ACCEPTED);
    assert_int_equal(again, first);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(bad_top_ups, setup, teardown),
        cmocka_unit_test_setup_teardown(large_amounts_still_add_up, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_line_takes_no_more, setup, teardown),
        cmocka_unit_test_setup_teardown(told_otherwise, setup, teardown),
        cmocka_unit_test_setup_teardown(booked_once, setup, teardown),
        cmocka_unit_test_setup_teardown(used, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_online, setup, teardown),
        cmocka_unit_test_setup_teardown(while_it_closes, setup, teardown),
        cmocka_unit_test_setup_teardown(late_debits, setup, teardown),
        cmocka_unit_test_setup_teardown(late_top_ups, setup, teardown),
        cmocka_unit_test_setup_teardown(late_without_an_account, setup, teardown),
        cmocka_unit_test_setup_teardown(mandates, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
