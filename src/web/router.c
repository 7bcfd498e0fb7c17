#include "web/router.h"

#include <string.h>

#include "base/buffer.h"

static const char *const method_names[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
enum { METHODS = sizeof method_names / sizeof method_names[0] };

uint32_t method_bit(const char *method) {
    if (strcmp(method, "HEAD") == 0) {
        return METHOD_GET;
    }
    for (uint32_t i = 0; i < METHODS; i++) {
        if (strcmp(method, method_names[i]) == 0) {
            return 1u << i;
        }
    }
    return 0;
}

const char *methods_text(uint32_t methods, struct arena *arena) {
    const char *text = "";
    for (uint32_t i = 0; text && i < METHODS; i++) {
        if (methods & (1u << i)) {
            text = arena_format(arena, "%s%s%s%s", text, text[0] ? ", " : "", method_names[i],
                                i == 0 ? ", HEAD" : "");
        }
    }
    return text ? text : "";
}

bool route_fits(const struct route *route, const char *path, struct arena *arena,
                const char *captures[ROUTE_CAPTURES]) {
    const char *pattern = route->pattern;
    size_t count = 0;
    while (*pattern) {
        if (*pattern != '{') {
            if (*pattern++ != *path++) {
                return false;
            }
            continue;
        }
        const char *end = strchr(pattern, '}');
        bool rest = (route->flags & ROUTE_REST) && end && end[1] == '\0';
        size_t length = rest ? strlen(path) : strcspn(path, "/");
        if (!end || length == 0 || count == ROUTE_CAPTURES) {
            return false;
        }
        captures[count] = arena_text(arena, path, length);
        if (!captures[count++]) {
            return false;
        }
        path += length;
        pattern = end + 1;
    }
    return *path == '\0';
}

int route_capture(const struct route *route, const char *name) {
    size_t length = strlen(name);
    int index = 0;
    for (const char *at = strchr(route->pattern, '{'); at; at = strchr(at + 1, '{')) {
        const char *end = at + 1 + length;
        if (strncmp(at + 1, name, length) == 0 && (*end == '}' || strncmp(end, "...}", 4) == 0)) {
            return index;
        }
        index++;
    }
    return -1;
}

const struct route *route_find(const struct route *const *tables, uint32_t method, const char *path,
                               uint32_t hidden_flags, struct arena *arena,
                               const char *captures[ROUTE_CAPTURES], uint32_t *allowed) {
    *allowed = 0;
    for (; tables && *tables; tables++) {
        for (const struct route *route = *tables; route->pattern; route++) {
            if ((route->flags & hidden_flags) || !route_fits(route, path, arena, captures)) {
                continue;
            }
            if (route->methods & method) {
                return route;
            }
            *allowed |= route->methods;
        }
    }
    return NULL;
}
