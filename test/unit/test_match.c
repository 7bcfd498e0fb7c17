/* Whose document counts for a line, on which day, and that nothing else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/civil.h"
#include "rules/match.h"
#include "rules_kit.h"

#define OWN "A123456(3)"
#define OTHER "G123456(A)"
#define STRANGER "L555555(0)"

static struct policy policy;
static int64_t role;

/* An instant, as Hong Kong's wall clock shows it. */
static int64_t hong_kong(const char *wall) {
    char text[32];
    int64_t at;
    snprintf(text, sizeof text, "%s+08:00", wall);
    assert_true(civil_parse_time(text, &at));
    return at;
}

static struct registered person(const char *birth) {
    struct registered made = {
        .subscriber = {
            .id = 5, .kind = SUBSCRIBER_PERSON, .document_type = "hkid", .document = OWN}};
    snprintf(made.subscriber.birth, sizeof made.subscriber.birth, "%s", birth);
    return made;
}

static struct registered beside(struct registered made, enum second_role second) {
    made.second = (struct second_person){
        .id = 11, .subscriber = 5, .role = second, .document_type = "hkid", .document = OTHER};
    return made;
}

static struct registered body(void) {
    struct registered made = person("");
    made.subscriber.kind = SUBSCRIBER_COMPANY;
    memcpy(made.subscriber.document_type, "business_registration", 22);
    memcpy(made.subscriber.document, "12345678", 9);
    return beside(made, SECOND_RESPONSIBLE_PERSON);
}

static enum refusal gives(const struct registered *registered, const char *number, int64_t now) {
    role = -1;
    return match_identity(registered, "hkid", number, &policy, now, &role);
}

static void refused(const struct registered *registered, const char *number, int64_t now) {
    assert_int_equal(gives(registered, number, now), REFUSED_IDENTITY);
    assert_int_equal(role, MATCHED_NOBODY);
}

static void matched(const struct registered *registered, const char *number, int64_t now,
                    enum matched_role as) {
    assert_int_equal(gives(registered, number, now), ACCEPTED);
    assert_int_equal(role, as);
}

static void own_document(void **state) {
    (void)state;
    struct registered anna = person("1980-02-29"), nobody = {.subscriber.id = 0};
    static const struct {
        const char *type, *number;
        enum refusal refusal;
    } given[] = {
        {"hkid", OWN, ACCEPTED},
        {"hkid", "ａ１２３４５６（３）", ACCEPTED},
        {"hkid", "A123456(4)", REFUSED_DOCUMENT_CHECK},
        {"hkid", "A12345", REFUSED_DOCUMENT_FORM},
        {"hkid", "", REFUSED_DOCUMENT_FORM},
        {"hkid", OTHER, REFUSED_IDENTITY},
        {"passport", "A1234563", REFUSED_IDENTITY},
        {"hksar_passport", "K12345678", REFUSED_DOCUMENT_TYPE},
        {"", OWN, REFUSED_DOCUMENT_TYPE},
    };
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        role = -1;
        enum refusal refusal =
            match_identity(&anna, given[i].type, given[i].number, &policy, KIT_NOW, &role);
        if (refusal != given[i].refusal)
            fail_msg("%s %s: %d", given[i].type, given[i].number, refusal);
        assert_int_equal(role, refusal ? MATCHED_NOBODY : MATCHED_OWN);
    }
    refused(&nobody, OWN, KIT_NOW);
    anna.subscriber.id = 0; /* what is not there matches nothing, even with the right data */
    refused(&anna, OWN, KIT_NOW);
    assert_int_equal(match_identity(&nobody, "hkid", "", &policy, KIT_NOW, NULL),
                     REFUSED_DOCUMENT_FORM);
    anna.subscriber.id = 5;
    assert_int_equal(match_identity(&anna, "hkid", OWN, &policy, KIT_NOW, NULL), ACCEPTED);
}

static void under_sixteen_only_the_adult(void **state) {
    (void)state;
    struct registered child = beside(person("2012-05-01"), SECOND_ENDORSING_ADULT);
    matched(&child, OTHER, KIT_NOW, MATCHED_ENDORSING_ADULT);
    refused(&child, OWN, KIT_NOW);
    refused(&child, STRANGER, KIT_NOW); /* the adult of another line */
    child.second.role = SECOND_RESPONSIBLE_PERSON;
    refused(&child, OTHER, KIT_NOW);
    child.second.role = SECOND_NONE;
    refused(&child, OTHER, KIT_NOW);
    child = beside(child, SECOND_ENDORSING_ADULT);
    child.second.subscriber = 6; /* stands beside somebody else */
    refused(&child, OTHER, KIT_NOW);
    child = beside(child, SECOND_ENDORSING_ADULT);
    child.second.id = 0;
    refused(&child, OTHER, KIT_NOW);
    child = person("2012-05-01"); /* came in with a file of the old form */
    refused(&child, OWN, KIT_NOW);
    refused(&child, OTHER, KIT_NOW);
}

/* The day is Hong Kong's, whatever day it is elsewhere. */
static void the_sixteenth_birthday(void **state) {
    (void)state;
    struct registered child = beside(person("2010-11-28"), SECOND_ENDORSING_ADULT);
    int64_t midnight = hong_kong("2026-11-28T00:00:00");
    matched(&child, OTHER, midnight - 1, MATCHED_ENDORSING_ADULT);
    refused(&child, OWN, midnight - 1);
    matched(&child, OWN, midnight, MATCHED_OWN); /* 27 November, 16:00 UTC */
    refused(&child, OTHER, midnight);
    matched(&child, OWN, midnight + 10 * 365 * DAY, MATCHED_OWN);
    refused(&child, OTHER, midnight + 10 * 365 * DAY);
    policy.utc_offset_minutes = 0; /* an operator elsewhere: its own day */
    refused(&child, OWN, midnight);
    matched(&child, OWN, midnight + 8 * HOUR, MATCHED_OWN);
}

/* Cap. 410 s. 5: who was born on 29 February is a year older on 1 March where there is none. */
static void born_on_the_leap_day(void **state) {
    (void)state;
    static const struct {
        const char *birth, *day;
        int age;
    } days[] = {
        {"2008-02-29", "2024-02-28T23:59:59", 15}, {"2008-02-29", "2024-02-29T00:00:00", 16},
        {"2008-02-29", "2026-02-28T23:59:59", 17}, {"2008-02-29", "2026-03-01T00:00:00", 18},
        {"2084-02-29", "2100-02-28T23:59:59", 15}, {"2084-02-29", "2100-03-01T00:00:00", 16},
        {"2010-03-01", "2026-02-28T23:59:59", 15}, {"2010-12-31", "2026-12-30T12:00:00", 15},
        {"2010-12-31", "2027-01-01T12:00:00", 16}, {"2026-11-22", "2026-11-22T00:00:00", 0},
        {"2026-11-23", "2026-11-22T23:59:59", -1}, {"2030-01-01", "2026-11-22T00:00:00", -1},
        {"", "2026-11-22T00:00:00", -1},           {"2010-02-30", "2026-11-22T00:00:00", -1},
    };
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        int age = civil_age(days[i].birth, hong_kong(days[i].day), 480);
        if (age != days[i].age)
            fail_msg("born %s, on %s: %d", days[i].birth, days[i].day, age);
    }
    struct registered child = beside(person("2084-02-29"), SECOND_ENDORSING_ADULT);
    refused(&child, OWN, hong_kong("2100-02-28T23:59:59"));
    matched(&child, OWN, hong_kong("2100-03-01T00:00:00"), MATCHED_OWN);
}

static void an_unknown_birth_is_no_minor(void **state) {
    (void)state;
    struct registered someone = beside(person(""), SECOND_ENDORSING_ADULT);
    assert_false(registered_is_minor(&someone.subscriber, &policy, KIT_NOW));
    matched(&someone, OWN, KIT_NOW, MATCHED_OWN);
    refused(&someone, OTHER, KIT_NOW);
}

static void a_body_by_its_responsible_person(void **state) {
    (void)state;
    struct registered company = body();
    matched(&company, OTHER, KIT_NOW, MATCHED_RESPONSIBLE);
    refused(&company, OWN, KIT_NOW);
    refused(&company, STRANGER, KIT_NOW); /* the responsible person of another body */
    /* It is public: it proves nothing, alone or as whatever kind. */
    assert_int_equal(
        match_identity(&company, "business_registration", "12345678", &policy, KIT_NOW, &role),
        REFUSED_IDENTITY);
    assert_int_equal(role, MATCHED_NOBODY);
    assert_int_equal(match_identity(&company, "other", "12345678", &policy, KIT_NOW, &role),
                     REFUSED_IDENTITY);
    company.second.role = SECOND_ENDORSING_ADULT;
    refused(&company, OTHER, KIT_NOW);
    memcpy(company.subscriber.birth, "2015-01-01", 11); /* a body has no age */
    refused(&company, OTHER, KIT_NOW);
    company.second = (struct second_person){.id = 0};
    refused(&company, OTHER, KIT_NOW);
    assert_int_equal(
        match_identity(&company, "business_registration", "12345678", &policy, KIT_NOW, &role),
        REFUSED_IDENTITY);
}

static int setup(void **state) {
    (void)state;
    policy = kit_policy();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(own_document, setup),
        cmocka_unit_test_setup(under_sixteen_only_the_adult, setup),
        cmocka_unit_test_setup(the_sixteenth_birthday, setup),
        cmocka_unit_test_setup(born_on_the_leap_day, setup),
        cmocka_unit_test_setup(an_unknown_birth_is_no_minor, setup),
        cmocka_unit_test_setup(a_body_by_its_responsible_person, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
