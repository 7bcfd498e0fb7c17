/* The view of a line's credit promises what the rules would do now, and no more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "case_kit.h"
#include "views/views.h"

enum { PAID = 8640 }; /* of each line of the kit */

static struct case_kit kit;
static struct arena arena;

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    arena_open(&arena, 4 * 1024 * 1024);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_close(&arena);
    case_close(&kit);
    return 0;
}

/* From now on the policy says something else. */
static void rule(const char *from, const char *to) {
    char sql[400];
    snprintf(sql, sizeof sql, "UPDATE policy SET text = replace(text, '%s', '%s')", from, to);
    kit_sql(&kit.kit, sql);
    kit_restart(&kit.kit);
}

static json_t *credit(void) {
    const struct tenants *tenants = committer_tenants(kit.kit.committer);
    const struct tenant *tenant = tenant_find(tenants, CASE_OPERATOR);
    struct view_context context = {.engine = kit.kit.engine,
                                   .reader = kit.kit.reader,
                                   .actor = &kit.person,
                                   .tenant = tenant,
                                   .policy = &tenant->policies[0],
                                   .secrets = &kit.kit.secrets,
                                   .arena = &arena,
                                   .now = kit_now};
    json_t *json = NULL;
    assert_int_equal(view_show(view_of("credit"), &context, kit.line, &json), ACCEPTED);
    committer_tenants_release(kit.kit.committer, tenants);
    return json;
}

/* What of the paid credit becomes that by that rule; 0: nothing. */
static int64_t becomes(const json_t *view, const char *fate, const char *by) {
    json_t *item, *list = json_object_get(view, "becomes");
    size_t i;
    json_array_foreach(list, i, item) {
        const char *what = json_string_value(json_object_get(item, "becomes"));
        const char *which = json_string_value(json_object_get(item, "rule"));
        if (strcmp(what, fate) == 0 && strcmp(which, by) == 0)
            return json_integer_value(json_object_get(item, "amount_minor"));
    }
    return 0;
}

static bool is_true(const json_t *view, const char *name) {
    return json_is_true(json_object_get(view, name));
}

static void all_of_it_is_refunded(void **state) {
    json_t *view = credit();
    (void)state;
    assert_int_equal(becomes(view, "refund", "refund.offered"), PAID);
    assert_int_equal(becomes(view, "not_refunded", "refund.minimum_minor"), 0);
    assert_int_equal(becomes(view, "not_refunded", "refund.online"), 0);
    assert_int_equal(becomes(view, "unclaimed", "credit.paid"), PAID);
    json_decref(view);
}

/* A sum that no way takes is not promised. */
static void too_little_is_not_promised(void **state) {
    (void)state;
    rule("\"minimum_minor\": 1, \"fee_minor\": 0", "\"minimum_minor\": 8641, \"fee_minor\": 0");
    json_t *view = credit();
    assert_int_equal(becomes(view, "refund", "refund.offered"), 0);
    assert_int_equal(becomes(view, "not_refunded", "refund.minimum_minor"), PAID);
    json_decref(view);
}

/* Nothing but the way back to a payment is offered, and no payment is known. */
static void what_no_way_takes_is_not_promised(void **state) {
    (void)state;
    rule("\"hkid_proxy\": true, \"fps_id\": true, \"bank\": true, \"original\": true, \"abroad\": "
         "true, \"cash\": true",
         "\"hkid_proxy\": false, \"fps_id\": false, \"bank\": false, \"original\": true, "
         "\"abroad\": false, \"cash\": false");
    json_t *view = credit();
    assert_int_equal(becomes(view, "refund", "refund.offered"), 0);
    assert_int_equal(becomes(view, "not_refunded", "refund.minimum_minor"), PAID);
    json_decref(view);
    kit_sql(&kit.kit, "INSERT INTO charge (id, operator, line, kind, account, amount_minor, at, "
                      "booked_at, channel, refunded_minor, late, transaction_id, payment) SELECT "
                      "9, 4096, min(id), 1, 2, 700, 1, 1, 3, 100, 0, 'T', 'P' FROM line");
    view = credit();
    assert_int_equal(becomes(view, "refund", "refund.offered"), 600);
    assert_int_equal(becomes(view, "not_refunded", "refund.ways"), PAID - 600);
    json_decref(view);
}

/* "Now" is not while it cools down, and not while the line is being closed. */
static void what_can_be_transferred_now(void **state) {
    (void)state;
    json_t *view = credit();
    assert_true(is_true(view, "can_transfer"));
    json_decref(view);
    kit_sql(&kit.kit, "UPDATE line SET transferred_at = 1900000000000");
    view = credit();
    assert_false(is_true(view, "can_transfer"));
    json_decref(view);
    kit_sql(&kit.kit, "UPDATE line SET transferred_at = 0");
    case_submit(&kit, 0, NULL);
    view = credit();
    assert_false(is_true(view, "can_transfer"));
    json_decref(view);
}

/* The fee is part of what goes. */
static void a_transfer_with_its_fee(void **state) {
    (void)state;
    rule("\"maximum_minor\": 200000, \"fee_minor\": 0",
         "\"maximum_minor\": 5000, \"fee_minor\": 40");
    json_t *view = credit();
    assert_int_equal(becomes(view, "transfer", "transfer.offered"), 5040);
    json_decref(view);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_of_it_is_refunded, setup, teardown),
        cmocka_unit_test_setup_teardown(too_little_is_not_promised, setup, teardown),
        cmocka_unit_test_setup_teardown(what_no_way_takes_is_not_promised, setup, teardown),
        cmocka_unit_test_setup_teardown(what_can_be_transferred_now, setup, teardown),
        cmocka_unit_test_setup_teardown(a_transfer_with_its_fee, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
