/* Any text: what is accepted is stored in one form, which normalises to itself. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "rules/identifier.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void documents(const char *text) {
    for (int type = DOCUMENT_NONE; type <= DOCUMENT_TYPE_COUNT; type++) {
        struct document once, again;
        char key[DOCUMENT_SIZE + CODE_SIZE];
        if (document_normalise((enum document_type)type, text, &once) != IDENTIFIER_OK) {
            assert(!once.number[0]);
            continue;
        }
        assert(document_normalise((enum document_type)type, once.number, &again) == IDENTIFIER_OK);
        assert(strcmp(once.number, again.number) == 0);
        document_key(&once, key);
        assert(key[0]);
    }
}

static void numbers(const char *text) {
    char once[NUMBER_SIZE], again[NUMBER_SIZE], iccid[ICCID_SIZE], iccid_again[ICCID_SIZE];
    char imsi[IMSI_SIZE];
    bool foreign;
    if (msisdn_normalise(text, "852", 8, once) == IDENTIFIER_OK) {
        assert(msisdn_normalise(once, "852", 8, again) == IDENTIFIER_OK);
        assert(strcmp(once, again) == 0);
    }
    if (iccid_normalise(text, iccid) == IDENTIFIER_OK) {
        assert(iccid_normalise(iccid, iccid_again) == IDENTIFIER_OK);
        assert(strcmp(iccid, iccid_again) == 0);
    }
    imsi_normalise(text, "454", imsi, &foreign);
    imei_normalise(text, imsi);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char text[1200], email[EMAIL_SIZE], again[EMAIL_SIZE];
    struct mrz mrz;
    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    documents(text);
    numbers(text);
    mrz_read(text, &mrz);
    if (email_normalise(text, email) == IDENTIFIER_OK) {
        assert(!strpbrk(email, " \r\n"));
        assert(email_normalise(email, again) == IDENTIFIER_OK && strcmp(email, again) == 0);
    }
    return 0;
}
