/* A document's bytes through the real committer and database: written in one commit with its row,
 * read piece by piece, gone when erased, and nothing of them left by a command that failed. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "case_kit.h"
#include "commands/identity_content.h"

static struct case_kit kit;
static struct content content;
static const uint8_t key[32] = {9}, digest_key[32] = {8};

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    case_by_document(&kit);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    content_close(&content);
    case_close(&kit);
    return 0;
}

/* A JPEG of the size with a text in it near its end. */
static uint8_t *picture(size_t size, const char *text) {
    static const uint8_t head[] = {0xFF, 0xD8, 0xFF, 0xDA, 0, 2};
    uint8_t *bytes = malloc(size);
    assert_non_null(bytes);
    memset(bytes, 'p', size);
    memcpy(bytes, head, sizeof head);
    memcpy(bytes + size - 100, text, strlen(text));
    bytes[size - 2] = 0xFF;
    bytes[size - 1] = 0xD9;
    return bytes;
}

static struct closure_document given(int64_t closure, const uint8_t *bytes, size_t size) {
    struct closure_document in = {0};
    content_close(&content);
    content_open(&content, key, digest_key);
    content_add(&content, bytes, size);
    assert_int_equal(content_end(&content), CONTENT_FINE);
    closure_document_fill(&in, closure, &content);
    return in;
}

static struct document_row the_document(int64_t closure) {
    struct closure row;
    struct document_row document;
    case_read(&kit, CLOSURE_BY_ID, closure, &row);
    case_read(&kit, DOCUMENT_BY_ID, row.document, &document);
    return document;
}

/* The piece as it is kept; false when there is none of that length. */
static bool piece_read(int64_t id, int64_t number, struct document_piece *piece) {
    struct key at = {.id = id, .operator= CASE_OPERATOR, .other = number * CONTENT_SEALED + 1};
    struct want want = {.statement = DOCUMENT_PIECE, .in = &at, .rows = piece, .room = 1};
    return kit.kit.engine->read(kit.kit.reader, &want, 1) == STORE_OK && want.count == 1;
}

static int64_t count(const char *what) {
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", what);
    return kit_number(&kit.kit, sql);
}

/* The largest there may be: each piece comes back in its place, and opens to what was sent. */
static void the_largest_comes_back(void **state) {
    (void)state;
    static struct document_piece piece;
    static uint8_t clear[CONTENT_CLEAR], opened[32];
    enum refusal no;
    int64_t id = case_submit(&kit, 0, NULL);
    uint8_t *bytes = picture(CONTENT_MOST, "A123456(3)");
    struct closure_document in = given(id, bytes, CONTENT_MOST);
    case_run(&kit, &closure_document_verb, &kit.person, &in, &no);
    assert_int_equal(no, ACCEPTED);
    struct document_row document = the_document(id);
    assert_int_equal(document.size, CONTENT_MOST);
    assert_int_equal(document.pieces, CONTENT_PIECES);
    assert_true(secret_base64_read(document.key, opened, sizeof opened));
    for (int64_t i = 0; i < document.pieces; i++) {
        assert_true(piece_read(document.id, i, &piece));
        size_t length = content_open_piece(opened, i, document.size, piece.content, clear);
        assert_true(length > 0);
        assert_memory_equal(clear, bytes + i * CONTENT_CLEAR, length);
    }
    assert_false(piece_read(document.id, document.pieces, &piece));
    assert_int_equal(kit_holding(&kit.kit, "document_content", "content", "A123456(3)"), 0);
    assert_int_equal(kit_holding(&kit.kit, "document", "content_key", document.key), 0);
    free(bytes);
}

/* Sent again under the same key it is one; another file under it is refused; bytes that do not fit
 * what is said of them are not taken. */
static void once_and_as_it_is_said(void **state) {
    (void)state;
    struct job job;
    int64_t id = case_submit(&kit, 0, NULL);
    uint8_t *bytes = picture(30000, "one"), *other = picture(30000, "two");
    struct closure_document in = given(id, bytes, 30000), bad = in;
    bad.content.length--;
    assert_int_equal(kit_run(&kit.kit, &closure_document_verb, &kit.person, &bad, "bad", &job),
                     REFUSED_INPUT);
    assert_int_equal(count("document") + count("document_content"), 0);
    assert_int_equal(kit_run(&kit.kit, &closure_document_verb, &kit.person, &in, "k1", &job),
                     ACCEPTED);
    in = given(id, bytes, 30000);
    assert_int_equal(kit_run(&kit.kit, &closure_document_verb, &kit.person, &in, "k1", &job),
                     ACCEPTED);
    assert_true(job.replayed);
    in = given(id, other, 30000);
    assert_int_equal(kit_run(&kit.kit, &closure_document_verb, &kit.person, &in, "k1", &job),
                     REFUSED_KEY_REUSED);
    assert_int_equal(kit_run(&kit.kit, &closure_document_verb, &kit.person, &in, "k2", &job),
                     REFUSED_DOCUMENT_WAITING);
    assert_int_equal(count("document"), 1);
    assert_int_equal(count("document_content"), 1);
    free(bytes);
    free(other);
}

/* Only who decides is given it, only while it waits, and it is written down each time. */
static void who_decides_sees_it(void **state) {
    (void)state;
    enum refusal no;
    struct actor staff = {.kind = ACTOR_STAFF,
                          .operator= CASE_OPERATOR,
                          .id = 77,
                          .scopes = "identity:write",
                          .address = "terminal"};
    struct actor abroad = staff;
    int64_t id = case_submit(&kit, 0, NULL);
    struct identity_content in = {.closure = id};
    case_run(&kit, &identity_content_verb, &staff, &in, &no);
    assert_int_equal(no, REFUSED_DOCUMENT_MISSING);
    uint8_t *bytes = picture(30000, "one");
    struct closure_document sent = given(id, bytes, 30000);
    case_run(&kit, &closure_document_verb, &kit.person, &sent, &no);
    abroad.operator= 8192;
    in = (struct identity_content){.closure = id};
    case_run(&kit, &identity_content_verb, &abroad, &in, &no);
    assert_int_equal(no, REFUSED_NOT_FOUND);
    in = (struct identity_content){.closure = id};
    int64_t result = case_run(&kit, &identity_content_verb, &staff, &in, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(result, the_document(id).id);
    assert_int_equal(count("journal WHERE verb = 'identity.content' AND actor = 77 AND result = "
                           "(SELECT document FROM closure)"),
                     1);
    /* The same key is another look; once it is over, there is none. */
    struct job job;
    assert_int_equal(kit_run(&kit.kit, &identity_content_verb, &staff, &in, "k", &job), ACCEPTED);
    assert_int_equal(kit_run(&kit.kit, &identity_content_verb, &staff, &in, "k", &job), ACCEPTED);
    assert_false(job.replayed);
    assert_int_equal(
        count("journal WHERE verb = 'identity.content' AND actor = 77 AND result <> 0"), 3);
    struct closure_withdraw off = {.closure = id};
    case_run(&kit, &closure_withdraw_verb, &kit.person, &off, &no);
    assert_int_equal(kit_run(&kit.kit, &identity_content_verb, &staff, &in, "k", &job),
                     REFUSED_DOCUMENT_MISSING);
    free(bytes);
}

/* A file that may not grow, as on a full disk: nothing of it is there, and later it works. */
static void a_full_disk_leaves_nothing(void **state) {
    (void)state;
    char wal[544];
    struct stat about;
    struct rlimit old, tight;
    struct job job;
    int64_t id = case_submit(&kit, 0, NULL);
    uint8_t *bytes = picture(3000000, "one");
    if (kit.kit.engine->writers > 1) { /* another process writes: test/several/disk.test.mjs */
        free(bytes);
        return;
    }
    snprintf(wal, sizeof wal, "%s-wal", kit.kit.where);
    assert_int_equal(stat(wal, &about), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, SIG_IGN);
    tight = old;
    tight.rlim_cur = (rlim_t)about.st_size + 1000000;
    setrlimit(RLIMIT_FSIZE, &tight);
    struct closure_document in = given(id, bytes, 3000000);
    kit_run(&kit.kit, &closure_document_verb, &kit.person, &in, "k", &job);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_true(job.down);
    assert_int_equal(count("document") + count("document_content"), 0);
    assert_int_equal(kit_run(&kit.kit, &closure_document_verb, &kit.person, &in, "k", &job),
                     ACCEPTED);
    assert_int_equal(count("document"), 1);
    assert_int_equal(count("document_content"), 1);
    free(bytes);
}

/* When its days are over neither its bytes nor their key are there any more. */
static void what_is_erased_is_gone(void **state) {
    (void)state;
    static struct document_piece piece;
    enum refusal no;
    char sql[200];
    int64_t id = case_submit(&kit, 0, NULL);
    uint8_t *bytes = picture(60000, "one");
    struct closure_document in = given(id, bytes, 60000);
    case_run(&kit, &closure_document_verb, &kit.person, &in, &no);
    struct closure_withdraw off = {.closure = id};
    case_run(&kit, &closure_withdraw_verb, &kit.person, &off, &no);
    assert_int_equal(no, ACCEPTED);
    struct document_row document = the_document(id);
    struct closure row;
    case_read(&kit, CLOSURE_BY_ID, id, &row);
    assert_true(row.document_erase_at > kit_now);
    kit_now = row.document_erase_at;
    struct closure_advance due = {.closure = id, .line = row.line};
    struct actor system = {.kind = ACTOR_SYSTEM, .operator= CASE_OPERATOR };
    case_run(&kit, &closure_advance_verb, &system, &due, &no);
    assert_int_equal(no, ACCEPTED);
    document = the_document(id);
    assert_int_equal(document.erased_at, kit_now);
    assert_string_equal(document.key, "");
    assert_false(piece_read(document.id, 0, &piece));
    snprintf(sql, sizeof sql, "SELECT length(content) FROM document_content WHERE id = %lld",
             (long long)document.id);
    assert_int_equal(kit_number(&kit.kit, sql), 0);
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_largest_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(once_and_as_it_is_said, setup, teardown),
        cmocka_unit_test_setup_teardown(who_decides_sees_it, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_disk_leaves_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_erased_is_gone, setup, teardown),
    };
    return secret_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
