/* A streaming reader of CSV (RFC 4180) that never trusts its file, and a writer of one field.
 * UTF-8 with or without a BOM, CRLF or LF, quoted fields with line ends and doubled quotes; memory
 * is bounded by the constants below whatever comes.
 * A malformed row is reported with its line and reason, and reading goes on at the next row: behind
 * the row where its end is known, else at the line after the one on which it began. */
#ifndef RINGOFF_CSV_H
#define RINGOFF_CSV_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buffer.h"

enum {
    CSV_FIELD_MAX = 4 * 1024, /* bytes of one field, quotes taken off */
    CSV_FIELDS_MAX = 64,      /* fields of one row */
    CSV_ROW_MAX = 64 * 1024,  /* bytes of one row as it stands in the file */
};

enum csv_result {
    CSV_ROW,        /* csv->field[0 .. count-1] hold the row, until the next call */
    CSV_BAD_ROW,    /* csv->line and csv->fault say where and why; go on */
    CSV_MORE,       /* feed more */
    CSV_END,        /* the last row was answered before */
    CSV_UNREADABLE, /* the file could not be read (errno) */
};

enum csv_fault {
    CSV_FINE,
    CSV_QUOTE_INSIDE, /* a quote inside a field that does not begin with one */
    CSV_QUOTE_AFTER,  /* text behind a closing quote */
    CSV_QUOTE_OPEN,   /* a quote is never closed */
    CSV_LINE_END,     /* a carriage return without a line feed */
    CSV_FIELD_LONG,
    CSV_ROW_LONG,
    CSV_MANY_FIELDS, /* more than CSV_FIELDS_MAX */
    CSV_NOT_UTF8,    /* or a NUL */
    CSV_TOO_FEW,     /* fewer columns than the header */
    CSV_TOO_MANY,    /* more columns than the header */
    CSV_FAULT_COUNT
};

struct csv {
    int64_t line;                      /* line on which the row began, from 1 */
    enum csv_fault fault;              /* of the row */
    size_t count;                      /* fields of the row */
    const char *field[CSV_FIELDS_MAX]; /* NUL-terminated, owned by the reader */
    size_t length[CSV_FIELDS_MAX];
    size_t width;              /* columns of the header; 0 = any number */
    int place[CSV_FIELDS_MAX]; /* wanted column -> field, or -1 */
    size_t wanted;
    /* the reader's own */
    int64_t next_line, bytes;
    size_t start, scan, end;
    int state;
    bool last, begun, skipping;
    char raw[2 * CSV_ROW_MAX + 1];
};

/* A column that may stand in the header; optional ones may be missing. */
struct csv_column {
    const char *name;
    bool optional;
};

/* Makes the reader ready. The struct is about 130 KiB: keep it off small stacks. Owns no memory. */
void csv_open(struct csv *csv);
/* Gives bytes to the reader; answers how many it took (it copies them). Call csv_next until it
 * answers CSV_MORE, then feed again. length 0 says that the file has ended. */
size_t csv_feed(struct csv *csv, const void *bytes, size_t length);
/* The next row. Empty lines are passed over. */
enum csv_result csv_next(struct csv *csv);
/* The same, feeding itself from the file; never answers CSV_MORE. */
enum csv_result csv_next_from(struct csv *csv, FILE *file);
/* Takes the row just read as the header: names each of the columns once, in any order, whatever
 * their case. False with a sentence in why for an unknown, duplicate or missing column. From then
 * on a row of another width is a bad row. columns must not be more than CSV_FIELDS_MAX. */
bool csv_header(struct csv *csv, const struct csv_column *columns, size_t count, char why[160]);
/* The value of the wanted column in the current row; "" when an optional column is not there. */
const char *csv_value(const struct csv *csv, size_t column);
/* True when the header named the wanted column. */
bool csv_has(const struct csv *csv, size_t column);
/* Why, in English, for a rejects file; static. */
const char *csv_fault_text(enum csv_fault fault);
/* Adds one field, quoted if it must be; the data stays exact. */
void csv_write(struct buffer *buffer, const char *text, size_t length);
#endif
