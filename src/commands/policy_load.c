/* policy.load: the text is read and checked here, in decide, which is pure: what stands in the
 * database passed the checks of the program that wrote it. */
#include <assert.h>
#include <string.h>
#include <strings.h>

#include "commands/certificate.h"
#include "commands/policy.h"
#include "store/actor.h"
#include "store/rows.h"

struct load_rows {
    struct operator_row operators[OPERATORS];
    struct rules_version rules;
};

static const struct field input_fields[] = {
    INPUT(FIELD_TEXT, policy_load, operator_code, 1, POLICY_CODE - 1, "the operator's code"),
    INPUT(FIELD_TEXT, policy_load, text, 2, POLICY_TEXT_SIZE - 1, "the policy, JSON"),
    FIELD_END,
};

static void load(struct load *load, const void *input, void *rows) {
    struct load_rows *r = rows;
    struct key key = {0};
    (void)input;
    want_rules(load, &r->rules); /* two that are loaded at once must not conflict unseen */
    want_many(load, OPERATOR_LIST, &key, r->operators, OPERATORS);
}

static const struct operator_row *operator_find(const struct load_rows *r, const char *code) {
    for (size_t i = 0; i < OPERATORS && r->operators[i].id; i++)
        if (strcmp(r->operators[i].code, code) == 0)
            return &r->operators[i];
    return NULL;
}

static void ledger_add(struct outcome *out, int64_t operator_id, enum ledger_kind kind,
                       const char *currency) {
    int64_t id = kind < LEDGER_TOP_UPS ? outcome_id(out) : ledger_shared_id(operator_id, kind);
    struct ledger_account account = {.id = id, .operator= operator_id, .kind = kind};
    memcpy(account.currency, currency, sizeof account.currency);
    outcome_put(out, LEDGER_ADD, &account);
}

/* A new operator with the accounts that all its lines share, and the key for its certificates. */
static int64_t operator_add(struct outcome *out, const struct policy *policy) {
    struct operator_row row = {.id = outcome_id(out), .added_at = out->now};
    memcpy(row.code, policy->operator, strlen(policy->operator));
    outcome_put(out, OPERATOR_ADD, &row);
    ledger_add(out, row.id, LEDGER_OPENING, policy->currency);
    ledger_add(out, row.id, LEDGER_EXPIRED_PROMOTION, policy->currency);
    signing_key_make(out, row.id, row.id);
    for (int kind = LEDGER_SUSPENSION_FEE; kind < LEDGER_KIND_COUNT; kind++)
        ledger_add(out, row.id, kind, policy->currency);
    return row.id;
}

static bool policy_same(const struct policy *one, const struct policy *other) {
    json_t *a = policy_json(one), *b = policy_json(other);
    bool same = a && b && json_equal(a, b);
    json_decref(a);
    json_decref(b);
    return same;
}

/* A further version must be newer, take force no earlier than the one before (or it would never be
 * in force), and keep the currency that the ledger is in. */
static enum refusal version_check(const struct tenant *tenant, const struct policy *policy) {
    if (tenant->policy_count >= POLICIES_AN_OPERATOR)
        return REFUSED_CAP;
    for (size_t i = 0; i < tenant->policy_count; i++) {
        const struct policy *other = &tenant->policies[i];
        if (other->version == policy->version && policy_same(other, policy))
            return REFUSED_UNCHANGED;
        if (other->version >= policy->version || other->effective_at > policy->effective_at ||
            strcmp(other->currency, policy->currency) != 0)
            return REFUSED_POLICY;
    }
    return ACCEPTED;
}

static bool hosts_meet(const struct policy *one, const struct policy *other) {
    for (size_t i = 0; i < one->host_count; i++)
        for (size_t k = 0; k < other->host_count; k++)
            if (strcasecmp(one->hosts[i], other->hosts[k]) == 0)
                return true;
    return false;
}

static bool blocks_meet(const struct policy *one, const struct policy *other) {
    for (size_t i = 0; i < one->block_count; i++)
        for (size_t k = 0; k < other->block_count; k++)
            if (number_blocks_overlap(&one->blocks[i], &other->blocks[k]))
                return true;
    return false;
}

/* A host name or a number leads to one operator: what is in force or will be elsewhere is taken. */
static bool others_have(const struct outcome *out, int64_t operator, const struct policy * policy) {
    for (size_t i = 0; i < out->tenant_count; i++) {
        const struct tenant *tenant = &out->tenants[i];
        const struct policy *now =
            policy_effective(tenant->policies, tenant->policy_count, out->now);
        for (size_t k = 0; tenant->id != operator&& k<tenant->policy_count; k++) {
            const struct policy *other = &tenant->policies[k];
            if ((other == now || other->effective_at > out->now) &&
                (hosts_meet(policy, other) || blocks_meet(policy, other)))
                return true;
        }
    }
    return false;
}

/* Who the operator is: *id, 0 when it is to be made. */
static enum refusal operator_meant(const struct outcome *out, const struct load_rows *r,
                                   const struct policy *policy, int64_t *id) {
    const struct operator_row *row = operator_find(r, policy->operator);
    const struct actor *actor = out->actor;
    *id = actor->operator;
    if (!row && *id)
        return REFUSED_NOT_FOUND;
    /* A name and its roles count at their own operator only: a new one is root's alone. */
    if (!row && actor->kind != ACTOR_SYSTEM && (actor->id || !scope_has(actor->scopes, "root")))
        return REFUSED_NOT_ALLOWED;
    if (!row)
        return r->operators[OPERATORS - 1].id ? REFUSED_CAP : ACCEPTED;
    if (row->id != *id || !out->tenant)
        return REFUSED_NOT_FOUND;
    return version_check(out->tenant, policy);
}

static enum refusal decide(struct outcome *out, const void *input, const void *rows) {
    const struct policy_load *in = input;
    struct policy *policy = arena_take(out->arena, sizeof *policy);
    struct policy_faults *faults = arena_take(out->arena, sizeof *faults);
    struct policy_row *row = arena_take(out->arena, sizeof *row);
    int64_t operator_id = 0;
    if (!policy || !faults || !row) {
        out->failed = true;
        return REFUSED_BROKEN;
    }
    if (!policy_read(in->text, strlen(in->text), policy, faults) ||
        strcmp(policy->operator, in->operator_code) != 0)
        return REFUSED_POLICY;
    enum refusal refusal = operator_meant(out, rows, policy, &operator_id);
    if (!refusal && others_have(out, operator_id, policy))
        refusal = REFUSED_POLICY_CONFLICT;
    if (refusal)
        return refusal;
    if (!operator_id)
        operator_id = operator_add(out, policy);
    row->id = outcome_id(out);
    row->operator= operator_id;
    row->version = policy->version;
    row->effective_at = policy->effective_at;
    row->loaded_at = out->now;
    memcpy(row->text, in->text, strlen(in->text));
    outcome_put(out, POLICY_ADD, row);
    put_rules(out);
    out->subject = operator_id;
    out->result = row->id;
    return ACCEPTED;
}

static const enum refusal refusals[] = {
    REFUSED_POLICY,    REFUSED_POLICY_CONFLICT, REFUSED_NOT_ALLOWED,
    REFUSED_NOT_FOUND, REFUSED_UNCHANGED,       REFUSED_CAP,
    ACCEPTED};

const struct verb policy_load_verb = {
    .name = "policy.load",
    .help = "Load a new version of an operator's policy; makes the operator when it is new",
    .who = ACTOR_STAFF | ACTOR_SYSTEM,
    .scope = "policy:write",
    .input = input_fields,
    .input_size = sizeof(struct policy_load),
    .rows_size = sizeof(struct load_rows),
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
