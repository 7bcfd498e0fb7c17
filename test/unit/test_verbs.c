#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "commands/verbs.h"
#include "store/actor.h"
#include "views/views.h"

enum { KINDS = 5 };
static const enum actor_kind kinds[KINDS] = {ACTOR_ANONYMOUS, ACTOR_SUBSCRIBER, ACTOR_API,
                                             ACTOR_STAFF, ACTOR_SYSTEM};

/* What the words say, written a second time and plainly. */
static enum refusal expected(uint32_t who, const char *scope, const struct actor *actor) {
    bool scoped = actor->kind == ACTOR_API || actor->kind == ACTOR_STAFF;
    bool root = actor->kind == ACTOR_STAFF && strcmp(actor->scopes, "root") == 0;
    if (!(who & (uint32_t)actor->kind))
        return actor->kind == ACTOR_ANONYMOUS ? REFUSED_NOT_SIGNED_IN : REFUSED_NOT_ALLOWED;
    if (!actor->operator&& actor->kind != ACTOR_SYSTEM && !root)
        return REFUSED_NOT_ALLOWED;
    if (scoped && scope && !root && strcmp(actor->scopes, scope) != 0)
        return REFUSED_NOT_ALLOWED;
    return ACCEPTED;
}

/* Each kind, with no scope, the right one, a wrong one, a longer one and root; with an operator and
 * without. */
static void try_all(uint32_t who, const char *scope, const struct verb *verb,
                    const struct view *view) {
    char longer[64];
    snprintf(longer, sizeof longer, "%sx", scope ? scope : "");
    const char *const scopes[] = {"", scope ? scope : "", "other:read", longer, "root"};
    for (size_t k = 0; k < KINDS; k++)
        for (size_t s = 0; s < 5; s++)
            for (int64_t operator= 0; operator<= 1; operator++) {
                struct actor actor = {.kind = kinds[k], .operator= operator, .id = 1 };
                struct view_context context = {.actor = &actor};
                json_t *json;
                snprintf(actor.scopes, sizeof actor.scopes, "%s", scopes[s]);
                enum refusal right = expected(who, scope, &actor);
                if (verb)
                    assert_int_equal(verb_allowed(verb, &actor), right);
                else if (right)
                    assert_int_equal(view_show(view, &context, 1, &json), right);
            }
}

static void every_verb_and_every_actor(void **state) {
    (void)state;
    for (size_t i = 0; i < verb_count(); i++)
        try_all(verb_at(i)->who, verb_at(i)->scope, verb_at(i), NULL);
    for (size_t i = 0; i < view_count(); i++)
        try_all(view_at(i)->who, view_at(i)->scope, NULL, view_at(i));
}

static void fields_are_whole(const struct verb *verb) {
    for (const struct field *field = verb->input; field && field->name; field++) {
        assert_non_null(field->help);
        assert_true(field->offset + field->size <= verb->input_size);
        assert_true(field->min <= field->max);
        if (field->kind == FIELD_TEXT)
            assert_true(field->max < field->size);
        for (const struct field *other = verb->input; other != field; other++)
            assert_string_not_equal(other->name, field->name);
    }
}

static void scope_is_known(uint32_t who, const char *scope) {
    if (scope)
        assert_true(scopes_known(scope, !(who & ACTOR_API)));
    else
        assert_false(who & ACTOR_STAFF && !(who & ACTOR_ANONYMOUS));
}

static void the_table_is_whole(void **state) {
    (void)state;
    for (size_t i = 0; i < verb_count(); i++) {
        const struct verb *verb = verb_at(i);
        print_message("%s\n", verb->name);
        assert_ptr_equal(verb_of(verb->name), verb); /* the names are unique */
        assert_non_null(verb->decide);
        assert_non_null(verb->refusals);
        assert_true(verb->help && verb->help[0] && !strchr(verb->help, '\n'));
        assert_true(strlen(verb->name) < CODE_SIZE);
        assert_true(verb->who);
        assert_true(!verb->rows_size == !verb->load);
        assert_non_null(verb->input);
        fields_are_whole(verb);
        if (verb->view)
            assert_non_null(view_of(verb->view));
        if (verb->internal)
            assert_false(verb->who & ~(uint32_t)(ACTOR_SYSTEM | ACTOR_STAFF));
        scope_is_known(verb->who, verb->scope);
    }
    assert_null(verb_at(verb_count()));
    assert_null(verb_of("closure.delete"));
}

static void view_fields_are_whole(const struct view_field *fields) {
    for (const struct view_field *field = fields; field->name; field++) {
        assert_non_null(field->help);
        if (field->kind == VIEW_OBJECT || field->kind == VIEW_LIST)
            view_fields_are_whole(field->fields);
        if (field->kind == VIEW_CHOICE)
            assert_non_null(field->values);
        if (field->class == VIEW_MASKED)
            assert_true(field->mask != MASK_NONE);
        for (const struct view_field *other = fields; other != field; other++)
            assert_string_not_equal(other->name, field->name);
    }
}

static void the_views_are_whole(void **state) {
    (void)state;
    for (size_t i = 0; i < view_count(); i++) {
        const struct view *view = view_at(i);
        print_message("%s\n", view->name);
        assert_ptr_equal(view_of(view->name), view);
        assert_non_null(view->build);
        assert_true(view->help && view->help[0] && view->who);
        view_fields_are_whole(view->fields);
        scope_is_known(view->who, view->scope);
    }
    assert_null(view_at(view_count()));
    assert_null(view_of("secrets"));
}

static void scopes(void **state) {
    (void)state;
    assert_true(scope_has("a:b  c:d", "c:d"));
    assert_true(scope_has(" a:b", "a:b"));
    assert_false(scope_has("a:bc", "a:b"));
    assert_false(scope_has("a:b", "a:bc"));
    assert_false(scope_has("", "a:b"));
    assert_true(scopes_known("lines:read  effects:write ", false));
    assert_false(scopes_known("lines:read staff:write", false));
    assert_true(scopes_known("lines:read staff:write root", true));
    assert_false(scopes_known("root", false));
    assert_false(scopes_known("lines:rea", true));
    assert_false(scopes_known("", true));
    assert_false(scopes_known("  ", true));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_verb_and_every_actor),
        cmocka_unit_test(the_table_is_whole),
        cmocka_unit_test(the_views_are_whole),
        cmocka_unit_test(scopes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
