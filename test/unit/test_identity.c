/* The verbs identity.*, their views and what the person is told: each refusal provoked, two staff
 * at once, and the whole way by document, through the real committer and the dispatcher's inbox. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "commands/identity.h"
#include "dispatch_kit.h"
#include "effects/message.h"
#include "views/views.h"

static struct case_kit kit;
static struct dispatcher_settings settings;
static struct arena arena;

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    case_by_document(&kit);
    settings = dispatch_settings(&kit);
    arena_open(&arena, 4 * 1024 * 1024);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_close(&arena);
    case_close(&kit);
    return 0;
}

static struct closure closure_now(int64_t id) {
    struct closure closure;
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    return closure;
}

static int64_t one(const char *sql) {
    return kit_number(&kit.kit, sql);
}

static int64_t effects(enum effect_kind kind, const char *to) {
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM effect WHERE kind = %d AND door = '%s'",
             (int)kind, to);
    return one(sql);
}

static enum refusal accept_as(const struct actor *actor, int64_t id, int64_t document,
                              bool original) {
    struct identity_accept in = {.closure = id, .document = document, .original = original};
    enum refusal no;
    case_run(&kit, &identity_accept_verb, actor, &in, &no);
    return no;
}

static enum refusal reject_with(int64_t id, int64_t document, const char *reason, bool end) {
    struct identity_reject in = {.closure = id, .document = document, .end = end};
    enum refusal no;
    snprintf(in.reason, sizeof in.reason, "%s", reason);
    case_run(&kit, &identity_reject_verb, &kit.staff, &in, &no);
    return no;
}

/* A submitted closure with a document; its id. */
static int64_t sent(int64_t *document) {
    int64_t id = case_submit(&kit, 0, NULL);
    assert_int_equal(case_document(&kit, &kit.person, id), ACCEPTED);
    *document = closure_now(id).document;
    return id;
}

static void only_named_staff_of_the_operator(void **state) {
    int64_t document, id = sent(&document);
    struct actor root = kit.staff, abroad = kit.staff, gone = kit.staff;
    (void)state;
    root.id = 0;
    abroad.operator= 8192;
    assert_int_equal(accept_as(&root, id, document, false), REFUSED_NOT_ALLOWED);
    assert_int_equal(accept_as(&abroad, id, document, false), REFUSED_NOT_ALLOWED);
    assert_int_equal(accept_as(&kit.staff, id + 1, document, false), REFUSED_NOT_FOUND);
    kit_sql(&kit.kit, "UPDATE staff SET removed_at = 5");
    assert_int_equal(accept_as(&gone, id, document, true), REFUSED_NOT_ALLOWED);
    assert_int_equal(verb_allowed(&identity_accept_verb, &kit.person), REFUSED_NOT_ALLOWED);
    assert_int_equal(verb_allowed(&identity_accept_verb, &kit.api), REFUSED_NOT_ALLOWED);
    assert_int_equal(closure_now(id).identity_at, 0);
    assert_int_equal(effects(EFFECT_IDENTITY_ACCEPTED, "sms"), 0);
}

static void what_was_looked_at_is_named(void **state) {
    int64_t first, id = sent(&first);
    (void)state;
    assert_int_equal(accept_as(&kit.staff, id, 0, false), REFUSED_DOCUMENT_OTHER);
    assert_int_equal(reject_with(id, 0, "cut_off", false), REFUSED_DOCUMENT_OTHER);
    assert_int_equal(reject_with(id, 0, "cut_off", true), REFUSED_DOCUMENT_OTHER);
    assert_int_equal(reject_with(id, first, "ugly", false), REFUSED_REASON);
    assert_int_equal(reject_with(id, first, "", false), REFUSED_REASON);
    assert_int_equal(closure_now(id).document_refused_at, 0);
    /* Two look at the first one; one refuses it, the person sends another, the other one accepts
     * what he saw: that is not what lies there now. */
    assert_int_equal(reject_with(id, first, "cut_off", false), ACCEPTED);
    assert_int_equal(accept_as(&kit.staff, id, first, false), REFUSED_DOCUMENT_MISSING);
    assert_int_equal(reject_with(id, first, "cut_off", false), REFUSED_DOCUMENT_MISSING);
    assert_int_equal(case_document(&kit, &kit.person, id), ACCEPTED);
    assert_int_equal(accept_as(&kit.staff, id, first, false), REFUSED_DOCUMENT_OTHER);
    assert_int_equal(closure_now(id).identity_at, 0);
}

static void decided_once(void **state) {
    int64_t document, id = sent(&document);
    (void)state;
    assert_int_equal(accept_as(&kit.staff, id, document, false), ACCEPTED);
    assert_int_equal(accept_as(&kit.staff, id, document, false), REFUSED_UNCHANGED);
    assert_int_equal(reject_with(id, document, "cut_off", false), REFUSED_DOCUMENT_MISSING);
    assert_int_equal(reject_with(id, document, "somebody_elses", true), REFUSED_CLOSURE_STATE);
    assert_int_equal(effects(EFFECT_IDENTITY_ACCEPTED, "sms"), 1);
    assert_int_equal(one("SELECT count(*) FROM document WHERE decision = 1"), 1);
}

static void not_after_the_end(void **state) {
    int64_t document, id = sent(&document);
    struct closure_withdraw in = {.closure = id};
    enum refusal no;
    (void)state;
    case_run(&kit, &closure_withdraw_verb, &kit.person, &in, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(accept_as(&kit.staff, id, document, false), REFUSED_CLOSURE_STATE);
    assert_int_equal(accept_as(&kit.staff, id, document, true), REFUSED_CLOSURE_STATE);
    assert_int_equal(reject_with(id, document, "cut_off", false), REFUSED_CLOSURE_STATE);
    assert_int_equal(reject_with(id, document, "cut_off", true), REFUSED_CLOSURE_STATE);
    assert_int_equal(one("SELECT count(*) FROM document WHERE decided_at <> 0"), 0);
}

static void the_same_key_decides_once(void **state) {
    int64_t document, id = sent(&document);
    struct identity_reject in = {.closure = id, .document = document, .reason = "cut_off"};
    struct job job;
    (void)state;
    assert_int_equal(kit_run(&kit.kit, &identity_reject_verb, &kit.staff, &in, "k", &job),
                     ACCEPTED);
    in.line = 0;
    assert_int_equal(kit_run(&kit.kit, &identity_reject_verb, &kit.staff, &in, "k", &job),
                     ACCEPTED);
    assert_true(job.replayed);
    in.line = 0;
    in.end = 1;
    assert_int_equal(kit_run(&kit.kit, &identity_reject_verb, &kit.staff, &in, "k", &job),
                     REFUSED_KEY_REUSED);
    assert_int_equal(effects(EFFECT_DOCUMENT_REFUSED, "mail"), 1);
    assert_int_equal(closure_now(id).rejected_at, 0);
}

static void drain(void) {
    for (int i = 0; i < 20 && dispatcher_round(&settings); i++)
        ;
}

/* The newest message of the kind that reached the inbox by that way. */
static struct inbox_message inbox_of(enum effect_kind kind, const char *via) {
    struct inbox_message message;
    char sql[128];
    snprintf(sql, sizeof sql,
             "SELECT coalesce(max(id), 0) FROM effect WHERE kind = %d AND door = '%s'", (int)kind,
             via);
    case_read(&kit, INBOX_OF_EFFECT, one(sql), &message);
    assert_true(message.id != 0);
    return message;
}

static void says(const struct inbox_message *message, const char *what) {
    if (!strstr(message->text, what))
        fail_msg("%s is not in: %s", what, message->text);
}

/* Reminded, refused once, sent again, accepted: the person always knows what comes next. */
static void the_whole_way(void **state) {
    struct inbox_message message;
    char link[80];
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    snprintf(link, sizeof link, "/harbour/closures/%lld/document", (long long)id);
    drain();
    message = inbox_of(EFFECT_RECEIPT, "mail");
    says(&message, link);
    message = inbox_of(EFFECT_RECEIPT, "sms");
    says(&message, link);
    assert_int_equal(case_confirm(&kit, id), ACCEPTED);
    drain();
    message = inbox_of(EFFECT_CONFIRMED, "mail");
    says(&message, link);
    kit_now += 6 * HOUR;
    drain(); /* the reminder, of the document alone */
    assert_int_equal(effects(EFFECT_REMIND, "sms"), 0);
    message = inbox_of(EFFECT_DOCUMENT_WANTED, "sms");
    says(&message, link);
    assert_int_equal(case_document(&kit, &kit.person, id), ACCEPTED);
    assert_int_equal(reject_with(id, closure_now(id).document, "cut_off", false), ACCEPTED);
    assert_int_equal(one("SELECT count(*) FROM work WHERE done_at = 0"), 0);
    drain();
    message = inbox_of(EFFECT_DOCUMENT_REFUSED, "mail");
    says(&message, "all four corners");
    says(&message, link);
    message = inbox_of(EFFECT_DOCUMENT_REFUSED, "sms");
    says(&message, link);
    assert_int_equal(case_document(&kit, &kit.person, id), ACCEPTED);
    assert_int_equal(one("SELECT count(*) FROM work WHERE kind = 3 AND done_at = 0"), 1);
    assert_int_equal(accept_as(&kit.staff, id, closure_now(id).document, false), ACCEPTED);
    struct closure closure = closure_now(id);
    assert_int_equal(closure.identity_by, IDENTIFIED_DOCUMENT);
    assert_int_equal(one("SELECT count(*) FROM work WHERE kind = 3 AND done_at = 0"), 0);
    assert_int_equal(one("SELECT min(done_by) FROM work"), CASE_STAFF);
    drain();
    message = inbox_of(EFFECT_IDENTITY_ACCEPTED, "mail");
    says(&message, "We looked at your document");
    assert_true(closure_now(id).executing_at != 0); /* the undo window was over long ago */
    /* Both pictures go in their time. */
    kit_now += 14 * DAY;
    drain();
    assert_int_equal(one("SELECT count(*) FROM document WHERE erased_at <> 0"), 2);
}

/* What was refused is not told any more once another one came; nor is one asked for that came. */
static void nothing_is_told_too_late(void **state) {
    int64_t document, id = sent(&document);
    (void)state;
    assert_int_equal(case_confirm(&kit, id), ACCEPTED);
    assert_int_equal(reject_with(id, document, "expired", false), ACCEPTED);
    assert_int_equal(case_document(&kit, &kit.person, id), ACCEPTED);
    drain();
    char sql[120];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM effect WHERE state <> 4 AND kind = %d",
             EFFECT_DOCUMENT_REFUSED);
    assert_int_equal(effects(EFFECT_DOCUMENT_REFUSED, "sms"), 1);
    assert_int_equal(one(sql), 0);
}

static void the_original_at_a_counter(void **state) {
    struct inbox_message message;
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    assert_int_equal(accept_as(&kit.staff, id, 0, true), ACCEPTED);
    struct closure closure = closure_now(id);
    assert_int_equal(closure.identity_by, IDENTIFIED_ORIGINAL);
    assert_int_equal(closure.confirmed_at, kit_now);
    drain();
    message = inbox_of(EFFECT_IDENTITY_ACCEPTED, "mail");
    says(&message, "at a counter");
    assert_int_equal(case_confirm(&kit, id), REFUSED_CODE_USED);
}

static void somebody_else_asked(void **state) {
    struct inbox_message message;
    struct line line;
    int64_t document, id = sent(&document);
    (void)state;
    assert_int_equal(reject_with(id, document, "somebody_elses", true), ACCEPTED);
    struct closure closure = closure_now(id);
    assert_int_equal(closure.rejected_at, kit_now);
    case_read(&kit, LINE_BY_ID, kit.line, &line);
    assert_int_equal(line.closure, 0); /* the registered person can ask at once */
    assert_int_equal(one("SELECT count(*) FROM work WHERE done_at = 0"), 0);
    assert_int_equal(one("SELECT count(*) FROM document WHERE decision = 2 AND reason = 7"), 1);
    drain();
    message = inbox_of(EFFECT_REJECTED, "mail");
    says(&message, "could not accept the identity");
    assert_int_equal(case_document(&kit, &kit.person, id), REFUSED_CLOSURE_STATE);
    assert_true(case_submit(&kit, 0, NULL) != 0);
}

static void without_a_document_it_ends_with_notice(void **state) {
    struct inbox_message message;
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    assert_int_equal(case_confirm(&kit, id), ACCEPTED);
    kit_now = closure_now(id).due_at;
    drain();
    assert_true(closure_now(id).expired_at != 0);
    message = inbox_of(EFFECT_EXPIRED, "mail");
    says(&message, "no document came in time");
}

/* --- what the staff see --- */

static json_t *view(const char *name, const struct actor *given, int64_t id, bool once) {
    const struct tenants *tenants = committer_tenants(kit.kit.committer);
    const struct tenant *tenant = tenant_find(tenants, CASE_OPERATOR);
    struct actor actor = *given;
    snprintf(actor.scopes, sizeof actor.scopes, "identity:read");
    struct view_context context = {.engine = kit.kit.engine,
                                   .reader = kit.kit.reader,
                                   .actor = &actor,
                                   .tenant = tenant,
                                   .policy = &tenant->policies[0],
                                   .secrets = &kit.kit.secrets,
                                   .arena = &arena,
                                   .now = kit_now,
                                   .once = once};
    json_t *json = NULL;
    view_show(view_of(name), &context, id, &json);
    committer_tenants_release(kit.kit.committer, tenants);
    return json;
}

static const char *text_of(const json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static void the_queue(void **state) {
    int64_t document, id = sent(&document);
    (void)state;
    kit_now += HOUR;
    json_t *page = view("identity", &kit.staff, 0, false);
    json_t *items = json_object_get(page, "items");
    assert_int_equal(json_array_size(items), 1);
    json_t *item = json_array_get(items, 0);
    assert_string_equal(text_of(item, "reference"), closure_now(id).reference);
    assert_string_equal(text_of(item, "awaits"), "document");
    assert_int_equal(json_integer_value(json_object_get(item, "documents")), 1);
    assert_false(json_is_true(json_object_get(item, "overdue")));
    json_decref(page);
    assert_null(view("identity", &kit.person, 0, false));
    assert_null(view("identity", &kit.api, 0, false));
    kit_now += 24 * HOUR;
    page = view("identity", &kit.staff, 0, false);
    item = json_array_get(json_object_get(page, "items"), 0);
    assert_true(json_is_true(json_object_get(item, "overdue")));
    json_decref(page);
    assert_int_equal(accept_as(&kit.staff, id, document, false), ACCEPTED);
    page = view("identity", &kit.staff, 0, false);
    assert_int_equal(json_array_size(json_object_get(page, "items")), 0);
    json_decref(page);
}

/* Name and number together: in the answer of the verb only, and the journal says who asked. */
static void who_looked_is_written_down(void **state) {
    struct identity_show in = {0};
    struct line_import row = case_row(10);
    int64_t document;
    enum refusal no;
    (void)state;
    in.closure = sent(&document);
    json_t *json = view("identity_case", &kit.staff, in.closure, false);
    assert_string_equal(text_of(json, "name"), "");
    assert_string_equal(text_of(json, "document"), "");
    json_t *shown = json_array_get(json_object_get(json, "documents"), 0);
    assert_string_equal(text_of(shown, "checked"), "not checked against the original");
    assert_string_equal(text_of(shown, "format"), "jpeg");
    json_decref(json);
    assert_null(view("identity_case", &kit.staff, in.closure + 1, true));
    int64_t result = case_run(&kit, &identity_show_verb, &kit.staff, &in, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(result, in.closure);
    json = view("identity_case", &kit.staff, result, true);
    assert_string_equal(text_of(json, "name"), "CHAN Tai Man");
    assert_string_equal(text_of(json, "document"), row.document);
    assert_string_equal(text_of(json, "role"), "registered_person");
    json_decref(json);
    assert_int_equal(one("SELECT actor FROM journal WHERE verb = 'identity.show'"), CASE_STAFF);
    assert_int_equal(one("SELECT count(*) FROM journal WHERE verb = 'identity.show'"), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_named_staff_of_the_operator, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_looked_at_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(decided_once, setup, teardown),
        cmocka_unit_test_setup_teardown(not_after_the_end, setup, teardown),
        cmocka_unit_test_setup_teardown(the_same_key_decides_once, setup, teardown),
        cmocka_unit_test_setup_teardown(the_whole_way, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_is_told_too_late, setup, teardown),
        cmocka_unit_test_setup_teardown(the_original_at_a_counter, setup, teardown),
        cmocka_unit_test_setup_teardown(somebody_else_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(without_a_document_it_ends_with_notice, setup, teardown),
        cmocka_unit_test_setup_teardown(the_queue, setup, teardown),
        cmocka_unit_test_setup_teardown(who_looked_is_written_down, setup, teardown),
    };
    return cmocka_run_group_tests(tests, dispatch_pages_open, dispatch_pages_close);
}
