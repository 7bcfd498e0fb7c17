/* Policies that were loaded by an earlier version: read on, with what came later filled in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rules/policy.h"

static struct policy harbour;

static int demo_read(void **state) {
    static char text[POLICY_TEXT_SIZE];
    char path[1024];
    struct policy_faults faults;
    const char *root = getenv("RINGOFF_ROOT");
    (void)state;
    snprintf(path, sizeof path, "%s/packaging/demo/harbour.json", root ? root : ".");
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s cannot be opened", path);
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    return policy_read(text, length, &harbour, &faults) ? 0 : -1;
}

/* What came as a whole was not offered before: nothing is refunded or transferred by surprise. */
static void stored_groups(json_t *root) {
    static struct policy policy;
    struct policy_faults faults;
    json_t *old = json_deep_copy(root);
    json_object_del(old, "refund");
    json_object_del(old, "transfer");
    char *text = json_dumps(old, 0);
    assert_false(policy_read(text, strlen(text), &policy, &faults));
    assert_true(policy_read_stored(text, strlen(text), &policy, &faults));
    assert_false(policy.refund_offered);
    assert_false(policy.transfer_offered);
    assert_int_equal(policy.refund_payee_wait_hours, 72);
    free(text);
    json_decref(old);
}

/* One that was loaded before a field came is read; the field that it has is let be; what is wrong
 * with it otherwise is found. */
static void test_stored(void **state) {
    (void)state;
    static struct policy policy;
    struct policy_faults faults;
    static const struct {
        const char *group, *name;
    } later[] = {{"proof", "document_days"},
                 {"proof", "without_sim"},
                 {"session", "access_token_minutes"},
                 {"session", "app_session_days"},
                 {"suspension", "reminder_days"},
                 {"suspension", "escalate_minutes"},
                 {"suspension", "at_end"},
                 {"credit", "leave"},
                 {"credit", "late_debit"},
                 {"credit", "after_claim"}};
    json_t *root = policy_json(&harbour);
    for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
        char *text = json_dumps(root, 0);
        assert_true(policy_read_stored(text, strlen(text), &policy, &faults));
        assert_true(policy.document_days == (i > 0 ? 30 : harbour.document_days));
        free(text);
        assert_int_equal(json_object_del(json_object_get(root, later[i].group), later[i].name), 0);
        text = json_dumps(root, 0);
        assert_false(
            policy_read(text, strlen(text), &policy, &faults)); /* a new one must have it */
        free(text);
    }
    char *old = json_dumps(root, 0);
    assert_true(policy_read_stored(old, strlen(old), &policy, &faults));
    assert_int_equal(policy.document_days, 30);
    assert_int_equal(policy.without_sim, WITHOUT_SIM_COUNTER);
    assert_int_equal(policy.access_token_minutes, 15);
    assert_int_equal(policy.app_session_days, 30);
    assert_int_equal(policy.suspension_reminder_days, 1);
    assert_int_equal(policy.suspension_escalate_minutes, 60);
    free(old);
    json_object_del(json_object_get(root, "session"), "idle_minutes"); /* was always there */
    old = json_dumps(root, 0);
    assert_false(policy_read_stored(old, strlen(old), &policy, &faults));
    assert_string_equal(faults.fault[0].field, "session.idle_minutes");
    free(old);
    json_decref(root);
    assert_false(policy_read_stored("no policy", 9, &policy, &faults));
}

static void test_groups(void **state) {
    (void)state;
    json_t *root = policy_json(&harbour);
    stored_groups(root);
    json_decref(root);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stored),
        cmocka_unit_test(test_groups),
    };
    return cmocka_run_group_tests(tests, demo_read, NULL);
}
