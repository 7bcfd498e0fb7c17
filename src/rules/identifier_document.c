/* The kinds of documents: which are accepted, and the stored form of each. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "rules/identifier.h"

enum { GENERIC_MINIMUM = 5, GENERIC_MAXIMUM = 20, BUSINESS_DIGITS = 8, BRANCH_DIGITS = 3 };

static const char *const type_code[DOCUMENT_TYPE_COUNT] = {
    [DOCUMENT_NONE] = "",
    [DOCUMENT_HKID] = "hkid",
    [DOCUMENT_RESIDENT_ID] = "resident_id",
    [DOCUMENT_HOME_RETURN_PERMIT] = "home_return_permit",
    [DOCUMENT_EXIT_ENTRY_PERMIT] = "exit_entry_permit",
    [DOCUMENT_TAIWAN_PERMIT] = "taiwan_permit",
    [DOCUMENT_PASSPORT] = "passport",
    [DOCUMENT_BUSINESS_REGISTRATION] = "business_registration",
    [DOCUMENT_OTHER] = "other",
    [DOCUMENT_HKSAR_PASSPORT] = "hksar_passport",
    [DOCUMENT_BNO_PASSPORT] = "bno_passport",
};

const char *document_type_code(enum document_type type) {
    return (unsigned)type < DOCUMENT_TYPE_COUNT ? type_code[type] : "";
}

enum document_type document_type_of(const char *code) {
    for (int type = DOCUMENT_NONE + 1; type < DOCUMENT_TYPE_COUNT; type++)
        if (strcmp(code, type_code[type]) == 0)
            return (enum document_type)type;
    return DOCUMENT_NONE;
}

bool document_type_accepted(enum document_type type) {
    return type > DOCUMENT_NONE && type <= DOCUMENT_OTHER;
}

static size_t digits_at(const char *text) {
    return strspn(text, "0123456789");
}

/* One of the letters, then count digits, then the end. */
static bool shape(const char *text, const char *letters, size_t count) {
    return strchr(letters, text[0]) && digits_at(text + 1) == count && text[1 + count] == '\0';
}

static bool shape_unusual(enum document_type type, const char *number) {
    switch (type) {
    case DOCUMENT_HOME_RETURN_PERMIT:
        return !shape(number, "HM", 8) && !shape(number, "HM", 10);
    case DOCUMENT_EXIT_ENTRY_PERMIT:
        return !shape(number, "CW", 8);
    case DOCUMENT_TAIWAN_PERMIT:
        return !text_digits(number) || (strlen(number) != 8 && strlen(number) != 10);
    case DOCUMENT_RESIDENT_ID: /* residence permits begin with one of three whole regions */
        return number[0] == '8' && strncmp(number, "810000", 6) != 0 &&
               strncmp(number, "820000", 6) != 0 && strncmp(number, "830000", 6) != 0;
    case DOCUMENT_PASSPORT:
        return strpbrk(number, "0123456789") == NULL || strchr(number, '-') != NULL;
    default:
        return false;
    }
}

static enum identifier_result generic_normalise(const char *text, char out[DOCUMENT_SIZE]) {
    char plain[FOLD_SIZE];
    enum identifier_result result = identifier_fold(text, "()", plain);
    if (result != IDENTIFIER_OK)
        return result;
    size_t length = strlen(plain);
    if (strspn(plain, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != length)
        return IDENTIFIER_CHARACTER;
    if (length < GENERIC_MINIMUM || length > GENERIC_MAXIMUM)
        return IDENTIFIER_LENGTH;
    memcpy(out, plain, length + 1);
    return IDENTIFIER_OK;
}

/* Certificates show 12345678-000-01-23-A: the business, its branch, the month and year of this
 * certificate and a check character. Only business and branch last longer than a year. */
static enum identifier_result business_normalise(const char *text, char out[DOCUMENT_SIZE]) {
    char plain[FOLD_SIZE];
    enum identifier_result result = identifier_fold(text, "", plain);
    if (result != IDENTIFIER_OK)
        return result;
    if (strspn(plain, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != strlen(plain))
        return IDENTIFIER_CHARACTER;
    size_t digits = digits_at(plain);
    const char *rest = plain + digits;
    if (*rest != '\0' && *rest != '-')
        return IDENTIFIER_CHARACTER;
    if (digits != BUSINESS_DIGITS || strlen(plain) > GENERIC_MAXIMUM)
        return IDENTIFIER_LENGTH;
    const char *branch = "000";
    if (*rest == '-') {
        branch = rest + 1;
        size_t branch_digits = digits_at(branch);
        if (branch[branch_digits] != '\0' && branch[branch_digits] != '-')
            return IDENTIFIER_CHARACTER;
        if (branch_digits != BRANCH_DIGITS)
            return IDENTIFIER_LENGTH;
    }
    bool main_branch = strncmp(branch, "000", BRANCH_DIGITS) == 0;
    snprintf(out, DOCUMENT_SIZE, main_branch ? "%.8s" : "%.8s-%.3s", plain, branch);
    return IDENTIFIER_OK;
}

enum identifier_result document_normalise(enum document_type type, const char *text,
                                          struct document *document) {
    assert(text && document);
    *document = (struct document){.type = type};
    if (!document_type_accepted(type))
        return IDENTIFIER_TYPE;
    enum identifier_result result;
    switch (type) {
    case DOCUMENT_HKID:
        result = hkid_normalise(text, document->number);
        break;
    case DOCUMENT_RESIDENT_ID:
        result = resident_id_normalise(text, document->number, document->birth);
        break;
    case DOCUMENT_BUSINESS_REGISTRATION:
        result = business_normalise(text, document->number);
        break;
    default:
        result = generic_normalise(text, document->number);
        break;
    }
    if (result == IDENTIFIER_OK)
        document->unusual = shape_unusual(type, document->number);
    assert((result == IDENTIFIER_OK) == (document->number[0] != '\0'));
    return result;
}

void document_key(const struct document *document, char key[DOCUMENT_SIZE + CODE_SIZE]) {
    key[0] = '\0';
    if (document->number[0])
        snprintf(key, DOCUMENT_SIZE + CODE_SIZE, "%s:%s", document_type_code(document->type),
                 document->number);
}
