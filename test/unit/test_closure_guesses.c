/* Who may still try: strangers' failures shut nobody out who is signed in, guesses cost the same
 * whether there is such a closure or not, and no door needs a policy that is not in force. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "case_kit.h"

static struct case_kit kit;

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

static enum refusal confirm(const struct actor *actor, struct closure_confirm in) {
    enum refusal no;
    case_run(&kit, &closure_confirm_verb, actor, &in, &no);
    return no;
}

static enum refusal withdraw(const struct actor *actor, int64_t id, const char *code) {
    struct closure_withdraw in = {.closure = id};
    enum refusal no;
    snprintf(in.code, sizeof in.code, "%s", code);
    case_run(&kit, &closure_withdraw_verb, actor, &in, &no);
    return no;
}

static enum refusal resend(const struct actor *actor, int64_t id, const char *secret) {
    struct closure_resend in = {.closure = id};
    enum refusal no;
    snprintf(in.status_secret, sizeof in.status_secret, "%s", secret);
    case_run(&kit, &closure_resend_verb, actor, &in, &no);
    return no;
}

static void code_of(int64_t id, char code[16]) {
    struct closure closure;
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    closure_code(&kit.kit.secrets, &closure, code);
}

/* What strangers fail at, from everywhere: all budgets but the line's and the account's are spent.
 */
static void strangers_fail(void) {
    struct closure_confirm in = {.closure = 4711, .secret = "guess"};
    struct actor neighbour = kit.anyone, integrator = kit.anyone;
    memcpy(neighbour.address, kit.person.address, sizeof neighbour.address);
    memcpy(integrator.address, kit.api.address, sizeof integrator.address);
    confirm(&neighbour, in);
    confirm(&integrator, in);
    confirm(&kit.anyone, in);
    kit_sql(&kit.kit, "UPDATE budget SET count = 1000000 WHERE scope IN ('address', 'overall')");
    assert_int_equal(confirm(&kit.anyone, in), REFUSED_TOO_MANY);
}

static void strangers_lock_nobody_out(void **state) {
    struct closure_confirm in = {0};
    struct closure closure;
    char status[STATUS_SECRET_SIZE];
    (void)state;
    strangers_fail();
    enum refusal no;
    int64_t id = case_submit(&kit, 0, &no);
    assert_int_equal(no, ACCEPTED);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    closure_status_secret(&kit.kit.secrets, &closure, status);
    assert_int_equal(resend(&kit.anyone, id, status), ACCEPTED); /* it cannot be guessed */
    assert_int_equal(resend(&kit.anyone, id, "2222-2222-2222-2222"), REFUSED_TOO_MANY);
    assert_int_equal(resend(&kit.person, id, "2222-2222-2222-2222"), ACCEPTED);
    in.closure = id;
    code_of(id, in.code);
    assert_int_equal(confirm(&kit.anyone, in), REFUSED_TOO_MANY);
    assert_int_equal(withdraw(&kit.anyone, id, in.code), REFUSED_TOO_MANY);
    assert_int_equal(confirm(&kit.person, in), ACCEPTED);
    assert_int_equal(withdraw(&kit.person, id, in.code), ACCEPTED);
}

static void one_address_speaks_for_many(void **state) {
    struct closure_confirm in = {.code = "00000000"};
    (void)state;
    strangers_fail();
    in.closure = case_submit(&kit, 0, NULL);
    assert_int_equal(confirm(&kit.api, in), REFUSED_CODE_WRONG);
    code_of(in.closure, in.code);
    assert_int_equal(confirm(&kit.api, in), ACCEPTED);
    in.closure = 4711;
    assert_int_equal(confirm(&kit.api, in), REFUSED_NOT_FOUND); /* its own list says so too */
    assert_int_equal(withdraw(&kit.api, 4711, "1"), REFUSED_NOT_FOUND);
}

static int64_t rows_written(void) {
    return kit_number(&kit.kit, "SELECT (SELECT coalesce(sum(count), 0) FROM budget) + "
                                "(SELECT coalesce(sum(confirm_attempts), 0) FROM closure)");
}

static void known_and_unknown_are_alike(void **state) {
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    struct closure_confirm known = {.closure = id, .code = "00000000"};
    struct closure_confirm unknown = {.code = "00000000", .reference = "RO-2222-2222"};
    struct closure_confirm other = {.code = "00000000", .reference = "RO-3333-3333"};
    for (int i = 0; i < 7; i++) {
        int64_t before = rows_written();
        enum refusal one = confirm(&kit.anyone, known);
        int64_t between = rows_written();
        assert_int_equal(one, i < 5 ? REFUSED_CODE_WRONG : REFUSED_TOO_MANY);
        assert_int_equal(confirm(&kit.anyone, unknown), one);
        assert_int_equal(rows_written() - between, between - before);
    }
    assert_int_equal(confirm(&kit.anyone, other), REFUSED_CODE_WRONG); /* each has its own */
    assert_int_equal(withdraw(&kit.anyone, 4711, "1"), REFUSED_CODE_WRONG);
    assert_int_equal(withdraw(&kit.anyone, 4711, ""), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(withdraw(&kit.anyone, id, ""), REFUSED_NOT_SIGNED_IN);
}

static void a_code_calls_off_while_it_lives(void **state) {
    char code[16];
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    code_of(id, code);
    kit_now += 10 * MINUTE;
    assert_int_equal(withdraw(&kit.anyone, id, code), REFUSED_CODE_EXPIRED);
    assert_int_equal(resend(&kit.person, id, ""), ACCEPTED);
    code_of(id, code);
    for (int i = 0; i < 5; i++) /* the same count as for confirming */
        assert_int_equal(withdraw(&kit.anyone, id, "00000000"), REFUSED_CODE_WRONG);
    assert_int_equal(withdraw(&kit.anyone, id, code), REFUSED_TOO_MANY);
    struct closure_confirm in = {.closure = id};
    memcpy(in.code, code, sizeof code);
    assert_int_equal(confirm(&kit.anyone, in), REFUSED_TOO_MANY);
    assert_int_equal(resend(&kit.person, id, ""), ACCEPTED);
    code_of(id, code);
    assert_int_equal(withdraw(&kit.anyone, id, code), ACCEPTED);
}

/* As before the operator's first policy is in force, or where there is no operator. */
static void without_a_policy_nothing_is_found(void **state) {
    static const struct verb *const verbs[] = {&closure_submit_verb, &closure_resend_verb,
                                               &closure_confirm_verb, &closure_withdraw_verb};
    union {
        struct closure_submit submit;
        struct closure_resend resend;
        struct closure_confirm confirm;
        struct closure_withdraw withdraw;
    } in;
    struct actor nowhere = kit.anyone, person = kit.person;
    enum refusal no;
    (void)state;
    nowhere.operator= person.operator= 77;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        memset(&in, 0, sizeof in);
        case_run(&kit, verbs[i], i ? &nowhere : &person, &in, &no);
        assert_int_equal(no, REFUSED_NOT_FOUND);
    }
    struct line_import row = case_row(20);
    struct actor system = kit.system;
    system.operator= 77;
    case_run(&kit, &line_import_verb, &system, &row, &no);
    assert_int_equal(no, REFUSED_NOT_FOUND);
}

static void a_reason_of_three_hundred_characters(void **state) {
    struct closure closure;
    struct line_import row = case_row(10);
    struct closure_submit in = {.line = kit.line, .document_type = "hkid"};
    enum refusal no;
    (void)state;
    memcpy(in.document, row.document, sizeof in.document);
    for (int i = 0; i < 300; i++)
        memcpy(in.reason + strlen(in.reason), "\xF0\xA0\xAE\xB7", 5); /* four bytes each */
    int64_t id = case_run(&kit, &closure_submit_verb, &kit.person, &in, &no);
    assert_int_equal(no, ACCEPTED);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    assert_string_equal(closure.reason, in.reason);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(strangers_lock_nobody_out, setup, teardown),
        cmocka_unit_test_setup_teardown(one_address_speaks_for_many, setup, teardown),
        cmocka_unit_test_setup_teardown(known_and_unknown_are_alike, setup, teardown),
        cmocka_unit_test_setup_teardown(a_code_calls_off_while_it_lives, setup, teardown),
        cmocka_unit_test_setup_teardown(without_a_policy_nothing_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(a_reason_of_three_hundred_characters, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
