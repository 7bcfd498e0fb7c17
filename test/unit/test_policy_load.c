#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "commands/api_key.h"
#include "commands/policy.h"
#include "commands/staff.h"
#include "people_kit.h"

static const struct actor root = {.kind = ACTOR_STAFF, .scopes = "root"};
static const struct actor own = {
    .kind = ACTOR_STAFF, .operator= 4096, .id = 2, .scopes = "policy:write staff:write"};
static const struct actor sys = {.kind = ACTOR_SYSTEM, .operator= 4096 };

/* The demo's policy, changed by one key and value; another operator's has its own host and block.
 */
static struct policy_load *policy_with(const char *code, int64_t version, int64_t effective_at,
                                       const char *key, json_t *value) {
    static struct policy_load in;
    static struct policy policy;
    static struct policy_faults faults;
    char path[512];
    memset(&in, 0, sizeof in);
    snprintf(path, sizeof path, "%s/packaging/demo/harbour.json", getenv("RINGOFF_ROOT"));
    json_t *json = json_load_file(path, 0, NULL);
    char *text = json_dumps(json, 0);
    assert_true(policy_read(text, strlen(text), &policy, &faults));
    free(text);
    json_decref(json);
    policy.version = version;
    policy.effective_at = effective_at;
    snprintf(policy.operator, sizeof policy.operator, "%s", code);
    if (strcmp(code, "harbour") != 0) {
        policy.host_count = policy.block_count = 1;
        snprintf(policy.hosts[0], sizeof policy.hosts[0], "%s.example", code);
        policy.blocks[0] = (struct number_block){"+85251000000", "+85251000099"};
    }
    json = policy_json(&policy);
    if (key)
        assert_int_equal(json_object_set_new(json, key, value), 0);
    text = json_dumps(json, 0);
    assert_true(strlen(text) < sizeof in.text);
    memcpy(in.text, text, strlen(text));
    snprintf(in.operator_code, sizeof in.operator_code, "%s", code);
    free(text);
    json_decref(json);
    return &in;
}

static enum refusal load(struct kit *kit, const struct actor *actor, struct policy_load *in,
                         int64_t *result) {
    struct job job;
    enum refusal refusal = run(kit, &policy_load_verb, actor, in, &job);
    if (result)
        *result = job.result;
    return refusal;
}

static void a_new_operator_gets_its_ledger(void **state) {
    struct kit *kit = *state;
    int64_t id;
    struct staff_add first = {.name = "A", .system_user = "a", .roles = "root"};
    /* the kit's own rows bear the ids that the first journal entry would give */
    assert_int_equal(run(kit, &staff_add_verb, &sys, &first, NULL), ACCEPTED);
    assert_int_equal(load(kit, &root, policy_with("dragon", 1, 1000, NULL, NULL), &id), ACCEPTED);
    int64_t dragon = kit_number(kit, "SELECT id FROM operator WHERE code = 'dragon'");
    assert_int_equal(kit_number(kit, "SELECT operator FROM policy WHERE version = 1 AND "
                                     "operator <> 4096"),
                     dragon);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM ledger_account WHERE line = 0 AND "
                                     "kind IN (1, 5) AND operator <> 4096"),
                     2);
    const struct tenants *tenants = committer_tenants(kit->committer);
    assert_int_equal(tenants->count, 2); /* in force for the next command, without a restart */
    committer_tenants_release(kit->committer, tenants);
    assert_int_equal(load(kit, &root, policy_with("dragon", 2, 2000, NULL, NULL), NULL),
                     REFUSED_NOT_FOUND); /* it is there: the door names it */
    struct actor actor = root;
    actor.operator= dragon;
    assert_int_equal(load(kit, &actor, policy_with("dragon", 2, 2000, NULL, NULL), NULL), ACCEPTED);
    kit_restart(kit); /* what was loaded is read again */
    assert_int_equal(load(kit, &actor, policy_with("dragon", 3, 3000, NULL, NULL), NULL), ACCEPTED);
}

static void versions_run_forward(void **state) {
    struct kit *kit = *state;
    assert_int_equal(load(kit, &own, policy_with("harbour", 5, 9 * DAY, NULL, NULL), NULL),
                     REFUSED_POLICY); /* before the one in force: it would never be */
    int64_t later = kit_now + DAY;
    assert_int_equal(load(kit, &own, policy_with("harbour", 5, later, NULL, NULL), NULL), ACCEPTED);
    assert_int_equal(load(kit, &own, policy_with("harbour", 5, later, NULL, NULL), NULL),
                     REFUSED_UNCHANGED);
    assert_int_equal(load(kit, &own, policy_with("harbour", 5, later + 1000, NULL, NULL), NULL),
                     REFUSED_POLICY);
    assert_int_equal(load(kit, &own, policy_with("harbour", 4, later, NULL, NULL), NULL),
                     REFUSED_POLICY);
    assert_int_equal(load(kit, &own, policy_with("harbour", 6, later - 1000, NULL, NULL), NULL),
                     REFUSED_POLICY);
    assert_int_equal(
        load(kit, &own, policy_with("harbour", 6, later, "currency", json_string("EUR")), NULL),
        REFUSED_POLICY);
    assert_int_equal(load(kit, &own, policy_with("harbour", 6, later, NULL, NULL), NULL), ACCEPTED);
}

/* An installation goes on under the policy that it loaded before a field came. */
static void one_of_before_is_read_on(void **state) {
    struct kit *kit = *state;
    kit_sql(kit, "UPDATE policy SET text = replace(text, '\"document_days\": 14, ', '')");
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM policy WHERE text LIKE '%document_d%'"),
                     0);
    kit_restart(kit);
    assert_int_equal(load(kit, &own, policy_with("harbour", 9, kit_now, NULL, NULL), NULL),
                     ACCEPTED);
}

static void what_breaks_a_rule_is_not_loaded(void **state) {
    struct kit *kit = *state;
    struct policy_load *in =
        policy_with("harbour", 9, kit_now, "identity", json_string("secret question"));
    assert_int_equal(load(kit, &own, in, NULL), REFUSED_POLICY);
    in = policy_with("harbour", 9, kit_now, "unknown", json_integer(3));
    assert_int_equal(load(kit, &own, in, NULL), REFUSED_POLICY);
    in = policy_with("harbour", 9, kit_now, NULL, NULL);
    memcpy(in->operator_code, "another", 8); /* the file says who it is for */
    assert_int_equal(load(kit, &own, in, NULL), REFUSED_POLICY);
    memcpy(in->text, "not JSON", 9);
    assert_int_equal(load(kit, &own, in, NULL), REFUSED_POLICY);
    assert_int_equal(load(kit, &own, policy_with("dragon", 1, 1000, NULL, NULL), NULL),
                     REFUSED_NOT_FOUND); /* no operator beside one's own */
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM policy"), 1);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM operator"), 1);
}

static void a_name_counts_at_its_operator_only(void **state) {
    struct kit *kit = *state;
    struct actor actor = own;
    actor.operator= 0; /* as if a door had taken the operator from the input */
    assert_int_equal(load(kit, &actor, policy_with("dragon", 1, 1000, NULL, NULL), NULL),
                     REFUSED_NOT_ALLOWED);
    actor = root;
    actor.id = 2;
    assert_int_equal(load(kit, &actor, policy_with("dragon", 1, 1000, NULL, NULL), NULL),
                     REFUSED_NOT_ALLOWED);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM operator"), 1);
}

static json_t *block(const char *from, const char *to) {
    return json_pack("[{s:s,s:s}]", "from", from, "to", to);
}

/* Hosts and numbers lead to one operator: in force, and from the day on which they will be. */
static void hosts_and_blocks_are_one_operators(void **state) {
    struct kit *kit = *state;
    const struct tenants *tenants = committer_tenants(kit->committer);
    const struct policy *harbour = &tenants->tenants[0].policies[0];
    char host[POLICY_HOST], number[NUMBER_SIZE];
    struct staff_add first = {.name = "A", .system_user = "a", .roles = "root"};
    snprintf(host, sizeof host, "%s", harbour->hosts[0]);
    snprintf(number, sizeof number, "%s", harbour->blocks[0].to);
    committer_tenants_release(kit->committer, tenants);
    assert_int_equal(run(kit, &staff_add_verb, &sys, &first, NULL), ACCEPTED);
    struct policy_load *in;
    assert_int_equal(
        load(kit, &root, policy_with("dragon", 1, 1000, "hosts", json_pack("[s]", host)), NULL),
        REFUSED_POLICY_CONFLICT);
    in = policy_with("dragon", 1, 1000, "number_blocks", block(number, number));
    assert_int_equal(load(kit, &root, in, NULL), REFUSED_POLICY_CONFLICT);
    /* what harbour will have tomorrow is taken today, and what it had is free then */
    in = policy_with("harbour", 5, kit_now + DAY, "number_blocks",
                     block("+85252000000", "+85252000099"));
    assert_int_equal(load(kit, &own, in, NULL), ACCEPTED);
    in = policy_with("dragon", 1, 1000, "number_blocks", block("+85252000050", "+85252000060"));
    assert_int_equal(load(kit, &root, in, NULL), REFUSED_POLICY_CONFLICT);
    in = policy_with("dragon", 1, 1000, "number_blocks", block(number, number));
    assert_int_equal(load(kit, &root, in, NULL), REFUSED_POLICY_CONFLICT);
    kit_now += DAY;
    in = policy_with("dragon", 1, 1000, "number_blocks", block(number, number));
    assert_int_equal(load(kit, &root, in, NULL), ACCEPTED);
    kit_now -= DAY;
}

static void there_is_a_bound(void **state) {
    struct kit *kit = *state;
    kit_sql(kit,
            "WITH RECURSIVE n(i) AS (SELECT 10000 UNION ALL SELECT i + 1 FROM n WHERE i < 10062) "
            "INSERT INTO operator SELECT i, 'o' || i, 1 FROM n");
    assert_int_equal(load(kit, &root, policy_with("dragon", 1, 1000, NULL, NULL), NULL),
                     REFUSED_CAP);
    assert_all_provoked(&policy_load_verb);
}

/* --- staff and keys --- */

static enum refusal staff_add(struct kit *kit, const struct actor *actor, const char *user,
                              const char *roles, int64_t *id) {
    struct job job;
    struct staff_add in = {.name = "Wong Siu Ming"};
    snprintf(in.system_user, sizeof in.system_user, "%s", user);
    snprintf(in.roles, sizeof in.roles, "%s", roles);
    enum refusal refusal = run(kit, &staff_add_verb, actor, &in, &job);
    *id = job.result;
    return refusal;
}

static enum refusal staff_remove(struct kit *kit, const struct actor *actor, int64_t id) {
    struct staff_remove in = {id};
    return run(kit, &staff_remove_verb, actor, &in, NULL);
}

static void staff_give_no_more_than_they_have(void **state) {
    struct kit *kit = *state;
    int64_t boss, ming, other;
    struct actor elsewhere = own;
    assert_int_equal(staff_add(kit, &sys, "boss", "root", &boss), ACCEPTED);
    assert_int_equal(staff_add(kit, &own, "ming", "network:write", &ming), REFUSED_NOT_ALLOWED);
    assert_int_equal(staff_add(kit, &own, "ming", "root", &ming), REFUSED_NOT_ALLOWED);
    assert_int_equal(staff_add(kit, &own, "ming", "policy:write", &ming), ACCEPTED);
    assert_int_equal(staff_add(kit, &own, "ming", "policy:write", &other), REFUSED_UNCHANGED);
    assert_int_equal(staff_add(kit, &sys, "ming", "everything", &other), REFUSED_INPUT);
    assert_int_equal(staff_remove(kit, &own, boss), REFUSED_NOT_ALLOWED);
    elsewhere.operator= 77;
    assert_int_equal(staff_remove(kit, &elsewhere, ming), REFUSED_NOT_FOUND);
    assert_int_equal(staff_remove(kit, &own, ming), ACCEPTED);
    assert_int_equal(staff_remove(kit, &own, ming), REFUSED_UNCHANGED);
    assert_int_equal(staff_add(kit, &own, "ming", "policy:write", &other), ACCEPTED); /* is back */
    assert_int_not_equal(other, ming);
    assert_all_provoked(&staff_add_verb);
    assert_all_provoked(&staff_remove_verb);
}

static void a_key_is_shown_once_and_ends(void **state) {
    struct kit *kit = *state;
    struct job job;
    struct api_key_add in = {.name = "shop", .scopes = "lines:read closures:write"};
    struct api_key row = {0};
    struct key key = {.operator= 4096 };
    struct want want = {.statement = API_KEY_BY_HASH, .in = &key, .rows = &row, .room = 1};
    struct actor elsewhere = sys;
    assert_int_equal(run(kit, &api_key_add_verb, &sys, &in, &job), ACCEPTED);
    assert_int_equal(strncmp(job.secret, "ringoff_", 8), 0);
    assert_int_equal(strlen(job.secret), 8 + 43);
    api_key_hash(&kit->secrets, job.secret, key.hash);
    assert_int_equal(kit->engine->read(kit->reader, &want, 1), STORE_OK);
    assert_int_equal(row.id, job.result);
    assert_string_equal(row.scopes, in.scopes);
    struct api_key_revoke end = {job.result};
    elsewhere.operator= 77;
    assert_int_equal(run(kit, &api_key_revoke_verb, &elsewhere, &end, NULL), REFUSED_NOT_FOUND);
    assert_int_equal(run(kit, &api_key_add_verb, &elsewhere, &in, NULL), REFUSED_NOT_FOUND);
    assert_int_equal(run(kit, &api_key_revoke_verb, &sys, &end, NULL), ACCEPTED);
    assert_int_equal(run(kit, &api_key_revoke_verb, &sys, &end, NULL), REFUSED_UNCHANGED);
    /* own may write policies and staff, so it has no key to give that reads lines */
    assert_int_equal(run(kit, &api_key_add_verb, &own, &in, NULL), REFUSED_NOT_ALLOWED);
    memcpy(in.scopes, "staff:write", 12); /* no integrator gets what is for staff */
    assert_int_equal(run(kit, &api_key_add_verb, &sys, &in, NULL), REFUSED_INPUT);
    assert_all_provoked(&api_key_add_verb);
    assert_all_provoked(&api_key_revoke_verb);
}

#define WITH_KIT(name) cmocka_unit_test_setup_teardown(name, people_open, people_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_KIT(a_new_operator_gets_its_ledger),
        WITH_KIT(versions_run_forward),
        WITH_KIT(one_of_before_is_read_on),
        WITH_KIT(what_breaks_a_rule_is_not_loaded),
        WITH_KIT(a_name_counts_at_its_operator_only),
        WITH_KIT(hosts_and_blocks_are_one_operators),
        WITH_KIT(there_is_a_bound),
        WITH_KIT(staff_give_no_more_than_they_have),
        WITH_KIT(a_key_is_shown_once_and_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
