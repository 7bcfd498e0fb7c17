/* The CSV reader: what is well-formed, what is not, and that reading always goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/csv.h"

static struct csv csv;

/* Writes all that the reader answers as text: "1[a|b] 2!fault ". Feeds step bytes at a time. */
static void read_all(const char *text, size_t length, size_t step, struct buffer *out) {
    csv_open(&csv);
    size_t at = 0;
    for (;;) {
        enum csv_result result = csv_next(&csv);
        if (result == CSV_END)
            return;
        if (result == CSV_MORE) {
            size_t piece = length - at < step ? length - at : step;
            at += csv_feed(&csv, text + at, piece);
        } else if (result == CSV_BAD_ROW) {
            assert_int_equal(csv.count, 0);
            buffer_format(out, "%d!%d ", (int)csv.line, (int)csv.fault);
        } else {
            buffer_format(out, "%d[", (int)csv.line);
            for (size_t i = 0; i < csv.count; i++) {
                assert_int_equal(strlen(csv.field[i]), csv.length[i]);
                buffer_format(out, "%s%s", i ? "|" : "", csv.field[i]);
            }
            buffer_text(out, "] ");
        }
    }
}

/* Whatever the pieces in which it comes, the answers are the same. */
static void check_bytes(const char *text, size_t length, const char *expected) {
    static const size_t steps[] = {1, 2, 3, 7, 1000, 70000, 1000000};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct buffer out;
        buffer_open(&out, 1 << 20);
        read_all(text, length, steps[i], &out);
        assert_string_equal(out.data ? out.data : "", expected);
        buffer_close(&out);
    }
}

static void check(const char *text, const char *expected) {
    check_bytes(text, strlen(text), expected);
}

static void test_rows(void **state) {
    (void)state;
    check("", "");
    check("\n\r\n\n", "");
    check("a", "1[a] ");
    check("a,b\nc,d\n", "1[a|b] 2[c|d] ");
    check("a,b\r\nc,d\r\n", "1[a|b] 2[c|d] ");
    check("a,b\r\nc,d\r", "1[a|b] 2[c|d] ");
    check("\xEF\xBB\xBF"
          "a,\xE9\x99\xB3\n",
          "1[a|\xE9\x99\xB3] ");
    check("\xEF\xBB\xBF", "");
    check(",\n,,", "1[|] 2[||] ");
    check("\n\na\n\nb", "3[a] 5[b] ");
    check("\"a\",\"b,c\",\"d\"\"e\"\n", "1[a|b,c|d\"e] ");
    check("\"\",\"\"\"\"\n\"\"", "1[|\"] 2[] ");
    check("\"a\nb\r\nc\",d\ne", "1[a\nb\r\nc|d] 4[e] ");
    check("\"a\"", "1[a] ");
    check("a\n\r", "1[a] ");
    check(" a , b \n", "1[ a | b ] ");
}

static void check_fault(const char *text, enum csv_fault fault, int64_t line) {
    char expected[64], whole[256];
    snprintf(whole, sizeof whole, "ok\n%s\nnext,1\n", text);
    snprintf(expected, sizeof expected, "1[ok] 2!%d %d[next|1] ", (int)fault, (int)line);
    check(whole, expected);
}

static void test_faults(void **state) {
    (void)state;
    check_fault("a\"b,c", CSV_QUOTE_INSIDE, 3);
    check_fault("x,a\"b\",c", CSV_QUOTE_INSIDE, 3);
    check_fault("\"a\"b,c", CSV_QUOTE_AFTER, 3);
    check_fault("\"a\" ,c", CSV_QUOTE_AFTER, 3);
    check_fault("a\rb", CSV_LINE_END, 3);
    check_fault("a,\xFF,b", CSV_NOT_UTF8, 3);
    check_fault("a,\xC0\x80,b", CSV_NOT_UTF8, 3);
    check_fault("\"a\n\xED\xA0\x80\"", CSV_NOT_UTF8, 4);
    check_bytes("a\0b,c\nd", 7, "1!8 2[d] ");
    check("a\"b", "1!1 ");
    check("\"a\"b", "1!2 ");
}

/* A row whose end nobody can tell costs one line, not the rest of the file. */
static void test_open_quote(void **state) {
    (void)state;
    check("\"a,b\nc,d\ne,f", "1!3 2[c|d] 3[e|f] ");
    check("\"a,b\nc,\"d\"\ne,f", "1!2 2[c|d] 3[e|f] ");
    check("x\n\"a,b\n", "1[x] 2!3 ");
    check("\"", "1!3 ");
    check("\"a\n\"b\nc", "1!2 2!3 3[c] ");
}

static void test_bounds(void **state) {
    (void)state;
    size_t size = 3 * CSV_ROW_MAX;
    char *text = malloc(size + 16);
    assert_non_null(text);
    memset(text, 'x', size);
    memcpy(text + CSV_FIELD_MAX, "\nb\n", 4);
    text[CSV_FIELD_MAX - 1] = ',';
    struct buffer out;
    buffer_open(&out, 1 << 20);
    read_all(text, strlen(text), 100, &out);
    assert_non_null(strstr(out.data, "|] 2[b] "));
    buffer_close(&out);

    memset(text, 'x', size);
    memcpy(text + CSV_FIELD_MAX + 1, "\nb\n", 4);
    check(text, "1!5 2[b] ");
    memset(text, 'x', size);
    memcpy(text + size, "\nb\n", 4);
    check(text, "1!6 2[b] ");
    text[size] = '\0';
    check(text, "1!6 ");
    memset(text, 'x', size);
    text[CSV_ROW_MAX - 1] = '\n';
    text[CSV_ROW_MAX] = '\0';
    check(text, "1!5 "); /* the row is not too long, its field is */
    memset(text, 'x', size);
    memcpy(text + CSV_ROW_MAX + 1000, "\nb\n", 4);
    check(text, "1!6 2[b] ");
    /* an open quote, and then more text than a row may have */
    for (size_t i = 0; i < size; i++)
        text[i] = i % 32768 == 0 ? '\n' : ',';
    memcpy(text, "\"\n", 2);
    memcpy(text + size, "\nb\n", 4);
    check(text, "1!6 2!7 3!7 4!7 5!7 6!7 7!7 8[b] ");
    memset(text, ',', 64);
    memcpy(text + 64, "\nb\n", 4);
    check(text, "1!7 2[b] ");
    free(text);
}

static const struct csv_column columns[] = {{"number", false}, {"iccid", false}, {"note", true}};

static bool header(const char *text, char why[160]) {
    csv_open(&csv);
    assert_int_equal(csv_feed(&csv, text, strlen(text)), strlen(text));
    csv_feed(&csv, "", 0);
    assert_int_equal(csv_next(&csv), CSV_ROW);
    return csv_header(&csv, columns, 3, why);
}

static void test_header(void **state) {
    (void)state;
    char why[160];
    assert_true(header("ICCID,Number\n89,+852\n1\n1,2,3\n\"\",x", why));
    assert_string_equal(why, "");
    assert_int_equal(csv_next(&csv), CSV_ROW);
    assert_string_equal(csv_value(&csv, 0), "+852");
    assert_string_equal(csv_value(&csv, 1), "89");
    assert_string_equal(csv_value(&csv, 2), "");
    assert_int_equal(csv_next(&csv), CSV_BAD_ROW);
    assert_int_equal(csv.fault, CSV_TOO_FEW);
    assert_string_equal(csv_value(&csv, 0), "");
    assert_int_equal(csv_next(&csv), CSV_BAD_ROW);
    assert_int_equal(csv.fault, CSV_TOO_MANY);
    assert_int_equal(csv.line, 4);
    assert_int_equal(csv_next(&csv), CSV_ROW);
    assert_string_equal(csv_value(&csv, 1), "");
    assert_int_equal(csv_next(&csv), CSV_END);
    assert_int_equal(csv_next(&csv), CSV_END);
    assert_true(header("number,note,iccid", why));
    assert_false(header("number,iccid,price", why));
    assert_string_equal(why, "column 3 of the header is unknown: price");
    assert_false(header("number,numbe", why));
    assert_string_equal(why, "column 2 of the header is unknown: numbe");
    assert_false(header("number,iccid,NUMBER", why));
    assert_string_equal(why, "column 3 of the header is duplicate: NUMBER");
    assert_false(header("number,note", why));
    assert_string_equal(why, "the header has no column iccid");
    char wide[128] = "x";
    for (size_t i = 0; i < 40; i++)
        memcpy(wide + 1 + 3 * i, "\xE9\x99\xB3", 4);
    assert_false(header(wide, why)); /* the name is cut at a whole character */
    assert_int_equal(strlen(why), strlen("column 1 of the header is unknown: ") + 79);
}

static void test_file(void **state) {
    (void)state;
    FILE *file = tmpfile();
    assert_non_null(file);
    for (int i = 1; i <= 100000; i++)
        fprintf(file, "%d,\"row %d\"\n", i, i);
    rewind(file);
    csv_open(&csv);
    for (int i = 1; i <= 100000; i++) {
        assert_int_equal(csv_next_from(&csv, file), CSV_ROW);
        assert_int_equal(csv.line, i);
        assert_int_equal(strtol(csv.field[0], NULL, 10), i);
    }
    assert_int_equal(csv_next_from(&csv, file), CSV_END);
    assert_int_equal(csv.bytes, ftell(file));
    fclose(file);
    file = fopen(".", "r"); /* a folder opens, and cannot be read */
    assert_non_null(file);
    csv_open(&csv);
    assert_int_equal(csv_next_from(&csv, file), CSV_UNREADABLE);
    fclose(file);
}

static void check_written(const char *text, const char *expected) {
    struct buffer out;
    buffer_open(&out, 1000);
    csv_write(&out, text, strlen(text));
    assert_string_equal(out.data, expected);
    buffer_text(&out, ",end");
    char again[300];
    snprintf(again, sizeof again, "1[%s|end] ", text);
    check(out.data, again); /* what was written is read back exactly */
    buffer_close(&out);
}

static void test_write(void **state) {
    (void)state;
    check_written("plain", "plain");
    check_written("=1+2", "=1+2");
    check_written("", "\"\"");
    check_written("a,b", "\"a,b\"");
    check_written("a\"b", "\"a\"\"b\"");
    check_written("a\nb", "\"a\nb\"");
    check_written("a\rb", "\"a\rb\"");
    check_written(" a", "\" a\"");
    check_written("a ", "\"a \"");
    check_written("\xEF\xBB\xBFx", "\"\xEF\xBB\xBFx\"");
    check_written("陳大文", "陳大文");
}

static void test_fault_texts(void **state) {
    (void)state;
    for (int i = 0; i < CSV_FAULT_COUNT; i++)
        for (int j = 0; j < i; j++)
            assert_string_not_equal(csv_fault_text((enum csv_fault)i),
                                    csv_fault_text((enum csv_fault)j));
    assert_string_equal(csv_fault_text((enum csv_fault)99), "unknown");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),   cmocka_unit_test(test_faults),
        cmocka_unit_test(test_bounds), cmocka_unit_test(test_open_quote),
        cmocka_unit_test(test_header), cmocka_unit_test(test_file),
        cmocka_unit_test(test_write),  cmocka_unit_test(test_fault_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
