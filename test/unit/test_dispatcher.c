/* The dispatcher on a demo store with inbox delivery and a clock that is set: what is due and only
 * that, at least once, never late, never to a number that the line no longer has. The real peers
 * (Kannel, SMTP, osmo-hlr) are covered by the journeys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "dispatch_kit.h"
#include "effects/message.h"

static struct case_kit kit;
static struct dispatcher_settings settings;

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    settings = dispatch_settings(&kit);
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

static void drain(void) {
    for (int i = 0; i < 20 && dispatcher_round(&settings); i++)
        ;
}

/* The message of the first effect of the kind that reached the inbox by that way. */
static bool inbox_of(enum effect_kind kind, const char *via, struct inbox_message *message) {
    char sql[128];
    snprintf(sql, sizeof sql,
             "SELECT coalesce(min(id), 0) FROM effect WHERE kind = %d AND door = '%s'", (int)kind,
             via);
    case_read(&kit, INBOX_OF_EFFECT, one(sql), message);
    return message->id != 0;
}

static void messages_bear_what_they_must(void **state) {
    struct inbox_message message;
    struct closure closure;
    struct closure_confirm in;
    enum refusal no;
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    drain();
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    assert_int_equal(one("SELECT count(*) FROM effect WHERE state = 1"), 0);
    assert_true(inbox_of(EFFECT_RECEIPT, "sms", &message));
    assert_string_equal(message.to, "+85261230010");
    assert_non_null(strstr(message.text, closure.reference));
    assert_null(strstr(message.text, "61230010")); /* no more than needed */
    assert_true(inbox_of(EFFECT_RECEIPT, "mail", &message));
    assert_string_equal(message.to, "chan@example.com");
    assert_non_null(strstr(message.subject, closure.reference));
    assert_true(inbox_of(EFFECT_CONFIRM, "sms", &message));
    in = (struct closure_confirm){.closure = id};
    const char *link = strstr(message.text, "http://127.0.0.1:8080/harbour/c/RO-");
    assert_non_null(link);
    snprintf(in.secret, sizeof in.secret, "%.*s", (int)strcspn(strchr(link, '#') + 1, " "),
             strchr(link, '#') + 1);
    char code[16], grouped[24];
    closure_code(&kit.kit.secrets, &closure, code);
    snprintf(grouped, sizeof grouped, "%.4s %.4s", code, code + 4);
    assert_non_null(strstr(message.text, grouped));
    case_run(&kit, &closure_confirm_verb, &kit.anyone, &in, &no);
    assert_int_equal(no, ACCEPTED); /* what was sent confirms */
}

static void whole_closing_by_hand(void **state) {
    struct inbox_message message;
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    drain();
    kit_now += 6 * HOUR;
    drain();
    assert_true(inbox_of(EFFECT_REMIND, "sms", &message));
    assert_null(strstr(message.text, "code")); /* ten minutes were over long ago; the link lives */
    assert_int_equal(case_confirm(&kit, id), ACCEPTED);
    drain();
    assert_true(inbox_of(EFFECT_CONFIRMED, "sms", &message));
    assert_int_equal(one("SELECT count(*) FROM work"), 0);
    kit_now += 30 * MINUTE;
    drain(); /* starts, and with the manual adapter the staff have it at once */
    assert_int_equal(one("SELECT count(*) FROM work WHERE done_at = 0"), 1);
    assert_int_equal(one("SELECT state FROM effect WHERE kind = 11"), EFFECT_DONE);
    struct network_done done = {.work = one("SELECT id FROM work"), .evidence = "seen in the HLR"};
    enum refusal no;
    case_run(&kit, &network_done_verb, &kit.staff, &done, &no);
    assert_int_equal(no, ACCEPTED);
    drain();
    assert_true(inbox_of(EFFECT_CLOSED, "mail", &message));
    assert_non_null(strstr(message.text, "86.40"));
    assert_non_null(strstr(message.text, "attested by our staff"));
    assert_int_equal(one("SELECT count(*) FROM effect WHERE state = 1"), 0);
}

static void expires_with_notice(void **state) {
    struct inbox_message message;
    struct closure closure;
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    drain();
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    kit_now = closure.due_at - 3 * HOUR;
    drain();
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    assert_int_equal(closure.expired_at, kit_now);
    assert_true(inbox_of(EFFECT_EXPIRED, "sms", &message));
}

static void nothing_is_sent_late(void **state) {
    struct effect effect;
    struct inbox_message message;
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    int64_t confirm = case_effect(&kit, id, EFFECT_CONFIRM);
    kit_now += 23 * HOUR; /* nobody ran for a day */
    drain();
    case_read(&kit, EFFECT_BY_ID, confirm, &effect);
    assert_int_equal(effect.state, EFFECT_DROPPED);
    assert_false(inbox_of(EFFECT_CONFIRM, "sms", &message));
    assert_true(inbox_of(EFFECT_RECEIPT, "sms", &message)); /* a receipt has always a sense */
}

static void never_to_the_next_owner(void **state) {
    struct effect effect;
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    int64_t receipt = case_effect(&kit, id, EFFECT_RECEIPT);
    char sql[96];
    snprintf(sql, sizeof sql, "UPDATE line SET state = 4 WHERE id = %lld", (long long)kit.line);
    kit_sql(&kit.kit, sql);
    kit_sql(&kit.kit, "UPDATE contact SET removed_at = 1");
    drain();
    case_read(&kit, EFFECT_BY_ID, receipt, &effect);
    assert_int_equal(effect.state, EFFECT_DROPPED);
    assert_int_equal(one("SELECT count(*) FROM inbox"), 0);
}

/* Another address and another SIM: the line hears of it, and the address that was taken away. */
static void changes_are_told_to_who_was_there(void **state) {
    struct line_import row = case_row(10);
    struct inbox_message message;
    enum refusal no;
    (void)state;
    memcpy(row.email, "thief@example.org", 18);
    memcpy(row.iccid, case_row(77).iccid, sizeof row.iccid);
    memcpy(row.imsi, case_row(77).imsi, sizeof row.imsi);
    case_run(&kit, &line_import_verb, &kit.system, &row, &no);
    assert_int_equal(no, ACCEPTED);
    kit_now += MINUTE; /* the old address is gone by now */
    drain();
    for (int64_t kind = EFFECT_CONTACT_CHANGED; kind <= EFFECT_SIM_CHANGED; kind++) {
        assert_true(inbox_of((enum effect_kind)kind, "sms", &message));
        assert_string_equal(message.to, "+85261230010");
        assert_true(inbox_of((enum effect_kind)kind, "mail", &message));
        assert_string_equal(message.to, "chan@example.com");
        assert_null(strstr(message.text, "thief")); /* nobody learns the new one from it */
        assert_null(strstr(message.text, row.iccid));
    }
    assert_int_equal(one("SELECT count(*) FROM inbox"), 4);
    assert_int_equal(one("SELECT count(*) FROM effect WHERE state <> 2"), 0);
}

/* Another responsible person: the line and its address hear of it, and not who it is. */
static void another_second_person_is_told(void **state) {
    struct line_import row = case_row(30);
    struct inbox_message message;
    enum refusal no;
    (void)state;
    row.kind = SUBSCRIBER_COMPANY;
    row.birth[0] = '\0';
    memcpy(row.document_type, "business_registration", 22);
    memcpy(row.document, "12345678", 9);
    row.second_role = SECOND_RESPONSIBLE_PERSON;
    memcpy(row.second_name, "CHAN Siu Ling", 14);
    memcpy(row.second_birth, "1985-06-07", 11);
    memcpy(row.second_document_type, "passport", 9);
    memcpy(row.second_document, "P123456", 8);
    case_run(&kit, &line_import_verb, &kit.system, &row, &no);
    assert_int_equal(no, ACCEPTED);
    memcpy(row.second_name, "LEE Ka Yan", 11);
    case_run(&kit, &line_import_verb, &kit.system, &row, &no);
    assert_int_equal(no, ACCEPTED);
    drain();
    assert_true(inbox_of(EFFECT_SECOND_CHANGED, "sms", &message));
    assert_string_equal(message.to, row.number);
    assert_true(inbox_of(EFFECT_SECOND_CHANGED, "mail", &message));
    assert_string_equal(message.to, "chan@example.com");
    assert_null(strstr(message.text, "LEE"));
    assert_int_equal(one("SELECT count(*) FROM effect WHERE state <> 2"), 0);
}

/* Who had been removed before the change is no contact of it; what else is due to him is dropped.
 */
static void a_removed_contact_hears_no_more(void **state) {
    struct message_facts f = {.now = kit_now};
    (void)state;
    case_read(&kit, LINE_BY_ID, kit.line, &f.line);
    case_read(&kit, CONTACT_BY_ID, kit.contact, &f.contact);
    f.effect = (struct effect){.kind = EFFECT_CONTACT_CHANGED,
                               .line = kit.line,
                               .made_at = kit_now,
                               .contact = kit.contact,
                               .to = "mail"};
    assert_null(message_dropped(&f));
    f.contact.removed_at = kit_now;
    assert_null(message_dropped(&f));
    f.contact.removed_at = kit_now - 1;
    assert_string_equal(message_dropped(&f), "the contact was removed");
    f.contact.removed_at = kit_now;
    f.account.id = 1;
    f.effect.kind = EFFECT_ACCOUNT_MADE;
    assert_string_equal(message_dropped(&f), "the contact was removed");
    /* For a while it is told as the others are, and never asked. */
    f.contact.told_until = kit_now + 1;
    assert_null(message_dropped(&f));
    f.contact.told_until = kit_now;
    assert_string_equal(message_dropped(&f), "the contact was removed");
    f.contact.told_until = kit_now + 1;
    f.challenge = (struct challenge){
        .id = 2, .account = 1, .closure = 1, .expires_at = kit_now + 1, .address = "a@example.com"};
    f.effect.kind = EFFECT_REMOVAL_CODE;
    assert_string_equal(message_dropped(&f), "the contact was removed");
    f.contact.removed_at = 0;
    assert_null(message_dropped(&f));
}

/* A report that is never recorded: as when the process dies between delivery and report. */
static enum refusal lost_decide(struct outcome *out, const void *input, const void *rows) {
    (void)out;
    (void)input;
    (void)rows;
    return REFUSED_UNCHANGED;
}

static const struct verb *lossy_verb_of(const char *name) {
    static struct verb lost;
    lost = effect_report_verb;
    lost.decide = lost_decide;
    return strcmp(name, "effect.report") == 0 ? &lost : verb_of(name);
}

static void delivered_again_after_a_crash(void **state) {
    (void)state;
    case_submit(&kit, 0, NULL);
    int64_t due = one("SELECT count(*) FROM effect WHERE state = 1");
    settings.verb_of = lossy_verb_of;
    dispatcher_round(&settings);
    assert_int_equal(one("SELECT count(*) FROM inbox"), due);
    assert_int_equal(one("SELECT count(*) FROM effect WHERE state = 1"), due); /* still due */
    settings.verb_of = verb_of;
    assert_int_equal(dispatcher_round(&settings), due);
    assert_int_equal(one("SELECT count(*) FROM inbox"), due); /* the key made the second one none */
    assert_int_equal(one("SELECT count(*) FROM effect WHERE state = 2"), due);
}

static void backs_off_and_escalates(void **state) {
    struct effect effect;
    struct closure closure;
    (void)state;
    settings.network = NETWORK_OSMO_HLR;
    settings.hlr = (struct hlr_settings){"127.0.0.1", 1, 200}; /* nobody listens on port 1 */
    int64_t id = case_executing(&kit);
    int64_t network = case_effect(&kit, id, EFFECT_NETWORK_CUT);
    dispatcher_round(&settings);
    case_read(&kit, EFFECT_BY_ID, network, &effect);
    assert_int_equal(effect.state, EFFECT_WAITING);
    assert_int_equal(effect.attempts, 1);
    assert_int_equal(effect.next_at, kit_now + SECOND);
    assert_true(effect.cause[0] != '\0');
    dispatcher_round(&settings); /* not due: nothing is tried */
    case_read(&kit, EFFECT_BY_ID, network, &effect);
    assert_int_equal(effect.attempts, 1);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    assert_int_equal(closure.cut_at, 0);
    kit_now = closure.due_at - 4 * HOUR;
    drain();
    assert_int_equal(one("SELECT count(*) FROM work WHERE done_at = 0"), 1);
    case_read(&kit, EFFECT_BY_ID, network, &effect);
    assert_int_equal(effect.attempts, 2); /* and the network is still tried */
    assert_int_equal(effect.state, EFFECT_WAITING);
}

static void demo_reaches_nobody_else(void **state) {
    char why[256];
    struct sms_settings sms = {.url = "http://127.0.0.1:13013/cgi-bin/sendsms"};
    struct mail_settings mail = {.host = "localhost"};
    (void)state;
    settings.sms = &sms;
    settings.mail = &mail;
    assert_true(dispatcher_settings_check(&settings, why));
    static const char *const elsewhere[] = {
        "http://sms.example.com/", "http://127.0.0.1@sms.example.com/", "http://127.0.0.1.example/",
        "http://10.0.0.1:13013/", "sms.example.com"};
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++) {
        sms.url = elsewhere[i];
        assert_false(dispatcher_settings_check(&settings, why));
    }
    sms.url = "http://[::1]:13013/";
    assert_true(dispatcher_settings_check(&settings, why));
    mail.host = "mail.example.com";
    assert_false(dispatcher_settings_check(&settings, why));
    settings.mail = NULL;
    settings.network = NETWORK_OSMO_HLR;
    settings.hlr = (struct hlr_settings){"192.0.2.1", HLR_PORT, 1000};
    assert_false(dispatcher_settings_check(&settings, why));
    settings.network = NETWORK_MANUAL;
    settings.demo = false;
    assert_false(dispatcher_settings_check(&settings, why)); /* in earnest both are needed */
    assert_non_null(strstr(why, "SMS gateway"));
}

static void payments_go_where_nobody_listens(void **state) {
    char why[256];
    struct payment_settings payment = {.url = "http://127.0.0.1:9/"};
    struct sms_settings sms = {.url = "http://127.0.0.1:13013/cgi-bin/sendsms"};
    struct mail_settings mail = {.host = "localhost"};
    (void)state;
    settings.payment = &payment;
    assert_true(dispatcher_settings_check(&settings, why));
    payment.url = "https://pay.example.com/";
    assert_false(dispatcher_settings_check(&settings, why)); /* a demo pays nobody */
    settings.sms = &sms;
    settings.mail = &mail;
    settings.demo = false;
    assert_true(dispatcher_settings_check(&settings, why));
    payment.url = "http://pay.example.com/";
    assert_false(dispatcher_settings_check(&settings, why));
    assert_non_null(strstr(why, "https"));
}

/* The threads: woken, they do the same. Waits for the result, never for a time. */
static void threads_deliver(void **state) {
    char why[256] = "";
    (void)state;
    struct dispatcher *dispatcher = dispatcher_start(&settings, why);
    assert_non_null(dispatcher);
    case_submit(&kit, 0, NULL);
    dispatcher_wake(dispatcher);
    dispatcher_wake(NULL);
    while (one("SELECT count(*) FROM effect WHERE state = 1") > 0)
        ;
    assert_int_equal(one("SELECT count(*) FROM inbox"), 3);
    dispatcher_stop(dispatcher);
}

/* Every kind, way and language, with nothing mistyped in a template and no double brace left. */
static void every_template_is_there(void **state) {
    static const struct {
        enum effect_kind kind;
        const char *to;
    } all[] = {{EFFECT_CODE_SMS, "sms"},        {EFFECT_CODE_MAIL, "mail"},
               {EFFECT_ACCOUNT_EXISTS, "mail"}, {EFFECT_ACCOUNT_MADE, "sms"},
               {EFFECT_ACCOUNT_MADE, "mail"},   {EFFECT_RECEIPT, "sms"},
               {EFFECT_RECEIPT, "mail"},        {EFFECT_CONFIRM, "sms"},
               {EFFECT_CONFIRM, "mail"},        {EFFECT_REMIND, "sms"},
               {EFFECT_REMIND, "mail"},         {EFFECT_CONFIRMED, "sms"},
               {EFFECT_CONFIRMED, "mail"},      {EFFECT_WITHDRAWN, "sms"},
               {EFFECT_WITHDRAWN, "mail"},      {EFFECT_EXPIRED, "sms"},
               {EFFECT_EXPIRED, "mail"},        {EFFECT_CLOSED, "mail"},
               {EFFECT_CONTACT_CHANGED, "sms"}, {EFFECT_CONTACT_CHANGED, "mail"},
               {EFFECT_SIM_CHANGED, "sms"},     {EFFECT_SIM_CHANGED, "mail"},
               {EFFECT_SECOND_CHANGED, "sms"},  {EFFECT_SECOND_CHANGED, "mail"},
               {EFFECT_CONTACT_CODE, "mail"},   {EFFECT_REMOVAL_CODE, "mail"},
               {EFFECT_REMOVAL_CODE, "sms"},    {EFFECT_CONTACT_ADDED, "sms"},
               {EFFECT_CONTACT_ADDED, "mail"},  {EFFECT_CONTACT_REMOVED, "sms"},
               {EFFECT_CONTACT_REMOVED, "mail"}};
    static struct message message;
    struct message_facts f = {.secrets = &kit.kit.secrets, .site = "https://harbour.example"};
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    const struct tenants *tenants = committer_tenants(kit.kit.committer);
    f.policy = &tenants->tenants[0].policies[0];
    f.now = kit_now;
    case_read(&kit, CLOSURE_BY_ID, id, &f.closure);
    case_read(&kit, LINE_BY_ID, kit.line, &f.line);
    case_read(&kit, CONTACT_BY_ID, kit.contact, &f.contact);
    f.account = (struct account){.id = 1, .state = ACCOUNT_ACTIVE, .email = "chan@example.com"};
    f.challenge = (struct challenge){
        .id = 2, .issue = 1, .expires_at = kit_now + MINUTE, .address = "chan@example.com"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        bool mail = strcmp(all[i].to, "mail") == 0;
        f.effect = (struct effect){.kind = all[i].kind, .target = id, .line = kit.line};
        f.effect.made_at = kit_now;
        f.effect.contact = f.closure.contact = mail ? kit.contact : 0;
        snprintf(f.effect.to, sizeof f.effect.to, "%s", all[i].to);
        snprintf(f.challenge.purpose, sizeof f.challenge.purpose, "%s",
                 all[i].kind == EFFECT_CODE_SMS ? "register" : "verify");
        for (enum language l = 0; l < LANGUAGE_COUNT; l++) {
            snprintf(f.closure.language, 16, "%s", language_tag(l));
            snprintf(f.challenge.language, 16, "%s", language_tag(l));
            snprintf(f.account.language, 16, "%s", language_tag(l));
            snprintf(f.subscriber.language, 16, "%s", language_tag(l));
            assert_null(message_dropped(&f));
            assert_true(message_make(dispatch_pages, &f, &message));
            assert_int_equal(message.language, l);
            assert_null(strstr(message.text, "{{"));
            assert_null(strstr(message.text, "[["));
            assert_int_equal(message.subject[0] != '\0', mail);
            assert_null(strstr(message.text, "61230010"));
            if (!mail)
                assert_true(strlen(message.text) < 640);
        }
    }
    committer_tenants_release(kit.kit.committer, tenants);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(messages_bear_what_they_must, setup, teardown),
        cmocka_unit_test_setup_teardown(whole_closing_by_hand, setup, teardown),
        cmocka_unit_test_setup_teardown(expires_with_notice, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_is_sent_late, setup, teardown),
        cmocka_unit_test_setup_teardown(never_to_the_next_owner, setup, teardown),
        cmocka_unit_test_setup_teardown(changes_are_told_to_who_was_there, setup, teardown),
        cmocka_unit_test_setup_teardown(another_second_person_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(a_removed_contact_hears_no_more, setup, teardown),
        cmocka_unit_test_setup_teardown(delivered_again_after_a_crash, setup, teardown),
        cmocka_unit_test_setup_teardown(backs_off_and_escalates, setup, teardown),
        cmocka_unit_test_setup_teardown(demo_reaches_nobody_else, setup, teardown),
        cmocka_unit_test_setup_teardown(payments_go_where_nobody_listens, setup, teardown),
        cmocka_unit_test_setup_teardown(threads_deliver, setup, teardown),
        cmocka_unit_test_setup_teardown(every_template_is_there, setup, teardown),
    };
    return cmocka_run_group_tests(tests, dispatch_pages_open, dispatch_pages_close);
}
