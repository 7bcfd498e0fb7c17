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
    {"suspension", "at_end", "\"reactivate\""},
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
    size_t filled = json_dumpb(root, whole, sizeof whole, JSON_COMPACT);
    json_decref(root);
    return policy_read(whole, filled, policy, faults);
}
