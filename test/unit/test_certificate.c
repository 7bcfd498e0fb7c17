/* The certificate's statement, its code, and the file: what is changed anywhere is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "rules/certificate.h"
#include "rules/certificate_file.h"
#include "rules/document.h"

static const char small[] = "%PDF-1.5\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"
                            "startxref\n17\n%%EOF\n";
static const uint8_t seed[SIGN_SEED_BYTES] = {7, 7, 7}, other_seed[SIGN_SEED_BYTES] = {8};

static struct certificate_facts facts_usual(void) {
    struct certificate_facts facts = {.operator= "harbour",
                                      .operator_name = "Harbour",
                                      .site = "https://close.example",
                                      .language = "zh-Hant-HK",
                                      .reference = "RO-7K3F-92QX",
                                      .name = "CHAN \"Tai\\Man\"",
                                      .name_zh =
                                          "\xf0\xa8\x8b\xa2\xe5\x98\x85", /* U+282E2, U+5605 */
                                      .number = "+85261230010",
                                      .cut = "read_back",
                                      .currency = "HKD",
                                      .utc_offset_minutes = 480,
                                      .paid_minor = 8640,
                                      .submitted_at = INT64_C(1795400000000),
                                      .deregistered_at = INT64_C(1795400000999)};
    return facts;
}

static void a_statement_is_its_facts(void **state) {
    struct certificate_facts facts = facts_usual(), back;
    char text[CERTIFICATE_TEXT], again[CERTIFICATE_TEXT];
    (void)state;
    certificate_write(&facts, text);
    certificate_write(&facts, again);
    assert_string_equal(text, again);
    assert_ptr_equal(strchr(text, '\n'), NULL);
    assert_non_null(strstr(text, "{\"certificate\":1,\"currency\":\"HKD\","));
    assert_ptr_equal(strstr(text, "claim_until"), NULL); /* what is not, is not stated */
    assert_true(certificate_read(text, &back));
    assert_string_equal(back.name, facts.name);
    assert_string_equal(back.name_zh, facts.name_zh);
    assert_int_equal(back.paid_minor, 8640);
    assert_int_equal(back.utc_offset_minutes, 480);
    assert_int_equal(back.submitted_at, facts.submitted_at);
    assert_int_equal(back.deregistered_at, facts.deregistered_at - 999); /* whole seconds */
    assert_int_equal(back.claim_until, 0);
    certificate_write(&back, again);
    assert_string_equal(text, again);
}

/* The longest facts, each letter of which JSON writes as six. */
static void the_longest_fits(void **state) {
    struct certificate_facts facts, back;
    char text[CERTIFICATE_TEXT];
    (void)state;
    memset(&facts, 1, sizeof facts);
    char *ends[] = {facts.operator+ sizeof facts.operator,
                    facts.operator_name + POLICY_NAME,
                    facts.operator_name_hant + POLICY_NAME,
                    facts.operator_name_hans + POLICY_NAME,
                    facts.site + SITE_SIZE,
                    facts.hotline + NUMBER_SIZE,
                    facts.language + sizeof facts.language,
                    facts.reference + REFERENCE_SIZE,
                    facts.basis + CODE_SIZE,
                    facts.identity + CODE_SIZE,
                    facts.name + NAME_SIZE,
                    facts.name_zh + NAME_SIZE,
                    facts.number + NUMBER_SIZE,
                    facts.cut + CODE_SIZE,
                    facts.evidence + sizeof facts.evidence,
                    facts.currency + sizeof facts.currency,
                    facts.refund + sizeof facts.refund};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        ends[i][-1] = '\0';
    int64_t *const times[] = {
        &facts.submitted_at,       &facts.identity_at, &facts.confirmed_at, &facts.cut_at,
        &facts.deregistered_at,    &facts.claim_until, &facts.number_until, &facts.reclaim_until,
        &facts.registration_until, &facts.refund_by};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        *times[i] = INT64_C(1795400000000);
    certificate_write(&facts, text);
    assert_true(strlen(text) > 6000);
    assert_true(certificate_read(text, &back));
    assert_memory_equal(back.name, facts.name, sizeof facts.name);
}

static void other_statements_are_refused(void **state) {
    static const char *const bad[] = {
        "",
        "x",
        "[]",
        "{}",
        "{\"certificate\":2,\"paid_minor\":0,\"promotional_minor\":0,\"utc_offset_minutes\":0}",
        "{\"certificate\":\"1\",\"paid_minor\":0,\"promotional_minor\":0,\"utc_offset_minutes\":0}",
        "{\"certificate\":1,\"paid_minor\":0,\"promotional_minor\":0}",
        "{\"certificate\":1,\"paid_minor\":\"0\",\"promotional_minor\":0,\"utc_offset_minutes\":0}",
        "{\"certificate\":1,\"paid_minor\":0,\"promotional_minor\":0,\"utc_offset_minutes\":0,"
        "\"more\":1}",
        "{\"certificate\":1,\"paid_minor\":0,\"promotional_minor\":0,\"utc_offset_minutes\":0,"
        "\"name\":1}",
        "{\"certificate\":1,\"paid_minor\":0,\"promotional_minor\":0,\"utc_offset_minutes\":0,"
        "\"currency\":\"HKDD\"}",
        "{\"certificate\":1,\"paid_minor\":0,\"promotional_minor\":0,\"utc_offset_minutes\":0,"
        "\"cut_at\":\"yesterday\"}",
        "{\"certificate\":1,\"paid_minor\":0,\"promotional_minor\":0,\"utc_offset_minutes\":0,"
        "\"cut_at\":7}",
        "{\"certificate\":1,\"certificate\":1,\"paid_minor\":0,\"promotional_minor\":0,"
        "\"utc_offset_minutes\":0}",
    };
    struct certificate_facts facts;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (certificate_read(bad[i], &facts))
            fail_msg("taken: %s", bad[i]);
    assert_true(certificate_read("{\"certificate\":1,\"paid_minor\":0,\"promotional_minor\":0,"
                                 "\"utc_offset_minutes\":0}",
                                 &facts));
}

static void facts_are_those_of_the_case(void **state) {
    static struct policy policy;
    struct closure closure = {.id = 1,
                              .basis = BASIS_PERSON,
                              .submitted_at = 1,
                              .deregistered_at = 9,
                              .cut_at = 8,
                              .cut_how = CUT_ATTESTED,
                              .paid_minor = 5,
                              .claim_until = 11,
                              .quarantine_until = 12,
                              .erase_after = 13,
                              .evidence = "typed by staff",
                              .reference = "RO-7K3F-92QX",
                              .language = "en"};
    struct line line = {.number = "+85261230010"};
    struct subscriber person = {.name = "CHAN", .document = "A123456(3)", .birth = "1980-02-29"};
    struct closing plan = {.reclaim_until = 14,
                           .money = {.refund_minor = 30, .fee_minor = 2, .left_minor = 4}};
    struct refund refund = {.id = 5, .due_at = 15000, .reference = "RF-7K3F-92QX"};
    char text[CERTIFICATE_TEXT];
    (void)state;
    memcpy(policy.operator, "harbour", sizeof "harbour");
    struct certificate_facts facts =
        certificate_facts_of(&closure, &line, &person, &plan, &refund, &policy, "https://h");
    assert_string_equal(facts.cut, "attested");
    assert_string_equal(facts.identity, "");
    assert_string_equal(facts.evidence, ""); /* free text is the staff's */
    assert_int_equal(facts.number_until, 12);
    assert_int_equal(facts.reclaim_until, 14);
    assert_int_equal(facts.registration_until, 13);
    closure.cut_how = CUT_READ_BACK;
    closure.identity_by = IDENTIFIED_ORIGINAL;
    facts = certificate_facts_of(&closure, &line, &person, &plan, &refund, &policy, "https://h");
    assert_string_equal(facts.cut, "read_back");
    assert_string_equal(facts.identity, "original");
    assert_string_equal(facts.evidence, "typed by staff");
    assert_int_equal(facts.claim_until, 0); /* it is kept for good: no day is named */
    policy.after_claim = AFTER_CLAIM_BREAKAGE;
    facts = certificate_facts_of(&closure, &line, &person, &plan, &refund, &policy, "https://h");
    assert_int_equal(facts.claim_until, 11);
    assert_int_equal(facts.refund_minor, 30);
    assert_int_equal(facts.fee_minor, 2);
    assert_int_equal(facts.transfer_minor, 0);
    assert_int_equal(facts.left_minor, 4);
    assert_int_equal(facts.refund_by, 15000);
    assert_string_equal(facts.refund, "RF-7K3F-92QX");
    certificate_write(&facts, text);
    assert_non_null(strstr(text, "\"refund_minor\":30,"));
    assert_ptr_equal(strstr(text, "transfer_minor"), NULL); /* what is not, is not stated */
    assert_ptr_equal(strstr(text, "A123456"), NULL); /* never the document, never the birth */
    assert_ptr_equal(strstr(text, "1980"), NULL);
}

static void a_code_is_the_certificates(void **state) {
    struct secrets secrets;
    uint8_t master[32] = {1};
    struct certificate row = {.id = 1, .signature = {1, 2, 3}}, other = {.id = 2}, none = {0};
    char code[STATUS_SECRET_SIZE], again[STATUS_SECRET_SIZE];
    (void)state;
    secret_derive(master, &secrets);
    certificate_code(&secrets, &row, code);
    certificate_code(&secrets, &row, again);
    assert_string_equal(code, again);
    assert_true(certificate_code_fits(&secrets, &row, code));
    for (char *at = code; *at; at++)
        *at = *at >= 'A' && *at <= 'Z' ? (char)(*at + 32) : *at == '-' ? ' ' : *at;
    assert_true(certificate_code_fits(&secrets, &row, code)); /* as people type it */
    assert_false(certificate_code_fits(&secrets, &other, code));
    assert_false(certificate_code_fits(&secrets, &row, ""));
    assert_false(certificate_code_fits(&secrets, &row, "7K3F-92QX-HM4D-8VBW"));
    certificate_code(&secrets, &none, code); /* what does not exist has a code that fits nothing */
    assert_false(certificate_code_fits(&secrets, &none, code));
    master[0] = 2;
    secret_derive(master, &secrets);
    assert_false(certificate_code_fits(&secrets, &row, again)); /* another installation's key */
}

static void a_key_lives_for_a_time(void **state) {
    const int64_t made = 10 * DAY, retired = 20 * DAY;
    (void)state;
    assert_true(certificate_key_lived(made, 0, made));
    assert_true(certificate_key_lived(made, 0, made - HOUR));
    assert_false(certificate_key_lived(made, 0, made - HOUR - 1));
    assert_true(certificate_key_lived(made, 0, made + 10000 * DAY));
    assert_true(certificate_key_lived(made, retired, retired + HOUR));
    assert_false(certificate_key_lived(made, retired, retired + HOUR + 1));
}

static void a_portal_is_somewhere(void **state) {
    static struct policy policy;
    char site[SITE_SIZE];
    (void)state;
    memcpy(policy.operator, "harbour", sizeof "harbour");
    memcpy(policy.hosts[0], "close.example", sizeof "close.example");
    policy_site(&policy, NULL, site);
    assert_string_equal(site, "https://close.example");
    policy_site(&policy, "http://127.0.0.1:8080", site);
    assert_string_equal(site, "http://127.0.0.1:8080/harbour");
}

/* --- the file --- */

static struct buffer signed_by(const uint8_t *key_seed, const char *statement) {
    struct buffer file;
    buffer_open(&file, CERTIFICATE_FILE_MOST);
    assert_true(certificate_file_write(&file, small, sizeof small - 1, statement, key_seed));
    return file;
}

static bool good(const char *bytes, size_t length, const uint8_t *key_seed) {
    static struct certificate_file file;
    uint8_t key[SIGN_PUBLIC_BYTES];
    secret_sign_public(key_seed, key);
    return certificate_file_read(bytes, length, &file) &&
           certificate_file_signed(&file, bytes, key);
}

static void a_file_says_what_was_signed(void **state) {
    static struct certificate_file read;
    uint8_t key[SIGN_PUBLIC_BYTES];
    char name[SIGN_NAME_SIZE];
    (void)state;
    struct buffer file = signed_by(seed, "{\"a\":1}"), again = signed_by(seed, "{\"a\":1}");
    assert_int_equal(file.length, again.length);
    assert_memory_equal(file.data, again.data, file.length);
    assert_true(good(file.data, file.length, seed));
    assert_true(certificate_file_read(file.data, file.length, &read));
    assert_string_equal(read.statement, "{\"a\":1}");
    secret_sign_public(seed, key);
    secret_sign_name(key, name);
    assert_string_equal(read.key, name);
    assert_false(good(file.data, file.length, other_seed)); /* another operator's key */
    buffer_close(&file);
    buffer_close(&again);
}

/* Every byte, each made into every other value that one bit or a letter's case makes of it. */
static void a_changed_byte_is_found(void **state) {
    (void)state;
    struct buffer file = signed_by(seed, "{\"a\":1}");
    for (size_t i = 0; i < file.length; i++) {
        char was = file.data[i];
        for (int bit = 0; bit < 8; bit++) {
            file.data[i] = (char)(was ^ (1 << bit));
            if (good(file.data, file.length, seed))
                fail_msg("byte %zu, bit %d", i, bit);
        }
        file.data[i] = was;
    }
    assert_true(good(file.data, file.length, seed));
    buffer_close(&file);
}

static void a_cut_or_longer_file_is_found(void **state) {
    (void)state;
    struct buffer file = signed_by(seed, "{\"a\":1}");
    for (size_t length = 0; length < file.length; length++) {
        char *copy = malloc(length + 1); /* of its own size, so that reading past it is seen */
        memcpy(copy, file.data, length);
        if (good(copy, length, seed))
            fail_msg("cut to %zu", length);
        free(copy);
    }
    size_t whole = file.length;
    buffer_text(&file, "\n");
    assert_false(good(file.data, file.length, seed));
    buffer_text(&file, "%PDF-1.5\n");
    assert_false(good(file.data, file.length, seed));
    assert_true(good(file.data, whole, seed));
    assert_false(good(file.data + 1, whole - 1, seed));
    buffer_close(&file);
}

/* The last line of one file behind another, and a key's name that is another's. */
static void a_borrowed_signature_is_found(void **state) {
    static struct certificate_file read;
    uint8_t key[SIGN_PUBLIC_BYTES];
    (void)state;
    struct buffer one = signed_by(seed, "{\"a\":1}"), other = signed_by(seed, "{\"a\":2}");
    struct buffer theirs = signed_by(other_seed, "{\"a\":1}");
    assert_true(certificate_file_read(one.data, one.length, &read));
    size_t line = read.signed_bytes;
    memcpy(other.data + line, one.data + line, one.length - line);
    assert_true(certificate_file_read(other.data, other.length, &read));
    assert_false(good(other.data, other.length, seed));
    memcpy(theirs.data + line, one.data + line, sizeof "%Ringoff-Signature/1 " - 1 + 32);
    assert_true(certificate_file_read(theirs.data, theirs.length, &read));
    secret_sign_public(other_seed, key);
    assert_false(certificate_file_signed(&read, theirs.data, key)); /* its name is not the key's */
    assert_false(good(theirs.data, theirs.length, seed));
    buffer_close(&one);
    buffer_close(&other);
    buffer_close(&theirs);
}

static void no_certificate_is_none(void **state) {
    static struct certificate_file read;
    struct buffer file;
    (void)state;
    assert_false(certificate_file_read("", 0, &read));
    assert_false(certificate_file_read(small, sizeof small - 1, &read));
    char *huge = calloc(1, (size_t)CERTIFICATE_FILE_MOST + 1);
    assert_false(certificate_file_read(huge, (size_t)CERTIFICATE_FILE_MOST + 1, &read));
    assert_false(certificate_file_read(huge, CERTIFICATE_FILE_MOST, &read));
    free(huge);
    buffer_open(&file, CERTIFICATE_FILE_MOST);
    assert_false(certificate_file_write(&file, "GIF89a", 6, "{}", seed));
    assert_false(certificate_file_write(&file, "GIF89a\nstartxref\n9\n%%EOF\n", 25, "{}", seed));
    assert_false(certificate_file_write(&file, "%PDF-1.5\nstartxref\n9\n%%EOF", 26, "{}", seed));
    assert_false(certificate_file_write(&file, "%PDF-1.5\nx\n%%EOF\n", 17, "{}", seed));
    assert_int_equal(file.length, 0);
    buffer_close(&file);
    for (size_t ceiling = 1; ceiling < 260; ceiling += 86) { /* no room, at each step */
        buffer_open(&file, ceiling);
        assert_false(certificate_file_write(&file, small, sizeof small - 1, "{}", seed));
        buffer_close(&file);
    }
}

/* In the right form, but without a statement, or with one that no certificate has. */
static void a_statement_must_stand_in_it(void **state) {
    static struct certificate_file read;
    static char longest[CERTIFICATE_TEXT + 1];
    (void)state;
    struct buffer whole = signed_by(seed, "{}");
    assert_true(certificate_file_read(whole.data, whole.length, &read));
    const char *line = whole.data + read.signed_bytes;
    size_t line_length = whole.length - read.signed_bytes;
    memset(longest, 'x', sizeof longest - 1);
    for (int i = 0; i < 4; i++) {
        struct buffer file;
        buffer_open(&file, CERTIFICATE_FILE_MOST);
        buffer_text(&file, i ? "%PDF-1.5\n%Ringoff-Statement/1 {" : "%PDF-1.5");
        if (i == 1)
            buffer_add(&file, "\0", 1);
        if (i == 2)
            buffer_text(&file, longest);
        buffer_text(&file, "\nstartxref\n9\n%%EOF\n");
        buffer_add(&file, line, line_length);
        assert_int_equal(certificate_file_read(file.data, file.length, &read), i == 3);
        buffer_close(&file);
    }
    buffer_close(&whole);
}

static void hexadecimal_has_one_form(void **state) {
    uint8_t bytes[2];
    char text[5];
    (void)state;
    secret_hex("\x0a\xff", 2, text);
    assert_string_equal(text, "0aff");
    assert_true(secret_unhex("0aff", bytes, 2));
    assert_memory_equal(bytes, "\x0a\xff", 2);
    static const char *const bad[] = {"", "0af", "0aff0", "0aFF", "0a f", "0agf", "0aff00"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(secret_unhex(bad[i], bytes, 2));
}

/* RFC 8032, 7.1, test 2: what other programs call Ed25519 is what is done here. */
static void it_is_ed25519(void **state) {
    static const char secret_key[] =
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
    static const char public_key[] =
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    static const char right[] = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                                "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
    uint8_t from[32], key[32], expected[32], signature[64], signed_there[64];
    (void)state;
    assert_true(secret_unhex(secret_key, from, 32) && secret_unhex(public_key, expected, 32) &&
                secret_unhex(right, signed_there, 64));
    secret_sign_public(from, key);
    assert_memory_equal(key, expected, 32);
    secret_sign(from, "\x72", 1, signature);
    assert_memory_equal(signature, signed_there, 64);
    assert_true(secret_signed(key, "\x72", 1, signature));
    assert_false(secret_signed(key, "\x73", 1, signature));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_statement_is_its_facts),
        cmocka_unit_test(the_longest_fits),
        cmocka_unit_test(other_statements_are_refused),
        cmocka_unit_test(facts_are_those_of_the_case),
        cmocka_unit_test(a_code_is_the_certificates),
        cmocka_unit_test(a_key_lives_for_a_time),
        cmocka_unit_test(a_portal_is_somewhere),
        cmocka_unit_test(a_file_says_what_was_signed),
        cmocka_unit_test(a_changed_byte_is_found),
        cmocka_unit_test(a_cut_or_longer_file_is_found),
        cmocka_unit_test(a_borrowed_signature_is_found),
        cmocka_unit_test(no_certificate_is_none),
        cmocka_unit_test(a_statement_must_stand_in_it),
        cmocka_unit_test(hexadecimal_has_one_form),
        cmocka_unit_test(it_is_ed25519),
    };
    if (!secret_start())
        return 1;
    return cmocka_run_group_tests_name("certificate", tests, NULL, NULL);
}
