/* Any bytes where a client sends some: what comes out is well-formed, and encodes back to itself.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "web/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void well_formed(const char *text, size_t most) {
    assert(strlen(text) <= most && text_valid(text, strlen(text)));
}

static void names(struct arena *arena, const char *text, size_t size) {
    struct params params;
    if (!params_parse(arena, text, size, &params))
        return;
    assert(params.count <= PARAMS_MAX);
    for (size_t i = 0; i < params.count; i++) {
        well_formed(params.all[i].name, size);
        well_formed(params.all[i].value, size);
        assert(params.all[i].name[0]);
        assert(params_value(&params, params.all[i].name) == params.all[i].value);
        const char *again = percent_encode(arena, params.all[i].value);
        if (again) {
            const char *back = percent_decode(arena, again, strlen(again), true);
            assert(!back || strcmp(back, params.all[i].value) == 0);
        }
    }
}

static void cookies(struct arena *arena, const char *text) {
    struct params params = {0};
    cookies_parse(arena, text, &params);
    assert(params.count <= PARAMS_MAX);
    for (size_t i = 0; i < params.count; i++)
        for (size_t k = 0; k < i; k++)
            assert(!params.all[i].name[0] || /* stood twice: nobody can ask for it */
                   strcmp(params.all[i].name, params.all[k].name) != 0);
}

static void addresses(struct arena *arena, const char *text) {
    char network[48], again[48];
    if (address_network(text, network)) {
        assert(strlen(network) < sizeof network);
        well_formed(network, sizeof network);
    } else {
        assert(!network[0]);
    }
    address_forwarded(text, again);
    const char *host = host_parse(arena, text);
    if (host) {
        const char *same = host_parse(arena, host);
        assert(!strpbrk(host, "/\\@ \r\n"));
        assert(strchr(host, ':') || (same && strcmp(same, host) == 0));
    }
    int64_t value;
    char digits[24];
    if (number_parse(text, true, &value)) {
        snprintf(digits, sizeof digits, "%lld", (long long)value);
        assert(number_parse(digits, true, &value));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char text[4096];
    struct arena arena;
    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    arena_open(&arena, 1 << 20);
    names(&arena, text, size);
    const char *path = path_parse(&arena, text, size);
    if (path) {
        well_formed(path, size);
        assert(path[0] == '/' && !strstr(path, "/../") && !strchr(path, '\\'));
    }
    cookies(&arena, text);
    addresses(&arena, text);
    arena_close(&arena);
    return 0;
}
