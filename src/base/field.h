/* A field of a plain struct, described: what it is called, what it holds, where it stands.
 * One description serves a statement's parameters and columns, a verb's input, a view's JSON,
 * the OpenAPI document, the terminal's help and the fuzzer's grammar.
 * Tables of fields end with a field whose name is NULL. */
#ifndef RINGOFF_FIELD_H
#define RINGOFF_FIELD_H
#include <stddef.h>
#include <stdint.h>

enum field_kind {
    FIELD_INT,    /* int64_t */
    FIELD_ID,     /* int64_t; a text of digits in JSON, since JavaScript loses digits past 2^53 */
    FIELD_TIME,   /* int64_t, milliseconds UTC; RFC 3339 in JSON, 0 is absent */
    FIELD_BOOL,   /* int64_t, 0 or 1 */
    FIELD_TEXT,   /* char[size], NUL-terminated UTF-8 */
    FIELD_BLOB,   /* uint8_t[size], always whole; base64url in JSON */
    FIELD_SEALED, /* char[size] in the struct, sealed bytes in the database (the drawer) */
    FIELD_LOOKUP, /* char[size] in the struct, its keyed hash in the database; parameters only */
    FIELD_BYTES,  /* struct bytes, whose bytes are bound where they stand; parameters only */
};

/* Bytes of somebody else's, too many to copy: they stay until the command is answered. */
struct bytes {
    const uint8_t *at;
    size_t length;
};

struct field {
    const char *name;
    enum field_kind kind;
    uint16_t offset, size;
    int64_t min, max; /* bounds of an input: of the value, or of the length in characters */
    const char *help;
};

#define FIELD(kind, type, member)                                                                  \
    { #member, kind, offsetof(struct type, member), sizeof(((struct type *)0)->member), 0, 0, NULL }
#define FIELD_NAMED(name, kind, type, member)                                                      \
    { name, kind, offsetof(struct type, member), sizeof(((struct type *)0)->member), 0, 0, NULL }
/* A sealed column that was added to a table with rows: those have nothing in it. */
#define FIELD_YOUNG(name, type, member)                                                            \
    {                                                                                              \
        name, FIELD_SEALED, offsetof(struct type, member), sizeof(((struct type *)0)->member), 1,  \
            0, NULL                                                                                \
    }
/* An input of a verb: bounds and one line of help. */
#define INPUT(kind, type, member, min, max, help)                                                  \
    {                                                                                              \
#member, kind, offsetof(struct type, member), sizeof(((struct type *)0)->member), min,     \
            max, help                                                                              \
    }
#define FIELD_END                                                                                  \
    { NULL, FIELD_INT, 0, 0, 0, 0, NULL }
#endif
