/* The certificate of closure as a paper: a signed PDF, drawn from its row alone, so that it is the
 * same bytes whenever it is asked for, whatever the operator's rules say by then. In the person's
 * language with English beside it. */
#ifndef RINGOFF_CERTIFICATE_PAPER_H
#define RINGOFF_CERTIFICATE_PAPER_H
#include "base/buffer.h"
#include "rules/certificate.h"

/* What it is made of; holds the signing key: wipe it. */
struct certificate_paper {
    struct certificate_facts facts;
    int64_t issued_at;
    char statement[CERTIFICATE_TEXT];
    char code[STATUS_SECRET_SIZE]; /* certificate_code */
    char key[SIGN_NAME_SIZE];
    uint8_t seed[SIGN_SEED_BYTES];
};

/* From the rows of a certificate and of the key it names; false when they do not belong together or
 * the statement is none that this program knows. */
bool certificate_paper_of(const struct secrets *secrets, const struct certificate *row,
                          const struct signing_key *key, struct certificate_paper *paper);
/* Draws and signs it, about a tenth of a second's work; file is empty and takes at least 1 MiB.
 * False when memory is out. From any thread. */
bool certificate_paper_draw(const struct certificate_paper *paper, struct buffer *file);
#endif
