/* Whose name the holder of an account may have, and in how many ways people write one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "rules/payee.h"
#include "rules_kit.h"

static struct policy policy;

static struct registered named(const char *latin, const char *chinese) {
    struct registered made = {
        .subscriber = {.id = 5, .kind = SUBSCRIBER_PERSON, .birth = "1980-02-29"}};
    snprintf(made.subscriber.name, sizeof made.subscriber.name, "%s", latin);
    snprintf(made.subscriber.name_zh, sizeof made.subscriber.name_zh, "%s", chinese);
    return made;
}

static void all(bool fit, const struct registered *registered, const char *const *names,
                size_t count) {
    for (size_t i = 0; i < count; i++)
        if (payee_name_fits(names[i], registered, &policy, KIT_NOW) != fit)
            fail_msg("\"%s\" %s", names[i], fit ? "does not fit" : "fits");
}

#define COUNT(names) (sizeof(names) / sizeof *(names))

static void what_does_not_fit(void **state) {
    (void)state;
    struct registered chan = named("CHAN Tai Man", "\u9673\u5927\u6587");
    static const char *const wrong[] = {
        "",
        " ",
        "-,.",
        "CHAN",
        "Chan T. M.",
        "Chan Tai M",
        "C T M",
        "Tai Man",
        "Chan Tai",
        "Chan Tai Man Peter",
        "Mr Chan Tai Man",
        "Chan Tai Men",
        "Chan Taiman n",
        "Nam Iat Nahc",
        "Chna Tai Man", /* the same letters, other words */
        "Chanta Imanx",
        "Ian Chat Man",
        "\u9673\u5927",
        "\u9673",
        "\u6587\u5927\u9673",             /* Chinese names have one order */
        "\u9648\u5927\u6587",             /* simplified */
        "\u9673\u5927\u6587\u5148\u751f", /* a title */
        "\u9673\u5927\u6587 Chan",
        "\u9673\u5927 Chan Tai Man",
        "Chan \u5927\u6587",
        "CHAN Tai Man\xff",
        "\xff",
    };
    all(false, &chan, wrong, COUNT(wrong));
    char longer[2 * NAME_SIZE];
    memset(longer, 'A', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    assert_false(payee_name_fits(longer, &chan, &policy, KIT_NOW));
    struct registered erased = named("", "");
    static const char *const any[] = {"", " ", "Chan Tai Man"};
    all(false, &erased, any, COUNT(any));
}

static void how_a_name_is_written(void **state) {
    (void)state;
    struct registered chan = named("CHAN Tai Man", "\u9673\u5927\u6587");
    static const char *const right[] = {
        "CHAN Tai Man",
        "chan tai man",
        "Tai Man CHAN",
        "Chan, Tai-man",
        "TAIMAN CHAN",
        "Chantaiman",
        "  Chan\u3000Tai  Man ",
        "\uff23\uff48\uff41\uff4e \uff34\uff41\uff49 \uff2d\uff41\uff4e",
        "Chan Tai\u2010Man",
        "Chan\u00b7Tai\u00b7Man",
        "Man Tai Chan",
        "Ch\u00e1n T\u00e0i M\u01ceN",
        "Cha\u0301n Tai Man",
        "\u9673\u5927\u6587",
        "\u9673 \u5927 \u6587",
        "\u9673\u3000\u5927\u6587",
        "\u9673\u5927\u6587 CHAN Tai Man",
        "CHAN Tai Man \uff08\u9673\u5927\u6587\uff09",
        "CHAN \u9673\u5927\u6587 Tai Man",
    };
    all(true, &chan, right, COUNT(right));
}

static void letters_of_other_countries(void **state) {
    (void)state;
    static const struct {
        const char *registered, *typed;
        bool fit;
    } names[] = {
        {"NGUYEN THI ANH DAO", "Nguy\u1ec5n Th\u1ecb \u00c1nh \u0110\u00e0o", true},
        {"Nguy\u1ec5n Th\u1ecb \u00c1nh", "NGUYEN THI ANH", true},
        {"VU QUOC HUNG", "V\u0169 Qu\u1ed1c H\u01b0ng", true},
        {"JOSE PENA", "Jos\u00e9 Pe\u00f1a", true},
        {"LUKASZ ZOLC", "\u0141ukasz \u017b\u00f3\u0142\u0107", true},
        {"STRASSER", "Stra\u00dfer", true},
        {"AEROE OESTER", "\u00c6r\u00f8 \u00d6ster", false}, /* an o is no oe */
        {"AEROE OESTER", "\u00c6roe \u0152ster", true},
        {"AEROE OESTER", "\u00e6roe \u0153ster", true},
        {"THORA", "\u00deora", true},
        {"thora", "\u00feora", true},
        {"O'Brien", "OBRIEN", true},
        {"OBRIEN", "O\u2019Brien", true},
        {"O Brien", "O`Brien", true},
        {"dela Cruz, Maria Clara", "MARIACLARA DE LA CRUZ", true},
        {"LU", "L\u01dc", true},
        {"\u0418\u0432\u0430\u043d\u043e\u0432", "\u0418\u0432\u0430\u043d\u043e\u0432", true},
        {"\u0418\u0432\u0430\u043d\u043e\u0432", "\u0418\u0432\u0430\u043d\u043e\u0433", false},
        {"A\u00d7B", "A\u00d7B", true},
        {"AXB", "A\u00d7B", false},
        {"Fung {Kwok} [Ming", "FUNG {KWOK} [MING", true},
        {"Yam\u1e9ea", "YAM\u1e9eA", true},
    };
    for (size_t i = 0; i < COUNT(names); i++) {
        struct registered one = named(names[i].registered, "");
        if (payee_name_fits(names[i].typed, &one, &policy, KIT_NOW) != names[i].fit)
            fail_msg("%s, %s", names[i].registered, names[i].typed);
    }
}

/* Every mark that people put between words or into them. */
static void marks_do_not_count(void **state) {
    (void)state;
    static const char *const marks[] = {" ",      "-",      ",",      ".",      "(",      ")",
                                        "'",      "`",      "\u00b7", "\u2022", "\u2027", "\u2212",
                                        "\u3001", "\u3002", "\u30fb", "\ufe63", "\u2013", "\u00b4",
                                        "\u2018", "\u2019", "\u02bc", "\u2032", "\u0301", "\uff0c"};
    struct registered chan = named("CHAN TAI", "");
    for (size_t i = 0; i < COUNT(marks); i++) {
        char typed[64];
        snprintf(typed, sizeof typed, "Chan%sTai", marks[i]);
        if (!payee_name_fits(typed, &chan, &policy, KIT_NOW))
            fail_msg("%s", typed);
    }
    static const char *const letters[] = {"Chan/Tai", "Chan&Tai", "Chan1Tai", "Chan_Tai"};
    all(false, &chan, letters, COUNT(letters));
}

/* Names of many words are compared in bounded time, and still fit as they stand. */
static void many_words(void **state) {
    (void)state;
    char one[NAME_SIZE] = "", other[NAME_SIZE] = "";
    for (size_t i = 0; i < 70; i++) {
        snprintf(one + strlen(one), sizeof one - strlen(one), "%s", i % 2 ? "a " : "b");
        snprintf(other + strlen(other), sizeof other - strlen(other), "%s", "b a ");
    }
    struct registered long_one = named(one, "");
    assert_true(payee_name_fits(one, &long_one, &policy, KIT_NOW));
    for (size_t i = 0; i + 1 < sizeof one && one[i]; i++)
        if (one[i] == ' ')
            one[i] = '-';
    assert_true(payee_name_fits(one, &long_one, &policy, KIT_NOW));
    struct registered words =
        named("a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f "
              "g h",
              "");
    assert_true(payee_name_fits("abcdefghijklmnopqrstuvwxyzabcdefgh", &words, &policy, KIT_NOW));
    assert_false(payee_name_fits("bacdefghijklmnopqrstuvwxyzabcdefgh", &words, &policy, KIT_NOW));
    /* more words than are put in order, on either side */
    struct registered joined = named("bacdefghijklmnopqrstuvwxyzabcdefgh", "");
    assert_false(payee_name_fits(words.subscriber.name, &joined, &policy, KIT_NOW));
    /* a search that would go on for ever ends */
    struct registered hard = named("aa aa aa aa aa aa aa aa aa aa aa aa aa aa aa ab", "");
    assert_false(payee_name_fits("a a a a a a a a a a a a a a a a a a a a a a a a a a a a ba a c",
                                 &hard, &policy, KIT_NOW));
}

/* Who is paid, by the day's age and by kind. */
static void a_child_or_its_adult(void **state) {
    (void)state;
    struct registered child = named("CHAN Siu Ming", "\u9673\u5c0f\u660e");
    memcpy(child.subscriber.birth, "2012-05-01", 11);
    child.second = (struct second_person){.id = 11,
                                          .subscriber = 5,
                                          .role = SECOND_ENDORSING_ADULT,
                                          .name = "WONG Mei Ling",
                                          .name_zh = "\u9ec3\u7f8e\u73b2"};
    static const char *const either[] = {"Chan Siu Ming", "\u9673\u5c0f\u660e", "Wong Mei Ling",
                                         "\u9ec3\u7f8e\u73b2", "\u9ec3\u7f8e\u73b2 Wong Mei Ling"};
    static const char *const nobody[] = {"Chan Mei Ling", "\u9673\u5c0f\u660e Wong Mei Ling",
                                         "Lee Ka Shing"};
    all(true, &child, either, COUNT(either));
    all(false, &child, nobody, COUNT(nobody));
    child.second.subscriber = 6; /* stands beside somebody else */
    all(false, &child, either + 2, 3);
    child.second.subscriber = 5;
    child.second.role = SECOND_RESPONSIBLE_PERSON;
    all(false, &child, either + 2, 3);
    child.second.role = SECOND_ENDORSING_ADULT;
    memcpy(child.subscriber.birth, "2010-11-22", 11); /* 16 today */
    all(true, &child, either, 2);
    all(false, &child, either + 2, 3);
}

static void a_body_by_its_own_name(void **state) {
    (void)state;
    struct registered body =
        named("Harbour Trading (Hong Kong) Co., Ltd.", "ABC\u8cbf\u6613\u6709\u9650\u516c\u53f8");
    body.subscriber.kind = SUBSCRIBER_COMPANY;
    body.subscriber.birth[0] = '\0';
    body.second = (struct second_person){
        .id = 11, .subscriber = 5, .role = SECOND_RESPONSIBLE_PERSON, .name = "WONG Mei Ling"};
    static const char *const own[] = {"HARBOUR TRADING HONG KONG CO LTD",
                                      "ABC\u8cbf\u6613\u6709\u9650\u516c\u53f8",
                                      "abc \u8cbf\u6613 \u6709\u9650\u516c\u53f8"};
    static const char *const others[] = {"Wong Mei Ling", "Harbour Trading", "ABC"};
    all(true, &body, own, COUNT(own));
    all(false, &body, others, COUNT(others));
    body.second.role = SECOND_ENDORSING_ADULT;
    all(false, &body, others, 1);
}

static int setup(void **state) {
    (void)state;
    policy = kit_policy();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_does_not_fit, setup),
        cmocka_unit_test_setup(how_a_name_is_written, setup),
        cmocka_unit_test_setup(letters_of_other_countries, setup),
        cmocka_unit_test_setup(marks_do_not_count, setup),
        cmocka_unit_test_setup(many_words, setup),
        cmocka_unit_test_setup(a_child_or_its_adult, setup),
        cmocka_unit_test_setup(a_body_by_its_own_name, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
