/* Where a refund may go: every way to type it wrong, and the one form in which it is kept. */
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

#define NAME "CHAN Tai Man"

static struct policy policy;
static struct line line;
static struct registered registered;
static struct charge charge;
static struct payee payee;

static enum payee_fault reads(struct payee_typed typed) {
    struct payee_whose whose = {&line, &registered, &charge, &policy, KIT_NOW};
    struct payee none = {.id = 0};
    const char **fields[] = {&typed.bank, &typed.branch,  &typed.number,
                             &typed.bic,  &typed.country, &typed.name};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        *fields[i] = *fields[i] ? *fields[i] : "";
    memset(&payee, 7, sizeof payee);
    enum payee_fault fault = payee_read(&typed, &whose, &payee);
    if (fault)
        assert_memory_equal(&payee, &none, sizeof none);
    else
        assert_true(payee.way == typed.way && payee.line == 11 &&
                    payee.operator== 3 && !payee.id && !payee.closure && !payee.made_at);
    return fault;
}

static void key_is(const char *wanted) {
    char key[PAYEE_KEY_SIZE] = "?";
    payee_key(&payee, key);
    assert_string_equal(key, wanted);
}

static void shown_is(const char *wanted) {
    struct arena arena;
    arena_open(&arena, 4096);
    assert_string_equal(payee_masked(&arena, &payee), wanted);
    arena_close(&arena);
}

static void a_way_that_is_not_offered(void **state) {
    (void)state;
    static const int64_t none[] = {0, -1, REFUND_WAY_COUNT, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < 5; i++) {
        assert_false(payee_allows(none[i], &policy));
        assert_int_equal(reads((struct payee_typed){.way = none[i]}), PAYEE_WAY);
    }
    for (int way = 1; way < REFUND_WAY_COUNT; way++) {
        assert_true(payee_allows(way, &policy));
        policy.refund_ways[way] = false;
        assert_false(payee_allows(way, &policy));
        assert_int_equal(reads((struct payee_typed){.way = way}), PAYEE_WAY);
        policy.refund_ways[way] = true;
    }
}

static void fps_id(void **state) {
    (void)state;
    static const struct {
        const char *typed;
        enum payee_fault fault;
        const char *kept;
    } cases[] = {
        {"", PAYEE_FPS_ID, ""},
        {"123456", PAYEE_FPS_ID, ""},
        {"1234567890", PAYEE_FPS_ID, ""},
        {"123456A", PAYEE_FPS_ID, ""},
        {"123 4567 x", PAYEE_FPS_ID, ""},
        {"12345/67", PAYEE_FPS_ID, ""},
        {"\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03", PAYEE_FPS_ID, ""},
        {"1234567\xff", PAYEE_FPS_ID, ""},
        {"61234567", PAYEE_ALIAS, ""},
        {"6123 4567", PAYEE_ALIAS, ""},
        {"+852 6123 4567", PAYEE_ALIAS, ""},
        {"+852-61234567", PAYEE_ALIAS, ""},
        {"85261234567", PAYEE_ALIAS, ""},
        {"0085261234567", PAYEE_ALIAS, ""},
        {"\uff16\uff11\uff12\uff13\uff14\uff15\uff16\uff17", PAYEE_ALIAS, ""},
        {"+86 138 0013 8000", PAYEE_ALIAS, ""},
        {"anna@example.com", PAYEE_ALIAS, ""},
        {"1234567", PAYEE_OK, "1234567"},
        {"123456789", PAYEE_OK, "123456789"},
        {" 123-456-789 ", PAYEE_OK, "123456789"},
        {"\uff11\uff12\uff13 \uff14\uff15\uff16\uff17", PAYEE_OK, "1234567"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum payee_fault fault =
            reads((struct payee_typed){.way = WAY_FPS_ID, .number = cases[i].typed, .name = NAME});
        if (fault != cases[i].fault)
            fail_msg("\"%s\": %s", cases[i].typed, payee_fault_code(fault));
        assert_string_equal(payee.number, cases[i].kept);
    }
    assert_true(payee_unverified(&payee));
    assert_string_equal(payee.name, NAME);
    key_is("fps:1234567");
    shown_is("FPS \u2022\u2022\u2022\u2022\u202267");
    reads((struct payee_typed){.way = WAY_FPS_ID, .number = "123456789", .name = NAME});
    shown_is("FPS \u2022\u2022\u2022\u2022\u2022\u2022\u202289");
}

static void bank_account(void **state) {
    (void)state;
    static const struct {
        const char *bank, *branch, *number;
        enum payee_fault fault;
        const char *key;
    } cases[] = {
        {"", "", "", PAYEE_ACCOUNT, ""},
        {"", "", "abc", PAYEE_ACCOUNT, ""},
        {"", "", "678901", PAYEE_BANK, ""},
        {"", "", "01234567890", PAYEE_BANK, ""},
        {"", "", "0123456789012345", PAYEE_ACCOUNT, ""},
        {"", "345", "678901", PAYEE_BANK, ""},
        {"12", "345", "678901", PAYEE_BANK, ""},
        {"0123", "345", "678901", PAYEE_BANK, ""},
        {"01A", "345", "678901", PAYEE_BANK, ""},
        {"Bank of China", "345", "678901", PAYEE_BANK, ""},
        {"012", "", "678901", PAYEE_BRANCH, ""},
        {"012", "", "345678901", PAYEE_BRANCH, ""}, /* account, or branch and account */
        {"012", "34", "678901", PAYEE_BRANCH, ""},
        {"012", "345", "", PAYEE_ACCOUNT, ""},
        {"012", "345", "67890", PAYEE_ACCOUNT, ""},
        {"012", "345", "6789012345", PAYEE_ACCOUNT, ""},
        {"012", "345", "67890x", PAYEE_ACCOUNT, ""},
        {"012", "345", "012-344-678901", PAYEE_ACCOUNT, ""},
        {"012", "345", "013-345-678901", PAYEE_ACCOUNT, ""},
        {"012", "345", "012-345-6789", PAYEE_ACCOUNT, ""},
        {"012", "345", "012-345-6789012345", PAYEE_ACCOUNT, ""},
        {"012", "345", "678901", PAYEE_OK, "bank:012:345:678901"},
        {"012", "345", "678901234", PAYEE_OK, "bank:012:345:678901234"},
        {"012", "345", "012345678", PAYEE_OK, "bank:012:345:012345678"},
        {" \uff10\uff11\uff12", "3 4 5", "6-789-01", PAYEE_OK, "bank:012:345:678901"},
        {"012", "345", "012-345-678901", PAYEE_OK, "bank:012:345:678901"},
        {"", "", "012-345-678901", PAYEE_OK, "bank:012:345:678901"},
        {"", "", "012345678901", PAYEE_OK, "bank:012:345:678901"},
        {"", "", "012-345-6-78901-234", PAYEE_OK, "bank:012:345:678901234"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum payee_fault fault = reads((struct payee_typed){.way = WAY_BANK,
                                                            .bank = cases[i].bank,
                                                            .branch = cases[i].branch,
                                                            .number = cases[i].number,
                                                            .name = NAME});
        if (fault != cases[i].fault)
            fail_msg("%zu, %s: %s", i, cases[i].number, payee_fault_code(fault));
        key_is(cases[i].key);
    }
    assert_false(payee_unverified(&payee));
    shown_is("012-345-\u2022\u2022\u2022\u2022234");
}

static const struct {
    const char *country, *number, *bic;
    enum payee_fault fault;
    const char *key;
} abroad[] = {
    {"", "DE89370400440532013000", "DEUTDEFF", PAYEE_COUNTRY, ""},
    {"Germany", "DE89370400440532013000", "DEUTDEFF", PAYEE_COUNTRY, ""},
    {"ZZ", "DE89370400440532013000", "DEUTDEFF", PAYEE_COUNTRY, ""},
    {"D1", "DE89370400440532013000", "DEUTDEFF", PAYEE_COUNTRY, ""},
    {"UK", "GB82WEST12345698765432", "NWBKGB2L", PAYEE_COUNTRY, ""},
    {"HK", "012345678901", "BKCHHKHH", PAYEE_OWN_COUNTRY, ""},
    {"hk", "012345678901", "BKCHHKHH", PAYEE_OWN_COUNTRY, ""},
    {"US", "012345678901", "BKCHHKHH", PAYEE_OWN_COUNTRY, ""},
    {"DE", "", "DEUTDEFF", PAYEE_IBAN, ""},
    {"DE", "0532013000", "DEUTDEFF", PAYEE_IBAN, ""},
    {"DE", "DE8937040044053201300", "DEUTDEFF", PAYEE_IBAN, ""},
    {"DE", "DE893704004405320130000", "DEUTDEFF", PAYEE_IBAN, ""},
    {"DE", "GB82WEST12345698765432", "DEUTDEFF", PAYEE_IBAN, ""},
    {"DE", "DEA9370400440532013000", "DEUTDEFF", PAYEE_IBAN, ""},
    {"DE", "DE8A370400440532013000", "DEUTDEFF", PAYEE_IBAN, ""},
    {"DE", "DE89370400440532013000_", "DEUTDEFF", PAYEE_IBAN, ""},
    {"DE", "DE88370400440532013000", "DEUTDEFF", PAYEE_IBAN_CHECK, ""},
    {"DE", "DE89370400440532013001", "DEUTDEFF", PAYEE_IBAN_CHECK, ""},
    {"DE", "DE89370400440532010300", "DEUTDEFF", PAYEE_IBAN_CHECK, ""}, /* two swapped */
    {"GB", "GB82WEST12345698765423", "NWBKGB2L", PAYEE_IBAN_CHECK, ""},
    {"DE", "DE89370400440532013000", "", PAYEE_BIC, ""},
    {"DE", "DE89370400440532013000", "DEUTDEF", PAYEE_BIC, ""},
    {"DE", "DE89370400440532013000", "DEUTDEFF5", PAYEE_BIC, ""},
    {"DE", "DE89370400440532013000", "DEUTDEFF50", PAYEE_BIC, ""},
    {"DE", "DE89370400440532013000", "DEUTDEFF5000", PAYEE_BIC, ""},
    {"DE", "DE89370400440532013000", "DEU1DEFF", PAYEE_BIC, ""},
    {"DE", "DE89370400440532013000", "DEUTZZFF", PAYEE_BIC, ""},
    {"DE", "DE89370400440532013000", "DEUTDEF!", PAYEE_BIC, ""},
    {"US", "", "BOFAUS3N", PAYEE_NUMBER, ""},
    {"US", "123", "BOFAUS3N", PAYEE_NUMBER, ""},
    {"US", "ABCD", "BOFAUS3N", PAYEE_NUMBER, ""},
    {"US", "1234_5", "BOFAUS3N", PAYEE_NUMBER, ""},
    {"US", "1234\u4e94", "BOFAUS3N", PAYEE_NUMBER, ""},
    {"US", "12345678901234567890123456789012345", "BOFAUS3N", PAYEE_NUMBER, ""},
    {"DE", "DE89370400440532013000", "DEUTDEFF", PAYEE_OK, "iban:DE89370400440532013000"},
    {"de", "de89 3704 0044 0532 0130 00", "deutdeff500", PAYEE_OK, "iban:DE89370400440532013000"},
    {"DE", "IBAN DE89 3704 0044 0532 0130 00", "DEUTDEFF", PAYEE_OK, "iban:DE89370400440532013000"},
    {"DE", "IBAN: DE89 3704 0044 0532 0130 00", "DEUTDEFF", PAYEE_OK,
     "iban:DE89370400440532013000"},
    {"GB", "\uff27\uff22\uff18\uff12WEST12345698765432", "NWBKGB2L", PAYEE_OK,
     "iban:GB82WEST12345698765432"},
    {"NO", "NO9386011117947", "DNBANOKK", PAYEE_OK, "iban:NO9386011117947"},
    {"MT", "MT84MALT011000012345MTLCAST001S", "MALTMTMT", PAYEE_OK,
     "iban:MT84MALT011000012345MTLCAST001S"},
    {"CN", "6222 0000 1234 5678 901", "BKCHCNBJ", PAYEE_OK,
     "abroad:CN:BKCHCNBJ:6222000012345678901"},
    {"US", "1234567890123456789012345678901234", "BOFAUS3NXXX", PAYEE_OK,
     "abroad:US:BOFAUS3N:1234567890123456789012345678901234"},
    {"PH", "1234-5678-90", "BOPIPHMM", PAYEE_OK, "abroad:PH:BOPIPHMM:1234567890"},
};

static void an_account_abroad(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof abroad / sizeof *abroad; i++) {
        enum payee_fault fault = reads((struct payee_typed){.way = WAY_ABROAD,
                                                            .country = abroad[i].country,
                                                            .number = abroad[i].number,
                                                            .bic = abroad[i].bic,
                                                            .name = NAME});
        if (fault != abroad[i].fault)
            fail_msg("%s %s %s: %s", abroad[i].country, abroad[i].number, abroad[i].bic,
                     payee_fault_code(fault));
        key_is(abroad[i].key);
    }
    assert_string_equal(payee.country, "PH");
    assert_string_equal(payee.bic, "BOPIPHMM");
    assert_false(payee_unverified(&payee));
    shown_is("\u2022\u2022\u2022\u20227890");
    memcpy(payee.number, "12345", 6);
    shown_is("\u2022\u2022\u2022\u202245");
    reads((struct payee_typed){.way = WAY_ABROAD,
                               .country = "DE",
                               .number = "DE89370400440532013000",
                               .bic = "DEUTDEFF",
                               .name = NAME});
    shown_is("DE89 \u2022\u2022\u2022\u2022 3000");
}

/* What is abroad depends on where the operator is; of an unknown country nothing is assumed. */
static void whose_own_country(void **state) {
    (void)state;
    struct payee_typed german = {.way = WAY_ABROAD,
                                 .country = "DE",
                                 .number = "DE89370400440532013000",
                                 .bic = "DEUTDEFF",
                                 .name = NAME};
    memcpy(policy.country_code, "49", 3);
    assert_int_equal(reads(german), PAYEE_OWN_COUNTRY);
    memcpy(policy.country_code, "999", 4);
    assert_int_equal(reads(german), PAYEE_OK);
    german.country = "HK";
    german.number = "012345678901";
    german.bic = "BKCHHKHH";
    assert_int_equal(reads(german), PAYEE_OK);
}

static void hkid_proxy(void **state) {
    (void)state;
    /* Whatever was typed beside it is not looked at. */
    struct payee_typed proxy = {.way = WAY_HKID_PROXY, .number = "junk", .name = "somebody"};
    assert_int_equal(reads(proxy), PAYEE_OK);
    assert_string_equal(payee.name, NAME);
    assert_string_equal(payee.number, "");
    assert_false(payee_unverified(&payee));
    key_is("");
    shown_is("");
    registered.subscriber.name[0] = '\0';
    assert_int_equal(reads(proxy), PAYEE_OK);
    assert_string_equal(payee.name, "\u9673\u5927\u6587");
    registered.subscriber.document[0] = '\0'; /* erased */
    assert_int_equal(reads(proxy), PAYEE_NO_HKID);
    static const char *const others[] = {"passport", "home_return_permit", "business_registration",
                                         ""};
    memcpy(registered.subscriber.document, "X1234567", 9);
    for (size_t i = 0; i < 4; i++) {
        snprintf(registered.subscriber.document_type, CODE_SIZE, "%s", others[i]);
        assert_int_equal(reads(proxy), PAYEE_NO_HKID);
    }
}

static void back_to_the_payment(void **state) {
    (void)state;
    const struct payee_typed back = {.way = WAY_ORIGINAL, .name = "somebody"};
    const struct charge good = charge;
    assert_int_equal(reads(back), PAYEE_OK);
    assert_int_equal(payee.charge, 21);
    assert_string_equal(payee.name, "");
    key_is("");
    shown_is("");
    charge.refunded_minor = 9999;
    assert_int_equal(reads(back), PAYEE_OK);
    charge.refunded_minor = 10000;
    assert_int_equal(reads(back), PAYEE_CHARGE);
    charge = good;
    charge.payment[0] = '\0'; /* a voucher */
    assert_int_equal(reads(back), PAYEE_CHARGE);
    charge = good;
    charge.kind = CHARGE_SPENT;
    assert_int_equal(reads(back), PAYEE_CHARGE);
    charge = good;
    charge.line = 12;
    assert_int_equal(reads(back), PAYEE_CHARGE);
    charge = good;
    charge.operator= 4;
    assert_int_equal(reads(back), PAYEE_CHARGE);
    charge = good;
    charge.id = 0;
    assert_int_equal(reads(back), PAYEE_CHARGE);
    struct payee_whose whose = {&line, &registered, NULL, &policy, KIT_NOW};
    struct payee_typed typed = {WAY_ORIGINAL, "", "", "", "", "", ""};
    assert_int_equal(payee_read(&typed, &whose, &payee), PAYEE_CHARGE);
}

static void cash(void **state) {
    (void)state;
    assert_int_equal(reads((struct payee_typed){.way = WAY_CASH, .number = "7", .name = "x"}),
                     PAYEE_OK);
    assert_string_equal(payee.number, "");
    assert_string_equal(payee.name, "");
    key_is("");
    shown_is("");
}

static void the_holders_name(void **state) {
    (void)state;
    char longest[4 * NAME_SIZE];
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    const struct {
        const char *typed;
        enum payee_fault fault;
        const char *kept;
    } cases[] = {
        {"", PAYEE_NO_NAME, ""},
        {" \u3000", PAYEE_NO_NAME, ""},
        {"CHAN\x07Tai Man", PAYEE_NO_NAME, ""},
        {"CHAN\nTai Man", PAYEE_NO_NAME, ""},
        {"CHAN Tai Man\xff", PAYEE_NO_NAME, ""},
        {"CHAN Tai \u202eMan", PAYEE_NO_NAME, ""},
        {longest, PAYEE_NO_NAME, ""},
        {"Lee Ka Shing", PAYEE_NAME, ""},
        {"Chan T M", PAYEE_NAME, ""},
        {"  Chan\u3000 Tai-Man ", PAYEE_OK, "Chan Tai-Man"},
        {"\uff23\uff28\uff21\uff2e Tai Man", PAYEE_OK, "CHAN Tai Man"},
        {"\u9673\u5927\u6587", PAYEE_OK, "\u9673\u5927\u6587"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct payee_typed typed = {.way = WAY_FPS_ID, .number = "1234567", .name = cases[i].typed};
        assert_int_equal(reads(typed), cases[i].fault);
        assert_string_equal(payee.name, cases[i].kept);
        typed = (struct payee_typed){
            .way = WAY_BANK, .number = "012-345-678901", .name = cases[i].typed};
        assert_int_equal(reads(typed), cases[i].fault);
        typed = (struct payee_typed){.way = WAY_ABROAD,
                                     .country = "CN",
                                     .number = "6222000012345678",
                                     .bic = "BKCHCNBJ",
                                     .name = cases[i].typed};
        assert_int_equal(reads(typed), cases[i].fault);
    }
}

static void faults_and_refusals(void **state) {
    (void)state;
    for (int i = PAYEE_OK + 1; i < PAYEE_FAULT_COUNT; i++) {
        enum payee_fault fault = (enum payee_fault)i;
        assert_true(payee_fault_code(fault)[0]);
        assert_true(payee_fault_field(fault)[0]);
        assert_true(payee_fault_sentence(fault)[0]);
        enum refusal refusal = payee_refusal(fault);
        assert_true(refusal == REFUSED_PAYEE_FORM || refusal == REFUSED_PAYEE_NAME ||
                    refusal == REFUSED_REFUND_WAY);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(payee_fault_code(fault), payee_fault_code((enum payee_fault)j));
    }
    static const enum payee_fault none[] = {PAYEE_OK, PAYEE_FAULT_COUNT};
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(payee_fault_code(none[i]), "");
        assert_string_equal(payee_fault_field(none[i]), "");
        assert_string_equal(payee_fault_sentence(none[i]), "");
    }
    assert_int_equal(payee_refusal(PAYEE_OK), ACCEPTED);
    assert_int_equal(payee_refusal(PAYEE_ALIAS), REFUSED_PAYEE_FORM);
    assert_int_equal(payee_refusal(PAYEE_NAME), REFUSED_PAYEE_NAME);
    assert_int_equal(payee_refusal(PAYEE_NO_NAME), REFUSED_PAYEE_FORM);
    assert_int_equal(payee_refusal(PAYEE_WAY), REFUSED_REFUND_WAY);
    assert_int_equal(payee_refusal(PAYEE_NO_HKID), REFUSED_REFUND_WAY);
    assert_int_equal(payee_refusal(PAYEE_CHARGE), REFUSED_REFUND_WAY);
}

static int setup(void **state) {
    (void)state;
    policy = kit_policy();
    memcpy(policy.country_code, "852", 4);
    policy.national_digits = 8;
    for (int way = 1; way < REFUND_WAY_COUNT; way++)
        policy.refund_ways[way] = true;
    line = kit_line();
    registered = (struct registered){.subscriber = {.id = 5,
                                                    .kind = SUBSCRIBER_PERSON,
                                                    .name = NAME,
                                                    .name_zh = "\u9673\u5927\u6587",
                                                    .birth = "1980-02-29",
                                                    .document_type = "hkid",
                                                    .document = "A123456(3)"}};
    charge = (struct charge){.id = 21,
                             .operator= 3,
                             .line = 11,
                             .kind = CHARGE_TOP_UP,
                             .amount_minor = 10000,
                             .channel = CHANNEL_ONLINE,
                             .payment = "pay_1"};
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_way_that_is_not_offered, setup),
        cmocka_unit_test_setup(fps_id, setup),
        cmocka_unit_test_setup(bank_account, setup),
        cmocka_unit_test_setup(an_account_abroad, setup),
        cmocka_unit_test_setup(whose_own_country, setup),
        cmocka_unit_test_setup(hkid_proxy, setup),
        cmocka_unit_test_setup(back_to_the_payment, setup),
        cmocka_unit_test_setup(cash, setup),
        cmocka_unit_test_setup(the_holders_name, setup),
        cmocka_unit_test_setup(faults_and_refusals, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
