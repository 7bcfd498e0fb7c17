/* The views of lines and closures: the preview is what is executed, field by field; who may not see
 * is answered like unknown; nobody sees more than his own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/civil.h"
#include "base/clock.h"
#include "case_kit.h"
#include "views/views.h"

static struct case_kit kit;
static struct arena arena;

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    arena_open(&arena, 4 * 1024 * 1024);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_close(&arena);
    case_close(&kit);
    return 0;
}

static bool once; /* what is shown is the answer to what made it */

/* The view as the actor sees it, or NULL and the refusal. */
static json_t *show_with(const char *name, const struct actor *actor, int64_t id,
                         const char *secret, const char *search, enum refusal *refusal) {
    const struct tenants *tenants = committer_tenants(kit.kit.committer);
    const struct tenant *tenant = tenant_find(tenants, CASE_OPERATOR);
    struct actor with_scopes = *actor;
    if (actor->kind == ACTOR_API || actor->kind == ACTOR_STAFF)
        snprintf(with_scopes.scopes, sizeof with_scopes.scopes,
                 "lines:read closures:read effects:read network:read journal:read");
    struct view_context context = {.once = once,
                                   .engine = kit.kit.engine,
                                   .reader = kit.kit.reader,
                                   .actor = &with_scopes,
                                   .tenant = tenant,
                                   .policy = &tenant->policies[0],
                                   .secrets = &kit.kit.secrets,
                                   .arena = &arena,
                                   .now = kit_now,
                                   .demo = true};
    json_t *json = NULL;
    enum refusal no;
    snprintf(context.secret, sizeof context.secret, "%s", secret);
    snprintf(context.search, sizeof context.search, "%s", search);
    no = view_show(view_of(name), &context, id, &json);
    if (refusal)
        *refusal = no;
    committer_tenants_release(kit.kit.committer, tenants);
    return json;
}

static json_t *show(const char *name, const struct actor *actor, int64_t id) {
    enum refusal no;
    json_t *json = show_with(name, actor, id, "", "", &no);
    assert_int_equal(no, ACCEPTED);
    return json;
}

static enum refusal refused(const char *name, const struct actor *actor, int64_t id) {
    enum refusal no;
    json_t *json = show_with(name, actor, id, "", "", &no);
    assert_null(json);
    return no;
}

static int64_t time_of(const json_t *json, const char *name) {
    int64_t at = 0;
    const char *text = json_string_value(json_object_get(json, name));
    assert_true(!text || civil_parse_time(text, &at));
    return at;
}

static int64_t whole_seconds(int64_t at) {
    return at / SECOND * SECOND;
}

static const char *text_of(const json_t *json, const char *name) {
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

static int64_t number_of(const json_t *json, const char *name) {
    return json_integer_value(json_object_get(json, name));
}

static int64_t one(const char *sql) {
    return kit_number(&kit.kit, sql);
}

/* What the preview promises at the moment of the cut is what the rows say after it. */
static void preview_equals_execution(void **state) {
    struct closure closure;
    enum refusal no;
    (void)state;
    kit_sql(&kit.kit, "UPDATE line SET state = 4 WHERE id = (SELECT max(id) FROM line)");
    json_t *before = show("preview", &kit.person, kit.line);
    assert_int_equal(time_of(before, "due_at"), whole_seconds(kit_now + 24 * HOUR));
    assert_int_equal(time_of(before, "execute_at"), whole_seconds(kit_now + 30 * MINUTE));
    int64_t id = case_executing(&kit);
    json_t *now = show("preview", &kit.person, kit.line);
    assert_int_equal(time_of(now, "due_at"), time_of(before, "due_at"));
    /* Confirmed at once and cut at once, all dates are those that were shown in the beginning. */
    assert_int_equal(time_of(now, "number_until"), time_of(before, "number_until"));
    assert_int_equal(time_of(now, "reclaim_until"), time_of(before, "reclaim_until"));
    assert_int_equal(time_of(now, "claim_until"), time_of(before, "claim_until"));
    assert_int_equal(time_of(now, "registration_erase_after"),
                     time_of(before, "registration_erase_after"));
    struct network_cut cut = {.closure = id, .line = kit.line, .effect = 1, .evidence = "gone"};
    case_run(&kit, &network_cut_verb, &kit.system, &cut, &no);
    assert_int_equal(no, ACCEPTED);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    assert_int_equal(time_of(now, "due_at"), whole_seconds(closure.due_at));
    assert_int_equal(time_of(now, "closed_at"), whole_seconds(closure.deregistered_at));
    assert_int_equal(time_of(now, "closed_at"),
                     whole_seconds(one("SELECT max(closed_at) FROM line")));
    assert_int_equal(time_of(now, "claim_until"), whole_seconds(closure.claim_until));
    assert_int_equal(time_of(now, "number_until"), whole_seconds(closure.quarantine_until));
    assert_int_equal(time_of(now, "number_until"),
                     whole_seconds(one("SELECT max(until) FROM number")));
    assert_int_equal(time_of(now, "registration_erase_after"),
                     whole_seconds(one("SELECT max(erase_after) FROM subscriber")));
    assert_int_equal(number_of(now, "paid_to_unclaimed"), closure.paid_minor);
    assert_int_equal(number_of(now, "paid_to_unclaimed"),
                     one("SELECT sum(balance) FROM ledger_account WHERE kind = 4"));
    assert_int_equal(number_of(now, "promotional_ended"), closure.promotional_minor);
    assert_int_equal(number_of(now, "promotional_ended"),
                     one("SELECT sum(amount) FROM posting WHERE account = 4098"));
    assert_int_equal(refused("preview", &kit.person, kit.line), REFUSED_NOT_FOUND);
    json_decref(before);
    json_decref(now);
}

static void line_is_masked(void **state) {
    struct actor stranger = kit.person;
    (void)state;
    stranger.id = 999;
    json_t *own = show("line", &kit.person, kit.line);
    json_t *staff = show("line", &kit.staff, kit.line);
    assert_string_equal(text_of(own, "number"), "+85261230010");
    assert_string_equal(text_of(staff, "number"), "+852 6••• ••10");
    assert_null(strstr(text_of(own, "name"), "Tai"));
    assert_int_equal(number_of(own, "paid_minor"), 8640);
    assert_int_equal(number_of(own, "promotional_minor"), 500);
    const json_t *contact = json_array_get(json_object_get(own, "contacts"), 0);
    assert_string_equal(text_of(contact, "address"), "c••••@example.com");
    assert_true(json_is_true(json_object_get(contact, "may_confirm")));
    assert_true(json_is_true(json_object_get(own, "can_close")));
    assert_int_equal(refused("line", &stranger, kit.line), REFUSED_NOT_FOUND);
    assert_int_equal(refused("line", &kit.person, kit.other_line), REFUSED_NOT_FOUND);
    assert_int_equal(refused("preview", &stranger, kit.line), REFUSED_NOT_FOUND);
    assert_int_equal(refused("line", &kit.anyone, kit.line), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(refused("lines", &kit.person, 0), REFUSED_NOT_ALLOWED);
    json_decref(own);
    json_decref(staff);
}

static const char *step_state(const json_t *json, const char *code) {
    size_t i;
    const json_t *step;
    json_array_foreach(json_object_get(json, "timeline"), i, step) {
        if (strcmp(text_of(step, "code"), code) == 0)
            return text_of(step, "state");
    }
    return "";
}

static bool can(const json_t *json, const char *what) {
    return json_is_true(json_object_get(json_object_get(json, "can"), what));
}

static void closure_through_its_life(void **state) {
    struct closure closure;
    enum refusal no;
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    once = true;
    json_t *json = show("closure", &kit.person, id);
    once = false;
    assert_string_equal(text_of(json, "state"), "submitted");
    assert_string_equal(text_of(json, "waits_for"), "person_confirmation");
    assert_string_equal(step_state(json, "submitted"), "done");
    assert_string_equal(step_state(json, "identity"), "done");
    assert_string_equal(step_state(json, "confirmation"), "now");
    assert_string_equal(step_state(json, "network_cut"), "later");
    assert_true(can(json, "confirm") && can(json, "resend") && can(json, "withdraw"));
    assert_int_equal(strlen(text_of(json, "status_secret")), STATUS_SECRET_SIZE - 1);
    json_decref(json);
    assert_int_equal(case_confirm(&kit, id), ACCEPTED);
    json = show("closure", &kit.person, id);
    assert_string_equal(text_of(json, "status_secret"), ""); /* once only */
    assert_true(can(json, "renew_secret"));
    assert_string_equal(text_of(json, "waits_for"), "undo_window");
    assert_true(!can(json, "confirm") && !can(json, "resend") && can(json, "withdraw"));
    json_decref(json);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    kit_now = closure.undo_until;
    assert_int_equal(case_advance(&kit, id), ACCEPTED);
    json = show("closure", &kit.person, id);
    assert_string_equal(step_state(json, "network_cut"), "now");
    assert_true(!can(json, "withdraw"));
    json_decref(json);
    struct network_cut cut = {.closure = id, .line = kit.line, .effect = 1, .evidence = "gone"};
    case_run(&kit, &network_cut_verb, &kit.system, &cut, &no);
    json = show("closure", &kit.person, id);
    assert_string_equal(text_of(json, "state"), "closed");
    assert_string_equal(text_of(json, "cut_how"), "read_back");
    assert_string_equal(text_of(json, "evidence"), "gone");
    assert_string_equal(step_state(json, "deregistered"), "done");
    assert_string_equal(step_state(json, "number_rested"), "now"); /* it rests */
    assert_int_equal(number_of(json, "paid_minor"), 8640);
    json_decref(json);
    kit_now += 91 * DAY;
    json = show("closure", &kit.person, id);
    assert_string_equal(step_state(json, "number_rested"), "done");
    json_decref(json);
}

static bool is_true(const json_t *json, const char *name) {
    const json_t *value = json_object_get(json, name);
    assert_true(json_is_boolean(value)); /* told either way */
    return json_is_true(value);
}

/* What is said of the message and of the clock: sent only when it was, late only while open. */
static void closure_undelivered_and_overdue(void **state) {
    struct closure closure;
    enum refusal no;
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    struct effect_report report = {.effect = case_effect(&kit, id, EFFECT_CONFIRM),
                                   .outcome = OUTCOME_FAILED,
                                   .closure = id,
                                   .line = kit.line};
    case_run(&kit, &effect_report_verb, &kit.system, &report, &no);
    assert_int_equal(no, ACCEPTED);
    json_t *json = show("closure", &kit.person, id);
    assert_false(is_true(json, "confirmation_delivered") || is_true(json, "overdue"));
    json_decref(json);
    kit_now = closure.due_at - 4 * HOUR;
    case_advance(&kit, id); /* the reminder, another try, may come first */
    case_advance(&kit, id);
    kit_now = closure.due_at;
    json = show("closure", &kit.person, id);
    assert_string_equal(text_of(json, "state"), "submitted");
    assert_string_equal(text_of(json, "waits_for"), "staff");
    assert_false(is_true(json, "confirmation_delivered") || is_true(json, "overdue"));
    assert_true(can(json, "withdraw"));
    json_decref(json);
    kit_now = closure.due_at + 1;
    json = show("closure", &kit.person, id);
    assert_true(is_true(json, "overdue"));
    json_decref(json);
    struct closure_withdraw off = {.closure = id};
    case_run(&kit, &closure_withdraw_verb, &kit.person, &off, &no);
    json = show("closure", &kit.person, id);
    assert_false(is_true(json, "overdue"));
    json_decref(json);
}

static void closure_delivered_and_overdue(void **state) {
    struct closure closure;
    enum refusal no;
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    struct effect_report report = {.effect = case_effect(&kit, id, EFFECT_CONFIRM),
                                   .outcome = OUTCOME_DELIVERED,
                                   .closure = id,
                                   .line = kit.line};
    case_run(&kit, &effect_report_verb, &kit.system, &report, &no);
    assert_int_equal(no, ACCEPTED);
    json_t *json = show("closure", &kit.person, id);
    assert_true(is_true(json, "confirmation_delivered"));
    assert_false(is_true(json, "overdue"));
    json_decref(json);
    assert_int_equal(case_confirm(&kit, id), ACCEPTED);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    kit_now = closure.undo_until;
    assert_int_equal(case_advance(&kit, id), ACCEPTED);
    kit_now = closure.due_at + 1;
    json = show("closure", &kit.person, id);
    assert_string_equal(text_of(json, "state"), "executing");
    assert_true(is_true(json, "overdue"));
    json_decref(json);
}

static void closure_for_others(void **state) {
    struct closure closure;
    struct actor stranger = kit.person;
    char status[STATUS_SECRET_SIZE], link[TOKEN_TEXT];
    enum refusal no;
    (void)state;
    stranger.id = 999;
    int64_t id = case_submit(&kit, kit.contact, NULL);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    closure_status_secret(&kit.kit.secrets, &closure, status);
    closure_link(&kit.kit.secrets, &closure, 1, link);
    assert_int_equal(refused("closure", &kit.anyone, id), REFUSED_NOT_FOUND);
    assert_int_equal(refused("closure", &stranger, id), REFUSED_NOT_FOUND);
    assert_int_equal(refused("closure", &kit.person, 4711), REFUSED_NOT_FOUND);
    json_t *json = show_with("closure", &kit.anyone, id, "7K3F-92QX-HM4D-8VBW", "", &no);
    assert_int_equal(no, REFUSED_NOT_FOUND);
    json = show_with("closure", &kit.anyone, id, status, "", &no);
    assert_int_equal(no, ACCEPTED);
    assert_string_equal(text_of(json, "number"), "+852 6••• ••10");
    assert_string_equal(text_of(json, "contact_address"), "c••••@example.com");
    assert_string_equal(text_of(json, "status_secret"), "");
    json_decref(json);
    json = show_with("closure", &kit.anyone, id, link, "", &no);
    assert_int_equal(no, ACCEPTED);
    json_decref(json);
    json = show("closure", &kit.staff, id);
    assert_string_equal(text_of(json, "status_secret"), "");
    json_decref(json);
    struct closure_withdraw off = {.closure = id};
    case_run(&kit, &closure_withdraw_verb, &kit.person, &off, &no);
    json = show("closure", &kit.person, id);
    assert_string_equal(step_state(json, "withdrawn"), "done");
    assert_string_equal(step_state(json, "network_cut"), "");
    assert_null(
        json_object_get(json, "quarantine_until")); /* nothing becomes of a line that stays */
    json_decref(json);
}

/* A key that reads sees every closure of the operator; what is the submitter's own, only its key.
 */
static void another_key_sees_no_secret(void **state) {
    struct actor reader = kit.api;
    struct line_import row = case_row(10);
    struct closure_submit in = {.line = kit.line, .document_type = "hkid", .language = "en"};
    enum refusal no;
    (void)state;
    reader.id = kit.api.id + 1;
    memcpy(in.document, row.document, sizeof in.document);
    int64_t id = case_run(&kit, &closure_submit_verb, &kit.api, &in, &no);
    assert_int_equal(no, ACCEPTED);
    once = true;
    json_t *own = show("closure", &kit.api, id), *other = show("closure", &reader, id);
    once = false;
    assert_true(can(own, "renew_secret") && !can(other, "renew_secret"));
    assert_int_equal(strlen(text_of(own, "status_secret")), STATUS_SECRET_SIZE - 1);
    assert_string_equal(text_of(own, "number"), "+85261230010");
    assert_string_equal(text_of(other, "status_secret"), "");
    assert_string_equal(text_of(other, "number"), "+852 6••• ••10");
    json_decref(own);
    json_decref(other);
}

/* What staff wrote is theirs to read; a person's closure shows no key anything. */
static void evidence_is_for_staff(void **state) {
    struct network_done done = {.evidence = "seen gone in the HLR"};
    enum refusal no;
    (void)state;
    int64_t id = case_executing(&kit);
    kit_now += 20 * HOUR;
    case_advance(&kit, id);
    done.work = one("SELECT max(id) FROM work");
    case_run(&kit, &network_done_verb, &kit.staff, &done, &no);
    assert_int_equal(no, ACCEPTED);
    json_t *staff = show("closure", &kit.staff, id), *person = show("closure", &kit.person, id);
    json_t *api = show("closure", &kit.api, id);
    assert_string_equal(text_of(staff, "evidence"), "seen gone in the HLR");
    assert_string_equal(text_of(person, "evidence"), "attested by staff");
    assert_string_equal(text_of(person, "cut_how"), "attested");
    assert_string_equal(text_of(api, "evidence"), "attested by staff");
    assert_string_equal(text_of(api, "status_secret"), "");
    json_decref(staff);
    json_decref(person);
    json_decref(api);
}

static size_t items(const char *name, const struct actor *actor, int64_t id, const char *search) {
    enum refusal no;
    json_t *json = show_with(name, actor, id, "", search, &no);
    assert_int_equal(no, ACCEPTED);
    size_t count = json_array_size(json_object_get(json, "items"));
    json_decref(json);
    return count;
}

static void lists(void **state) {
    struct closure closure;
    char search[32];
    (void)state;
    int64_t id = case_executing(&kit);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    assert_int_equal(items("lines", &kit.staff, 0, ""), 2);
    assert_int_equal(items("lines", &kit.api, 0, "+85261230010"), 1);
    assert_int_equal(items("lines", &kit.api, 0, case_row(11).iccid), 1);
    assert_int_equal(items("lines", &kit.api, 0, "+85261239999"), 0);
    assert_int_equal(items("closures", &kit.staff, 0, ""), 1);
    assert_int_equal(items("closures", &kit.staff, 0, closure.reference), 1);
    assert_int_equal(items("closures", &kit.staff, 0, "RO-2222-2222"), 0);
    snprintf(search, sizeof search, "%lld", (long long)id);
    assert_int_equal(items("effects", &kit.api, 0, search), one("SELECT count(*) FROM effect"));
    assert_true(items("effects", &kit.api, 0, "") > 3);
    assert_true(items("journal", &kit.staff, kit.line, "") >= 4);
    assert_int_equal(refused("journal", &kit.staff, 4711), REFUSED_NOT_FOUND);
    json_t *effect = show("effect", &kit.staff, case_effect(&kit, id, EFFECT_NETWORK_CUT));
    assert_string_equal(text_of(effect, "kind"), "network_cut");
    assert_string_equal(text_of(effect, "state"), "waiting");
    json_decref(effect);
    assert_int_equal(refused("effect", &kit.staff, 4711), REFUSED_NOT_FOUND);
    assert_int_equal(items("work", &kit.staff, 0, ""), 0);
    kit_now = closure.due_at - 4 * HOUR;
    assert_int_equal(case_advance(&kit, id), ACCEPTED);
    assert_int_equal(items("work", &kit.staff, 0, ""), 1);
    struct inbox_add in = {.effect = case_effect(&kit, id, EFFECT_RECEIPT),
                           .to = "+85261230010",
                           .via = "sms",
                           .text = "hello"};
    assert_int_equal(items("inbox", &kit.anyone, 0, ""), 0);
    case_run(&kit, &inbox_add_verb, &kit.system, &in, NULL);
    assert_int_equal(items("inbox", &kit.anyone, 0, ""), 1);
}

/* Who works with the line sees who stands beside, masked; an account is told nothing of it. */
static void who_stands_beside(void **state) {
    static const char *const told[] = {"kind", "document_type", "second_role", "second_name",
                                       "second_document_type"};
    struct second_person second = {.id = kit.line,
                                   .operator= CASE_OPERATOR,
                                   .subscriber = 1,
                                   .role = SECOND_ENDORSING_ADULT,
                                   .name = "CHAN Siu Ling",
                                   .document_type = "passport",
                                   .document = "P123456"};
    (void)state;
    kit_put(&kit.kit, SECOND_PERSON_ADD, &second);
    const struct actor *const actors[] = {&kit.staff, &kit.api, &kit.person};
    for (size_t i = 0; i < 3; i++) {
        json_t *json = show("line", actors[i], kit.line);
        for (size_t k = 0; k < sizeof told / sizeof *told; k++)
            assert_int_equal(json_is_string(json_object_get(json, told[k])), i < 2);
        char *text = json_dumps(json, 0);
        assert_null(strstr(text, "Siu Ling"));
        assert_null(strstr(text, "P123456"));
        free(text);
        if (i < 2)
            assert_string_equal(text_of(json, "second_role"), "endorsing_adult");
        json_decref(json);
    }
    json_t *json = show("closure", &kit.staff, case_submit(&kit, 0, NULL));
    assert_string_equal(text_of(json, "matched_role"), "registered_person");
    json_decref(json);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(preview_equals_execution, setup, teardown),
        cmocka_unit_test_setup_teardown(line_is_masked, setup, teardown),
        cmocka_unit_test_setup_teardown(closure_through_its_life, setup, teardown),
        cmocka_unit_test_setup_teardown(closure_undelivered_and_overdue, setup, teardown),
        cmocka_unit_test_setup_teardown(closure_delivered_and_overdue, setup, teardown),
        cmocka_unit_test_setup_teardown(closure_for_others, setup, teardown),
        cmocka_unit_test_setup_teardown(another_key_sees_no_secret, setup, teardown),
        cmocka_unit_test_setup_teardown(evidence_is_for_staff, setup, teardown),
        cmocka_unit_test_setup_teardown(lists, setup, teardown),
        cmocka_unit_test_setup_teardown(who_stands_beside, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
