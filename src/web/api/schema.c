#include "web/api/schema.h"

#include <string.h>

static json_t *text_type(const char *format, const char *pattern) {
    json_t *schema = json_pack("{s:s}", "type", "string");
    if (format)
        json_object_set_new(schema, "format", json_string(format));
    if (pattern)
        json_object_set_new(schema, "pattern", json_string(pattern));
    return schema;
}

json_t *schema_of_id(void) {
    return text_type(NULL, "^[1-9][0-9]{0,18}$");
}

static json_t *input_type(const struct field *field) {
    json_t *schema = NULL;
    switch (field->kind) {
    case FIELD_INT:
        schema = json_pack("{s:s,s:s}", "type", "integer", "format", "int64");
        if (field->min || field->max) {
            json_object_set_new(schema, "minimum", json_integer(field->min));
            json_object_set_new(schema, "maximum", json_integer(field->max));
        }
        break;
    case FIELD_ID:
        schema = text_type(NULL, field->min > 0 ? "^[1-9][0-9]{0,18}$" : "^(0|[1-9][0-9]{0,18})$");
        break;
    case FIELD_TIME:
        schema = text_type("date-time", NULL);
        break;
    case FIELD_BOOL:
        schema = json_pack("{s:s}", "type", "boolean");
        break;
    case FIELD_BLOB:
        schema = text_type(NULL, "^[A-Za-z0-9_-]+$");
        break;
    default:
        schema = text_type(NULL, NULL);
        json_object_set_new(schema, "minLength", json_integer(field->min));
        json_object_set_new(schema, "maxLength", json_integer(field->max));
    }
    if (field->help)
        json_object_set_new(schema, "description", json_string(field->help));
    return schema;
}

static json_t *object_of(json_t *properties, json_t *required) {
    json_t *schema = json_pack("{s:s,s:o,s:b}", "type", "object", "properties", properties,
                               "additionalProperties", 0);
    if (json_array_size(required))
        json_object_set(schema, "required", required);
    json_decref(required);
    return schema;
}

json_t *schema_of_input(const struct verb *verb, const char *leave_out) {
    json_t *properties = json_object(), *required = json_array();
    for (const struct field *field = verb->input; field && field->name; field++) {
        if (leave_out && strcmp(field->name, leave_out) == 0)
            continue;
        json_object_set_new(properties, field->name, input_type(field));
        if (field->min > 0)
            json_array_append_new(required, json_string(field->name));
    }
    return object_of(properties, required);
}

static json_t *object_of_view(const struct view_field *fields);

static json_t *choice_type(const struct view_field *field) {
    json_t *values = json_array();
    for (const char *const *value = field->values; *value != view_values_end; value++)
        if (*value && **value)
            json_array_append_new(values, json_string(*value));
    return json_pack("{s:s,s:o}", "type", "string", "enum", values);
}

static json_t *view_type(const struct view_field *field) {
    switch (field->kind) {
    case VIEW_INT:
        return json_pack("{s:s,s:s}", "type", "integer", "format", "int64");
    case VIEW_ID:
        return schema_of_id();
    case VIEW_TIME:
        return text_type("date-time", NULL);
    case VIEW_BOOL:
        return json_pack("{s:s}", "type", "boolean");
    case VIEW_CHOICE:
        return choice_type(field);
    case VIEW_OBJECT:
        return object_of_view(field->fields);
    case VIEW_LIST:
        return json_pack("{s:s,s:o}", "type", "array", "items", object_of_view(field->fields));
    case VIEW_NAMES:
        return json_pack("{s:s,s:{s:s}}", "type", "array", "items", "type", "string");
    default:
        return text_type(NULL, NULL);
    }
}

/* What may be left out of the JSON (empty values, what is another person's) is not required. */
static bool always_there(const struct view_field *field) {
    return (field->kind == VIEW_INT || field->kind == VIEW_BOOL || field->kind == VIEW_LIST ||
            field->kind == VIEW_NAMES) &&
           field->class == VIEW_PUBLIC;
}

static json_t *object_of_view(const struct view_field *fields) {
    json_t *properties = json_object(), *required = json_array();
    for (const struct view_field *field = fields; field->name; field++) {
        json_t *schema = view_type(field);
        if (field->help)
            json_object_set_new(schema, "description", json_string(field->help));
        json_object_set_new(properties, field->name, schema);
        if (always_there(field))
            json_array_append_new(required, json_string(field->name));
    }
    return object_of(properties, required);
}

json_t *schema_of_view(const struct view *view) {
    json_t *one = object_of_view(view->fields);
    if (!view->list)
        return one;
    json_t *next = schema_of_id();
    json_object_set_new(next, "description",
                        json_string("`after` of the next page; not there on the last one"));
    json_t *properties =
        json_pack("{s:{s:s,s:o},s:o}", "items", "type", "array", "items", one, "next", next);
    return object_of(properties, json_pack("[s]", "items"));
}

json_t *schema_of_problem(void) {
    static const struct {
        const char *name, *help;
    } texts[] = {{"title", "what is wrong, a few words in the reader's language"},
                 {"detail", "why not and what to do, in the reader's language"},
                 {"field", "the input that is wrong, where it is one"}};
    json_t *codes = json_array();
    for (int i = 1; i < REFUSAL_COUNT; i++)
        json_array_append_new(codes, json_string(refusal_about((enum refusal)i)->code));
    json_t *properties = json_pack(
        "{s:{s:s,s:s,s:s},s:{s:s,s:i,s:i,s:s},s:{s:s,s:s,s:o}}", "type", "type", "string", "format",
        "uri", "description", "urn:ringoff:refusal: and the code", "status", "type", "integer",
        "minimum", 400, "maximum", 599, "description", "the HTTP status", "code", "type", "string",
        "description", "stable: programs go by it", "enum", codes);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        json_object_set_new(properties, texts[i].name,
                            json_pack("{s:s,s:s}", "type", "string", "description", texts[i].help));
    return object_of(properties,
                     json_pack("[s,s,s,s,s]", "type", "title", "status", "detail", "code"));
}
