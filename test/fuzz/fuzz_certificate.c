/* Any bytes as a certificate, any text as a statement: what is taken apart lies inside the bytes
 * and is signed by nobody, what is read writes itself again. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "rules/certificate.h"
#include "rules/certificate_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void as_file(const char *bytes, size_t size) {
    static const uint8_t seed[SIGN_SEED_BYTES] = {1};
    uint8_t key[SIGN_PUBLIC_BYTES];
    struct certificate_file file;
    if (!certificate_file_read(bytes, size, &file))
        return;
    assert(file.signed_bytes < size && strlen(file.key) == SIGN_NAME_SIZE - 1);
    secret_sign_public(seed, key);
    assert(!certificate_file_signed(&file, bytes, key));
}

static void as_statement(const char *text) {
    struct certificate_facts facts, again;
    char once[CERTIFICATE_TEXT], twice[CERTIFICATE_TEXT];
    if (!certificate_read(text, &facts))
        return;
    certificate_write(&facts, once);
    bool read = certificate_read(once, &again);
    assert(read);
    certificate_write(&again, twice);
    assert(strcmp(once, twice) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *bytes = malloc(size + 1), *text = malloc(size + 1);
    if (!bytes || !text)
        abort();
    memcpy(bytes, data, size);
    memcpy(text, data, size);
    text[size] = '\0';
    as_file(bytes, size);
    as_statement(text);
    free(bytes);
    free(text);
    return 0;
}
