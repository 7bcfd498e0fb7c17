/* A policy shown as the JSON it is read from. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "rules/policy_field.h"

enum { PATH_SIZE = 96 };

/* The value when nothing failed; else NULL, and the value is given back. */
static json_t *whole(json_t *value, int failed) {
    if (!failed)
        return value;
    json_decref(value);
    return NULL;
}

static json_t *words_json(const char *words, size_t size) {
    json_t *object = json_object();
    int failed = 0;
    for (size_t n = 0; n < LANGUAGE_COUNT; n++)
        if (words[n * size])
            failed |= json_object_set_new(object, language_tag((enum language)n),
                                          json_string(words + n * size));
    return whole(object, failed);
}

static json_t *choice_json(const char *choices, unsigned index) {
    for (; index && strchr(choices, '|'); index--)
        choices = strchr(choices, '|') + 1;
    return json_stringn(choices, strcspn(choices, "|"));
}

static json_t *list_json(const struct policy *policy, enum policy_kind kind) {
    json_t *list = json_array();
    int failed = 0;
    if (kind == POLICY_LANGUAGES)
        for (size_t i = 0; i < policy->language_count; i++)
            failed |= json_array_append_new(list, json_string(language_tag(policy->languages[i])));
    if (kind == POLICY_HOST_LIST)
        for (size_t i = 0; i < policy->host_count; i++)
            failed |= json_array_append_new(list, json_string(policy->hosts[i]));
    if (kind == POLICY_BLOCK_LIST)
        for (size_t i = 0; i < policy->block_count; i++)
            failed |=
                json_array_append_new(list, json_pack("{s:s, s:s}", "from", policy->blocks[i].from,
                                                      "to", policy->blocks[i].to));
    return whole(list, failed);
}

static json_t *field_json(const struct policy *policy, const struct policy_field *field) {
    if (field->kind == POLICY_GROUP)
        return json_object();
    const void *place = policy_place_of(policy, field);
    char text[32];
    switch (field->kind) {
    case POLICY_NUMBER:
        return json_integer(*(const int64_t *)place);
    case POLICY_TIME:
        civil_time_text(*(const int64_t *)place, text);
        return json_string(text);
    case POLICY_SWITCH:
        return json_boolean(*(const bool *)place);
    case POLICY_STRING:
        return json_string(place);
    case POLICY_CHOICE:
        return choice_json(field->choices, *(const unsigned *)place);
    case POLICY_WORDS:
        return words_json(place, field->size);
    default:
        return list_json(policy, field->kind);
    }
}

/* The object that holds the last step of the path, which *key is set to. */
static json_t *holder(json_t *root, const char *path, const char **key) {
    json_t *at = root;
    for (const char *dot = strchr(path, '.'); dot; dot = strchr(path, '.')) {
        char step[PATH_SIZE];
        snprintf(step, sizeof step, "%.*s", (int)(dot - path), path);
        at = json_object_get(at, step);
        path = dot + 1;
    }
    *key = path;
    return at;
}

json_t *policy_json(const struct policy *policy) {
    assert(policy);
    size_t count;
    const struct policy_field *fields = policy_fields(&count);
    json_t *root = json_object();
    int failed = 0;
    for (size_t i = 0; i < count; i++) {
        json_t *value = field_json(policy, &fields[i]);
        if (value && fields[i].optional && json_object_size(value) == 0) {
            json_decref(value);
            continue;
        }
        const char *key;
        json_t *object = holder(root, fields[i].path, &key);
        failed |= json_object_set_new(object, key, value);
    }
    return whole(root, failed);
}
