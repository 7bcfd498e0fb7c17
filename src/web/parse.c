#include "web/parse.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

const char *params_value(const struct params *params, const char *name) {
    for (size_t i = 0; i < params->count; i++) {
        if (strcmp(params->all[i].name, name) == 0) {
            return params->all[i].value;
        }
    }
    return NULL;
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

char *percent_decode(struct arena *arena, const char *text, size_t length, bool plus) {
    char *out = arena_take(arena, length + 1);
    if (!out) {
        return NULL;
    }
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '%') {
            bool whole = length - i > 2;
            int high = whole ? hex_value(text[i + 1]) : -1;
            int low = whole ? hex_value(text[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return NULL;
            }
            out[n++] = (char)(high * 16 + low);
            i += 2;
        } else {
            out[n++] = plus && text[i] == '+' ? ' ' : text[i];
        }
    }
    return text_valid(out, n) ? out : NULL;
}

char *percent_encode(struct arena *arena, const char *text) {
    static const char digits[] = "0123456789ABCDEF";
    size_t length = strlen(text), n = 0;
    char *out = arena_take(arena, 3 * length + 1);
    for (size_t i = 0; out && i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 128 && (isalnum(c) || strchr("-._~", c))) {
            out[n++] = (char)c;
        } else {
            out[n++] = '%';
            out[n++] = digits[c >> 4];
            out[n++] = digits[c & 15];
        }
    }
    return out;
}

static bool param_parse(struct arena *arena, const char *text, size_t length, struct param *param) {
    const char *equals = memchr(text, '=', length);
    size_t name = equals ? (size_t)(equals - text) : length;
    size_t value = equals ? length - name - 1 : 0;
    param->name = percent_decode(arena, text, name, true);
    param->value = percent_decode(arena, equals ? equals + 1 : "", value, true);
    return param->name && param->name[0] && param->value;
}

bool params_parse(struct arena *arena, const char *text, size_t length, struct params *params) {
    *params = (struct params){NULL, 0};
    if (length == 0) {
        return true;
    }
    struct param *all = arena_take(arena, PARAMS_MAX * sizeof *all);
    if (!all) {
        return false;
    }
    params->all = all;
    for (size_t at = 0; at <= length;) {
        const char *and = memchr(text + at, '&', length - at);
        size_t end = and? (size_t)(and-text) : length;
        if (params->count == PARAMS_MAX ||
            !param_parse(arena, text + at, end - at, &all[params->count])) {
            return false;
        }
        /* A name that stands twice is read differently by different programs: refused. */
        if (params_value(params, all[params->count].name)) {
            return false;
        }
        params->count++;
        at = end + 1;
    }
    return true;
}

static bool cookie_clean(const char *text) {
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c <= ' ' || c >= 127 || c == '"' || c == ',' || c == '\\') {
            return false;
        }
    }
    return true;
}

void cookies_parse(struct arena *arena, const char *header, struct params *cookies) {
    *cookies = (struct params){NULL, 0};
    struct param *all = header ? arena_take(arena, PARAMS_MAX * sizeof *all) : NULL;
    if (!all) {
        return;
    }
    cookies->all = all;
    const char *at = header;
    while (*at && cookies->count < PARAMS_MAX) {
        at += strspn(at, " \t;");
        size_t length = strcspn(at, ";");
        const char *equals = memchr(at, '=', length);
        if (equals && equals > at) {
            char *name = arena_text(arena, at, (size_t)(equals - at));
            char *value = arena_text(arena, equals + 1, length - (size_t)(equals - at) - 1);
            if (name && value && cookie_clean(name) && cookie_clean(value)) {
                all[cookies->count++] = (struct param){name, value};
            }
        }
        at += length;
    }
    /* Of a name that stands twice neither counts: the second is given a name nobody asks for. */
    for (size_t i = 0; i < cookies->count; i++) {
        bool twice = false;
        for (size_t j = i + 1; all[i].name[0] && j < cookies->count; j++) {
            if (strcmp(all[i].name, all[j].name) == 0) {
                all[j].name = "";
                twice = true;
            }
        }
        if (twice) {
            all[i].name = "";
        }
    }
}

static bool segment_allowed(const char *segment, size_t length) {
    return length > 0 && !(length == 1 && segment[0] == '.') &&
           !(length == 2 && segment[0] == '.' && segment[1] == '.');
}

char *path_parse(struct arena *arena, const char *text, size_t length) {
    if (length == 0 || text[0] != '/') {
        return NULL;
    }
    size_t slashes = 0, decoded_slashes = 0;
    for (size_t i = 0; i < length; i++) {
        slashes += text[i] == '/';
    }
    char *path = percent_decode(arena, text, length, false);
    if (!path) {
        return NULL;
    }
    for (const char *at = path; *at; at++) {
        decoded_slashes += *at == '/';
        if ((unsigned char)*at < ' ' || *at == 127 || *at == '\\') {
            return NULL;
        }
    }
    if (slashes != decoded_slashes) { /* an encoded slash: one segment to us, two to a proxy */
        return NULL;
    }
    for (const char *at = path + 1; *at;) {
        size_t segment = strcspn(at, "/");
        if (!segment_allowed(at, segment)) {
            return NULL;
        }
        at += segment + (at[segment] == '/');
    }
    return path;
}

bool address_network(const char *text, char out[48]) {
    struct in_addr four;
    struct in6_addr six;
    out[0] = '\0';
    if (inet_pton(AF_INET, text, &four) == 1) {
        return inet_ntop(AF_INET, &four, out, 48) != NULL;
    }
    if (inet_pton(AF_INET6, text, &six) != 1) {
        return false;
    }
    if (IN6_IS_ADDR_V4MAPPED(&six)) {
        return inet_ntop(AF_INET, &six.s6_addr[12], out, 48) != NULL;
    }
    memset(&six.s6_addr[8], 0, 8); /* a household has a whole /64 */
    if (!inet_ntop(AF_INET6, &six, out, 48)) {
        return false;
    }
    size_t length = strlen(out);
    snprintf(out + length, 48 - length, "/64");
    return true;
}

bool address_forwarded(const char *header, char out[48]) {
    out[0] = '\0';
    const char *last = header ? strrchr(header, ',') : NULL;
    last = last ? last + 1 : header;
    if (!last) {
        return false;
    }
    last += strspn(last, " \t");
    size_t length = strcspn(last, " \t");
    char text[64];
    if (length == 0 || length >= sizeof text || last[length + strspn(last + length, " \t")]) {
        return false;
    }
    memcpy(text, last, length);
    text[length] = '\0';
    return address_network(text, out);
}

char *host_parse(struct arena *arena, const char *header) {
    if (!header || strlen(header) > 255) {
        return NULL;
    }
    bool bracket = header[0] == '[';
    const char *start = header + bracket;
    size_t length = strcspn(start, bracket ? "]" : ":");
    const char *rest = start + length;
    if (bracket && *rest++ != ']') {
        return NULL;
    }
    if (*rest &&
        (*rest != ':' || strlen(rest) > 6 || strspn(rest + 1, "0123456789") != strlen(rest + 1))) {
        return NULL;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)start[i];
        if (!(isalnum(c) || c == '-' || c == '.' || c == '_' || (bracket && c == ':')) || c > 126) {
            return NULL;
        }
    }
    while (length > 0 && start[length - 1] == '.') {
        length--;
    }
    char *host = length > 0 ? arena_text(arena, start, length) : NULL;
    if (host) {
        text_lower(host);
    }
    return host;
}

bool number_parse(const char *text, bool negative, int64_t *value) {
    bool minus = negative && text[0] == '-';
    const char *at = text + minus;
    size_t length = strlen(at);
    if (length == 0 || length > 19 || strspn(at, "0123456789") != length) {
        return false;
    }
    uint64_t sum = 0; /* 19 digits fit */
    for (; *at; at++) {
        sum = sum * 10 + (uint64_t)(*at - '0');
    }
    if (sum > INT64_MAX) {
        return false;
    }
    *value = minus ? -(int64_t)sum : (int64_t)sum;
    return true;
}
