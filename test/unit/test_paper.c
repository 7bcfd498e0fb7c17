/* The certificate as a paper: the same bytes for the same facts, in every thread, signed so that a
 * change is found; what does not fit on a page goes on; no room is a refusal and not half a file.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/paper.h"
#include "rules/certificate_file.h"
#include "views/certificate_paper.h"

static struct secrets secrets;

/* The rows of a certificate in the language, as a commit would have made them. */
static void rows(const char *language, const char *name, struct certificate *row,
                 struct signing_key *key) {
    struct certificate_facts facts = {.operator= "harbour",
                                      .operator_name = "Harbour",
                                      .operator_name_hant = "海港",
                                      .operator_name_hans = "海港",
                                      .site = "https://close.example",
                                      .reference = "RO-7K3F-92QX",
                                      .name_zh = "陳𨋢嘅啲",
                                      .number = "+85261230010",
                                      .cut = "read_back",
                                      .evidence = "no subscriber with this IMSI",
                                      .currency = "HKD",
                                      .utc_offset_minutes = 480,
                                      .paid_minor = 8640,
                                      .submitted_at = INT64_C(1795400000000),
                                      .cut_at = INT64_C(1795410000000),
                                      .deregistered_at = INT64_C(1795410000000),
                                      .claim_until = INT64_C(1895410000000),
                                      .number_until = INT64_C(1805410000000),
                                      .registration_until = INT64_C(1835410000000)};
    uint8_t seed[SIGN_SEED_BYTES] = {9};
    snprintf(facts.language, sizeof facts.language, "%s", language);
    snprintf(facts.name, sizeof facts.name, "%s", name);
    *key = (struct signing_key){.id = 5, .operator= 4096, .made_at = 1};
    secret_sign_public(seed, key->public_key);
    secret_hex(seed, sizeof seed, key->seed);
    *row = (struct certificate){.id = 7,
                                .operator= 4096,
                                .key = 5,
                                .issued_at = facts.deregistered_at,
                                .reference = "RO-7K3F-92QX"};
    certificate_write(&facts, row->statement);
    secret_sign(seed, row->statement, strlen(row->statement), row->signature);
}

static struct certificate_paper paper_in(const char *language, const char *name) {
    struct certificate_paper paper;
    struct certificate row;
    struct signing_key key;
    rows(language, name, &row, &key);
    assert_true(certificate_paper_of(&secrets, &row, &key, &paper));
    return paper;
}

static struct buffer drawn(const struct certificate_paper *paper) {
    struct buffer file;
    buffer_open(&file, CERTIFICATE_FILE_MOST);
    assert_true(certificate_paper_draw(paper, &file));
    return file;
}

static void it_is_signed_and_says_what_it_states(void **state) {
    static const char *const languages[] = {"en", "zh-Hant-HK", "zh-Hans-CN", "none"};
    static struct certificate_file file;
    uint8_t seed[SIGN_SEED_BYTES] = {9}, key[SIGN_PUBLIC_BYTES];
    (void)state;
    secret_sign_public(seed, key);
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
        struct certificate_paper paper = paper_in(languages[i], "CHAN Tai Man");
        struct buffer pdf = drawn(&paper), again = drawn(&paper);
        assert_int_equal(pdf.length, again.length);
        assert_memory_equal(pdf.data, again.data, pdf.length);
        assert_true(certificate_file_read(pdf.data, pdf.length, &file));
        assert_true(certificate_file_signed(&file, pdf.data, key));
        assert_string_equal(file.statement, paper.statement);
        assert_string_equal(file.key, paper.key);
        if (pdf.length >= 1024 * 1024) /* of the fonts (23 MiB each) what is used */
            fail_msg("%s: %zu bytes", languages[i], pdf.length);
        buffer_close(&pdf);
        buffer_close(&again);
    }
}

static void other_rows_make_none(void **state) {
    struct certificate_paper paper;
    struct certificate row, none = {0};
    struct signing_key key, other;
    (void)state;
    rows("en", "CHAN", &row, &key);
    assert_false(certificate_paper_of(&secrets, &none, &key, &paper));
    other = key;
    other.id++;
    assert_false(certificate_paper_of(&secrets, &row, &other, &paper));
    other = key;
    other.operator++;
    assert_false(certificate_paper_of(&secrets, &row, &other, &paper));
    other = key;
    other.seed[0] = 'x';
    assert_false(certificate_paper_of(&secrets, &row, &other, &paper));
    row.statement[1] = 'x';
    assert_false(certificate_paper_of(&secrets, &row, &key, &paper));
}

enum { THREADS = 4 };

static void *draw_there(void *file) {
    struct certificate_paper paper = paper_in("zh-Hant-HK", "CHAN Tai Man");
    *(struct buffer *)file = drawn(&paper);
    return NULL;
}

static void threads_draw_the_same(void **state) {
    struct buffer files[THREADS];
    pthread_t threads[THREADS];
    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, draw_there, &files[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(files[i].length, files[0].length);
        assert_memory_equal(files[i].data, files[0].data, files[0].length);
    }
    for (int i = 0; i < THREADS; i++)
        buffer_close(&files[i]);
}

static void no_room_is_no_paper(void **state) {
    struct certificate_paper paper = paper_in("en", "CHAN");
    struct buffer file;
    (void)state;
    for (size_t ceiling = 10; ceiling < 20000; ceiling *= 10) {
        buffer_open(&file, ceiling);
        assert_false(certificate_paper_draw(&paper, &file));
        buffer_close(&file);
    }
}

static void many_pages(struct paper *paper, const void *owner) {
    (void)owner;
    for (int i = 0; i < 200; i++) {
        paper_heading(paper, "Head", "", 30);
        paper_fact(paper, "name", "Name", "value", "Value");
    }
    paper_code(paper, "https://close.example", (const char *const[]){"one", "two"}, 2);
}

static void nothing(struct paper *paper, const void *owner) {
    (void)owner;
    paper_text(paper, PAPER_BODY, "");
}

static size_t pages_of(void (*compose)(struct paper *, const void *)) {
    struct paper_about about = {.title = "t", .author = "a", .foot = "f", .at = 1};
    struct buffer file;
    size_t pages = 0;
    buffer_open(&file, CERTIFICATE_FILE_MOST);
    assert_true(paper_draw(&about, compose, NULL, &file));
    for (const char *at = file.data;
         (at = memmem(at, file.length - (size_t)(at - file.data), "/Type /Page ", 12)); at++)
        pages++;
    buffer_close(&file);
    return pages;
}

static void what_does_not_fit_goes_on(void **state) {
    (void)state;
    assert_int_equal(pages_of(nothing), 1);
    size_t many = pages_of(many_pages);
    assert_true(many > 5 && many < 40);
}

static void the_fonts_are_there(void **state) {
    (void)state;
    assert_true(paper_fonts());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_signed_and_says_what_it_states),
        cmocka_unit_test(other_rows_make_none),
        cmocka_unit_test(threads_draw_the_same),
        cmocka_unit_test(no_room_is_no_paper),
        cmocka_unit_test(what_does_not_fit_goes_on),
        cmocka_unit_test(the_fonts_are_there),
    };
    static const uint8_t master[32] = {7};
    if (!secret_start())
        return 1;
    secret_derive(master, &secrets);
    return cmocka_run_group_tests_name("paper", tests, NULL, NULL);
}
