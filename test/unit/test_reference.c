#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/secret.h"
#include "rules/closure_secret.h"
#include "rules/reference.h"

static void test_made_and_read_back(void **state) {
    (void)state;
    uint8_t random[16] = {0};
    char made[REFERENCE_SIZE], read[REFERENCE_SIZE], last[REFERENCE_SIZE] = "";
    char secret[STATUS_SECRET_SIZE], secret_again[STATUS_SECRET_SIZE];
    for (int i = 0; i < 2000; i++) {
        const uint8_t key[32] = {1};
        uint8_t hash[HASH_BYTES];
        secret_hash(key, random, sizeof random, hash);
        memcpy(random, hash, sizeof random);
        reference_make(random, made);
        assert_int_equal(strlen(made), 12);
        assert_null(strpbrk(made + 3, "0O1ILU"));
        assert_string_not_equal(made, last);
        assert_true(reference_read(made, read));
        assert_string_equal(read, made);
        memcpy(last, made, sizeof last);
        status_secret_make(random, secret);
        assert_int_equal(strlen(secret), STATUS_SECRET_SIZE - 1);
        assert_true(status_secret_read(secret, secret_again));
        assert_string_equal(secret, secret_again);
    }
}

static void test_every_byte_counts(void **state) {
    (void)state;
    uint8_t bytes[16] = {0};
    char zero[STATUS_SECRET_SIZE], other[STATUS_SECRET_SIZE];
    status_secret_make(bytes, zero);
    assert_string_equal(zero, "2222-2222-2222-2222");
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = 1;
        status_secret_make(bytes, other);
        assert_string_not_equal(zero, other);
        bytes[i] = 0;
    }
}

static void test_typed_by_people(void **state) {
    (void)state;
    static const char *const good[] = {
        "RO-7K3F-92QX",  "ro-7k3f-92qx", " RO 7K3F 92QX ",           "RO7K3F92QX",
        "7k3f92qx",      "7K3F-92QX",    "ＲＯ－７Ｋ３Ｆ－９２ＱＸ", "RO–7K3F—92QX",
        "R O-7K3F-92QX",
    };
    static const char *const bad[] = {
        "",
        "RO",
        "RO-7K3F-92Q",
        "RO-7K3F-92QXX",
        "RO-7K3F-92Q0",
        "RO-7K3F-92QO",
        "RO-7K3F-92QI",
        "RO-7K3F_92QX",
        "RO-7K3F-92Q\xff",
        "XX-7K3F-92QX",
        "RO-7K3F-92QX7K3F92QX7K3F92QX7K3F92QX7K3F92QX7K3F92QX7K3F92QX7K3F92QX7K3F92QX",
        "電話",
    };
    char read[REFERENCE_SIZE];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (!reference_read(good[i], read))
            fail_msg("not read: %s", good[i]);
        assert_string_equal(read, "RO-7K3F-92QX");
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (reference_read(bad[i], read))
            fail_msg("read: %s", bad[i]);
        assert_string_equal(read, "");
    }
}

/* R and F are letters that a reference may begin with. */
static void test_of_a_refund(void **state) {
    (void)state;
    static const char *const good[] = {"RF-7K3F-92QX", "rf7k3f92qx", " 7k3f 92qx",
                                       "ＲＦ７Ｋ３Ｆ９２ＱＸ"};
    static const char *const bad[] = {
        "", "RF", "RF-7K3F-92Q", "RO-7K3F-92QX", "RF-7K3F-92Q0", "RFRF-7K3F-92QX"};
    static const uint8_t bytes[8] = {9, 8, 7, 6, 5, 4, 3, 2};
    char read[REFERENCE_SIZE], made[REFERENCE_SIZE], closure[REFERENCE_SIZE];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(refund_reference_read(good[i], read));
        assert_string_equal(read, "RF-7K3F-92QX");
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(refund_reference_read(bad[i], read));
        assert_string_equal(read, "");
    }
    assert_true(refund_reference_read("RF7K3F92", read));
    assert_string_equal(read, "RF-RF7K-3F92");
    assert_true(refund_reference_read("RFRF7K3F92", read));
    assert_string_equal(read, "RF-RF7K-3F92");
    assert_false(reference_read("RF-7K3F-92QX", read));
    refund_reference_make(bytes, made);
    reference_make(bytes, closure);
    assert_memory_equal(made, "RF-", 3);
    assert_string_equal(made + 3, closure + 3);
    assert_true(refund_reference_read(made, read));
    assert_string_equal(read, made);
}

static void test_status_secret_typed(void **state) {
    (void)state;
    char read[STATUS_SECRET_SIZE];
    assert_true(status_secret_read("7k3f 92qx hm4d 8vbw", read));
    assert_string_equal(read, "7K3F-92QX-HM4D-8VBW");
    assert_true(status_secret_read("７Ｋ３Ｆ９２ＱＸＨＭ４Ｄ８ＶＢＷ", read));
    assert_string_equal(read, "7K3F-92QX-HM4D-8VBW");
    assert_false(status_secret_read("7K3F-92QX-HM4D-8VB", read));
    assert_false(status_secret_read("7K3F-92QX-HM4D-8VB0", read));
    assert_false(status_secret_read("", read));
    assert_string_equal(read, "");
}

/* The secrets of no closure, or of one that asked for nothing, open nothing. */
static void test_secrets_fit_their_closure_only(void **state) {
    (void)state;
    static const uint8_t master[32] = {3};
    struct secrets secrets;
    struct closure closure = {.id = 5, .confirm_issue = 2, .nonce = {9}};
    char code[CODE_DIGITS + 1], link[TOKEN_TEXT], status[STATUS_SECRET_SIZE];
    secret_derive(master, &secrets);
    closure_code(&secrets, &closure, code);
    closure_link(&secrets, &closure, 2, link);
    closure_status_secret(&secrets, &closure, status);
    assert_true(closure_code_fits(&secrets, &closure, code));
    assert_int_equal(closure_link_fits(&secrets, &closure, link), 2);
    assert_true(closure_status_fits(&secrets, &closure, status));
    assert_false(closure_code_fits(&secrets, &closure, "00000000"));
    assert_int_equal(closure_link_fits(&secrets, &closure, "x"), 0);
    assert_false(closure_status_fits(&secrets, &closure, "7K3F-92QX-HM4D-8VBW"));
    assert_false(closure_status_fits(&secrets, &closure, "?"));
    closure.confirm_issue = 0; /* nothing was asked */
    closure_code(&secrets, &closure, code);
    assert_false(closure_code_fits(&secrets, &closure, code));
    closure = (struct closure){.confirm_issue = 1};
    closure_code(&secrets, &closure, code);
    closure_link(&secrets, &closure, 1, link);
    closure_status_secret(&secrets, &closure, status);
    assert_false(closure_code_fits(&secrets, &closure, code));
    assert_int_equal(closure_link_fits(&secrets, &closure, link), 0);
    assert_false(closure_status_fits(&secrets, &closure, status));
    closure.confirm_issue = 1000; /* bounded, whatever stands in the row */
    closure_link(&secrets, &closure, 1000, link);
    assert_int_equal(closure_link_fits(&secrets, &closure, link), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_made_and_read_back),
        cmocka_unit_test(test_every_byte_counts),
        cmocka_unit_test(test_typed_by_people),
        cmocka_unit_test(test_of_a_refund),
        cmocka_unit_test(test_status_secret_typed),
        cmocka_unit_test(test_secrets_fit_their_closure_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
