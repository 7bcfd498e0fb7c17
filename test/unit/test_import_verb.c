/* line.import: the row as a whole or not at all, and each refusal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "case_kit.h"

static struct case_kit kit;

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    case_close(&kit);
    return 0;
}

static enum refusal import(struct line_import row, int64_t *line) {
    enum refusal no;
    int64_t id = case_run(&kit, &line_import_verb, &kit.system, &row, &no);
    if (line)
        *line = id;
    return no;
}

static void brings_in(void **state) {
    struct line line;
    struct subscriber subscriber;
    int64_t id;
    (void)state;
    struct line_import row = case_row(50);
    row.email_since = kit_now - 2 * DAY;
    assert_int_equal(import(row, &id), ACCEPTED);
    case_read(&kit, LINE_BY_ID, id, &line);
    assert_int_equal(line.state, LINE_ACTIVE);
    assert_int_equal(line.contact_changed_at, row.email_since);
    assert_string_equal(line.imsi, row.imsi);
    case_read(&kit, SUBSCRIBER_BY_ID, line.subscriber, &subscriber);
    assert_string_equal(subscriber.name_zh, "陳大文");
    assert_string_equal(subscriber.document, row.document);
    assert_int_equal(kit_number(&kit.kit, "SELECT sum(amount) FROM posting"), 0);
    assert_int_equal(kit_number(&kit.kit, "SELECT count(*) FROM ledger_account WHERE line <> 0 AND "
                                          "balance IN (8640, 500)"),
                     6);
    assert_int_equal(kit_number(&kit.kit, "SELECT count(*) FROM contact"), 3);
    assert_int_equal(kit_number(&kit.kit, "SELECT count(*) FROM effect"), 0); /* nothing changed */
    row = case_row(51);
    row.expires_at = kit_now;
    row.email[0] = '\0';
    row.paid_minor = row.promotional_minor = 0;
    assert_int_equal(import(row, &id), ACCEPTED);
    case_read(&kit, LINE_BY_ID, id, &line);
    assert_int_equal(line.state, LINE_EXPIRED);
    assert_int_equal(line.subscriber, subscriber.id); /* the same document: the same person */
    assert_int_equal(kit_number(&kit.kit, "SELECT count(*) FROM contact"), 3);
}

static void refuses(void **state) {
    (void)state;
    int64_t lines = kit_number(&kit.kit, "SELECT count(*) FROM line");
    struct line_import row = case_row(10);
    assert_int_equal(import(row, NULL), REFUSED_UNCHANGED);
    row = case_row(10);
    memcpy(row.iccid, case_row(11).iccid, sizeof row.iccid);
    assert_int_equal(import(row, NULL), REFUSED_SIM_USED);
    row = case_row(10);
    memcpy(row.document, case_row(20).document, sizeof row.document); /* somebody else's line */
    assert_int_equal(import(row, NULL), REFUSED_NUMBER_TAKEN);
    row = case_row(60);
    memcpy(row.iccid, case_row(10).iccid, sizeof row.iccid);
    assert_int_equal(import(row, NULL), REFUSED_SIM_USED);
    row = case_row(60);
    memcpy(row.imsi, case_row(10).imsi, sizeof row.imsi);
    assert_int_equal(import(row, NULL), REFUSED_SIM_USED);
    row = case_row(60);
    memcpy(row.number, "+85299990000", 13);
    assert_int_equal(import(row, NULL), REFUSED_NUMBER_RANGE);
    row = case_row(60);
    row.paid_minor = -1;
    assert_int_equal(import(row, NULL), REFUSED_AMOUNT);
    row = case_row(60);
    memcpy(row.document_type, "bno_passport", 13);
    assert_int_equal(import(row, NULL), REFUSED_DOCUMENT_TYPE);
    assert_int_equal(kit_number(&kit.kit, "SELECT count(*) FROM line"), lines);
    assert_int_equal(kit_number(&kit.kit, "SELECT count(*) FROM sim"), lines);
}

static void caps(void **state) {
    (void)state;
    for (int i = 0; i < 10; i++)
        assert_int_equal(import(case_row(30 + i), NULL), ACCEPTED); /* one document */
    struct line_import row = case_row(30);
    memcpy(row.number, case_row(48).number, sizeof row.number);
    memcpy(row.iccid, case_row(48).iccid, sizeof row.iccid);
    memcpy(row.imsi, case_row(48).imsi, sizeof row.imsi);
    assert_int_equal(import(row, NULL), REFUSED_CAP);
    kit_sql(&kit.kit, "UPDATE line SET state = 4 WHERE id = (SELECT max(id) FROM line)");
    assert_int_equal(import(row, NULL), ACCEPTED); /* a closed line frees its place */
    for (int i = 0; i < 26; i++) {
        row = case_row(100 + i);
        row.kind = SUBSCRIBER_COMPANY;
        memcpy(row.document_type, "business_registration", 22);
        memcpy(row.document, "12345678", 9);
        assert_int_equal(import(row, NULL), i < 25 ? ACCEPTED : REFUSED_CAP);
    }
}

static void number_rests(void **state) {
    struct closure closure;
    int64_t id = case_executing(&kit), line;
    struct network_cut cut = {.closure = id, .line = kit.line, .effect = 1, .evidence = "gone"};
    enum refusal no;
    (void)state;
    case_run(&kit, &network_cut_verb, &kit.system, &cut, &no);
    assert_int_equal(no, ACCEPTED);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    struct line_import row = case_row(80);
    memcpy(row.number, case_row(10).number, sizeof row.number);
    assert_int_equal(import(case_row(10), NULL), REFUSED_NUMBER_QUARANTINED);
    kit_now = closure.quarantine_until - 1;
    assert_int_equal(import(row, NULL), REFUSED_NUMBER_QUARANTINED);
    kit_now = closure.quarantine_until;
    assert_int_equal(import(case_row(10), NULL), REFUSED_SIM_USED); /* a card is issued once */
    assert_int_equal(import(row, &line), ACCEPTED);
    assert_int_not_equal(line, kit.line);
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT line FROM number WHERE number = '%s'", row.number);
    assert_int_equal(kit_number(&kit.kit, sql), line);
    /* The one who comes back before the registration was erased keeps it. */
    assert_int_equal(kit_number(&kit.kit, "SELECT count(*) FROM subscriber WHERE erase_after > 0"),
                     0);
}

static void comes_back(void **state) {
    (void)state;
    kit_sql(&kit.kit, "UPDATE subscriber SET erase_after = 5");
    kit_sql(&kit.kit, "UPDATE line SET state = 4");
    assert_int_equal(import(case_row(12), NULL), ACCEPTED);
    assert_int_equal(kit_number(&kit.kit, "SELECT sum(erase_after) FROM subscriber"), 0);
}

static int64_t one(const char *sql) {
    return kit_number(&kit.kit, sql);
}

/* A document belongs to one person; a row that says otherwise is refused, and changes nothing. */
static void one_document_one_person(void **state) {
    (void)state;
    for (int i = 10; i <= 12; i += 2) { /* a line that is in, and a new one */
        struct line_import row = case_row(i);
        memcpy(row.name, "LEE Siu Ming", 13);
        assert_int_equal(import(row, NULL), REFUSED_NAME_DIFFERS);
        row = case_row(i);
        row.name_zh[0] = '\0';
        assert_int_equal(import(row, NULL), REFUSED_NAME_ZH_DIFFERS);
        row = case_row(i);
        memcpy(row.birth, "1981-02-28", 11);
        assert_int_equal(import(row, NULL), REFUSED_BIRTH_DIFFERS);
        row = case_row(i);
        row.kind = SUBSCRIBER_COMPANY;
        assert_int_equal(import(row, NULL), REFUSED_KIND_DIFFERS);
    }
    struct line_import row = case_row(12);
    memcpy(row.name, "Chan TAI MAN", 13); /* how it is written is no other name */
    assert_int_equal(import(row, NULL), ACCEPTED);
    assert_int_equal(one("SELECT count(*) FROM subscriber"), 1);
}

/* Effects of the kind about the line: by SMS to it (contact 0), by mail to the contact. */
static int64_t told(enum effect_kind kind, const char *door, int64_t contact) {
    char sql[200];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM effect WHERE kind = %d AND door = '%s' AND contact = %lld AND "
             "target = %lld AND line = target AND next_at = %lld",
             (int)kind, door, (long long)contact, (long long)kit.line, (long long)kit_now);
    return one(sql);
}

static void brings_a_changed_sim(void **state) {
    struct line before, line;
    int64_t id;
    (void)state;
    case_read(&kit, LINE_BY_ID, kit.line, &before);
    struct line_import row = case_row(10), old = row;
    memcpy(row.iccid, case_row(77).iccid, sizeof row.iccid);
    memcpy(row.imsi, case_row(77).imsi, sizeof row.imsi);
    row.sim_since = kit_now - DAY;
    assert_int_equal(import(row, &id), ACCEPTED);
    assert_int_equal(id, kit.line);
    case_read(&kit, LINE_BY_ID, kit.line, &line);
    assert_string_equal(line.iccid, row.iccid);
    assert_string_equal(line.imsi, row.imsi);
    assert_int_equal(line.sim_since, kit_now - DAY);
    assert_int_equal(line.contact_changed_at, before.contact_changed_at);
    assert_int_equal(one("SELECT count(*) FROM sim"), 3); /* the old one stays, used for ever */
    assert_int_equal(import(row, NULL), REFUSED_UNCHANGED);
    assert_int_equal(import(old, NULL), REFUSED_SIM_USED);
    assert_int_equal(told(EFFECT_SIM_CHANGED, "sms", 0), 1);
    assert_int_equal(told(EFFECT_SIM_CHANGED, "mail", kit.contact), 1);
    assert_int_equal(one("SELECT count(*) FROM effect"), 2);
    /* A row that makes the change older than what was known does not lower what is asked. */
    memcpy(row.iccid, case_row(78).iccid, sizeof row.iccid);
    memcpy(row.imsi, case_row(78).imsi, sizeof row.imsi);
    row.sim_since = kit_now - 400 * DAY;
    assert_int_equal(import(row, NULL), ACCEPTED);
    case_read(&kit, LINE_BY_ID, kit.line, &line);
    assert_int_equal(line.sim_since, kit_now);
}

static void brings_a_changed_contact(void **state) {
    struct line line;
    struct contact old, contact;
    (void)state;
    struct line_import row = case_row(10);
    memcpy(row.email, "chan@example.org", 17);
    row.email_since = kit_now - 2 * DAY;
    assert_int_equal(import(row, NULL), ACCEPTED);
    case_read(&kit, CONTACT_BY_ID, kit.contact, &old);
    assert_int_equal(old.removed_at, kit_now);
    case_read(&kit, CONTACT_BY_ID, one("SELECT max(id) FROM contact"), &contact);
    assert_string_equal(contact.address, "chan@example.org");
    assert_int_equal(contact.line, kit.line);
    assert_int_equal(contact.since, kit_now - 2 * DAY);
    case_read(&kit, LINE_BY_ID, kit.line, &line);
    assert_int_equal(line.contact_changed_at, kit_now - 2 * DAY);
    assert_int_equal(import(row, NULL), REFUSED_UNCHANGED);
    row.email[0] = '\0';
    assert_int_equal(import(row, NULL), REFUSED_UNCHANGED); /* it says nothing of it */
    assert_int_equal(told(EFFECT_CONTACT_CHANGED, "sms", 0), 1);
    assert_int_equal(told(EFFECT_CONTACT_CHANGED, "mail", kit.contact), 1);
    assert_int_equal(one("SELECT count(*) FROM effect"), 2); /* the new one is not told */
}

static void brings_a_changed_credit(void **state) {
    (void)state;
    struct line_import row = case_row(10);
    row.paid_minor = 100;
    row.promotional_minor = 700;
    assert_int_equal(import(row, NULL), ACCEPTED);
    assert_int_equal(import(row, NULL), REFUSED_UNCHANGED);
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT sum(balance * kind) FROM ledger_account WHERE line = %lld",
             (long long)kit.line);
    assert_int_equal(one(sql), 100 * LEDGER_PAID + 700 * LEDGER_PROMOTIONAL);
    assert_int_equal(one("SELECT sum(amount) FROM posting"), 0);
    assert_int_equal(one("SELECT sum(amount) FROM posting WHERE account = 4097"),
                     -(100 + 700 + 8640 + 500));
    assert_int_equal(one("SELECT count(*) FROM effect"), 0); /* of credit nobody is told */
    row.paid_minor = -1;
    assert_int_equal(import(row, NULL), REFUSED_AMOUNT);
    case_executing(&kit); /* now the money is being settled */
    row.paid_minor = 99;
    assert_int_equal(import(row, NULL), REFUSED_LINE_CLOSING);
    row.paid_minor = 100;
    assert_int_equal(import(row, NULL), REFUSED_UNCHANGED);
    memcpy(row.email, "chan@example.org", 17);
    assert_int_equal(import(row, NULL), REFUSED_LINE_CLOSING);
}

/* A number may go to another operator once its rest is over, and not before. */
static void a_rested_number_may_change_its_operator(void **state) {
    (void)state;
    struct line_import row = case_row(10);
    char sql[300];
    kit_sql(&kit.kit, "UPDATE line SET state = 4 WHERE number = '+85261230010'");
    memcpy(row.iccid, case_row(80).iccid, sizeof row.iccid);
    memcpy(row.imsi, case_row(80).imsi, sizeof row.imsi);
    kit_sql(&kit.kit, "UPDATE number SET operator = 77 WHERE number = '+85261230010'");
    assert_int_equal(import(row, NULL), REFUSED_NUMBER_TAKEN);
    snprintf(sql, sizeof sql, "UPDATE number SET state = 2, until = %lld WHERE operator = 77",
             (long long)kit_now + 1);
    kit_sql(&kit.kit, sql);
    assert_int_equal(import(row, NULL), REFUSED_NUMBER_TAKEN);
    kit_now++;
    assert_int_equal(import(row, NULL), ACCEPTED);
    assert_int_equal(one("SELECT count(*) FROM number WHERE operator = 4096 AND state = 1"), 2);
    assert_int_equal(one("SELECT count(*) FROM number"), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(brings_in, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(caps, setup, teardown),
        cmocka_unit_test_setup_teardown(number_rests, setup, teardown),
        cmocka_unit_test_setup_teardown(comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(one_document_one_person, setup, teardown),
        cmocka_unit_test_setup_teardown(brings_a_changed_sim, setup, teardown),
        cmocka_unit_test_setup_teardown(brings_a_changed_contact, setup, teardown),
        cmocka_unit_test_setup_teardown(brings_a_changed_credit, setup, teardown),
        cmocka_unit_test_setup_teardown(a_rested_number_may_change_its_operator, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
