#include "base/csv.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "base/text.h"

/* Where the scan for a row's end stands. */
enum state {
    AT_START,     /* of a field */
    IN_FIELD,     /* that began without a quote */
    IN_QUOTES,    /* of a field that began with one */
    AFTER_QUOTE,  /* in such a field: doubled, or closing */
    AFTER_RETURN, /* a carriage return stood outside quotes */
    IN_RUINS,     /* the row is bad; only its line's end matters */
};

static const char BOM[3] = "\xEF\xBB\xBF";

void csv_open(struct csv *csv) {
    csv->line = 0;
    csv->fault = CSV_FINE;
    csv->count = csv->width = csv->wanted = 0;
    csv->next_line = 1;
    csv->bytes = 0;
    csv->start = csv->scan = csv->end = 0;
    csv->state = AT_START;
    csv->last = csv->begun = csv->skipping = false;
}

size_t csv_feed(struct csv *csv, const void *bytes, size_t length) {
    if (!length) {
        csv->last = true;
        return 0;
    }
    assert(!csv->last);
    if (csv->start) {
        memmove(csv->raw, csv->raw + csv->start, csv->end - csv->start);
        csv->scan -= csv->start;
        csv->end -= csv->start;
        csv->start = 0;
    }
    size_t room = sizeof csv->raw - 1 - csv->end;
    size_t taken = length < room ? length : room;
    memcpy(csv->raw + csv->end, bytes, taken);
    csv->end += taken;
    csv->bytes += (int64_t)taken;
    return taken;
}

/* One byte of the scan. True when it ends the row (it is the line feed). */
static bool scan_byte(struct csv *csv, char c) {
    switch (csv->state) {
    case IN_QUOTES:
        csv->state = c == '"' ? AFTER_QUOTE : IN_QUOTES;
        return false;
    case IN_RUINS:
        return c == '\n';
    case AFTER_RETURN:
        if (c == '\n')
            return true;
        csv->fault = CSV_LINE_END;
        csv->state = IN_RUINS;
        return false;
    default:
        break;
    }
    if (c == '\n')
        return true;
    if (c == ',')
        csv->state = AT_START;
    else if (c == '\r')
        csv->state = AFTER_RETURN;
    else if (c == '"' && csv->state != IN_FIELD) /* opening, or the second of a doubled one */
        csv->state = IN_QUOTES;
    else if (csv->state == AFTER_QUOTE || c == '"') {
        csv->fault = c == '"' ? CSV_QUOTE_INSIDE : CSV_QUOTE_AFTER;
        csv->state = IN_RUINS;
    } else
        csv->state = IN_FIELD;
    return false;
}

static int64_t lines_in(const char *text, size_t length) {
    int64_t lines = 0;
    for (size_t i = 0; i < length; i++)
        lines += text[i] == '\n';
    return lines;
}

/* Goes on behind the length bytes from the start. */
static void row_pass(struct csv *csv, size_t length) {
    csv->next_line += lines_in(csv->raw + csv->start, length);
    csv->start += length;
    csv->scan = csv->start;
    csv->state = AT_START;
}

/* A row whose end nobody can tell: what follows the line on which it began is read afresh. */
static enum csv_result row_give_up(struct csv *csv, enum csv_fault fault) {
    size_t length = csv->end - csv->start;
    const char *feed = memchr(csv->raw + csv->start, '\n', length);
    csv->line = csv->next_line;
    csv->skipping = !feed;
    row_pass(csv, feed ? (size_t)(feed - csv->raw) + 1 - csv->start : length);
    csv->fault = fault;
    csv->count = 0;
    return CSV_BAD_ROW;
}

/* Takes the field at *at off the row: moves its bytes together, ends it with NUL, and answers where
 * the next one begins, or NULL behind the last. The row ends with a NUL at end. */
static char *field_take(struct csv *csv, char *at, const char *end) {
    char *to = at, *from = at;
    bool quoted = from < end && *from == '"';
    from += quoted;
    for (; from < end; from++) {
        if (quoted && *from == '"') {
            if (from[1] != '"')
                break;
            from++;
        } else if (!quoted && *from == ',')
            break;
        *to++ = *from;
    }
    from += quoted;
    bool more = from < end; /* the comma */
    *to = '\0';
    csv->field[csv->count] = at;
    csv->length[csv->count++] = (size_t)(to - at);
    return more ? from + 1 : NULL;
}

static enum csv_fault row_split(struct csv *csv, char *row, size_t length) {
    const char *end = row + length;
    row[length] = '\0';
    csv->count = 0;
    bool valid = text_valid(row, length);
    for (char *at = row; at;) {
        if (csv->count == CSV_FIELDS_MAX)
            return CSV_MANY_FIELDS;
        at = field_take(csv, at, end);
        if (csv->length[csv->count - 1] > CSV_FIELD_MAX)
            return CSV_FIELD_LONG;
    }
    if (!valid)
        return CSV_NOT_UTF8;
    if (csv->width && csv->count != csv->width)
        return csv->count < csv->width ? CSV_TOO_FEW : CSV_TOO_MANY;
    return CSV_FINE;
}

/* The bytes from start up to scan are a row, line end included if there is one. */
static enum csv_result row_finish(struct csv *csv) {
    char *row = csv->raw + csv->start;
    size_t whole = csv->scan - csv->start, length = whole;
    enum csv_fault fault = csv->fault;
    csv->line = csv->next_line;
    csv->count = 0;
    if (length > CSV_ROW_MAX)
        return row_give_up(csv, CSV_ROW_LONG);
    if (fault != CSV_FINE && memchr(row, '\n', length - 1))
        return row_give_up(csv, fault);
    row_pass(csv, whole);
    if (fault != CSV_FINE)
        return CSV_BAD_ROW;
    if (row[length - 1] == '\n')
        length--;
    if (length && row[length - 1] == '\r')
        length--;
    if (!length)
        return CSV_MORE; /* an empty line: look further */
    csv->fault = row_split(csv, row, length);
    if (csv->fault == CSV_FINE)
        return CSV_ROW;
    csv->count = 0;
    return CSV_BAD_ROW;
}

/* Passes over the rest of a line that was given up. False when it has not ended yet. */
static bool skip(struct csv *csv) {
    size_t length = csv->end - csv->start;
    const char *feed = memchr(csv->raw + csv->start, '\n', length);
    row_pass(csv, feed ? (size_t)(feed - csv->raw) + 1 - csv->start : length);
    csv->skipping = !feed;
    return feed != NULL;
}

/* The file ends here; the row has no line feed. */
static enum csv_result row_last(struct csv *csv) {
    if (csv->start == csv->end)
        return CSV_END;
    if (csv->state == IN_QUOTES)
        return row_give_up(csv, CSV_QUOTE_OPEN);
    enum csv_result result = row_finish(csv);
    return result == CSV_MORE ? CSV_END : result;
}

enum csv_result csv_next(struct csv *csv) {
    if (!csv->begun) {
        if (csv->end < sizeof BOM && !csv->last)
            return CSV_MORE;
        csv->begun = true;
        if (csv->end >= sizeof BOM && memcmp(csv->raw, BOM, sizeof BOM) == 0)
            csv->start = csv->scan = sizeof BOM;
    }
    if (csv->skipping && !skip(csv) && !csv->last)
        return CSV_MORE;
    if (csv->scan == csv->start)
        csv->fault = CSV_FINE;
    while (csv->scan < csv->end) {
        if (!scan_byte(csv, csv->raw[csv->scan++]))
            continue;
        enum csv_result result = row_finish(csv);
        if (result != CSV_MORE)
            return result;
        csv->fault = CSV_FINE;
    }
    if (csv->end - csv->start > CSV_ROW_MAX)
        return row_give_up(csv, CSV_ROW_LONG);
    return csv->last ? row_last(csv) : CSV_MORE;
}

enum csv_result csv_next_from(struct csv *csv, FILE *file) {
    for (;;) {
        enum csv_result result = csv_next(csv);
        if (result != CSV_MORE)
            return result;
        char chunk[16 * 1024];
        size_t length = fread(chunk, 1, sizeof chunk, file);
        if (!length && ferror(file))
            return CSV_UNREADABLE;
        size_t taken = csv_feed(csv, chunk, length);
        assert(taken == length); /* a row that is not complete leaves room for more than a chunk */
    }
}

static bool same_name(const char *one, const char *other) {
    for (; *one && tolower((unsigned char)*one) == tolower((unsigned char)*other); one++)
        other++;
    return *one == '\0' && *other == '\0';
}

bool csv_header(struct csv *csv, const struct csv_column *columns, size_t count, char why[160]) {
    assert(count <= CSV_FIELDS_MAX);
    why[0] = '\0';
    csv->wanted = count;
    for (size_t i = 0; i < count; i++)
        csv->place[i] = -1;
    for (size_t field = 0; field < csv->count; field++) {
        size_t i = 0;
        while (i < count && !same_name(csv->field[field], columns[i].name))
            i++;
        const char *what = i == count ? "unknown" : csv->place[i] >= 0 ? "duplicate" : NULL;
        if (what) {
            snprintf(why, 160, "column %zu of the header is %s: %.80s", field + 1, what,
                     csv->field[field]);
            while (!text_valid(why, strlen(why))) /* the name was cut */
                why[strlen(why) - 1] = '\0';
            return false;
        }
        csv->place[i] = (int)field;
    }
    for (size_t i = 0; i < count; i++)
        if (csv->place[i] < 0 && !columns[i].optional) {
            snprintf(why, 160, "the header has no column %s", columns[i].name);
            return false;
        }
    csv->width = csv->count;
    return true;
}

bool csv_has(const struct csv *csv, size_t column) {
    return csv->place[column] >= 0;
}

const char *csv_value(const struct csv *csv, size_t column) {
    assert(column < csv->wanted);
    int place = csv->place[column];
    return place < 0 || (size_t)place >= csv->count ? "" : csv->field[place];
}

const char *csv_fault_text(enum csv_fault fault) {
    static const char *const text[CSV_FAULT_COUNT] = {
        [CSV_FINE] = "nothing is wrong",
        [CSV_QUOTE_INSIDE] = "a quote stands inside a field that does not begin with one",
        [CSV_QUOTE_AFTER] = "text follows a closing quote",
        [CSV_QUOTE_OPEN] = "a quote is never closed",
        [CSV_LINE_END] = "a carriage return without a line feed",
        [CSV_FIELD_LONG] = "a field is longer than 4 KiB",
        [CSV_ROW_LONG] = "the row is longer than 64 KiB; perhaps a quote is never closed",
        [CSV_MANY_FIELDS] = "the row has more than 64 fields",
        [CSV_NOT_UTF8] = "the row is not valid UTF-8",
        [CSV_TOO_FEW] = "the row has fewer columns than the header",
        [CSV_TOO_MANY] = "the row has more columns than the header",
    };
    return (unsigned)fault < CSV_FAULT_COUNT ? text[fault] : "unknown";
}

void csv_write(struct buffer *buffer, const char *text, size_t length) {
    bool quote = length == 0 || text[0] == ' ' || text[length - 1] == ' ';
    for (size_t i = 0; i < length; i++)
        quote = quote || strchr(",\"\r\n", text[i]);
    if (length >= sizeof BOM && memcmp(text, BOM, sizeof BOM) == 0)
        quote = true; /* at the start of a file it would be taken for a mark */
    if (!quote) {
        buffer_add(buffer, text, length);
        return;
    }
    buffer_add(buffer, "\"", 1);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"')
            buffer_add(buffer, "\"", 1);
        buffer_add(buffer, text + i, 1);
    }
    buffer_add(buffer, "\"", 1);
}
