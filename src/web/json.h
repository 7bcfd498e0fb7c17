/* A verb's typed input out of JSON or a form, by its field table; JSON out of a row, by the same.
 * A field that is not there counts as empty or 0, and the bounds decide whether that may be; an
 * unknown field, a wrong type and a value out of bounds are refused by name.
 * Bounds: of a number its value (min = max = 0: none), of a text its length in characters. */
#ifndef RINGOFF_WEB_JSON_H
#define RINGOFF_WEB_JSON_H
#include <jansson.h>
#include <stdbool.h>

#include "base/field.h"
#include "web/parse.h"

enum input_why {
    INPUT_FINE,
    INPUT_UNKNOWN, /* no such field */
    INPUT_TYPE,    /* not of the field's type */
    INPUT_MISSING, /* empty, and the bounds want something */
    INPUT_SHORT,   /* too short, or too small */
    INPUT_LONG,    /* too long, or too large */
    INPUT_TEXT,    /* control characters, or not UTF-8 */
    INPUT_MEMORY,
};
struct input_fault {
    const char
        *field; /* of the table, or (unknown) as it was sent, cut to 64 bytes, in the arena */
    enum input_why why;
};

/* Fills input (zeroed by the caller) from a JSON object. Text is checked and trimmed (passwords
 * stay as typed); ids are texts of digits, times RFC 3339, bytes base64url. False with *fault set.
 */
bool input_from_json(struct arena *arena, const struct field *fields, const json_t *object,
                     void *input, struct input_fault *fault);
/* The same from form fields: numbers in digits, booleans "1", "true" or "on" ("", "0" or "false":
 * no). also: further names that the form may have (NULL-terminated, or NULL); `form` and `key`
 * always. */
bool input_from_form(struct arena *arena, const struct field *fields, const struct params *form,
                     const char *const *also, void *input, struct input_fault *fault);
/* A new JSON object of the described members of a row; FIELD_LOOKUP is left out; times that are 0
 * are null. NULL when memory is out. */
json_t *fields_json(const struct field *fields, const void *row);
/* The sentence (msgid) that says what is wrong. */
const char *input_why_text(enum input_why why);
#endif
