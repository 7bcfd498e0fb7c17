/* Who stands beside the registered person or body: brought in, replaced, and the only one who may
 * ask where the law says so; a wrong document gives nobody a hint whose line it is. */
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
#include "rules/identifier.h"

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

static int64_t one(const char *sql) {
    return kit_number(&kit.kit, sql);
}

/* Who is of so many whole years on that day from today, in Hong Kong. */
static void born(char birth[16], int years, int days) {
    struct civil day = civil_of(kit_now + days * DAY, 480);
    char text[48];
    snprintf(text, sizeof text, "%04d-%02d-%02d", day.year - years, day.month, day.day);
    memcpy(birth, text, 11);
}

static void beside(struct line_import *row, enum second_role role, uint32_t number) {
    row->second_role = role;
    memcpy(row->second_name, "CHAN Siu Ling", 14);
    memcpy(row->second_name_zh, "陳小玲", 10);
    memcpy(row->second_birth, "1985-06-07", 11);
    memcpy(row->second_document_type, "hkid", 5);
    assert_true(hkid_make("C", number, row->second_document));
}

static struct line_import child(int i) {
    struct line_import row = case_row(i);
    born(row.birth, 12, -1);
    beside(&row, SECOND_ENDORSING_ADULT, (uint32_t)(300000 + i / 10));
    return row;
}

static struct line_import company(int i) {
    struct line_import row = case_row(i);
    row.kind = SUBSCRIBER_COMPANY;
    row.birth[0] = row.email[0] = '\0';
    row.email_since = 0;
    memcpy(row.document_type, "business_registration", 22);
    snprintf(row.document, sizeof row.document, "7%07d", i);
    beside(&row, SECOND_RESPONSIBLE_PERSON, (uint32_t)(400000 + i));
    return row;
}

/* Brought in, and seen by the kit's account. */
static int64_t linked(const struct line_import *row) {
    static int links = 900;
    char sql[160];
    int64_t line;
    assert_int_equal(import(*row, &line), ACCEPTED);
    snprintf(sql, sizeof sql,
             "INSERT INTO account_line (id, operator, account, line, proved_at) VALUES (%d, %d, "
             "%d, %lld, 1)",
             ++links, CASE_OPERATOR, CASE_ACCOUNT, (long long)line);
    kit_sql(&kit.kit, sql);
    return line;
}

static int64_t submit(int64_t line, const char *type, const char *document, enum refusal expect) {
    struct closure_submit in = {.line = line, .language = "en"};
    enum refusal no;
    snprintf(in.document_type, sizeof in.document_type, "%s", type);
    snprintf(in.document, sizeof in.document, "%s", document);
    int64_t id = case_run(&kit, &closure_submit_verb, &kit.person, &in, &no);
    assert_int_equal(no, expect);
    return id;
}

static int64_t role_of(int64_t closure) {
    struct closure row;
    case_read(&kit, CLOSURE_BY_ID, closure, &row);
    bool body = row.matched_role == MATCHED_RESPONSIBLE;
    assert_int_equal(row.basis, body ? BASIS_COMPANY : BASIS_PERSON);
    return row.matched_role;
}

/* --- who may ask --- */

static void a_child_by_the_adult_only(void **state) {
    (void)state;
    struct line_import row = child(50), other = child(60);
    int64_t line = linked(&row);
    assert_int_equal(import(other, NULL), ACCEPTED);
    submit(line, "hkid", row.document, REFUSED_IDENTITY);          /* the child's own */
    submit(line, "hkid", other.second_document, REFUSED_IDENTITY); /* another line's adult */
    submit(line, "hkid", case_row(10).document, REFUSED_IDENTITY); /* who else is signed in */
    int64_t id = submit(line, "hkid", row.second_document, ACCEPTED);
    assert_int_equal(role_of(id), MATCHED_ENDORSING_ADULT);
}

static void from_sixteen_on_alone(void **state) {
    (void)state;
    struct line_import row = child(50);
    int64_t line = linked(&row);
    struct civil birth = civil_of(kit_now - DAY, 480);
    char text[64];
    int64_t midnight;
    snprintf(text, sizeof text, "%04d-%02d-%02dT00:00:00+08:00", birth.year + 4, birth.month,
             birth.day);
    assert_true(civil_parse_time(text, &midnight));
    kit_sql(&kit.kit, "UPDATE session SET ends_at = 9000000000000, stepped_up_at = 9000000000000");
    kit_sql(&kit.kit, "UPDATE line SET expires_at = 9000000000000");
    kit_now = midnight - 1; /* the eve, in Hong Kong; in London it is afternoon */
    submit(line, "hkid", row.document, REFUSED_IDENTITY);
    kit_now = midnight;
    submit(line, "hkid", row.second_document, REFUSED_IDENTITY);
    int64_t id = submit(line, "hkid", row.document, ACCEPTED);
    assert_int_equal(role_of(id), MATCHED_OWN);
}

static void a_body_by_its_responsible_person_only(void **state) {
    (void)state;
    struct line_import row = company(50), other = company(60);
    int64_t line = linked(&row);
    assert_int_equal(import(other, NULL), ACCEPTED);
    submit(line, "business_registration", row.document, REFUSED_IDENTITY);
    submit(line, "other", row.document, REFUSED_IDENTITY);
    submit(line, "hkid", other.second_document, REFUSED_IDENTITY);
    int64_t id = submit(line, "hkid", row.second_document, ACCEPTED);
    assert_int_equal(role_of(id), MATCHED_RESPONSIBLE);
}

/* Two lines of one body, each with its own responsible person. */
static void each_line_has_its_own(void **state) {
    (void)state;
    struct line_import first = company(50), second = company(51);
    memcpy(second.document, first.document, sizeof second.document);
    int64_t line = linked(&first), beside_it = linked(&second);
    assert_int_equal(one("SELECT count(*) FROM second_person"), 2);
    submit(line, "hkid", second.second_document, REFUSED_IDENTITY);
    submit(beside_it, "hkid", first.second_document, REFUSED_IDENTITY);
    submit(line, "hkid", first.second_document, ACCEPTED);
    submit(beside_it, "hkid", second.second_document, ACCEPTED);
}

/* The same answer, attempts, journal and effects whoever the line is registered for. */
static void a_wrong_document_gives_no_hint(void **state) {
    (void)state;
    static const char *const tables[] = {"budget", "journal", "effect", "closure", "remembered"};
    enum { TABLES = sizeof tables / sizeof *tables };
    struct line_import minor = child(50), body = company(60), bare = company(70);
    bare.second_role = SECOND_NONE; /* of a file of the old form */
    const int64_t lines[] = {kit.line, linked(&minor), linked(&body), linked(&bare)};
    char stranger[DOCUMENT_SIZE], sql[200];
    int64_t grown[4][TABLES + 1];
    assert_true(hkid_make("Z", 123456, stranger));
    submit(kit.other_line, "hkid", stranger, REFUSED_NOT_FOUND); /* the peer's rows */
    for (size_t i = 0; i < 4; i++) {
        kit_sql(&kit.kit, "DELETE FROM budget");
        for (size_t k = 0; k <= TABLES; k++) {
            snprintf(sql, sizeof sql, "SELECT %s FROM %s",
                     k < TABLES ? "count(*)" : "coalesce(sum(count), 0)",
                     k < TABLES ? tables[k] : "budget");
            grown[i][k] = -one(sql);
        }
        submit(lines[i], "hkid", stranger, REFUSED_IDENTITY);
        for (size_t k = 0; k <= TABLES; k++) {
            snprintf(sql, sizeof sql, "SELECT %s FROM %s",
                     k < TABLES ? "count(*)" : "coalesce(sum(count), 0)",
                     k < TABLES ? tables[k] : "budget");
            grown[i][k] += one(sql);
            assert_int_equal(grown[i][k], grown[0][k]);
        }
    }
    assert_true(grown[0][0] > 0 && grown[0][1] == 1);
}

/* --- how they come in --- */

static void brings_one_in(void **state) {
    struct second_person row;
    int64_t line;
    (void)state;
    struct line_import in = child(50);
    assert_int_equal(import(in, &line), ACCEPTED);
    case_read(&kit, SECOND_PERSON_BY_ID, line, &row);
    assert_int_equal(row.role, SECOND_ENDORSING_ADULT);
    assert_string_equal(row.name_zh, "陳小玲");
    assert_string_equal(row.birth, "1985-06-07");
    assert_string_equal(row.document, in.second_document);
    assert_int_equal(row.subscriber, one("SELECT max(id) FROM subscriber"));
    assert_int_equal(import(in, NULL), REFUSED_UNCHANGED);
    memcpy(in.second_name, "CHAN SIU LING", 14); /* how it is written is no other name */
    assert_int_equal(import(in, NULL), REFUSED_UNCHANGED);
    in.second_role = SECOND_NONE; /* says nothing of it */
    assert_int_equal(import(in, NULL), REFUSED_UNCHANGED);
    assert_int_equal(one("SELECT count(*) FROM second_person"), 1);
    assert_int_equal(one("SELECT count(*) FROM effect"), 0);
}

/* A line that came with a file of the old form; one whose person was replaced. */
static void completes_and_replaces(void **state) {
    char sql[200];
    (void)state;
    struct line_import in = company(50), old = in;
    old.second_role = SECOND_NONE;
    memcpy(in.email, "office@example.com", 19);
    memcpy(old.email, "office@example.com", 19);
    in.email_since = old.email_since = kit_now - 300 * DAY;
    int64_t line = linked(&old);
    submit(line, "hkid", in.second_document, REFUSED_IDENTITY);
    assert_int_equal(import(in, NULL), ACCEPTED);
    assert_int_equal(one("SELECT count(*) FROM effect"), 0); /* nobody's place was taken */
    struct line_import next = in;
    assert_true(hkid_make("D", 777777, next.second_document));
    assert_int_equal(import(next, NULL), ACCEPTED);
    assert_int_equal(import(next, NULL), REFUSED_UNCHANGED);
    assert_int_equal(one("SELECT count(*) FROM second_person"), 1);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM effect WHERE kind = %d AND target = %lld",
             EFFECT_SECOND_CHANGED, (long long)line);
    assert_int_equal(one(sql), 2);                              /* the line, and its address */
    submit(line, "hkid", in.second_document, REFUSED_IDENTITY); /* who left */
    submit(line, "hkid", next.second_document, ACCEPTED);
}

static void each_member_tells_them_apart(void **state) {
    (void)state;
    struct line_import in = company(50), next;
    assert_int_equal(import(in, NULL), ACCEPTED);
    next = in;
    memcpy(next.second_name, "LEE Siu Ling", 13);
    assert_int_equal(import(next, NULL), ACCEPTED);
    next.second_name_zh[0] = '\0';
    assert_int_equal(import(next, NULL), ACCEPTED);
    memcpy(next.second_birth, "1985-06-08", 11);
    assert_int_equal(import(next, NULL), ACCEPTED);
    memcpy(next.second_document_type, "passport", 9);
    assert_int_equal(import(next, NULL), ACCEPTED);
    assert_int_equal(import(next, NULL), REFUSED_UNCHANGED);
}

static void not_while_it_is_cut(void **state) {
    (void)state;
    struct line_import in = case_row(10);
    case_executing(&kit);
    beside(&in, SECOND_ENDORSING_ADULT, 1);
    assert_int_equal(import(in, NULL), REFUSED_LINE_CLOSING);
}

static void refuses(void **state) {
    (void)state;
    for (int i = 0; i < 9; i++) {
        struct line_import in = i % 2 ? company(50) : child(50);
        switch (i) {
        case 0:
        case 1: /* the other role */
            in.second_role = SECOND_ENDORSING_ADULT + SECOND_RESPONSIBLE_PERSON - in.second_role;
            break;
        case 2:
        case 3: /* a day too young */
            born(in.second_birth, 18, 1);
            break;
        case 4:
            memcpy(in.second_document_type, in.document_type, sizeof in.document_type);
            memcpy(in.second_document, in.document, sizeof in.document);
            break;
        case 5: /* a body's number is no person's document */
            memcpy(in.second_document_type, "business_registration", 22);
            memcpy(in.second_document, "12345678", 9);
            break;
        case 6:
            memcpy(in.second_document_type, "bno_passport", 13);
            break;
        case 7:
            in.second_name[0] = '\0';
            break;
        default:
            in.second_document[0] = '\0';
            break;
        }
        if (import(in, NULL) != REFUSED_SECOND_PERSON)
            fail_msg("%d is taken", i);
    }
    assert_int_equal(one("SELECT count(*) FROM line"), 2);
    struct line_import in = child(50);
    born(in.second_birth, 18, 0);
    assert_int_equal(import(in, NULL), ACCEPTED); /* the birthday is today */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_child_by_the_adult_only, setup, teardown),
        cmocka_unit_test_setup_teardown(from_sixteen_on_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(a_body_by_its_responsible_person_only, setup, teardown),
        cmocka_unit_test_setup_teardown(each_line_has_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(a_wrong_document_gives_no_hint, setup, teardown),
        cmocka_unit_test_setup_teardown(brings_one_in, setup, teardown),
        cmocka_unit_test_setup_teardown(completes_and_replaces, setup, teardown),
        cmocka_unit_test_setup_teardown(each_member_tells_them_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(not_while_it_is_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
