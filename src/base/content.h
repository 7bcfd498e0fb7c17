/* What somebody sends as a file (a photograph, a scan): looked at and sealed as it arrives, piece
 * by piece, so that nothing of it is ever in clear but the piece at hand. What kind of file it is,
 * and whether it came whole, is read off its own structure; nothing is decoded. Each piece is
 * sealed under the content's own key, with its number as nonce and context: pieces can be neither
 * changed nor swapped, and how many there are is kept with the key. */
#ifndef RINGOFF_CONTENT_H
#define RINGOFF_CONTENT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/secret.h"

enum {
    CONTENT_SEALED = 24 * 1024, /* bytes of a piece as it is kept; the last one is filled up */
    CONTENT_CLEAR = CONTENT_SEALED - SEAL_EXTRA_BYTES,
    CONTENT_MOST = 10 * 1024 * 1024, /* bytes of a file */
    CONTENT_PIECES = (CONTENT_MOST + CONTENT_CLEAR - 1) / CONTENT_CLEAR,
};

/* The numbers are kept in the database. */
enum content_type { CONTENT_NONE, CONTENT_JPEG, CONTENT_PNG, CONTENT_PDF };

enum content_fault {
    CONTENT_FINE,
    CONTENT_EMPTY,  /* not a byte */
    CONTENT_OTHER,  /* neither JPEG nor PNG nor PDF by its first bytes */
    CONTENT_CUT,    /* its end is missing, or it is broken on the way there */
    CONTENT_LARGE,  /* more than CONTENT_MOST */
    CONTENT_MEMORY, /* our memory was out */
};

/* Reads the structure of a file, however it is cut into runs. Zeroed at the start. */
struct content_scan {
    enum content_type type;
    bool whole;      /* its end was seen */
    bool broken;     /* it is not what its first bytes say */
    uint64_t seen;   /* bytes so far */
    uint8_t head[8]; /* the first ones */
    int state;
    uint32_t value, left; /* a number that is being read; bytes to go by */
    char tail[5];         /* of a PDF: the last ones */
    uint32_t since;       /* of a PDF: bytes since its end mark */
};

/* Takes the next bytes. */
void content_scan(struct content_scan *scan, const uint8_t *bytes, size_t length);

struct content {
    struct content_scan scan;
    uint8_t key[32], digest_key[32];
    uint8_t digest[HASH_BYTES]; /* keyed, of all that came: the same file under the same key */
    uint8_t piece[CONTENT_CLEAR];
    size_t filled;
    int64_t size;   /* bytes that came */
    int64_t pieces; /* that are sealed */
    struct buffer sealed;
    enum content_fault fault;
};

/* Begins one. key: 32 random bytes that no other content has; digest_key: of the installation. */
void content_open(struct content *content, const uint8_t key[32], const uint8_t digest_key[32]);
/* Takes the next bytes; after a fault they are let go, and so is what was sealed. */
void content_add(struct content *content, const void *bytes, size_t length);
/* All is there: seals the rest and says what is wrong with it, if anything. Once. */
enum content_fault content_end(struct content *content);
/* Wipes and frees. */
void content_close(struct content *content);
/* Opens piece `number` (from 0) of a content of `size` bytes; gives how many bytes are in it, 0
 * when it was changed or is not that piece. */
size_t content_open_piece(const uint8_t key[32], int64_t number, int64_t size,
                          const uint8_t sealed[CONTENT_SEALED], uint8_t clear[CONTENT_CLEAR]);
/* "image/jpeg"; NULL for CONTENT_NONE. */
const char *content_media(enum content_type type);
/* The type of a Content-Type header, whatever stands behind a semicolon; CONTENT_NONE. */
enum content_type content_type_of(const char *media);
#endif
