/* credit.transfer on a real store: what is refused and moves nothing, what goes and where, and that
 * nothing tells whose the other line is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "case_kit.h"
#include "commands/suspension.h"
#include "commands/transfer.h"

enum { PAID = 8640, FEE = 200, TRIES = 10, TIMES = 5, FOREIGN = 7777 };

static struct case_kit kit;
static struct actor desk, integrator;

__attribute__((format(printf, 1, 2))) static void sql(const char *format, ...) {
    char text[300];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    kit_sql(&kit.kit, text);
}

static int64_t one(const char *text) {
    return kit_number(&kit.kit, text);
}

/* Another rule than the demo operator's. */
static void rule(const char *from, const char *to) {
    sql("UPDATE policy SET text = replace(text, '%s', '%s')", from, to);
    kit_restart(&kit.kit);
}

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    rule("200000, \"fee_minor\": 0", "200000, \"fee_minor\": 200");
    desk = kit.staff;
    snprintf(desk.scopes, sizeof desk.scopes, "lines:write");
    integrator = kit.api;
    snprintf(integrator.scopes, sizeof integrator.scopes, "lines:write");
    return 0;
}

static int teardown(void **state) {
    (void)state;
    case_close(&kit);
    return 0;
}

/* 5000 to the other line, by its number. */
static struct credit_transfer usual(void) {
    struct credit_transfer in = {
        .line = kit.line, .amount_minor = 5000, .fee_minor = FEE, .language = "en"};
    snprintf(in.number, sizeof in.number, "%s", case_row(11).number);
    memcpy(in.number_again, in.number, sizeof in.number_again);
    return in;
}

static enum refusal ask(const struct actor *actor, struct credit_transfer in) {
    enum refusal no;
    case_run(&kit, &credit_transfer_verb, actor, &in, &no);
    return no;
}

static enum refusal amount(int64_t minor) {
    struct credit_transfer in = usual();
    in.amount_minor = minor;
    return ask(&kit.person, in);
}

static enum refusal number(const char *first, const char *again) {
    struct credit_transfer in = usual();
    snprintf(in.number, sizeof in.number, "%s", first);
    snprintf(in.number_again, sizeof in.number_again, "%s", again);
    return ask(&kit.person, in);
}

static enum refusal target(int64_t line) {
    struct credit_transfer in = usual();
    in.target = line;
    in.number[0] = in.number_again[0] = '\0';
    return ask(&kit.person, in);
}

static int64_t balance(int64_t line, enum ledger_kind kind) {
    char text[200];
    snprintf(text, sizeof text,
             "SELECT coalesce(sum(amount), 0) FROM posting WHERE account IN (SELECT id FROM "
             "ledger_account WHERE kind = %d AND line = %lld)",
             (int)kind, (long long)line);
    return one(text);
}

static int64_t shared(enum ledger_kind kind) {
    char text[120];
    snprintf(text, sizeof text, "SELECT coalesce(sum(amount), 0) FROM posting WHERE account = %lld",
             (long long)ledger_shared_id(CASE_OPERATOR, kind));
    return one(text);
}

static int64_t effects(enum effect_kind kind, int64_t line) {
    char text[120];
    snprintf(text, sizeof text, "SELECT count(*) FROM effect WHERE kind = %d AND line = %lld",
             (int)kind, (long long)line);
    return one(text);
}

static struct line line_of(int64_t id) {
    struct line line;
    case_read(&kit, LINE_BY_ID, id, &line);
    return line;
}

static void money_is_whole(void) {
    assert_int_equal(one("SELECT coalesce(sum(amount), 0) FROM posting"), 0);
    assert_int_equal(shared(LEDGER_TRANSFERS), 0);
    assert_int_equal(one("SELECT count(*) FROM ledger_account a WHERE line <> 0 AND balance <> "
                         "(SELECT coalesce(sum(amount), 0) FROM posting WHERE account = a.id)"),
                     0);
}

static void nothing_moved(void) {
    assert_int_equal(balance(kit.line, LEDGER_PAID), PAID);
    assert_int_equal(balance(kit.other_line, LEDGER_PAID), PAID);
    assert_int_equal(one("SELECT count(*) FROM transfer"), 0);
    assert_int_equal(effects(EFFECT_TRANSFER_SENT, kit.line), 0);
    assert_int_equal(effects(EFFECT_TRANSFER_RECEIVED, kit.other_line), 0);
    assert_int_equal(line_of(kit.line).transferred_at, 0);
    money_is_whole();
}

/* How many attempts at a number are spent. */
static int64_t tried(void) {
    return one("SELECT coalesce(sum(count), 0) FROM budget WHERE scope = 'transfer_to'");
}

static void what_is_no_amount(void **state) {
    (void)state;
    assert_int_equal(amount(0), REFUSED_AMOUNT);
    assert_int_equal(amount(-5000), REFUSED_AMOUNT);
    assert_int_equal(amount(INT64_MIN), REFUSED_AMOUNT);
    assert_int_equal(amount(INT64_MAX), REFUSED_AMOUNT);
    assert_int_equal(amount(99), REFUSED_TRANSFER_LIMIT);
    assert_int_equal(amount(200001), REFUSED_TRANSFER_LIMIT);
    assert_int_equal(amount(PAID), REFUSED_CREDIT_SHORT);
    assert_int_equal(amount(PAID - FEE + 1), REFUSED_CREDIT_SHORT);
    struct credit_transfer in = usual();
    in.fee_minor = FEE - 1;
    assert_int_equal(ask(&kit.person, in), REFUSED_FEE);
    assert_int_equal(tried(), 0); /* no number was looked at */
    nothing_moved();
}

static void what_is_no_target(void **state) {
    (void)state;
    struct credit_transfer in = usual();
    char own[NUMBER_SIZE];
    snprintf(own, sizeof own, "%s", case_row(10).number);
    in.target = kit.other_line;
    assert_int_equal(ask(&kit.person, in), REFUSED_INPUT); /* in two ways */
    assert_int_equal(number("", ""), REFUSED_INPUT);       /* in none */
    assert_int_equal(number("61230011", "61230011"), REFUSED_NUMBER_FORM);
    assert_int_equal(number("+8526123001", "+8526123001"), REFUSED_NUMBER_FORM);
    assert_int_equal(number("", case_row(11).number), REFUSED_NUMBER_FORM);
    assert_int_equal(number(case_row(11).number, case_row(12).number), REFUSED_NUMBERS_DIFFER);
    assert_int_equal(number(case_row(11).number, ""), REFUSED_NUMBERS_DIFFER);
    assert_int_equal(number(own, own), REFUSED_TRANSFER_SELF);
    assert_int_equal(target(kit.line), REFUSED_TRANSFER_SELF);
    assert_int_equal(tried(), 0);
    nothing_moved();
}

/* A line of another operator, with the number that is asked for. */
static void foreign_line(const char *digits) {
    sql("INSERT INTO operator (id, code, added_at) VALUES (%d, 'other', 1)", FOREIGN);
    sql("UPDATE line SET operator = %d, number = '%s' WHERE id = %lld", FOREIGN, digits,
        (long long)kit.other_line);
}

/* One refusal, one attempt, the same number of entries and no message, whoever has the number. */
static void nothing_tells_whose_it_is(void **state) {
    (void)state;
    char other[NUMBER_SIZE], nobody[NUMBER_SIZE];
    snprintf(other, sizeof other, "%s", case_row(11).number);
    snprintf(nobody, sizeof nobody, "%s", case_row(99).number);
    const char *const lines[] = {"state = 4, closed_at = 1", "state = 3",
                                 "state = 1, closure = 77"};
    int64_t before = one("SELECT count(*) FROM journal");
    assert_int_equal(number(nobody, nobody), REFUSED_TRANSFER_TARGET);
    int64_t entries = one("SELECT count(*) FROM journal") - before;
    for (int i = 0; i < 3; i++) {
        sql("UPDATE line SET %s WHERE id = %lld", lines[i], (long long)kit.other_line);
        before = one("SELECT count(*) FROM journal");
        assert_int_equal(number(other, other), REFUSED_TRANSFER_TARGET);
        assert_int_equal(one("SELECT count(*) FROM journal") - before, entries);
        assert_int_equal(tried(), 2 + i);
    }
    sql("UPDATE line SET state = 1, closure = 0, closed_at = 0 WHERE id = %lld",
        (long long)kit.other_line);
    assert_int_equal(target(kit.other_line), REFUSED_TRANSFER_TARGET); /* another person's */
    assert_int_equal(target(4711), REFUSED_TRANSFER_TARGET);
    assert_int_equal(tried(), 6);
    foreign_line(other);
    assert_int_equal(number(other, other), REFUSED_TRANSFER_TARGET);
    assert_int_equal(target(kit.other_line), REFUSED_TRANSFER_TARGET);
    sql("UPDATE line SET operator = %d WHERE id = %lld", CASE_OPERATOR, (long long)kit.other_line);
    nothing_moved();
}

/* Numbers are not tried out one after the other, right or wrong. */
static void trying_numbers_has_an_end(void **state) {
    (void)state;
    char nobody[NUMBER_SIZE];
    snprintf(nobody, sizeof nobody, "%s", case_row(99).number);
    for (int i = 0; i < TRIES; i++)
        assert_int_equal(number(nobody, nobody), REFUSED_TRANSFER_TARGET);
    assert_int_equal(number(nobody, nobody), REFUSED_TOO_MANY);
    assert_int_equal(amount(5000), REFUSED_TOO_MANY);
    nothing_moved();
    kit_now += HOUR;
    sql("UPDATE session SET stepped_up_at = %lld", (long long)kit_now);
    assert_int_equal(amount(5000), ACCEPTED);
    assert_int_equal(tried(), 1); /* the right one, too */
}

static void who_may(void **state) {
    (void)state;
    struct actor stranger = kit.person, nobody = kit.anyone;
    struct credit_transfer in = usual(), other = usual();
    stranger.session = 4711;
    assert_int_equal(ask(&stranger, in), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(ask(&nobody, in), REFUSED_NOT_SIGNED_IN);
    other.line = kit.other_line;
    assert_int_equal(ask(&kit.person, other), REFUSED_NOT_FOUND);
    other.line = 4711;
    assert_int_equal(ask(&kit.person, other), REFUSED_NOT_FOUND);
    sql("UPDATE session SET stepped_up_at = 0");
    assert_int_equal(ask(&kit.person, in), REFUSED_STEP_UP);
    nothing_moved();
    in.amount_minor = 1000;
    assert_int_equal(ask(&integrator, in), ACCEPTED);
    kit_now += HOUR;
    assert_int_equal(ask(&desk, in), ACCEPTED);
    kit_now += HOUR;
    in.target = kit.other_line; /* who works for the operator has all of its lines */
    in.number[0] = in.number_again[0] = '\0';
    assert_int_equal(ask(&desk, in), ACCEPTED);
    money_is_whole();
}

static void lines_that_send_nothing(void **state) {
    (void)state;
    sql("UPDATE line SET state = 2 WHERE id = %lld", (long long)kit.line);
    assert_int_equal(amount(5000), REFUSED_LINE_SUSPENDED);
    sql("UPDATE line SET state = 4 WHERE id = %lld", (long long)kit.line);
    assert_int_equal(amount(5000), REFUSED_LINE_CLOSED);
    sql("UPDATE line SET state = 1 WHERE id = %lld", (long long)kit.line);
    rule("\"transfer\": {\n    \"offered\": true", "\"transfer\": {\n    \"offered\": false");
    assert_int_equal(amount(5000), REFUSED_TRANSFER_OFF);
    enum refusal no;
    case_submit(&kit, kit.contact, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(amount(5000), REFUSED_LINE_CLOSING);
    nothing_moved();
}

static void a_suspension_holds_it(void **state) {
    (void)state;
    struct line_suspend in = {.line = kit.line, .language = "en"};
    enum refusal no;
    case_run(&kit, &line_suspend_verb, &kit.person, &in, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(amount(5000), REFUSED_LINE_SUSPENDED);
    nothing_moved();
}

static void it_waits_after_a_change(void **state) {
    (void)state;
    const char *const changes[] = {"sim_since", "contact_changed_at", "transferred_at"};
    for (int i = 0; i < 3; i++) {
        sql("UPDATE line SET %s = %lld WHERE id = %lld", changes[i],
            (long long)(kit_now - HOUR + 1), (long long)kit.line);
        assert_int_equal(amount(5000), REFUSED_TRANSFER_COOLING);
        sql("UPDATE line SET sim_since = activated_at, contact_changed_at = 0, transferred_at = 0 "
            "WHERE id = %lld",
            (long long)kit.line);
    }
    nothing_moved();
    assert_int_equal(amount(5000), ACCEPTED);
    assert_int_equal(amount(100), REFUSED_TRANSFER_COOLING);
    kit_now += HOUR;
    sql("UPDATE session SET stepped_up_at = %lld", (long long)kit_now);
    assert_int_equal(amount(100), ACCEPTED);
}

static void what_goes_and_where(void **state) {
    (void)state;
    struct transfer transfer;
    sql("UPDATE line SET online_minor = 6000 WHERE id = %lld", (long long)kit.line);
    sql("UPDATE line SET online_minor = 40 WHERE id = %lld", (long long)kit.other_line);
    struct credit_transfer in = usual();
    enum refusal no;
    int64_t id = case_run(&kit, &credit_transfer_verb, &kit.person, &in, &no);
    assert_int_equal(no, ACCEPTED);
    case_read(&kit, TRANSFER_BY_ID, id, &transfer);
    assert_int_equal(transfer.line, kit.line);
    assert_int_equal(transfer.target, kit.other_line);
    assert_int_equal(transfer.amount_minor, 5000);
    assert_int_equal(transfer.fee_minor, FEE);
    assert_int_equal(transfer.account, CASE_ACCOUNT);
    assert_int_equal(transfer.at, kit_now);
    assert_string_equal(transfer.language, "en");
    assert_int_equal(balance(kit.line, LEDGER_PAID), PAID - 5000 - FEE);
    assert_int_equal(balance(kit.other_line, LEDGER_PAID), PAID + 5000);
    assert_int_equal(balance(kit.line, LEDGER_PROMOTIONAL), 500);
    assert_int_equal(balance(kit.other_line, LEDGER_PROMOTIONAL), 500);
    assert_int_equal(shared(LEDGER_FEES), FEE);
    assert_int_equal(line_of(kit.line).online_minor, 800);
    assert_int_equal(line_of(kit.other_line).online_minor, 5040);
    assert_int_equal(line_of(kit.line).transferred_at, kit_now);
    assert_int_equal(line_of(kit.other_line).transferred_at, 0);
    assert_int_equal(effects(EFFECT_TRANSFER_SENT, kit.line), 2); /* the line and its contact */
    assert_int_equal(effects(EFFECT_TRANSFER_RECEIVED, kit.other_line), 1);
    money_is_whole();
}

static void to_the_last_cent(void **state) {
    (void)state;
    sql("UPDATE line SET online_minor = %d WHERE id = %lld", PAID, (long long)kit.line);
    assert_int_equal(amount(PAID - FEE), ACCEPTED);
    assert_int_equal(balance(kit.line, LEDGER_PAID), 0);
    assert_int_equal(line_of(kit.line).online_minor, 0);
    assert_int_equal(line_of(kit.other_line).online_minor, PAID - FEE);
    kit_now += HOUR;
    sql("UPDATE session SET stepped_up_at = %lld", (long long)kit_now);
    assert_int_equal(amount(100), REFUSED_CREDIT_SHORT);
    money_is_whole();
}

static void to_a_line_of_ones_own(void **state) {
    (void)state;
    sql("INSERT INTO account_line (id, operator, account, line, proved_at, how) VALUES (601, %d, "
        "%d, %lld, 1, 3)",
        CASE_OPERATOR, CASE_ACCOUNT, (long long)kit.other_line);
    assert_int_equal(target(kit.other_line), REFUSED_TRANSFER_TARGET); /* its SIM was not proved */
    sql("UPDATE account_line SET how = 1 WHERE id = 601");
    sql("UPDATE line SET state = 2 WHERE id = %lld", (long long)kit.other_line);
    assert_int_equal(target(kit.other_line), ACCEPTED); /* the credit waits with it */
    assert_int_equal(balance(kit.other_line, LEDGER_PAID), PAID + 5000);
    money_is_whole();
}

/* It closed between the page and the click. */
static void a_target_that_closes_meanwhile(void **state) {
    (void)state;
    struct credit_transfer in = usual();
    sql("UPDATE line SET closure = 77 WHERE id = %lld", (long long)kit.other_line);
    assert_int_equal(ask(&kit.person, in), REFUSED_TRANSFER_TARGET);
    in.to = kit.other_line; /* prepare found it, and its number is another line's by now */
    sql("UPDATE line SET closure = 0, number = '+85261239999' WHERE id = %lld",
        (long long)kit.other_line);
    struct job job = {.verb = &credit_transfer_verb, .actor = kit.person, .input = &in};
    job_fill(&job, &kit.kit.secrets);
    assert_true(committer_run(kit.kit.committer, &job));
    assert_int_equal(job.refusal, REFUSED_TRANSFER_TARGET);
    nothing_moved();
}

static void sent_twice_it_is_one(void **state) {
    (void)state;
    struct credit_transfer in = usual(), again = usual(), changed = usual();
    struct job first, second;
    changed.amount_minor++;
    assert_int_equal(
        kit_run(&kit.kit, &credit_transfer_verb, &kit.person, &in, "the one key", &first),
        ACCEPTED);
    assert_int_equal(
        kit_run(&kit.kit, &credit_transfer_verb, &kit.person, &again, "the one key", &second),
        ACCEPTED);
    assert_true(second.replayed);
    assert_int_equal(second.result, first.result);
    assert_int_equal(
        kit_run(&kit.kit, &credit_transfer_verb, &kit.person, &changed, "the one key", &second),
        REFUSED_KEY_REUSED);
    assert_int_equal(balance(kit.other_line, LEDGER_PAID), PAID + 5000);
    assert_int_equal(one("SELECT count(*) FROM transfer"), 1);
}

static void so_many_and_so_much_a_day(void **state) {
    (void)state;
    rule("\"cooling_hours\": 1", "\"cooling_hours\": 0");
    rule("\"day_minor\": 300000", "\"day_minor\": 200000");
    struct line_import rich = case_row(10);
    enum refusal no;
    rich.paid_minor = 500000;
    case_run(&kit, &line_import_verb, &kit.system, &rich, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(amount(199000), ACCEPTED);
    assert_int_equal(amount(1001), REFUSED_TRANSFER_LIMIT);
    assert_int_equal(amount(400), ACCEPTED);
    for (int i = 2; i < TIMES; i++)
        assert_int_equal(amount(200), ACCEPTED);
    assert_int_equal(amount(200), REFUSED_TRANSFER_LIMIT); /* the sixth; money is left */
    kit_now += DAY;
    sql("UPDATE session SET stepped_up_at = %lld", (long long)kit_now);
    assert_int_equal(amount(200000), ACCEPTED);
    money_is_whole();
}

/* A refusal, and nothing is lost on the way. */
static void more_than_an_account_holds(void **state) {
    (void)state;
    sql("UPDATE ledger_account SET balance = %lld WHERE kind = 2 AND line = %lld",
        (long long)INT64_MAX - 4000, (long long)kit.other_line); /* no verb goes so far */
    assert_int_equal(amount(5000), REFUSED_TRANSFER_TARGET);
    assert_int_equal(one("SELECT count(*) FROM transfer"), 0);
    assert_int_equal(balance(kit.line, LEDGER_PAID), PAID);
    assert_int_equal(shared(LEDGER_TRANSFERS), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_no_amount, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_target, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_tells_whose_it_is, setup, teardown),
        cmocka_unit_test_setup_teardown(trying_numbers_has_an_end, setup, teardown),
        cmocka_unit_test_setup_teardown(who_may, setup, teardown),
        cmocka_unit_test_setup_teardown(lines_that_send_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_suspension_holds_it, setup, teardown),
        cmocka_unit_test_setup_teardown(it_waits_after_a_change, setup, teardown),
        cmocka_unit_test_setup_teardown(what_goes_and_where, setup, teardown),
        cmocka_unit_test_setup_teardown(to_the_last_cent, setup, teardown),
        cmocka_unit_test_setup_teardown(to_a_line_of_ones_own, setup, teardown),
        cmocka_unit_test_setup_teardown(a_target_that_closes_meanwhile, setup, teardown),
        cmocka_unit_test_setup_teardown(sent_twice_it_is_one, setup, teardown),
        cmocka_unit_test_setup_teardown(so_many_and_so_much_a_day, setup, teardown),
        cmocka_unit_test_setup_teardown(more_than_an_account_holds, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
