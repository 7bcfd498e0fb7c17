/* Files that are sent: what they are, whether they came whole, and that nothing of them is in clear
 * once they are sealed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <cmocka.h>

#include "base/content.h"

static const uint8_t key[32] = {1}, digest_key[32] = {2};

/* A whole small picture: JFIF segment, comment, a scan with a stuffed zero, a restart mark and
 * filling, a second scan, the end. */
static const uint8_t jpeg[] = {0xFF, 0xD8, 0xFF, 0xE0, 0,    4, 'J', 'F', 0xFF, 0xFF, 0xFE, 0,
                               2,    0xFF, 0xDA, 0,    3,    9, 1,   2,   0xFF, 0,    3,    0xFF,
                               0xD3, 4,    0xFF, 0xFF, 0xDA, 0, 2,   5,   0xFF, 0xD9};
static const uint8_t png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0,    0,    0,
                              1,    'I', 'D', 'A', 'T',  7,    1,    2,    3,    4,    0,
                              0,    0,   0,   'I', 'E',  'N',  'D',  0xAE, 0x42, 0x60, 0x82};
static const char pdf[] = "%PDF-1.7\nsome objects %%EOF and more of them\n%%EOF\n";

static const struct {
    const void *bytes;
    size_t length;
    enum content_type type;
} whole[] = {{jpeg, sizeof jpeg, CONTENT_JPEG},
             {png, sizeof png, CONTENT_PNG},
             {pdf, sizeof pdf - 1, CONTENT_PDF}};

static enum content_fault sent(struct content *content, const void *bytes, size_t length,
                               size_t run) {
    content_open(content, key, digest_key);
    for (size_t at = 0; at < length; at += run)
        content_add(content, (const uint8_t *)bytes + at, run < length - at ? run : length - at);
    return content_end(content);
}

static void each_kind_is_known_however_it_is_cut(void **state) {
    (void)state;
    static struct content content;
    uint8_t digest[HASH_BYTES];
    for (size_t i = 0; i < 3; i++) {
        for (size_t run = 1; run <= whole[i].length; run++) {
            assert_int_equal(sent(&content, whole[i].bytes, whole[i].length, run), CONTENT_FINE);
            assert_int_equal(content.scan.type, whole[i].type);
            assert_int_equal(content.size, whole[i].length);
            assert_int_equal(content.pieces, 1);
            assert_int_equal(content.sealed.length, CONTENT_SEALED);
            if (run > 1)
                assert_memory_equal(content.digest, digest, sizeof digest);
            memcpy(digest, content.digest, sizeof digest);
            content_close(&content);
        }
    }
}

static void what_is_cut_off_is_refused_wherever(void **state) {
    (void)state;
    static struct content content;
    for (size_t i = 0; i < 3; i++) {
        size_t least = whole[i].type == CONTENT_PDF ? strlen("%PDF-") : 8;
        for (size_t length = 1; length < whole[i].length; length++) {
            enum content_fault is = sent(&content, whole[i].bytes, length, 7);
            /* a PDF may end at an earlier mark, and without its last line's end */
            bool may =
                whole[i].type == CONTENT_PDF && length >= strlen("%PDF-1.7\nsome objects %%EOF");
            if (!may)
                assert_int_equal(is, length < least && whole[i].type != CONTENT_JPEG ? CONTENT_OTHER
                                     : length < 2                                    ? CONTENT_OTHER
                                                                                     : CONTENT_CUT);
            assert_int_equal(content.sealed.length, is ? 0 : CONTENT_SEALED);
            content_close(&content);
        }
    }
}

static void what_is_something_else_is_refused(void **state) {
    (void)state;
    static struct content content;
    static const char *const others[] = {
        "GIF89a\x01\x02\x03", "<html>%PDF-1.7 %%EOF", "MZ\x90",
        "RIFF1234WEBPVP8 ",   "%!PS-Adobe",           " %PDF-1.7\n%%EOF"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(sent(&content, others[i], strlen(others[i]), 3), CONTENT_OTHER);
        content_close(&content);
    }
    assert_int_equal(sent(&content, "", 0, 1), CONTENT_EMPTY);
    content_close(&content);
    /* the head of a picture with something else behind it */
    static const uint8_t no_marker[] = {0xFF, 0xD8, 'x', 0xFF, 0xD9};
    static const uint8_t twice[] = {0xFF, 0xD8, 0xFF, 0xD8, 0xFF, 0xD9};
    static const uint8_t low[] = {0xFF, 0xD8, 0xFF, 0x20, 0, 2, 0xFF, 0xD9};
    static const uint8_t shortest[] = {0xFF, 0xD8, 0xFF, 0xE0, 0, 1, 0xFF, 0xD9};
    assert_int_equal(sent(&content, no_marker, sizeof no_marker, 2), CONTENT_CUT);
    content_close(&content);
    assert_int_equal(sent(&content, twice, sizeof twice, 2), CONTENT_CUT);
    content_close(&content);
    assert_int_equal(sent(&content, low, sizeof low, 2), CONTENT_CUT);
    content_close(&content);
    assert_int_equal(sent(&content, shortest, sizeof shortest, 2), CONTENT_CUT);
    content_close(&content);
    uint8_t chunk[sizeof png];
    memcpy(chunk, png, sizeof png);
    chunk[12] = '1'; /* no letter */
    assert_int_equal(sent(&content, chunk, sizeof chunk, 5), CONTENT_CUT);
    content_close(&content);
    memcpy(chunk, png, sizeof png);
    chunk[8] = 0x80; /* longer than any chunk */
    assert_int_equal(sent(&content, chunk, sizeof chunk, 5), CONTENT_CUT);
    content_close(&content);
}

/* A camera's own bytes behind the end do no harm; a PDF's end mark must be near the end. */
static void what_stands_behind_the_end(void **state) {
    (void)state;
    static struct content content;
    static uint8_t more[sizeof pdf + 4000];
    memset(more, 'x', sizeof more);
    memcpy(more, jpeg, sizeof jpeg);
    assert_int_equal(sent(&content, more, sizeof more, 100), CONTENT_FINE);
    content_close(&content);
    memset(more, 'x', sizeof more);
    memcpy(more, pdf, sizeof pdf - 1);
    assert_int_equal(sent(&content, more, sizeof pdf + 1000, 100), CONTENT_FINE);
    content_close(&content);
    assert_int_equal(sent(&content, more, sizeof pdf + 1100, 100), CONTENT_CUT);
    content_close(&content);
}

/* A picture of the size: one long comment after the other, then the end. */
static uint8_t *picture(size_t size) {
    uint8_t *bytes = malloc(size);
    assert_non_null(bytes);
    memset(bytes, 'i', size);
    memcpy(bytes, jpeg, sizeof jpeg);
    return bytes;
}

static void the_size_is_limited(void **state) {
    (void)state;
    static struct content content;
    uint8_t *bytes = picture(CONTENT_MOST + 1);
    assert_int_equal(sent(&content, bytes, CONTENT_MOST, 65536), CONTENT_FINE);
    assert_int_equal(content.pieces, CONTENT_PIECES);
    assert_int_equal(content.sealed.length, (size_t)CONTENT_PIECES * CONTENT_SEALED);
    content_close(&content);
    assert_int_equal(sent(&content, bytes, CONTENT_MOST + 1, 65536), CONTENT_LARGE);
    assert_null(content.sealed.data);
    content_add(&content, bytes, 10); /* is let go */
    assert_null(content.sealed.data);
    content_close(&content);
    free(bytes);
}

static bool holds(const void *bytes, size_t length, const char *text) {
    return memmem(bytes, length, text, strlen(text)) != NULL;
}

/* Nothing in clear, every piece opens in its place only, and what comes out is what went in. */
static void pieces_open_where_they_belong(void **state) {
    (void)state;
    static struct content content;
    enum { SIZE = 2 * CONTENT_CLEAR + 100 };
    static uint8_t clear[CONTENT_CLEAR];
    static const uint8_t other_key[32] = {3};
    uint8_t *bytes = picture(SIZE);
    memcpy(bytes + 5000, "Chan Tai Man", 12);
    memcpy(bytes + SIZE - 50, "A123456(3)", 10);
    assert_int_equal(sent(&content, bytes, SIZE, 4096), CONTENT_FINE);
    assert_int_equal(content.pieces, 3);
    const uint8_t *sealed = (const uint8_t *)content.sealed.data;
    assert_false(holds(sealed, content.sealed.length, "Chan Tai Man"));
    assert_false(holds(sealed, content.sealed.length, "A123456(3)"));
    assert_false(holds(&content, sizeof content, "A123456(3)"));
    for (int i = 0; i < 3; i++) {
        size_t length = content_open_piece(key, i, SIZE, sealed + i * CONTENT_SEALED, clear);
        assert_int_equal(length, i < 2 ? CONTENT_CLEAR : 100);
        assert_memory_equal(clear, bytes + i * CONTENT_CLEAR, length);
        for (int k = -1; k < 4; k++)
            if (k != i)
                assert_int_equal(content_open_piece(key, k, 4 * CONTENT_CLEAR,
                                                    sealed + i * CONTENT_SEALED, clear),
                                 0);
        assert_int_equal(content_open_piece(other_key, i, SIZE, sealed + i * CONTENT_SEALED, clear),
                         0);
    }
    assert_int_equal(content_open_piece(key, 0, 0, sealed, clear), 0);
    assert_int_equal(content_open_piece(key, 0, CONTENT_MOST + 1, sealed, clear), 0);
    static const size_t places[] = {0, 23, 24, 1000, CONTENT_SEALED - 1};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        content.sealed.data[places[i]] ^= 1;
        assert_int_equal(content_open_piece(key, 0, SIZE, sealed, clear), 0);
        content.sealed.data[places[i]] ^= 1;
    }
    content_close(&content);
    free(bytes);
}

/* The same file under another key is sealed otherwise; its digest is the same, another file's not.
 */
static void the_digest_is_of_the_file(void **state) {
    (void)state;
    static struct content content;
    uint8_t digest[HASH_BYTES], other[sizeof jpeg];
    memcpy(other, jpeg, sizeof jpeg);
    other[18] = 77;
    sent(&content, jpeg, sizeof jpeg, 100);
    memcpy(digest, content.digest, sizeof digest);
    content_close(&content);
    sent(&content, other, sizeof other, 100);
    assert_memory_not_equal(content.digest, digest, sizeof digest);
    content_close(&content);
}

static void media_types(void **state) {
    (void)state;
    assert_int_equal(content_type_of("image/jpeg"), CONTENT_JPEG);
    assert_int_equal(content_type_of("IMAGE/PNG; charset=x"), CONTENT_PNG);
    assert_int_equal(content_type_of("application/pdf"), CONTENT_PDF);
    assert_int_equal(content_type_of("image/jpegs"), CONTENT_NONE);
    assert_int_equal(content_type_of("image/gif"), CONTENT_NONE);
    assert_int_equal(content_type_of(NULL), CONTENT_NONE);
    assert_null(content_media(CONTENT_NONE));
    assert_string_equal(content_media(CONTENT_PDF), "application/pdf");
}

/* A key is kept as text; what is not exactly that text is no key. */
static void a_key_as_text(void **state) {
    (void)state;
    char text[TOKEN_TEXT], longer[TOKEN_TEXT + 4];
    uint8_t bytes[32], read[32];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(251 * i + 62);
    secret_base64(bytes, sizeof bytes, text);
    assert_true(secret_base64_read(text, read, sizeof read));
    assert_memory_equal(read, bytes, sizeof read);
    snprintf(longer, sizeof longer, "%sAA", text);
    assert_false(secret_base64_read(longer, read, sizeof read));
    assert_false(secret_base64_read(text + 2, read, sizeof read));
    assert_false(secret_base64_read("", read, sizeof read));
    text[5] = '*';
    assert_false(secret_base64_read(text, read, sizeof read));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_is_known_however_it_is_cut),
        cmocka_unit_test(what_is_cut_off_is_refused_wherever),
        cmocka_unit_test(what_is_something_else_is_refused),
        cmocka_unit_test(what_stands_behind_the_end),
        cmocka_unit_test(the_size_is_limited),
        cmocka_unit_test(pieces_open_where_they_belong),
        cmocka_unit_test(the_digest_is_of_the_file),
        cmocka_unit_test(media_types),
        cmocka_unit_test(a_key_as_text),
    };
    return secret_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
