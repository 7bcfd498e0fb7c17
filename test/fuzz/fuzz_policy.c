/* Any bytes: a policy that is accepted is shown as JSON that is accepted and means the same. */
#include <assert.h>
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rules/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct policy policy, again;
    struct policy_faults faults;
    if (!policy_read((const char *)data, size, &policy, &faults)) {
        assert(faults.count > 0 && faults.count <= POLICY_FAULTS);
        return 0;
    }
    json_t *json = policy_json(&policy);
    assert(json);
    char *text = json_dumps(json, JSON_COMPACT);
    assert(text && policy_read(text, strlen(text), &again, &faults));
    assert(memcmp(&policy, &again, sizeof policy) == 0);
    free(text);
    json_decref(json);
    return 0;
}
