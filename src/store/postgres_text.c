#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "store/postgres.h"

/* In all of these `asked` is what is asked for: a row for each element of the parameters' arrays,
 * whose columns p1, p2 ... are the statement's $1, $2 ... */

static const char *const own_texts[OWN_COUNT] = {
    [OWN_RENEW] = "DISCARD PLANS",
    [OWN_BEGIN] = "BEGIN ISOLATION LEVEL READ COMMITTED",
    [OWN_LOOKUPS] = "SELECT pg_advisory_xact_lock(k) FROM unnest($1) AS asked(k)",
    [OWN_COMMIT] = "COMMIT",
    [OWN_ROLLBACK] = "ROLLBACK",
};

static int fields_count(const struct field *fields) {
    int count = 0;
    while (fields[count].name)
        count++;
    return count;
}

/* unnest($1, $2) AS asked(p1, p2), with `more` columns behind. */
static void asked(struct buffer *sql, const struct statement *about, const char *ordinality,
                  const char *more) {
    int count = fields_count(about->in);
    for (int i = 1; i <= count; i++)
        buffer_format(sql, "%s$%d", i == 1 ? "unnest(" : ", ", i);
    buffer_format(sql, ")%s AS asked", ordinality);
    for (int i = 1; i <= count; i++)
        buffer_format(sql, "%sp%d", i == 1 ? "(" : ", ", i);
    buffer_format(sql, "%s)", more);
}

/* The text between two places, with each $n as before + n + after. */
static void numbered(struct buffer *sql, const char *from, const char *end, const char *before,
                     const char *after) {
    while (from < end) {
        const char *dollar = memchr(from, '$', (size_t)(end - from));
        const char *stop = dollar ? dollar : end;
        buffer_add(sql, from, (size_t)(stop - from));
        if (!dollar)
            return;
        size_t digits = strspn(dollar + 1, "0123456789");
        buffer_text(sql, before);
        buffer_add(sql, dollar + 1, digits);
        buffer_text(sql, after);
        from = dollar + 1 + digits;
    }
}

/* The name after a word, such as the table after FROM. */
static void word_after(const char *text, const char *word, char name[64]) {
    const char *at = strstr(text, word);
    assert(at);
    at += strlen(word);
    size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyz_0123456789");
    assert(length > 0 && length < 64);
    memcpy(name, at, length);
    name[length] = '\0';
}

/* OFFSET 0 keeps the planner from turning the select inside out: it runs once for each that is
 * asked, by its index. */
static void read_array(struct buffer *sql, const struct statement *about) {
    buffer_text(sql, "SELECT asked.n, found.* FROM ");
    asked(sql, about, " WITH ORDINALITY", ", n");
    buffer_text(sql, " CROSS JOIN LATERAL (");
    numbered(sql, about->sql, about->sql + strlen(about->sql), "asked.p", "");
    buffer_text(sql, " OFFSET 0) AS found");
}

static void insert_array(struct buffer *sql, const struct statement *about) {
    static const char values[] = "VALUES (";
    const char *list = strstr(about->sql, values);
    assert(list);
    const char *end = strchr(list, ')');
    assert(end && !strchr(end, '$'));
    buffer_add(sql, about->sql, (size_t)(list - about->sql));
    buffer_text(sql, "SELECT ");
    numbered(sql, list + sizeof values - 1, end, "asked.p", "");
    buffer_text(sql, " FROM ");
    asked(sql, about, "", "");
    buffer_text(sql, end + 1);
}

/* "= ANY (ARRAY[x])" instead of "= x" leaves only one way to join: from what is asked, by the
 * index, to the row; never through the whole table, whatever its statistics said when the plan was
 * made. */
static void update_array(struct buffer *sql, const struct statement *about) {
    const char *where = strstr(about->sql, " WHERE ");
    assert(where);
    numbered(sql, about->sql, where, "asked.p", "");
    buffer_text(sql, " FROM ");
    asked(sql, about, "", "");
    numbered(sql, where, about->sql + strlen(about->sql), "ANY (ARRAY[asked.p", "])");
}

/* A new row is there or an error says why; only the others can find nothing to change. */
static bool may_miss(const struct statement *about) {
    return strncmp(about->sql, "INSERT ", 7) != 0 || strstr(about->sql, " ON CONFLICT ");
}

/* The commit is sent with the changes: a row that is not there must fail before it, in the
 * server. */
static void change_text(struct buffer *sql, const struct statement *about, bool array) {
    bool checked = may_miss(about);
    if (checked)
        buffer_text(sql, "WITH changed AS (");
    if (!array)
        buffer_text(sql, about->sql);
    else if (strncmp(about->sql, "INSERT ", 7) == 0)
        insert_array(sql, about);
    else
        update_array(sql, about);
    if (checked)
        buffer_format(sql, " RETURNING 1) SELECT 1 / (count(*) = %s)::integer FROM changed",
                      array ? "cardinality($1)" : "1");
}

static void lock_rows(struct buffer *sql, const struct statement *about, bool found) {
    char table[64];
    word_after(about->sql, " FROM ", table);
    buffer_format(sql, "SELECT id FROM %s WHERE id = ANY (", table);
    if (found) {
        buffer_format(sql, "$%d || ", fields_count(about->in) + 1);
        buffer_text(sql, "ARRAY(SELECT found.id FROM (");
        read_array(sql, about);
        buffer_text(sql, ") AS found)");
    } else {
        buffer_text(sql, "$1");
    }
    buffer_text(sql, ") ORDER BY id FOR NO KEY UPDATE");
}

/* A row that is asked for by its id is found by its id: "+operator" fits no index. While a table is
 * as good as empty one that begins with the operator costs no more, and the plan that goes by it is
 * kept and walks all that comes. */
static bool by_id_text(const char *text, char sql[POSTGRES_SQL]) {
    static const char by_id[] = "WHERE id = $1 AND operator = $2";
    struct buffer out;
    buffer_open(&out, POSTGRES_SQL);
    for (const char *found; (found = strstr(text, by_id)); text = found + sizeof by_id - 1) {
        buffer_add(&out, text, (size_t)(found - text));
        buffer_text(&out, "WHERE id = $1 AND +operator = $2");
    }
    buffer_text(&out, text);
    bool fits = !out.full && out.length < POSTGRES_SQL;
    if (fits)
        memcpy(sql, out.data, out.length + 1);
    buffer_close(&out);
    return fits;
}

bool postgres_text(enum form form, int id, char sql[POSTGRES_SQL]) {
    struct buffer text;
    char by_id[POSTGRES_SQL];
    buffer_open(&text, POSTGRES_SQL);
    if (form == FORM_OWN) {
        buffer_text(&text, own_texts[id]);
    } else {
        struct statement about = *statement_of((enum statement_id)id);
        if (!by_id_text(about.sql, by_id))
            assert(!"a statement too long for its buffer");
        about.sql = by_id;
        if (form == FORM_ROW && about.out)
            buffer_text(&text, about.sql);
        else if (form == FORM_ARRAY && about.out)
            read_array(&text, &about);
        else if (form == FORM_ROW || form == FORM_ARRAY)
            change_text(&text, &about, form == FORM_ARRAY);
        else
            lock_rows(&text, &about, form == FORM_FOUND);
    }
    bool fits = !text.full && text.length < POSTGRES_SQL;
    if (fits)
        memcpy(sql, text.data, text.length + 1);
    buffer_close(&text);
    return fits;
}

void postgres_name(enum form form, int id, char name[64]) {
    static const char *const own_names[OWN_COUNT] = {
        [OWN_RENEW] = "renew",   [OWN_BEGIN] = "begin",       [OWN_LOOKUPS] = "lookups",
        [OWN_COMMIT] = "commit", [OWN_ROLLBACK] = "rollback",
    };
    static const char *const ends[FORM_COUNT] = {
        [FORM_ROW] = "", [FORM_ARRAY] = "_all", [FORM_LOCK] = "_lock", [FORM_FOUND] = "_found"};
    if (form == FORM_OWN)
        snprintf(name, 64, "%s", own_names[id]);
    else
        snprintf(name, 64, "%.48s%s", statement_of((enum statement_id)id)->name, ends[form]);
}
