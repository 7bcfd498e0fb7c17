/* E-mail addresses: those that ordinary mail systems take, not all that RFC 5321 could express. */
#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "rules/identifier.h"

enum { INPUT_MAX = 1024, ADDRESS_MAX = 254, LOCAL_MAX = 64, LABEL_MAX = 63 };

/* The half-width form with the ends trimmed; a blank inside or anything that is not printable
 * ASCII (a line end above all, which would end a header) is refused. */
static enum identifier_result address_fold(const char *text, char out[EMAIL_SIZE]) {
    size_t length = strnlen(text, INPUT_MAX + 1), used = 0;
    bool gap = false;
    if (length > INPUT_MAX)
        return IDENTIFIER_LENGTH;
    for (size_t at = 0; at < length;) {
        uint32_t point = 0;
        size_t size = text_decode(text + at, length - at, &point);
        if (!size)
            return IDENTIFIER_CHARACTER;
        at += size;
        point = text_half(point);
        if (point == 0x3002 || point == 0xFF61) /* the full stops of Chinese keyboards */
            point = '.';
        if (text_blank(point)) {
            gap = used > 0;
            continue;
        }
        if (gap || point < 0x21 || point > 0x7E)
            return IDENTIFIER_CHARACTER;
        if (used == ADDRESS_MAX)
            return IDENTIFIER_LENGTH;
        out[used++] = (char)point;
    }
    out[used] = '\0';
    return used ? IDENTIFIER_OK : IDENTIFIER_EMPTY;
}

static enum identifier_result local_check(const char *local, size_t length) {
    if (length < 1 || length > LOCAL_MAX)
        return IDENTIFIER_LENGTH;
    if (local[0] == '.' || local[length - 1] == '.')
        return IDENTIFIER_CHARACTER;
    for (size_t i = 0; i < length; i++)
        if (strchr("()<>,;:\\\"[]", local[i]) || (local[i] == '.' && local[i + 1] == '.'))
            return IDENTIFIER_CHARACTER;
    return IDENTIFIER_OK;
}

static enum identifier_result label_check(const char *label, size_t length) {
    if (length < 1 || length > LABEL_MAX)
        return IDENTIFIER_LENGTH;
    bool characters = strspn(label, "abcdefghijklmnopqrstuvwxyz0123456789-") >= length;
    bool ends = label[0] != '-' && label[length - 1] != '-';
    return characters && ends ? IDENTIFIER_OK : IDENTIFIER_CHARACTER;
}

/* Two labels or more, the last of which is not a number (an IP address is no domain). */
static enum identifier_result domain_check(const char *domain) {
    const char *label = domain;
    for (size_t labels = 1;; labels++) {
        size_t length = strcspn(label, ".");
        enum identifier_result result = label_check(label, length);
        if (result != IDENTIFIER_OK)
            return result;
        if (label[length] == '\0')
            return labels > 1 && !text_digits(label) ? IDENTIFIER_OK : IDENTIFIER_CHARACTER;
        label += length + 1;
    }
}

enum identifier_result email_normalise(const char *text, char out[EMAIL_SIZE]) {
    assert(text);
    char plain[EMAIL_SIZE];
    out[0] = '\0';
    enum identifier_result result = address_fold(text, plain);
    if (result != IDENTIFIER_OK)
        return result;
    char *at = strchr(plain, '@');
    if (!at || strchr(at + 1, '@'))
        return IDENTIFIER_CHARACTER;
    text_lower(at + 1);
    result = local_check(plain, (size_t)(at - plain));
    if (result == IDENTIFIER_OK)
        result = domain_check(at + 1);
    if (result != IDENTIFIER_OK)
        return result;
    memcpy(out, plain, strlen(plain) + 1);
    assert(strlen(out) <= ADDRESS_MAX);
    return IDENTIFIER_OK;
}

void email_key(const char *address, char key[EMAIL_SIZE]) {
    size_t length = strnlen(address, EMAIL_SIZE - 1);
    memcpy(key, address, length);
    key[length] = '\0';
    text_lower(key);
}
