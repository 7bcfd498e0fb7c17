#include "store/tenants.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TENANTS = 64, POLICIES = 256, TENANTS_ARENA = 256 * 1024 * 1024 };

const struct tenant *tenant_find(const struct tenants *tenants, int64_t id) {
    for (size_t i = 0; tenants && i < tenants->count; i++)
        if (tenants->tenants[i].id == id)
            return &tenants->tenants[i];
    return NULL;
}

struct reading {
    struct tenants *tenants;
    struct tenant *at; /* policies come sorted by operator */
    char *why;
    bool failed;
};

static bool operator_add(void *owner, const void *row) {
    struct reading *r = owner;
    const struct operator_row *from = row;
    if (r->tenants->count == TENANTS) {
        snprintf(r->why, 256, "more than %d operators", TENANTS);
        r->failed = true;
        return false;
    }
    struct tenant *to = &r->tenants->tenants[r->tenants->count++];
    to->id = from->id;
    to->added_at = from->added_at;
    memcpy(to->code, from->code, sizeof to->code);
    return true;
}

/* Room for one more policy; doubled when full, since policies stand side by side. */
static struct policy *tenant_room(struct reading *r) {
    struct tenant *tenant = r->at;
    size_t count = tenant->policy_count;
    if (count == 0 || (count & (count - 1)) == 0) {
        struct policy *room =
            arena_take(&r->tenants->arena, (count ? 2 * count : 1) * sizeof *room);
        if (!room)
            return NULL;
        if (count)
            memcpy(room, tenant->policies, count * sizeof *room);
        tenant->policies = room;
    }
    return (struct policy *)&tenant->policies[count];
}

static bool policy_add(void *owner, const void *row) {
    struct reading *r = owner;
    const struct policy_row *from = row;
    r->failed = true;
    if (!r->at || r->at->id != from->operator)
        r->at = (struct tenant *)tenant_find(r->tenants, from->operator);
    struct policy *policy = r->at && r->at->policy_count < POLICIES ? tenant_room(r) : NULL;
    if (!policy) {
        snprintf(r->why, 256, "a policy without its operator, too many policies, or no memory");
        return false;
    }
    struct policy_faults *faults = calloc(1, sizeof *faults);
    if (!faults || !policy_read_stored(from->text, strlen(from->text), policy, faults)) {
        snprintf(r->why, 256, "operator %s, policy %lld: %.60s: %.80s", r->at->code,
                 (long long)from->version, faults ? faults->fault[0].field : "",
                 faults ? faults->fault[0].why : "no memory");
        free(faults);
        return false;
    }
    free(faults);
    policy->id = from->id;
    r->at->policy_count++;
    r->failed = false;
    return true;
}

/* The version first: what is read after it is as new as it, or newer. */
static enum store_result version_read(const struct engine *engine, struct store *store,
                                      int64_t *version) {
    struct key key = {.id = 1};
    struct rules_version rules = {0};
    struct want want = {.statement = RULES_VERSION_BY_ID, .in = &key, .rows = &rules, .room = 1};
    enum store_result result = engine->read(store, &want, 1);
    *version = rules.entry;
    return result;
}

enum store_result tenants_read(const struct engine *engine, struct store *store,
                               struct tenants **to, char why[256]) {
    struct key none = {0};
    struct tenants *tenants = calloc(1, sizeof *tenants);
    snprintf(why, 256, "out of memory");
    if (!tenants)
        return STORE_DOWN;
    arena_open(&tenants->arena, TENANTS_ARENA);
    tenants->tenants = arena_take(&tenants->arena, TENANTS * sizeof *tenants->tenants);
    struct reading r = {.tenants = tenants, .why = why, .failed = !tenants->tenants};
    enum store_result result = version_read(engine, store, &tenants->version);
    if (result == STORE_OK && !r.failed)
        result = engine->scan(store, OPERATOR_LIST, &none, operator_add, &r);
    if (result == STORE_OK && !r.failed)
        result = engine->scan(store, POLICY_LIST, &none, policy_add, &r);
    if (result == STORE_OK && !r.failed) {
        *to = tenants;
        return STORE_OK;
    }
    if (result != STORE_OK)
        snprintf(why, 256, "%s", engine->why(store));
    tenants_free(tenants);
    return result == STORE_GONE ? STORE_GONE : STORE_DOWN;
}

void tenants_free(struct tenants *tenants) {
    if (!tenants)
        return;
    arena_close(&tenants->arena);
    free(tenants);
}
