/* A suspension through the dispatcher, with the demo's inbox and a clock that is set: the network
 * by hand and one that is down, the messages and their reminders, none of them to a line that
 * cannot receive. The real osmo-hlr is covered by the journeys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "commands/suspension.h"
#include "dispatch_kit.h"
#include "effects/message.h"

static struct case_kit kit;
static struct dispatcher_settings settings;
static struct actor desk;

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    settings = dispatch_settings(&kit);
    desk = kit.staff;
    snprintf(desk.scopes, sizeof desk.scopes, "lines:write network:write");
    return 0;
}

static int teardown(void **state) {
    (void)state;
    case_close(&kit);
    return 0;
}

static int64_t one(const char *sql) {
    return kit_number(&kit.kit, sql);
}

/* The SQL ends in a number of a kind. */
static int64_t of_kind(const char *sql, int kind) {
    char text[160];
    snprintf(text, sizeof text, "%s %d", sql, kind);
    return one(text);
}

static void drain(void) {
    for (int i = 0; i < 20 && dispatcher_round(&settings); i++)
        ;
}

static bool inbox_of(enum effect_kind kind, const char *via, struct inbox_message *message) {
    char sql[128];
    snprintf(sql, sizeof sql,
             "SELECT coalesce(max(id), 0) FROM effect WHERE kind = %d AND door = '%s'", (int)kind,
             via);
    case_read(&kit, INBOX_OF_EFFECT, one(sql), message);
    return message->id != 0;
}

static void suspend(void) {
    struct line_suspend in = {.line = kit.line, .language = "en"};
    enum refusal no;
    case_run(&kit, &line_suspend_verb, &kit.person, &in, &no);
    assert_int_equal(no, ACCEPTED);
}

static void reactivate(void) {
    struct line_reactivate in = {.line = kit.line, .document_type = "hkid"};
    struct line_import row = case_row(10);
    enum refusal no;
    memcpy(in.document, row.document, sizeof in.document);
    case_run(&kit, &line_reactivate_verb, &desk, &in, &no);
    assert_int_equal(no, ACCEPTED);
}

static void attest(void) {
    struct network_done in = {.work = one("SELECT id FROM work WHERE done_at = 0"),
                              .evidence = "done in the HLR, read back"};
    enum refusal no;
    case_run(&kit, &network_done_verb, &desk, &in, &no);
    assert_int_equal(no, ACCEPTED);
}

static int64_t state_of_line(void) {
    struct line line;
    case_read(&kit, LINE_BY_ID, kit.line, &line);
    return line.state;
}

static void by_hand_from_begin_to_end(void **state) {
    struct inbox_message message;
    (void)state;
    suspend();
    drain();
    assert_true(inbox_of(EFFECT_SUSPENDED, "sms", &message)); /* while it still receives */
    assert_non_null(strstr(message.text, "is being suspended"));
    assert_int_equal(state_of_line(), LINE_ACTIVE);
    attest();
    drain();
    assert_int_equal(state_of_line(), LINE_SUSPENDED);
    assert_true(inbox_of(EFFECT_SUSPENDED, "mail", &message));
    assert_string_equal(message.to, "chan@example.com");
    assert_null(strstr(message.text, "fee"));
    assert_non_null(strstr(message.text, "stands still"));
    assert_non_null(strstr(message.text, "reactivated by itself"));
    kit_now += 166 * DAY; /* a fortnight before the last day, by the timer */
    drain();
    assert_true(inbox_of(EFFECT_SUSPENSION_ENDS, "mail", &message));
    assert_int_equal(one("SELECT count(*) FROM work WHERE done_at = 0"), 0);
    kit_now += 14 * DAY;
    drain();
    assert_int_equal(
        of_kind("SELECT count(*) FROM work WHERE done_at = 0 AND kind =", WORK_NETWORK_UNBAR), 1);
    attest();
    drain();
    assert_int_equal(state_of_line(), LINE_ACTIVE);
    assert_true(inbox_of(EFFECT_REACTIVATED, "sms", &message));
    assert_true(inbox_of(EFFECT_REACTIVATED, "mail", &message));
    assert_non_null(strstr(message.text, "last day"));
    assert_int_equal(one("SELECT count(*) FROM effect WHERE state = 1"), 0);
    assert_int_equal(one("SELECT count(*) FROM suspension WHERE ended_at = 0 OR next_at <> 0"), 0);
}

static void no_message_to_a_line_that_is_barred(void **state) {
    struct effect effect;
    (void)state;
    suspend();
    kit_sql(&kit.kit, "UPDATE line SET state = 2");
    drain();
    case_read(&kit, EFFECT_BY_ID,
              of_kind("SELECT max(id) FROM effect WHERE door = 'sms' AND kind =", EFFECT_SUSPENDED),
              &effect);
    assert_int_equal(effect.state, EFFECT_DROPPED);
    assert_string_equal(effect.cause, "the line is suspended: no message reaches it");
}

/* Down for hours: tried on, the staff called, people told; and the person who changes their mind
 * meanwhile has the bar not tried any more. */
static void a_network_that_is_down(void **state) {
    struct inbox_message message;
    struct effect bar;
    (void)state;
    settings.network = NETWORK_OSMO_HLR;
    settings.hlr = (struct hlr_settings){"127.0.0.1", 1, 200}; /* nobody listens on port 1 */
    suspend();
    int64_t id = one("SELECT id FROM suspension");
    int64_t effect = case_effect(&kit, id, EFFECT_NETWORK_BAR);
    dispatcher_round(&settings);
    case_read(&kit, EFFECT_BY_ID, effect, &bar);
    assert_int_equal(bar.state, EFFECT_WAITING);
    assert_int_equal(bar.attempts, 1);
    kit_now += 3 * HOUR;
    drain();
    assert_int_equal(
        of_kind("SELECT count(*) FROM work WHERE done_at = 0 AND kind =", WORK_NETWORK_BAR), 1);
    assert_true(inbox_of(EFFECT_SUSPENSION_LATE, "mail", &message));
    assert_non_null(strstr(message.text, "It still works"));
    reactivate();
    assert_int_equal(one("SELECT count(*) FROM work WHERE done_at = 0"), 0);
    kit_now += HOUR;
    settings.network = NETWORK_MANUAL; /* what comes now does not go to the HLR */
    drain();
    case_read(&kit, EFFECT_BY_ID, effect, &bar);
    assert_int_equal(bar.state, EFFECT_DROPPED);
    assert_int_equal(bar.attempts, 2); /* no third one */
    attest();
    assert_int_equal(state_of_line(), LINE_ACTIVE);
}

/* The process dies between the network and the record: it is done again, and taken once. */
static enum refusal lost_decide(struct outcome *out, const void *input, const void *rows) {
    (void)out;
    (void)input;
    (void)rows;
    return REFUSED_UNCHANGED;
}

static const struct verb *lossy_verb_of(const char *name) {
    static struct verb lost;
    lost = network_switch_verb;
    lost.decide = lost_decide;
    return strcmp(name, "network.switch") == 0 ? &lost : verb_of(name);
}

static void handed_over_again_after_a_crash(void **state) {
    (void)state;
    suspend();
    settings.verb_of = lossy_verb_of;
    dispatcher_round(&settings);
    assert_int_equal(one("SELECT count(*) FROM work"), 0);
    settings.verb_of = verb_of;
    drain();
    drain();
    assert_int_equal(one("SELECT count(*) FROM work"), 1);
}

static void senseless_is_dropped(void **state) {
    struct effect effect;
    (void)state;
    suspend();
    kit_sql(&kit.kit, "UPDATE suspension SET ended_at = 1, next_at = 0");
    drain();
    case_read(&kit, EFFECT_BY_ID,
              of_kind("SELECT max(id) FROM effect WHERE kind =", EFFECT_NETWORK_BAR), &effect);
    assert_int_equal(effect.state, EFFECT_DROPPED);
    assert_int_equal(one("SELECT count(*) FROM work"), 0);
}

static void what_is_no_longer_so_is_not_said(void **state) {
    struct message_facts f = {.now = kit_now,
                              .line = {.id = kit.line, .state = LINE_ACTIVE},
                              .contact = {.id = 1, .address = "chan@example.com"},
                              .suspension = {.id = 5, .line = kit.line, .asked_at = 1}};
    (void)state;
    f.effect = (struct effect){.contact = 1, .line = kit.line, .to = "mail"};
    f.effect.kind = EFFECT_SUSPENSION_ENDS;
    assert_string_equal(message_dropped(&f), "it is not suspended any more");
    f.suspension.barred_at = 2;
    assert_null(message_dropped(&f));
    f.effect.kind = EFFECT_SUSPENSION_OVER;
    assert_string_equal(message_dropped(&f), "it is not suspended any more");
    f.suspension.over_at = 3;
    assert_null(message_dropped(&f));
    f.effect.kind = EFFECT_SUSPENSION_LATE;
    assert_string_equal(message_dropped(&f), "it was done meanwhile");
    f.suspension.back_at = 4;
    assert_null(message_dropped(&f));
    f.effect.kind = EFFECT_REACTIVATED;
    assert_null(message_dropped(&f));
    f.effect.contact = 0; /* the account that asked, where there is no contact */
    assert_string_equal(message_dropped(&f), "no account to write to");
    f.account = (struct account){.id = 9, .state = ACCOUNT_ACTIVE, .email = "one@example.com"};
    assert_null(message_dropped(&f));
    f.suspension.id = 0;
    assert_string_equal(message_dropped(&f), "no such suspension");
}

static void every_template_is_there(void **state) {
    static const struct {
        enum effect_kind kind;
        const char *to;
    } all[] = {{EFFECT_SUSPENDED, "sms"},        {EFFECT_SUSPENDED, "mail"},
               {EFFECT_SUSPENSION_ENDS, "mail"}, {EFFECT_SUSPENSION_OVER, "mail"},
               {EFFECT_REACTIVATED, "sms"},      {EFFECT_REACTIVATED, "mail"},
               {EFFECT_SUSPENSION_LATE, "mail"}};
    static struct message message;
    (void)state;
    const struct tenants *tenants = committer_tenants(kit.kit.committer);
    struct policy policy = tenants->tenants[0].policies[0];
    struct message_facts f = {.secrets = &kit.kit.secrets,
                              .site = "https://harbour.example",
                              .policy = &policy,
                              .now = kit_now};
    case_read(&kit, LINE_BY_ID, kit.line, &f.line);
    case_read(&kit, CONTACT_BY_ID, kit.contact, &f.contact);
    for (size_t i = 0; i < 2 * LANGUAGE_COUNT * sizeof all / sizeof *all; i++) {
        size_t k = i / (2 * LANGUAGE_COUNT);
        enum language language = i % LANGUAGE_COUNT;
        bool mail = strcmp(all[k].to, "mail") == 0, other = i / LANGUAGE_COUNT % 2;
        policy.suspension_at_end = other ? AT_END_STAY : AT_END_REACTIVATE;
        policy.suspension_validity_runs = other;
        f.suspension = (struct suspension){.id = 5,
                                           .line = kit.line,
                                           .asked_at = kit_now,
                                           .until = kit_now + 90 * DAY,
                                           .barred_at = kit_now,
                                           .fee_taken_minor = other ? 2000 : 0};
        if (all[k].kind == EFFECT_SUSPENSION_OVER)
            f.suspension.over_at = kit_now;
        if (all[k].kind == EFFECT_SUSPENSION_LATE)
            f.suspension.barred_at = 0, f.suspension.back_at = other ? kit_now : 0;
        if (all[k].kind == EFFECT_REACTIVATED)
            f.suspension.unbarred_at = f.suspension.back_at = kit_now;
        snprintf(f.suspension.language, sizeof f.suspension.language, "%s", language_tag(language));
        f.effect = (struct effect){.kind = all[k].kind, .target = 5, .line = kit.line};
        f.effect.contact = mail ? kit.contact : 0;
        snprintf(f.effect.to, sizeof f.effect.to, "%s", all[k].to);
        assert_null(message_dropped(&f));
        assert_true(message_make(dispatch_pages, &f, &message));
        assert_int_equal(message.language, language);
        assert_null(strstr(message.text, "{{"));
        assert_null(strstr(message.text, "[["));
        assert_null(strstr(message.text, "61230010"));
        assert_int_equal(message.subject[0] != '\0', mail);
        if (!mail)
            assert_true(strlen(message.text) < 640);
        if (all[k].kind == EFFECT_SUSPENDED && mail)
            assert_int_equal(strstr(message.text, "20.00") != NULL, other);
    }
    committer_tenants_release(kit.kit.committer, tenants);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(by_hand_from_begin_to_end, setup, teardown),
        cmocka_unit_test_setup_teardown(no_message_to_a_line_that_is_barred, setup, teardown),
        cmocka_unit_test_setup_teardown(a_network_that_is_down, setup, teardown),
        cmocka_unit_test_setup_teardown(handed_over_again_after_a_crash, setup, teardown),
        cmocka_unit_test_setup_teardown(senseless_is_dropped, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_longer_so_is_not_said, setup, teardown),
        cmocka_unit_test_setup_teardown(every_template_is_there, setup, teardown),
    };
    return cmocka_run_group_tests(tests, dispatch_pages_open, dispatch_pages_close);
}
