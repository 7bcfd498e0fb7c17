/* The verb closure.document and what becomes of a document in time, through the real committer. The
 * bad cases first: the wrong account, another operator's, too many, after the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "case_kit.h"

#define A_KEY "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static const uint8_t piece[CONTENT_SEALED];
#define A_PIECE                                                                                    \
    { piece, sizeof piece }

static struct case_kit kit;

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    case_by_document(&kit);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    case_close(&kit);
    return 0;
}

static struct closure read_closure(int64_t id) {
    struct closure closure;
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    return closure;
}

static struct document_row read_document(int64_t id) {
    struct document_row document;
    case_read(&kit, DOCUMENT_BY_ID, id, &document);
    return document;
}

static int64_t count(const char *what) {
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", what);
    return kit_number(&kit.kit, sql);
}

static enum refusal send_as(const struct actor *actor, int64_t closure) {
    return case_document(&kit, actor, closure);
}

static enum refusal send(int64_t closure) {
    return send_as(&kit.person, closure);
}

/* As the verb identity.reject does it. */
static void refused(int64_t id, int64_t at) {
    char sql[300];
    struct closure closure = read_closure(id);
    snprintf(sql, sizeof sql,
             "UPDATE closure SET document_refused_at = %lld, document_reason = 2, "
             "document_erase_at = %lld, next_at = 1 WHERE id = %lld",
             (long long)at, (long long)(at + 14 * DAY), (long long)id);
    kit_sql(&kit.kit, sql);
    snprintf(sql, sizeof sql,
             "UPDATE document SET decided_at = %lld, decision = 2, erase_after = %lld "
             "WHERE id = %lld",
             (long long)at, (long long)(at + 14 * DAY), (long long)closure.document);
    kit_sql(&kit.kit, sql);
}

static void strangers_send_nothing(void **state) {
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    struct actor stranger = kit.person, gone = kit.person, abroad = kit.api, out = kit.person;
    stranger.id = 999; /* another account's session */
    gone.session = 0;
    abroad.operator= 8192;
    out.operator= 8192;
    assert_int_equal(send_as(&stranger, id), REFUSED_NOT_FOUND);
    assert_int_equal(send_as(&gone, id), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(send_as(&abroad, id), REFUSED_NOT_FOUND);
    assert_int_equal(send_as(&out, id), REFUSED_NOT_FOUND);
    assert_int_equal(send(id + 1), REFUSED_NOT_FOUND);
    assert_int_equal(count("document"), 0);
    assert_int_equal(count("work"), 0);
    assert_int_equal(read_closure(id).documents, 0);
}

static int setup_match(void **state) {
    (void)state;
    case_open(&kit);
    return 0;
}

static void who_is_not_asked_sends_nothing(void **state) {
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    assert_int_equal(send(id), REFUSED_DOCUMENT_UNASKED);
    assert_int_equal(count("document"), 0);
}

static void nothing_empty_is_taken(void **state) {
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    const struct closure_document good = {.closure = id,
                                          .type = FORMAT_JPEG,
                                          .size = 9,
                                          .pieces = 1,
                                          .digest = "d",
                                          .key = A_KEY,
                                          .content = A_PIECE};
    struct closure_document bad[] = {good, good, good, good, good, good};
    bad[0].type = FORMAT_NONE;
    bad[1].type = FORMAT_COUNT;
    bad[2].size = 0;
    bad[3].pieces = 0;
    bad[4].key[0] = '\0';
    bad[5].key[CONTENT_KEY_SIZE - 2] = '\0';
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        enum refusal no;
        case_run(&kit, &closure_document_verb, &kit.person, &bad[i], &no);
        assert_int_equal(no, REFUSED_INPUT);
    }
    assert_int_equal(count("document"), 0);
    assert_int_equal(read_closure(id).document, 0);
}

static void a_document_waits_for_the_operator(void **state) {
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    struct closure closure = read_closure(id);
    assert_int_equal(closure.identity_asked, IDENTITY_DOCUMENT);
    assert_int_equal(closure.identity_at, 0);
    kit_now += MINUTE;
    assert_int_equal(send(id), ACCEPTED);
    closure = read_closure(id);
    struct document_row document = read_document(closure.document);
    assert_int_equal(closure.document_at, kit_now);
    assert_int_equal(closure.documents, 1);
    assert_int_equal(document.closure, id);
    assert_int_equal(document.received_at, kit_now);
    assert_int_equal(document.type, FORMAT_JPEG);
    assert_int_equal(document.size, 5000);
    assert_int_equal(document.decision, DECISION_NONE);
    assert_string_equal(document.key, A_KEY);
    assert_int_equal(count("work WHERE kind = 3 AND done_at = 0"), 1);
    assert_int_equal(kit_number(&kit.kit, "SELECT due_at FROM work"), closure.due_at);
    assert_int_equal(send(id), REFUSED_DOCUMENT_WAITING);
    assert_int_equal(count("document"), 1);
    /* A slow review: the staff are called, and it never ends. */
    assert_int_equal(case_confirm(&kit, id), ACCEPTED);
    kit_now = closure.due_at - 4 * HOUR;
    assert_int_equal(case_advance(&kit, id), ACCEPTED);
    assert_int_equal(count("work WHERE kind = 3"), 1); /* the same item */
    kit_now = closure.due_at + 9 * DAY;
    assert_int_equal(case_advance(&kit, id), REFUSED_UNCHANGED);
    assert_int_equal(read_closure(id).expired_at, 0);
}

/* The key of the content is a secret: in the file it is sealed. */
static void the_key_is_sealed(void **state) {
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    assert_int_equal(send(id), ACCEPTED);
    assert_int_equal(count("document WHERE length(content_key) > 43"), 1);
    assert_int_equal(kit_holding(&kit.kit, "document", "content_key", A_KEY), 0);
}

static void the_same_key_sends_once(void **state) {
    struct closure_document in = {.closure = 0,
                                  .type = FORMAT_PNG,
                                  .size = 5000,
                                  .pieces = 1,
                                  .digest = "one",
                                  .key = A_KEY,
                                  .content = A_PIECE};
    struct job job;
    (void)state;
    in.closure = case_submit(&kit, 0, NULL);
    assert_int_equal(kit_run(&kit.kit, &closure_document_verb, &kit.person, &in, "same", &job),
                     ACCEPTED);
    in.line = 0;
    in.key[0] = 'B'; /* drawn anew, the file is the same */
    assert_int_equal(kit_run(&kit.kit, &closure_document_verb, &kit.person, &in, "same", &job),
                     ACCEPTED);
    assert_true(job.replayed);
    in.line = 0;
    memcpy(in.digest, "two", 4); /* another file */
    assert_int_equal(kit_run(&kit.kit, &closure_document_verb, &kit.person, &in, "same", &job),
                     REFUSED_KEY_REUSED);
    assert_int_equal(count("document"), 1);
}

static void five_in_all(void **state) {
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    for (int i = 0; i < DOCUMENTS_A_CLOSURE; i++) {
        kit_now += SECOND;
        assert_int_equal(send_as(i % 2 ? &kit.api : &kit.person, id), ACCEPTED);
        refused(id, kit_now);
    }
    assert_int_equal(send(id), REFUSED_DOCUMENT_LIMIT);
    assert_int_equal(count("document"), DOCUMENTS_A_CLOSURE);
}

static enum refusal withdraw(int64_t id) {
    struct closure_withdraw in = {.closure = id};
    enum refusal no;
    case_run(&kit, &closure_withdraw_verb, &kit.person, &in, &no);
    return no;
}

/* One that was refused, and one that nobody had looked at when the case ended: each is erased when
 * its own days are over, and nothing but its key goes. */
static void each_is_erased_in_its_time(void **state) {
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    assert_int_equal(send(id), ACCEPTED);
    int64_t first = read_closure(id).document, refused_at = kit_now + HOUR;
    kit_now = refused_at;
    refused(id, refused_at);
    assert_int_equal(send(id), ACCEPTED);
    int64_t second = read_closure(id).document;
    kit_now += HOUR;
    assert_int_equal(withdraw(id), ACCEPTED);
    int64_t ended = kit_now;
    assert_int_equal(send(id), REFUSED_CLOSURE_STATE);
    assert_int_equal(count("work WHERE done_at = 0"), 0);
    kit_now = refused_at + 14 * DAY - 1;
    assert_int_equal(case_advance(&kit, id), REFUSED_UNCHANGED);
    kit_now++;
    assert_int_equal(case_advance(&kit, id), ACCEPTED);
    assert_string_equal(read_document(first).key, "");
    assert_int_equal(read_document(first).erased_at, kit_now);
    assert_int_equal(read_document(first).decision, DECISION_REFUSED);
    assert_string_equal(read_document(second).key, A_KEY);
    assert_int_equal(read_closure(id).next_at, ended + 14 * DAY);
    assert_int_equal(case_advance(&kit, id), REFUSED_UNCHANGED);
    kit_now = ended + 14 * DAY;
    assert_int_equal(case_advance(&kit, id), ACCEPTED);
    assert_string_equal(read_document(second).key, "");
    assert_int_equal(read_document(first).erased_at, refused_at + 14 * DAY); /* once */
    assert_int_equal(read_closure(id).next_at, 0);
    assert_int_equal(case_advance(&kit, id), REFUSED_UNCHANGED);
    assert_int_equal(count("closure WHERE withdrawn_at <> 0"), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(strangers_send_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(who_is_not_asked_sends_nothing, setup_match, teardown),
        cmocka_unit_test_setup_teardown(nothing_empty_is_taken, setup, teardown),
        cmocka_unit_test_setup_teardown(a_document_waits_for_the_operator, setup, teardown),
        cmocka_unit_test_setup_teardown(the_key_is_sealed, setup, teardown),
        cmocka_unit_test_setup_teardown(the_same_key_sends_once, setup, teardown),
        cmocka_unit_test_setup_teardown(five_in_all, setup, teardown),
        cmocka_unit_test_setup_teardown(each_is_erased_in_its_time, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
