/* Any template over data that holds every kind of value: it is refused with a line, or it renders
 * within its bounds, twice the same. */
#include <assert.h>
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mustache.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUTPUT_MAX = 1 << 16 };

static const struct template *itself(void *context, const char *name) {
    return name[0] == 'p' ? context : NULL;
}

static bool render(const struct template *compiled, const json_t *values, struct buffer *out) {
    struct template_options options = {
        .escape = ESCAPE_HTML, .partial = itself, .partial_context = (void *)compiled};
    buffer_open(out, OUTPUT_MAX);
    return template_render(compiled, values, &options, out);
}

static void count_name(void *context, enum template_use use, const char *name) {
    assert(use <= TEMPLATE_PARTIAL && name[0]);
    ++*(size_t *)context;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct template_error error = {0};
    struct buffer one, two;
    size_t count = 0;
    json_t *values = json_loads("{\"a\":\"<&\\\"'>\",\"b\":{\"a\":1,\"c\":null},\"l\":[1,2,{\"a\":"
                                "\"x\"}],\"t\":true,\"f\":false,\"r\":0.1,\"e\":[]}",
                                0, NULL);
    assert(values);
    struct template *compiled = template_compile((const char *)data, size, &error);
    if (compiled) {
        template_names(compiled, count_name, &count);
        bool good = render(compiled, values, &one);
        assert(good == render(compiled, values, &two));
        assert(one.length <= OUTPUT_MAX);
        assert(!good || (one.length == two.length &&
                         (!one.length || memcmp(one.data, two.data, one.length) == 0)));
        buffer_close(&one);
        buffer_close(&two);
    } else {
        assert(error.line > 0 && error.text[0]);
    }
    template_free(compiled);
    json_decref(values);
    return 0;
}
