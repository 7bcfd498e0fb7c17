/* The view of a line's credit and its movements: whose they are, what becomes of it by which rule,
 * and in what order they are read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "case_kit.h"
#include "commands/charging.h"
#include "views/views.h"

static struct case_kit kit;
static struct arena arena;
static int64_t after, limit; /* of a list */

static int setup(void **state) {
    (void)state;
    after = limit = 0;
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

static json_t *show_to(const struct actor *actor, const char *name, int64_t id,
                       enum refusal *refusal) {
    const struct tenants *tenants = committer_tenants(kit.kit.committer);
    const struct tenant *tenant = tenant_find(tenants, CASE_OPERATOR);
    struct actor asking = *actor;
    snprintf(asking.scopes, sizeof asking.scopes, "lines:read credit:write");
    struct view_context context = {.engine = kit.kit.engine,
                                   .reader = kit.kit.reader,
                                   .actor = &asking,
                                   .tenant = tenant,
                                   .policy = &tenant->policies[0],
                                   .secrets = &kit.kit.secrets,
                                   .arena = &arena,
                                   .after = after,
                                   .limit = limit,
                                   .now = kit_now};
    json_t *json = NULL;
    *refusal = view_show(view_of(name), &context, id, &json);
    committer_tenants_release(kit.kit.committer, tenants);
    return json;
}

static json_t *show(const char *name) {
    enum refusal no;
    json_t *json = show_to(&kit.person, name, kit.line, &no);
    assert_int_equal(no, ACCEPTED);
    return json;
}

static void nothing(const struct actor *actor, int64_t line) {
    enum refusal no;
    assert_null(show_to(actor, "credit", line, &no));
    assert_int_equal(no, REFUSED_NOT_FOUND);
    assert_null(show_to(actor, "movements", line, &no));
    assert_int_equal(no, REFUSED_NOT_FOUND);
}

static int64_t number_of(const json_t *json, const char *name) {
    return json_integer_value(json_object_get(json, name));
}

static const char *text_of(const json_t *json, const char *name) {
    return json_string_value(json_object_get(json, name));
}

/* The first thing that becomes of the credit by the rule, or NULL. */
static const json_t *by_rule(const json_t *view, const char *rule) {
    const json_t *item;
    size_t i;
    json_array_foreach(json_object_get(view, "becomes"), i, item) {
        if (strcmp(text_of(item, "rule"), rule) == 0)
            return item;
    }
    return NULL;
}

static void policy(const char *from, const char *to) {
    char sql[240];
    snprintf(sql, sizeof sql, "UPDATE policy SET text = replace(text, '%s', '%s')", from, to);
    kit_sql(&kit.kit, sql);
    kit_restart(&kit.kit);
}

static void whose_it_is(void **state) {
    struct actor elsewhere = kit.api;
    enum refusal no;
    (void)state;
    nothing(&kit.person, kit.other_line);
    nothing(&kit.person, 4711);
    elsewhere.operator= 8192;
    nothing(&elsewhere, kit.line);
    json_t *json = show_to(&kit.api, "credit", kit.line, &no);
    assert_int_equal(no, ACCEPTED);
    assert_string_not_equal(text_of(json, "number"), case_row(10).number); /* masked */
    json_decref(json);
    json = show("credit");
    assert_string_equal(text_of(json, "number"), case_row(10).number);
    json_decref(json);
    /* Who came to the line without its SIM sees none of it. */
    kit_sql(&kit.kit, "UPDATE account_line SET how = 3");
    nothing(&kit.person, kit.line);
    kit_sql(&kit.kit, "UPDATE account_line SET how = 2");
    nothing(&kit.person, kit.line);
}

static void what_becomes_of_it(void **state) {
    (void)state;
    kit_sql(&kit.kit, "UPDATE line SET online_minor = 640");
    json_t *json = show("credit");
    assert_int_equal(number_of(json, "refundable_minor"), 8640);
    assert_int_equal(number_of(by_rule(json, "refund.offered"), "amount_minor"), 8640);
    assert_null(by_rule(json, "refund.online"));
    assert_string_equal(text_of(by_rule(json, "credit.paid"), "becomes"), "unclaimed");
    assert_string_equal(text_of(by_rule(json, "credit.promotional"), "becomes"), "ends");
    assert_int_equal(number_of(by_rule(json, "credit.promotional"), "amount_minor"), 500);
    assert_int_equal(json_array_size(json_object_get(json, "ways")), 6);
    json_decref(json);
    kit_sql(&kit.kit, "UPDATE policy SET text = replace(text, '\"original\": true', "
                      "'\"original\": false')");
    policy("\"online\": true", "\"online\": false");
    json = show("credit");
    assert_int_equal(number_of(json, "refundable_minor"), 8000);
    assert_int_equal(number_of(by_rule(json, "refund.online"), "amount_minor"), 640);
    json_decref(json);
    policy("\"leave\": true", "\"leave\": false");
    policy("\"offered\": true, \"online\"", "\"offered\": false, \"online\"");
    json = show("credit");
    assert_int_equal(number_of(json, "refundable_minor"), 0);
    assert_string_equal(text_of(by_rule(json, "refund.offered"), "becomes"), "not_refunded");
    assert_null(by_rule(json, "credit.leave"));
    assert_int_equal(json_array_size(json_object_get(json, "ways")), 0);
    json_decref(json);
}

static void the_ways(void **state) {
    struct credit_top_up in = {.line = kit.line,
                               .amount_minor = 700,
                               .at = kit_now,
                               .transaction = "T-1",
                               .currency = "HKD",
                               .channel = "online",
                               .payment = "P-1"};
    const json_t *item;
    size_t i;
    (void)state;
    case_run(&kit, &credit_top_up_verb, &kit.system, &in, NULL);
    json_t *json = show("credit");
    json_array_foreach(json_object_get(json, "ways"), i, item) {
        bool abroad = strcmp(text_of(item, "way"), "abroad") == 0;
        bool original = strcmp(text_of(item, "way"), "original") == 0;
        int64_t whole = original ? 700 : 9340; /* not more than the payment paid in */
        assert_int_equal(number_of(item, "fee_minor"), abroad ? 15000 : 0);
        assert_int_equal(number_of(item, "arrives_minor"), abroad ? 0 : whole);
        assert_int_equal(json_is_true(json_object_get(item, "possible")), !abroad);
    }
    json_decref(json);
}

/* Of a closed line: what can be claimed, and what becomes of it when the time is over. */
static void what_is_unclaimed(void **state) {
    int64_t id = case_executing(&kit);
    struct network_cut cut = {.closure = id, .line = kit.line, .effect = 1, .evidence = "gone"};
    (void)state;
    case_run(&kit, &network_cut_verb, &kit.system, &cut, NULL);
    json_t *json = show("credit");
    assert_int_equal(number_of(json, "paid_minor"), 0);
    assert_int_equal(number_of(json, "unclaimed_minor"), 8640);
    assert_string_equal(text_of(by_rule(json, "credit.unclaimed_claim_months"), "becomes"),
                        "claim");
    assert_string_equal(text_of(by_rule(json, "credit.after_claim"), "becomes"), "lapses");
    assert_null(by_rule(json, "credit.promotional")); /* it has ended */
    assert_false(json_is_true(json_object_get(json, "can_transfer")));
    json_decref(json);
    struct closure closure;
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    kit_now = closure.claim_until;
    policy("\"after_claim\": \"breakage\"", "\"after_claim\": \"keep\"");
    json = show("credit");
    assert_int_equal(number_of(json, "refundable_minor"), 0);
    assert_int_equal(json_array_size(json_object_get(json, "becomes")), 1);
    assert_string_equal(text_of(by_rule(json, "credit.after_claim"), "becomes"), "stays");
    json_decref(json);
}

/* Of another server's chain, whose entries have smaller ids, comes a later posting. */
static void by_time(void **state) {
    struct ledger_account accounts[LEDGERS_A_LINE] = {{0}};
    struct key key = {.id = kit.line, .operator= CASE_OPERATOR };
    struct want want = {
        .statement = LEDGER_OF_LINE, .in = &key, .rows = accounts, .room = LEDGERS_A_LINE};
    (void)state;
    assert_int_equal(kit.kit.engine->read(kit.kit.reader, &want, 1), STORE_OK);
    const struct ledger_account *paid = ledger_find(accounts, LEDGER_PAID);
    struct posting late = {.id = 77,
                           .operator= CASE_OPERATOR,
                           .account = paid->id,
                           .amount = -40,
                           .at = kit_now + DAY,
                           .entry = 64,
                           .movement = MOVED_SPENT};
    kit_put(&kit.kit, POSTING_ADD, &late);
    json_t *json = show("movements");
    const json_t *items = json_object_get(json, "items");
    assert_int_equal(json_array_size(items), 3);
    assert_int_equal(number_of(json_array_get(items, 0), "amount_minor"), -40);
    json_decref(json);
    limit = 1;
    int64_t seen[4] = {0};
    for (int i = 0; i < 3; i++) {
        json = show("movements");
        const json_t *one = json_array_get(json_object_get(json, "items"), 0);
        seen[i] = number_of(one, "amount_minor");
        const char *next = text_of(json, "next");
        assert_int_equal(next != NULL, i < 2);
        after = next ? strtoll(next, NULL, 10) : after;
        json_decref(json);
    }
    assert_int_equal(seen[0], -40);
    assert_int_equal(seen[1] + seen[2], 9140);
    after = 1; /* there is no such movement */
    json = show("movements");
    assert_int_equal(json_array_size(json_object_get(json, "items")), 0);
    json_decref(json);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(whose_it_is, setup, teardown),
        cmocka_unit_test_setup_teardown(what_becomes_of_it, setup, teardown),
        cmocka_unit_test_setup_teardown(the_ways, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_unclaimed, setup, teardown),
        cmocka_unit_test_setup_teardown(by_time, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
