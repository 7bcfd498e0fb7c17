/* Policies: those of the demo load; each rule is broken once, and refused by field and reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/civil.h"
#include "base/clock.h"
#include "rules/policy.h"
#include "rules/policy_field.h"

static char harbour_text[POLICY_TEXT_SIZE], kite_text[POLICY_TEXT_SIZE],
    heron_text[POLICY_TEXT_SIZE];
static struct policy harbour, kite, heron;

static size_t file_read(const char *name, char text[POLICY_TEXT_SIZE]) {
    char path[1024];
    const char *root = getenv("RINGOFF_ROOT");
    snprintf(path, sizeof path, "%s/packaging/demo/%s", root ? root : ".", name);
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s cannot be opened", path);
    size_t length = fread(text, 1, POLICY_TEXT_SIZE - 1, file);
    fclose(file);
    text[length] = '\0';
    return length;
}

static int demo_read(void **state) {
    (void)state;
    struct policy_faults faults;
    size_t length = file_read("harbour.json", harbour_text);
    bool good = policy_read(harbour_text, length, &harbour, &faults);
    for (size_t i = 0; i < faults.count; i++)
        print_error("harbour: %s %s\n", faults.fault[i].field, faults.fault[i].why);
    length = file_read("kite.json", kite_text);
    good = policy_read(kite_text, length, &kite, &faults) && good;
    for (size_t i = 0; i < faults.count; i++)
        print_error("kite: %s %s\n", faults.fault[i].field, faults.fault[i].why);
    length = file_read("heron.json", heron_text);
    good = policy_read(heron_text, length, &heron, &faults) && good;
    for (size_t i = 0; i < faults.count; i++)
        print_error("heron: %s %s\n", faults.fault[i].field, faults.fault[i].why);
    return good ? 0 : -1;
}

static void test_demo(void **state) {
    (void)state;
    assert_string_equal(harbour.operator, "harbour");
    assert_int_equal(harbour.undo_window_minutes, 30);
    assert_int_equal(harbour.quarantine_days, 90);
    assert_int_equal(harbour.retention_months, 12);
    assert_int_equal(harbour.languages[0], LANGUAGE_ZH_HANT);
    assert_int_equal(harbour.language_count, 3);
    assert_int_equal(harbour.currency_exponent, 2);
    assert_string_equal(harbour.name[LANGUAGE_ZH_HANT], "海港通訊");
    assert_string_equal(harbour.sms_sender, "#HarbourTel");
    assert_int_equal(harbour.attempts[BUDGET_OVERALL].count, 5000);
    assert_false(harbour.suspension_validity_runs);
    int64_t since;
    assert_true(civil_parse_time("2024-12-31T16:00:00Z", &since));
    assert_int_equal(harbour.effective_at, since);
    assert_int_equal(kite.languages[0], LANGUAGE_EN);
    assert_int_equal(kite.quarantine_days, 180);
    assert_true(kite.suspension_validity_runs);
    /* what becomes of paid credit differs so that everybody sees it */
    assert_true(harbour.refund_online && !kite.refund_online && heron.refund_online);
    assert_true(kite.refund_minimum_minor > harbour.refund_minimum_minor);
    assert_false(heron.leave || heron.refund_fee_minor || heron.refund_abroad_fee_minor);
    assert_int_equal(heron.after_claim, AFTER_CLAIM_KEEP);
    /* every number of the range belongs to one of the two */
    for (int i = 0; i < 10000000; i += 999) {
        char number[NUMBER_SIZE];
        snprintf(number, sizeof number, "+8526%07d", i);
        assert_int_equal(number_in_blocks(number, harbour.blocks, harbour.block_count) +
                             number_in_blocks(number, kite.blocks, kite.block_count),
                         1);
    }
}

static void test_round_trip(void **state) {
    (void)state;
    const struct policy *both[] = {&harbour, &kite};
    for (size_t i = 0; i < 2; i++) {
        json_t *json = policy_json(both[i]);
        assert_non_null(json);
        char *text = json_dumps(json, JSON_INDENT(1));
        struct policy again;
        struct policy_faults faults;
        assert_true(policy_read(text, strlen(text), &again, &faults));
        assert_memory_equal(&again, both[i], sizeof again);
        assert_null(json_object_get(json_object_get(json, "texts"), "privacy_note"));
        free(text);
        json_decref(json);
    }
    struct policy changed = harbour;
    changed.identity = IDENTITY_DOCUMENT;
    json_t *json = policy_json(&changed);
    assert_string_equal(json_string_value(json_object_get(json, "identity")), "document");
    json_decref(json);
    changed.identity = (enum policy_identity)7; /* shown as the last, never past the words */
    json = policy_json(&changed);
    assert_string_equal(json_string_value(json_object_get(json, "identity")), "document");
    json_decref(json);
}

static size_t allocations_left;

static void *allocate(size_t size) {
    if (!allocations_left)
        return NULL;
    allocations_left--;
    return malloc(size);
}

/* Whichever allocation fails, the answer is the whole policy or NULL, never a part of it. */
static void test_no_memory(void **state) {
    (void)state;
    json_t *expected = policy_json(&harbour), *json = NULL;
    size_t allowed = 0;
    json_set_alloc_funcs(allocate, free);
    for (; !json && allowed < 10000; allowed++) {
        allocations_left = allowed;
        json = policy_json(&harbour);
    }
    json_set_alloc_funcs(malloc, free);
    assert_true(allowed > 100 && json_equal(json, expected));
    json_decref(json);
    json_decref(expected);
}

/* Sets the path of Harbour's JSON to a value (none: takes it away) and reads it. */
static bool read_changed(const char *path, const char *value, struct policy_faults *faults) {
    json_t *root = json_loads(harbour_text, 0, NULL), *at = root;
    assert_non_null(root);
    const char *dot;
    for (; (dot = strchr(path, '.')); path = dot + 1) {
        char key[64];
        snprintf(key, sizeof key, "%.*s", (int)(dot - path), path);
        at = json_object_get(at, key);
        assert_non_null(at);
    }
    if (value) {
        json_t *new = json_loads(value, JSON_DECODE_ANY, NULL);
        assert_non_null(new);
        json_object_set_new(at, path, new);
    } else {
        assert_int_equal(json_object_del(at, path), 0);
    }
    char *text = json_dumps(root, 0);
    struct policy policy;
    bool good = policy_read(text, strlen(text), &policy, faults);
    free(text);
    json_decref(root);
    return good;
}

static void check_refused(const char *path, const char *value, const char *field, const char *why) {
    struct policy_faults faults;
    assert_false(read_changed(path, value, &faults));
    bool found = false;
    for (size_t i = 0; i < faults.count; i++)
        found = found ||
                (strcmp(faults.fault[i].field, field) == 0 && strstr(faults.fault[i].why, why));
    if (!found)
        fail_msg("%s = %s: got %zu faults, first: %s %s", path, value ? value : "(none)",
                 faults.count, faults.fault[0].field, faults.fault[0].why);
}

struct change {
    const char *path, *value, *field, *why;
};

static void check_all(const struct change *changes, size_t count) {
    for (size_t i = 0; i < count; i++)
        check_refused(changes[i].path, changes[i].value, changes[i].field, changes[i].why);
}

static void test_form(void **state) {
    (void)state;
    static const struct change changes[] = {
        {"colour", "1", "colour", "is not a field"},
        {"a\\b\n", "1", "a\\b?", "is not a field"},
        {"closure.hours", "1", "closure.hours", "is not a field"},
        {"closure", "1", "closure", "must be an object"},
        {"closure", NULL, "closure", "is missing"},
        {"currency", NULL, "currency", "is missing"},
        {"caps.person", NULL, "caps.person", "is missing"},
        {"caps.person", "1.5", "caps.person", "whole number"},
        {"caps.person", "\"5\"", "caps.person", "whole number"},
        {"operator", "7", "operator", "must be a text"},
        {"operator", "\"abcdefghijklmnopqrstuvwxyzabcdefg\"", "operator", "longer than 32"},
        {"counters.en", "\"a\\u202eb\"", "counters.en", "control characters"},
        {"counters.en", "\"a\\nb\"", "counters.en", "control characters"},
        {"name", "\"Harbour\"", "name", "object of texts"},
        {"name.fr", "\"Port\"", "name.fr", "not one of the languages"},
        {"name.en", "5", "name.en", "must be a text"},
        {"languages", "\"en\"", "languages", "list of at most 3"},
        {"languages", "[\"en\",\"en\",\"en\",\"en\"]", "languages", "list of at most 3"},
        {"languages", "[\"en\",\"fr\"]", "languages[1]", "not one of"},
        {"languages", "[5]", "languages[0]", "not one of"},
        {"languages", "[\"en\",\"en\"]", "languages[1]", "twice"},
        {"hosts", "{}", "hosts", "list of at most 8"},
        {"hosts", "[1]", "hosts[0]", "must be a text"},
        {"number_blocks", "7", "number_blocks", "list of at most 32"},
        {"number_blocks", "[7]", "number_blocks[0]", "from and to"},
        {"number_blocks", "[{\"from\":\"+1\",\"till\":\"+2\"}]", "number_blocks[0]", "from and to"},
        {"number_blocks", "[{\"till\":\"+1\",\"to\":\"+2\"}]", "number_blocks[0]", "from and to"},
        {"number_blocks", "[{\"from\":1,\"to\":\"+2\"}]", "number_blocks[0]", "must be a text"},
        {"effective_from", "5", "effective_from", "must be a time"},
        {"effective_from", "\"2026-02-30T00:00:00Z\"", "effective_from", "must be a time"},
        {"suspension.validity_runs", "1", "suspension.validity_runs", "true or false"},
        {"identity", "\"trust\"", "identity", "match|document"},
        {"identity", "\"matc\"", "identity", "match|document"},
        {"identity", "\"\"", "identity", "match|document"},
        {"identity", "true", "identity", "match|document"},
        {"credit.promotional", "\"keeps\"", "credit.promotional", "ends"},
        {"credit.paid", "\"kept\"", "credit.paid", "unclaimed"},
    };
    check_all(changes, sizeof changes / sizeof *changes);
}

static const struct change rule_changes[] = {
    {"closure.link_life_hours", "21", "closure.link_life_hours", "one-day clock"},
    {"closure.undo_window_minutes", "61", "closure.link_life_hours", "1441 minutes"},
    {"closure.execution_margin_hours", "4", "closure.link_life_hours", "one-day clock"},
    {"closure.code_life_minutes", "11", "closure.code_life_minutes", "ASVS"},
    {"closure.confirmation_reminder_hours", "20", "closure.confirmation_reminder_hours",
     "before the link ends"},
    {"closure.escalate_hours_before_due", "3", "closure.escalate_hours_before_due", "4 hours"},
    {"numbers.quarantine_days", "44", "numbers.quarantine_days", "45 days"},
    {"numbers.reclaim_days", "91", "numbers.reclaim_days", "quarantine"},
    {"numbers.reclaim_days", "-1", "numbers.reclaim_days", "is -1 and must be 0 to"},
    {"records.retention_months", "11", "records.retention_months", "12 months"},
    {"caps.person", "11", "caps.person", "allows a person 10"},
    {"caps.company", "26", "caps.company", "allows a company 25"},
    {"credit.unclaimed_claim_months", "11", "credit.unclaimed_claim_months", "its owner's"},
    {"refund.ways",
     "{\"hkid_proxy\":false,\"fps_id\":false,\"bank\":false,\"original\":false,"
     "\"abroad\":false,\"cash\":false}",
     "refund.ways", "offer one way"},
    {"refund.online", "false", "refund.ways.original", "leaves out"},
    {"refund.minimum_minor", "0", "refund.minimum_minor", "must be 1 to"},
    {"refund.fee_minor", "1", "refund.minimum_minor", "never all of the credit"},
    {"refund.unverified_second_minor", "50001", "refund.unverified_second_minor", "sooner"},
    {"refund.arrives_days", "91", "refund.arrives_days", "three months"},
    {"refund.payee_wait_hours", "0", "refund.payee_wait_hours", "object"},
    {"refund.payee_wait_hours", "240", "refund.payee_wait_hours", "before it arrives"},
    {"transfer.minimum_minor", "200001", "transfer.minimum_minor", "transfer.maximum_minor"},
    {"transfer.day_minor", "199999", "transfer.maximum_minor", "transfer.day_minor"},
    {"session.idle_minutes", "121", "session.idle_minutes", "1 to 120"},
    {"account.password_maximum", "63", "account.password_maximum", "pass phrase"},
    {"attempts.line.window_minutes", "1441", "attempts.line.window_minutes", "last way out"},
    {"version", "0", "version", "is 0"},
    {"operator", "\"Harbour\"", "operator", "a-z"},
    {"operator", "\"h\"", "operator", "2 to 32"},
    {"currency", "\"XXX\"", "currency", "ISO 4217"},
    {"country_code", "\"\"", "country_code", "1 to 3 digits"},
    {"country_code", "\"085\"", "country_code", "not begin with 0"},
    {"country_code", "\"86\"", "number_blocks[0]", "country_code"},
    {"national_digits", "9", "number_blocks[0]", "national_digits"},
    {"languages", "[]", "languages", "default first"},
    {"sms_sender", "\"Harbour\"", "sms_sender", "OFCA"},
    {"sms_sender", "\"#\"", "sms_sender", "OFCA"},
    {"sms_sender", "\"#Tel!\"", "sms_sender", "OFCA"},
    {"hotline.number", "\"21230000\"", "hotline.number", "E.164"},
    {"hosts", "[]", "hosts", "one host"},
    {"hosts", "[\"a.hk\",\"a.hk\"]", "hosts[1]", "twice"},
    {"number_blocks", "[]", "number_blocks", "one block"},
    {"number_blocks", "[{\"from\":\"+85262000000\",\"to\":\"+85261000000\"}]", "number_blocks[0]",
     "not smaller"},
    {"number_blocks", "[{\"from\":\"+85262000000\",\"to\":\"+8536100000\"}]", "number_blocks[0]",
     "same length"},
    {"number_blocks", "[{\"from\":\"+85262000000\",\"to\":\"+85361000000\"}]", "number_blocks[0]",
     "country_code"},
    {"number_blocks",
     "[{\"from\":\"+85260000000\",\"to\":\"+85260000009\"},"
     "{\"from\":\"+85260000009\",\"to\":\"+85260000010\"}]",
     "number_blocks[1]", "overlaps number_blocks[0]"},
    {"name.zh-Hans-CN", NULL, "name", "zh-Hans-CN"},
    {"hotline.hours.en", "\"\"", "hotline.hours", "has no text in en"},
    {"counters.en", NULL, "counters", "has no text in en"},
    {"texts.start_note.zh-Hant-HK", NULL, "texts.start_note", "zh-Hant-HK"},
};

static void test_rules(void **state) {
    (void)state;
    check_all(rule_changes, sizeof rule_changes / sizeof *rule_changes);
    static const char *const hosts[] = {"[\"\"]",      "[\"A.hk\"]",  "[\"a..hk\"]",
                                        "[\".hk\"]",   "[\"a.-hk\"]", "[\"a-.hk\"]",
                                        "[\"a.hk.\"]", "[\"a.hk-\"]", "[\"a:80\"]"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        check_refused("hosts", hosts[i], "hosts[0]", "host name");
}

static void test_allowed(void **state) {
    (void)state;
    struct policy_faults faults;
    static const struct {
        const char *path, *value;
    } changes[] = {{"languages", "[\"en\"]"},
                   {"texts.start_note", NULL},
                   {"texts.start_note", "{}"},
                   {"caps.person", "3"},
                   {"closure.undo_window_minutes", "60"},
                   {"numbers.quarantine_days", "45"},
                   {"numbers.reclaim_days", "90"},
                   {"hosts", "[\"a-b.example\",\"localhost\"]"},
                   {"currency", "\"JPY\""},
                   {"refund.offered", "false"},
                   {"refund.minimum_minor", "2"},
                   {"identity", "\"document\""}};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        assert_true(read_changed(changes[i].path, changes[i].value, &faults));
}

static void test_text(void **state) {
    (void)state;
    static struct policy policy;
    struct policy_faults faults;
    static const struct {
        const char *text, *why;
    } cases[] = {{"", "line"},
                 {"[]", "must be a JSON object"},
                 {"{\"version\":1,\"version\":2}", "duplicate"},
                 {"{\"version\":1e999}", "line 1"},
                 {"{\"version\":9223372036854775808}", "line 1"},
                 {"{\"name\":\"\xFF\"}", "line 1"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(policy_read(cases[i].text, strlen(cases[i].text), &policy, &faults));
        assert_non_null(strstr(faults.fault[0].why, cases[i].why));
        assert_string_equal(faults.fault[0].field, "");
    }
    static char longer[POLICY_TEXT_SIZE + 1];
    memset(longer, ' ', POLICY_TEXT_SIZE);
    assert_false(policy_read(longer, POLICY_TEXT_SIZE, &policy, &faults));
    assert_non_null(strstr(faults.fault[0].why, "longer than"));
    assert_false(policy_read("{}", 2, &policy, &faults));
    assert_int_equal(faults.count, POLICY_FAULTS); /* and not one more */
}

/* A key that is longer than the room for its name, in letters of three bytes. */
static void test_long_key(void **state) {
    (void)state;
    for (size_t shift = 0; shift < 3; shift++) {
        char key[256] = {0};
        memset(key, 'x', shift);
        for (size_t i = 0; i < 60; i++)
            memcpy(key + shift + 3 * i, "\xE9\x99\xB3", 4);
        struct policy_faults faults;
        assert_false(read_changed(key, "1", &faults));
        assert_int_equal(faults.count, 1);
        json_t *text = json_string(faults.fault[0].field);
        assert_non_null(text); /* it is UTF-8 still */
        json_decref(text);
        size_t whole = strlen(faults.fault[0].field);
        assert_true(whole >= 93 && whole < sizeof faults.fault[0].field);
    }
    struct policy_faults faults;
    char text[] = "{\"closure.link_life_hours\": 5, \"a\\u007fb\": 1}";
    static struct policy policy;
    assert_false(policy_read(text, strlen(text), &policy, &faults));
    assert_string_equal(faults.fault[0].field, "closure.link_life_hours");
    assert_string_equal(faults.fault[0].why, "is not a field of a policy");
    assert_string_equal(faults.fault[1].field, "a?b");
}

static void test_check_alone(void **state) {
    (void)state;
    struct policy policy = harbour;
    struct policy_faults faults = {0};
    assert_true(policy_check(&policy, &faults));
    policy.identity = (enum policy_identity)5;
    assert_false(policy_check(&policy, &faults));
    assert_string_equal(faults.fault[0].field, "identity");
    policy = harbour;
    faults.count = 0;
    policy.suspension_maximum_days = policy.suspension_reminder_days;
    assert_false(policy_check(&policy, &faults));
    assert_string_equal(faults.fault[0].field, "suspension.reminder_days");
    assert_non_null(strstr(faults.fault[0].why, "must be shorter than"));
    policy = harbour;
    faults.count = 0;
    policy.identity = IDENTITY_DOCUMENT;
    assert_true(policy_check(&policy, &faults));
    policy = harbour;
    policy.link_life_hours = INT64_MAX; /* is not added to anything */
    faults.count = 0;
    assert_false(policy_check(&policy, &faults));
    assert_int_equal(faults.count, 1);
    policy = harbour;
    policy.session_life_hours = 1;
    policy.session_idle_minutes = 61;
    faults.count = 0;
    assert_false(policy_check(&policy, &faults));
    assert_string_equal(faults.fault[0].field, "session.idle_minutes");
}

static void test_effective(void **state) {
    (void)state;
    static struct policy versions[4];
    int64_t day = DAY;
    int64_t at[4] = {10 * day, 30 * day, 20 * day, 20 * day};
    int64_t version[4] = {1, 4, 3, 2};
    for (size_t i = 0; i < 4; i++) {
        versions[i].effective_at = at[i];
        versions[i].version = version[i];
    }
    assert_null(policy_effective(versions, 4, 10 * day - 1));
    assert_null(policy_effective(NULL, 0, day));
    assert_ptr_equal(policy_effective(versions, 4, 10 * day), &versions[0]);
    assert_ptr_equal(policy_effective(versions, 4, 20 * day - 1), &versions[0]);
    assert_ptr_equal(policy_effective(versions, 4, 20 * day), &versions[2]);
    assert_ptr_equal(policy_effective(versions, 4, 99 * day), &versions[1]);
    versions[3].version = 9; /* of equals the greatest version, wherever it stands */
    assert_ptr_equal(policy_effective(versions, 4, 20 * day), &versions[3]);
}

static void test_small(void **state) {
    (void)state;
    assert_int_equal(currency_exponent("HKD"), 2);
    assert_int_equal(currency_exponent("JPY"), 0);
    assert_int_equal(currency_exponent("KWD"), 3);
    assert_int_equal(currency_exponent("hkd"), -1);
    assert_int_equal(currency_exponent("HK"), -1);
    assert_int_equal(currency_exponent(""), -1);
    assert_int_equal(currency_exponent("ZZZ"), -1);
    struct policy policy = harbour;
    assert_true(policy_offers(&policy, LANGUAGE_EN));
    policy.language_mask = LANGUAGE_BIT(LANGUAGE_ZH_HANT);
    assert_false(policy_offers(&policy, LANGUAGE_EN));
    assert_int_equal(policy_language(&policy, LANGUAGE_EN), LANGUAGE_ZH_HANT);
    assert_int_equal(policy_language(&harbour, LANGUAGE_EN), LANGUAGE_EN);
    assert_int_equal(policy_choice("a|bc|d", "bc"), 1);
    assert_int_equal(policy_choice("a|bc|d", "d"), 2);
    assert_int_equal(policy_choice("a|bc|d", "b"), -1);
    assert_int_equal(policy_choice("a|bc|d", "xx"), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_demo),        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_no_memory),   cmocka_unit_test(test_form),
        cmocka_unit_test(test_rules),       cmocka_unit_test(test_allowed),
        cmocka_unit_test(test_text),        cmocka_unit_test(test_long_key),
        cmocka_unit_test(test_check_alone), cmocka_unit_test(test_effective),
        cmocka_unit_test(test_small),
    };
    return cmocka_run_group_tests(tests, demo_read, NULL);
}
