/* Asking for a suspension and for its end, on a real store: who may, what must be proved, what it
 * costs, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "rules/suspension.h"
#include "suspension_kit.h"

static void there_and_back(void **state) {
    struct suspension s;
    (void)state;
    sql("UPDATE line SET online_minor = 3000"); /* of the paid credit, topped up online */
    assert_int_equal(suspend(), ACCEPTED);
    assert_int_equal(line_state(), LINE_ACTIVE); /* nothing is claimed before it is read back */
    assert_int_equal(balance(LEDGER_PAID), 8640);
    assert_int_equal(effects(EFFECT_NETWORK_BAR), 1);
    assert_int_equal(report(EFFECT_NETWORK_BAR, SWITCHED, ""), REFUSED_EVIDENCE);
    assert_int_equal(report(EFFECT_NETWORK_BAR, SWITCHED, "read back"), ACCEPTED);
    assert_int_equal(report(EFFECT_NETWORK_BAR, SWITCHED, "read back"), REFUSED_NOT_FOUND);
    assert_int_equal(line_state(), LINE_SUSPENDED);
    assert_int_equal(balance(LEDGER_PAID), 8640 - FEE);
    assert_int_equal(balance(LEDGER_SUSPENSION_FEE), FEE);
    assert_int_equal(one("SELECT min(online_minor) FROM line"), 3000 - FEE);
    money_is_whole();
    assert_int_equal(mails(EFFECT_SUSPENDED), 1);
    kit_now += 10 * DAY;
    assert_int_equal(reactivate_as(&kit.person, kit.line, "A1234563"), REFUSED_STEP_UP);
    sql("UPDATE session SET stepped_up_at = 0");
    assert_int_equal(reactivate(), REFUSED_STEP_UP);
    char text[96];
    snprintf(text, sizeof text, "UPDATE session SET stepped_up_at = %lld", (long long)kit_now);
    sql(text);
    assert_int_equal(reactivate_as(&kit.person, kit.line, "A1234563"), REFUSED_IDENTITY);
    assert_int_equal(effects(EFFECT_NETWORK_UNBAR), 0);
    assert_int_equal(reactivate(), ACCEPTED);
    assert_int_equal(reactivate(), REFUSED_UNCHANGED);
    assert_int_equal(line_state(), LINE_SUSPENDED);
    assert_int_equal(report(EFFECT_NETWORK_UNBAR, SWITCHED, "enabled, read back"), ACCEPTED);
    assert_int_equal(line_state(), LINE_ACTIVE);
    read_open(&s);
    assert_int_equal(s.end_how, END_REACTIVATED);
    assert_int_equal(s.unbarred_at, kit_now);
    assert_int_equal(effects(EFFECT_REACTIVATED), 2); /* the line and its contact */
    assert_int_equal(balance(LEDGER_SUSPENSION_FEE), FEE);
    money_is_whole();
    assert_int_equal(reactivate(), REFUSED_NOT_SUSPENDED);
    assert_int_equal(suspend(), ACCEPTED); /* and once more, years later or at once */
}

static void what_is_refused(void **state) {
    struct actor stranger = kit.person, nobody = kit.anyone;
    (void)state;
    assert_int_equal(reactivate(), REFUSED_NOT_SUSPENDED);
    assert_int_equal(suspend_as(&kit.person, kit.other_line, FEE), REFUSED_NOT_FOUND);
    assert_int_equal(suspend_as(&kit.person, 4711, FEE), REFUSED_NOT_FOUND);
    assert_int_equal(reactivate_as(&kit.person, kit.other_line, NULL), REFUSED_NOT_FOUND);
    stranger.session = 4711;
    assert_int_equal(suspend_as(&stranger, kit.line, FEE), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(suspend_as(&nobody, kit.line, FEE), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(suspend_as(&kit.person, kit.line, FEE - 1), REFUSED_FEE);
    assert_int_equal(one("SELECT count(*) FROM suspension"), 0);
    assert_int_equal(suspend(), ACCEPTED);
    assert_int_equal(suspend(), REFUSED_LINE_SUSPENDED);
    assert_int_equal(report(EFFECT_NETWORK_BAR, SWITCHED, "read back"), ACCEPTED);
    assert_int_equal(suspend(), REFUSED_LINE_SUSPENDED);
    assert_int_equal(one("SELECT count(*) FROM suspension"), 1);
    assert_int_equal(effects(EFFECT_NETWORK_BAR), 1);
    assert_int_equal(effects(EFFECT_SUSPENDED), 2);
}

static void lines_that_cannot(void **state) {
    (void)state;
    sql("UPDATE line SET state = 3");
    assert_int_equal(suspend(), REFUSED_LINE_EXPIRED);
    sql("UPDATE line SET state = 4");
    assert_int_equal(suspend(), REFUSED_LINE_CLOSED);
    assert_int_equal(reactivate(), REFUSED_LINE_CLOSED);
    sql("UPDATE line SET state = 1");
    case_submit(&kit, 0, NULL);
    assert_int_equal(suspend(), REFUSED_LINE_CLOSING);
    assert_int_equal(reactivate(), REFUSED_LINE_CLOSING);
}

/* Suspending takes little: no fresh password, but after a change of SIM or contact. */
static void the_proofs(void **state) {
    char text[128];
    (void)state;
    sql("UPDATE session SET stepped_up_at = 0");
    snprintf(text, sizeof text, "UPDATE line SET sim_since = %lld", (long long)(kit_now - DAY));
    sql(text);
    assert_int_equal(suspend(), REFUSED_STEP_UP);
    sql("UPDATE line SET sim_since = activated_at");
    assert_int_equal(suspend(), ACCEPTED);
}

static void other_doors(void **state) {
    (void)state;
    assert_int_equal(suspend_as(&integrator, kit.line, FEE), ACCEPTED);
    assert_int_equal(report(EFFECT_NETWORK_BAR, SWITCHED, "read back"), ACCEPTED);
    assert_int_equal(reactivate_as(&integrator, kit.line, "A1234563"), REFUSED_IDENTITY);
    assert_int_equal(reactivate_as(&desk, kit.line, NULL), ACCEPTED);
    assert_int_equal(report(EFFECT_NETWORK_UNBAR, SWITCHED, "read back"), ACCEPTED);
    assert_int_equal(suspend_as(&desk, kit.line, 0), REFUSED_FEE);
    assert_int_equal(suspend_as(&desk, kit.line, FEE), ACCEPTED);
}

static void wrong_numbers_are_counted(void **state) {
    enum refusal no = ACCEPTED;
    (void)state;
    suspended();
    for (int i = 0; i < 40 && no != REFUSED_TOO_MANY; i++)
        no = reactivate_as(&kit.person, kit.line, "A1234563");
    assert_int_equal(no, REFUSED_TOO_MANY);
    assert_int_equal(reactivate(), REFUSED_TOO_MANY); /* a right one tells nothing either */
    assert_int_equal(line_state(), LINE_SUSPENDED);
}

static void so_many_a_day(void **state) {
    int times = 0;
    (void)state;
    while (suspend() == ACCEPTED && times++ < 40) {
        assert_int_equal(report(EFFECT_NETWORK_BAR, SWITCHED, "read back"), ACCEPTED);
        assert_int_equal(reactivate(), ACCEPTED);
        assert_int_equal(report(EFFECT_NETWORK_UNBAR, SWITCHED, "read back"), ACCEPTED);
    }
    assert_int_equal(suspend(), REFUSED_TOO_MANY);
    assert_int_equal(times, SUSPENSIONS);
    assert_int_equal(balance(LEDGER_PAID), 0); /* four fees, and what was left for the fifth */
    assert_int_equal(balance(LEDGER_SUSPENSION_FEE), 8640);
    money_is_whole();
}

static void the_same_form_twice(void **state) {
    struct line_suspend in = {.line = kit.line, .fee_minor = FEE, .language = "en"};
    struct job first, second;
    (void)state;
    assert_int_equal(
        kit_run(&kit.kit, &line_suspend_verb, &kit.person, &in, "one and the same key", &first),
        ACCEPTED);
    assert_int_equal(
        kit_run(&kit.kit, &line_suspend_verb, &kit.person, &in, "one and the same key", &second),
        ACCEPTED);
    assert_true(second.replayed);
    assert_int_equal(second.result, first.result);
    assert_int_equal(one("SELECT count(*) FROM suspension"), 1);
}

/* What was shown binds: a dearer policy that comes between takes no more; credit that went
 * meanwhile is not missed. */
static void the_quote_binds(void **state) {
    (void)state;
    assert_int_equal(suspend(), ACCEPTED);
    sql("UPDATE policy SET text = replace(text, '\"fee_minor\": 2000', '\"fee_minor\": 5000')");
    kit_restart(&kit.kit);
    assert_int_equal(report(EFFECT_NETWORK_BAR, SWITCHED, "read back"), ACCEPTED);
    assert_int_equal(balance(LEDGER_PAID), 8640 - FEE);
    assert_int_equal(reactivate(), ACCEPTED);
    assert_int_equal(report(EFFECT_NETWORK_UNBAR, SWITCHED, "read back"), ACCEPTED);
    assert_int_equal(suspend(), REFUSED_FEE); /* now it is dearer than what was shown */
    assert_int_equal(suspend_as(&kit.person, kit.line, 5000), ACCEPTED);
    struct line_import row = case_row(10);
    row.paid_minor = 300; /* spent in the network meanwhile */
    enum refusal no;
    case_run(&kit, &line_import_verb, &kit.system, &row, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(report(EFFECT_NETWORK_BAR, SWITCHED, "read back"), ACCEPTED);
    assert_int_equal(balance(LEDGER_PAID), 0);
    assert_int_equal(balance(LEDGER_SUSPENSION_FEE), FEE + 300);
    money_is_whole();
}

static void without_credit_it_is_free(void **state) {
    struct suspension s;
    (void)state;
    struct line_import row = case_row(10);
    row.paid_minor = 0;
    enum refusal no;
    case_run(&kit, &line_import_verb, &kit.system, &row, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(suspend_as(&kit.person, kit.line, 0), ACCEPTED);
    assert_int_equal(report(EFFECT_NETWORK_BAR, SWITCHED, "read back"), ACCEPTED);
    read_open(&s);
    assert_int_equal(s.fee_taken_minor, 0);
    assert_int_equal(balance(LEDGER_SUSPENSION_FEE), 0);
    money_is_whole();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(there_and_back, suspension_setup, suspension_teardown),
        cmocka_unit_test_setup_teardown(what_is_refused, suspension_setup, suspension_teardown),
        cmocka_unit_test_setup_teardown(lines_that_cannot, suspension_setup, suspension_teardown),
        cmocka_unit_test_setup_teardown(the_proofs, suspension_setup, suspension_teardown),
        cmocka_unit_test_setup_teardown(other_doors, suspension_setup, suspension_teardown),
        cmocka_unit_test_setup_teardown(wrong_numbers_are_counted, suspension_setup,
                                        suspension_teardown),
        cmocka_unit_test_setup_teardown(so_many_a_day, suspension_setup, suspension_teardown),
        cmocka_unit_test_setup_teardown(the_same_form_twice, suspension_setup, suspension_teardown),
        cmocka_unit_test_setup_teardown(the_quote_binds, suspension_setup, suspension_teardown),
        cmocka_unit_test_setup_teardown(without_credit_it_is_free, suspension_setup,
                                        suspension_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
