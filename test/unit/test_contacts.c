/* Contacts that a person adds and removes: what must be proved, who is told, what a code is good
 * for, and what somebody who took over the account does not get. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "case_kit.h"
#include "commands/contact.h"
#include "rules/contact.h"

static struct case_kit kit;
static char document[DOCUMENT_SIZE];

#define NEW "new@example.com"

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    struct line_import row = case_row(10);
    memcpy(document, row.document, sizeof document);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    case_close(&kit);
    return 0;
}

__attribute__((format(printf, 2, 0))) static const char *sql_of(char sql[300], const char *format,
                                                                va_list values) {
    vsnprintf(sql, 300, format, values);
    return sql;
}

/* Each takes SQL with %lld in it, and what stands there as long long. */
__attribute__((format(printf, 1, 2))) static void sql_do(const char *format, ...) {
    char sql[300];
    va_list values;
    va_start(values, format);
    kit_sql(&kit.kit, sql_of(sql, format, values));
    va_end(values);
}

__attribute__((format(printf, 1, 2))) static int64_t number(const char *format, ...) {
    char sql[300];
    va_list values;
    va_start(values, format);
    int64_t result = kit_number(&kit.kit, sql_of(sql, format, values));
    va_end(values);
    return result;
}

static struct job ask_as(const struct actor *actor, int64_t line, const char *email,
                         const char *with, enum refusal expect) {
    struct contact_ask in = {.line = line, .document_type = "hkid", .language = "en"};
    struct job job = {0};
    snprintf(in.email, sizeof in.email, "%s", email);
    snprintf(in.document, sizeof in.document, "%s", with);
    assert_int_equal(kit_run(&kit.kit, &contact_ask_verb, actor, &in, NULL, &job), expect);
    return job;
}

static struct job ask(const char *email, enum refusal expect) {
    return ask_as(&kit.person, kit.line, email, document, expect);
}

static struct job ask_removal(int64_t contact, int64_t via, enum refusal expect) {
    struct contact_ask_removal in = {.line = kit.line,
                                     .contact = contact,
                                     .via = via,
                                     .document_type = "hkid",
                                     .language = "zh-Hant-HK"};
    struct job job = {0};
    memcpy(in.document, document, sizeof in.document);
    assert_int_equal(kit_run(&kit.kit, &contact_ask_removal_verb, &kit.person, &in, NULL, &job),
                     expect);
    return job;
}

static struct challenge challenge_of(const struct job *asked) {
    struct challenge challenge;
    case_read(&kit, CHALLENGE_BY_ID, asked->result, &challenge);
    return challenge;
}

static int64_t give_as(const struct verb *verb, const struct actor *actor, const struct job *asked,
                       const char *code, enum refusal expect) {
    struct contact_code in = {.challenge = asked->result};
    struct job job = {0};
    memcpy(in.holder, asked->secret, sizeof in.holder - 1);
    snprintf(in.code, sizeof in.code, "%s", code);
    assert_int_equal(kit_run(&kit.kit, verb, actor, &in, NULL, &job), expect);
    return job.result;
}

static int64_t give(const struct verb *verb, const struct job *asked, enum refusal expect) {
    char code[CODE_DIGITS + 1];
    struct challenge challenge = challenge_of(asked);
    secret_code(&kit.kit.secrets, challenge.purpose, challenge.id, challenge.issue, challenge.nonce,
                code);
    return give_as(verb, &kit.person, asked, code, expect);
}

static int64_t added(const char *email) {
    struct job asked = ask(email, ACCEPTED);
    return give(&contact_add_verb, &asked, ACCEPTED);
}

static int64_t told(int64_t kind, int64_t target) {
    char sql[120];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM effect WHERE kind = %lld AND target = %lld",
             (long long)kind, (long long)target);
    return kit_number(&kit.kit, sql);
}

static struct contact contact_now(int64_t id) {
    struct contact contact;
    case_read(&kit, CONTACT_BY_ID, id, &contact);
    return contact;
}

static struct line line_now(void) {
    struct line line;
    case_read(&kit, LINE_BY_ID, kit.line, &line);
    return line;
}

/* Time passes, and the password is given again. */
static void later(int64_t time) {
    kit_now += time;
    sql_do("UPDATE session SET stepped_up_at = %lld", (long long)kit_now);
}

/* --- */

static void one_is_added_and_all_are_told(void **state) {
    (void)state;
    struct job asked = ask(" ＮＥＷ@Example.COM ", ACCEPTED);
    struct challenge challenge = challenge_of(&asked);
    assert_string_equal(challenge.address, "NEW@example.com");
    assert_int_equal(told(EFFECT_CONTACT_CODE, asked.result), 1);
    assert_int_equal(number("SELECT count(*) FROM contact WHERE line = %lld", (long long)kit.line),
                     1);
    kit_now += 5 * MINUTE;
    int64_t id = give(&contact_add_verb, &asked, ACCEPTED);
    struct contact contact = contact_now(id);
    assert_string_equal(contact.address, "NEW@example.com");
    assert_true(contact.line == kit.line && contact.since == kit_now &&
                contact.verified_at == kit_now && contact.kind == CONTACT_EMAIL);
    assert_int_equal(line_now().contact_changed_at, kit_now);
    /* The line and the older one, not itself. */
    assert_int_equal(told(EFFECT_CONTACT_ADDED, id), 2);
    assert_int_equal(number("SELECT contact FROM effect WHERE kind = %lld AND door = 'mail'",
                            (long long)EFFECT_CONTACT_ADDED),
                     kit.contact);
    assert_string_equal(challenge_of(&asked).address, "");
    give(&contact_add_verb, &asked, REFUSED_CODE_USED);
    ask("new@example.com", REFUSED_UNCHANGED); /* the same address, whatever its letters */
}

/* It gets copies and confirms nothing, until it is of age. */
static void a_young_one_gets_copies_only(void **state) {
    enum refusal no;
    (void)state;
    int64_t id = added(NEW);
    case_submit(&kit, id, &no);
    assert_int_equal(no, REFUSED_CONTACT_YOUNG);
    int64_t closure = case_submit(&kit, 0, &no);
    assert_int_equal(no, ACCEPTED);
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM effect WHERE contact = %lld AND kind = %d",
             (long long)id, EFFECT_RECEIPT);
    assert_int_equal(kit_number(&kit.kit, sql), 1);
    ask_removal(kit.contact, id, REFUSED_CONTACT_YOUNG);
    struct closure_withdraw off = {.closure = closure};
    case_run(&kit, &closure_withdraw_verb, &kit.person, &off, &no);
    assert_int_equal(no, ACCEPTED);
    sql_do("UPDATE contact SET since = since - %lld", (long long)(14 * DAY));
    case_submit(&kit, id, &no);
    assert_int_equal(no, ACCEPTED);
}

static void what_must_be_proved(void **state) {
    struct actor stranger = kit.person, gone = kit.person;
    (void)state;
    stranger.id = stranger.session = 999;
    gone.session = 999;
    ask_as(&gone, kit.line, NEW, document, REFUSED_NOT_SIGNED_IN);
    ask_as(&kit.person, kit.other_line, NEW, document, REFUSED_NOT_FOUND);
    ask_as(&kit.person, 99999, NEW, document, REFUSED_NOT_FOUND);
    ask_as(&kit.person, kit.line, NEW, "A200999(", REFUSED_DOCUMENT_FORM);
    assert_int_equal(number("SELECT count(*) FROM budget WHERE scope = 'identity'"), 0);
    ask("no address", REFUSED_EMAIL_FORM);
    ask("a@example.com\nBcc: b@example.com", REFUSED_EMAIL_FORM);
    assert_int_equal(number("SELECT count(*) FROM challenge"), 0);
    /* The password was given too long ago: before and after the code was asked for. */
    struct job asked = ask(NEW, ACCEPTED);
    sql_do("UPDATE session SET stepped_up_at = %lld", (long long)(kit_now - HOUR));
    give(&contact_add_verb, &asked, REFUSED_STEP_UP);
    assert_int_equal(challenge_of(&asked).attempts, 0);
    ask(NEW, REFUSED_STEP_UP);
    sql_do("UPDATE session SET stepped_up_at = %lld", (long long)kit_now);
    give_as(&contact_add_verb, &stranger, &asked, "12345678", REFUSED_NOT_FOUND);
    give(&contact_add_verb, &asked, ACCEPTED);
}

/* A link that was made without the SIM changes no contacts. */
static void a_claim_is_not_enough(void **state) {
    (void)state;
    struct job asked = ask(NEW, ACCEPTED);
    for (int64_t how = LINK_CONTACT; how <= LINK_CLAIMED; how++) {
        sql_do("UPDATE account_line SET how = %lld", (long long)how);
        ask(NEW, REFUSED_NOT_FOUND);
        ask_removal(kit.contact, 0, REFUSED_NOT_FOUND);
        give(&contact_add_verb, &asked, REFUSED_NOT_FOUND);
    }
}

static void wrong_id_numbers_run_out(void **state) {
    enum refusal no = REFUSED_IDENTITY;
    struct line_import other = case_row(90);
    (void)state;
    for (int i = 0; i < 30 && no == REFUSED_IDENTITY; i++) {
        struct contact_ask in = {
            .line = kit.line, .email = NEW, .document_type = "hkid", .language = "en"};
        memcpy(in.document, other.document, sizeof in.document);
        no = kit_run(&kit.kit, &contact_ask_verb, &kit.person, &in, NULL, NULL);
    }
    assert_int_equal(no, REFUSED_TOO_MANY);
    ask(NEW, REFUSED_TOO_MANY); /* even the right one */
    case_submit(&kit, 0, &no);  /* one budget with the closing's */
    assert_int_equal(no, REFUSED_TOO_MANY);
    assert_int_equal(number("SELECT count(*) FROM effect WHERE kind = %d", EFFECT_CONTACT_CODE), 0);
}

static void codes_are_for_one_thing_once(void **state) {
    (void)state;
    struct job asked = ask(NEW, ACCEPTED), other = ask_removal(kit.contact, 0, ACCEPTED), gone;
    give(&contact_remove_verb, &asked, REFUSED_NOT_FOUND); /* of the other purpose */
    give(&contact_add_verb, &other, REFUSED_NOT_FOUND);
    gone = asked;
    gone.secret[0] ^= 1;
    give(&contact_add_verb, &gone, REFUSED_NOT_FOUND);
    assert_int_equal(challenge_of(&asked).attempts, 0);
    for (int i = 0; i < 10; i++) {
        struct contact_code in = {.challenge = asked.result, .code = "00000000"};
        memcpy(in.holder, asked.secret, sizeof in.holder - 1);
        kit_run(&kit.kit, &contact_add_verb, &kit.person, &in, NULL, NULL);
    }
    give(&contact_add_verb, &asked, REFUSED_TOO_MANY);
    later(10 * MINUTE); /* the life of a code by SMS */
    give(&contact_remove_verb, &other, REFUSED_CODE_EXPIRED);
    asked = ask("later@example.com", ACCEPTED);
    later(HOUR);
    give(&contact_add_verb, &asked, REFUSED_CODE_EXPIRED);
}

/* Two windows of one browser. */
static void who_comes_second_changes_nothing(void **state) {
    (void)state;
    struct job one = ask(NEW, ACCEPTED), two = ask(NEW, ACCEPTED);
    int64_t id = give(&contact_add_verb, &one, ACCEPTED);
    give(&contact_add_verb, &two, REFUSED_UNCHANGED);
    assert_int_equal(number("SELECT count(*) FROM contact WHERE line = %lld", (long long)kit.line),
                     2);
    one = ask_removal(id, 0, ACCEPTED);
    two = ask_removal(id, kit.contact, ACCEPTED);
    give(&contact_remove_verb, &one, ACCEPTED);
    give(&contact_remove_verb, &two, REFUSED_UNCHANGED);
    assert_int_equal(told(EFFECT_CONTACT_REMOVED, id), 3); /* once: the line, both */
}

static void there_is_a_most(void **state) {
    char email[40];
    (void)state;
    for (int i = 1; i < CONTACTS_MOST; i++) {
        snprintf(email, sizeof email, "c%d@example.com", i);
        sql_do("DELETE FROM budget");
        added(email);
    }
    sql_do("DELETE FROM budget");
    ask("one.more@example.com", REFUSED_CONTACTS_FULL);
    struct job asked = ask_removal(kit.contact, 0, ACCEPTED);
    give(&contact_remove_verb, &asked, ACCEPTED);
    asked = ask("one.more@example.com", ACCEPTED);
    struct job second = ask("and.more@example.com", ACCEPTED);
    give(&contact_add_verb, &asked, ACCEPTED);
    give(&contact_add_verb, &second, REFUSED_CONTACTS_FULL);
}

static void a_day_has_so_many_changes(void **state) {
    char email[40];
    enum refusal no = ACCEPTED;
    int asked = 0;
    (void)state;
    for (; asked < 2 * CONTACT_CHANGES_A_DAY && !no; asked++) {
        struct contact_ask in = {.line = kit.line, .document_type = "hkid", .language = "en"};
        snprintf(email, sizeof email, "c%d@example.com", asked);
        memcpy(in.email, email, sizeof email);
        memcpy(in.document, document, sizeof in.document);
        no = kit_run(&kit.kit, &contact_ask_verb, &kit.person, &in, NULL, NULL);
    }
    assert_int_equal(no, REFUSED_TOO_MANY);
    assert_int_equal(asked, CONTACT_CHANGES_A_DAY + 1);
    later(DAY);
    ask(NEW, ACCEPTED);
}

/* The owner's address was removed by somebody: it hears of all that follows, for a while. */
static void a_removed_one_hears_for_a_while(void **state) {
    enum refusal no;
    char sql[160];
    (void)state;
    struct job asked = ask_removal(kit.contact, 0, ACCEPTED);
    assert_int_equal(told(EFFECT_REMOVAL_CODE, asked.result), 1);
    give(&contact_remove_verb, &asked, ACCEPTED);
    struct contact old = contact_now(kit.contact);
    assert_int_equal(old.removed_at, kit_now);
    assert_int_equal(old.told_until, kit_now + 14 * DAY);
    assert_int_equal(told(EFFECT_CONTACT_REMOVED, kit.contact), 2); /* the line and itself */
    int64_t closure = case_submit(&kit, kit.contact, &no);
    assert_int_equal(no, REFUSED_NOT_FOUND); /* it confirms nothing any more */
    closure = case_submit(&kit, 0, &no);
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM effect WHERE contact = %lld AND kind = %d AND target = %lld",
             (long long)kit.contact, EFFECT_RECEIPT, (long long)closure);
    assert_int_equal(kit_number(&kit.kit, sql), 1);
    struct closure_withdraw off = {.closure = closure};
    later(old.told_until - kit_now);
    case_run(&kit, &closure_withdraw_verb, &kit.person, &off, &no);
    assert_int_equal(no, ACCEPTED);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM effect WHERE contact = %lld AND kind = %d",
             (long long)kit.contact, EFFECT_WITHDRAWN);
    assert_int_equal(kit_number(&kit.kit, sql), 0);
}

/* The address that a thief added does not listen longer than it was one. */
static void a_short_one_hears_shortly(void **state) {
    (void)state;
    int64_t id = added(NEW);
    kit_now += 8 * MINUTE;
    struct job asked = ask_removal(id, kit.contact, ACCEPTED);
    assert_int_equal(challenge_of(&asked).via, kit.contact);
    kit_now += MINUTE;
    give(&contact_remove_verb, &asked, ACCEPTED);
    assert_int_equal(contact_now(id).told_until, kit_now + 9 * MINUTE);
    assert_int_equal(line_now().contact_changed_at, kit_now);
}

/* The mailbox that got the code is a contact no more. */
static void a_code_dies_with_its_contact(void **state) {
    (void)state;
    int64_t id = added(NEW);
    struct job by_old = ask_removal(id, kit.contact, ACCEPTED);
    struct job asked = ask_removal(kit.contact, 0, ACCEPTED);
    give(&contact_remove_verb, &asked, ACCEPTED);
    give(&contact_remove_verb, &by_old, REFUSED_CODE_EXPIRED);
    assert_int_equal(contact_now(id).removed_at, 0);
    ask_removal(id, kit.contact, REFUSED_NOT_FOUND);
    ask_removal(kit.contact, 0, REFUSED_NOT_FOUND);
    ask_removal(99999, 0, REFUSED_NOT_FOUND);
}

/* So does the confirmation of a closing that went to it. */
static void a_confirmation_dies_with_its_contact(void **state) {
    enum refusal no;
    (void)state;
    int64_t closure = case_submit(&kit, kit.contact, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(case_delivered(&kit, closure), ACCEPTED);
    struct job asked = ask_removal(kit.contact, 0, ACCEPTED);
    give(&contact_remove_verb, &asked, ACCEPTED);
    assert_int_equal(case_confirm(&kit, closure), REFUSED_CODE_EXPIRED);
    struct closure row;
    case_read(&kit, CLOSURE_BY_ID, closure, &row);
    assert_int_equal(row.confirmed_at, 0);
    struct closure_resend again = {.closure = closure, .to_line = 1};
    case_run(&kit, &closure_resend_verb, &kit.person, &again, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(case_confirm(&kit, closure), ACCEPTED);
}

/* Whoever has the new SIM gets what is sent to the line, and so neither adds nor removes by it. */
static void a_new_sim_raises(void **state) {
    (void)state;
    struct job adding = ask(NEW, ACCEPTED), removing = ask_removal(kit.contact, 0, ACCEPTED);
    sql_do("UPDATE line SET sim_since = %lld", (long long)(kit_now - DAY));
    ask(NEW, REFUSED_PROOF);
    give(&contact_add_verb, &adding, REFUSED_PROOF);
    ask_removal(kit.contact, 0, REFUSED_PROOF);
    give(&contact_remove_verb, &removing, REFUSED_PROOF);
    struct job asked = ask_removal(kit.contact, kit.contact, ACCEPTED); /* it may go by itself */
    give(&contact_remove_verb, &asked, ACCEPTED);
}

/* A forgotten password was set anew: whoever reads that mailbox adds nothing, and only the line
 * removes. */
static void a_new_password_raises(void **state) {
    struct account account = {.id = CASE_ACCOUNT,
                              .operator= CASE_OPERATOR,
                              .state = ACCOUNT_ACTIVE,
                              .made_at = 1,
                              .email = "chan@example.com",
                              .password = "x",
                              .language = "en"};
    (void)state;
    kit_put(&kit.kit, ACCOUNT_ADD, &account);
    struct job adding = ask(NEW, ACCEPTED);
    struct job removing = ask_removal(kit.contact, kit.contact, ACCEPTED);
    sql_do("UPDATE account SET reset_at = %lld", (long long)(kit_now - DAY));
    ask(NEW, REFUSED_RESET_NEW);
    give(&contact_add_verb, &adding, REFUSED_RESET_NEW);
    ask_removal(kit.contact, kit.contact, REFUSED_RESET_NEW);
    give(&contact_remove_verb, &removing, REFUSED_RESET_NEW);
    struct job asked = ask_removal(kit.contact, 0, ACCEPTED);
    give(&contact_remove_verb, &asked, ACCEPTED);
}

static void a_closed_line_has_no_changes(void **state) {
    (void)state;
    struct job adding = ask(NEW, ACCEPTED), removing = ask_removal(kit.contact, 0, ACCEPTED);
    sql_do("UPDATE line SET state = %lld", (long long)LINE_CLOSED);
    ask(NEW, REFUSED_LINE_CLOSED);
    ask_removal(kit.contact, 0, REFUSED_LINE_CLOSED);
    give(&contact_add_verb, &adding, REFUSED_LINE_CLOSED);
    give(&contact_remove_verb, &removing, REFUSED_LINE_CLOSED);
}

/* The import puts one address in place of all: those hear of it too. */
static void an_import_ends_them_alike(void **state) {
    struct line_import row = case_row(10);
    enum refusal no;
    (void)state;
    memcpy(row.email, NEW, sizeof NEW);
    row.email_since = kit_now - DAY;
    case_run(&kit, &line_import_verb, &kit.system, &row, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(contact_now(kit.contact).told_until, kit_now + 14 * DAY);
    struct contact contact = contact_now(kit.contact);
    assert_true(contact_hears(&contact, contact.told_until - 1));
    assert_false(contact_hears(&contact, contact.told_until));
    contact.id = 0;
    assert_false(contact_hears(&contact, kit_now));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(one_is_added_and_all_are_told),
        TEST(a_young_one_gets_copies_only),
        TEST(what_must_be_proved),
        TEST(a_claim_is_not_enough),
        TEST(wrong_id_numbers_run_out),
        TEST(codes_are_for_one_thing_once),
        TEST(who_comes_second_changes_nothing),
        TEST(there_is_a_most),
        TEST(a_day_has_so_many_changes),
        TEST(a_removed_one_hears_for_a_while),
        TEST(a_short_one_hears_shortly),
        TEST(a_code_dies_with_its_contact),
        TEST(a_confirmation_dies_with_its_contact),
        TEST(a_new_sim_raises),
        TEST(a_new_password_raises),
        TEST(a_closed_line_has_no_changes),
        TEST(an_import_ends_them_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
