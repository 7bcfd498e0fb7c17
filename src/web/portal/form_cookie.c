/* Secrets of a flow of pages in a cookie: sealed, bound to its name and operator, with an end. */
#include <string.h>

#include "base/clock.h"
#include "web/portal/form.h"
#include "web/session.h"

enum { MARK_BYTES = 12, COOKIE_TEXT = 600, COOKIE_SEALED = COOKIE_TEXT + SEAL_EXTRA_BYTES };

static const char *context_of(struct request *request, const char *name) {
    const char *text =
        arena_format(&request->arena, "cookie.%s:%lld", name, (long long)request->actor.operator);
    return text ? text : "";
}

void form_cookie_seal(struct request *request, const char *name, const char *text,
                      int64_t seconds) {
    uint8_t nonce[SEAL_NONCE_BYTES], sealed[COOKIE_SEALED];
    char coded[4 * COOKIE_SEALED / 3 + 2];
    const char *whole = arena_format(&request->arena, "%lld\n%s",
                                     (long long)(request->now + seconds * SECOND), text);
    if (!whole || strlen(whole) > COOKIE_TEXT) {
        return;
    }
    secret_random(nonce, sizeof nonce);
    secret_seal(request->site->secrets->seal, nonce, context_of(request, name), whole,
                strlen(whole), sealed);
    secret_base64(sealed, strlen(whole) + SEAL_EXTRA_BYTES, coded);
    cookie_set(request, name, coded, seconds);
}

static int letter_value(char letter) {
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *at = letter ? strchr(letters, letter) : NULL;
    return at ? (int)(at - letters) : -1;
}

/* Base64url without padding; the bytes, or 0 when it is none or too long. */
static size_t decode(const char *text, uint8_t *bytes, size_t room) {
    size_t length = 0;
    uint32_t bits = 0;
    unsigned held = 0;
    for (; *text; text++) {
        int value = letter_value(*text);
        if (value < 0) {
            return 0;
        }
        bits = (bits << 6 | (uint32_t)value) & 0xffff;
        held += 6;
        if (held >= 8) {
            if (length == room) {
                return 0;
            }
            held -= 8;
            bytes[length++] = (uint8_t)(bits >> held);
        }
    }
    return length;
}

const char *form_cookie_open(struct request *request, const char *name) {
    const char *coded = request_cookie(request, cookie_name(request, name));
    uint8_t sealed[COOKIE_SEALED];
    char text[COOKIE_TEXT + 1] = "";
    size_t length = coded ? decode(coded, sealed, sizeof sealed) : 0;
    if (length <= SEAL_EXTRA_BYTES ||
        !secret_open(request->site->secrets->seal, context_of(request, name), sealed, length,
                     text)) {
        return NULL;
    }
    text[length - SEAL_EXTRA_BYTES] = '\0';
    char *copy = arena_copy(&request->arena, text);
    char *rest = copy ? strchr(copy, '\n') : NULL;
    int64_t until = 0;
    if (!rest) {
        return NULL;
    }
    *rest++ = '\0';
    return number_parse(copy, false, &until) && request->now < until ? rest : NULL;
}

void form_cookie_end(struct request *request, const char *name) {
    cookie_set(request, name, "", -1);
}

bool form_take(const char **text, char *to, size_t room) {
    size_t length = strcspn(*text, "\n");
    if (length >= room) {
        return false;
    }
    memcpy(to, *text, length);
    to[length] = '\0';
    *text += length + ((*text)[length] == '\n');
    return true;
}

bool form_take_number(const char **text, int64_t *to) {
    char digits[24];
    return form_take(text, digits, sizeof digits) && number_parse(digits, false, to);
}

const char *form_mark(struct request *request, const char *text) {
    uint8_t hash[HASH_BYTES];
    char coded[2 * HASH_BYTES];
    secret_hash(request->site->secrets->token, text, strlen(text), hash);
    secret_base64(hash, MARK_BYTES, coded);
    const char *mark = arena_copy(&request->arena, coded);
    return mark ? mark : "";
}
