/* Any JSON and any form as the input of every verb: what is accepted lies within its bounds, and
 * means the same when it is written out and read again. */
#include <assert.h>
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "commands/verbs.h"
#include "web/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = UINT16_MAX }; /* of input_size */

static void within_bounds(const struct field *fields, const uint8_t *input) {
    for (size_t i = 0; fields[i].name; i++) {
        const struct field *field = &fields[i];
        int64_t number;
        if (field->kind == FIELD_BLOB)
            continue;
        if (field->kind == FIELD_TEXT) {
            const char *text = (const char *)input + field->offset;
            size_t length = strnlen(text, field->size);
            assert(length < field->size && text_valid(text, length));
            continue;
        }
        memcpy(&number, input + field->offset, sizeof number);
        if (field->min || field->max)
            assert(number >= field->min && number <= field->max);
    }
}

static void again(struct arena *arena, const struct verb *verb, const uint8_t *input) {
    static uint8_t second[INPUT_MAX];
    struct input_fault fault;
    json_t *json = fields_json(verb->input, input);
    assert(json);
    memset(second, 0, verb->input_size);
    if (input_from_json(arena, verb->input, json, second, &fault))
        assert(memcmp(second, input, verb->input_size) == 0);
    json_decref(json);
}

static void verb_input(struct arena *arena, const struct verb *verb, const json_t *object,
                       const struct params *form) {
    static uint8_t input[INPUT_MAX];
    struct input_fault fault = {0};
    memset(input, 0, verb->input_size);
    if (object) {
        if (input_from_json(arena, verb->input, object, input, &fault)) {
            within_bounds(verb->input, input);
            again(arena, verb, input);
        } else {
            assert(fault.why != INPUT_FINE && input_why_text(fault.why)[0]);
        }
    }
    memset(input, 0, verb->input_size);
    if (form && input_from_form(arena, verb->input, form, NULL, input, &fault))
        within_bounds(verb->input, input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    struct params form;
    if (size < 2 || size > 8192)
        return 0;
    const struct verb *verb = verb_at(data[0] % verb_count());
    arena_open(&arena, 4 << 20);
    json_t *json = json_loadb((const char *)data + 1, size - 1, JSON_REJECT_DUPLICATES, NULL);
    bool formed = params_parse(&arena, (const char *)data + 1, size - 1, &form);
    if (verb->input)
        verb_input(&arena, verb, json_is_object(json) ? json : NULL, formed ? &form : NULL);
    json_decref(json);
    arena_close(&arena);
    return 0;
}
