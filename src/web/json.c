#include "web/json.h"

#include <string.h>

#include "base/civil.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/words.h"

static const struct field *field_find(const struct field *fields, const char *name) {
    for (const struct field *field = fields; field && field->name; field++) {
        if (strcmp(field->name, name) == 0) {
            return field;
        }
    }
    return NULL;
}

static bool fault_set(struct input_fault *fault, const char *field, enum input_why why) {
    *fault = (struct input_fault){field, why};
    return why == INPUT_FINE;
}

static bool fault_unknown(struct arena *arena, const char *name, struct input_fault *fault) {
    size_t length = strlen(name);
    for (length = length > 64 ? 64 : length; !text_valid(name, length); length--) {
    }
    return fault_set(fault, arena_text(arena, name, length), INPUT_UNKNOWN);
}

static bool is_text(const struct field *field) {
    return field->kind == FIELD_TEXT || field->kind == FIELD_SEALED || field->kind == FIELD_LOOKUP;
}

/* A password is what was typed, blanks at its ends and full-width letters included. */
static bool is_password(const struct field *field) {
    return strstr(field->name, "password") != NULL;
}

static enum input_why text_put(struct arena *arena, const struct field *field, const char *text,
                               void *input) {
    size_t length = strlen(text);
    char *clean = NULL;
    if (is_password(field)) {
        for (const char *at = text; *at;) {
            uint32_t point = 0;
            size_t bytes = text_decode(at, length - (size_t)(at - text), &point);
            if (bytes == 0 || text_control(point)) {
                return INPUT_TEXT;
            }
            at += bytes;
        }
        clean = arena_text(arena, text, length);
    } else {
        enum text_fault found =
            text_clean_wide(arena, text, length, TEXT_ONE_LINE, 0, SIZE_MAX, &clean);
        if (found == TEXT_NOT_UTF8 || found == TEXT_CONTROL) {
            return INPUT_TEXT;
        }
    }
    if (!clean) {
        return INPUT_MEMORY;
    }
    int64_t points = (int64_t)text_points(clean, strlen(clean));
    if (points == 0 && field->min > 0) {
        return INPUT_MISSING;
    }
    if (points < field->min) {
        return INPUT_SHORT;
    }
    if ((field->max > 0 && points > field->max) || strlen(clean) >= field->size) {
        return INPUT_LONG;
    }
    memcpy((char *)input + field->offset, clean, strlen(clean) + 1);
    return INPUT_FINE;
}

static enum input_why number_put(const struct field *field, int64_t value, bool given,
                                 void *input) {
    bool bounded = field->min != 0 || field->max != 0;
    if (field->kind == FIELD_BOOL) {
        bounded = false; /* its type is its bound */
    }
    if (bounded && value < field->min) {
        return given ? INPUT_SHORT : INPUT_MISSING;
    }
    if (bounded && value > field->max) {
        return INPUT_LONG;
    }
    memcpy((char *)input + field->offset, &value, sizeof value);
    return INPUT_FINE;
}

/* Reads base64url: each digit is six bits. There is but one text for given bytes, so bits left over
 * must be 0. */
static enum input_why blob_put(const struct field *field, const char *text, void *input) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint8_t *out = (uint8_t *)input + field->offset;
    uint32_t bits = 0, held = 0;
    size_t length = 0;
    for (; *text; text++) {
        const char *digit = strchr(digits, *text);
        if (!digit) {
            return INPUT_TYPE;
        }
        bits = (bits << 6 | (uint32_t)(digit - digits)) & 0xffff;
        held += 6;
        if (held >= 8) {
            if (length == field->size) {
                return INPUT_TYPE;
            }
            held -= 8;
            out[length++] = (uint8_t)(bits >> held);
        }
    }
    bool left = held >= 6 || (bits & ((1u << held) - 1)) != 0;
    return left || length != field->size ? INPUT_TYPE : INPUT_FINE;
}

/* What is not there: empty, 0, no. */
static enum input_why absent_put(struct arena *arena, const struct field *field, void *input) {
    if (is_text(field)) {
        return text_put(arena, field, "", input);
    }
    return field->kind == FIELD_BLOB ? (field->min > 0 ? INPUT_MISSING : INPUT_FINE)
                                     : number_put(field, 0, false, input);
}

static enum input_why json_put(struct arena *arena, const struct field *field, const json_t *value,
                               void *input) {
    const char *text = json_string_value(value);
    int64_t number = 0;
    if (!value || json_is_null(value)) {
        return absent_put(arena, field, input);
    }
    switch (field->kind) {
    case FIELD_INT:
        return json_is_integer(value) ? number_put(field, json_integer_value(value), true, input)
                                      : INPUT_TYPE;
    case FIELD_BOOL:
        return json_is_boolean(value) ? number_put(field, json_is_true(value), true, input)
                                      : INPUT_TYPE;
    case FIELD_ID:
        return text && number_parse(text, false, &number) ? number_put(field, number, true, input)
                                                          : INPUT_TYPE;
    case FIELD_TIME:
        return text && civil_parse_time(text, &number) ? number_put(field, number, true, input)
                                                       : INPUT_TYPE;
    case FIELD_BLOB:
        return text ? blob_put(field, text, input) : INPUT_TYPE;
    case FIELD_BYTES: /* never in the table of an input */
        return INPUT_TYPE;
    case FIELD_TEXT:
    case FIELD_SEALED:
    case FIELD_LOOKUP:
        return text ? text_put(arena, field, text, input) : INPUT_TYPE;
    }
    return INPUT_TYPE;
}

bool input_from_json(struct arena *arena, const struct field *fields, const json_t *object,
                     void *input, struct input_fault *fault) {
    const char *name;
    json_t *value;
    if (!json_is_object(object)) {
        return fault_set(fault, "", INPUT_TYPE);
    }
    json_object_foreach((json_t *)object, name, value) {
        if (!field_find(fields, name)) {
            return fault_unknown(arena, name, fault);
        }
    }
    for (const struct field *field = fields; field && field->name; field++) {
        enum input_why why = json_put(arena, field, json_object_get(object, field->name), input);
        if (!fault_set(fault, field->name, why)) {
            return false;
        }
    }
    return fault_set(fault, NULL, INPUT_FINE);
}

static enum input_why form_put(struct arena *arena, const struct field *field, const char *text,
                               void *input) {
    int64_t number = 0;
    if (!text || (text[0] == '\0' && !is_text(field))) {
        return absent_put(arena, field, input);
    }
    switch (field->kind) {
    case FIELD_INT:
    case FIELD_ID:
        return number_parse(text, field->kind == FIELD_INT, &number)
                   ? number_put(field, number, true, input)
                   : INPUT_TYPE;
    case FIELD_BOOL:
        number = strcmp(text, "1") == 0 || strcmp(text, "true") == 0 || strcmp(text, "on") == 0;
        return number || strcmp(text, "0") == 0 || strcmp(text, "false") == 0
                   ? number_put(field, number, true, input)
                   : INPUT_TYPE;
    case FIELD_TIME:
        return civil_parse_time(text, &number) ? number_put(field, number, true, input)
                                               : INPUT_TYPE;
    case FIELD_BLOB:
        return blob_put(field, text, input);
    case FIELD_BYTES:
        return INPUT_TYPE;
    case FIELD_TEXT:
    case FIELD_SEALED:
    case FIELD_LOOKUP:
        return text_put(arena, field, text, input);
    }
    return INPUT_TYPE;
}

static bool name_listed(const char *const *names, const char *name) {
    for (; names && *names; names++) {
        if (strcmp(*names, name) == 0) {
            return true;
        }
    }
    return strcmp(name, "form") == 0 || strcmp(name, "key") == 0;
}

bool input_from_form(struct arena *arena, const struct field *fields, const struct params *form,
                     const char *const *also, void *input, struct input_fault *fault) {
    for (size_t i = 0; i < form->count; i++) {
        if (!field_find(fields, form->all[i].name) && !name_listed(also, form->all[i].name)) {
            return fault_unknown(arena, form->all[i].name, fault);
        }
    }
    for (const struct field *field = fields; field && field->name; field++) {
        enum input_why why = form_put(arena, field, params_value(form, field->name), input);
        if (!fault_set(fault, field->name, why)) {
            return false;
        }
    }
    return fault_set(fault, NULL, INPUT_FINE);
}

static json_t *field_json(const struct field *field, const void *row) {
    const char *at = (const char *)row + field->offset;
    int64_t number = 0;
    char text[96];
    if (!is_text(field) && field->kind != FIELD_BLOB) {
        memcpy(&number, at, sizeof number);
    }
    switch (field->kind) {
    case FIELD_INT:
        return json_integer(number);
    case FIELD_ID:
        return number ? json_sprintf("%lld", (long long)number) : json_null();
    case FIELD_BOOL:
        return json_boolean(number != 0);
    case FIELD_TIME:
        civil_time_text(number, text);
        return number ? json_string(text) : json_null();
    case FIELD_BLOB:
        if (field->size > 64) {
            return NULL;
        }
        secret_base64(at, field->size, text);
        return json_string(text);
    case FIELD_TEXT:
    case FIELD_SEALED:
        return json_string(at);
    case FIELD_LOOKUP:
    case FIELD_BYTES:
        break;
    }
    return NULL;
}

json_t *fields_json(const struct field *fields, const void *row) {
    json_t *object = json_object();
    for (const struct field *field = fields; object && field->name; field++) {
        if (field->kind == FIELD_LOOKUP) {
            continue;
        }
        if (json_object_set_new(object, field->name, field_json(field, row)) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

const char *input_why_text(enum input_why why) {
    switch (why) {
    case INPUT_FINE:
        return "";
    case INPUT_UNKNOWN:
        return N_("There is no such field.");
    case INPUT_TYPE:
        return N_("This is not in the form that is asked for.");
    case INPUT_MISSING:
        return N_("Please fill this in.");
    case INPUT_SHORT:
        return N_("This is too short or too small.");
    case INPUT_LONG:
        return N_("This is too long or too large.");
    case INPUT_TEXT:
        return N_("This has characters that cannot be kept.");
    case INPUT_MEMORY:
        return N_("This is too long or too large.");
    }
    return "";
}
