/* Cryptography, on libsodium: the installation's keys, keyed hashes, sealing, codes, passwords.
 * One master key lives in a file outside the database; every use has a subkey of its own.
 * Randomness is a parameter of everything that decides; secret_random is for the doors. */
#ifndef RINGOFF_SECRET_H
#define RINGOFF_SECRET_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HASH_BYTES = 32, /* BLAKE2b-256 */
    SEAL_NONCE_BYTES = 24,
    SEAL_EXTRA_BYTES = 40, /* nonce and tag in front of and behind the sealed text */
    TOKEN_TEXT = 44,       /* base64url of 32 bytes, with NUL */
    PASSWORD_TEXT = 128,
    CODE_DIGITS = 8,
    SIGN_SEED_BYTES = 32, /* Ed25519 (RFC 8032) */
    SIGN_PUBLIC_BYTES = 32,
    SIGN_BYTES = 64,
    SIGN_NAME_SIZE = 33, /* what a public key is called: 32 hexadecimal digits */
};

struct secrets {
    uint8_t seal[32], lookup[32], code[32], journal[32], token[32], idempotency[32];
    uint8_t fingerprint[16]; /* stored in the database: which key file belongs to it */
};

/* Must be called once before anything else here; false when libsodium cannot start. */
bool secret_start(void);
/* Makes a new master key in a file of mode 0600; false (errno) when it exists or cannot be made. */
bool secret_file_make(const char *path);
/* Reads the master key file and derives the subkeys; false when it is missing, not 32 bytes, or
 * readable by others. */
bool secret_file_read(const char *path, struct secrets *secrets);
/* Derives the subkeys from a given master key (tests, demo seeds). */
void secret_derive(const uint8_t master[32], struct secrets *secrets);
void secret_random(void *bytes, size_t length);
/* BLAKE2b-256 of the bytes under a key. */
void secret_hash(const uint8_t key[32], const void *bytes, size_t length, uint8_t hash[HASH_BYTES]);
/* Seals text to out (length + SEAL_EXTRA_BYTES) bound to a context such as "subscriber.name:17". */
void secret_seal(const uint8_t key[32], const uint8_t nonce[SEAL_NONCE_BYTES], const char *context,
                 const void *text, size_t length, uint8_t *out);
/* Opens what was sealed; out has room for length - SEAL_EXTRA_BYTES; false when it was changed or
 * stands in another place. */
bool secret_open(const uint8_t key[32], const char *context, const uint8_t *sealed, size_t length,
                 void *out);
/* The eight-digit code of a case: keyed BLAKE2b of purpose, case, issue number and stored nonce.
 * Nothing that is stored reveals it (NIST SP 800-63: eight digits, see facts.md section 4). */
void secret_code(const struct secrets *secrets, const char *purpose, int64_t subject, int64_t issue,
                 const uint8_t nonce[16], char code[CODE_DIGITS + 1]);
/* The link secret of a case, base64url of 24 bytes (192 bits), derived likewise. */
void secret_link(const struct secrets *secrets, const char *purpose, int64_t subject, int64_t issue,
                 const uint8_t nonce[16], char link[TOKEN_TEXT]);
/* Compares two texts in time that depends on the length of the first only. */
bool secret_equal(const char *given, const char *expected);
/* Base64url without padding; text has room for 4 * length / 3 + 2 bytes. */
void secret_base64(const void *bytes, size_t length, char *text);
/* Reads what secret_base64 wrote; false when it is not exactly so many bytes. */
bool secret_base64_read(const char *text, void *bytes, size_t length);
/* Base64 as MIME has it, padded; text has room for 4 * ((length + 2) / 3) + 1 bytes. */
void secret_base64_mime(const void *bytes, size_t length, char *text);
/* Reads such; how many of the room's bytes it filled, 0 when it is not such or longer. */
size_t secret_base64_mime_read(const char *text, void *bytes, size_t room);
/* HMAC-SHA256 (RFC 2104) of the bytes under a key of any length. */
void secret_hmac(const void *key, size_t key_length, const void *bytes, size_t length,
                 uint8_t mac[32]);
/* Hexadecimal digits, lower case; text has room for 2 * length + 1 bytes. */
void secret_hex(const void *bytes, size_t length, char *text);
/* Reads exactly length bytes from 2 * length lower-case digits and nothing behind them; false else:
 * one text for one value, so that a changed letter is never the same value. */
bool secret_unhex(const char *text, void *bytes, size_t length);
/* Ed25519: the public key of a seed, a signature (the same for the same bytes), and whether it is
 * one. */
void secret_sign_public(const uint8_t seed[SIGN_SEED_BYTES], uint8_t key[SIGN_PUBLIC_BYTES]);
void secret_sign(const uint8_t seed[SIGN_SEED_BYTES], const void *bytes, size_t length,
                 uint8_t signature[SIGN_BYTES]);
bool secret_signed(const uint8_t key[SIGN_PUBLIC_BYTES], const void *bytes, size_t length,
                   const uint8_t signature[SIGN_BYTES]);
/* The name of a public key is its hash, so that none can pass under another's name. */
void secret_sign_name(const uint8_t key[SIGN_PUBLIC_BYTES], char name[SIGN_NAME_SIZE]);
/* Argon2id, 64 MiB, about 60 ms: only in prepare. False when memory is out. */
bool secret_password_hash(const char *password, char hash[PASSWORD_TEXT]);
bool secret_password_check(const char *hash, const char *password);
#endif
