/* A policy that was loaded before a field came is read on: it is never changed, and the closures
 * under it go by it. */
#include <jansson.h>

#include "rules/policy.h"

/* What such a field says where it is missing: what was done before there was one, or what the law
 * and the person's safety suggest. A policy that is loaded today must name them all. */
static const struct {
    const char *group, *name, *json;
} later[] = {
    {"proof", "document_days", "30"},           {"proof", "without_sim", "\"counter\""},
    {"session", "access_token_minutes", "15"},  {"session", "app_session_days", "30"},
    {"suspension", "reminder_days", "1"},       {"suspension", "escalate_minutes", "60"},
    {"suspension", "at_end", "\"reactivate\""}, {"credit", "leave", "false"},
    {"credit", "late_debit", "\"refuse\""},     {"credit", "after_claim", "\"keep\""},
};

/* Groups that came as a whole: what they say was not offered. */
static const struct {
    const char *name, *json;
} groups[] = {
    {"refund", "{\"offered\":false,\"online\":false,\"minimum_minor\":1,\"fee_minor\":0,"
               "\"abroad_fee_minor\":0,\"arrives_days\":14,\"second_minor\":0,"
               "\"unverified_second_minor\":0,\"payee_wait_hours\":72,\"payee_count\":1,"
               "\"payee_window_days\":30,\"ways\":{\"hkid_proxy\":false,\"fps_id\":false,"
               "\"bank\":false,\"original\":false,\"abroad\":false,\"cash\":false}}"},
    {"transfer", "{\"offered\":false,\"minimum_minor\":1,\"maximum_minor\":1,\"fee_minor\":0,"
                 "\"day_count\":1,\"day_minor\":1,\"cooling_hours\":24}"},
};

bool policy_read_stored(const char *text, size_t length, struct policy *policy,
                        struct policy_faults *faults) {
    char whole[POLICY_TEXT_SIZE];
    json_t *root = json_loadb(text, length, 0, NULL);
    for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
        json_t *group = json_object_get(root, later[i].group);
        if (!json_object_get(group, later[i].name))
            json_object_set_new(group, later[i].name,
                                json_loads(later[i].json, JSON_DECODE_ANY, NULL));
    }
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if (!json_object_get(root, groups[i].name))
            json_object_set_new(root, groups[i].name, json_loads(groups[i].json, 0, NULL));
    size_t filled = json_dumpb(root, whole, sizeof whole, JSON_COMPACT);
    json_decref(root);
    return policy_read(whole, filled, policy, faults);
}
