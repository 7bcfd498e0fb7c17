/* The form of a policy: is the JSON what the table of fields says, no more and no less. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/text.h"
#include "rules/policy_field.h"

enum { PATH_SIZE = 96, POLICY_DEPTH = 3 };

static bool is(const json_t *value, json_type type) {
    return json_typeof(value) == type;
}

static const struct policy_field *field_find(const char *path) {
    size_t count;
    const struct policy_field *fields = policy_fields(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].path, path) == 0)
            return &fields[i];
    return NULL;
}

/* A group without one of its fields, and a key that is no field. */
static void keys_check(json_t *object, const char *group, struct policy_faults *faults, int depth) {
    assert(depth < POLICY_DEPTH);
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at)) {
        const char *key = json_object_iter_key(at);
        json_t *value = json_object_iter_value(at);
        char path[PATH_SIZE];
        int length = snprintf(path, sizeof path, "%s%s%s", group, *group ? "." : "", key);
        bool whole = length < (int)sizeof path && strchr(key, '.') == NULL;
        const struct policy_field *field = whole ? field_find(path) : NULL;
        if (!field)
            policy_fault_add(faults, path, "is not a field of a policy");
        else if (field->kind == POLICY_GROUP && is(value, JSON_OBJECT))
            keys_check(value, path, faults, depth + 1);
    }
}

/* The value at a path; *parent says whether the object it should stand in is there. */
static json_t *value_at(json_t *root, const char *path, bool *parent) {
    json_t *at = root;
    for (const char *step = path;; step++) {
        size_t length = strcspn(step, ".");
        char key[PATH_SIZE];
        snprintf(key, sizeof key, "%.*s", (int)length, step);
        *parent = at && is(at, JSON_OBJECT);
        at = json_object_get(at, key);
        step += length;
        if (*step == '\0')
            return at;
    }
}

/* Copies a text that fits and holds no control characters; line ends are none of a policy's. */
static void text_take(const json_t *value, const char *path, size_t size, char *to,
                      struct policy_faults *faults) {
    if (!is(value, JSON_STRING)) {
        policy_fault_add(faults, path, "must be a text");
        return;
    }
    const char *text = json_string_value(value);
    size_t length = json_string_length(value);
    if (length >= size) {
        policy_fault_add(faults, path, "must not be longer than %zu bytes", size - 1);
        return;
    }
    for (size_t at = 0; at < length;) {
        uint32_t point = 0;
        size_t bytes = text_decode(text + at, length - at, &point);
        assert(bytes); /* jansson has checked it */
        if (text_control(point)) {
            policy_fault_add(faults, path, "must not hold control characters");
            return;
        }
        at += bytes;
    }
    memcpy(to, text, length + 1);
}

static int language_of(const char *tag) {
    for (int language = 0; language < LANGUAGE_COUNT; language++)
        if (strcmp(tag, language_tag((enum language)language)) == 0)
            return language;
    return -1;
}

static void words_take(json_t *value, const struct policy_field *field, char *to,
                       struct policy_faults *faults) {
    if (!is(value, JSON_OBJECT)) {
        policy_fault_add(faults, field->path, "must be an object of texts by language");
        return;
    }
    for (void *at = json_object_iter(value); at; at = json_object_iter_next(value, at)) {
        const char *tag = json_object_iter_key(at);
        char path[PATH_SIZE];
        snprintf(path, sizeof path, "%s.%s", field->path, tag);
        int language = language_of(tag);
        if (language < 0)
            policy_fault_add(faults, path, "is not one of the languages");
        else
            text_take(json_object_iter_value(at), path, field->size,
                      to + (size_t)language * field->size, faults);
    }
}

/* True when the value is a list of at most limit things. */
static bool list_check(const json_t *value, const char *path, size_t limit,
                       struct policy_faults *faults) {
    bool fits = is(value, JSON_ARRAY) && json_array_size(value) <= limit;
    if (!fits)
        policy_fault_add(faults, path, "must be a list of at most %zu", limit);
    return fits;
}

static void languages_take(json_t *value, struct policy *policy, struct policy_faults *faults) {
    if (!list_check(value, "languages", LANGUAGE_COUNT, faults))
        return;
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *tag = json_array_get(value, i);
        int language = is(tag, JSON_STRING) ? language_of(json_string_value(tag)) : -1;
        char path[PATH_SIZE];
        snprintf(path, sizeof path, "languages[%zu]", i);
        if (language < 0) {
            policy_fault_add(faults, path, "is not one of the languages");
            continue;
        }
        if (policy_offers(policy, (enum language)language))
            policy_fault_add(faults, path, "stands there twice");
        policy->languages[policy->language_count++] = (enum language)language;
        policy->language_mask |= LANGUAGE_BIT(language);
    }
}

static void hosts_take(json_t *value, struct policy *policy, struct policy_faults *faults) {
    if (!list_check(value, "hosts", POLICY_HOSTS, faults))
        return;
    for (size_t i = 0; i < json_array_size(value); i++) {
        char path[PATH_SIZE];
        snprintf(path, sizeof path, "hosts[%zu]", i);
        text_take(json_array_get(value, i), path, POLICY_HOST, policy->hosts[i], faults);
    }
    policy->host_count = json_array_size(value);
}

static void blocks_take(json_t *value, struct policy *policy, struct policy_faults *faults) {
    if (!list_check(value, "number_blocks", POLICY_BLOCKS, faults))
        return;
    for (size_t i = 0; i < json_array_size(value); i++) {
        json_t *block = json_array_get(value, i);
        char path[PATH_SIZE];
        snprintf(path, sizeof path, "number_blocks[%zu]", i);
        if (json_object_size(block) != 2 || !json_object_get(block, "from") ||
            !json_object_get(block, "to")) {
            policy_fault_add(faults, path, "must be an object with from and to");
            continue;
        }
        struct number_block *to = &policy->blocks[i];
        text_take(json_object_get(block, "from"), path, NUMBER_SIZE, to->from, faults);
        text_take(json_object_get(block, "to"), path, NUMBER_SIZE, to->to, faults);
    }
    policy->block_count = json_array_size(value);
}

static void time_take(json_t *value, const char *path, int64_t *to, struct policy_faults *faults) {
    const char *text = is(value, JSON_STRING) ? json_string_value(value) : "";
    if (!civil_parse_time(text, to))
        policy_fault_add(faults, path, "must be a time such as 2026-01-01T00:00:00+08:00");
}

static void choice_take(json_t *value, const struct policy_field *field, void *to,
                        struct policy_faults *faults) {
    int index =
        is(value, JSON_STRING) ? policy_choice(field->choices, json_string_value(value)) : -1;
    if (index < 0)
        policy_fault_add(faults, field->path, "must be one of: %s", field->choices);
    else
        *(unsigned *)to = (unsigned)index;
}

static void scalar_take(json_t *value, const struct policy_field *field, void *to,
                        struct policy_faults *faults) {
    switch (field->kind) {
    case POLICY_NUMBER:
        if (is(value, JSON_INTEGER))
            *(int64_t *)to = json_integer_value(value);
        else
            policy_fault_add(faults, field->path, "must be a whole number");
        break;
    case POLICY_TIME:
        time_take(value, field->path, to, faults);
        break;
    case POLICY_SWITCH:
        if (is(value, JSON_TRUE) || is(value, JSON_FALSE))
            *(bool *)to = is(value, JSON_TRUE);
        else
            policy_fault_add(faults, field->path, "must be true or false");
        break;
    case POLICY_STRING:
        text_take(value, field->path, field->size, to, faults);
        break;
    default:
        choice_take(value, field, to, faults);
        break;
    }
}

static void field_take(json_t *root, const struct policy_field *field, struct policy *policy,
                       struct policy_faults *faults) {
    bool parent;
    json_t *value = value_at(root, field->path, &parent);
    if (!value) { /* a missing group is named once, not with all its fields */
        if (parent && !field->optional)
            policy_fault_add(faults, field->path, "is missing");
        return;
    }
    switch (field->kind) {
    case POLICY_GROUP:
        if (!is(value, JSON_OBJECT))
            policy_fault_add(faults, field->path, "must be an object");
        break;
    case POLICY_WORDS:
        words_take(value, field, policy_place(policy, field), faults);
        break;
    case POLICY_LANGUAGES:
        languages_take(value, policy, faults);
        break;
    case POLICY_HOST_LIST:
        hosts_take(value, policy, faults);
        break;
    case POLICY_BLOCK_LIST:
        blocks_take(value, policy, faults);
        break;
    default:
        scalar_take(value, field, policy_place(policy, field), faults);
        break;
    }
}

bool policy_parse(const char *text, size_t length, struct policy *policy,
                  struct policy_faults *faults) {
    assert(text && policy && faults);
    *policy = (struct policy){0};
    *faults = (struct policy_faults){0};
    if (length >= POLICY_TEXT_SIZE) {
        policy_fault_add(faults, "", "a policy must not be longer than %d bytes",
                         POLICY_TEXT_SIZE - 1);
        return false;
    }
    json_error_t error;
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        policy_fault_add(faults, "", "line %d: %s", error.line, error.text);
        return false;
    }
    if (is(root, JSON_OBJECT)) {
        size_t count;
        const struct policy_field *fields = policy_fields(&count);
        keys_check(root, "", faults, 0);
        for (size_t i = 0; i < count; i++)
            field_take(root, &fields[i], policy, faults);
    } else {
        policy_fault_add(faults, "", "a policy must be a JSON object");
    }
    policy->currency_exponent = currency_exponent(policy->currency);
    json_decref(root);
    return faults->count == 0;
}
