/* Identity by document, and by the original: who is waited for and until when, told in the rules
 * alone. The bad cases first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "rules/closure.h"
#include "rules_kit.h"

static struct policy policy;
static struct line line;
static struct closure closure;

static int setup(void **state) {
    (void)state;
    policy = kit_policy();
    policy.identity = IDENTITY_DOCUMENT;
    line = kit_line();
    closure = kit_closure(BASIS_PERSON);
    return 0;
}

static void opened(void) {
    assert_int_equal(closure_open(&closure, &line, &policy, true, KIT_NOW), ACCEPTED);
}

static void confirmed(void) {
    opened();
    assert_int_equal(closure_confirm(&closure, &policy, CONFIRM_BY_LINK, KIT_NOW), ACCEPTED);
}

static enum refusal send(int64_t now) {
    return closure_document(&closure, &policy, 6 + closure.documents, now);
}

static enum refusal refuse(int64_t now) {
    return closure_refuse_document(&closure, &policy, REASON_CUT_OFF, now);
}

static enum refusal accept(enum identified_by by, int64_t now) {
    return closure_identify(&closure, &policy, by, now);
}

static enum closure_waits waits(void) {
    return closure_derive(&closure, &policy).waits;
}

static void test_who_is_not_asked(void **state) {
    (void)state;
    policy.identity = IDENTITY_MATCH;
    assert_int_equal(send(KIT_NOW), REFUSED_CLOSURE_STATE); /* a draft */
    confirmed();
    assert_int_equal(closure.identity_by, IDENTIFIED_MATCH);
    assert_int_equal(closure.identity_asked, IDENTITY_MATCH);
    assert_int_equal(send(KIT_NOW), REFUSED_DOCUMENT_UNASKED);
    assert_int_equal(refuse(KIT_NOW), REFUSED_DOCUMENT_MISSING);
    assert_int_equal(accept(IDENTIFIED_DOCUMENT, KIT_NOW), REFUSED_UNCHANGED);
    assert_int_equal(accept(IDENTIFIED_ORIGINAL, KIT_NOW), REFUSED_UNCHANGED);
    closure = kit_closure(BASIS_EXPIRY);
    policy.identity = IDENTITY_DOCUMENT;
    opened();
    assert_int_equal(send(KIT_NOW), REFUSED_DOCUMENT_UNASKED);
    assert_int_equal(accept(IDENTIFIED_ORIGINAL, KIT_NOW), REFUSED_CLOSURE_STATE);
}

/* What was submitted under one policy keeps what it asked for. */
static void test_what_is_asked_is_fixed(void **state) {
    (void)state;
    opened();
    policy.identity = IDENTITY_MATCH;
    assert_int_equal(closure.identity_asked, IDENTITY_DOCUMENT);
    assert_int_equal(closure.identity_at, 0);
    assert_int_equal(send(KIT_NOW), ACCEPTED);
    /* And whoever did not prove the SIM is asked although the policy matches. */
    closure = kit_closure(BASIS_PERSON);
    closure.identity_asked = IDENTITY_DOCUMENT;
    opened();
    assert_int_equal(closure.identity_asked, IDENTITY_DOCUMENT);
    assert_int_equal(closure.identity_at, 0);
    assert_int_equal(closure_may_document(&closure, &policy), ACCEPTED);
}

static void test_one_at_a_time_and_five_in_all(void **state) {
    (void)state;
    confirmed();
    assert_int_equal(accept(IDENTIFIED_DOCUMENT, KIT_NOW), REFUSED_DOCUMENT_MISSING);
    for (int64_t i = 0; i < DOCUMENTS_A_CLOSURE; i++) {
        int64_t at = KIT_NOW + i;
        assert_false(closure_document_waits(&closure, &policy));
        assert_int_equal(send(at), ACCEPTED);
        assert_int_equal(closure.document, 6 + i);
        assert_int_equal(closure.document_at, at);
        assert_int_equal(closure.document_refused_at, 0);
        assert_int_equal(closure.document_reason, REASON_NONE);
        assert_true(closure_document_waits(&closure, &policy));
        assert_int_equal(waits(), WAITS_OPERATOR_IDENTITY);
        assert_int_equal(send(at), REFUSED_DOCUMENT_WAITING);
        assert_int_equal(refuse(at), ACCEPTED);
        assert_int_equal(closure.document_reason, REASON_CUT_OFF);
        assert_int_equal(refuse(at), REFUSED_DOCUMENT_MISSING); /* decided twice */
        assert_int_equal(accept(IDENTIFIED_DOCUMENT, at), REFUSED_DOCUMENT_MISSING);
        assert_int_equal(waits(), WAITS_PERSON_IDENTITY);
    }
    assert_int_equal(send(KIT_NOW + 9), REFUSED_DOCUMENT_LIMIT);
    /* The counter stays open to the person. */
    assert_int_equal(accept(IDENTIFIED_ORIGINAL, KIT_NOW + 9), ACCEPTED);
    assert_int_equal(waits(), WAITS_UNDO_WINDOW);
    assert_int_equal(send(KIT_NOW + 9), REFUSED_DOCUMENT_UNASKED);
}

static void test_nothing_after_the_end(void **state) {
    (void)state;
    confirmed();
    assert_int_equal(send(KIT_NOW), ACCEPTED);
    assert_int_equal(closure_withdraw(&closure, &policy, KIT_NOW + 5), ACCEPTED);
    assert_int_equal(send(KIT_NOW + 6), REFUSED_CLOSURE_STATE);
    assert_int_equal(refuse(KIT_NOW + 6), REFUSED_CLOSURE_STATE);
    assert_int_equal(accept(IDENTIFIED_DOCUMENT, KIT_NOW + 6), REFUSED_CLOSURE_STATE);
    assert_int_equal(accept(IDENTIFIED_ORIGINAL, KIT_NOW + 6), REFUSED_CLOSURE_STATE);
    assert_false(closure_document_waits(&closure, &policy));
    /* The document that nobody looked at has its days all the same. */
    assert_int_equal(closure.next_at, KIT_NOW + 5 + 30 * DAY);
}

static void test_without_a_document_it_ends(void **state) {
    (void)state;
    confirmed();
    int64_t remind = KIT_NOW + 6 * HOUR, last = closure_confirm_by(&closure, &policy);
    assert_int_equal(closure_document_by(&closure, &policy), last);
    assert_int_equal(closure.next_at, remind);
    assert_int_equal(closure_remind(&closure, &policy, remind), ACCEPTED);
    assert_int_equal(closure.next_at, last);
    assert_int_equal(closure_step(&closure, &policy, last - 1), STEP_NONE);
    assert_int_equal(closure_escalate(&closure, &policy, last), REFUSED_CLOSURE_STATE);
    assert_int_equal(closure_expire(&closure, &policy, last), ACCEPTED);
    assert_int_equal(closure.next_at, 0); /* nothing came, so nothing is to be erased */
}

static void test_a_slow_review_never_ends(void **state) {
    (void)state;
    confirmed();
    assert_int_equal(send(KIT_NOW), ACCEPTED);
    assert_int_equal(closure.next_at, closure.due_at - 4 * HOUR);
    assert_int_equal(closure_escalate(&closure, &policy, closure.next_at), ACCEPTED);
    assert_int_equal(waits(), WAITS_STAFF);
    assert_int_equal(closure.next_at, 0);
    assert_int_equal(closure_step(&closure, &policy, closure.due_at + 300 * DAY), STEP_NONE);
}

/* A refusal in the night before the end leaves as long as a link lives. */
static void test_a_late_refusal_leaves_time(void **state) {
    (void)state;
    confirmed();
    int64_t late = closure_confirm_by(&closure, &policy) + HOUR;
    assert_int_equal(send(KIT_NOW), ACCEPTED);
    assert_int_equal(closure_escalate(&closure, &policy, late), ACCEPTED);
    assert_int_equal(refuse(late), ACCEPTED);
    assert_int_equal(closure.escalated_at, 0);
    assert_int_equal(waits(), WAITS_PERSON_IDENTITY);
    int64_t until = late + 18 * HOUR;
    assert_int_equal(closure_document_by(&closure, &policy), until);
    assert_int_equal(closure.next_at, late + 6 * HOUR); /* reminded anew */
    assert_int_equal(closure_remind(&closure, &policy, closure.next_at), ACCEPTED);
    assert_int_equal(closure.next_at, until);
    assert_int_equal(closure_expire(&closure, &policy, until - 1), REFUSED_CLOSURE_STATE);
    /* Another one that comes after the day is looked at, and the staff are called at once. */
    struct closure again = closure;
    assert_int_equal(closure_document(&again, &policy, 99, until - 1), ACCEPTED);
    assert_int_equal(closure_step(&again, &policy, until + DAY), STEP_ESCALATE);
    assert_int_equal(closure_expire(&closure, &policy, until), ACCEPTED);
    assert_int_equal(closure.next_at, late + 30 * DAY);
    /* An early one leaves the rest of the day. */
    setup(NULL);
    confirmed();
    assert_int_equal(send(KIT_NOW), ACCEPTED);
    assert_int_equal(refuse(KIT_NOW + HOUR), ACCEPTED);
    assert_int_equal(closure_document_by(&closure, &policy), closure_confirm_by(&closure, &policy));
}

/* Who did not confirm in time is not saved by a document. */
static void test_both_are_asked(void **state) {
    (void)state;
    opened();
    assert_int_equal(closure_delivered(&closure, &policy, KIT_NOW), ACCEPTED);
    assert_int_equal(send(KIT_NOW), ACCEPTED);
    assert_int_equal(waits(), WAITS_PERSON_CONFIRMATION);
    assert_int_equal(accept(IDENTIFIED_DOCUMENT, KIT_NOW + 1), ACCEPTED);
    assert_int_equal(closure.identity_by, IDENTIFIED_DOCUMENT);
    assert_int_equal(closure.confirmed_at, 0);
    assert_int_equal(accept(IDENTIFIED_DOCUMENT, KIT_NOW + 1), REFUSED_UNCHANGED);
    assert_int_equal(closure_step(&closure, &policy, closure_confirm_by(&closure, &policy)),
                     STEP_EXPIRE);
}

static void test_the_original_is_enough(void **state) {
    (void)state;
    opened();
    struct closure seen = closure;
    assert_int_equal(accept(IDENTIFIED_ORIGINAL, KIT_NOW + HOUR), ACCEPTED);
    assert_int_equal(closure.confirmed_at, KIT_NOW + HOUR);
    assert_int_equal(closure.undo_until, KIT_NOW + HOUR + 30 * MINUTE);
    assert_int_equal(closure.document_erase_at, 0);
    assert_int_equal(accept(IDENTIFIED_ORIGINAL, KIT_NOW + HOUR), REFUSED_UNCHANGED);
    /* After the day: at once, for the clock has run out. */
    closure = seen;
    int64_t late = closure.due_at + DAY;
    assert_int_equal(accept(IDENTIFIED_ORIGINAL, late), ACCEPTED);
    assert_int_equal(closure.undo_until, late);
    assert_int_equal(closure_start(&closure, &policy, late), ACCEPTED);
    /* A match with a lost SIM is confirmed the same way; when it matched stays. */
    setup(NULL);
    policy.identity = IDENTITY_MATCH;
    opened();
    assert_int_equal(accept(IDENTIFIED_ORIGINAL, KIT_NOW + HOUR), ACCEPTED);
    assert_int_equal(closure.identity_at, KIT_NOW);
    assert_int_equal(closure.identity_by, IDENTIFIED_ORIGINAL);
    assert_int_equal(closure.confirmed_at, KIT_NOW + HOUR);
}

static void test_who_cannot_be_reached_is_kept(void **state) {
    (void)state;
    closure.unreachable = 1;
    opened();
    assert_int_equal(closure.confirm_issue, 0); /* no code that could be guessed */
    assert_int_equal(closure_may_confirm(&closure, &policy, CONFIRM_BY_CODE, KIT_NOW),
                     REFUSED_CODE_EXPIRED);
    assert_int_equal(closure_may_confirm(&closure, &policy, CONFIRM_BY_LINK, KIT_NOW),
                     REFUSED_CODE_EXPIRED);
    assert_true(closure_undelivered(&closure, &policy));
    int64_t call = closure.due_at - 4 * HOUR;
    assert_int_equal(closure_escalate(&closure, &policy, call), ACCEPTED);
    assert_int_equal(waits(), WAITS_STAFF);
    assert_int_equal(closure_step(&closure, &policy, call + 300 * DAY), STEP_NONE);
    /* A contact that may confirm by now gets a code. */
    struct closure reached = closure;
    assert_int_equal(closure_resend(&reached, &policy, KIT_NOW + HOUR), ACCEPTED);
    assert_int_equal(reached.unreachable, 0);
    assert_int_equal(closure_confirm(&reached, &policy, CONFIRM_BY_LINK, KIT_NOW + HOUR), ACCEPTED);
    /* And a counter always does. */
    assert_int_equal(accept(IDENTIFIED_ORIGINAL, call + 3 * DAY), ACCEPTED);
    assert_int_equal(waits(), WAITS_UNDO_WINDOW);
}

static void test_rejected_for_good(void **state) {
    (void)state;
    confirmed();
    assert_int_equal(send(KIT_NOW), ACCEPTED);
    assert_int_equal(closure_reject(&closure, &policy, REASON_SOMEBODY_ELSES, KIT_NOW + 1),
                     ACCEPTED);
    assert_int_equal(closure_derive(&closure, &policy).state, CLOSURE_REJECTED);
    assert_int_equal(closure.document_reason, REASON_SOMEBODY_ELSES);
    assert_int_equal(closure_reject(&closure, &policy, REASON_SOMEBODY_ELSES, KIT_NOW + 1),
                     REFUSED_CLOSURE_STATE);
    assert_int_equal(closure.next_at, KIT_NOW + 1 + 30 * DAY);
}

/* Each document its own days: from its decision, or from the end of the case. */
static void test_until_when_it_is_kept(void **state) {
    (void)state;
    struct document_row first = {.id = 6}, second = {.id = 7};
    confirmed();
    assert_int_equal(send(KIT_NOW), ACCEPTED);
    assert_int_equal(closure_document_until(&closure, &first, &policy), 0);
    assert_int_equal(refuse(KIT_NOW + HOUR), ACCEPTED);
    first.erase_after = KIT_NOW + HOUR + 30 * DAY;
    assert_int_equal(closure.document_erase_at, first.erase_after);
    assert_int_equal(send(KIT_NOW + 2 * HOUR), ACCEPTED);
    assert_int_equal(closure_withdraw(&closure, &policy, KIT_NOW + 3 * HOUR), ACCEPTED);
    assert_int_equal(closure_document_until(&closure, &first, &policy), first.erase_after);
    int64_t second_at = closure_document_until(&closure, &second, &policy);
    assert_int_equal(second_at, KIT_NOW + 3 * HOUR + 30 * DAY);
    assert_int_equal(closure.next_at, first.erase_after); /* the first one comes first */
    assert_int_equal(closure_erase(&closure, &policy, second_at, first.erase_after - 1),
                     REFUSED_CLOSURE_STATE);
    assert_int_equal(closure_erase(&closure, &policy, second_at, first.erase_after), ACCEPTED);
    assert_int_equal(closure.next_at, second_at);
    assert_int_equal(closure_erase(&closure, &policy, 0, second_at), ACCEPTED);
    assert_int_equal(closure.next_at, 0);
    assert_int_equal(closure_derive(&closure, &policy).state, CLOSURE_WITHDRAWN);
}

static void test_codes(void **state) {
    (void)state;
    for (int i = REASON_NONE + 1; i < REASON_COUNT; i++) {
        assert_int_equal(document_reason_of(document_reason_code(i)), i);
        assert_true(strlen(document_reason_sentence(i)) > 20);
    }
    const int beyond[] = {-1, REASON_NONE, REASON_COUNT};
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(document_reason_code(beyond[i]), "");
        assert_string_equal(document_reason_sentence(beyond[i]), "");
    }
    assert_int_equal(document_reason_of(""), REASON_NONE);
    assert_int_equal(document_reason_of("ugly"), REASON_NONE);
    assert_string_equal(document_format_code(FORMAT_PDF), "pdf");
    assert_string_equal(document_format_code(FORMAT_COUNT), "");
    assert_string_equal(document_format_code(-1), "");
    assert_string_equal(document_decision_code(DECISION_REFUSED), "refused");
    assert_string_equal(identified_by_code(IDENTIFIED_ORIGINAL), "original");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_who_is_not_asked, setup),
        cmocka_unit_test_setup(test_what_is_asked_is_fixed, setup),
        cmocka_unit_test_setup(test_one_at_a_time_and_five_in_all, setup),
        cmocka_unit_test_setup(test_nothing_after_the_end, setup),
        cmocka_unit_test_setup(test_without_a_document_it_ends, setup),
        cmocka_unit_test_setup(test_a_slow_review_never_ends, setup),
        cmocka_unit_test_setup(test_a_late_refusal_leaves_time, setup),
        cmocka_unit_test_setup(test_both_are_asked, setup),
        cmocka_unit_test_setup(test_the_original_is_enough, setup),
        cmocka_unit_test_setup(test_who_cannot_be_reached_is_kept, setup),
        cmocka_unit_test_setup(test_rejected_for_good, setup),
        cmocka_unit_test_setup(test_until_when_it_is_kept, setup),
        cmocka_unit_test(test_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
