/* A certificate as a file: a PDF with two lines of ours that a reader of PDF passes over. The
 * statement stands in a comment before "startxref"; behind "%%EOF" the last line names the key and
 * bears its Ed25519 signature of every byte before that line. So nothing can be changed, added or
 * cut off without the signature failing, and what is stated can be read without a PDF library.
 * Pure; bytes come from anywhere. */
#ifndef RINGOFF_CERTIFICATE_FILE_H
#define RINGOFF_CERTIFICATE_FILE_H
#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/secret.h"
#include "rules/row.h"

enum { CERTIFICATE_FILE_MOST = 4 * 1024 * 1024 };

struct certificate_file {
    size_t signed_bytes; /* how many from the start the signature is of */
    char key[SIGN_NAME_SIZE];
    uint8_t signature[SIGN_BYTES];
    char statement[CERTIFICATE_TEXT];
};

/* Adds to file (empty) a PDF with the statement, signed under the seed. False when the PDF does not
 * look like one or the file is full. */
bool certificate_file_write(struct buffer *file, const char *pdf, size_t length,
                            const char *statement, const uint8_t seed[SIGN_SEED_BYTES]);
/* Takes a file apart; false when it is not one of ours, or was cut off or added to. Nothing in it
 * is to be believed before certificate_file_signed. */
bool certificate_file_read(const char *bytes, size_t length, struct certificate_file *file);
/* True when the bytes are exactly those that were signed by this public key, under its name. */
bool certificate_file_signed(const struct certificate_file *file, const char *bytes,
                             const uint8_t key[SIGN_PUBLIC_BYTES]);
#endif
