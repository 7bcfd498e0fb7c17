/* What people see of a refund: the messages, in three languages, through the dispatcher and the
 * demo's inbox; the views, each as those see it who may; the timer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "dispatch_kit.h"
#include "refund_kit.h"
#include "rules/refund.h"
#include "views/views.h"

static struct dispatcher_settings settings;
static struct arena arena;

static int setup(void **state) {
    refund_setup(state);
    settings = dispatch_settings(&kit);
    arena_open(&arena, 4 * 1024 * 1024);
    return 0;
}

static int teardown(void **state) {
    arena_close(&arena);
    return refund_teardown(state);
}

static void drain(void) {
    for (int i = 0; i < 20 && dispatcher_round(&settings); i++)
        ;
}

/* The last message of the kind to the address; false: none. */
static bool told(enum effect_kind kind, const char *to, struct inbox_message *message) {
    char text[120];
    for (int64_t after = 0;;) {
        snprintf(text, sizeof text,
                 "SELECT coalesce(min(id), 0) FROM effect WHERE kind = %d AND id > %lld", (int)kind,
                 (long long)after);
        after = one(text);
        if (!after)
            return false;
        case_read(&kit, INBOX_OF_EFFECT, after, message);
        if (message->id && strcmp(message->to, to) == 0)
            return true;
    }
}

static void says(const struct inbox_message *message, const char *what) {
    if (!strstr(message->text, what) && !strstr(message->subject, what))
        fail_msg("\"%s\" is not in:\n%s\n%s", what, message->subject, message->text);
}

/* --- messages --- */

static void each_message_says_what_to_do(void **state) {
    struct inbox_message message;
    char secret[STATUS_SECRET_SIZE];
    (void)state;
    int64_t id = refund_asked(CREDIT);
    struct refund r = refund_now(id);
    refund_secret(&kit.kit.secrets, &r, secret);
    assert_int_equal(approve(&ada, id), ACCEPTED);
    drain();
    assert_true(told(EFFECT_REFUND_APPROVED, "refund@example.com", &message));
    says(&message, r.reference);
    says(&message, "HK$86.40");
    says(&message, "012-345-");
    says(&message, "It arrives by");
    says(&message, secret);
    assert_null(strstr(message.text, "678901"));
    assert_int_equal(pay(&ada, id), ACCEPTED);
    drain();
    assert_true(told(EFFECT_REFUND_PAID, "refund@example.com", &message));
    says(&message, "was paid on");
    assert_int_equal(take_back(&ada, id, "not_registered"), ACCEPTED);
    drain();
    assert_true(told(EFFECT_REFUND_RETURNED, "refund@example.com", &message));
    says(&message, "No account is registered with FPS");
    says(&message, "What to do:");
    assert_int_equal(reject(&ada, id, "fraud"), ACCEPTED);
    drain();
    assert_true(told(EFFECT_REFUND_REJECTED, "refund@example.com", &message));
    says(&message, "cleared up in person");
    says(&message, "stay yours");
    says(&message, "Claim it with the reference RO-");
}

/* Whoever reads an old mailbox hears of it, and cannot change it. */
static void others_are_told_without_the_secret(void **state) {
    struct payee_input to = payee_of("hkid_proxy");
    struct inbox_message own, other;
    char secret[STATUS_SECRET_SIZE];
    (void)state;
    int64_t id = refund_asked(CREDIT);
    struct refund r = refund_now(id);
    struct refund_correct in = correction(id, &to, false);
    refund_secret(&kit.kit.secrets, &r, secret);
    assert_int_equal(correct(&kit.person, &in), ACCEPTED);
    drain();
    assert_true(told(EFFECT_PAYEE_CHANGED, "refund@example.com", &own));
    assert_true(told(EFFECT_PAYEE_CHANGED, "chan@example.com", &other));
    says(&own, secret);
    assert_null(strstr(other.text, secret));
    says(&other, "identity card number");
    says(&other, "It is not paid before");
    says(&other, "If it was not you");
}

/* Who claims it is told as a contact of the line, which the refund's own may be. */
static void its_own_contact_may_be_the_lines(void **state) {
    struct payee_input to = payee_of("hkid_proxy");
    struct inbox_message own;
    (void)state;
    int64_t id = refund_asked(CREDIT);
    struct refund r = refund_now(id);
    snprintf(r.contact, sizeof r.contact, "Chan@Example.com");
    sql("DELETE FROM refund");
    kit_put(&kit.kit, REFUND_ADD, &r);
    settings = dispatch_settings(&kit); /* the committer is another one */
    struct refund_correct in = correction(id, &to, false);
    assert_int_equal(correct(&kit.person, &in), ACCEPTED);
    assert_int_equal(effects(EFFECT_PAYEE_CHANGED), 1); /* once, not twice */
    sql("UPDATE effect SET contact = %lld WHERE contact = 0", (long long)kit.contact);
    drain();
    assert_true(told(EFFECT_PAYEE_CHANGED, "chan@example.com", &own));
    says(&own, "The secret that goes with it");
}

static void in_their_language(void **state) {
    static const char *const languages[] = {"zh-Hant", "zh-Hans"};
    static const char *const words[] = {"退款", "获批准"};
    struct inbox_message message;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        int64_t id = refund_asked(100);
        sql("UPDATE refund SET language = '%s' WHERE id = %lld", languages[i], (long long)id);
        assert_int_equal(approve(&ada, id), ACCEPTED);
        drain();
        sql("UPDATE effect SET kind = 0 WHERE target <> %lld", (long long)id);
        assert_true(told(EFFECT_REFUND_APPROVED, "refund@example.com", &message));
        says(&message, words[i]);
    }
}

static void what_has_gone_on_is_not_told_any_more(void **state) {
    struct inbox_message message;
    (void)state;
    int64_t id = refund_asked(CREDIT);
    assert_int_equal(approve(&ada, id), ACCEPTED);
    assert_int_equal(pay(&ada, id), ACCEPTED);
    assert_int_equal(take_back(&ada, id, "bank"), ACCEPTED);
    assert_int_equal(reject(&ada, id, "bank"), ACCEPTED);
    drain();
    assert_false(told(EFFECT_REFUND_APPROVED, "refund@example.com", &message));
    assert_false(told(EFFECT_REFUND_PAID, "refund@example.com", &message));
    assert_false(told(EFFECT_REFUND_RETURNED, "refund@example.com", &message));
    assert_true(told(EFFECT_REFUND_REJECTED, "refund@example.com", &message));
}

static void the_timer_calls_the_staff(void **state) {
    (void)state;
    int64_t id = refund_asked(CREDIT);
    kit_now = refund_now(id).due_at - 1;
    drain();
    assert_int_equal(works_open(), 0);
    kit_now++;
    drain();
    assert_int_equal(works_open(), 1);
    assert_int_equal(refund_now(id).escalated_at, kit_now);
    kit_now += 30 * DAY;
    drain();
    assert_int_equal(works_open(), 1);
}

/* --- views --- */

static bool once;

static json_t *show_with(const char *name, const struct actor *actor, int64_t id,
                         const char *secret, const char *search, enum refusal *refusal) {
    const struct tenants *tenants = committer_tenants(kit.kit.committer);
    const struct tenant *tenant = tenant_find(tenants, CASE_OPERATOR);
    struct view_context context = {.engine = kit.kit.engine,
                                   .reader = kit.kit.reader,
                                   .actor = actor,
                                   .tenant = tenant,
                                   .policy = &tenant->policies[0],
                                   .secrets = &kit.kit.secrets,
                                   .arena = &arena,
                                   .now = kit_now,
                                   .once = once};
    json_t *json = NULL;
    snprintf(context.secret, sizeof context.secret, "%s", secret);
    snprintf(context.search, sizeof context.search, "%s", search);
    *refusal = view_show(view_of(name), &context, id, &json);
    committer_tenants_release(kit.kit.committer, tenants);
    return json;
}

static enum refusal seen(const struct actor *actor, int64_t id, const char *secret) {
    enum refusal no;
    json_decref(show_with("refund", actor, id, secret, "", &no));
    return no;
}

static const char *text_of(const json_t *json, const char *name) {
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

static bool can(const json_t *json, const char *what) {
    return json_is_true(json_object_get(json_object_get(json, "can"), what));
}

static void only_who_may_sees_it(void **state) {
    struct actor finance = ada, key = integrator, stranger = kit.person;
    char secret[STATUS_SECRET_SIZE];
    (void)state;
    int64_t id = refund_asked(CREDIT);
    struct refund r = refund_now(id);
    refund_secret(&kit.kit.secrets, &r, secret);
    snprintf(finance.scopes, sizeof finance.scopes, "refunds:read");
    snprintf(key.scopes, sizeof key.scopes, "refunds:read");
    stranger.id = 999;
    assert_int_equal(seen(&kit.anyone, id, ""), REFUSED_NOT_FOUND);
    assert_int_equal(seen(&kit.anyone, id, "2222-2222-2222-2222"), REFUSED_NOT_FOUND);
    assert_int_equal(seen(&kit.anyone, 4711, secret), REFUSED_NOT_FOUND);
    assert_int_equal(seen(&stranger, id, ""), REFUSED_NOT_FOUND);
    assert_int_equal(seen(&integrator, id, ""), REFUSED_NOT_ALLOWED);
    assert_int_equal(seen(&ben, id, ""), REFUSED_NOT_ALLOWED);
    assert_int_equal(seen(&kit.anyone, id, secret), ACCEPTED);
    assert_int_equal(seen(&kit.person, id, ""), ACCEPTED);
    assert_int_equal(seen(&key, id, ""), ACCEPTED);
    assert_int_equal(seen(&finance, id, ""), ACCEPTED);
    key.operator= finance.operator= 8192;
    assert_int_equal(seen(&key, id, ""), REFUSED_NOT_FOUND);
    assert_int_equal(seen(&finance, id, ""), REFUSED_NOT_FOUND);
}

/* What is in the view, and to nobody in clear. */
static void a_payee_is_masked(void **state) {
    struct actor finance = ada;
    enum refusal no;
    (void)state;
    int64_t id = refund_asked(CREDIT);
    snprintf(finance.scopes, sizeof finance.scopes, "refunds:read refunds:write");
    const struct actor *eyes[] = {&kit.person, &finance};
    for (size_t i = 0; i < 2; i++) {
        json_t *json = show_with("refund", eyes[i], id, "", "", &no);
        char *whole = json_dumps(json, 0);
        assert_null(strstr(whole, "678901"));
        assert_null(strstr(whole, "Tai Man"));
        assert_null(strstr(whole, "refund@example"));
        assert_string_equal(text_of(json, "state"), "requested");
        assert_string_equal(text_of(json, "way"), "bank");
        assert_string_equal(text_of(json, "secret"), "");
        assert_true(can(json, "correct") && can(json, "approve") && can(json, "reject"));
        assert_false(can(json, "pay") || can(json, "take_back"));
        assert_int_equal(json_array_size(json_object_get(json, "ways")), 5); /* abroad is dearer */
        free(whole);
        json_decref(json);
    }
    json_t *json = show_with("refund_payee", &finance, id, "", "", &no);
    assert_string_equal(text_of(json, "number"), "");
    assert_string_equal(text_of(json, "name"), "");
    json_decref(json);
    struct refund_target in = {.refund = id};
    case_run(&kit, &refund_payee_verb, &finance, &in, &no); /* asked for, and written down */
    assert_int_equal(no, ACCEPTED);
    once = true;
    json = show_with("refund_payee", &finance, id, "", "", &no);
    once = false;
    assert_string_equal(text_of(json, "number"), "678901");
    assert_string_equal(text_of(json, "bank"), "012");
    assert_string_equal(text_of(json, "name"), "Chan Tai Man");
    json_decref(json);
    assert_int_equal(one("SELECT count(*) FROM journal WHERE verb = 'refund.payee'"), 1);
    assert_int_equal(verb_allowed(&refund_payee_verb, &kit.staff), REFUSED_NOT_ALLOWED);
}

static void the_secret_is_shown_once(void **state) {
    struct refund r;
    char secret[STATUS_SECRET_SIZE];
    enum refusal no;
    (void)state;
    int64_t id = refund_asked(CREDIT);
    r = refund_now(id);
    refund_secret(&kit.kit.secrets, &r, secret);
    once = true;
    json_t *json = show_with("refund", &kit.person, id, "", "", &no);
    once = false;
    assert_string_equal(text_of(json, "secret"), secret);
    json_decref(json);
}

static void what_can_be_done_follows_the_state(void **state) {
    struct actor finance = ada;
    enum refusal no;
    (void)state;
    int64_t id = refund_asked(CREDIT);
    snprintf(finance.scopes, sizeof finance.scopes, "refunds:read");
    assert_int_equal(approve(&ada, id), ACCEPTED);
    json_t *json = show_with("refund", &finance, id, "", "", &no);
    assert_true(can(json, "pay") && can(json, "take_back"));
    assert_false(can(json, "correct") || can(json, "approve") || can(json, "reject"));
    json_decref(json);
    assert_int_equal(pay(&ada, id), ACCEPTED);
    json = show_with("refund", &finance, id, "", "", &no);
    assert_string_equal(text_of(json, "evidence"), "payout of the day, item 3");
    assert_string_equal(text_of(json, "due_at"), "");
    json_decref(json);
    json = show_with("refund", &kit.person, id, "", "", &no);
    assert_string_equal(text_of(json, "evidence"), "");
    json_decref(json);
    assert_int_equal(take_back(&ada, id, "name"), ACCEPTED);
    json = show_with("refund", &kit.person, id, "", "", &no);
    assert_string_equal(text_of(json, "reason"), "name");
    assert_int_equal(json_integer_value(json_object_get(json, "returns")), 1);
    assert_true(can(json, "correct"));
    json_decref(json);
}

static void overdue_ones_stand_first(void **state) {
    struct actor finance = ada;
    enum refusal no;
    (void)state;
    int64_t first = refund_asked(100);
    kit_now += 2 * DAY;
    int64_t second = refund_asked(200), paid = refund_asked(300);
    assert_int_equal(approve(&ada, paid), ACCEPTED);
    assert_int_equal(pay(&ada, paid), ACCEPTED);
    kit_now = refund_now(first).due_at;
    snprintf(finance.scopes, sizeof finance.scopes, "refunds:read network:read");
    json_t *json = show_with("refunds", &finance, 0, "", "", &no), *items;
    assert_int_equal(no, ACCEPTED);
    items = json_object_get(json, "items");
    assert_int_equal(json_array_size(items), 2);
    assert_string_equal(text_of(json_array_get(items, 0), "reference"),
                        refund_now(first).reference);
    assert_true(json_is_true(json_object_get(json_array_get(items, 0), "overdue")));
    assert_string_equal(text_of(json_array_get(items, 1), "reference"),
                        refund_now(second).reference);
    assert_false(json_is_true(json_object_get(json_array_get(items, 1), "overdue")));
    json_decref(json);
    json = show_with("refunds", &finance, 0, "", refund_now(paid).reference, &no);
    items = json_object_get(json, "items");
    assert_int_equal(json_array_size(items), 1);
    assert_string_equal(text_of(json_array_get(items, 0), "state"), "paid");
    json_decref(json);
    json = show_with("refunds", &finance, 0, "", "RF-2222-2222", &no);
    assert_int_equal(json_array_size(json_object_get(json, "items")), 0);
    json_decref(json);
    json = show_with("refunds", &finance, 0, "", "nonsense", &no);
    assert_int_equal(json_array_size(json_object_get(json, "items")), 0);
    json_decref(json);
    assert_int_equal(refund_timer(first), ACCEPTED);
    json = show_with("work", &finance, 0, "", "", &no);
    items = json_object_get(json, "items");
    assert_string_equal(text_of(json_array_get(items, 0), "kind"), "refund");
    assert_string_not_equal(text_of(json_array_get(items, 0), "refund"), "");
    json_decref(json);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(each_message_says_what_to_do),
        TEST(others_are_told_without_the_secret),
        TEST(its_own_contact_may_be_the_lines),
        TEST(in_their_language),
        TEST(what_has_gone_on_is_not_told_any_more),
        TEST(the_timer_calls_the_staff),
        TEST(only_who_may_sees_it),
        TEST(a_payee_is_masked),
        TEST(the_secret_is_shown_once),
        TEST(what_can_be_done_follows_the_state),
        TEST(overdue_ones_stand_first),
    };
    return cmocka_run_group_tests(tests, dispatch_pages_open, dispatch_pages_close);
}
