#include "commands/staff.h"

#include <assert.h>
#include <string.h>

#include "store/actor.h"
#include "store/rows.h"

bool scopes_may_give(const struct actor *actor, const char *scopes) {
    bool staff_only;
    const char *scope;
    if (actor->kind == ACTOR_SYSTEM || scope_has(actor->scopes, "root"))
        return true;
    for (size_t i = 0; (scope = scope_at(i, &staff_only)); i++)
        if (scope_has(scopes, scope) && !scope_has(actor->scopes, scope))
            return false;
    return true;
}

/* --- staff.add --- */

static const struct field add_input[] = {
    INPUT(FIELD_TEXT, staff_add, name, 1, 60, "the person's name, as it stands under what they do"),
    INPUT(FIELD_TEXT, staff_add, system_user, 1, 32, "the user name on this machine"),
    INPUT(FIELD_TEXT, staff_add, roles, 1, SCOPES_SIZE - 1,
          "scopes, space separated; root stands for all"),
    FIELD_END,
};

static void add_load(struct load *load, const void *input, void *rows) {
    const struct staff_add *in = input;
    struct key key = {.operator= load->actor->operator};
    assert(strlen(in->system_user) < sizeof key.text);
    memcpy(key.text, in->system_user, strlen(in->system_user));
    want_one(load, STAFF_BY_USER, &key, 0, rows);
}

static enum refusal add_decide(struct outcome *out, const void *input, const void *rows) {
    const struct staff_add *in = input;
    const struct staff *there = rows;
    struct staff staff = {.operator= out->actor->operator, .added_at = out->now };
    if (!in->name[0] || !in->system_user[0] || !scopes_known(in->roles, true))
        return REFUSED_INPUT;
    if (!scopes_may_give(out->actor, in->roles))
        return REFUSED_NOT_ALLOWED;
    if (there->id)
        return REFUSED_UNCHANGED;
    staff.id = outcome_id(out);
    memcpy(staff.name, in->name, sizeof staff.name);
    memcpy(staff.system_user, in->system_user, sizeof staff.system_user);
    memcpy(staff.roles, in->roles, sizeof staff.roles);
    outcome_put(out, STAFF_ADD, &staff);
    out->subject = out->result = staff.id;
    return ACCEPTED;
}

static const enum refusal add_refusals[] = {REFUSED_INPUT, REFUSED_NOT_ALLOWED, REFUSED_UNCHANGED,
                                            ACCEPTED};

const struct verb staff_add_verb = {
    .name = "staff.add",
    .help = "Add a person who works at the terminal",
    .who = ACTOR_STAFF | ACTOR_SYSTEM,
    .scope = "staff:write",
    .input = add_input,
    .input_size = sizeof(struct staff_add),
    .rows_size = sizeof(struct staff),
    .load = add_load,
    .decide = add_decide,
    .refusals = add_refusals,
};

/* --- staff.remove --- */

static const struct field remove_input[] = {
    INPUT(FIELD_ID, staff_remove, staff, 1, INT64_MAX, "the staff member's id"),
    FIELD_END,
};

static void remove_load(struct load *load, const void *input, void *rows) {
    const struct staff_remove *in = input;
    want_staff_locked(load, in->staff, rows);
}

static enum refusal remove_decide(struct outcome *out, const void *input, const void *rows) {
    struct staff staff = *(const struct staff *)rows;
    (void)input;
    if (!staff.id)
        return REFUSED_NOT_FOUND;
    assert(staff.operator== out->actor->operator);
    out->subject = out->result = staff.id;
    if (staff.removed_at)
        return REFUSED_UNCHANGED;
    if (!scopes_may_give(out->actor, staff.roles))
        return REFUSED_NOT_ALLOWED;
    staff.removed_at = out->now;
    outcome_put(out, STAFF_PUT, &staff);
    return ACCEPTED;
}

static const enum refusal remove_refusals[] = {REFUSED_NOT_FOUND, REFUSED_UNCHANGED,
                                               REFUSED_NOT_ALLOWED, ACCEPTED};

const struct verb staff_remove_verb = {
    .name = "staff.remove",
    .help = "Take a person's access away",
    .who = ACTOR_STAFF | ACTOR_SYSTEM,
    .scope = "staff:write",
    .input = remove_input,
    .input_size = sizeof(struct staff_remove),
    .rows_size = sizeof(struct staff),
    .load = remove_load,
    .decide = remove_decide,
    .refusals = remove_refusals,
};
