/* What the preview and the view settlement say of the credit is what is booked, part by part. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "choice_kit.h"
#include "store/tenants.h"
#include "views/views.h"

static struct arena arena;

static json_t *show(const char *name, int64_t id) {
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
    assert_int_equal(view_show(view_of(name), &context, id, &json), ACCEPTED);
    committer_tenants_release(kit.kit.committer, tenants);
    return json;
}

static const char *text_of(const json_t *json, const char *name) {
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

static int64_t number_of(const json_t *json, const char *name) {
    return json_integer_value(json_object_get(json, name));
}

/* The amount of a part in a preview; 0: there is none. */
static int64_t part_of(const json_t *json, const char *part) {
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(json, "becomes"), i, item) {
        if (strcmp(text_of(item, "part"), part) == 0) {
            assert_true(strlen(text_of(item, "rule")) > 0);
            return number_of(item, "amount_minor");
        }
    }
    return 0;
}

/* What left the line's paid credit by this movement. */
static int64_t moved(enum movement movement) {
    char sql[200];
    snprintf(sql, sizeof sql,
             "SELECT -coalesce(sum(amount), 0) FROM posting WHERE movement = %d AND account = "
             "(SELECT id FROM ledger_account WHERE kind = 2 AND line = %lld)",
             (int)movement, (long long)kit.line);
    return kit_number(&kit.kit, sql);
}

static void as_previewed(const json_t *preview) {
    json_t *after = show("settlement", closure);
    assert_int_equal(part_of(preview, "refund"), moved(MOVED_REFUND));
    assert_int_equal(part_of(preview, "transfer"), moved(MOVED_TRANSFER));
    assert_int_equal(part_of(preview, "fee"), moved(MOVED_REFUND_FEE) + moved(MOVED_TRANSFER_FEE));
    assert_int_equal(part_of(preview, "left"), moved(MOVED_LEFT));
    assert_int_equal(part_of(preview, "unclaimed"), moved(MOVED_UNCLAIMED));
    assert_int_equal(part_of(preview, "refund"), number_of(after, "refund_minor"));
    assert_int_equal(part_of(preview, "transfer"), number_of(after, "transfer_minor"));
    assert_int_equal(part_of(preview, "fee"), number_of(after, "fee_minor"));
    assert_int_equal(part_of(preview, "left"), number_of(after, "left_minor"));
    assert_int_equal(part_of(preview, "unclaimed"), number_of(after, "unclaimed_minor"));
    json_decref(after);
}

static void previewed(struct credit_choose in) {
    put("UPDATE policy SET text = replace(replace(text, '\"abroad_fee_minor\": 15000', "
        "'\"abroad_fee_minor\": 150'), '200000, \"fee_minor\": 0', '200000, \"fee_minor\": 30')");
    in.closure = closure;
    bool none = in.choice[0] == 'n'; /* as it is already */
    assert_int_equal(choose(in), none ? REFUSED_UNCHANGED : ACCEPTED);
    json_t *preview = show("preview", kit.line);
    assert_int_equal(part_of(preview, "ends"), 500);
    close_line();
    as_previewed(preview);
    json_decref(preview);
}

static void a_refund(void **state) {
    (void)state;
    previewed((struct credit_choose){.choice = "refund",
                                     .to = {.way = "abroad",
                                            .name = "CHAN Tai Man",
                                            .number = "GB29NWBK60161331926819",
                                            .bic = "NWBKGB2L",
                                            .country = "GB"}});
    assert_int_equal(moved(MOVED_REFUND), CHOICE_PAID - 150);
}

static void a_transfer(void **state) {
    (void)state;
    previewed((struct credit_choose){
        .choice = "transfer",
        .at = {.target_number = "+85261230011", .target_again = "+85261230011"}});
    assert_int_equal(moved(MOVED_TRANSFER), CHOICE_PAID - 30);
}

static void left_and_nothing(void **state) {
    (void)state;
    previewed((struct credit_choose){.choice = "leave", .leave_minor = CHOICE_PAID});
    assert_int_equal(moved(MOVED_LEFT), CHOICE_PAID);
    choice_teardown(NULL);
    assert_int_equal(choice_setup(NULL), 0);
    previewed((struct credit_choose){.choice = "none"});
    assert_int_equal(moved(MOVED_UNCLAIMED), CHOICE_PAID);
}

static int setup(void **state) {
    arena_open(&arena, 4 * 1024 * 1024);
    return choice_setup(state);
}

static int teardown(void **state) {
    arena_close(&arena);
    return choice_teardown(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_refund, setup, teardown),
        cmocka_unit_test_setup_teardown(a_transfer, setup, teardown),
        cmocka_unit_test_setup_teardown(left_and_nothing, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
