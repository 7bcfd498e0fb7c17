#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/words.h"
#include "rules/refusal.h"

static void test_every_refusal_has_its_row(void **state) {
    (void)state;
    for (int i = 0; i < REFUSAL_COUNT; i++) {
        const struct refusal_about *about = refusal_about((enum refusal)i);
        if (!about->code || !about->title || !about->sentence)
            fail_msg("refusal %d has no row", i);
        size_t length = strlen(about->code);
        if (!length || strspn(about->code, "abcdefghijklmnopqrstuvwxyz_") != length || length >= 40)
            fail_msg("code %s", about->code);
        assert_int_equal(refusal_of(about->code), i);
        if (i == ACCEPTED)
            assert_int_equal(about->status, 200);
        else if (about->status < 400 || about->status > 503)
            fail_msg("%s has status %d", about->code, about->status);
        /* A sentence is one: it begins large, ends with a full stop, and says what to do. */
        assert_true(about->sentence[strlen(about->sentence) - 1] == '.');
        assert_true(strcmp(about->title, about->sentence) != 0);
    }
}

static void test_codes_are_stable(void **state) {
    (void)state;
    static const struct {
        enum refusal refusal;
        const char *code;
        int status;
    } known[] = {
        {REFUSED_IDENTITY, "identity_mismatch", 403}, {REFUSED_CODE_EXPIRED, "code_expired", 410},
        {REFUSED_TOO_MANY, "too_many_attempts", 429}, {REFUSED_NOT_FOUND, "not_found", 404},
        {REFUSED_KEY_REUSED, "key_reused", 422},      {REFUSED_BUSY, "busy", 503},
        {REFUSED_LINE_CLOSING, "line_closing", 409},  {REFUSED_BROKEN, "broken", 500},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_string_equal(refusal_about(known[i].refusal)->code, known[i].code);
        assert_int_equal(refusal_about(known[i].refusal)->status, known[i].status);
    }
}

static void test_out_of_range_is_broken(void **state) {
    (void)state;
    assert_ptr_equal(refusal_about(REFUSAL_COUNT), refusal_about(REFUSED_BROKEN));
    assert_ptr_equal(refusal_about((enum refusal)12345), refusal_about(REFUSED_BROKEN));
    assert_int_equal(refusal_of("no_such_code"), REFUSAL_COUNT);
    assert_int_equal(refusal_of(""), REFUSAL_COUNT);
}

static void test_every_sentence_is_translated(void **state) {
    (void)state;
    for (int i = 0; i < REFUSAL_COUNT; i++)
        for (int language = LANGUAGE_ZH_HANT; language < LANGUAGE_COUNT; language++) {
            const struct refusal_about *about = refusal_about((enum refusal)i);
            if (strcmp(words((enum language)language, about->sentence), about->sentence) == 0 ||
                strcmp(words((enum language)language, about->title), about->title) == 0)
                fail_msg("%s is not translated to language %d", about->code, language);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_refusal_has_its_row),
        cmocka_unit_test(test_codes_are_stable),
        cmocka_unit_test(test_out_of_range_is_broken),
        cmocka_unit_test(test_every_sentence_is_translated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
